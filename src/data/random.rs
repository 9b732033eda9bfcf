//! Draws from ChaCha8 spelt out, so that a seed means the same data in every release, whatever `rand` does.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform in 0..`bound` (> 0); biased by less than 2⁻⁴⁰ for bounds below 2²⁴.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_pinned() {
        let mut draw = Draw::seeded(0);
        let drawn: Vec<usize> = (0..8).map(|_| draw.below(1000)).collect();
        assert_eq!(drawn, [709, 465, 699, 60, 879, 549, 828, 935]);
    }

    #[test]
    fn draws_are_even() {
        let mut draw = Draw::seeded(3);
        let mut counts = [0; 7];
        let mut sum = 0.0;
        for _ in 0..70_000 {
            counts[draw.below(7)] += 1;
            sum += draw.unit();
        }
        assert!(
            counts.iter().all(|count| (9_500..10_500).contains(count)),
            "{counts:?}"
        );
        assert!((sum / 70_000.0 - 0.5).abs() < 0.005);
    }
}
