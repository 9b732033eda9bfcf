//! Cholesky's factorisation of symmetric, positive definite matrices, in blocks, so that nearly all of it is matrix
//! products.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

/// Rows and columns that are factored at a time.
const BLOCK: usize = 64;

/// L (n, n), lower triangular, with L·Lᵀ = A.
#[derive(Clone, Debug)]
pub struct Cholesky {
    lower: Array2<f64>,
}

impl Cholesky {
    /// Factors `matrix` (n, n), of which the lower triangle is read; `None` where it is not positive definite as far as
    /// rounding lets one tell.
    pub fn of(mut matrix: Array2<f64>) -> Option<Self> {
        let length = matrix.nrows();
        for start in (0..length).step_by(BLOCK) {
            let end = (start + BLOCK).min(length);
            factor(matrix.slice_mut(s![start..end, start..end]))?;
            let (above, mut below) = matrix.view_mut().split_at(ndarray::Axis(0), end);
            let corner = above.slice(s![start.., start..end]);
            // below ← below · corner⁻ᵀ, then what is left of it
            solve_rows(corner, below.slice_mut(s![.., start..end]));
            let (panel, mut rest) = below.split_at(ndarray::Axis(1), end);
            let panel = panel.slice(s![.., start..]).to_owned();
            for first in (0..panel.nrows()).step_by(BLOCK) {
                let last = (first + BLOCK).min(panel.nrows());
                let update = panel
                    .slice(s![first..last, ..])
                    .dot(&panel.slice(s![..last, ..]).t());
                let mut part = rest.slice_mut(s![first..last, ..last]);
                part -= &update;
            }
        }
        Some(Self { lower: matrix })
    }

    /// X (n, k) with A·X = `right` (n, k).
    pub fn solve(&self, mut right: Array2<f64>) -> Array2<f64> {
        let length = self.lower.nrows();
        let starts: Vec<usize> = (0..length).step_by(BLOCK).collect();
        // L·Y = right
        for &start in &starts {
            let end = (start + BLOCK).min(length);
            let (before, mut rest) = right.view_mut().split_at(ndarray::Axis(0), start);
            let mut block = rest.slice_mut(s![..end - start, ..]);
            block -= &self.lower.slice(s![start..end, ..start]).dot(&before);
            for row in 0..block.nrows() {
                let (solved, mut rest) = block.view_mut().split_at(ndarray::Axis(0), row);
                let mut own = rest.row_mut(0);
                let line = self.lower.slice(s![start + row, start..start + row]);
                own -= &line.dot(&solved);
                own /= self.lower[[start + row, start + row]];
            }
        }
        // Lᵀ·X = Y
        for &start in starts.iter().rev() {
            let end = (start + BLOCK).min(length);
            let (mut before, after) = right.view_mut().split_at(ndarray::Axis(0), end);
            let mut block = before.slice_mut(s![start.., ..]);
            block -= &self.lower.slice(s![end.., start..end]).t().dot(&after);
            for row in (0..block.nrows()).rev() {
                let (mut rest, solved) = block.view_mut().split_at(ndarray::Axis(0), row + 1);
                let mut own = rest.row_mut(row);
                let line = self.lower.slice(s![start + row + 1..end, start + row]);
                own -= &line.dot(&solved);
                own /= self.lower[[start + row, start + row]];
            }
        }
        right
    }
}

/// The factor of a small matrix in its own place; `None`: it is not positive definite.
fn factor(mut matrix: ArrayViewMut2<'_, f64>) -> Option<()> {
    for column in 0..matrix.nrows() {
        let known = matrix.slice(s![column, ..column]);
        let pivot = matrix[[column, column]] - known.dot(&known);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        let root = pivot.sqrt();
        matrix[[column, column]] = root;
        for row in column + 1..matrix.nrows() {
            let dot = matrix
                .slice(s![row, ..column])
                .dot(&matrix.slice(s![column, ..column]));
            matrix[[row, column]] = (matrix[[row, column]] - dot) / root;
        }
    }
    Some(())
}

/// `rows` ← rows · L⁻ᵀ, L the lower triangle of `corner`.
fn solve_rows(corner: ArrayView2<'_, f64>, mut rows: ArrayViewMut2<'_, f64>) {
    for mut row in rows.rows_mut() {
        for column in 0..corner.nrows() {
            let dot = corner
                .slice(s![column, ..column])
                .dot(&row.slice(s![..column]));
            row[column] = (row[column] - dot) / corner[[column, column]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_solves_is_solved() {
        for length in [1, 2, 63, 64, 65, 200] {
            let wave = |row: usize, column: usize| ((row * 7 + column * 13) % 29) as f64 / 29.0;
            let half = Array2::from_shape_fn((length, length), |(row, column)| wave(row, column));
            let matrix = half.dot(&half.t()) + Array2::<f64>::eye(length);
            let right = Array2::from_shape_fn((length, 3), |(row, column)| wave(column, row));
            let solution = Cholesky::of(matrix.clone()).unwrap().solve(right.clone());
            let off = (matrix.dot(&solution) - &right)
                .iter()
                .fold(0.0, |most: f64, value| most.max(value.abs()));
            assert!(off < 1e-10, "{length}: {off}");
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        let mut matrix = Array2::<f64>::eye(100);
        matrix[[80, 80]] = -1.0;
        assert!(Cholesky::of(matrix).is_none());
        assert!(Cholesky::of(Array2::from_elem((2, 2), f64::NAN)).is_none());
        assert!(Cholesky::of(Array2::zeros((3, 3))).is_none());
    }
}
