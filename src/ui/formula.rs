//! Typeset mathematics: LaTeX laid out by RaTeX, painted with KaTeX's fonts.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Color32, FontFamily, FontId, Painter, Pos2, Rect, Shape, Stroke, vec2};
use ratex_types::{DisplayItem, DisplayList, PathCommand};

/// KaTeX's faces that formulas here need: (as RaTeX calls it, its file).
pub const FACES: [(&str, &str); 8] = [
    ("AMS-Regular", "KaTeX_AMS-Regular.ttf"),
    ("Main-Bold", "KaTeX_Main-Bold.ttf"),
    ("Main-Regular", "KaTeX_Main-Regular.ttf"),
    ("Math-Italic", "KaTeX_Math-Italic.ttf"),
    ("Size1-Regular", "KaTeX_Size1-Regular.ttf"),
    ("Size2-Regular", "KaTeX_Size2-Regular.ttf"),
    ("Size3-Regular", "KaTeX_Size3-Regular.ttf"),
    ("Size4-Regular", "KaTeX_Size4-Regular.ttf"),
];

/// The egui family of one of [`FACES`].
pub fn family(face: &str) -> FontFamily {
    FontFamily::Name(format!("KaTeX {face}").into())
}

/// Formulas laid out once each, by their LaTeX.
#[derive(Default)]
pub struct Formulas(HashMap<String, Option<Arc<DisplayList>>>);

impl Formulas {
    /// The layout of `latex`; `None` where it is not LaTeX, which a test rules out for every formula of the lab.
    pub fn layout(&mut self, latex: &str) -> Option<Arc<DisplayList>> {
        if let Some(known) = self.0.get(latex) {
            return known.clone();
        }
        let laid_out = lay_out(latex).map(Arc::new);
        self.0.insert(latex.to_owned(), laid_out.clone());
        laid_out
    }
}

fn lay_out(latex: &str) -> Option<DisplayList> {
    let nodes = ratex_parser::parse(latex).ok()?;
    let root = ratex_layout::layout(&nodes, &ratex_layout::LayoutOptions::default());
    Some(ratex_layout::to_display_list(&root))
}

/// Paints with the left end of the baseline at `origin`.
pub fn paint(painter: &Painter, list: &DisplayList, origin: Pos2, size: f32, colour: Color32) {
    // RaTeX measures from the top of the formula
    let top = origin - vec2(0.0, list.height as f32 * size);
    let at = |x: f64, y: f64| top + vec2(x as f32, y as f32) * size;
    for item in &list.items {
        match item {
            DisplayItem::GlyphPath {
                x,
                y,
                scale,
                font,
                char_code,
                ..
            } => {
                let Some(character) = char::from_u32(*char_code) else {
                    continue;
                };
                glyph(
                    painter,
                    at(*x, *y),
                    *scale as f32 * size,
                    font,
                    character,
                    colour,
                );
            }
            DisplayItem::Line {
                x,
                y,
                width,
                thickness,
                ..
            } => {
                let height = (*thickness as f32 * size).max(1.0 / painter.pixels_per_point());
                let left = at(*x, *y);
                let rect = Rect::from_min_size(
                    left - vec2(0.0, height / 2.0),
                    vec2(*width as f32 * size, height),
                );
                painter.rect_filled(rect, 0.0, colour);
            }
            DisplayItem::Rect {
                x,
                y,
                width,
                height,
                ..
            } => {
                let size = vec2(*width as f32, *height as f32) * size;
                painter.rect_filled(Rect::from_min_size(at(*x, *y), size), 0.0, colour);
            }
            DisplayItem::Path { x, y, commands, .. } => {
                for outline in outlines(commands, |px, py| at(x + px, y + py)) {
                    painter.add(Shape::convex_polygon(outline, colour, Stroke::NONE));
                }
            }
        }
    }
}

/// One character with its baseline at `at`.
fn glyph(painter: &Painter, at: Pos2, size: f32, face: &str, character: char, colour: Color32) {
    let font = FontId::new(size, family(face));
    let galley = painter.layout_no_wrap(character.to_string(), font, colour);
    let baseline = galley
        .rows
        .first()
        .and_then(|row| Some(row.pos.y + row.glyphs.first()?.pos.y))
        .unwrap_or(0.0);
    painter.galley(at - vec2(0.0, baseline), galley, colour);
}

/// The straight outlines of a path; curves, which only stacked delimiters have, become a few chords.
fn outlines(commands: &[PathCommand], at: impl Fn(f64, f64) -> Pos2) -> Vec<Vec<Pos2>> {
    const CHORDS: usize = 6;
    let mut outlines: Vec<Vec<Pos2>> = Vec::new();
    let mut here = (0.0, 0.0);
    for command in commands {
        match *command {
            PathCommand::MoveTo { x, y } => {
                outlines.push(vec![at(x, y)]);
                here = (x, y);
            }
            PathCommand::LineTo { x, y } => {
                if let Some(outline) = outlines.last_mut() {
                    outline.push(at(x, y));
                }
                here = (x, y);
            }
            PathCommand::QuadTo { x1, y1, x, y } => {
                for step in 1..=CHORDS {
                    let t = step as f64 / CHORDS as f64;
                    let mix = |a: f64, b: f64, c: f64| {
                        (1.0 - t).powi(2) * a + 2.0 * t * (1.0 - t) * b + t * t * c
                    };
                    if let Some(outline) = outlines.last_mut() {
                        outline.push(at(mix(here.0, x1, x), mix(here.1, y1, y)));
                    }
                }
                here = (x, y);
            }
            PathCommand::CubicTo {
                x1,
                y1,
                x2,
                y2,
                x,
                y,
            } => {
                for step in 1..=CHORDS {
                    let t = step as f64 / CHORDS as f64;
                    let mix = |a: f64, b: f64, c: f64, d: f64| {
                        (1.0 - t).powi(3) * a
                            + 3.0 * t * (1.0 - t).powi(2) * b
                            + 3.0 * t * t * (1.0 - t) * c
                            + t.powi(3) * d
                    };
                    if let Some(outline) = outlines.last_mut() {
                        outline.push(at(mix(here.0, x1, x2, x), mix(here.1, y1, y2, y)));
                    }
                }
                here = (x, y);
            }
            PathCommand::Close => {}
        }
    }
    outlines.retain(|outline| outline.len() > 2);
    outlines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_latex_gives_nothing_and_what_is_has_glyphs_in_known_faces() {
        let mut formulas = Formulas::default();
        assert!(formulas.layout(r"\frac{").is_none());
        let list = formulas
            .layout(r"\frac{1}{2m}\sum_{i}\bigg(\hat{x}-x\bigg)^2 + \beta\sum_j \mathrm{KL}(\rho\,\|\,\hat\rho_j)")
            .unwrap();
        assert!(list.width > 8.0 && list.height > 0.8 && list.depth > 0.8);
        let mut glyphs = 0;
        for item in &list.items {
            match item {
                DisplayItem::GlyphPath { font, .. } => {
                    assert!(FACES.iter().any(|(face, _)| face == font), "{font}");
                    glyphs += 1;
                }
                DisplayItem::Path { .. } => panic!("a stacked delimiter"),
                _ => {}
            }
        }
        assert!(glyphs > 15);
    }

    #[test]
    fn every_face_is_there() {
        for (_, file) in FACES {
            assert!(ratex_katex_fonts::ttf_bytes(file).is_some(), "{file}");
        }
    }
}
