//! L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5), one iteration a call.
//!
//! Why not the `argmin` crate (0.11): its solver can be stepped through `Solver::next_iter`, but it takes the problem by
//! value, runs its line search to the end in an executor of its own, clones the parameter vector several times an
//! iteration, adds up dot products in the vectors' own precision (in f32 that ends the descent early), and has no way
//! to forget its memory when a slider moves.

use std::cell::Cell;
use std::collections::VecDeque;

use super::line_search::{Point, Wolfe, search};
use crate::numerics::{Precision, Real, kernels};

#[cfg(test)]
mod tests;

/// Corrections kept, as in the original exercise.
pub const CORRECTIONS: usize = 20;

/// How an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The cost at the point where the parameters now are.
    pub cost: f64,
    /// How often cost and gradient were evaluated.
    pub evaluations: usize,
    /// No step along the gradient decreases the cost: a minimum as far as this precision can tell, or a cost that is
    /// not finite. The parameters are as they were.
    pub stuck: bool,
}

/// One past step.
#[derive(Clone, Debug)]
struct Correction<T> {
    /// s = xₖ₊₁ − xₖ
    step: Vec<T>,
    /// y = ∇ₖ₊₁ − ∇ₖ
    change: Vec<T>,
    /// 1/(y·s)
    rho: f64,
}

/// What L-BFGS knows of the past at the point where it stands, which is where the parameters are.
#[derive(Clone, Debug, PartialEq)]
pub struct LbfgsMemory<T> {
    pub cost: f64,
    pub gradient: Vec<T>,
    /// (s, y), the oldest first; at most [`CORRECTIONS`].
    pub corrections: Vec<(Vec<T>, Vec<T>)>,
}

/// The memory and the point it belongs to. Dot products are in f64.
#[derive(Clone, Debug)]
pub struct Lbfgs<T> {
    corrections: VecDeque<Correction<T>>,
    /// Dropped corrections' vectors, for the next one.
    spare: Vec<Correction<T>>,
    /// The point that cost and gradient are of; empty before the first step and after a restart.
    point: Vec<T>,
    cost: f64,
    gradient: Vec<T>,
    direction: Vec<T>,
    trial: Vec<T>,
    trial_gradient: Vec<T>,
    known: bool,
}

impl<T: Real> Lbfgs<T> {
    pub fn new(parameter_count: usize) -> Self {
        let zeros = || vec![T::zero(); parameter_count];
        Self {
            corrections: VecDeque::with_capacity(CORRECTIONS + 1),
            spare: Vec::with_capacity(CORRECTIONS + 1),
            point: zeros(),
            cost: f64::NAN,
            gradient: zeros(),
            direction: zeros(),
            trial: zeros(),
            trial_gradient: zeros(),
            known: false,
        }
    }

    /// Forgets the corrections and the cost: the next step is along the gradient. For when the objective changed.
    pub fn restart(&mut self) {
        self.spare.extend(self.corrections.drain(..));
        self.known = false;
    }

    /// The gradient where the last step left the parameters; `None` before the first and after a restart.
    pub fn gradient(&self) -> Option<&[T]> {
        self.known.then_some(&self.gradient[..])
    }

    /// How many corrections are remembered.
    pub fn corrections(&self) -> usize {
        self.corrections.len()
    }

    /// What it remembers of the past; `None` before the first step and after a restart.
    pub fn memory(&self) -> Option<LbfgsMemory<T>> {
        self.known.then(|| LbfgsMemory {
            cost: self.cost,
            gradient: self.gradient.clone(),
            corrections: self
                .corrections
                .iter()
                .map(|correction| (correction.step.clone(), correction.change.clone()))
                .collect(),
        })
    }

    /// One that goes on from `memory` at `parameters`. Every vector is as long as `parameters`; of more than
    /// [`CORRECTIONS`] corrections the latest are taken.
    pub fn with_memory(parameters: &[T], memory: Option<LbfgsMemory<T>>) -> Self {
        let mut lbfgs = Self::new(parameters.len());
        let Some(memory) = memory else { return lbfgs };
        lbfgs.point.copy_from_slice(parameters);
        lbfgs.cost = memory.cost;
        lbfgs.gradient = memory.gradient;
        let surplus = memory.corrections.len().saturating_sub(CORRECTIONS);
        for (step, change) in memory.corrections.into_iter().skip(surplus) {
            let rho = 1.0 / dot(&step, &change);
            lbfgs
                .corrections
                .push_back(Correction { step, change, rho });
        }
        lbfgs.known = true;
        lbfgs
    }

    /// One iteration from `parameters`, moved in place. `evaluate(x, ∇)` returns the cost at x and fills in the
    /// gradient; it is called at least once, and a few times where the first step length doesn't do. Where
    /// `parameters` isn't where the last iteration left it, the memory is forgotten first.
    pub fn step(
        &mut self,
        parameters: &mut [T],
        mut evaluate: impl FnMut(&[T], &mut [T]) -> f64,
    ) -> Progress {
        match self.step_while(parameters, |x, gradient| Some(evaluate(x, gradient))) {
            Some(progress) => progress,
            None => unreachable!("`evaluate` never stops it"),
        }
    }

    /// [`Self::step`], which `evaluate` can stop by `None`: then nothing has moved, and the next step does what this
    /// one would have done.
    pub fn step_while(
        &mut self,
        parameters: &mut [T],
        mut evaluate: impl FnMut(&[T], &mut [T]) -> Option<f64>,
    ) -> Option<Progress> {
        let (mut evaluations, stopped) = (0, Cell::new(false));
        let mut evaluate = |x: &[T], gradient: &mut [T]| {
            if stopped.get() {
                return f64::NAN; // ends the line search
            }
            evaluations += 1;
            evaluate(x, gradient).unwrap_or_else(|| {
                stopped.set(true);
                f64::NAN
            })
        };
        let begins = !self.known || self.point != *parameters;
        if begins {
            self.restart();
            self.point.copy_from_slice(parameters);
            self.cost = evaluate(parameters, &mut self.gradient);
            self.known = true;
        }
        let mut found = None;
        let mut misleading = VecDeque::new();
        if !stopped.get() {
            found = self.advance(&mut evaluate, &stopped);
        }
        if found.is_none() && !stopped.get() && !self.corrections.is_empty() {
            // the memory misleads: once more, along the gradient
            misleading = std::mem::take(&mut self.corrections);
            found = self.advance(&mut evaluate, &stopped);
        }
        if stopped.get() {
            if begins {
                self.restart();
            } else if !misleading.is_empty() {
                self.corrections = misleading;
            }
            return None;
        }
        self.spare.extend(misleading);
        if found.is_some() {
            parameters.copy_from_slice(&self.point);
        }
        Some(Progress {
            cost: self.cost,
            evaluations,
            stuck: found.is_none(),
        })
    }

    /// A step along the quasi-Newton direction, remembered; `None`, and nothing moved, where the search fails or was
    /// stopped.
    fn advance(
        &mut self,
        evaluate: &mut impl FnMut(&[T], &mut [T]) -> f64,
        stopped: &Cell<bool>,
    ) -> Option<Point> {
        self.set_direction();
        let slope = dot(&self.gradient, &self.direction);
        if !(self.cost.is_finite() && slope.is_finite() && slope < 0.0) {
            return None;
        }
        let first = if self.corrections.is_empty() {
            // no scale is known yet: a step of at most length 1
            (1.0 / dot(&self.direction, &self.direction).sqrt()).min(1.0)
        } else {
            1.0
        };
        let relative_rounding = match T::PRECISION {
            Precision::F32 => 1e-6,
            Precision::F64 => 1e-14,
        };
        let wolfe = Wolfe {
            start: Point {
                step: 0.0,
                value: self.cost,
                slope,
            },
            rounding: relative_rounding * self.cost.abs(),
        };
        let Self {
            point,
            direction,
            trial,
            trial_gradient,
            ..
        } = self;
        let found = search(&wolfe, first, |step| {
            let alpha = T::of(step);
            for ((to, x), d) in trial.iter_mut().zip(&*point).zip(&*direction) {
                *to = *x + alpha * *d;
            }
            let cost = evaluate(trial, trial_gradient);
            (cost, dot(trial_gradient, direction))
        })?;
        if stopped.get() {
            return None;
        }
        self.remember();
        std::mem::swap(&mut self.point, &mut self.trial);
        std::mem::swap(&mut self.gradient, &mut self.trial_gradient);
        self.cost = found.value;
        Some(found)
    }

    /// −H∇ by the two-loop recursion, with H₀ = (s·y / y·y) I of the latest correction.
    fn set_direction(&mut self) {
        let kernels = kernels::best::<T>();
        let direction = &mut self.direction;
        for (d, g) in direction.iter_mut().zip(&self.gradient) {
            *d = -*g;
        }
        let mut alphas = [0.0; CORRECTIONS];
        for (correction, alpha) in self.corrections.iter().rev().zip(&mut alphas) {
            *alpha = correction.rho * dot(&correction.step, direction);
            kernels.descend(direction, &correction.change, T::of(*alpha));
        }
        if let Some(latest) = self.corrections.back() {
            let scale = T::of(1.0 / (latest.rho * dot(&latest.change, &latest.change)));
            direction.iter_mut().for_each(|d| *d *= scale);
        }
        let count = self.corrections.len();
        for (correction, alpha) in self.corrections.iter().zip(alphas[..count].iter().rev()) {
            let beta = correction.rho * dot(&correction.change, direction);
            kernels.descend(direction, &correction.step, T::of(beta - alpha));
        }
    }

    /// Keeps the step from the point to the trial, where its curvature is positive beyond rounding.
    fn remember(&mut self) {
        let count = self.point.len();
        if self.corrections.len() == CORRECTIONS {
            self.spare.extend(self.corrections.pop_front());
        }
        let mut correction = self.spare.pop().unwrap_or_else(|| Correction {
            step: vec![T::zero(); count],
            change: vec![T::zero(); count],
            rho: 0.0,
        });
        for (to, (new, old)) in correction
            .step
            .iter_mut()
            .zip(self.trial.iter().zip(&self.point))
        {
            *to = *new - *old;
        }
        for (to, (new, old)) in correction
            .change
            .iter_mut()
            .zip(self.trial_gradient.iter().zip(&self.gradient))
        {
            *to = *new - *old;
        }
        let curvature = dot(&correction.step, &correction.change);
        if curvature > f64::EPSILON * dot(&correction.change, &correction.change) {
            correction.rho = 1.0 / curvature;
            self.corrections.push_back(correction);
        } else {
            self.spare.push(correction);
        }
    }
}

/// a·b, in f64 between short stretches.
fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    kernels::best::<T>().dot(a, b)
}
