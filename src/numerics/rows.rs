//! Samples as they are stored: as numbers, or as bytes, which are a quarter as much and become numbers a few at a time.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, CowArray, Ix2};

use super::{Kernels, Real, kernels};

/// Samples (m, n) of one precision, borrowed; a pass over them takes them by the row or by the block.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a, T> {
    Values(ArrayView2<'a, T>),
    Levels(Levels<'a>),
}

/// Samples (m, n) of a byte each, x = byte/white as f32 rounds it: pictures of 8 bits a pixel.
#[derive(Clone, Copy, Debug)]
pub struct Levels<'a> {
    bytes: &'a [u8],
    count: usize,
    length: usize,
    white: u8,
}

impl<'a> Levels<'a> {
    /// `bytes` (m, n), row by row without gaps; `None` where they are not, or where `white` is 0.
    pub fn new(bytes: ArrayView2<'a, u8>, white: u8) -> Option<Self> {
        let (count, length) = bytes.dim();
        let bytes = bytes.to_slice().filter(|_| white > 0)?;
        Some(Self {
            bytes,
            count,
            length,
            white,
        })
    }

    /// (m, n)
    pub fn dim(&self) -> (usize, usize) {
        (self.count, self.length)
    }

    /// `count` samples from `start` on, as numbers, in `to` (count, n).
    ///
    /// # Panics
    /// Where there are not as many, or `to` has another length.
    pub fn decode<T: Real>(&self, start: usize, count: usize, kernels: &Kernels<T>, to: &mut [T]) {
        let bytes = &self.bytes[start * self.length..(start + count) * self.length];
        kernels.decode(bytes, self.white, to);
    }
}

impl<'a, T> From<ArrayView2<'a, T>> for Rows<'a, T> {
    fn from(values: ArrayView2<'a, T>) -> Self {
        Self::Values(values)
    }
}

impl<'a, T> From<Levels<'a>> for Rows<'a, T> {
    fn from(levels: Levels<'a>) -> Self {
        Self::Levels(levels)
    }
}

impl<'a, T: Real> Rows<'a, T> {
    /// (m, n)
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Self::Values(values) => values.dim(),
            Self::Levels(levels) => levels.dim(),
        }
    }

    /// m
    pub fn nrows(&self) -> usize {
        self.dim().0
    }

    /// n
    pub fn ncols(&self) -> usize {
        self.dim().1
    }

    /// `count` samples from `start` on (count, n): as they lie, or as numbers in `room`, which grows to hold them.
    ///
    /// # Panics
    /// Where there are not as many.
    pub fn block<'b>(
        &'b self,
        start: usize,
        count: usize,
        room: &'b mut Vec<T>,
    ) -> ArrayView2<'b, T> {
        match self {
            Self::Values(values) => values.slice(ndarray::s![start..start + count, ..]),
            Self::Levels(levels) => {
                room.resize(count * levels.length, T::zero());
                levels.decode(start, count, kernels::best::<T>(), room);
                match ArrayView2::from_shape((count, levels.length), room) {
                    Ok(block) => block,
                    Err(_) => unreachable!("the room was made for that shape"),
                }
            }
        }
    }

    /// One sample (n), as [`Self::block`] has it.
    ///
    /// # Panics
    /// Where there is none.
    pub fn row<'b>(&'b self, index: usize, room: &'b mut Vec<T>) -> ArrayView1<'b, T> {
        self.block(index, 1, room).index_axis_move(Axis(0), 0)
    }

    /// One sample, in `to` (n).
    ///
    /// # Panics
    /// Where there is none, or `to` has another length.
    pub fn read(&self, index: usize, to: &mut [T]) {
        match self {
            Self::Values(values) => match values.row(index).as_slice() {
                Some(sample) => to.copy_from_slice(sample),
                None => values.row(index).assign_to(to),
            },
            Self::Levels(levels) => levels.decode(index, 1, kernels::best::<T>(), to),
        }
    }

    /// Calls `each` with every sample (n), in order.
    pub fn each(&self, mut each: impl FnMut(ArrayView1<'_, T>)) {
        self.blocks(1 << 8, |block| block.rows().into_iter().for_each(&mut each));
    }

    /// Calls `each` with blocks of `rows` samples, the last one perhaps smaller, in order.
    pub fn blocks(&self, rows: usize, mut each: impl FnMut(ArrayView2<'_, T>)) {
        let go_on: Result<(), std::convert::Infallible> = self.try_blocks(rows, |block| {
            each(block);
            Ok(())
        });
        let Ok(()) = go_on;
    }

    /// The same until `each` has an error.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn try_blocks<E>(
        &self,
        rows: usize,
        mut each: impl FnMut(ArrayView2<'_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (count, rows) = (self.nrows(), rows.max(1));
        let mut room = Vec::new();
        for start in (0..count).step_by(rows) {
            each(self.block(start, rows.min(count - start), &mut room))?;
        }
        Ok(())
    }

    /// The samples at `places` (k, n).
    ///
    /// # Panics
    /// Where there is none at one of them.
    pub fn select(&self, places: &[usize]) -> Array2<T> {
        match self {
            Self::Values(values) => values.select(Axis(0), places),
            Self::Levels(_) => {
                let mut chosen = Array2::from_elem((places.len(), self.ncols()), T::zero());
                let rows = chosen.as_slice_mut().unwrap_or_default(); // in standard layout
                for (to, place) in rows.chunks_exact_mut(self.ncols().max(1)).zip(places) {
                    self.read(*place, to);
                }
                chosen
            }
        }
    }

    /// All of them as numbers (m, n): borrowed where they are that already.
    pub fn values(&self) -> CowArray<'a, T, Ix2> {
        match self {
            Self::Values(values) => CowArray::from(*values),
            Self::Levels(levels) => {
                let mut all = Array2::from_elem(levels.dim(), T::zero());
                if let Some(to) = all.as_slice_mut() {
                    levels.decode(0, levels.count, kernels::best::<T>(), to);
                }
                CowArray::from(all)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::KernelPath;

    /// Every byte by every white, on every path: what f32 makes of byte/white, also where f64 is computed in.
    #[test]
    fn a_level_is_its_byte_over_white_as_f32_rounds_it() {
        fn on_every_path<T: Real>() {
            let bytes: Vec<u8> = (0..=u8::MAX).collect();
            for path in KernelPath::available() {
                for white in 1..=u8::MAX {
                    let mut to = vec![T::zero(); bytes.len()];
                    T::kernels(*path).decode(&bytes, white, &mut to);
                    for (byte, value) in bytes.iter().zip(to) {
                        let expected = f32::from(*byte) / f32::from(white);
                        assert_eq!(value.f64(), f64::from(expected), "{path} {byte}/{white}");
                    }
                }
            }
        }
        on_every_path::<f32>();
        on_every_path::<f64>();
    }

    #[test]
    fn bytes_and_their_numbers_are_the_same_samples() {
        let bytes = Array2::from_shape_fn((700, 5), |(i, j)| (i * 7 + j * 31) as u8);
        let numbers = bytes.mapv(|byte| f32::from(byte) / 255.0);
        let levels = Levels::new(bytes.view(), 255).unwrap();
        let (of_bytes, of_numbers) = (Rows::<f32>::from(levels), Rows::from(numbers.view()));
        assert_eq!(of_bytes.dim(), (700, 5));
        assert_eq!(of_bytes.values(), of_numbers.values());
        assert_eq!(
            of_bytes.select(&[699, 0, 3]),
            of_numbers.select(&[699, 0, 3])
        );
        let mut rows = Vec::new();
        of_bytes.each(|row| rows.extend(row.to_vec()));
        assert_eq!(rows, numbers.iter().copied().collect::<Vec<_>>());
        let mut room = Vec::new();
        assert_eq!(of_bytes.row(12, &mut room), numbers.row(12));
        // turned round they have gaps, and nothing is white at 0
        assert!(Levels::new(bytes.t(), 255).is_none());
        assert!(Levels::new(bytes.view(), 0).is_none());
    }
}
