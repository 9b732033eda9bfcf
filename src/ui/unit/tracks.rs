//! ρ̂, contribution and weights of the unit over the run, one above the other, with what happened to it.

use egui::{Align2, Color32, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::epochs::{epoch_ends, x_of};
use super::shown::Shown;
use crate::model::units::dead_below;
use crate::training::UnitPoint;
use crate::ui::curve_events::marker_colour;
use crate::ui::help::Help as _;
use crate::ui::numbers;
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets;

/// Of the names at the left.
const NAMES: f32 = 46.0;
/// Room below for the epochs.
const FOOT: f32 = 16.0;
/// ρ̂ below this is drawn at the floor.
const FLOOR: f64 = 1e-5;

/// One of the three plots.
struct Track {
    name: &'static str,
    of: fn(&UnitPoint) -> f64,
    logarithmic: bool,
    /// A dashed line at this value, and what it is.
    reference: Option<(f64, String)>,
}

pub(super) fn ui(ui: &mut Ui, shown: &Shown<'_>) {
    widgets::title(ui, "Over the run");
    let theme = Theme::of(ui);
    let snapshot = shown.snapshot;
    let points: Vec<(u64, UnitPoint)> = snapshot.history.lives().track(shown.unit).collect();
    let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let name = format!(
        "ρ̂, contribution and weight norm of unit {} over the run",
        shown.unit + 1
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, &name));
    if points.is_empty() {
        let (font, tone) = (theme::regular(SMALL), theme.text_muted);
        let text = "nothing recorded yet";
        widgets::text(ui, area.center(), Align2::CENTER_CENTER, text, font, tone);
        return;
    }
    let rho = snapshot.hyperparameters.sparsity_target;
    let tracks = [
        Track {
            name: "ρ̂",
            of: |point| f64::from(point.mean_activation),
            logarithmic: true,
            reference: Some((rho, format!("ρ {}", numbers::short(rho)))),
        },
        Track {
            name: "ΔFVU",
            of: |point| f64::from(point.contribution.abs()),
            logarithmic: true,
            reference: Some((
                dead_below(snapshot.units.len()),
                format!(
                    "dead below {}",
                    numbers::short(dead_below(snapshot.units.len()))
                ),
            )),
        },
        Track {
            name: "‖W1‖",
            of: |point| f64::from(point.feature_norm),
            logarithmic: false,
            reference: None,
        },
    ];
    let whole = Rect::from_min_max(
        pos2(area.left() + NAMES, area.top()),
        pos2(area.right(), area.bottom() - FOOT),
    );
    let height = (whole.height() - 2.0 * GRID) / 3.0;
    let frames: Vec<Rect> = (0..3)
        .map(|index| {
            let top = whole.top() + index as f32 * (height + GRID);
            Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), height))
        })
        .collect();
    for (track, frame) in tracks.iter().zip(&frames) {
        draw(ui, track, &points, *frame, shown);
    }
    events(ui, whole, height + GRID, shown);
    epoch_ends(ui, whole, snapshot);
    let Some(pointer) = response.hover_pos().filter(|at| whole.contains(*at)) else {
        return;
    };
    let part = f64::from((pointer.x - whole.left()) / whole.width());
    let epoch = part * snapshot.epoch as f64;
    let after = points.partition_point(|(at, _)| (*at as f64) < epoch);
    if let Some((at, point)) = points.get(after.min(points.len() - 1)) {
        let x = x_of(whole, snapshot)(*at as f64);
        ui.painter()
            .vline(x, whole.y_range(), Stroke::new(1.0, theme.text_muted));
        response.help_at_pointer(format!(
            "epoch {}: ρ̂ {}, ΔFVU {}, ‖W1‖ {:.3}",
            numbers::thousands(*at),
            numbers::cost(point.mean_activation.into()),
            numbers::cost(point.contribution.into()),
            point.feature_norm
        ));
    }
}

/// The axis of a track: from where to where, in its own (perhaps logarithmic) measure.
fn axis(track: &Track, points: &[(u64, UnitPoint)]) -> (f64, f64) {
    let level = |value: f64| {
        if track.logarithmic {
            value.max(FLOOR).log10()
        } else {
            value
        }
    };
    let values = points.iter().map(|(_, point)| level((track.of)(point)));
    let reference = track.reference.iter().map(|(value, _)| level(*value));
    let (low, high) = values
        .chain(reference)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if track.logarithmic {
        let (low, high) = (low.floor(), high.ceil());
        (low, if high > low { high } else { low + 1.0 })
    } else {
        (0.0, if high > 0.0 { high } else { 1.0 })
    }
}

fn draw(ui: &Ui, track: &Track, points: &[(u64, UnitPoint)], frame: Rect, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let (low, high) = axis(track, points);
    let y = |value: f64| {
        let level = if track.logarithmic {
            value.max(FLOOR).log10()
        } else {
            value
        };
        let part = ((level - low) / (high - low)).clamp(0.0, 1.0) as f32;
        frame.bottom() - 1.0 - part * (frame.height() - 2.0) // the whole of a line at the rim
    };
    let font = theme::regular(SMALL);
    let label =
        |at, anchor, text: String, tone| widgets::text(ui, at, anchor, text, font.clone(), tone);
    let edge = frame.left() - 6.0;
    ui.painter()
        .rect_filled(frame, 0.0, theme.line.gamma_multiply(0.35));
    label(
        pos2(edge, frame.center().y),
        Align2::RIGHT_CENTER,
        track.name.into(),
        theme.text,
    );
    let end = |level: f64| {
        if track.logarithmic {
            numbers::decade(level as i32)
        } else {
            numbers::short(level)
        }
    };
    if frame.height() > 44.0 {
        label(
            pos2(edge, frame.top()),
            Align2::RIGHT_TOP,
            end(high),
            theme.text_muted,
        );
        label(
            pos2(edge, frame.bottom()),
            Align2::RIGHT_BOTTOM,
            end(low),
            theme.text_muted,
        );
    }
    let painter = ui.painter_at(frame);
    let mut named = None;
    if let Some((value, name)) = &track.reference {
        let at = y(*value);
        let ends = [pos2(frame.left(), at), pos2(frame.right(), at)];
        let tone = theme.text;
        let stroke = Stroke::new(1.0, tone);
        painter.extend(Shape::dashed_line(&ends, stroke, 3.0, 3.0));
        named = Some((at, name, tone));
    }
    let x = x_of(frame, shown.snapshot);
    let line = points
        .iter()
        .map(|(epoch, point)| pos2(x(*epoch as f64), y((track.of)(point))))
        .collect();
    painter.add(Shape::line(line, Stroke::new(1.5, theme.accent)));
    if let Some((at, name, tone)) = named {
        let above = at - frame.top() > SMALL + 8.0;
        let (anchor, by) = if above {
            (Align2::LEFT_BOTTOM, -1.0)
        } else {
            (Align2::LEFT_TOP, 2.0)
        };
        // on a plate: the curve may go behind it
        let galley = widgets::galley(ui, name.clone(), font, tone);
        let place = anchor.anchor_size(pos2(frame.left() + 4.0, at + by), galley.size());
        painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, theme.panel);
        painter.galley(place.min, galley, tone);
    }
}

/// Changes of settings, deaths, returns and revivals as lines through all three; the cause is named in the first, the
/// death in the second, which begins `second` below.
fn events(ui: &Ui, frame: Rect, second: f32, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let x = x_of(frame, shown.snapshot);
    let history = &shown.snapshot.history;
    let painter = ui.painter_at(frame.expand(1.0));
    for marker in history.markers() {
        let at = x(marker.epoch as f64);
        let ends = [pos2(at, frame.top()), pos2(at, frame.bottom())];
        let tone = marker_colour(theme, marker.setting);
        painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, tone), 4.0, 4.0));
    }
    let name = |at: f32, top: f32, text: String, tone: Color32| {
        let galley = widgets::galley(ui, text, theme::regular(SMALL), tone);
        let size = galley.size();
        let left = if at - size.x - 5.0 >= frame.left() {
            at - size.x - 5.0
        } else {
            (at + 4.0).min(frame.right() - size.x)
        };
        let corner = pos2(left, frame.top() + top);
        let back = Rect::from_min_size(corner, size).expand2(vec2(2.0, 0.0));
        painter.rect_filled(back, 2.0, theme.panel);
        painter.galley(corner, galley, tone);
    };
    let revived = |revival: &&crate::training::Revival| revival.units.contains(&shown.unit);
    for revival in history.revivals().filter(revived) {
        let at = x(revival.epoch as f64);
        painter.vline(at, frame.y_range(), Stroke::new(1.5, theme.alive));
        name(
            at,
            2.0,
            format!("revived {}", numbers::thousands(revival.epoch)),
            theme.alive,
        );
    }
    let Some(autopsy) = &shown.diagnosis.autopsy else {
        return;
    };
    if let Some(marker) = &autopsy.marker {
        let tone = marker_colour(theme, marker.setting);
        name(x(marker.epoch as f64), 2.0, marker.to_string(), tone);
    }
    let at = x(autopsy.since as f64);
    let tone = if autopsy.state.is_dead() {
        theme.dead
    } else {
        theme.notice
    };
    painter.vline(at, frame.y_range(), Stroke::new(1.5, tone));
    let state = autopsy.state.name();
    let text = format!("{state} since {}", numbers::thousands(autopsy.since));
    name(at, second + 2.0, text, tone);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_every_point_and_the_reference() {
        let point = |mean_activation, spread| UnitPoint {
            mean_activation,
            spread,
            contribution: 0.0,
            feature_norm: 0.0,
        };
        let points = [(0, point(0.02, 0.9)), (1, point(0.0, 0.3))];
        let mut track = Track {
            name: "ρ̂",
            of: |point| point.mean_activation.into(),
            logarithmic: true,
            reference: Some((0.05, String::new())),
        };
        assert_eq!(axis(&track, &points), (-5.0, -1.0), "0 is at the floor");
        track.logarithmic = false;
        track.of = |point| point.spread.into();
        let (low, high) = axis(&track, &points);
        assert_eq!((low, high), (0.0, f64::from(0.9f32)));
        track.reference = None;
        track.of = |point| point.feature_norm.into();
        assert_eq!(axis(&track, &points), (0.0, 1.0));
    }
}
