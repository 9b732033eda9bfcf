//! A training elsewhere in the window: its checkpoints become moments of a run while they are written, half-written ones
//! wait, wrong ones are named, and nothing trains it.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::path::Path;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::io::{npz, safetensors};
use sae_lab::lab::followed::{ELSEWHERE, Followed};
use sae_lab::lab::state::Typed;
use sae_lab::lab::{Action, RunView, UserCommand};
use sae_lab::model::Parameters;
use sae_lab::training::trainer::RunId;
use sae_lab::training::{Activity, Preset, Setting, Value};
use ui_support::wait;

type Window = Harness<'static, LabApp>;

const SIZE: [f32; 2] = [1280.0, 720.0];
/// Of the presets' bars, and of the models elsewhere.
const INPUTS: usize = 64;
const HIDDEN: usize = 12;

/// The window on bars.
fn window() -> Window {
    let mut harness = ui_support::real(SIZE, Preset::Bars.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    harness
}

fn act(harness: &mut Window, action: impl Into<Action>) {
    ui_support::act(harness, action);
    harness.run_steps(2);
}

fn run(harness: &Window) -> &RunView {
    harness.state().view().run
}

fn followed(app: &LabApp) -> Option<&Followed> {
    app.view().run.followed.as_deref()
}

fn weights(step: u64) -> Parameters<f64> {
    Parameters::initial(INPUTS, HIDDEN, step)
}

/// A checkpoint of this step.
fn write(folder: &Path, step: u64) {
    npz::write_parameters(&folder.join(format!("step_{step}.npz")), &weights(step)).unwrap();
}

/// Follows `folder`, until the run of it is at `epoch`.
fn follow(harness: &mut Window, folder: &Path, epoch: u64) {
    let action = Action::Follow {
        folder: folder.to_owned(),
        map: String::new(),
    };
    act(harness, action);
    arrives(harness, epoch);
}

fn arrives(harness: &mut Window, epoch: u64) {
    wait(harness, |app| {
        let last = followed(app).and_then(|of| of.last.as_ref());
        last.is_some_and(|last| last.epoch == epoch) && app.view().run.now() == epoch
    });
    harness.run_steps(2);
}

/// Goes on drawing, so that anything that is to happen can.
fn rest(harness: &mut Window, time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::thread::sleep(Duration::from_millis(10));
        harness.step();
    }
}

fn says(app: &LabApp, words: &str) -> bool {
    let mut notices = app.view().shared.notices.iter();
    notices.any(|notice| notice.text.contains(words))
}

#[test]
fn a_folder_is_asked_for_and_its_checkpoints_become_moments_of_a_run() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("on the cluster");
    std::fs::create_dir(&folder).unwrap();
    write(&folder, 10);
    write(&folder, 20);
    let mut harness = window();
    let own = run(&harness).id;
    act(&mut harness, UserCommand::FollowFolder);
    harness.run_steps(3);
    let measured = harness.query_by_label_contains("measured on the data that are open now");
    assert!(measured.is_some());
    // a folder that is not there is said where it was typed
    harness.get_by_label("Path").type_text("/not/there");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        let dialog = app.view().shared.open_dialog.as_ref();
        dialog.is_some_and(|dialog| dialog.error.is_some())
    });
    act(&mut harness, Action::CloseDialog);
    assert_eq!(run(&harness).id, own);
    follow(&mut harness, &folder, 20);
    let shown = run(&harness);
    assert_ne!(shown.id, own);
    assert_eq!(shown.title(), "on the cluster");
    let snapshot = shown.own_snapshot().unwrap();
    assert_eq!(snapshot.activity, Activity::Elsewhere);
    assert_eq!(snapshot.parameters, weights(20).cast());
    let records = snapshot.history.records();
    let epochs: Vec<u64> = records.map(|record| record.epoch).collect();
    assert_eq!(epochs, [10, 20]);
    // opened like data, the folder is asked about: Enter follows it
    harness.state_mut().open(vec![folder.clone()]);
    wait(&mut harness, |app| app.view().shared.open_dialog.is_some());
    let dialog = harness.state().view().shared.open_dialog.clone();
    let dialog = dialog.unwrap();
    assert_eq!(dialog.what, Typed::Checkpoints);
    assert_eq!(dialog.path, folder.display().to_string());
    assert!(
        dialog
            .hint
            .unwrap()
            .contains("checkpoints of a training elsewhere: 2")
    );
    act(&mut harness, Action::CloseDialog);
    // it goes on while it is looked at
    safetensors::write_model(&folder.join("step_30.safetensors"), &weights(30), None).unwrap();
    arrives(&mut harness, 30);
    let words = "Followed in on the cluster: step_30.safetensors, no. 3";
    assert!(harness.query_by_label(words).is_some());
    let sentence = followed(harness.state()).unwrap().sentence();
    assert!(sentence.ends_with("3 checkpoints, the last step_30.safetensors, step 30"));
    let taken = followed(harness.state()).unwrap().taken.clone().unwrap();
    assert!(taken.starts_with("W1 = W1 (12×64)"), "{taken}");
    assert!(
        harness
            .query_by_label(&format!("Tensors: {taken}"))
            .is_some()
    );
}

#[test]
fn the_cursor_stops_at_checkpoints_alone() {
    let folder = tempfile::tempdir().unwrap();
    for step in [10, 20, 30, 70] {
        write(folder.path(), step);
    }
    let mut harness = window();
    follow(&mut harness, folder.path(), 70);
    for (asked, shown) in [(14, 10), (16, 20), (49, 30), (3, 10), (44, 30)] {
        act(&mut harness, Action::Seek(asked));
        let run = run(&harness);
        let past = run.past.as_ref().unwrap();
        assert!(past.is_exact() && past.trouble.is_none());
        let snapshot = run.snapshot.as_ref().unwrap();
        assert_eq!(snapshot.epoch, shown);
        assert_eq!(snapshot.parameters, weights(shown).cast());
        let words = format!("epoch {shown} of 70: the past");
        assert!(harness.query_by_label(&words).is_some(), "{words}");
    }
    let mut steps = |key, shown| {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run_steps(2);
        assert_eq!(run(&harness).shown_epoch(), shown);
    };
    steps(Key::ArrowLeft, 20);
    steps(Key::ArrowLeft, 10);
    steps(Key::ArrowLeft, 10);
    steps(Key::ArrowRight, 20);
    steps(Key::ArrowRight, 30);
    steps(Key::ArrowRight, 70);
    assert!(run(&harness).past.is_none());
}

#[test]
fn what_is_half_written_waits_and_what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 10);
    let mut harness = window();
    follow(&mut harness, folder.path(), 10);
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), 20);
    let bytes = std::fs::read(elsewhere.path().join("step_20.npz")).unwrap();
    let half = folder.path().join("step_20.npz");
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    wait(&mut harness, |app| {
        followed(app).unwrap().waiting == ["step_20.npz"]
    });
    rest(&mut harness, Duration::from_millis(700));
    assert_eq!(run(&harness).now(), 10);
    assert!(
        harness
            .query_by_label_contains("step_20.npz is still being written")
            .is_some()
    );
    std::fs::write(&half, &bytes).unwrap();
    arrives(&mut harness, 20);
    assert_eq!(followed(harness.state()).unwrap().problem(), None);
    // of another size, and of other inputs
    let larger = Parameters::<f64>::initial(INPUTS, HIDDEN + 1, 1);
    npz::write_parameters(&folder.path().join("step_30.npz"), &larger).unwrap();
    wait(&mut harness, |app| {
        let problem = followed(app).unwrap().problem();
        problem.is_some_and(|problem| problem.contains("step_30.npz: it has 13 "))
    });
    let narrow = Parameters::<f64>::initial(9, HIDDEN, 1);
    npz::write_parameters(&folder.path().join("step_40.npz"), &narrow).unwrap();
    wait(&mut harness, |app| {
        let problem = followed(app).unwrap().problem();
        problem.is_some_and(|problem| problem.contains("step_40.npz: no matrix has 64 inputs"))
    });
    let mut infinite = weights(1);
    infinite.flat_mut()[0] = f64::NAN;
    npz::write_parameters(&folder.path().join("step_50.npz"), &infinite).unwrap();
    wait(&mut harness, |app| {
        let problem = followed(app).unwrap().problem();
        problem.is_some_and(|problem| problem.contains("step_50.npz: its weights are not finite"))
    });
    assert_eq!(run(&harness).now(), 20);
    // deleted ones do no harm, and it goes on
    std::fs::remove_file(&half).unwrap();
    write(folder.path(), 60);
    arrives(&mut harness, 60);
}

#[test]
fn it_is_not_trained_and_a_run_of_ones_own_goes_on_from_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 10);
    write(folder.path(), 20);
    let mut harness = window();
    follow(&mut harness, folder.path(), 20);
    let elsewhere = run(&harness).id;
    for asked in [
        UserCommand::PlayPause.into(),
        UserCommand::StepEpoch.into(),
        Action::Set {
            setting: Setting::WeightDecay,
            value: Value::Number(0.2),
            press: 1,
        },
    ] {
        act(&mut harness, Action::DismissNotice(0));
        act(&mut harness, asked);
        assert!(says(harness.state(), ELSEWHERE));
        assert!(!run(&harness).playing);
    }
    assert!(run(&harness).hyperparameters().weight_decay < 0.1);
    for asked in [UserCommand::Reset, UserCommand::CopyShareLine] {
        assert_eq!(harness.state().view().can(asked), Err(ELSEWHERE));
    }
    // from the past, and trained here
    act(&mut harness, Action::Seek(10));
    act(&mut harness, UserCommand::GoOnFromHere);
    wait(&mut harness, |app| {
        let run = app.view().run;
        run.id != elsewhere && run.own_snapshot().is_some()
    });
    assert!(run(&harness).followed.is_none());
    assert_eq!(
        run(&harness).own_snapshot().unwrap().parameters,
        weights(10).cast()
    );
    act(&mut harness, UserCommand::StepEpoch);
    wait(&mut harness, |app| app.view().run.now() == 11);
    act(&mut harness, UserCommand::StepEpoch);
    wait(&mut harness, |app| app.view().run.now() == 12);
    // its own past is replayed, and before it there are checkpoints alone
    act(&mut harness, Action::Seek(11));
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().epoch == 11
    });
    act(&mut harness, Action::Seek(6));
    assert_eq!(run(&harness).shown_epoch(), 10);
    act(&mut harness, UserCommand::ReturnToNow);
    // meanwhile it is followed
    write(folder.path(), 30);
    wait(&mut harness, |app| {
        let session = app.view().session;
        session.get(elsewhere).is_some_and(|of| of.now() == 30)
    });
    // the way back
    act(&mut harness, UserCommand::Undo);
    assert_eq!(run(&harness).id, elsewhere);
    assert!(!run(&harness).playing);
    arrives(&mut harness, 30);
    // from the present, too
    act(&mut harness, UserCommand::GoOnFromHere);
    wait(&mut harness, |app| {
        let run = app.view().run;
        run.id != elsewhere && run.own_snapshot().is_some() && run.now() == 30
    });
}

#[test]
fn it_stops_when_it_is_told_to_and_the_run_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    for step in [10, 20, 30] {
        write(folder.path(), step);
    }
    let mut harness = window();
    follow(&mut harness, folder.path(), 30);
    let run_of_it = run(&harness).id;
    harness
        .get_by_label(UserCommand::StopFollowing.text())
        .click();
    harness.run_steps(3);
    assert!(says(harness.state(), "no longer followed"));
    assert!(!followed(harness.state()).unwrap().live);
    write(folder.path(), 40);
    rest(&mut harness, Duration::from_millis(800));
    assert_eq!(run(&harness).now(), 30);
    assert_eq!(
        harness.state().view().can(UserCommand::PlayPause),
        Err(ELSEWHERE)
    );
    // into a file, and out of it
    let path = folder.path().join("kept.saelab");
    act(&mut harness, UserCommand::SaveRunAs);
    act(&mut harness, Action::Typed(vec![path.clone()]));
    wait(&mut harness, |app| says(app, "Saved"));
    act(&mut harness, Action::Open(vec![path]));
    wait(&mut harness, |app| {
        let run = app.view().run;
        run.id != run_of_it && run.own_snapshot().is_some()
    });
    let opened = run(&harness);
    assert_eq!(opened.now(), 30);
    assert!(
        opened.notes.contains("Trained elsewhere"),
        "{}",
        opened.notes
    );
    act(&mut harness, Action::Seek(13));
    assert_eq!(run(&harness).shown_epoch(), 10);
    let shown = run(&harness).snapshot.as_ref().unwrap();
    assert_eq!(shown.parameters, weights(10).cast());
}

#[test]
fn another_folder_ends_the_first_and_a_deleted_run_is_followed_no_longer() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut harness = window();
    let mut runs: Vec<RunId> = Vec::new();
    for (folder, step) in folders.iter().zip([10, 20]) {
        write(folder.path(), step);
        follow(&mut harness, folder.path(), step);
        runs.push(run(&harness).id);
    }
    assert!(says(harness.state(), "no longer followed"));
    let first = harness.state().view().session.get(runs[0]).unwrap();
    assert!(!first.followed.as_ref().unwrap().live);
    act(
        &mut harness,
        Action::Kept(runs[0], sae_lab::lab::state::KeptAction::Show),
    );
    act(
        &mut harness,
        Action::Kept(runs[1], sae_lab::lab::state::KeptAction::Drop),
    );
    wait(&mut harness, |app| says(app, "the run was deleted"));
    let can = harness.state().view().can(UserCommand::StopFollowing);
    assert_eq!(can, Err("No folder is followed."));
}
