//! Does ∇J agree with differences of J? The check that catches the misplaced bracket.

use std::ops::ControlFlow;

use ndarray::ArrayView2;

use super::{Architecture, Cost, Engine, EvenSample, GradientForm, Objective, Parameters};

/// The blocks of the flat parameter vector, in its order.
pub const BLOCKS: [&str; 4] = ["W1", "b1", "W2", "b2"];

/// Above this relative error a gradient is wrong; the exact one stays below 1e-8.
pub const WRONG: f64 = 1e-4;

/// The relative error that the exact gradient is expected to stay at or below at a run's own weights.
pub const EXPECTED: f64 = 1e-9;

/// Samples that a check while a person waits goes over.
const LIVE_SAMPLES: usize = 100;
/// Multiply-adds that it may take: about two seconds of one processor.
const LIVE_PRODUCTS: u64 = 10_000_000_000;
/// What an activation costs, in multiply-adds: small models are mostly that.
const ACTIVATION_PRODUCTS: u64 = 20;

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

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckProgress {
    /// The block under way, an index into [`BLOCKS`].
    pub block: usize,
    /// Coordinates compared of those to compare, in the block and in all.
    pub done_in_block: usize,
    pub in_block: usize,
    pub done: usize,
    pub in_all: usize,
    /// The block's outcome so far.
    pub so_far: BlockCheck,
}

/// What a check while a person waits goes over: so much that it takes about two seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveCheck {
    pub sample: EvenSample,
    /// About so many coordinates, at least one a block.
    pub limit: usize,
}

impl LiveCheck {
    /// For a model of `architecture` on `samples` rows of data.
    pub fn of(architecture: &Architecture, samples: usize) -> Self {
        let sample = EvenSample::of(samples, LIVE_SAMPLES);
        // four costs a coordinate, two products and the activations a cost
        let (n, h) = (architecture.inputs as u64, architecture.hidden as u64);
        let products = 8 * sample.count.max(1) as u64 * (n * h + ACTIVATION_PRODUCTS * (n + h));
        let limit = usize::try_from(LIVE_PRODUCTS / products.max(1)).unwrap_or(usize::MAX);
        Self {
            sample,
            limit: limit.clamp(40, architecture.parameter_count()),
        }
    }
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

    /// What came of it, in a sentence or two, for a check of `objective`'s gradient.
    pub fn sentence(&self, objective: &Objective) -> String {
        let error = format!("relative error {:.1e}", self.relative_error);
        match (objective.gradient, self.passes()) {
            (GradientForm::Exact, true) => format!(
                "The gradient is that of J: {error} against central differences, where at most {EXPECTED:.0e} is \
                 expected."
            ),
            (GradientForm::Exact, false) => format!(
                "The gradient disagrees with central differences of J: {error} where at most {EXPECTED:.0e} is \
                 expected. This is a bug: please report it."
            ),
            (GradientForm::Printed, false) => format!(
                "As printed it is not the gradient of J: {error}. The bracket closes too early, so that the sparsity \
                 term stands outside the product with f′(z2): W1 ({:.1e}) and b1 ({:.1e}) are wrong; W2 ({:.1e}) and \
                 b2 ({:.1e}), which the term doesn't reach, are right.",
                self.blocks[0].relative_error,
                self.blocks[1].relative_error,
                self.blocks[2].relative_error,
                self.blocks[3].relative_error,
            ),
            (GradientForm::Printed, true) if objective.sparsity_weight == 0.0 => format!(
                "With β = 0 there is no sparsity term to misplace: as printed and exact are the same ({error}). Raise \
                 β and check again."
            ),
            (GradientForm::Printed, true) => format!(
                "Here the misplaced bracket does not show ({error}): the sparsity term is almost \
                    zero, since ρ̂ is at ρ or \
                 β is small. Check at random weights, or with another ρ."
            ),
        }
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

/// As [`gradient_check`]; `watch` is told after every coordinate and ends it by `Break`: then there is no outcome.
pub fn gradient_check_with(
    architecture: Architecture,
    parameters: &Parameters<f64>,
    samples: ArrayView2<'_, f64>,
    objective: &Objective,
    limit: usize,
    watch: impl FnMut(CheckProgress) -> ControlFlow<()>,
) -> Option<GradientCheck> {
    let mut engine = Engine::new(architecture, 1);
    let mut gradient = Parameters::zeros(parameters.inputs(), parameters.hidden());
    engine.cost_and_gradient(parameters, samples, objective, &mut gradient);
    let cost = |moved: &Parameters<f64>| engine.cost(moved, samples, objective);
    compare_with(parameters, &gradient, limit, cost, watch)
}

/// The check itself, of any `gradient` against any `cost`.
pub fn compare(
    parameters: &Parameters<f64>,
    gradient: &Parameters<f64>,
    limit: usize,
    cost: impl FnMut(&Parameters<f64>) -> Cost,
) -> GradientCheck {
    let watch = |_| ControlFlow::Continue(());
    match compare_with(parameters, gradient, limit, cost, watch) {
        Some(check) => check,
        None => unreachable!("nobody ends it"),
    }
}

/// As [`compare`], watched as in [`gradient_check_with`].
pub fn compare_with(
    parameters: &Parameters<f64>,
    gradient: &Parameters<f64>,
    limit: usize,
    mut cost: impl FnMut(&Parameters<f64>) -> Cost,
    mut watch: impl FnMut(CheckProgress) -> ControlFlow<()>,
) -> Option<GradientCheck> {
    let ranges = [
        parameters.encoder_range(),
        parameters.encoder_bias_range(),
        parameters.decoder_range(),
        parameters.decoder_bias_range(),
    ];
    let all = parameters.flat().len();
    let mut moved = parameters.clone();
    let mut sums = [Sums::default(); 4];
    let counts = ranges.clone().map(|range| {
        let share = (limit as f64 * range.len() as f64 / all as f64).ceil() as usize;
        share.clamp(1, range.len())
    });
    let mut done = 0;
    for (block, (range, sums)) in ranges.iter().zip(&mut sums).enumerate() {
        let count = counts[block];
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
            done += 1;
            let progress = CheckProgress {
                block,
                done_in_block: sums.count,
                in_block: count,
                done,
                in_all: counts.iter().sum(),
                so_far: sums.outcome(block, range.len()),
            };
            if watch(progress).is_break() {
                return None;
            }
        }
    }
    let blocks = std::array::from_fn(|block| sums[block].outcome(block, ranges[block].len()));
    let total = sums
        .iter()
        .fold(Sums::default(), |total, block| total.plus(block));
    Some(GradientCheck {
        blocks,
        relative_error: total.relative_error(),
    })
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

    fn outcome(&self, block: usize, total: usize) -> BlockCheck {
        BlockCheck {
            name: BLOCKS[block],
            checked: self.count,
            total,
            relative_error: self.relative_error(),
        }
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
