//! The thread that trains: commands in, snapshots and events out, never waiting for whoever watches.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ndarray::Array2;
use thiserror::Error;

use super::run::{EpochEnd, Run};
use super::snapshot::{Activity, Snapshot, shown_samples};
use super::threads::{message_of, yield_to_the_window};
use super::{Command, Event, Experiment, Mailbox, Speed};
use crate::data::DataSet;
use crate::model::CheckedHyperparameters;
use crate::numerics::WorkerPool;

/// Snapshots are published at most this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(33);
/// The window over which epochs a second are counted.
const RATE_WINDOW: Duration = Duration::from_secs(1);
/// Commands and events that may wait.
const CHANNEL_CAPACITY: usize = 256;

type Wake = Arc<dyn Fn() + Send + Sync>;

/// A handle to the training thread. Dropping it ends the thread, which is not waited for.
pub struct Trainer {
    commands: SyncSender<Command>,
    events: Mutex<Receiver<Event>>,
    snapshots: Mailbox<Arc<Snapshot>>,
    hyperparameters: Mailbox<CheckedHyperparameters>,
    abandon: Arc<AtomicBool>,
}

/// Why the trainer could not take something.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrainerError {
    #[error(
        "the training thread could not be started ({0}): close other programs, then start the lab again"
    )]
    Start(String),
    #[error(
        "the trainer is busy with a long epoch and has {CHANNEL_CAPACITY} requests waiting: try again in a moment"
    )]
    Busy,
    #[error("the training thread has ended: start the lab again")]
    Gone,
}

impl Trainer {
    /// Starts the thread, paused, on a run of `experiment` on `data`. `threads` ≥ 1 is the most that the engine may
    /// use. `wake` is called after a snapshot or an event was put; it must not wait.
    ///
    /// # Errors
    /// The system refuses a thread. An experiment that can't run comes back as [`Event::Refused`].
    pub fn start(
        experiment: Experiment,
        data: Arc<DataSet>,
        threads: usize,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, TrainerError> {
        let (commands, inbox) = sync_channel(CHANNEL_CAPACITY);
        let (outbox, events) = sync_channel(CHANNEL_CAPACITY);
        let snapshots = Mailbox::new();
        let hyperparameters = Mailbox::new();
        let abandon = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            inbox,
            outbox,
            backlog: VecDeque::new(),
            snapshots: snapshots.clone(),
            hyperparameters: hyperparameters.clone(),
            abandon: Arc::clone(&abandon),
            wake: Arc::new(wake),
            pool: Arc::new(WorkerPool::with_start(threads, |_| yield_to_the_window())),
            experiment,
            data,
            shown: Arc::new(Array2::zeros((0, 0))),
            run: None,
            run_number: 0,
            playing: false,
            steps_left: 0,
            activity: Activity::Paused,
            speed: Speed::Unlimited,
            settings: CheckedHyperparameters::default(),
            rate: Rate::default(),
            trained_for: Duration::ZERO,
            last_published: None,
            unpublished: false,
            next_epoch_at: Instant::now(),
        };
        std::thread::Builder::new()
            .name("sae-lab trainer".into())
            .spawn(move || worker.work())
            .map_err(|error| TrainerError::Start(error.to_string()))?;
        Ok(Self {
            commands,
            events: Mutex::new(events),
            snapshots,
            hyperparameters,
            abandon,
        })
    }

    /// Asks for `command`; never waits.
    ///
    /// # Errors
    /// The trainer is gone, or has too many requests waiting.
    pub fn send(&self, command: Command) -> Result<(), TrainerError> {
        if matches!(command, Command::Reset | Command::Begin { .. }) {
            // the epoch under way is of a run that ends here: don't finish it first
            self.abandon.store(true, Ordering::Release);
        }
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => TrainerError::Busy,
                TrySendError::Disconnected(_) => TrainerError::Gone,
            })
    }

    /// The hyperparameters of the next epoch; the latest wins.
    pub fn set_hyperparameters(&self, settings: CheckedHyperparameters) {
        self.hyperparameters.put(settings);
    }

    /// The latest snapshot, once.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.take()
    }

    /// The events since the last call.
    pub fn events(&self) -> Vec<Event> {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .try_iter()
            .collect()
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        self.abandon.store(true, Ordering::Release);
    }
}

struct Worker {
    inbox: Receiver<Command>,
    outbox: SyncSender<Event>,
    /// Events that found the channel full.
    backlog: VecDeque<Event>,
    snapshots: Mailbox<Arc<Snapshot>>,
    hyperparameters: Mailbox<CheckedHyperparameters>,
    abandon: Arc<AtomicBool>,
    wake: Wake,
    pool: Arc<WorkerPool>,
    experiment: Experiment,
    data: Arc<DataSet>,
    shown: Arc<Array2<f32>>,
    /// `None` if it could not begin or panicked.
    run: Option<Run<f32>>,
    run_number: u64,
    playing: bool,
    steps_left: u32,
    activity: Activity,
    speed: Speed,
    settings: CheckedHyperparameters,
    rate: Rate,
    trained_for: Duration,
    last_published: Option<Instant>,
    unpublished: bool,
    next_epoch_at: Instant,
}

/// The trainer's handle is gone: end the thread.
struct Ended;

impl Worker {
    fn work(mut self) {
        yield_to_the_window();
        self.begin();
        while self.turn().is_ok() {}
    }

    /// Takes what was asked, then trains for an epoch or waits.
    fn turn(&mut self) -> Result<(), Ended> {
        self.flush_events();
        loop {
            match self.inbox.try_recv() {
                Ok(command) => self.obey(command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Err(Ended),
            }
        }
        let training = self.run.is_some() && (self.playing || self.steps_left > 0);
        if !training {
            self.publish();
            let command = if self.backlog.is_empty() {
                self.inbox.recv().map_err(|_| Ended)?
            } else {
                match self.inbox.recv_timeout(PUBLISH_EVERY) {
                    Ok(command) => command,
                    Err(RecvTimeoutError::Timeout) => return Ok(()),
                    Err(RecvTimeoutError::Disconnected) => return Err(Ended),
                }
            };
            self.next_epoch_at = Instant::now();
            self.obey(command);
            return Ok(());
        }
        if let (Speed::EpochsPerSecond(rate), 0) = (self.speed, self.steps_left) {
            let now = Instant::now();
            if now < self.next_epoch_at {
                if self.unpublished && self.publish_due() {
                    self.publish();
                }
                let wait = (self.next_epoch_at - now).min(PUBLISH_EVERY);
                return match self.inbox.recv_timeout(wait) {
                    Ok(command) => {
                        self.obey(command);
                        Ok(())
                    }
                    Err(RecvTimeoutError::Timeout) => Ok(()),
                    Err(RecvTimeoutError::Disconnected) => Err(Ended),
                };
            }
            // from the time it was due, so that the pace holds on average; but no burst after a long epoch
            let interval = Duration::from_secs_f64(1.0 / rate);
            self.next_epoch_at = (self.next_epoch_at + interval).max(now);
        }
        self.epoch();
        if self.publish_due() {
            self.publish();
        }
        Ok(())
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play => {
                self.playing = self.run.is_some();
                self.resume();
            }
            Command::Pause => {
                self.playing = false;
                self.steps_left = 0;
                self.activity = Activity::Paused;
            }
            Command::StepEpoch => {
                self.playing = false;
                self.steps_left = self.steps_left.saturating_add(1);
                self.resume();
            }
            Command::SetSpeed(speed) => {
                self.speed = match speed {
                    Speed::EpochsPerSecond(rate) if rate.is_finite() && rate > 0.0 => {
                        Speed::EpochsPerSecond(rate)
                    }
                    _ => Speed::Unlimited,
                };
                self.next_epoch_at = Instant::now();
            }
            Command::Reset => {
                if let Some(settings) = self.hyperparameters.take() {
                    self.settings = settings;
                }
                self.experiment.hyperparameters = *self.settings;
                self.begin();
            }
            Command::Revive(units) => {
                if let Some(run) = &mut self.run
                    && let Err(panic) = catch_unwind(AssertUnwindSafe(|| run.revive(&units)))
                {
                    self.panicked(&*panic);
                }
            }
            Command::Begin { experiment, data } => {
                // what the slider said for the run before is not for this one
                let _ = self.hyperparameters.take();
                let before = (
                    std::mem::replace(&mut self.experiment, *experiment),
                    std::mem::replace(&mut self.data, data),
                );
                if !self.begin() {
                    (self.experiment, self.data) = before;
                }
            }
            Command::Call(function) => {
                if let Err(panic) = catch_unwind(AssertUnwindSafe(function)) {
                    self.panicked(&*panic);
                }
            }
        }
        self.unpublished = true;
    }

    fn resume(&mut self) {
        if self.run.is_some() {
            self.activity = Activity::Training;
        }
    }

    /// A new run of the experiment; if it can't be, the run before it stays.
    fn begin(&mut self) -> bool {
        self.abandon.store(false, Ordering::Release);
        let (experiment, data) = (self.experiment.clone(), Arc::clone(&self.data));
        let pool = Arc::clone(&self.pool);
        match catch_unwind(AssertUnwindSafe(|| Run::new(experiment, data, None, pool))) {
            Ok(Ok(run)) => {
                self.settings = run.state().settings;
                self.shown = Arc::new(shown_samples::<f32>(&self.data));
                self.run = Some(run);
            }
            Ok(Err(error)) => {
                self.report(Event::Refused {
                    message: error.to_string(),
                });
                return false;
            }
            Err(panic) => {
                self.panicked(&*panic);
                return false;
            }
        }
        self.run_number += 1;
        self.trained_for = Duration::ZERO;
        self.rate = Rate::default();
        self.steps_left = 0;
        self.activity = if self.playing {
            Activity::Training
        } else {
            Activity::Paused
        };
        self.next_epoch_at = Instant::now();
        self.unpublished = true;
        self.report(Event::Began {
            run: self.run_number,
        });
        true
    }

    fn epoch(&mut self) {
        let Some(run) = &mut self.run else { return };
        if let Some(settings) = self.hyperparameters.take() {
            self.settings = settings;
        }
        let (settings, seconds) = (self.settings, self.trained_for.as_secs_f64());
        let abandon = &self.abandon;
        let start = Instant::now();
        let end = catch_unwind(AssertUnwindSafe(|| {
            run.epoch(&settings, seconds, &|| !abandon.load(Ordering::Acquire))
        }));
        self.trained_for += start.elapsed();
        self.unpublished = true;
        match end {
            Ok(EpochEnd::Finished { changed }) => {
                let epoch = run.state().epoch;
                self.rate.count(epoch);
                self.steps_left = self.steps_left.saturating_sub(1);
                if !self.playing && self.steps_left == 0 {
                    self.activity = Activity::Paused;
                }
                for change in changed {
                    self.report(Event::Applied { change, epoch });
                }
            }
            Ok(EpochEnd::Diverged { epoch, cause }) => {
                (self.playing, self.steps_left) = (false, 0);
                self.activity = Activity::Diverged;
                self.report(Event::Diverged { epoch, cause });
            }
            // the request that asked for it is in the inbox, or was refused there for want of room
            Ok(EpochEnd::Interrupted) => self.abandon.store(false, Ordering::Release),
            Err(panic) => self.panicked(&*panic),
        }
    }

    fn panicked(&mut self, panic: &(dyn std::any::Any + Send)) {
        let message = message_of(panic);
        // its state may be half-updated: nothing of it is used again
        self.run = None;
        (self.playing, self.steps_left, self.activity) = (false, 0, Activity::Paused);
        self.report(Event::Panicked { message });
    }

    fn report(&mut self, event: Event) {
        if self.backlog.len() < CHANNEL_CAPACITY || !matches!(event, Event::Applied { .. }) {
            self.backlog.push_back(event);
        }
        self.flush_events();
        (self.wake)();
    }

    fn flush_events(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            match self.outbox.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.backlog.push_front(event);
                    return;
                }
                // nobody listens any more; the next look at the inbox ends the thread
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }

    fn publish_due(&self) -> bool {
        self.last_published
            .is_none_or(|last| last.elapsed() >= PUBLISH_EVERY)
    }

    fn publish(&mut self) {
        if !std::mem::take(&mut self.unpublished) {
            return;
        }
        let Some(run) = &mut self.run else { return };
        let (activations, reconstructions) = run.reconstruct(self.shown.view());
        let training = self.activity == Activity::Training;
        let epochs_per_second = if training {
            self.rate.epochs_per_second()
        } else {
            0.0
        };
        let state = run.state();
        let snapshot = Snapshot {
            run: self.run_number,
            experiment: run.experiment(),
            data: Arc::clone(run.data()),
            activity: self.activity,
            epoch: state.epoch,
            hyperparameters: state.settings,
            parameters: state.parameters.clone(),
            cost: state.cost,
            fvu: run.fvu(),
            units: state.units.clone(),
            inputs: Arc::clone(&self.shown),
            reconstructions,
            activations,
            history: Arc::new(state.history.clone()),
            epochs_per_second,
            samples_per_second: epochs_per_second * self.data.len() as f64,
            trained_for: self.trained_for,
        };
        self.snapshots.put(Arc::new(snapshot));
        self.last_published = Some(Instant::now());
        (self.wake)();
    }
}

/// Epochs a second over the last `RATE_WINDOW`.
#[derive(Default)]
struct Rate {
    marks: VecDeque<(Instant, u64)>,
}

impl Rate {
    /// At most this many marks, so that thousands of epochs a second cost nothing.
    const SPACING: Duration = Duration::from_millis(20);

    fn count(&mut self, epoch: u64) {
        let now = Instant::now();
        if self
            .marks
            .back()
            .is_some_and(|(time, _)| now - *time < Self::SPACING)
        {
            return;
        }
        self.marks.push_back((now, epoch));
        while self.marks.len() > 2
            && self
                .marks
                .front()
                .is_some_and(|(time, _)| now - *time > RATE_WINDOW)
        {
            self.marks.pop_front();
        }
    }

    fn epochs_per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some((from, first)), Some((to, last))) if to > from => {
                (last - first) as f64 / (*to - *from).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}
