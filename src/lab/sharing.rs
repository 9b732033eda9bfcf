//! Runs as lines of text: copied here, pasted there, and followed to where they were copied.

use super::export::Copied;
use super::jobs::Request;
use super::keeping::{Form, Lost, Telling, Told};
use super::room::Lab;
use super::running::sentence;
use super::state::{Severity, Topic};
use crate::data::error::grouped;
use crate::data::{DataSource, DataSpec};
use crate::training::share::Until;
use crate::training::timeline::Moment;
use crate::training::trainer::{Ask, RunId};
use crate::training::{Checkpoint, Experiment, Share};

/// The epochs of a command for a run that has not begun.
const EPOCHS: u64 = 100;
/// Where a command puts its run.
const OUT: &str = "shared";

impl Lab {
    /// Has the run that is shown told, as it is shown, into the clipboard.
    pub(super) fn copy_run(&mut self, form: Form) {
        let shown = &self.session.shown;
        let (run, moment) = (shown.id, shown.past.as_ref().map(|past| past.asked));
        let state = |moment| Some(self.archive()?.at(run, moment)?.frame.checksum());
        let until = moment.map(|moment| Until {
            moment,
            state: state(moment),
        });
        if self.ask_about(run, Ask::Checkpoint) {
            self.keeping.telling = Some(Telling { run, form, until });
        }
    }

    /// Tells the run where that was asked for.
    pub(super) fn tell(&mut self, run: RunId, checkpoint: &Checkpoint) {
        let telling = self.keeping.telling.take_if(|telling| telling.run == run);
        let Some(Telling { form, until, .. }) = telling else {
            return;
        };
        let past = self.past_of(run, checkpoint, 0);
        let share = match Share::of(checkpoint, &past, until) {
            Ok(share) => share,
            Err(error) => {
                let text = format!("The run can't be told in a line: {error}.");
                return self.shared.notify(Severity::Trouble, text);
            }
        };
        let (text, what) = match form {
            Form::Line => (share.to_line(), "The share line"),
            Form::Command => {
                let source = checkpoint.experiment().data.source;
                let command = share.to_command(&source, OUT, share.epochs_or(EPOCHS));
                (command, "The command")
            }
        };
        let words = format!(
            "{what} is in the clipboard: the run up to epoch {}, {}, in {} characters.",
            grouped(share.epoch),
            changes(share.plan.len()),
            grouped(text.len() as u64)
        );
        self.shared.report(Topic::Copied, words);
        self.shared.copied = Some(Copied::Text(text));
    }

    /// Trains the run that is told in `text`.
    pub(super) fn open_line(&mut self, text: &str) {
        match Share::from_line(text) {
            Ok(share) => {
                self.shared.question = None;
                self.open_shared(share);
            }
            Err(error) => {
                let text = sentence(&error.to_string());
                self.shared.notify(Severity::Trouble, text);
            }
        }
    }

    /// Trains the run that is told: its data are here, or are asked for.
    pub fn open_shared(&mut self, share: Share) {
        let source = self.seen_before(&share.experiment.data);
        self.read_told(Box::new(share), source);
    }

    /// Where a file of that name was opened before.
    fn seen_before(&self, spec: &DataSpec) -> Option<DataSource> {
        let DataSource::File(name) = &spec.source else {
            return None;
        };
        let name = name.file_name()?;
        let mut recent = self.preferences.recent.iter();
        let path = recent.find(|path| path.file_name() == Some(name))?;
        Some(DataSource::File(path.clone()))
    }

    pub(super) fn read_told(&mut self, share: Box<Share>, source: Option<DataSource>) {
        let title = share.experiment.data.source.title();
        self.cancel_loading();
        match self.jobs.start(Request::ReadTold { share, source }) {
            Ok(()) => {
                self.shared.open_dialog = None;
                self.shared.loading = Some(title);
            }
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    /// Begins the run that is told, and plans all that was done to it.
    pub(super) fn take_told(&mut self, told: Told) {
        let Told { share, data, fit } = told;
        let experiment = Experiment {
            data: data.spec.clone(),
            ..share.experiment.clone()
        };
        self.shared.clear_notices();
        let lost = &mut self.shared.without_data;
        lost.take_if(|lost| matches!(lost, Lost::Told(_)));
        // what is planned is said before the first epoch
        let played = std::mem::replace(&mut self.session.shown.playing, false);
        if !self.begin(experiment, data) {
            self.session.shown.playing = played;
            return;
        }
        self.ask(Ask::Plan(share.plan.clone()));
        if let Some(last) = share.plan.last_gesture() {
            self.session.gestures_follow(last);
        }
        let way = if share.epoch > 0 {
            self.set_pause(Some(share.epoch));
            format!(
                "It trains to epoch {}, where it was shared, and pauses there; {} on the way.",
                grouped(share.epoch),
                changes(share.plan.len())
            )
        } else {
            format!("It begins, with {} to come.", changes(share.plan.len()))
        };
        let text = format!("The shared run. {way} {}", share.promise(&fit));
        self.session.shown.told = Some(share);
        self.shared.notify(Severity::Note, text);
        self.play();
    }

    /// Says whether `run` has come to the same weights as the one that it follows, where it pauses for that.
    pub(super) fn judge_told(&mut self, run: RunId, epoch: u64) {
        let view = self.session.get(run);
        let told = view.and_then(|view| view.told.as_ref());
        let Some(told) = told.filter(|told| told.epoch == epoch) else {
            return;
        };
        let archive = self.archive();
        let kept = archive.and_then(|archive| archive.at(run, Moment::end_of(epoch)));
        if let Some(verdict) = kept.and_then(|kept| told.verdict(kept.frame.checksum())) {
            self.shared.notify(Severity::Note, verdict);
        }
    }

    /// A run that goes on from a moment of `parent` is the person's own: what was planned for the parent is not for it.
    pub(super) fn leave_plan(&mut self, parent: RunId, moment: Moment) {
        let Some(view) = self.session.get(parent) else {
            return;
        };
        let now = view.now().max(moment.epoch);
        let told = view.told.as_ref();
        let left = told.map_or(0, |told| told.plan.after(now).len());
        if left > 0 {
            let text = format!(
                "This run is your own from epoch {} on: {} of the shared run, still to come, will not be made in it.",
                grouped(moment.epoch),
                changes(left)
            );
            self.shared.notify(Severity::Note, text);
        }
    }
}

/// "no changes", "1 change", "12 changes"
fn changes(count: usize) -> String {
    match count {
        0 => "no changes".to_owned(),
        1 => "1 change".to_owned(),
        _ => format!("{count} changes"),
    }
}
