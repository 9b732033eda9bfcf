//! C, D and the singular values of C·D by the plainest means: loops over the samples, and one-sided Jacobi rotations
//! (Hestenes 1958), which are accurate to the last digits of each singular value.

use ndarray::ArrayView2;
use sae_lab::model::OutputActivation;

/// σ, descending, and ‖x̄‖².
pub struct Oracle {
    pub sigma: Vec<f64>,
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
        Self {
            sigma: singular_values(columns),
            mean_square: mean.iter().map(|mean| mean * mean).sum(),
        }
    }
}

/// Of a matrix given by its columns: rotates pairs of them until all are at right angles; their lengths remain.
pub fn singular_values(mut columns: Vec<Vec<f64>>) -> Vec<f64> {
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
            let mut values: Vec<f64> = columns.iter().map(|c| dot(c, c).sqrt()).collect();
            values.sort_by(|a, b| b.total_cmp(a));
            return values;
        }
    }
    panic!("the rotations do not settle");
}
