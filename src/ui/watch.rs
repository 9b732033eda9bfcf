//! One line over every page that says what to look at.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::{self, BODY, GRID, Theme};
use super::widgets::GAP;
use crate::lab::View;

/// Between the bar and the line, and below the line.
const ABOVE: f32 = 1.0;
const BELOW: f32 = 4.0;
/// Of one row, with what is free above and below it.
pub const HEIGHT: f32 = 21.0;

/// Draws the line at the top of `whole`, in more than one row where the window is narrow; returns the area that is left
/// for the page.
pub fn ui(ui: &mut Ui, whole: Rect, view: &View<'_>) -> Rect {
    let theme = Theme::of(ui);
    let text = view.watch();
    let width = whole.width() - 2.0 * GAP - 2.0 * GRID;
    let font = theme::regular(BODY);
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, theme.text, width);
    let at = pos2(whole.left() + GAP + 2.0 * GRID, whole.top() + ABOVE);
    let line = Rect::from_min_size(at, galley.size());
    let response = ui.interact(line, ui.scope_id().with("watch"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let mark = Rect::from_min_max(
        pos2(whole.left() + GAP + 4.0, line.top() + 2.0),
        pos2(whole.left() + GAP + 7.0, line.bottom() - 2.0),
    );
    ui.painter().rect_filled(mark, 1.5, theme.accent);
    ui.painter().galley(line.min, galley, theme.text);
    let page = whole.with_min_y(line.bottom() + BELOW);
    Rect::from_min_max(page.min + vec2(GAP, 0.0), page.max - vec2(GAP, GAP))
}
