//! A small lab: a host, the runs it was asked for, and all that it said.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::record::{Change, Gesture};
use sae_lab::training::timeline::Archive;
use sae_lab::training::trainer::{
    Activity, Ask, DataId, Driver, Event, Host, Meanwhile, Mirror, Opened, Reply, Request, RunId,
    SharedStore, Tell, ThroughBytes, TrainerError, TrainerThread, Underway,
};
use sae_lab::training::{Checkpoint, Experiment, Setting, Snapshot, Value};

const PATIENCE: Duration = Duration::from_secs(20);

/// 60 samples of 9 values in (.1, .9), smooth in both directions so that there is something to learn.
pub fn data() -> Arc<DataSet> {
    let samples = Array2::from_shape_fn((60, 9), |(i, j)| {
        0.5 + 0.4 * ((i * (j / 3 + 1)) as f32 * 0.37).sin()
    });
    Arc::new(DataSet::new(
        "waves",
        DataSpec::file("waves"),
        Samples::F32(samples),
        SampleShape::grey(3, 3),
    ))
}

pub fn experiment() -> Experiment {
    Experiment {
        data: DataSpec::file("waves"),
        hidden: 4,
        ..Experiment::default()
    }
}

/// A driver on a clock of its own: every look at the replies is a poll, and a poll takes a millisecond.
pub struct Simulated {
    driver: RefCell<Driver>,
    store: Arc<SharedStore>,
    archive: Arc<Archive>,
    pub now: Cell<Duration>,
    /// When the driver said that it wants to be polled again.
    pub next: Cell<Option<Duration>>,
}

impl Simulated {
    pub const POLL: Duration = Duration::from_millis(1);

    pub fn new(meanwhile: Box<dyn Meanwhile>) -> Self {
        let store = Arc::<SharedStore>::default();
        let archive = Arc::<Archive>::default();
        let pool = Arc::new(WorkerPool::new(1));
        Self {
            driver: RefCell::new(Driver::new(store.clone(), archive.clone(), pool, meanwhile)),
            store,
            archive,
            now: Cell::default(),
            next: Cell::default(),
        }
    }

    pub fn poll(&self) -> Vec<Reply> {
        let mut driver = self.driver.borrow_mut();
        self.next.set(driver.poll(self.now.get()));
        self.now.set(self.now.get() + Self::POLL);
        std::iter::from_fn(|| driver.take_reply()).collect()
    }
}

impl Host for Simulated {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        self.driver.borrow_mut().ask(request);
        Ok(())
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
        self.poll()
    }
}

/// A host with everything that it said.
pub struct Lab<H = Box<dyn Host>> {
    pub host: H,
    pub mirrors: BTreeMap<RunId, Mirror>,
    pub opened: Vec<(RunId, Opened)>,
    pub events: Vec<(RunId, Event)>,
    pub latest: BTreeMap<RunId, Arc<Snapshot>>,
    pub checkpoints: Vec<Checkpoint>,
    pub underway: Vec<(RunId, Underway)>,
    sets: u64,
    gesture: u64,
}

/// Calls `test` on every kind of host.
pub fn on_every_host(test: impl Fn(&mut Lab)) {
    let thread = || TrainerThread::start(1, Box::new(|| {})).unwrap();
    let hosts: [(&str, Box<dyn Host>); 3] = [
        (
            "a simulated clock",
            Box::new(Simulated::new(Box::new(|| false))),
        ),
        ("the thread", Box::new(thread())),
        ("the thread through bytes", Box::new(ThroughBytes(thread()))),
    ];
    for (name, host) in hosts {
        println!("on {name}");
        test(&mut Lab::new(host));
    }
}

impl<H: HostLike> Lab<H> {
    pub fn new(host: H) -> Self {
        Self {
            host,
            mirrors: BTreeMap::new(),
            opened: Vec::new(),
            events: Vec::new(),
            latest: BTreeMap::new(),
            checkpoints: Vec::new(),
            underway: Vec::new(),
            sets: 0,
            gesture: 0,
        }
    }

    pub fn ask(&self, run: u64, what: Ask) {
        let run = RunId(run);
        self.host.host().send(Request { run, what }).unwrap();
    }

    /// Shares `data` and returns its name.
    pub fn share(&mut self, data: &Arc<DataSet>) -> DataId {
        self.sets += 1;
        let id = DataId(self.sets);
        self.host.host().share(id, Arc::clone(data)).unwrap();
        id
    }

    /// Asks for a run, and is ready for its frames.
    pub fn open(&mut self, run: u64, experiment: Experiment, data: &Arc<DataSet>) {
        let id = self.share(data);
        let mirror = Mirror::new(RunId(run), experiment.clone(), Arc::clone(data));
        self.mirrors.insert(RunId(run), mirror);
        self.ask(
            run,
            Ask::Open {
                experiment: Box::new(experiment),
                data: id,
            },
        );
    }

    /// A change by a gesture of its own.
    pub fn set(&mut self, run: u64, setting: Setting, value: f64) {
        self.set_value(run, setting, Value::Number(value));
    }

    pub fn set_value(&mut self, run: u64, setting: Setting, value: Value) {
        self.gesture += 1;
        let gesture = Gesture(self.gesture);
        self.ask(
            run,
            Ask::Set(Change {
                setting,
                value,
                gesture,
            }),
        );
    }

    /// Takes what the host has said, as the lab does.
    pub fn listen(&mut self) {
        for Reply { run, what } in self.host.host().replies() {
            match what {
                Tell::Opened(opened) => self.opened.push((run, opened)),
                Tell::Frame(frame) => {
                    let mirror = self.mirrors.get_mut(&run).expect("no frame was asked for");
                    self.latest.remove(&run);
                    let snapshot = mirror.take(*frame).unwrap();
                    let cursor = mirror.cursor();
                    self.latest.insert(run, Arc::new(snapshot));
                    self.ask(run.0, Ask::Seen(cursor));
                }
                Tell::Underway(underway) => self.underway.push((run, *underway)),
                Tell::Checkpoint(checkpoint) => self.checkpoints.push(*checkpoint),
                Tell::Event(event) => self.events.push((run, event)),
            }
        }
    }

    /// Waits until `wanted` holds of what came so far.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        loop {
            self.listen();
            if wanted(self) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no {what}; events: {:?}",
                self.events
            );
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    pub fn snapshot(&self, run: u64) -> &Snapshot {
        self.latest
            .get(&RunId(run))
            .expect("a snapshot was waited for")
    }

    pub fn has(&self, run: u64, wanted: impl Fn(&Snapshot) -> bool) -> bool {
        self.latest
            .get(&RunId(run))
            .is_some_and(|snapshot| wanted(snapshot))
    }

    /// What the past of all runs takes.
    pub fn kept_bytes(&self) -> usize {
        self.host.host().archive().total()
    }

    pub fn until_epoch(&mut self, run: u64, epoch: u64) {
        self.until(&format!("epoch {epoch}"), |lab| {
            lab.has(run, |snapshot| snapshot.epoch >= epoch)
        });
    }

    pub fn until_paused_at(&mut self, run: u64, epoch: u64) {
        self.until(&format!("pause at epoch {epoch}"), |lab| {
            lab.has(run, |s| s.epoch == epoch && s.activity == Activity::Paused)
        });
    }

    pub fn steps(&mut self, run: u64, count: u64) {
        (0..count).for_each(|_| self.ask(run, Ask::Step));
    }

    /// The first event of `run` that `wanted` picks.
    pub fn event(&self, run: u64, wanted: impl Fn(&Event) -> bool) -> Option<&Event> {
        let mut events = self.events.iter();
        events
            .find(|(of, event)| of.0 == run && wanted(event))
            .map(|(_, event)| event)
    }
}

/// A host, or a box of one.
pub trait HostLike {
    fn host(&self) -> &dyn Host;
}

impl HostLike for Box<dyn Host> {
    fn host(&self) -> &dyn Host {
        &**self
    }
}

impl HostLike for Simulated {
    fn host(&self) -> &dyn Host {
        self
    }
}
