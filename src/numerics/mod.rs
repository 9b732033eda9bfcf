//! Kernels: matrix products, sigmoid and tanh, reductions. They know shapes and strides, nothing of the model.

pub mod real;

pub use real::{Precision, Real};
