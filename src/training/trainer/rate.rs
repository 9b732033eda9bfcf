//! Epochs a second, as they were of late.

use std::collections::VecDeque;
use std::time::Duration;

/// The window over which epochs are counted.
const WINDOW: Duration = Duration::from_secs(1);
/// At most one mark in this time, so that thousands of epochs a second cost nothing.
const SPACING: Duration = Duration::from_millis(20);

/// Counts epochs over the last second.
#[derive(Debug, Default)]
pub(super) struct Rate {
    marks: VecDeque<(Duration, u64)>,
}

impl Rate {
    /// `epoch` ended at `now`.
    pub(super) fn count(&mut self, now: Duration, epoch: u64) {
        let last = self.marks.back();
        if last.is_some_and(|(time, _)| now.saturating_sub(*time) < SPACING) {
            return;
        }
        self.marks.push_back((now, epoch));
        while self.marks.len() > 2
            && let Some((time, _)) = self.marks.front()
            && now.saturating_sub(*time) > WINDOW
        {
            self.marks.pop_front();
        }
    }

    pub(super) fn epochs_per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some((from, first)), Some((to, last))) if to > from => {
                (last - first) as f64 / (*to - *from).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_the_last_second() {
        let mut rate = Rate::default();
        assert_eq!(rate.epochs_per_second(), 0.0);
        for epoch in 0..1_000 {
            // 200 epochs a second at first, then 50
            let millis = if epoch < 500 {
                epoch * 5
            } else {
                2_500 + (epoch - 500) * 20
            };
            rate.count(Duration::from_millis(millis), epoch);
        }
        assert!((rate.epochs_per_second() - 50.0).abs() < 1.0);
        assert!(rate.marks.len() <= 52);
    }
}
