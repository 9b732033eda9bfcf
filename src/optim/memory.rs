//! All that an optimiser remembers, as plain values: what its next step depends on, and nothing else.

use super::lbfgs::LbfgsMemory;
use super::{Adam, Lbfgs, Momentum, Optimizer};
use crate::numerics::Real;

/// The memory of an optimiser; every vector is as long as the parameter count.
#[derive(Clone, Debug, PartialEq)]
pub enum Memory<T> {
    Descent,
    Momentum {
        velocity: Vec<T>,
    },
    Adam {
        first: Vec<T>,
        second: Vec<T>,
        /// ≥ 0
        steps: i32,
    },
    /// `None` before the first step and after a restart.
    Lbfgs(Option<LbfgsMemory<T>>),
}

impl<T: Real> Optimizer<T> {
    /// What it remembers.
    pub fn memory(&self) -> Memory<T> {
        match self {
            Self::Descent => Memory::Descent,
            Self::Momentum(state) => Memory::Momentum {
                velocity: state.memory().to_vec(),
            },
            Self::Adam(state) => {
                let (first, second, steps) = state.memory();
                Memory::Adam {
                    first: first.to_vec(),
                    second: second.to_vec(),
                    steps,
                }
            }
            Self::Lbfgs(state) => Memory::Lbfgs(state.memory()),
        }
    }

    /// One that goes on from `memory` at `parameters`.
    pub fn with_memory(parameters: &[T], memory: Memory<T>) -> Self {
        match memory {
            Memory::Descent => Self::Descent,
            Memory::Momentum { velocity } => Self::Momentum(Momentum::with_memory(velocity)),
            Memory::Adam {
                first,
                second,
                steps,
            } => Self::Adam(Adam::with_memory(first, second, steps)),
            Memory::Lbfgs(memory) => Self::Lbfgs(Box::new(Lbfgs::with_memory(parameters, memory))),
        }
    }

    /// As `other` is, in the buffers at hand where both are of a first order and of one kind.
    pub fn copy_from(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Momentum(to), Self::Momentum(from)) => to.copy_from(from),
            (Self::Adam(to), Self::Adam(from)) => to.copy_from(from),
            _ => *self = other.clone(),
        }
    }
}
