//! A scripted trainer and a fixed snapshot, so that the window can be tested to the pixel and to the command.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail, and a reader"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use egui_kittest::Harness;
use ndarray::Array2;
use sae_lab::app::{Desktop, LabApp};
use sae_lab::data::{
    Content, DataError, DataSet, DataSource, DataSpec, EmbeddedSet, Found, Preparation, Progress,
    SampleShape, Samples, Scaling, Stage, Values, Watch,
};
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::{Action, Page, Preferences, UserCommand};
use sae_lab::model::units::StateCounts;
use sae_lab::model::{Cost, Hyperparameters, Parameters, UnitState, UnitStatistics};
use sae_lab::training::record::{Change, Cursor, Edit, Gesture};
use sae_lab::training::snapshot::{samples_at, shown_places};
use sae_lab::training::timeline::Archive;
use sae_lab::training::trainer::{
    Activity, Ask, DataId, Frame, Host, Opened, Reply, Request, RunId, Tell, ThroughBytes,
    TrainerError, TrainerThread,
};
use sae_lab::training::{Experiment, History, Preset, Record, Setting, Snapshot};

/// What the window asked of the scripted trainer.
#[derive(Default)]
pub struct Script {
    requests: Mutex<Vec<Request>>,
    replies: Mutex<Vec<Reply>>,
    /// Runs that were opened, with their data.
    opened: Mutex<Vec<(RunId, Experiment, DataId)>>,
    sets: Mutex<BTreeMap<DataId, Arc<DataSet>>>,
    /// How many endless readings heard that they were cancelled.
    pub stopped: AtomicUsize,
    /// How much of "slow.npy" waits: 2, its reading and its preview; 1, its preview; 0, nothing.
    pub held: AtomicUsize,
}

impl Script {
    /// What was asked since the last call, by name: all but changes of settings and what the lab does by itself.
    pub fn commands(&self) -> Vec<String> {
        let name = |ask: &Ask| -> String {
            format!("{ask:?}")
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .collect()
        };
        self.asked().iter().map(name).collect()
    }

    /// The same, whole.
    pub fn asked(&self) -> Vec<Ask> {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        let (quiet, told): (Vec<Request>, _) = requests
            .into_iter()
            .partition(|request| matches!(request.what, Ask::Set(_) | Ask::Seen(_) | Ask::Close));
        self.requests.lock().unwrap().extend(quiet);
        told.into_iter().map(|request| request.what).collect()
    }

    /// The changes of settings that were asked for.
    pub fn changes(&self) -> Vec<Change> {
        let requests = self.requests.lock().unwrap();
        let changes = requests.iter().filter_map(|request| match request.what {
            Ask::Set(change) => Some(change),
            _ => None,
        });
        changes.collect()
    }

    /// The settings of the last run that was opened, with the changes that were asked for since.
    pub fn last_hyperparameters(&self) -> Option<Hyperparameters> {
        let changes = self.changes();
        let mut settings = self.begun().last()?.0.hyperparameters;
        changes.last()?;
        for change in changes {
            change.setting.set(&mut settings, change.value).unwrap();
        }
        Some(settings)
    }

    /// The experiments that were begun, with their data.
    pub fn begun(&self) -> Vec<(Experiment, Arc<DataSet>)> {
        let (opened, sets) = (self.opened.lock().unwrap(), self.sets.lock().unwrap());
        let begun = opened.iter().filter_map(|(_, experiment, data)| {
            Some((experiment.clone(), sets.get(data)?.clone()))
        });
        begun.collect()
    }

    /// The run that was opened last.
    pub fn run(&self) -> RunId {
        self.opened.lock().unwrap().last().unwrap().0
    }

    /// Says that the last run stands like `snapshot`, with all of its history.
    pub fn show(&self, snapshot: &Snapshot) {
        let plain = |array: &Array2<f32>| array.iter().copied().collect();
        let frame = Frame {
            activity: snapshot.activity,
            epoch: snapshot.epoch,
            settings: *snapshot.hyperparameters,
            weights: snapshot.parameters.flat().to_vec(),
            cost: snapshot.cost,
            fvu: snapshot.fvu,
            units: snapshot.units.clone(),
            reconstructions: plain(&snapshot.reconstructions),
            activations: plain(&snapshot.activations),
            news: snapshot.history.news_since(&Cursor::default(), usize::MAX),
            epochs_per_second: snapshot.epochs_per_second,
            trained_for: snapshot.trained_for,
        };
        self.say(Tell::Frame(Box::new(frame)));
    }

    /// Half way, as long as `held` is no less than `least`.
    fn wait(&self, least: usize, stage: Stage, watch: Watch<'_>) -> Result<(), DataError> {
        while self.held.load(Ordering::SeqCst) >= least {
            let half = Progress {
                stage,
                done: 500,
                total: 1000,
            };
            if watch(half).is_break() {
                return Err(DataError::Cancelled);
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Ok(())
    }

    /// Says something of the last run.
    pub fn say(&self, what: Tell) {
        let run = self.run();
        self.replies.lock().unwrap().push(Reply { run, what });
    }
}

/// A window on the real trainer and the real readers.
pub fn real(size: [f32; 2], experiment: Experiment) -> Harness<'static, LabApp> {
    Harness::builder()
        .with_size(size)
        .build_eframe(move |context| {
            let preferences = Preferences::default();
            LabApp::new(&context.egui_ctx, experiment, preferences, Arc::new(Real))
        })
}

/// The lab on a set of its own, after the first epoch.
pub fn training_on(size: [f32; 2], set: EmbeddedSet) -> Harness<'static, LabApp> {
    let experiment = Experiment {
        data: DataSpec::embedded(set),
        ..Experiment::default()
    };
    let mut harness = real(size, experiment);
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref();
        snapshot.is_some_and(|snapshot| snapshot.epoch >= 1)
    });
    harness
}

/// Asks for `action`, as a button or a key does.
pub fn act(harness: &mut Harness<'static, LabApp>, action: impl Into<Action>) {
    let context = harness.ctx.clone();
    harness.state_mut().act(&context, action.into());
}

/// Goes to `page`.
pub fn show(harness: &mut Harness<'static, LabApp>, page: Page) {
    act(harness, UserCommand::Show(page));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a path is enough".into())
    }
}

/// Drops files on the window.
pub fn drop_files(harness: &mut Harness<'static, LabApp>, paths: &[PathBuf]) {
    for path in paths {
        let file = Arc::new(Dropped(path.clone()));
        harness.input_mut().dropped_files.push(file);
    }
    harness.step();
    harness.input_mut().dropped_files.clear();
}

/// The scripted trainer. It takes every run.
struct Scripted(Arc<Script>);

impl Host for Scripted {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        let run = request.run;
        if let Ask::Open { experiment, data } = &request.what {
            let mut opened = self.0.opened.lock().unwrap();
            opened.push((run, (**experiment).clone(), *data));
            let inputs = self.0.sets.lock().unwrap()[data].inputs();
            let what = Tell::Opened(Opened {
                inputs,
                hidden: experiment.hidden,
                epoch: 0,
                other_numerics: None,
            });
            self.0.replies.lock().unwrap().push(Reply { run, what });
            // changes from before are of another run
            let set = |request: &Request| !matches!(request.what, Ask::Set(_));
            self.0.requests.lock().unwrap().retain(set);
        }
        self.0.requests.lock().unwrap().push(request);
        Ok(())
    }

    fn share(&self, id: DataId, data: Arc<DataSet>) -> Result<(), TrainerError> {
        self.0.sets.lock().unwrap().insert(id, data);
        Ok(())
    }

    fn archive(&self) -> Arc<Archive> {
        Arc::default()
    }

    /// The tests still look at it.
    fn forget(&self, _: DataId) {}

    fn replies(&self) -> Vec<Reply> {
        std::mem::take(&mut *self.0.replies.lock().unwrap())
    }
}

/// Whether the windows of the tests reach their trainers through bytes: the one switch.
pub fn through_bytes() -> bool {
    match std::env::var("SAE_LAB_TEST_HOST").as_deref() {
        Ok("bytes") => true,
        Ok("thread") | Err(_) => false,
        Ok(other) => panic!("SAE_LAB_TEST_HOST is {other}: it can be thread or bytes"),
    }
}

/// `host`, through bytes where the tests are to be run that way.
fn host(host: impl Host + 'static) -> Box<dyn Host> {
    if through_bytes() {
        Box::new(ThroughBytes(host))
    } else {
        Box::new(host)
    }
}

/// The real trainer and the real readers, on the host that the tests are run on.
pub struct Real;

impl Backend for Real {
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError> {
        Ok(host(TrainerThread::start(
            self.cores(),
            Box::new(move || wake()),
        )?))
    }

    fn cores(&self) -> usize {
        Desktop::default().cores()
    }
}

/// Hands out the scripted trainer; prepares embedded sets as one fixed set, and finds files by name: "waves.npy" and "table.csv" are good,
/// "endless.npy" is read until it is cancelled, "slow.npy" as long as the script holds it, at "broken.npy" the reader panics, others are not there.
pub struct ScriptedBackend {
    pub script: Arc<Script>,
    /// What embedded sets are prepared as.
    pub data: Arc<DataSet>,
}

impl Backend for ScriptedBackend {
    fn start(&self, _: Wake) -> Result<Box<dyn Host>, TrainerError> {
        Ok(host(Scripted(Arc::clone(&self.script))))
    }

    fn find(&self, spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
        let DataSource::File(path) = &spec.source else {
            return sae_lab::data::find(spec, watch);
        };
        match path.to_str() {
            Some("endless.npy") => {
                let mut done = 0;
                let word = |done| Progress {
                    stage: Stage::Reading,
                    done,
                    total: 1000,
                };
                while watch(word(done)).is_continue() {
                    done = (done + 1).min(500);
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                self.script.stopped.fetch_add(1, Ordering::SeqCst);
                Err(DataError::Cancelled)
            }
            Some("waves.npy") => Ok(waves()),
            Some("slow.npy") => {
                self.script.wait(2, Stage::Reading, watch)?;
                Ok(Found {
                    name: "slow.npy".into(),
                    ..waves()
                })
            }
            Some("table.csv") => {
                sae_lab::data::find_bytes("table.csv", table().into_bytes(), spec, watch)
            }
            Some("broken.npy") => panic!("a reader fails"),
            _ => Err(DataError::Open {
                file: path.display().to_string(),
                source: std::io::ErrorKind::NotFound.into(),
            }),
        }
    }

    fn prepare(
        &self,
        found: &Found,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<DataSet, DataError> {
        match spec.source {
            DataSource::Embedded(_) => Ok(DataSet {
                spec: spec.clone(),
                ..(*self.data).clone()
            }),
            _ => {
                if found.name == "slow.npy" {
                    self.script.wait(1, Stage::Preparing, watch)?;
                }
                sae_lab::data::prepare(found, spec, watch)
            }
        }
    }
}

/// What "table.csv" holds: 30 rows of a name, a day, twelve measures of which one has gaps, and a kind.
pub fn table() -> String {
    let measures = (0..11).map(|place| format!(",measure {place}"));
    let names = ",day,patches_of_grey_in_the_photographs_of_last_summer_in_per_cent";
    let mut text: String = std::iter::once(names.to_owned()).chain(measures).collect();
    text.push_str(",kind\n");
    for row in 0..30 {
        text.push_str(&format!("{row},2024-01-{:02}", row + 1));
        for place in 0..12 {
            match (row, place) {
                (5 | 9, 3) => text.push(','),
                _ => text.push_str(&format!(",{}", (row * 31 + place * 17) % 23)),
            }
        }
        text.push_str(if row % 2 == 0 { ",red\n" } else { ",white\n" });
    }
    text
}

/// What "waves.npy" holds: 60 pictures of 12×12 in three classes.
pub fn waves() -> Found {
    let values = Array2::from_shape_fn((60, 144), |(i, j)| {
        let (x, y) = ((j % 12) as f32, (j / 12) as f32);
        (i as f32 * 0.3 + x * 0.4 + y * 0.2 * i as f32).sin()
    });
    let content = Content::Samples {
        values: Values::F32(values),
        shape: SampleShape::grey(12, 12),
    };
    let suggested = Preparation {
        scaling: Scaling::Unit,
        ..Preparation::NONE
    };
    Found {
        labels: Some((0..60).map(|index| index % 3).collect()),
        ..Found::new(
            "waves.npy",
            content,
            "32-bit floating point, NPY",
            suggested,
        )
    }
}

/// 400 waves of 8×8.
pub fn data(spec: DataSpec) -> DataSet {
    let samples = Array2::from_shape_fn((400, 64), |(i, j)| {
        let (x, y) = ((j % 8) as f32 - 3.5, (j / 8) as f32 - 3.5);
        let angle = i as f32 * 0.7;
        0.5 + 0.4 * (0.9 * (x * angle.cos() + y * angle.sin()) + i as f32).sin()
    });
    DataSet::new(
        "photos, whitened",
        spec,
        Samples::F32(samples),
        SampleShape::grey(8, 8),
    )
}

/// The story of the lab in one snapshot: edges learned, then λ raised at epoch 300, and 18 of 49 units dead.
pub fn snapshot() -> Snapshot {
    let edges = Preset::Edges.experiment();
    let experiment = Experiment {
        data: DataSpec::default(),
        hidden: 49,
        hyperparameters: Hyperparameters {
            weight_decay: 1e-4,
            ..edges.hyperparameters
        },
        ..edges
    };
    let (hidden, inputs) = (experiment.hidden, 64);
    let dead = |unit: usize| unit % 8 == 3 || unit % 5 == 4 && unit > 20 || unit == 12;
    let mut parameters = Parameters::<f32>::zeros(inputs, hidden);
    for (unit, mut row) in parameters
        .encoder_weights_mut()
        .outer_iter_mut()
        .enumerate()
    {
        let (angle, phase) = (unit as f32 * 0.61, unit as f32 * 1.3);
        let (cx, cy) = (
            3.5 + 1.5 * (unit as f32 * 2.1).sin(),
            3.5 + 1.5 * (unit as f32 * 1.7).cos(),
        );
        let size = if dead(unit) { 0.06 } else { 0.9 };
        for (j, weight) in row.iter_mut().enumerate() {
            let (x, y) = ((j % 8) as f32 - cx, (j / 8) as f32 - cy);
            let along = x * angle.cos() + y * angle.sin();
            *weight = size * (-(x * x + y * y) / 9.0).exp() * (1.4 * along + phase).sin();
        }
    }
    let units: Vec<UnitStatistics> = (0..hidden)
        .map(|unit| {
            let wave = (unit as f64 * 1.9).sin();
            let mean = 0.02 * (1.0 + if dead(unit) { 0.02 } else { 0.3 } * wave);
            let spread = if dead(unit) {
                0.012 + 0.01 * wave.abs()
            } else {
                0.55 + 0.3 * (unit as f64 * 0.8).cos()
            };
            let state = match unit {
                _ if dead(unit) => UnitState::Constant,
                17 => UnitState::Duplicate,
                _ => UnitState::Alive,
            };
            UnitStatistics {
                mean_activation: mean,
                standard_deviation: spread / 6.0,
                minimum: 0.004,
                maximum: 0.004 + spread,
                mean_slope: if dead(unit) { 0.078 } else { 0.05 },
                contribution: if dead(unit) {
                    4e-6 * wave.abs()
                } else {
                    5e-3 * (1.5 + wave)
                },
                feature_norm: if dead(unit) { 0.2 } else { 2.4 },
                state,
            }
        })
        .collect();
    let counts = StateCounts::of(&units);
    let mut history = History::new();
    let last = 340;
    for epoch in 0..=last {
        let e = epoch as f64;
        let after = if epoch >= 300 { e - 300.0 } else { 0.0 };
        let cost = Cost {
            reconstruction_loss: 0.3 + 0.16 * (-e / 60.0).exp() + 0.003 * after,
            decay_penalty: if epoch < 300 {
                0.07 - 0.06 * (-e / 90.0).exp()
            } else {
                0.27 * (-after / 14.0).exp() + 0.01
            },
            sparsity_penalty: 47.0 * (-e / 2.0).exp()
                + 0.012 * (1.2 + (e * 1.7).sin()) * (1.1 + (e * 0.53).cos()),
        };
        let fraction = if epoch < 150 {
            1.0 - (e / 150.0).powf(0.4)
        } else {
            (after / 40.0).min(1.0) * 0.37
        };
        let gone = if epoch == last {
            counts.dead()
        } else {
            (fraction * hidden as f64) as u32
        };
        history.push(Record {
            epoch,
            cost,
            fvu: cost.reconstruction_loss / 0.45,
            counts: StateCounts {
                alive: hidden as u32 - gone,
                constant: gone,
                ..StateCounts::default()
            },
            ..Record::default()
        });
    }
    let now = Hyperparameters {
        weight_decay: 4e-4,
        ..experiment.hyperparameters
    };
    history.edit(Edit {
        epoch: 300,
        gesture: Gesture(1),
        setting: Setting::WeightDecay,
        old: Setting::WeightDecay.get(&experiment.hyperparameters),
        new: Setting::WeightDecay.get(&now),
    });
    let record = *history.last().unwrap();
    let data = Arc::new(data(experiment.data.clone()));
    let places = shown_places(&data);
    let inputs = Arc::new(samples_at::<f32>(&data, &places));
    let reconstructions = inputs.mapv(|x| 0.5 + 0.6 * (x - 0.5));
    let activations =
        Array2::from_shape_fn((16, hidden), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 11.0);
    Snapshot {
        run: RunId(1),
        experiment: Experiment {
            hyperparameters: now,
            ..experiment
        },
        data,
        activity: Activity::Training,
        epoch: record.epoch,
        hyperparameters: now.check().unwrap(),
        parameters,
        cost: record.cost,
        fvu: record.fvu,
        units,
        places: places.into(),
        inputs,
        reconstructions,
        activations,
        history: Arc::new(history),
        spectrum: None,
        epochs_per_second: 312.0,
        samples_per_second: 3.12e6,
        trained_for: std::time::Duration::from_secs(12),
    }
}

/// [`snapshot`] after so much training that the lab asks before it throws the run away.
pub fn long_snapshot() -> Snapshot {
    Snapshot {
        trained_for: std::time::Duration::from_secs(90),
        ..snapshot()
    }
}

/// The window on the scripted trainer, with what it asked for, at [`snapshot`].
pub fn scripted(
    preferences: Preferences,
    size: [f32; 2],
    renders: bool,
) -> (Harness<'static, LabApp>, Arc<Script>) {
    scripted_at(&snapshot(), preferences, size, renders)
}

/// The window on the scripted trainer, whose run stands like `snapshot`.
pub fn scripted_at(
    snapshot: &Snapshot,
    preferences: Preferences,
    size: [f32; 2],
    renders: bool,
) -> (Harness<'static, LabApp>, Arc<Script>) {
    let script = Arc::new(Script::default());
    let backend = Arc::new(ScriptedBackend {
        script: Arc::clone(&script),
        data: Arc::clone(&snapshot.data),
    });
    let mut builder = Harness::builder()
        .with_size(size)
        .with_max_steps(60)
        .with_step_dt(1.0 / 30.0);
    builder = builder.with_theme(if preferences.dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
    if renders {
        builder = builder.wgpu();
    }
    let experiment = snapshot.experiment.clone();
    let mut harness = builder.build_eframe(move |context| {
        // a window is cleared to this colour before it is drawn, a picture here is not
        let clear = |ui: &mut egui::Ui| {
            let colour = ui.visuals().panel_fill;
            ui.painter()
                .rect_filled(ui.ctx().content_rect(), 0.0, colour);
        };
        let ctx = &context.egui_ctx;
        ctx.on_begin_pass("clear", Arc::new(clear));
        LabApp::new(ctx, experiment, preferences, backend)
    });
    wait(&mut harness, |app| {
        // the rails mark what was measured
        app.view().shared.loading.is_none() && app.view().run.cliffs().is_some()
    });
    script.commands();
    script.show(snapshot);
    harness.run();
    (harness, script)
}

/// Steps until `done`, for at most 20 seconds.
pub fn wait(harness: &mut Harness<'static, LabApp>, done: impl Fn(&LabApp) -> bool) {
    let start = std::time::Instant::now();
    while !done(harness.state()) {
        assert!(
            start.elapsed().as_secs() < 20,
            "waited in vain; the window says {:?} {:?}",
            harness.state().view().shared.notices,
            harness
                .state()
                .view()
                .shared
                .import
                .as_ref()
                .map(|import| (&import.spec, &import.error))
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
}

/// Any embedded set but the one of the fixed snapshot.
pub const OTHER_SET: EmbeddedSet = EmbeddedSet::Digits;
