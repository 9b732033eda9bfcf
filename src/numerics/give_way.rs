//! When a pool leaves a core to something that comes and goes, as the frames of a window do.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Times are nanoseconds after it.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// It is waited for so long after the time at which it was to come again, or for a part of what it takes: a window that waits
/// for the screen comes later, and a core is not to lie idle until then.
const LATE: Duration = Duration::from_millis(4);
const PART: u32 = 4;

/// A handle: one side says when it needs a core, the pool asks before each job.
///
/// Without it the system interrupts a worker in the middle of its part: the others wait for it, go to sleep and are woken
/// again, thousands of times a second, and a core lies idle meanwhile.
#[derive(Clone, Debug)]
pub struct GiveWay(Arc<Times>);

#[derive(Debug)]
struct Times {
    /// A core is needed until then,
    until: AtomicU64,
    /// and again from then on, if it comes by `last`.
    next: AtomicU64,
    last: AtomicU64,
}

impl Default for GiveWay {
    fn default() -> Self {
        Self(Arc::new(Times {
            until: AtomicU64::new(0),
            next: AtomicU64::new(u64::MAX),
            last: AtomicU64::new(u64::MAX),
        }))
    }
}

impl GiveWay {
    /// A core is needed from now on for `time`, and again after `next`.
    pub fn announce(&self, time: Duration, next: Duration) {
        let now = ORIGIN.elapsed();
        let at = |after: Duration| nanoseconds(now.saturating_add(after));
        self.0.until.store(at(time), Ordering::Relaxed);
        self.0.next.store(at(next), Ordering::Relaxed);
        let late = next.saturating_add(LATE.min(time / PART));
        self.0.last.store(at(late), Ordering::Relaxed);
    }

    /// Whether it is needed now. The times may be of two frames, which costs a moment of one core.
    pub(super) fn is_now(&self) -> bool {
        let next = self.0.next.load(Ordering::Relaxed);
        if next == u64::MAX {
            return false; // never asked for: no clock is read
        }
        let now = nanoseconds(ORIGIN.elapsed());
        let [until, last] = [&self.0.until, &self.0.last].map(|time| time.load(Ordering::Relaxed));
        now < until || (next..last).contains(&now)
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_for_the_time_that_was_asked_for_and_when_it_is_due_again() {
        let long = Duration::from_secs(3_600);
        let way = GiveWay::default();
        assert!(!way.is_now());
        way.announce(long, long);
        assert!(way.clone().is_now());
        way.announce(Duration::ZERO, long);
        assert!(!way.is_now());
        let start = Instant::now();
        way.announce(Duration::ZERO, Duration::from_millis(2));
        while start.elapsed() < Duration::from_millis(60) {
            assert!(!way.is_now() || start.elapsed() >= Duration::from_millis(2));
        }
        // what did not come is not waited for
        assert!(!way.is_now());
        let due = Times {
            until: AtomicU64::new(0),
            next: AtomicU64::new(0),
            last: AtomicU64::new(u64::MAX),
        };
        assert!(GiveWay(Arc::new(due)).is_now());
        way.announce(Duration::ZERO, Duration::MAX);
        assert!(!way.is_now());
    }
}
