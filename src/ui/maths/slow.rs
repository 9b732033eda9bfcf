//! One step in slow motion: the part that is lit, and its numbers.

use egui::epaint::RectShape;
use egui::{Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::lab::View;
use crate::training::slow_step::Part;
use crate::ui::numbers;
use crate::ui::reconstructions::ReconstructionsPanel;
use crate::ui::theme::{self, BODY, GRID, TITLE, Theme};
use crate::ui::widgets::{self, muted};

/// Of the samples and their reconstructions, in points.
const SAMPLES: f32 = 64.0;

/// The part, its numbers and the samples that they are of, over the formulas.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, samples: &mut ReconstructionsPanel) {
    let Some(slow) = &view.shared.slow else {
        return;
    };
    let theme = Theme::of(ui);
    let (place, of) = (slow.part as usize + 1, Part::ALL.len());
    let title = format!("{place} of {of}.  {}", slow.part.title());
    widgets::heading_row(ui, &title, "", |_| {});
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        for number in slow.step.numbers(slow.part) {
            let text = format!("{} = {}", number.name, numbers::short(number.value));
            let words = widgets::galley(ui, &text, theme::bold(TITLE), theme.text_strong);
            let (rect, response) = ui.allocate_exact_size(words.size(), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            ui.painter().galley(rect.min, words, theme.text_strong);
        }
    });
    let about = format!(
        "Unit {}, on the {} samples that the lab shows beside their reconstructions; value {} of the first one, which is framed. After epoch {}, \
         without what the optimiser remembers. U: the next part; Esc: the end.",
        numbers::unit(slow.step.unit),
        slow.step.samples,
        slow.step.value + 1,
        numbers::thousands(slow.epoch)
    );
    ui.label(muted(ui, about).size(BODY));
    ui.add_space(GRID / 2.0);
    if let Some(first) = samples.strip(ui, view, SAMPLES) {
        let stroke = Stroke::new(2.0, theme.accent);
        let frame = first.expand(2.0);
        ui.painter()
            .rect_stroke(frame, 2.0, stroke, StrokeKind::Outside);
    }
    ui.add_space(GRID);
}

/// `content`, lit while it is its `part`'s turn.
pub(super) fn lit(ui: &mut Ui, view: &View<'_>, part: Part, content: impl FnOnce(&mut Ui)) {
    let on = view
        .shared
        .slow
        .as_ref()
        .is_some_and(|slow| slow.part == part);
    let place = ui.painter().add(Shape::Noop);
    let rect = ui.scope(content).response.rect;
    if on {
        let light = Theme::of(ui).selected;
        ui.painter()
            .set(place, RectShape::filled(rect.expand(2.0), 4.0, light));
        ui.scroll_to_rect(rect, None);
    }
}
