//! Kernels: matrix products, sigmoid and tanh, reductions. They know shapes and strides, nothing of the model.
//!
//! [`Kernels`] is a table of functions for one precision and one [`KernelPath`], chosen once at run time;
//! [`WorkerPool`] are the threads that share the work. All the `unsafe` of the crate lives here.

/// Numbers the arithmetic: another one, and a run that was saved may go on with other bits. To be raised with every change
/// of a kernel, of the order of a sum or of a random stream that changes a bit (`tests/numerics_version.rs` fails then).
pub const VERSION: u32 = 2;

mod aligned;
mod cholesky;
mod eigen;
pub mod elementwise;
pub mod exponential;
mod give_way;
pub mod kernels;
pub mod moments;
mod passes;
pub mod pool;
pub mod product;
pub mod real;
mod rows;
pub mod simd;
mod student;
pub mod tile;
pub mod vectors;

pub use aligned::AlignedBuffer;
pub use cholesky::Cholesky;
pub use eigen::eigen;
pub use give_way::GiveWay;
pub use kernels::{KernelPath, Kernels};
pub use passes::Curve;
pub use pool::{Shares, WorkerPool};
pub use product::{Left, Right, Start};
pub use real::{Precision, Real};
pub use rows::{Levels, Rows};
pub use student::student;
pub use vectors::AdamStep;
