//! The run that trains beside the one shown: B beside A.

use std::sync::Arc;

use super::export::Export;
use super::run_view::RunView;
use crate::model::matching::Matching;
use crate::training::snapshot::Version;
use crate::training::trainer::RunId;
use crate::training::{Experiment, Setting};

/// B, and what it has to do with A.
#[derive(Clone, Debug)]
pub struct Beside {
    pub run: RunId,
    /// Both do the same epochs: whichever is ahead waits.
    pub locked: bool,
    /// The latest, of the features of both.
    pub matched: Option<Arc<Matched>>,
}

/// The features of A assigned to those of B.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Of A and of B.
    pub of: [Version; 2],
    pub matching: Matching,
}

/// B as the panels see it.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    pub beside: &'a Beside,
    pub other: &'a RunView,
}

/// What is asked for in a small window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which setting of the second run is to differ, and by what value.
    OneSetting,
    /// The epoch at whose end to pause.
    PauseAt,
    /// A line that tells a run.
    ShareLine,
    /// What is to be remembered of the run that is shown.
    Notes,
    /// The file that something is to be written to.
    Export(Export),
}

/// Every setting in which two experiments differ, e.g. "β 3 | 0".
pub fn differences(a: &Experiment, b: &Experiment) -> Vec<String> {
    let mut found = Vec::new();
    for setting in Setting::all() {
        let values = [
            setting.get(&a.hyperparameters),
            setting.get(&b.hyperparameters),
        ];
        if values[0] != values[1]
            && let [first, second] = &setting.format_apart(&values)[..]
        {
            found.push(format!("{} {first} | {second}", setting.symbol()));
        }
    }
    let mut plain = |name: &str, a: String, b: String| {
        if a != b {
            found.push(format!("{name} {a} | {b}"));
        }
    };
    plain("hidden units", a.hidden.to_string(), b.hidden.to_string());
    plain("seed", a.seed.to_string(), b.seed.to_string());
    plain(
        "hidden activation",
        a.hidden_activation.name().to_owned(),
        b.hidden_activation.name().to_owned(),
    );
    plain(
        "output activation",
        a.output_activation.name().to_owned(),
        b.output_activation.name().to_owned(),
    );
    plain(
        "precision",
        format!("{:?}", a.precision),
        format!("{:?}", b.precision),
    );
    if a.data != b.data {
        let (a, b) = (a.data.source.title(), b.data.source.title());
        found.push(if a == b {
            "the data's preparation".to_owned()
        } else {
            format!("data {a} | {b}")
        });
    }
    found
}
