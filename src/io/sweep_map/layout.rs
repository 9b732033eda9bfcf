//! Which way round a map lies, and where its parts stand.

use super::scale::written;
use crate::model::{BatchSize, OptimizerKind};
use crate::training::record::number::short;
use crate::training::sweep::{Axis, Map, Place, Plan, Varied};

/// A cell's side where there are few, in pixels.
const LARGEST_CELL: usize = 56;
/// The longer side of a map of more cells.
const SIDE: usize = 580;

/// Which of the plan's axes runs to the right; of two, λ goes up and else ρ to the right.
pub struct Sides<'a> {
    plan: &'a Plan,
    /// The plan's axes are swapped.
    turned: bool,
}

impl<'a> Sides<'a> {
    pub fn of(plan: &'a Plan) -> Self {
        let first = plan.axes()[0].varied;
        let second = plan.axes().get(1).map(|axis| axis.varied);
        let turned = second.is_some_and(|second| {
            first == Varied::Lambda || (second == Varied::Rho && first != Varied::Rho)
        });
        Self { plan, turned }
    }

    fn axis(&self, up: bool) -> Option<&'a Axis> {
        self.plan.axes().get(usize::from(up != self.turned))
    }

    /// Columns and rows: along one axis alone, a row a seed.
    pub fn size(&self) -> (usize, usize) {
        let [first, second] = self.plan.size();
        match (self.plan.axes().len(), self.turned) {
            (1, _) => (first, self.plan.seeds() as usize),
            (_, false) => (first, second),
            (_, true) => (second, first),
        }
    }

    /// The runs of the cell in `column`, `row` from below.
    pub fn runs(&self, column: usize, row: usize) -> std::ops::Range<usize> {
        match (self.plan.axes().len(), self.turned) {
            (1, _) => {
                let run = self.plan.runs_at([column, 0]).start + row;
                run..run + 1
            }
            (_, false) => self.plan.runs_at([column, row]),
            (_, true) => self.plan.runs_at([row, column]),
        }
    }

    /// (column, row from below) of the cell that has the run.
    pub fn cell_of(&self, run: usize) -> (usize, usize) {
        let Place { along, seed } = self.plan.place(run);
        match (self.plan.axes().len(), self.turned) {
            (1, _) => (along[0], seed as usize),
            (_, false) => (along[0], along[1]),
            (_, true) => (along[1], along[0]),
        }
    }

    /// A place along the plan's axes, in columns and rows from below.
    pub fn point(&self, [first, second]: [f64; 2]) -> [f64; 2] {
        match (self.plan.axes().len(), self.turned) {
            (1, _) => [first, second * self.size().1 as f64],
            (_, false) => [first, second],
            (_, true) => [second, first],
        }
    }

    /// What the columns, or the rows, are called.
    pub fn titles(&self) -> [&'static str; 2] {
        [false, true].map(|up| self.axis(up).map_or("seed", |axis| axis.varied.title()))
    }

    /// The words beside each column, or each row from below.
    pub fn labels(&self, up: bool) -> Vec<String> {
        match self.axis(up) {
            Some(axis) => axis.values().iter().map(|value| written(*value)).collect(),
            None => {
                let first = self.plan.base().seed;
                let seeds = 0..self.plan.seeds();
                seeds.map(|seed| (first + seed).to_string()).collect()
            }
        }
    }

    /// The side of a cell in pixels.
    pub(super) fn cell(&self) -> usize {
        let (columns, rows) = self.size();
        (SIDE / columns.max(rows)).clamp(1, LARGEST_CELL)
    }
}

/// The settings that are the same in every run, for the lines under the title.
pub fn settings(map: &Map) -> Vec<String> {
    let plan = map.plan();
    let base = plan.base();
    let settings = &base.hyperparameters;
    let mut said = Vec::new();
    let mut say = |varied: Varied, text: String| {
        if plan.axis(varied).is_none() {
            said.push(text);
        }
    };
    let lbfgs = settings.optimizer == OptimizerKind::Lbfgs;
    say(
        Varied::Rho,
        format!("ρ {}", short(settings.sparsity_target)),
    );
    say(
        Varied::Beta,
        format!("β {}", short(settings.sparsity_weight)),
    );
    say(
        Varied::Lambda,
        format!("λ {}", short(settings.weight_decay)),
    );
    if !lbfgs {
        say(
            Varied::Alpha,
            format!("α {}", short(settings.learning_rate)),
        );
    }
    say(Varied::Hidden, format!("{} hidden units", base.hidden));
    let optimizer = settings.optimizer.name();
    if settings.optimizer == OptimizerKind::Momentum && plan.axis(Varied::Momentum).is_none() {
        said.push(format!("{optimizer} {}", short(settings.momentum)));
    } else {
        said.push(optimizer.to_owned());
    }
    if !lbfgs && plan.axis(Varied::Batch).is_none() {
        said.push(match settings.batch {
            BatchSize::Full => "full batch".to_owned(),
            BatchSize::Samples(rows) => format!("batches of {rows}"),
        });
    }
    said.push(match plan.epochs() {
        1 => "1 epoch".to_owned(),
        epochs => format!("{epochs} epochs"),
    });
    match (plan.seeds(), plan.axes().len()) {
        (1, _) => said.push(format!("seed {}", base.seed)),
        (_, 1) => {}
        (seeds, _) => said.push(format!("mean of {seeds} seeds")),
    }
    said
}

/// Every how many of `count` labels one is written, each taking `length` of places `cell` apart.
pub(super) fn stride(length: f32, cell: usize) -> usize {
    ((length / cell as f32).ceil() as usize).max(1)
}

/// `words` in lines not wider than `most`, as far as each fits.
pub(super) fn wrapped(
    words: &[String],
    between: &str,
    most: f32,
    width: impl Fn(&str) -> f32,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if width(&format!("{line}{between}{word}")) <= most => {
                line.push_str(between);
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}
