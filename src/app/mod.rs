//! The eframe application: what the window knows, what a person can ask of it, and how that reaches the trainer.
//!
//! `logic` drains what the trainer and the loader put down and never paints; `ui` paints and never waits. The trainer
//! wakes the window through the closure it was handed: an idle, paused window is not drawn at all.

mod actions;
pub mod commands;
pub mod compare;
pub mod error;
pub mod import;
pub mod inspecting;
pub mod lane;
mod launch;
pub mod loading;
pub mod look;
mod looking;
mod opening;
pub mod page;
pub mod port;
pub mod preferences;
pub mod preview;
pub mod state;
pub mod studies;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use commands::UserCommand;
pub use error::AppError;
pub use launch::run;
pub use page::Page;
pub use state::{Action, ViewState};

use self::inspecting::Inspecting;
use self::lane::Lane;
use self::loading::Loader;
use self::opening::Asked;
use self::port::{Backend, TrainerPort, Wake};
use self::preferences::Preferences;
use self::state::Severity;
use self::studies::{CheckedGradient, Desk};
use crate::model::gradient_check::CheckProgress;
use crate::training::{Event, Experiment};
use crate::ui::{self, Panels};

/// The application.
pub struct LabApp {
    view: ViewState,
    panels: Panels,
    trainer: Option<Box<dyn TrainerPort>>,
    backend: Arc<dyn Backend>,
    loader: Loader,
    wake: Wake,
    preferences: Preferences,
    /// What waits for the system's dialog.
    browsing: bool,
    /// Whether a field was being typed in at the end of the last frame.
    typing: bool,
    /// What the data set that is being loaded is for.
    asked: Option<Asked>,
    gradient_check: Desk<CheckProgress, CheckedGradient>,
    inspecting: Inspecting,
    /// A picture that is read as the input to look at.
    picture: Lane<ReadPicture>,
    comparing: Desk<compare::CompareProgress, compare::Verdict>,
}

/// Where a picture came from, and its values (n) or why it can't be taken.
type ReadPicture = (look::Source, Result<Arc<[f32]>, String>);

impl LabApp {
    pub fn new(
        ctx: &egui::Context,
        experiment: Experiment,
        preferences: Preferences,
        backend: Arc<dyn Backend>,
    ) -> Self {
        ui::theme::install(ctx);
        preferences.apply(ctx);
        let wake: Wake = {
            let ctx = ctx.clone();
            Arc::new(move || ctx.request_repaint())
        };
        let mut view = ViewState::new(experiment);
        view.zoom = preferences.zoom;
        view.recent.clone_from(&preferences.recent);
        let mut app = Self {
            panels: Panels::default(),
            trainer: None,
            loader: Loader::new(Arc::clone(&backend), Arc::clone(&wake)),
            backend,
            preferences,
            browsing: false,
            typing: false,
            asked: None,
            gradient_check: Desk::default(),
            inspecting: Inspecting::default(),
            picture: Lane::new("sae-lab picture", Arc::clone(&wake)),
            comparing: Desk::default(),
            wake,
            view,
        };
        app.load(app.view.experiment.clone(), false);
        app
    }

    pub fn view(&self) -> &ViewState {
        &self.view
    }

    /// Takes what the trainer and the loader have put down since the last frame. Never waits, never paints.
    fn drain(&mut self) {
        self.take_data();
        self.gradient_check.collect(&mut self.view.gradient_check);
        self.comparing.collect(&mut self.view.compared);
        self.take_picture();
        let Some(trainer) = &self.trainer else { return };
        let (events, snapshot) = (trainer.events(), trainer.snapshot());
        if let Some(snapshot) = snapshot {
            self.view.look.suit(&snapshot);
            self.view.snapshot = Some(snapshot);
        }
        for event in events {
            self.hear(event);
        }
    }

    /// Keeps what the Unit page shows up to date while it is open.
    fn inspect(&mut self, ctx: &egui::Context) {
        if self.view.page != Page::Unit {
            return self.inspecting.rest();
        }
        let Some(snapshot) = &self.view.snapshot else {
            return;
        };
        let units = snapshot.units.len();
        let unit = self.view.selected.filter(|unit| *unit < units).unwrap_or(0);
        self.view.selected = Some(unit);
        let again = self
            .inspecting
            .follow(&mut self.view.inspection, snapshot, unit, &self.wake);
        if let Some(again) = again {
            ctx.request_repaint_after(again);
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Began { .. } | Event::Applied { .. } => {}
            Event::Diverged { epoch, cause } => {
                self.view.playing = false;
                let epoch = ui::numbers::thousands(epoch);
                let text = format!(
                    "The cost became infinite at epoch {epoch}, and the run stopped: {cause}"
                );
                self.view.notify(Severity::Trouble, text);
            }
            Event::Panicked { message } => {
                self.view.playing = false;
                let text = format!(
                    "The trainer failed ({message}). The lab goes on: press Reset to start the run anew."
                );
                self.view.notify(Severity::Trouble, text);
            }
            Event::Refused { message } => {
                if let Some(snapshot) = &self.view.snapshot {
                    self.view.experiment = snapshot.experiment.clone();
                }
                self.view.notify(Severity::Trouble, message);
            }
        }
    }

    fn take_drops(&mut self, ctx: &egui::Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        self.view.drop_hovered = ctx.input(|input| !input.raw.hovered_files.is_empty());
        match &dropped[..] {
            [] => {}
            [picture] if self.view.takes_pictures() => self.open_picture(picture.clone()),
            _ => self.open(dropped),
        }
    }
}

impl eframe::App for LabApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.take_drops(ctx);
        self.drain();
        let covered = self.view.is_covered();
        for command in UserCommand::pressed(ctx, self.view.page, covered, self.typing) {
            self.command(ctx, command);
        }
        self.inspect(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut actions = Vec::new();
        self.panels.ui(ui, &self.view, &mut actions);
        let ctx = ui.ctx().clone();
        self.typing = ctx.text_edit_focused();
        for action in actions {
            self.act(&ctx, action);
            ctx.request_repaint(); // what it changed is drawn at once, once
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.preferences.save(storage);
    }

    fn auto_save_interval(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Only the preferences are kept; where a panel was scrolled to is no preference.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
