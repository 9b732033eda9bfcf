//! One step of training taken apart: forward, ρ̂, cost, δ3, δ2, update, each with its numbers for one hidden unit, on the
//! samples that the window shows. In double precision, by the plain formulas.

use ndarray::{Array2, s};
use strum::VariantArray;

use super::Snapshot;
use crate::model::reference::{self, Evaluation, Forward};
use crate::model::{
    Architecture, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
};

/// Most products of a weight and a value that a step takes in one direction.
const MOST_PRODUCTS: usize = 1 << 23;

/// The parts, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Part {
    Forward,
    MeanActivation,
    Cost,
    OutputError,
    HiddenError,
    Update,
}

impl Part {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Forward => "Forward: the activations and the reconstruction",
            Self::MeanActivation => "ρ̂: how active each unit is on average",
            Self::Cost => "The cost J and its terms",
            Self::OutputError => "δ3: the error at the output",
            Self::HiddenError => "δ2: the error at the hidden layer",
            Self::Update => "The update of the weights",
        }
    }
}

/// A number with what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub name: String,
    pub value: f64,
}

/// One step at the weights of a snapshot, without what the optimiser remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct SlowStep {
    /// The hidden unit, from 0.
    pub unit: usize,
    /// k
    pub samples: usize,
    /// The value of a sample that is told, from 0: the one that the first sample is reconstructed worst in.
    pub value: usize,
    parts: [Vec<Number>; Part::ALL.len()],
}

/// What a step is computed from.
struct Batch {
    architecture: Architecture,
    parameters: Parameters<f64>,
    /// (k, n)
    samples: Array2<f64>,
    objective: Objective,
    forward: Forward<f64>,
    evaluation: Evaluation<f64>,
}

impl SlowStep {
    /// For `unit` of what `snapshot` shows; `None` where there is no such unit, or no sample.
    pub fn of(snapshot: &Snapshot, unit: usize) -> Option<Self> {
        let (samples, inputs) = snapshot.inputs.dim();
        if samples == 0 || unit >= snapshot.parameters.hidden() {
            return None;
        }
        let batch = Batch::of(snapshot);
        let error = &batch.forward.reconstructions - &batch.samples;
        let worst = |a: &usize, b: &usize| error[[0, *a]].abs().total_cmp(&error[[0, *b]].abs());
        let value = (0..inputs).max_by(worst)?;
        let parts = Part::ALL.map(|part| batch.numbers(part, unit, value, snapshot));
        Some(Self {
            unit,
            samples: batch.samples.nrows(),
            value,
            parts,
        })
    }

    pub fn numbers(&self, part: Part) -> &[Number] {
        &self.parts[part as usize]
    }
}

impl Batch {
    fn of(snapshot: &Snapshot) -> Self {
        let parameters = snapshot.parameters.cast::<f64>();
        // of large nets fewer samples: nobody is to wait for it
        let (shown, inputs) = snapshot.inputs.dim();
        let products = (inputs * parameters.hidden()).max(1);
        let rows = shown.min((MOST_PRODUCTS / products).max(1));
        let samples = snapshot.inputs.slice(s![..rows, ..]).mapv(f64::from);
        let architecture = snapshot.experiment.architecture(samples.ncols());
        let objective = Objective::from(&snapshot.hyperparameters);
        Self::at(architecture, parameters, samples, objective)
    }

    fn at(
        architecture: Architecture,
        parameters: Parameters<f64>,
        samples: Array2<f64>,
        objective: Objective,
    ) -> Self {
        Self {
            forward: reference::forward(&architecture, &parameters, samples.view()),
            evaluation: reference::cost_and_gradient(
                &architecture,
                &parameters,
                samples.view(),
                &objective,
            ),
            architecture,
            parameters,
            samples,
            objective,
        }
    }

    /// δ3 of one sample at one value of it: (x̂ − x)·g′(z3), and g′.
    fn output_error(&self, sample: usize, value: usize) -> (f64, f64) {
        let output = self.forward.reconstructions[[sample, value]];
        let slope = match self.architecture.output_activation {
            OutputActivation::Sigmoid => output * (1.0 - output),
            OutputActivation::Tanh => 1.0 - output * output,
            OutputActivation::Linear => 1.0,
        };
        ((output - self.samples[[sample, value]]) * slope, slope)
    }

    /// W2ᵀδ3 at `unit` for one sample.
    fn propagated(&self, sample: usize, unit: usize) -> f64 {
        let weights = self.parameters.decoder_weights();
        let values = 0..self.samples.ncols();
        values
            .map(|value| weights[[value, unit]] * self.output_error(sample, value).0)
            .sum()
    }

    /// What the sparsity term adds in the bracket: β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂)).
    fn pull(&self, unit: usize) -> f64 {
        let (rho, mean) = (
            self.objective.sparsity_target,
            self.evaluation.mean_activations[unit],
        );
        let slope = self.architecture.hidden_activation.probability_slope();
        self.objective.sparsity_weight * slope * ((1.0 - rho) / (1.0 - mean) - rho / mean)
    }

    /// f′(z2) at `unit` for one sample.
    fn slope(&self, sample: usize, unit: usize) -> f64 {
        let hidden = self.architecture.hidden_activation;
        let activation = self.forward.activations[[sample, unit]];
        let p = match hidden {
            HiddenActivation::Sigmoid => activation,
            HiddenActivation::Tanh => (activation + 1.0) / 2.0,
        };
        hidden.slope_at(p)
    }

    /// δ2 at `unit` for one sample, in the form that the run uses.
    fn hidden_error(&self, sample: usize, unit: usize) -> f64 {
        let (back, pull) = (self.propagated(sample, unit), self.pull(unit));
        let slope = self.slope(sample, unit);
        match self.objective.gradient {
            GradientForm::Exact => (back + pull) * slope,
            GradientForm::Printed => back * slope + pull,
        }
    }

    fn numbers(&self, part: Part, unit: usize, value: usize, snapshot: &Snapshot) -> Vec<Number> {
        let forward = &self.forward;
        let (x, output) = (
            self.samples[[0, value]],
            forward.reconstructions[[0, value]],
        );
        let numbers = match part {
            Part::Forward => vec![
                ("z2", forward.pre_activations[[0, unit]]),
                ("a2", forward.activations[[0, unit]]),
                ("x", x),
                ("x̂", output),
            ],
            Part::MeanActivation => {
                let means = &self.evaluation.mean_activations;
                vec![
                    ("ρ̂ of the unit", means[unit]),
                    ("ρ", self.objective.sparsity_target),
                    (
                        "mean of all ρ̂",
                        means.iter().sum::<f64>() / means.len() as f64,
                    ),
                ]
            }
            Part::Cost => {
                let cost = self.evaluation.cost;
                vec![
                    ("J", cost.total()),
                    ("reconstruction", cost.reconstruction_loss),
                    ("decay", cost.decay_penalty),
                    ("sparsity", cost.sparsity_penalty),
                ]
            }
            Part::OutputError => {
                let (error, slope) = self.output_error(0, value);
                vec![("x̂ − x", output - x), ("g′(z3)", slope), ("δ3", error)]
            }
            Part::HiddenError => vec![
                ("W2ᵀδ3", self.propagated(0, unit)),
                ("pull of the sparsity term", self.pull(unit)),
                ("f′(z2)", self.slope(0, unit)),
                ("δ2", self.hidden_error(0, unit)),
            ],
            Part::Update => {
                let gradient = &self.evaluation.gradient;
                let rate = snapshot.hyperparameters.learning_rate;
                let row = gradient.encoder_weights();
                let length = row.row(unit).iter().map(|g| g * g).sum::<f64>().sqrt();
                let (bias, slope) = (
                    self.parameters.encoder_bias()[unit],
                    gradient.encoder_bias()[unit],
                );
                vec![
                    ("length of ∇W1 at the unit", length),
                    ("∂J/∂b1", slope),
                    ("b1 before", bias),
                    ("−α ∂J/∂b1", -rate * slope),
                ]
            }
        };
        let finite = numbers.into_iter().filter(|(_, value)| value.is_finite());
        finite
            .map(|(name, value)| Number {
                name: name.to_owned(),
                value,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few units on a few samples, every kind of network.
    fn batch(
        hidden_activation: HiddenActivation,
        output_activation: OutputActivation,
        gradient: GradientForm,
    ) -> Batch {
        let samples =
            Array2::from_shape_fn((5, 4), |(i, j)| 0.5 + 0.3 * ((i * 3 + j * j) as f64).sin());
        let architecture = Architecture {
            inputs: 4,
            hidden: 3,
            hidden_activation,
            output_activation,
        };
        let parameters = Parameters::<f64>::initial(4, 3, 5);
        let objective = Objective {
            sparsity_target: 0.05,
            sparsity_weight: 3.0,
            weight_decay: 1e-2,
            gradient,
        };
        Batch::at(architecture, parameters, samples, objective)
    }

    #[test]
    fn the_parts_together_are_the_gradient() {
        for hidden in HiddenActivation::ALL {
            for output in OutputActivation::ALL {
                for form in [GradientForm::Exact, GradientForm::Printed] {
                    let batch = batch(hidden, output, form);
                    let gradient = &batch.evaluation.gradient;
                    let count = batch.samples.nrows();
                    let mean =
                        |of: &dyn Fn(usize) -> f64| (0..count).map(of).sum::<f64>() / count as f64;
                    for unit in 0..3 {
                        let own = mean(&|sample| batch.hidden_error(sample, unit));
                        let known = gradient.encoder_bias()[unit];
                        assert!((own - known).abs() < 1e-12, "{own} {known}");
                    }
                    for value in 0..4 {
                        let own = mean(&|sample| batch.output_error(sample, value).0);
                        let known = gradient.decoder_bias()[value];
                        assert!((own - known).abs() < 1e-12, "{own} {known}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_parts_follow_each_other() {
        let mut part = Part::Forward;
        let mut seen = vec![part];
        while let Some(next) = part.next() {
            part = next;
            seen.push(part);
        }
        assert_eq!(seen, Part::ALL);
    }
}
