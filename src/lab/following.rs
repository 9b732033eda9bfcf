//! A folder of checkpoints is followed: looked at by jobs, one file after the other; what is whole becomes a moment of a
//! run that the trainer measures and never trains.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::followed::{Followed, Following, Last, Sent};
use super::jobs::{JobError, JobKind, Looked, Request};
use super::room::Lab;
use super::state::{Severity, Typed};
use crate::io::follow::{Checkpoint, Follow, Found, INTERVAL, Order, TensorMap};
use crate::model::Architecture;
use crate::training::Experiment;
use crate::training::run::Arrival;
use crate::training::trainer::{Ask, RunId};

impl Lab {
    /// Asks for the folder.
    pub(super) fn ask_for_checkpoints(&mut self) {
        self.ask_for_path(Typed::Checkpoints);
    }

    /// Asks whether `folder`, which was opened as data, is to be followed; `why` says what it holds.
    pub(super) fn propose_following(&mut self, folder: PathBuf, why: String) {
        self.ask_for_checkpoints();
        if let Some(dialog) = &mut self.shared.open_dialog {
            dialog.path = folder.display().to_string();
            dialog.hint = Some(why);
        }
    }

    /// Follows `folder`, on the data of the run that is shown; `map` says which tensor is which, where it is not empty.
    pub(super) fn follow_folder(&mut self, folder: PathBuf, map: &str) {
        let map = match map.trim() {
            "" => Ok(TensorMap::default()),
            map => map.parse(),
        };
        let map = match map {
            Ok(map) => map,
            Err(error) => return self.not_followed(folder, error.to_string()),
        };
        let Some(data) = self.session.shown.data().map(Arc::clone) else {
            let text = "No data are open yet to measure checkpoints on: open those that it is trained on first.";
            return self.not_followed(folder, text.to_owned());
        };
        self.stop_following();
        self.shared.open_dialog = None;
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        let follow = Follow::new(folder.clone(), data.inputs(), map);
        self.shared.awaited = Some(Followed::new(folder));
        self.following = Some(Following {
            follow: Some(Box::new(follow)),
            data,
            experiment: self.session.shown.experiment.clone(),
            order: Order::default(),
            run: None,
            sent: None,
            listed: false,
            due: Duration::ZERO,
        });
    }

    /// The dialog says why, with what was typed.
    fn not_followed(&mut self, folder: PathBuf, error: String) {
        if self.shared.open_dialog.is_none() {
            self.ask_for_checkpoints();
        }
        match &mut self.shared.open_dialog {
            Some(dialog) if dialog.what == Typed::Checkpoints => {
                dialog.path = folder.display().to_string();
                dialog.error = Some(error);
            }
            _ => self.shared.notify(Severity::Trouble, error),
        }
    }

    /// The folder is looked at no longer; the run stays as it is.
    pub(super) fn stop_following(&mut self) {
        let Some(following) = self.following.take() else {
            return;
        };
        self.jobs.cancel(JobKind::Follow);
        self.shared.awaited = None;
        let Some(run) = following.run else {
            return; // nothing has come of it
        };
        let known = self.session.get_mut(run);
        let text = match known.and_then(|view| view.followed.as_mut()) {
            Some(followed) => {
                (followed.live, followed.lost) = (false, None);
                followed.waiting.clear();
                let folder = followed.folder.display();
                format!("{folder} is no longer followed: its run stays as it is.")
            }
            None => "Its folder is no longer followed: the run was deleted.".to_owned(),
        };
        self.shared.notify(Severity::Note, text);
    }

    /// Has the folder looked at where that is due; returns when to look again.
    pub(super) fn follow_checkpoints(&mut self, now: Duration) -> Option<Duration> {
        if self.session.shown.followed.is_some() {
            self.session.shown.playing = false; // whatever the run before it did
        }
        let following = self.following.as_mut()?;
        let gone = following.run.is_some_and(|run| {
            let view = self.session.get(run);
            view.is_none_or(|view| view.ended)
        });
        if gone {
            self.stop_following();
            return None;
        }
        if self.jobs.is_busy(JobKind::Follow) || following.sent.is_some() {
            return None; // it wakes the window
        }
        if following.run.is_none() && self.shared.lesson.is_some() {
            return None; // no run takes the place of a lesson's
        }
        if now < following.due {
            return Some(following.due - now);
        }
        let follow = following.follow.take()?;
        if let Err(error) = self.jobs.start(Request::Follow { follow, now }) {
            self.stop_following();
            self.shared.notify(Severity::Trouble, error.to_string());
        }
        None
    }

    /// What is known of the folder that is looked at.
    fn known(&mut self) -> Option<&mut Followed> {
        let following = self.following.as_ref()?;
        match following.run {
            Some(run) => self.session.get_mut(run)?.followed.as_deref_mut(),
            None => self.shared.awaited.as_mut(),
        }
    }

    pub(super) fn take_looked(&mut self, looked: Looked, now: Duration) {
        let Some(following) = &mut self.following else {
            return;
        };
        let Looked {
            follow,
            found,
            lost,
        } = looked;
        if let (Some(error), false) = (&lost, following.listed) {
            let folder = follow.folder().to_owned();
            self.following = None;
            self.shared.awaited = None;
            return self.not_followed(folder, format!("The folder can't be read: {error}"));
        }
        following.listed = true;
        following.due = if follow.has_ready() {
            now
        } else {
            now + INTERVAL
        };
        let waiting = follow.unfinished().map(|(name, _)| name.to_owned());
        let waiting: Vec<String> = waiting.collect();
        following.follow = Some(follow);
        if let Some(known) = self.known() {
            known.lost = lost;
            known.waiting = waiting;
        }
        match found {
            None => {}
            Some(Found::Trouble { name, sentence }) => self.not_taken(name, sentence),
            Some(Found::Checkpoint { name, checkpoint }) => {
                if let Err(why) = self.take_arrival(&name, *checkpoint) {
                    let sentence = format!("{name}: {why}");
                    self.not_taken(name, sentence);
                }
            }
        }
    }

    pub(super) fn not_looked(&mut self, error: &JobError) {
        if !matches!(error, JobError::Cancelled) {
            self.stop_following();
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    fn not_taken(&mut self, name: String, sentence: String) {
        if let Some(known) = self.known() {
            known.trouble = Some((name, sentence));
        }
    }

    /// A checkpoint that is whole: the next moment of its run, or the first one of a run.
    fn take_arrival(&mut self, name: &str, checkpoint: Checkpoint) -> Result<(), String> {
        let Some(following) = &mut self.following else {
            return Ok(());
        };
        let mut experiment = following.experiment.clone();
        checkpoint.told().put_in(&mut experiment);
        experiment.hidden = checkpoint.layout.hidden;
        let settings = experiment.hyperparameters;
        settings.check().map_err(|error| error.to_string())?;
        let inputs = following.data.inputs();
        if checkpoint.layout.inputs != inputs {
            return Err(format!(
                "it has {} inputs, and the data {inputs}: open the data that it is trained on",
                checkpoint.layout.inputs
            ));
        }
        if !checkpoint.weights.is_finite() {
            return Err("its weights are not finite: the training elsewhere has diverged".into());
        }
        let run = following.run;
        if let Some(view) = run.and_then(|run| self.session.get(run)) {
            let of = |experiment: &Experiment| experiment.architecture(inputs);
            if of(&experiment) != of(&view.experiment) {
                return Err(differing(&of(&experiment), &of(&view.experiment)));
            }
        }
        let (epoch, own) = following.order.place(checkpoint.progress);
        following.sent = Some(Sent {
            last: Last {
                name: name.to_owned(),
                epoch,
                own,
            },
            taken: checkpoint.layout.to_string(),
        });
        let arrival = Arrival::new(epoch, settings, &checkpoint.weights, experiment.precision);
        let Some(run) = run else {
            return self.begin_followed(experiment, arrival);
        };
        let asked = self.ask_about(run, Ask::Absorb(Box::new(arrival)));
        if let (Some(following), false) = (&mut self.following, asked) {
            following.sent = None; // why is said
        }
        Ok(())
    }

    /// The run of the folder appears in the place of the one shown.
    fn begin_followed(&mut self, experiment: Experiment, first: Arrival) -> Result<(), String> {
        let failed = || "the trainer could not take it".to_owned();
        let data = self.following.as_ref().map(|of| Arc::clone(&of.data));
        let data = data.ok_or_else(failed)?;
        let began = self.begin_as(experiment.clone(), data, |_, _, data, _| Ask::Follow {
            experiment: Box::new(experiment),
            data,
            first: Box::new(first),
        });
        if !began {
            self.following = None;
            self.shared.awaited = None;
            return Err(failed());
        }
        let shown = &mut self.session.shown;
        if let Some(followed) = self.shared.awaited.take() {
            shown.name = Some(followed.title());
            shown.notes = format!(
                "Trained elsewhere: its checkpoints were followed in {}.",
                followed.folder.display()
            );
            shown.followed = Some(Box::new(followed));
        }
        (shown.playing, shown.preset) = (false, None);
        let run = shown.id;
        if let Some(following) = &mut self.following {
            following.run = Some(run);
        }
        Ok(())
    }

    /// The trainer has measured what was sent to it.
    pub(super) fn has_absorbed(&mut self, run: RunId, epoch: u64) {
        let following = self.following.as_mut().filter(|of| of.run == Some(run));
        let Some(following) = following else { return };
        let Some(Sent { last, taken }) = following.sent.take_if(|sent| sent.last.epoch <= epoch)
        else {
            return;
        };
        let counting = following.order.counting();
        if let Some(known) = self.known() {
            known.count += 1;
            known.trouble.take_if(|(of, _)| *of == last.name);
            (known.last, known.taken, known.counting) = (Some(last), Some(taken), counting);
        }
    }

    /// The trainer refused what was sent to it. Returns whether that was a checkpoint, and is said where it belongs.
    pub(super) fn not_absorbed(&mut self, run: RunId, why: &str) -> bool {
        let following = self.following.as_mut().filter(|of| of.run == Some(run));
        let Some(sent) = following.and_then(|following| following.sent.take()) else {
            return false;
        };
        let name = sent.last.name;
        let sentence = format!("{name}: {why}");
        self.not_taken(name, sentence);
        true
    }

    /// The trainer would not have the run: nothing of its folder is followed.
    pub(super) fn is_not_followed(&mut self, run: RunId) {
        if self
            .following
            .as_ref()
            .is_some_and(|of| of.run == Some(run))
        {
            self.jobs.cancel(JobKind::Follow);
            self.following = None;
        }
    }
}

/// In what a checkpoint is another network than its run.
fn differing(its: &Architecture, of_run: &Architecture) -> String {
    let [its, of_run] = [its, of_run].map(|of| {
        format!(
            "{} {} units with {} outputs",
            of.hidden,
            of.hidden_activation.name(),
            of.output_activation.name()
        )
    });
    format!(
        "it has {its}, and the run {of_run}: stop following, and follow the folder again, to have it as another run"
    )
}
