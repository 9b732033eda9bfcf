//! A sheet of equal tiles with gaps between, painted value by value.

use super::colour_map::Rgb;

/// Between tiles and around them, in pixels.
const GAP: usize = 4;
/// Tiles are magnified to about this many pixels on their longer side.
const TILE: usize = 64;
/// Largest sheet, in pixels: beyond, tiles are not magnified; beyond that too, the sheet is refused.
const LARGEST: usize = 1 << 27;

pub(super) struct Sheet {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row, three bytes a pixel.
    pub(super) pixels: Vec<u8>,
    columns: usize,
    tile: (usize, usize),
    scale: usize,
}

impl Sheet {
    /// `rows` × `columns` places for tiles of `tile` (rows, columns) values, in `background`. `None` if it would be too
    /// large.
    pub(super) fn new(
        rows: usize,
        columns: usize,
        tile: (usize, usize),
        background: Rgb,
    ) -> Option<Self> {
        let size = |scale: usize| {
            let length = |count: usize, tile: usize| {
                tile.checked_mul(scale)?
                    .checked_add(GAP)?
                    .checked_mul(count)?
                    .checked_add(GAP)
            };
            let (height, width) = (length(rows, tile.0)?, length(columns, tile.1)?);
            (height.checked_mul(width)? <= LARGEST).then_some((height, width, scale))
        };
        let largest = (TILE / tile.0.max(tile.1).max(1)).max(1);
        let (height, width, scale) = (1..=largest).rev().find_map(size)?;
        let pixels = background.repeat(width * height);
        Some(Self {
            width,
            height,
            pixels,
            columns,
            tile,
            scale,
        })
    }

    /// Paints the tile at `place`, counted row by row, with the colours of its values in order.
    pub(super) fn paint(&mut self, place: usize, colours: impl Iterator<Item = Rgb>) {
        let (rows, columns) = self.tile;
        let corner = |index: usize, tile: usize| GAP + index * (tile * self.scale + GAP);
        let (top, left) = (
            corner(place / self.columns, rows),
            corner(place % self.columns, columns),
        );
        for (index, colour) in colours.take(rows * columns).enumerate() {
            let (y, x) = (
                top + index / columns * self.scale,
                left + index % columns * self.scale,
            );
            for row in y..y + self.scale {
                let start = 3 * (row * self.width + x);
                for pixel in self.pixels[start..start + 3 * self.scale].as_chunks_mut().0 {
                    *pixel = colour;
                }
            }
        }
    }
}
