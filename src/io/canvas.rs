//! A picture with lines and words, painted pixel by pixel.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

use super::colour_map::Rgb;

/// The face of the window.
const FACE: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");
/// A letter below the line, as a part of the size, and how far below.
const SUBSCRIPT: (f32, f32) = (0.72, 0.22);

pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row, three bytes a pixel.
    pub(super) pixels: Vec<u8>,
    face: FontRef<'static>,
}

/// Letters, and whether they stand below the line.
pub(super) type Piece<'a> = (&'a str, bool);

impl Canvas {
    /// All in `background`; `None` if it would be too large.
    pub(super) fn new(width: usize, height: usize, background: Rgb) -> Option<Self> {
        const LARGEST: usize = 1 << 27;
        let area = width.checked_mul(height).filter(|area| *area <= LARGEST)?;
        Some(Self {
            width,
            height,
            pixels: background.repeat(area),
            face: face()?,
        })
    }

    /// The rectangle at (`x`, `y`), cut to the picture.
    pub(super) fn fill(&mut self, (x, y): (usize, usize), (w, h): (usize, usize), colour: Rgb) {
        for row in y..(y + h).min(self.height) {
            for column in x..(x + w).min(self.width) {
                self.set(column, row, colour);
            }
        }
    }

    /// A line of one pixel around the rectangle.
    pub(super) fn frame(&mut self, (x, y): (usize, usize), (w, h): (usize, usize), colour: Rgb) {
        self.fill((x, y), (w, 1), colour);
        self.fill((x, y + h.saturating_sub(1)), (w, 1), colour);
        self.fill((x, y), (1, h), colour);
        self.fill((x + w.saturating_sub(1), y), (1, h), colour);
    }

    /// A line through `points`, `thick` pixels, with soft edges.
    pub(super) fn line(&mut self, points: &[[f32; 2]], thick: f32, colour: Rgb) {
        for pair in points.windows(2) {
            let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
            let reach = thick / 2.0 + 1.0;
            let range = |a: f32, b: f32, most: usize| {
                let low = (a.min(b) - reach).max(0.0) as usize;
                low..((a.max(b) + reach).max(0.0) as usize + 1).min(most)
            };
            let (dx, dy) = (x1 - x0, y1 - y0);
            let square = (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
            for y in range(y0, y1, self.height) {
                for x in range(x0, x1, self.width) {
                    let (px, py) = (x as f32 + 0.5 - x0, y as f32 + 0.5 - y0);
                    let along = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
                    let distance = (px - along * dx).hypot(py - along * dy);
                    self.blend(x, y, colour, thick / 2.0 + 0.5 - distance);
                }
            }
        }
    }

    /// How wide `text` is at `size` pixels.
    pub(super) fn text_width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text, size, [0.0, 0.0]).1
    }

    /// Writes `text` from `x` on, the middle of its capitals at `y`.
    pub(super) fn text(&mut self, at: [f32; 2], text: &str, size: f32, colour: Rgb) {
        self.pieces(at, &[(text, false)], size, colour);
    }

    /// The same of several pieces.
    pub(super) fn pieces(
        &mut self,
        [mut x, y]: [f32; 2],
        pieces: &[Piece<'_>],
        size: f32,
        colour: Rgb,
    ) {
        // capitals are about .73 of the size
        let base = y + 0.365 * size;
        for (text, below) in pieces {
            let (size, drop) = (
                sized(size, *below),
                if *below { SUBSCRIPT.1 * size } else { 0.0 },
            );
            let (glyphs, width) = self.glyphs(text, size, [x, base + drop]);
            for glyph in glyphs {
                let Some(outline) = self.face.outline_glyph(glyph) else {
                    continue;
                };
                let corner = outline.px_bounds().min;
                outline.draw(|dx, dy, coverage| {
                    let (x, y) = (corner.x + dx as f32, corner.y + dy as f32);
                    if x >= 0.0 && y >= 0.0 {
                        self.blend(x as usize, y as usize, colour, coverage);
                    }
                });
            }
            x += width;
        }
    }

    /// The glyphs of `text` on the line from `x` on, and how wide they are together.
    fn glyphs(&self, text: &str, size: f32, [mut x, y]: [f32; 2]) -> (Vec<Glyph>, f32) {
        // `size` is that of the em, not of the whole line
        let height = self.face.height_unscaled();
        let em = self.face.units_per_em().unwrap_or(height);
        let scale = PxScale::from(size * height / em);
        let scaled = self.face.as_scaled(scale);
        let start = x;
        let place = |character| {
            let id = scaled.glyph_id(character);
            let glyph = id.with_scale_and_position(scale, point(x, y));
            x += scaled.h_advance(id);
            glyph
        };
        let glyphs = text.chars().map(place).collect();
        (glyphs, x - start)
    }

    fn set(&mut self, x: usize, y: usize, colour: Rgb) {
        let start = 3 * (y * self.width + x);
        if let Some(pixel) = self.pixels.get_mut(start..start + 3) {
            pixel.copy_from_slice(&colour);
        }
    }

    /// `colour` over what is there, by its `coverage` in [0, 1].
    fn blend(&mut self, x: usize, y: usize, colour: Rgb, coverage: f32) {
        let coverage = coverage.clamp(0.0, 1.0);
        if x >= self.width || y >= self.height || coverage == 0.0 {
            return;
        }
        let start = 3 * (y * self.width + x);
        for (value, over) in self.pixels[start..start + 3].iter_mut().zip(colour) {
            let below = f32::from(*value);
            *value = (below + (f32::from(over) - below) * coverage).round() as u8;
        }
    }
}

fn sized(size: f32, below: bool) -> f32 {
    if below { SUBSCRIPT.0 * size } else { size }
}

/// The face, which the program carries; `None` never.
fn face() -> Option<FontRef<'static>> {
    FontRef::try_from_slice(FACE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Rgb = [255; 3];
    const BLACK: Rgb = [0; 3];

    /// Rows and columns from the first to the last that has ink.
    fn inked(canvas: &Canvas) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let dark = |x: usize, y: usize| canvas.pixels[3 * (y * canvas.width + x)] < 128;
        let range =
            |marks: Vec<usize>| *marks.iter().min().unwrap()..marks.iter().max().unwrap() + 1;
        let all = (0..canvas.height).flat_map(|y| (0..canvas.width).map(move |x| (x, y)));
        let ink: Vec<(usize, usize)> = all.filter(|(x, y)| dark(*x, *y)).collect();
        (
            range(ink.iter().map(|(_, y)| *y).collect()),
            range(ink.iter().map(|(x, _)| *x).collect()),
        )
    }

    #[test]
    fn words_stand_where_they_are_put_and_are_as_wide_as_is_said() {
        let mut canvas = Canvas::new(200, 60, WHITE).unwrap();
        let text = "HλρβαμHI";
        canvas.text([10.0, 30.0], text, 20.0, BLACK);
        let (rows, columns) = inked(&canvas);
        let width = canvas.text_width(text, 20.0);
        assert!(columns.start >= 10 && columns.end <= 10 + width.ceil() as usize);
        assert!(columns.len() as f32 > width - 6.0, "{columns:?} {width}");
        let mut capital = Canvas::new(60, 60, WHITE).unwrap();
        capital.text([10.0, 30.0], "H", 20.0, BLACK);
        let (capitals, _) = inked(&capital);
        assert!((14..=16).contains(&capitals.len()), "{capitals:?}");
        assert_eq!(capitals.start + capitals.end, 60, "about the middle");
        assert!(rows.end > capitals.end, "ρ, β and μ reach below the line");
    }

    #[test]
    fn every_sign_of_a_map_has_a_glyph() {
        let face = face().unwrap();
        for sign in "λρβαμ×·–,.0123456789eJ∞".chars() {
            assert_ne!(face.glyph_id(sign).0, 0, "{sign}");
        }
    }

    #[test]
    fn what_lies_beyond_the_edges_is_cut() {
        let mut canvas = Canvas::new(8, 8, WHITE).unwrap();
        canvas.fill((6, 6), (9, 9), BLACK);
        canvas.line(&[[-20.0, 3.0], [30.0, 3.0]], 2.0, BLACK);
        canvas.text([-5.0, 1.0], "MMM", 12.0, BLACK);
        assert_eq!(canvas.pixels.len(), 3 * 64);
        assert_eq!(canvas.pixels[3 * 63], 0);
        assert_eq!(canvas.pixels[3 * (2 * 8 + 4)], 0);
        assert!(Canvas::new(1 << 20, 1 << 20, WHITE).is_none());
    }
}
