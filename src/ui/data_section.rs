//! What is trained on, and what was done to it.

use egui::{Button, Label, RichText, Sense, Ui, WidgetInfo, vec2};

use super::help::{self, Help as _, Side};
use super::keymap;
use super::numbers;
use super::numbers::{round_significant, thousands};
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{self, muted};
use crate::data::DataSet;
use crate::lab::View;
use crate::lab::{Action, UserCommand};

const ROW: f32 = 24.0;
/// Where the left column is higher than this, in points, there is room for all that was done to the data.
const ROOMY: f32 = 700.0;

#[derive(Debug, Default)]
pub struct DataSection {
    /// As the person left it.
    open: Option<bool>,
}

impl DataSection {
    /// `height` is that of the column it stands in.
    pub fn ui(&mut self, ui: &mut Ui, height: f32, view: &View<'_>, actions: &mut Vec<Action>) {
        let open = self.open.unwrap_or(height >= ROOMY);
        let Some(data) = view.run.snapshot.as_deref().map(|snapshot| &snapshot.data) else {
            return;
        };
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.set_min_height(ROW);
            ui.spacing_mut().item_spacing.x = 0.0;
            if heading(ui, open) {
                self.open = Some(!open);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let command = UserCommand::PrepareData;
                let text = RichText::new(command.text()).size(BODY);
                let button = Button::new(text).min_size(vec2(0.0, widgets::TARGET));
                let response = ui.add(button).help(keymap::hover_text(ui.ctx(), command));
                if response.accessible_name("Prepare the data").clicked() {
                    actions.push(command.into());
                }
            });
        });
        let name = RichText::new(&data.name)
            .size(BODY)
            .color(Theme::of(ui).text);
        if open {
            ui.add(Label::new(name).truncate());
        }
        let size = ui.add(Label::new(muted(ui, summary(data))).truncate());
        if open {
            for sentence in details(data) {
                ui.add(Label::new(muted(ui, sentence)).wrap());
            }
        } else {
            let words = format!("{}\n{}", data.name, details(data).join("\n"));
            help::beside(&size, Side::Under, &words);
        }
    }
}

/// The title, which opens and closes what stands below it. Whether it was clicked.
fn heading(ui: &mut Ui, open: bool) -> bool {
    let theme = Theme::of(ui);
    let galley = widgets::galley(ui, "Data", theme::bold(theme::TITLE), theme.text_strong);
    let size = vec2(galley.size().x + 2.0 * GRID, ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(egui::Role::Button, true, open, "What was done to the data")
    });
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, theme.text_strong);
    let colour = if response.hovered() || response.has_focus() {
        theme.accent
    } else {
        theme.text_muted
    };
    let centre = egui::pos2(end + 1.25 * GRID, rect.center().y);
    let points = if open {
        [vec2(-4.0, -2.0), vec2(4.0, -2.0), vec2(0.0, 3.0)]
    } else {
        [vec2(-2.0, -4.0), vec2(3.0, 0.0), vec2(-2.0, 4.0)]
    };
    let points = points.map(|point| centre + point).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(
        points,
        colour,
        egui::Stroke::NONE,
    ));
    response.clicked()
}

/// "10,000 × 64 · 8×8 · 0.1 to 0.9"
fn summary(data: &DataSet) -> String {
    let (low, high) = data.range;
    format!(
        "{} × {} · {} · {} to {}",
        thousands(data.len() as u64),
        thousands(data.inputs() as u64),
        data.shape,
        numbers::short(round_significant(low, 3)),
        numbers::short(round_significant(high, 3))
    )
}

/// What was done to the values, and whether there are labels.
fn details(data: &DataSet) -> Vec<String> {
    let mut sentences = data.sentences();
    if sentences.is_empty() {
        sentences.push("The values as they stand: nothing was done to them.".into());
    }
    if let Some(labels) = &data.labels {
        let mut seen = [false; 256];
        for label in labels {
            seen[usize::from(*label)] = true;
        }
        let classes = seen.into_iter().filter(|seen| *seen).count();
        sentences.push(format!("Labels: {classes} classes."));
    }
    sentences
}
