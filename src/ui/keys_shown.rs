//! The keys that a presenter presses, for the class to see.

use std::time::Duration;

use egui::{
    Align2, Event, Key, KeyboardShortcut, LayerId, Order, Role, Sense, Ui, UiBuilder, WidgetInfo,
    vec2,
};

use super::keymap;
use super::theme::{self, GRID, Theme};
use super::widgets;
use crate::lab::Page;

/// So long they are seen, in seconds.
const SEEN: f64 = 2.5;
/// As long what is said at the beginning.
const GREETING: f64 = 5.0;

#[derive(Debug, Default)]
pub struct KeysShown {
    /// What is shown, and until when.
    shown: Option<(String, f64)>,
}

impl KeysShown {
    /// Takes what is pressed in this frame, before anybody consumes it.
    pub fn listen(&mut self, ctx: &egui::Context, page: Page) {
        let now = ctx.input(|input| input.time);
        let pressed = ctx.input(|input| {
            let mut events = input.events.iter().rev();
            events.find_map(|event| match event {
                Event::Key {
                    key,
                    pressed: true,
                    repeat: false,
                    modifiers,
                    ..
                } => Some(KeyboardShortcut::new(*modifiers, *key)),
                _ => None,
            })
        });
        let Some(shortcut) = pressed else {
            return;
        };
        let mut keys = ctx.format_shortcut(&shortcut);
        if shortcut.logical_key == Key::Space {
            keys = "Space".to_owned();
        }
        let text = match keymap::meant(&shortcut, page) {
            Some(command) => format!("{keys}   {}", command.text()),
            None => keys,
        };
        self.shown = Some((text, now + SEEN));
    }

    /// Says how to go on, as the class is first shown anything.
    pub fn greet(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|input| input.time);
        let text = "Presenter mode: F11 ends it, Ctrl+P has every command".to_owned();
        self.shown = Some((text, now + GREETING));
    }

    pub fn ui(&mut self, ui: &mut Ui) {
        let Some((text, until)) = &self.shown else {
            return;
        };
        let left = until - ui.input(|input| input.time);
        if left <= 0.0 {
            self.shown = None;
            return;
        }
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64(left));
        let theme = Theme::of(ui);
        let window = ui.ctx().content_rect();
        let words = widgets::galley(ui, text, theme::bold(theme::TITLE), theme.text_strong);
        let size = words.size() + vec2(4.0 * GRID, 2.0 * GRID);
        let plate = Align2::CENTER_BOTTOM.align_size_within_rect(size, window.shrink(2.0 * GRID));
        let layer = LayerId::new(Order::Tooltip, egui::Id::unique("keys shown"));
        let ui = ui.new_child(UiBuilder::new().max_rect(plate).layer_id(layer));
        let response = ui.interact(plate, ui.scope_id().with("keys"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        let edge = egui::Stroke::new(1.0, theme.accent);
        let painter = ui.painter();
        painter.rect(plate, 6.0, theme.panel, edge, egui::StrokeKind::Inside);
        let at = Align2::CENTER_CENTER.align_size_within_rect(words.size(), plate);
        painter.galley(at.min, words, theme.text_strong);
    }
}
