//! Data against data: what the run in the window is compared with, and the result.

use ndarray::Array2;

use crate::data::{Cut, DataSet, DataSource, DataSpec, EmbeddedSet, SampleShape};
use crate::model::Parameters;
use crate::model::matching::Comparison;
use crate::training::Snapshot;
use crate::training::trainer::RunId;

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

/// What came of it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The run in the window.
    pub run: RunId,
    pub first: Side,
    pub second: Side,
    /// The first run's data once more.
    pub other_seed: Side,
    pub comparison: Comparison,
    /// Whether the run in the window was steered, which the others were not.
    pub steered: bool,
}

/// The number of epochs that the two new runs are trained for.
pub fn epochs(choice: &Choice, snapshot: &Snapshot) -> u64 {
    choice
        .epochs
        .unwrap_or(snapshot.epoch)
        .clamp(1, MOST_EPOCHS)
}
