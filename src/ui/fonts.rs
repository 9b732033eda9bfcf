//! The fonts. DejaVu Sans comes first in every family: the faces that egui brings drop combining marks without a
//! warning, and ρ̂ would be drawn as ρ.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

use super::formula;

/// The family name of the bold face.
pub const BOLD: &str = "bold";

const REGULAR_FACE: &str = "DejaVu Sans";
const BOLD_FACE: &str = "DejaVu Sans Bold";

/// egui's own fonts (for symbols) behind DejaVu Sans.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let faces: [(&str, &'static [u8]); 2] = [
        (
            REGULAR_FACE,
            include_bytes!("../../assets/fonts/DejaVuSans.ttf"),
        ),
        (
            BOLD_FACE,
            include_bytes!("../../assets/fonts/DejaVuSans-Bold.ttf"),
        ),
    ];
    for (name, bytes) in faces {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallbacks = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let family = |first: &str| {
        let mut family = vec![first.to_owned()];
        family.extend(fallbacks.iter().cloned());
        family
    };
    fonts
        .families
        .insert(FontFamily::Proportional, family(REGULAR_FACE));
    fonts
        .families
        .insert(FontFamily::Monospace, family(REGULAR_FACE));
    let mut bold = family(BOLD_FACE);
    bold.insert(1, REGULAR_FACE.to_owned());
    fonts.families.insert(FontFamily::Name(BOLD.into()), bold);
    for (face, file) in formula::FACES {
        // embedded with the program: a test holds that each is there
        if let Some(bytes) = ratex_katex_fonts::ttf_bytes(file) {
            let name = format!("KaTeX {face}");
            let data = FontData::from_owned(bytes.into_owned());
            fonts.font_data.insert(name.clone(), Arc::new(data));
            fonts.families.insert(formula::family(face), vec![name]);
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::{Fonts, TextOptions, ViewportKey};
    use egui::{Color32, Pos2, Rect, epaint};

    use super::*;
    use crate::ui::theme;

    /// The coverage of `text` at `size`, drawn by the real tessellator: (width, rows of alpha from the font atlas).
    fn drawn(text: &str, size: f32) -> (usize, Vec<Vec<f32>>) {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        let key = ViewportKey::default();
        fonts.begin_pass(TextOptions::default(), key);
        let galley = fonts.with_pixels_per_point(1.0).layout_no_wrap(
            text.to_owned(),
            theme::regular(size),
            Color32::WHITE,
        );
        let (width, height) = (
            (galley.rect.width() + 8.0) as usize,
            (galley.rect.height() + 8.0) as usize,
        );
        let mut picture = vec![vec![0.0f32; width]; height];
        let atlas = fonts.image();
        for row in &galley.rows {
            let mesh = &row.visuals.mesh;
            for quad in mesh.vertices.chunks(4) {
                let bounds = Rect::from_points(
                    &quad
                        .iter()
                        .map(|v| v.pos + row.pos.to_vec2())
                        .collect::<Vec<Pos2>>(),
                );
                let uv = Rect::from_points(&quad.iter().map(|v| v.uv).collect::<Vec<Pos2>>());
                for y in 0..bounds.height().round() as usize {
                    for x in 0..bounds.width().round() as usize {
                        let pixel =
                            atlas[(uv.min.x.round() as usize + x, uv.min.y.round() as usize + y)];
                        let (px, py) = (
                            (bounds.min.x + 4.0).round() as usize + x,
                            (bounds.min.y + 4.0).round() as usize + y,
                        );
                        if let Some(cell) = picture.get_mut(py).and_then(|row| row.get_mut(px)) {
                            *cell = cell.max(f32::from(pixel.a()) / 255.0);
                        }
                    }
                }
            }
        }
        (width, picture)
    }

    fn ink(rows: &[Vec<f32>]) -> Vec<f32> {
        rows.iter().map(|row| row.iter().sum()).collect()
    }

    #[test]
    fn hats_are_drawn_above_their_letters() {
        for (plain, hatted) in [("ρ", "ρ̂"), ("x", "x̂")] {
            for size in [theme::BODY, theme::SMALL, 40.0] {
                let (_, without) = drawn(plain, size);
                let (_, with) = drawn(hatted, size);
                let (without, with) = (ink(&without), ink(&with));
                let top = without.iter().position(|row| *row > 0.1).unwrap();
                let hat: f32 = with[..top].iter().sum();
                assert!(
                    hat > 0.04 * size,
                    "{hatted} at {size}: no ink above {plain} ({hat})"
                );
                let (body, plain_body) = (
                    with[top..].iter().sum::<f32>(),
                    without[top..].iter().sum::<f32>(),
                );
                assert!(
                    (body - plain_body).abs() < 0.35 * plain_body,
                    "{hatted}: the letter itself is gone"
                );
            }
        }
    }

    #[test]
    fn a_hat_takes_no_room_and_sits_in_the_middle() {
        let (width, with) = drawn("ρ̂", 40.0);
        let (plain_width, without) = drawn("ρ", 40.0);
        assert!(
            width.abs_diff(plain_width) <= 2,
            "{width} against {plain_width}"
        );
        let top = ink(&without).iter().position(|row| *row > 0.1).unwrap();
        let centre = |rows: &[Vec<f32>]| {
            let (sum, weight) =
                rows.iter()
                    .flatten()
                    .enumerate()
                    .fold((0.0, 0.0), |(sum, weight), (i, alpha)| {
                        (sum + alpha * (i % rows[0].len()) as f32, weight + alpha)
                    });
            sum / weight
        };
        let offset = centre(&with[..top]) - centre(&without);
        assert!(offset.abs() < 6.0, "the hat is {offset} pixels off at 40");
    }

    #[test]
    fn every_sign_of_the_formulas_has_a_glyph() {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        let signs = "ρβαλμ∇∈⊙‖→½²Σ−·×≈≤≥†▶⏸■●°…√∂";
        for family in [FontFamily::Proportional, FontFamily::Name(BOLD.into())] {
            for sign in signs.chars() {
                assert!(
                    fonts.has_glyph(&epaint::FontId::new(12.0, family.clone()), sign),
                    "{sign} in {family}"
                );
            }
        }
    }
}
