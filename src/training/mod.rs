//! The training loop: a run (a value that can be copied, stored and replayed) and the thread that drives one.
//!
//! **Architecture invariant:** nothing here imports egui. The trainer wakes whoever watches through a closure it was
//! handed, and never holds a lock during a step.

pub mod autopsy;
pub mod background;
pub mod divergence;
pub mod experiment;
pub mod gradients;
pub mod mailbox;
pub mod messages;
pub mod presets;
pub mod record;
pub mod run;
pub mod snapshot;
pub mod trainer;
pub mod views;

pub use autopsy::{Autopsy, Cause};
pub use background::{Background, Outcome, Watcher};
pub use experiment::Experiment;
pub use gradients::{GradientHealth, GradientNorms, GradientReport, GradientSource};
pub use mailbox::Mailbox;
pub use messages::{Command, Event, Speed};
pub use presets::Preset;
pub use record::{
    Change, Cursor, Edit, EditLog, Gesture, History, Lives, Marker, News, Record, Revival, Setting,
    SettingError, StateChange, UnitLife, UnitPoint, Value, history, lives,
};
pub use run::{Checkpoint, CheckpointError, EpochEnd, ResumeError, Run, RunError, RunState};
pub use snapshot::{Activity, Snapshot};
pub use trainer::{Trainer, TrainerError};
pub use views::SnapshotInspector;
