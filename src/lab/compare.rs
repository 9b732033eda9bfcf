//! Data against data: what the run in the window is compared with, and the result.

use std::sync::Arc;

use ndarray::Array2;

use super::studies::Study;
use crate::data::{Cut, DataSet, DataSource, DataSpec, EmbeddedSet, SampleShape};
use crate::model::Parameters;
use crate::training::Snapshot;
use crate::training::comparison::{BASELINE_SEEDS, Comparison};
use crate::training::trainer::RunId;

/// Side of pictures that are not cut into patches, in pixels.
const SMALL_PICTURE: usize = 8;
/// A run is compared after no more epochs than these.
pub const MOST_EPOCHS: u64 = 100_000;

/// How many runs a comparison trains: the second, and both baselines.
pub const RUNS: u64 = 1 + 2 * BASELINE_SEEDS;

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

impl Choice {
    /// The same for a run on `data`: where it can't be compared with what was chosen, then with another seed.
    pub fn suiting(self, data: &DataSet) -> Self {
        let second = match self.second.spec(data) {
            Ok(_) => self.second,
            Err(_) => Second::OtherSeed,
        };
        Self { second, ..self }
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareProgress {
    /// What is being done.
    pub what: String,
    /// Of all of it, in [0, 1].
    pub part: f32,
    /// What has been found; there are pairs once the second run is trained.
    pub found: Option<Arc<Compared>>,
}

/// One of the runs that were compared.
#[derive(Clone, Debug, PartialEq)]
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
    pub(super) fn of(data: &DataSet, parameters: &Parameters<f32>, seed: u64, epochs: u64) -> Self {
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

/// What came of it, or has come so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The run in the window.
    pub run: RunId,
    pub first: Arc<Side>,
    pub second: Arc<Side>,
    /// Of the runs that were trained, the second's too.
    pub epochs: u64,
    pub comparison: Comparison,
    /// Whether the run in the window was steered, which the others were not.
    pub steered: bool,
}

impl Compared {
    /// The second run, in a few words.
    pub fn second_name(&self) -> String {
        if self.second.name == self.first.name {
            format!("seed {}", self.second.seed)
        } else {
            self.second.name.clone()
        }
    }
}

impl Study<CompareProgress, Compared> {
    /// All there is to show: the result, or what has been found so far.
    pub fn found(&self) -> Option<&Arc<Compared>> {
        match self {
            Self::Running(Some(progress)) => progress.found.as_ref(),
            _ => self.result(),
        }
    }
}

/// The number of epochs that the new runs are trained for.
pub fn epochs(choice: &Choice, snapshot: &Snapshot) -> u64 {
    choice
        .epochs
        .unwrap_or(snapshot.epoch)
        .clamp(1, MOST_EPOCHS)
}
