//! Messages over the foot of the page: they say what happened and stay until they are dismissed. Nothing moves for them.

use egui::{
    Align2, Area, Button, Color32, CornerRadius, Frame, Id, Margin, Order, Sense, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::status;
use super::theme::{self, BODY, GRID, RADIUS, Theme};
use super::widgets::GAP;
use super::{layout, toolbar, watch};
use crate::lab::Action;
use crate::lab::View;
use crate::lab::state::{Notice, Severity};

const BUTTON: Vec2 = vec2(72.0, 24.0);
/// Of the button that does something about it.
const OFFER: Vec2 = vec2(168.0, 24.0);
/// Of the column of messages, in points.
const WIDTH: f32 = 620.0;

#[derive(Debug, Default)]
pub struct Notices {
    /// Whether they stand at the head of the page: the pointer was at its foot when the first one came.
    at_head: bool,
    shown: bool,
}

impl Notices {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        if view.shared.notices.is_empty() {
            self.shown = false;
            return;
        }
        let window = ui.ctx().content_rect();
        if !std::mem::replace(&mut self.shown, true) {
            // a click that is under way is not to meet a message
            let pointer = ui.ctx().pointer_latest_pos();
            self.at_head = pointer.is_some_and(|pointer| pointer.y > window.center().y);
        }
        // before a class there is no bar above, and the keys stand below
        let (above, below) = match view.shared.presenting {
            Some(_) => (watch::HEIGHT, 7.0 * GRID),
            None => (toolbar::HEIGHT, status::HEIGHT),
        };
        let (anchor, offset) = if self.at_head {
            (Align2::CENTER_TOP, above + GAP)
        } else {
            (Align2::CENTER_BOTTOM, -(below + GAP))
        };
        // a lesson's step stays free
        let lesson = match (&view.shared.lesson, view.shared.presenting) {
            (Some(_), None) => layout::lesson_width(window.width() - 2.0 * GAP) + GAP,
            _ => 0.0,
        };
        let width = WIDTH.min(window.width() - lesson - 4.0 * GAP);
        Area::new(Id::unique("notices"))
            .order(Order::Middle)
            .anchor(anchor, vec2(lesson / 2.0, offset))
            .show(ui.ctx(), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = GRID;
                for (index, notice) in view.shared.notices.iter().enumerate().rev() {
                    message(ui, notice, index, actions);
                }
            });
    }
}

fn message(ui: &mut Ui, notice: &Notice, index: usize, actions: &mut Vec<Action>) {
    let words = notice.text.as_str();
    let theme = Theme::of(ui);
    let tone = match notice.severity {
        Severity::Note => theme.accent,
        Severity::Trouble => theme.dead,
    };
    let frame = Frame::new()
        .fill(over(theme.panel, tone, 0.16))
        .stroke(Stroke::new(1.0, tone))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(12, 6));
    frame.show(ui, |ui| {
        let width = ui.available_width();
        let font = theme::regular(BODY);
        let offered = notice.offer.map_or(0.0, |_| OFFER.x + GRID);
        let room = width - BUTTON.x - GRID - offered;
        let galley = ui
            .painter()
            .layout(words.to_owned(), font, theme.text_strong, room);
        let size = vec2(width, galley.size().y.max(BUTTON.y));
        let (row, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, words));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_live(egui::accesskit::Live::Polite); // a screen reader says what is new
        });
        let corner = pos2(row.left(), row.center().y - galley.size().y / 2.0);
        ui.painter().galley(corner, galley, theme.text_strong);
        let place = Align2::RIGHT_CENTER.align_size_within_rect(BUTTON, row);
        let beside = place.translate(vec2(-(BUTTON.x + OFFER.x) / 2.0 - GRID, 0.0));
        if let Some(command) = notice.offer {
            let place = Align2::CENTER_CENTER.align_size_within_rect(OFFER, beside.expand(OFFER.x));
            if ui.put(place, Button::new(command.text())).clicked() {
                actions.push(command.into());
            }
        }
        let button = Button::new("Dismiss").frame_when_inactive(false);
        if ui.put(place, button).clicked() {
            actions.push(Action::DismissNotice(index));
        }
    });
}

/// `part` of `above` on an opaque `below`.
fn over(below: Color32, above: Color32, part: f32) -> Color32 {
    below.lerp_to_gamma(above, part)
}
