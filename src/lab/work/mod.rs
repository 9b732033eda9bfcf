//! What the jobs do, on the thread that their host chose. It tells how far it is, and stops when it is told to.

mod compare;
mod counterfactual;
mod examine;
#[cfg(not(target_family = "wasm"))]
mod export;
mod features;
mod follow;
mod gradient;
mod inspect;
mod lesson;
mod map;
mod matching;
mod probe;
mod read_run;
mod read_told;
mod replay;
mod spectrum;

pub use compare::compare;
pub use counterfactual::counterfactual;
pub use examine::examine;
#[cfg(not(target_family = "wasm"))]
pub use export::{draw, export};
pub use features::features;
pub use follow::{look, or_checkpoints};
pub use gradient::check_gradient;
pub use inspect::inspect;
pub use lesson::{lesson_data, measure, read_lesson};
pub use map::map;
pub use matching::matched;
pub use probe::probe;
pub use read_run::read_run;
pub use read_told::read_told;
pub use replay::replay;
pub use spectrum::spectrum;

/// A browser draws no pictures for print.
///
/// # Errors
/// Always.
#[cfg(target_family = "wasm")]
pub fn draw(
    _: crate::lab::export::Picture,
    _: &crate::training::Snapshot,
) -> Result<crate::io::pixels::Pixels, crate::lab::jobs::JobError> {
    let words = "a browser draws no pictures for print: use the lab on a desktop";
    Err(crate::lab::jobs::JobError::Words(words.into()))
}

/// A browser has no files.
///
/// # Errors
/// Always.
#[cfg(target_family = "wasm")]
pub fn export(
    _: crate::lab::export::Export,
    _: &std::path::Path,
    _: (&crate::training::Snapshot, &crate::lab::export::Beside),
    _: &dyn crate::lab::jobs::Watcher,
) -> Result<Vec<std::path::PathBuf>, crate::lab::jobs::JobError> {
    let words = "a browser writes no files: use the lab on a desktop";
    Err(crate::lab::jobs::JobError::Words(words.into()))
}
