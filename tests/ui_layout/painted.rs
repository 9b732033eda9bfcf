//! What a frame of the window painted: its lines of text, the lines drawn, and what stands over them.

use egui::epaint::{ClippedShape, Shape};
use egui::{FontFamily, Pos2, Rect, pos2};

/// One line of text as it was painted.
#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    /// Of the ink, in points.
    pub rect: Rect,
    /// What of the window it may be seen in.
    pub clip: Rect,
    /// Of its smallest letters, in points.
    pub size: f32,
    /// Whether it is a part of a typeset formula.
    pub formula: bool,
    /// All that was to be said, where there was no room for it.
    pub elided: Option<String>,
    /// Place in the order of painting.
    order: usize,
}

impl Word {
    pub fn visible(&self) -> Rect {
        self.rect.intersect(self.clip)
    }
}

/// A straight piece of a line, as it can be seen.
#[derive(Clone, Copy, Debug)]
struct Stroke {
    ends: [Pos2; 2],
    clip: Rect,
    order: usize,
}

/// What a frame painted, in points.
pub struct Painted {
    pub words: Vec<Word>,
    /// Frames around what is chosen or has the focus, as wide as their strokes reach, and what they may be seen in.
    pub rings: Vec<(Rect, Rect)>,
    strokes: Vec<Stroke>,
    /// Opaque rectangles.
    backs: Vec<(Rect, usize)>,
    caret: egui::Stroke,
}

impl Painted {
    /// `overlays` are the windows that stand over the panels (menus, dialogs, notices): what they cover of the text
    /// below them is no fault of that text.
    pub fn of(
        shapes: &[ClippedShape],
        screen: Rect,
        overlays: &[Rect],
        caret: egui::Stroke,
    ) -> Self {
        let mut painted = Self {
            caret,
            words: Vec::new(),
            rings: Vec::new(),
            strokes: Vec::new(),
            backs: Vec::new(),
        };
        for (order, clipped) in shapes.iter().enumerate() {
            painted.take(&clipped.shape, clipped.clip_rect.intersect(screen), order);
        }
        let over: Vec<(Rect, usize)> = painted
            .backs
            .iter()
            .filter(|(back, _)| overlays.iter().any(|overlay| same(*overlay, *back)))
            .copied()
            .collect();
        let covered = |rect: Rect, order: usize| {
            over.iter()
                .any(|(back, later)| *later > order && back.intersects(rect))
        };
        painted.words.retain(|word| {
            let hidden = painted
                .backs
                .iter()
                .any(|(back, later)| *later > word.order && back.contains_rect(word.visible()));
            !hidden && !covered(word.rect, word.order)
        });
        painted
    }

    fn take(&mut self, shape: &Shape, clip: Rect, order: usize) {
        match shape {
            Shape::Vec(shapes) => shapes
                .iter()
                .for_each(|shape| self.take(shape, clip, order)),
            Shape::Text(text) => {
                let formats = || {
                    text.galley
                        .job
                        .sections
                        .iter()
                        .map(|section| &section.format)
                };
                let formula = formats().any(|format| match &format.font_id.family {
                    FontFamily::Name(name) => name.starts_with("KaTeX"),
                    _ => false,
                });
                let size = formats()
                    .map(|format| format.font_id.size)
                    .fold(f32::MAX, f32::min);
                for placed in &text.galley.rows {
                    let ink = placed.row.visuals.mesh_bounds;
                    if ink.is_positive() {
                        self.words.push(Word {
                            text: placed.row.text(),
                            rect: ink.translate(text.pos.to_vec2() + placed.pos.to_vec2()),
                            clip,
                            size,
                            formula,
                            elided: text.galley.elided.then(|| text.galley.text().to_owned()),
                            order,
                        });
                    }
                }
            }
            // the caret of a field stands in its text
            Shape::LineSegment { stroke, .. } if *stroke == self.caret => {}
            Shape::LineSegment { points, stroke } if stroke.width > 0.0 => {
                self.strokes.push(Stroke {
                    ends: *points,
                    clip,
                    order,
                });
            }
            Shape::Path(path) if path.stroke.width > 0.0 => {
                for pair in path.points.windows(2) {
                    self.strokes.push(Stroke {
                        ends: [pair[0], pair[1]],
                        clip,
                        order,
                    });
                }
            }
            Shape::Rect(rect) if rect.fill.a() == 0 && rect.stroke.width >= 2.0 => {
                self.rings.push((rect.visual_bounding_rect(), clip));
            }
            Shape::Rect(rect) if rect.fill.is_opaque() => {
                self.backs.push((rect.rect.intersect(clip), order));
            }
            _ => {}
        }
    }

    /// Pairs of lines of text of which one stands in the other.
    pub fn overlaps(&self) -> Vec<(&Word, &Word)> {
        let mut words: Vec<&Word> = self
            .words
            .iter()
            .filter(|word| word.visible().is_positive())
            .collect();
        words.sort_by(|a, b| a.rect.left().total_cmp(&b.rect.left()));
        let mut found = Vec::new();
        for (index, one) in words.iter().enumerate() {
            let rest = words[index + 1..].iter();
            for other in rest.take_while(|other| other.rect.left() < one.rect.right()) {
                let shared = one.visible().intersect(other.visible());
                if shared.width() > TOUCH && shared.height() > TOUCH {
                    found.push((*one, *other));
                }
            }
        }
        found
    }

    /// Text of which a part can't be seen, or that is lost beside what can be seen.
    pub fn cut(&self) -> Vec<&Word> {
        let is_cut = |word: &&Word| {
            let visible = word.visible();
            let whole = word.clip.expand(TOUCH).contains_rect(word.rect);
            let scrolled_away = visible.height() < 0.05
                && word.clip.x_range().expand(TOUCH).contains(word.rect.left())
                && word
                    .clip
                    .x_range()
                    .expand(TOUCH)
                    .contains(word.rect.right());
            !whole && !scrolled_away
        };
        self.words.iter().filter(is_cut).collect()
    }

    /// Lines of text of one row of what scrolls, of which one is shown and the other not: (shown, hidden).
    pub fn torn(&self) -> Vec<(&Word, &Word)> {
        let shown = |word: &Word| word.visible().height() > 1.0;
        let beside = |a: &Word, b: &Word| {
            let same =
                (a.clip.left() - b.clip.left()).abs() + (a.clip.right() - b.clip.right()).abs();
            same < 0.1 && (a.rect.center().y - b.rect.center().y).abs() < 5.0
        };
        let words = || self.words.iter().filter(|word| !word.formula);
        let pairs = words()
            .filter(|word| shown(word))
            .flat_map(|one| words().map(move |other| (one, other)));
        pairs
            .filter(|(one, other)| !shown(other) && beside(one, other))
            .collect()
    }

    /// Rings of which a side can't be seen.
    pub fn cut_rings(&self) -> Vec<(Rect, Rect)> {
        let is_cut = |(ring, clip): &&(Rect, Rect)| {
            ring.intersects(*clip) && !clip.expand(TOUCH).contains_rect(*ring)
        };
        self.rings.iter().filter(is_cut).copied().collect()
    }

    /// Text that a line is drawn through, with one end of that line.
    pub fn struck(&self) -> Vec<(&Word, Pos2)> {
        let mut found = Vec::new();
        for word in &self.words {
            let ink = word.visible().shrink(TOUCH);
            if !ink.is_positive() {
                continue;
            }
            let through = self.strokes.iter().find(|stroke| {
                let behind = || {
                    self.backs.iter().any(|(back, order)| {
                        (stroke.order..word.order).contains(order)
                            && back.contains_rect(word.visible())
                    })
                };
                passes(stroke.ends, ink.intersect(stroke.clip)) && !behind()
            });
            if let Some(stroke) = through {
                found.push((word, stroke.ends[0]));
            }
        }
        found
    }
}

/// Ink that shares less than this, in points, only touches.
const TOUCH: f32 = 0.75;

fn same(a: Rect, b: Rect) -> bool {
    a.expand(3.0).contains_rect(b) && b.expand(3.0).contains_rect(a)
}

/// Whether the segment passes through `rect` (Liang and Barsky's clipping).
fn passes([from, to]: [Pos2; 2], rect: Rect) -> bool {
    if !rect.is_positive() {
        return false;
    }
    let (mut enter, mut leave) = (0.0f32, 1.0f32);
    let along = to - from;
    for (step, start, low, high) in [
        (along.x, from.x, rect.left(), rect.right()),
        (along.y, from.y, rect.top(), rect.bottom()),
    ] {
        if step == 0.0 {
            if start < low || start > high {
                return false;
            }
            continue;
        }
        let (a, b) = ((low - start) / step, (high - start) / step);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    enter < leave
}

#[test]
fn a_line_through_a_word_is_seen_and_one_beside_it_is_not() {
    let rect = Rect::from_min_max(pos2(10.0, 10.0), pos2(30.0, 20.0));
    assert!(passes([pos2(20.0, 0.0), pos2(20.0, 40.0)], rect));
    assert!(passes([pos2(0.0, 15.0), pos2(12.0, 15.0)], rect));
    assert!(!passes([pos2(0.0, 15.0), pos2(8.0, 15.0)], rect));
    assert!(!passes([pos2(0.0, 25.0), pos2(40.0, 25.0)], rect));
    assert!(!passes([pos2(0.0, 0.0), pos2(5.0, 40.0)], rect));
}
