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

    /// Never waits. A change of a setting takes the place of one by the same gesture that still waits, unless something
    /// else was asked of the run since: during a long epoch a drag fills no queue. Nor do the words that a frame was seen.
    ///
    /// # Errors
    /// The queue is full, or nobody serves it.
    pub(super) fn put(&self, request: Request) -> Result<(), TrainerError> {
        let mut state = self.lock();
        if state.gone {
            return Err(TrainerError::Gone);
        }
        let mut latest = state.waiting.iter_mut().rev();
        // what is asked of one run has no bearing on another, nor what was seen on what is set
        let passes = |waiting: &&mut Request| commutes(&request, waiting);
        let overtaken = latest.find(|waiting| !passes(waiting));
        if let Some(waiting) = overtaken
            && overtakes(&request, waiting)
        {
            *waiting = request;
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

/// Whether `new` says all that `waiting` does, and is the later word.
fn overtakes(new: &Request, waiting: &Request) -> bool {
    new.run == waiting.run
        && match (&new.what, &waiting.what) {
            (Ask::Set(new), Ask::Set(old)) => {
                new.setting == old.setting && new.gesture == old.gesture
            }
            (Ask::Seen(_), Ask::Seen(_)) => true,
            _ => false,
        }
}

/// Whether `new` may be served before `waiting` and nobody can tell.
fn commutes(new: &Request, waiting: &Request) -> bool {
    match (&new.what, &waiting.what) {
        (Ask::Set(new_change), Ask::Set(change)) => {
            new.run != waiting.run
                || new_change.setting != change.setting && new_change.gesture == change.gesture
        }
        (Ask::Set(_), Ask::Seen(_)) | (Ask::Seen(_), Ask::Set(_)) => true,
        (Ask::Seen(_), Ask::Seen(_)) => new.run != waiting.run,
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
    fn two_sliders_at_once_take_two_places_and_a_request_between_keeps_its_own() {
        let inbox = Inbox::default();
        let alpha = |value: f64| Request {
            run: RunId(1),
            what: Ask::Set(Change {
                setting: Setting::LearningRate,
                value: Value::Number(value),
                gesture: Gesture(1),
            }),
        };
        let seen = || Request {
            run: RunId(1),
            what: Ask::Seen(Default::default()),
        };
        for step in 1..=1_000 {
            inbox.put(set(f64::from(step), 1)).unwrap();
            inbox.put(alpha(f64::from(step))).unwrap();
            inbox.put(seen()).unwrap();
        }
        inbox.put(play()).unwrap();
        inbox.put(alpha(0.1)).unwrap();
        let waiting = inbox.take(None).unwrap();
        let expected = [set(1_000.0, 1), alpha(1_000.0), seen(), play(), alpha(0.1)];
        assert_eq!(waiting, expected);
        // another gesture on another slider is a change of its own, after the first
        for request in [set(1.0, 1), alpha(2.0), set(3.0, 2), alpha(4.0)] {
            inbox.put(request).unwrap();
        }
        assert_eq!(inbox.take(None).unwrap().len(), 4);
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
