//! The first pass over the samples: a2, f′, ρ̂; and the error alone, where no gradient is wanted.

use super::layout::{STRETCH, Worker, add_stretch};
use super::{Engine, Layout, Samples, hidden_curve, output_curve};
use crate::model::units::UnitStatistics;
use crate::model::{Objective, Parameters};
use crate::numerics::{Left, Real, Right, Start};

/// What the first pass takes note of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statistics {
    /// The sums behind ρ̂.
    Sums,
    /// Also least, greatest and variance of every unit.
    Spread,
}

impl<T: Real> Engine<T> {
    /// Packs the weights, hands out the slices, and computes a2, f′ and the sums over p for all samples.
    pub(super) fn activate(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        statistics: Statistics,
        backward: bool,
    ) {
        let (layout, kernels) = (self.layout, self.kernels);
        let used = layout.workers(samples.count, self.pool.workers());
        self.used = used;
        for (index, worker) in self.workers[..used].iter_mut().enumerate() {
            let start = layout.slice_start(index, used, samples.count);
            let end = layout.slice_start(index + 1, used, samples.count);
            worker.take(start, end - start, &layout);
        }
        self.packing
            .pack(parameters, backward, kernels, &self.pool, used);

        let (packing, curve) = (&self.packing, hidden_curve(&self.architecture));
        let Layout {
            inputs,
            hidden,
            hidden_padded,
            ..
        } = layout;
        self.pool.each(&mut self.workers[..used], |_, worker| {
            worker.sums_p.fill(0.0);
            worker.sums_q.fill(0.0);
            worker.squared_spread.fill(0.0);
            for (first, rows) in worker.blocks(&layout) {
                let range = first * hidden_padded..(first + rows) * hidden_padded;
                let block = &mut worker.activations[range.clone()];
                kernels.multiply(
                    (rows, hidden_padded, inputs),
                    Left::plain(samples.rows(worker.start + first, rows, inputs), inputs),
                    Right::Panels(packing.encoder()),
                    Start::Row(packing.encoder_bias()),
                    block,
                    hidden_padded,
                );
                let slopes = worker.slopes[range].chunks_mut(STRETCH * hidden_padded);
                for (index, (z, slope)) in block
                    .chunks_mut(STRETCH * hidden_padded)
                    .zip(slopes)
                    .enumerate()
                {
                    let [p, q] = &mut worker.stretch;
                    kernels.hidden(curve, hidden_padded, z, slope, (p, q));
                    add_stretch(&mut worker.sums_p, p);
                    add_stretch(&mut worker.sums_q, q);
                    if statistics == Statistics::Spread {
                        if first == 0 && index == 0 {
                            let row = &z[..hidden_padded];
                            for known in
                                [&mut worker.centre, &mut worker.least, &mut worker.greatest]
                            {
                                known.copy_from_slice(row);
                            }
                        }
                        kernels.spread(
                            hidden_padded,
                            z,
                            &worker.centre,
                            &mut worker.least,
                            &mut worker.greatest,
                            p,
                        );
                        add_stretch(&mut worker.squared_spread, &p[..hidden]);
                    }
                }
            }
        });
    }

    /// ρ̂ and 1 − ρ̂ from the workers' sums, in their order; and which units need the log domain.
    pub(super) fn average(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
    ) {
        let count = samples.count as f64;
        for (unit, mean) in self.means.iter_mut().enumerate() {
            let workers = &self.workers[..self.used];
            *mean = (
                workers
                    .iter()
                    .map(|worker| worker.sums_p[unit])
                    .sum::<f64>()
                    / count,
                workers
                    .iter()
                    .map(|worker| worker.sums_q[unit])
                    .sum::<f64>()
                    / count,
            );
            self.mean_activations[unit] = mean.0;
        }
        self.saturated.find(
            &self.architecture,
            parameters,
            samples.values,
            &self.means,
            objective,
        );
    }

    /// The squared error of all samples, after `activate`.
    pub(super) fn measure_error(&mut self, parameters: &Parameters<T>, samples: Samples<'_, T>) {
        debug_assert_eq!(parameters.inputs(), self.layout.inputs);
        let (layout, kernels, packing) = (self.layout, self.kernels, &self.packing);
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = layout;
        let curve = output_curve(&self.architecture);
        self.pool.each(&mut self.workers[..self.used], |_, worker| {
            worker.squares = 0.0;
            for (first, rows) in worker.blocks(&layout) {
                let block = &mut worker.output_delta[..rows * inputs_padded];
                kernels.multiply(
                    (rows, inputs_padded, hidden),
                    Left::plain(&worker.activations[first * hidden_padded..], hidden_padded),
                    Right::Panels(packing.decoder()),
                    Start::Row(packing.decoder_bias()),
                    block,
                    inputs_padded,
                );
                let x = samples.rows(worker.start + first, rows, inputs);
                for (z, x) in block
                    .chunks_mut(STRETCH * inputs_padded)
                    .zip(x.chunks(STRETCH * inputs))
                {
                    let [sums, squares] = &mut worker.stretch;
                    kernels.output(
                        curve,
                        (inputs_padded, inputs),
                        z,
                        x,
                        inputs,
                        T::one(),
                        (sums, squares),
                    );
                    worker.squares += squares[..inputs]
                        .iter()
                        .map(|square| square.f64())
                        .sum::<f64>();
                }
            }
        });
    }
}

/// Mean, deviation, least and greatest p of one unit over all slices; (a + 1)/2 is p where the unit is `tanh`.
pub(super) fn spread_of_unit<T: Real>(
    workers: &[Worker<T>],
    unit: usize,
    mean: f64,
    samples: usize,
    tanh: bool,
) -> UnitStatistics {
    let p = |a: T| if tanh { 0.5 * (a.f64() + 1.0) } else { a.f64() };
    let scale = if tanh { 0.25 } else { 1.0 };
    let (mut least, mut greatest, mut squares) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    for worker in workers {
        least = least.min(p(worker.least[unit]));
        greatest = greatest.max(p(worker.greatest[unit]));
        // about the slice's first sample → about the slice's mean → about the mean: nothing large cancels
        let count = worker.count as f64;
        let own_mean = worker.sums_p[unit] / count;
        let off_centre = own_mean - p(worker.centre[unit]);
        let about_own_mean = scale * worker.squared_spread[unit] - count * off_centre * off_centre;
        squares += about_own_mean.max(0.0) + count * (own_mean - mean).powi(2);
    }
    UnitStatistics {
        mean_activation: mean,
        standard_deviation: (squares / samples as f64).sqrt(),
        minimum: least,
        maximum: greatest,
        ..Default::default()
    }
}
