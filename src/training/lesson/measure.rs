//! What of a run a lesson speaks of: the same in the window, which judges an answer by it, and headless.

use std::ops::ControlFlow;

use ndarray::Axis;
use strum::VariantArray;

use crate::data::DataSet;
use crate::model::gradient_check::gradient_check_with;
use crate::model::matching::match_features;
use crate::model::units::StateCounts;
use crate::model::{
    Architecture, CheckedHyperparameters, Cliffs, Cost, EvenSample, Objective, Parameters,
    Spectrum, UnitStatistics,
};
use crate::training::record::number::in_digits;
use crate::training::{Activity, Run, Snapshot, measures};

/// Samples and coordinates that a lesson's gradient check goes over: a part of a second.
const CHECKED: (usize, usize) = (50, 200);

/// A number that a run has at an epoch's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Measure {
    TotalCost,
    ReconstructionLoss,
    DecayPenalty,
    SparsityPenalty,
    Fvu,
    Alive,
    Dead,
    Constant,
    Silent,
    Saturated,
    Duplicate,
    /// Of Földiák's 16, how many are found.
    Bars,
    /// The median of the features' orientation selectivity.
    Selectivity,
    /// ρ̂, averaged over the units.
    MeanActivation,
    /// The greatest |ρ̂ − ρ| / ρ of any unit.
    TargetMiss,
    /// The greatest max a − min a of any unit.
    Spread,
    /// The median over the units of the |cos| with the unit most like it.
    Likeness,
    /// ‖W1‖
    EncoderNorm,
    LambdaC,
    /// λ/λ_c
    LambdaRatio,
    AlphaC,
    /// α/α_c
    AlphaRatio,
    /// The relative error of the gradient that is descended on, against central differences.
    GradientError,
    /// Mean |cos| of the run's features, matched with those of the run beside it.
    Similarity,
    /// 1 where the cost became infinite, else 0.
    Diverged,
}

impl Measure {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// As a lesson writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TotalCost => "total_cost",
            Self::ReconstructionLoss => "reconstruction_loss",
            Self::DecayPenalty => "decay_penalty",
            Self::SparsityPenalty => "sparsity_penalty",
            Self::Fvu => "fvu",
            Self::Alive => "alive",
            Self::Dead => "dead",
            Self::Constant => "constant",
            Self::Silent => "silent",
            Self::Saturated => "saturated",
            Self::Duplicate => "duplicate",
            Self::Bars => "bars",
            Self::Selectivity => "selectivity",
            Self::MeanActivation => "mean_activation",
            Self::TargetMiss => "target_miss",
            Self::Spread => "spread",
            Self::Likeness => "likeness",
            Self::EncoderNorm => "encoder_norm",
            Self::LambdaC => "lambda_c",
            Self::LambdaRatio => "lambda_ratio",
            Self::AlphaC => "alpha_c",
            Self::AlphaRatio => "alpha_ratio",
            Self::GradientError => "gradient_error",
            Self::Similarity => "similarity",
            Self::Diverged => "diverged",
        }
    }

    /// For people: "units alive".
    pub fn title(self) -> &'static str {
        match self {
            Self::TotalCost => "cost J",
            Self::ReconstructionLoss => "reconstruction loss",
            Self::DecayPenalty => "decay term",
            Self::SparsityPenalty => "sparsity term",
            Self::Fvu => "FVU",
            Self::Alive => "units alive",
            Self::Dead => "units dead",
            Self::Constant => "units constant",
            Self::Silent => "units silent",
            Self::Saturated => "units saturated",
            Self::Duplicate => "duplicates",
            Self::Bars => "bars found",
            Self::Selectivity => "orientation selectivity",
            Self::MeanActivation => "mean ρ̂",
            Self::TargetMiss => "greatest |ρ̂ − ρ|/ρ",
            Self::Spread => "greatest spread",
            Self::Likeness => "|cos| with the likest unit",
            Self::EncoderNorm => "‖W1‖",
            Self::LambdaC => "λ_c",
            Self::LambdaRatio => "λ/λ_c",
            Self::AlphaC => "α_c",
            Self::AlphaRatio => "α/α_c",
            Self::GradientError => "relative error of the gradient",
            Self::Similarity => "mean |cos| of matched features",
            Self::Diverged => "diverged",
        }
    }

    /// A value of it, as short as it tells.
    pub fn text(self, value: f64) -> String {
        if self.is_count() && value.fract() == 0.0 {
            return format!("{value:.0}");
        }
        match self {
            Self::GradientError => format!("{value:.0e}"),
            _ => in_digits(value, 3),
        }
    }

    /// Whether it counts something.
    pub fn is_count(self) -> bool {
        matches!(
            self,
            Self::Alive
                | Self::Dead
                | Self::Constant
                | Self::Silent
                | Self::Saturated
                | Self::Duplicate
                | Self::Bars
                | Self::Diverged
        )
    }

    /// Whether each of two runs that stand side by side has a value of its own that tells them apart.
    pub fn is_of_one_run(self) -> bool {
        !matches!(self, Self::Similarity | Self::Diverged)
    }

    /// Whether it needs the spectrum of the data.
    pub fn needs_law(self) -> bool {
        matches!(
            self,
            Self::LambdaC | Self::LambdaRatio | Self::AlphaC | Self::AlphaRatio
        )
    }

    /// Of `seen`, beside which `other` stands; `None` where it has none, or none that is finite.
    pub fn of(self, seen: &Seen<'_>, other: Option<&Seen<'_>>) -> Option<f64> {
        let counts = StateCounts::of(seen.units);
        let cliffs = || {
            let hidden = seen.architecture.hidden_activation;
            Some(Cliffs::new(seen.spectrum?, seen.settings, hidden))
        };
        let count = |count: u32| Some(f64::from(count));
        let units = || seen.units.iter();
        let greatest = |all: &mut dyn Iterator<Item = f64>| all.reduce(f64::max);
        let value = match self {
            Self::TotalCost => Some(seen.cost.total()),
            Self::ReconstructionLoss => Some(seen.cost.reconstruction_loss),
            Self::DecayPenalty => Some(seen.cost.decay_penalty),
            Self::SparsityPenalty => Some(seen.cost.sparsity_penalty),
            Self::Fvu => Some(seen.fvu),
            Self::Alive => count(counts.alive),
            Self::Dead => count(counts.dead()),
            Self::Constant => count(counts.constant),
            Self::Silent => count(counts.silent),
            Self::Saturated => count(counts.saturated),
            Self::Duplicate => count(counts.duplicate),
            Self::Bars => {
                let found = measures::bars_found(seen.data, seen.parameters.encoder_weights());
                found.map(|found| found as f64)
            }
            Self::Selectivity => {
                measures::selectivity(seen.data, seen.parameters.encoder_weights())
            }
            Self::MeanActivation => {
                let all = units().map(|unit| unit.mean_activation).sum::<f64>();
                Some(all / seen.units.len() as f64)
            }
            Self::TargetMiss => {
                let target = seen.settings.sparsity_target;
                greatest(&mut units().map(|unit| (unit.mean_activation / target - 1.0).abs()))
            }
            Self::Spread => greatest(&mut units().map(UnitStatistics::spread)),
            Self::Likeness => likeness(seen),
            Self::EncoderNorm => {
                let weights = seen.parameters.encoder_weights();
                let squares = weights.iter().map(|w| f64::from(*w).powi(2));
                Some(squares.sum::<f64>().sqrt())
            }
            Self::LambdaC => cliffs().map(|cliffs| cliffs.lambda_c),
            Self::LambdaRatio => cliffs().map(|cliffs| cliffs.weight_decay / cliffs.lambda_c),
            Self::AlphaC => cliffs()?.alpha_c,
            Self::AlphaRatio => cliffs().and_then(|c| Some(c.learning_rate / c.alpha_c?)),
            Self::GradientError => gradient_error(seen),
            Self::Similarity => {
                let [mine, others] = [seen, other?].map(|seen| {
                    let weights = seen.parameters.encoder_weights();
                    seen.data.features(weights)
                });
                let matching = match_features(mine.view(), others.view()).ok()?;
                Some(matching.similarity)
            }
            Self::Diverged => Some(f64::from(u8::from(seen.diverged))),
        };
        value.filter(|value| value.is_finite())
    }
}

/// A run at an epoch's end, as far as its measures need it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub data: &'a DataSet,
    pub architecture: Architecture,
    pub settings: &'a CheckedHyperparameters,
    pub parameters: &'a Parameters<f32>,
    pub cost: Cost,
    pub fvu: f64,
    pub units: &'a [UnitStatistics],
    /// Without it there is no λ_c and no α_c.
    pub spectrum: Option<&'a Spectrum>,
    pub diverged: bool,
}

impl<'a> Seen<'a> {
    /// What the window shows.
    pub fn shown(snapshot: &'a Snapshot) -> Self {
        Self {
            data: &snapshot.data,
            architecture: snapshot.experiment.architecture(snapshot.data.inputs()),
            settings: &snapshot.hyperparameters,
            parameters: &snapshot.parameters,
            cost: snapshot.cost,
            fvu: snapshot.fvu,
            units: &snapshot.units,
            spectrum: snapshot.spectrum.as_deref(),
            diverged: snapshot.activity == Activity::Diverged,
        }
    }

    /// A run that has `diverged` or not; its spectrum is measured where one of `measures` needs it.
    pub fn of(run: &'a Run<f32>, diverged: bool, measures: &[Measure]) -> Self {
        let law = measures.iter().any(|measure| measure.needs_law());
        Self {
            data: run.data(),
            architecture: run.architecture(),
            settings: &run.state().settings,
            parameters: run.parameters(),
            cost: run.state().cost,
            fvu: run.fvu(),
            units: &run.state().units,
            spectrum: law.then(|| run.spectrum()).flatten().map(AsRef::as_ref),
            diverged,
        }
    }
}

fn likeness(seen: &Seen<'_>) -> Option<f64> {
    let mut rows = seen.parameters.encoder_weights().mapv(f64::from);
    for mut row in rows.rows_mut() {
        let norm = row.dot(&row).sqrt();
        if norm > 0.0 {
            row /= norm;
        }
    }
    let cosines = rows.dot(&rows.t());
    let mut most: Vec<f64> = cosines.indexed_iter().fold(
        vec![0.0; rows.nrows()],
        |mut most, ((one, other), cosine)| {
            if one != other {
                most[one] = f64::max(most[one], cosine.abs());
            }
            most
        },
    );
    most.sort_by(f64::total_cmp);
    most.get(most.len() / 2).copied()
}

fn gradient_error(seen: &Seen<'_>) -> Option<f64> {
    let (samples, limit) = CHECKED;
    let rows: Vec<usize> = EvenSample::of(seen.data.len(), samples).rows().collect();
    let samples = seen.data.samples.to::<f64>().select(Axis(0), &rows);
    let objective = Objective::from(seen.settings);
    let check = gradient_check_with(
        seen.architecture,
        &seen.parameters.cast(),
        samples.view(),
        &objective,
        limit,
        |_| ControlFlow::Continue(()),
    )?;
    Some(check.relative_error)
}
