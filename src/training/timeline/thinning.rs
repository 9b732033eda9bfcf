//! Which keyframes stay when memory is short: dense lately, sparser further back, and those at which something happened
//! before others.

use serde::{Deserialize, Serialize};

use super::moment::Moment;

/// Why a keyframe is worth keeping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interest {
    #[default]
    Plain,
    /// A unit died, came back or was born anew.
    Life,
    /// A setting was changed, units were revived, or the run diverged.
    Deed,
}

impl Interest {
    /// The part of the usual distance that it may have from the one before.
    fn closeness(self) -> f64 {
        match self {
            Self::Plain => 1.0,
            Self::Life => 0.25,
            Self::Deed => 0.1,
        }
    }
}

/// A keyframe, as far as thinning knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub moment: Moment,
    pub bytes: usize,
    pub interest: Interest,
}

/// Which of `candidates`, in order, stay so that they take at most `most` bytes: the first and the last always do, and of
/// the others those that are at least `s · √(age + 1)` epochs after the last that stays, for the least s that is enough.
/// (So the distance of neighbours grows with their age as √age: with N of them after T epochs, it is 2√T/N lately and
/// 2T/N for the oldest.)
pub(super) fn stay(candidates: &[Candidate], most: usize) -> Vec<bool> {
    let total: usize = candidates.iter().map(|candidate| candidate.bytes).sum();
    if total <= most {
        return vec![true; candidates.len()];
    }
    let now = candidates.last().map_or(0, |last| last.moment.epoch);
    // beyond this none but the ends stay
    let (mut few, mut many) = ((now + 2) as f64 / Interest::Deed.closeness(), 0.0);
    let mut best = spaced(candidates, now, few).0;
    for _ in 0..STEPS {
        let middle = (few + many) / 2.0;
        let (kept, bytes) = spaced(candidates, now, middle);
        if bytes <= most {
            (few, best) = (middle, kept);
        } else {
            many = middle;
        }
    }
    best
}

/// Bisections of s: to 1 in 10⁷ of its range.
const STEPS: usize = 24;

/// Those that stay at this spacing, and their bytes. One at which something happened takes the place of a plainer one that
/// is too near before it.
fn spaced(candidates: &[Candidate], now: u64, spacing: f64) -> (Vec<bool>, usize) {
    let mut kept = vec![false; candidates.len()];
    let mut last: Option<usize> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let epoch = candidate.moment.epoch;
        let age = now.saturating_sub(epoch) as f64;
        let least = spacing * candidate.interest.closeness() * (age + 1.0).sqrt();
        let near = last.filter(|last| ((epoch - candidates[*last].moment.epoch) as f64) < least);
        if let Some(near) = near {
            let better = near > 0 && candidates[near].interest < candidate.interest;
            if !better && index + 1 < candidates.len() {
                continue;
            }
            kept[near] = !better;
        }
        kept[index] = true;
        last = Some(index);
    }
    let bytes = candidates.iter().zip(&kept);
    let bytes = bytes.filter(|(_, kept)| **kept);
    let bytes = bytes.map(|(candidate, _)| candidate.bytes).sum();
    (kept, bytes)
}
