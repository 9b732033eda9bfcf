//! What stands over the curves: the changes and revivals of the run, and the values under the pointer.

use egui::{Align2, Color32, Rangef, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::curve_cache::Term;
use super::theme::{self, SMALL, Theme};
use super::{numbers, widgets};
use crate::training::{History, Marker, Record, Revival, Setting};

/// The newest markers are named, the older ones are lines only.
const NAMED_MARKERS: usize = 24;

/// The colour of what a setting weighs.
pub(super) fn marker_colour(theme: &Theme, setting: Setting) -> Color32 {
    match setting {
        Setting::WeightDecay => theme.decay,
        Setting::SparsityTarget | Setting::SparsityWeight => theme.sparsity,
        _ => theme.text_muted,
    }
}

/// What a person did to the run.
enum Happened<'a> {
    Change(Marker),
    Revival(&'a Revival),
}

impl Happened<'_> {
    fn epoch(&self) -> u64 {
        match self {
            Self::Change(marker) => marker.epoch,
            Self::Revival(revival) => revival.epoch,
        }
    }

    fn colour(&self, theme: &Theme) -> Color32 {
        match self {
            Self::Change(marker) => marker_colour(theme, marker.setting),
            Self::Revival(_) => theme.alive,
        }
    }
}

impl std::fmt::Display for Happened<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Change(marker) => marker.fmt(f),
            Self::Revival(revival) => match revival.units.as_slice() {
                [unit] => write!(f, "unit {} revived", numbers::unit(*unit)),
                units => write!(f, "{} units revived", units.len()),
            },
        }
    }
}

/// Height of a row of names, in points.
const ROW: f32 = SMALL + 5.0;
/// The most of them.
const ROWS: usize = 2;

/// Height of what `rows` of names take at the top of the curves.
pub(super) fn band(rows: usize) -> f32 {
    rows as f32 * ROW + 2.0
}

/// A dashed line at every change and revival, named "λ 1e-4 → 4e-4" over the curves where there is room: `rows` are kept
/// free of them. Returns how many there should be.
pub(super) fn events(
    ui: &Ui,
    frame: Rect,
    rows: usize,
    history: &History,
    x_of: impl Fn(f64) -> f32,
) -> usize {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(frame.expand(1.0));
    let changes = history.markers().map(Happened::Change);
    let mut happened: Vec<_> = changes
        .chain(history.revivals().map(Happened::Revival))
        .map(|event| (x_of(event.epoch() as f64), event))
        .filter(|(x, _)| frame.x_range().contains(*x))
        .collect();
    happened.sort_by_key(|(_, event)| std::cmp::Reverse(event.epoch()));
    let galleys: Vec<_> = happened
        .iter()
        .take(NAMED_MARKERS)
        .map(|(_, event)| {
            let colour = event.colour(theme);
            widgets::galley(ui, event.to_string(), theme::regular(SMALL), colour)
        })
        .collect();
    let wanted: Vec<(f32, f32)> = happened
        .iter()
        .zip(&galleys)
        .map(|((x, _), galley)| (*x, galley.size().x))
        .collect();
    let places = places(frame.x_range(), &wanted);
    let floor = frame.top() + band(rows);
    for (index, (x, event)) in happened.iter().enumerate() {
        let colour = event.colour(theme);
        let named = places.get(index).copied().flatten();
        // its own line reaches up to its name, all others end below the names
        let top = match named {
            Some(place) => frame.top() + (place.row + 1) as f32 * ROW,
            None => floor,
        };
        let ends = [pos2(*x, top.min(floor)), pos2(*x, frame.bottom())];
        let stroke = Stroke::new(1.0, colour);
        painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 4.0));
    }
    let mut needed = 0;
    for (place, galley) in places.into_iter().zip(galleys) {
        let Some(place) = place else { continue };
        needed = needed.max(place.row + 1);
        if place.row < rows {
            let at = pos2(place.left, frame.top() + 2.0 + place.row as f32 * ROW);
            let back = Rect::from_min_size(at, galley.size()).expand2(vec2(2.0, 0.0));
            painter.rect_filled(back, 2.0, theme.panel); // over the lines of the grid
            painter.galley(at, galley, theme.text);
        }
    }
    needed
}

/// Where the name of an event goes: its row, from the top, and its left end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    row: usize,
    left: f32,
}

/// The places of names, for each (x of its line, width): beside the line, in the first row where it meets neither another
/// name nor the line of one in a row above. None for those that have no room: the first ones have precedence.
fn places(frame: Rangef, wanted: &[(f32, f32)]) -> Vec<Option<Place>> {
    const BESIDE: f32 = 4.0;
    let mut taken: Vec<(f32, Rangef, usize)> = Vec::new();
    let mut place = |x: f32, width: f32| {
        // before the line, as what it changed comes after it; but not out of the frame
        let sides = [x - width - BESIDE, x + BESIDE];
        for row in 0..ROWS {
            for left in sides {
                let name = Rangef::new(left, left + width);
                let inside = frame.contains(name.min) && frame.contains(name.max);
                let free = taken.iter().all(|(line, other, of)| {
                    let meets = *of == row && name.expand(BESIDE).intersects(*other);
                    // a line comes down from its name through the rows below it
                    let crossed = *of < row && name.expand(2.0).contains(*line);
                    let crosses = *of > row && other.expand(2.0).contains(x);
                    !meets && !crossed && !crosses
                });
                if inside && free {
                    taken.push((x, name, row));
                    return Some(Place { row, left });
                }
            }
        }
        None
    };
    wanted.iter().map(|(x, width)| place(*x, *width)).collect()
}

/// A line at `x` and the values there, in a box beside it.
pub(super) fn readout(ui: &Ui, frame: Rect, x: f32, record: &Record, shown: &[Term]) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    painter.vline(x, frame.y_range(), Stroke::new(1.0, theme.text_muted));
    let mut rows = vec![(
        format!("epoch {}", numbers::thousands(record.epoch)),
        String::new(),
        theme.text_strong,
    )];
    rows.extend(shown.iter().map(|term| {
        (
            term.name().to_owned(),
            numbers::cost(term.of(&record.cost)),
            term.colour(theme),
        )
    }));
    rows.push(("FVU".into(), format!("{:.3}", record.fvu), theme.text_muted));
    if let Some(test) = record.test {
        let loss = numbers::cost(test.reconstruction_loss);
        rows.push(("test".into(), loss, theme.test));
        rows.push((
            "test FVU".into(),
            format!("{:.3}", test.fvu),
            theme.text_muted,
        ));
    }
    let line = SMALL + 5.0;
    let size = vec2(148.0, rows.len() as f32 * line + 10.0);
    let left = if x + size.x + 12.0 < frame.right() {
        x + 10.0
    } else {
        x - size.x - 10.0
    };
    let rect = Rect::from_min_size(pos2(left, frame.center().y - size.y / 2.0), size);
    painter.rect(
        rect,
        4.0,
        theme.raised,
        Stroke::new(1.0, theme.line),
        egui::StrokeKind::Inside,
    );
    for (i, (name, value, tone)) in rows.into_iter().enumerate() {
        let y = rect.top() + 5.0 + (i as f32 + 0.5) * line;
        let font = theme::regular(SMALL);
        widgets::text(
            ui,
            pos2(rect.left() + 8.0, y),
            Align2::LEFT_CENTER,
            name,
            font.clone(),
            tone,
        );
        widgets::text(
            ui,
            pos2(rect.right() - 8.0, y),
            Align2::RIGHT_CENTER,
            value,
            font,
            theme.text_strong,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_neither_one_another_nor_a_line() {
        // a storm of changes, a few far apart, one at either edge
        let xs = [
            300.0, 298.0, 290.0, 200.0, 120.0, 110.0, 101.0, 399.0, 99.0, 250.0,
        ];
        let wanted = xs.map(|x| (x, 70.0));
        let frame = Rangef::new(98.0, 400.0);
        let places = places(frame, &wanted);
        assert_eq!(
            places[0],
            Some(Place {
                row: 0,
                left: 226.0
            })
        );
        assert!(places.iter().flatten().count() >= 4, "{places:?}");
        let named: Vec<(f32, Place)> = xs
            .into_iter()
            .zip(&places)
            .filter_map(|(x, place)| Some((x, (*place)?)))
            .collect();
        for (index, (x, place)) in named.iter().enumerate() {
            let name = Rangef::new(place.left, place.left + 70.0);
            assert!(name.min >= frame.min && name.max <= frame.max && !name.contains(*x));
            for (line, other) in &named[..index] {
                let others = Rangef::new(other.left, other.left + 70.0);
                assert!(place.row != other.row || !name.intersects(others));
                assert!(other.row >= place.row || !name.contains(*line));
                assert!(place.row >= other.row || !others.contains(*x));
            }
        }
    }
}
