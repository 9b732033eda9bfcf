//! Optimisers: a step on a flat parameter vector; they know nothing else.
//!
//! The first-order ones are given a gradient; L-BFGS asks for as many as its line search needs:
//!
//! ```
//! # use sae_lab::model::OptimizerKind;
//! # use sae_lab::optim::{Optimizer, Rate};
//! # let (mut weights, mut gradient) = (vec![1.0, -2.0], vec![0.0; 2]);
//! # let mut evaluate = |x: &[f64], g: &mut [f64]| { g.copy_from_slice(x); x.iter().map(|x| x * x / 2.0).sum::<f64>() };
//! let mut optimizer = Optimizer::new(OptimizerKind::Lbfgs, weights.len());
//! match optimizer.lbfgs() {
//!     Some(lbfgs) => {
//!         lbfgs.step(&mut weights, evaluate);
//!     }
//!     None => {
//!         evaluate(&weights, &mut gradient);
//!         optimizer.update(&mut weights, &gradient, Rate { learning_rate: 0.1, momentum: 0.9 });
//!     }
//! }
//! ```

pub mod adam;
pub mod descent;
pub mod lbfgs;
pub mod line_search;
pub mod memory;
pub mod momentum;

pub use adam::Adam;
pub use lbfgs::{Lbfgs, Progress};
pub use memory::Memory;
pub use momentum::Momentum;

use crate::model::OptimizerKind;
use crate::numerics::{Real, Shares};

/// The settings of a first-order step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// α > 0
    pub learning_rate: f64,
    /// μ in [0, 1), of the momentum optimiser
    pub momentum: f64,
}

/// An optimiser with its state. Made anew when the kind changes, it starts with fresh moments; the weights are not its
/// business.
#[derive(Clone, Debug)]
pub enum Optimizer<T: Real> {
    Descent,
    Momentum(Momentum<T>),
    Adam(Adam<T>),
    Lbfgs(Box<Lbfgs<T>>),
}

impl<T: Real> Optimizer<T> {
    pub fn new(kind: OptimizerKind, parameter_count: usize) -> Self {
        match kind {
            OptimizerKind::Descent => Self::Descent,
            OptimizerKind::Momentum => Self::Momentum(Momentum::new(parameter_count)),
            OptimizerKind::Adam => Self::Adam(Adam::new(parameter_count)),
            OptimizerKind::Lbfgs => Self::Lbfgs(Box::new(Lbfgs::new(parameter_count))),
        }
    }

    pub fn kind(&self) -> OptimizerKind {
        match self {
            Self::Descent => OptimizerKind::Descent,
            Self::Momentum(_) => OptimizerKind::Momentum,
            Self::Adam(_) => OptimizerKind::Adam,
            Self::Lbfgs(_) => OptimizerKind::Lbfgs,
        }
    }

    /// One update of `parameters` by `gradient`, both as long as the parameter count. Does nothing for L-BFGS, which
    /// steps through [`Self::lbfgs`].
    pub fn update(&mut self, parameters: &mut [T], gradient: &[T], rate: Rate) {
        self.update_in_shares(parameters, gradient, rate, Shares::whole());
    }

    /// [`Self::update`] by several workers; it gives the same bits.
    pub fn update_in_shares(
        &mut self,
        parameters: &mut [T],
        gradient: &[T],
        rate: Rate,
        shares: Shares<'_>,
    ) {
        let Rate {
            learning_rate,
            momentum,
        } = rate;
        match self {
            Self::Descent => descent::step(parameters, gradient, learning_rate, shares),
            Self::Momentum(state) => {
                state.update(parameters, gradient, learning_rate, momentum, shares)
            }
            Self::Adam(state) => state.update(parameters, gradient, learning_rate, shares),
            Self::Lbfgs(_) => {}
        }
    }

    /// L-BFGS, if that is what this is.
    pub fn lbfgs(&mut self) -> Option<&mut Lbfgs<T>> {
        match self {
            Self::Lbfgs(state) => Some(state),
            _ => None,
        }
    }

    /// The gradient that L-BFGS keeps of where it stands; `None` for the others, which keep none.
    pub fn gradient(&self) -> Option<&[T]> {
        match self {
            Self::Lbfgs(state) => state.gradient(),
            _ => None,
        }
    }

    /// The parameters at `indices` (increasing, within the parameter count) were replaced: their moments are forgotten;
    /// of L-BFGS, whose memory is of all of them together, everything.
    pub fn forget(&mut self, indices: &[usize]) {
        match self {
            Self::Descent => {}
            Self::Momentum(state) => state.forget(indices),
            Self::Adam(state) => state.forget(indices),
            Self::Lbfgs(state) => state.restart(),
        }
    }

    /// Forgets moments and memory: for when the objective or the parameters changed under it.
    pub fn restart(&mut self) {
        match self {
            Self::Descent => {}
            Self::Momentum(state) => state.restart(),
            Self::Adam(state) => state.restart(),
            Self::Lbfgs(state) => state.restart(),
        }
    }
}
