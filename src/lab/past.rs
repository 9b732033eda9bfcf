//! The epoch that is shown, where it is not the latest: found, replayed, played, and left again.

use std::sync::Arc;
use std::time::Duration;

use super::cursor::{Arrival, Past, Then};
use super::jobs::{JobError, JobKind, Request};
use super::room::Lab;
use super::run_view::RunView;
use super::running::sentence;
use super::state::{Action, Severity};
use super::undo::Done;
use crate::training::Snapshot;
use crate::training::run::Keyframe;
use crate::training::timeline::{Kept, Moment};
use crate::training::trainer::RunId;

/// Epochs a second when the past is played: slow enough to see a unit die.
pub const PAST_PACE: f64 = 12.0;

impl RunView {
    /// The epoch that is shown.
    pub fn shown_epoch(&self) -> u64 {
        match &self.past {
            Some(past) => past.asked.epoch,
            None => self.now(),
        }
    }

    /// The latest epoch that is known.
    pub fn now(&self) -> u64 {
        self.latest().map_or(0, |snapshot| snapshot.epoch)
    }

    /// The run as it is now, whatever is shown of it.
    pub fn latest(&self) -> Option<&Arc<Snapshot>> {
        self.live.as_ref().or(self.snapshot.as_ref())
    }

    /// Shows the run as it stood at `kept`, where `asked` was asked for. Returns whether it can be shown.
    pub(super) fn show_past(&mut self, kept: &Kept, asked: Moment) -> bool {
        let trained_for = self.live.as_ref().map(|live| live.trained_for);
        let mirror = self.mirror();
        let Some(snapshot) =
            mirror.and_then(|mirror| mirror.past(&kept.frame, trained_for.unwrap_or_default()))
        else {
            return false;
        };
        let (playing, present) = match self.past.take() {
            Some(past) => (past.playing, past.present),
            None => (None, self.experiment.hyperparameters),
        };
        self.experiment.hyperparameters = kept.frame.settings;
        self.snapshot = Some(Arc::new(snapshot));
        self.past = Some(Past {
            asked,
            shown: kept.moment,
            frame: Arc::clone(&kept.frame),
            present,
            replayed: None,
            trouble: None,
            playing,
            then: None,
        });
        true
    }

    /// Shows the present again.
    pub(super) fn return_to_now(&mut self) {
        if let Some(past) = self.past.take() {
            self.experiment.hyperparameters = past.present;
            if self.live.is_some() {
                self.snapshot = self.live.clone();
            }
        }
    }
}

impl Lab {
    /// Shows the run as it stood at the end of `epoch`: at once what is kept nearest to it, then exactly that.
    pub(super) fn seek(&mut self, epoch: u64) {
        if epoch >= self.session.shown.now() {
            return self.return_to_now();
        }
        let run = self.session.shown.id;
        let Some(asked) = self
            .archive()
            .and_then(|archive| archive.last_of(run, epoch))
        else {
            return;
        };
        if asked.epoch >= self.session.shown.now() {
            return self.return_to_now(); // nothing nearer to it is kept
        }
        self.seek_moment(asked);
    }

    /// As [`Self::seek`], for a moment.
    pub(super) fn seek_moment(&mut self, asked: Moment) {
        let Some(archive) = self.archive() else {
            return;
        };
        let run = self.session.shown.id;
        let kept = archive.at(run, asked);
        let Some(kept) = kept.or_else(|| archive.nearest(run, asked.epoch)) else {
            return;
        };
        self.jobs.cancel(JobKind::Replay);
        if !self.session.shown.show_past(&kept, asked) {
            return;
        }
        self.beside_follows();
        if kept.moment != asked {
            self.replay();
        }
    }

    /// Does `then` once the moment that is shown is there, whole.
    pub(super) fn wait_for_moment(&mut self, then: Then) {
        if let Some(past) = &mut self.session.shown.past {
            past.then = Some(then);
            if !self.jobs.is_busy(JobKind::Replay) {
                self.replay();
            }
        }
    }

    /// Has the moment that was asked for trained again, whole.
    fn replay(&mut self) {
        let Some(archive) = self.archive() else {
            return;
        };
        let shown = &mut self.session.shown;
        let Some(past) = &mut shown.past else { return };
        let run = shown.id;
        match archive.replay(run, past.asked) {
            Ok(replay) => {
                past.replayed = Some((0, replay.epochs()));
                let replay = Box::new(replay);
                if let Err(error) = self.jobs.start(Request::Replay { run, replay }) {
                    self.no_replay(&error);
                }
            }
            Err(why) => {
                past.trouble = Some(why.to_string());
                // to look at is what is kept; what else was to be done with it can't be
                if past.then.take().is_some() {
                    let text = sentence(&format!("{why}."));
                    self.shared.notify(Severity::Trouble, text);
                }
            }
        }
    }

    pub(super) fn replay_progress(&mut self, done: u64, of: u64) {
        if let Some(past) = &mut self.session.shown.past {
            past.replayed = Some((done, of));
        }
    }

    /// A moment of the past is there.
    pub(super) fn take_replayed(&mut self, run: RunId, moment: Moment, frame: Arc<Keyframe>) {
        if let Some(archive) = self.archive() {
            archive.keep(run, moment, Arc::clone(&frame));
        }
        let arrives = |arrival: &mut Arrival| arrival.run == run && arrival.moment == moment;
        if let Some(arrival) = self.arrival.take_if(arrives) {
            if self.session.shown.id == run {
                self.undone(moment, &frame, arrival.done);
            }
            return;
        }
        let shown = &mut self.session.shown;
        let waits = |past: &&mut Past| past.asked == moment;
        let Some(past) = shown.past.as_mut().filter(waits) else {
            return;
        };
        if shown.id != run {
            return;
        }
        let then = past.then.take();
        let kept = Kept { moment, frame };
        shown.show_past(&kept, moment);
        match then {
            Some(Then::GoOn(with)) => self.go_on_from_here(with.map(|action| *action)),
            Some(Then::Beside(settings)) => {
                self.branch_beside(moment, &kept.frame, &settings);
                if Some(moment) == self.archive().and_then(|archive| archive.now(run)) {
                    self.return_to_now(); // the present was only waited for
                }
            }
            None => {}
        }
    }

    pub(super) fn no_replay(&mut self, error: &JobError) {
        if let Some(arrival) = self.arrival.take() {
            self.session.undo.give_back(arrival.done);
            if !matches!(error, JobError::Cancelled) {
                self.shared.notify(Severity::Trouble, error.to_string());
            }
            return;
        }
        if let (Some(past), false) = (
            &mut self.session.shown.past,
            matches!(error, JobError::Cancelled),
        ) {
            past.replayed = None;
            past.trouble = Some(error.to_string());
            past.then = None;
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    pub(super) fn return_to_now(&mut self) {
        self.jobs.cancel(JobKind::Replay);
        self.session.shown.return_to_now();
        self.beside_follows();
    }

    /// Moves the cursor by so many epochs.
    pub(super) fn step_in_time(&mut self, by: i64) {
        let (run, shown) = (self.session.shown.id, self.session.shown.shown_epoch());
        let archive = self.archive();
        let stepped = archive.and_then(|archive| archive.stepped(run, shown, by));
        self.seek(stepped.unwrap_or(shown.saturating_add_signed(by)));
    }

    /// Shows the first epoch that can be shown.
    pub(super) fn seek_first(&mut self) {
        let run = self.session.shown.id;
        let first = self.archive().and_then(|archive| archive.first(run));
        self.seek(first.unwrap_or(0));
    }

    /// Plays what is shown of the past, or stops.
    pub(super) fn play_past(&mut self) {
        if let Some(past) = &mut self.session.shown.past {
            past.playing = match past.playing {
                Some(_) => None,
                None => Some(Duration::ZERO),
            };
        }
    }

    /// Moves the cursor on while the past is played; returns when to look again.
    pub(super) fn follow_past(&mut self, now: Duration) -> Option<Duration> {
        let past = self.session.shown.past.as_mut()?;
        let due = past.playing?;
        let interval = Duration::from_secs_f64(PAST_PACE.recip());
        if now < due {
            return Some(due - now);
        }
        // what is being trained again is waited for
        if past.is_exact() || past.trouble.is_some() {
            past.playing = Some(now + interval);
            self.step_in_time(1);
        }
        self.session.shown.past.is_some().then_some(interval)
    }

    /// The shown moment becomes the present of a run of its own, and `with` is done to it; the run that it was of stays
    /// beside it.
    pub(super) fn go_on_from_here(&mut self, with: Option<Action>) {
        if self.session.shown.followed.is_some() && self.session.shown.past.is_none() {
            let run = self.session.shown.id;
            if let Some(now) = self.archive().and_then(|archive| archive.now(run)) {
                self.seek_moment(now); // what is shown is the latest that arrived
            }
        }
        let Some(past) = &mut self.session.shown.past else {
            return;
        };
        if !(past.is_exact() && past.frame.is_whole()) {
            return self.wait_for_moment(Then::GoOn(with.map(Box::new)));
        }
        let (moment, frame) = (past.shown, Arc::clone(&past.frame));
        let before = self.session.shown.id;
        if self.branch(moment, &frame) {
            self.session.undo.push(Done::Left(before));
            if let Some(action) = with {
                let done = self.session.undo.len();
                self.act(action);
                // one undo takes both back
                self.session.undo.truncate(done);
            }
        }
    }
}
