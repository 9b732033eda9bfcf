//! J and ∇J of one batch on several workers, shared out by columns: each has some of the hidden units and some of the
//! outputs, and takes all samples through them.
//!
//! Between two batches every weight changes. Were the samples shared out, each worker would read all weights, half of
//! them from the cache of another core, and wait for them to be packed. Here a worker's rows of W1 and W2, their packed
//! form, their gradient and what the optimiser remembers of them stay with it ([`Engine::shares`]); what goes from one
//! to the other is a2 and δ3 of the batch, and the columns of W2.
//!
//! The bits are those of the other way: an element of a product is the same chain over its depth, whichever worker has
//! its column, and whether the depth is taken in one piece or in a worker's outputs each; the sums over a stretch are
//! column by column; and what is added up across columns or stretches is added up in their order.

use std::ops::Range;

use super::backward::decay;
use super::cut::{Block, share, worth};
use super::sums::Quantity;
use super::{Cut, Engine, Layout, Samples, hidden_curve, output_curve};
use crate::model::{Cost, GradientForm, Objective, Parameters};
use crate::numerics::{AlignedBuffer, Kernels, Left, Real, Right, Start};

/// Weights of W1 for each sample below which the samples themselves are sooner shared out: then little is packed and
/// exchanged for what is done with it.
const WEIGHTS_A_SAMPLE: usize = 64;

/// The samples of a step.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a, T> {
    /// (m, n), row by row
    pub values: &'a [T],
    /// m
    pub count: usize,
}

/// Some columns of a layer, from a whole vector on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Columns {
    first: usize,
    count: usize,
    /// `count` in whole vectors.
    padded: usize,
}

impl Columns {
    fn new(vectors: Range<usize>, width: usize, layer: usize) -> Self {
        let first = vectors.start * width;
        Self {
            first,
            count: layer.min(vectors.end * width) - first,
            padded: vectors.len() * width,
        }
    }

    fn range(&self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// The rows of a weight matrix that belong to these, of `length` numbers each.
    fn rows(&self, length: usize) -> Range<usize> {
        self.first * length..(self.first + self.count) * length
    }
}

/// What a worker multiplies by on the way forward: its columns of a layer's weights and biases.
#[derive(Default)]
struct Packed<T> {
    /// Its rows of W transposed (depth, columns), in panels
    weights: AlignedBuffer<T>,
    /// Zero beyond the last column.
    bias: AlignedBuffer<T>,
    /// Σw² of its share of the layer's chunks
    squared_weights: Vec<f64>,
}

impl<T: Real> Packed<T> {
    fn make_room(&mut self, columns: &Columns, depth: usize) {
        self.weights.resize(depth.saturating_mul(columns.padded));
        self.bias.resize(columns.padded);
    }

    /// Packs part `worker` of `workers` of a layer's `weights`, whose rows are `depth` long, and of its `bias`; Σw² where
    /// the weights decay, of chunks that lie where its rows do, or nearly.
    fn pack(
        &mut self,
        (weights, bias): (&[T], &[T]),
        (columns, depth): (&Columns, usize),
        (worker, workers): (usize, usize),
        decays: bool,
        kernels: &Kernels<T>,
    ) {
        let own = &weights[columns.rows(depth)];
        kernels.pack_transposed(own, depth, columns.padded, &mut self.weights);
        self.bias[..columns.count].copy_from_slice(&bias[columns.range()]);
        self.bias[columns.count..].fill(T::zero());
        if decays {
            let each = Kernels::<T>::SQUARES;
            let chunks = weights.len().div_ceil(each);
            let (start, end) = (
                share(chunks, worker, workers),
                share(chunks, worker + 1, workers),
            );
            self.squared_weights.resize(end - start, 0.0);
            let own = &weights[start * each..weights.len().min(end * each)];
            kernels.sums_of_squares(own, &mut self.squared_weights);
        }
    }
}

/// What a worker has of the hidden layer on the way forward.
#[derive(Default)]
struct Hidden<T> {
    units: Columns,
    /// W1ᵀ (n, units) and b1
    weights: Packed<T>,
    /// a2 and f′(z2) (m, units padded)
    activations: AlignedBuffer<T>,
    slopes: AlignedBuffer<T>,
    /// Column sums of p and of 1 − p (stretches, units padded)
    p: AlignedBuffer<T>,
    q: AlignedBuffer<T>,
}

/// What a worker has of the output layer.
#[derive(Default)]
struct Output<T> {
    outputs: Columns,
    /// W2ᵀ (h, outputs) and b2
    weights: Packed<T>,
    /// a2 of all units (m, h padded): its own copy
    activations: AlignedBuffer<T>,
    /// δ3/m (m, outputs padded)
    delta: AlignedBuffer<T>,
    /// Column sums of δ3/m and of (x̂ − x)² (stretches, outputs padded)
    sums: AlignedBuffer<T>,
    squared_errors: AlignedBuffer<T>,
}

/// What a worker has of the hidden layer on the way back.
#[derive(Default)]
struct Back<T> {
    /// δ2/m (m, units padded)
    delta: AlignedBuffer<T>,
    /// Its column sums (stretches, units padded)
    sums: AlignedBuffer<T>,
    /// The samples with padded rows, where n isn't whole vectors.
    padded_samples: AlignedBuffer<T>,
}

/// The workers' buffers.
#[derive(Default)]
pub(super) struct ByColumns<T> {
    hidden: Vec<Hidden<T>>,
    output: Vec<Output<T>>,
    back: Vec<Back<T>>,
    /// The stretches' rows.
    stretches: Vec<Range<usize>>,
}

impl<T: Real> ByColumns<T> {
    /// Deals the columns out to `workers`, and makes room for `samples`.
    fn deal(&mut self, workers: usize, samples: usize, layout: &Layout, kernels: &Kernels<T>) {
        let (n, h, width) = (layout.inputs, layout.hidden, kernels.width());
        self.hidden.resize_with(workers, Hidden::default);
        self.output.resize_with(workers, Output::default);
        self.back.resize_with(workers, Back::default);
        self.stretches.clear();
        let cut = Cut::new(samples, layout);
        self.stretches
            .extend(cut.stretches_of(&Block::whole(&cut)).map(|(_, rows)| rows));
        let stretches = self.stretches.len();
        let vectors = layout.hidden_padded / width;
        for (worker, hidden) in self.hidden.iter_mut().enumerate() {
            let own = share(vectors, worker, workers)..share(vectors, worker + 1, workers);
            let units = Columns::new(own, width, h);
            hidden.units = units;
            hidden.weights.make_room(&units, n);
            hidden.activations.resize(samples * units.padded);
            hidden.slopes.resize(samples * units.padded);
            hidden.p.resize(stretches * units.padded);
            hidden.q.resize(stretches * units.padded);
            let back = &mut self.back[worker];
            back.delta.resize(samples * units.padded);
            back.sums.resize(stretches * units.padded);
            if layout.pads_samples() {
                back.padded_samples.resize(samples * layout.inputs_padded);
            }
        }
        let vectors = layout.inputs_padded / width;
        for (worker, output) in self.output.iter_mut().enumerate() {
            // the other way round: who has a vector less of the units has one more of the outputs
            let from_end = |worker: usize| vectors - share(vectors, workers - worker, workers);
            let outputs = Columns::new(from_end(worker)..from_end(worker + 1), width, n);
            output.outputs = outputs;
            output.weights.make_room(&outputs, h);
            output.activations.resize(samples * layout.hidden_padded);
            output.delta.resize(samples * outputs.padded);
            output.sums.resize(stretches * outputs.padded);
            output.squared_errors.resize(stretches * outputs.padded);
        }
    }

    /// Sets `totals` to the sums of `quantity` over all stretches, in their order.
    fn total(&self, quantity: Quantity, kernels: &Kernels<T>, totals: &mut [f64]) {
        totals.fill(0.0);
        let mut add = |columns: &Columns, sums: &[T]| {
            for sums in sums.chunks_exact(columns.padded) {
                kernels.add_to_f64(&mut totals[columns.range()], sums);
            }
        };
        for ((hidden, back), output) in self.hidden.iter().zip(&self.back).zip(&self.output) {
            match quantity {
                Quantity::P => add(&hidden.units, &hidden.p),
                Quantity::Q => add(&hidden.units, &hidden.q),
                Quantity::HiddenDelta => add(&hidden.units, &back.sums),
                Quantity::OutputDelta => add(&output.outputs, &output.sums),
                Quantity::SquaredSpread | Quantity::Slope | Quantity::Response => {
                    unreachable!("only a measurement has them")
                }
            }
        }
    }

    /// Σ‖x̂ − x‖²: of each stretch output by output, then stretch by stretch.
    fn squared_error(&self) -> f64 {
        // a sum is a chain of additions that wait for each other: four at once
        let mut total = 0.0;
        for first in (0..self.stretches.len()).step_by(4) {
            let mut sums = [0.0; 4];
            let sums = &mut sums[..(self.stretches.len() - first).min(4)];
            for output in &self.output {
                let Columns { count, padded, .. } = output.outputs;
                let errors = &output.squared_errors[first * padded..];
                for column in 0..count {
                    for (stretch, sum) in sums.iter_mut().enumerate() {
                        *sum += errors[stretch * padded + column].f64();
                    }
                }
            }
            sums.iter().for_each(|sum| total += sum);
        }
        total
    }
}

impl<T: Real> Engine<T> {
    /// How many workers take a batch of `samples` through by columns; `None` where it isn't done.
    pub(super) fn workers_by_columns(&self, samples: usize) -> Option<usize> {
        let Layout { inputs, hidden, .. } = self.layout;
        let weights = inputs.saturating_mul(hidden);
        if Cut::new(samples, &self.layout).slices > 1 || weights / WEIGHTS_A_SAMPLE < samples {
            return None;
        }
        // at least a vector each; with two of outputs, what lies behind W2's last row is long enough to be read with it
        let least = self.layout.hidden_padded.min(self.layout.inputs_padded);
        let most = self.most_workers.min(least / self.kernels.width());
        Some(worth(samples, &self.layout).min(most)).filter(|workers| *workers > 1)
    }

    /// J and ∇J over `samples`, with this many workers.
    pub(super) fn descend_by_columns(
        &mut self,
        workers: usize,
        parameters: &Parameters<T>,
        samples: Batch<'_, T>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) -> Cost {
        let mut by = std::mem::take(&mut self.by_columns);
        by.deal(workers, samples.count, &self.layout, self.kernels);
        let decays = objective.weight_decay != 0.0;
        self.hidden_forward(&mut by, parameters, samples, decays);
        let kernels = self.kernels;
        let all = Samples::of(samples.values, samples.count);
        self.average_by(parameters, all, objective, |_, quantity, totals| {
            by.total(quantity, kernels, totals);
        });
        self.output_forward(&mut by, parameters, samples, decays);
        self.set_sparsity(samples.count, objective);
        self.hidden_back(&mut by, parameters, samples, objective);
        self.gradient_by_columns(&mut by, parameters, samples, objective, gradient);
        self.bias_gradients(gradient, |_, quantity, totals| {
            by.total(quantity, kernels, totals);
        });
        let cost = self.cost_of(by.squared_error(), samples.count, objective, || {
            let encoder = by.hidden.iter().flat_map(|of| &of.weights.squared_weights);
            let decoder = by.output.iter().flat_map(|of| &of.weights.squared_weights);
            [encoder.sum(), decoder.sum()]
        });
        self.by_columns = by;
        cost
    }

    /// a2, f′ and the sums over p, each worker's units with its rows of W1.
    fn hidden_forward(
        &self,
        by: &mut ByColumns<T>,
        parameters: &Parameters<T>,
        samples: Batch<'_, T>,
        decays: bool,
    ) {
        let (kernels, n) = (self.kernels, self.layout.inputs);
        let layer = (
            &parameters.flat()[parameters.encoder_range()],
            &parameters.flat()[parameters.encoder_bias_range()],
        );
        let (curve, stretches) = (hidden_curve(&self.architecture), &by.stretches);
        let workers = by.hidden.len();
        self.pool.each(&mut by.hidden, |worker, hidden| {
            let own = (&hidden.units, n);
            let part = (worker, workers);
            hidden.weights.pack(layer, own, part, decays, kernels);
            let padded = hidden.units.padded;
            kernels.multiply(
                (samples.count, padded, n),
                Left::plain(samples.values, n),
                Right::Panels(&hidden.weights.weights),
                Start::Row(&hidden.weights.bias),
                &mut hidden.activations,
                padded,
            );
            for (stretch, rows) in stretches.iter().enumerate() {
                let range = rows.start * padded..rows.end * padded;
                let own = stretch * padded..(stretch + 1) * padded;
                kernels.hidden(
                    curve,
                    padded,
                    &mut hidden.activations[range.clone()],
                    &mut hidden.slopes[range],
                    (&mut hidden.p[own.clone()], &mut hidden.q[own]),
                );
            }
        });
    }

    /// The squared error and δ3/m, each worker's outputs with its rows of W2.
    fn output_forward(
        &self,
        by: &mut ByColumns<T>,
        parameters: &Parameters<T>,
        samples: Batch<'_, T>,
        decays: bool,
    ) {
        let (kernels, layout) = (self.kernels, self.layout);
        let (n, h, h_padded) = (layout.inputs, layout.hidden, layout.hidden_padded);
        let layer = (
            &parameters.flat()[parameters.decoder_range()],
            &parameters.flat()[parameters.decoder_bias_range()],
        );
        let curve = output_curve(&self.architecture);
        let scale = T::of((samples.count as f64).recip());
        let (all_hidden, stretches) = (&by.hidden, &by.stretches);
        let workers = by.output.len();
        self.pool.each(&mut by.output, |worker, output| {
            let Columns {
                first,
                count,
                padded,
            } = output.outputs;
            let own = (&output.outputs, h);
            let part = (worker, workers);
            output.weights.pack(layer, own, part, decays, kernels);
            for hidden in all_hidden {
                let Columns { first, padded, .. } = hidden.units;
                let rows = output.activations.chunks_exact_mut(h_padded);
                for (to, from) in rows.zip(hidden.activations.chunks_exact(padded)) {
                    to[first..first + padded].copy_from_slice(from);
                }
            }
            kernels.multiply(
                (samples.count, padded, h),
                Left::plain(&output.activations, h_padded),
                Right::Panels(&output.weights.weights),
                Start::Row(&output.weights.bias),
                &mut output.delta,
                padded,
            );
            for (stretch, rows) in stretches.iter().enumerate() {
                let own = stretch * padded..(stretch + 1) * padded;
                kernels.output(
                    curve,
                    (padded, count),
                    &mut output.delta[rows.start * padded..rows.end * padded],
                    &samples.values[rows.start * n + first..],
                    n,
                    scale,
                    (
                        &mut output.sums[own.clone()],
                        &mut output.squared_errors[own],
                    ),
                );
            }
        });
    }

    /// δ2/m, each worker's units with its columns of W2.
    fn hidden_back(
        &self,
        by: &mut ByColumns<T>,
        parameters: &Parameters<T>,
        samples: Batch<'_, T>,
        objective: &Objective,
    ) {
        let (kernels, layout) = (self.kernels, self.layout);
        let h = layout.hidden;
        let from_w2 = &parameters.flat()[parameters.decoder_range().start..];
        let printed = objective.gradient == GradientForm::Printed;
        let ByColumns {
            hidden: all_hidden,
            output: all_output,
            back: all_back,
            stretches,
            ..
        } = by;
        self.pool.each(all_back, |worker, back| {
            let hidden = &all_hidden[worker];
            let Columns { first, padded, .. } = hidden.units;
            for output in &*all_output {
                let outputs = output.outputs;
                // beyond the last unit a row of W2 is followed by the next: nobody reads what comes of that
                kernels.multiply(
                    (samples.count, padded, outputs.count),
                    Left::plain(&output.delta, outputs.padded),
                    Right::Rows {
                        values: &from_w2[outputs.first * h + first..],
                        stride: h,
                    },
                    if outputs.first == 0 {
                        Start::Zero
                    } else {
                        Start::Add
                    },
                    &mut back.delta,
                    padded,
                );
            }
            for (stretch, rows) in stretches.iter().enumerate() {
                let range = rows.start * padded..rows.end * padded;
                let delta = &mut back.delta[range.clone()];
                let sums = &mut back.sums[stretch * padded..(stretch + 1) * padded];
                let sparsity = &self.sparsity[first..first + padded];
                let slopes = &hidden.slopes[range];
                kernels.hidden_delta(printed, padded, delta, slopes, sparsity, sums);
                if !printed {
                    let units = hidden.units.range();
                    self.saturated
                        .add_terms(rows.start, &units, objective, delta, padded, sums);
                }
            }
            layout.pad_samples(samples.values, &mut back.padded_samples);
        });
    }

    /// ∇W1 and ∇W2, each worker's rows of both.
    fn gradient_by_columns(
        &mut self,
        by: &mut ByColumns<T>,
        parameters: &Parameters<T>,
        samples: Batch<'_, T>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) {
        let (kernels, layout) = (self.kernels, self.layout);
        let (n, h, m) = (layout.inputs, layout.hidden, samples.count);
        let workers = by.hidden.len();
        let w2 = parameters.decoder_range();
        let ends = &mut self.gradient_ends;
        ends.clear();
        ends.extend(by.hidden.iter().map(|of| of.units.rows(n).end));
        ends.extend(by.output.iter().map(|of| w2.start + of.outputs.rows(h).end));
        // the biases go with the rows before them
        ends[workers - 1] = w2.start;
        ends[2 * workers - 1] = gradient.flat().len();
        self.gradient_turns = workers;

        let ByColumns {
            hidden,
            output,
            back,
            ..
        } = by;
        self.pool.parts_in_turn(
            workers,
            gradient.flat_mut(),
            ends,
            |part, start, rows: &mut [T]| {
                let worker = part % workers;
                if part < workers {
                    let (units, back) = (&hidden[worker].units, &back[worker]);
                    let (values, stride) = if layout.pads_samples() {
                        (&*back.padded_samples, layout.inputs_padded)
                    } else {
                        (samples.values, n)
                    };
                    kernels.multiply(
                        (units.count, n, m),
                        Left::transposed(&back.delta, units.padded),
                        Right::Rows { values, stride },
                        decay(parameters, objective, start, n),
                        rows,
                        n,
                    );
                } else {
                    let of = &output[worker];
                    kernels.multiply(
                        (of.outputs.count, h, m),
                        Left::transposed(&of.delta, of.outputs.padded),
                        Right::Rows {
                            values: &of.activations,
                            stride: layout.hidden_padded,
                        },
                        decay(parameters, objective, start, h),
                        rows,
                        h,
                    );
                }
            },
        );
    }
}
