//! A fitted preparation as it is written: one versioned form, apart from the types that the program works with.
//!
//! As JSON beside named arrays (in a model) or whole as bytes (in a checkpoint). Version 1:
//! | array | shape | where |
//! |---|---|---|
//! | `zca_mean` | (n) | ZCA whitening |
//! | `zca_matrix`, `zca_inverse` | (n, n) | ZCA whitening |
//! | `column_low`, `column_high` | (n) | columns to [0, 1] |
//! | `column_mean`, `column_deviation` | (n) | standardised columns |

use std::sync::Arc;

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{FittedPreparation, FittedScaling, PatchSpec};
use crate::data::{Preparation, SampleShape, Scaling, Step, Whitening, Zca, limits};

const ZCA_MEAN: &str = "zca_mean";
const ZCA_MATRIX: &str = "zca_matrix";
const ZCA_INVERSE: &str = "zca_inverse";
const COLUMN_LOW: &str = "column_low";
const COLUMN_HIGH: &str = "column_high";
const COLUMN_MEAN: &str = "column_mean";
const COLUMN_DEVIATION: &str = "column_deviation";

/// The written form of a [`FittedPreparation`]. Nothing in it is checked before `TryFrom` has seen it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparationRecord {
    /// At most [`Self::VERSION`].
    pub version: u32,
    pub name: String,
    pub choice: Preparation,
    pub shape: SampleShape,
    pub patches: Option<PatchSpec>,
    pub white: Option<u8>,
    pub zca: Option<ZcaRecord>,
    pub scaling: ScalingRecord,
    /// n values, or none.
    #[serde(default)]
    pub fill: Vec<f64>,
    pub columns: Vec<String>,
    pub classes: Vec<String>,
    pub steps: Vec<Step>,
    /// See the table above; empty while they travel apart.
    #[serde(default)]
    pub arrays: Vec<NamedArray>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZcaRecord {
    pub epsilon: f64,
    /// Least and greatest value before whitening.
    pub range: (f64, f64),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScalingRecord {
    None,
    Clip { mean: f64, limit: f64 },
    Unit { low: f64, high: f64 },
    UnitColumns,
    Standardise,
}

/// An array in row-major order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedArray {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Why a record is no preparation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PreparationError {
    #[error(
        "its preparation is of version {version}, and this program knows versions up to {known}: use a newer sae-lab"
    )]
    Newer { version: u32, known: u32 },
    #[error("its preparation lacks the array {name}")]
    Missing { name: &'static str },
    #[error("the array {name} of its preparation has {found} instead of {expected}")]
    Length {
        name: &'static str,
        found: String,
        expected: String,
    },
    #[error("{what} of its preparation is not finite")]
    NotFinite { what: &'static str },
    #[error("its preparation contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl PreparationRecord {
    /// The version that is written.
    pub const VERSION: u32 = 1;

    /// The names of the arrays that this record needs, whether it has them or not.
    pub fn array_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.zca.is_some() {
            names.extend([ZCA_MEAN, ZCA_MATRIX, ZCA_INVERSE]);
        }
        match self.scaling {
            ScalingRecord::UnitColumns => names.extend([COLUMN_LOW, COLUMN_HIGH]),
            ScalingRecord::Standardise => names.extend([COLUMN_MEAN, COLUMN_DEVIATION]),
            ScalingRecord::None | ScalingRecord::Clip { .. } | ScalingRecord::Unit { .. } => {}
        }
        names
    }

    fn take(&mut self, name: &'static str, shape: &[usize]) -> Result<Vec<f64>, PreparationError> {
        let place = self.arrays.iter().position(|array| array.name == name);
        let array = match place {
            Some(place) => self.arrays.swap_remove(place),
            None => return Err(PreparationError::Missing { name }),
        };
        let count = shape.iter().product::<usize>(); // bounded: n was checked
        if array.shape != shape || array.values.len() != count {
            return Err(PreparationError::Length {
                name,
                found: format!("{} values of shape {:?}", array.values.len(), array.shape),
                expected: format!("{count} of shape {shape:?}"),
            });
        }
        if array.values.iter().any(|value| !value.is_finite()) {
            return Err(PreparationError::NotFinite { what: name });
        }
        Ok(array.values)
    }
}

impl From<FittedPreparation> for PreparationRecord {
    fn from(fitted: FittedPreparation) -> Self {
        let mut arrays = Vec::new();
        let mut keep = |name: &str, shape: &[usize], values: Vec<f64>| {
            arrays.push(NamedArray {
                name: name.to_owned(),
                shape: shape.to_vec(),
                values,
            });
        };
        let zca = fitted.zca.map(|zca| {
            let n = zca.mean.len();
            keep(ZCA_MEAN, &[n], zca.mean.to_vec());
            keep(ZCA_MATRIX, &[n, n], zca.matrix.iter().copied().collect());
            keep(ZCA_INVERSE, &[n, n], zca.inverse.iter().copied().collect());
            ZcaRecord {
                epsilon: zca.epsilon,
                range: zca.range,
            }
        });
        let scaling = match fitted.scaling {
            FittedScaling::None => ScalingRecord::None,
            FittedScaling::Clip { mean, limit } => ScalingRecord::Clip { mean, limit },
            FittedScaling::Unit { low, high } => ScalingRecord::Unit { low, high },
            FittedScaling::UnitColumns { low, high } => {
                keep(COLUMN_LOW, &[low.len()], low);
                keep(COLUMN_HIGH, &[high.len()], high);
                ScalingRecord::UnitColumns
            }
            FittedScaling::Standardise { means, deviations } => {
                keep(COLUMN_MEAN, &[means.len()], means);
                keep(COLUMN_DEVIATION, &[deviations.len()], deviations);
                ScalingRecord::Standardise
            }
        };
        Self {
            version: Self::VERSION,
            name: fitted.name,
            choice: fitted.choice,
            shape: fitted.shape,
            patches: fitted.patches,
            white: fitted.white,
            zca,
            scaling,
            fill: fitted.fill,
            columns: fitted.columns,
            classes: fitted.classes,
            steps: fitted.steps,
            arrays,
        }
    }
}

impl TryFrom<PreparationRecord> for FittedPreparation {
    type Error = PreparationError;

    fn try_from(mut record: PreparationRecord) -> Result<Self, PreparationError> {
        let known = PreparationRecord::VERSION;
        if record.version != known {
            let version = record.version;
            return Err(PreparationError::Newer { version, known });
        }
        let n = length(record.shape)?;
        agree(&record, n)?;
        let zca = match record.zca.take() {
            None => None,
            Some(zca) => Some(Arc::new(read_zca(&mut record, zca, n)?)),
        };
        let scaling = read_scaling(&mut record, n)?;
        Ok(Self {
            name: record.name,
            choice: record.choice,
            shape: record.shape,
            patches: record.patches,
            white: record.white,
            zca,
            scaling,
            fill: record.fill,
            columns: record.columns,
            classes: record.classes,
            steps: record.steps,
        })
    }
}

/// n, from a shape that nobody has checked.
fn length(shape: SampleShape) -> Result<usize, PreparationError> {
    let length = match shape {
        SampleShape::Vector { length } => Some(length),
        SampleShape::Image {
            rows,
            columns,
            channels: channels @ (1 | 3),
        } => rows
            .checked_mul(columns)
            .and_then(|pixels| pixels.checked_mul(channels)),
        SampleShape::Image { .. } => None,
    };
    match length {
        Some(length) if (1..=limits::VALUES).contains(&(length as u64)) => Ok(length),
        _ => Err(PreparationError::Contradiction(
            "no sample can have its shape",
        )),
    }
}

/// Holds the choices, and what was measured for them, against one another.
fn agree(record: &PreparationRecord, n: usize) -> Result<(), PreparationError> {
    let hold = |ok: bool, reason| match ok {
        true => Ok(()),
        false => Err(PreparationError::Contradiction(reason)),
    };
    let choice = record.choice;
    let scaling = match record.scaling {
        ScalingRecord::None => matches!(choice.scaling, Scaling::None | Scaling::Levels),
        ScalingRecord::Clip { .. } => choice.scaling == Scaling::Clip,
        ScalingRecord::Unit { .. } => choice.scaling == Scaling::Unit,
        ScalingRecord::UnitColumns => choice.scaling == Scaling::UnitColumns,
        ScalingRecord::Standardise => choice.scaling == Scaling::Standardise,
    };
    hold(scaling, "its scaling is not the one that was chosen")?;
    hold(
        record.white != Some(0)
            && (record.white.is_none()
                || choice.scaling == Scaling::Levels
                || matches!(choice.whitening, Whitening::Zca { .. })),
        "its bytes cannot be divided like that",
    )?;
    let (least, most) = Whitening::EPSILON_RANGE;
    let whitened = match (choice.whitening, &record.zca) {
        (Whitening::Zca { epsilon }, Some(zca)) => {
            epsilon == zca.epsilon && (least..=most).contains(&epsilon) && n <= limits::WHITENED
        }
        (Whitening::Zca { .. }, None) | (_, Some(_)) => false,
        (Whitening::None | Whitening::OlshausenField, None) => true,
    };
    hold(whitened, "its ZCA whitening is not the one that was chosen")?;
    let filter = record.patches.and_then(|patches| patches.filter);
    hold(
        filter.is_some() == (choice.whitening == Whitening::OlshausenField)
            && filter.is_none_or(|filter| filter.cutoff.is_finite() && filter.cutoff > 0.0),
        "its filter is not the one that was chosen",
    )?;
    if let Some(patches) = record.patches {
        let shape = SampleShape::Image {
            rows: patches.side,
            columns: patches.side,
            channels: patches.channels,
        };
        let fits = (limits::IMAGE_SIDE..=limits::PATCH_SIDE).contains(&patches.side)
            && patches.margin <= limits::PATCH_SIDE;
        hold(
            shape == record.shape && fits,
            "its samples and its patches have different shapes",
        )?;
    }
    hold(
        record.columns.is_empty() || record.columns.len() == n,
        "it names another number of columns than it has",
    )?;
    hold(
        record.fill.is_empty() || record.fill.len() == n,
        "it fills another number of columns than it has",
    )?;
    if record.fill.iter().any(|value| !value.is_finite()) {
        let what = "what fills missing values";
        return Err(PreparationError::NotFinite { what });
    }
    hold(record.classes.len() <= 256, "it names too many classes")
}

fn read_zca(
    record: &mut PreparationRecord,
    zca: ZcaRecord,
    n: usize,
) -> Result<Zca, PreparationError> {
    let (low, high) = zca.range;
    if !low.is_finite() || !high.is_finite() {
        return Err(PreparationError::NotFinite {
            what: "the range before ZCA whitening",
        });
    }
    let mut square = |name| {
        let values = record.take(name, &[n, n])?;
        Array2::from_shape_vec((n, n), values)
            .map_err(|_| PreparationError::Contradiction("a matrix is not square"))
    };
    let (matrix, inverse) = (square(ZCA_MATRIX)?, square(ZCA_INVERSE)?);
    Ok(Zca {
        epsilon: zca.epsilon,
        mean: Array1::from_vec(record.take(ZCA_MEAN, &[n])?),
        matrix,
        inverse,
        range: zca.range,
    })
}

fn read_scaling(
    record: &mut PreparationRecord,
    n: usize,
) -> Result<FittedScaling, PreparationError> {
    let finite = |values: [f64; 2], what| match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(PreparationError::NotFinite { what }),
    };
    Ok(match record.scaling {
        ScalingRecord::None => FittedScaling::None,
        ScalingRecord::Clip { mean, limit } => {
            finite([mean, limit], "the limit of clipping")?;
            if limit < 0.0 {
                return Err(PreparationError::Contradiction("it clips below 0"));
            }
            FittedScaling::Clip { mean, limit }
        }
        ScalingRecord::Unit { low, high } => {
            finite([low, high], "the range")?;
            FittedScaling::Unit { low, high }
        }
        ScalingRecord::UnitColumns => FittedScaling::UnitColumns {
            low: record.take(COLUMN_LOW, &[n])?,
            high: record.take(COLUMN_HIGH, &[n])?,
        },
        ScalingRecord::Standardise => {
            let means = record.take(COLUMN_MEAN, &[n])?;
            let deviations = record.take(COLUMN_DEVIATION, &[n])?;
            if deviations.iter().any(|deviation| *deviation < 0.0) {
                return Err(PreparationError::Contradiction(
                    "a standard deviation is below 0",
                ));
            }
            FittedScaling::Standardise { means, deviations }
        }
    })
}
