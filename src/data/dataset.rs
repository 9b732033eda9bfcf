//! The matrix that a run trains on, and what was done to get it.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::{ArcArray2, Array2, ArrayView2, CowArray, Ix2};
use serde::{Deserialize, Serialize};

use super::fitted::class_title;
use super::{DataSpec, FittedPreparation, Preparation, Step, TestPart, Zca};
use crate::numerics::{Levels, Real, Rows};

/// How one sample is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleShape {
    /// A picture, row by row, a pixel's channels side by side: 1 grey, 3 red, green and blue.
    Image {
        rows: usize,
        columns: usize,
        channels: usize,
    },
    /// A plain vector.
    Vector { length: usize },
}

impl SampleShape {
    /// A grey picture.
    pub const fn grey(rows: usize, columns: usize) -> Self {
        Self::Image {
            rows,
            columns,
            channels: 1,
        }
    }

    /// n, the number of values a sample has.
    pub fn len(self) -> usize {
        match self {
            Self::Image {
                rows,
                columns,
                channels,
            } => rows * columns * channels,
            Self::Vector { length } => length,
        }
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// (rows, columns) in pixels to draw a sample or feature with; a vector is one row.
    pub fn picture(self) -> (usize, usize) {
        match self {
            Self::Image { rows, columns, .. } => (rows, columns),
            Self::Vector { length } => (1, length),
        }
    }

    /// Values a pixel: 1, or 3 in colour.
    pub fn channels(self) -> usize {
        match self {
            Self::Image { channels, .. } => channels,
            Self::Vector { .. } => 1,
        }
    }

    pub fn is_vector(self) -> bool {
        matches!(self, Self::Vector { .. })
    }
}

impl std::fmt::Display for SampleShape {
    /// "28×28", "8×8×3", "64 values"
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Image {
                rows,
                columns,
                channels: 1,
            } => write!(f, "{rows}×{columns}"),
            Self::Image {
                rows,
                columns,
                channels,
            } => write!(f, "{rows}×{columns}×{channels}"),
            Self::Vector { length } => write!(f, "{length} values"),
        }
    }
}

/// The matrix (m, n) in the precision that it came in.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    F32(Array2<f32>),
    F64(Array2<f64>),
    /// In f32, as they are stored: a large set of pictures.
    Levels(StoredLevels),
}

/// Samples (m, n) of 8 bits a value, x = byte/white as f32 rounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLevels {
    /// In standard layout.
    bytes: ArcArray2<u8>,
    white: u8,
}

/// From so many values on, bytes that are only divided stay bytes: 32 MiB as numbers.
pub(super) const STAY_BYTES: usize = 1 << 23;

impl StoredLevels {
    /// `bytes` (m, n) over `white`; `None` where it is 0, or where the bytes are not row by row.
    pub fn new(bytes: ArcArray2<u8>, white: u8) -> Option<Self> {
        Levels::new(bytes.view(), white)?;
        Some(Self { bytes, white })
    }

    /// (m, n)
    pub fn bytes(&self) -> ArrayView2<'_, u8> {
        self.bytes.view()
    }

    /// For a pass over them.
    pub fn levels(&self) -> Levels<'_> {
        #[expect(clippy::expect_used, reason = "`new` saw to it")]
        Levels::new(self.bytes.view(), self.white).expect("row by row, over a white that is not 0")
    }
}

/// `$then`, where `$rows` are `$samples` as [`Rows`] of the precision that they came in.
macro_rules! with_rows {
    ($samples:expr, $rows:ident => $then:expr) => {
        match $samples {
            $crate::data::Samples::F32(array) => {
                let $rows = $crate::numerics::Rows::from(array.view());
                $then
            }
            $crate::data::Samples::F64(array) => {
                let $rows = $crate::numerics::Rows::from(array.view());
                $then
            }
            $crate::data::Samples::Levels(stored) => {
                let $rows = $crate::numerics::Rows::<f32>::from(stored.levels());
                $then
            }
        }
    };
}
pub(crate) use with_rows;

impl Samples {
    /// (m, n)
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Self::F32(array) => array.dim(),
            Self::F64(array) => array.dim(),
            Self::Levels(stored) => stored.levels().dim(),
        }
    }

    /// The samples for a pass in `T`, if they need no conversion beforehand.
    pub fn rows<T: Real>(&self) -> Option<Rows<'_, T>> {
        let array: &dyn std::any::Any = match self {
            Self::F32(array) => array,
            Self::F64(array) => array,
            Self::Levels(stored) => return Some(stored.levels().into()),
        };
        let array = array.downcast_ref::<Array2<T>>()?;
        Some(array.view().into())
    }

    /// Calls `pass` with the samples in `T`: as they are stored where they need no conversion beforehand.
    pub fn in_pass<T: Real, R>(&self, pass: impl FnOnce(Rows<'_, T>) -> R) -> R {
        match self.rows::<T>() {
            Some(rows) => pass(rows),
            None => pass(self.to::<T>().view().into()),
        }
    }

    /// Least and greatest value.
    fn range(&self) -> (f64, f64) {
        fn of<T: Copy>(values: impl Iterator<Item = T>, value: impl Fn(T) -> f64) -> (f64, f64) {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(value(x)), high.max(value(x)))
            })
        }
        match self {
            Self::F32(array) => of(array.iter().copied(), f64::from),
            Self::F64(array) => of(array.iter().copied(), |value| value),
            Self::Levels(stored) => {
                let [mut low, mut high] = [u8::MAX, u8::MIN];
                for byte in stored.bytes() {
                    (low, high) = (low.min(*byte), high.max(*byte));
                }
                let value = |byte: u8| f64::from(f32::from(byte) / f32::from(stored.white));
                (value(low), value(high))
            }
        }
    }

    /// The samples at `places` (k, n) as `T`.
    ///
    /// # Panics
    /// Where there is none at one of them.
    pub fn select<T: Real>(&self, places: &[usize]) -> Array2<T> {
        with_rows!(self, rows => rows.select(places).mapv(|value| T::of(value.f64())))
    }

    /// The matrix as `T`: borrowed where it is that already, else converted.
    pub fn to<T: Real>(&self) -> Cow<'_, Array2<T>> {
        fn convert<S: Real, T: Real>(array: &Array2<S>) -> Cow<'_, Array2<T>> {
            match (array as &dyn std::any::Any).downcast_ref::<Array2<T>>() {
                Some(same) => Cow::Borrowed(same),
                None => Cow::Owned(array.mapv(|value| T::of(value.f64()))),
            }
        }
        match self {
            Self::F32(array) => convert(array),
            Self::F64(array) => convert(array),
            Self::Levels(stored) => Cow::Owned(Rows::from(stored.levels()).values().into_owned()),
        }
    }
}

/// A data set ready to train on. Immutable; shared as `Arc<DataSet>`.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// For people: "photos, whitened".
    pub name: String,
    /// How to get it again.
    pub spec: DataSpec,
    pub samples: Samples,
    pub shape: SampleShape,
    /// What was done to the raw data, in order; empty if nothing was.
    pub preparation: Vec<Step>,
    /// What was learned from them, or from the data that they are treated like.
    pub fitted: Arc<FittedPreparation>,
    /// A class for each sample, where the set has them.
    pub labels: Option<Vec<u8>>,
    /// The name of each class, by its number, where labels are words: those of `fitted`, then those that only these data
    /// have; else empty.
    pub classes: Vec<String>,
    /// What each sample is called, where the source names them: the word of a vector, the model of a car.
    pub names: Option<Arc<[String]>>,
    /// 1/(2m) Σ‖x − x̄‖²: the reconstruction loss of always answering the mean. FVU is measured against it.
    pub variance: f64,
    /// Least and greatest value.
    pub range: (f64, f64),
    /// What was held out of it.
    pub test: Option<Arc<TestPart>>,
}

impl DataSet {
    /// Data as they stand: measures `samples` (m ≥ 1, n ≥ 1, all finite: the readers see to that).
    pub fn new(
        name: impl Into<String>,
        spec: DataSpec,
        samples: Samples,
        shape: SampleShape,
    ) -> Self {
        let name = name.into();
        let fitted = Arc::new(FittedPreparation::identity(name.clone(), shape));
        Self::prepared_by(name, spec, samples, fitted)
    }

    /// Measures `samples` that `fitted` has brought to its shape.
    pub(super) fn prepared_by(
        name: String,
        spec: DataSpec,
        samples: Samples,
        fitted: Arc<FittedPreparation>,
    ) -> Self {
        let range = samples.range();
        let variance = with_rows!(&samples, rows => variance(rows));
        Self {
            name,
            spec,
            samples,
            classes: fitted.classes.clone(),
            shape: fitted.shape,
            preparation: Vec::new(),
            fitted,
            labels: None,
            names: None,
            variance,
            range,
            test: None,
        }
    }

    /// m, the number of samples.
    pub fn len(&self) -> usize {
        self.samples.dim().0
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// n, the number of values in a sample.
    pub fn inputs(&self) -> usize {
        self.samples.dim().1
    }

    /// The choices behind the preparation, with what `None` in the spec came to.
    pub fn prepared(&self) -> Preparation {
        self.fitted.choice
    }

    /// How the samples were whitened, where they were by ZCA: to show features and reconstructions as they look.
    pub fn zca(&self) -> Option<&Arc<Zca>> {
        self.fitted.zca.as_ref()
    }

    /// The class of a sample, where the set has classes.
    pub fn class_of(&self, sample: usize) -> Option<u8> {
        self.labels.as_ref()?.get(sample).copied()
    }

    /// What is known of a sample beside its values, to stand behind its number: ", king" or ", class 3".
    pub fn beside(&self, sample: usize) -> String {
        let name = self.names.as_ref().and_then(|names| names.get(sample));
        let class = self.class_of(sample).map(|class| self.class_title(class));
        let all = name.cloned().into_iter().chain(class);
        all.map(|words| format!(", {words}")).collect()
    }

    /// What a class is called: "red", or "class 3" where labels are numbers.
    pub fn class_title(&self, class: u8) -> String {
        class_title(&self.classes, class)
    }

    /// The class of each sample as a table has it: its name, or its number where labels are numbers.
    pub fn class_titles(&self) -> Option<Vec<String>> {
        let title = |class: &u8| match self.classes.get(usize::from(*class)) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => class.to_string(),
        };
        Some(self.labels.as_ref()?.iter().map(title).collect())
    }

    /// `preparation` for people, a sentence a step.
    pub fn sentences(&self) -> Vec<String> {
        self.preparation.iter().map(Step::to_string).collect()
    }

    /// The pictures of encoder weights (h, n): as they are, or seen through the whitening, W·ZCA, which is what each
    /// unit looks for in values that were not whitened.
    pub fn features<'a, T: Real>(&self, weights: ArrayView2<'a, T>) -> CowArray<'a, T, Ix2> {
        match self.zca() {
            Some(zca) => zca.features(weights).into(),
            None => weights.into(),
        }
    }

    /// Samples or reconstructions (k, n) as they looked before ZCA whitening, where there was any.
    pub fn pictures<'a, T: Real>(&self, samples: ArrayView2<'a, T>) -> CowArray<'a, T, Ix2> {
        match self.zca() {
            Some(zca) => zca.undo(samples).into(),
            None => samples.into(),
        }
    }

    /// Least and greatest value of `pictures`: what black and white mean.
    pub fn picture_range(&self) -> (f64, f64) {
        self.zca().map_or(self.range, |zca| zca.range)
    }
}

/// 1/(2m) Σ‖x − x̄‖² of (m, n), in f64.
pub fn variance<'a, T: Real>(samples: impl Into<Rows<'a, T>>) -> f64 {
    let samples = samples.into();
    half_mean_square(samples, &column_means(samples))
}

/// x̄ (n) of (m, n), in f64.
pub(super) fn column_means<T: Real>(samples: Rows<'_, T>) -> Vec<f64> {
    let mut mean = vec![0.0; samples.ncols()];
    samples.each(|row| {
        for (sum, value) in mean.iter_mut().zip(row) {
            *sum += value.f64();
        }
    });
    let count = samples.nrows() as f64;
    mean.iter_mut().for_each(|sum| *sum /= count);
    mean
}

/// 1/(2m) Σ‖x − `mean`‖² of (m, n), in f64.
pub(super) fn half_mean_square<T: Real>(samples: Rows<'_, T>, mean: &[f64]) -> f64 {
    let mut squares = 0.0;
    samples.each(|row| {
        squares += row
            .iter()
            .zip(mean)
            .map(|(value, mean)| (value.f64() - mean).powi(2))
            .sum::<f64>();
    });
    squares / (2.0 * samples.nrows() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn variance_is_the_loss_of_answering_the_mean() {
        let samples = array![[0.0, 1.0], [2.0, 1.0], [4.0, 4.0]];
        let spec = DataSpec::default();
        let set = DataSet::new(
            "x",
            spec,
            Samples::F64(samples),
            SampleShape::Vector { length: 2 },
        );
        assert!((set.variance - (8.0 + 6.0) / 6.0).abs() < 1e-15);
        assert_eq!(set.range, (0.0, 4.0));
        assert_eq!(set.samples.to::<f32>()[[2, 1]], 4.0f32);
        assert!(matches!(set.samples.to::<f64>(), Cow::Borrowed(_)));
    }
}
