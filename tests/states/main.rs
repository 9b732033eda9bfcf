//! How many units work: the counts, wherever they are told; and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "../support/command.rs"]
mod command;
mod counts;
mod refusals;
