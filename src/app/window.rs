//! The lab in a window: input becomes actions, panels are drawn, preferences are shown.
//!
//! `logic` drains what the trainer and the jobs put down and never paints; `ui` paints and never waits. The lab wakes the
//! window through the closure it was handed: an idle, paused window is not drawn at all.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::frame_log::FrameLog;
use super::pace::Pace;
use super::photograph::{Photograph, image_of};
use super::storage;
use crate::io::IoError;
use crate::io::autosave::{Left, Slot};
use crate::lab::export::Copied;
use crate::lab::port::Backend;
use crate::lab::{Action, Lab, Preferences, UserCommand, View};
use crate::training::{Experiment, Share, share};
use crate::ui::{self, Panels};

/// A window closes within half a second, with its threads.
const CLOSING: Duration = Duration::from_millis(350);
/// But for a file that a person asked for, which may be on its way to a slow disk.
const WRITING: Duration = Duration::from_secs(5);

/// The application.
pub struct LabApp {
    lab: Lab,
    panels: Panels,
    start: Instant,
    /// Whether a field was being typed in at the end of the last frame.
    typing: bool,
    /// Where its state is kept.
    slot: Option<Slot>,
    pace: Pace,
    /// For measurements.
    frames: Option<FrameLog>,
    /// That is being taken.
    photograph: Option<Photograph>,
}

impl LabApp {
    pub fn new(
        ctx: &egui::Context,
        experiment: Experiment,
        preferences: Preferences,
        backend: Arc<dyn Backend>,
    ) -> Self {
        ui::theme::install(ctx);
        ui::in_turn::install(ctx);
        storage::apply(&preferences, ctx);
        let pace = Pace::new(backend.cores(), backend.way());
        let wake = {
            let (ctx, waker) = (ctx.clone(), pace.waker());
            Arc::new(move || waker.wake(&ctx))
        };
        Self {
            lab: Lab::new(experiment, preferences, backend, wake),
            panels: Panels::default(),
            start: Instant::now(),
            typing: false,
            slot: None,
            pace,
            frames: None,
            photograph: None,
        }
    }

    /// Notes every frame from now on, and writes them to `log` at the end.
    pub(super) fn log_frames(&mut self, log: FrameLog) {
        self.frames = Some(log);
    }

    /// Keeps the state of the run from now on in a file of this window's own, for after a crash.
    pub fn keep_in(&mut self, slot: Slot, left: Left) {
        let path = slot.path().to_owned();
        self.lab.autosave_to(path, &left.recovered, left.last);
        self.slot = Some(slot);
    }

    /// Says that nothing is kept for after a crash.
    pub fn cannot_keep(&mut self, error: &IoError) {
        self.lab.keep_nothing(error);
    }

    pub fn view(&self) -> View<'_> {
        self.lab.view()
    }

    /// Does what was asked, and shows what of it is the window's.
    pub fn act(&mut self, ctx: &egui::Context, action: Action) {
        let (before, covered) = (
            self.lab.preferences().clone(),
            self.view().shared.is_covered(),
        );
        let presenting = self.view().shared.presenting.is_some();
        self.lab.act(action);
        if *self.lab.preferences() != before {
            storage::apply(self.lab.preferences(), ctx);
        }
        let shared = self.view().shared;
        ctx.set_zoom_factor(shared.zoom as f32 / 100.0); // that of a class is no preference
        let whole = shared.presenting.is_some();
        if whole != presenting {
            ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(whole));
        }
        if self.view().shared.is_covered() && !covered {
            egui::Popup::close_all(ctx); // a menu would stand over the dialog
        }
    }

    /// Opens files, or a folder, for the import sheet.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        self.lab.open(paths);
    }

    /// Takes what comes as long as it `lasts`, and no longer than `most`.
    fn wait(&mut self, most: Duration, lasts: fn(&Lab) -> bool) {
        let start = Instant::now();
        while lasts(&self.lab) && start.elapsed() < most {
            std::thread::sleep(Duration::from_millis(2));
            self.lab.drain(self.start.elapsed());
        }
    }

    /// Trains the run that a share line tells.
    pub fn open_shared(&mut self, share: Share) {
        self.lab.open_shared(share);
    }

    /// A share line that is pasted where no field takes it opens its run. Returns whether there was one.
    fn take_paste(&mut self, ctx: &egui::Context) -> bool {
        if ctx.text_edit_focused() || self.view().shared.is_covered() {
            return false;
        }
        let line = ctx.input(|input| {
            let mut events = input.events.iter();
            events.find_map(|event| match event {
                egui::Event::Paste(text) if share::begins_a_line(text) => Some(text.clone()),
                _ => None,
            })
        });
        let pasted = line.is_some();
        if let Some(line) = line {
            self.act(ctx, Action::OpenShare(line));
        }
        pasted
    }

    fn take_drops(&mut self, ctx: &egui::Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        self.lab
            .hover_drop(ctx.input(|input| !input.raw.hovered_files.is_empty()));
        self.lab.take_drop(dropped);
    }
}

impl eframe::App for LabApp {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let touched = ctx.input(|input| !input.events.is_empty());
        let cost = frame.info().cpu_usage;
        let last = cost.and_then(|cost| Duration::try_from_secs_f32(cost).ok());
        let waited = self.pace.begin(touched, last);
        if let Some(log) = &mut self.frames {
            let shown = self.lab.view().run.snapshot.as_ref();
            let epoch = shown.map_or(0, |snapshot| snapshot.epoch);
            log.begin(last, waited, touched, epoch);
        }
        self.take_drops(ctx);
        self.lab.drain(self.start.elapsed());
        match self.lab.take_copied() {
            Some(Copied::Text(text)) => ctx.copy_text(text),
            Some(Copied::Picture(pixels)) => ctx.copy_image(image_of(&pixels)),
            None => {}
        }
        if let Some(picture) = self.photograph.as_ref().and_then(Photograph::taken) {
            self.photograph = None;
            self.lab.take_photograph(picture);
        }
        let pasted = self.take_paste(ctx);
        self.lab.set_unit_columns(self.panels.unit_columns());
        self.lab.set_code_seen(self.panels.shows_code());
        let (page, cover) = (self.view().shared.page, self.view().shared.cover());
        self.lab.set_pointed(self.panels.pointed());
        if self.view().shared.presenting.is_some() && !self.typing {
            self.panels.listen(ctx, page);
        }
        // the palette hears its own keys
        if !self.view().shared.palette {
            for command in ui::keymap::pressed(ctx, page, cover, self.typing) {
                if !(pasted && command == UserCommand::PasteShareLine) {
                    self.act(ctx, command.into());
                }
            }
        }
        if self.lab.is_to_be_photographed() && self.photograph.is_none() {
            self.photograph = Some(Photograph::ask(ctx));
        }
        if let Some(again) = self.lab.follow(self.start.elapsed()) {
            ctx.request_repaint_after(again);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut actions = Vec::new();
        self.panels.ui(ui, &self.lab.view(), &mut actions);
        let ctx = ui.ctx().clone();
        self.typing = ctx.text_edit_focused();
        for action in actions {
            self.act(&ctx, action);
            ctx.request_repaint(); // what it changed is drawn at once, once
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        storage::save(self.lab.preferences(), storage);
    }

    /// The state of the run is kept once more, if the trainer gives it soon.
    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(Err(error)) = self.frames.as_ref().map(FrameLog::write) {
            eprintln!("sae-lab: {error}");
        }
        self.wait(WRITING, Lab::is_writing);
        let Some(slot) = self.slot.take() else {
            return;
        };
        self.wait(CLOSING, Lab::is_autosaving); // one that is under way
        if self.lab.ask_autosave() {
            self.wait(CLOSING, Lab::is_autosaving);
        }
        slot.close();
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
