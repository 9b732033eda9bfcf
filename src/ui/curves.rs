//! The cost over the epochs, total and term by term, on a logarithmic axis, with a marker where a setting changed.

use egui::{Align2, Color32, Rect, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{AxisHints, GridInput, GridMark, Line, Plot, PlotPoints};

use super::curve_cache::{CurveCache, Term};
use super::highlight;
use super::numbers::{self, nice_step};
use super::theme::{self, SMALL, Theme};
use super::widgets;
use crate::lab::state::ViewState;
use crate::training::{History, Marker, Record, Revival, Setting};

/// Of the column of numbers at the left, the same for every plot over epochs, so that they stand one above the other.
pub const AXIS_WIDTH: f32 = 36.0;
/// Below this width, in points, the legend abbreviates.
const NARROW: f32 = 340.0;
/// The newest markers are named, the older ones are lines only.
const NAMED_MARKERS: usize = 24;

/// The part of the run that the curves show, and where on the screen: what else is drawn over epochs lines up with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochView {
    pub epochs: (f64, f64),
    /// Screen x of the two ends.
    pub x: (f32, f32),
}

#[derive(Default)]
pub struct CurvesPanel {
    cache: CurveCache,
    /// In the order of `Term::ALL`.
    hidden: [bool; 4],
    pub view: EpochView,
}

pub fn colour(theme: &Theme, term: Term) -> Color32 {
    match term {
        Term::Total => theme.total,
        Term::Reconstruction => theme.reconstruction,
        Term::Sparsity => theme.sparsity,
        Term::Decay => theme.decay,
    }
}

impl CurvesPanel {
    /// The records behind the curves.
    pub fn records(&self) -> &[Record] {
        self.cache.records()
    }

    pub fn ui(&mut self, ui: &mut Ui, view: &ViewState) {
        let theme = Theme::of(ui);
        let narrow = ui.available_width() < NARROW;
        widgets::title_row(ui, "Cost", "", |ui| {
            if narrow {
                ui.spacing_mut().item_spacing.x = theme::GRID;
            }
            for (term, hidden) in Term::ALL.into_iter().zip(&mut self.hidden).rev() {
                let label = if narrow {
                    term.short_name()
                } else {
                    term.name()
                };
                if widgets::legend_entry(ui, term.name(), label, colour(theme, term), !*hidden)
                    .clicked()
                {
                    *hidden = !*hidden;
                }
            }
        });
        let Some(snapshot) = view.snapshot.as_deref() else {
            return;
        };
        self.cache
            .update(snapshot.run, snapshot.epoch, &snapshot.history);
        let shown: Vec<Term> = Term::ALL
            .into_iter()
            .zip(self.hidden)
            .filter(|(_, hidden)| !hidden)
            .map(|(t, _)| t)
            .collect();
        let cache = &self.cache;

        let plot = Plot::new(("cost", snapshot.run))
            .height(ui.available_height())
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .show_crosshair(false)
            .set_margin_fraction(vec2(0.0, 0.0))
            .include_x(0.0)
            .include_x((snapshot.epoch as f64).max(10.0))
            .allow_zoom([true, false])
            .allow_drag([true, false])
            .allow_scroll(false) // the wheel scrolls the column
            .allow_axis_zoom_drag(false)
            .label_formatter(|_| None)
            .grid_color(theme.line)
            .grid_fade(0.0)
            .x_grid_spacer(epoch_marks)
            .y_grid_spacer(decade_marks)
            .custom_x_axes(vec![axis(AxisHints::new_x(), theme).formatter(
                |mark, _| match mark.value {
                    value if value < 0.5 => "epoch 0".into(),
                    value => numbers::thousands(value as u64),
                },
            )])
            .custom_y_axes(vec![decade_axis(theme)]);
        let pointed = highlight::pointed(ui.ctx());
        let response = plot.show(ui, |plot| {
            let bounds = plot.plot_bounds();
            let epochs = (bounds.min()[0], bounds.max()[0]);
            let (low, high) = cache
                .range(shown.iter().copied(), epochs)
                .unwrap_or((-2.0, 1.0));
            let margin = ((high - low) * 0.06).max(0.1);
            plot.set_plot_bounds_y((low - margin)..=(high + margin));
            for term in shown.iter().rev() {
                for piece in cache.pieces(*term) {
                    let lit = pointed.is_some_and(|pointed| pointed.lights(*term));
                    let width = match (lit, *term) {
                        (true, _) => 3.0,
                        (false, Term::Total) => 1.8,
                        (false, _) => 1.4,
                    };
                    let line = Line::new(term.name(), PlotPoints::Borrowed(piece))
                        .color(colour(theme, *term))
                        .width(width);
                    plot.line(line.allow_hover(false));
                }
            }
        });
        let (frame, transform) = (*response.transform.frame(), response.transform);
        let bounds = transform.bounds();
        self.view = EpochView {
            epochs: (bounds.min()[0], bounds.max()[0]),
            x: (frame.left(), frame.right()),
        };
        let response = response.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Cost curves"));
        let pointer = response.hover_pos();
        events(ui, frame, &snapshot.history, |epoch| {
            transform.position_from_point_x(epoch)
        });
        if let Some(pointer) = pointer.filter(|pointer| frame.contains(*pointer)) {
            let epoch = transform.value_from_position(pointer).x;
            if let Some(record) = self.cache.nearest(epoch) {
                let x = transform.position_from_point_x(record.epoch as f64);
                if frame.x_range().contains(x) {
                    readout(ui, frame, x, record, &shown);
                }
            }
        }
    }
}

/// The axis of a plot of log10: whole decades, or where they are far apart the values between.
pub(super) fn decade_axis(theme: &Theme) -> AxisHints<'static> {
    axis(AxisHints::new_y(), theme)
        .min_thickness(AXIS_WIDTH)
        .formatter(|mark, _| {
            if mark.step_size >= 1.0 {
                numbers::decade(mark.value.round() as i32)
            } else {
                crate::training::history::short(10f64.powf(mark.value))
            }
        })
}

pub(super) fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.text_muted)
        .tick_label_font(theme::regular(SMALL))
        .label_spacing(14.0..=28.0)
}

/// Marks at multiples of 1, 2 or 5 × 10^k epochs, at most about seven.
pub(super) fn epoch_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = nice_step(((high - low) / 7.0).max(1.0));
    let first = (low / step).ceil().max(0.0) as u64;
    let last = (high / step).floor().max(0.0) as u64;
    (first..=last.min(first + 20))
        .map(|i| GridMark {
            value: i as f64 * step,
            step_size: step,
        })
        .collect()
}

/// Marks at the decades, and at 2 and 5 between them where there are few.
pub(super) fn decade_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let (first, last) = (low.floor() as i64, high.ceil() as i64);
    let between: &[f64] = match high - low {
        span if span > 2.2 => &[],
        span if span > 1.2 => &[3.0],
        _ => &[2.0, 5.0],
    };
    let mut marks = Vec::new();
    for decade in first..=last.min(first + 40) {
        marks.push(GridMark {
            value: decade as f64,
            step_size: 1.0,
        });
        marks.extend(between.iter().map(|part| GridMark {
            value: decade as f64 + part.log10(),
            step_size: 0.5,
        }));
    }
    marks.retain(|mark| (low..=high).contains(&mark.value)); // their labels would stand outside the plot
    marks
}

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
    Change(&'a Marker),
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
            Self::Change(marker) => marker_colour(theme, marker.change.setting),
            Self::Revival(_) => theme.alive,
        }
    }
}

impl std::fmt::Display for Happened<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Change(marker) => marker.change.fmt(f),
            Self::Revival(revival) => match revival.units.as_slice() {
                [unit] => write!(f, "unit {} revived", unit + 1),
                units => write!(f, "{} units revived", units.len()),
            },
        }
    }
}

/// A dashed line at every change and revival, named "λ 1e-4 → 4e-4" where there is room.
fn events(ui: &Ui, frame: Rect, history: &History, x_of: impl Fn(f64) -> f32) {
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
            Stroke::new(1.0, colour.gamma_multiply(0.8)),
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
            painter.rect_filled(back, 2.0, theme.panel.gamma_multiply(0.85));
            painter.galley(at, galley, colour);
        }
    }
}

/// A line at `x` and the values there, in a box beside it.
fn readout(ui: &Ui, frame: Rect, x: f32, record: &Record, shown: &[Term]) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    painter.vline(
        x,
        frame.y_range(),
        Stroke::new(1.0, theme.text_muted.gamma_multiply(0.6)),
    );
    let mut rows = vec![(
        format!("epoch {}", numbers::thousands(record.epoch)),
        String::new(),
        theme.text_strong,
    )];
    rows.extend(shown.iter().map(|term| {
        (
            term.name().to_owned(),
            numbers::cost(term.of(record)),
            colour(theme, *term),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_few_and_whole() {
        for high in [10.0, 335.0, 5_000.0, 1e6] {
            let marks = epoch_marks(GridInput {
                bounds: (0.0, high),
                base_step_size: 1.0,
            });
            assert!(
                (3..=8).contains(&marks.len()),
                "{} marks to {high}",
                marks.len()
            );
            assert!(marks.iter().all(|mark| mark.value.fract() == 0.0));
        }
        let marks = decade_marks(GridInput {
            bounds: (-3.2, 1.7),
            base_step_size: 0.1,
        });
        assert!(
            marks
                .iter()
                .all(|mark| mark.step_size == 1.0 && mark.value.fract() == 0.0)
        );
        let marks = decade_marks(GridInput {
            bounds: (-0.5, 0.1),
            base_step_size: 0.1,
        });
        assert!(
            marks
                .iter()
                .filter(|mark| (-0.5..0.1).contains(&mark.value))
                .count()
                >= 2
        );
    }
}
