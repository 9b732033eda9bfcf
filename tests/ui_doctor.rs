//! A student's gradient in the window: asked for or dropped, its mistakes named, the formula lit where they are.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::path::{Path, PathBuf};

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::data::EmbeddedSet;
use sae_lab::io::npz::write_parameters;
use sae_lab::lab::state::Typed;
use sae_lab::lab::studies::Study;
use sae_lab::lab::{Action, Page, UserCommand};
use sae_lab::model::doctor::{Doctor, Mistake, Verdict};
use sae_lab::model::{Objective, Parameters};
use sae_lab::numerics::WorkerPool;
use ui_support::{drop_files, training_on, wait};

type Window = Harness<'static, LabApp>;

fn window() -> Window {
    let mut harness = training_on([1280.0, 720.0], EmbeddedSet::Digits);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    harness
}

fn act(harness: &mut Window, action: impl Into<Action>) {
    ui_support::act(harness, action);
    harness.step();
}

/// Weights, and what a student's program with these mistakes has for the gradient of the run that is shown.
fn write(harness: &Window, folder: &Path, mistakes: &[Mistake]) -> [PathBuf; 2] {
    let run = harness.state().view().run;
    let data = run.data().unwrap();
    let settings = run.hyperparameters().check().unwrap();
    let weights = Parameters::<f64>::initial(data.inputs(), run.experiment.hidden, 3);
    let doctor = Doctor::new(
        run.experiment.architecture(data.inputs()),
        &weights,
        data.samples.to::<f64>().view(),
        &Objective::from(&settings),
        50,
        &WorkerPool::new(1),
    );
    let paths = ["weights.npz", "gradient.npz"].map(|name| folder.join(name));
    write_parameters(&paths[0], &weights).unwrap();
    write_parameters(&paths[1], &doctor.gradient(mistakes).unwrap()).unwrap();
    paths
}

fn answered(app: &LabApp) -> bool {
    matches!(
        app.view().run.my_gradient,
        Study::Done(_) | Study::Failed(_)
    )
}

fn verdict(harness: &Window) -> Verdict {
    let result = harness.state().view().run.my_gradient.result().unwrap();
    result.findings.diagnosis.verdict.clone()
}

/// The parts of the formulas that are lit.
fn lit(harness: &Window) -> Vec<String> {
    const MARK: &str = " (wrong in the gradient that was checked)";
    let nodes = harness.query_all_by_label_contains(MARK);
    let mut names: Vec<String> = nodes
        .filter_map(|node| {
            let node = node.accesskit_node();
            Some(node.label().or_else(|| node.value())?.replace(MARK, ""))
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_gradient_is_asked_for_and_its_mistake_is_lit_in_the_formula() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window();
    let paths = write(&harness, folder.path(), &[Mistake::BracketMisplaced]);
    harness.key_press_modifiers(
        Modifiers {
            shift: true,
            ctrl: true,
            command: true,
            ..Modifiers::NONE
        },
        Key::G,
    );
    harness.run_steps(2);
    let dialog = harness.state().view().shared.open_dialog.clone();
    assert_eq!(dialog.unwrap().what, Typed::MyGradient);
    for (label, path) in [("Path", &paths[0]), ("Path of the gradient", &paths[1])] {
        let field = harness.get_by_role_and_label(Role::TextInput, label);
        field.focus();
        harness.step();
        let field = harness.get_by_role_and_label(Role::TextInput, label);
        field.type_text(path.to_str().unwrap());
        harness.run_steps(2);
    }
    harness.get_by_role_and_label(Role::Button, "Check").click();
    harness.run_steps(2);
    wait(&mut harness, answered);
    harness.run_steps(3);
    assert_eq!(harness.state().view().shared.page, Page::Mathematics);
    let expected = Verdict::Mistakes {
        mistakes: vec![Mistake::BracketMisplaced],
        alternatives: Vec::new(),
    };
    assert_eq!(verdict(&harness), expected);
    assert!(harness.query_by_label("one mistake").is_some());
    let sentence = "The gradient is not that of the cost: bracket-misplaced.";
    assert!(harness.query_by_label(sentence).is_some());
    let right = format!("Right: {}", Mistake::BracketMisplaced.right());
    assert!(harness.query_by_label(&right).is_some());
    assert_eq!(
        lit(&harness),
        [
            "The pull of the sparsity term",
            "Times the slope of the activation function at each unit"
        ]
    );
    // asked again, the same files are proposed
    act(&mut harness, UserCommand::CheckMyGradient);
    let dialog = harness.state().view().shared.open_dialog.clone().unwrap();
    assert_eq!(dialog.other, paths[1].to_str().unwrap());
    write(&harness, folder.path(), &[]);
    act(&mut harness, Action::Typed(paths.to_vec()));
    wait(&mut harness, answered);
    harness.run_steps(2);
    assert_eq!(verdict(&harness), Verdict::Correct);
    assert!(
        harness
            .query_by_label("The gradient is that of the cost.")
            .is_some()
    );
    assert_eq!(lit(&harness), [""; 0]);
    act(&mut harness, UserCommand::CloseMyGradient);
    harness.run_steps(2);
    assert!(matches!(
        harness.state().view().run.my_gradient,
        Study::Idle
    ));
    assert!(harness.query_by_label("correct").is_none());
}

#[test]
fn what_is_dropped_on_the_page_is_a_gradient_or_else_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window();
    let [weights, gradient] = write(
        &harness,
        folder.path(),
        &[Mistake::DecayMissing, Mistake::KlSign],
    );
    act(&mut harness, UserCommand::Show(Page::Mathematics));
    // as they come out of a folder; W1 … are weights, and so these may be data: the command asks for a gradient
    act(&mut harness, UserCommand::CheckMyGradient);
    act(&mut harness, Action::Typed(vec![gradient, weights.clone()]));
    wait(&mut harness, answered);
    harness.run_steps(2);
    let Verdict::Mistakes { mistakes, .. } = verdict(&harness) else {
        panic!("{:?}", verdict(&harness));
    };
    assert_eq!(mistakes, [Mistake::DecayMissing, Mistake::KlSign]);
    assert!(harness.query_by_label("two mistakes").is_some());
    assert_eq!(
        lit(&harness),
        ["The pull of the sparsity term", "Weight decay's share"]
    );
    // a file with a gradient of other data
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/files");
    drop_files(&mut harness, &[files.join("blocks.mat")]);
    wait(&mut harness, answered);
    harness.run_steps(2);
    let Study::Failed(said) = &harness.state().view().run.my_gradient else {
        panic!("{:?}", harness.state().view().run.my_gradient);
    };
    assert!(said.contains("the samples here have 64 values"), "{said}");
    let said = said.clone();
    assert!(harness.query_by_label(&said).is_some());
    // and one without a gradient: it is opened as data
    drop_files(&mut harness, &[weights]);
    wait(&mut harness, |app| app.view().shared.import.is_some());
    assert!(matches!(
        harness.state().view().run.my_gradient,
        Study::Idle
    ));
}
