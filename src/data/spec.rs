//! How a data set is named: an embedded one or a file, and how it is cut and prepared. Enough to load it again.

use std::path::PathBuf;
use strum::VariantArray;

use serde::{Deserialize, Serialize};

use super::reading::Wanted;
use super::{Held, Preparation, Reading};

/// The sets that the program carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
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
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

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
    /// A file, or a folder of pictures.
    File(PathBuf),
    /// Several pictures.
    Files(Vec<PathBuf>),
}

impl DataSource {
    /// The files and folders it names.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Self::Embedded(_) => &[],
            Self::File(path) => std::slice::from_ref(path),
            Self::Files(paths) => paths,
        }
    }

    /// For people, before anything is loaded: the set's title, the file's name, "12 files".
    pub fn title(&self) -> String {
        match self {
            Self::Embedded(set) => set.title().to_owned(),
            Self::File(path) => path.file_name().map_or_else(
                || path.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            ),
            Self::Files(paths) => format!("{} files", paths.len()),
        }
    }
}

/// Whether pictures are samples as they are, or patches are cut from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// Photographs into patches; sets of small pictures of one size not.
    #[default]
    Auto,
    /// Each picture is a sample; they must be of one size.
    Whole,
    /// Into patches, whatever their size.
    Patches,
}

/// A data set by name: source, cut and preparation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct DataSpec {
    pub source: DataSource,
    #[serde(default)]
    pub cut: Cut,
    /// The side of the square patches that photographs are cut into, in pixels.
    pub patch: usize,
    /// How many patches; for the generated sets how many samples, where it is not the default.
    pub patches: usize,
    /// What is done to the values; `None` does what suits the kind of data.
    #[serde(default)]
    pub preparation: Option<Preparation>,
    /// Seed of the cutting and of the generated sets.
    pub seed: u64,
    /// Which array of a file that holds several (.npz, .mat); `None` takes the one that looks most like data.
    #[serde(default)]
    pub variable: Option<String>,
    /// Which part of a table or an array is data, and which way round it lies.
    pub reading: Reading,
    /// What is not trained on, but tested with.
    pub held: Held,
}

/// A [`DataSpec`] as any release wrote it.
#[derive(Deserialize)]
struct Stored {
    source: DataSource,
    #[serde(default)]
    cut: Cut,
    patch: usize,
    patches: usize,
    #[serde(default)]
    preparation: Option<Preparation>,
    seed: u64,
    #[serde(default)]
    variable: Option<String>,
    #[serde(default = "of_old")]
    reading: Reading,
    #[serde(default)]
    held: Held,
}

fn of_old() -> Reading {
    Reading::OF_OLD
}

impl From<Stored> for DataSpec {
    fn from(stored: Stored) -> Self {
        let embedded = matches!(stored.source, DataSource::Embedded(_));
        Self {
            source: stored.source,
            cut: stored.cut,
            patch: stored.patch,
            patches: stored.patches,
            preparation: stored.preparation,
            seed: stored.seed,
            variable: stored.variable,
            // what the program carries is read in one way only: a preset is known again
            reading: if embedded {
                Reading::default()
            } else {
                stored.reading
            },
            held: stored.held,
        }
    }
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

    /// One file, or several pictures.
    pub fn files(mut paths: Vec<PathBuf>) -> Self {
        Self::new(if paths.len() == 1 {
            DataSource::File(paths.remove(0))
        } else {
            DataSource::Files(paths)
        })
    }

    /// `photos photos-raw leaves bars fashion digits`, or else a path.
    pub fn parse(text: &str) -> Self {
        match EmbeddedSet::ALL.into_iter().find(|set| set.name() == text) {
            Some(set) => Self::embedded(set),
            None => Self::file(text),
        }
    }

    /// What its reader is asked for; see [`Wanted`] for `known`.
    pub(super) fn wanted<'a>(&'a self, known: &'a [String]) -> Wanted<'a> {
        Wanted {
            variable: self.variable.as_deref(),
            reading: &self.reading,
            known,
        }
    }

    fn new(source: DataSource) -> Self {
        // 2,000 samples show every bar about 250 times; more only slows the epoch
        let patches = match source {
            DataSource::Embedded(EmbeddedSet::Bars) => 2_000,
            _ => Self::DEFAULT_PATCHES,
        };
        Self {
            source,
            cut: Cut::Auto,
            patch: Self::DEFAULT_PATCH,
            patches,
            preparation: None,
            seed: 1,
            variable: None,
            reading: Reading::default(),
            held: Held::None,
        }
    }
}

impl Default for DataSpec {
    fn default() -> Self {
        Self::embedded(EmbeddedSet::Photos)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Columns;
    use super::*;

    #[test]
    fn what_older_releases_stored_is_read_as_they_read_it() {
        let old =
            |source| format!(r#"{{"source": {source}, "patch": 8, "patches": 10000, "seed": 1}}"#);
        let file: DataSpec = serde_json::from_str(&old(r#"{"file": "a.csv"}"#)).unwrap();
        assert_eq!((&file.reading, file.held), (&Reading::OF_OLD, Held::None));
        let photos: DataSpec = serde_json::from_str(&old(r#"{"embedded": "photos"}"#)).unwrap();
        assert_eq!(photos, DataSpec::default());
        let text = serde_json::to_string(&DataSpec::file("b.csv")).unwrap();
        let again: DataSpec = serde_json::from_str(&text).unwrap();
        assert_eq!(again, DataSpec::file("b.csv"));
        let part: Reading = serde_json::from_str(r#"{"labels": "none"}"#).unwrap();
        assert_eq!(part.columns, Columns::Suggested);
    }
}
