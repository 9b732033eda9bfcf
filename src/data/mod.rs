//! Data sets: the embedded ones, the readers of files, and how both are prepared.
//!
//! **Architecture invariant:** nothing here imports egui or writes a file; what reads a file returns a typed error
//! that says what is wrong and what to do.

pub mod dataset;
pub mod spec;

pub use dataset::{DataSet, SampleShape, Samples};
pub use spec::{DataSource, DataSpec, EmbeddedSet, Preprocessing};
