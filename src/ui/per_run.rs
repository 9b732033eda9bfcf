//! What a panel keeps for each run that it has shown of late: to go from one to the other and back costs nothing.

use crate::training::trainer::RunId;

/// Runs remembered; the one shown longest ago goes first.
const MOST: usize = 9;

/// A cache for each run.
#[derive(Debug)]
pub(super) struct PerRun<T>(Vec<(RunId, T)>);

impl<T> Default for PerRun<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> PerRun<T> {
    /// That of `run`, new if there is none.
    pub(super) fn of(&mut self, run: RunId) -> &mut T {
        match self.0.iter().position(|(other, _)| *other == run) {
            Some(place) => self.0[..=place].rotate_right(1),
            None => {
                self.0.truncate(MOST - 1);
                self.0.insert(0, (run, T::default()));
            }
        }
        &mut self.0[0].1
    }

    /// That of `run`, if there is one.
    pub(super) fn get(&self, run: RunId) -> Option<&T> {
        let (_, cache) = self.0.iter().find(|(other, _)| *other == run)?;
        Some(cache)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_few_are_kept() {
        let mut cache = PerRun::<u64>::default();
        for run in 0..MOST as u64 {
            *cache.of(RunId(run)) = run + 10;
        }
        assert_eq!(*cache.of(RunId(0)), 10, "shown again, it is the latest");
        *cache.of(RunId(99)) = 5;
        assert_eq!(cache.0.len(), MOST);
        assert_eq!(*cache.of(RunId(0)), 10);
        assert_eq!(*cache.of(RunId(1)), 0, "shown longest ago, it went");
    }
}
