//! The trainer without thread, clock or waiting: requests in, replies out, one epoch at a time.
//!
//! A host calls [`Driver::ask`] with what has come, then [`Driver::poll`] with the time, then takes the replies; and again
//! when `poll` said, or when something is asked. The thread in [`super::thread`] is such a host, a test's simulated clock
//! another.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::frame::Underway;
use super::outbox::Outbox;
use super::protocol::{Ask, DataId, Event, Opened, Reply, Request, RunId, Tell};
use super::seat::Seat;
use super::store::DataStore;
use super::trained::{self, Trained};
use crate::data::DataSet;
use crate::numerics::WorkerPool;
use crate::training::plan::Step;
use crate::training::record::{Change, Edit};
use crate::training::run::{Arrival, EpochEnd};
use crate::training::threads::message_of;
use crate::training::timeline::{Archive, Deed};

/// Frames of a run are published at most this often while it trains.
pub const PUBLISH_EVERY: Duration = Duration::from_millis(33);

/// And so often where the watcher did not see the last one: it may be busy with something else.
pub const UNSEEN_EVERY: Duration = Duration::from_millis(250);

/// An epoch that takes longer than this says how far it is,
pub const UNDERWAY_AFTER: Duration = Duration::from_millis(350);

/// and again each time that so much has passed.
pub const UNDERWAY_EVERY: Duration = Duration::from_millis(250);

/// What a host does while an epoch is under way.
pub trait Meanwhile {
    /// An epoch begins. What it leaves of the `replies` that wait is to be had when the epoch is over.
    fn begin(&mut self, _replies: &mut dyn Iterator<Item = Reply>) {}

    /// Asked before every step: whether to break the epoch off.
    fn interrupts(&mut self) -> bool;

    /// Asked before every step and after the last: whether to say how far it is, to [`Self::say`].
    fn wants_a_word(&mut self) -> bool {
        false
    }

    /// Takes a reply that does not wait for the end of the epoch.
    fn say(&mut self, _: Reply) {}
}

impl<F: Fn() -> bool> Meanwhile for F {
    fn interrupts(&mut self) -> bool {
        self()
    }
}

/// Trains any number of runs in turn, an epoch each.
pub struct Driver {
    store: Arc<dyn DataStore>,
    /// Where the past of the runs is kept.
    archive: Arc<Archive>,
    pool: Arc<WorkerPool>,
    meanwhile: Box<dyn Meanwhile>,
    runs: BTreeMap<RunId, Seat>,
    asked: VecDeque<Request>,
    replies: Outbox,
    /// The epoch that ran in the last poll: of which run, and since when.
    working: Option<(RunId, Duration)>,
    /// The run that had the last epoch: the next goes first.
    last: RunId,
}

impl Driver {
    /// Runs find their data in `store`, keep their past in `archive` and compute on `pool`. An epoch that `meanwhile`
    /// breaks off leaves its run as it was.
    pub fn new(
        store: Arc<dyn DataStore>,
        archive: Arc<Archive>,
        pool: Arc<WorkerPool>,
        meanwhile: Box<dyn Meanwhile>,
    ) -> Self {
        Self {
            store,
            archive,
            pool,
            meanwhile,
            runs: BTreeMap::new(),
            asked: VecDeque::new(),
            replies: Outbox::default(),
            working: None,
            last: RunId::default(),
        }
    }

    /// Requests are served in their order, at the next poll.
    pub fn ask(&mut self, request: Request) {
        self.asked.push_back(request);
    }

    /// Replies in their order. Of frames that were not taken only a run's latest is there.
    pub fn take_reply(&mut self) -> Option<Reply> {
        self.replies.pop()
    }

    /// Serves what was asked, publishes the frames that are due and runs at most one epoch. `now` is the time since any
    /// moment, and never decreases. Returns when to be polled again; `None`: when something is asked.
    pub fn poll(&mut self, now: Duration) -> Option<Duration> {
        if let Some((run, since)) = self.working.take()
            && let Some(seat) = self.runs.get_mut(&run)
        {
            seat.account(since, now);
        }
        while let Some(request) = self.asked.pop_front() {
            self.serve(request, now);
        }
        self.publish(now);
        if let Some(run) = self.next_run(now) {
            self.epoch(run, now);
            return Some(now); // by then it is known how long it took
        }
        let dues = self.runs.values();
        dues.flat_map(|seat| [self.wants(seat), seat.frame_due()])
            .flatten()
            .min()
            .map(|due| due.max(now))
    }

    fn serve(&mut self, request: Request, now: Duration) {
        let Request { run, what } = request;
        if trains(&what)
            && self
                .runs
                .get(&run)
                .is_some_and(|seat| seat.run.is_elsewhere())
        {
            return self.tell_refusal(run, ELSEWHERE.to_owned());
        }
        match what {
            Ask::Open { experiment, data } => self.open(run, data, now, |data, pool| {
                trained::open(*experiment, data, pool)
            }),
            Ask::Resume { checkpoint, data } => self.open(run, data, now, |data, pool| {
                trained::resume(*checkpoint, data, pool)
            }),
            Ask::Continue {
                experiment,
                data,
                frame,
                history,
            } => self.open(run, data, now, |data, pool| {
                trained::go_on(*experiment, &frame, *history, data, pool)
            }),
            Ask::Follow {
                experiment,
                data,
                first,
            } => self.open(run, data, now, |data, pool| {
                trained::follow(*experiment, &first, data, pool)
            }),
            Ask::Absorb(arrival) => self.absorb(run, &arrival),
            Ask::Seen(cursor) => {
                // a frame may be seen after its run was closed
                if let Some(seat) = self.runs.get_mut(&run) {
                    seat.see(cursor);
                }
            }
            Ask::Close => {
                self.runs.remove(&run);
                self.replies.forget(run);
                self.archive.forget(run);
            }
            Ask::Play => {
                self.with(run, |seat| seat.play(now));
                self.hold(run);
            }
            Ask::Pause => self.with(run, Seat::pause),
            Ask::Step => self.with(run, |seat| seat.step(now)),
            Ask::SetSpeed(speed) => self.with(run, |seat| seat.set_speed(speed, now)),
            Ask::Lock(partner) => self.with(run, |seat| seat.lock(partner)),
            Ask::PauseAt(epoch) => {
                self.with(run, |seat| seat.pause_at = epoch);
                self.hold(run);
            }
            Ask::Set(change) => match self.runs.get_mut(&run) {
                // no frame for this: it is seen when an epoch has used it
                Some(seat) => {
                    if let Err(error) = seat.run.set(change) {
                        self.tell_refusal(run, error.to_string());
                    }
                }
                None => self.tell_not_open(run),
            },
            Ask::Plan(plan) => match self.runs.get_mut(&run) {
                Some(seat) => {
                    if let Err(error) = seat.run.plan(plan) {
                        self.tell_refusal(run, error.to_string());
                    }
                }
                None => self.tell_not_open(run),
            },
            Ask::Revive(units) => {
                let archive = Arc::clone(&self.archive);
                self.guarded(run, |seat| {
                    revive(&archive, run, seat, &units);
                    None
                });
            }
            Ask::Checkpoint => self.guarded(run, |seat| {
                Some(Tell::Checkpoint(Box::new(seat.run.checkpoint())))
            }),
        }
    }

    fn open(
        &mut self,
        run: RunId,
        data: DataId,
        now: Duration,
        make: impl FnOnce(Arc<DataSet>, Arc<WorkerPool>) -> Result<Box<dyn Trained>, String>,
    ) {
        if self.runs.contains_key(&run) {
            let message = "a run with this number is already open: please report it";
            return self.tell_refusal(run, message.to_owned());
        }
        let (store, pool) = (Arc::clone(&self.store), Arc::clone(&self.pool));
        let made = catch_unwind(AssertUnwindSafe(|| {
            let data = store.get(data);
            make(
                data.ok_or("its data set is not in the store: please report it")?,
                pool,
            )
        }));
        let what = match made {
            Ok(Ok(made)) => {
                let (inputs, hidden) = made.size();
                let opened = Opened {
                    inputs,
                    hidden,
                    epoch: made.epoch(),
                    other_numerics: made.other_numerics(),
                };
                let seat = Seat::new(made, now);
                let (experiment, data) = (seat.run.experiment(), seat.run.data());
                self.archive.open(run, experiment, Arc::clone(data));
                // whole: from its first moment every later one can be trained again
                self.archive.record(run, seat.run.keyframe(usize::MAX));
                self.runs.insert(run, seat);
                Tell::Opened(opened)
            }
            Ok(Err(message)) => Tell::Event(Event::NotOpened { message }),
            Err(panic) => Tell::Event(Event::NotOpened {
                message: format!(
                    "the trainer failed to open it ({}): please report it",
                    message_of(&*panic)
                ),
            }),
        };
        self.tell(run, what);
    }

    /// The next moment of a run that is trained elsewhere.
    fn absorb(&mut self, run: RunId, arrival: &Arrival) {
        let archive = Arc::clone(&self.archive);
        self.guarded(run, |seat| {
            let refused = |message| Some(Tell::Event(Event::Refused { message }));
            if !seat.run.is_elsewhere() {
                return refused("this run is trained here: please report it".to_owned());
            }
            match seat.run.absorb(arrival) {
                Ok(()) => {
                    archive.arrived(run, seat.run.keyframe(archive.most_for_a_frame()));
                    None
                }
                Err(error) => refused(error.to_string()),
            }
        });
    }

    /// Does `what` to a run that is open, and shows it in the next frame.
    fn with(&mut self, run: RunId, what: impl FnOnce(&mut Seat)) {
        match self.runs.get_mut(&run) {
            Some(seat) => {
                what(seat);
                seat.news = true;
            }
            None => self.tell_not_open(run),
        }
    }

    /// Holds a run that has come to where it was to pause, and tells it.
    fn hold(&mut self, run: RunId) {
        if let Some(seat) = self.runs.get_mut(&run)
            && seat.is_there()
        {
            let epoch = seat.run.epoch();
            self.tell(run, Tell::Event(Event::PausedAt { epoch }));
        }
    }

    /// As [`Self::with`], for what computes, and tells what comes of it: a panic ends the run, whose state may be
    /// half-updated, and no other.
    fn guarded(&mut self, run: RunId, what: impl FnOnce(&mut Seat) -> Option<Tell>) {
        let Some(seat) = self.runs.get_mut(&run) else {
            return self.tell_not_open(run);
        };
        seat.news = true;
        match catch_unwind(AssertUnwindSafe(|| what(seat))) {
            Ok(Some(outcome)) => self.tell(run, outcome),
            Ok(None) => {}
            Err(panic) => {
                self.runs.remove(&run);
                let message = message_of(&*panic);
                self.tell(run, Tell::Event(Event::Panicked { message }));
            }
        }
    }

    fn tell(&mut self, run: RunId, what: Tell) {
        self.replies.put(Reply { run, what });
    }

    fn tell_refusal(&mut self, run: RunId, message: String) {
        self.tell(run, Tell::Event(Event::Refused { message }));
    }

    fn tell_not_open(&mut self, run: RunId) {
        self.tell_refusal(run, "this run is not open: reset it first".to_owned());
    }

    /// The run whose turn it is, among those that are due.
    fn next_run(&self, now: Duration) -> Option<RunId> {
        let due = |seat: &Seat| self.wants(seat).is_some_and(|due| due <= now);
        let after = self.runs.range((Excluded(self.last), Unbounded));
        let before = self.runs.range(..=self.last);
        let (run, _) = after.chain(before).find(|(_, seat)| due(seat))?;
        Some(*run)
    }

    /// When `seat` is to have its next epoch: in step with another run, not before that has done as many, and once more
    /// where they would rest an epoch apart.
    fn wants(&self, seat: &Seat) -> Option<Duration> {
        let partner = seat.partner.and_then(|partner| self.runs.get(&partner));
        if seat.run.is_elsewhere() {
            return None;
        }
        let Some(partner) = partner.filter(|partner| partner.can_train()) else {
            return seat.wants();
        };
        let (own, other) = (seat.run.epoch(), partner.run.epoch());
        if own > other {
            return None;
        }
        let apart = own + 1 == other && !seat.is_diverged();
        seat.wants().or(apart.then_some(Duration::ZERO))
    }

    fn epoch(&mut self, run: RunId, now: Duration) {
        (self.working, self.last) = (Some((run, now)), run);
        let mut meanwhile = std::mem::replace(&mut self.meanwhile, Box::new(|| false));
        meanwhile.begin(&mut std::iter::from_fn(|| self.replies.pop()));
        let archive = Arc::clone(&self.archive);
        let mut stepped = None;
        self.guarded(run, |seat| {
            let is_stepping = seat.is_stepping();
            seat.begin(now);
            let expected = prepare(&archive, run, seat);
            let mut watch = |look: &dyn Fn() -> Underway| {
                if meanwhile.wants_a_word() {
                    let what = Tell::Underway(Box::new(look()));
                    meanwhile.say(Reply { run, what });
                }
                !meanwhile.interrupts()
            };
            match seat.run.advance(&mut watch) {
                // the edits are in the next frame's news
                EpochEnd::Finished { edits } => {
                    let there = seat.finish();
                    if !edits.is_empty() {
                        archive.done(run, Deed::Edits(changes(&edits)));
                    }
                    keep(&archive, run, seat);
                    let epoch = seat.run.epoch();
                    stepped = seat.partner.filter(|_| is_stepping).zip(Some(epoch));
                    there.then_some(Tell::Event(Event::PausedAt { epoch }))
                }
                EpochEnd::Diverged {
                    epoch,
                    cause,
                    edits,
                } => {
                    if expected {
                        seat.news = true; // the run that it follows went on, too
                    } else {
                        seat.diverge();
                    }
                    archive.done(run, Deed::Diverged(changes(&edits)));
                    keep(&archive, run, seat);
                    if expected {
                        return None;
                    }
                    Some(Tell::Event(Event::Diverged { epoch, cause }))
                }
                EpochEnd::Interrupted => None,
            }
        });
        self.meanwhile = meanwhile;
        if let Some((partner, epoch)) = stepped
            && let Some(partner) = self.runs.get_mut(&partner)
        {
            partner.partner_stepped(run, epoch);
        }
    }

    /// Puts the frames that are due.
    fn publish(&mut self, now: Duration) {
        let due: Vec<RunId> = self
            .runs
            .iter()
            .filter(|(_, seat)| seat.frame_due().is_some_and(|due| due <= now))
            .map(|(run, _)| *run)
            .collect();
        for run in due {
            self.guarded(run, |seat| Some(Tell::Frame(Box::new(seat.frame(now)))));
        }
    }
}

/// Why a run that is followed is not trained.
const ELSEWHERE: &str = "this run is trained elsewhere: Go on from here makes a run of your own from the epoch that is shown";

/// Whether a run does something of its own for it.
fn trains(what: &Ask) -> bool {
    matches!(
        what,
        Ask::Play | Ask::Step | Ask::PauseAt(Some(_)) | Ask::Set(_) | Ask::Plan(_) | Ask::Revive(_)
    )
}

/// Keeps where the run stands.
fn keep(archive: &Archive, run: RunId, seat: &Seat) {
    archive.record(run, seat.run.keyframe(archive.most_for_a_frame()));
}

/// Restarts `units`, and keeps what it was before and after.
fn revive(archive: &Archive, run: RunId, seat: &mut Seat, units: &[usize]) {
    let revived = seat.run.revive(units);
    if !revived.is_empty() {
        archive.done(run, Deed::Revived(revived));
        keep(archive, run, seat);
    }
}

/// Does what is planned before the coming epoch. Returns whether that is to diverge.
fn prepare(archive: &Archive, run: RunId, seat: &mut Seat) -> bool {
    while let Some(step) = seat.run.next_planned() {
        match step {
            Step::Set(change) => {
                let set = seat.run.set(change);
                debug_assert!(set.is_ok(), "what is planned was checked: {set:?}");
            }
            Step::Revive(units) => revive(archive, run, seat, &units),
            Step::Diverge => {} // the epoch itself does it
        }
    }
    seat.run.expects_divergence()
}

fn changes(edits: &[Edit]) -> Vec<Change> {
    edits.iter().map(Into::into).collect()
}
