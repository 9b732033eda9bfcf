//! Gives a lesson: its runs are begun, its questions asked, its steps run to their end, its answers judged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::UserCommand;
use super::jobs::{JobError, JobKind, Request};
use super::lesson::{Given, Measured, Phase, begins_shown};
use super::page::Page;
use super::panel::Panel;
use super::room::Lab;
use super::run_view::RunView;
use super::speed;
use super::state::{Action, LessonAction, Notice, Severity};
use crate::training::lesson::{Builtin, Control, Kind, Lesson, Place, Setup, StageData};
use crate::training::trainer::{Ask, RunId};
use crate::training::{Activity, Snapshot, Speed};

/// A step's run is slowed down so that it lasts a good part of so many seconds, where it is not slower by itself.
const SEEN: f64 = 4.0;

/// Whether `path` is named as a lesson's file is.
pub(super) fn is_lesson(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("md"))
}

/// Where a lesson says to look.
pub fn panel_of(place: Place) -> Panel {
    match place {
        Place::Features => Panel::Features,
        Place::Reconstructions => Panel::Reconstructions,
        Place::Cost => Panel::Cost,
        Place::Sparsity => Panel::Sparsity,
        Place::Units => Panel::Units,
        Place::Equations => Panel::Equations,
        Place::GradientCheck => Panel::GradientCheck,
        Place::GradientNorms => Panel::GradientNorms,
    }
}

impl Lab {
    /// Reads a lesson's file, and gives it.
    pub(super) fn open_lesson(&mut self, path: PathBuf) {
        match self.jobs.start(Request::ReadLesson { path }) {
            Ok(()) => self.shared.open_dialog = None,
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    pub(super) fn give_builtin(&mut self, builtin: Builtin) {
        match builtin.lesson() {
            Ok(lesson) => self.give(lesson, Some(builtin)),
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    /// Gives `lesson` from its first step.
    pub(super) fn give(&mut self, lesson: Lesson, builtin: Option<Builtin>) {
        self.leave_lesson();
        self.cancel_loading();
        self.return_to_now();
        self.shared.clear_notices();
        self.shared.lesson = Some(Given::new(Arc::new(lesson), builtin));
        self.enter(0);
    }

    pub(super) fn lesson_action(&mut self, action: LessonAction) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        match action {
            LessonAction::Name(name) => self.shared.name = name,
            _ if !given.asks() => {}
            LessonAction::Answer(answer) => given.draft = Some(answer),
            LessonAction::Why(why) => given.why = why,
            LessonAction::Tile(unit) => given.toggle(unit),
        }
    }

    /// The one button: commits and runs, runs, or goes to the next step.
    pub(super) fn lesson_goes_on(&mut self) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        if given.phase == Phase::Asking {
            if let Err(why) = given.is_answered() {
                return self.shared.notify(Severity::Note, why);
            }
            given.commit(false);
            return self.run_step();
        }
        let next = given.step + 1;
        if given.phase == Phase::Over {
            match given.next() {
                Some(next) => self.give_builtin(next),
                None => self.leave_lesson(),
            }
        } else if next < given.lesson.steps.len() {
            self.enter(next);
        } else {
            self.close_lesson();
        }
    }

    /// For a teacher: the step runs without an answer, and shows what comes of it.
    pub(super) fn reveal(&mut self) {
        if let Some(given) = &mut self.shared.lesson
            && given.phase == Phase::Asking
        {
            given.commit(true);
            self.run_step();
        }
    }

    /// For a teacher: on to the next step, which begins where this one ends.
    pub(super) fn skip_step(&mut self) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        match given.phase {
            Phase::Asking => {
                given.skips = true;
                self.run_step();
            }
            Phase::Shown => self.lesson_goes_on(),
            Phase::Over => {}
            Phase::Preparing | Phase::Running(_) | Phase::Measuring => given.skips = true,
        }
    }

    /// The last step is over: what came of the questions stands in the lesson's place, and nothing is held any more.
    fn close_lesson(&mut self) {
        self.end_pace();
        self.shared.notices.retain(Notice::stays);
        if let Some(given) = &mut self.shared.lesson {
            given.phase = Phase::Over;
            self.shared.finished.extend(given.builtin);
        }
        if self.session.shown.pause_at.is_some() {
            self.set_pause(None);
        }
    }

    /// The lab is as it was before, with the lesson's last run in it.
    pub(super) fn leave_lesson(&mut self) {
        self.end_pace();
        if self.shared.lesson.take().is_some() {
            self.jobs.cancel(JobKind::Lesson);
            self.shared
                .notices
                .retain(|notice| notice.offer != Some(UserCommand::LeaveLesson));
            if self.session.shown.pause_at.is_some() {
                self.set_pause(None);
            }
        }
    }

    /// Begins step `place`: its runs, if it makes some, and where it says to look.
    fn enter(&mut self, place: usize) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        let lesson = Arc::clone(&given.lesson);
        let Some(step) = lesson.steps.get(place) else {
            return;
        };
        self.shared.notices.retain(Notice::stays);
        (given.step, given.outcome, given.draft) = (place, None, None);
        given.skips = false;
        given.why.clear();
        given.phase = if begins_shown(step.kind, step.until) {
            Phase::Shown
        } else {
            Phase::Asking
        };
        if step.kind == Kind::Try {
            self.end_pace();
        }
        if let Some(panel) = step.look.place.map(panel_of) {
            if let Some(page) = panel.page() {
                self.shared.show(page);
            }
            self.shared.bring(panel);
        }
        if let Some(setup) = &step.setup {
            let setup = Box::new(setup.clone());
            match self.jobs.start(Request::Lesson { setup }) {
                Ok(()) => {
                    if let Some(given) = &mut self.shared.lesson {
                        (given.phase, given.runs) = (Phase::Preparing, None);
                    }
                }
                Err(error) => self.no_lesson(&error),
            }
        }
    }

    /// The data of a setup are there: its runs begin, paused.
    pub(super) fn take_stage(&mut self, setup: &Setup, data: &StageData) {
        if self.shared.lesson.is_none() {
            return;
        }
        self.session.shown.playing = false;
        let (a, b) = (setup.a.experiment.clone(), setup.b.as_ref());
        if !self.begin(a, Arc::clone(&data.a)) {
            return self.leave_lesson();
        }
        self.session.shown.playing = false;
        self.ask(Ask::Pause);
        if self.session.shown.speed != Speed::Unlimited {
            self.act(Action::SetSpeed(Speed::Unlimited));
        }
        if let Some(given) = &mut self.shared.lesson {
            given.paced = Some(Speed::Unlimited);
        }
        if let (Some(wanted), Some(data)) = (b, &data.b)
            && !self.open_beside(wanted.experiment.clone(), Arc::clone(data))
        {
            return self.leave_lesson();
        }
        let runs = (
            self.session.shown.id,
            self.session.beside().map(|beside| beside.run),
        );
        if let Some(given) = &mut self.shared.lesson {
            given.runs = Some(runs); // the step begins once their first frames are there
        }
    }

    /// The runs of a step that makes some are seen for the first time.
    fn stage_is_set(&mut self) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        let shown = given
            .now()
            .is_some_and(|step| begins_shown(step.kind, step.until));
        given.phase = if shown { Phase::Shown } else { Phase::Asking };
        if given.skips {
            self.skip_step();
        }
    }

    /// Makes the step's changes, and trains to its end.
    fn run_step(&mut self) {
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        let lesson = Arc::clone(&given.lesson);
        let Some(step) = lesson.steps.get(given.step) else {
            return;
        };
        let Some(until) = step.until.filter(|_| step.kind != Kind::Try) else {
            given.phase = Phase::Shown;
            return;
        };
        given.phase = Phase::Running(until);
        let skips = given.skips;
        if !skips {
            self.pace_step(until);
        }
        self.shared.notices.retain(Notice::stays);
        self.return_to_now();
        let press = u64::MAX - until; // no press of a person's
        for (setting, value) in &step.changes.a {
            self.set(*setting, *value, press);
        }
        if let Some(run) = self.session.beside().map(|beside| beside.run) {
            for (setting, value) in &step.changes.b {
                self.set_of(run, *setting, *value);
            }
        }
        self.pause_at(Some(until));
    }

    /// The run to `until` takes long enough to be watched, unless somebody chose a speed.
    fn pace_step(&mut self, until: u64) {
        let shown = &self.session.shown;
        let speed = speed::lasting(until.saturating_sub(shown.now()), SEEN);
        if let Some(given) = &mut self.shared.lesson
            && given.paced == Some(shown.speed)
        {
            given.paced = Some(speed);
            self.act(Action::SetSpeed(speed));
        }
    }

    /// The run is as fast as it can be again, unless somebody chose a speed.
    fn end_pace(&mut self) {
        let paced = self.shared.lesson.as_ref().and_then(|given| given.paced);
        if paced == Some(self.session.shown.speed) && paced != Some(Speed::Unlimited) {
            if let Some(given) = &mut self.shared.lesson {
                given.paced = Some(Speed::Unlimited);
            }
            self.act(Action::SetSpeed(Speed::Unlimited));
        }
    }

    /// In a step to try something the run that begins to train, from the epoch `from`, pauses where the step speaks of.
    pub(super) fn pause_where_the_step_ends(&mut self, from: u64) {
        let given = self.shared.lesson_under_way();
        let until = given
            .and_then(Given::now)
            .filter(|step| step.kind == Kind::Try);
        let until = until.and_then(|step| step.until);
        if let Some(until) = until.filter(|until| *until > from) {
            self.set_pause(Some(until));
        }
    }

    /// Looks whether the step's run has come to its end.
    pub(super) fn follow_lesson(&mut self) {
        let Some(given) = &self.shared.lesson else {
            return;
        };
        let Some((a, b)) = given.runs else {
            return;
        };
        let shown = (
            self.session.shown.id,
            self.session.beside().map(|beside| beside.run),
        );
        if shown != (a, b) {
            // in the last step, and after it, the run is the reader's own
            let own = given.phase == Phase::Over
                || given.now().is_some_and(|step| step.kind == Kind::Try);
            if !own {
                self.leave_lesson();
                let text = "Another run is shown, so the lesson has ended: start it again from the list of commands.";
                self.shared.notify(Severity::Note, text);
            }
            return;
        }
        let own = |run: RunId| self.session.get(run).is_some_and(|view| view.has_own());
        if given.phase == Phase::Preparing && own(a) && b.is_none_or(own) {
            return self.stage_is_set();
        }
        let Phase::Running(until) = given.phase else {
            return;
        };
        let at_end = |view: &RunView| {
            let own = view.latest().filter(|latest| latest.run == view.id);
            own.is_some_and(|own| own.epoch >= until || own.activity == Activity::Diverged)
        };
        let other = b.and_then(|b| self.session.get(b));
        let (first, second) = (at_end(&self.session.shown), other.is_none_or(at_end));
        if first && second {
            return self.measure_step();
        }
        // one that has stopped for good must not hold up the other
        let diverged = self.session.shown.is_diverged() || other.is_some_and(RunView::is_diverged);
        let locked = self.session.beside().is_some_and(|beside| beside.locked);
        if diverged && locked {
            self.toggle_lock();
        }
        // the two rest together: one that was still behind then goes on alone
        let rests = |view: &RunView| {
            let own = view.latest().filter(|latest| latest.run == view.id);
            own.is_some_and(|own| own.activity == Activity::Paused)
        };
        let behind = if first { b } else { Some(a) };
        if (first || second && b.is_some())
            && let Some(run) = behind
            && self.session.get(run).is_some_and(rests)
        {
            self.ask_about(run, Ask::PauseAt(Some(until)));
            self.ask_about(run, Ask::Play);
        }
    }

    /// The run is at its end: what the question asks for is measured.
    fn measure_step(&mut self) {
        let snapshots = |lab: &Self| -> Option<(Arc<Snapshot>, Option<Arc<Snapshot>>)> {
            let a = Arc::clone(lab.session.shown.latest()?);
            let b = lab.session.pair().and_then(|pair| pair.other.latest());
            Some((a, b.map(Arc::clone)))
        };
        let Some((a, b)) = snapshots(self) else {
            return;
        };
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        let term = given
            .outcome
            .as_ref()
            .and(given.lesson.steps.get(given.step));
        let term = term.and_then(|step| step.prediction.as_ref()?.measure().copied());
        match term {
            Some(term) if !given.skips => {
                given.phase = Phase::Measuring;
                if let Err(error) = self.jobs.start(Request::Measure { a, b, term }) {
                    self.no_lesson(&error);
                }
            }
            _ => self.take_measured(&Measured::default()),
        }
    }

    /// The step is over: its answer is judged, and kept.
    pub(super) fn take_measured(&mut self, measured: &Measured) {
        let states: Vec<_> = self
            .session
            .shown
            .latest()
            .map(|latest| latest.units.iter().map(|unit| unit.state).collect())
            .unwrap_or_default();
        let Some(given) = &mut self.shared.lesson else {
            return;
        };
        given.judge(measured, &states);
        given.phase = Phase::Shown;
        self.shared.predictions.extend(given.outcome.clone());
        if given.skips {
            self.lesson_goes_on();
        }
    }

    /// The lesson can't go on.
    pub(super) fn no_lesson(&mut self, error: &JobError) {
        if !matches!(error, JobError::Cancelled) {
            self.shared.notify(Severity::Trouble, error.to_string());
            self.leave_lesson();
        }
    }

    /// Whether what is asked for has to wait for the lesson; says why.
    pub(super) fn lesson_refuses(&mut self, action: &Action) -> bool {
        let Some(given) = self.shared.lesson_under_way() else {
            return false;
        };
        let control = match action {
            Action::Set { setting, .. } => Control::Setting(*setting),
            Action::SetHidden(_) => Control::Hidden,
            Action::SetSeed(_) => Control::Seed,
            Action::SetHiddenActivation(_)
            | Action::SetOutputActivation(_)
            | Action::Load(_)
            | Action::PauseAt(_) => {
                let text = "The lesson holds the network, the data and where the run pauses: leave it to change them.";
                self.shared.notify(Severity::Note, text);
                return true;
            }
            _ => return false,
        };
        match given.refuses(control) {
            Some(why) => {
                self.shared.notify(Severity::Note, why);
                true
            }
            None => false,
        }
    }

    /// Whether Escape speaks of the lesson: at its end, and where the lab itself has nothing to go back from.
    pub(super) fn escape_is_the_lessons(&self) -> bool {
        let Some(given) = &self.shared.lesson else {
            return false;
        };
        given.phase == Phase::Over
            || self.shared.page == Page::Lab
                && self.shared.presenting.is_none()
                && self.session.shown.selected.is_none()
    }

    /// Escape, where nothing is in front of the lesson: whether it is to be left is asked, since that can't be undone.
    pub(super) fn may_leave_lesson(&mut self) {
        if self.shared.lesson_under_way().is_none() {
            self.leave_lesson();
        } else {
            let text =
                "The lesson goes on. Once you leave it, it begins from its first step again."
                    .to_owned();
            self.shared
                .offer(Severity::Note, text, UserCommand::LeaveLesson);
        }
    }

    /// A command of the lesson's own.
    pub(super) fn lesson_command(&mut self, command: UserCommand) {
        match command {
            UserCommand::Lesson(builtin) => self.give_builtin(builtin),
            UserCommand::GoOnInLesson => self.lesson_goes_on(),
            UserCommand::RevealStep => self.reveal(),
            UserCommand::SkipStep => self.skip_step(),
            UserCommand::LeaveLesson => self.leave_lesson(),
            _ => {}
        }
    }
}
