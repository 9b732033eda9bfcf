//! Which input: a sample, one that is drawn, or a picture file.

use std::sync::Arc;

use egui::{Color32, Key, Rect, RichText, Sense, Slider, TextEdit, Ui, pos2, vec2};

use super::atlas::{Pictures, picture_size};
use super::canvas::Canvas;
use super::values;
use crate::data::{DataSet, SampleShape, Whitening};
use crate::lab::View;
use crate::lab::look::{LookAction, Source, Through};
use crate::lab::{Action, UserCommand};
use crate::training::Snapshot;
use crate::ui::help::Help as _;
use crate::ui::number_field::{self, NumberField};
use crate::ui::numbers::thousands;
use crate::ui::pictures::paint_sample;
use crate::ui::theme::{GRID, SMALL, Theme};
use crate::ui::tiles::Atlas;
use crate::ui::widgets::{self, command_button, muted};

/// The canvas is no higher than this, in points.
const CANVAS_HEIGHT: f32 = 232.0;
/// Samples of the strip in a row.
const ACROSS: usize = 8;
const GAP: f32 = 3.0;

#[derive(Default)]
pub(super) struct InputCard {
    canvas: Canvas,
    strip: Atlas,
    /// What the strip shows.
    shown: Option<Arc<DataSet>>,
    /// A picture's path, as typed.
    path: String,
}

impl InputCard {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        through: &Through,
        pictures: &Pictures,
        actions: &mut Vec<Action>,
    ) {
        let quiet = match &view.run.look.source {
            Source::Nothing => String::new(),
            Source::Sample(_) => format!("of {}", thousands(snapshot.data.len() as u64)),
            Source::Drawn => "drawn".into(),
            Source::File(name) => name.clone(),
        };
        widgets::title_row(ui, "Input x", &quiet, |_| {});
        ui.spacing_mut().item_spacing.y = 0.75 * GRID;
        ui.spacing_mut().interact_size.y = 28.0; // of the buttons, so that all stand on one line
        choose(ui, view, snapshot, actions);
        let height = CANVAS_HEIGHT.max(ui.available_height() - 330.0);
        let size = picture_size(ui, snapshot, ui.available_width(), height);
        self.canvas
            .ui(ui, view, snapshot, through, pictures, size, actions);
        tools(ui, view, snapshot, actions);
        self.samples(ui, view, snapshot, actions);
        if !snapshot.data.shape.is_vector() {
            self.file(ui, view, actions);
        }
        ui.label(muted(ui, meaning(&snapshot.data)));
    }

    /// A few samples, to click.
    fn samples(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        actions: &mut Vec<Action>,
    ) {
        let theme = Theme::of(ui);
        let data = &snapshot.data;
        let vector = data.shape.is_vector();
        let side = ((ui.available_width() + GAP) / ACROSS as f32 - GAP).floor();
        if !vector
            && !self
                .shown
                .as_ref()
                .is_some_and(|shown| Arc::ptr_eq(shown, data))
        {
            let looks = data.pictures(snapshot.inputs.view());
            let count = snapshot.inputs.nrows();
            let (rows, columns) = data.shape.picture();
            // small ones stay as sharp as the canvas shows them
            let smooth = side * ui.pixels_per_point() < 2.0 * rows.max(columns) as f32;
            self.strip.fill(
                ui.ctx(),
                "samples",
                count,
                data.shape.picture(),
                smooth,
                |index, pixels| {
                    let values = looks.row(index);
                    let values = values.iter().copied();
                    paint_sample(data.shape, values, data.picture_range(), pixels);
                },
            );
            self.shown = Some(Arc::clone(data));
        }
        let count = snapshot.inputs.nrows();
        let rows = count.div_ceil(ACROSS);
        let height = rows as f32 * (side + GAP) - GAP;
        let (area, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), height.max(0.0)), Sense::hover());
        let (picture_rows, columns) = data.shape.picture();
        let proportion = if vector {
            vec2(1.0, 1.0)
        } else {
            let longer = picture_rows.max(columns) as f32;
            vec2(columns as f32 / longer, picture_rows as f32 / longer)
        };
        let place = |index: usize| {
            let (row, column) = (index / ACROSS, index % ACROSS);
            let corner = area.min + vec2(column as f32, row as f32) * (side + GAP);
            let corner = pos2(corner.x.round(), corner.y.round());
            let cell = Rect::from_min_size(corner, vec2(side, side));
            Rect::from_center_size(cell.center(), proportion * side)
        };
        // no row is cut by the edge that it scrolls under
        let view_of = ui.clip_rect().y_range();
        let whole = |rect: Rect| view_of.contains(rect.top()) && view_of.contains(rect.bottom());
        if !vector {
            let tiles = (0..count)
                .map(|index| (index, place(index), Color32::WHITE))
                .filter(|(_, rect, _)| whole(*rect));
            ui.painter().add(self.strip.mesh(tiles));
        }
        let looks = vector.then(|| data.pictures(snapshot.inputs.view()));
        for (index, sample) in snapshot.places.iter().copied().take(count).enumerate() {
            let rect = place(index);
            let id = ui.scope_id().with(("sample", index));
            let response = ui.interact(rect, id, Sense::click());
            let chosen = view.run.look.source == Source::Sample(sample);
            let name = format!("Sample {}", thousands(sample as u64 + 1));
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::Button, true, chosen, &name)
            });
            if whole(rect)
                && let Some(looks) = &looks
                && let Some(values) = looks.row(index).as_slice()
            {
                let range = data.picture_range();
                ui.painter()
                    .add(values::bars(values, rect, range, theme.text_muted));
            }
            let (width, colour) = if chosen {
                (2.0, theme.accent)
            } else if response.hovered() || response.has_focus() {
                (1.0, theme.text_strong)
            } else {
                (1.0, theme.line)
            };
            if whole(rect) {
                let edge = egui::Stroke::new(width, colour);
                ui.painter()
                    .rect_stroke(rect, 1.0, edge, egui::StrokeKind::Outside);
            }
            if response.clicked() {
                actions.push(Action::Look(LookAction::Pick(sample)));
            }
            let beside = data.beside(sample);
            response.help(format!(
                "{name}{beside}: a click sends it through the network"
            ));
        }
    }

    /// A picture file, by its path or the system's dialog.
    fn file(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            let command = UserCommand::BrowsePicture;
            let width = 70.0;
            let field = TextEdit::singleline(&mut self.path)
                .hint_text("path of a picture")
                .desired_width((ui.available_width() - width - 2.0 * GRID).max(40.0));
            let field = ui.add(field).accessible_name("Path of a picture");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if entered && !self.path.trim().is_empty() {
                let path = self.path.trim().into();
                actions.push(Action::Look(LookAction::Open(path)));
            }
            if command_button(ui, command, command.text(), width).clicked() {
                actions.push(command.into());
            }
        });
        if let Some(name) = &view.run.look.loading {
            ui.label(muted(ui, format!("reading {name} …")));
        }
        if let Some(trouble) = &view.run.look.trouble {
            ui.label(RichText::new(trouble).size(SMALL).color(theme.dead));
        }
    }
}

/// The sample's number, the ones beside it, any other.
fn choose(ui: &mut Ui, view: &View<'_>, snapshot: &Snapshot, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        let button = |ui: &mut Ui, command: UserCommand, text: &str, width: f32| {
            let response = command_button(ui, command, text, width);
            response.accessible_name(command.text()).clicked()
        };
        if button(ui, UserCommand::PreviousInput, "◀", 28.0) {
            actions.push(UserCommand::PreviousInput.into());
        }
        let count = snapshot.data.len().max(1);
        let mut number = match view.run.look.source {
            Source::Sample(index) => index + 1,
            _ => 0,
        };
        let before = number;
        let response = NumberField::new("Input number", &mut number, 0..=count)
            .none("–")
            .size(vec2(64.0, 28.0))
            .show(ui)
            .help("The number of the sample: drag, or click to type");
        if response.changed() && number != before && number > 0 {
            actions.push(Action::Look(LookAction::Pick(number - 1)));
        }
        if button(ui, UserCommand::NextInput, "▶", 28.0) {
            actions.push(UserCommand::NextInput.into());
        }
        if button(ui, UserCommand::RandomInput, "Random", 64.0) {
            actions.push(UserCommand::RandomInput.into());
        }
    });
    let number = match view.run.look.source {
        Source::Sample(index) => index + 1,
        _ => 0,
    };
    number_field::complaint(ui, "Input number", number as f64);
}

/// The brush, and an empty canvas.
fn tools(ui: &mut Ui, view: &View<'_>, snapshot: &Snapshot, actions: &mut Vec<Action>) {
    let before = view.run.look.brush;
    let mut brush = before;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.75 * GRID;
        if let SampleShape::Image {
            rows,
            columns,
            channels,
        } = snapshot.data.shape
        {
            ui.label(muted(ui, "brush"));
            if channels == 3 {
                ui.color_edit_button_rgb(&mut brush.colour)
                    .accessible_name("Brush colour");
            } else {
                ui.spacing_mut().slider_width = 48.0;
                let slider = Slider::new(&mut brush.colour[0], 0.0..=1.0).show_value(false);
                ui.add(slider)
                    .accessible_name("Brush brightness")
                    .help("From the least to the greatest value of the data");
                let (swatch, _) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
                let colour = Theme::grey(brush.colour[0]);
                ui.painter().rect_filled(swatch, 2.0, colour);
                let edge = egui::Stroke::new(1.0, Theme::of(ui).rail);
                ui.painter()
                    .rect_stroke(swatch, 2.0, edge, egui::StrokeKind::Outside);
            }
            let most = (rows.min(columns) / 2).max(1);
            let width = brush.width;
            NumberField::new("Brush width", &mut brush.width, 1..=most)
                .speed(0.05)
                .suffix(" px")
                .show(ui)
                .help("Width of the brush, in pixels of the sample");
            number_field::complaint(ui, "Brush width", width as f64);
        } else {
            ui.label(muted(ui, "drag the values"));
        }
        let command = UserCommand::ClearInput;
        let response = command_button(ui, command, command.text(), 46.0);
        if response.accessible_name("Clear the input").clicked() {
            actions.push(command.into());
        }
    });
    if brush != before {
        actions.push(Action::Look(LookAction::SetBrush(brush)));
    }
}

/// What the values that are drawn mean.
fn meaning(data: &DataSet) -> String {
    let (low, high) = data.picture_range();
    let prepared = data.prepared();
    let (low, high) = (format!("{low:.2}"), format!("{high:.2}"));
    match prepared.whitening {
        Whitening::Zca { .. } => format!(
            "What is drawn or opened ({low} to {high}) is ZCA whitened like the data before the network sees it."
        ),
        Whitening::OlshausenField => format!(
            "What is drawn or opened is taken as prepared values, black {low} to white {high}: it is not whitened as \
             the data were."
        ),
        Whitening::None if prepared.remove_mean => format!(
            "What is drawn or opened is taken as prepared values, black {low} to white {high}: its mean is not removed \
             as the data's was."
        ),
        Whitening::None => {
            format!("What is drawn or opened is taken as values of the data, {low} to {high}.")
        }
    }
}
