//! The Sparse Autoencoder Lab: see the classical sparse autoencoder train, change its settings while it does, and
//! trust every number it shows.
//!
//! # The method
//! Input → sparse hidden layer → reconstruction (CS294A lecture notes, A. Ng 2011). Rows are samples: `X (m, n)`,
//! `W1 (h, n)`, `b1 (h)`, `W2 (n, h)`, `b2 (n)`; z2 = X W1ᵀ + b1, a2 = f(z2), z3 = a2 W2ᵀ + b2, x̂ = g(z3);
//! J = 1/(2m) Σ‖x̂−x‖² + λ/2 (ΣW1² + ΣW2²) + β Σ_j KL(ρ‖ρ̂_j).
//!
//! **The bracket.** The exact gradient has δ2 = \[δ3 W2 + β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂))\]·f′(z2). A widely read post prints
//! the sparsity term *outside* the product with f′, which is not the gradient of its own cost. The lab trains with the
//! exact one; the printed one is a choice ([`model::GradientForm::Printed`]), so that a gradient check can catch it.
//!
//! # The map
//! | module | what it holds |
//! |---|---|
//! | [`app`] | the window's state, what a person can ask of it, and how it is opened |
//! | [`ui`] | one panel a file; they show a snapshot and return requests |
//! | [`cli`] | the headless commands, the window's equal |
//! | [`training`] | a run as a value, the thread that drives one, its history and messages |
//! | [`optim`] | optimisers: a step on a flat vector |
//! | [`model`] | settings (checked once), parameters, cost, gradient, unit statistics, gradient check |
//! | [`numerics`] | kernels: matrix products, sigmoid and tanh, the worker pool; all `unsafe` code is here |
//! | [`data`] | data sets: the embedded ones, readers, preparation, limits |
//! | [`io`] | the only place that writes files |
//!
//! Dependencies run downwards: `ui, app, cli → training → optim, model → numerics`; `training → data`;
//! `io → model, data` and `training`'s plain records. `tests/architecture.rs` holds the tree to this.
//!
//! # Threads
//! The window's thread paints. One thread trains: commands reach it through a bounded channel, hyperparameters through
//! a latest-wins [`training::Mailbox`] that it reads once an epoch; snapshots come back through another, whole and
//! immutable, at most every 33 ms. Nobody waits for anybody. The trainer's matrix products run on a
//! [`numerics::WorkerPool`], whose threads give way to the window.
//!
//! # Failure
//! Errors are typed, one sentence each, say what to do, and are handled once: the window shows them, a command prints
//! them. A non-finite cost stops the run at its last finite weights and names the setting that did it. A panic in the
//! trainer is caught, shown and ends that run alone.

#[cfg(feature = "window")]
pub mod app;
pub mod cli;
pub mod data;
pub mod io;
#[cfg(feature = "window")]
pub mod lab;
pub mod model;
pub mod numerics;
pub mod optim;
pub mod training;
#[cfg(feature = "window")]
pub mod ui;
