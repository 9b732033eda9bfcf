//! The training loop: a run (a value that can be copied, stored and replayed) and the thread that drives one.
//!
//! **Architecture invariant:** nothing here imports egui. The trainer wakes whoever watches through a closure it was
//! handed, and never holds a lock during a step.

pub mod autopsy;
pub mod divergence;
pub mod experiment;
pub mod gradients;
pub mod history;
pub mod lives;
pub mod mailbox;
pub mod messages;
pub mod presets;
pub mod run;
pub mod snapshot;
pub(crate) mod threads;
pub mod trainer;
pub mod views;

pub use autopsy::{Autopsy, Cause};
pub use experiment::Experiment;
pub use gradients::{GradientHealth, GradientNorms, GradientReport, GradientSource};
pub use history::{Change, History, Marker, Record, Revival, Setting};
pub use lives::{Lives, StateChange, UnitLife, UnitPoint};
pub use mailbox::Mailbox;
pub use messages::{Command, Event, Speed};
pub use presets::Preset;
pub use run::{EpochEnd, Run, RunError, RunState};
pub use snapshot::{Activity, Snapshot};
pub use trainer::{Trainer, TrainerError};
pub use views::SnapshotInspector;
