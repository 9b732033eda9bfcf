//! The three terms of the cost as forces on the unit: each one's part of the gradient, and what it does to the length
//! of the feature.

use egui::{Align2, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::shown::{Shown, waiting};
use crate::model::inspection::{ForceKind, Forces};
use crate::ui::curve_cache::Term;
use crate::ui::help::Help as _;
use crate::ui::numbers;
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::widgets;

/// Of the names at the left, and of the numbers at the right.
const NAMES: f32 = 84.0;
const NUMBERS: f32 = 58.0;
const LEAST_ROW: f32 = 15.0;

/// The term of the cost that a force comes from, whose colour it has.
fn term(kind: ForceKind) -> Term {
    match kind {
        ForceKind::Reconstruction => Term::Reconstruction,
        ForceKind::Decay => Term::Decay,
        ForceKind::Sparsity => Term::Sparsity,
    }
}

pub(super) fn ui(ui: &mut Ui, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let epoch = shown.inspected.map_or_else(String::new, |inspected| {
        format!(
            "values after epoch {}",
            numbers::thousands(inspected.version.epoch)
        )
    });
    widgets::title_row(ui, "Forces", "", |ui| {
        ui.label(widgets::muted(ui, epoch)).help(
            "The inspection (forces, inputs, activation, what is lost without the unit) is computed in the \
                background, rarely enough not to slow training down",
        );
    });
    let Some(inspected) = shown.inspected else {
        return waiting(ui, shown);
    };
    let forces = &inspected.unit.forces;
    let text = RichText::new(sentence(forces))
        .size(SMALL + 1.0)
        .color(theme.text);
    ui.add(egui::Label::new(text).wrap());
    let total = numbers::cost(forces.total().norm());
    let along = forces.along_total();
    let row = ((ui.available_height() - 2.0 * 20.0) / 6.0).clamp(LEAST_ROW, 22.0);
    let hint = "Each term's contribution to the gradient of this unit's weights and bias: its component along the \
        total. The components add up to the length of the total; a negative one is overruled by the others";
    group(
        ui,
        &format!("along ∇J, of length {total}"),
        hint,
        along,
        row,
    );
    let hint = "How fast descent on the term alone would lengthen (right) or shorten (left) the unit's encoder weights, as \
        a fraction of their length per update at α = 1. Decay always shortens them, by λ";
    group(ui, "on the length of its weights", hint, forces.growth, row);
}

/// Three signed bars below their heading, on one scale.
fn group(ui: &mut Ui, heading: &str, hint: &str, values: [f64; 3], row: f32) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let (rect, head) = ui.allocate_exact_size(vec2(ui.available_width(), 19.0), Sense::hover());
    let font = theme::regular(SMALL);
    let at = rect.left_bottom() - vec2(0.0, 2.0);
    widgets::text(
        ui,
        at,
        Align2::LEFT_BOTTOM,
        heading,
        font.clone(),
        theme.text_muted,
    );
    head.help(hint);
    let most = values
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    for (kind, value) in ForceKind::ALL.into_iter().zip(values) {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), row), Sense::hover());
        let number = signed(value);
        let name = format!("{heading}: {} {number}", kind.name());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Meter, true, &name));
        let y = rect.center().y;
        let tone = theme.text_muted;
        let left = pos2(rect.left(), y);
        widgets::text(
            ui,
            left,
            Align2::LEFT_CENTER,
            kind.name(),
            font.clone(),
            tone,
        );
        let right = pos2(rect.right(), y);
        widgets::text(
            ui,
            right,
            Align2::RIGHT_CENTER,
            number,
            font.clone(),
            theme.text_strong,
        );
        let rail = Rect::from_min_max(
            pos2(rect.left() + NAMES, rect.top() + 2.0),
            pos2(rect.right() - NUMBERS, rect.bottom() - 2.0),
        );
        let middle = rail.center().x;
        let part = if most > 0.0 {
            (value / most) as f32
        } else {
            0.0
        };
        let tip = middle + part * rail.width() / 2.0;
        let bar = rail.with_min_x(tip.min(middle)).with_max_x(tip.max(middle));
        ui.painter().rect_filled(bar, 2.0, term(kind).colour(theme));
        let axis = Stroke::new(1.0, theme.rail);
        ui.painter().vline(middle, rect.y_range(), axis);
        response.help(hint);
    }
}

/// With its sign, as short as it can be read.
fn signed(value: f64) -> String {
    match numbers::cost(value) {
        text if value > 0.0 && value.is_finite() => format!("+{text}"),
        text => text.replace('-', "−"),
    }
}

/// Who is winning over the length of its weights: the lower group of bars in words.
fn sentence(forces: &Forces) -> String {
    let growth = forces.growth;
    let total: f64 = growth.iter().sum();
    if total == 0.0 || !total.is_finite() {
        return "The length of its weights is in balance.".into();
    }
    // those that pull its way, and those that pull against it, the strongest first
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| growth[*b].abs().total_cmp(&growth[*a].abs()));
    let names = |with: bool| -> Vec<&str> {
        order
            .into_iter()
            .filter(|kind| growth[*kind] != 0.0 && ((growth[*kind] > 0.0) == (total > 0.0)) == with)
            .filter(|kind| growth[*kind].abs() > 0.05 * total.abs())
            .map(|kind| ForceKind::ALL[kind].name())
            .collect()
    };
    let (with, against) = (names(true).join(" and "), names(false).join(" and "));
    let length = if total < 0.0 { "shrink" } else { "grow" };
    if against.is_empty() {
        format!("Its weights {length}, by {with}.")
    } else {
        format!("Its weights {length}: {with} against {against}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inspection::Force;

    fn force(encoder: f64) -> Force {
        Force {
            encoder: vec![encoder],
            encoder_bias: 0.0,
            decoder: vec![0.0],
        }
    }

    fn forces(of: [f64; 3]) -> Forces {
        // on a feature of length 1
        Forces {
            reconstruction: force(of[0]),
            decay: force(of[1]),
            sparsity: force(of[2]),
            growth: of.map(|value| -value),
        }
    }

    #[test]
    fn the_sentence_is_of_the_bars_on_the_length() {
        let sentence = |growth| {
            let other = [3.0, -1.0, 2.0]; // along ∇J: another quantity
            sentence(&Forces {
                growth,
                ..forces(other)
            })
        };
        let decay = "Its weights shrink: decay against reconstruction.";
        assert_eq!(sentence([1.0, -3.0, 0.0]), decay);
        let growing = "Its weights grow: reconstruction against sparsity and decay.";
        assert_eq!(sentence([5.0, -1.0, -2.0]), growing);
        assert_eq!(
            sentence([0.0, 0.0, -2.0]),
            "Its weights shrink, by sparsity."
        );
        assert_eq!(
            sentence([0.0; 3]),
            "The length of its weights is in balance."
        );
    }

    #[test]
    fn signs_are_written() {
        assert_eq!([0.0123, -0.5, 0.0].map(signed), ["+0.0123", "−0.5000", "0"]);
        assert_eq!(signed(-2e-5), "−2.0e−5");
    }
}
