//! The weights as right-hand sides of the products, packed once a step.

use super::Layout;
use super::cut::share;
use crate::model::Parameters;
use crate::numerics::product::{Panel, panels};
use crate::numerics::{AlignedBuffer, Kernels, Real, WorkerPool};

/// Which product a panel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matrix {
    /// W1ᵀ (n, h), for z2 = X W1ᵀ
    Encoder,
    /// W2ᵀ (h, n), for z3 = a2 W2ᵀ
    Decoder,
    /// W2 (n, h), for δ3 W2
    Back,
}

/// One panel to pack, `start` numbers into the buffer.
#[derive(Clone, Copy, Debug)]
struct Piece {
    matrix: Matrix,
    panel: Panel,
    start: usize,
}

/// The packed weights, in one buffer that the workers fill together, and the padded biases.
pub(super) struct Packing<T> {
    buffer: AlignedBuffer<T>,
    pieces: Vec<Piece>,
    /// Where the decoder's and the back product's panels begin, and the end.
    decoder: usize,
    back: usize,
    end: usize,
    ends: Vec<usize>,
    encoder_bias: AlignedBuffer<T>,
    decoder_bias: AlignedBuffer<T>,
}

impl<T: Real> Packing<T> {
    pub fn new(layout: &Layout, kernels: &Kernels<T>) -> Self {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (matrix, depth, columns) in [
            (Matrix::Encoder, layout.inputs, layout.hidden_padded),
            (Matrix::Decoder, layout.hidden, layout.inputs_padded),
            (Matrix::Back, layout.inputs, layout.hidden_padded),
        ] {
            for panel in panels(columns / kernels.width()) {
                pieces.push(Piece {
                    matrix,
                    panel,
                    start,
                });
                start = (panel.vectors * kernels.width())
                    .saturating_mul(depth)
                    .saturating_add(start);
            }
        }
        let first = |matrix| {
            pieces
                .iter()
                .find(|piece| piece.matrix == matrix)
                .map_or(start, |piece| piece.start)
        };
        Self {
            decoder: first(Matrix::Decoder),
            back: first(Matrix::Back),
            end: start,
            buffer: AlignedBuffer::new(start),
            pieces,
            ends: Vec::new(),
            encoder_bias: AlignedBuffer::new(layout.hidden_padded),
            decoder_bias: AlignedBuffer::new(layout.inputs_padded),
        }
    }

    /// Packs `parameters` with `workers` of `pool`; for the products of the backward pass only where asked.
    pub fn pack(
        &mut self,
        parameters: &Parameters<T>,
        backward: bool,
        kernels: &Kernels<T>,
        pool: &WorkerPool,
        workers: usize,
    ) {
        let (n, h) = (parameters.inputs(), parameters.hidden());
        let flat = parameters.flat();
        let (w1, w2) = (
            &flat[parameters.encoder_range()],
            &flat[parameters.decoder_range()],
        );
        self.encoder_bias[..h].copy_from_slice(&flat[parameters.encoder_bias_range()]);
        self.decoder_bias[..n].copy_from_slice(&flat[parameters.decoder_bias_range()]);

        let total = if backward { self.end } else { self.back };
        let pieces = &self.pieces;
        self.ends.clear();
        for worker in 1..=workers {
            // a cut between panels
            let target = share(total, worker, workers);
            let cut = pieces
                .iter()
                .map(|piece| piece.start)
                .find(|start| *start >= target)
                .unwrap_or(total);
            self.ends.push(cut.min(total));
        }
        pool.parts(&mut self.buffer[..total], &self.ends, |_, start, part| {
            let end = start + part.len();
            for piece in pieces
                .iter()
                .filter(|piece| (start..end).contains(&piece.start))
            {
                let to = &mut part[piece.start - start..];
                let length = |depth: usize| piece.panel.vectors * kernels.width() * depth;
                match piece.matrix {
                    Matrix::Encoder => {
                        kernels.pack_transposed_panel(w1, n, piece.panel, &mut to[..length(n)])
                    }
                    Matrix::Decoder => {
                        kernels.pack_transposed_panel(w2, h, piece.panel, &mut to[..length(h)])
                    }
                    Matrix::Back => kernels.pack_panel(w2, h, piece.panel, &mut to[..length(n)]),
                }
            }
        });
    }

    pub fn encoder(&self) -> &[T] {
        &self.buffer[..self.decoder]
    }

    pub fn decoder(&self) -> &[T] {
        &self.buffer[self.decoder..self.back]
    }

    pub fn back(&self) -> &[T] {
        &self.buffer[self.back..self.end]
    }

    /// b1, zero beyond h
    pub fn encoder_bias(&self) -> &[T] {
        &self.encoder_bias
    }

    /// b2, zero beyond n
    pub fn decoder_bias(&self) -> &[T] {
        &self.decoder_bias
    }
}
