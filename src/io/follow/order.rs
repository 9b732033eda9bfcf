//! Where checkpoints stand on the axis of a run, whose numbers always increase.

use super::progress::Progress;

/// A greater number is a date or worse, not a count.
const MOST: u64 = 1_000_000_000_000;

/// What the numbers of a run count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    Epochs,
    Steps,
    /// The checkpoints themselves.
    Checkpoints,
}

/// Gives every checkpoint its number: what it says itself of epochs or steps, as the first one does, as long as that
/// increases, or else the next one.
#[derive(Clone, Debug, Default)]
pub struct Order {
    counting: Option<Counting>,
    last: Option<u64>,
}

impl Order {
    /// What the numbers count, once there is one.
    pub fn counting(&self) -> Option<Counting> {
        self.counting
    }

    /// The number of the next checkpoint, and whether it is its own.
    pub fn place(&mut self, progress: Progress) -> (u64, bool) {
        let known = |number: Option<u64>| number.filter(|number| *number < MOST);
        let (epoch, step) = (known(progress.epoch), known(progress.step));
        let counting = *self.counting.get_or_insert(match (epoch, step) {
            // where both are told, there may be several of one epoch
            (_, Some(_)) => Counting::Steps,
            (Some(_), None) => Counting::Epochs,
            (None, None) => Counting::Checkpoints,
        });
        let own = match counting {
            Counting::Epochs => epoch,
            Counting::Steps => step,
            Counting::Checkpoints => None,
        };
        let next = self.last.map_or(1, |last| last + 1);
        let own = own.filter(|own| self.last.is_none() || *own >= next);
        let number = own.unwrap_or(next);
        self.last = Some(number);
        (number, own.is_some() || counting == Counting::Checkpoints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(names: &[&str]) -> (Vec<(u64, bool)>, Option<Counting>) {
        let mut order = Order::default();
        let places = names
            .iter()
            .map(|name| order.place(Progress::of_name(name)));
        (places.collect(), order.counting())
    }

    #[test]
    fn numbers_are_the_checkpoints_own_as_long_as_they_increase() {
        let (places, counting) = placed(&["step_0.npz", "step_10.npz", "step_30.npz"]);
        assert_eq!(places, [(0, true), (10, true), (30, true)]);
        assert_eq!(counting, Some(Counting::Steps));
        let (places, counting) = placed(&["epoch3.npz", "epoch7.npz", "epoch5.npz", "epoch8.npz"]);
        assert_eq!(places, [(3, true), (7, true), (8, false), (9, false)]);
        assert_eq!(counting, Some(Counting::Epochs));
    }

    #[test]
    fn several_of_one_epoch_are_told_apart_by_their_steps() {
        let names = ["epoch=1-step=100.npz", "epoch=1-step=200.npz"];
        assert_eq!(placed(&names).0, [(100, true), (200, true)]);
    }

    #[test]
    fn what_says_nothing_or_a_date_is_counted() {
        let (places, counting) = placed(&["latest.npz", "latest.npz", "step_9.npz"]);
        assert_eq!(places, [(1, true), (2, true), (3, true)]);
        assert_eq!(counting, Some(Counting::Checkpoints));
        assert_eq!(placed(&["20261129123000.npz"]).0, [(1, true)]);
    }
}
