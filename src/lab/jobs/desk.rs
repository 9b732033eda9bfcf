//! Which requests run, which wait, and which are overtaken.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::error::JobError;
use super::host::{Host, JobId, Message};
use super::kind::{JobKind, Policy};
use super::request::{Outcome, Progress, Request};

/// A job that others wait for may go on for this long, so that what it shows follows a drag.
pub(super) const GRACE: Duration = Duration::from_millis(250);

/// What there is to say of the request that counts.
#[derive(Debug)]
pub struct Report {
    pub kind: JobKind,
    pub news: News,
}

#[derive(Debug)]
pub enum News {
    /// The latest.
    Progress(Progress),
    /// The request has ended; there is no more to come of it.
    Ended {
        result: Result<Outcome, JobError>,
        /// How long it ran; 0 where its host has no clock.
        took: Duration,
    },
}

/// One slot for each kind of job.
pub struct Jobs {
    host: Box<dyn Host>,
    slots: BTreeMap<JobKind, Slot>,
    /// What was polled and not taken yet.
    said: VecDeque<(JobId, Message)>,
    /// What there is to say without a host.
    refused: VecDeque<Report>,
    last_id: u64,
    /// Of the last poll.
    now: Duration,
}

/// A request that runs, and the latest that waits for its end.
struct Slot {
    id: JobId,
    since: Duration,
    next: Option<Request>,
}

impl Jobs {
    pub fn new(host: impl Host + 'static) -> Self {
        Self {
            host: Box::new(host),
            slots: BTreeMap::new(),
            said: VecDeque::new(),
            refused: VecDeque::new(),
            last_id: 0,
            now: Duration::ZERO,
        }
    }

    /// Begins `request`, or lets it wait, as the policy of its kind says.
    ///
    /// # Errors
    /// [`JobError::Refused`]: what ran before goes on.
    pub fn start(&mut self, request: Request) -> Result<(), JobError> {
        let kind = request.kind();
        let policy = kind.policy();
        match self.slots.get_mut(&kind) {
            Some(_) if policy == Policy::Keep => return Ok(()),
            Some(slot) if policy == Policy::Queue => {
                slot.next = Some(request);
                if self.now.saturating_sub(slot.since) > GRACE {
                    self.host.stop(slot.id);
                }
                return Ok(());
            }
            _ => {}
        }
        let slot = self.launch(request)?;
        self.cancel(kind);
        self.slots.insert(kind, slot);
        Ok(())
    }

    /// Forgets what was asked for; nothing more is heard of it. It stops at its next word of progress.
    pub fn cancel(&mut self, kind: JobKind) {
        if let Some(slot) = self.slots.remove(&kind) {
            self.host.stop(slot.id);
        }
        self.refused.retain(|report| report.kind != kind);
    }

    pub fn is_busy(&self, kind: JobKind) -> bool {
        self.slots.contains_key(&kind)
    }

    /// Takes what the jobs have said; never waits. `now` is the time since the start, by any steady clock.
    pub fn poll(&mut self, now: Duration) {
        self.now = now;
        self.said.extend(self.host.poll());
    }

    /// The next report. What is cancelled between two of them is not heard of any more.
    pub fn next_report(&mut self) -> Option<Report> {
        loop {
            if let Some(report) = self.refused.pop_front() {
                return Some(report);
            }
            let (id, message) = self.said.pop_front()?;
            let mut slots = self.slots.iter();
            let Some(kind) = slots.find_map(|(kind, slot)| (slot.id == id).then_some(*kind)) else {
                continue; // overtaken or cancelled
            };
            let (result, took) = match message {
                Message::Progress(progress) => {
                    let news = News::Progress(progress);
                    return Some(Report { kind, news });
                }
                Message::Ended { result, took } => (result, took),
            };
            let next = self.slots.remove(&kind).and_then(|slot| slot.next);
            let overtaken = next.is_some() && matches!(result, Err(JobError::Cancelled));
            match next.map(|next| self.launch(next)) {
                Some(Ok(slot)) => {
                    self.slots.insert(kind, slot);
                }
                Some(Err(error)) => {
                    let (result, took) = (Err(error), Duration::ZERO);
                    let news = News::Ended { result, took };
                    self.refused.push_back(Report { kind, news });
                }
                None => {}
            }
            if !overtaken {
                let news = News::Ended { result, took };
                return Some(Report { kind, news });
            }
        }
    }

    fn launch(&mut self, request: Request) -> Result<Slot, JobError> {
        self.last_id += 1;
        let id = JobId(self.last_id);
        self.host.start(id, request)?;
        Ok(Slot {
            id,
            since: self.now,
            next: None,
        })
    }
}

impl Drop for Jobs {
    /// Whoever runs them is told to stop.
    fn drop(&mut self) {
        for slot in self.slots.values() {
            self.host.stop(slot.id);
        }
    }
}
