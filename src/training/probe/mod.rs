//! What a code is worth: how well a plain classifier tells classes apart by it, on samples that the classifier has not
//! seen. The same is asked of the inputs themselves, of as many principal components, and of as many random units.
//!
//! The classifier is the same for all: ridge regression on the classes' indicators (Hastie, Tibshirani & Friedman, "The
//! Elements of Statistical Learning", 2nd ed. 2009, §3.4.1 and §4.2), which has one minimum, in closed form. The class of
//! the greatest value is the answer. Features are standardised by the samples that it is fitted to, and the penalty is
//! the one of seven that does best on a fifth of these, set aside for that. The split is stratified, and drawn anew from
//! each seed; so are the random units.

mod features;
mod ridge;
mod score;
mod split;
#[cfg(test)]
mod tests;
mod thinned;

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use thiserror::Error;

use self::features::Sets;
pub use self::score::{Advantage, Score};
pub use self::thinned::thinned;
use super::code;
use crate::data::error::grouped;
use crate::data::{DataSet, limits};
use crate::model::{Architecture, Layer, Parameters};
use crate::numerics::{Real, WorkerPool};

/// The fewest splits that say something of how much they vary.
pub const FEWEST_SEEDS: u64 = 2;
/// Most of them.
pub const MOST_SEEDS: u64 = 1_000;
/// Most values of a sample whose principal components are looked for, and that are themselves features.
const MOST: (usize, usize) = (limits::WHITENED, limits::COVARIANCE);

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// How many splits are drawn, from the seeds 1, 2, …
    pub seeds: u64,
    /// The part of each class's samples that is tested with, in (0, .9].
    pub test_fraction: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seeds: 5,
            test_fraction: 0.2,
        }
    }
}

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProbeError {
    #[error(
        "{data} has no labels: give data with classes (a column called label, folders of pictures, IDX with its labels \
         beside it)"
    )]
    NoLabels { data: String },
    #[error("all samples of {data} are of one class: give data with two classes or more")]
    OneClass { data: String },
    #[error(
        "{data} has one sample alone of {class}, which can't be both learned from and tested with: take it out, or give \
         labels that are classes"
    )]
    SmallClass { data: String, class: String },
    #[error("the part to test with is {fraction}: give a number above 0 and up to 0.9")]
    Fraction { fraction: f64 },
    #[error("{seeds} splits are asked for: give {FEWEST_SEEDS} to {MOST_SEEDS}")]
    Seeds { seeds: u64 },
    #[error("{data} has samples of {found} values, the model takes {expected}")]
    Inputs {
        data: String,
        found: usize,
        expected: usize,
    },
    #[error("the model's activations on {data} are not all finite numbers")]
    NotFinite { data: String },
    #[error("it was cancelled")]
    Cancelled,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probe {
    /// By the code, the model's hidden activations.
    #[serde(flatten)]
    pub code: Score,
    pub baselines: Baselines,
    /// How many classes there are.
    pub classes: usize,
    /// m
    pub samples: usize,
    #[serde(flatten)]
    pub settings: Settings,
    /// The largest class's share: what always answering it would come to.
    pub chance: f64,
}

/// The same by other features. `None` where the samples have too many values for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baselines {
    /// The inputs as they are prepared.
    pub raw: Option<Baseline>,
    /// As many principal components of the inputs as there are hidden units, or as many as there are; fitted to what the
    /// classifier is fitted to.
    pub pca: Option<Baseline>,
    /// The hidden units of a network of the same shape that was not trained.
    pub random: Option<Baseline>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    #[serde(flatten)]
    pub score: Score,
    /// How much better the code does.
    pub advantage: Advantage,
}

/// What a classifier can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Code,
    Raw,
    Pca,
    Random,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Code, Self::Raw, Self::Pca, Self::Random];
}

/// Held-out accuracy and the number of features, of each [`Kind`].
type Outcome = [Option<(f64, usize)>; 4];

/// What the code of `data` that `parameters` give is worth. `known` are the baselines of the same data, sizes, hidden
/// activation and settings, where they were found before: they do not depend on the weights. The splits are shared out
/// among the workers of `pool`, with the same result on any number of them. `go_on` is told the part that is done, and ends
/// it by `false`.
///
/// # Errors
/// Data without classes, or with a class of one sample; settings out of range; another number of inputs; cancelled.
pub fn probe<T: Real>(
    data: &DataSet,
    architecture: &Architecture,
    parameters: &Parameters<T>,
    (settings, known): (Settings, Option<&Baselines>),
    pool: &WorkerPool,
    go_on: &(dyn Fn(f64) -> bool + Sync),
) -> Result<Probe, ProbeError> {
    check(data, parameters, settings)?;
    let classes = Classes::of(data)?;
    let sets = sets(data, architecture, parameters, (&classes, known), go_on)?;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let part = || done.load(Ordering::Relaxed) as f64 / sets.work(settings);
    let seeds: Vec<u64> = (1..=settings.seeds).collect();
    let mut shares: Vec<Vec<(u64, Option<Outcome>)>> = vec![Vec::new(); pool.workers()];
    pool.each(&mut shares, |_, share| {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = sets.outcome(settings, *seed, &|| go_on(part()), &|| {
                done.fetch_add(1, Ordering::Relaxed);
            });
            let stop = outcome.is_none();
            share.push((*seed, outcome));
            if stop {
                break;
            }
        }
    });
    let mut outcomes: Vec<_> = shares.into_iter().flatten().collect();
    outcomes.sort_by_key(|(seed, _)| *seed);
    let outcomes = outcomes.into_iter().map(|(_, outcome)| outcome);
    let outcomes = outcomes.collect::<Option<Vec<Outcome>>>();
    match outcomes.filter(|outcomes| outcomes.len() == seeds.len()) {
        Some(outcomes) => Ok(joined(data.len(), &outcomes, &classes, (settings, known))),
        None => Err(ProbeError::Cancelled),
    }
}

/// The same on the calling thread alone.
///
/// # Errors
/// As [`probe`].
pub fn probe_alone<T: Real>(
    data: &DataSet,
    architecture: &Architecture,
    parameters: &Parameters<T>,
    (settings, known): (Settings, Option<&Baselines>),
    go_on: &dyn Fn(f64) -> bool,
) -> Result<Probe, ProbeError> {
    check(data, parameters, settings)?;
    let classes = Classes::of(data)?;
    let sets = sets(data, architecture, parameters, (&classes, known), go_on)?;
    let done = Cell::new(0);
    let part = || f64::from(done.get()) / sets.work(settings);
    let outcome = |seed: u64| {
        sets.outcome(settings, seed, &|| go_on(part()), &|| {
            done.set(done.get() + 1)
        })
    };
    match (1..=settings.seeds)
        .map(outcome)
        .collect::<Option<Vec<_>>>()
    {
        Some(outcomes) => Ok(joined(data.len(), &outcomes, &classes, (settings, known))),
        None => Err(ProbeError::Cancelled),
    }
}

/// What the splits are of.
fn sets<'a, T: Real>(
    data: &'a DataSet,
    architecture: &Architecture,
    parameters: &Parameters<T>,
    (classes, known): (&'a Classes, Option<&Baselines>),
    go_on: &dyn Fn(f64) -> bool,
) -> Result<Sets<'a, T>, ProbeError> {
    let hidden = Layer::Hidden;
    let code = code::encoded(&data.samples, architecture, parameters, hidden, &|_| {
        go_on(0.0)
    });
    let code = code.ok_or(ProbeError::Cancelled)?;
    if code.iter().any(|value| !value.is_finite()) {
        let data = data.name.clone();
        return Err(ProbeError::NotFinite { data });
    }
    Ok(Sets {
        samples: &data.samples,
        code,
        architecture: *architecture,
        classes,
        pca: data.inputs() <= MOST.0,
        raw: data.inputs() <= MOST.1,
        baselines: known.is_none(),
    })
}

fn check<T: Real>(
    data: &DataSet,
    parameters: &Parameters<T>,
    settings: Settings,
) -> Result<(), ProbeError> {
    let Settings {
        seeds,
        test_fraction: fraction,
    } = settings;
    if !(fraction > 0.0 && fraction <= crate::data::Held::MOST) {
        return Err(ProbeError::Fraction { fraction });
    }
    if !(FEWEST_SEEDS..=MOST_SEEDS).contains(&seeds) {
        return Err(ProbeError::Seeds { seeds });
    }
    let (found, expected) = (data.inputs(), parameters.inputs());
    if found != expected {
        return Err(ProbeError::Inputs {
            data: data.name.clone(),
            found,
            expected,
        });
    }
    Ok(())
}

/// The classes of a set, numbered from 0 without gaps.
#[derive(Clone, Debug)]
struct Classes {
    /// (m)
    of_samples: Vec<usize>,
    count: usize,
    /// Samples of the largest.
    largest: usize,
}

impl Classes {
    fn of(data: &DataSet) -> Result<Self, ProbeError> {
        let name = || data.name.clone();
        let labels = data.labels.as_ref();
        let labels = labels.ok_or_else(|| ProbeError::NoLabels { data: name() })?;
        let mut counts = [0usize; 256];
        for label in labels {
            counts[usize::from(*label)] += 1;
        }
        let present: Vec<u8> = (0..=u8::MAX)
            .filter(|label| counts[usize::from(*label)] > 0)
            .collect();
        if present.len() < 2 {
            return Err(ProbeError::OneClass { data: name() });
        }
        let alone = present
            .iter()
            .find(|label| counts[usize::from(**label)] < 2);
        if let Some(alone) = alone {
            return Err(ProbeError::SmallClass {
                data: name(),
                class: data.class_title(*alone),
            });
        }
        let mut numbers = [0; 256];
        for (number, label) in present.iter().enumerate() {
            numbers[usize::from(*label)] = number;
        }
        Ok(Self {
            of_samples: labels
                .iter()
                .map(|label| numbers[usize::from(*label)])
                .collect(),
            count: present.len(),
            largest: counts.into_iter().max().unwrap_or(0),
        })
    }
}

fn joined(
    samples: usize,
    outcomes: &[Outcome],
    classes: &Classes,
    (settings, known): (Settings, Option<&Baselines>),
) -> Probe {
    let fraction = settings.test_fraction;
    let of = |kind: Kind| -> Option<Score> {
        let each = outcomes.iter().map(|outcome| outcome[kind as usize]);
        let each: Vec<(f64, usize)> = each.collect::<Option<_>>()?;
        let width = each.iter().map(|(_, width)| *width).max()?;
        let each = each.into_iter().map(|(accuracy, _)| accuracy).collect();
        Some(Score::of(each, width, fraction))
    };
    // it is always there: `outcomes` has one for each of the two seeds or more
    let code = of(Kind::Code).unwrap_or_else(|| Score::of(vec![0.0; 2], 0, fraction));
    let baseline = |kind: Kind, known: Option<&Option<Baseline>>| {
        let score = match known {
            Some(known) => known.as_ref().map(|known| known.score.clone()),
            None => of(kind),
        }?;
        Some(Baseline {
            advantage: Advantage::of(&code.each, &score.each, fraction),
            score,
        })
    };
    Probe {
        baselines: Baselines {
            raw: baseline(Kind::Raw, known.map(|known| &known.raw)),
            pca: baseline(Kind::Pca, known.map(|known| &known.pca)),
            random: baseline(Kind::Random, known.map(|known| &known.random)),
        },
        code,
        classes: classes.count,
        samples,
        settings,
        chance: classes.largest as f64 / samples as f64,
    }
}

impl Baselines {
    /// Why some are not there, of samples of `inputs` values, in a sentence; `None` where all are.
    pub fn missing(&self, inputs: usize) -> Option<String> {
        let (what, most) = match (&self.raw, &self.pca) {
            (Some(_), Some(_)) => return None,
            _ if inputs > MOST.1 => ("the inputs and their principal components", MOST.1),
            _ if inputs > MOST.0 => ("the principal components of the inputs", MOST.0),
            _ => return Some("no principal components of the inputs could be found".into()),
        };
        Some(format!(
            "{what} are not compared with: they have {} values, and up to {} can be",
            grouped(inputs as u64),
            grouped(most as u64)
        ))
    }
}
