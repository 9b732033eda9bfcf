//! Carries out each request: passes it to the trainer or the loader, or remembers it.

use std::sync::Arc;

use super::beside::Question;
use super::commands::UserCommand;
use super::import::Wish;
use super::import_settings::Whose;
use super::jobs::Request;
use super::keeping::Form;
use super::map::MapAction;
use super::page::Page;
use super::panel::Panel;
use super::preferences::PAST_BYTES;
use super::room::Lab;
use super::shared::ZOOMS;
use super::speed;
use super::state::Action;
use super::state::{Contrast, Notice, OpenDialog, Restart, Severity};
use super::studies::Study;
use super::undo::Done;
use crate::data::DataSpec;
use crate::training::Experiment;
use crate::training::trainer::Ask;

impl Lab {
    /// Does what was asked.
    pub fn act(&mut self, action: Action) {
        if self.lesson_refuses(&action) {
            return;
        }
        match action {
            Action::Command(command) => self.command(command),
            Action::Set {
                setting,
                value,
                press,
            } => self.set(setting, value, press),
            Action::SetHidden(hidden) => {
                self.change(|experiment| experiment.hidden = hidden.max(1));
            }
            Action::SetHiddenActivation(activation) => {
                self.change(|experiment| experiment.hidden_activation = activation);
            }
            Action::SetOutputActivation(activation) => {
                self.change(|experiment| experiment.output_activation = activation);
            }
            Action::SetSeed(seed) => self.change(|experiment| experiment.seed = seed),
            Action::SetSpeed(speed) => {
                self.session.shown.speed = speed;
                self.ask(Ask::SetSpeed(speed));
            }
            Action::SetZoom(percent) => self.zoom(percent),
            Action::Select(unit) => self.session.shown.selected = unit,
            Action::Inspect(unit) => {
                self.session.shown.selected = Some(unit);
                self.shared.show(Page::Unit);
            }
            Action::Load(spec) => {
                let experiment = Experiment {
                    data: spec,
                    ..self.session.shown.experiment.clone()
                };
                self.restart(Restart::LoadToSuit(Box::new(experiment)));
            }
            Action::Open(paths) => self.open(paths),
            Action::Typed(paths) => self.take_typed(paths),
            Action::Follow { folder, map } => self.follow_folder(folder, &map),
            Action::SetImport { spec, settings } => self.set_import(spec, *settings),
            Action::Seek(epoch) => self.seek(epoch),
            Action::Kept(run, action) => self.keep(run, action),
            Action::Pair(action) => {
                self.shared.question = None;
                self.pair_action(action);
            }
            Action::PauseAt(epoch) => {
                self.shared.question = None;
                self.pause_at(epoch);
            }
            Action::OpenShare(text) => self.open_line(&text),
            Action::Export(what, path) => self.export(what, &path),
            Action::SetPastBudget(bytes) => {
                let bytes = bytes.clamp(*PAST_BYTES.start(), *PAST_BYTES.end());
                self.preferences.past_bytes = bytes;
                if let Some(archive) = self.archive() {
                    archive.set_budget(bytes);
                }
            }
            Action::CloseDialog => self.close(),
            Action::DismissNotice(index) => {
                if index < self.shared.notices.len() {
                    let notice = self.shared.notices.remove(index);
                    self.dismissed(&notice);
                }
            }
            Action::Bring(panel) => self.shared.bring(panel),
            Action::Look(action) => self.look(action),
            Action::SetComparison(choice) => self.session.shown.compare = choice,
            Action::Map(action) => self.map_action(action),
            Action::Lesson(action) => self.lesson_action(action),
        }
    }

    fn command(&mut self, command: UserCommand) {
        let palette = std::mem::take(&mut self.shared.palette); // whatever is chosen there closes it
        if let Err(why) = self.can(command) {
            // what a lesson holds, other keys would only seem to be dead
            if command.says_why_not() || self.shared.lesson.is_some() {
                self.shared.notify(Severity::Note, why);
            }
            return;
        }
        match command {
            UserCommand::Palette => self.shared.palette = !palette,
            UserCommand::PlayPause if self.session.shown.past.is_some() => self.play_past(),
            UserCommand::StepEpoch if self.session.shown.past.is_some() => self.step_in_time(1),
            UserCommand::PlayPause => {
                self.session.shown.playing = !self.session.shown.playing;
                if self.session.shown.playing {
                    self.pause_where_the_step_ends(self.session.shown.now());
                }
                self.ask(if self.session.shown.playing {
                    Ask::Play
                } else {
                    Ask::Pause
                });
            }
            UserCommand::StepEpoch => {
                self.session.shown.playing = false;
                self.ask(Ask::Step);
            }
            UserCommand::Reset => self.restart(Restart::Reset),
            UserCommand::NewSeed => self.act(Action::SetSeed(
                self.session.shown.experiment.seed.wrapping_add(1),
            )),
            UserCommand::SpeedUp => {
                self.act(Action::SetSpeed(speed::next(self.session.shown.speed, 1)))
            }
            UserCommand::SlowDown => {
                self.act(Action::SetSpeed(speed::next(self.session.shown.speed, -1)))
            }
            UserCommand::OpenFile => {
                self.shared
                    .open_dialog
                    .get_or_insert_with(OpenDialog::default);
            }
            UserCommand::BrowseFiles => self.browse_for_path(false),
            UserCommand::BrowseFolder => self.browse_for_path(true),
            UserCommand::FollowFolder => self.ask_for_checkpoints(),
            UserCommand::StopFollowing => self.stop_following(),
            UserCommand::SaveRun => self.save_run(false, false),
            UserCommand::SaveRunAs => self.save_run(true, false),
            UserCommand::SaveRunWithData => self.save_run(true, true),
            UserCommand::SaveAll => self.save_all(),
            UserCommand::RestoreLast => self.restore_last(),
            UserCommand::LocateData => self.locate_data(),
            UserCommand::CopyShareLine => self.copy_run(Form::Line),
            UserCommand::CopyAsCommand => self.copy_run(Form::Command),
            UserCommand::PasteShareLine => self.shared.question = Some(Question::ShareLine),
            UserCommand::PrepareData => self.find(self.session.shown.experiment.data.clone()),
            UserCommand::SuggestImport => {
                if let Some(import) = &self.shared.import {
                    let settings = import.settings.with(Whose::Recipe);
                    self.set_import(import.as_suggested(), settings);
                }
            }
            UserCommand::TrainOnImport => self.train_on_import(),
            UserCommand::CancelLoading => self.cancel_loading(),
            UserCommand::Data(set) => self.act(Action::Load(DataSpec::embedded(set))),
            UserCommand::Preset(preset) => {
                self.restart(Restart::Load(Box::new(preset.experiment())));
            }
            UserCommand::Lesson(_)
            | UserCommand::GoOnInLesson
            | UserCommand::RevealStep
            | UserCommand::SkipStep
            | UserCommand::LeaveLesson => self.lesson_command(command),
            UserCommand::ToggleTheme => {
                self.preferences.dark = !self.preferences.dark;
            }
            UserCommand::ZoomIn => self.zoom(
                ZOOMS
                    .into_iter()
                    .find(|z| *z > self.shared.zoom)
                    .unwrap_or(200),
            ),
            UserCommand::ZoomOut => {
                self.zoom(
                    ZOOMS
                        .into_iter()
                        .rev()
                        .find(|z| *z < self.shared.zoom)
                        .unwrap_or(100),
                );
            }
            UserCommand::ZoomReset => self.zoom(100),
            UserCommand::ToggleContrast => {
                self.shared.contrast = match self.shared.contrast {
                    Contrast::Shared => Contrast::PerTile,
                    Contrast::PerTile => Contrast::Shared,
                };
            }
            UserCommand::Dismiss => {
                if self.shared.is_covered() {
                    self.close();
                } else if self.shared.opening.is_some() || self.shared.loading.is_some() {
                    self.cancel_loading();
                } else if let Some(notice) = self.shared.notices.pop() {
                    self.dismissed(&notice);
                } else if self.shared.filled.take().is_some()
                    || self.shared.spotlight.take().is_some()
                    || self.shared.slow.take().is_some()
                {
                    // the newest notice is gone, or else the panel went back, or all are in the light again
                } else if self.shared.held {
                    self.hold_picture();
                } else if self.escape_is_the_lessons() {
                    self.may_leave_lesson();
                } else {
                    if self.shared.page == Page::Lab
                        && self.session.shown.selected.take().is_none()
                        && self.shared.presenting.is_some()
                    {
                        self.present();
                    }
                    self.shared.show(Page::Lab);
                }
            }
            UserCommand::Present => self.present(),
            UserCommand::PresentPanel(panel) => self.choose_panel(panel),
            UserCommand::Spotlight => self.spotlight(),
            UserCommand::HoldPicture => self.hold_picture(),
            UserCommand::DescribeChange => self.describe(),
            UserCommand::SlowMotion => self.slow_motion(),
            UserCommand::Show(page) => self.shared.show(page),
            UserCommand::Fill(panel) => self.shared.fill(panel),
            UserCommand::FillWindow => {
                let shared = &mut self.shared;
                let page = shared.page;
                let here = |panel: &Panel| panel.page().is_none_or(|of| of == page);
                let pointed = shared.pointed.filter(here);
                let panel = shared.filled.or(pointed).unwrap_or(Panel::main_of(page));
                shared.fill(panel);
            }
            UserCommand::NextUnit => self.step_unit(1),
            UserCommand::PreviousUnit => self.step_unit(-1),
            UserCommand::UnitBelow => self.step_unit(self.unit_columns as isize),
            UserCommand::UnitAbove => self.step_unit(-(self.unit_columns as isize)),
            UserCommand::ReviveUnit => {
                let unit = self
                    .session
                    .shown
                    .selected
                    .filter(|unit| self.session.shown.can_revive(*unit));
                self.revive(unit.into_iter().collect());
            }
            UserCommand::ReviveDead => {
                self.revive(self.session.shown.dead_units());
            }
            UserCommand::WhatSaves => self.ask_what_saves(),
            UserCommand::CloseWhatSaves => self.close_what_saves(),
            UserCommand::CheckGradient => {
                if let Some(snapshot) = &self.session.shown.snapshot {
                    let snapshot = Arc::clone(snapshot);
                    let started = self.jobs.start(Request::CheckGradient { snapshot });
                    self.session.shown.gradient_check = Study::begun(started);
                    self.shared.show(Page::Mathematics);
                    self.shared.bring(Panel::GradientCheck);
                }
            }
            UserCommand::CheckMyGradient => self.ask_for_gradient(),
            UserCommand::CloseMyGradient => self.close_my_gradient(),
            UserCommand::EpochBack => self.step_in_time(-1),
            UserCommand::EpochForward => self.step_in_time(1),
            UserCommand::TenEpochsBack => self.step_in_time(-10),
            UserCommand::TenEpochsForward => self.step_in_time(10),
            UserCommand::FirstEpoch => self.seek_first(),
            UserCommand::ReturnToNow => self.return_to_now(),
            UserCommand::GoOnFromHere => self.go_on_from_here(None),
            UserCommand::Undo => self.undo(),
            UserCommand::Redo => self.redo(),
            UserCommand::SparseAgainstPlain => self.sparse_against_plain(),
            UserCommand::CopyBeside => self.beside_from_here(Vec::new()),
            UserCommand::CopyBesideWith => self.shared.question = Some(Question::OneSetting),
            UserCommand::SwapRuns => self.swap_pair(),
            UserCommand::KeepOther => self.promote_other(),
            UserCommand::DropOther => self.drop_other(),
            UserCommand::ToggleLock => self.toggle_lock(),
            UserCommand::EndPair => self.end_pair(),
            UserCommand::EditNotes => self.shared.question = Some(Question::Notes),
            UserCommand::PauseAtEpoch => self.shared.question = Some(Question::PauseAt),
            UserCommand::Export(what) => self.shared.question = Some(Question::Export(what)),
            UserCommand::CopyPicture(what) => self.copy_picture(what),
            UserCommand::CopyWindow => self.copy_window(),
            UserCommand::BrowseExport => self.browse_for_export(),
            UserCommand::StartMap => self.start_map(),
            UserCommand::StopMap => self.stop_map(),
            UserCommand::OpenCell => {
                if let Some(run) = self.shared.map.chosen {
                    self.map_action(MapAction::Open(run));
                }
            }
            UserCommand::PreviousInput
            | UserCommand::NextInput
            | UserCommand::RandomInput
            | UserCommand::ClearInput
            | UserCommand::BrowsePicture
            | UserCommand::ReleaseActivations
            | UserCommand::SortActivations
            | UserCommand::CompareRuns
            | UserCommand::CancelComparison => self.look_command(command),
        }
    }

    /// Restarts `units`; of the past, in a run that goes on from there.
    fn revive(&mut self, units: Vec<usize>) {
        if units.is_empty() {
            return;
        }
        if self.session.shown.past.is_some() {
            let all = units.len() > 1 || self.session.shown.selected != units.first().copied();
            let again = if all {
                UserCommand::ReviveDead
            } else {
                UserCommand::ReviveUnit
            };
            return self.go_on_from_here(Some(again.into()));
        }
        self.session.undo.push(Done::Revived);
        self.ask(Ask::Revive(units));
    }

    /// Selects the unit `by` places on, if there is one.
    fn step_unit(&mut self, by: isize) {
        let units = self
            .session
            .shown
            .snapshot
            .as_ref()
            .map_or(0, |s| s.units.len());
        let selected = self.session.shown.selected.filter(|unit| *unit < units);
        let place = selected.map_or(Some(0), |unit| unit.checked_add_signed(by));
        if let Some(unit) = place.filter(|unit| *unit < units) {
            self.session.shown.selected = Some(unit);
        }
    }

    pub(super) fn zoom(&mut self, percent: u32) {
        self.shared.zoom = percent;
        // that of a class is no preference
        if self.shared.presenting.is_none() {
            self.preferences.zoom = percent;
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Experiment)) {
        let mut experiment = self.session.shown.experiment.clone();
        change(&mut experiment);
        if experiment != self.session.shown.experiment {
            self.restart(Restart::Change(Box::new(experiment)));
        }
    }

    /// What was offered in `notice` is not wanted.
    fn dismissed(&mut self, notice: &Notice) {
        if notice.offer == Some(UserCommand::RestoreLast) {
            self.settle_left();
        }
    }

    /// The run that is shown gives way to another; undo brings it back.
    pub(super) fn restart(&mut self, restart: Restart) {
        self.shared.clear_notices();
        match restart {
            Restart::Reset => {
                self.begin_again();
                self.pause_where_the_step_ends(0);
            }
            Restart::Change(experiment) => match self.session.shown.data().map(Arc::clone) {
                Some(data) => {
                    self.begin(*experiment, data);
                }
                None => self.load(*experiment, Wish::AsItIs),
            },
            Restart::Load(experiment) => self.load(*experiment, Wish::Play),
            Restart::LoadToSuit(experiment) => self.load(*experiment, Wish::Suit),
            Restart::Import(experiment) => self.load_import(*experiment),
        }
    }
}
