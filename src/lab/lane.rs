//! Work of one kind on a thread of its own: how far it is, what came of it, and how it is stopped.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::port::Wake;
use crate::data::{DataError, Progress, Watch};
use crate::training::Mailbox;

/// Between two words of progress that the window is woken for.
const PACE: Duration = Duration::from_millis(50);
/// Work that was overtaken may go on for this long, so that what it shows follows a drag.
const GRACE: Duration = Duration::from_millis(250);

/// Why there is no result, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub text: String,
    /// The file is not there any more.
    pub vanished: bool,
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let vanished = matches!(&error, DataError::Open { source, .. } if source.kind() == std::io::ErrorKind::NotFound);
        Self {
            text: error.to_string(),
            vanished,
        }
    }
}

type Work<T> = Box<dyn FnOnce(Watch<'_>) -> Result<T, DataError> + Send>;

/// One request on its thread. Its mailboxes are its own, so that nothing of an overtaken one is taken for the latest's.
struct Running<T> {
    since: Instant,
    stop: Arc<AtomicBool>,
    progress: Mailbox<Progress>,
    done: Mailbox<Result<T, Option<DataError>>>,
}

/// Runs requests of one kind; the latest counts.
pub struct Lane<T> {
    thread: &'static str,
    wake: Wake,
    running: Option<Running<T>>,
    next: Option<Work<T>>,
}

impl<T: Send + 'static> Lane<T> {
    /// `thread` is what its threads are called.
    pub fn new(thread: &'static str, wake: Wake) -> Self {
        Self {
            thread,
            wake,
            running: None,
            next: None,
        }
    }

    /// Starts `work` at once, in the place of what was asked before.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start(
        &mut self,
        work: impl FnOnce(Watch<'_>) -> Result<T, DataError> + Send + 'static,
    ) -> Result<(), String> {
        self.cancel();
        self.launch(Box::new(work))
    }

    /// Starts `work` when the request before it has ended, so that there is never more than one thread of them; of
    /// several that wait only the latest is run.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn queue(
        &mut self,
        work: impl FnOnce(Watch<'_>) -> Result<T, DataError> + Send + 'static,
    ) -> Result<(), String> {
        let Some(running) = &self.running else {
            return self.launch(Box::new(work));
        };
        if running.since.elapsed() > GRACE {
            running.stop.store(true, Ordering::Relaxed);
        }
        self.next = Some(Box::new(work));
        Ok(())
    }

    /// Forgets what was asked; its thread stops at its next word of progress.
    pub fn cancel(&mut self) {
        self.next = None;
        if let Some(running) = self.running.take() {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// How far it has come since the last call.
    pub fn progress(&self) -> Option<Progress> {
        self.running
            .as_ref()
            .and_then(|running| running.progress.take())
    }

    /// What came of the request, once.
    pub fn take(&mut self) -> Option<Result<T, Failure>> {
        let result = self.running.as_ref()?.done.take()?;
        self.running = None;
        if let Some(work) = self.next.take()
            && let Err(text) = self.launch(work)
        {
            let vanished = false;
            return Some(Err(Failure { text, vanished }));
        }
        match result {
            Ok(result) => Some(Ok(result)),
            Err(Some(DataError::Cancelled)) => None, // overtaken by the one that runs now
            Err(Some(error)) => Some(Err(error.into())),
            Err(None) => Some(Err(Failure {
                text:
                    "the data could not be read: their reader failed, which is a fault of the lab; please report it"
                        .into(),
                vanished: false,
            })),
        }
    }

    fn launch(&mut self, work: Work<T>) -> Result<(), String> {
        let running = Running {
            since: Instant::now(),
            stop: Arc::default(),
            progress: Mailbox::new(),
            done: Mailbox::new(),
        };
        let (stop, progress, done) = (
            Arc::clone(&running.stop),
            running.progress.clone(),
            running.done.clone(),
        );
        let wake = Arc::clone(&self.wake);
        spawn(self.thread, move || {
            let told: Cell<Option<Instant>> = Cell::new(None);
            let watch = |word: Progress| {
                if stop.load(Ordering::Relaxed) {
                    return ControlFlow::Break(());
                }
                if told.get().is_none_or(|last| last.elapsed() >= PACE) {
                    told.set(Some(Instant::now()));
                    progress.put(word);
                    wake();
                }
                ControlFlow::Continue(())
            };
            let guarded = std::panic::AssertUnwindSafe(|| work(&watch));
            let result = match std::panic::catch_unwind(guarded) {
                Ok(result) => result.map_err(Some),
                Err(_) => Err(None),
            };
            done.put(result);
            wake();
        })?;
        self.running = Some(running);
        Ok(())
    }
}

impl<T> Drop for Lane<T> {
    /// A window that is closed waits for no reader.
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs `work` on a thread called `name`.
///
/// # Errors
/// No thread can be had.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
        .map_err(|error| {
            format!(
                "the system refuses another thread ({error}): close other programs and try again"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Stage;

    fn lane() -> Lane<u32> {
        Lane::new("test", Arc::new(|| {}))
    }

    fn word(done: u64) -> Progress {
        Progress {
            stage: Stage::Reading,
            done,
            total: 10,
        }
    }

    fn result(lane: &mut Lane<u32>) -> Result<u32, Failure> {
        let start = Instant::now();
        loop {
            if let Some(result) = lane.take() {
                return result;
            }
            assert!(start.elapsed().as_secs() < 20, "waited in vain");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Goes on until it is stopped.
    fn endless(watch: Watch<'_>) -> Result<u32, DataError> {
        while watch(word(3)).is_continue() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(DataError::Cancelled)
    }

    #[test]
    fn what_is_started_last_counts() {
        let mut lane = lane();
        lane.start(endless).unwrap();
        lane.start(|_| Ok(2)).unwrap();
        assert_eq!(result(&mut lane), Ok(2));
        assert!(lane.take().is_none() && !lane.is_busy());
    }

    #[test]
    fn cancel_is_at_once_and_stops_the_thread() {
        let mut lane = lane();
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        lane.start(move |watch| {
            let result = endless(watch);
            flag.store(true, Ordering::Relaxed);
            result
        })
        .unwrap();
        while lane.progress() != Some(word(3)) {}
        lane.cancel();
        assert!(!lane.is_busy() && lane.take().is_none());
        let start = Instant::now();
        while !ended.load(Ordering::Relaxed) {
            assert!(start.elapsed().as_millis() < 5000);
        }
    }

    #[test]
    fn of_those_that_wait_only_the_latest_is_run() {
        let mut lane = lane();
        let gate = Mailbox::new();
        let door = gate.clone();
        lane.queue(move |_| {
            while door.take().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(1)
        })
        .unwrap();
        lane.queue(|_| Ok(2)).unwrap();
        lane.queue(|_| Ok(3)).unwrap();
        gate.put(());
        assert_eq!(result(&mut lane), Ok(1));
        assert_eq!(result(&mut lane), Ok(3));
    }

    #[test]
    fn a_slow_one_is_overtaken() {
        let mut lane = lane();
        lane.queue(endless).unwrap();
        std::thread::sleep(GRACE + Duration::from_millis(20));
        lane.queue(|_| Ok(2)).unwrap();
        assert_eq!(result(&mut lane), Ok(2));
    }

    #[test]
    fn a_panic_and_an_error_are_sentences() {
        let mut lane = lane();
        lane.start(|_| panic!("index out of bounds")).unwrap();
        assert!(
            result(&mut lane)
                .unwrap_err()
                .text
                .contains("please report it")
        );
        lane.start(|_| {
            Err(DataError::Open {
                file: "gone.png".into(),
                source: std::io::ErrorKind::NotFound.into(),
            })
        })
        .unwrap();
        let failure = result(&mut lane).unwrap_err();
        assert!(failure.vanished && failure.text.contains("gone.png"));
    }
}
