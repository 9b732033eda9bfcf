//! Where help opens, and when it keeps quiet: the one place that shows tooltips.
//!
//! While a value is being changed by hand, for a second after, and as long as the pointer rests there, none is shown:
//! whatever it stood on, the change would be seen there.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that may open tooltips"
)]

use std::time::Duration;

use egui::{Context, Id, Pos2, Rect, RectAlign, Response, Tooltip, Ui, WidgetText};

use super::theme::GRID;

/// So long after a change no help is shown, in seconds.
pub(super) const QUIET: f64 = 1.0;
/// As long as the pointer stays this near to where it changed something there is none either, in points.
const NEAR: f32 = 12.0;

/// What is at hand is being changed, in this frame.
pub(super) fn changing(ctx: &Context) {
    let now = ctx.input(|input| input.time);
    let at = ctx.pointer_latest_pos();
    ctx.data_mut(|data| {
        data.insert_temp(Id::unique("last change by hand"), now);
        data.insert_temp(Id::unique("where it was"), at);
    });
}

/// Whether the pointer still rests where it changed something: help would cover what is looked at then.
fn rests(ctx: &Context) -> bool {
    let key = Id::unique("where it was");
    let changed: Option<Pos2> = ctx.data(|data| data.get_temp(key)).flatten();
    let rests = match (changed, ctx.pointer_latest_pos()) {
        (Some(then), Some(now)) => then.distance(now) < NEAR,
        _ => false,
    };
    if !rests && changed.is_some() {
        ctx.data_mut(|data| data.insert_temp::<Option<Pos2>>(key, None));
    }
    rests
}

/// Before a class there is no help at all.
pub(super) fn silence(ctx: &Context, silent: bool) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("no help"), silent));
}

/// Whether something was changed a moment ago; the window is drawn again when that is over.
fn quiet(ctx: &Context) -> bool {
    if ctx
        .data(|data| data.get_temp(Id::unique("no help")))
        .unwrap_or(false)
    {
        return true;
    }
    let Some(last) = ctx.data(|data| data.get_temp::<f64>(Id::unique("last change by hand")))
    else {
        return false;
    };
    if rests(ctx) {
        return true;
    }
    let left = last + QUIET - ctx.input(|input| input.time);
    if left > 0.0 {
        ctx.request_repaint_after(Duration::from_secs_f64(left));
    }
    left > 0.0
}

/// Help on what the pointer is over.
pub(super) trait Help: Sized {
    /// In the toolkit's place: below, or where there is room.
    fn help(self, text: impl Into<WidgetText>) -> Self;
    fn help_ui(self, content: impl FnOnce(&mut Ui)) -> Self;
    /// Beside the pointer: for values of what it points at.
    fn help_at_pointer(self, text: impl Into<WidgetText>) -> Self;
    fn help_ui_at_pointer(self, content: impl FnOnce(&mut Ui)) -> Self;
    /// Why it can't be used now.
    fn why_not(self, text: impl Into<WidgetText>) -> Self;
}

impl Help for Response {
    fn help(self, text: impl Into<WidgetText>) -> Self {
        if quiet(&self.ctx) {
            self
        } else {
            self.on_hover_text(text)
        }
    }

    fn help_ui(self, content: impl FnOnce(&mut Ui)) -> Self {
        if quiet(&self.ctx) {
            self
        } else {
            self.on_hover_ui(content)
        }
    }

    fn help_at_pointer(self, text: impl Into<WidgetText>) -> Self {
        if quiet(&self.ctx) {
            self
        } else {
            self.on_hover_text_at_pointer(text)
        }
    }

    fn help_ui_at_pointer(self, content: impl FnOnce(&mut Ui)) -> Self {
        if quiet(&self.ctx) {
            self
        } else {
            self.on_hover_ui_at_pointer(content)
        }
    }

    fn why_not(self, text: impl Into<WidgetText>) -> Self {
        if quiet(&self.ctx) {
            self
        } else {
            self.on_disabled_hover_text(text)
        }
    }
}

/// Which side of what it explains help is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// For an entry of a list: below, it would hide the next.
    Right,
    /// For the sliders and rows of the left column: below or above, no wider than they are, so that the tiles that a slider
    /// changes stay in sight.
    Under,
}

/// Shows `text` at the `side` of what the pointer is over.
pub(super) fn beside(response: &Response, side: Side, text: &str) {
    at(response, response.rect, side, text);
}

/// Shows `text` at the `side` of `whole`, a part of which the pointer is over.
pub(super) fn at(response: &Response, whole: Rect, side: Side, text: &str) {
    if quiet(&response.ctx) {
        return;
    }
    let mut tooltip = Tooltip::for_enabled(response);
    tooltip.popup = tooltip.popup.anchor(whole);
    tooltip.popup = match side {
        Side::Right => tooltip.popup.align(RectAlign::RIGHT_START).gap(1.5 * GRID),
        Side::Under => tooltip
            .popup
            .align(RectAlign::BOTTOM_START)
            .align_alternatives(&[RectAlign::BOTTOM_START, RectAlign::TOP_START])
            .gap(GRID / 2.0),
    };
    let margin = response.ctx.global_style().spacing.menu_margin.sum().x;
    tooltip.show(|ui| {
        if side == Side::Under {
            ui.set_max_width(whole.width() - margin);
        }
        ui.label(text);
    });
}
