//! The only place that writes files: models, histories, pictures, runs. Each is written whole or not at all.
//!
//! **Architecture invariant:** every file goes through [`atomic_write`]; nothing elsewhere in the program creates,
//! renames or removes one.

pub mod atomic;
pub mod colour_map;
pub mod error;
pub mod history_csv;
pub mod npy;
pub mod npz;
pub mod pictures;
mod record;
pub mod run_json;
mod sheet;

pub use atomic::{atomic_write, make_folder, sweep};
pub use error::IoError;
pub use record::ModelRecord;
