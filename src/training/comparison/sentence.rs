//! A comparison in a sentence, with its numbers.

use super::Comparison;
use crate::model::matching::{Baselines, Judgement, Verdict};

impl Comparison {
    /// What the scrambled features are, in a few words.
    pub fn scrambled_words(&self) -> &'static str {
        if self.pictures {
            "scrambled phases"
        } else {
            "signs scrambled along the principal axes"
        }
    }

    /// The verdict in a sentence; `None` where there is none.
    pub fn sentence(&self) -> Option<String> {
        let Judgement {
            verdict,
            fraction,
            interval,
        } = self.judgement()?;
        let baselines = self.baselines();
        let way = match (fraction, interval) {
            (Some(fraction), Some([low, high])) => {
                format!(
                    "{} of the way, 95 % interval {} to {}; ",
                    per_cent(fraction),
                    per_cent(low),
                    per_cent(high)
                )
            }
            _ => String::new(),
        };
        let numbers = format!("{way}{}", self.numbers(&baselines));
        let chance = baselines
            .scrambled
            .filter(|scrambled| self.matching.similarity <= scrambled.threshold());
        Some(match (verdict, interval, chance) {
            (Verdict::Similar, ..) => format!(
                "The two found similar detectors: nearer to what another seed on the same data finds than to what the \
                 covariance alone gives ({numbers})."
            ),
            (Verdict::Partly, ..) => format!(
                "Partly similar: more alike than the covariance alone makes them, but not surely as two seeds on the \
                 same data are ({numbers})."
            ),
            (Verdict::Covariance, Some([low, _]), Some(_)) if low > 0.0 => format!(
                "No more than chance: with {} they match as well ({numbers}).",
                self.scrambled_words()
            ),
            (Verdict::Covariance, ..) => {
                let below = interval.is_none_or(|[_, high]| high < 0.0);
                let how = if below { "better" } else { "as well" };
                format!(
                    "No more alike than the covariance makes them: runs on Gaussian noise with the same covariance match \
                     {how} ({numbers})."
                )
            }
            (Verdict::Unresolved, Some(_), _) => format!(
                "It cannot be told: the interval holds what the covariance gives, and more than half of the way to another \
                 seed ({numbers})."
            ),
            (Verdict::Unresolved, None, _) => format!(
                "It cannot be told: another seed on the same data does not match clearly better than a run on Gaussian \
                 noise with the same covariance ({numbers})."
            ),
        })
    }

    /// "mean |cos| .69; noise with the same covariance .60, another seed .75, scrambled phases .63"
    pub fn numbers(&self, baselines: &Baselines) -> String {
        let mut parts = Vec::new();
        let mut say = |what: &str, value: Option<f64>| {
            parts.extend(value.map(|value| format!("{what} {value:.3}")));
        };
        say("noise with the same covariance", baselines.floor());
        say("another seed", baselines.ceiling());
        let scrambled = baselines.scrambled.map(|scrambled| scrambled.similarity);
        say(self.scrambled_words(), scrambled);
        let parts = if parts.is_empty() {
            String::new()
        } else {
            format!("; {}", parts.join(", "))
        };
        format!("mean |cos| {:.3}{parts}", self.matching.similarity)
    }
}

/// −12 %
fn per_cent(part: f64) -> String {
    let rounded = (100.0 * part).round();
    if rounded < 0.0 {
        format!("−{} %", -rounded)
    } else {
        format!("{} %", rounded.abs())
    }
}
