//! What each stretch sums up, kept apart until it is added up in order; and what came of that.

use super::Layout;
use crate::numerics::{AlignedBuffer, Kernels, Real};

/// Column sums that a stretch leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// p (h)
    P,
    /// 1 − p (h)
    Q,
    /// (a2 − centre)² (h)
    SquaredSpread,
    /// f′(z2) (h)
    Slope,
    /// δ2/m (h)
    HiddenDelta,
    /// (ā − a2)·y/m of the open units (at most h)
    Response,
    /// δ3/m (n)
    OutputDelta,
}

/// The sums over the stretches of all chapters so far.
pub(super) struct Summed {
    /// By [`Quantity`]
    totals: [Vec<f64>; 7],
    pub squared_error: f64,
}

impl Summed {
    pub fn new(layout: &Layout) -> Self {
        let length = |quantity| match quantity {
            Quantity::OutputDelta => layout.inputs,
            _ => layout.hidden,
        };
        Self {
            totals: [
                Quantity::P,
                Quantity::Q,
                Quantity::SquaredSpread,
                Quantity::Slope,
                Quantity::HiddenDelta,
                Quantity::Response,
                Quantity::OutputDelta,
            ]
            .map(|quantity| vec![0.0; length(quantity)]),
            squared_error: 0.0,
        }
    }

    /// Before the first stretch.
    pub fn clear(&mut self, quantities: &[Quantity]) {
        for quantity in quantities {
            self.totals[*quantity as usize].fill(0.0);
        }
    }

    /// The next stretch's column sums of `quantity`.
    pub fn add<T: Real>(&mut self, quantity: Quantity, sums: &[T], kernels: &Kernels<T>) {
        kernels.add_to_f64(&mut self.totals[quantity as usize], sums);
    }

    pub fn of(&self, quantity: Quantity) -> &[f64] {
        &self.totals[quantity as usize]
    }
}

/// The sums of a worker's stretches.
pub(super) struct Sums<T> {
    /// One quantity after the other, each (stretches, h or n padded), so that adding one up reads straight on: the
    /// lines come from another core's cache.
    values: AlignedBuffer<T>,
    /// Σ‖x̂ − x‖², one a stretch
    pub squared_errors: Vec<f64>,
    stretches: usize,
    inputs_padded: usize,
    hidden_padded: usize,
}

impl<T: Real> Sums<T> {
    pub fn new(layout: &Layout) -> Self {
        Self {
            values: AlignedBuffer::default(),
            squared_errors: Vec::new(),
            stretches: 0,
            inputs_padded: layout.inputs_padded,
            hidden_padded: layout.hidden_padded,
        }
    }

    pub fn make_room(&mut self, stretches: usize) {
        self.stretches = stretches;
        let each = 6 * self.hidden_padded + self.inputs_padded;
        self.values.resize(stretches.saturating_mul(each));
        self.squared_errors.resize(stretches, 0.0);
    }

    /// Where `quantity` of `stretch` begins, and how long it is.
    fn place(&self, quantity: Quantity, stretch: usize) -> (usize, usize) {
        let (before, length) = match quantity {
            Quantity::P => (0, self.hidden_padded),
            Quantity::Q => (1, self.hidden_padded),
            Quantity::SquaredSpread => (2, self.hidden_padded),
            Quantity::Slope => (3, self.hidden_padded),
            Quantity::HiddenDelta => (4, self.hidden_padded),
            Quantity::Response => (5, self.hidden_padded),
            Quantity::OutputDelta => (6, self.inputs_padded),
        };
        let start = before * self.stretches * self.hidden_padded + stretch * length;
        (start, length)
    }

    /// The sums of `quantity` over `stretch`, padded.
    pub fn of(&self, quantity: Quantity, stretch: usize) -> &[T] {
        let (start, length) = self.place(quantity, stretch);
        &self.values[start..start + length]
    }

    pub fn of_mut(&mut self, quantity: Quantity, stretch: usize) -> &mut [T] {
        let (start, length) = self.place(quantity, stretch);
        &mut self.values[start..start + length]
    }

    /// Those of p and of 1 − p.
    pub fn p_and_q_mut(&mut self, stretch: usize) -> (&mut [T], &mut [T]) {
        self.two_mut(Quantity::P, stretch)
    }

    /// Those of (a2 − centre)² and of f′.
    pub fn spread_and_slope_mut(&mut self, stretch: usize) -> (&mut [T], &mut [T]) {
        self.two_mut(Quantity::SquaredSpread, stretch)
    }

    /// Those of `first`, which hidden units have, and of the quantity after it, which they have too.
    fn two_mut(&mut self, first: Quantity, stretch: usize) -> (&mut [T], &mut [T]) {
        let (start, length) = self.place(first, stretch);
        let (one, other) = self.values[start..].split_at_mut(self.stretches * length);
        (&mut one[..length], &mut other[..length])
    }
}
