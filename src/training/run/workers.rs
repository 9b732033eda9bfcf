//! How many workers a run trains with: all of them, or one, whichever is quicker where it trains.
//!
//! Small batches take microseconds, between which the workers wait for each other. Where something else needs a core, or
//! two cores are far apart, one worker is quicker than two, and that may change at any time. No number changes by it: a run
//! is the same on any number of workers.

use std::time::{Duration, Instant};

/// Epochs are judged by their mean over a stretch of at least this time and so many: what disturbs them comes and goes, as
/// the window's frames do.
const STRETCH: Duration = Duration::from_millis(200);
const EPOCHS: u32 = 3;
/// A trial is one stretch in at least so many.
const SELDOM: u32 = 10;
/// Or in so many, before the first one, and where an epoch takes more or less than at the last one by more than this share:
/// something has changed.
const SOON: u32 = 4;
const CHANGED: f64 = 0.15;
/// How much longer the next trial is put off, at most, after one that showed nothing new.
const MOST_PATIENCE: u32 = 4;
/// The other number is taken where its epochs take less than this of the present one's; and where they take more than
/// twice the difference above, trials become rare.
const QUICKER: f64 = 0.95;

/// Which number the epochs are done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    All,
    One,
}

impl Number {
    fn other(self) -> Self {
        match self {
            Self::All => Self::One,
            Self::One => Self::All,
        }
    }
}

/// Chooses the number for the coming epoch from what past ones took.
#[derive(Debug)]
pub(super) struct Workers {
    /// How many there are.
    all: usize,
    present: Number,
    /// Whether the coming epochs are a trial of the other number.
    tries: bool,
    /// The stretch that has begun.
    time: Duration,
    epochs: u32,
    /// Stretches since the last trial, and what an epoch took in them (in the last one alone, where something has changed)
    /// and at that trial, in seconds.
    stretches: u32,
    mean: f64,
    judged: Option<f64>,
    /// What an epoch took in a trial that the other number won: one more stretch of the present number is to confirm it.
    won: Option<f64>,
    patience: u32,
}

impl Workers {
    pub(super) fn of(all: usize) -> Self {
        Self {
            all,
            present: Number::All,
            tries: false,
            time: Duration::ZERO,
            epochs: 0,
            stretches: 0,
            mean: 0.0,
            judged: None,
            won: None,
            patience: 1,
        }
    }

    /// Now, where there is a choice: where there are no threads there may be no clock either.
    pub(super) fn clock(&self) -> Option<Instant> {
        (self.all > 1).then(Instant::now)
    }

    /// The most workers for the coming epoch.
    pub(super) fn most(&self) -> usize {
        let number = if self.tries {
            self.present.other()
        } else {
            self.present
        };
        match number {
            Number::All => self.all,
            Number::One => 1,
        }
    }

    /// An epoch with [`Self::most`] workers was finished, and took `time`.
    pub(super) fn took(&mut self, time: Duration) {
        self.time += time;
        self.epochs += 1;
        if self.time < STRETCH || self.epochs < EPOCHS {
            return;
        }
        let mean = self.time.as_secs_f64() / f64::from(self.epochs);
        (self.time, self.epochs) = (Duration::ZERO, 0);
        if self.tries {
            (self.tries, self.stretches) = (false, 0);
            if mean < QUICKER * self.mean {
                self.won = Some(mean);
            } else {
                self.judge(mean);
            }
            return;
        }
        if let Some(other) = self.won.take() {
            // a disturbance before the trial is not to decide it
            self.mean = self.mean.min(mean);
            return self.judge(other);
        }
        self.stretches += 1;
        let has_changed = |judged: f64| (mean / judged - 1.0).abs() > CHANGED;
        let due = if self.judged.is_none_or(has_changed) {
            self.mean = mean;
            SOON
        } else {
            self.mean += (mean - self.mean) / f64::from(self.stretches);
            SELDOM * self.patience
        };
        self.tries = self.stretches >= due;
    }

    /// An epoch of the other number took `other` seconds.
    fn judge(&mut self, other: f64) {
        self.judged = Some(self.mean);
        self.patience = if other < QUICKER * self.mean {
            self.present = self.present.other();
            self.judged = Some(other);
            1
        } else if self.mean < (2.0 * QUICKER - 1.0) * other {
            (2 * self.patience).min(MOST_PATIENCE)
        } else {
            1
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trains for `epochs`, of which the n-th takes `time(n, whether one worker does it)` milliseconds; how many one did.
    fn alone(workers: &mut Workers, epochs: usize, time: impl Fn(usize, bool) -> f64) -> usize {
        (0..epochs)
            .filter(|epoch| {
                let is_one = workers.most() == 1;
                workers.took(Duration::from_secs_f64(time(*epoch, is_one) / 1e3));
                is_one
            })
            .count()
    }

    /// `all` or `one` milliseconds.
    fn steady(all: f64, one: f64) -> impl Fn(usize, bool) -> f64 {
        move |_, is_one| if is_one { one } else { all }
    }

    #[test]
    fn the_quicker_number_is_found_and_given_up_again() {
        let mut workers = Workers::of(2);
        // two cores help: little is lost by looking
        let tried = alone(&mut workers, 10_000, steady(5.0, 9.0));
        assert!((3..400).contains(&tried), "{tried}");
        // now they hinder each other: it is seen within two seconds
        let one = alone(&mut workers, 2_000, steady(12.0, 5.0));
        assert!(one > 1_700, "{one}");
        let one = alone(&mut workers, 2_000, steady(5.0, 9.0));
        assert!(one < 300, "{one}");
    }

    #[test]
    fn a_trial_takes_its_share_at_most() {
        let mut workers = Workers::of(2);
        let tried = alone(&mut workers, 4_000, steady(100.0, 101.0));
        assert!((3..=4_000 / 10).contains(&tried), "{tried}");
    }

    /// Now and then a stretch takes longer by more than the other number does.
    #[test]
    fn a_disturbance_before_a_trial_does_not_decide_it() {
        let mut workers = Workers::of(2);
        let disturbed = |epoch: usize, is_one: bool| {
            let time = if is_one { 8.0 } else { 6.2 };
            if epoch % 750 < 24 { 1.6 * time } else { time }
        };
        let one = alone(&mut workers, 30_000, disturbed);
        assert!(one < 2_000, "{one}");
    }

    /// Where frames are drawn on one of two cores half of the time, two workers wait for each other, and one does not.
    #[test]
    fn it_is_the_mean_that_counts() {
        let mut workers = Workers::of(2);
        let drawn = |epoch: usize, is_one: bool| match (is_one, epoch % 6) {
            (true, _) => 8.0,
            (false, 0..3) => 5.0,
            (false, _) => 18.0,
        };
        let one = alone(&mut workers, 2_000, drawn);
        assert!(one > 1_500, "{one}");
    }

    #[test]
    fn a_disturbed_stretch_is_made_up_for() {
        let mut workers = Workers::of(2);
        alone(&mut workers, 1_000, steady(5.0, 9.0));
        // something else runs for a second; whatever was chosen then, it is put right
        alone(&mut workers, 50, steady(20.0, 20.0));
        let one = alone(&mut workers, 3_000, steady(5.0, 9.0));
        assert!(one < 400, "{one}");
    }
}
