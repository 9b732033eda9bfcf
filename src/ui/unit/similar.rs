//! What the output loses without the unit, and which units are most like it.

use egui::{Align2, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::picker::Picker;
use super::shown::{Shown, waiting};
use crate::lab::Action;
use crate::model::inspection::Ablation;
use crate::ui::help::Help as _;
use crate::ui::numbers;
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};
use crate::ui::{features, named, pictures};

/// Room for the cosine below a tile.
const FOOT: f32 = 15.0;
/// An increase below this is nothing: the unit is as good as dead.
const NOTHING: f64 = 1e-4;

pub(super) fn ui(ui: &mut Ui, picker: &Picker, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let Some(inspected) = shown.inspected else {
        widgets::title(ui, "Without it");
        return waiting(ui, shown);
    };
    let ablation = &inspected.unit.ablation;
    widgets::title_row(ui, "Without it", "", |ui| {
        let tone = if ablation.fvu_increase() < NOTHING {
            theme.dead
        } else {
            theme.text
        };
        ui.label(RichText::new(words(ablation)).size(SMALL + 1.0).color(tone))
            .help(format!(
                "The fraction of variance unexplained, with the unit and with its activation replaced by its mean, over {}",
                ablation.sample
            ));
    });
    let area = ui.available_rect_before_wrap();
    let label = "most like it";
    let (font, tone) = (theme::regular(SMALL), theme.text_muted);
    let (rows, columns) = pictures::size(shown.snapshot.data.shape);
    let height = (area.height() - FOOT).clamp(12.0, 64.0);
    let width = (height * columns as f32 / rows as f32).min(96.0);
    let text = widgets::text(
        ui,
        area.left_top() + vec2(0.0, height / 2.0),
        Align2::LEFT_CENTER,
        label,
        font.clone(),
        tone,
    );
    let mut left = text.right() + 1.5 * GRID;
    let step = width.max(34.0) + GRID;
    for similar in &inspected.unit.similar {
        let Some(statistics) = shown.snapshot.units.get(similar.unit) else {
            continue;
        };
        if left + width > area.right() {
            break;
        }
        let corner = egui::pos2(left, area.top());
        let rect = egui::Rect::from_min_size(corner, vec2(width, height));
        left += step;
        ui.painter()
            .add(picker.mesh([(similar.unit, rect, features::tint(statistics))]));
        let at = rect.center_bottom() + vec2(0.0, 2.0);
        let cosine = format!("{:+.2}", similar.cosine);
        widgets::text(ui, at, Align2::CENTER_TOP, &cosine, font.clone(), tone);
        let id = ui.scope_id().with(("similar", similar.unit));
        let response = ui.interact(rect, id, Sense::click());
        let name = format!(
            "Like it: unit {}, cos {cosine}",
            numbers::unit(similar.unit)
        );
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
        let edge = if response.hovered() || response.has_focus() {
            theme.text_strong
        } else {
            theme.line
        };
        let stroke = Stroke::new(1.0, edge);
        ui.painter()
            .rect_stroke(rect, 1.0, stroke, StrokeKind::Outside);
        if response.clicked() {
            actions.push(Action::Inspect(similar.unit));
        }
        let over = response.hover_pos();
        response.help_ui(|ui| {
            ui.label(muted(
                ui,
                format!("cos {cosine} of the two features; click to inspect it"),
            ));
            features::unit_card(ui, similar.unit, statistics);
            let weight = |at| named::weight(shown.snapshot, similar.unit, (rect, at));
            named::line(ui, over.and_then(weight));
        });
    }
}

/// "FVU 0.430 → 0.470", in as many digits as it takes to tell them apart.
pub(super) fn words(ablation: &Ablation) -> String {
    let increase = ablation.fvu_increase();
    if !increase.is_finite() {
        return "the data don't vary".into();
    }
    if increase.abs() < NOTHING {
        return format!("FVU {:.3}: nothing changes", ablation.fvu);
    }
    let digits = if increase.abs() < 2e-3 { 4 } else { 3 };
    let (with, without) = (ablation.fvu, ablation.fvu_without);
    format!("FVU {with:.digits$} → {without:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EvenSample;

    #[test]
    fn what_is_lost_is_told_apart() {
        let of = |fvu_without| {
            words(&Ablation {
                sample: EvenSample::of(10, 10),
                loss: 1.0,
                loss_without: 1.0,
                fvu: 0.43,
                fvu_without,
            })
        };
        assert_eq!(of(0.47), "FVU 0.430 → 0.470");
        assert_eq!(of(0.4311), "FVU 0.4300 → 0.4311");
        assert_eq!(of(0.43005), "FVU 0.430: nothing changes");
        assert_eq!(of(0.41), "FVU 0.430 → 0.410");
        assert_eq!(of(f64::NAN), "the data don't vary");
    }
}
