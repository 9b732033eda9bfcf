//! The second pass over the samples: error, δ3, δ2 and the gradient.

use std::ops::Range;

use super::cut::{Block, share};
use super::forward::Reconstruction;
use super::layout::Worker;
use super::saturation::Saturated;
use super::sums::Quantity;
use super::{Engine, Layout, Samples, output_curve};
use crate::model::{GradientForm, Objective, Parameters};
use crate::numerics::{Left, Real, Right, Start};

/// What the second pass reads and every worker shares.
struct Pass<'a, T: Real> {
    reconstruction: Reconstruction<'a, T>,
    parameters: &'a Parameters<T>,
    sparsity: &'a [T],
    saturated: &'a Saturated,
    objective: &'a Objective,
}

/// What a block's share of the gradient is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Onto {
    /// λW
    Decay,
    Nothing,
    /// That of the blocks before.
    Sums,
}

impl<T: Real> Engine<T> {
    /// ∇J, after `activate` and `average`; leaves the squared error with the workers.
    pub(super) fn descend(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) {
        self.set_sparsity(samples.count, objective);
        self.summed.squared_error = 0.0;
        self.summed
            .clear(&[Quantity::HiddenDelta, Quantity::OutputDelta]);
        for chapter in 0..self.chapters {
            self.turn_to(chapter, samples);
            self.pass_back(parameters, samples, objective, gradient);
            self.add_up(&[Quantity::HiddenDelta, Quantity::OutputDelta]);
            self.add_up_errors();
        }
        self.bias_gradients(gradient, Self::total);
    }

    /// What the present chapter adds to ∇W1 and ∇W2.
    fn pass_back(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) {
        let pass = Pass {
            reconstruction: Reconstruction {
                layout: self.layout,
                cut: self.cut,
                kernels: self.kernels,
                packing: &self.packing,
                samples,
                curve: output_curve(&self.architecture),
                scale: T::of((samples.count as f64).recip()),
                open: &self.contribution.open,
            },
            parameters,
            sparsity: &self.sparsity,
            saturated: &self.saturated,
            objective,
        };
        let workers = &mut self.workers[..self.used];
        let used = workers.len();
        let (blocks, ends) = (&*self.blocks, &mut self.gradient_ends);
        ends.clear();
        self.gradient_turns = if self.cut.slices == 1 { used } else { 1 };
        if self.cut.slices == 1 {
            // one block for each worker; then their deltas stay, and the gradient is shared out by rows
            ends.extend((1..=used).map(|part| gradient_cut(parameters, part, used)));
            for round in blocks.chunks(used) {
                self.pool.each(workers, |index, worker| {
                    if let Some(block) = round.get(index) {
                        pass.deltas(worker, block);
                    }
                });
                let workers = &*workers;
                self.pool
                    .parts(gradient.flat_mut(), ends, |index, start, part| {
                        for block in round {
                            let onto = if block.opens_slice {
                                Onto::Decay
                            } else {
                                Onto::Sums
                            };
                            let own = block.worker == index;
                            let worker = &workers[block.worker];
                            pass.add_products((worker, own), block, onto, start, part);
                        }
                    });
            }
        } else {
            let length = parameters.decoder_range().end;
            let weights = [parameters.encoder_range(), parameters.decoder_range()];
            let kernels = pass.reconstruction.kernels;
            self.pool.each(workers, |index, worker| {
                // taken out, as the products read the rest of the worker
                let mut gradients = std::mem::take(&mut worker.gradients);
                gradients.resize(length * places(index, self.owned[index].slices));
                for block in blocks.iter().filter(|block| block.worker == index) {
                    pass.deltas(worker, block);
                    let onto = match (block.opens_slice, block.start) {
                        (true, 0) => Onto::Decay,
                        (true, _) => Onto::Nothing,
                        _ => Onto::Sums,
                    };
                    let place = place(block) * length;
                    let sums = &mut gradients[place..place + length];
                    pass.add_products((worker, true), block, onto, 0, sums);
                    if index == 0 && block.closes_slice && place > 0 {
                        let (first, slice) = gradients.split_at_mut(length);
                        for range in &weights {
                            kernels.add_to(&mut first[range.clone()], &slice[range.clone()]);
                        }
                    }
                }
                worker.gradients = gradients;
            });
            let workers = &*workers;
            ends.extend((1..=used).map(|part| share(length, part, used)));
            let flat = &mut gradient.flat_mut()[..length];
            self.pool.parts(flat, ends, |_, start, part| {
                let opening = blocks.iter().filter(|block| block.opens_slice);
                for block in opening.filter(|block| block.worker > 0 || block.start == 0) {
                    let slice = &workers[block.worker].gradients[place(block) * length..];
                    for weights in &weights {
                        let range = within(weights, start, part.len());
                        let to = &mut part[range.start - start..range.end - start];
                        if block.start == 0 {
                            to.copy_from_slice(&slice[range]);
                        } else {
                            kernels.add_to(to, &slice[range]);
                        }
                    }
                }
            });
        }
    }

    /// ∇b1 and ∇b2, the sums of δ2/m and δ3/m over all samples from `total`.
    pub(super) fn bias_gradients(
        &mut self,
        gradient: &mut Parameters<T>,
        total: impl Fn(&Self, Quantity, &mut [f64]),
    ) {
        let biases = [
            (Quantity::HiddenDelta, gradient.encoder_bias_range()),
            (Quantity::OutputDelta, gradient.decoder_bias_range()),
        ];
        for (quantity, range) in biases {
            let mut totals = std::mem::take(&mut self.totals);
            totals.resize(range.len(), 0.0);
            total(self, quantity, &mut totals);
            for (to, total) in gradient.flat_mut()[range].iter_mut().zip(&totals) {
                *to = T::of(*total);
            }
            self.totals = totals;
        }
    }

    /// s = β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂))/m for every unit; 0 where the log domain gives it a sample at a time.
    pub(super) fn set_sparsity(&mut self, samples: usize, objective: &Objective) {
        let rho = objective.sparsity_target;
        let c = self.architecture.hidden_activation.probability_slope();
        let scale = objective.sparsity_weight * c / samples as f64;
        for (unit, (p, q)) in self.means.iter().enumerate() {
            let value = match self.saturated.log_means(unit) {
                _ if scale == 0.0 => 0.0,
                None => scale * (-rho / p + (1.0 - rho) / q),
                Some((log_p, log_q)) if objective.gradient == GradientForm::Printed => {
                    scale * (-rho * (-log_p).exp() + (1.0 - rho) * (-log_q).exp())
                }
                Some(_) => 0.0,
            };
            self.sparsity[unit] = T::of(value);
        }
    }
}

/// How many gradients worker `index` with so many `slices` keeps: one for each, but for the first worker. Its slices are
/// the first of all, so it adds each to the sum of those before, and needs two.
fn places(index: usize, slices: usize) -> usize {
    if index == 0 { slices.min(2) } else { slices }
}

/// Which of them is that of a block's slice.
fn place(block: &Block) -> usize {
    match block.worker {
        0 => block.own_slice.min(1),
        _ => block.own_slice,
    }
}

/// Where part `part` of `parts` of the flat gradient ends: at a row of ∇W1 or ∇W2, the work as even as that allows.
fn gradient_cut<T: Real>(parameters: &Parameters<T>, part: usize, parts: usize) -> usize {
    if part == parts {
        return parameters.flat().len();
    }
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let at = share(2 * n * h, part, parts);
    if at < n * h {
        at / n * n
    } else {
        parameters.decoder_range().start + (at - n * h) / h * h
    }
}

/// The part of `range` within the `length` numbers from `start` on; empty, at one of their ends, where there is none.
fn within(range: &Range<usize>, start: usize, length: usize) -> Range<usize> {
    let clamp = |at: usize| at.clamp(start, start + length);
    clamp(range.start)..clamp(range.end)
}

impl<T: Real> Pass<'_, T> {
    /// x̂, the squared error, δ3/m and δ2/m of a block, left with its worker; so are the sums of its stretches.
    fn deltas(&self, worker: &mut Worker<T>, block: &Block) {
        self.reconstruction.of(worker, block);
        let Reconstruction {
            layout,
            cut,
            kernels,
            packing,
            samples,
            ..
        } = &self.reconstruction;
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = *layout;
        let output = &worker.output_delta[..block.rows * inputs_padded];
        let back = &mut worker.hidden_delta[..block.rows * hidden_padded];
        kernels.multiply(
            (block.rows, hidden_padded, inputs),
            Left::plain(output, inputs_padded),
            Right::Panels(packing.back()),
            Start::Zero,
            back,
            hidden_padded,
        );
        let printed = self.objective.gradient == GradientForm::Printed;
        let slopes = &worker.slopes[block.range(hidden_padded)];
        for (stretch, rows) in cut.stretches_of(block) {
            let range = rows.start * hidden_padded..rows.end * hidden_padded;
            let back = &mut back[range.clone()];
            let sums = worker.sums.of_mut(Quantity::HiddenDelta, stretch);
            kernels.hidden_delta(
                printed,
                hidden_padded,
                back,
                &slopes[range],
                self.sparsity,
                sums,
            );
            if !printed {
                self.saturated.add_terms(
                    block.start + rows.start,
                    &(0..hidden),
                    self.objective,
                    back,
                    hidden_padded,
                    sums,
                );
            }
        }
        let x = samples.decoded_rows((block.start, block.rows), inputs, &worker.decoded);
        layout.pad_samples(x, &mut worker.padded_samples);
    }

    /// The samples of a block that has its deltas with `worker`, as a right-hand side.
    fn samples_of<'a>(&'a self, worker: &'a Worker<T>, block: &Block) -> Right<'a, T> {
        let Layout {
            inputs,
            inputs_padded,
            ..
        } = self.reconstruction.layout;
        if self.reconstruction.layout.pads_samples() {
            Right::Rows {
                values: &worker.padded_samples,
                stride: inputs_padded,
            }
        } else {
            Right::Rows {
                values: self.reconstruction.samples.decoded_rows(
                    (block.start, block.rows),
                    inputs,
                    &worker.decoded,
                ),
                stride: inputs,
            }
        }
    }

    /// ∇W1 += δ2ᵀX/m and ∇W2 += δ3ᵀa2/m of a block that has its deltas with `worker`: their rows in `part`, which
    /// begins `offset` into the flat gradient. Where that worker does it itself (`own`), its next block comes then.
    fn add_products(
        &self,
        (worker, own): (&Worker<T>, bool),
        block: &Block,
        onto: Onto,
        offset: usize,
        part: &mut [T],
    ) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.reconstruction.layout;
        let (before, after) = worker.activations.split_at(block.range(hidden_padded).end);
        let activations = &before[block.range(hidden_padded).start..];
        let next = if own {
            &after[..after.len().min(activations.len())]
        } else {
            &[]
        };
        let encoder = (
            self.parameters.encoder_range(),
            inputs,
            (&worker.hidden_delta, hidden_padded),
            self.samples_of(worker, block),
            &[][..],
        );
        let decoder = (
            self.parameters.decoder_range(),
            hidden,
            (&worker.output_delta, inputs_padded),
            Right::Rows {
                values: activations,
                stride: hidden_padded,
            },
            next,
        );
        for (weights, columns, (delta, stride), right, next) in [encoder, decoder] {
            let range = within(&weights, offset, part.len());
            if range.is_empty() {
                continue;
            }
            let start = match onto {
                Onto::Decay => decay(self.parameters, self.objective, range.start, columns),
                Onto::Nothing => Start::Zero,
                Onto::Sums => Start::Add,
            };
            self.reconstruction.kernels.multiply(
                (range.len() / columns, columns, block.rows),
                Left::transposed(&delta[(range.start - weights.start) / columns..], stride)
                    .before(next),
                right,
                start,
                &mut part[range.start - offset..range.end - offset],
                columns,
            );
        }
    }
}

/// λ times the parameters from `offset` on, in rows of `stride`.
pub(super) fn decay<'a, T: Real>(
    parameters: &'a Parameters<T>,
    objective: &Objective,
    offset: usize,
    stride: usize,
) -> Start<'a, T> {
    if objective.weight_decay == 0.0 {
        return Start::Zero;
    }
    Start::Scaled {
        values: &parameters.flat()[offset..],
        stride,
        scale: T::of(objective.weight_decay),
    }
}
