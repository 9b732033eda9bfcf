//! Before a class: a few panels in large type, one of them in the light, and a picture that is held while the class votes.

use super::audience::{Presenting, SlowMotion};
use super::page::Page;
use super::panel::Panel;
use super::room::Lab;
use super::state::{Severity, Topic};
use crate::training::changes::changed;
use crate::training::slow_step::{Part, SlowStep};
use crate::training::trainer::{Ask, Frame, RunId, Underway};

/// Of the text, in percent, at least.
const LARGE: u32 = 150;

impl Lab {
    /// Goes before the class, or back.
    pub(super) fn present(&mut self) {
        match self.shared.presenting.take() {
            Some(Presenting { zoom }) => self.zoom(zoom),
            None => {
                let zoom = self.shared.zoom;
                self.shared.presenting = Some(Presenting { zoom });
                self.zoom(zoom.max(LARGE));
            }
        }
    }

    /// `panel` is among those that the class is shown, or no longer.
    pub(super) fn choose_panel(&mut self, panel: Panel) {
        if let Some(page) = panel.page().filter(|page| *page != self.shared.page) {
            self.shared.show(page);
        }
        let mut now = self.shared.presented();
        match now.iter().position(|other| *other == panel) {
            Some(place) => {
                now.remove(place);
            }
            None => now.push(panel),
        }
        let page = self.shared.page;
        let others = |panel: &Panel| panel.page().is_some_and(|of| of != page);
        self.shared.chosen.retain(others);
        self.shared.chosen.extend(now);
    }

    /// One panel stays in the light, or all of them are again.
    pub(super) fn spotlight(&mut self) {
        let shared = &mut self.shared;
        if shared.spotlight.take().is_none() {
            let page = shared.page;
            let here = |panel: &Panel| panel.page().is_none_or(|of| of == page);
            let pointed = shared.pointed.filter(here);
            shared.spotlight = Some(pointed.unwrap_or(Panel::main_of(page)));
        }
    }

    /// What is seen stays as it is while the runs train on, or shows what has become of them.
    pub(super) fn hold_picture(&mut self) {
        self.shared.held = !self.shared.held;
        if !self.shared.held {
            for (run, frame) in std::mem::take(&mut self.held).frames() {
                self.show_frame(run, frame);
            }
        }
    }

    /// What the trainer says of how `run` stands.
    pub(super) fn take_frame(&mut self, run: RunId, frame: Frame) {
        if self.shared.held {
            self.held.put(run, frame);
        } else {
            self.show_frame(run, frame);
        }
    }

    fn show_frame(&mut self, run: RunId, frame: Frame) {
        let Some(view) = self.session.get_mut(run) else {
            return; // of a run that was closed meanwhile
        };
        let taken = view.take(frame);
        let cursor = view.cursor();
        if let Err(error) = taken {
            let text = error.to_string();
            self.shared.notify(Severity::Trouble, text);
        } else if let Some(cursor) = cursor {
            self.ask_about(run, Ask::Seen(cursor));
        }
    }

    /// How far a long epoch is. What is held stays as it is.
    pub(super) fn take_underway(&mut self, run: RunId, underway: Underway) {
        if self.shared.held {
            return;
        }
        let view = self.session.get_mut(run);
        if let Some(Err(error)) = view.map(|view| view.take_underway(underway)) {
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    /// The next part of one step of training; the first press begins with the forward pass, at the weights that are shown.
    pub(super) fn slow_motion(&mut self) {
        if let Some(slow) = &mut self.shared.slow {
            match slow.part.next() {
                Some(next) => slow.part = next,
                None => self.shared.slow = None,
            }
            return;
        }
        let Some(snapshot) = self.session.shown.own_snapshot().cloned() else {
            return;
        };
        let Some(step) = SlowStep::of(&snapshot, self.session.shown.selected.unwrap_or(0)) else {
            return;
        };
        if std::mem::take(&mut self.session.shown.playing) {
            self.ask(Ask::Pause);
        }
        self.shared.show(Page::Mathematics);
        self.shared.bring(Panel::Equations);
        self.shared.slow = Some(SlowMotion {
            epoch: snapshot.epoch,
            part: Part::Forward,
            step,
        });
    }

    /// Says in words what has changed since that was said last, or since the run began.
    pub(super) fn describe(&mut self) {
        let Some(snapshot) = self.session.shown.own_snapshot() else {
            return;
        };
        let (run, epoch) = (snapshot.run, snapshot.epoch);
        let since = self.described.filter(|(of, at)| *of == run && *at <= epoch);
        let text = changed(&snapshot.history, since.map_or(0, |(_, at)| at), epoch);
        self.described = Some((run, epoch));
        self.shared.report(Topic::Described, text);
    }
}
