//! The panels of the window: each a small struct that reads a [`View`] and says what was asked of it.
//!
//! **Architecture invariant:** nothing here waits: no file is read, no lock held, no trainer talked to.

mod axes;
mod cliff_marks;
mod compare;
pub mod curve_cache;
mod curve_events;
mod curves;
mod data_section;
mod dialogs;
mod feature_atlas;
mod features;
mod focus;
mod fonts;
mod formula;
mod hatch;
mod help;
pub mod highlight;
pub mod hyperparameters;
pub mod icon;
mod import_choices;
mod import_samples;
mod import_sheet;
pub mod keymap;
mod log_slider;
mod look_through;
mod maths;
mod notices;
mod number_field;
pub mod numbers;
mod palette;
mod per_run;
mod pictures;
mod presses;
mod profiles;
mod progress;
mod reconstructions;
mod settings;
mod sparsity;
mod status;
mod terms;
pub mod theme;
mod tiles;
mod toolbar;
mod unit;
mod units;
mod watch;
mod widgets;

use egui::{Align2, Frame, Panel, Rect, ScrollArea, Ui, UiBuilder, vec2};

use self::theme::{GRID, Theme};
use self::widgets::{GAP, card, stack};
use crate::lab::View;
use crate::lab::{Action, Page};

/// Of the left column.
const SETTINGS_WIDTH: f32 = 236.0;
/// Below this width (in points) all but the settings stands in one column that scrolls.
const TWO_COLUMNS: f32 = 800.0;
/// The right column's panels are no lower than this; below it the column scrolls.
const LEAST_HEIGHTS: [f32; 3] = [190.0, 168.0, 96.0];
const RECONSTRUCTIONS_HEIGHT: f32 = 140.0;
const RECONSTRUCTIONS_MOST: f32 = 220.0;

/// All panels, and what each remembers.
#[derive(Default)]
pub struct Panels {
    toolbar: toolbar::Toolbar,
    notices: notices::Notices,
    hyperparameters: hyperparameters::HyperparametersPanel,
    settings: settings::SettingsPanel,
    terms: terms::TermsPanel,
    data: data_section::DataSection,
    features: features::FeaturesPanel,
    reconstructions: reconstructions::ReconstructionsPanel,
    curves: curves::CurvesPanel,
    sparsity: sparsity::SparsityPanel,
    units: units::UnitsPanel,
    maths: maths::MathsPage,
    unit: unit::UnitPage,
    look_through: look_through::LookThroughPage,
    compare: compare::ComparePage,
    status: status::StatusLine,
    import: import_sheet::ImportSheet,
    dialogs: dialogs::Dialogs,
    palette: palette::Palette,
    focus: focus::Before,
}

impl Panels {
    /// Draws the window and collects what was asked for.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        presses::count(ui.ctx());
        self.focus.follow(ui.ctx(), view.shared.is_covered());
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, Theme::of(ui).window);
        Panel::top("toolbar")
            .exact_size(toolbar::HEIGHT)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| {
                self.toolbar.ui(ui, view, actions);
            });
        Panel::bottom("status")
            .exact_size(status::HEIGHT)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| {
                self.status.ui(ui, view, actions);
            });
        if !view.shared.notices.is_empty() {
            Panel::top("notices")
                .frame(Frame::NONE)
                .resizable(false)
                .show_separator_line(false)
                .show(ui, |ui| {
                    self.notices.ui(ui, view, actions);
                });
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            let area = watch::ui(ui, ui.max_rect(), view);
            self.columns(ui, area, view, actions);
        });
        self.import.ui(ui, view, actions);
        self.dialogs.ui(ui, view, actions);
        self.palette.ui(ui, view, actions);
        focus::ring(ui.ctx());
        if view.shared.drop_hovered {
            drop_hint(ui, view.takes_pictures());
        }
    }

    /// How many tiles stand side by side on the page of units.
    pub fn unit_columns(&self) -> usize {
        self.unit.columns()
    }

    fn columns(&mut self, ui: &mut Ui, area: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        let left = area.with_max_x(area.left() + SETTINGS_WIDTH.min(area.width() * 0.4));
        self.left_column(ui, left, view, actions);
        let rest = area.with_min_x(left.right() + GAP);
        match view.shared.page {
            Page::Lab => {}
            Page::Mathematics => return self.maths.ui(ui, rest, view, actions),
            Page::Unit => return self.unit.ui(ui, rest, view, actions),
            Page::LookThrough => return self.look_through.ui(ui, rest, view, actions),
            Page::Compare => return self.compare.ui(ui, rest, view, actions),
        }
        if area.width() < TWO_COLUMNS {
            let mut child = ui.new_child(UiBuilder::new().id_salt("rest").max_rect(rest));
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(&mut child, |ui| {
                    let features = rest.width().clamp(260.0, 420.0);
                    let heights = [features, RECONSTRUCTIONS_HEIGHT]
                        .into_iter()
                        .chain(LEAST_HEIGHTS);
                    let total = heights.clone().sum::<f32>() + 4.0 * GAP;
                    let (column, _) =
                        ui.allocate_exact_size(vec2(rest.width(), total), egui::Sense::hover());
                    let mut rects = stack(column, heights);
                    let mut next = || rects.next().unwrap_or(Rect::NOTHING);
                    card(ui, next(), "features", |ui| {
                        self.features.ui(ui, view, actions)
                    });
                    card(ui, next(), "reconstructions", |ui| {
                        self.reconstructions.ui(ui, view)
                    });
                    let plots = [next(), next(), next()];
                    self.plots(ui, plots, view, actions);
                    focus::into_view(ui);
                });
            return;
        }
        let plots_width = (area.width() * 0.345).clamp(300.0, 640.0);
        let middle = rest.with_max_x(area.right() - plots_width - GAP);
        let right = area.with_min_x(area.right() - plots_width);
        let part = (middle.height() * 0.22).clamp(RECONSTRUCTIONS_HEIGHT, RECONSTRUCTIONS_MOST);
        let reconstructions = part.min(middle.height() * 0.4);
        let split = middle.bottom() - reconstructions;
        card(ui, middle.with_max_y(split - GAP), "features", |ui| {
            self.features.ui(ui, view, actions)
        });
        card(ui, middle.with_min_y(split), "reconstructions", |ui| {
            self.reconstructions.ui(ui, view)
        });
        let mut child = ui.new_child(UiBuilder::new().id_salt("right").max_rect(right));
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(&mut child, |ui| {
                let least: f32 = LEAST_HEIGHTS.iter().sum::<f32>() + 2.0 * GAP;
                let spare = (right.height() - least).max(0.0);
                let heights = [0.5, 0.3, 0.2]
                    .into_iter()
                    .zip(LEAST_HEIGHTS)
                    .map(|(part, least)| least + part * spare);
                let (column, _) = ui
                    .allocate_exact_size(vec2(right.width(), least + spare), egui::Sense::hover());
                let mut rects = stack(column, heights);
                let mut next = || rects.next().unwrap_or(Rect::NOTHING);
                let plots = [next(), next(), next()];
                self.plots(ui, plots, view, actions);
                focus::into_view(ui);
            });
    }

    fn plots(&mut self, ui: &mut Ui, rects: [Rect; 3], view: &View<'_>, actions: &mut Vec<Action>) {
        card(ui, rects[0], "cost", |ui| self.curves.ui(ui, view));
        card(ui, rects[1], "sparsity", |ui| {
            self.sparsity.ui(ui, view, actions)
        });
        let epochs = self.curves.view;
        card(ui, rects[2], "units", |ui| {
            let run = view
                .run
                .snapshot
                .as_ref()
                .map_or(view.run.id, |snapshot| snapshot.run);
            self.units.ui(ui, view, self.curves.records(run), epochs)
        });
    }

    fn left_column(&mut self, ui: &mut Ui, rect: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        card(ui, rect, "settings", |ui| {
            let width = ui.available_width();
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.set_width(width);
                self.hyperparameters.ui(ui, view, actions);
                rule(ui);
                self.settings.ui(ui, view, actions);
                rule(ui);
                self.terms.ui(ui, view);
                rule(ui);
                self.data.ui(ui, rect.height(), view, actions);
                focus::into_view(ui);
            });
        });
    }
}

/// A hairline with room around it.
fn rule(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), 1.5 * GRID + 1.0),
        egui::Sense::hover(),
    );
    ui.painter().hline(
        rect.x_range(),
        rect.center().y,
        egui::Stroke::new(1.0, Theme::of(ui).line),
    );
}

/// Over everything while a file is dragged over the window.
fn drop_hint(ui: &Ui, picture: bool) {
    let theme = Theme::of(ui);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0.0, theme.window.gamma_multiply(0.85));
    let text = if picture {
        "Drop a picture to send it through the network"
    } else {
        "Drop to see what is in it"
    };
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        theme::bold(theme::TITLE),
        theme.accent,
    );
}
