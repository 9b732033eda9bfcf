//! The laws of the dead state: against computations that share nothing with them, and against what training does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it found"
)]

mod bisection;
mod boundary;
mod collapse;
mod command;
mod numbers;
mod oracle;
mod rates;
mod swings;
mod way_back;

use std::sync::{Arc, OnceLock};

use sae_lab::data::{self, DataSet, DataSpec, EmbeddedSet};

/// Whether the long tests run in full (`tests/long cliffs`).
fn full() -> bool {
    std::env::var_os("SAE_LAB_FULL").is_some()
}

/// A set as the command line has it.
fn embedded(set: EmbeddedSet) -> Arc<DataSet> {
    static SETS: OnceLock<[OnceLock<Arc<DataSet>>; 6]> = OnceLock::new();
    let index = EmbeddedSet::ALL.iter().position(|s| *s == set).unwrap();
    let slot = &SETS.get_or_init(Default::default)[index];
    Arc::clone(slot.get_or_init(|| Arc::new(data::load(&DataSpec::embedded(set)).unwrap())))
}
