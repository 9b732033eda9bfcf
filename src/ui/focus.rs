//! Where the keyboard's focus is: one ring for every control, whoever drew it, and what keys are then the control's own.

use egui::style::ScrollAnimation;
use egui::{Context, CornerRadius, FocusDirection, Id, Rect, Response, Stroke, StrokeKind, Ui};

use super::theme::{GRID, RADIUS, Theme};

/// Between a control and its ring, and the ring's width, in points.
const GAP: f32 = 1.0;
const WIDTH: f32 = 2.0;

/// What keys the control that has the focus uses itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uses {
    /// A tile, a plot.
    Arrows,
    /// A choice of an answer: Space takes it.
    Space,
    /// A slider: what a number is typed with is its own too.
    Number,
}

/// `response` has the focus and uses such keys, in this frame.
pub(super) fn uses(response: &Response, keys: Uses) {
    response
        .ctx
        .data_mut(|data| data.insert_temp(used(), (response.id, keys)));
}

fn used() -> Id {
    Id::unique("keys of what has the focus")
}

/// What keys what has the focus uses itself.
pub(super) fn used_keys(ctx: &Context) -> Option<Uses> {
    let focused = ctx.memory(|memory| memory.focused())?;
    let (id, keys): (Id, Uses) = ctx.data(|data| data.get_temp(used()))?;
    (id == focused).then_some(keys)
}

/// The arrows were a command: they don't move the focus besides.
pub(super) fn stay(ctx: &Context) {
    ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
}

/// What had the focus before a window came up over the panels, which gives it back.
#[derive(Debug, Default)]
pub(super) struct Before {
    covered: bool,
    focused: Option<Id>,
}

impl Before {
    /// To be called once a frame, before anything is drawn: `covered` says that a window is to stand over the panels.
    pub(super) fn follow(&mut self, ctx: &Context, covered: bool) {
        let was_covered = std::mem::replace(&mut self.covered, covered);
        if covered && !was_covered {
            self.focused = ctx.memory(|memory| memory.focused());
        }
        // in the frame in which the window goes, what was beneath it may not have the focus yet
        if covered || self.focused.is_none() {
        } else if was_covered {
            ctx.request_repaint();
        } else if let Some(id) = self.focused.take() {
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
    }
}

/// Brings what has just got the focus into view, where `ui` is what a list scrolls; to be called at its end.
pub(super) fn into_view(ui: &Ui) {
    let Some(focused) = ui.memory(|memory| memory.focused()) else {
        return;
    };
    let key = ui.scope_id().with("focus in view");
    if ui.data(|data| data.get_temp(key)) == Some(focused) {
        return;
    }
    ui.data_mut(|data| data.insert_temp(key, focused));
    let Some(response) = ui.ctx().read_response(focused) else {
        return;
    };
    let own = response.layer_id == ui.layer_id() && ui.min_rect().contains_rect(response.rect);
    if own && !ui.clip_rect().contains_rect(response.rect) {
        let rect = response.rect.expand(GRID);
        ui.scroll_to_rect_animation(rect, None, ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
}

/// Draws the ring; to be called once, after everything that can have the focus.
pub(super) fn ring(ctx: &Context) {
    let Some(response) = ctx
        .memory(|memory| memory.focused())
        .and_then(|id| ctx.read_response(id))
    else {
        return;
    };
    let shown = response.interact_rect;
    if !shown.is_positive() {
        return; // scrolled out of sight
    }
    let theme = Theme::named(ctx.global_style().visuals.dark_mode);
    // where it is cut off, by a list that scrolls, the ring stands inside what is seen of it
    let outside = |rect: Rect| rect.expand(GAP + WIDTH / 2.0);
    let rect = if shown.contains_rect(response.rect) {
        outside(shown)
    } else {
        shown.shrink(WIDTH / 2.0)
    };
    let rect = rect.intersect(ctx.content_rect().shrink(WIDTH / 2.0));
    ctx.layer_painter(response.layer_id).rect_stroke(
        rect,
        CornerRadius::same(RADIUS + 1),
        Stroke::new(WIDTH, theme.focus),
        StrokeKind::Middle,
    );
}
