//! Everything that writes a file, and the reader of models.
//!
//! **Architecture invariant:** no other module writes files. A file is written whole or not at all.

pub mod atomic;
pub mod colour_map;
pub mod error;
pub mod history_csv;
pub mod npz;
pub mod pictures;
pub mod run_json;

pub use atomic::{make_folder, write_atomically};
pub use error::IoError;
