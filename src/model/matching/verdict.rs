//! What a similarity says, held against its baselines.
//!
//! The floor is what the covariance of the data gives (the same training on Gaussian noise), the ceiling another seed on
//! the same data; the fraction is the part of the way between them, (similarity − floor) / (ceiling − floor). All three
//! vary with the seeds. By how much is seen in two ways, and the larger counts: from run to run, which a few runs say
//! badly; and from unit to unit, each unit's |cos| about its own mean over the runs of a baseline, which many units say
//! well, as if they varied independently. The interval is Fieller's for a ratio of means (Fieller 1954), the similarity
//! being one draw more. It is bounded exactly where the ceiling is above the floor at the same level; else nothing can be
//! told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Matching, Scrambled};
use crate::numerics::student;

/// A run is like another seed where it is surely nearer to the ceiling than to the floor.
const HALF: f64 = 0.5;

/// The first run's features matched with what a second is judged by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baselines {
    /// With runs on the same data from other seeds.
    pub other_seed: Vec<Matching>,
    /// With runs on Gaussian noise with the covariance of the data.
    pub covariance: Vec<Matching>,
    /// Of the two runs' own features, scrambled; `None` where there is no way to.
    pub scrambled: Option<Scrambled>,
}

/// Which claim the numbers bear out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// The interval lies above one half.
    #[serde(rename = "similar detectors")]
    Similar,
    /// The interval lies above 0, not above one half.
    #[serde(rename = "partly similar")]
    Partly,
    /// The interval reaches 0 and not one half, the similarity is surely below the floor, or scrambled features match as
    /// well.
    #[serde(rename = "no more than the covariance gives")]
    Covariance,
    /// Either the ceiling is not surely above the floor, or the interval reaches from 0 to more than one half.
    #[serde(rename = "cannot be told")]
    Unresolved,
}

impl Verdict {
    /// As it is written and shown.
    pub fn words(self) -> &'static str {
        match self {
            Self::Similar => "similar detectors",
            Self::Partly => "partly similar",
            Self::Covariance => "no more than the covariance gives",
            Self::Unresolved => "cannot be told",
        }
    }
}

/// A verdict and the numbers that it follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Part of the way from the covariance (0) to another seed (1); `None` where the ceiling is not above the floor.
    pub fraction: Option<f64>,
    /// Its 95 % interval; `None` where it has no bounds.
    pub interval: Option<[f64; 2]>,
}

impl Baselines {
    /// Mean similarity to other seeds on the same data.
    pub fn ceiling(&self) -> Option<f64> {
        similarity(&self.other_seed)
    }

    /// Mean similarity to runs on noise.
    pub fn floor(&self) -> Option<f64> {
        similarity(&self.covariance)
    }

    /// The verdict on `similarity`. `None` while a baseline is missing, or the draws are too few to know how much they
    /// vary.
    pub fn judge(&self, similarity: f64) -> Option<Judgement> {
        let (ceiling, floor) = (self.ceiling()?, self.floor()?);
        let [ceilings, floors] = [&self.other_seed, &self.covariance].map(|runs| runs.len() as f64);
        // (half the width of the interval of one draw)²
        let spread = self.variation()?;
        let (above, way) = (similarity - floor, ceiling - floor);
        // those θ at which above − θ way is no further from 0 than chance: a θ² + 2 b θ + c ≤ 0
        let a = way.powi(2) - spread * (1.0 / floors + 1.0 / ceilings);
        let b = spread / floors - above * way;
        let c = above.powi(2) - spread * (1.0 + 1.0 / floors);
        let root = (b * b - a * c).sqrt();
        let interval = (way > 0.0 && a > 0.0).then(|| [(-b - root) / a, (-b + root) / a]);
        let fraction = (way > 0.0).then(|| above / way);
        let chance = |scrambled: &Scrambled| similarity <= scrambled.threshold();
        let verdict = match interval {
            // wherever the ceiling is
            None if above < 0.0 && c > 0.0 => Verdict::Covariance,
            None => Verdict::Unresolved,
            Some([low, high]) if low <= 0.0 && high > HALF => Verdict::Unresolved,
            Some([low, _]) if low <= 0.0 => Verdict::Covariance,
            Some(_) if self.scrambled.as_ref().is_some_and(chance) => Verdict::Covariance,
            Some([low, _]) if low <= HALF => Verdict::Partly,
            Some(_) => Verdict::Similar,
        };
        Some(Judgement {
            verdict,
            fraction,
            interval,
        })
    }

    /// (t σ)², t σ being half the width of the 95 % interval of the similarity to one more run.
    fn variation(&self) -> Option<f64> {
        let groups = [&self.other_seed, &self.covariance];
        let (mut by_run, mut by_unit) = (Spread::default(), Spread::default());
        for runs in groups {
            by_run.add(runs.iter().map(|run| run.similarity));
            let mut units: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
            for pair in runs.iter().flat_map(|run| &run.pairs) {
                units.entry(pair.first).or_default().push(pair.cosine.abs());
            }
            units.into_values().for_each(|unit| by_unit.add(unit));
        }
        let pairs = groups
            .into_iter()
            .flatten()
            .map(|run| run.pairs.len())
            .min()?;
        // a similarity is the mean of so many
        let freedom = by_unit.freedom;
        let by_unit = by_unit.variance()? / pairs as f64;
        let by_run = by_run.variance()?;
        // of the units' freedom, which is that of the better estimate
        Some(student(freedom)?.powi(2) * by_run.max(by_unit))
    }
}

/// Squares about the means of several groups.
#[derive(Default)]
struct Spread {
    squares: f64,
    freedom: usize,
}

impl Spread {
    fn add(&mut self, group: impl IntoIterator<Item = f64>) {
        let group: Vec<f64> = group.into_iter().collect();
        let Some(mean) = mean(&group) else {
            return;
        };
        self.squares += group
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
        self.freedom += group.len() - 1;
    }

    fn variance(&self) -> Option<f64> {
        (self.freedom > 0).then(|| self.squares / self.freedom as f64)
    }
}

fn similarity(runs: &[Matching]) -> Option<f64> {
    mean(&runs.iter().map(|run| run.similarity).collect::<Vec<f64>>())
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::Pair;
    use super::*;

    /// Runs of 20 pairs with these similarities, every pair's |cos| that.
    fn runs(similarities: &[f64]) -> Vec<Matching> {
        let run = |similarity: &f64| Matching {
            pairs: (0..20)
                .map(|unit| Pair {
                    first: unit,
                    second: unit,
                    cosine: *similarity,
                })
                .collect(),
            similarity: *similarity,
        };
        similarities.iter().map(run).collect()
    }

    fn baselines(ceiling: f64, floor: f64, deviation: f64) -> Baselines {
        let around = |mean: f64| runs(&[mean - deviation, mean, mean + deviation]);
        Baselines {
            other_seed: around(ceiling),
            covariance: around(floor),
            scrambled: None,
        }
    }

    fn verdict(baselines: &Baselines, similarity: f64) -> (Verdict, Judgement) {
        let judged = baselines.judge(similarity).unwrap();
        (judged.verdict, judged)
    }

    #[test]
    fn every_branch_follows_from_the_numbers() {
        let clear = baselines(0.8, 0.6, 0.01);
        let (found, judged) = verdict(&clear, 0.79);
        assert_eq!(found, Verdict::Similar);
        assert!((judged.fraction.unwrap() - 0.95).abs() < 1e-9);
        let [low, high] = judged.interval.unwrap();
        assert!(
            low > 0.5 && low < 0.95 && high > 0.95 && high < 1.2,
            "{low} {high}"
        );
        // more like it than another seed is like it no less
        assert_eq!(verdict(&clear, 0.99).0, Verdict::Similar);
        assert_eq!(verdict(&clear, 0.66).0, Verdict::Partly);
        assert_eq!(verdict(&clear, 0.61).0, Verdict::Covariance);
        assert_eq!(verdict(&clear, 0.3).0, Verdict::Covariance);
        assert!(verdict(&clear, 0.3).1.fraction.unwrap() < -1.0);
        // the way is no longer than the seeds vary
        let (found, judged) = verdict(&baselines(0.62, 0.61, 0.01), 0.615);
        assert_eq!((found, judged.interval), (Verdict::Unresolved, None));
        assert!((judged.fraction.unwrap() - 0.5).abs() < 1e-9);
        // nor is there one downwards
        let (found, judged) = verdict(&baselines(0.6, 0.8, 0.01), 0.79);
        assert_eq!(found, Verdict::Unresolved);
        assert_eq!((judged.fraction, judged.interval), (None, None));
        // below both it is unlike, wherever the ceiling is
        let (found, judged) = verdict(&baselines(0.6, 0.61, 0.01), 0.5);
        assert_eq!((found, judged.interval), (Verdict::Covariance, None));
        // there is a way, and the interval covers too much of it
        let (found, judged) = verdict(&baselines(0.64, 0.6, 0.015), 0.62);
        let [low, high] = judged.interval.unwrap();
        assert!(low <= 0.0 && high > 0.5, "{low} {high}");
        assert_eq!(found, Verdict::Unresolved);
    }

    #[test]
    fn scrambled_features_that_match_as_well_forbid_a_likeness() {
        let mut clear = baselines(0.8, 0.6, 0.01);
        let chance = |similarity| {
            Some(Scrambled {
                similarity,
                standard_deviation: 0.01,
                draws: 100,
            })
        };
        clear.scrambled = chance(0.7);
        assert_eq!(verdict(&clear, 0.79).0, Verdict::Similar);
        clear.scrambled = chance(0.78);
        assert_eq!(verdict(&clear, 0.79).0, Verdict::Covariance);
    }

    #[test]
    fn the_interval_is_fiellers() {
        // θ is in it where |above − θ way| ≤ t σ √(1 + (1 − θ)²/3 + θ²/3)
        let baselines = baselines(0.8, 0.6, 0.02);
        let judged = baselines.judge(0.7).unwrap();
        let width = baselines.variation().unwrap().sqrt();
        // 20 units, two baselines of three runs; runs and units vary alike here, and one unit √20 times as much
        assert!((width - 1.99 * 0.02).abs() < 1e-4, "{width}");
        for theta in judged.interval.unwrap() {
            let gap = (0.1 - theta * 0.2f64).abs();
            let spread = (1.0 + (1.0 - theta).powi(2) / 3.0 + theta.powi(2) / 3.0).sqrt();
            assert!((gap - width * spread).abs() < 1e-9, "{theta}");
        }
    }

    #[test]
    fn units_that_vary_count_where_the_runs_happen_to_agree() {
        let mut baselines = baselines(0.8, 0.6, 0.0);
        assert!(baselines.variation().unwrap() < 1e-20);
        for runs in [&mut baselines.other_seed, &mut baselines.covariance] {
            for (index, run) in runs.iter_mut().enumerate() {
                for pair in &mut run.pairs {
                    // about the mean by −.1, 0, .1, in another order for each unit
                    pair.cosine += 0.1 * ((pair.first + index) % 3) as f64 - 0.1;
                }
            }
        }
        let expected = student(80).unwrap() * 0.1 / 20f64.sqrt();
        assert!((baselines.variation().unwrap().sqrt() - expected).abs() < 1e-9);
        // a fixed run's interval is that wide, or wider
        let [low, high] = baselines.judge(0.7).unwrap().interval.unwrap();
        assert!(high - low > 2.0 * expected / 0.2);
    }

    #[test]
    fn the_interval_covers_the_truth_as_often_as_it_says() {
        // a run's similarity: the mean of its units' values, independent and normal
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let mut run = |mean: f64| {
            let mut value = || (0..12).map(|_| rng.random::<f64>() - 0.5).sum::<f64>();
            let cosines: Vec<f64> = (0..25).map(|_| mean + 0.05 * value()).collect();
            let pairs = cosines.iter().enumerate().map(|(unit, cosine)| Pair {
                first: unit,
                second: unit,
                cosine: *cosine,
            });
            Matching {
                pairs: pairs.collect(),
                similarity: cosines.iter().sum::<f64>() / 25.0,
            }
        };
        for truth in [0.0, 0.5, 1.0] {
            let mut covered = 0;
            for _ in 0..1_000 {
                let baselines = Baselines {
                    other_seed: (0..3).map(|_| run(0.75)).collect(),
                    covariance: (0..3).map(|_| run(0.65)).collect(),
                    scrambled: None,
                };
                let judged = baselines.judge(run(0.65 + 0.1 * truth).similarity).unwrap();
                let inside = |[low, high]: [f64; 2]| (low..=high).contains(&truth);
                covered += usize::from(judged.interval.is_none_or(inside));
            }
            assert!(covered >= 940, "{covered} of 1,000 at {truth}");
        }
    }

    #[test]
    fn without_runs_there_is_nothing_to_judge_by() {
        let none = Baselines::default();
        assert_eq!(none.judge(0.7), None, "nothing to judge by");
        let one = Baselines {
            other_seed: runs(&[0.8]),
            covariance: runs(&[0.6]),
            scrambled: None,
        };
        assert_eq!(one.judge(0.7), None, "nobody knows how much they vary");
    }

    #[test]
    fn the_words_are_those_of_the_json() {
        for verdict in [
            Verdict::Similar,
            Verdict::Partly,
            Verdict::Covariance,
            Verdict::Unresolved,
        ] {
            let written = serde_json::to_value(verdict).unwrap();
            assert_eq!(written, verdict.words());
        }
    }
}
