//! What was said against what was measured: in words, and on an axis.

use egui::{Align2, CornerRadius, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::lab::lesson::{Given, Judged, Phase, titled};
use crate::training::lesson::{Answer, Prediction};
use crate::ui::theme::{self, BODY, GRID, SMALL, Theme};
use crate::ui::widgets;

const AXIS: f32 = 54.0;

pub(super) fn ui(ui: &mut Ui, given: &Given) {
    let (Some(judged), Phase::Shown) = (&given.outcome, given.phase) else {
        return;
    };
    let theme = Theme::of(ui);
    let (word, colour) = match judged.right {
        Some(true) => ("✔ You were right.", theme.alive),
        Some(false) => ("✖ It came out otherwise.", theme.dead),
        None => ("Revealed.", theme.text_muted),
    };
    let text = RichText::new(word)
        .font(theme::bold(theme::TITLE))
        .color(colour);
    ui.label(text);
    if judged.answer.is_some() {
        line(ui, "You said", &judged.said);
    }
    line(ui, "Measured", &judged.text);
    if let Some(prediction) = given.prediction() {
        axis(ui, prediction, judged);
    }
}

fn line(ui: &mut Ui, name: &str, words: &str) {
    let theme = Theme::of(ui);
    let text = RichText::new(format!("{name}: {words}"))
        .size(BODY)
        .color(theme.text);
    ui.add(egui::Label::new(text).wrap());
}

/// Both on one axis, where the answer is a number.
fn axis(ui: &mut Ui, prediction: &Prediction, judged: &Judged) {
    let Prediction::Number {
        axis,
        measure,
        within,
    } = prediction
    else {
        return;
    };
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), AXIS), Sense::hover());
    let about = format!(
        "{}: said {}, measured {}",
        titled(measure),
        judged.said,
        judged.text
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &about));
    let rail = Rect::from_min_max(
        pos2(rect.left() + GRID, rect.center().y - 2.0),
        pos2(rect.right() - GRID, rect.center().y + 2.0),
    );
    ui.painter()
        .rect_filled(rail, CornerRadius::same(2), theme.rail);
    let place = |value: f64| {
        let part = if axis.log {
            (value / axis.from).ln() / (axis.to / axis.from).ln()
        } else {
            (value - axis.from) / (axis.to - axis.from)
        };
        rail.left() + rail.width() * part.clamp(0.0, 1.0) as f32
    };
    if let Some(value) = judged.measured {
        // what would have been right
        let (low, high) = if axis.log {
            (value / within, value * within)
        } else {
            (value - within, value + within)
        };
        let right = rail.with_min_x(place(low)).with_max_x(place(high));
        ui.painter()
            .rect_filled(right, CornerRadius::same(2), theme.alive);
        tick(ui, place(value), rail, theme.alive, ("measured", false));
    }
    if let Some(Answer::Number(value)) = &judged.answer {
        tick(ui, place(*value), rail, theme.accent, ("you", true));
    }
    let ends = [
        (axis.from, rail.left(), Align2::LEFT_TOP),
        (axis.to, rail.right(), Align2::RIGHT_TOP),
    ];
    if judged.measured.is_none() {
        for (value, x, anchor) in ends {
            let at = pos2(x, rail.bottom() + GRID);
            let font = theme::regular(SMALL);
            widgets::text(ui, at, anchor, measure.text(value), font, theme.text_muted);
        }
    }
}

/// A line across the rail with a word above or below it.
fn tick(ui: &Ui, x: f32, rail: Rect, colour: egui::Color32, (word, above): (&str, bool)) {
    let reach = rail.y_range().expand(7.0);
    ui.painter().vline(x, reach, Stroke::new(2.0, colour));
    let galley = widgets::galley(ui, word, theme::regular(SMALL), colour);
    let half = galley.size().x / 2.0;
    let middle = x.clamp(rail.left() - GRID + half, rail.right() + GRID - half);
    let (y, anchor) = if above {
        (rail.top() - 8.0, Align2::CENTER_BOTTOM)
    } else {
        (rail.bottom() + 8.0, Align2::CENTER_TOP)
    };
    let place = anchor.anchor_size(pos2(middle, y), galley.size());
    ui.painter().galley(place.min, galley, colour);
}
