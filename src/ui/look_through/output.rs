//! What the decoder makes of the activations: the network's own, and those that were set by hand.

use egui::{Rect, RichText, Role, Sense, Ui, WidgetInfo};

use super::atlas::{BY_HAND, NETWORK, Pictures, centred, picture_size};
use crate::lab::View;
use crate::lab::look::Through;
use crate::training::Snapshot;
use crate::ui::help::Help as _;
use crate::ui::named;
use crate::ui::numbers;
use crate::ui::theme::{BODY, GRID, Theme};
use crate::ui::widgets::{self, muted};

pub(super) fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    snapshot: &Snapshot,
    through: &Through,
    pictures: &Pictures,
) {
    let theme = Theme::of(ui);
    widgets::title(ui, "Reconstruction");
    ui.spacing_mut().item_spacing.y = GRID / 2.0;
    // both pictures and their words share the height
    let height = (ui.available_height() / 2.0 - 64.0).max(72.0);
    let size = picture_size(ui, snapshot, ui.available_width(), height);
    let values = through.reconstruction.as_slice().unwrap_or_default();
    let name = "The network's reconstruction x̂";
    picture(ui, (snapshot, values), name, size, |ui, rect| {
        pictures.paint(ui, rect, NETWORK, values, snapshot);
    });
    loss(ui, "½‖x̂ − x‖²", through.network.loss, theme.text_strong);
    let mean = numbers::cost(snapshot.cost.reconstruction_loss);
    ui.label(muted(ui, format!("mean over the data {mean}")));
    ui.add_space(1.5 * GRID);
    match &through.by_hand {
        Some(hand) => {
            let values = hand.reconstruction.as_slice().unwrap_or_default();
            let name = "What the decoder makes of the activations set by hand";
            picture(ui, (snapshot, values), name, size, |ui, rect| {
                pictures.paint(ui, rect, BY_HAND, values, snapshot);
                let edge = egui::Stroke::new(1.5, theme.accent);
                ui.painter()
                    .rect_stroke(rect, 0.0, edge, egui::StrokeKind::Outside);
            });
            loss(ui, "by hand ½‖x̂ − x‖²", hand.loss, theme.accent);
            let count = view.run.look.hand.len();
            let plural = if count == 1 { "" } else { "s" };
            let text = format!("with {count} activation{plural} set by hand");
            ui.label(muted(ui, text));
        }
        None => {
            let text = "Drag a unit's bar to set its activation by hand: what the decoder makes of it then appears \
                here, beside the network's own.";
            ui.label(muted(ui, text));
        }
    }
}

fn picture(
    ui: &mut Ui,
    (snapshot, values): (&Snapshot, &[f32]),
    name: &str,
    size: egui::Vec2,
    paint: impl FnOnce(&Ui, Rect),
) {
    let (rect, response) = centred(ui, size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    paint(ui, rect);
    if let (true, Some(at)) = (snapshot.data.shape.is_vector(), response.hover_pos()) {
        let place = named::in_bars(rect, at, values.len());
        if let Some(value) = values.get(place) {
            let fitted = &snapshot.data.fitted;
            response.help_at_pointer(named::value(fitted, place, (*value).into()));
        }
    }
}

fn loss(ui: &mut Ui, name: &str, value: f64, colour: egui::Color32) {
    let text = format!("{name} = {}", numbers::cost(value));
    ui.label(RichText::new(text).size(BODY).color(colour));
}
