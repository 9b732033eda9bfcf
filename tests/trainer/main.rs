//! The trainer's protocol, driven as the window drives it, on every host: a simulated clock without a thread, the thread,
//! and the thread reached through bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

mod clock;
mod elsewhere;
mod frames;
mod in_step;
mod lab;
mod runs;
mod steering;
mod underway;
