//! Whatever goes wrong around the lab is one sentence, costs nothing that was there before, and ends with its cause.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

#[path = "../support/command.rs"]
mod command;
#[path = "../support/room.rs"]
mod room;
#[path = "../support/simulated.rs"]
mod simulated;
#[path = "../support/whole.rs"]
mod whole;

mod changed;
#[cfg(all(target_os = "linux", feature = "window"))]
mod closing;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod disk_lab;
#[cfg(target_os = "linux")]
mod injected;
mod not_finite;
mod panics;
mod storm;
mod time;

/// Whether everything is to be tried, as `tests/long faults` does.
fn full() -> bool {
    std::env::var_os("SAE_LAB_FULL").is_some()
}
