//! What was said against what was measured: in words, on an axis, and of both runs where two stand side by side.

use egui::{Color32, CornerRadius, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::scale;
use crate::lab::lesson::{Given, Judged, Phase, Sides};
use crate::ui::theme::{self, BODY, GRID, Theme};
use crate::ui::widgets;

/// Of the bar of a run.
const BAR: f32 = 12.0;

pub(super) fn ui(ui: &mut Ui, given: &Given) {
    let (Some(judged), Phase::Shown) = (&given.outcome, given.phase) else {
        return;
    };
    let (word, colour) = verdict(judged, Theme::of(ui));
    let text = RichText::new(word)
        .font(theme::bold(theme::TITLE))
        .color(colour);
    ui.label(text);
    if judged.answer.is_some() {
        line(ui, "You said", &judged.said);
    }
    line(ui, "Measured", &judged.text);
    if let Some(prediction) = given.prediction() {
        scale::ui(ui, prediction, judged);
    }
    if let Some(sides) = judged.sides {
        both(ui, sides);
    }
}

pub(super) fn verdict(judged: &Judged, theme: &Theme) -> (&'static str, Color32) {
    match (judged.right, &judged.answer) {
        (Some(true), _) => ("✔ You were right.", theme.alive),
        (Some(false), _) => ("✖ It came out otherwise.", theme.dead),
        (None, Some(_)) => ("It could not be measured.", theme.text_muted),
        (None, None) => ("Revealed.", theme.text_muted),
    }
}

pub(super) fn line(ui: &mut Ui, name: &str, words: &str) {
    let theme = Theme::of(ui);
    let text = RichText::new(format!("{name}: {words}"))
        .size(BODY)
        .color(theme.text);
    ui.add(egui::Label::new(text).wrap());
}

/// A's and B's, a bar each.
fn both(ui: &mut Ui, sides: Sides) {
    let theme = Theme::of(ui);
    let Sides { measure, a, b } = sides;
    ui.label(widgets::muted(ui, measure.title()));
    let most = a.abs().max(b.abs());
    let runs = [("A", a, theme.accent), ("B", b, theme.beside)];
    let values = runs.map(|(_, value, _)| measure.text(value));
    let galleys = values
        .each_ref()
        .map(|value| widgets::galley(ui, value, theme::bold(BODY), theme.text));
    let widths = galleys.each_ref().map(|galley| galley.size().x);
    let beside = widths.into_iter().fold(0.0, f32::max) + GRID;
    for ((name, value, colour), words) in runs.into_iter().zip(values) {
        let room = vec2(ui.available_width(), widgets::TARGET);
        let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
        let about = format!("{} of {name}: {words}", measure.title());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &about));
        let rail = Rect::from_x_y_ranges(
            rect.left() + 2.5 * GRID..=rect.right() - beside,
            egui::Rangef::point(rect.center().y).expand(BAR / 2.0),
        );
        let part = if most > 0.0 { value.abs() / most } else { 0.0 };
        let bar = rail.with_max_x(rail.left() + rail.width() * part as f32);
        let corner = CornerRadius::same(2);
        ui.painter().rect_filled(rail, corner, theme.rail);
        ui.painter().rect_filled(bar, corner, colour);
        let at = |x: f32| pos2(x, rect.center().y);
        let (left, font) = (egui::Align2::LEFT_CENTER, theme::bold(BODY));
        widgets::text(ui, at(rect.left()), left, name, font.clone(), colour);
        let right = egui::Align2::RIGHT_CENTER;
        widgets::text(ui, at(rect.right()), right, words, font, theme.text);
    }
}
