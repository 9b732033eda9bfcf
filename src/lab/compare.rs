//! Data against data: the same settings on a second set and with another seed, each trained in the background, and their
//! features matched with those of the run in the window.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;

use super::port::Backend;
use crate::data::{
    Cut, DataSet, DataSource, DataSpec, EmbeddedSet, Progress as Loading, SampleShape,
};
use crate::model::Parameters;
use crate::model::matching::{Comparison, FeatureGrid, compare};
use crate::numerics::WorkerPool;
use crate::training::{EpochEnd, Experiment, Run, Snapshot, Watcher};

/// Between two words of progress.
const PACE: Duration = Duration::from_millis(50);
/// Side of pictures that are not cut into patches, in pixels.
const SMALL_PICTURE: usize = 8;
/// A run is compared after no more epochs than these.
pub const MOST_EPOCHS: u64 = 100_000;

/// What the run is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Second {
    /// The same data from other initial weights.
    #[default]
    OtherSeed,
    Set(EmbeddedSet),
    /// Patches of the set's pictures, of the size of the run's samples.
    PatchesOf(EmbeddedSet),
}

impl Second {
    /// In the order of the page.
    pub fn all() -> impl Iterator<Item = Self> {
        let cut = EmbeddedSet::ALL.into_iter().filter(|set| {
            whole(*set).is_some_and(|side| side > SMALL_PICTURE) // smaller ones hold no patch worth learning from
        });
        std::iter::once(Self::OtherSeed)
            .chain(EmbeddedSet::ALL.map(Self::Set))
            .chain(cut.map(Self::PatchesOf))
    }

    pub fn title(self) -> String {
        match self {
            Self::OtherSeed => "the same data, another seed".into(),
            Self::Set(set) => set.title().into(),
            Self::PatchesOf(set) => format!("patches of {}", set.title()),
        }
    }

    /// How its data are got for samples like those of `data`.
    ///
    /// # Errors
    /// It has no samples like them; why not, in a few words.
    pub fn spec(self, data: &DataSet) -> Result<DataSpec, String> {
        let (set, patches) = match self {
            Self::OtherSeed => return Ok(data.spec.clone()),
            Self::Set(set) => (set, false),
            Self::PatchesOf(set) => (set, true),
        };
        let spec = DataSpec::embedded(set);
        if data.spec.source == DataSource::Embedded(set)
            && data.spec
                == (DataSpec {
                    patch: data.spec.patch,
                    ..spec.clone()
                })
        {
            return Err("the data of this run".into());
        }
        let side = match data.shape {
            SampleShape::Image {
                rows,
                columns,
                channels: 1,
            } if rows == columns => Some(rows),
            _ => None,
        };
        match (whole(set), patches) {
            (Some(whole), false) if whole * whole == data.inputs() => Ok(spec),
            (Some(whole), false) => Err(format!("{whole}×{whole}, not {}", data.shape)),
            (whole, _) => match side {
                Some(side) if whole.is_some_and(|whole| side >= whole) => {
                    Err("its pictures are no larger than this run's samples".into())
                }
                Some(side) => Ok(DataSpec {
                    patch: side,
                    cut: if patches { Cut::Patches } else { spec.cut },
                    ..spec
                }),
                None => Err(format!("square and grey, not {}", data.shape)),
            },
        }
    }
}

/// Side of the set's pictures where they are samples as they are, in pixels.
fn whole(set: EmbeddedSet) -> Option<usize> {
    match set {
        EmbeddedSet::Digits => Some(8),
        EmbeddedSet::Fashion => Some(28),
        EmbeddedSet::Photos | EmbeddedSet::PhotosRaw | EmbeddedSet::Leaves | EmbeddedSet::Bars => {
            None
        }
    }
}

/// What the page asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub second: Second,
    /// `None`: as many as the run in the window has.
    pub epochs: Option<u64>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareProgress {
    /// What is being done.
    pub what: String,
    /// Of all of it, in [0, 1].
    pub part: f32,
}

/// One of the runs that were compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// Of its data.
    pub name: String,
    /// m
    pub samples: usize,
    pub shape: SampleShape,
    pub seed: u64,
    pub epochs: u64,
    /// What its units look for (h, n).
    pub features: Array2<f32>,
}

impl Side {
    fn of(data: &DataSet, parameters: &Parameters<f32>, seed: u64, epochs: u64) -> Self {
        Self {
            name: data.name.clone(),
            samples: data.len(),
            shape: data.shape,
            seed,
            epochs,
            features: data.features(parameters.encoder_weights()).into_owned(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The run in the window.
    pub run: u64,
    pub first: Side,
    pub second: Side,
    /// The first run's data once more.
    pub other_seed: Side,
    pub comparison: Comparison,
    /// Whether the run in the window was steered, which the others were not.
    pub steered: bool,
}

/// Either a comparison, or why there is none.
pub type Verdict = Result<Compared, String>;

/// The number of epochs that the two new runs are trained for.
pub fn epochs(choice: &Choice, snapshot: &Snapshot) -> u64 {
    choice
        .epochs
        .unwrap_or(snapshot.epoch)
        .clamp(1, MOST_EPOCHS)
}

/// Trains what `choice` asks for and compares it with `snapshot`, for a desk.
pub fn work(
    backend: Arc<dyn Backend>,
    snapshot: Arc<Snapshot>,
    choice: Choice,
) -> impl FnOnce(&Watcher<'_, CompareProgress>) -> Option<Verdict> {
    move |watcher| {
        let end = both(backend.as_ref(), &snapshot, &choice, watcher);
        match end {
            Ok(compared) => Some(Ok(compared)),
            Err(End::Stopped) => None,
            Err(End::Failed(why)) => Some(Err(why)),
        }
    }
}

enum End {
    Stopped,
    Failed(String),
}

/// Tells of progress, but not at every step.
struct Pacer<'a, 'b> {
    watcher: &'a Watcher<'b, CompareProgress>,
    told: Cell<Option<Instant>>,
}

impl Pacer<'_, '_> {
    fn tell(&self, what: &str, part: f32) -> ControlFlow<()> {
        if self.told.get().is_some_and(|last| last.elapsed() < PACE) {
            return self.watcher.go_on();
        }
        self.told.set(Some(Instant::now()));
        self.watcher.tell(CompareProgress {
            what: what.to_owned(),
            part,
        })
    }
}

/// The parts of the bar: loading, the second run, the baseline, matching.
const PARTS: [f32; 4] = [0.04, 0.5, 0.96, 1.0];

fn both(
    backend: &dyn Backend,
    snapshot: &Snapshot,
    choice: &Choice,
    watcher: &Watcher<'_, CompareProgress>,
) -> Result<Compared, End> {
    let pacer = Pacer {
        watcher,
        told: Cell::new(None),
    };
    let epochs = epochs(choice, snapshot);
    let spec = choice.second.spec(&snapshot.data).map_err(End::Failed)?;
    let data = if choice.second == Second::OtherSeed {
        Arc::clone(&snapshot.data)
    } else {
        let watch = |word: Loading| {
            let what = format!("{} {}", word.stage.title(), choice.second.title());
            pacer.tell(&what, PARTS[0] * word.fraction())
        };
        let found = backend.find(&spec, &watch);
        let data = found.and_then(|found| backend.prepare(&found, &spec, &watch));
        Arc::new(data.map_err(|error| match error {
            crate::data::DataError::Cancelled => End::Stopped,
            error => End::Failed(error.to_string()),
        })?)
    };
    if data.inputs() != snapshot.data.inputs() {
        return Err(End::Failed(format!(
            "samples of {} can't be compared with samples of {}: choose a set with as many values",
            data.shape, snapshot.data.shape
        )));
    }
    let seed = snapshot.experiment.seed;
    // a seed of its own each: runs that begin at the same weights would match for that reason alone
    let (second_seed, other_seed) = (seed.wrapping_add(1), seed.wrapping_add(2));
    let train = |data: &Arc<DataSet>, seed: u64, words: &str, from: f32, to: f32| {
        let experiment = Experiment {
            data: data.spec.clone(),
            seed,
            hyperparameters: *snapshot.hyperparameters,
            ..snapshot.experiment.clone()
        };
        trained(experiment, data, epochs, &|done| {
            let part = done as f32 / epochs as f32;
            pacer.tell(words, from + part * (to - from))
        })
    };
    let words = format!("training on {}, seed {second_seed}", data.name);
    let second = train(&data, second_seed, &words, PARTS[0], PARTS[1])?;
    let words = format!("training on {}, seed {other_seed}", snapshot.data.name);
    let other = train(&snapshot.data, other_seed, &words, PARTS[1], PARTS[2])?;
    let matching = CompareProgress {
        what: "matching features".into(),
        part: PARTS[2],
    };
    if watcher.tell(matching).is_break() {
        return Err(End::Stopped);
    }
    let first = Side::of(&snapshot.data, &snapshot.parameters, seed, snapshot.epoch);
    let second = Side::of(&data, &second, second_seed, epochs);
    let other_seed = Side::of(&snapshot.data, &other, other_seed, epochs);
    let comparison = compare(
        first.features.view(),
        second.features.view(),
        Some(other_seed.features.view()),
        grid(snapshot.data.shape),
        seed,
    )
    .map_err(|error| End::Failed(error.to_string()))?;
    Ok(Compared {
        run: snapshot.run,
        steered: snapshot.history.markers().next().is_some(),
        first,
        second,
        other_seed,
        comparison,
    })
}

fn grid(shape: SampleShape) -> FeatureGrid {
    match shape {
        SampleShape::Image {
            rows,
            columns,
            channels,
        } => FeatureGrid {
            rows,
            columns,
            channels,
            interleaved: true,
        },
        SampleShape::Vector { length } => FeatureGrid::vector(length),
    }
}

/// The weights after `epochs` on this thread alone.
fn trained(
    experiment: Experiment,
    data: &Arc<DataSet>,
    epochs: u64,
    tell: &dyn Fn(u64) -> ControlFlow<()>,
) -> Result<Parameters<f32>, End> {
    let failed = |why: String| End::Failed(why);
    let settings = experiment
        .hyperparameters
        .check()
        .map_err(|error| failed(error.to_string()))?;
    let pool = Arc::new(WorkerPool::new(1));
    let (seed, name) = (experiment.seed, data.name.clone());
    let mut run = Run::<f32>::new(experiment, Arc::clone(data), None, pool)
        .map_err(|error| failed(error.to_string()))?;
    for done in 0..epochs {
        if tell(done).is_break() {
            return Err(End::Stopped);
        }
        match run.epoch(&settings, 0.0, &|| tell(done).is_continue()) {
            EpochEnd::Finished { .. } => {}
            EpochEnd::Interrupted => return Err(End::Stopped),
            EpochEnd::Diverged { epoch, cause } => {
                return Err(failed(format!(
                    "the run on {name} with seed {seed} diverged at epoch {epoch}: {cause}"
                )));
            }
        }
    }
    Ok(run.parameters().clone())
}
