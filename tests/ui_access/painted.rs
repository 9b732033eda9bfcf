//! What the window painted in its last frame, read back: texts with their colour and what they stand on.

use egui::epaint::Mesh;
use egui::{Color32, FontFamily, Pos2, Rect, Shape, TextureId};

use super::Window;

/// One run of text.
#[derive(Debug, Clone)]
pub struct Text {
    pub words: String,
    pub rect: Rect,
    /// Of its letters, in points.
    pub size: f32,
    /// Whether it is a part of a typeset formula.
    pub formula: bool,
    pub colour: Color32,
    /// What it stands on; `None` over a picture.
    pub back: Option<Color32>,
}

/// All shapes, with what cuts them off, the lowest first.
pub fn shapes(harness: &Window) -> Vec<(Rect, Shape)> {
    let mut flat = Vec::new();
    for clipped in &harness.output().shapes {
        flatten(clipped.clip_rect, &clipped.shape, &mut flat);
    }
    flat
}

fn flatten(clip: Rect, shape: &Shape, into: &mut Vec<(Rect, Shape)>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| flatten(clip, shape, into)),
        Shape::Noop => {}
        shape => into.push((clip, shape.clone())),
    }
}

/// WCAG 2's relative luminance.
pub fn luminance(colour: Color32) -> f32 {
    let [r, g, b, _] = egui::Rgba::from(colour).to_array();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

/// What is painted over `below`, if anything, at `at` by `shape`: `Some(None)` for a picture.
fn cover(shape: &Shape, at: Pos2, below: Option<Color32>) -> Option<Option<Color32>> {
    let fill = |fill: Color32, inside: bool| {
        let seen = inside && fill != Color32::TRANSPARENT;
        seen.then(|| match fill.a() {
            255 => Some(fill),
            _ => below.map(|below| below.blend(fill)),
        })
    };
    match shape {
        Shape::Rect(rect) => {
            let inside = rect.rect.contains(at);
            if rect.brush.is_some() && inside {
                return Some(None);
            }
            fill(rect.fill, inside)
        }
        Shape::Circle(circle) => fill(circle.fill, circle.center.distance(at) <= circle.radius),
        Shape::Path(path) => fill(
            path.fill,
            path.closed && path.visual_bounding_rect().contains(at),
        ),
        Shape::Mesh(mesh) => {
            let triangle = mesh
                .indices
                .chunks_exact(3)
                .rev()
                .find(|corners| inside(mesh, corners, at))?;
            let colour = mesh.vertices[triangle[0] as usize].color;
            if mesh.texture_id == TextureId::default() {
                fill(colour, true)
            } else {
                Some(None)
            }
        }
        _ => None,
    }
}

fn inside(mesh: &Mesh, corners: &[u32], at: Pos2) -> bool {
    let [a, b, c] = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize].pos);
    let side = |p: Pos2, q: Pos2| (q.x - p.x) * (at.y - p.y) - (q.y - p.y) * (at.x - p.x);
    let sides = [side(a, b), side(b, c), side(c, a)];
    sides.iter().all(|s| *s >= 0.0) || sides.iter().all(|s| *s <= 0.0)
}

/// All texts that are seen.
pub fn texts(harness: &Window) -> Vec<Text> {
    let shapes = shapes(harness);
    let mut texts = Vec::new();
    for (index, (clip, shape)) in shapes.iter().enumerate() {
        let Shape::Text(text) = shape else { continue };
        let rect = shape.visual_bounding_rect();
        let words = text.galley.text().to_owned();
        if words.trim().is_empty() || !clip.intersects(rect.shrink(1.0)) {
            continue;
        }
        let written = text
            .galley
            .job
            .sections
            .iter()
            .map(|section| section.format.color);
        let colours: Vec<Color32> = match text.override_text_color {
            Some(colour) => vec![colour],
            None => written
                .map(|colour| {
                    if colour == Color32::PLACEHOLDER {
                        text.fallback_color
                    } else {
                        colour
                    }
                })
                .collect(),
        };
        let formats = text.galley.job.sections.iter();
        let size = formats
            .map(|section| section.format.font_id.size)
            .fold(f32::MAX, f32::min);
        let formula = text.galley.job.sections.iter().any(|section| {
            matches!(&section.format.font_id.family, FontFamily::Name(name) if name.starts_with("KaTeX"))
        });
        // beside the letters: within the line, at its left end
        let at = rect.intersect(*clip).center();
        let mut back = Some(Color32::BLACK);
        for (clip, below) in &shapes[..index] {
            if clip.contains(at)
                && let Some(colour) = cover(below, at, back)
            {
                back = colour;
            }
        }
        for colour in colours {
            let colour = colour.gamma_multiply(text.opacity_factor);
            let colour = match (colour.a(), back) {
                (255, _) | (_, None) => colour,
                (_, Some(back)) => back.blend(colour),
            };
            let words = words.clone();
            texts.push(Text {
                words,
                rect,
                size,
                formula,
                colour,
                back,
            });
        }
    }
    texts
}
