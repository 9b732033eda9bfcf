//! What stands before a class: the panels that it is shown, and the pictures that wait.

use super::page::Page;
use super::panel::Panel;
use crate::training::slow_step::{Part, SlowStep};
use crate::training::trainer::{Frame, RunId};

/// The window before a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presenting {
    /// What the window goes back to, in percent.
    pub(super) zoom: u32,
}

/// The pictures that wait until they are shown.
#[derive(Debug, Default)]
pub(super) struct Held(Vec<(RunId, Frame)>);

impl Held {
    /// The latest of `run`: each has all that is new since the last one that was shown.
    pub(super) fn put(&mut self, run: RunId, frame: Frame) {
        self.0.retain(|(other, _)| *other != run);
        self.0.push((run, frame));
    }

    pub(super) fn frames(self) -> Vec<(RunId, Frame)> {
        self.0
    }
}

/// One step of training, part by part.
#[derive(Clone, Debug)]
pub struct SlowMotion {
    /// The epoch after which the step would be.
    pub epoch: u64,
    pub part: Part,
    pub step: SlowStep,
}

/// The panels that a page shows a class, unless others are chosen.
pub(super) fn usual(page: Page) -> &'static [Panel] {
    match page {
        Page::Lab => &[Panel::Features, Panel::Cost, Panel::Sparsity],
        Page::Unit => &[Panel::Summary, Panel::Forces],
        Page::Mathematics => &[Panel::Equations],
        Page::LookThrough => &[Panel::Input, Panel::Activations, Panel::Output],
        Page::Compare => &[Panel::Pairs],
        Page::Runs => &[Panel::KeptRuns, Panel::RunCurves],
        Page::Map => &[Panel::Map],
    }
}
