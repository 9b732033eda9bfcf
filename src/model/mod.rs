//! The sparse autoencoder: its settings (checked), parameters, cost, gradient and unit statistics.
//!
//! Conventions (CS294A lecture notes, A. Ng 2011): rows are samples. `X (m, n)`, `W1 (h, n)`, `b1 (h)`,
//! `W2 (n, h)`, `b2 (n)`; the target is the input.
//!
//! **Architecture invariant:** nothing here imports egui, touches a file or starts a thread of its own other than
//! through `numerics`.

pub mod ablation;
pub mod architecture;
pub mod cost;
pub mod doctor;
pub mod encoding;
pub mod engine;
pub mod features;
pub mod gradient_check;
pub mod hyperparameters;
pub mod inspection;
pub mod law;
pub mod look_through;
pub mod matching;
pub mod parameters;
pub mod reference;
pub mod revival;
pub mod sampling;
pub mod units;

pub use architecture::{Architecture, HiddenActivation, OutputActivation};
pub use cost::{Cost, Objective};
pub use encoding::{Encoder, Layer};
pub use engine::Engine;
pub use gradient_check::{GradientCheck, gradient_check};
pub use hyperparameters::{
    BatchSize, CheckedHyperparameters, GradientForm, HyperparameterError, Hyperparameters,
    OptimizerKind,
};
pub use inspection::{Inspector, UnitInspection};
pub use law::{Cliffs, Spectrum};
pub use look_through::{LookThrough, look_through};
pub use parameters::Parameters;
pub use sampling::EvenSample;
pub use units::{UnitState, UnitStatistics};
