//! Messages in a banner below the toolbar: they say what happened and stay until they are dismissed.

use egui::{Button, CornerRadius, Frame, Margin, RichText, Ui};

use super::theme::{GRID, RADIUS, Theme};
use crate::app::Action;
use crate::app::state::{Severity, ViewState};

#[derive(Debug, Default)]
pub struct Notices;

impl Notices {
    pub fn ui(&mut self, ui: &mut Ui, view: &ViewState, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        for (index, notice) in view.notices.iter().enumerate().rev() {
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
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                    let button = Button::new("Dismiss").frame_when_inactive(false);
                    if ui.add(button).clicked() {
                        actions.push(Action::DismissNotice(index));
                    }
                    ui.add_space(GRID);
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Min), |ui| {
                        let text = RichText::new(&notice.text).color(theme.text_strong);
                        ui.add(egui::Label::new(text).wrap());
                    });
                });
            });
        }
    }
}
