//! How far loading has come, and how it is stopped.

use std::ops::ControlFlow;

use super::DataError;

/// What loading is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Reading,
    Generating,
    Cutting,
    Whitening,
    Preparing,
}

impl Stage {
    /// For a progress bar.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Generating => "generating",
            Self::Cutting => "cutting patches",
            Self::Whitening => "whitening",
            Self::Preparing => "preparing",
        }
    }
}

/// How far one stage has come: `done` of `total`, in whatever unit the stage counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    /// At least 1.
    pub total: u64,
}

impl Progress {
    /// In [0, 1].
    pub fn fraction(self) -> f32 {
        (self.done as f64 / self.total.max(1) as f64).min(1.0) as f32
    }
}

/// Is told of progress, at least every few tens of milliseconds, on the loading thread; `Break` cancels.
pub type Watch<'a> = &'a dyn Fn(Progress) -> ControlFlow<()>;

/// Tells `watch`, and turns its `Break` into an error to return.
pub(crate) fn tell(watch: Watch<'_>, stage: Stage, done: u64, total: u64) -> Result<(), DataError> {
    match watch(Progress {
        stage,
        done,
        total: total.max(1),
    }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(DataError::Cancelled),
    }
}

/// Watches nothing.
pub fn unwatched(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
