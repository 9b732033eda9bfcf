//! What each unit contributes to the reconstruction: how much 1/(2m) Σ‖x̂−x‖² would change if its activation were its
//! mean over the samples ([`crate::model::ablation`] says it exactly, for much more time).
//!
//! Replacing a_j by ā_j shifts z3 by d W2_:j, d = ā_j − a_j. To second order in that shift the loss changes by
//!
//! E\[d · y_j\] + ½ E\[d² · v_j\],  y = δ3 W2,  v_j = Σ_i W2_ij² (g′² + (x̂−x) g″)_i,
//!
//! E over the samples. Near zero contribution, which is where it decides something, the two terms often cancel, and each
//! is a mean over samples whose spread is many times the bound: the first has to be taken over all samples, the second
//! is told from a few, as E\[d²\] (known) times the mean of v weighted by d².
//!
//! v is computed over an even sample ([`SHARE`]). Where the gradient over all samples is known the first term is in it:
//! with E\[δ3_i a_j\] = (∂J/∂W2 − λ W2)_ij and E\[δ3_i\] = ∂J/∂b2_i it is Σ_i W2_ij (ā_j ∂J/∂b2_i − ∂J/∂W2_ij +
//! λ W2_ij). Else y is computed over the even sample too, which leaves most units decided, with a standard error to
//! spare: those that hardly move the output, and those that move it much. Only the columns of y of the others are
//! computed for every sample, beside the pass that computes δ3 in any case.

use std::ops::Range;

use super::sums::Quantity;
use super::{Engine, Layout, Samples, Stored, hidden_curve, output_curve};
use crate::model::sampling::EvenSample;
use crate::model::units::UnitStatistics;
use crate::model::{HiddenActivation, Objective, Parameters};
use crate::numerics::{AlignedBuffer, Left, Real, Right, Start};

/// One sample in this many is looked at first,
const SHARE: usize = 32;
/// but no fewer than this.
const LEAST: usize = 64;
/// Samples that are looked at together.
const ROWS: usize = 256;
/// A unit is decided where so many standard errors don't matter.
const SURE: f64 = 4.0;

/// The workspace, and what came of it.
#[derive(Default)]
pub(super) struct Contribution<T> {
    /// Of some of the sample's rows: themselves (k, n), a2 and y (k, h padded), δ3 and g′² + (x̂−x)g″ (k, n padded), v (k, h padded).
    samples: AlignedBuffer<T>,
    activations: AlignedBuffer<T>,
    response: AlignedBuffer<T>,
    delta: AlignedBuffer<T>,
    curvature: AlignedBuffer<T>,
    bend: AlignedBuffer<T>,
    /// W2² (n, h padded)
    squares: AlignedBuffer<T>,
    /// Sums that nobody reads (n padded).
    spare: [AlignedBuffer<T>; 2],
    moments: Moments,
    /// The two terms of each unit (h).
    first: Vec<f64>,
    second: Vec<f64>,
    /// The units that are not decided, in order.
    pub(super) open: Open<T>,
}

/// Sums over the sample's rows, of each unit (h), with d = ā − a2.
#[derive(Default)]
struct Moments {
    dy: Vec<f64>,
    yy: Vec<f64>,
    dd: Vec<f64>,
    ddv: Vec<f64>,
}

impl Moments {
    fn clear(&mut self, hidden: usize) {
        for sums in [&mut self.dy, &mut self.yy, &mut self.dd, &mut self.ddv] {
            sums.clear();
            sums.resize(hidden, 0.0);
        }
    }
}

/// The units whose first term is taken over all samples.
#[derive(Default)]
pub(super) struct Open<T> {
    pub units: Vec<usize>,
    /// Their columns of W2 (n, [`Self::stride`]), and ā of each.
    pub columns: AlignedBuffer<T>,
    pub means: Vec<T>,
    /// Their number in whole vectors.
    pub stride: usize,
}

impl<T: Real> Engine<T> {
    /// The second term of every unit from a few samples, after `activate` and `average`. With a `bound` on |change|, and
    /// the back product's panels packed, the first too, and what these decide; the passes over all samples see to the
    /// rest.
    pub(super) fn sample_contributions(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        bound: Option<f64>,
    ) {
        let Layout {
            inputs,
            hidden,
            hidden_padded,
            ..
        } = self.layout;
        let sample = EvenSample::of(samples.count, (samples.count / SHARE).max(LEAST));
        let w2 = &parameters.flat()[parameters.decoder_range()];
        let work = &mut self.contribution;
        work.squares.resize(inputs * hidden_padded);
        for (to, from) in work
            .squares
            .chunks_exact_mut(hidden_padded)
            .zip(w2.chunks_exact(hidden))
        {
            for (to, w) in to.iter_mut().zip(from) {
                *to = *w * *w;
            }
        }
        work.moments.clear(hidden);
        for start in (0..sample.count).step_by(ROWS) {
            let places = start..sample.count.min(start + ROWS);
            self.activations_at(sample, places.clone(), samples);
            self.respond_at(places.len(), bound.is_some());
            self.add_moments();
        }
        self.decide(sample.count, samples.count, bound);
        self.open_columns(parameters);
    }

    /// a2 and the samples themselves at some `places` of `sample`.
    fn activations_at(
        &mut self,
        sample: EvenSample,
        places: Range<usize>,
        samples: Samples<'_, T>,
    ) {
        let Layout {
            inputs,
            hidden_padded,
            ..
        } = self.layout;
        let work = &mut self.contribution;
        let k = places.len();
        work.samples.resize(k * inputs);
        work.activations.resize(k * hidden_padded);
        let rows = || places.clone().map(|place| sample.row(place));
        for (to, row) in work.samples.chunks_exact_mut(inputs).zip(rows()) {
            match samples.stored {
                Stored::Values(values) => {
                    to.copy_from_slice(&values[row * inputs..(row + 1) * inputs]);
                }
                Stored::Levels(levels) => levels.decode(row, 1, self.kernels, to),
            }
        }
        if self.chapters > 1 {
            // to the same bits as in the pass over all samples
            self.kernels.multiply(
                (k, hidden_padded, inputs),
                Left::plain(&work.samples, inputs),
                Right::Panels(self.packing.encoder()),
                Start::Row(self.packing.encoder_bias()),
                &mut work.activations,
                hidden_padded,
            );
            let curve = hidden_curve(&self.architecture);
            self.kernels.activate(curve, &mut work.activations);
            return;
        }
        let mut blocks = self.blocks.iter();
        let mut block = blocks.next();
        for (to, row) in work.activations.chunks_exact_mut(hidden_padded).zip(rows()) {
            while block.is_some_and(|block| row >= block.start + block.rows) {
                block = blocks.next();
            }
            if let Some(block) = block {
                let from = &self.workers[block.worker].activations[block.range(hidden_padded)];
                let at = (row - block.start) * hidden_padded;
                to.copy_from_slice(&from[at..at + hidden_padded]);
            }
        }
    }

    /// v and, where it is wanted, y of `k` samples that [`Self::activations_at`] has found.
    fn respond_at(&mut self, k: usize, first: bool) {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let (kernels, curve) = (self.kernels, output_curve(&self.architecture));
        let work = &mut self.contribution;
        work.delta.resize(k * inputs_padded);
        kernels.multiply(
            (k, inputs_padded, hidden),
            Left::plain(&work.activations, hidden_padded),
            Right::Panels(self.packing.decoder()),
            Start::Row(self.packing.decoder_bias()),
            &mut work.delta,
            inputs_padded,
        );
        work.curvature.resize(k * inputs_padded);
        work.curvature.copy_from_slice(&work.delta);
        let [sums, errors] = &mut work.spare;
        sums.resize(inputs_padded);
        errors.resize(inputs_padded);
        let columns = (inputs_padded, inputs);
        for ((delta, curvature), x) in work
            .delta
            .chunks_exact_mut(inputs_padded)
            .zip(work.curvature.chunks_exact_mut(inputs_padded))
            .zip(work.samples.chunks_exact(inputs))
        {
            kernels.output(curve, columns, delta, x, inputs, T::one(), (sums, errors));
            kernels.curvature(curve, columns, curvature, x, inputs);
        }
        let shape = (k, hidden_padded, inputs);
        work.bend.resize(k * hidden_padded);
        kernels.multiply(
            shape,
            Left::plain(&work.curvature, inputs_padded),
            Right::Rows {
                values: &work.squares,
                stride: hidden_padded,
            },
            Start::Zero,
            &mut work.bend,
            hidden_padded,
        );
        work.response.resize(k * hidden_padded);
        if first {
            kernels.multiply(
                shape,
                Left::plain(&work.delta, inputs_padded),
                Right::Panels(self.packing.back()),
                Start::Zero,
                &mut work.response,
                hidden_padded,
            );
        } else {
            work.response.fill(T::zero());
        }
    }

    /// Adds what [`Self::respond_at`] has found.
    fn add_moments(&mut self) {
        let Layout {
            hidden,
            hidden_padded,
            ..
        } = self.layout;
        let hidden_activation = self.architecture.hidden_activation;
        let work = &mut self.contribution;
        let Moments { dy, yy, dd, ddv } = &mut work.moments;
        let rows = work.activations.chunks_exact(hidden_padded).zip(
            work.response
                .chunks_exact(hidden_padded)
                .zip(work.bend.chunks_exact(hidden_padded)),
        );
        for (a, (y, v)) in rows {
            for unit in 0..hidden {
                let mean = hidden_activation.activation_of(self.means[unit].0);
                let (d, y, v) = (mean - a[unit].f64(), y[unit].f64(), v[unit].f64());
                dy[unit] += d * y;
                yy[unit] += y * y;
                dd[unit] += d * d;
                ddv[unit] += d * d * v;
            }
        }
    }

    /// Both terms of every unit from the moments over `k` of `count` samples, and which units these don't decide.
    fn decide(&mut self, k: usize, count: usize, bound: Option<f64>) {
        let hidden = self.layout.hidden;
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        let work = &mut self.contribution;
        work.open.units.clear();
        work.first.clear();
        work.second.clear();
        let rows = k as f64;
        for unit in 0..hidden {
            // of a, which is 2p − 1 for tanh
            let scale = if tanh { 2.0 } else { 1.0 };
            let statistics = self.spread_of_unit(unit, count, tanh);
            let variance = (scale * statistics.standard_deviation).powi(2);
            let work = &mut self.contribution;
            let Moments { dy, yy, dd, ddv } = &work.moments;
            let first = dy[unit] / rows;
            let second = if dd[unit] > 0.0 {
                0.5 * variance * ddv[unit] / dd[unit]
            } else {
                0.0
            };
            let change = (first + second).abs();
            let error = (variance * yy[unit]).sqrt() / rows;
            let undecided = |bound| change - SURE * error <= bound && change + SURE * error > bound;
            if bound.is_some_and(undecided) && k < count {
                work.open.units.push(unit);
            }
            work.first.push(first);
            work.second.push(second);
        }
    }

    fn open_columns(&mut self, parameters: &Parameters<T>) {
        let hidden = self.layout.hidden;
        let open = &mut self.contribution.open;
        open.stride = self.kernels.padded(open.units.len());
        open.columns
            .resize(self.layout.inputs * self.layout.hidden_padded);
        open.means.clear();
        if open.units.is_empty() {
            return;
        }
        let w2 = &parameters.flat()[parameters.decoder_range()];
        let rows = open.columns.chunks_exact_mut(open.stride);
        for (to, from) in rows.zip(w2.chunks_exact(hidden)) {
            to.fill(T::zero());
            for (to, unit) in to.iter_mut().zip(&open.units) {
                *to = from[*unit];
            }
        }
        for unit in &open.units {
            let mean = self
                .architecture
                .hidden_activation
                .activation_of(self.means[*unit].0);
            open.means.push(T::of(mean));
        }
    }

    /// The first term of the open units, after a pass over all samples.
    pub(super) fn sum_responses(&mut self) {
        let mut totals = std::mem::take(&mut self.totals);
        totals.resize(self.layout.hidden, 0.0);
        let open = self.contribution.open.units.len();
        self.total(Quantity::Response, &mut totals[..open]);
        let work = &mut self.contribution;
        for (unit, total) in work.open.units.iter().zip(&totals) {
            work.first[*unit] = *total;
        }
        self.totals = totals;
    }

    /// The first term of every unit, from ∇J over all samples.
    pub(super) fn read_responses(
        &mut self,
        parameters: &Parameters<T>,
        objective: &Objective,
        gradient: &Parameters<T>,
    ) {
        let hidden = self.layout.hidden;
        let hidden_activation = self.architecture.hidden_activation;
        let decay = objective.weight_decay;
        let first = &mut self.contribution.first;
        first.fill(0.0);
        let (weights, gradient) = (parameters.flat(), gradient.flat());
        let rows = weights[parameters.decoder_range()]
            .chunks_exact(hidden)
            .zip(gradient[parameters.decoder_range()].chunks_exact(hidden));
        let delta = &gradient[parameters.decoder_bias_range()];
        for ((w, by_weight), delta) in rows.zip(delta) {
            let delta = delta.f64();
            let of_units = first
                .iter_mut()
                .zip(&self.means)
                .zip(w.iter().zip(by_weight));
            for ((first, (p, _)), (w, by_weight)) in of_units {
                let w = w.f64();
                *first += w
                    * (hidden_activation.activation_of(*p) * delta - (by_weight.f64() - decay * w));
            }
        }
    }

    /// Writes each unit's contribution, over `variance`, into `units`: after both terms are there.
    pub(super) fn contribute(&mut self, variance: f64, units: &mut [UnitStatistics]) {
        let work = &self.contribution;
        for ((unit, first), second) in units.iter_mut().zip(&work.first).zip(&work.second) {
            let change = first + second;
            // a data set that never varies has no FVU, and nothing is lost there
            unit.contribution = if change == 0.0 || variance == 0.0 {
                0.0
            } else {
                change / variance
            };
        }
    }
}
