//! What stands over the curves: the changes and revivals of the run, and the values under the pointer.

use egui::{Align2, Color32, Rect, Shape, Stroke, Ui, pos2, vec2};

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

/// A dashed line at every change and revival, named "λ 1e-4 → 4e-4" where there is room.
pub(super) fn events(ui: &Ui, frame: Rect, history: &History, x_of: impl Fn(f64) -> f32) {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(frame.expand(1.0));
    const ROWS: usize = 3;
    let row_height = SMALL + 4.0;
    let mut taken: [Vec<(f32, f32)>; ROWS] = Default::default();
    let changes = history.markers().map(Happened::Change);
    let mut happened: Vec<_> = changes
        .chain(history.revivals().map(Happened::Revival))
        .collect();
    happened.sort_by_key(Happened::epoch);
    for (age, event) in happened.iter().rev().enumerate() {
        let x = x_of(event.epoch() as f64);
        if !frame.x_range().contains(x) {
            continue;
        }
        let colour = event.colour(theme);
        let ends = [pos2(x, frame.top()), pos2(x, frame.bottom())];
        painter.extend(Shape::dashed_line(
            &ends,
            Stroke::new(1.0, colour),
            4.0,
            4.0,
        ));
        if age >= NAMED_MARKERS {
            continue;
        }
        let galley = widgets::galley(ui, event.to_string(), theme::regular(SMALL), colour);
        let width = galley.size().x + 8.0;
        // before the line, as the curves of interest come after it; but not out of the frame
        let left = if x - width >= frame.left() {
            x - width
        } else {
            (x + 2.0).min(frame.right() - width)
        };
        let free = |row: &Vec<(f32, f32)>| {
            row.iter()
                .all(|(from, to)| left + width < *from || left > *to)
        };
        if let Some(row) = taken.iter().position(free) {
            taken[row].push((left, left + width));
            let at = pos2(left + 4.0, frame.top() + 2.0 + row as f32 * row_height);
            let back = Rect::from_min_size(at, galley.size()).expand2(vec2(3.0, 0.0));
            painter.rect_filled(back, 2.0, theme.panel);
            painter.galley(at, galley, colour);
        }
    }
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
