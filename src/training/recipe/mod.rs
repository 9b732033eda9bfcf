//! Settings that suit a data set: one declared table by kind of data, with what the data themselves say.
//!
//! The table was found by measurement on sets other than those that it is tested on (`tests/corpus/enter.py --half
//! tuning`), for tens of seconds: units that repeat one another come late. λ is a share of λ_c ([`crate::model::law`]), the
//! λ above which a unit that dies stays dead, so it is never beyond the cliff. β is the least that holds ρ̂ to ρ: where the
//! data vary much it follows the variance, since what it holds against grows with it; far beyond that, units earn nothing
//! by a feature, and their weights stay noise.

mod choices;
mod kind;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::Experiment;
use super::record::history::short;
use crate::data::{DataSet, with_rows};
use crate::model::{
    BatchSize, Cliffs, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation, Spectrum,
};

pub use choices::Choices;
pub use kind::Kind;

/// What is suggested for a set, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    pub kind: Kind,
    /// h
    pub hidden: usize,
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
    pub hyperparameters: Hyperparameters,
    /// After so many the features stand.
    pub epochs: u64,
    /// λ_c for these settings; 0 where nothing varies that the output can reach.
    pub lambda_c: f64,
    /// A sentence each.
    pub reasons: Vec<String>,
}

/// What suits one kind.
struct Row {
    kind: Kind,
    hidden: Hidden,
    /// ρ
    target: f64,
    weight: Weight,
    decay: Decay,
    optimizer: OptimizerKind,
    /// α
    rate: f64,
    batch: usize,
    /// Until the features stand.
    updates: u64,
    reason: &'static str,
}

/// h
enum Hidden {
    /// As many as n × this, within the limits.
    Share(f64, usize, usize),
    /// A quarter more than there are columns.
    Columns,
}

/// β
enum Weight {
    Fixed(f64),
    /// The first times the data's variance 1/(2m) Σ‖x − x̄‖², and no less than the second.
    OfVariance(f64, f64),
}

/// λ
enum Decay {
    /// λ/λ_c
    Share(f64),
    /// This times V/√n, where V is the data's variance and n the number of inputs, and no more than [`MOST_DECAY`] λ_c: the
    /// larger pictures are, the more alike are their neighbours.
    OfVariance(f64),
    /// This times √(v³/λ_c), where v is the data's variance per input, and no more than [`MOST_DECAY`] λ_c: that follows the
    /// direction in which the data vary most, and the fewer such directions there are, the sooner units repeat one another.
    OfSpread(f64),
}

/// λ is no more than this part of λ_c, whatever the variance.
const MOST_DECAY: f64 = 0.3;

/// β is no more than this, whatever the variance.
const MOST_WEIGHT: f64 = 100.0;

const ROWS: [Row; 10] = [
    Row {
        kind: Kind::WhitenedPatches,
        hidden: Hidden::Share(0.45, 49, 100),
        target: 0.02,
        weight: Weight::Fixed(3.0),
        decay: Decay::OfSpread(4e-3),
        optimizer: OptimizerKind::Momentum,
        rate: 0.2,
        batch: 50,
        updates: 40_000,
        reason: "Edges need few active units and much weight decay: at less of it whitened patches reconstruct better, from \
                 features that look like noise.",
    },
    Row {
        kind: Kind::CentredPatches,
        hidden: Hidden::Share(0.75, 36, 64),
        target: 0.05,
        weight: Weight::OfVariance(1.0, 5.0),
        decay: Decay::Share(0.02),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 40_000,
        reason: "Without their means, patches vary in edges: with less weight decay the features look like noise, with more \
                 units repeat one another.",
    },
    Row {
        kind: Kind::RawPatches,
        hidden: Hidden::Share(0.75, 36, 64),
        target: 0.05,
        weight: Weight::OfVariance(1.0, 5.0),
        decay: Decay::Share(0.015),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 20_000,
        reason: "Most of what such patches vary in is their mean: with more weight decay units repeat one another, with less their \
                 features look like noise.",
    },
    Row {
        kind: Kind::ColourPatches,
        hidden: Hidden::Share(0.5, 64, 144),
        target: 0.035,
        weight: Weight::OfVariance(2.0, 1.0),
        decay: Decay::Share(0.05),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 100,
        updates: 10_000,
        reason: "Edges and colours need much weight decay; with twice as much units come to repeat one another.",
    },
    Row {
        kind: Kind::GreyPictures,
        hidden: Hidden::Share(0.7, 25, 64),
        target: 0.1,
        weight: Weight::OfVariance(0.2, 5.0),
        decay: Decay::OfVariance(1e-3),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 4_000,
        reason: "Pictures of one thing each are made of a few parts: with several times this weight decay units repeat one \
                 another, with less of it, or with ten times this β, their features turn to noise.",
    },
    Row {
        kind: Kind::ColourPictures,
        hidden: Hidden::Share(0.7, 25, 64),
        target: 0.1,
        weight: Weight::OfVariance(0.6, 1.0),
        decay: Decay::Share(0.003),
        optimizer: OptimizerKind::Adam,
        rate: 0.001,
        batch: 100,
        updates: 4_000,
        reason: "Whole colour pictures vary most in their overall colour: little weight decay leaves room for more, and \
                 in batches of fewer ρ̂ is too rough a mean to hold units to ρ.",
    },
    Row {
        kind: Kind::FewColumns,
        hidden: Hidden::Columns,
        target: 0.2,
        weight: Weight::Fixed(1.0),
        decay: Decay::Share(0.001),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 60_000,
        reason: "A few columns are as many directions: of more units some repeat others.",
    },
    Row {
        kind: Kind::ManyColumns,
        hidden: Hidden::Share(0.8, 25, 64),
        target: 0.1,
        weight: Weight::Fixed(1.0),
        decay: Decay::Share(0.001),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 40_000,
        reason: "Columns of a table vary little once they are scaled: little weight decay is enough to kill.",
    },
    Row {
        kind: Kind::Curves,
        hidden: Hidden::Share(0.5, 25, 64),
        target: 0.1,
        weight: Weight::OfVariance(1.5, 12.0),
        decay: Decay::Share(0.0007),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 10_000,
        reason: "A curve is a few shapes among many places: with more weight decay units repeat one another, with less of \
                 it or of β a few units do all the work.",
    },
    Row {
        kind: Kind::Embeddings,
        hidden: Hidden::Share(0.5, 36, 100),
        target: 0.05,
        weight: Weight::OfVariance(1.0, 1.0),
        decay: Decay::Share(0.003),
        optimizer: OptimizerKind::Adam,
        rate: 0.003,
        batch: 50,
        updates: 6_000,
        reason: "Embeddings vary in many directions about equally: few of them are at work in one sample.",
    },
];

impl Recipe {
    /// For `data`, or for a part of the set that stands for all `samples` of them. It measures λ_c, which takes
    /// milliseconds to 256 inputs and some tens of passes beyond.
    pub fn of(data: &DataSet, samples: usize) -> Self {
        let kind = Kind::of(data);
        #[expect(
            clippy::expect_used,
            reason = "the table has a row for each kind: tests::every_kind_has_a_row"
        )]
        let row = ROWS.iter().find(|row| row.kind == kind).expect("a row");
        let output = Experiment::output_for(data);
        let pictures = matches!(kind, Kind::GreyPictures | Kind::ColourPictures);
        let few = pictures && samples < 4 * kind::FEW;
        let hidden = match row.hidden.of(data.inputs(), samples) {
            hidden if few => hidden.min((samples / 4).max(1)),
            hidden => hidden,
        };
        let weight = match row.weight {
            Weight::Fixed(weight) => weight,
            Weight::OfVariance(times, least) => {
                two_digits((times * data.variance).clamp(least, MOST_WEIGHT))
            }
        };
        let hidden_activation = HiddenActivation::Sigmoid;
        let batch = BatchSize::Samples(row.batch.min(samples.max(1)));
        let mut settings = Hyperparameters {
            sparsity_target: row.target,
            sparsity_weight: weight,
            learning_rate: row.rate,
            optimizer: row.optimizer,
            batch,
            ..Hyperparameters::default()
        };
        let spectrum = with_rows!(&data.samples, rows => Spectrum::quick(rows, output, &|| true));
        let lambda_c = spectrum.map_or(0.0, |spectrum| {
            Cliffs::new(&spectrum, &settings, hidden_activation).lambda_c
        });
        let share = match row.decay {
            Decay::Share(share) => share,
            _ if lambda_c <= 0.0 => 0.0,
            Decay::OfVariance(factor) => {
                let wanted = factor * data.variance / (data.inputs() as f64).sqrt();
                (wanted / lambda_c).min(MOST_DECAY)
            }
            Decay::OfSpread(factor) => {
                let variance = data.variance / data.inputs() as f64;
                (factor * (variance / lambda_c).powf(1.5)).min(MOST_DECAY)
            }
        };
        settings.weight_decay = below(share * lambda_c);
        let steps = samples.div_ceil(batch.rows(samples).max(1)).max(1) as u64;
        let mut reasons = vec![
            format!("Taken for {}. {}", kind.title(), row.reason),
            format!(
                "λ is {} of λ_c = {}, above which a unit that dies stays dead.",
                short(two_digits(share)),
                short(lambda_c)
            ),
        ];
        if few {
            reasons.push(format!(
                "Only {samples} pictures: with more units than {hidden} some would learn one picture each by heart. Patches \
                 cut from them are more samples."
            ));
        }
        Self {
            kind,
            hidden,
            hidden_activation,
            output_activation: output,
            hyperparameters: settings,
            epochs: row.updates.div_ceil(steps).max(10),
            lambda_c,
            reasons,
        }
    }

    /// Its part of an experiment.
    pub fn choices(&self) -> Choices {
        Choices {
            hidden: self.hidden,
            hidden_activation: self.hidden_activation,
            output_activation: self.output_activation,
            hyperparameters: self.hyperparameters,
        }
    }
}

impl Hidden {
    /// Of n inputs and m samples: with as many units as samples each has one to itself.
    fn of(&self, inputs: usize, samples: usize) -> usize {
        let least = inputs.min(kind::FEW);
        let wanted = match *self {
            // a square of tiles
            Self::Share(share, least, most) => {
                let side = (share * inputs as f64).sqrt().round() as usize;
                (side * side).clamp(least, most)
            }
            Self::Columns => inputs + inputs.div_ceil(4),
        };
        wanted.min((samples / 4).max(least)).max(1)
    }
}

/// Rounded to two digits.
fn two_digits(value: f64) -> f64 {
    rounded(value, f64::round)
}

/// Rounded down to two digits.
fn below(value: f64) -> f64 {
    rounded(value, f64::floor)
}

fn rounded(value: f64, how: fn(f64) -> f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 0.0;
    }
    let digits = 1 - value.log10().floor() as i32;
    // by its text: 2.3e-4 and not 2.3000000000000003e-4
    let whole = how(value * 10f64.powi(digits));
    format!("{whole}e{}", -digits).parse().unwrap_or(value)
}
