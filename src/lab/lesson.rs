//! A lesson that is being given: where it stands, what was predicted, and what it holds back meanwhile.

use std::sync::Arc;

use super::commands::UserCommand;
use crate::model::UnitState;
use crate::training::lesson::{
    Answer, Builtin, Control, Joint, Kind, Lesson, Measure, Prediction, Side, Step, Term,
};
use crate::training::trainer::RunId;
use crate::training::{Setting, Speed};

/// A lesson, and how far it is.
#[derive(Clone, Debug)]
pub struct Given {
    pub lesson: Arc<Lesson>,
    /// Of the program's own.
    pub builtin: Option<Builtin>,
    /// Counted from 0.
    pub step: usize,
    pub phase: Phase,
    /// What is being answered, before it is committed to.
    pub draft: Option<Answer>,
    /// Why, in a line.
    pub why: String,
    /// What came of this step's question.
    pub outcome: Option<Judged>,
    /// What came of all questions so far.
    pub judged: Vec<Judged>,
    /// The speed that it set last; another one is somebody's own choice.
    pub(super) paced: Option<Speed>,
    /// The runs that it began: A, and B where there is one.
    pub(super) runs: Option<(RunId, Option<RunId>)>,
    /// Whether the step ends without its outcome being looked at.
    pub(super) skips: bool,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its data are being loaded.
    Preparing,
    /// It waits to be answered, or for its run to begin.
    Asking,
    /// Its run goes on to this epoch.
    Running(u64),
    /// What came of it is being measured.
    Measuring,
    /// All of it can be seen.
    Shown,
    /// The last step is over: what was said and what was measured in the whole lesson.
    Over,
}

/// What somebody predicted, and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub lesson: String,
    /// The step's title.
    pub question: String,
    /// Counted from 1.
    pub step: usize,
    /// `None` where it was revealed without one.
    pub answer: Option<Answer>,
    /// The answer in words.
    pub said: String,
    pub why: String,
    pub measured: Option<f64>,
    /// Where two runs stand side by side: what was asked for, of both.
    pub sides: Option<Sides>,
    /// What was measured, in words.
    pub text: String,
    /// `None` where nobody answered, or nothing could be measured.
    pub right: Option<bool>,
}

/// A measure of the two runs that stand side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides {
    pub measure: Measure,
    pub a: f64,
    pub b: f64,
}

/// A prediction as a plot draws it: the values that were said of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub measure: Measure,
    pub side: Side,
    /// Both ends the same for a number.
    pub range: (f64, f64),
    pub text: String,
}

/// Why a command has to wait.
const FIRST: &str = "The lesson holds the run until you have committed to an answer.";
const HELD: &str = "The lesson does not need this now: leave it to have all controls.";
const RUNS: &str = "The lesson's run is under way.";

impl Given {
    pub(super) fn new(lesson: Arc<Lesson>, builtin: Option<Builtin>) -> Self {
        Self {
            lesson,
            builtin,
            step: 0,
            phase: Phase::Asking,
            draft: None,
            why: String::new(),
            outcome: None,
            judged: Vec::new(),
            paced: None,
            runs: None,
            skips: false,
        }
    }

    /// "Lesson 4 · The cliff has an address"
    pub fn title(&self) -> String {
        match self.builtin {
            Some(builtin) => format!("Lesson {} · {}", builtin.number(), self.lesson.title),
            None => self.lesson.title.clone(),
        }
    }

    /// The step that is given. A lesson has at least one, and [`Self::step`] is one of them.
    pub fn now(&self) -> Option<&Step> {
        self.lesson.steps.get(self.step)
    }

    pub fn prediction(&self) -> Option<&Prediction> {
        self.now()?.prediction.as_ref()
    }

    /// Whether an answer is waited for.
    pub fn asks(&self) -> bool {
        self.phase == Phase::Asking && self.prediction().is_some()
    }

    /// How many tiles are to be picked, while they are.
    pub fn picks(&self) -> Option<usize> {
        match self.prediction()? {
            Prediction::Tiles { pick, .. } if self.asks() => Some(*pick),
            _ => None,
        }
    }

    /// The units that were picked, to be marked on the tiles.
    pub fn picked(&self) -> &[usize] {
        let committed = self
            .outcome
            .as_ref()
            .and_then(|judged| judged.answer.as_ref());
        match committed.or(self.draft.as_ref()) {
            Some(Answer::Tiles(units)) => units,
            _ => &[],
        }
    }

    /// Takes a tile, or gives it back; the first taken goes where there are too many.
    pub(super) fn toggle(&mut self, unit: usize) {
        let Some(pick) = self.picks() else {
            return;
        };
        let mut units = self.picked().to_vec();
        match units.iter().position(|picked| *picked == unit) {
            Some(place) => {
                units.remove(place);
            }
            None => units.push(unit),
        }
        let surplus = units.len().saturating_sub(pick);
        units.drain(..surplus);
        self.draft = Some(Answer::Tiles(units));
    }

    /// Whether the answer could be committed to.
    ///
    /// # Errors
    /// What is missing.
    pub fn is_answered(&self) -> Result<(), &'static str> {
        let Some(prediction) = self.prediction() else {
            return Ok(());
        };
        let whole = match (prediction, &self.draft) {
            (Prediction::Choice { .. }, Some(Answer::Choice(_))) => true,
            (Prediction::Number { .. }, Some(Answer::Number(_))) => true,
            (Prediction::Tiles { pick, .. }, Some(Answer::Tiles(units))) => units.len() == *pick,
            _ => false,
        };
        if !whole {
            return Err(match prediction {
                Prediction::Choice { .. } => "Answer first: choose one.",
                Prediction::Number { .. } => "Answer first: set the number.",
                Prediction::Tiles { .. } => "Answer first: pick the tiles.",
            });
        }
        if self.why.trim().is_empty() {
            return Err("Say in a line why you think so.");
        }
        Ok(())
    }

    /// Why the command can't be given now; `None` where the lesson has nothing against it.
    pub(super) fn holds(&self, command: UserCommand) -> Option<&'static str> {
        use UserCommand as C;
        if self.phase == Phase::Over {
            return None;
        }
        let control = match command {
            C::PlayPause if matches!(self.phase, Phase::Running(_)) => return None,
            C::PlayPause | C::StepEpoch => Control::Play,
            C::Reset => Control::Reset,
            C::NewSeed => Control::Seed,
            C::CheckGradient => Control::CheckGradient,
            C::ReviveUnit | C::ReviveDead => Control::Revive,
            C::Preset(_)
            | C::Data(_)
            | C::PrepareData
            | C::TrainOnImport
            | C::GoOnFromHere
            | C::Undo
            | C::Redo
            | C::SparseAgainstPlain
            | C::CopyBeside
            | C::CopyBesideWith
            | C::SwapRuns
            | C::KeepOther
            | C::DropOther
            | C::ToggleLock
            | C::EndPair
            | C::PauseAtEpoch
            | C::OpenCell
            | C::PasteShareLine
            | C::FollowFolder
            | C::RestoreLast => return Some(HELD),
            _ => return None,
        };
        self.refuses(control)
    }

    /// Why a setting can't be changed now.
    pub fn holds_setting(&self, setting: Setting) -> Option<&'static str> {
        self.refuses(Control::Setting(setting))
    }

    /// Why a control can't be used now: it is not one that the step unlocks, or not yet.
    pub(super) fn refuses(&self, control: Control) -> Option<&'static str> {
        if self.phase == Phase::Over {
            return None;
        }
        if matches!(self.phase, Phase::Running(_) | Phase::Measuring) {
            return Some(RUNS);
        }
        if self.asks() {
            return Some(FIRST);
        }
        let unlocked = self
            .now()
            .is_some_and(|step| step.look.unlocked.contains(&control));
        let ready = self.phase == Phase::Shown || self.prediction().is_none();
        (!(unlocked && ready)).then_some(HELD)
    }

    /// Whether a control is one that the step unlocks, now.
    pub fn unlocks(&self, control: Control) -> bool {
        self.refuses(control).is_none()
    }

    /// Whether the one button does something now.
    ///
    /// # Errors
    /// It does not; why.
    pub(super) fn goes_on(&self) -> Result<(), &'static str> {
        match self.phase {
            Phase::Asking => self.is_answered(),
            Phase::Shown | Phase::Over => Ok(()),
            Phase::Preparing => Err("The lesson's data are being loaded."),
            Phase::Running(_) | Phase::Measuring => Err(RUNS),
        }
    }

    /// Whether the step has an answer that was not shown yet.
    pub fn can_reveal(&self) -> bool {
        self.asks()
    }

    /// What the one button of the lesson does now.
    pub fn go_on_text(&self) -> &'static str {
        let step = self.now();
        let last = self.step + 1 == self.lesson.steps.len();
        match self.phase {
            Phase::Over if self.next().is_some() => "Next lesson",
            Phase::Over => "Leave the lesson",
            Phase::Asking if self.prediction().is_some() => "Commit and run",
            Phase::Asking if step.is_some_and(|step| step.until.is_some()) => "Run",
            _ if last => "End the lesson",
            _ => "Next",
        }
    }

    /// The lesson that follows in a class.
    pub fn next(&self) -> Option<Builtin> {
        Builtin::ALL.get(self.builtin?.number()).copied()
    }

    /// What was said, for the plots.
    pub fn mark(&self) -> Option<Mark> {
        let prediction = self.prediction()?;
        let committed = self
            .outcome
            .as_ref()
            .and_then(|judged| judged.answer.as_ref());
        let answer = committed.or(self
            .draft
            .as_ref()
            .filter(|_| self.phase != Phase::Preparing))?;
        let term = prediction.measure()?;
        if term.other.is_some() {
            return None; // no plot has two runs' difference as its axis
        }
        let range = match (prediction, answer) {
            (Prediction::Choice { choices, .. }, Answer::Choice(chosen)) => {
                let choice = choices.get(*chosen)?;
                (choice.from, choice.to)
            }
            (_, Answer::Number(value)) => (*value, *value),
            _ => return None,
        };
        Some(Mark {
            measure: term.first.measure,
            side: term.first.side,
            range,
            text: format!("you said: {}", said(prediction, answer)),
        })
    }

    /// The draft as it is committed to: not judged yet.
    pub(super) fn commit(&mut self, revealed: bool) {
        let Some(step) = self.lesson.steps.get(self.step) else {
            return;
        };
        let Some(prediction) = &step.prediction else {
            return;
        };
        let answer = self.draft.take().filter(|_| !revealed);
        self.outcome = Some(Judged {
            lesson: self.lesson.title.clone(),
            question: step.title.clone(),
            step: self.step + 1,
            said: answer
                .as_ref()
                .map_or_else(String::new, |answer| said(prediction, answer)),
            answer,
            why: self.why.trim().to_owned(),
            measured: None,
            sides: None,
            text: String::new(),
            right: None,
        });
    }

    /// Takes what was measured, and judges the answer.
    pub(super) fn judge(&mut self, measured: &Measured, states: &[UnitState]) {
        let Some(prediction) = self.prediction().cloned() else {
            return;
        };
        let Measured {
            value: measured,
            sides,
        } = *measured;
        if let Some(judged) = &mut self.outcome {
            judged.measured = measured;
            judged.sides = sides;
            judged.text = found(&prediction, judged.answer.as_ref(), measured, states);
            let right = |answer: &Answer| prediction.is_right(answer, measured, states);
            judged.right = judged.answer.as_ref().and_then(right);
            self.judged.push(judged.clone());
        }
    }
}

/// What a lesson's question is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// `None` where the runs have none.
    pub value: Option<f64>,
    pub sides: Option<Sides>,
}

/// An answer in words.
pub fn said(prediction: &Prediction, answer: &Answer) -> String {
    match (prediction, answer) {
        (Prediction::Choice { choices, .. }, Answer::Choice(chosen)) => choices
            .get(*chosen)
            .map_or_else(String::new, |choice| choice.text.clone()),
        (Prediction::Number { measure, .. }, Answer::Number(value)) => measure.text(*value),
        (_, Answer::Tiles(units)) => {
            let names: Vec<String> = units.iter().map(|unit| (unit + 1).to_string()).collect();
            format!("units {}", names.join(", "))
        }
        _ => String::new(),
    }
}

/// What was measured, in words.
fn found(
    prediction: &Prediction,
    answer: Option<&Answer>,
    measured: Option<f64>,
    states: &[UnitState],
) -> String {
    if let Prediction::Tiles { state, .. } = prediction {
        let all = states.iter().filter(|of| *of == state).count();
        let picked = match answer {
            Some(Answer::Tiles(units)) => {
                let hits = units
                    .iter()
                    .filter(|unit| states.get(**unit) == Some(state));
                format!(
                    "{} of your {} are {}; ",
                    hits.count(),
                    units.len(),
                    state.name()
                )
            }
            _ => String::new(),
        };
        return format!("{picked}{all} of all {} are", states.len());
    }
    let (Some(term), Some(value)) = (prediction.measure(), measured) else {
        return "nothing that could be measured".into();
    };
    let number = format!("{}: {}", titled(term), term.text(value));
    match prediction {
        Prediction::Choice { choices, .. } => {
            match choices.iter().find(|choice| choice.holds(value)) {
                Some(choice) => format!("{} ({number})", choice.text),
                None => number,
            }
        }
        Prediction::Number { .. } | Prediction::Tiles { .. } => number,
    }
}

/// A term for people: "FVU of A ÷ FVU of B".
pub fn titled(term: &Term) -> String {
    let point = |point: crate::training::lesson::Point, both: bool| match (point.side, both) {
        (Side::A, false) => point.measure.title().to_owned(),
        (Side::A, true) => format!("{} of A", point.measure.title()),
        (Side::B, _) => format!("{} of B", point.measure.title()),
    };
    match term.other {
        None => point(term.first, false),
        Some((joint, other)) => {
            let sign = match joint {
                Joint::Minus => "−",
                Joint::Over => "÷",
            };
            format!("{} {sign} {}", point(term.first, true), point(other, true))
        }
    }
}

/// Whether a step of this kind begins with everything to be seen.
pub(super) fn begins_shown(kind: Kind, until: Option<u64>) -> bool {
    match kind {
        Kind::Explain | Kind::Try => true,
        Kind::Watch => until.is_none(),
        Kind::Predict => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Given {
        Given::new(
            Arc::new(Builtin::LowRho.lesson().unwrap()),
            Some(Builtin::LowRho),
        )
    }

    #[test]
    fn a_question_holds_the_run_until_it_is_answered_with_a_reason() {
        let mut given = given();
        given.step = 1;
        assert_eq!(given.holds(UserCommand::PlayPause), Some(FIRST));
        assert_eq!(given.holds_setting(Setting::WeightDecay), Some(FIRST));
        assert!(given.holds(UserCommand::ToggleTheme).is_none());
        assert!(given.is_answered().is_err());
        given.draft = Some(Answer::Number(12.0));
        assert!(given.is_answered().unwrap_err().contains("why"));
        given.why = "a unit for each".into();
        assert_eq!(given.is_answered(), Ok(()));
        assert_eq!(given.mark().unwrap().text, "you said: 12");
        given.commit(false);
        given.phase = Phase::Running(100);
        assert_eq!(
            given.holds(UserCommand::PlayPause),
            None,
            "it may be paused"
        );
        assert_eq!(given.holds(UserCommand::StepEpoch), Some(RUNS));
        let measured = Measured {
            value: Some(0.0),
            sides: None,
        };
        given.judge(&measured, &[]);
        given.phase = Phase::Shown;
        let judged = given.outcome.clone().unwrap();
        assert_eq!(judged.right, Some(false));
        assert_eq!(judged.text, "bars found: 0");
        assert_eq!(given.holds(UserCommand::PlayPause), Some(HELD));
        assert_eq!(
            given.holds(UserCommand::Data(crate::data::EmbeddedSet::Bars)),
            Some(HELD)
        );
        given.step = 6;
        let rho = Setting::SparsityTarget;
        assert_eq!(given.holds_setting(rho), None, "the step unlocks it");
        assert_eq!(given.holds_setting(Setting::WeightDecay), Some(HELD));
    }

    #[test]
    fn tiles_are_taken_and_given_back_and_no_more_than_asked_for() {
        let mut given = given();
        given.step = 5;
        assert_eq!(given.picks(), Some(3));
        for unit in [4, 9, 4, 1, 2, 7] {
            given.toggle(unit);
        }
        assert_eq!(given.picked(), [1, 2, 7]);
        given.why = "they repeat others".into();
        assert_eq!(given.is_answered(), Ok(()));
        given.commit(false);
        let mut states = vec![UnitState::Alive; 25];
        (states[1], states[7]) = (UnitState::Constant, UnitState::Constant);
        given.judge(&Measured::default(), &states);
        let judged = given.outcome.unwrap();
        assert_eq!(judged.right, Some(true));
        assert_eq!(judged.text, "2 of your 3 are constant; 2 of all 25 are");
    }
}
