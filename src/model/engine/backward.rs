//! The second pass over the samples: error, δ3, δ2 and the gradient.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::layout::{STRETCH, Worker, add_stretch};
use super::packing::Packing;
use super::saturation::Saturated;
use super::{Engine, Layout, Samples, output_curve};
use crate::model::{GradientForm, Objective, Parameters};
use crate::numerics::{Curve, Kernels, Left, Real, Right, Start};

/// What the second pass reads and every worker shares.
struct Pass<'a, T: Real> {
    layout: Layout,
    kernels: &'static Kernels<T>,
    packing: &'a Packing<T>,
    samples: Samples<'a, T>,
    parameters: &'a Parameters<T>,
    sparsity: &'a [T],
    saturated: &'a Saturated,
    curve: Curve,
    objective: &'a Objective,
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
        let layout = self.layout;
        let pass = Pass {
            layout,
            kernels: self.kernels,
            packing: &self.packing,
            samples,
            parameters,
            sparsity: &self.sparsity,
            saturated: &self.saturated,
            curve: output_curve(&self.architecture),
            objective,
        };
        let workers = &mut self.workers[..self.used];
        if workers.iter().all(|worker| worker.count <= layout.block) {
            // single blocks: their deltas stay, and the gradient is shared out by rows
            self.pool.each(workers, |_, worker| {
                worker.start_backward();
                pass.deltas(worker, 0, worker.count);
            });
            let used = workers.len();
            let (ends, workers) = (&mut self.gradient_ends, &*workers);
            ends.clear();
            ends.extend((1..=used).map(|part| gradient_cut(parameters, part, used)));
            self.pool
                .parts(gradient.flat_mut(), ends, |_, start, part| {
                    pass.gradient_rows(workers, start, part);
                });
        } else {
            let encoder = parameters.encoder_range();
            let decoder = parameters.decoder_range();
            // the first worker adds up in the gradient itself
            let whole = Mutex::new(Some(gradient.flat_mut()));
            self.pool.each(workers, |index, worker| {
                worker.start_backward();
                let mut own = std::mem::take(&mut worker.gradient);
                let first = (index == 0)
                    .then(|| whole.lock().unwrap_or_else(PoisonError::into_inner).take())
                    .flatten();
                let decay = first.is_some();
                let sums = match first {
                    Some(sums) => sums,
                    None => {
                        own.resize(decoder.end);
                        &mut own[..]
                    }
                };
                for (first, rows) in worker.blocks(&layout) {
                    pass.deltas(worker, first, rows);
                    pass.add_products(worker, first, rows, sums, decay);
                }
                worker.gradient = own;
            });
            let flat = &mut gradient.flat_mut()[..decoder.end];
            if let Some((_, others)) = workers.split_first()
                && !others.is_empty()
            {
                let used = others.len() + 1;
                let ends = &mut self.gradient_ends;
                ends.clear();
                ends.extend((1..=used).map(|part| {
                    if part == used {
                        flat.len()
                    } else {
                        flat.len() * part / used
                    }
                }));
                let kernels = self.kernels;
                self.pool.parts(flat, ends, |_, start, part| {
                    for other in others {
                        for weights in [&encoder, &decoder] {
                            let (from, to) = (
                                weights.start.max(start),
                                weights.end.min(start + part.len()),
                            );
                            if from < to {
                                kernels.add_to(
                                    &mut part[from - start..to - start],
                                    &other.gradient[from..to],
                                );
                            }
                        }
                    }
                });
            }
        }
        let workers = &self.workers[..self.used];
        sum_biases(
            &mut gradient.flat_mut()[parameters.encoder_bias_range()],
            workers,
            |worker| &worker.hidden_bias,
        );
        sum_biases(
            &mut gradient.flat_mut()[parameters.decoder_bias_range()],
            workers,
            |worker| &worker.output_bias,
        );
    }

    /// s = β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂))/m for every unit; 0 where the log domain gives it a sample at a time.
    fn set_sparsity(&mut self, samples: usize, objective: &Objective) {
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

/// Where part `part` of `parts` of the flat gradient ends: at a row of ∇W1 or ∇W2, the work as even as that allows.
fn gradient_cut<T: Real>(parameters: &Parameters<T>, part: usize, parts: usize) -> usize {
    if part == parts {
        return parameters.flat().len();
    }
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let at = 2 * n * h * part / parts;
    if at < n * h {
        at / n * n
    } else {
        parameters.decoder_range().start + (at - n * h) / h * h
    }
}

fn sum_biases<'a, T: Real>(
    to: &mut [T],
    workers: &'a [Worker<T>],
    of: impl Fn(&'a Worker<T>) -> &'a [f64],
) {
    for (unit, to) in to.iter_mut().enumerate() {
        *to = T::of(workers.iter().map(|worker| of(worker)[unit]).sum());
    }
}

impl<T: Real> Worker<T> {
    fn start_backward(&mut self) {
        self.squares = 0.0;
        self.hidden_bias.fill(0.0);
        self.output_bias.fill(0.0);
    }
}

impl<T: Real> Pass<'_, T> {
    /// x̂, the squared error, δ3/m and δ2/m of `rows` rows from `first` of the worker's slice, left in its blocks; the
    /// bias gradients are added up.
    fn deltas(&self, worker: &mut Worker<T>, first: usize, rows: usize) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let kernels = self.kernels;
        let range = first * hidden_padded..(first + rows) * hidden_padded;
        let output = &mut worker.output_delta[..rows * inputs_padded];
        kernels.multiply(
            (rows, inputs_padded, hidden),
            Left::plain(&worker.activations[range.clone()], hidden_padded),
            Right::Panels(self.packing.decoder()),
            Start::Row(self.packing.decoder_bias()),
            output,
            inputs_padded,
        );
        let x = self.samples.rows(worker.start + first, rows, inputs);
        let scale = T::of((self.samples.count as f64).recip());
        for (z, x) in output
            .chunks_mut(STRETCH * inputs_padded)
            .zip(x.chunks(STRETCH * inputs))
        {
            let [sums, squares] = &mut worker.stretch;
            kernels.output(
                self.curve,
                (inputs_padded, inputs),
                z,
                x,
                inputs,
                scale,
                (sums, squares),
            );
            add_stretch(&mut worker.output_bias, sums);
            worker.squares += squares[..inputs]
                .iter()
                .map(|square| square.f64())
                .sum::<f64>();
        }

        let back = &mut worker.hidden_delta[..rows * hidden_padded];
        kernels.multiply(
            (rows, hidden_padded, inputs),
            Left::plain(output, inputs_padded),
            Right::Panels(self.packing.back()),
            Start::Zero,
            back,
            hidden_padded,
        );
        let printed = self.objective.gradient == GradientForm::Printed;
        let slopes = worker.slopes[range].chunks(STRETCH * hidden_padded);
        for (back, slope) in back.chunks_mut(STRETCH * hidden_padded).zip(slopes) {
            let [sums, _] = &mut worker.stretch;
            kernels.hidden_delta(printed, hidden_padded, back, slope, self.sparsity, sums);
            add_stretch(&mut worker.hidden_bias, sums);
        }
        if !printed {
            self.saturated.add_terms(
                worker.start + first,
                self.objective,
                back,
                hidden_padded,
                &mut worker.hidden_bias,
            );
        }
        if self.layout.pads_samples() {
            let padded = worker.padded_samples.chunks_exact_mut(inputs_padded);
            for (to, row) in padded.zip(x.chunks_exact(inputs)) {
                to[..inputs].copy_from_slice(row);
            }
        }
    }

    /// The rows of samples that the worker's block holds, as a right-hand side.
    fn samples_of<'a>(&'a self, worker: &'a Worker<T>, first: usize, rows: usize) -> Right<'a, T> {
        let Layout {
            inputs,
            inputs_padded,
            ..
        } = self.layout;
        if self.layout.pads_samples() {
            Right::Rows {
                values: &worker.padded_samples,
                stride: inputs_padded,
            }
        } else {
            Right::Rows {
                values: self.samples.rows(worker.start + first, rows, inputs),
                stride: inputs,
            }
        }
    }

    /// ∇W1 += δ2ᵀX/m and ∇W2 += δ3ᵀa2/m of a block, in `sums` (as the flat gradient). The slice's first block starts
    /// them: from λW where `decay`, else from nothing.
    fn add_products(
        &self,
        worker: &Worker<T>,
        first: usize,
        rows: usize,
        sums: &mut [T],
        decay: bool,
    ) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let start = |range: &Range<usize>, stride| match first {
            0 if decay => self.decay(range.start, stride),
            0 => Start::Zero,
            _ => Start::Add,
        };
        let encoder = self.parameters.encoder_range();
        self.kernels.multiply(
            (hidden, inputs, rows),
            Left::transposed(&worker.hidden_delta, hidden_padded),
            self.samples_of(worker, first, rows),
            start(&encoder, inputs),
            &mut sums[encoder],
            inputs,
        );
        let decoder = self.parameters.decoder_range();
        self.kernels.multiply(
            (inputs, hidden, rows),
            Left::transposed(&worker.output_delta, inputs_padded),
            Right::Rows {
                values: &worker.activations[first * hidden_padded..],
                stride: hidden_padded,
            },
            start(&decoder, hidden),
            &mut sums[decoder],
            hidden,
        );
    }

    /// λ times the parameters from `offset` on, in rows of `stride`.
    fn decay(&self, offset: usize, stride: usize) -> Start<'_, T> {
        if self.objective.weight_decay == 0.0 {
            return Start::Zero;
        }
        let scale = T::of(self.objective.weight_decay);
        Start::Scaled {
            values: &self.parameters.flat()[offset..],
            stride,
            scale,
        }
    }

    /// The rows of ∇W1 and ∇W2 that lie in `part`, which begins `offset` into the flat gradient, over all workers'
    /// single blocks.
    fn gradient_rows(&self, workers: &[Worker<T>], offset: usize, part: &mut [T]) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let within =
            |range: Range<usize>| range.start.max(offset)..range.end.min(offset + part.len());
        let encoder = within(self.parameters.encoder_range());
        let decoder = within(self.parameters.decoder_range());
        if !encoder.is_empty() {
            let first = encoder.start / inputs;
            let c = &mut part[encoder.start - offset..encoder.end - offset];
            for (index, worker) in workers.iter().enumerate() {
                let start = if index == 0 {
                    self.decay(encoder.start, inputs)
                } else {
                    Start::Add
                };
                self.kernels.multiply(
                    (encoder.len() / inputs, inputs, worker.count),
                    Left::transposed(&worker.hidden_delta[first..], hidden_padded),
                    self.samples_of(worker, 0, worker.count),
                    start,
                    c,
                    inputs,
                );
            }
        }
        if !decoder.is_empty() {
            let first = (decoder.start - self.parameters.decoder_range().start) / hidden;
            let c = &mut part[decoder.start - offset..decoder.end - offset];
            for (index, worker) in workers.iter().enumerate() {
                let start = if index == 0 {
                    self.decay(decoder.start, hidden)
                } else {
                    Start::Add
                };
                self.kernels.multiply(
                    (decoder.len() / hidden, hidden, worker.count),
                    Left::transposed(&worker.output_delta[first..], inputs_padded),
                    Right::Rows {
                        values: &worker.activations,
                        stride: hidden_padded,
                    },
                    start,
                    c,
                    hidden,
                );
            }
        }
    }
}
