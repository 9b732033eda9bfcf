//! A place of the page: the panel in it, or the tabs of those that share it; its title makes it fill the window.

use egui::{
    Align, Button, CornerRadius, Layout, PointerButton, Rect, RichText, Role, Sense, Ui, UiBuilder,
    UiKind, UiStackInfo, Vec2, WidgetInfo, vec2,
};

use super::help::Help as _;
use super::keymap;
use super::layout::Slot;
use super::theme::{self, BODY, GRID, RADIUS, Theme};
use super::widgets;
use super::widgets::{PADDING, TAB_ROW, TITLE_ROW};
use crate::lab::{Action, Panel, UserCommand, View};

/// Draws `slot` with what `content` makes of the panel in front.
pub(super) fn show(
    ui: &mut Ui,
    slot: &Slot,
    view: &View<'_>,
    actions: &mut Vec<Action>,
    content: impl FnOnce(&mut Ui, Panel, &mut Vec<Action>),
) {
    let Some(front) = view.shared.front(&slot.panels) else {
        return;
    };
    let filled = view.shared.filled.is_some();
    ui.painter().rect_filled(
        slot.rect,
        CornerRadius::same(RADIUS + 2),
        Theme::of(ui).panel,
    );
    let mut inner = slot.rect.shrink2(PADDING);
    // before what stands on it, which takes its own clicks
    title(ui, slot, front, filled, actions);
    let titled = filled || slot.panels.len() > 1;
    if titled {
        let row = inner.with_max_y(inner.top() + TAB_ROW - GRID / 2.0);
        if filled {
            back(ui, row, front, actions);
        } else {
            row_of_tabs(ui, row, slot, front, actions);
        }
        inner.min.y += TAB_ROW;
    }
    let mut builder = UiBuilder::new()
        .id_salt(front)
        .max_rect(inner)
        .layout(Layout::top_down(Align::Min));
    if titled {
        builder = builder.ui_stack_info(UiStackInfo::new(UiKind::Frame).with_tag(widgets::TITLED));
    }
    let mut child = ui.new_child(builder);
    child.set_clip_rect(slot.rect.intersect(ui.clip_rect()));
    content(&mut child, front, actions);
}

/// The strip of the title: a double-click, or Enter on it, makes the panel fill the window, or go back.
fn title(ui: &mut Ui, slot: &Slot, front: Panel, filled: bool, actions: &mut Vec<Action>) {
    let height = PADDING.y + TITLE_ROW - GRID / 2.0;
    let strip = slot
        .rect
        .with_max_y((slot.rect.top() + height).min(slot.rect.bottom()));
    let response = ui.interact(strip, ui.scope_id().with(("title", front)), Sense::click());
    let name = if filled {
        "goes back"
    } else {
        "fills the window"
    };
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("{} {name}", front.title()))
    });
    let by_key = response.clicked() && !response.clicked_by(PointerButton::Primary);
    if response.double_clicked() || by_key {
        actions.push(UserCommand::Fill(front).into());
    }
}

/// Over the panel that fills the window: its name, and the way back.
fn back(ui: &mut Ui, row: Rect, front: Panel, actions: &mut Vec<Action>) {
    let builder = UiBuilder::new()
        .id_salt("back")
        .max_rect(row)
        .layout(Layout::left_to_right(Align::Center));
    let mut row = ui.new_child(builder);
    let title = RichText::new(front.title())
        .heading()
        .color(Theme::of(&row).text_strong);
    row.add(egui::Label::new(title).truncate());
    row.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let keys = keymap::keys(ui.ctx(), UserCommand::Dismiss).unwrap_or_default();
        let button = Button::new(RichText::new(format!("Back  ({keys})")).size(BODY));
        let response = ui.add(button.min_size(vec2(0.0, 24.0)));
        if response.accessible_name("Back to its place").clicked() {
            actions.push(UserCommand::Fill(front).into());
        }
    });
}

fn row_of_tabs(ui: &mut Ui, row: Rect, slot: &Slot, front: Panel, actions: &mut Vec<Action>) {
    let builder = UiBuilder::new()
        .id_salt("tabs")
        .max_rect(row)
        .layout(Layout::left_to_right(Align::Center));
    let mut row = ui.new_child(builder);
    let ui = &mut row;
    let (names, padding) = names(ui, &slot.panels);
    ui.spacing_mut().item_spacing.x = BETWEEN;
    ui.spacing_mut().button_padding = vec2(padding, 2.0);
    for (panel, name) in slot.panels.iter().zip(names) {
        let text = RichText::new(name).size(BODY);
        let button =
            Button::selectable(*panel == front, text).min_size(Vec2::splat(widgets::TARGET));
        let response = ui.add(button).help(panel.about());
        if response.accessible_name(panel.tab()).clicked() {
            actions.push(Action::Bring(*panel));
        }
    }
}

/// Between two tabs, and beside their names, wide and where room is short.
const BETWEEN: f32 = 2.0;
const BESIDE: [f32; 2] = [0.75 * GRID, 0.375 * GRID];

/// The tabs' names, and the room beside each: as long and as wide as fits in a row.
fn names(ui: &Ui, panels: &[Panel]) -> (Vec<&'static str>, f32) {
    let colour = Theme::of(ui).text;
    let width = |name: &&str| {
        widgets::galley(ui, *name, theme::regular(BODY), colour)
            .size()
            .x
    };
    let named: [fn(Panel) -> &'static str; 2] = [Panel::tab, Panel::brief];
    for (name, beside) in [
        (named[0], BESIDE[0]),
        (named[0], BESIDE[1]),
        (named[1], BESIDE[0]),
    ] {
        let names: Vec<&str> = panels.iter().map(|panel| name(*panel)).collect();
        let needed: f32 = names
            .iter()
            .map(|name| width(name) + 2.0 * beside + BETWEEN)
            .sum();
        if needed <= ui.available_width() {
            return (names, beside);
        }
    }
    (
        panels.iter().map(|panel| panel.brief()).collect(),
        BESIDE[1],
    )
}
