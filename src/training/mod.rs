//! A run as a value that can be copied, stored and replayed, the record of its past, and the trainer that drives runs.
//!
//! **Architecture invariant:** nothing here imports egui. The trainer never holds a lock during a step.

pub mod autopsy;
pub mod changes;
mod code;
pub mod comparison;
pub mod diagnosis;
pub mod divergence;
pub mod experiment;
pub mod gradients;
pub mod lesson;
mod measures;
pub mod plan;
pub mod presets;
pub mod probe;
pub mod recipe;
pub mod record;
pub mod run;
pub mod share;
pub mod slow_step;
pub mod snapshot;
pub mod sweep;
pub(crate) mod threads;
pub mod timeline;
pub mod trainer;
pub mod views;
mod weigh;

pub use autopsy::{Autopsy, Blame, Cause};
pub use code::code_of;
pub use diagnosis::{Diagnosis, DiagnosisReport, UnitDiagnosis};
pub use experiment::Experiment;
pub use gradients::{GradientHealth, GradientNorms, GradientReport, GradientSource};
pub use plan::{Plan, PlanError};
pub use presets::Preset;
pub use recipe::{Choices, Recipe};
pub use record::{
    Change, Cursor, Edit, EditLog, Gesture, History, Lives, Marker, News, Record, Revival, Setting,
    SettingError, StateChange, TestLoss, UnitLife, UnitPoint, Value, history, lives,
};
pub use run::{Checkpoint, CheckpointError, EpochEnd, ResumeError, Run, RunError, RunState};
pub use share::Share;
pub use snapshot::Snapshot;
pub use trainer::{Activity, Speed};
pub use views::SnapshotInspector;
