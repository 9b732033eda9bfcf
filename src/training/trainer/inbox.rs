//! Requests on their way to the thread: bounded, in order, and a slider that moves takes one place.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::host::TrainerError;
use super::protocol::{Ask, Request};

/// Requests that may wait.
pub(super) const CAPACITY: usize = 256;

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    /// Nobody asks any more.
    closed: bool,
    /// Nobody serves any more.
    gone: bool,
}

/// Clones share the queue. The lock is held for a move only.
#[derive(Clone, Default)]
pub(super) struct Inbox(Arc<(Mutex<State>, Condvar)>);

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never waits. A change of a setting takes the place of one by the same gesture that still waits as the last: during a
    /// long epoch a drag fills no queue.
    ///
    /// # Errors
    /// The queue is full, or nobody serves it.
    pub(super) fn put(&self, request: Request) -> Result<(), TrainerError> {
        let mut state = self.lock();
        if state.gone {
            return Err(TrainerError::Gone);
        }
        if let Some(last) = state.waiting.back_mut()
            && overtakes(&request, last)
        {
            *last = request;
        } else if state.waiting.len() < CAPACITY {
            state.waiting.push_back(request);
        } else {
            return Err(TrainerError::Busy { waiting: CAPACITY });
        }
        drop(state);
        self.0.1.notify_one();
        Ok(())
    }

    /// What waits, after at most `wait` (without one: as long as it takes) if nothing does; `None` once nobody asks.
    pub(super) fn take(&self, wait: Option<Duration>) -> Option<VecDeque<Request>> {
        let idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let (lock, arrived) = (self.lock(), &self.0.1);
        let mut state = match wait {
            None => arrived
                .wait_while(lock, idle)
                .unwrap_or_else(PoisonError::into_inner),
            Some(wait) => {
                arrived
                    .wait_timeout_while(lock, wait, idle)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
        (!state.closed).then(|| std::mem::take(&mut state.waiting))
    }

    /// Nobody asks any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.0.1.notify_one();
    }

    /// Nobody serves any more.
    pub(super) fn abandon(&self) {
        self.lock().gone = true;
    }
}

fn overtakes(new: &Request, last: &Request) -> bool {
    match (&new.what, &last.what) {
        (Ask::Set(new_change), Ask::Set(change)) => {
            new.run == last.run
                && new_change.setting == change.setting
                && new_change.gesture == change.gesture
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::record::{Change, Gesture};
    use crate::training::trainer::RunId;
    use crate::training::{Setting, Value};

    fn set(value: f64, gesture: u64) -> Request {
        Request {
            run: RunId(1),
            what: Ask::Set(Change {
                setting: Setting::WeightDecay,
                value: Value::Number(value),
                gesture: Gesture(gesture),
            }),
        }
    }

    fn play() -> Request {
        Request {
            run: RunId(1),
            what: Ask::Play,
        }
    }

    #[test]
    fn a_drag_takes_one_place_and_order_is_kept() {
        let inbox = Inbox::default();
        for step in 0..1_000 {
            inbox.put(set(f64::from(step), 1)).unwrap();
        }
        inbox.put(set(5.0, 2)).unwrap();
        inbox.put(play()).unwrap();
        inbox.put(set(6.0, 2)).unwrap();
        let waiting = inbox.take(None).unwrap();
        assert_eq!(waiting, [set(999.0, 1), set(5.0, 2), play(), set(6.0, 2)]);
        assert_eq!(inbox.take(Some(Duration::ZERO)), Some(VecDeque::new()));
    }

    #[test]
    fn it_is_bounded_and_both_ends_hear_that_the_other_is_gone() {
        let inbox = Inbox::default();
        for _ in 0..CAPACITY {
            inbox.put(play()).unwrap();
        }
        assert_eq!(
            inbox.put(play()),
            Err(TrainerError::Busy { waiting: CAPACITY })
        );
        inbox.close();
        assert_eq!(inbox.take(None), None);
        inbox.abandon();
        assert_eq!(inbox.put(play()), Err(TrainerError::Gone));
    }
}
