//! Does ∇J agree with differences of J? The check that catches the misplaced bracket.

use ndarray::ArrayView2;

use super::{Architecture, Cost, Engine, Objective, Parameters};

/// The blocks of the flat parameter vector, in its order.
pub const BLOCKS: [&str; 4] = ["W1", "b1", "W2", "b2"];

/// Above this relative error a gradient is wrong; the exact one stays below 1e-8.
pub const WRONG: f64 = 1e-4;

/// How one block's gradient compares with differences of the cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockCheck {
    /// "W1", "b1", "W2" or "b2"
    pub name: &'static str,
    /// Coordinates compared, of `total`.
    pub checked: usize,
    pub total: usize,
    /// ‖numeric − analytic‖ / (‖numeric‖ + ‖analytic‖) over the coordinates compared; 0 where both vanish.
    pub relative_error: f64,
}

/// The outcome of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientCheck {
    /// W1, b1, W2, b2
    pub blocks: [BlockCheck; 4],
    /// Over all coordinates compared.
    pub relative_error: f64,
}

impl GradientCheck {
    /// Whether the gradient is that of the cost.
    pub fn passes(&self) -> bool {
        self.relative_error < WRONG
    }
}

/// Compares the engine's gradient at `parameters` with differences of its cost over `samples` (m, n), in f64.
///
/// At most about `limit` coordinates (at least one a block), spread evenly over each block: five evaluations of J for
/// each, so bound it, and the samples, where the model is big.
pub fn gradient_check(
    architecture: Architecture,
    parameters: &Parameters<f64>,
    samples: ArrayView2<'_, f64>,
    objective: &Objective,
    limit: usize,
) -> GradientCheck {
    let mut engine = Engine::new(architecture, 1);
    let mut gradient = Parameters::zeros(parameters.inputs(), parameters.hidden());
    engine.cost_and_gradient(parameters, samples, objective, &mut gradient);
    compare(parameters, &gradient, limit, |moved| {
        engine.cost(moved, samples, objective)
    })
}

/// The check itself, of any `gradient` against any `cost`.
pub fn compare(
    parameters: &Parameters<f64>,
    gradient: &Parameters<f64>,
    limit: usize,
    mut cost: impl FnMut(&Parameters<f64>) -> Cost,
) -> GradientCheck {
    let ranges = [
        parameters.encoder_range(),
        parameters.encoder_bias_range(),
        parameters.decoder_range(),
        parameters.decoder_bias_range(),
    ];
    let all = parameters.flat().len();
    let mut moved = parameters.clone();
    let mut sums = [Sums::default(); 4];
    for (range, sums) in ranges.iter().zip(&mut sums) {
        let share = (limit as f64 * range.len() as f64 / all as f64).ceil() as usize;
        let count = share.clamp(1, range.len());
        for index in (0..count).map(|k| range.start + k * range.len() / count) {
            let numeric = derivative(parameters.flat()[index], |value| {
                moved.flat_mut()[index] = value;
                let cost = cost(&moved);
                [
                    cost.reconstruction_loss,
                    cost.decay_penalty,
                    cost.sparsity_penalty,
                ]
            });
            moved.flat_mut()[index] = parameters.flat()[index];
            sums.add(numeric, gradient.flat()[index]);
        }
    }
    let blocks = std::array::from_fn(|block| BlockCheck {
        name: BLOCKS[block],
        checked: sums[block].count,
        total: ranges[block].len(),
        relative_error: sums[block].relative_error(),
    });
    let total = sums
        .iter()
        .fold(Sums::default(), |total, block| total.plus(block));
    GradientCheck {
        blocks,
        relative_error: total.relative_error(),
    }
}

/// dJ/dx by five-point differences: error O(e⁴) from the formula, O(ε J/e) from rounding. The terms are differenced
/// apart, so that a large one's rounding doesn't drown a small one's slope more than it must.
fn derivative(x: f64, mut terms: impl FnMut(f64) -> [f64; 3]) -> f64 {
    // with |x| ≲ 1 and smooth J both errors are about 1e-11 of J here
    let scale = 1e-3 * x.abs().max(1.0);
    // a step that x + e represents exactly
    let e = (x + scale) - x;
    let (near_up, near_down) = (terms(x + e), terms(x - e));
    let (far_up, far_down) = (terms(x + 2.0 * e), terms(x - 2.0 * e));
    (0..3)
        .map(|k| (8.0 * (near_up[k] - near_down[k]) - (far_up[k] - far_down[k])) / (12.0 * e))
        .sum()
}

/// Squared norms over the coordinates compared.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: usize,
    difference: f64,
    numeric: f64,
    analytic: f64,
}

impl Sums {
    fn add(&mut self, numeric: f64, analytic: f64) {
        self.count += 1;
        self.difference += (numeric - analytic).powi(2);
        self.numeric += numeric.powi(2);
        self.analytic += analytic.powi(2);
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            difference: self.difference + other.difference,
            numeric: self.numeric + other.numeric,
            analytic: self.analytic + other.analytic,
        }
    }

    fn relative_error(&self) -> f64 {
        let norms = self.numeric.sqrt() + self.analytic.sqrt();
        if norms == 0.0 {
            0.0
        } else {
            self.difference.sqrt() / norms
        }
    }
}
