//! The headless commands, one file each.

#![allow(clippy::print_stdout, reason = "this is what the commands are for")]

pub mod bench;
