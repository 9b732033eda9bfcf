//! Formulas as parts on one line: each may have a name, a value below it, and be lit with what it is about.

use egui::{Align2, Color32, CornerRadius, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::curve_cache::Term;
use crate::ui::formula::{self, Formulas};
use crate::ui::help::{self, Side};
use crate::ui::highlight::{self, Highlight};
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::widgets;

/// Points an em where the page is as wide as `WIDTH` points; it grows with it.
const SIZE: f32 = 18.0;
const WIDTH: f32 = 570.0;
const SIZES: std::ops::RangeInclusive<f32> = 18.0..=25.0;
/// Below a part, for its value.
const VALUE: f32 = 15.0;
/// Around a part that can be lit.
const MARGIN: f32 = 4.0;

/// One part of a formula.
pub(super) struct Part<'a> {
    pub latex: &'a str,
    /// What it is, in words, for assistive technology and the hover; plain parts have none.
    pub name: &'a str,
    pub colour: Color32,
    /// Its present value.
    pub value: Option<String>,
    /// What it lights, and is lit with.
    pub highlight: Option<Highlight>,
    pub light: Light,
}

/// Whether a part is what a gradient has wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Light {
    #[default]
    Off,
    On,
    /// It was just found: it comes into sight.
    New,
}

impl<'a> Part<'a> {
    pub fn plain(theme: &Theme, latex: &'a str, name: &'a str) -> Self {
        Self {
            latex,
            name,
            colour: theme.text,
            value: None,
            highlight: None,
            light: Light::Off,
        }
    }

    /// In the colour of `term`, and lit with it.
    pub fn term(theme: &Theme, term: Term, latex: &'a str, name: &'a str) -> Self {
        Self {
            colour: term.colour(theme),
            highlight: Some(Highlight::Term(term)),
            ..Self::plain(theme, latex, name)
        }
    }
}

/// Formulas side by side on one baseline, their values below. Breaks before a part that would pass the right edge.
pub(super) fn row(ui: &mut Ui, formulas: &mut Formulas, parts: &[Part<'_>]) {
    let theme = Theme::of(ui);
    let width = ui.available_width();
    let size = (SIZE * width / WIDTH).clamp(*SIZES.start(), *SIZES.end());
    let layouts: Vec<_> = parts
        .iter()
        .map(|part| formulas.layout(part.latex))
        .collect();
    let extent = |index: usize| {
        layouts[index].as_ref().map_or((0.0, 0.0, 0.0), |list| {
            (
                list.width as f32 * size,
                list.height as f32 * size,
                list.depth as f32 * size,
            )
        })
    };
    let mut start = 0;
    while start < parts.len() {
        let (mut end, mut used, mut above, mut below) = (start, 0.0, 0.0f32, 0.0f32);
        while end < parts.len() {
            let (part, up, down) = extent(end);
            if end > start && used + part > width {
                break;
            }
            used += part;
            (above, below) = (above.max(up), below.max(down));
            end += 1;
        }
        let valued = parts[start..end].iter().any(|part| part.value.is_some());
        let height = above + below + 2.0 * MARGIN + if valued { VALUE } else { 0.0 };
        let (line, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let baseline = line.top() + MARGIN + above;
        let mut x = line.left() + MARGIN;
        let mut places = Vec::with_capacity(end - start);
        for index in start..end {
            let (part_width, up, down) = extent(index);
            let corners = (
                pos2(x, baseline - up),
                pos2(x + part_width, baseline + down),
            );
            places.push(Rect::from_min_max(corners.0, corners.1));
            x += part_width;
        }
        // the light of each reaches over the end of the one before: none covers what is written
        for (index, rect) in (start..end).zip(&places) {
            part(ui, &parts[index], *rect, line);
        }
        for (index, rect) in (start..end).zip(&places) {
            let x = rect.left();
            if let Some(list) = &layouts[index] {
                formula::paint(
                    ui.painter(),
                    list,
                    pos2(x, baseline),
                    size,
                    parts[index].colour,
                );
            }
            if let Some(value) = &parts[index].value {
                // a value wider than its part begins where the line does
                let half = widgets::galley(ui, value, theme::regular(SMALL + 1.0), theme.text)
                    .size()
                    .x
                    / 2.0;
                let x = rect.center().x.max(line.left() + half);
                let at = pos2(x, baseline + below + MARGIN);
                let colour = if parts[index].highlight.is_some() {
                    parts[index].colour
                } else {
                    theme.text_muted
                };
                let font = theme::regular(SMALL + 1.0);
                widgets::text(ui, at, Align2::CENTER_TOP, value, font, colour);
            }
        }
        start = end;
    }
}

/// What the pointer finds at a part, and the light behind it.
fn part(ui: &mut Ui, part: &Part<'_>, rect: Rect, line: Rect) {
    if part.name.is_empty() {
        return;
    }
    let theme = Theme::of(ui);
    let sensed = rect.expand(MARGIN);
    let id = ui.scope_id().with((part.latex, line.top() as i64));
    let response = ui.interact(sensed, id, Sense::hover());
    let mut name = match &part.value {
        Some(value) => format!("{}: {value}", part.name),
        None => part.name.to_owned(),
    };
    if part.light != Light::Off {
        name += " (wrong in the gradient that was checked)";
    }
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &name));
    if part.light != Light::Off {
        let corner = CornerRadius::same(4);
        ui.painter().rect_filled(sensed, corner, theme.selected);
    }
    if part.light == Light::New {
        ui.scroll_to_rect(sensed, None);
    }
    let lit = match (part.highlight, highlight::pointed(ui.ctx())) {
        (Some(Highlight::Term(term)), Some(pointed)) => pointed.lights(term),
        _ => false,
    };
    if lit {
        ui.painter()
            .rect_filled(sensed, CornerRadius::same(4), theme.raised);
    }
    if response.hovered()
        && let Some(highlight) = part.highlight
    {
        highlight::point(ui.ctx(), highlight);
    }
    help::beside(&response, Side::Right, part.name);
}
