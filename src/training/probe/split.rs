//! Which samples the classifier is fitted to, which choose its penalty, and which it is tested with.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The part of the training samples of a class that chooses the penalty.
const VALIDATION: f64 = 0.2;

/// Rows of a data set, each in increasing order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub fit: Vec<usize>,
    /// With `fit`, what the last fit is to. Empty where no class has two training samples.
    pub validation: Vec<usize>,
    pub test: Vec<usize>,
}

impl Split {
    /// Of each class about `fraction` is tested with, one sample at least, and one at least is not.
    pub fn draw(classes: &[usize], fraction: f64, seed: u64) -> Self {
        let mut draw = ChaCha8Rng::seed_from_u64(seed);
        let mut of_class: Vec<Vec<usize>> = Vec::new();
        for (row, class) in classes.iter().enumerate() {
            if of_class.len() <= *class {
                of_class.resize(class + 1, Vec::new());
            }
            of_class[*class].push(row);
        }
        let mut split = Self {
            fit: Vec::new(),
            validation: Vec::new(),
            test: Vec::new(),
        };
        for mut rows in of_class {
            let count = rows.len();
            for place in (1..count).rev() {
                rows.swap(place, below(&mut draw, place + 1));
            }
            let part = |of: usize, part: f64| (of as f64 * part).round() as usize;
            let test = part(count, fraction).max(1).min(count.saturating_sub(1));
            let training = count - test;
            let validation = part(training, VALIDATION).min(training.saturating_sub(1));
            split.test.extend(&rows[..test]);
            split.validation.extend(&rows[test..test + validation]);
            split.fit.extend(&rows[test + validation..]);
        }
        for rows in [&mut split.fit, &mut split.validation, &mut split.test] {
            rows.sort_unstable();
        }
        split
    }

    /// `fit` and `validation` together.
    pub fn training(&self) -> impl Iterator<Item = usize> + '_ {
        self.fit.iter().chain(&self.validation).copied()
    }
}

/// Uniform in 0..`bound` (> 0), spelt out, so that a seed means the same in every release.
fn below(draw: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u128::from(draw.next_u64()) * bound as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_in_every_part_by_its_share() {
        // 50, 30 and 5 of the classes, mixed
        let classes: Vec<usize> = (0..85)
            .map(|row| match row % 17 {
                0..10 => 0,
                10..16 => 1,
                _ => 2,
            })
            .collect();
        let split = Split::draw(&classes, 0.2, 4);
        let count = |rows: &[usize], class: usize| {
            rows.iter().filter(|row| classes[**row] == class).count()
        };
        for (class, test, validation) in [(0, 10, 8), (1, 6, 5), (2, 1, 1)] {
            assert_eq!(count(&split.test, class), test);
            assert_eq!(count(&split.validation, class), validation);
        }
        let mut all: Vec<usize> = split.training().chain(split.test.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..85).collect::<Vec<_>>(), "each once");
        assert_eq!(split, Split::draw(&classes, 0.2, 4));
        assert_ne!(split.test, Split::draw(&classes, 0.2, 5).test);
    }

    #[test]
    fn the_smallest_classes_are_learned_from_and_tested_with() {
        let split = Split::draw(&[0, 0, 1, 1], 0.05, 1);
        assert_eq!((split.test.len(), split.fit.len()), (2, 2));
        assert!(split.validation.is_empty());
        let most = Split::draw(&[0, 0, 0, 1, 1, 1], 0.9, 1);
        assert_eq!((most.test.len(), most.fit.len()), (4, 2));
    }
}
