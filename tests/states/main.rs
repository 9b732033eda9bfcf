//! How many units work: the counts, wherever they are told; and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and prints what it found"
)]

#[path = "../support/command.rs"]
mod command;
mod counts;
mod dead;
mod refusals;
