//! How a data set is named: an embedded one or a file, and how it is cut and prepared. Enough to load it again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The sets that the program carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmbeddedSet {
    /// Patches of six photographs, whitened (Olshausen & Field 1996).
    Photos,
    /// Patches of the same photographs, not whitened.
    PhotosRaw,
    /// Generated: patches of occluding disks, radius law r⁻³.
    Leaves,
    /// Generated: Földiák's bars (1990), 8×8, each of 16 bars on with p = 1/8.
    Bars,
    /// Fashion-MNIST, 200 of each class, 28×28.
    Fashion,
    /// UCI digits, 1,797 of 8×8.
    Digits,
}

impl EmbeddedSet {
    pub const ALL: [Self; 6] = [
        Self::Photos,
        Self::PhotosRaw,
        Self::Leaves,
        Self::Bars,
        Self::Fashion,
        Self::Digits,
    ];

    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Photos => "photos",
            Self::PhotosRaw => "photos-raw",
            Self::Leaves => "leaves",
            Self::Bars => "bars",
            Self::Fashion => "fashion",
            Self::Digits => "digits",
        }
    }

    /// As the window has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Photos => "photos, whitened",
            Self::PhotosRaw => "photos, raw",
            Self::Leaves => "dead leaves",
            Self::Bars => "bars",
            Self::Fashion => "Fashion-MNIST 2000",
            Self::Digits => "digits 8×8",
        }
    }
}

/// Where samples come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataSource {
    Embedded(EmbeddedSet),
    File(PathBuf),
}

/// What is done to the values before training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Preprocessing {
    /// What suits the kind of data; said in the data set's `preparation`.
    #[default]
    Auto,
    /// Nothing: the values as they stand.
    None,
    /// Photographs: whiten (Olshausen & Field), then as `contrast`.
    Whiten,
    /// Patches: remove each patch's mean, clip at ±3σ, scale to [.1, .9].
    Contrast,
    /// Scale the whole set linearly to [0, 1].
    Unit,
}

/// A data set by name: source, cut and preparation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSpec {
    pub source: DataSource,
    /// The side of the square patches that photographs are cut into, in pixels.
    pub patch: usize,
    /// How many patches; for the generated sets how many samples, where it is not the default.
    pub patches: usize,
    pub preprocessing: Preprocessing,
    /// Seed of the cutting and of the generated sets.
    pub seed: u64,
    /// Which array of a file that holds several (.npz, .mat); `None` takes the one that looks most like data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
}

impl DataSpec {
    pub const DEFAULT_PATCH: usize = 8;
    pub const DEFAULT_PATCHES: usize = 10_000;

    pub fn embedded(set: EmbeddedSet) -> Self {
        Self::new(DataSource::Embedded(set))
    }

    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(DataSource::File(path.into()))
    }

    /// `photos photos-raw leaves bars fashion digits`, or else a path.
    pub fn parse(text: &str) -> Self {
        match EmbeddedSet::ALL.into_iter().find(|set| set.name() == text) {
            Some(set) => Self::embedded(set),
            None => Self::file(text),
        }
    }

    fn new(source: DataSource) -> Self {
        // 2,000 bars: the set that `dynamics` speaks of; more only slows the epoch
        let patches = match source {
            DataSource::Embedded(EmbeddedSet::Bars) => 2_000,
            _ => Self::DEFAULT_PATCHES,
        };
        Self {
            source,
            patch: Self::DEFAULT_PATCH,
            patches,
            preprocessing: Preprocessing::Auto,
            seed: 1,
            variable: None,
        }
    }
}

impl Default for DataSpec {
    fn default() -> Self {
        Self::embedded(EmbeddedSet::Photos)
    }
}
