//! The Sparse Autoencoder Lab: watch the classical sparse autoencoder train, change its settings meanwhile, and
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
//! | [`app`] | the window around the lab: eframe, native dialogs, storage |
//! | [`ui`] | one panel a file; they read a run and what is shared, and return actions |
//! | [`lab`] | what a window knows and can be asked, without a toolkit: runs, actions, commands, jobs, dialogs |
//! | [`cli`] | the headless commands, the window's equal |
//! | [`io`] | the only place that writes files |
//! | [`training`] | a run as a value, the record of its past, the trainer as a protocol, sweeps of many runs |
//! | [`optim`] | optimisers: a step on a flat vector |
//! | [`model`] | settings (checked once), parameters, cost, gradient, unit statistics, gradient check, the laws of the cliffs ([`model::law`]) |
//! | [`data`] | data sets: the embedded ones, readers, preparation as a fitted value, limits |
//! | [`numerics`] | kernels: matrix products, sigmoid and tanh, the worker pool; all `unsafe` code is here |
//!
//! Dependencies run downwards, in the order of the table; `optim`, `model` and `data` know only `numerics` (and `optim`
//! the kinds of `model`). `tests/architecture.rs` holds the tree to this.
//!
//! # Values and messages
//! **A run is a value.** [`training::Checkpoint`] holds all that decides a run's future, and its past; a run goes on from
//! one bit for bit, on any number of threads. **A model knows how it was made**: a `model.npz` carries its experiment and
//! the fitted preparation of its data. **The trainer is a protocol**: [`training::trainer`]'s messages are plain data, one
//! ordered stream each way; data sets lie in a store beside it.
//!
//! # Threads
//! The window's thread paints. One thread hosts the trainer's driver: requests reach it through a bounded queue, each
//! naming its run; replies come back through a queue in which a run's latest frame replaces one that was not taken yet,
//! at most every 33 ms. What is new of the past is repeated in the next frame until it has been seen. Jobs (reading and
//! preparing data, inspecting a unit, checking a gradient, comparing) run on threads of their own. Neither side waits
//! for the other, and computing gives way to painting. The trainer's matrix products run on a [`numerics::WorkerPool`].
//!
//! # In a browser
//! Compiled for `wasm32-unknown-unknown` without the feature `window`, the crate has no command line, no threads, no clock
//! and no files: [`cli`], what writes files in [`io`] and the thread hosts in [`training`] are left out, and opening a path
//! is an error. Data come as bytes ([`data::find_in`]), and a [`numerics::WorkerPool`] has its caller alone.
//! `tests/platforms` checks that it compiles.
//!
//! # Failure
//! Errors are typed, one sentence each, say what to do, and are handled once: the window shows them, a command prints
//! them. A non-finite cost stops the run at its last finite weights and names the setting that did it. A panic in the
//! trainer is caught, shown and ends that run alone.

#[cfg(feature = "window")]
pub mod app;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod data;
pub mod io;
pub mod lab;
pub mod model;
pub mod numerics;
pub mod optim;
pub mod training;
#[cfg(feature = "window")]
pub mod ui;
