//! The lab without a toolkit: what a window knows and can be asked. The same on a desktop, in a test and in a browser.
//!
//! [`Lab::drain`] takes what the trainer and the jobs have put down since the last frame and never waits; [`Lab::act`]
//! does what was asked. The panels in `ui` read the [`ViewState`] and return [`Action`]s; `app` joins the two.
//!
//! **Architecture invariant:** nothing here knows egui, and nothing here waits.

mod actions;
pub mod commands;
pub mod compare;
pub mod import;
pub mod inspecting;
pub mod lane;
pub mod loading;
pub mod look;
mod looking;
mod opening;
pub mod page;
pub mod port;
mod possible;
pub mod preferences;
pub mod preview;
mod room;
pub mod speed;
pub mod state;
pub mod studies;
mod words;

pub use commands::UserCommand;
pub use page::Page;
pub use preferences::Preferences;
pub use room::Lab;
pub use state::{Action, ViewState};
