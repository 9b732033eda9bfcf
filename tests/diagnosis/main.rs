//! What the diagnosis of a run says, against what going back and doing otherwise shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it found"
)]

mod cases;
#[path = "../support/command.rs"]
mod command;
mod commands;
mod divergence;
mod random;
mod scenario;
mod undoing;
