//! The few shapes that all panels are made of.

use egui::epaint::ClippedShape;
use egui::layers::ShapeIdx;
use egui::{
    Align, Align2, Color32, CornerRadius, FontId, Galley, Layout, Pos2, Rangef, Rect, Response,
    RichText, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};
use std::sync::Arc;

use super::focus;
use super::help::Help as _;
use super::keymap;
use super::theme::{self, BODY, GRID, SMALL, Theme};
use crate::lab::UserCommand;

/// Between panels, and around them.
pub const GAP: f32 = 1.25 * GRID;
/// Inner margin of a panel.
pub const PADDING: Vec2 = vec2(2.0 * GRID, 1.5 * GRID);
/// What is clicked is no smaller than this, in points, either way.
pub const TARGET: f32 = 24.0;
/// Height of a panel's title row, the gap below it included.
pub const TITLE_ROW: f32 = 28.0;

/// Height of a row of tabs, the gap below it included.
pub const TAB_ROW: f32 = 30.0;
/// On the `Ui` of a panel whose title stands elsewhere: on its tab, or in the row above it where it fills the window.
pub const TITLED: &str = "titled";

/// What is left of a panel, which scrolls where `content` is higher.
pub fn scroll(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let rect = ui.available_rect_before_wrap();
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
    let area = ScrollArea::vertical().auto_shrink(false);
    whole_lines(&mut child, |ui| {
        let output = area.show(ui, |ui| {
            ui.set_width(rect.width());
            content(ui);
            focus::into_view(ui);
        });
        output.inner_rect
    });
}

/// Draws `scrolled`, which returns the rectangle that its content scrolls in: where a line of text would be cut at its
/// edge, the edge gives way, for all that stands there. So what belongs together is shown or hidden together.
pub fn whole_lines(ui: &mut Ui, scrolled: impl FnOnce(&mut Ui) -> Rect) {
    let layer = ui.layer_id();
    let next = || {
        ui.ctx()
            .graphics_mut(|graphics| graphics.entry(layer).next_idx().0)
    };
    let first = next();
    let view = scrolled(ui);
    ui.ctx().graphics_mut(|graphics| {
        let list = graphics.entry(layer);
        let shapes = first..list.next_idx().0;
        let mut whole = Vec::new();
        for index in shapes.clone() {
            list.mutate_shape(ShapeIdx(index), |clipped| {
                if is_within(clipped.clip_rect, view) {
                    kept_whole(&clipped.shape, &mut whole);
                }
            });
        }
        let edges = giving_way(view.y_range(), &whole);
        for index in shapes {
            list.mutate_shape(ShapeIdx(index), |clipped| give_way(clipped, view, edges));
        }
    });
}

/// Whether `clip` is that of something that scrolls in `view`: not that of the bar beside it.
fn is_within(clip: Rect, view: Rect) -> bool {
    view.expand2(vec2(f32::INFINITY, 0.5)).contains_rect(clip)
}

/// No higher than this, in points, is a button or a field, which goes with its text.
const ONE_LINE: f32 = 40.0;

/// From where to where a line of text goes, or the frame around one.
fn kept_whole(shape: &Shape, whole: &mut Vec<Rangef>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| kept_whole(shape, whole)),
        Shape::Text(text) => {
            let rows = text.galley.rows.iter().filter_map(|placed| {
                let ink = placed.row.visuals.mesh_bounds;
                let y = text.pos.y + placed.pos.y;
                let down = Rangef::new(ink.top() + y, ink.bottom() + y);
                ink.is_positive().then_some(down)
            });
            whole.extend(rows);
        }
        // a frame without a ground is that of a picture, which may be cut
        Shape::Rect(frame)
            if frame.fill != Color32::TRANSPARENT
                && (TARGET - 4.0..=ONE_LINE).contains(&frame.rect.height()) =>
        {
            whole.push(frame.rect.y_range());
        }
        _ => {}
    }
}

/// The part of `view` whose ends go through nothing of `whole`, or all of it where that would leave less than half.
fn giving_way(view: Rangef, whole: &[Rangef]) -> Rangef {
    let mut left = view;
    loop {
        let before = left;
        for line in whole {
            if line.min < left.max && line.max > left.max {
                left.max = line.min;
            }
            if line.min < left.min && line.max > left.min {
                left.min = line.max;
            }
        }
        if left.span() < view.span() / 2.0 {
            return view;
        }
        if left == before {
            return left;
        }
    }
}

fn give_way(clipped: &mut ClippedShape, view: Rect, edges: Rangef) {
    let clip = &mut clipped.clip_rect;
    if is_within(*clip, view) {
        clip.min.y = clip.min.y.max(edges.min);
        clip.max.y = clip.max.y.min(edges.max);
    }
}

/// Whether the panel's title stands elsewhere, on its tab.
fn is_titled(ui: &Ui) -> bool {
    ui.stack().iter().any(|info| info.tags().contains(TITLED))
}

/// A panel's title where nothing stands beside it; nothing where its tab says it.
pub fn title(ui: &mut Ui, title: &str) {
    if !is_titled(ui) {
        title_row(ui, title, "", |_| {});
    }
}

/// A panel's title row: bold title, unless its tab says it, quiet words beside it, and `right` at the right end.
pub fn title_row(ui: &mut Ui, title: &str, quiet: &str, right: impl FnOnce(&mut Ui)) {
    title_row_of(ui, title, &[quiet], right);
}

/// The same with the first of `quiet` that there is room for: they say the same at less and less length.
/// Returns the response of the words that stand there.
pub fn title_row_of(
    ui: &mut Ui,
    title: &str,
    quiet: &[&str],
    right: impl FnOnce(&mut Ui),
) -> Option<Response> {
    let title = if is_titled(ui) { "" } else { title };
    row_of(ui, title, quiet, right)
}

/// The same for a part of a panel, whose title always stands there.
pub fn heading_row(ui: &mut Ui, title: &str, quiet: &str, right: impl FnOnce(&mut Ui)) {
    row_of(ui, title, &[quiet], right);
}

/// Whether quiet `words` have room in what is left of a row.
pub fn fits(ui: &Ui, words: &str) -> bool {
    width(ui, words) <= ui.available_width()
}

/// Of quiet `words` in one line, in points.
pub fn width(ui: &Ui, words: &str) -> f32 {
    let tone = Theme::of(ui).text_muted;
    galley(ui, words, theme::regular(SMALL), tone).size().x
}

fn row_of(
    ui: &mut Ui,
    title: &str,
    quiet: &[&str],
    right: impl FnOnce(&mut Ui),
) -> Option<Response> {
    let (rect, _) = ui.allocate_exact_size(
        vec2(
            ui.available_width(),
            TITLE_ROW - ui.spacing().item_spacing.y,
        ),
        Sense::hover(),
    );
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(Layout::left_to_right(Align::Center));
    let mut row = ui.new_child(builder);
    row.spacing_mut().item_spacing.x = 1.5 * GRID;
    if !title.is_empty() {
        let title = RichText::new(title)
            .heading()
            .color(Theme::of(ui).text_strong);
        row.label(title);
    }
    row.with_layout(Layout::right_to_left(Align::Center), |ui| {
        right(ui);
        let words = quiet.iter().find(|words| fits(ui, words));
        let words = words.filter(|words| !words.is_empty())?;
        let label = |ui: &mut Ui| ui.label(muted(ui, *words));
        Some(
            ui.with_layout(Layout::left_to_right(Align::Center), label)
                .inner,
        )
    })
    .inner
}

/// `content` at the right end of the row, laid out from left to right: so Tab goes through it in the order of reading.
/// Its width is known from the pass before; where it changed, the pass is done once more.
pub fn at_right<R>(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.scope_id().with(id);
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    let room = ui.available_rect_before_wrap();
    let left = (room.right() - known.unwrap_or(0.0)).max(room.left());
    let builder = UiBuilder::new()
        .id_salt(id)
        .max_rect(room.with_min_x(left))
        .layout(Layout::left_to_right(Align::Center));
    let mut row = ui.new_child(builder);
    let result = content(&mut row);
    let used = row.min_rect();
    ui.advance_cursor_after_rect(used);
    if known.is_none_or(|known| (known - used.width()).abs() > 0.1) {
        ui.data_mut(|data| data.insert_temp(id, used.width()));
        ui.ctx()
            .request_discard("the right end of a row is laid out by its width");
    }
    result
}

/// The corner of a picture that tells its class, `size` points long, on a margin of the panel's colour: so it is seen on
/// every picture.
pub fn class_corner(ui: &Ui, picture: Rect, class: u8, size: f32) -> [Shape; 2] {
    let theme = Theme::of(ui);
    let corner = picture.left_top();
    let triangle = |size: f32, colour: Color32| {
        let points = vec![corner, corner + vec2(size, 0.0), corner + vec2(0.0, size)];
        Shape::convex_polygon(points, colour, Stroke::NONE)
    };
    [
        triangle(size + MARGIN, theme.panel),
        triangle(size, theme.class(class)),
    ]
}

/// Of a class's corner, along the edge, in points.
const MARGIN: f32 = 3.0;

/// In `ui`, what is ticked has an edge that can be seen before it is.
pub fn edged(ui: &mut Ui) {
    let edge = Stroke::new(1.0, Theme::of(ui).rail);
    let states = &mut ui.visuals_mut().widgets;
    for state in [
        &mut states.inactive,
        &mut states.hovered,
        &mut states.active,
    ] {
        state.bg_stroke = edge;
    }
}

/// A hairline with room around it.
pub fn rule(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), GRID + 1.0), Sense::hover());
    ui.painter().hline(
        rect.x_range(),
        rect.center().y,
        Stroke::new(1.0, Theme::of(ui).line),
    );
}

/// Quiet small text.
pub fn muted(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text)
        .size(SMALL)
        .color(Theme::of(ui).text_muted)
}

/// One line of `text`, cut with … where `room` ends.
pub fn elided(ui: &Ui, text: &str, font: FontId, colour: Color32, room: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    ui.painter().layout_job(job)
}

/// Lays out one line.
pub fn galley(ui: &Ui, text: impl Into<String>, font: FontId, colour: Color32) -> Arc<Galley> {
    ui.painter().layout_no_wrap(text.into(), font, colour)
}

/// Draws one line; `anchor` says which point of it is at `position`.
pub fn text(
    ui: &Ui,
    position: Pos2,
    anchor: Align2,
    text: impl Into<String>,
    font: FontId,
    colour: Color32,
) -> Rect {
    let galley = galley(ui, text, font, colour);
    let rect = anchor.anchor_size(position, galley.size());
    ui.painter().galley(rect.min, galley, colour);
    rect
}

/// A toolbar button for `command`, with its tooltip and shortcut.
pub fn command_button(ui: &mut Ui, command: UserCommand, text: &str, width: f32) -> Response {
    let button = egui::Button::new(RichText::new(text).size(BODY)).min_size(vec2(width, 28.0));
    ui.add(button).help(keymap::hover_text(ui.ctx(), command))
}

/// One entry of a legend that nothing can be hidden by: a stroke in `colour` and `label`.
pub fn legend(ui: &mut Ui, label: &str, colour: Color32) -> Response {
    plain_entry(ui, label, (colour, 1))
}

/// The same for a dashed line.
pub fn dashed_legend(ui: &mut Ui, label: &str, colour: Color32) -> Response {
    plain_entry(ui, label, (colour, 3))
}

fn plain_entry(ui: &mut Ui, label: &str, (colour, dashes): (Color32, usize)) -> Response {
    let galley = galley(ui, label, theme::regular(SMALL), Theme::of(ui).text_muted);
    let (rect, response) =
        ui.allocate_exact_size(vec2(14.0 + 5.0 + galley.size().x, TARGET), Sense::hover());
    let label = label.to_owned();
    response.widget_info(move || WidgetInfo::labeled(egui::Role::Label, true, &label));
    let bar = Rect::from_center_size(pos2(rect.left() + 7.0, rect.center().y), vec2(14.0, 3.0));
    stroke_of_dashes(ui, bar, (colour, dashes));
    let at = pos2(rect.left() + 19.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, colour);
    response
}

/// One entry of a legend: a stroke in `colour`, hollow unless `on`, and `label`. Clickable; assistive technology calls it
/// by `name`.
pub fn legend_entry(ui: &mut Ui, name: &str, label: &str, colour: Color32, on: bool) -> Response {
    entry(ui, (name, label), (colour, 1), on)
}

/// The same for a dashed line.
pub fn dashed_entry(ui: &mut Ui, name: &str, label: &str, colour: Color32, on: bool) -> Response {
    entry(ui, (name, label), (colour, 3), on)
}

/// The width of an entry called `label`, in points.
pub fn entry_width(ui: &Ui, label: &str) -> f32 {
    (14.0 + 5.0 + width(ui, label)).max(TARGET)
}

/// `bar` in so many dashes.
fn stroke_of_dashes(ui: &Ui, bar: Rect, (colour, dashes): (Color32, usize)) {
    let step = bar.width() / (2 * dashes - 1) as f32;
    for dash in 0..dashes {
        let left = bar.left() + 2.0 * dash as f32 * step;
        let dash = bar.with_min_x(left).with_max_x(left + step);
        ui.painter()
            .rect_filled(dash, CornerRadius::same(1), colour);
    }
}

fn entry(
    ui: &mut Ui,
    (name, label): (&str, &str),
    (colour, dashes): (Color32, usize),
    on: bool,
) -> Response {
    let theme = Theme::of(ui);
    let tone = theme.text_muted;
    let galley = galley(ui, label, theme::regular(SMALL), tone);
    let (rect, response) = ui.allocate_exact_size(
        vec2((14.0 + 5.0 + galley.size().x).max(TARGET), TARGET),
        Sense::click(),
    );
    response
        .widget_info(|| WidgetInfo::selected(egui::Role::Button, true, on, format!("Show {name}")));
    let bar = Rect::from_center_size(pos2(rect.left() + 7.0, rect.center().y), vec2(14.0, 3.0));
    if on {
        stroke_of_dashes(ui, bar, (colour, dashes));
    } else {
        let hollow = Stroke::new(1.0, theme.rail);
        ui.painter()
            .rect_stroke(bar.expand(0.5), 1.0, hollow, StrokeKind::Inside);
    }
    let at = pos2(rect.left() + 19.0, rect.center().y - galley.size().y / 2.0);
    let tone = if response.hovered() {
        theme.text_strong
    } else {
        tone
    };
    ui.painter()
        .galley_with_override_text_color(at, galley, tone);
    response.help(if on {
        "A click hides this line"
    } else {
        "A click shows this line again"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_gives_way_until_it_cuts_nothing() {
        let range = Rangef::new;
        let view = range(0.0, 100.0);
        assert_eq!(giving_way(view, &[range(10.0, 20.0)]), view);
        // the words of one row stand at two heights: neither is cut
        let row = [range(92.0, 102.0), range(90.0, 99.0), range(86.0, 91.0)];
        assert_eq!(giving_way(view, &row), range(0.0, 86.0));
        let above = [range(-4.0, 6.0), range(5.0, 9.0)];
        assert_eq!(giving_way(view, &above), range(9.0, 100.0));
        // what is higher than half of the room is cut, for what it's worth
        assert_eq!(giving_way(view, &[range(40.0, 120.0)]), view);
    }
}
