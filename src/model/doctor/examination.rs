//! One answer about weights and a gradient that may be meant in more than one way.

use ndarray::ArrayView2;

use super::{Diagnosis, Doctor, Tolerance, Verdict};
use crate::model::{Architecture, HiddenActivation, Objective, OutputActivation, Parameters};
use crate::numerics::WorkerPool;

/// What the gradient is said to be of.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
    pub objective: Objective,
    /// (m, n), m ≥ 1
    pub samples: ArrayView2<'a, f64>,
    /// The size of the first batch, at least 1, where ρ̂ is of that alone
    pub batch: usize,
    pub tolerance: Tolerance,
    pub pool: &'a WorkerPool,
}

/// A diagnosis, and the place of the reading that it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    pub diagnosis: Diagnosis,
    /// Among the weights and among the gradients.
    pub reading: [usize; 2],
}

impl Question<'_> {
    /// What the first of `gradients` is, at the first of `weights`. Where that is nothing known, but one other of the
    /// readings is, and only one, then that; all are of one shape. `None` where the correct gradient is no number.
    pub fn examine(
        &self,
        weights: &[Parameters<f64>],
        gradients: &[Parameters<f64>],
    ) -> Option<Examination> {
        let mut first = None;
        let mut known = Vec::new();
        for (at, weights) in weights.iter().enumerate() {
            let doctor = self.doctor(weights);
            for (of, gradient) in gradients.iter().enumerate() {
                let Some(diagnosis) = doctor.diagnose(gradient, self.tolerance) else {
                    continue;
                };
                let is_known = diagnosis.verdict != Verdict::Unknown;
                let examination = Examination {
                    diagnosis,
                    reading: [at, of],
                };
                match (at + of, is_known) {
                    (0, true) => return Some(examination),
                    (0, false) => first = Some(examination),
                    (_, true) => known.push(examination),
                    (_, false) => {}
                }
            }
        }
        match known.len() {
            1 => known.pop(),
            _ => first,
        }
    }

    fn doctor(&self, weights: &Parameters<f64>) -> Doctor {
        let architecture = Architecture {
            inputs: weights.inputs(),
            hidden: weights.hidden(),
            hidden_activation: self.hidden_activation,
            output_activation: self.output_activation,
        };
        Doctor::new(
            architecture,
            weights,
            self.samples,
            &self.objective,
            self.batch,
            self.pool,
        )
    }
}
