//! σ_k: the singular values of C·D, which the data and the output's activation decide alone.

use nalgebra::{DMatrix, DVector, SVD};
use ndarray::{Array1, ArrayView1};

use super::krylov::{self, Products};
use crate::model::OutputActivation;
use crate::numerics::{Real, Rows, moments};

/// To this many inputs [`Spectrum::whole`] computes all σ.
pub const WHOLE: usize = 1_024;
/// How many it computes beyond.
pub const LEADING: usize = 64;
/// To this many inputs all σ take less time than the largest alone would take on larger sets.
const QUICK: usize = 256;
/// Rows between two questions whether to go on.
const BLOCK: usize = 1 << 8;
/// Steps of the decomposition allowed for each value; it takes two or three.
const PATIENCE: usize = 100;

/// What the laws need of a data set for one output activation.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// m
    samples: usize,
    /// n
    inputs: usize,
    /// Descending; all n or the largest of them, at least one.
    sigma: Vec<f64>,
    /// (u_k·x̄)² of each of `sigma`.
    leans: Vec<f64>,
    /// u_k·C u_k of each of `sigma`.
    variances: Vec<f64>,
    /// Each of `sigma` is within this of a singular value of C·D.
    error: f64,
    mean_square: f64,
    out_of_reach: usize,
}

/// Whether to go on; asked now and then.
type GoOn<'a> = &'a dyn Fn() -> bool;

/// Which σ are computed.
enum Extent {
    All,
    Largest(usize),
}

impl Spectrum {
    /// σ_max, and the others where they take no longer: for a window. `samples` are (m, n), m, n ≥ 1. `None` where
    /// `go_on` said no, or where the values are so large that their covariance is not finite.
    ///
    /// To 256 inputs it takes milliseconds; beyond, some tens of passes over the samples.
    pub fn quick<'a, T: Real>(
        samples: impl Into<Rows<'a, T>>,
        output: OutputActivation,
        go_on: GoOn<'_>,
    ) -> Option<Self> {
        let samples = samples.into();
        let extent = match samples.ncols() {
            ..=QUICK => Extent::All,
            _ => Extent::Largest(1),
        };
        Self::measure(samples, output, extent, go_on)
    }

    /// All σ to [`WHOLE`] inputs, else the largest [`LEADING`]. `None` as in [`Self::quick`].
    pub fn whole<'a, T: Real>(
        samples: impl Into<Rows<'a, T>>,
        output: OutputActivation,
    ) -> Option<Self> {
        let samples = samples.into();
        let extent = match samples.ncols() {
            ..=WHOLE => Extent::All,
            _ => Extent::Largest(LEADING),
        };
        Self::measure(samples, output, extent, &|| true)
    }

    fn measure<T: Real>(
        samples: Rows<'_, T>,
        output: OutputActivation,
        extent: Extent,
        go_on: GoOn<'_>,
    ) -> Option<Self> {
        let mean = moments::mean(samples);
        let mut out_of_reach = 0;
        let slopes = mean.mapv(|mean| match output.reach() {
            // the output at collapse is x̄; where it can only tend to its end, g′ tends to 0
            Some((low, high)) if mean < low || mean > high => {
                out_of_reach += 1;
                0.0
            }
            _ => output.slope_at(mean),
        });
        let (sigma, left, variances, error) = match extent {
            Extent::All => {
                let (sigma, left, variances) = all(samples, &mean, &slopes, go_on)?;
                (sigma, left, variances, 0.0)
            }
            Extent::Largest(most) => {
                let matrix = Implicit {
                    samples,
                    mean: &mean,
                    slopes: &slopes,
                    go_on,
                };
                let found = krylov::leading(&matrix, most)?;
                let variances = matrix.variances(&found.left)?;
                (found.values, found.left, variances, found.error)
            }
        };
        let lean = |u: &DVector<f64>| u.iter().zip(&mean).map(|(u, mean)| u * mean).sum::<f64>();
        let leans = left.iter().map(|u| lean(u).powi(2)).collect();
        let mean_square = mean.iter().map(|mean| mean * mean).sum::<f64>();
        let finite = mean_square.is_finite() && sigma.iter().all(|sigma| sigma.is_finite());
        finite.then_some(Self {
            samples: samples.nrows(),
            inputs: samples.ncols(),
            sigma,
            leans,
            variances,
            error,
            mean_square,
            out_of_reach,
        })
    }

    /// m
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// n
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// σ_k, descending: all n ([`Self::is_whole`]) or the largest of them.
    pub fn sigma(&self) -> &[f64] {
        &self.sigma
    }

    /// (u_k·x̄)² of each of [`Self::sigma`], u_k its left singular vector: how far the direction in which encoder weights
    /// grow leans towards the mean input.
    pub fn leans(&self) -> &[f64] {
        &self.leans
    }

    /// u_k·C u_k of each of [`Self::sigma`]: the variance of the samples along that direction.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    pub fn is_whole(&self) -> bool {
        self.sigma.len() == self.inputs
    }

    /// Each of [`Self::sigma`] is within this of a singular value of C·D; 0 where that is rounding alone.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// σ_max ≥ 0; 0 where the data never vary, or their means are all out of the output's reach.
    pub fn largest(&self) -> f64 {
        self.sigma.first().copied().unwrap_or(0.0)
    }

    /// ‖x̄‖²
    pub fn mean_square(&self) -> f64 {
        self.mean_square
    }

    /// How many of the n means the output cannot reach: to these values it does not answer at collapse (g′ = 0).
    pub fn out_of_reach(&self) -> usize {
        self.out_of_reach
    }

    /// How many directions have σ_k > `threshold`; `None` where not all of them are known.
    pub fn above(&self, threshold: f64) -> Option<usize> {
        let count = self.sigma.partition_point(|sigma| *sigma > threshold);
        (count < self.sigma.len() || self.is_whole()).then_some(count)
    }
}

/// Singular values, their left vectors, and the variances along these.
type Directions = (Vec<f64>, Vec<DVector<f64>>, Vec<f64>);

/// All singular values of C·D.
fn all<T: Real>(
    samples: Rows<'_, T>,
    mean: &Array1<f64>,
    slopes: &Array1<f64>,
    go_on: GoOn<'_>,
) -> Option<Directions> {
    let mut word = || if go_on() { Ok(()) } else { Err(()) };
    let covariance = moments::covariance(samples, mean, &mut word).ok()?;
    let length = mean.len();
    let matrix = DMatrix::from_fn(length, length, |row, column| {
        covariance[[row, column]] * slopes[column]
    });
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let svd = SVD::try_new(matrix, true, false, f64::EPSILON, PATIENCE * length)?;
    let left = svd.u?;
    let through = DMatrix::from_fn(length, length, |row, column| covariance[[row, column]]) * &left;
    let columns = || left.column_iter();
    let variances = columns().zip(through.column_iter());
    Some((
        svd.singular_values.iter().copied().collect(),
        columns().map(|column| column.into_owned()).collect(),
        variances.map(|(u, through)| u.dot(&through)).collect(),
    ))
}

/// C·D by passes over the samples: C itself may be larger than they are.
struct Implicit<'s, 'a, T> {
    samples: Rows<'s, T>,
    mean: &'a Array1<f64>,
    slopes: &'a Array1<f64>,
    go_on: GoOn<'a>,
}

impl<T: Real> Implicit<'_, '_, T> {
    /// Calls `each` with every sample (n); `None` where it is not to go on.
    fn each(&self, mut each: impl FnMut(ArrayView1<'_, T>)) -> Option<()> {
        let word = self.samples.try_blocks(BLOCK, |block| {
            if !(self.go_on)() {
                return Err(());
            }
            block.rows().into_iter().for_each(&mut each);
            Ok(())
        });
        word.ok()
    }

    /// C v = 1/m Σ (x − x̄) ((x − x̄)·v), in one pass.
    fn covariance(&self, v: &DVector<f64>) -> Option<DVector<f64>> {
        let mut product = DVector::zeros(v.len());
        let mut centred = DVector::zeros(v.len());
        self.each(|row| {
            for ((to, value), mean) in centred.iter_mut().zip(row).zip(self.mean) {
                *to = value.f64() - mean;
            }
            product.axpy(centred.dot(v), &centred, 1.0);
        })?;
        Some(product / self.samples.nrows().max(1) as f64)
    }

    /// u·C u of each u, in one pass.
    fn variances(&self, directions: &[DVector<f64>]) -> Option<Vec<f64>> {
        let mut sums = vec![0.0; directions.len()];
        let mut centred = DVector::zeros(self.mean.len());
        self.each(|row| {
            for ((to, value), mean) in centred.iter_mut().zip(row).zip(self.mean) {
                *to = value.f64() - mean;
            }
            for (sum, u) in sums.iter_mut().zip(directions) {
                *sum += centred.dot(u).powi(2);
            }
        })?;
        let count = self.samples.nrows().max(1) as f64;
        Some(sums.into_iter().map(|sum| sum / count).collect())
    }

    fn scaled(&self, v: &DVector<f64>) -> DVector<f64> {
        DVector::from_fn(v.len(), |index, _| v[index] * self.slopes[index])
    }
}

impl<T: Real> Products for Implicit<'_, '_, T> {
    fn size(&self) -> usize {
        self.mean.len()
    }

    fn forward(&self, v: &DVector<f64>) -> Option<DVector<f64>> {
        self.covariance(&self.scaled(v))
    }

    fn backward(&self, u: &DVector<f64>) -> Option<DVector<f64>> {
        Some(self.scaled(&self.covariance(u)?))
    }
}
