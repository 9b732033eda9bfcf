//! A choice on the import sheet.

use egui::{Button, RichText, Ui, vec2};

use super::help::Help as _;
use super::theme::{BODY, GRID, Theme};

pub fn title(ui: &mut Ui, text: &str) {
    ui.add_space(GRID / 2.0);
    ui.label(
        RichText::new(text)
            .size(BODY)
            .color(Theme::of(ui).text_muted),
    );
}

/// One choice of a row; `refused` says why it can't be chosen. Whether it was.
pub fn option(
    ui: &mut Ui,
    row: &str,
    text: &str,
    hover: &str,
    chosen: bool,
    refused: Option<&str>,
) -> bool {
    let button =
        Button::selectable(chosen, RichText::new(text).size(BODY)).frame_when_inactive(true);
    // what is chosen already stays readable, even where it can't be chosen any more
    let response = ui.add_enabled(
        refused.is_none() || chosen,
        button.min_size(vec2(0.0, 24.0)),
    );
    let response = match refused {
        Some(reason) => response.why_not(reason).help(reason),
        None => response.help(hover),
    };
    response.accessible_name(format!("{row}: {text}")).clicked() && !chosen
}
