//! Messages in a banner below the toolbar: they say what happened and stay until they are dismissed.

use egui::{Align2, Button, CornerRadius, Frame, Margin, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::theme::{self, BODY, GRID, RADIUS, Theme};
use crate::lab::Action;
use crate::lab::View;
use crate::lab::state::Severity;

const BUTTON: Vec2 = vec2(72.0, 24.0);

#[derive(Debug, Default)]
pub struct Notices;

impl Notices {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        for (index, notice) in view.shared.notices.iter().enumerate().rev() {
            let tone = match notice.severity {
                Severity::Note => theme.accent,
                Severity::Trouble => theme.dead,
            };
            let frame = Frame::new()
                .fill(tone.gamma_multiply(0.16))
                .stroke(egui::Stroke::new(1.0, tone.gamma_multiply(0.7)))
                .corner_radius(CornerRadius::same(RADIUS))
                .inner_margin(Margin::symmetric(12, 6))
                .outer_margin(Margin {
                    left: 12,
                    right: 12,
                    top: 8,
                    bottom: 0,
                });
            frame.show(ui, |ui| {
                let width = ui.available_width();
                let font = theme::regular(BODY);
                let words = notice.text.clone();
                let galley =
                    ui.painter()
                        .layout(words, font, theme.text_strong, width - BUTTON.x - GRID);
                let (row, response) = ui.allocate_exact_size(
                    vec2(width, galley.size().y.max(BUTTON.y)),
                    Sense::hover(),
                );
                response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &notice.text));
                let corner = pos2(row.left(), row.center().y - galley.size().y / 2.0);
                ui.painter().galley(corner, galley, theme.text_strong);
                let place = Align2::RIGHT_CENTER.align_size_within_rect(BUTTON, row);
                if ui
                    .put(place, Button::new("Dismiss").frame_when_inactive(false))
                    .clicked()
                {
                    actions.push(Action::DismissNotice(index));
                }
            });
        }
    }
}
