//! A buffer that starts on a cache line, so that whole vectors never straddle one.

use std::ops::{Deref, DerefMut};

use super::Real;

/// Numbers in a [`Line`].
const LINE: usize = 16;

/// At least one cache line (64 bytes), aligned as one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line<T>([T; LINE]);

/// Zeroed numbers, aligned to 64 bytes. Grows, and never gives memory back before it is dropped.
#[derive(Clone, Default)]
pub struct AlignedBuffer<T> {
    lines: Vec<Line<T>>,
    length: usize,
}

impl<T: Real> AlignedBuffer<T> {
    pub fn new(length: usize) -> Self {
        let mut buffer = Self {
            lines: Vec::new(),
            length: 0,
        };
        buffer.resize(length);
        buffer
    }

    /// Makes the length `length`. Allocates only where it was never that long; the contents are unspecified (but
    /// initialised) after that.
    pub fn resize(&mut self, length: usize) {
        let lines = length.div_ceil(LINE);
        if lines > self.lines.len() {
            self.lines.resize(lines, Line([T::zero(); LINE]));
        }
        self.length = length;
    }
}

impl<T> Deref for AlignedBuffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // SAFETY: `lines` is a contiguous run of `[T; 16]` (repr(C), and its size is a multiple of its alignment, 64
        // bytes or 128, so there is no padding between or inside), all initialised, and holds at least `length`
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl<T> DerefMut for AlignedBuffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and `self` is borrowed alone
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}
