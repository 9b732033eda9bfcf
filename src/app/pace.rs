//! How often the window is drawn.
//!
//! Drawing has a share of the machine: more while somebody touches the window, less while it is only watched; what a frame
//! costs is measured. On a graphics card that limits nothing. Where the processor draws, it leaves the cores to the training.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::painting;
use crate::numerics::GiveWay;

/// The share of all cores that drawing may have, and the longest that a frame is put off for it.
struct Rule {
    share: f64,
    most: Duration,
}

const WATCHED: Rule = Rule {
    share: 0.12,
    most: Duration::from_millis(200),
};
const TOUCHED: Rule = Rule {
    share: 0.3,
    most: Duration::from_millis(34),
};
/// The window counts as touched for so long after the last touch.
const LINGERS: Duration = Duration::from_millis(1500);
/// The cost of a frame is the mean over at least so many frames and so long.
const FRAMES: u32 = 5;
const AVERAGED: Duration = Duration::from_millis(400);
/// A frame may take longer than the mean by this factor;
const LONGER: f64 = 1.25;
/// and the core that it needs is free so long before: a worker goes to sleep, and nobody is interrupted.
const BEFORE: Duration = Duration::from_micros(300);

impl Rule {
    /// The time from the beginning of a frame that took `cost` of processor time to that of the next.
    fn interval(&self, cost: Duration, cores: usize) -> Duration {
        let cores = cores.max(1) as f64;
        cost.div_f64(self.share * cores).min(self.most)
    }
}

/// When the window is drawn next, for what was not asked for by a touch.
#[derive(Clone)]
pub(super) struct Waker {
    start: Instant,
    /// Microseconds after `start`.
    due: Arc<AtomicU64>,
}

impl Waker {
    /// Something is new. Never waits.
    pub(super) fn wake(&self, ctx: &egui::Context) {
        let due = Duration::from_micros(self.due.load(Ordering::Relaxed));
        let wait = due.saturating_sub(self.start.elapsed());
        // at once would be two frames: the toolkit lets things settle
        ctx.request_repaint_after(wait.max(Duration::from_micros(1)));
    }
}

/// What frames cost, and when the next may begin.
pub(super) struct Pace {
    waker: Waker,
    cores: usize,
    /// Where the trainer hears of it.
    way: GiveWay,
    /// When the last frame began, and the last touch came.
    frame: Option<Instant>,
    touch: Option<Instant>,
    /// Of processor time.
    cost: Duration,
    /// The frames since the last measurement, and what was spent on drawing by then.
    frames: u32,
    measured: Instant,
    spent: Option<Duration>,
}

impl Pace {
    pub(super) fn new(cores: usize, way: GiveWay) -> Self {
        let start = Instant::now();
        Self {
            waker: Waker {
                start,
                due: Arc::default(),
            },
            cores,
            way,
            frame: None,
            touch: None,
            cost: Duration::ZERO,
            frames: 0,
            measured: start,
            spent: painting::spent(),
        }
    }

    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// A frame is to begin: waits where frames come faster than they may. `last` is what the last one took of the window's
    /// thread; without it this is no window, and nothing is put off. Returns how long it waited.
    pub(super) fn begin(&mut self, touched: bool, last: Option<Duration>) -> Duration {
        let Some(last) = last else {
            return Duration::ZERO;
        };
        let now = Instant::now();
        if touched {
            self.touch = Some(now);
        }
        let limit = TOUCHED.interval(self.cost, self.cores);
        let wait = self
            .frame
            .map_or(Duration::ZERO, |before| limit.saturating_sub(now - before));
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        let now = Instant::now();
        self.frame = Some(now);
        self.measure(now, last);
        let lingers = self.touch.is_some_and(|touch| now - touch < LINGERS);
        let rule = if lingers { &TOUCHED } else { &WATCHED };
        let interval = rule.interval(self.cost, self.cores);
        self.way
            .announce(self.cost.mul_f64(LONGER), interval.saturating_sub(BEFORE));
        let due = now - self.waker.start + interval;
        let due = u64::try_from(due.as_micros()).unwrap_or(u64::MAX);
        self.waker.due.store(due, Ordering::Relaxed);
        wait
    }

    fn measure(&mut self, now: Instant, last: Duration) {
        self.frames += 1;
        if self.frames < FRAMES || now - self.measured < AVERAGED {
            return;
        }
        let spent = painting::spent();
        let mean = match (spent, self.spent) {
            (Some(spent), Some(before)) => spent.saturating_sub(before) / self.frames,
            _ => last,
        };
        self.cost = mean;
        (self.spent, self.frames, self.measured) = (spent, 0, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(of: u64) -> Duration {
        Duration::from_millis(of)
    }

    #[test]
    fn drawing_keeps_to_its_share_and_never_stops() {
        assert_eq!(WATCHED.interval(ms(18), 2), ms(75));
        assert_eq!(WATCHED.interval(ms(18), 1), ms(150));
        assert_eq!(WATCHED.interval(ms(400), 2), ms(200));
        assert_eq!(TOUCHED.interval(ms(18), 2), ms(30));
        assert_eq!(TOUCHED.interval(ms(400), 2), ms(34));
        // a graphics card
        assert!(TOUCHED.interval(ms(2), 8) < ms(1));
    }

    #[test]
    fn what_is_new_waits_for_its_turn_and_a_touch_does_not() {
        let mut pace = Pace::new(2, GiveWay::default());
        let waker = pace.waker();
        let until = || Duration::from_micros(waker.due.load(Ordering::Relaxed));
        pace.cost = ms(18);
        pace.begin(false, Some(ms(3)));
        let watched = until().saturating_sub(waker.start.elapsed());
        assert!(watched > ms(30) && watched <= ms(75), "{watched:?}");
        pace.begin(true, Some(ms(3)));
        let touched = until().saturating_sub(waker.start.elapsed());
        assert!(touched <= ms(30), "{touched:?}");
    }

    #[test]
    fn frames_that_come_too_fast_wait() {
        let mut pace = Pace::new(2, GiveWay::default());
        pace.cost = ms(18);
        let start = Instant::now();
        pace.begin(true, Some(ms(3)));
        pace.begin(true, Some(ms(3)));
        assert!(start.elapsed() >= ms(30));
    }
}
