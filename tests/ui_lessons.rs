//! Every lesson played to its end by the keyboard, on the real trainer: predicting right, and predicting wrong. What the
//! window judges by is what the same lesson measures without one, to the bit.
#![cfg(feature = "window")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

mod ui_support;

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::data::{self, DataError, DataSet, DataSpec};
use sae_lab::lab::export::Export;
use sae_lab::lab::lesson::{Given, Judged, Phase};
use sae_lab::lab::state::LessonAction;
use sae_lab::lab::{Action, UserCommand};
use sae_lab::model::UnitState;
use sae_lab::numerics::WorkerPool;
use sae_lab::training::lesson::{
    Answer, Builtin, Lesson, Prediction, Side, Stage, StageData, Step,
};
use sae_lab::training::{Preset, Setting, Speed, Value};
use ui_support::wait;

type Window = Harness<'static, LabApp>;

const WIDE: [f32; 2] = [1280.0, 720.0];
const NARROW: [f32; 2] = [1024.0, 768.0];

fn load(spec: &DataSpec) -> Result<Arc<DataSet>, DataError> {
    data::load(spec).map(Arc::new)
}

/// What each question of a lesson comes to, without a window: the value that it is judged by, and the units' states.
fn answers(lesson: &Lesson) -> Vec<(Option<f64>, Vec<UnitState>)> {
    let pool = Arc::new(WorkerPool::new(2));
    let mut stage: Option<Stage> = None;
    let mut found = Vec::new();
    for step in &lesson.steps {
        if let Some(setup) = &step.setup {
            let data = StageData::of(setup, &load).unwrap();
            stage = Some(Stage::new(setup, &data, 0, &pool).unwrap());
        }
        let (Some(stage), Some(until)) = (&mut stage, step.until) else {
            continue;
        };
        if step.kind == sae_lab::training::lesson::Kind::Try {
            continue;
        }
        stage.set(&step.changes).unwrap();
        while stage.epoch() < until {
            assert!(stage.advance(&|| true));
        }
        if let Some(prediction) = &step.prediction {
            let measured = prediction.measure();
            let measured = measured.and_then(|term| term.value(|point| stage.measure(point)));
            let units = &stage.run(Side::A).unwrap().state().units;
            found.push((measured, units.iter().map(|unit| unit.state).collect()));
        }
    }
    found
}

/// An answer to `prediction` that will turn out right, or one that will not.
fn answer(
    prediction: &Prediction,
    measured: Option<f64>,
    states: &[UnitState],
    right: bool,
) -> Answer {
    match prediction {
        Prediction::Choice { choices, .. } => {
            let fits = |choice: &&sae_lab::training::lesson::Choice| {
                choice.holds(measured.unwrap()) == right
            };
            let chosen = choices.iter().find(fits).unwrap();
            Answer::Choice(choices.iter().position(|one| one == chosen).unwrap())
        }
        Prediction::Number { axis, .. } => {
            let value = measured.unwrap();
            if right {
                return Answer::Number(value);
            }
            let far = |end: f64| {
                if axis.log {
                    (end / value).ln().abs()
                } else {
                    (end - value).abs()
                }
            };
            Answer::Number(if far(axis.from) > far(axis.to) {
                axis.from
            } else {
                axis.to
            })
        }
        Prediction::Tiles { pick, state, .. } => {
            let units = (0..states.len()).filter(|unit| (states[*unit] == *state) == right);
            Answer::Tiles(units.take(*pick).collect())
        }
    }
}

fn act(harness: &mut Window, action: Action) {
    ui_support::act(harness, action);
    harness.run_steps(2);
}

fn given(app: &LabApp) -> Option<&Given> {
    app.view().shared.lesson.as_ref()
}

fn begin(harness: &mut Window, builtin: Builtin) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    harness
        .get_by_label("Find a command")
        .type_text(builtin.title());
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    wait(harness, |app| {
        given(app).is_some_and(|given| given.builtin == Some(builtin))
    });
}

/// Answers with the keys alone: Tab's focus is set as a screen reader sets it.
fn answer_by_keys(harness: &mut Window, step: &Step, answer: &Answer) {
    let prediction = step.prediction.as_ref().unwrap();
    match (prediction, answer) {
        (Prediction::Choice { choices, .. }, Answer::Choice(place)) => {
            harness.get_by_label(&choices[*place].text).focus();
            harness.run_steps(2);
            harness.key_press(Key::Enter);
        }
        (Prediction::Number { .. }, Answer::Number(wanted)) => {
            let now = |harness: &Window| match given(harness.state()).unwrap().draft {
                Some(Answer::Number(value)) => value,
                _ => f64::NAN,
            };
            harness.get_by_label("Your prediction").focus();
            harness.run_steps(2);
            // to the left end, then up until it is passed
            harness.key_press(Key::ArrowRight);
            harness.run_steps(2);
            for _ in 0..600 {
                let before = now(harness);
                if (before - wanted).abs() < 1e-12 {
                    break;
                }
                let up = before < *wanted;
                let key = if up { Key::ArrowRight } else { Key::ArrowLeft };
                harness.key_press(key);
                harness.run_steps(2);
                let after = now(harness);
                if after == before || (after < *wanted) != up {
                    break;
                }
            }
        }
        (_, Answer::Tiles(units)) => {
            for unit in units {
                let state = harness.state().view().run.latest().unwrap().units[*unit].state;
                let label = format!("Unit {}, {}", unit + 1, state.name());
                harness.get_by_label(&label).focus();
                harness.run_steps(2);
                harness.key_press(Key::Enter);
                harness.run_steps(2);
            }
        }
        _ => panic!("{answer:?} is no answer to {prediction:?}"),
    }
    harness.run_steps(2);
    harness.get_by_label("Because").focus();
    harness.run_steps(2);
    harness.get_by_label("Because").type_text("it seems so");
    harness.run_steps(2);
    assert!(given(harness.state()).unwrap().is_answered().is_ok());
    harness.key_press(Key::Enter);
    harness.run_steps(3);
}

fn settled(app: &LabApp) -> bool {
    given(app).is_none_or(|given| matches!(given.phase, Phase::Asking | Phase::Shown))
}

/// Plays the lesson from the list of commands to its end; returns what was judged.
fn play(builtin: Builtin, right: bool, size: [f32; 2]) -> Vec<Judged> {
    let lesson = builtin.lesson().unwrap();
    let expected = answers(&lesson);
    let mut harness = ui_support::real(size, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    begin(&mut harness, builtin);
    let mut questions = 0;
    for (place, step) in lesson.steps.iter().enumerate() {
        wait_long(&mut harness, settled);
        harness.run_steps(3);
        assert_eq!(
            given(harness.state()).unwrap().step,
            place,
            "{}",
            step.title
        );
        // a speed that was chosen stays for the whole of the step
        let quick = Action::SetSpeed(Speed::EpochsPerSecond(1000.0));
        act(&mut harness, quick);
        if let Some(prediction) = &step.prediction {
            let view = harness.state().view();
            let held = view.can(UserCommand::PlayPause);
            assert!(held.unwrap_err().contains("until you have committed"));
            let epoch = view.run.now();
            harness.key_press(Key::Space);
            harness.run_steps(5);
            let view = harness.state().view();
            assert!(
                !view.run.playing && view.run.now() == epoch,
                "Play is locked"
            );
            let (measured, states) = &expected[questions];
            let answer = answer(prediction, *measured, states, right);
            answer_by_keys(&mut harness, step, &answer);
            wait_long(&mut harness, |app| {
                given(app).unwrap().phase == Phase::Shown
            });
            harness.run_steps(3);
            let judged = given(harness.state()).unwrap().outcome.clone().unwrap();
            let view = harness.state().view();
            let epochs = [Some(view.run), view.pair().map(|pair| pair.other)].map(|run| {
                let latest = run.and_then(|run| run.latest());
                latest.map(|latest| (latest.epoch, latest.activity))
            });
            assert_eq!(
                judged.measured, *measured,
                "{}: as without a window, at {epochs:?}",
                step.title
            );
            assert_eq!(judged.right, Some(right), "{}: {judged:?}", step.title);
            assert_eq!(judged.why, "it seems so");
            let said = if right {
                "✔ You were right."
            } else {
                "✖ It came out otherwise."
            };
            harness.get_by_label(said);
            assert_eq!(
                harness.state().view().run.now(),
                step.until.unwrap().min(harness.state().view().run.now())
            );
            questions += 1;
        } else if given(harness.state()).unwrap().phase == Phase::Asking {
            harness.key_press(Key::L);
            harness.run_steps(3);
            wait_long(&mut harness, |app| {
                given(app).unwrap().phase == Phase::Shown
            });
            harness.run_steps(3);
        }
        harness.key_press(Key::L);
        harness.run_steps(3);
    }
    let end = given(harness.state()).unwrap();
    assert_eq!(end.phase, Phase::Over, "the lesson has ended");
    assert_eq!(end.judged, harness.state().view().shared.predictions);
    let came_true = if right { questions } else { 0 };
    harness.get_by_label(&format!(
        "The lesson is over: {came_true} of {questions} predictions came true."
    ));
    // everything can be used again; Escape puts the card away
    assert_eq!(questions, expected.len());
    assert_eq!(harness.state().view().can(UserCommand::PlayPause), Ok(()));
    let messages = harness.state().view().shared.notices.len();
    for _ in 0..=messages {
        assert!(given(harness.state()).is_some());
        harness.key_press(Key::Escape); // the newest message first
        harness.run_steps(3);
    }
    assert!(given(harness.state()).is_none());
    harness.state().view().shared.predictions.clone()
}

fn wait_long(harness: &mut Window, done: impl Fn(&LabApp) -> bool) {
    let start = std::time::Instant::now();
    while !done(harness.state()) {
        let shared = &harness.state().view().shared;
        assert!(
            start.elapsed().as_secs() < 120,
            "waited in vain at {:?}: {:?}",
            shared
                .lesson
                .as_ref()
                .map(|given| (given.step, given.phase)),
            shared.notices
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
}

macro_rules! played {
    ($($name:ident: $lesson:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            let right = play(Builtin::$lesson, true, WIDE);
            let wrong = play(Builtin::$lesson, false, NARROW);
            assert_eq!(right.len(), wrong.len());
            assert!(!right.is_empty());
        })+
    };
}

played! {
    what_sparsity_buys: Sparsity,
    edges_from_photographs: Edges,
    clothes: Clothes,
    the_cliff: Cliff,
    why_dead_stays_dead: Revival,
    too_low_a_target: LowRho,
    overshoot: Overshoot,
    vanishing_gradients: Vanishing,
    too_few_units: FewUnits,
    the_misplaced_bracket: Bracket,
    noisy_means: Batches,
    similar_detectors: Similar,
}

#[test]
fn a_lesson_unlocks_what_its_step_needs_and_nothing_else() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    begin(&mut harness, Builtin::Cliff);
    wait_long(&mut harness, settled);
    let set = |value| Action::Set {
        setting: Setting::WeightDecay,
        value: Value::Number(value),
        press: 1,
    };
    let lambda = |harness: &Window| harness.state().view().run.hyperparameters().weight_decay;
    let before = lambda(&harness);
    act(&mut harness, set(0.05));
    assert_eq!(lambda(&harness), before, "λ is locked");
    act(&mut harness, UserCommand::Preset(Preset::Bars).into());
    assert!(
        given(harness.state()).is_some(),
        "and so is everything that begins another run"
    );
    assert!(harness.query_by_label("λ weight decay").is_none());
    // a teacher skips to the last step
    while given(harness.state()).unwrap().step < 5 {
        act(&mut harness, UserCommand::SkipStep.into());
        wait_long(&mut harness, settled);
        harness.run_steps(3);
    }
    assert_eq!(
        harness.state().view().run.now(),
        300,
        "the steps before were run all the same"
    );
    harness.get_by_label("λ weight decay");
    assert!(harness.query_by_label("ρ target activation").is_none());
    act(&mut harness, set(2e-4));
    assert_eq!(lambda(&harness), 2e-4);
    act(&mut harness, UserCommand::LeaveLesson.into());
    harness.get_by_label("ρ target activation");
}

#[test]
fn what_is_revealed_was_not_predicted_and_the_table_has_the_rest() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    assert!(
        harness
            .state()
            .view()
            .can(UserCommand::Export(Export::Predictions))
            .is_err()
    );
    begin(&mut harness, Builtin::FewUnits);
    wait_long(&mut harness, settled);
    act(&mut harness, UserCommand::GoOnInLesson.into());
    act(&mut harness, UserCommand::RevealStep.into());
    wait_long(&mut harness, |app| {
        given(app).unwrap().phase == Phase::Shown
    });
    let judged = given(harness.state()).unwrap().outcome.clone().unwrap();
    assert_eq!((judged.answer, judged.right), (None, None));
    assert!(judged.text.starts_with("FVU: 0.5"), "{}", judged.text);
    act(&mut harness, UserCommand::GoOnInLesson.into());
    let step = Builtin::FewUnits.lesson().unwrap().steps[2].clone();
    harness.run_steps(3);
    answer_by_keys(&mut harness, &step, &Answer::Number(16.0));
    wait_long(&mut harness, |app| {
        given(app).unwrap().phase == Phase::Shown
    });
    act(
        &mut harness,
        Action::Lesson(LessonAction::Name("Ada, L.".into())),
    );
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("class.csv");
    act(
        &mut harness,
        Action::Export(Export::Predictions, path.clone()),
    );
    wait_long(&mut harness, |_| path.exists());
    let table = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2, "{table}");
    assert_eq!(
        lines[1],
        "\"Ada, L.\",Too few hidden units,3,And B?,16,it seems so,16,bars found of B: 16,yes"
    );
}

#[test]
fn a_lesson_is_opened_like_data_and_a_broken_one_says_where() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    let out = tempfile::tempdir().unwrap();
    let good = out.path().join("mine.md");
    let text = Builtin::Overshoot
        .text()
        .replacen("# Overshoot", "# My overshoot", 1);
    std::fs::write(&good, text).unwrap();
    harness.state_mut().open(vec![good]);
    wait_long(&mut harness, |app| given(app).is_some());
    let title = given(harness.state()).unwrap().title();
    assert_eq!(title, "My overshoot has its address too");
    let context = harness.ctx.clone();
    harness
        .state_mut()
        .act(&context, UserCommand::LeaveLesson.into());
    let broken = out.path().join("broken.md");
    std::fs::write(&broken, "# T\n\n## look: x\n").unwrap();
    harness.state_mut().open(vec![broken]);
    wait_long(&mut harness, |app| !app.view().shared.notices.is_empty());
    let notices = &harness.state().view().shared.notices;
    let said = &notices.last().unwrap().text;
    assert!(
        said.contains("broken.md: line 3, column 4: a step is"),
        "{said}"
    );
    assert!(given(harness.state()).is_none());
}

#[test]
fn a_step_to_try_something_pauses_where_it_speaks_of() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    begin(&mut harness, Builtin::Sparsity);
    let last = Builtin::Sparsity.lesson().unwrap().steps.len() - 1;
    while given(harness.state()).unwrap().step < last {
        wait_long(&mut harness, settled);
        act(&mut harness, UserCommand::SkipStep.into());
    }
    wait_long(&mut harness, settled);
    harness.run_steps(3);
    assert!(harness.query_by_label("Skip the step").is_none());
    let paused = |app: &LabApp| {
        let run = &app.view().run;
        !run.playing && run.latest().is_some_and(|latest| latest.epoch == 150)
    };
    harness.key_press(Key::Space);
    harness.run_steps(2);
    wait_long(&mut harness, paused);
    // on for a while, and once more from the beginning, without a pause between
    harness.key_press(Key::Space);
    harness.run_steps(2);
    wait_long(&mut harness, |app| app.view().run.now() > 170);
    act(&mut harness, UserCommand::Reset.into());
    wait(&mut harness, |app| app.view().run.now() < 150);
    act(
        &mut harness,
        Action::Set {
            setting: Setting::SparsityWeight,
            value: Value::Number(0.3),
            press: 9,
        },
    );
    if !harness.state().view().run.playing {
        harness.key_press(Key::Space);
        harness.run_steps(2);
    }
    wait_long(&mut harness, paused);
    // and on from there, if one wants to see more
    harness.key_press(Key::Space);
    harness.run_steps(2);
    wait_long(&mut harness, |app| app.view().run.now() > 160);
}

#[test]
fn enter_and_tab_alone_lead_from_the_first_step_to_the_outcome_and_both_runs_are_told() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    harness.get_by_label("Lesson 1: What sparsity buys").click();
    harness.run_steps(3);
    wait_long(&mut harness, |app| {
        given(app).is_some_and(|given| given.phase == Phase::Shown)
    });
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(given(harness.state()).unwrap().step, 1);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let draft = given(harness.state()).unwrap().draft.clone();
    assert_eq!(
        draft,
        Some(Answer::Choice(0)),
        "the first choice had the focus"
    );
    // Space takes a choice too
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    let draft = given(harness.state()).unwrap().draft.clone();
    assert_eq!(draft, Some(Answer::Choice(1)));
    for _ in 0..2 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
    }
    harness.event(egui::Event::Text("it is asked for less".into()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    wait_long(&mut harness, |app| {
        given(app).unwrap().phase == Phase::Shown
    });
    harness.run_steps(3);
    let judged = given(harness.state()).unwrap().outcome.clone().unwrap();
    assert_eq!(
        (judged.right, judged.why.as_str()),
        (Some(false), "it is asked for less")
    );
    // it took a while, so that it could be watched; what comes after the lesson is as fast as ever
    let speed = |harness: &Window| harness.state().view().run.speed;
    assert_eq!(speed(&harness), Speed::EpochsPerSecond(20.0));
    let sides = judged.sides.unwrap();
    assert_eq!(Some(sides.a / sides.b), judged.measured);
    for (name, value) in [("A", sides.a), ("B", sides.b)] {
        harness.get_by_label(&format!("FVU of {name}: {}", sides.measure.text(value)));
    }
    // Escape asks before it ends what can't be taken up again
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(given(harness.state()).is_some());
    let offered = harness.get_all_by_label("Leave it").last();
    offered.unwrap().click();
    harness.run_steps(3);
    assert!(given(harness.state()).is_none());
    assert!(harness.state().view().shared.notices.is_empty());
    assert_eq!(speed(&harness), Speed::Unlimited);
    // it was not gone through
    harness.get_by_label("Lesson 1: What sparsity buys");
}

#[test]
fn a_count_that_nobody_set_is_no_prediction() {
    let mut harness = ui_support::real(WIDE, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    begin(&mut harness, Builtin::Cliff);
    let asks = |app: &LabApp| given(app).is_some_and(Given::asks);
    while !asks(harness.state()) {
        wait_long(&mut harness, settled);
        act(&mut harness, UserCommand::GoOnInLesson.into());
    }
    harness.run_steps(5);
    let number = given(harness.state()).unwrap().prediction().cloned();
    assert!(matches!(number, Some(Prediction::Number { .. })));
    assert_eq!(given(harness.state()).unwrap().draft, None);
    harness.get_by_label("from 0 to 25");
    harness.key_press(Key::ArrowRight);
    harness.run_steps(3);
    let draft = given(harness.state()).unwrap().draft.clone();
    assert_eq!(draft, Some(Answer::Number(14.0)));
}

/// In 1280×720 at zoom 1.5 the step and its outcome are longer than the column.
#[test]
fn the_outcome_and_the_button_that_goes_on_are_in_sight_however_small_the_window() {
    let size = [854.0, 480.0];
    let mut harness = ui_support::real(size, Preset::TooFewUnits.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    begin(&mut harness, Builtin::Sparsity);
    let asks = |app: &LabApp| given(app).is_some_and(Given::asks);
    while !asks(harness.state()) {
        wait_long(&mut harness, settled);
        act(&mut harness, UserCommand::GoOnInLesson.into());
    }
    act(
        &mut harness,
        Action::Lesson(LessonAction::Answer(Answer::Choice(0))),
    );
    let why = LessonAction::Why("it is asked for less".into());
    act(&mut harness, Action::Lesson(why));
    act(&mut harness, UserCommand::GoOnInLesson.into());
    wait_long(&mut harness, |app| {
        given(app).unwrap().phase == Phase::Shown
    });
    harness.run_steps(5);
    let next = harness.get_by_label("Next");
    let foot = next.rect();
    assert!(next.is_focused());
    assert!(foot.bottom() < size[1] && foot.height() > 20.0, "{foot}");
    // the last of what came of it stands above the button
    let said = harness.get_by_label("FVU of B: 0.0246").rect();
    assert!(said.bottom() <= foot.top(), "{said} {foot}");
}
