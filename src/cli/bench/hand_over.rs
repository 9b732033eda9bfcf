//! What it takes to get the other threads to work: small batches are hand-overs for the most part.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::numerics::WorkerPool;

/// Jobs that are timed together, and how many such rounds are enough; fewer where something else takes the cores.
const JOBS: usize = 100;
const ROUNDS: usize = 200;
const MOST_TIME: Duration = Duration::from_millis(200);

/// Nanoseconds of a job of `threads` parts that does nothing but see all threads arrive: the median of several rounds. `None`
/// for one thread, and for more than there are cores: those would wait for each other's turns.
///
/// Between two cores beside each other that is some 300 ns; where a machine is a lent share of a large one and its cores are
/// far apart, a thousand, and that may change from one second to the next.
pub(super) fn hand_over(threads: usize) -> Option<f64> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if !(2..=cores).contains(&threads) {
        return None;
    }
    let pool = WorkerPool::new(threads);
    let threads = pool.workers();
    if threads < 2 {
        return None; // the system refused them
    }
    let job = || {
        let arrived = AtomicUsize::new(0);
        pool.run(|_| {
            arrived.fetch_add(1, Ordering::AcqRel);
            while arrived.load(Ordering::Acquire) < threads {
                std::hint::spin_loop();
            }
        });
    };
    let (begin, mut rounds) = (Instant::now(), Vec::new());
    while rounds.len() < ROUNDS && begin.elapsed() < MOST_TIME {
        let start = Instant::now();
        (0..JOBS).for_each(|_| job());
        rounds.push(start.elapsed().as_secs_f64() * 1e9 / JOBS as f64);
    }
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_hands_nothing_over() {
        assert_eq!(hand_over(1), None);
        assert_eq!(hand_over(100_000), None);
        if std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) {
            let time = hand_over(2);
            assert!(time.is_some_and(|time| time.is_finite() && time > 0.0));
        }
    }
}
