//! The record of how a run came to be what it is: edits of settings, curves, revivals and the units' lives. All of it is
//! bounded, and all of it is plain data.

mod check;
mod cut;
pub mod edits;
pub mod history;
pub mod lives;
pub mod markers;
pub mod news;
pub mod number;
pub mod setting;

#[cfg(test)]
mod tests;

pub(in crate::training) use cut::Cut;
pub use edits::{Change, Edit, EditLog, Gesture};
pub use history::{History, Record, Revival, TestLoss};
pub use lives::{Lives, StateChange, UnitLife, UnitPoint};
pub use markers::Marker;
pub use news::{Cursor, News};
pub use setting::{Setting, SettingError, Value};
