//! The first pass over the samples: a2, f′, ρ̂; and the error alone, where no gradient is wanted.

use super::contribution::Open;
use super::cut::Block;
use super::layout::Worker;
use super::packing::Packing;
use super::sums::Quantity;
use super::{Cut, Engine, Layout, Samples, hidden_curve, output_curve};
use crate::model::units::UnitStatistics;
use crate::model::{Objective, Parameters};
use crate::numerics::{AlignedBuffer, Curve, Kernels, Left, Real, Right, Start};

/// What the first pass takes note of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statistics {
    /// The sums behind ρ̂.
    Sums,
    /// Also least, greatest and variance of every unit.
    Spread,
}

/// What a unit's spread is told from, beside the sums.
#[derive(Default)]
pub(super) struct Spread<T> {
    /// a2 of the first sample (h padded), about which the squares are taken.
    centre: AlignedBuffer<T>,
    /// That sample (n), where it is stored as bytes.
    first: AlignedBuffer<T>,
}

/// The decoder's half of the way forward, for both passes: what it reads and every worker shares.
pub(super) struct Reconstruction<'a, T: Real> {
    pub(super) layout: Layout,
    pub(super) cut: Cut,
    pub(super) kernels: &'static Kernels<T>,
    pub(super) packing: &'a Packing<T>,
    pub(super) samples: Samples<'a, T>,
    pub(super) curve: Curve,
    /// 1/m, which δ3 is multiplied by.
    pub(super) scale: T,
    /// Whose first term to sum.
    pub(super) open: &'a Open<T>,
}

impl<T: Real> Reconstruction<'_, T> {
    /// The squared error and δ3/m of a block that has its a2 with `worker`, left there; so are the sums of its
    /// stretches.
    pub(super) fn of(&self, worker: &mut Worker<T>, block: &Block) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let output = &mut worker.output_delta[..block.rows * inputs_padded];
        self.kernels.multiply(
            (block.rows, inputs_padded, hidden),
            Left::plain(
                &worker.activations[block.range(hidden_padded)],
                hidden_padded,
            ),
            Right::Panels(self.packing.decoder()),
            Start::Row(self.packing.decoder_bias()),
            output,
            inputs_padded,
        );
        let place = (block.start, block.rows);
        let decoded = &mut worker.decoded;
        let x = self.samples.rows(place, inputs, self.kernels, decoded);
        for (stretch, rows) in self.cut.stretches_of(block) {
            self.kernels.output(
                self.curve,
                (inputs_padded, inputs),
                &mut output[rows.start * inputs_padded..rows.end * inputs_padded],
                &x[rows.start * inputs..rows.end * inputs],
                inputs,
                self.scale,
                (
                    worker.sums.of_mut(Quantity::OutputDelta, stretch),
                    &mut worker.squared_errors,
                ),
            );
            worker.sums.squared_errors[stretch] = sum_in_f64(&worker.squared_errors[..inputs]);
        }
        if !self.open.units.is_empty() {
            self.respond(worker, block);
        }
    }

    /// (ā − a2)·y/m of the open units, summed over each stretch.
    fn respond(&self, worker: &mut Worker<T>, block: &Block) {
        let Layout {
            inputs,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let Open {
            units,
            columns,
            means,
            stride,
        } = self.open;
        let response = &mut worker.response[..block.rows * stride];
        self.kernels.multiply(
            (block.rows, *stride, inputs),
            Left::plain(&worker.output_delta, inputs_padded),
            Right::Rows {
                values: columns,
                stride: *stride,
            },
            Start::Zero,
            response,
            *stride,
        );
        let activations = &worker.activations[block.range(hidden_padded)];
        for (stretch, rows) in self.cut.stretches_of(block) {
            let sums = worker.sums.of_mut(Quantity::Response, stretch);
            sums.fill(T::zero());
            for row in rows {
                let a = &activations[row * hidden_padded..][..hidden_padded];
                let y = &response[row * stride..][..*stride];
                for (((sum, y), unit), mean) in sums.iter_mut().zip(y).zip(units).zip(means) {
                    *sum += (*mean - a[*unit]) * *y;
                }
            }
        }
    }
}

impl<T: Real> Engine<T> {
    /// Cuts the samples, packs the weights, and computes the sums over p of all samples; a2 and f′ stay with the workers,
    /// of several chapters those of the last.
    pub(super) fn activate(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        statistics: Statistics,
        backward: bool,
    ) {
        self.cut_samples(samples);
        self.packing
            .pack(parameters, backward, self.kernels, &self.pool, self.used);
        let quantities: &[Quantity] = match statistics {
            Statistics::Sums => &[Quantity::P, Quantity::Q],
            Statistics::Spread => {
                self.find_centre(samples);
                for worker in &mut self.workers[..self.used] {
                    worker.least.copy_from_slice(&self.spread.centre);
                    worker.greatest.copy_from_slice(&self.spread.centre);
                }
                &[
                    Quantity::P,
                    Quantity::Q,
                    Quantity::SquaredSpread,
                    Quantity::Slope,
                ]
            }
        };
        self.summed.clear(quantities);
        for chapter in 0..self.chapters {
            self.deal(chapter, samples);
            self.pass_forward(samples, statistics);
            self.add_up(quantities);
        }
    }

    /// Deals out a chapter, of several, and computes its a2 and f′ once more; a single one is there.
    pub(super) fn turn_to(&mut self, chapter: usize, samples: Samples<'_, T>) {
        if self.chapters > 1 {
            self.deal(chapter, samples);
            self.pass_forward(samples, Statistics::Sums);
        }
    }

    /// a2, f′ and the sums of the present chapter.
    fn pass_forward(&mut self, samples: Samples<'_, T>, statistics: Statistics) {
        let (layout, kernels) = (self.layout, self.kernels);
        let spread = statistics == Statistics::Spread;
        let (packing, curve) = (&self.packing, hidden_curve(&self.architecture));
        let (cut, blocks, centre) = (self.cut, &*self.blocks, &*self.spread.centre);
        let Layout {
            inputs,
            hidden_padded,
            ..
        } = layout;
        self.pool
            .each(&mut self.workers[..self.used], |index, worker| {
                let mut own = blocks
                    .iter()
                    .filter(|block| block.worker == index)
                    .peekable();
                while let Some(block) = own.next() {
                    let next = samples.upcoming(own.peek().copied(), inputs);
                    let range = block.range(hidden_padded);
                    let activations = &mut worker.activations[range.clone()];
                    let place = (block.start, block.rows);
                    let x = samples.rows(place, inputs, kernels, &mut worker.decoded);
                    kernels.multiply(
                        (block.rows, hidden_padded, inputs),
                        Left::plain(x, inputs).before(next),
                        Right::Panels(packing.encoder()),
                        Start::Row(packing.encoder_bias()),
                        activations,
                        hidden_padded,
                    );
                    let slopes = &mut worker.slopes[range];
                    for (stretch, rows) in cut.stretches_of(block) {
                        let range = rows.start * hidden_padded..rows.end * hidden_padded;
                        let z = &mut activations[range.clone()];
                        let sums = worker.sums.p_and_q_mut(stretch);
                        kernels.hidden(curve, hidden_padded, z, &mut slopes[range.clone()], sums);
                        if spread {
                            kernels.spread(
                                hidden_padded,
                                z,
                                &slopes[range],
                                centre,
                                (&mut worker.least, &mut worker.greatest),
                                worker.sums.spread_and_slope_mut(stretch),
                            );
                        }
                    }
                }
            });
    }

    /// a2 of the first sample, with the packed weights.
    fn find_centre(&mut self, samples: Samples<'_, T>) {
        let Layout {
            inputs,
            hidden_padded,
            ..
        } = self.layout;
        let Spread { centre, first } = &mut self.spread;
        centre.resize(hidden_padded);
        first.resize(inputs);
        let x = samples.rows((0, 1), inputs, self.kernels, first);
        self.kernels.multiply(
            (1, hidden_padded, inputs),
            Left::plain(x, inputs),
            Right::Panels(self.packing.encoder()),
            Start::Row(self.packing.encoder_bias()),
            centre,
            hidden_padded,
        );
        self.kernels
            .activate(hidden_curve(&self.architecture), centre);
    }

    /// ρ̂ and 1 − ρ̂ from the stretches' sums; and which units need the log domain.
    pub(super) fn average(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
    ) {
        self.average_by(parameters, samples, objective, Self::total);
    }

    /// [`Self::average`], the sums of p and of 1 − p over all samples from `total`.
    pub(super) fn average_by(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
        total: impl Fn(&Self, Quantity, &mut [f64]),
    ) {
        let count = samples.count as f64;
        let mut totals = std::mem::take(&mut self.totals);
        totals.resize(self.means.len(), 0.0);
        total(self, Quantity::P, &mut totals);
        for ((mean, shown), total) in self
            .means
            .iter_mut()
            .zip(&mut self.mean_activations)
            .zip(&totals)
        {
            mean.0 = total / count;
            *shown = mean.0;
        }
        total(self, Quantity::Q, &mut totals);
        for (mean, total) in self.means.iter_mut().zip(&totals) {
            mean.1 = total / count;
        }
        self.totals = totals;
        self.saturated.find(
            &self.architecture,
            parameters,
            samples,
            self.kernels,
            &self.means,
            objective,
        );
    }

    /// The squared error of all samples, after `activate`.
    pub(super) fn measure_error(&mut self, parameters: &Parameters<T>, samples: Samples<'_, T>) {
        debug_assert_eq!(parameters.inputs(), self.layout.inputs);
        self.summed.squared_error = 0.0;
        self.summed.clear(&[Quantity::Response]);
        for chapter in 0..self.chapters {
            self.turn_to(chapter, samples);
            let reconstruction = Reconstruction {
                layout: self.layout,
                cut: self.cut,
                kernels: self.kernels,
                packing: &self.packing,
                samples,
                curve: output_curve(&self.architecture),
                scale: T::of((samples.count as f64).recip()),
                open: &self.contribution.open,
            };
            let blocks = &*self.blocks;
            self.pool
                .each(&mut self.workers[..self.used], |index, worker| {
                    for block in blocks.iter().filter(|block| block.worker == index) {
                        reconstruction.of(worker, block);
                    }
                });
            self.add_up_errors();
            if !self.contribution.open.units.is_empty() {
                self.add_up(&[Quantity::Response]);
            }
        }
    }

    /// Mean, deviation, least and greatest p of one unit over all samples, after `average`.
    pub(super) fn spread_of_unit(&self, unit: usize, samples: usize, tanh: bool) -> UnitStatistics {
        let p = |a: T| if tanh { 0.5 * (a.f64() + 1.0) } else { a.f64() };
        let scale = if tanh { 0.25 } else { 1.0 };
        let greatest_slope = if tanh { 1.0 } else { 0.25 };
        let mean = self.means[unit].0;
        let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        for worker in &self.workers[..self.used] {
            least = least.min(p(worker.least[unit]));
            greatest = greatest.max(p(worker.greatest[unit]));
        }
        // about the first sample → about the mean
        let off_centre = mean - p(self.spread.centre[unit]);
        let variance = scale * self.summed.of(Quantity::SquaredSpread)[unit] / samples as f64
            - off_centre * off_centre;
        UnitStatistics {
            mean_activation: mean,
            standard_deviation: variance.max(0.0).sqrt(),
            minimum: least,
            maximum: greatest,
            mean_slope: self.summed.of(Quantity::Slope)[unit] / (samples as f64 * greatest_slope),
            ..Default::default()
        }
    }
}

/// Σ of a few numbers, in their order.
pub(super) fn sum_in_f64<T: Real>(values: &[T]) -> f64 {
    values.iter().map(|value| value.f64()).sum()
}
