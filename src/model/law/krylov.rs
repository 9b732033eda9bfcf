//! The largest singular values of a matrix that is known by its products alone: Golub–Kahan–Lanczos bidiagonalisation
//! with full reorthogonalisation (Golub & Van Loan, Matrix Computations, 4th ed., §10.4).

use nalgebra::{DMatrix, DVector, SVD};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A residual below this fraction of the largest value is taken for none.
const SETTLED: f64 = 1e-10;
/// A new direction shorter than this fraction of the largest product is rounding alone.
const NOTHING: f64 = 1e-14;
/// Most steps: each keeps two vectors.
const MOST_STEPS: usize = 1 << 10;
/// Steps of the small decomposition allowed for each value.
const PATIENCE: usize = 100;

/// A square matrix A (n, n) as its products; each is `None` where the work is to stop.
pub(super) trait Products {
    fn size(&self) -> usize;
    /// A v
    fn forward(&self, v: &DVector<f64>) -> Option<DVector<f64>>;
    /// Aᵀ u
    fn backward(&self, u: &DVector<f64>) -> Option<DVector<f64>>;
}

/// Singular values, descending, each within `error` of one of the matrix.
pub(super) struct Leading {
    pub(super) values: Vec<f64>,
    /// Their left singular vectors.
    pub(super) left: Vec<DVector<f64>>,
    pub(super) error: f64,
}

/// The `most` largest singular values; `None` where a product is, or where values are not finite.
pub(super) fn leading(matrix: &impl Products, most: usize) -> Option<Leading> {
    let size = matrix.size();
    let most = most.min(size);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let (mut right, mut left) = (Vec::new(), Vec::new());
    let (mut diagonal, mut above) = (Vec::new(), Vec::new());
    let mut greatest: f64 = 0.0;
    let mut next = direction(&mut random, size, &right)?;
    let mut coupling = 0.0;
    let mut look_at = most + 8;
    loop {
        let mut image = matrix.forward(&next)?;
        if let Some(last) = left.last() {
            image.axpy(-coupling, last, 1.0);
        }
        right.push(next);
        orthogonalise(&mut image, &left);
        let length = image.norm();
        if !length.is_finite() {
            return None;
        }
        greatest = greatest.max(length).max(coupling);
        if length > NOTHING * greatest {
            diagonal.push(length);
            left.push(image / length);
        } else {
            // all that is left of A is 0, or else this direction is: any other image is as good
            diagonal.push(0.0);
            left.push(direction(&mut random, size, &left)?);
        }
        let steps = diagonal.len();
        let mut ahead = matrix.backward(&left[steps - 1])?;
        ahead.axpy(-diagonal[steps - 1], &right[steps - 1], 1.0);
        orthogonalise(&mut ahead, &right);
        coupling = ahead.norm();
        if !coupling.is_finite() {
            return None;
        }
        let (all, last) = (steps == size, steps == MOST_STEPS.min(size));
        if steps >= look_at || last {
            look_at = steps + 4 + steps / 8;
            let residual = if all { 0.0 } else { coupling };
            let found = ritz(&diagonal, &above, residual, most, &left)?;
            let enough = found.values.len() == most
                && found.error <= SETTLED * found.values.first().copied().unwrap_or(0.0);
            if enough || last {
                return Some(found);
            }
        }
        if coupling > NOTHING * greatest {
            next = ahead / coupling;
        } else {
            // A maps what was found to itself: begin again beside it
            coupling = 0.0;
            next = direction(&mut random, size, &right)?;
        }
        above.push(coupling);
    }
}

/// The `most` largest singular values of the bidiagonal matrix, and the largest of their residuals: `coupling` times
/// the last component of each left vector.
fn ritz(
    diagonal: &[f64],
    above: &[f64],
    coupling: f64,
    most: usize,
    basis: &[DVector<f64>],
) -> Option<Leading> {
    let size = diagonal.len();
    let mut matrix = DMatrix::<f64>::zeros(size, size);
    for (index, value) in diagonal.iter().enumerate() {
        matrix[(index, index)] = *value;
    }
    for (index, value) in above.iter().enumerate() {
        matrix[(index, index + 1)] = *value;
    }
    let svd = SVD::try_new(matrix, true, false, f64::EPSILON, PATIENCE * size)?;
    let vectors = svd.u?;
    let count = most.min(size);
    let error = (0..count)
        .map(|index| (coupling * vectors[(size - 1, index)]).abs())
        .fold(0.0, f64::max);
    let values = svd.singular_values.iter().copied().take(count).collect();
    let vector = |index: usize| {
        let mut vector = DVector::zeros(basis.first().map_or(0, DVector::len));
        for (part, along) in basis.iter().zip(vectors.column(index).iter()) {
            vector.axpy(*along, part, 1.0);
        }
        vector
    };
    Some(Leading {
        values,
        left: (0..count).map(vector).collect(),
        error,
    })
}

/// Takes what lies along `others` out of `vector`, twice: once leaves rounding behind.
fn orthogonalise(vector: &mut DVector<f64>, others: &[DVector<f64>]) {
    for _ in 0..2 {
        for other in others {
            let along = other.dot(vector);
            vector.axpy(-along, other, 1.0);
        }
    }
}

/// A random unit vector at right angles to `others`; `None` where they leave no room.
fn direction(
    random: &mut ChaCha8Rng,
    size: usize,
    others: &[DVector<f64>],
) -> Option<DVector<f64>> {
    let mut vector = DVector::from_fn(size, |_, _| random.random::<f64>() - 0.5);
    orthogonalise(&mut vector, others);
    let length = vector.norm();
    (length > 0.0 && length.is_finite()).then(|| vector / length)
}
