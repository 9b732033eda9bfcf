//! The order in which an epoch goes through the samples: a function of the seed and the epoch alone.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Fills `order` with the order of the samples 0 .. `order.len()` in `epoch` (the first is 1).
///
/// Stream `epoch` of the seed's ChaCha8 draws it; stream 0 draws the initial weights. Fisher–Yates, written out so that
/// a seed means the same order in every release of `rand`.
pub(super) fn shuffle(order: &mut [u32], seed: u64, epoch: u64) {
    for (place, index) in order.iter_mut().zip(0..) {
        *place = index;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(epoch);
    for last in (1..order.len()).rev() {
        // Lemire's multiply-shift; the bias, below 2⁻³², does not matter here
        let pick = ((u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64) as usize;
        order.swap(last, pick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(seed: u64, epoch: u64) -> Vec<u32> {
        let mut order = vec![7; 10];
        shuffle(&mut order, seed, epoch);
        order
    }

    #[test]
    fn every_epoch_and_seed_has_its_own_order_and_keeps_it() {
        assert_eq!(order(1, 1), order(1, 1));
        assert_ne!(order(1, 1), order(1, 2));
        assert_ne!(order(1, 1), order(2, 1));
        let mut sorted = order(3, 1_000_000);
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
