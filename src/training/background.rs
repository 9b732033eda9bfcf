//! A piece of work on a thread of its own, for a view that must not wait: progress and outcome are taken when they come,
//! and dropping the handle cancels it.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Mailbox;
use super::trainer::yield_to_the_window;

/// How a piece of work ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<R> {
    Done(R),
    /// It was asked to stop before it was done.
    Cancelled,
    /// It panicked, with this message.
    Failed(String),
}

/// A handle to the work. Dropping it cancels; nobody waits for the thread.
#[derive(Debug)]
pub struct Background<P, R> {
    progress: Mailbox<P>,
    outcome: Mailbox<Outcome<R>>,
    cancelled: Arc<AtomicBool>,
}

/// What the work is given: where to tell of its progress, and whether to go on.
pub struct Watcher<'a, P> {
    progress: &'a Mailbox<P>,
    cancelled: &'a AtomicBool,
    wake: &'a dyn Fn(),
}

impl<P> Watcher<'_, P> {
    /// Tells of `progress` (the latest wins); `Break` where the work is to stop.
    pub fn tell(&self, progress: P) -> ControlFlow<()> {
        self.progress.put(progress);
        (self.wake)();
        self.go_on()
    }

    /// `Break` where the work is to stop.
    pub fn go_on(&self) -> ControlFlow<()> {
        if self.cancelled.load(Ordering::Acquire) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl<P: Send + 'static, R: Send + 'static> Background<P, R> {
    /// Starts `work` on a thread called `name`, below the window's priority. `work` returns `None` where it was told to
    /// stop. `wake` is called after progress and outcome were put; it must not wait.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(
        name: &str,
        wake: impl Fn() + Send + 'static,
        work: impl FnOnce(&Watcher<'_, P>) -> Option<R> + Send + 'static,
    ) -> std::io::Result<Self> {
        let handle = Self {
            progress: Mailbox::new(),
            outcome: Mailbox::new(),
            cancelled: Arc::new(AtomicBool::new(false)),
        };
        let (progress, outcome) = (handle.progress.clone(), handle.outcome.clone());
        let cancelled = Arc::clone(&handle.cancelled);
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                yield_to_the_window();
                let watcher = Watcher {
                    progress: &progress,
                    cancelled: &cancelled,
                    wake: &wake,
                };
                let end = catch_unwind(AssertUnwindSafe(|| work(&watcher)));
                outcome.put(match end {
                    Ok(Some(result)) => Outcome::Done(result),
                    Ok(None) => Outcome::Cancelled,
                    Err(panic) => Outcome::Failed(message_of(&*panic)),
                });
                wake();
            })?;
        Ok(handle)
    }

    /// The latest progress, once.
    pub fn progress(&self) -> Option<P> {
        self.progress.take()
    }

    /// The outcome, once, when it is there.
    pub fn outcome(&self) -> Option<Outcome<R>> {
        self.outcome.take()
    }

    /// Asks the work to stop; its outcome comes all the same.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }
}

impl<P, R> Drop for Background<P, R> {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Release);
    }
}

/// What a thread panicked with.
pub(super) fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn wait<P: Send + 'static, R: Send + 'static>(
        woken: &Receiver<()>,
        work: &Background<P, R>,
    ) -> Outcome<R> {
        loop {
            if let Some(outcome) = work.outcome() {
                return outcome;
            }
            woken.recv_timeout(PATIENCE).unwrap();
        }
    }

    #[test]
    fn work_tells_of_its_progress_and_ends() {
        let (wake, woken) = sync_channel(100);
        let work = Background::start(
            "test",
            move || {
                let _ = wake.try_send(());
            },
            |watcher| {
                for step in 0..3 {
                    if watcher.tell(step).is_break() {
                        return None;
                    }
                }
                Some("done")
            },
        )
        .unwrap();
        assert_eq!(wait(&woken, &work), Outcome::Done("done"));
        assert_eq!(work.progress(), Some(2));
        assert_eq!((work.progress(), work.outcome()), (None, None), "each once");
    }

    #[test]
    fn it_can_be_cancelled_and_a_panic_is_its_own() {
        let (wake, woken) = sync_channel(1);
        let work = Background::<(), ()>::start(
            "test",
            move || {
                let _ = wake.try_send(());
            },
            |watcher| {
                while watcher.go_on().is_continue() {
                    std::thread::yield_now();
                }
                None
            },
        )
        .unwrap();
        assert_eq!(work.outcome(), None);
        work.cancel();
        assert_eq!(wait(&woken, &work), Outcome::Cancelled);

        let (wake, woken) = sync_channel(1);
        let work = Background::<(), ()>::start(
            "test",
            move || {
                let _ = wake.try_send(());
            },
            |_| panic!("on purpose"),
        )
        .unwrap();
        assert_eq!(
            wait(&woken, &work),
            Outcome::Failed("on purpose".to_owned())
        );
    }
}
