//! What it takes to get the other threads to work: small batches are hand-overs for the most part.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::numerics::WorkerPool;

/// Jobs of one round, and rounds.
const JOBS: usize = 1_000;
const ROUNDS: usize = 21;

/// Nanoseconds of a job of `threads` parts that does nothing but see all threads arrive: the median of several rounds. `None`
/// for one thread.
///
/// Between two cores beside each other that is some 200 ns; where a machine is a lent share of a large one and its cores are
/// far apart, a thousand, and that may change from one second to the next.
pub(super) fn hand_over(threads: usize) -> Option<f64> {
    let pool = WorkerPool::new(threads);
    let threads = pool.workers();
    if threads < 2 {
        return None;
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
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..JOBS).for_each(|_| job());
            start.elapsed().as_secs_f64() * 1e9 / JOBS as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::hand_over;

    #[test]
    fn one_thread_hands_nothing_over() {
        assert_eq!(hand_over(1), None);
        let time = hand_over(2);
        assert!(time.is_some_and(|time| time.is_finite() && time > 0.0));
    }
}
