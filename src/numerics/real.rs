//! The two floating-point types that the model is written for.

use serde::{Deserialize, Serialize};

/// `f32` for speed, `f64` for checks. Everything in `model`, `optim` and `training` is generic over it.
pub trait Real:
    super::kernels::HasKernels
    + num_traits::Float
    + num_traits::NumAssign
    + ndarray::LinalgScalar
    + ndarray::ScalarOperand
    + std::iter::Sum
    + Default
    + Send
    + Sync
    + std::fmt::Debug
    + std::fmt::Display
{
    const PRECISION: Precision;
    /// The nearest value of this type.
    fn of(value: f64) -> Self;
    /// Exact for both types.
    fn f64(self) -> f64;
}

impl Real for f32 {
    const PRECISION: Precision = Precision::F32;
    fn of(value: f64) -> Self {
        value as f32
    }
    fn f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    const PRECISION: Precision = Precision::F64;
    fn of(value: f64) -> Self {
        value
    }
    fn f64(self) -> f64 {
        self
    }
}

/// The precision of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    #[default]
    F32,
    F64,
}
