//! The thread that hosts a driver: requests reach it through a bounded queue, replies through a queue in which a run's
//! latest frame replaces one that was not taken yet. Neither side waits for the other.

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::driver::{Driver, Meanwhile, UNDERWAY_AFTER, UNDERWAY_EVERY};
use super::host::{Host, TrainerError};
use super::inbox::Inbox;
use super::outbox::Outbox;
use super::protocol::{Ask, DataId, Reply, Request};
use super::store::SharedStore;
use crate::data::DataSet;
use crate::numerics::{GiveWay, WorkerPool};
use crate::training::threads::yield_to_the_window;
use crate::training::timeline::Archive;

type Wake = Box<dyn Fn() + Send>;

/// What the thread does while an epoch is under way.
struct Between {
    attention: Arc<AtomicBool>,
    outbox: Replies,
    wake: Rc<dyn Fn()>,
    /// After so long the watcher hears again how far it is: an epoch that ends soon is not worth a word.
    next: Instant,
}

impl Meanwhile for Between {
    fn begin(&mut self, replies: &mut dyn Iterator<Item = Reply>) {
        // a frame is not to wait for the end of an epoch that takes seconds
        let mut news = false;
        for reply in replies {
            self.outbox.put(reply);
            news = true;
        }
        if news {
            (self.wake)();
        }
        self.next = Instant::now() + UNDERWAY_AFTER;
    }

    fn interrupts(&mut self) -> bool {
        self.attention.load(Ordering::Acquire)
    }

    fn wants_a_word(&mut self) -> bool {
        Instant::now() >= self.next
    }

    fn say(&mut self, reply: Reply) {
        self.outbox.put(reply);
        (self.wake)();
        self.next = Instant::now() + UNDERWAY_EVERY;
    }
}

/// A handle to the thread. Dropping it ends the thread, which is not waited for.
pub struct TrainerThread {
    requests: Inbox,
    replies: Replies,
    store: Arc<SharedStore>,
    archive: Arc<Archive>,
    /// A request that ends the epoch under way is waiting.
    attention: Arc<AtomicBool>,
}

impl TrainerThread {
    /// Starts the thread. `threads` ≥ 1 is the most that the engine may use. `wake` is called after a reply was put; it must
    /// not wait.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(threads: usize, wake: Wake) -> Result<Self, TrainerError> {
        Self::start_beside(threads, GiveWay::default(), wake)
    }

    /// As [`Self::start`], beside a window that says by `way` when it draws.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start_beside(threads: usize, way: GiveWay, wake: Wake) -> Result<Self, TrainerError> {
        let requests = Inbox::default();
        let (replies, store) = (Replies::default(), Arc::<SharedStore>::default());
        let attention = Arc::<AtomicBool>::default();
        let (inbox, outbox) = (requests.clone(), replies.clone());
        let (sets, flag) = (Arc::clone(&store), Arc::clone(&attention));
        let archive = Arc::<Archive>::default();
        let kept = Arc::clone(&archive);
        std::thread::Builder::new()
            .name("sae-lab trainer".into())
            .spawn(move || {
                yield_to_the_window();
                let pool = WorkerPool::with_start(threads, |_| yield_to_the_window());
                let pool = pool.giving_way(way);
                let wake: Rc<dyn Fn()> = Rc::from(wake as Box<dyn Fn()>);
                let between = Between {
                    attention: Arc::clone(&flag),
                    outbox: outbox.clone(),
                    wake: Rc::clone(&wake),
                    next: Instant::now(),
                };
                let driver = Driver::new(sets, kept, Arc::new(pool), Box::new(between));
                work(driver, &inbox, &outbox, &flag, &*wake);
            })
            .map_err(|error| TrainerError::Start(error.to_string()))?;
        Ok(Self {
            requests,
            replies,
            store,
            archive,
            attention,
        })
    }
}

impl Host for TrainerThread {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        let urgent = matches!(
            request.what,
            Ask::Open { .. }
                | Ask::Resume { .. }
                | Ask::Continue { .. }
                | Ask::Follow { .. }
                | Ask::Close
        );
        let sent = self.requests.put(request);
        if urgent && sent.is_ok() {
            // the epoch under way is most likely of a run that ends here: it is broken off, which leaves its run as it was
            self.attention.store(true, Ordering::Release);
        }
        sent
    }

    fn share(&self, id: DataId, data: Arc<DataSet>) -> Result<(), TrainerError> {
        self.store.put(id, data);
        Ok(())
    }

    fn archive(&self) -> Arc<Archive> {
        Arc::clone(&self.archive)
    }

    fn forget(&self, id: DataId) {
        self.store.forget(id);
    }

    fn replies(&self) -> Vec<Reply> {
        self.replies.take()
    }
}

impl Drop for TrainerThread {
    fn drop(&mut self) {
        self.requests.close();
        self.attention.store(true, Ordering::Release);
    }
}

/// Serves until the handle is gone.
fn work(
    mut driver: Driver,
    inbox: &Inbox,
    outbox: &Replies,
    attention: &AtomicBool,
    wake: &dyn Fn(),
) {
    let _gone = Gone(inbox);
    let start = Instant::now();
    loop {
        let next = driver.poll(start.elapsed());
        let mut news = false;
        while let Some(reply) = driver.take_reply() {
            outbox.put(reply);
            news = true;
        }
        if news {
            wake();
        }
        let wait = next.map(|at| at.saturating_sub(start.elapsed()));
        let asked = inbox.take(wait);
        // what comes from here on sets it again, and its requests wait for the next look
        attention.store(false, Ordering::Release);
        let Some(asked) = asked else { return };
        asked.into_iter().for_each(|request| driver.ask(request));
    }
}

/// However the thread ends, the other side hears of it.
struct Gone<'a>(&'a Inbox);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// Replies that wait to be taken. Events are few: each answers a request or stops a run.
#[derive(Clone, Default)]
struct Replies(Arc<Mutex<Outbox>>);

impl Replies {
    fn lock(&self) -> MutexGuard<'_, Outbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, reply: Reply) {
        let overtaken = self.lock().put(reply);
        drop(overtaken); // after the lock
    }

    fn take(&self) -> Vec<Reply> {
        let mut waiting = self.lock();
        std::iter::from_fn(|| waiting.pop()).collect()
    }
}
