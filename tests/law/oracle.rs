//! C, D and the singular values of C·D by the plainest means: loops over the samples, and one-sided Jacobi rotations
//! (Hestenes 1958), which are accurate to the last digits of each singular value.

use ndarray::ArrayView2;
use sae_lab::model::OutputActivation;

/// σ, descending, with (u·x̄)² of their left vectors, and ‖x̄‖².
pub struct Oracle {
    pub sigma: Vec<f64>,
    pub leans: Vec<f64>,
    pub mean_square: f64,
}

impl Oracle {
    pub fn of(samples: ArrayView2<'_, f64>, output: OutputActivation) -> Self {
        let (m, n) = samples.dim();
        let mut mean = vec![0.0; n];
        for i in 0..n {
            for k in 0..m {
                mean[i] += samples[[k, i]] / m as f64;
            }
        }
        // column by column: C·D scales the columns of C
        let mut columns = vec![vec![0.0; n]; n];
        let mut centred = vec![0.0; n];
        for k in 0..m {
            for i in 0..n {
                centred[i] = samples[[k, i]] - mean[i];
            }
            for (column, along) in columns.iter_mut().zip(&centred) {
                for (to, value) in column.iter_mut().zip(&centred) {
                    *to += value * along / m as f64;
                }
            }
        }
        for (column, mean) in columns.iter_mut().zip(&mean) {
            let slope = match output {
                OutputActivation::Sigmoid if !(0.0..=1.0).contains(mean) => 0.0,
                OutputActivation::Sigmoid => mean * (1.0 - mean),
                OutputActivation::Tanh if !(-1.0..=1.0).contains(mean) => 0.0,
                OutputActivation::Tanh => 1.0 - mean * mean,
                OutputActivation::Linear => 1.0,
            };
            column.iter_mut().for_each(|value| *value *= slope);
        }
        let turned = rotated(columns);
        let length = |column: &Vec<f64>| column.iter().map(|x| x * x).sum::<f64>().sqrt();
        let along = |column: &Vec<f64>| -> f64 {
            let dot: f64 = column.iter().zip(&mean).map(|(x, mean)| x * mean).sum();
            (dot / length(column)).powi(2)
        };
        Self {
            sigma: turned.iter().map(length).collect(),
            leans: turned.iter().map(along).collect(),
            mean_square: mean.iter().map(|mean| mean * mean).sum(),
        }
    }
}

/// Rotates pairs of columns until all are at right angles: their lengths, descending, are the matrix's singular values,
/// their directions the left singular vectors.
fn rotated(mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..60 {
        let mut turned = false;
        for j in 1..columns.len() {
            for i in 0..j {
                let (left, right) = columns.split_at_mut(j);
                let (a, b) = (&mut left[i], &mut right[0]);
                let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
                if ab.abs() <= 1e-15 * (aa * bb).sqrt() || ab == 0.0 {
                    continue;
                }
                turned = true;
                let zeta = (bb - aa) / (2.0 * ab);
                let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
                let sine = cosine * tangent;
                for (x, y) in a.iter_mut().zip(b.iter_mut()) {
                    (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
                }
            }
        }
        if !turned {
            columns.sort_by(|a, b| dot(b, b).total_cmp(&dot(a, a)));
            return columns;
        }
    }
    panic!("the rotations do not settle");
}
