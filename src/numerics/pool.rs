//! Threads that wait for the next job: a hand-over costs a microsecond or two, not a spawn, and nothing is allocated.

use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Thread};

use super::GiveWay;

/// How often a thread looks for the next job before it goes to sleep: about 20 µs, the gap between the phases of a
/// step; short enough that an idle or slow run leaves the processor to others.
const SPINS: usize = 2_000;

/// A job, called with the number of each part.
type Job = *const (dyn Fn(usize) + Sync);

struct Shared {
    /// The number of the last job, its parts and the next of these that nobody has claimed (see [`Word`]).
    word: AtomicU64,
    /// Parts that are not finished.
    unfinished: AtomicUsize,
    /// Valid from the change of `word` until `unfinished` is 0.
    job: UnsafeCell<Option<Job>>,
    caller: Mutex<Option<Thread>>,
    panic: Mutex<Option<Box<dyn std::any::Any + Send>>>,
    stop: AtomicBool,
}

/// From the low bits: the next part (12 bits), how many there are (12 bits), the number of the job. All in one, so that a
/// claim succeeds only for the job that it was meant for: the number comes again after 2^40 jobs, days at least.
#[derive(Clone, Copy)]
struct Word(u64);

impl Word {
    const BITS: u32 = 12;
    const MOST: usize = (1 << Self::BITS) - 1;

    fn new(number: u64, parts: usize, next: usize) -> Self {
        Self(number << (2 * Self::BITS) | (parts as u64) << Self::BITS | next as u64)
    }

    fn number(self) -> u64 {
        self.0 >> (2 * Self::BITS)
    }

    fn parts(self) -> usize {
        (self.0 >> Self::BITS) as usize & Self::MOST
    }

    fn next(self) -> usize {
        self.0 as usize & Self::MOST
    }
}

impl Shared {
    /// A part of the last job that nobody else does, if there is one. Whoever has it finishes it.
    fn claim(&self) -> Option<usize> {
        let mut word = Word(self.word.load(Ordering::Acquire));
        while word.next() < word.parts() {
            let after = word.0 + 1;
            match self.word.compare_exchange_weak(
                word.0,
                after,
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(word.next()),
                Err(now) => word = Word(now),
            }
        }
        None
    }

    /// Does a part that was claimed.
    fn finish(&self, part: usize, is_caller: bool) {
        // SAFETY: the job was written before the word that this part was claimed from (release, acquire), and its caller
        // keeps it, alive and in place, until `unfinished` is 0, which this part's share of is only given up below
        if let Some(job) = unsafe { *self.job.get() } {
            // SAFETY: as above
            let outcome = catch_unwind(AssertUnwindSafe(|| unsafe { (*job)(part) }));
            if let Err(panic) = outcome {
                *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
            }
        }
        if self.unfinished.fetch_sub(1, Ordering::Release) == 1 && !is_caller {
            // if the next job has begun by now its caller is woken in vain, and this one needs it no more
            let caller = self.caller.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(caller) = &*caller {
                caller.unpark();
            }
        }
    }
}

// SAFETY: `job` is written by the caller of `run_on` only while nobody reads it (`unfinished` is 0 and no part is left to
// claim), and read only by who has claimed a part, between the release of the word and that of the part's share of
// `unfinished`.
unsafe impl Sync for Shared {}
// SAFETY: the pointer in `job` is to a `Sync` closure, which may be called from any thread.
unsafe impl Send for Shared {}

/// A fixed number of workers, the caller being the first of them. Dropping it ends the threads.
pub struct WorkerPool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// One job at a time.
    turn: Mutex<()>,
    way: Option<GiveWay>,
}

impl WorkerPool {
    /// A pool of `workers` ≥ 1, the calling thread included. Where the system refuses a thread, there are fewer.
    pub fn new(workers: usize) -> Self {
        Self::with_start(workers, |_| {})
    }

    /// As [`Self::new`]; each thread calls `on_start` with its number (1 and up) first, to lower its priority, say.
    pub fn with_start(workers: usize, on_start: impl Fn(usize) + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            word: AtomicU64::new(0),
            unfinished: AtomicUsize::new(0),
            job: UnsafeCell::new(None),
            caller: Mutex::new(None),
            panic: Mutex::new(None),
            stop: AtomicBool::new(false),
        });
        let on_start = Arc::new(on_start);
        let (here, started) = std::sync::mpsc::sync_channel::<()>(0);
        let threads: Vec<_> = (1..workers.min(Word::MOST))
            .map_while(|worker| {
                let (shared, on_start) = (Arc::clone(&shared), Arc::clone(&on_start));
                let here = here.clone();
                std::thread::Builder::new()
                    .name(format!("kernels-{worker}"))
                    .spawn(move || {
                        on_start(worker);
                        drop(here);
                        work(&shared);
                    })
                    .ok()
            })
            .collect();
        // what a thread allocates when it starts is not to fall into a job; the last handle to go ends the wait
        drop(here);
        let _: Result<(), _> = started.recv();
        Self {
            shared,
            threads,
            turn: Mutex::new(()),
            way: None,
        }
    }

    /// A pool of two does its jobs with the caller alone whenever `way` is to be given: two cores do not hold three threads.
    /// Of more workers one that comes late is made up for by the others.
    pub fn giving_way(mut self, way: GiveWay) -> Self {
        self.way = Some(way);
        self
    }

    /// Workers, the caller included.
    pub fn workers(&self) -> usize {
        self.threads.len() + 1
    }

    /// Calls `job(part)` for as many parts as there are workers, at once, and waits for all. Which thread does which part is
    /// open: a part whose worker does not come, for the system has given its core to something else, is done by the others.
    ///
    /// # Panics
    /// If a job panics: with what it panicked with, after all have finished. Don't call it from inside a job.
    pub fn run(&self, job: impl Fn(usize) + Sync) {
        self.run_on(self.workers(), job);
    }

    /// As [`Self::run`], in `count` ≥ 1 parts: the other workers sleep on.
    fn run_on(&self, count: usize, job: impl Fn(usize) + Sync) {
        let threads = &self.threads[..count - 1];
        if threads.is_empty() {
            return job(0);
        }
        if let ([_], Some(way)) = (&self.threads[..], &self.way)
            && way.is_now()
        {
            return (0..count).for_each(job);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &*self.shared;
        let job: &(dyn Fn(usize) + Sync) = &job;
        *shared.caller.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(std::thread::current());
        // SAFETY: the transmute only forgets the closure's lifetime: every part of it is done before this function returns
        // (see the wait below; a part's panic is caught). Nobody reads the cell now: `unfinished` is 0.
        unsafe {
            *shared.job.get() =
                Some(std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), Job>(job));
        }
        shared.unfinished.store(count, Ordering::Relaxed);
        // only a caller changes the number, and this one has the turn; it takes the first part
        let before = Word(shared.word.load(Ordering::Relaxed)).number();
        let word = Word::new(before + 1, count, 1);
        shared.word.store(word.0, Ordering::Release);
        for thread in threads {
            thread.thread().unpark();
        }
        shared.finish(0, true);
        while let Some(part) = shared.claim() {
            shared.finish(part, true);
        }
        let mut looks = 0;
        while shared.unfinished.load(Ordering::Acquire) != 0 {
            looks += 1;
            if looks < SPINS {
                std::hint::spin_loop()
            } else {
                std::thread::park()
            }
        }
        let panic = shared
            .panic
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    /// Calls `job(part, state)` for each of `states`, at once.
    ///
    /// # Panics
    /// If there are more states than workers; else as [`Self::run`].
    pub fn each<S: Send>(&self, states: &mut [S], job: impl Fn(usize, &mut S) + Sync) {
        assert!(states.len() <= self.workers(), "more states than workers");
        if let [state] = states {
            return job(0, state);
        }
        let count = states.len();
        if count == 0 {
            return;
        }
        let base = Shards(states.as_mut_ptr());
        self.run_on(count, |worker| {
            // SAFETY: worker < count, and each part is claimed once: each state is borrowed once
            job(worker, unsafe { &mut *base.at(worker) });
        });
    }

    /// Cuts `slices` at each of `ends` and calls `job(worker, start, part)` for the first `ends.len()` workers at once.
    ///
    /// # Panics
    /// If there are more ends than workers, if they decrease or the last isn't the slices' length; else as
    /// [`Self::run`].
    pub fn parts<S: Slices>(
        &self,
        slices: S,
        ends: &[usize],
        job: impl Fn(usize, usize, S) + Sync,
    ) {
        self.parts_in_turn(ends.len(), slices, ends, job);
    }

    /// As [`Self::parts`] for `count` ≥ 1 workers that take turns where there are more parts: with two, the first has
    /// parts 0, 2, 4, … and the second 1, 3, 5, … The job is told the part.
    ///
    /// # Panics
    /// If there are fewer workers than that, if the ends decrease or the last isn't the slices' length; else as
    /// [`Self::run`].
    pub fn parts_in_turn<S: Slices>(
        &self,
        count: usize,
        slices: S,
        ends: &[usize],
        job: impl Fn(usize, usize, S) + Sync,
    ) {
        assert!(
            (1..=self.workers()).contains(&count),
            "more parts than workers, or none"
        );
        assert!(
            ends.is_sorted() && ends.last().is_some_and(|end| slices.have(*end)),
            "the parts must cover the slices in order"
        );
        if ends.len() == 1 {
            return job(0, 0, slices);
        }
        let base = slices.base();
        self.run_on(count, |worker| {
            for part in (worker..ends.len()).step_by(count) {
                let start = if part == 0 { 0 } else { ends[part - 1] };
                // SAFETY: each worker's number is claimed once, so each part is taken once; and the ends increase up to
                // the slices' length, so it lies within them, apart from the others
                job(part, start, unsafe {
                    S::part(&base, start, ends[part] - start)
                });
            }
        });
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            // a job's panic was caught and handed to its caller; the loop itself has none to report
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for WorkerPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorkerPool({})", self.workers())
    }
}

/// A pointer that may go to the workers: each derives disjoint parts from it.
pub struct Shards<T>(*mut T);

impl<T> Shards<T> {
    /// The element's address; the index must be within the allocation.
    fn at(&self, index: usize) -> *mut T {
        self.0.wrapping_add(index)
    }
}

// SAFETY: only used to form disjoint `&mut` parts, one a thread, of data that may be sent there (`T: Send`)
unsafe impl<T: Send> Sync for Shards<T> {}

/// Slices of one length that are cut at the same places: one, or several as a tuple.
///
/// # Safety
/// `have` says yes only of the length that every slice has.
pub unsafe trait Slices: Send {
    /// Where they begin.
    #[doc(hidden)]
    type Base: Sync;

    /// Whether each is `length` long.
    fn have(&self, length: usize) -> bool;

    #[doc(hidden)]
    fn base(self) -> Self::Base;

    /// # Safety
    /// `start + length` is at most the length of the slices that `base` is of, which are borrowed for as long as what
    /// this returns is used; no other part of them that is in use overlaps this one.
    #[doc(hidden)]
    unsafe fn part(base: &Self::Base, start: usize, length: usize) -> Self;
}

// SAFETY: it is the slice's own length
unsafe impl<T: Send> Slices for &mut [T] {
    type Base = Shards<T>;

    fn have(&self, length: usize) -> bool {
        self.len() == length
    }

    fn base(self) -> Shards<T> {
        Shards(self.as_mut_ptr())
    }

    unsafe fn part(base: &Shards<T>, start: usize, length: usize) -> Self {
        // SAFETY: the caller's
        unsafe { std::slice::from_raw_parts_mut(base.at(start), length) }
    }
}

/// Which parts of a flat vector each worker has: what works on the same parts in every phase finds them in the cache of
/// its own core.
#[derive(Clone, Copy, Debug)]
pub struct Shares<'a>(Option<(&'a WorkerPool, usize, &'a [usize])>);

impl<'a> Shares<'a> {
    /// All with the caller.
    pub fn whole() -> Self {
        Self(None)
    }

    /// Parts that end at `ends`, for `count` workers of `pool`; see [`WorkerPool::parts_in_turn`].
    pub fn new(pool: &'a WorkerPool, count: usize, ends: &'a [usize]) -> Self {
        Self(Some((pool, count, ends)))
    }

    /// Calls `job(start, part)` for each part of `slices`.
    ///
    /// # Panics
    /// As [`WorkerPool::parts_in_turn`].
    pub fn of<S: Slices>(self, slices: S, job: impl Fn(usize, S) + Sync) {
        match self.0 {
            None => job(0, slices),
            Some((pool, count, ends)) => {
                pool.parts_in_turn(count, slices, ends, |_, start, part| job(start, part));
            }
        }
    }
}

macro_rules! slices {
    ($($name:ident $index:tt)+) => {
        // SAFETY: yes only where each says yes
        unsafe impl<$($name: Slices),+> Slices for ($($name,)+) {
            type Base = ($($name::Base,)+);

            fn have(&self, length: usize) -> bool {
                $(self.$index.have(length))&&+
            }

            fn base(self) -> Self::Base {
                ($(self.$index.base(),)+)
            }

            unsafe fn part(base: &Self::Base, start: usize, length: usize) -> Self {
                // SAFETY: the caller's, for each
                unsafe { ($($name::part(&base.$index, start, length),)+) }
            }
        }
    };
}

slices!(A 0 B 1);
slices!(A 0 B 1 C 2);

fn work(shared: &Shared) {
    let mut looks = 0;
    while !shared.stop.load(Ordering::Acquire) {
        if let Some(part) = shared.claim() {
            shared.finish(part, false);
            looks = 0;
            continue;
        }
        looks += 1;
        if looks < SPINS {
            std::hint::spin_loop()
        } else {
            std::thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_worker_runs_each_job_once() {
        let pool = WorkerPool::new(3);
        let counts: [AtomicUsize; 3] = Default::default();
        for _ in 0..2_000 {
            pool.run(|worker| {
                counts[worker].fetch_add(1, Ordering::Relaxed);
            });
        }
        assert!(
            counts
                .iter()
                .all(|count| count.load(Ordering::Relaxed) == 2_000)
        );
    }

    #[test]
    fn parts_and_states_are_disjoint_and_complete() {
        let pool = WorkerPool::new(4);
        let mut numbers = vec![0usize; 103];
        let length = numbers.len();
        let ends: Vec<usize> = (1..=4).map(|worker| length * worker / 4).collect();
        pool.parts(&mut numbers[..], &ends, |worker, start, part| {
            for (k, value) in part.iter_mut().enumerate() {
                *value = 10 * (start + k) + worker;
            }
        });
        assert!(numbers.iter().enumerate().all(|(k, value)| value / 10 == k));
        let mut doubles = vec![0usize; length];
        pool.parts(
            (&mut doubles[..], &mut numbers[..]),
            &ends,
            |_, start, (doubles, numbers)| {
                for (k, (double, number)) in doubles.iter_mut().zip(numbers).enumerate() {
                    assert_eq!(*number / 10, start + k);
                    *double = 2 * *number;
                }
            },
        );
        assert!(doubles.iter().zip(&numbers).all(|(d, n)| *d == 2 * n));
        let turns = [10, 10, 50, length];
        pool.parts_in_turn(2, &mut doubles[..], &turns, |part, start, doubles| {
            for (k, double) in doubles.iter_mut().enumerate() {
                *double = 10 * (start + k) + part;
            }
        });
        for (k, double) in doubles.iter().enumerate() {
            let part = turns.iter().position(|end| k < *end).unwrap();
            assert_eq!(*double, 10 * k + part);
        }
        let mut states = vec![0; 4];
        pool.each(&mut states, |worker, state| *state = worker + 1);
        assert_eq!(states, [1, 2, 3, 4]);
    }

    #[test]
    fn a_job_for_fewer_workers_reaches_just_these() {
        let pool = WorkerPool::new(4);
        let mut counts = [0usize; 4];
        for round in 0..4_000 {
            let count = 1 + round * 7 % 4;
            pool.each(&mut counts[..count], |_, state| *state += 1);
            if round % 100 == 0 {
                // long enough for the others to fall asleep
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        }
        assert_eq!(counts, [4_000, 3_000, 2_000, 1_000]);
    }

    #[test]
    fn a_pool_of_two_gives_way() {
        let long = std::time::Duration::from_secs(3_600);
        for workers in [2, 3] {
            let way = GiveWay::default();
            let pool = WorkerPool::new(workers).giving_way(way.clone());
            let others = || {
                let (here, others) = (std::thread::current().id(), AtomicUsize::new(0));
                for _ in 0..200 {
                    pool.run(|_| {
                        if std::thread::current().id() != here {
                            others.fetch_add(1, Ordering::Relaxed);
                        }
                        // time enough for the others to come
                        std::thread::sleep(std::time::Duration::from_micros(100));
                    });
                }
                others.into_inner()
            };
            assert!(others() > 0);
            way.announce(long, long);
            assert_eq!(others() == 0, workers == 2);
            way.announce(std::time::Duration::ZERO, long);
            assert!(others() > 0);
        }
    }

    #[test]
    fn a_panic_comes_back_and_the_pool_lives_on() {
        let pool = WorkerPool::new(2);
        for guilty in 0..2 {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                pool.run(|worker| assert_ne!(worker, guilty, "guilty"))
            }));
            assert!(caught.is_err());
        }
        let count = AtomicUsize::new(0);
        pool.run(|_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(count.into_inner(), 2);
    }
}
