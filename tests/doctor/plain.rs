//! A gradient as a student's program computes it, sample by sample, with the mistakes asked for. It shares nothing with
//! the doctor but their names.

use sae_lab::model::doctor::Mistake as M;
use sae_lab::model::{
    Architecture, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
};

/// A network on data.
pub struct Case {
    pub architecture: Architecture,
    pub parameters: Parameters<f64>,
    pub samples: Vec<Vec<f64>>,
    pub rho: f64,
    pub beta: f64,
    pub lambda: f64,
    pub batch: usize,
}

impl Case {
    pub fn objective(&self) -> Objective {
        Objective {
            sparsity_target: self.rho,
            sparsity_weight: self.beta,
            weight_decay: self.lambda,
            gradient: GradientForm::Exact,
        }
    }

    /// Whether the program would run, and each of its places is wrong in one way only.
    pub fn possible(&self, mistakes: &[M]) -> bool {
        const PLACES: [&[M]; 8] = [
            &[
                M::HiddenSlopeMissing,
                M::HiddenSlopeOfZ,
                M::HiddenSlopeOther,
            ],
            &[
                M::OutputSlopeMissing,
                M::OutputSlopeOfZ,
                M::OutputSlopeOther,
            ],
            &[
                M::WeightsSummed,
                M::BiasesSummed,
                M::AllSummed,
                M::ReconstructionSummed,
            ],
            &[M::EncoderInDelta2, M::DecoderTransposedInDelta2],
            &[M::DecayMissing, M::DecayMissingInW1, M::DecayMissingInW2],
            &[M::DecayDoubled, M::DecayDividedByM],
            &[M::SparsityDividedByM, M::SparsitySummed],
            &[
                M::RhoOfFirstSample,
                M::RhoOfLastSample,
                M::RhoOfFirstBatch,
                M::RhoSummed,
                M::RhoOverUnits,
                M::RhoOfOutput,
            ],
        ];
        let made = |mistake: &M| mistakes.contains(mistake);
        let square = self.architecture.inputs == self.architecture.hidden;
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        let linear = self.architecture.output_activation == OutputActivation::Linear;
        PLACES
            .iter()
            .all(|place| place.iter().filter(|m| made(m)).count() <= 1)
            && mistakes.iter().all(|mistake| match mistake {
                M::DecoderTransposedInDelta2 | M::ProductTransposed | M::RhoOfOutput => square,
                M::RhoUnmapped | M::TanhHalfMissing => tanh,
                M::OutputSlopeMissing | M::OutputSlopeOfZ => !linear,
                _ => true,
            })
    }

    /// W1, b1, W2, b2, row by row; `None` where one is no number.
    pub fn gradient(&self, mistakes: &[M]) -> Option<Vec<f64>> {
        let made = |mistake: M| mistakes.contains(&mistake);
        let (n, h) = (self.architecture.inputs, self.architecture.hidden);
        let m = self.samples.len() as f64;
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        let w1 = |j: usize, i: usize| self.parameters.encoder_weights()[[j, i]];
        let w2 = |i: usize, j: usize| self.parameters.decoder_weights()[[i, j]];
        let (b1, b2) = (
            self.parameters.encoder_bias(),
            self.parameters.decoder_bias(),
        );
        let logistic = |z: f64| 1.0 / (1.0 + f64::exp(-z));

        // forward
        let mut runs = Vec::new();
        for x in &self.samples {
            let z2: Vec<f64> = (0..h)
                .map(|j| b1[j] + (0..n).map(|i| w1(j, i) * x[i]).sum::<f64>())
                .collect();
            let a2: Vec<f64> = z2
                .iter()
                .map(|&z| if tanh { z.tanh() } else { logistic(z) })
                .collect();
            let z3: Vec<f64> = (0..n)
                .map(|i| b2[i] + (0..h).map(|j| w2(i, j) * a2[j]).sum::<f64>())
                .collect();
            let y: Vec<f64> = z3
                .iter()
                .map(|&z| match self.architecture.output_activation {
                    OutputActivation::Sigmoid => logistic(z),
                    OutputActivation::Tanh => z.tanh(),
                    OutputActivation::Linear => z,
                })
                .collect();
            runs.push((x, z2, a2, z3, y));
        }

        // ρ̂
        let map = |a: f64| {
            if tanh && !made(M::RhoUnmapped) {
                (a + 1.0) / 2.0
            } else {
                a
            }
        };
        let mean = |count: usize, value: &dyn Fn(usize) -> f64| {
            (0..count).map(value).sum::<f64>() / count as f64
        };
        let all = runs.len();
        let rho_hat: Vec<f64> = (0..h)
            .map(|j| {
                let of = |s: usize| map(runs[s].2[j]);
                if made(M::RhoOfFirstSample) {
                    of(0)
                } else if made(M::RhoOfLastSample) {
                    of(all - 1)
                } else if made(M::RhoOfFirstBatch) {
                    mean(self.batch.min(all), &of)
                } else if made(M::RhoSummed) {
                    (0..all).map(of).sum()
                } else if made(M::RhoOverUnits) {
                    mean(h, &|k| mean(all, &|s| map(runs[s].2[k])))
                } else if made(M::RhoOfOutput) {
                    mean(all, &|s| map(runs[s].4[j]))
                } else {
                    mean(all, &of)
                }
            })
            .collect();

        // the sparsity term of δ2, without f′
        let beta = if made(M::BetaMissing) { 1.0 } else { self.beta };
        let sparsity: Vec<f64> = rho_hat
            .iter()
            .map(|&r| {
                if made(M::SparsityMissing) || beta == 0.0 {
                    return 0.0;
                }
                let mut slope = if made(M::KlReversed) {
                    (r / self.rho).ln() - ((1.0 - r) / (1.0 - self.rho)).ln()
                } else {
                    (1.0 - self.rho) / (1.0 - r) - self.rho / r
                };
                if made(M::KlSign) {
                    slope = -slope;
                }
                if tanh && !made(M::TanhHalfMissing) {
                    slope /= 2.0;
                }
                if made(M::SparsityDividedByM) {
                    slope /= m;
                }
                if made(M::SparsitySummed) {
                    slope *= m;
                }
                beta * slope
            })
            .collect();

        // backward; reconstruction and sparsity apart, since some mistakes divide only one of them by m
        let mut g1 = vec![vec![0.0; n]; h];
        let mut g2 = vec![vec![0.0; h]; n];
        let (mut c1, mut c2) = (vec![0.0; h], vec![0.0; n]);
        let weights_by = if made(M::WeightsSummed) || made(M::AllSummed) {
            1.0
        } else {
            m
        };
        let biases_by = if made(M::BiasesSummed) || made(M::AllSummed) {
            1.0
        } else {
            m
        };
        let once = |by: f64| {
            if made(M::ReconstructionSummed) {
                1.0
            } else {
                by
            }
        };
        for (x, z2, a2, z3, y) in &runs {
            let delta3: Vec<f64> = (0..n)
                .map(|i| {
                    let mut d = y[i] - x[i];
                    if made(M::ErrorSign) {
                        d = -d;
                    }
                    if made(M::HalfMissing) {
                        d *= 2.0;
                    }
                    let of = if made(M::OutputSlopeOfZ) { z3[i] } else { y[i] };
                    let other = made(M::OutputSlopeOther);
                    d * match self.architecture.output_activation {
                        _ if made(M::OutputSlopeMissing) => 1.0,
                        OutputActivation::Linear if other => of * (1.0 - of),
                        OutputActivation::Linear => 1.0,
                        OutputActivation::Sigmoid if other => 1.0 - of * of,
                        OutputActivation::Tanh if other => of * (1.0 - of),
                        OutputActivation::Sigmoid => of * (1.0 - of),
                        OutputActivation::Tanh => 1.0 - of * of,
                    }
                })
                .collect();
            for i in 0..n {
                for j in 0..h {
                    if made(M::ProductTransposed) {
                        g2[j][i] += delta3[i] * a2[j] / once(weights_by);
                    } else {
                        g2[i][j] += delta3[i] * a2[j] / once(weights_by);
                    }
                }
                c2[i] += delta3[i] / once(biases_by);
            }
            for j in 0..h {
                let carried: f64 = (0..n)
                    .map(|i| {
                        delta3[i]
                            * if made(M::EncoderInDelta2) {
                                w1(j, i)
                            } else if made(M::DecoderTransposedInDelta2) {
                                w2(j, i)
                            } else {
                                w2(i, j)
                            }
                    })
                    .sum();
                let of = if made(M::HiddenSlopeOfZ) {
                    z2[j]
                } else {
                    a2[j]
                };
                let slope = if made(M::HiddenSlopeMissing) {
                    1.0
                } else if tanh != made(M::HiddenSlopeOther) {
                    1.0 - of * of
                } else {
                    of * (1.0 - of)
                };
                let term = sparsity[j]
                    * if made(M::BracketMisplaced) {
                        1.0
                    } else {
                        slope
                    };
                for i in 0..n {
                    g1[j][i] += (carried * slope / once(weights_by) + term / weights_by) * x[i];
                }
                c1[j] += carried * slope / once(biases_by);
                if !made(M::SparsityMissingInB1) {
                    c1[j] += term / biases_by;
                }
            }
        }

        // decay
        let mut lambda = self.lambda;
        if made(M::DecayDoubled) {
            lambda *= 2.0;
        }
        if made(M::DecayDividedByM) {
            lambda /= m;
        }
        for j in 0..h {
            for i in 0..n {
                if !made(M::DecayMissing) && !made(M::DecayMissingInW1) {
                    g1[j][i] += lambda * w1(j, i);
                }
                if !made(M::DecayMissing) && !made(M::DecayMissingInW2) {
                    g2[i][j] += lambda * w2(i, j);
                }
            }
        }
        if made(M::BiasesDecayed) {
            (0..h).for_each(|j| c1[j] += lambda * b1[j]);
            (0..n).for_each(|i| c2[i] += lambda * b2[i]);
        }
        let flat = [g1.concat(), c1, g2.concat(), c2].concat();
        flat.iter().all(|value| value.is_finite()).then_some(flat)
    }
}
