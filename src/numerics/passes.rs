//! The safe faces of the kernels in [`super::elementwise`] and [`super::vectors`]: slices in, lengths checked.

use super::Real;
use super::kernels::Kernels;
use super::product::span;
use super::vectors::{AdamStep, SQUARES};

/// The activation that a pass applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    Sigmoid,
    Tanh,
    /// Output layers only.
    Linear,
}

impl Curve {
    fn index(self) -> usize {
        match self {
            Self::Sigmoid => 0,
            Self::Tanh => 1,
            Self::Linear => 2,
        }
    }
}

impl<T: Real> Kernels<T> {
    /// Rows in a block of `length` numbers, `stride` a row.
    fn rows(&self, length: usize, stride: usize) -> usize {
        assert!(
            stride > 0 && stride.is_multiple_of(self.width),
            "rows must be whole vectors"
        );
        length / stride
    }

    /// z2 → a2 in place, with f′(z2) in `slope`; column sums of p and 1 − p in `sums`. Shapes: `z`, `slope`
    /// (rows, stride); sums (stride). `curve` is sigmoid or tanh (which linear counts as).
    pub fn hidden(
        &self,
        curve: Curve,
        stride: usize,
        z: &mut [T],
        slope: &mut [T],
        sums: (&mut [T], &mut [T]),
    ) {
        let rows = self.rows(z.len(), stride);
        assert!(slope.len() >= rows * stride && sums.0.len() >= stride && sums.1.len() >= stride);
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            self.hidden[curve.index().min(1)](
                rows,
                stride,
                z.as_mut_ptr(),
                slope.as_mut_ptr(),
                sums.0.as_mut_ptr(),
                sums.1.as_mut_ptr(),
            );
        }
    }

    /// z3 → `scale`·δ3 in place, δ3 = (x̂ − x)·g′(z3); column sums of that and of (x̂ − x)² in `sums`. Shapes: `z`
    /// (rows, stride); `x` (rows, columns) with rows `x_stride` apart; sums (stride).
    pub fn output(
        &self,
        curve: Curve,
        (stride, columns): (usize, usize),
        z: &mut [T],
        x: &[T],
        x_stride: usize,
        scale: T,
        sums: (&mut [T], &mut [T]),
    ) {
        let rows = self.rows(z.len(), stride);
        assert!(
            columns <= stride && columns + self.width > stride,
            "the stride is the columns in whole vectors"
        );
        assert!(sums.0.len() >= stride && sums.1.len() >= stride);
        assert!(x.len() >= span(rows, x_stride, columns));
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            self.output[curve.index()](
                rows,
                stride,
                columns,
                z.as_mut_ptr(),
                x.as_ptr(),
                x_stride,
                scale,
                sums.0.as_mut_ptr(),
                sums.1.as_mut_ptr(),
            );
        }
    }

    /// z3 → g′² + (x̂ − x)·g″ in place, the loss's second derivative along z3. Shapes as in [`Self::output`].
    pub fn curvature(
        &self,
        curve: Curve,
        (stride, columns): (usize, usize),
        z: &mut [T],
        x: &[T],
        x_stride: usize,
    ) {
        let rows = self.rows(z.len(), stride);
        assert!(
            columns <= stride && columns + self.width > stride,
            "the stride is the columns in whole vectors"
        );
        assert!(x.len() >= span(rows, x_stride, columns));
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            self.curvature[curve.index()](
                rows,
                stride,
                columns,
                z.as_mut_ptr(),
                x.as_ptr(),
                x_stride,
            );
        }
    }

    /// x = byte/`white` ≥ 1 of each of `bytes`, as f32 rounds it; `to` is as long.
    pub fn decode(&self, bytes: &[u8], white: u8, to: &mut [T]) {
        assert!(to.len() == bytes.len() && white > 0);
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            (self.decode)(
                bytes.len(),
                to.as_mut_ptr(),
                bytes.as_ptr(),
                f32::from(white),
            );
        }
    }

    /// z → the activation in place; `z` is whole vectors.
    pub fn activate(&self, curve: Curve, z: &mut [T]) {
        let rows = self.rows(z.len(), self.width);
        // SAFETY: rows·width ≤ z.len(); the path is one that the processor has
        unsafe { self.activate[curve.index()](rows, self.width, z.as_mut_ptr()) }
    }

    /// δ3 W2 → δ2 in place: (back + s)·f′, or back·f′ + s as `printed`; column sums of that in `sums`. Shapes: `back`,
    /// `slope` (rows, stride); `sparsity` s, `sums` (stride).
    pub fn hidden_delta(
        &self,
        printed: bool,
        stride: usize,
        back: &mut [T],
        slope: &[T],
        sparsity: &[T],
        sums: &mut [T],
    ) {
        let rows = self.rows(back.len(), stride);
        assert!(slope.len() >= rows * stride && sparsity.len() >= stride && sums.len() >= stride);
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            self.hidden_delta[usize::from(printed)](
                rows,
                stride,
                back.as_mut_ptr(),
                slope.as_ptr(),
                sparsity.as_ptr(),
                sums.as_mut_ptr(),
            );
        }
    }

    /// Of each column of `a` (rows, stride): widens `range`, least and greatest, to hold it, and sets `sums` to
    /// Σ (a − centre)² and the sum of `slope` (rows, stride). The others are (stride).
    pub fn spread(
        &self,
        stride: usize,
        a: &[T],
        slope: &[T],
        centre: &[T],
        range: (&mut [T], &mut [T]),
        sums: (&mut [T], &mut [T]),
    ) {
        let rows = self.rows(a.len(), stride);
        assert!(slope.len() >= rows * stride);
        assert!(
            [
                centre.len(),
                range.0.len(),
                range.1.len(),
                sums.0.len(),
                sums.1.len()
            ]
            .into_iter()
            .all(|length| length >= stride)
        );
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            (self.spread)(
                rows,
                stride,
                a.as_ptr(),
                slope.as_ptr(),
                centre.as_ptr(),
                range.0.as_mut_ptr(),
                range.1.as_mut_ptr(),
                sums.0.as_mut_ptr(),
                sums.1.as_mut_ptr(),
            );
        }
    }

    /// P ← P − α∇J over equally long slices.
    pub fn descend(&self, p: &mut [T], g: &[T], alpha: T) {
        assert_eq!(p.len(), g.len());
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe { (self.descend)(p.len(), p.as_mut_ptr(), g.as_ptr(), alpha) }
    }

    /// V ← μV − α∇J, P ← P + V over equally long slices.
    pub fn momentum(&self, p: &mut [T], v: &mut [T], g: &[T], alpha: T, mu: T) {
        assert!(p.len() == g.len() && p.len() == v.len());
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            (self.momentum)(
                p.len(),
                p.as_mut_ptr(),
                v.as_mut_ptr(),
                g.as_ptr(),
                alpha,
                mu,
            )
        }
    }

    /// Adam's update over equally long slices.
    pub fn adam(&self, p: &mut [T], m: &mut [T], v: &mut [T], g: &[T], step: AdamStep<T>) {
        assert!(p.len() == g.len() && p.len() == m.len() && p.len() == v.len());
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe {
            (self.adam)(
                p.len(),
                p.as_mut_ptr(),
                m.as_mut_ptr(),
                v.as_mut_ptr(),
                g.as_ptr(),
                step,
            )
        }
    }

    /// to ← to + from over equally long slices.
    pub fn add_to(&self, to: &mut [T], from: &[T]) {
        assert_eq!(to.len(), from.len());
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe { (self.add_to)(to.len(), to.as_mut_ptr(), from.as_ptr()) }
    }

    /// to ← to + from over the length of `to`, which `from` has at least.
    pub fn add_to_f64(&self, to: &mut [f64], from: &[T]) {
        assert!(from.len() >= to.len());
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe { (self.add_to_f64)(to.len(), to.as_mut_ptr(), from.as_ptr()) }
    }

    /// Numbers in a chunk of [`Self::sums_of_squares`].
    pub const SQUARES: usize = SQUARES;

    /// Σ w² of each chunk of [`Self::SQUARES`] numbers, the last one perhaps shorter.
    pub fn sums_of_squares(&self, w: &[T], sums: &mut [f64]) {
        assert_eq!(sums.len(), w.len().div_ceil(SQUARES));
        // SAFETY: the lengths are checked; the path is one that the processor has
        unsafe { (self.sums_of_squares)(w.len(), w.as_ptr(), sums.as_mut_ptr()) }
    }

    /// Σ w², in f64 between chunks.
    pub fn sum_of_squares(&self, w: &[T]) -> f64 {
        let mut sums = [0.0; 32];
        let mut total = 0.0;
        for w in w.chunks(sums.len() * SQUARES) {
            let sums = &mut sums[..w.len().div_ceil(SQUARES)];
            self.sums_of_squares(w, sums);
            sums.iter().for_each(|sum| total += sum);
        }
        total
    }

    /// Σ a·b over equally long slices, in f64 between stretches of 256.
    pub fn dot(&self, a: &[T], b: &[T]) -> f64 {
        assert_eq!(a.len(), b.len());
        let stretches = a.chunks(256).zip(b.chunks(256));
        // SAFETY: the chunks are equally long; the path is one that the processor has
        stretches
            .map(|(a, b)| unsafe { (self.dot)(a.len(), a.as_ptr(), b.as_ptr()) })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use crate::numerics::{KernelPath, Real};

    /// Chunks whose chains run side by side have the bits of each chunk alone, added in order.
    fn squares_are_summed_chunk_by_chunk<T: Real>(tolerance: f64) {
        let number = |k: usize| T::of((k as f64 * 0.37).sin() * 3.0 + 0.1);
        for &path in KernelPath::available() {
            let kernels = T::kernels(path);
            for count in [0, 1, 15, 1_023, 1_024, 1_025, 3_136, 4_096, 7_173, 40_000] {
                let w: Vec<T> = (0..count).map(number).collect();
                let sum = kernels.sum_of_squares(&w);
                let alone = w.chunks(1_024).map(|chunk| kernels.sum_of_squares(chunk));
                assert_eq!(sum, alone.sum::<f64>(), "{path}, {count}");
                let exact: f64 = w.iter().map(|w| w.f64() * w.f64()).sum();
                assert!(
                    (sum - exact).abs() <= tolerance * exact,
                    "{path}, {count}: {sum} for {exact}"
                );
            }
        }
    }

    #[test]
    fn squares_are_summed_chunk_by_chunk_in_either_precision() {
        squares_are_summed_chunk_by_chunk::<f32>(1e-6);
        squares_are_summed_chunk_by_chunk::<f64>(1e-14);
    }
}
