//! The eigenvalues and eigenvectors of symmetric matrices.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2};

/// Steps of the eigenvalue iteration allowed for each value; it takes two or three.
const PATIENCE: usize = 100;

/// Eigenvalues (n) and, column by column, eigenvectors (n, n) of a symmetric matrix, in no order; `None` where the
/// iteration finds none.
pub fn eigen(matrix: &Array2<f64>) -> Option<(Array1<f64>, Array2<f64>)> {
    let length = matrix.nrows();
    let symmetric = DMatrix::from_fn(length, length, |row, column| matrix[[row, column]]);
    let eigen = SymmetricEigen::try_new(symmetric, f64::EPSILON, PATIENCE * length.max(1))?;
    let values = Array1::from_iter(eigen.eigenvalues.iter().copied());
    let vectors = Array2::from_shape_fn((length, length), |place| eigen.eigenvectors[place]);
    Some((values, vectors))
}
