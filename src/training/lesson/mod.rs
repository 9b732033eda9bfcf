//! Lessons: a question, a prediction that is committed to, a run that answers it, and claims that are measured.
//!
//! A lesson is one file of Markdown with fenced blocks of TOML; `assets/lessons/README.md` has the format. It is parsed
//! whole before anything of it is used ([`Lesson::parse`]), and all that it may say is listed here: it names built-in data
//! and settings, and can neither run code nor read another file nor reach a network. [`rehearse`] goes through it without
//! a window and holds each claim against what is measured.

mod blocks;
mod builtin;
mod claim;
mod error;
mod formula;
mod keys;
mod measure;
mod outline;
mod parse;
mod question;
mod rehearsal;
mod stage;
#[cfg(test)]
mod tests;

pub use builtin::Builtin;
pub use claim::{Claim, Comparison, Joint, Point, Side, Term};
pub use error::{LessonError, Spot};
pub use measure::{Measure, Seen};
pub use rehearsal::{Finding, RehearsalError, rehearse};
pub use stage::{Stage, StageData};

use super::{Experiment, Setting, Value};
use crate::model::units::UnitState;

/// Bytes of a lesson's file.
pub const BYTES: usize = 64 << 10;
/// Steps of a lesson.
pub const STEPS: std::ops::RangeInclusive<usize> = 5..=8;
/// Words of a step, its choices counted.
pub const WORDS: usize = 60;
/// Characters of a heading.
pub const TITLE: usize = 60;
/// The last epoch that a step may run to.
pub const EPOCHS: u64 = 5_000;
/// Hidden units and samples.
pub const HIDDEN: usize = 256;
pub const SAMPLES: usize = 20_000;
/// Side of a patch.
pub const PATCH: usize = 28;
/// Answers to choose from.
pub const CHOICES: std::ops::RangeInclusive<usize> = 2..=6;
/// Characters of an answer, and of an axis's unit.
pub const CHOICE: usize = 60;
/// Claims of a step.
pub const CLAIMS: usize = 20;

/// A lesson, whole and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    pub title: String,
    pub steps: Vec<Step>,
}

/// What a step is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something to look at, perhaps a run.
    Watch,
    /// A question: play is locked until an answer is committed to; then the run goes on and gives its own.
    Predict,
    /// Why.
    Explain,
    /// One thing to try, at the reader's own hand.
    Try,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Watch, Self::Predict, Self::Explain, Self::Try];

    /// As a heading has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Predict => "predict",
            Self::Explain => "explain",
            Self::Try => "try",
        }
    }
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub kind: Kind,
    pub title: String,
    pub text: Vec<Paragraph>,
    /// The runs that begin here.
    pub setup: Option<Setup>,
    /// What changes as the step's run begins; in a step of the kind [`Kind::Try`], what the reader is asked to change.
    pub changes: Changes,
    /// The epoch at whose end the step's run pauses.
    pub until: Option<u64>,
    pub look: Look,
    pub prediction: Option<Prediction>,
    pub claims: Vec<Claim>,
    /// Of its heading.
    pub spot: Spot,
}

/// What a step shows, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    Words(String),
    /// LaTeX
    Formula(String),
}

/// One run, or two side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    pub a: Wanted,
    pub b: Option<Wanted>,
}

/// How a run is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub experiment: Experiment,
    /// It trains on Gaussian noise with the mean and covariance of its data instead of on these.
    pub noise: bool,
}

/// Settings that are changed, of either run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub a: Vec<(Setting, Value)>,
    pub b: Vec<(Setting, Value)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.a.is_empty() && self.b.is_empty()
    }
}

/// Where a step says to look, and what it gives the reader's hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub place: Option<Place>,
    pub unlocked: Vec<Control>,
}

/// A panel that a step can point out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Features,
    Reconstructions,
    Cost,
    Sparsity,
    Units,
    Equations,
    GradientCheck,
    GradientNorms,
}

impl Place {
    pub const ALL: [Self; 8] = [
        Self::Features,
        Self::Reconstructions,
        Self::Cost,
        Self::Sparsity,
        Self::Units,
        Self::Equations,
        Self::GradientCheck,
        Self::GradientNorms,
    ];

    /// As a lesson writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Reconstructions => "reconstructions",
            Self::Cost => "cost",
            Self::Sparsity => "sparsity",
            Self::Units => "units",
            Self::Equations => "equations",
            Self::GradientCheck => "gradient-check",
            Self::GradientNorms => "gradient-norms",
        }
    }
}

/// Something that a step can unlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Setting(Setting),
    Hidden,
    Seed,
    /// Play, pause, one epoch and the speed.
    Play,
    /// The same initial weights again.
    Reset,
    CheckGradient,
    Revive,
}

impl Control {
    /// As a lesson writes them: settings as the command line's options.
    pub const ALL: [(&'static str, Self); 14] = [
        ("rho", Self::Setting(Setting::SparsityTarget)),
        ("beta", Self::Setting(Setting::SparsityWeight)),
        ("alpha", Self::Setting(Setting::LearningRate)),
        ("lambda", Self::Setting(Setting::WeightDecay)),
        ("momentum", Self::Setting(Setting::Momentum)),
        ("optimizer", Self::Setting(Setting::Optimizer)),
        ("batch", Self::Setting(Setting::Batch)),
        ("gradient", Self::Setting(Setting::Gradient)),
        ("hidden", Self::Hidden),
        ("seed", Self::Seed),
        ("play", Self::Play),
        ("reset", Self::Reset),
        ("check-gradient", Self::CheckGradient),
        ("revive", Self::Revive),
    ];
}

/// What a step asks to be predicted, and how the answer is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// One of several answers: right where the measure lies in its range.
    Choice { choices: Vec<Choice>, measure: Term },
    /// A number on an axis: right within a distance, or a factor where the axis is logarithmic.
    Number {
        axis: NumberAxis,
        measure: Term,
        within: f64,
    },
    /// So many tiles: right where at least `least` of their units are then in `state`.
    Tiles {
        pick: usize,
        state: UnitState,
        least: usize,
    },
}

/// An answer, and the values of the measure for which it is right, both ends included.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub text: String,
    pub from: f64,
    pub to: f64,
}

/// The axis on which a number is predicted.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberAxis {
    pub from: f64,
    pub to: f64,
    pub log: bool,
}

/// What somebody predicted.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Counted from 0.
    Choice(usize),
    Number(f64),
    /// Units, counted from 0, ascending.
    Tiles(Vec<usize>),
}

impl Prediction {
    /// What is measured to judge it; `None` where it is the state of units.
    pub fn measure(&self) -> Option<&Term> {
        match self {
            Self::Choice { measure, .. } | Self::Number { measure, .. } => Some(measure),
            Self::Tiles { .. } => None,
        }
    }

    /// Whether `answer` is right, where `measured` is the value of [`Self::measure`] and `states` are the units'. `None`
    /// where it is no answer to this, or nothing was measured.
    pub fn is_right(
        &self,
        answer: &Answer,
        measured: Option<f64>,
        states: &[UnitState],
    ) -> Option<bool> {
        match (self, answer) {
            (Self::Choice { choices, .. }, Answer::Choice(chosen)) => {
                let (choice, value) = (choices.get(*chosen)?, measured?);
                Some(choice.holds(value))
            }
            (Self::Number { axis, within, .. }, Answer::Number(said)) => {
                let value = measured?;
                Some(if axis.log {
                    (said / value).ln().abs() <= within.ln()
                } else {
                    (said - value).abs() <= *within
                })
            }
            (Self::Tiles { state, least, .. }, Answer::Tiles(units)) => {
                let found = units
                    .iter()
                    .filter(|unit| states.get(**unit) == Some(state));
                Some(found.count() >= *least)
            }
            _ => None,
        }
    }
}

impl Choice {
    pub fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }
}
