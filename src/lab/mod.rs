//! The lab without a toolkit: what a window knows and can be asked. The same on a desktop, in a test and in a browser.
//!
//! [`Lab::drain`] takes what the trainer and the jobs have sent since the last frame and never waits; [`Lab::act`]
//! does what was asked. The panels in `ui` read the [`View`] and return [`Action`]s; `app` joins the two.
//!
//! **Architecture invariant:** nothing here knows egui, and nothing here waits.

mod actions;
mod assignment;
pub mod audience;
pub mod beside;
pub mod browse;
mod code;
pub mod commands;
pub mod compare;
pub mod cursor;
pub mod export;
mod exporting;
pub mod features;
mod files;
pub mod followed;
mod following;
pub mod import;
pub mod import_settings;
mod inspecting;
pub mod inspection;
pub mod jobs;
pub mod keeping;
pub mod kept;
pub mod lesson;
pub mod look;
mod looking;
pub mod map;
pub mod map_state;
mod mapping;
mod measuring;
mod opening;
pub mod page;
mod pair;
pub mod panel;
mod past;
pub mod port;
mod possible;
mod predictions;
pub mod preferences;
mod presenting;
pub mod preview;
mod probing;
pub mod reading;
mod reports;
mod resuming;
mod room;
pub mod run_view;
mod running;
pub mod saving;
mod session;
pub mod shared;
mod sharing;
pub mod speed;
pub mod state;
pub mod studies;
pub mod teaching;
pub mod undo;
mod undoing;
mod words;
mod work;
pub mod worth;

pub use commands::{Cover, UserCommand};
pub use page::Page;
pub use panel::Panel;
pub use preferences::Preferences;
pub use room::Lab;
pub use run_view::RunView;
pub use session::Session;
pub use shared::{Shared, View};
pub use state::Action;
