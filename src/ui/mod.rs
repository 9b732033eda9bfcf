//! The panels of the window: each a small struct that reads a [`View`] and says what was asked of it.
//!
//! **Architecture invariant:** nothing here waits: no file is read, no lock held, no trainer talked to.

mod ask;
mod axes;
mod bar;
mod cliff_marks;
mod code;
mod compare;
pub mod curve_cache;
mod curve_events;
mod curves;
mod data_section;
mod dialogs;
mod feature_atlas;
mod features;
mod focus;
mod followed;
mod fonts;
mod formula;
mod hatch;
mod help;
pub mod highlight;
pub mod hyperparameters;
pub mod icon;
mod import_choices;
mod import_option;
mod import_reading;
mod import_samples;
mod import_settings;
mod import_sheet;
pub mod in_turn;
pub mod keymap;
mod keys_shown;
mod layout;
mod lesson;
mod log_slider;
mod look_through;
mod map;
mod maths;
mod named;
mod notices;
mod number_field;
pub mod numbers;
mod pair;
mod palette;
mod per_run;
mod pictures;
mod presses;
mod profiles;
mod progress;
mod reconstructions;
mod rows;
mod runs;
mod settings;
mod sparsity;
mod spotlight;
mod status;
mod tabs;
mod terms;
pub mod theme;
mod tiles;
mod timeline;
mod toolbar;
mod unit;
mod units;
mod watch;
mod widgets;

use egui::{Align2, Frame, Ui, vec2};

use self::layout::{Slot, Tiles};
use self::rows::Room;
use self::theme::{GRID, Theme};
use crate::lab::View;
use crate::lab::lesson::Given;
use crate::lab::teaching::panel_of;
use crate::lab::{Action, Page, Panel};
use crate::training::lesson::Control;

/// All panels, and what each remembers.
#[derive(Default)]
pub struct Panels {
    toolbar: toolbar::Toolbar,
    notices: notices::Notices,
    hyperparameters: hyperparameters::HyperparametersPanel,
    settings: settings::SettingsPanel,
    terms: terms::TermsPanel,
    data: data_section::DataSection,
    lesson: lesson::LessonPanel,
    features: features::FeaturesPanel,
    reconstructions: reconstructions::ReconstructionsPanel,
    curves: curves::CurvesPanel,
    sparsity: sparsity::SparsityPanel,
    units: units::UnitsPanel,
    code: code::CodePanel,
    maths: maths::MathsPage,
    unit: unit::UnitPage,
    look_through: look_through::LookThroughPage,
    compare: compare::ComparePage,
    runs: runs::RunsPanel,
    map: map::MapPage,
    pair: pair::PairPanel,
    timeline: timeline::TimelinePanel,
    status: status::StatusLine,
    import: import_sheet::ImportSheet,
    dialogs: dialogs::Dialogs,
    ask: ask::AskPanel,
    palette: palette::Palette,
    keys: keys_shown::KeysShown,
    /// Whether the last frame was for a class.
    presented: bool,
    focus: focus::Before,
    pointed: Option<Panel>,
    /// Whether the panel of the code was drawn.
    shows_code: bool,
    /// How small the features' tiles may be, in pixels of the screen to a value.
    floor: f32,
}

impl Panels {
    /// Draws the window and collects what was asked for.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        presses::count(ui.ctx());
        self.focus.follow(ui.ctx(), view.shared.is_covered());
        let presenting = view.shared.presenting.is_some();
        help::silence(ui.ctx(), presenting);
        if presenting && !std::mem::replace(&mut self.presented, presenting) {
            self.keys.greet(ui.ctx());
        }
        self.presented = presenting;
        let window = ui.max_rect().height();
        if !presenting {
            self.tools(ui, window, view, actions);
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            let area = watch::ui(ui, ui.max_rect(), view, actions);
            let zoom = ui.ctx().zoom_factor();
            let room = Room { area, window, zoom };
            self.page(ui, room, view, actions);
        });
        self.notices.ui(ui, view, actions);
        self.import.ui(ui, view, actions);
        self.dialogs.ui(ui, view, actions);
        self.ask.ui(ui, view, actions);
        self.palette.ui(ui, view, actions);
        if presenting {
            self.keys.ui(ui);
        }
        focus::ring(ui.ctx());
        if view.shared.drop_hovered {
            drop_hint(ui, view.takes_pictures());
        }
    }

    /// The bar, the timeline and the line of the run.
    fn tools(&mut self, ui: &mut Ui, window: f32, view: &View<'_>, actions: &mut Vec<Action>) {
        egui::Panel::top("toolbar")
            .exact_size(toolbar::HEIGHT)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| {
                self.toolbar.ui(ui, view, actions);
            });
        if let Some(of) = followed::of(view) {
            let size = vec2(ui.max_rect().width(), window);
            let rows = followed::Rows::new(ui, view, of, size);
            egui::Panel::top("followed")
                .exact_size(rows.height())
                .frame(Frame::NONE)
                .show_separator_line(false)
                .show(ui, |ui| rows.ui(ui, actions));
        }
        if rows::has_status(window) {
            egui::Panel::bottom("status")
                .exact_size(status::HEIGHT)
                .frame(Frame::NONE)
                .show_separator_line(false)
                .show(ui, |ui| {
                    self.status.ui(ui, view, actions);
                });
        }
        egui::Panel::bottom("timeline")
            .exact_size(timeline::HEIGHT)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| {
                self.timeline
                    .ui(ui, view, !rows::has_status(window), actions);
            });
    }

    /// Takes the keys that are pressed, for a class to see them, before anybody consumes them.
    pub fn listen(&mut self, ctx: &egui::Context, page: Page) {
        self.keys.listen(ctx, page);
    }

    /// The panel that the pointer is over.
    pub fn pointed(&self) -> Option<Panel> {
        self.pointed
    }

    /// Whether the panel of the code is seen.
    pub fn shows_code(&self) -> bool {
        self.shows_code
    }

    /// How many tiles stand side by side on the page of units.
    pub fn unit_columns(&self) -> usize {
        self.unit.columns()
    }

    /// The panels of the page, each in its place.
    fn page(&mut self, ui: &mut Ui, room: Room, view: &View<'_>, actions: &mut Vec<Action>) {
        let Room { area, zoom, .. } = room;
        let tiles = view.run.snapshot.as_deref().map(|snapshot| Tiles {
            count: snapshot.units.len(),
            picture: pictures::size(snapshot.data.shape),
            pixels: ui.pixels_per_point() / zoom,
        });
        self.floor = tiles.map_or(0.0, |tiles| tiles.floor(room));
        let slots = match view.shared.filled {
            Some(panel) => vec![Slot {
                rect: area,
                panels: vec![panel],
            }],
            None if view.shared.presenting.is_some() => {
                let mut panels = view.shared.presented();
                panels.retain(|panel| *panel != Panel::Code || labelled(view));
                layout::presented(area, &panels)
            }
            None if view.shared.lesson.is_none()
                && view.shared.page == Page::Unit
                && view.run.selected.is_none() =>
            {
                layout::choosing(area)
            }
            None if view.shared.lesson.is_some() => {
                layout::beside_lesson(view.shared.page, room, tiles, labelled(view))
            }
            None => layout::arrange(view.shared.page, room, tiles, labelled(view)),
        };
        self.curves.refresh(view);
        self.shows_code = false;
        for slot in &slots {
            tabs::show(ui, slot, view, actions, |ui, panel, actions| {
                self.panel(ui, panel, view, actions);
            });
        }
        point_out(ui, view, &slots);
        if let Some(lit) = view.shared.spotlight {
            let slot = slots.iter().find(|slot| slot.panels.contains(&lit));
            if let Some(slot) = slot {
                // the line above the page stays in the light: it says what to look at
                let whole = area.expand2(vec2(widgets::GAP, 0.0));
                let whole = whole.with_max_y(whole.bottom() + widgets::GAP);
                // and so does a lesson's step, which speaks of it
                let step = view.shared.lesson.as_ref().and_then(|_| slots.first());
                let step = step.map(|step| step.rect).filter(|step| *step != slot.rect);
                match step {
                    Some(step) => {
                        let beside = whole.with_min_x(step.right() + widgets::GAP / 2.0);
                        spotlight::around(ui, beside, slot.rect);
                    }
                    None => spotlight::around(ui, whole, slot.rect),
                }
            }
        }
        let pointer = ui.ctx().pointer_latest_pos();
        let under =
            pointer.and_then(|pointer| slots.iter().find(|slot| slot.rect.contains(pointer)));
        self.pointed = under.and_then(|slot| view.shared.front(&slot.panels));
    }

    fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        match panel {
            Panel::Settings => match &view.shared.lesson {
                Some(given) => self.lesson_column(ui, view, given, actions),
                None => self.settings_column(ui, view, actions),
            },
            Panel::Features => match view.pair() {
                Some(pair) => self.pair.ui(ui, view, pair, actions),
                None => self.features.ui(ui, view, self.floor, actions),
            },
            Panel::Reconstructions => self.reconstructions.ui(ui, view),
            Panel::Cost => self.curves.ui(ui, view),
            Panel::Sparsity => self.sparsity.ui(ui, view, actions),
            Panel::Units => {
                let epochs = self.curves.view();
                let run = view
                    .run
                    .latest()
                    .map_or(view.run.id, |snapshot| snapshot.run);
                self.units.ui(ui, view, self.curves.records(run), epochs);
            }
            Panel::Code => {
                self.shows_code = true;
                self.code.ui(ui, view);
            }
            _ => match panel.page() {
                Some(Page::Unit) => self.unit.panel(ui, panel, view, actions),
                Some(Page::Mathematics) => self.maths.panel(ui, panel, view, actions),
                Some(Page::LookThrough) => self.look_through.panel(ui, panel, view, actions),
                Some(Page::Compare) => self.compare.panel(ui, panel, view, actions),
                Some(Page::Runs) if panel == Panel::RunCurves => self.curves.ui(ui, view),
                Some(Page::Runs) => self.runs.ui(ui, view, actions),
                Some(Page::Map) => self.map.panel(ui, panel, view, actions),
                Some(Page::Lab) | None => {} // above
            },
        }
    }

    /// The lesson, and below it the controls that its step unlocks.
    fn lesson_column(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        given: &Given,
        actions: &mut Vec<Action>,
    ) {
        let Self {
            lesson,
            hyperparameters,
            settings,
            ..
        } = self;
        lesson.ui(ui, view, given, actions, |ui, actions| {
            let sliders = |setting| given.unlocks(Control::Setting(setting));
            hyperparameters.ui(ui, view, sliders, actions);
            let shows = |control: Option<Control>| control.is_some_and(|one| given.unlocks(one));
            settings.ui(ui, view, &shows, actions);
        });
    }

    /// What decides a run, and what the run has come to.
    fn settings_column(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let height = ui.available_height();
        widgets::scroll(ui, |ui| {
            self.hyperparameters.ui(ui, view, |_| true, actions);
            widgets::rule(ui);
            self.settings.ui(ui, view, &|_| true, actions);
            widgets::rule(ui);
            self.terms.ui(ui, view);
            widgets::rule(ui);
            self.data.ui(ui, height, view, actions);
        });
    }
}

/// The panel that a lesson's step says to look at.
fn point_out(ui: &Ui, view: &View<'_>, slots: &[Slot]) {
    let place = view
        .shared
        .lesson_under_way()
        .and_then(|given| given.now()?.look.place);
    let panel = place.map(panel_of).filter(|_| view.shared.filled.is_none());
    let slot = panel.and_then(|panel| {
        let holds = |slot: &&Slot| slot.panels.contains(&panel);
        slots.iter().find(holds)
    });
    if let Some(slot) = slot {
        lesson::point_out(ui, slot.rect);
    }
}

/// Whether the data of the run have classes.
fn labelled(view: &View<'_>) -> bool {
    let snapshot = view.run.snapshot.as_deref();
    snapshot.is_some_and(|snapshot| snapshot.data.labels.is_some())
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
    let words = widgets::galley(ui, text, theme::bold(theme::TITLE), theme.accent);
    let at = Align2::CENTER_CENTER.align_size_within_rect(words.size(), rect);
    // on a plate, so that it can be read on whatever is below
    let plate = at.expand2(vec2(3.0 * GRID, 2.0 * GRID));
    let edge = egui::Stroke::new(2.0, theme.accent);
    painter.rect(plate, 8.0, theme.panel, edge, egui::StrokeKind::Inside);
    painter.galley(at.min, words, theme.accent);
}
