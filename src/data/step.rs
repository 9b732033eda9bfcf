//! What was done to a data set's values, step by step: values that programs compare, and sentences that people read.

use serde::{Deserialize, Serialize};

use super::SampleShape;
use super::error::grouped;

/// One thing that was done to the values, or left out. `Display` says it in one sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// What the reader of the file said.
    Read(String),
    /// Nothing was measured on these data: they are treated as the data of this name were.
    FittedTo(String),
    /// Pictures that are smaller than a patch.
    LeftAside {
        pictures: usize,
        of: usize,
    },
    /// Rec. 601 luma.
    Grey,
    /// Olshausen–Field, f₀ in cycles a pixel.
    Filtered {
        cutoff: f64,
    },
    /// Patches of `shape`.
    Cut {
        patches: usize,
        shape: SampleShape,
        seed: u64,
    },
    /// Bytes divided by this.
    Levels {
        white: u8,
    },
    /// Bytes from 0 to 255.
    Bytes,
    /// Each sample's own.
    MeansRemoved,
    Zca {
        epsilon: f64,
    },
    Clipped,
    Unit {
        low: f64,
        high: f64,
    },
    /// `constant`: how many columns never vary.
    UnitColumns {
        constant: usize,
    },
    Standardised {
        constant: usize,
    },
    /// Pictures, or samples, that are to be tested with.
    HeldOut {
        held: usize,
        of: usize,
        pictures: bool,
        seed: u64,
    },
    /// The source's own test part, of as many pictures or samples.
    OwnTest {
        name: String,
        count: usize,
    },
}

impl Step {
    /// The same step for another number of patches; other steps as they are.
    pub fn with_patches(&self, count: usize) -> Self {
        match self {
            Self::Cut { shape, seed, .. } => Self::Cut {
                patches: count,
                shape: *shape,
                seed: *seed,
            },
            other => other.clone(),
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(sentence) => f.write_str(sentence),
            Self::FittedTo(name) => write!(
                f,
                "Prepared as the training data were ({name}), with their ranges and means."
            ),
            Self::LeftAside { pictures, of } => write!(
                f,
                "{} of {} pictures left out: smaller than a patch.",
                grouped(*pictures as u64),
                grouped(*of as u64)
            ),
            Self::Grey => f.write_str("Colour turned to grey (Rec. 601 luma)."),
            Self::Filtered { cutoff } => write!(
                f,
                "Pictures whitened: R(f) = |f| exp(−(f/{cutoff})⁴), f in cycles a pixel."
            ),
            Self::Cut {
                patches,
                shape,
                seed,
            } => write!(
                f,
                "{} patches of {shape} cut at random places, seed {seed}.",
                grouped(*patches as u64)
            ),
            Self::Levels { white } => write!(f, "Bytes divided by {white}, into [0, 1]."),
            Self::Bytes => f.write_str("Bytes taken as they stand, 0 to 255."),
            Self::MeansRemoved => f.write_str("Each sample's mean removed."),
            Self::Zca { epsilon } => write!(
                f,
                "Each value's mean over the set removed, ZCA whitened with ε = {epsilon} of values in [0, 1]; features and \
                 reconstructions are shown without it."
            ),
            Self::Clipped => f.write_str(
                "Clipped at ±3 standard deviations of the whole set, scaled to [0.1, 0.9].",
            ),
            Self::Unit { low, high } => {
                let short = |value: f64| match value.abs() {
                    1e-3..1e6 => format!("{value:.4}")
                        .trim_end_matches('0')
                        .trim_end_matches('.')
                        .to_owned(),
                    0.0 => "0".to_owned(),
                    _ => format!("{value:.3e}"),
                };
                write!(
                    f,
                    "Scaled linearly from [{}, {}] to [0, 1].",
                    short(*low),
                    short(*high)
                )
            }
            Self::UnitColumns { constant } => write!(
                f,
                "Each column scaled linearly to [0, 1]{}.",
                constants(*constant, "left as they are")
            ),
            Self::HeldOut {
                held,
                of,
                pictures,
                seed,
            } => write!(
                f,
                "{} of {} {} held out to test with, seed {seed}.",
                grouped(*held as u64),
                grouped(*of as u64),
                if *pictures { "pictures" } else { "samples" }
            ),
            Self::OwnTest { name, count } => write!(
                f,
                "Tested with the {} of its own test part ({name}).",
                grouped(*count as u64)
            ),
            Self::Standardised { constant } => write!(
                f,
                "Each column scaled to mean 0 and standard deviation 1{}.",
                constants(*constant, "set to 0")
            ),
        }
    }
}

/// ", 3 constant ones left as they are"
fn constants(count: usize, fate: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!(", 1 constant one {fate}"),
        _ => format!(", {count} constant ones {fate}"),
    }
}
