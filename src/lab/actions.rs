//! What becomes of each request: told to the trainer, to the loader, or remembered.

use std::sync::Arc;

use super::commands::UserCommand;
use super::loading::Browse;
use super::page::Page;
use super::room::Lab;
use super::state::Action;
use super::state::{Contrast, OpenDialog, Question, Restart, Severity, ZOOMS};
use super::{speed, studies};
use crate::data::{DataSet, DataSpec};
use crate::training::{Command, Experiment, Preset, Speed, TrainerError};

impl Lab {
    /// Does what was asked.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Command(command) => self.command(command),
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
            Action::SetZoom(percent) => self.zoom(percent),
            Action::Select(unit) => self.view.selected = unit,
            Action::Inspect(unit) => {
                self.view.selected = Some(unit);
                self.view.page = Page::Unit;
            }
            Action::Load(spec) => {
                let what = format!("data: {}", spec.source.title());
                let experiment = Experiment {
                    data: spec,
                    ..self.view.experiment.clone()
                };
                self.restart(what, Restart::LoadToSuit(Box::new(experiment)));
            }
            Action::Open(paths) => self.open(paths),
            Action::SetImport { spec, hidden } => self.set_import(spec, hidden),
            Action::ConfirmRestart => {
                if let Some(question) = self.view.question.take() {
                    self.do_restart(question.restart);
                }
            }
            Action::CloseDialog => self.close(),
            Action::DismissNotice(index) => {
                if index < self.view.notices.len() {
                    self.view.notices.remove(index);
                }
            }
            Action::Look(action) => self.look(action),
            Action::SetComparison(choice) => self.view.compare = choice,
        }
    }

    fn command(&mut self, command: UserCommand) {
        let palette = std::mem::take(&mut self.view.palette); // whatever is chosen there closes it
        if self.can(command).is_err() {
            return;
        }
        match command {
            UserCommand::Palette => self.view.palette = !palette,
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
            UserCommand::NewSeed => {
                self.act(Action::SetSeed(self.view.experiment.seed.wrapping_add(1)))
            }
            UserCommand::SpeedUp => self.act(Action::SetSpeed(speed::next(self.view.speed, 1))),
            UserCommand::SlowDown => self.act(Action::SetSpeed(speed::next(self.view.speed, -1))),
            UserCommand::OpenFile => {
                self.view
                    .open_dialog
                    .get_or_insert_with(OpenDialog::default);
            }
            UserCommand::BrowseFiles => self.browse(Browse::Files),
            UserCommand::BrowseFolder => self.browse(Browse::Folder),
            UserCommand::PrepareData => self.find(self.view.experiment.data.clone()),
            UserCommand::SuggestImport => {
                if let Some(import) = &self.view.import {
                    self.set_import(import.as_suggested(), import.hidden);
                }
            }
            UserCommand::TrainOnImport => self.train_on_import(),
            UserCommand::CancelLoading => self.cancel_loading(),
            UserCommand::Data(set) => self.act(Action::Load(DataSpec::embedded(set))),
            UserCommand::Preset(preset) => {
                let what = format!("preset {}", preset.title());
                self.restart(what, Restart::Load(Box::new(preset.experiment())));
            }
            UserCommand::ToggleTheme => {
                self.preferences.dark = !self.preferences.dark;
            }
            UserCommand::ZoomIn => self.zoom(
                ZOOMS
                    .into_iter()
                    .find(|z| *z > self.view.zoom)
                    .unwrap_or(200),
            ),
            UserCommand::ZoomOut => {
                self.zoom(
                    ZOOMS
                        .into_iter()
                        .rev()
                        .find(|z| *z < self.view.zoom)
                        .unwrap_or(100),
                );
            }
            UserCommand::ZoomReset => self.zoom(100),
            UserCommand::ToggleContrast => {
                self.view.contrast = match self.view.contrast {
                    Contrast::Shared => Contrast::PerTile,
                    Contrast::PerTile => Contrast::Shared,
                };
            }
            UserCommand::Dismiss => {
                if self.view.is_covered() {
                    self.close();
                } else if self.view.opening.is_some() || self.view.loading.is_some() {
                    self.cancel_loading();
                } else if self.view.notices.pop().is_none() {
                    if self.view.page == Page::Lab {
                        self.view.selected = None;
                    }
                    self.view.page = Page::Lab;
                }
            }
            UserCommand::Show(page) => self.view.page = page,
            UserCommand::NextUnit => self.step_unit(1),
            UserCommand::PreviousUnit => self.step_unit(-1),
            UserCommand::UnitBelow => self.step_unit(self.unit_columns as isize),
            UserCommand::UnitAbove => self.step_unit(-(self.unit_columns as isize)),
            UserCommand::ReviveUnit => {
                let unit = self
                    .view
                    .selected
                    .filter(|unit| self.view.can_revive(*unit));
                if let Some(unit) = unit {
                    self.send(Command::Revive(vec![unit]));
                }
            }
            UserCommand::ReviveDead => {
                let dead = self.view.dead_units();
                if !dead.is_empty() {
                    self.send(Command::Revive(dead));
                }
            }
            UserCommand::CheckGradient => {
                if let Some(snapshot) = &self.view.snapshot {
                    let work = studies::check_gradient(Arc::clone(snapshot));
                    self.gradient_check.start(
                        &mut self.view.gradient_check,
                        "sae-lab gradient check",
                        &self.wake,
                        work,
                    );
                    self.view.page = Page::Mathematics;
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

    /// Selects the unit `by` places on, if there is one.
    fn step_unit(&mut self, by: isize) {
        let units = self.view.snapshot.as_ref().map_or(0, |s| s.units.len());
        let place = self.view.selected.unwrap_or(0).checked_add_signed(by);
        if let Some(unit) = place.filter(|unit| *unit < units) {
            self.view.selected = Some(unit);
        }
    }

    fn zoom(&mut self, percent: u32) {
        self.view.zoom = percent;
        self.preferences.zoom = percent;
    }

    /// Asks first if there is a run to lose.
    pub(super) fn restart(&mut self, what: String, restart: Restart) {
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
                    None => self.load(*experiment, false),
                }
            }
            Restart::Load(experiment) => self.load(*experiment, false),
            Restart::LoadToSuit(experiment) => self.load(*experiment, true),
            Restart::Import(experiment) => self.load_import(*experiment),
        }
    }

    pub(super) fn begin(&mut self, experiment: Experiment, data: Arc<DataSet>) {
        let before = self.view.preset;
        self.view.preset = Preset::ALL
            .into_iter()
            .find(|preset| preset.experiment() == experiment);
        self.pace(before);
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

    /// The speed that the chosen preset is best watched at; that of the one `before` ends with it.
    fn pace(&mut self, before: Option<Preset>) {
        let asked = |preset: Option<Preset>| {
            preset
                .map(Preset::speed)
                .filter(|speed| *speed != Speed::Unlimited)
        };
        let speed = match (asked(before), asked(self.view.preset)) {
            (_, Some(speed)) => speed,
            (Some(old), None) if old == self.view.speed => Speed::Unlimited,
            (_, None) => return,
        };
        self.view.speed = speed;
        if self.trainer.is_some() {
            self.send(Command::SetSpeed(speed));
        }
    }

    /// An output that can't reach the data's values explains a loss that never falls.
    fn warn_of_range(&mut self, data: &DataSet) {
        let output = self.view.experiment.output_activation;
        let Some((low, high)) = output.reach() else {
            return;
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
}
