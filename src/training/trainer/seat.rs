//! One run in the driver: whether it plays, how fast, and how much of it was reported.

use std::time::Duration;

use super::driver::{PUBLISH_EVERY, UNSEEN_EVERY};
use super::frame::{Activity, Frame};
use super::protocol::{RunId, Speed};
use super::rate::Rate;
use super::trained::Trained;
use crate::training::record::Cursor;

/// A run and its place in the driver's round.
pub(super) struct Seat {
    pub(super) run: Box<dyn Trained>,
    activity: Activity,
    playing: bool,
    steps_left: u32,
    /// Steps that its partner has done before it was asked for them itself: it is drawn along for each.
    steps_ahead: u32,
    speed: Speed,
    /// When the next epoch may begin.
    due: Duration,
    rate: Rate,
    trained_for: Duration,
    /// How much of the past the watcher has.
    seen: Cursor,
    /// When the last frame was made, and what it said is done with the run.
    published: Option<(Duration, Activity)>,
    /// Whether the last frame was seen.
    is_seen: bool,
    /// Whether anything happened since.
    pub(super) news: bool,
    /// The run that it is in step with.
    pub(super) partner: Option<RunId>,
    /// The epoch at whose end it pauses.
    pub(super) pause_at: Option<u64>,
}

impl Seat {
    pub(super) fn new(run: Box<dyn Trained>, now: Duration) -> Self {
        let activity = if run.is_elsewhere() {
            Activity::Elsewhere
        } else {
            Activity::Paused
        };
        Self {
            run,
            activity,
            playing: false,
            steps_left: 0,
            steps_ahead: 0,
            speed: Speed::Unlimited,
            due: now,
            rate: Rate::default(),
            trained_for: Duration::ZERO,
            seen: Cursor::default(),
            published: None,
            is_seen: true,
            news: true,
            partner: None,
            pause_at: None,
        }
    }

    pub(super) fn play(&mut self, now: Duration) {
        (self.playing, self.steps_ahead) = (true, 0);
        self.resume(now);
    }

    /// Whether it trains though it is at the epoch at whose end it was to pause, or beyond: then it pauses. So a request
    /// that comes when the epoch has just been done lets it go no further.
    pub(super) fn is_there(&mut self) -> bool {
        let there = self.playing && self.pause_at.is_some_and(|epoch| epoch <= self.run.epoch());
        if there {
            self.pause_at = None;
            self.pause();
        }
        there
    }

    pub(super) fn step(&mut self, now: Duration) {
        self.playing = false;
        if self.steps_ahead > 0 {
            self.steps_ahead -= 1;
            return;
        }
        self.steps_left = self.steps_left.saturating_add(1);
        self.resume(now);
    }

    /// Whether it can train here.
    pub(super) fn can_train(&self) -> bool {
        !self.is_diverged() && !self.run.is_elsewhere()
    }

    /// Whether it was asked for its next epoch; else its partner draws it along.
    fn is_asked(&self) -> bool {
        self.playing || self.steps_left > 0
    }

    /// Whether its next epoch is one that it was asked for as a step.
    pub(super) fn is_stepping(&self) -> bool {
        self.steps_left > 0
    }

    /// `partner` has done a step to `epoch`: where that draws it along, it does not do the step again when it is asked.
    pub(super) fn partner_stepped(&mut self, partner: RunId, epoch: u64) {
        let is_behind = self.partner == Some(partner) && self.run.epoch() + 1 == epoch;
        if is_behind && self.can_train() && !self.is_asked() {
            self.steps_ahead = self.steps_ahead.saturating_add(1);
        }
    }

    pub(super) fn lock(&mut self, partner: Option<RunId>) {
        (self.partner, self.steps_ahead) = (partner, 0);
    }

    pub(super) fn pause(&mut self) {
        (self.playing, self.steps_left, self.steps_ahead) = (false, 0, 0);
        if !self.run.is_elsewhere() {
            self.activity = Activity::Paused;
        }
    }

    pub(super) fn is_diverged(&self) -> bool {
        self.activity == Activity::Diverged
    }

    pub(super) fn diverge(&mut self) {
        self.pause();
        self.activity = Activity::Diverged;
    }

    pub(super) fn set_speed(&mut self, speed: Speed, now: Duration) {
        self.speed = match speed {
            Speed::EpochsPerSecond(rate) if rate.is_finite() && rate > 0.0 => speed,
            _ => Speed::Unlimited,
        };
        self.due = now;
    }

    fn resume(&mut self, now: Duration) {
        if self.activity != Activity::Training {
            self.rate = Rate::default(); // the pause is no slow epoch
            self.due = now;
        }
        self.activity = Activity::Training;
    }

    /// When it wants its next epoch; `None` while it rests.
    pub(super) fn wants(&self) -> Option<Duration> {
        match (self.playing, self.steps_left) {
            (false, 0) => None,
            (_, 0) => Some(self.due),
            _ => Some(Duration::ZERO),
        }
    }

    /// An epoch begins at `now`.
    pub(super) fn begin(&mut self, now: Duration) {
        if let (Speed::EpochsPerSecond(rate), 0) = (self.speed, self.steps_left) {
            // from the time it was due, so that the pace holds on average; but no burst after a long epoch
            let interval = Duration::try_from_secs_f64(rate.recip()).unwrap_or(Duration::MAX);
            self.due = self.due.saturating_add(interval).max(now);
        }
    }

    /// The epoch was done. Returns whether it is the one at whose end the run was to pause.
    pub(super) fn finish(&mut self) -> bool {
        // else the request to play is still to come
        let asked = self.is_asked();
        self.steps_left = self.steps_left.saturating_sub(1);
        if !self.playing && self.steps_left == 0 {
            self.activity = Activity::Paused;
        }
        let there = asked && self.pause_at == Some(self.run.epoch());
        if there {
            self.pause_at = None;
            self.pause();
        }
        there
    }

    /// The epoch that began at `since` took until `now`.
    pub(super) fn account(&mut self, since: Duration, now: Duration) {
        self.trained_for += now.saturating_sub(since);
        self.rate.count(now, self.run.epoch());
    }

    /// The watcher has drawn a frame, and has the past up to `cursor`.
    pub(super) fn see(&mut self, cursor: Cursor) {
        (self.seen, self.is_seen) = (cursor, true);
    }

    /// When its next frame is due; `None` where there is nothing new.
    pub(super) fn frame_due(&self) -> Option<Duration> {
        // that it trains from now on, or no longer, is said at once
        let training =
            |(_, said): &(Duration, Activity)| [*said, self.activity] == [Activity::Training; 2];
        let last = self.published.filter(training);
        let interval = if self.is_seen {
            PUBLISH_EVERY
        } else {
            UNSEEN_EVERY
        };
        self.news
            .then(|| last.map_or(Duration::ZERO, |(last, _)| last + interval))
    }

    /// How it stands at `now`.
    pub(super) fn frame(&mut self, now: Duration) -> Frame {
        self.published = Some((now, self.activity));
        (self.news, self.is_seen) = (false, false);
        let rate = match self.activity {
            Activity::Training => self.rate.epochs_per_second(),
            Activity::Paused | Activity::Diverged | Activity::Elsewhere => 0.0,
        };
        Frame {
            epochs_per_second: rate,
            trained_for: self.trained_for,
            ..self.run.frame(self.activity, &self.seen)
        }
    }
}
