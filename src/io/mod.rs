//! The only place that writes files: models, histories, pictures, runs. Each is written whole or not at all.
//!
//! **Architecture invariant:** every file goes through [`atomic_write`]; nothing elsewhere in the program creates,
//! renames or removes one. A browser has none: there, what writes files is left out.

pub mod assignment;
#[cfg(not(target_family = "wasm"))]
pub mod atomic;
#[cfg(not(target_family = "wasm"))]
pub mod autosave;
#[cfg(not(target_family = "wasm"))]
mod canvas;
#[cfg(not(target_family = "wasm"))]
pub mod code;
pub mod colour_map;
pub mod error;
#[cfg(not(target_family = "wasm"))]
pub mod figure;
#[cfg(not(target_family = "wasm"))]
pub mod film;
pub mod follow;
mod hexadecimal;
#[cfg(not(target_family = "wasm"))]
pub mod history_csv;
#[cfg(not(target_family = "wasm"))]
pub mod lesson_file;
#[cfg(not(target_family = "wasm"))]
pub mod modules;
pub mod npy;
#[cfg(not(target_family = "wasm"))]
pub mod npz;
#[cfg(not(target_family = "wasm"))]
pub mod pictures;
pub mod pixels;
#[cfg(not(target_family = "wasm"))]
pub mod publish;
mod record;
#[cfg(not(target_family = "wasm"))]
pub mod report;
pub mod run_file;
#[cfg(not(target_family = "wasm"))]
pub mod run_folder;
#[cfg(not(target_family = "wasm"))]
pub mod run_json;
#[cfg(not(target_family = "wasm"))]
pub mod safetensors;
#[cfg(not(target_family = "wasm"))]
mod sheet;
#[cfg(not(target_family = "wasm"))]
pub mod stamp;
#[cfg(not(target_family = "wasm"))]
mod steady;
#[cfg(not(target_family = "wasm"))]
pub mod sweep_csv;
#[cfg(not(target_family = "wasm"))]
pub mod sweep_folder;
#[cfg(not(target_family = "wasm"))]
pub mod sweep_map;

#[cfg(not(target_family = "wasm"))]
pub use atomic::{OutFolder, atomic_write, make_folder, probe, sweep};
pub use error::IoError;
pub use record::ModelRecord;
