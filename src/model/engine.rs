//! J, ∇J and the unit statistics over a set of samples, as fast as this processor does it.
//!
//! [`super::reference`] says what is computed; this is how. Samples are cut by the shapes (`cut`) and taken in blocks
//! that stay in cache:
//!
//! 1. the weights are packed for the products (`packing`);
//! 2. `forward`: z2, a2, f′ and the sums behind ρ̂, for all samples, since δ2 needs the whole ρ̂;
//! 3. `backward`: a block's z3, then in one pass over it x̂, the squared error, δ3 and its bias gradient; δ2; and the
//!    two weight gradients. Where these are large, or the samples few, the workers share them out by rows after each
//!    has the deltas of a block, and every element is one sum over all samples. Else they would meet too often, and
//!    read too much from each other's cache: each of a fixed number of slices adds up its own gradient, and these are
//!    added in order.
//!
//! a2 and f′ of all samples stay from the first pass to the second, where they are not too many. Else the samples are
//! taken by the chapter (`cut`), each forward once more in the second pass, and only a chapter of them is there at a time.
//! Samples that are stored as bytes become numbers a block at a time. The bits are the same.
//!
//! Where a step has few samples for its weights, as in mini-batches of large nets, the workers share out units and
//! outputs instead of samples (`columns`).
//!
//! **The same bits on any number of workers.** Stretches of at most 32 samples are summed in the run's precision, their
//! sums in f64, always in the same order, and where stretches and slices begin depends on the shapes alone. So the same
//! arguments give the same bits, whatever the number of workers; they do depend on the kernel path ([`Engine::path`]).
//! After the first call with a shape, nothing is allocated.
//!
//! **Saturated units.** The kernels compute p and 1 − p apart, each to full relative accuracy (`numerics`), so ρ̂, 1 − ρ̂
//! and the KL term are exact as long as these can be represented at all. Only units whose every sample is beyond that
//! (ρ̂ or 1 − ρ̂ below 1e-30 in f32, 1e-290 in f64) take the log-domain form, sample by sample (`saturation`).

use std::sync::Arc;

use ndarray::{Array2, CowArray, Ix2};

use super::units::{UnitStatistics, dead_below};
use super::{Architecture, Cost, HiddenActivation, Objective, OutputActivation, Parameters};
use crate::numerics::{
    AlignedBuffer, Curve, KernelPath, Kernels, Left, Levels, Real, Right, Rows, Shares, Start,
    WorkerPool,
};

mod backward;
mod columns;
mod contribution;
mod cut;
mod forward;
mod layout;
mod packing;
mod saturation;
mod sums;
#[cfg(test)]
mod tests;
mod totals;

use columns::{Batch, ByColumns};
use contribution::Contribution;
use cut::{Block, Cut, KEPT_BYTES, Owned};
use forward::{Spread, Statistics};
use layout::{Layout, Worker};
use packing::Packing;
use saturation::Saturated;
use sums::Summed;

/// Parameters below which a step is sooner done by one worker: its update takes a few microseconds, as a hand-over does.
const WORTH_SHARING: usize = 1 << 13;

/// Computes cost and gradient for one architecture; keeps its workspace between calls.
pub struct Engine<T: Real> {
    architecture: Architecture,
    kernels: &'static Kernels<T>,
    pool: Arc<WorkerPool>,
    /// Of the pool's workers, how many it uses at most.
    most_workers: usize,
    layout: Layout,
    packing: Packing<T>,
    workers: Vec<Worker<T>>,
    /// How the last call's samples were cut, for how many workers and into how many chapters, and what each worker has of
    /// the present chapter's blocks.
    cut: Cut,
    used: usize,
    chapters: usize,
    /// Bytes of activations that are kept from one pass to the next.
    kept: usize,
    blocks: Vec<Block>,
    owned: Vec<Owned>,
    /// (ρ̂, 1 − ρ̂) (h)
    means: Vec<(f64, f64)>,
    mean_activations: Vec<f64>,
    /// β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂))/m (h), padded
    sparsity: AlignedBuffer<T>,
    saturated: Saturated,
    spread: Spread<T>,
    contribution: Contribution<T>,
    summed: Summed,
    /// Sums over all samples of what hidden units (h) or outputs (n) have.
    totals: Vec<f64>,
    /// Where the parts of a shared-out gradient end, and how many workers took turns at them; 1 where these parts are not
    /// all that a step changes.
    gradient_ends: Vec<usize>,
    gradient_turns: usize,
    by_columns: ByColumns<T>,
    /// W1 W1ᵀ (h, h), padded rows
    products_of_features: AlignedBuffer<T>,
    /// Parameters and gradient of the flat form.
    scratch: Option<Box<(Parameters<T>, Parameters<T>)>>,
}

/// The samples of a call.
#[derive(Clone, Copy)]
struct Samples<'a, T> {
    stored: Stored<'a, T>,
    /// m
    count: usize,
}

/// How they are stored: (m, n), row by row without gaps.
#[derive(Clone, Copy)]
enum Stored<'a, T> {
    Values(&'a [T]),
    Levels(Levels<'a>),
}

impl<T: Real> Engine<T> {
    /// With `threads` ≥ 1 workers of its own, which end with it.
    pub fn new(architecture: Architecture, threads: usize) -> Self {
        Self::with_pool(architecture, Arc::new(WorkerPool::new(threads.max(1))))
    }

    /// With the workers of `pool`.
    pub fn with_pool(architecture: Architecture, pool: Arc<WorkerPool>) -> Self {
        Self::with_path(architecture, pool, KernelPath::best())
    }

    /// With the kernels of `path`, where the processor has them (see [`KernelPath::available`]), else the best ones.
    pub fn with_path(architecture: Architecture, pool: Arc<WorkerPool>, path: KernelPath) -> Self {
        let kernels = T::kernels(path);
        let layout = Layout::new(&architecture, kernels);
        Self {
            architecture,
            kernels,
            layout,
            packing: Packing::new(&layout, kernels),
            workers: (0..pool.workers()).map(|_| Worker::new(&layout)).collect(),
            cut: Cut::new(0, &layout),
            used: 1,
            chapters: 1,
            kept: KEPT_BYTES,
            summed: Summed::new(&layout),
            blocks: Vec::new(),
            owned: vec![Owned::default(); pool.workers()],
            means: vec![(0.0, 0.0); layout.hidden],
            mean_activations: vec![0.0; layout.hidden],
            sparsity: AlignedBuffer::new(layout.hidden_padded),
            saturated: Saturated::default(),
            spread: Spread::default(),
            contribution: Contribution::default(),
            totals: Vec::with_capacity(layout.hidden.max(layout.inputs)),
            gradient_ends: Vec::new(),
            gradient_turns: 1,
            by_columns: ByColumns::default(),
            products_of_features: AlignedBuffer::default(),
            scratch: None,
            most_workers: pool.workers(),
            pool,
        }
    }

    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// Uses at most `most` ≥ 1 workers of its pool from now on.
    pub fn limit_workers(&mut self, most: usize) {
        self.most_workers = most.clamp(1, self.pool.workers());
    }

    /// The path of the kernels it runs on, which its bits depend on.
    pub fn path(&self) -> KernelPath {
        self.kernels.path()
    }

    /// The kernels it runs on.
    pub fn kernels(&self) -> &'static Kernels<T> {
        self.kernels
    }

    /// Which parts of the last call's gradient each worker has computed, for a step that follows; all of it with the
    /// caller where that is sooner done.
    pub fn shares(&self) -> Shares<'_> {
        let ends = &self.gradient_ends[..];
        match ends.last() {
            Some(end) if self.gradient_turns > 1 && *end >= WORTH_SHARING => {
                Shares::new(&self.pool, self.gradient_turns, ends)
            }
            _ => Shares::whole(),
        }
    }

    /// ρ̂ (h) of the last call, over the samples it saw.
    pub fn mean_activations(&self) -> &[f64] {
        &self.mean_activations
    }

    /// J over `samples` (m, n), m ≥ 1, without the gradient.
    pub fn cost<'a>(
        &mut self,
        parameters: &Parameters<T>,
        samples: impl Into<Rows<'a, T>>,
        objective: &Objective,
    ) -> Cost {
        let samples = dense(samples.into());
        let samples = samples.samples();
        self.contribution.open.units.clear();
        self.activate(parameters, samples, Statistics::Sums, false);
        self.average(parameters, samples, objective);
        self.measure_error(parameters, samples);
        self.sum_up(parameters, samples, objective)
    }

    /// J and ∇J over `samples` (m, n), m ≥ 1.
    pub fn cost_and_gradient<'a>(
        &mut self,
        parameters: &Parameters<T>,
        samples: impl Into<Rows<'a, T>>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) -> Cost {
        let samples = dense(samples.into());
        let samples = samples.samples();
        self.contribution.open.units.clear();
        if let Stored::Values(values) = samples.stored
            && let Some(workers) = self.workers_by_columns(samples.count)
        {
            let count = samples.count;
            let batch = Batch { values, count };
            return self.descend_by_columns(workers, parameters, batch, objective, gradient);
        }
        self.activate(parameters, samples, Statistics::Sums, true);
        self.average(parameters, samples, objective);
        self.descend(parameters, samples, objective, gradient);
        self.sum_up(parameters, samples, objective)
    }

    /// [`Self::cost_and_gradient`] at `flat`, a parameter vector as [`Parameters::flat`] has it, ∇J likewise: for
    /// optimisers that ask for it.
    ///
    /// # Panics
    /// If a slice isn't 2nh + h + n long.
    pub fn cost_and_gradient_flat<'a>(
        &mut self,
        flat: &[T],
        samples: impl Into<Rows<'a, T>>,
        objective: &Objective,
        gradient: &mut [T],
    ) -> Cost {
        let mut scratch = self.scratch.take().unwrap_or_else(|| {
            let Architecture { inputs, hidden, .. } = self.architecture;
            Box::new((
                Parameters::zeros(inputs, hidden),
                Parameters::zeros(inputs, hidden),
            ))
        });
        scratch.0.flat_mut().copy_from_slice(flat);
        let cost = self.cost_and_gradient(&scratch.0, samples, objective, &mut scratch.1);
        gradient.copy_from_slice(scratch.1.flat());
        self.scratch = Some(scratch);
        cost
    }

    /// J over `samples` and what every unit does over them, states included. `variance` is 1/(2m) Σ‖x − x̄‖² of the
    /// samples, which what a unit contributes is a part of.
    pub fn measure<'a>(
        &mut self,
        parameters: &Parameters<T>,
        samples: impl Into<Rows<'a, T>>,
        variance: f64,
        objective: &Objective,
        units: &mut Vec<UnitStatistics>,
    ) -> Cost {
        let samples = dense(samples.into());
        let samples = samples.samples();
        self.activate(parameters, samples, Statistics::Spread, true);
        self.average(parameters, samples, objective);
        let bound = variance * dead_below(self.layout.hidden);
        self.sample_contributions(parameters, samples, Some(bound));
        self.measure_error(parameters, samples);
        self.sum_responses();
        self.describe_units(parameters, samples, variance, objective, units);
        self.sum_up(parameters, samples, objective)
    }

    /// [`Self::measure`] and [`Self::cost_and_gradient`] at once, for little more than the latter costs: a full-batch
    /// run that keeps the gradient for its next step need not go over the samples twice.
    pub fn measure_and_gradient<'a>(
        &mut self,
        parameters: &Parameters<T>,
        samples: impl Into<Rows<'a, T>>,
        variance: f64,
        objective: &Objective,
        gradient: &mut Parameters<T>,
        units: &mut Vec<UnitStatistics>,
    ) -> Cost {
        let samples = dense(samples.into());
        let samples = samples.samples();
        self.activate(parameters, samples, Statistics::Spread, true);
        self.average(parameters, samples, objective);
        self.sample_contributions(parameters, samples, None);
        self.descend(parameters, samples, objective, gradient);
        self.read_responses(parameters, objective, gradient);
        self.describe_units(parameters, samples, variance, objective, units);
        self.sum_up(parameters, samples, objective)
    }

    /// (a2 (m, h), x̂ (m, n)) of `samples` (m, n): for a few samples to show; allocates.
    pub fn reconstruct<'a>(
        &mut self,
        parameters: &Parameters<T>,
        samples: impl Into<Rows<'a, T>>,
    ) -> (Array2<T>, Array2<T>) {
        let samples = dense(samples.into());
        let samples = samples.samples();
        self.activate(parameters, samples, Statistics::Sums, false);
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = self.layout;
        let mut activations = Array2::from_elem((samples.count, hidden), T::zero());
        let mut output = Array2::from_elem((samples.count, inputs), T::zero());
        let mut row_of_output = AlignedBuffer::new(inputs_padded);
        let mut to = activations.rows_mut().into_iter().zip(output.rows_mut());
        for chapter in 0..self.chapters {
            self.turn_to(chapter, samples);
            let rows = self.blocks.iter().flat_map(|block| {
                self.workers[block.worker].activations[block.range(hidden_padded)]
                    .chunks_exact(hidden_padded)
            });
            // the rows first: else the pair after the chapter's last would be lost
            for (row, (mut a, mut x)) in rows.zip(&mut to) {
                a.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
                self.kernels.multiply(
                    (1, inputs_padded, hidden),
                    Left::plain(row, hidden_padded),
                    Right::Panels(self.packing.decoder()),
                    Start::Row(self.packing.decoder_bias()),
                    &mut row_of_output,
                    inputs_padded,
                );
                self.kernels
                    .activate(output_curve(&self.architecture), &mut row_of_output);
                x.iter_mut()
                    .zip(row_of_output.iter())
                    .for_each(|(to, from)| *to = *from);
            }
        }
        drop(to);
        (activations, output)
    }

    /// Cuts the samples.
    fn cut_samples(&mut self, samples: Samples<'_, T>) {
        self.cut = Cut::new(samples.count, &self.layout);
        self.used = self.cut.workers(&self.layout, self.most_workers);
        self.chapters = self.cut.chapters(&self.layout, self.used, self.kept);
    }

    /// Deals a chapter out to the workers.
    fn deal(&mut self, chapter: usize, samples: Samples<'_, T>) {
        self.cut.deal(
            &self.layout,
            (chapter, self.chapters),
            self.used,
            &mut self.blocks,
            &mut self.owned[..self.used],
        );
        let workers = self.workers[..self.used].iter_mut();
        for (worker, owned) in workers.zip(&self.owned) {
            worker.make_room(owned, &self.layout, samples.are_levels());
        }
    }
}

impl<'a, T: Real> Samples<'a, T> {
    /// m of n `values` each.
    fn of(values: &'a [T], count: usize) -> Self {
        let stored = Stored::Values(values);
        Self { stored, count }
    }

    fn are_levels(&self) -> bool {
        matches!(self.stored, Stored::Levels(_))
    }

    /// Rows `start .. start + count` of n numbers each; levels as numbers in `room`, which is long enough.
    fn rows<'b>(
        &self,
        (start, count): (usize, usize),
        inputs: usize,
        kernels: &Kernels<T>,
        room: &'b mut [T],
    ) -> &'b [T]
    where
        'a: 'b,
    {
        match self.stored {
            Stored::Values(values) => &values[start * inputs..(start + count) * inputs],
            Stored::Levels(levels) => {
                let room = &mut room[..count * inputs];
                levels.decode(start, count, kernels, room);
                room
            }
        }
    }

    /// The same, where `room` has the numbers already.
    fn decoded_rows<'b>(
        &self,
        (start, count): (usize, usize),
        inputs: usize,
        room: &'b [T],
    ) -> &'b [T]
    where
        'a: 'b,
    {
        match self.stored {
            Stored::Values(values) => &values[start * inputs..(start + count) * inputs],
            Stored::Levels(_) => &room[..count * inputs],
        }
    }

    /// What `rows` will read of memory for `block`, if there is one: nothing that it has to decode.
    fn upcoming(&self, block: Option<&Block>, inputs: usize) -> &'a [T] {
        match (self.stored, block) {
            (Stored::Values(values), Some(block)) => {
                &values[block.start * inputs..(block.start + block.rows) * inputs]
            }
            _ => &[],
        }
    }
}

/// Rows that follow each other without gaps: borrowed where they do, else copied.
enum Dense<'a, T> {
    Values(CowArray<'a, T, Ix2>),
    Levels(Levels<'a>),
}

impl<T: Real> Dense<'_, T> {
    fn samples(&self) -> Samples<'_, T> {
        match self {
            // in standard layout, so it has a slice
            Self::Values(values) => {
                Samples::of(values.as_slice().unwrap_or_default(), values.nrows())
            }
            Self::Levels(levels) => Samples {
                stored: Stored::Levels(*levels),
                count: levels.dim().0,
            },
        }
    }
}

fn dense<T: Real>(samples: Rows<'_, T>) -> Dense<'_, T> {
    match samples {
        Rows::Values(values) if values.is_standard_layout() => Dense::Values(values.into()),
        Rows::Values(values) => Dense::Values(values.as_standard_layout().into_owned().into()),
        Rows::Levels(levels) => Dense::Levels(levels),
    }
}

pub(super) fn hidden_curve(architecture: &Architecture) -> Curve {
    match architecture.hidden_activation {
        HiddenActivation::Sigmoid => Curve::Sigmoid,
        HiddenActivation::Tanh => Curve::Tanh,
    }
}

fn output_curve(architecture: &Architecture) -> Curve {
    match architecture.output_activation {
        OutputActivation::Sigmoid => Curve::Sigmoid,
        OutputActivation::Tanh => Curve::Tanh,
        OutputActivation::Linear => Curve::Linear,
    }
}
