//! The lab's talk with the trainer: runs begun, steered and heard of.

use std::sync::Arc;

use super::followed::ELSEWHERE;
use super::room::Lab;
use super::session::Session;
use super::state::{Action, Severity};
use super::undo::Done;
use crate::data::DataSet;
use crate::data::error::grouped;
use crate::training::record::Change;
use crate::training::run::Keyframe;
use crate::training::timeline::{Archive, Moment};
use crate::training::trainer::{Ask, DataId, Event, Reply, Request, RunId, Tell, TrainerError};
use crate::training::{Experiment, Preset, Setting, Speed, Value};

/// Most runs that stay beside the one shown, those that are pinned left out.
const KEPT: usize = 8;

impl Lab {
    /// Asks the trainer about the run that is shown, and how it goes on about the one beside it too. Returns whether it
    /// was asked.
    pub(super) fn ask(&mut self, what: Ask) -> bool {
        let of_both = matches!(
            what,
            Ask::Play | Ask::Pause | Ask::Step | Ask::SetSpeed(_) | Ask::PauseAt(_)
        );
        if of_both && let Some(beside) = self.session.beside() {
            let run = beside.run;
            self.ask_about(run, what.clone());
            let (speed, playing) = (self.session.shown.speed, self.session.shown.playing);
            if let Some(view) = self.session.get_mut(run) {
                (view.speed, view.playing) = (speed, playing);
            }
        }
        self.ask_about(self.session.shown.id, what)
    }

    pub(super) fn ask_about(&mut self, run: RunId, what: Ask) -> bool {
        let trains = matches!(what, Ask::Play | Ask::Step | Ask::PauseAt(Some(_)));
        let view = self.session.get(run);
        if trains && view.is_some_and(|view| view.followed.is_some()) {
            return false; // it is not ours to train
        }
        // before the first data set is loaded there is no run to tell; `begin` passes everything on then
        let Some(trainer) = &self.trainer else {
            return false;
        };
        match trainer.send(Request { run, what }) {
            Ok(()) => true,
            Err(error) => {
                self.trainer_failed(&error);
                false
            }
        }
    }

    /// Pauses `run`, which has left the view, if the trainer still has it.
    fn rest(&mut self, run: RunId) {
        if self.session.get(run).is_some_and(|view| !view.ended) {
            self.ask_about(run, Ask::Pause);
        }
    }

    fn trainer_failed(&mut self, error: &TrainerError) {
        if *error == TrainerError::Gone {
            self.session.shown.playing = false;
        }
        self.shared.notify(Severity::Trouble, error.to_string());
    }

    /// Shows a run of `experiment` on `data` in the place of the one shown, which goes once the trainer has the new one.
    /// Returns whether the trainer was asked for it.
    pub(super) fn begin(&mut self, experiment: Experiment, data: Arc<DataSet>) -> bool {
        self.begin_as(experiment.clone(), data, |_, _, data, _| Ask::Open {
            experiment: Box::new(experiment),
            data,
        })
    }

    /// The same for a run that the trainer is asked for by `how`.
    pub(super) fn begin_as(
        &mut self,
        experiment: Experiment,
        data: Arc<DataSet>,
        how: impl FnOnce(&Self, RunId, DataId, Arc<DataSet>) -> Ask,
    ) -> bool {
        if self.trainer.is_none() {
            match self.backend.start(Arc::clone(&self.wake)) {
                Ok(trainer) => {
                    let archive = trainer.archive();
                    archive.set_budget(self.preferences.past_bytes);
                    (self.archive, self.trainer) = (Some(archive), Some(trainer));
                }
                Err(error) => {
                    self.shared.notify(Severity::Trouble, error.to_string());
                    return false;
                }
            }
        }
        let (set, new) = self.session.name(&data);
        if new
            && let Some(trainer) = &self.trainer
            && let Err(error) = trainer.share(set, Arc::clone(&data))
        {
            self.trainer_failed(&error);
            return false;
        }
        self.end_pair();
        let before = self.session.shown.preset;
        let left = self.session.shown.id;
        let was_draft = self.session.shown.is_draft();
        self.warn_of_range(&experiment, &data);
        let run = self.session.begin(experiment, Arc::clone(&data));
        let what = how(self, run, set, data);
        let elsewhere = matches!(what, Ask::Follow { .. });
        let asked = self.ask(what);
        if !asked {
            self.session.take_back(run);
            return false;
        }
        if !was_draft {
            self.session.undo.push(Done::Left(left));
            self.rest(left);
        }
        self.show_in_archive();
        self.pace(before);
        self.session.shown.playing &= !elsewhere;
        if self.session.shown.playing {
            self.ask(Ask::Play);
        }
        true
    }

    /// Where the trainer keeps the past, once there is a trainer.
    pub(super) fn archive(&self) -> Option<Arc<Archive>> {
        self.archive.clone()
    }

    /// The past of the run that is shown is the last to be given up.
    pub(super) fn show_in_archive(&self) {
        if let Some(archive) = self.archive() {
            archive.show(self.session.shown.id);
        }
    }

    /// A new run, put where `begin` puts it, goes on from a moment of the one shown and shares its past up to there.
    /// `None`: the trainer could not be asked for it.
    pub(super) fn go_on_as(
        &mut self,
        moment: Moment,
        frame: &Arc<Keyframe>,
        begin: fn(&mut Session, Experiment, Arc<DataSet>) -> RunId,
    ) -> Option<RunId> {
        let (archive, mirror) = (self.archive()?, self.session.shown.mirror()?);
        let history = Box::new(mirror.history_at(frame));
        let data = Arc::clone(mirror.data());
        let (set, _) = self.session.name(&data);
        let parent = self.session.shown.id;
        // gestures of a training elsewhere were not counted here
        let gestures = history.edits().edits().map(|edit| edit.gesture);
        if let (Some(last), true) = (gestures.max(), self.session.shown.followed.is_some()) {
            self.session.gestures_follow(last);
        }
        let experiment = Experiment {
            hyperparameters: frame.settings,
            ..self.session.shown.experiment.clone()
        };
        let run = begin(&mut self.session, experiment.clone(), data);
        if let Some(view) = self.session.get_mut(run) {
            view.parent = Some((parent, moment.epoch));
        }
        archive.branch(parent, moment, run);
        self.leave_plan(parent, moment);
        let asked = self.ask_about(
            run,
            Ask::Continue {
                experiment: Box::new(experiment),
                data: set,
                frame: Box::new((**frame).clone()),
                history,
            },
        );
        if !asked {
            archive.forget(run);
            self.session.take_back(run);
            return None;
        }
        Some(run)
    }

    /// A run of its own goes on from a moment of the one shown, which stays beside it. Returns whether the trainer was
    /// asked for it.
    pub(super) fn branch(&mut self, moment: Moment, frame: &Arc<Keyframe>) -> bool {
        let before = &self.session.shown;
        let (parent, selected) = (before.id, before.selected);
        let (preset, home) = (before.preset, before.home);
        if self.go_on_as(moment, frame, Session::begin).is_none() {
            return false;
        }
        self.rest(parent);
        let shown = &mut self.session.shown;
        (shown.selected, shown.preset, shown.home) = (selected, preset, home);
        let (speed, playing) = (shown.speed, shown.playing);
        self.show_in_archive();
        if speed != Speed::Unlimited {
            self.ask(Ask::SetSpeed(speed));
        }
        self.lock_pair();
        if playing {
            self.ask(Ask::Play);
        }
        true
    }

    /// Shows `run` again, as it was left; it trains if the one shown so far did. Returns whether it is kept.
    pub(super) fn reopen(&mut self, run: RunId) -> bool {
        self.end_pair();
        let (left, playing) = (self.session.shown.id, self.session.shown.playing);
        if !self.session.reopen(run) {
            return false;
        }
        self.rest(left);
        let playing = playing && self.session.shown.followed.is_none();
        self.session.shown.playing = playing;
        self.show_in_archive();
        if playing {
            self.ask(Ask::Play);
        }
        true
    }

    /// Pauses at the end of `epoch`, which is to come, and trains up to there.
    pub(super) fn pause_at(&mut self, epoch: Option<u64>) {
        if self.session.shown.followed.is_some() {
            return self.shared.notify(Severity::Note, ELSEWHERE);
        }
        let now = self.session.shown.now();
        if let Some(epoch) = epoch.filter(|epoch| *epoch <= now) {
            let text = format!(
                "The run has come to epoch {} already: to see epoch {} again, move the cursor on the strip.",
                grouped(now),
                grouped(epoch)
            );
            return self.shared.notify(Severity::Trouble, text);
        }
        self.set_pause(epoch);
        if epoch.is_some() {
            self.play();
        }
    }

    /// The run that is shown will pause at the end of `epoch`; `None`: no longer.
    pub(super) fn set_pause(&mut self, epoch: Option<u64>) {
        self.session.shown.pause_at = epoch;
        self.ask(Ask::PauseAt(epoch));
    }

    /// Trains on, where the run was paused.
    pub(super) fn play(&mut self) {
        if !self.session.shown.playing {
            self.session.shown.playing = true;
            self.ask(Ask::Play);
        }
    }

    /// The shown run once more, from the same initial weights, with the settings as they are set now.
    pub(super) fn begin_again(&mut self) {
        let Some(data) = self.session.shown.data().map(Arc::clone) else {
            return;
        };
        let (selected, failed) = (self.session.shown.selected, self.session.shown.ended);
        let began = self.begin(self.session.shown.experiment.clone(), data);
        self.session.shown.selected = selected;
        if began && failed {
            self.play(); // it was not the person who stopped it
        }
    }

    /// The speed that the chosen preset is best watched at; that of the one `before` ends with it.
    fn pace(&mut self, before: Option<Preset>) {
        let asked = |preset: Option<Preset>| {
            preset
                .map(Preset::speed)
                .filter(|speed| *speed != Speed::Unlimited)
        };
        let shown = &mut self.session.shown;
        shown.speed = match (asked(before), asked(shown.preset)) {
            (_, Some(speed)) => speed,
            (Some(old), None) if old == shown.speed => Speed::Unlimited,
            (_, None) => shown.speed,
        };
        if shown.speed != Speed::Unlimited {
            let speed = shown.speed;
            self.ask(Ask::SetSpeed(speed));
        }
    }

    /// An output that can't reach the data's values explains a loss that never falls.
    fn warn_of_range(&mut self, experiment: &Experiment, data: &DataSet) {
        let output = experiment.output_activation;
        let Some((low, high)) = output.reach() else {
            return;
        };
        let (least, most) = data.range;
        if least < low || most > high {
            let text = format!(
                "The values of {} run from {least:.3} to {most:.3}; a {} output only reaches {low} to {high}. Choose \
                 a scaling (Data, Prepare), or the linear output.",
                data.name,
                output.name()
            );
            self.shared.notify(Severity::Note, text);
        }
    }

    /// Changes one setting of the shown run from its next epoch on.
    pub(super) fn set(&mut self, setting: Setting, value: Value, press: u64) {
        if self.session.shown.past.is_some() {
            let action = Action::Set {
                setting,
                value,
                press,
            };
            return self.go_on_from_here(Some(action));
        }
        if self.session.shown.followed.is_some() {
            return self.shared.notify(Severity::Note, ELSEWHERE);
        }
        let mut settings = self.session.shown.experiment.hyperparameters;
        let old = setting.get(&settings);
        let set = setting.set(&mut settings, value);
        if let Err(error) = set.and_then(|()| Ok(settings.check()?)) {
            self.shared.notify(Severity::Trouble, error.to_string());
            return;
        }
        let gesture = self.session.gesture(press);
        let change = Change {
            setting,
            value,
            gesture,
        };
        // without a trainer the run is yet to begin, with all of its settings
        if !self.ask(Ask::Set(change)) && self.trainer.is_some() {
            return; // what is shown is what the run has
        }
        self.session.shown.experiment.hyperparameters = settings;
        if old != value {
            self.session.undo.push(Done::Set {
                gesture,
                setting,
                old,
            });
        }
    }

    /// Takes what the trainer has said since the last frame.
    pub(super) fn listen(&mut self) {
        let replies = self.trainer.as_ref().map(|trainer| trainer.replies());
        for Reply { run, what } in replies.into_iter().flatten() {
            match what {
                Tell::Opened(opened) => {
                    self.opened(run);
                    if let Some(other) = opened.other_numerics {
                        self.shared.notify(Severity::Note, sentence(&other));
                    }
                }
                Tell::Frame(frame) => {
                    self.has_absorbed(run, frame.epoch);
                    self.take_frame(run, *frame);
                }
                Tell::Underway(underway) => self.take_underway(run, *underway),
                Tell::Checkpoint(checkpoint) => self.take_checkpoint(run, checkpoint),
                Tell::Event(event) => self.hear(run, event),
            }
        }
    }

    /// A run is there: of the others the last few stay.
    fn opened(&mut self, run: RunId) {
        if self.session.shown.id == run {
            self.session.shown_is_there();
        }
        for before in self.session.settle(KEPT) {
            self.ask_about(before, Ask::Close);
        }
        self.forget_unused_data();
    }

    /// Data sets on which no run trains any more.
    pub(super) fn forget_unused_data(&mut self) {
        let unused = self.session.unused_data();
        if let Some(trainer) = &self.trainer {
            unused.into_iter().for_each(|data| trainer.forget(data));
        }
    }

    fn hear(&mut self, run: RunId, event: Event) {
        let Some(view) = self.session.get_mut(run) else {
            return;
        };
        let text = match event {
            Event::Diverged { epoch, cause } => {
                view.playing = false;
                let epoch = grouped(epoch);
                format!("The cost became infinite at epoch {epoch}, and the run stopped: {cause}")
            }
            Event::PausedAt { epoch } => {
                view.playing = false;
                view.pause_at.take_if(|at| *at == epoch);
                self.judge_told(run, epoch);
                // both rest, whichever was told of it
                let pair = [
                    Some(self.session.shown.id),
                    self.session.beside().map(|of| of.run),
                ];
                if pair.contains(&Some(run)) && pair[1].is_some() {
                    self.session.shown.playing = false;
                    self.ask(Ask::Pause);
                }
                return;
            }
            Event::Panicked { message } => {
                (view.playing, view.ended) = (false, true);
                self.no_checkpoint(run);
                format!(
                    "The trainer failed ({message}). The lab still works: press Reset to restart the run."
                )
            }
            Event::NotOpened { message } => {
                self.no_checkpoint(run);
                self.is_not_followed(run);
                if self.session.take_back(run) {
                    self.session.undo.take_back(self.session.shown.id);
                    // it was paused when the other took its place
                    if self.session.shown.playing {
                        self.ask(Ask::Play);
                    }
                }
                if let Some(archive) = self.archive() {
                    archive.forget(run);
                }
                self.show_in_archive();
                message
            }
            Event::Refused { message } if self.not_absorbed(run, &message) => return,
            Event::Refused { message } => message,
        };
        let text = match self.session.get(run) {
            Some(view) if run != self.session.shown.id => format!("{}: {text}", view.title()),
            _ => text,
        };
        self.shared.notify(Severity::Trouble, text);
    }
}

/// `words` as a sentence of its own.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
