//! The eframe application: what the window knows, what a person can ask of it, and how that reaches the trainer.
//!
//! `logic` drains what the trainer and the loader put down and never paints; `ui` paints and never waits. The trainer
//! wakes the window through the closure it was handed: an idle, paused window is not drawn at all.

pub mod commands;
pub mod error;
pub mod loading;
pub mod port;
pub mod preferences;
pub mod state;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use commands::UserCommand;
pub use error::AppError;
pub use state::{Action, ViewState};

use self::loading::{Browsed, Loader};
use self::port::{Backend, TrainerPort, Wake};
use self::preferences::Preferences;
use self::state::{OpenDialog, Question, Restart, Severity, ZOOMS, title_of};
use crate::data::{DataSet, DataSpec};
use crate::model::OutputActivation;
use crate::training::{Command, Event, Experiment, Preset, TrainerError};
use crate::ui::{self, Panels};

/// The window's first size, in points.
const WINDOW_SIZE: [f32; 2] = [1280.0, 800.0];
const MINIMUM_SIZE: [f32; 2] = [640.0, 360.0];

/// Opens the window on `experiment` and returns when it is closed.
///
/// # Errors
/// There is no display, or the window can't be opened on it.
pub fn run(experiment: Experiment) -> Result<(), AppError> {
    let display = error::display();
    if display == error::Display::None {
        return Err(AppError::NoDisplay);
    }
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Sparse Autoencoder Lab")
            .with_app_id("sae-lab")
            .with_inner_size(WINDOW_SIZE)
            .with_min_inner_size(MINIMUM_SIZE)
            .with_icon(ui::icon::window_icon()),
        ..Default::default()
    };
    // winit panics where a library of the window system is missing; that is no reason for a backtrace
    let quiet = QuietPanics::start();
    let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eframe::run_native(
            "sae-lab",
            options,
            Box::new(|context| {
                quiet.stop(); // from here on a panic is a fault of ours
                let preferences = context.storage.map(Preferences::load).unwrap_or_default();
                let app = LabApp::new(
                    &context.egui_ctx,
                    experiment,
                    preferences,
                    Arc::new(port::Lab),
                );
                Ok(Box::new(app))
            }),
        )
    }));
    quiet.stop();
    let cause = match opened {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("the window system failed")
            .to_owned(),
    };
    let cause = error::readable(&cause);
    Err(AppError::Window {
        cause,
        packages: error::packages(display == error::Display::Wayland),
    })
}

type PanicHook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync>;

/// Keeps panics from being printed until it is told to stop.
struct QuietPanics(Mutex<Option<PanicHook>>);

impl QuietPanics {
    fn start() -> Self {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        Self(Mutex::new(Some(hook)))
    }

    fn stop(&self) {
        if let Some(hook) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            std::panic::set_hook(hook);
        }
    }
}

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
}

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
        let mut app = Self {
            panels: Panels::default(),
            trainer: None,
            loader: Loader::new(Arc::clone(&backend), Arc::clone(&wake)),
            backend,
            wake,
            preferences,
            browsing: false,
            view,
        };
        app.load(app.view.experiment.clone());
        app
    }

    pub fn view(&self) -> &ViewState {
        &self.view
    }

    /// Does what was asked.
    pub fn act(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Command(command) => self.command(ctx, command),
            Action::SetHyperparameters(settings) => match settings.check() {
                Ok(checked) => {
                    self.view.experiment.hyperparameters = settings;
                    if let Some(trainer) = &self.trainer {
                        trainer.set_hyperparameters(checked);
                    }
                }
                Err(error) => self.view.notify(Severity::Trouble, error.to_string()),
            },
            Action::SetHidden(hidden) => {
                let (old, hidden) = (self.view.experiment.hidden, hidden.max(1));
                self.change(format!("{old} → {hidden} hidden units"), |experiment| {
                    experiment.hidden = hidden
                });
            }
            Action::SetHiddenActivation(activation) => {
                let what = format!("hidden activation {}", activation.name());
                self.change(what, |experiment| experiment.hidden_activation = activation);
            }
            Action::SetOutputActivation(activation) => {
                let what = format!("output activation {}", activation.name());
                self.change(what, |experiment| experiment.output_activation = activation);
            }
            Action::SetSeed(seed) => {
                self.change(format!("seed {seed}"), |experiment| experiment.seed = seed)
            }
            Action::SetSpeed(speed) => {
                self.view.speed = speed;
                self.send(Command::SetSpeed(speed));
            }
            Action::SetZoom(percent) => self.zoom(ctx, percent),
            Action::Select(unit) => self.view.selected = unit,
            Action::Load(spec) => {
                self.view.open_dialog = None;
                let what = format!("data: {}", title_of(&spec));
                let experiment = Experiment {
                    data: spec,
                    ..self.view.experiment.clone()
                };
                self.restart(what, Restart::Load(Box::new(experiment)));
            }
            Action::BrowseFiles => {
                if !std::mem::replace(&mut self.browsing, true)
                    && let Err(error) = self.loader.browse()
                {
                    self.browsing = false;
                    self.view.notify(Severity::Trouble, error);
                }
            }
            Action::OpenPath(path) => self.act(ctx, Action::Load(DataSpec::file(path))),
            Action::ConfirmRestart => {
                if let Some(question) = self.view.question.take() {
                    self.do_restart(question.restart);
                }
            }
            Action::CloseDialog => {
                if self.view.question.take().is_none() {
                    self.view.open_dialog = None;
                }
            }
            Action::DismissNotice(index) => {
                if index < self.view.notices.len() {
                    self.view.notices.remove(index);
                }
            }
        }
    }

    fn command(&mut self, ctx: &egui::Context, command: UserCommand) {
        match command {
            UserCommand::PlayPause => {
                self.view.playing = !self.view.playing;
                self.send(if self.view.playing {
                    Command::Play
                } else {
                    Command::Pause
                });
            }
            UserCommand::StepEpoch => {
                self.view.playing = false;
                self.send(Command::StepEpoch);
            }
            UserCommand::Reset => self.restart("the same initial weights".into(), Restart::Reset),
            UserCommand::NewSeed => self.act(
                ctx,
                Action::SetSeed(self.view.experiment.seed.wrapping_add(1)),
            ),
            UserCommand::SpeedUp => {
                self.act(ctx, Action::SetSpeed(ui::speed::next(self.view.speed, 1)))
            }
            UserCommand::SlowDown => {
                self.act(ctx, Action::SetSpeed(ui::speed::next(self.view.speed, -1)))
            }
            UserCommand::OpenFile => {
                egui::Popup::close_all(ctx); // a menu would stand over the dialog
                self.view
                    .open_dialog
                    .get_or_insert_with(OpenDialog::default);
            }
            UserCommand::Data(set) => self.act(ctx, Action::Load(DataSpec::embedded(set))),
            UserCommand::Preset(preset) => {
                let what = format!("preset {}", preset.title());
                self.restart(what, Restart::Load(Box::new(preset.experiment())));
            }
            UserCommand::ToggleTheme => {
                self.preferences.dark = !ctx.global_style().visuals.dark_mode;
                self.preferences.apply(ctx);
            }
            UserCommand::ZoomIn => self.zoom(
                ctx,
                ZOOMS
                    .into_iter()
                    .find(|z| *z > self.view.zoom)
                    .unwrap_or(200),
            ),
            UserCommand::ZoomOut => {
                self.zoom(
                    ctx,
                    ZOOMS
                        .into_iter()
                        .rev()
                        .find(|z| *z < self.view.zoom)
                        .unwrap_or(100),
                );
            }
            UserCommand::ZoomReset => self.zoom(ctx, 100),
            UserCommand::ToggleContrast => {
                self.view.contrast = match self.view.contrast {
                    state::Contrast::Shared => state::Contrast::PerTile,
                    state::Contrast::PerTile => state::Contrast::Shared,
                };
            }
            UserCommand::Dismiss => {
                if self.view.question.is_some() || self.view.open_dialog.is_some() {
                    self.act(ctx, Action::CloseDialog);
                } else if self.view.notices.pop().is_none() {
                    self.view.selected = None;
                }
            }
        }
    }

    fn zoom(&mut self, ctx: &egui::Context, percent: u32) {
        self.view.zoom = percent;
        self.preferences.zoom = percent;
        self.preferences.apply(ctx);
    }

    /// Asks first if there is a run to lose.
    fn restart(&mut self, what: String, restart: Restart) {
        if self.view.has_run_to_lose() {
            self.view.question = Some(Question { what, restart });
        } else {
            self.do_restart(restart);
        }
    }

    fn change(&mut self, what: String, change: impl FnOnce(&mut Experiment)) {
        let mut experiment = self.view.experiment.clone();
        change(&mut experiment);
        if experiment != self.view.experiment {
            self.restart(what, Restart::Change(Box::new(experiment)));
        }
    }

    fn do_restart(&mut self, restart: Restart) {
        self.view.notices.clear();
        match restart {
            Restart::Reset => {
                self.send(Command::Reset);
                if self.view.playing {
                    self.send(Command::Play); // after a divergence or a panic too
                }
            }
            Restart::Change(experiment) => {
                match self.view.snapshot.as_ref().map(|s| Arc::clone(&s.data)) {
                    Some(data) => self.begin(*experiment, data),
                    None => self.load(*experiment),
                }
            }
            Restart::Load(experiment) => self.load(*experiment),
        }
    }

    /// Loads the data of `experiment`, then begins it. If that fails, everything stays as it is.
    fn load(&mut self, experiment: Experiment) {
        let same = self
            .view
            .snapshot
            .as_ref()
            .filter(|snapshot| snapshot.data.spec == experiment.data);
        if let Some(data) = same.map(|snapshot| Arc::clone(&snapshot.data)) {
            self.begin(experiment, data);
            return;
        }
        let title = title_of(&experiment.data);
        match self.loader.load(Box::new(experiment)) {
            Ok(()) => self.view.loading = Some(title),
            Err(error) => self.view.notify(Severity::Trouble, error),
        }
    }

    fn begin(&mut self, experiment: Experiment, data: Arc<DataSet>) {
        self.view.preset = Preset::ALL
            .into_iter()
            .find(|preset| preset.experiment() == experiment);
        self.view.experiment = experiment.clone();
        self.view.selected = None;
        self.warn_of_range(&data);
        if self.trainer.is_some() {
            self.send(Command::Begin {
                experiment: Box::new(experiment),
                data,
            });
        } else {
            match self.backend.start(experiment, data, Arc::clone(&self.wake)) {
                Ok(trainer) => self.trainer = Some(trainer),
                Err(error) => {
                    self.view.notify(Severity::Trouble, error.to_string());
                    return;
                }
            }
            self.send(Command::SetSpeed(self.view.speed));
        }
        if self.view.playing {
            self.send(Command::Play);
        }
    }

    /// An output that can't reach the data's values explains a loss that never falls.
    fn warn_of_range(&mut self, data: &DataSet) {
        let output = self.view.experiment.output_activation;
        let (low, high) = match output {
            OutputActivation::Sigmoid => (0.0, 1.0),
            OutputActivation::Tanh => (-1.0, 1.0),
            OutputActivation::Linear => return,
        };
        let (least, most) = data.range;
        if least < low || most > high {
            let text = format!(
                "The values of {} run from {least:.3} to {most:.3}; a {} output only reaches {low} to {high}. Choose \
                 the linear output.",
                data.name,
                output.name()
            );
            self.view.notify(Severity::Note, text);
        }
    }

    fn send(&mut self, command: Command) {
        // before the first data set is loaded there is nobody to tell; `begin` tells it all then
        if let Some(trainer) = &self.trainer
            && let Err(error) = trainer.send(command)
        {
            if error == TrainerError::Gone {
                self.view.playing = false;
            }
            self.view.notify(Severity::Trouble, error.to_string());
        }
    }

    /// Takes what the trainer and the loader have put down since the last frame. Never waits, never paints.
    fn drain(&mut self) {
        if let Some(loaded) = self.loader.loaded() {
            self.view.loading = None;
            match loaded.result {
                Ok(data) => self.begin(*loaded.experiment, Arc::new(data)),
                Err(error) => self.view.notify(Severity::Trouble, error),
            }
        }
        match self.loader.browsed() {
            Some(Browsed::Path(path)) => {
                self.browsing = false;
                self.view.open_dialog = None;
                let spec = DataSpec::file(path);
                let what = format!("data: {}", title_of(&spec));
                let experiment = Experiment {
                    data: spec,
                    ..self.view.experiment.clone()
                };
                self.restart(what, Restart::Load(Box::new(experiment)));
            }
            Some(Browsed::Cancelled) => self.browsing = false,
            Some(Browsed::Unavailable) => {
                self.browsing = false;
                self.view.open_dialog.get_or_insert_with(OpenDialog::default).hint = Some(
                    "This system has no file dialog: install xdg-desktop-portal or zenity. A path typed here, or a \
                     file dropped on the window, does as well."
                        .into(),
                );
            }
            None => {}
        }
        let Some(trainer) = &self.trainer else { return };
        let (events, snapshot) = (trainer.events(), trainer.snapshot());
        if snapshot.is_some() {
            self.view.snapshot = snapshot;
        }
        for event in events {
            self.hear(event);
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Began { .. } | Event::Applied { .. } => {}
            Event::Diverged { cause, .. } => {
                self.view.playing = false;
                self.view.notify(Severity::Trouble, cause);
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
        let dropped = ctx.input(|input| {
            input
                .raw
                .dropped_files
                .first()
                .map(|file| file.path().to_owned())
        });
        self.view.drop_hovered = ctx.input(|input| !input.raw.hovered_files.is_empty());
        if let Some(path) = dropped {
            self.act(ctx, Action::OpenPath(path));
        }
    }
}

impl eframe::App for LabApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.take_drops(ctx);
        self.drain();
        for command in UserCommand::pressed(ctx) {
            self.command(ctx, command);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut actions = Vec::new();
        self.panels.ui(ui, &self.view, &mut actions);
        let ctx = ui.ctx().clone();
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

    /// Only theme and zoom are kept; where a panel was scrolled to is no preference.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
