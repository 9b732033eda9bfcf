//! The assignment doctor: which common mistakes give a gradient that somebody's program computed.
//!
//! Written apart from [`super::Engine`], in f64, with a switch for each [`Mistake`]. [`Doctor::new`] passes once over the
//! samples and keeps the sums ([`pieces`]); [`Doctor::gradient`] puts a gradient with given mistakes together from them,
//! and [`Doctor::diagnose`] tries every mistake and every pair.

use ndarray::{Array1, ArrayView2, Zip};

use super::{Architecture, HiddenActivation, Objective, Parameters};
use crate::numerics::WorkerPool;

mod diagnosis;
mod examination;
mod lines;
mod mistake;
mod pieces;
mod words;

pub use diagnosis::{BLOCKS, Diagnosis, Tolerance, Verdict};
pub use examination::{Examination, Question};
pub use lines::Line;
pub use mistake::Mistake;
use pieces::{Back, Pieces, Slope, Sums, Way};
pub use words::names;

/// The gradients that mistakes give at one point.
#[derive(Clone, Debug)]
pub struct Doctor {
    architecture: Architecture,
    parameters: Parameters<f64>,
    objective: Objective,
    samples: f64,
    pieces: Pieces,
}

/// One of the four parts of a gradient, in the order of the flat vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    W1,
    B1,
    W2,
    B2,
}

/// What stands before the sums.
struct Factors {
    way: Way,
    transposed: bool,
    sparsity_slope: Slope,
    /// Before the reconstruction terms of the weights' and of the biases' gradients
    reconstruction: [f64; 2],
    /// The same of the sparsity term, (h) each
    sparsity: [Array1<f64>; 2],
    /// Of W1, b1, W2, b2
    decay: [f64; 4],
}

impl Doctor {
    /// At `parameters` over `samples` (m, n), m ≥ 1, with ρ, β, λ of `objective` (its form of the gradient plays no
    /// part); `batch` ≥ 1 is the size of the first batch, where ρ̂ is of that alone.
    pub fn new(
        architecture: Architecture,
        parameters: &Parameters<f64>,
        samples: ArrayView2<'_, f64>,
        objective: &Objective,
        batch: usize,
        pool: &WorkerPool,
    ) -> Self {
        Self {
            architecture,
            parameters: parameters.clone(),
            objective: *objective,
            samples: samples.nrows() as f64,
            pieces: Pieces::of(&architecture, parameters, samples, batch, pool),
        }
    }

    /// The mistakes that can be made in this network.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let all = Mistake::ALL.iter().copied();
        all.filter(|mistake| mistake.applies_to(&self.architecture))
            .collect()
    }

    /// The gradient of somebody who made these mistakes, two at most; with none of them that of J. `None` where they
    /// cannot be made together or here, or where the result is no number.
    pub fn gradient(&self, mistakes: &[Mistake]) -> Option<Parameters<f64>> {
        let factors = self.factors(mistakes)?;
        let mut flat = Vec::with_capacity(self.parameters.flat().len());
        for block in [Block::W1, Block::B1, Block::W2, Block::B2] {
            flat.extend(self.block(&factors, block)?);
        }
        let gradient =
            Parameters::from_flat(flat, self.parameters.inputs(), self.parameters.hidden())?;
        gradient.is_finite().then_some(gradient)
    }

    fn factors(&self, mistakes: &[Mistake]) -> Option<Factors> {
        use Mistake as M;
        let possible = mistakes.iter().enumerate().all(|(place, mistake)| {
            mistake.applies_to(&self.architecture)
                && mistakes[..place]
                    .iter()
                    .all(|before| before.combines_with(*mistake))
        });
        if !possible {
            return None;
        }
        let made = |mistake: M| mistakes.contains(&mistake);
        let slope = |[missing, of_z, other]: [M; 3]| {
            if made(missing) {
                Slope::Missing
            } else if made(of_z) {
                Slope::OfZ
            } else if made(other) {
                Slope::Other
            } else {
                Slope::Right
            }
        };
        let hidden = slope([
            M::HiddenSlopeMissing,
            M::HiddenSlopeOfZ,
            M::HiddenSlopeOther,
        ]);
        let output = slope([
            M::OutputSlopeMissing,
            M::OutputSlopeOfZ,
            M::OutputSlopeOther,
        ]);
        let back = if made(M::EncoderInDelta2) {
            Back::Encoder
        } else if made(M::DecoderTransposedInDelta2) {
            Back::Transposed
        } else {
            Back::Decoder
        };

        let mean = 1.0 / self.samples;
        let when = |is: bool, value: f64| if is { value } else { 1.0 };
        // of the weights' gradients, and of the biases'
        let average = [M::WeightsSummed, M::BiasesSummed]
            .map(|summed| when(!made(summed) && !made(M::AllSummed), mean));
        let size = when(made(M::ErrorSign), -1.0) * when(made(M::HalfMissing), 2.0);
        let reconstruction = average.map(|mean| {
            size * if made(M::ReconstructionSummed) {
                1.0
            } else {
                mean
            }
        });

        let sparsity_factor = when(made(M::KlSign), -1.0)
            * when(made(M::SparsityDividedByM), mean)
            * when(made(M::SparsitySummed), self.samples);
        let term = self.sparsity(mistakes)? * sparsity_factor;
        let in_b1 = if made(M::SparsityMissingInB1) {
            0.0
        } else {
            average[1]
        };
        let sparsity = [&term * average[0], &term * in_b1];

        let lambda = self.objective.weight_decay
            * when(made(M::DecayDoubled), 2.0)
            * when(made(M::DecayDividedByM), mean);
        let decay = |there: bool| if there { lambda } else { 0.0 };
        let weights = !made(M::DecayMissing);
        let biases = decay(made(M::BiasesDecayed));
        Some(Factors {
            way: (output, back, hidden),
            transposed: made(M::ProductTransposed),
            sparsity_slope: if made(M::BracketMisplaced) {
                Slope::Missing
            } else {
                hidden
            },
            reconstruction,
            sparsity,
            decay: [
                decay(weights && !made(M::DecayMissingInW1)),
                biases,
                decay(weights && !made(M::DecayMissingInW2)),
                biases,
            ],
        })
    }

    /// β c dKL/dρ̂ (h); `None` where ρ̂ is beyond what KL is of, or its reciprocal beyond f64.
    fn sparsity(&self, mistakes: &[Mistake]) -> Option<Array1<f64>> {
        use Mistake as M;
        let made = |mistake: M| mistakes.contains(&mistake);
        let beta = if made(M::BetaMissing) {
            1.0
        } else {
            self.objective.sparsity_weight
        };
        if beta == 0.0 || made(M::SparsityMissing) {
            return Some(Array1::zeros(self.architecture.hidden));
        }
        let c = if made(M::TanhHalfMissing) {
            1.0
        } else {
            self.architecture.hidden_activation.probability_slope()
        };
        let rho = self.objective.sparsity_target;
        let (mean_p, mean_q) = self.means(mistakes);
        let term = Zip::from(&mean_p).and(&mean_q).map_collect(|&p, &q| {
            let slope = if made(M::KlReversed) {
                (p / rho).ln() - (q / (1.0 - rho)).ln()
            } else {
                -rho / p + (1.0 - rho) / q
            };
            beta * c * slope
        });
        term.iter().all(|value| value.is_finite()).then_some(term)
    }

    /// ρ̂ and 1 − ρ̂ (h)
    fn means(&self, mistakes: &[Mistake]) -> (Array1<f64>, Array1<f64>) {
        use Mistake as M;
        let made = |mistake: M| mistakes.contains(&mistake);
        let mean = |sums: &Sums| (&sums.p / sums.count, &sums.q / sums.count);
        let unmapped = made(M::RhoUnmapped);
        if made(M::RhoSummed) {
            // Σ (2p − 1) where it is not mapped
            let sum = match (unmapped, self.architecture.hidden_activation) {
                (true, HiddenActivation::Tanh) => &self.pieces.all.p - &self.pieces.all.q,
                _ => self.pieces.all.p.clone(),
            };
            let rest = 1.0 - &sum;
            return (sum, rest);
        }
        let (p, q) = if made(M::RhoOfFirstSample) {
            mean(&self.pieces.first)
        } else if made(M::RhoOfLastSample) {
            mean(&self.pieces.last)
        } else if made(M::RhoOfFirstBatch) {
            mean(&self.pieces.batch)
        } else if made(M::RhoOfOutput) {
            mean(&self.pieces.output)
        } else {
            mean(&self.pieces.all)
        };
        let units = p.len();
        let (p, q) = if made(M::RhoOverUnits) {
            let over = |values: Array1<f64>| Array1::from_elem(units, values.sum() / units as f64);
            (over(p), over(q))
        } else {
            (p, q)
        };
        if unmapped {
            (&p - &q, 2.0 * q) // 2p − 1, and 1 less that
        } else {
            (p, q)
        }
    }

    /// The values of a block, in row-major order.
    fn block(&self, factors: &Factors, block: Block) -> Option<Vec<f64>> {
        let [weights, biases] = factors.reconstruction;
        let decay = factors.decay[block as usize];
        let of = &self.parameters;
        Some(match block {
            Block::W1 => {
                let layer = self.pieces.encoder(factors.way)?;
                let slopes = self.pieces.slopes(factors.sparsity_slope);
                let mut gradient = &layer.weights * weights;
                gradient.scaled_add(decay, &of.encoder_weights());
                for ((mut row, slopes), term) in gradient
                    .rows_mut()
                    .into_iter()
                    .zip(slopes.weights.rows())
                    .zip(&factors.sparsity[0])
                {
                    row.scaled_add(*term, &slopes);
                }
                gradient.into_iter().collect()
            }
            Block::B1 => {
                let layer = self.pieces.encoder(factors.way)?;
                let slopes = self.pieces.slopes(factors.sparsity_slope);
                let mut gradient = &layer.bias * biases + &slopes.bias * &factors.sparsity[1];
                gradient.scaled_add(decay, &of.encoder_bias());
                gradient.into_iter().collect()
            }
            Block::W2 => {
                let layer = self.pieces.decoder(factors.way.0)?;
                let mut gradient = if factors.transposed {
                    &layer.weights.t() * weights
                } else {
                    &layer.weights * weights
                };
                gradient.scaled_add(decay, &of.decoder_weights());
                // a transposed product keeps its memory's order: by index, then
                gradient.rows().into_iter().flatten().copied().collect()
            }
            Block::B2 => {
                let layer = self.pieces.decoder(factors.way.0)?;
                let mut gradient = &layer.bias * biases;
                gradient.scaled_add(decay, &of.decoder_bias());
                gradient.into_iter().collect()
            }
        })
    }
}
