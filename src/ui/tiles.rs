//! How pictures are laid out in a grid, and the one texture that holds them all.

use egui::{
    Color32, ColorImage, Context, Mesh, Rect, Shape, TextureHandle, TextureOptions, Vec2, pos2,
    vec2,
};

/// Where the tiles of a grid go, in whole screen pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub columns: usize,
    pub rows: usize,
    /// Size of a tile, in points.
    pub tile: Vec2,
    /// Between two tiles, in points.
    pub gap: f32,
    /// Whether the grid is higher than the room there is.
    pub scrolls: bool,
    /// Whether a value is no whole number of pixels, so that the picture has to be filtered.
    pub smooth: bool,
}

/// The scale for pictures that could be shown at `most` screen pixels to a value, and whether it needs filtering: the
/// whole number below, unless that would waste much of the room. Small whole numbers do: 1 where 1.9 would fit.
pub fn whole_scale(most: f32) -> (f32, bool) {
    let whole = most.floor();
    if whole < most * WASTE && (1.0..3.0).contains(&most) {
        (most, true)
    } else {
        (whole.max(0.0), false)
    }
}

/// A whole scale that is less than this part of the possible one wastes the room.
const WASTE: f32 = 0.85;

/// A full, square grid is worth tiles this much smaller than the largest that fit.
const NEARLY: f32 = 0.8;
/// The height of the strip that a plain vector is drawn as, in points.
const STRIP: f32 = 16.0;

impl Grid {
    /// The grid of `count` ≥ 1 pictures of (`rows`, `columns`) in `room` at a whole number of screen pixels to a
    /// value: nearly the largest that fits, and of those the grid with the fewest empty places, then the squarest. So
    /// a little more or less room doesn't shuffle the tiles. Tiles lower or narrower than `least` points, or than `floor`
    /// screen pixels to a value, scroll instead.
    pub fn fit(
        count: usize,
        picture: (usize, usize),
        room: Vec2,
        gap: f32,
        least: f32,
        floor: f32,
        pixels_per_point: f32,
    ) -> Self {
        let gap = (gap * pixels_per_point).round().max(1.0);
        let room = vec2(
            (room.x * pixels_per_point).floor(),
            (room.y * pixels_per_point).floor(),
        );
        let count = count.max(1);
        let (strip, height, width) = (
            picture.0 == 1,
            picture.0.max(1) as f32,
            picture.1.max(1) as f32,
        );
        let tile = |scale: f32| {
            let height = if strip {
                (STRIP * pixels_per_point).round()
            } else {
                height * scale
            };
            vec2((width * scale).min(room.x.max(1.0)), height)
        };
        let smallest = if strip {
            1.0
        } else {
            (least * pixels_per_point / height.min(width))
                .ceil()
                .max(1.0)
                .max(floor)
        };
        let room_for = |columns: usize| {
            let rows = count.div_ceil(columns);
            let across = (room.x - gap * (columns - 1) as f32) / (columns as f32 * width);
            let down = (room.y - gap * (rows - 1) as f32) / (rows as f32 * height);
            if strip {
                let fits = rows as f32 * (tile(1.0).y + gap) - gap <= room.y;
                if fits { across } else { 0.0 }
            } else {
                across.min(down)
            }
        };
        let scale_of = |columns: usize| whole_scale(room_for(columns)).0;
        let largest = (1..=count).map(scale_of).fold(0.0, f32::max);
        let least = if largest >= smallest {
            smallest.max(largest * NEARLY)
        } else {
            largest * NEARLY
        };
        let (scale, columns) = (1..=count)
            .map(|columns| (scale_of(columns), columns))
            .filter(|(scale, _)| *scale >= least)
            .min_by_key(|(scale, columns)| {
                let rows = count.div_ceil(*columns);
                (
                    columns * rows - count,
                    columns.abs_diff(rows),
                    std::cmp::Reverse((*scale * 1e3) as u32),
                )
            })
            .unwrap_or((0.0, 1));
        let fits = scale >= smallest;
        let (size, columns) = if fits {
            (tile(scale).floor(), columns)
        } else {
            let size = tile(smallest).floor();
            (
                size,
                (((room.x + gap) / (size.x + gap)).floor() as usize).clamp(1, count),
            )
        };
        Self {
            columns,
            rows: count.div_ceil(columns),
            tile: size / pixels_per_point,
            gap: gap / pixels_per_point,
            scrolls: !fits,
            smooth: !strip && if fits { scale } else { smallest }.fract() != 0.0,
        }
    }

    /// Of the whole grid, in points.
    pub fn size(&self) -> Vec2 {
        let along = |count: usize, tile: f32| count as f32 * (tile + self.gap) - self.gap;
        vec2(
            along(self.columns, self.tile.x),
            along(self.rows, self.tile.y),
        )
    }

    /// Where tile `index` is, from the grid's corner.
    pub fn rect(&self, index: usize) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let corner = pos2(
            column as f32 * (self.tile.x + self.gap),
            row as f32 * (self.tile.y + self.gap),
        );
        Rect::from_min_size(corner, self.tile)
    }
}

/// One texture for all pictures of a panel, filled with one `set`.
#[derive(Default)]
pub struct Atlas {
    texture: Option<TextureHandle>,
    /// (rows, columns) of one picture.
    picture: (usize, usize),
    across: usize,
    smooth: bool,
}

impl Atlas {
    /// Fills the texture with `count` pictures, filtered if `smooth`; `pixels` appends the colours of picture i, row
    /// by row.
    pub fn fill(
        &mut self,
        ctx: &Context,
        name: &str,
        count: usize,
        picture: (usize, usize),
        smooth: bool,
        mut pixels: impl FnMut(usize, &mut Vec<Color32>),
    ) {
        let (rows, columns) = picture;
        if count == 0 || rows * columns == 0 {
            self.texture = None;
            return;
        }
        let across = (count as f64 * rows as f64 / columns as f64)
            .sqrt()
            .ceil()
            .max(1.0) as usize;
        let size = [across * columns, count.div_ceil(across) * rows];
        let limit = ctx.input(|input| input.max_texture_side);
        if size[0] > limit || size[1] > limit {
            self.texture = None; // larger than the graphics system can hold: the panel says so
            return;
        }
        let mut image = ColorImage::filled(size, Color32::TRANSPARENT);
        let mut buffer = Vec::with_capacity(rows * columns);
        for index in 0..count {
            buffer.clear();
            pixels(index, &mut buffer);
            let (top, left) = (index / across * rows, index % across * columns);
            for (row, line) in buffer.chunks_exact(columns).take(rows).enumerate() {
                let start = (top + row) * size[0] + left;
                image.pixels[start..start + columns].copy_from_slice(line);
            }
        }
        (self.picture, self.across, self.smooth) = (picture, across, smooth);
        let options = if smooth {
            TextureOptions::LINEAR
        } else {
            TextureOptions::NEAREST
        };
        match &mut self.texture {
            Some(texture) => texture.set(image, options),
            None => self.texture = Some(ctx.load_texture(name, image, options)),
        }
    }

    pub fn is_filled(&self) -> bool {
        self.texture.is_some()
    }

    /// One mesh of the pictures `tiles`: (index, where, tint).
    pub fn mesh(&self, tiles: impl IntoIterator<Item = (usize, Rect, Color32)>) -> Shape {
        let Some(texture) = &self.texture else {
            return Shape::Noop;
        };
        let size = texture.size_vec2();
        let (rows, columns) = (self.picture.0 as f32, self.picture.1 as f32);
        let mut mesh = Mesh::with_texture(texture.id());
        for (index, rect, tint) in tiles {
            let corner = vec2(
                (index % self.across) as f32 * columns,
                (index / self.across) as f32 * rows,
            );
            let part = Rect::from_min_size(corner.to_pos2(), vec2(columns, rows));
            // filtered, a picture's rim must not take up its neighbour's
            let part = if self.smooth { part.shrink(0.5) } else { part };
            let uv = Rect::from_min_max(
                (part.min.to_vec2() / size).to_pos2(),
                (part.max.to_vec2() / size).to_pos2(),
            );
            mesh.add_rect_with_uv(rect, uv, tint);
        }
        Shape::mesh(mesh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_nine_square_tiles_make_seven_by_seven_at_a_whole_scale() {
        let grid = Grid::fit(49, (8, 8), vec2(520.0, 430.0), 4.0, 16.0, 0.0, 1.0);
        assert_eq!((grid.columns, grid.rows, grid.scrolls), (7, 7, false));
        assert_eq!(grid.tile, vec2(56.0, 56.0));
        assert!(grid.size().x <= 520.0 && grid.size().y <= 430.0);
        let zoomed = Grid::fit(49, (8, 8), vec2(520.0, 430.0), 4.0, 16.0, 0.0, 1.5);
        assert_eq!((zoomed.tile.x * 1.5) % 8.0, 0.0);
    }

    #[test]
    fn what_does_not_fit_scrolls_and_no_tile_overlaps_another() {
        for (count, picture, room, ppp) in [
            (784, (28, 28), vec2(500.0, 400.0), 1.0),
            (784, (28, 28), vec2(180.0, 120.0), 1.5),
            (300, (8, 8), vec2(520.0, 430.0), 1.0),
            (1, (8, 8), vec2(100.0, 100.0), 1.25),
            (40, (1, 64), vec2(500.0, 400.0), 1.0),
            (40, (1, 5000), vec2(500.0, 400.0), 1.0),
            (25, (100, 20), vec2(300.0, 300.0), 2.0),
            (5, (8, 8), vec2(3.0, 3.0), 1.0),
        ] {
            let grid = Grid::fit(count, picture, room, 4.0, 16.0, 0.0, ppp);
            assert!(grid.columns * grid.rows >= count);
            if !grid.scrolls {
                assert!(
                    grid.size().x <= room.x + 0.01 && grid.size().y <= room.y + 0.01,
                    "{count} {picture:?} {grid:?}"
                );
                assert!(
                    picture.0 == 1 || grid.tile.min_elem() >= 16.0 - 0.5,
                    "{grid:?}"
                );
            }
            for index in 1..count {
                assert!(
                    !grid
                        .rect(index)
                        .shrink(0.1)
                        .intersects(grid.rect(index - 1))
                );
            }
        }
        assert!(Grid::fit(784, (28, 28), vec2(500.0, 400.0), 4.0, 16.0, 0.0, 1.0).scrolls);
    }
}
