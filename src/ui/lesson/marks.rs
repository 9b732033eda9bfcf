//! What was predicted, on the plot that will show it.

use std::sync::Arc;

use egui::{Align2, Galley, Painter, Rect, Stroke, Ui, pos2, vec2};

use crate::lab::View;
use crate::lab::lesson::Mark;
use crate::training::lesson::{Measure, Side};
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets;

/// On the units over time, in `frame`: `total` units from its bottom to its top, the dead from above.
pub fn on_units(ui: &Ui, view: &View<'_>, frame: Rect, total: f32) {
    let Some(mark) = mark_of(view) else {
        return;
    };
    let from_below = match mark.measure {
        Measure::Alive => true,
        Measure::Dead | Measure::Constant | Measure::Silent | Measure::Saturated => false,
        _ => return,
    };
    let y = |count: f64| {
        let part = (count as f32 / total).clamp(0.0, 1.0);
        let part = if from_below { part } else { 1.0 - part };
        frame.bottom() - frame.height() * part
    };
    draw(ui, frame, (y(mark.range.0), y(mark.range.1)), &mark.text);
}

/// On the curves of the cost, in `frame`; `y` has the place of a cost, and `variance` is the data's.
pub fn on_costs(ui: &Ui, view: &View<'_>, frame: Rect, variance: f64, y: impl Fn(f64) -> f32) {
    let Some(mark) = mark_of(view) else {
        return;
    };
    let times = match mark.measure {
        Measure::Fvu => variance,
        Measure::TotalCost
        | Measure::ReconstructionLoss
        | Measure::DecayPenalty
        | Measure::SparsityPenalty => 1.0,
        _ => return,
    };
    let place = |value: f64| {
        let value = value * times;
        if value <= 0.0 {
            frame.bottom()
        } else if value.is_finite() {
            y(value.log10()).clamp(frame.top(), frame.bottom())
        } else {
            frame.top()
        }
    };
    draw(
        ui,
        frame,
        (place(mark.range.0), place(mark.range.1)),
        &mark.text,
    );
}

/// On the histogram of ρ̂, in `frame`; `x` has the place of a mean activation.
pub fn on_means(ui: &Ui, view: &View<'_>, frame: Rect, x: impl Fn(f64) -> f32) {
    let Some(mark) = mark_of(view) else {
        return;
    };
    if mark.measure != Measure::MeanActivation {
        return;
    }
    let theme = Theme::of(ui);
    let painter = ui.painter_at(frame);
    let stroke = Stroke::new(2.0, theme.accent);
    let place = |value: f64| x(value).clamp(frame.left() + 1.0, frame.right() - 1.0);
    let (left, right) = (place(mark.range.0), place(mark.range.1));
    painter.vline(left, frame.y_range(), stroke);
    painter.vline(right, frame.y_range(), stroke);
    let galley = widgets::galley(ui, &mark.text, theme::bold(SMALL), theme.on_accent);
    let half = galley.size().x / 2.0 + 4.0;
    let most = (frame.right() - half).max(frame.left() + half);
    let middle = f32::midpoint(left, right).clamp(frame.left() + half, most);
    // below the sign of ρ
    let at = pos2(middle, frame.top() + 16.0);
    label(
        &painter,
        Align2::CENTER_TOP.anchor_size(at, galley.size()),
        galley,
        theme,
    );
}

/// Of the run that the plots show.
fn mark_of(view: &View<'_>) -> Option<Mark> {
    let mark = view.shared.lesson.as_ref()?.mark()?;
    (mark.side == Side::A).then_some(mark)
}

/// A line across `frame`, or a band, with `words` at its left.
fn draw(ui: &Ui, frame: Rect, (one, other): (f32, f32), words: &str) {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(frame);
    let stroke = Stroke::new(2.0, theme.accent);
    let (top, bottom) = (one.min(other), one.max(other));
    for y in [top, bottom] {
        painter.hline(
            frame.x_range(),
            y.clamp(frame.top() + 1.0, frame.bottom() - 1.0),
            stroke,
        );
    }
    if bottom - top > 1.0 {
        let band = frame.with_min_y(top).with_max_y(bottom);
        painter.rect_filled(band, 0.0, theme.accent.gamma_multiply(0.12));
    }
    let galley = widgets::galley(ui, words, theme::bold(SMALL), theme.on_accent);
    let middle = f32::midpoint(top, bottom);
    let half = galley.size().y / 2.0 + 2.0;
    let y = middle.clamp(
        frame.top() + half,
        (frame.bottom() - half).max(frame.top() + half),
    );
    let at = pos2(frame.left() + GRID, y);
    let place = Align2::LEFT_CENTER.anchor_size(at, galley.size());
    label(&painter, place, galley, theme);
}

fn label(painter: &Painter, place: Rect, words: Arc<Galley>, theme: &Theme) {
    painter.rect_filled(place.expand2(vec2(4.0, 1.0)), 2.0, theme.accent);
    painter.galley(place.min, words, theme.on_accent);
}
