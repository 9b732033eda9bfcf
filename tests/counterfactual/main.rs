//! What would have saved a unit, against deaths whose cause is known; and the ledger of what moved its weights.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it found"
)]

mod deaths;
mod ledger;
mod past;
mod questions;
