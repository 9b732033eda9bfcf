//! The eframe application: the window around the [`Lab`].

mod desktop;
#[cfg(target_os = "linux")]
mod driver;
mod error;
mod frame_log;
mod launch;
mod pace;
mod painting;
mod photograph;
mod signals;
mod storage;
mod window;

pub use desktop::Desktop;
pub use error::AppError;
pub use launch::{Opening, run};
pub use window::LabApp;
