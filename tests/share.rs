//! A run that is told in a line, or as a command, is the same run somewhere else, to the bit.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;
#[path = "support/simulated.rs"]
mod simulated;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sae_lab::io::run_file;
use sae_lab::lab::beside::Question;
use sae_lab::lab::export::Copied;
use sae_lab::lab::state::Severity;
use sae_lab::lab::{Action, Lab, UserCommand};
use sae_lab::training::run::Numbers;
use sae_lab::training::{Setting, Share, Value};

use self::command::{json_and_said, run, text};

/// Frames until the lab has nothing more to say.
fn frames(lab: &mut Lab, count: usize) {
    for _ in 0..count {
        lab.drain(Duration::from_secs(1));
        lab.follow(Duration::from_secs(1));
    }
}

fn set(lab: &mut Lab, setting: Setting, value: f64, press: u64) {
    lab.act(Action::Set {
        setting,
        value: Value::Number(value),
        press,
    });
}

fn step(lab: &mut Lab, epochs: u64) {
    for _ in 0..epochs {
        lab.act(UserCommand::StepEpoch.into());
        frames(lab, 3);
    }
}

fn copied(lab: &mut Lab, command: UserCommand) -> String {
    lab.act(command.into());
    frames(lab, 3);
    match lab.take_copied() {
        Some(Copied::Text(text)) => text,
        other => panic!("no text in the clipboard: {other:?}"),
    }
}

/// A lab that was steered: changes of three gestures, and a revival where units are dead.
fn steered() -> Lab {
    let mut lab = simulated::lab();
    frames(&mut lab, 4);
    lab.act(UserCommand::PlayPause.into());
    frames(&mut lab, 4);
    let epoch = lab.view().run.now();
    set(&mut lab, Setting::WeightDecay, 0.3, 1);
    step(&mut lab, 1);
    set(&mut lab, Setting::WeightDecay, 0.5, 1);
    step(&mut lab, 3);
    assert!(!lab.view().run.dead_units().is_empty());
    lab.act(UserCommand::ReviveDead.into());
    set(&mut lab, Setting::WeightDecay, 1e-4, 2);
    step(&mut lab, 2);
    set(&mut lab, Setting::SparsityWeight, 1.5, 3);
    step(&mut lab, 3);
    assert_eq!(lab.view().run.now(), epoch + 9);
    lab
}

fn weights(lab: &Lab) -> (u64, Vec<u32>) {
    let latest = lab.view().run.latest().unwrap();
    let bits = latest.parameters.flat().iter().map(|value| value.to_bits());
    (latest.epoch, bits.collect())
}

fn last_notice(lab: &Lab) -> String {
    let notices = &lab.view().shared.notices;
    notices.last().map(|n| n.text.clone()).unwrap_or_default()
}

#[test]
fn a_pasted_line_gives_the_same_bits_at_the_same_epoch() {
    let mut first = steered();
    let line = copied(&mut first, UserCommand::CopyShareLine);
    assert!(
        last_notice(&first).contains("5 changes"),
        "{}",
        last_notice(&first)
    );
    let mut second = simulated::lab();
    frames(&mut second, 2);
    second.act(Action::OpenShare(format!("look at this:\n{line}\n")));
    frames(&mut second, 3);
    let said = last_notice(&second);
    assert!(said.contains("bits will be equal"), "{said}");
    assert!(said.contains("5 changes on the way"), "{said}");
    frames(&mut second, 60);
    assert_eq!(weights(&second), weights(&first), "weights and epoch");
    assert!(!second.view().run.playing, "it pauses where it was shared");
    let said = last_notice(&second);
    assert!(said.contains("the same to the bit"), "{said}");
    let edits = |lab: &Lab| -> Vec<_> {
        let latest = lab.view().run.latest().unwrap();
        let edits = latest.history.edits().edits();
        edits
            .map(|edit| (edit.epoch, edit.setting, edit.old, edit.new))
            .collect()
    };
    assert_eq!(edits(&second), edits(&first), "they stand in its record");
    let revived = |lab: &Lab| -> Vec<_> {
        let latest = lab.view().run.latest().unwrap();
        latest.history.revivals().cloned().collect()
    };
    assert_eq!(revived(&second), revived(&first));
    // what is told again is what was told
    assert_eq!(copied(&mut second, UserCommand::CopyShareLine), line);
    // its past can be gone back in: the replay has the same deeds
    second.act(Action::Seek(3));
    frames(&mut second, 20);
    let past = second.view().run.past.as_ref().unwrap();
    assert!(past.is_exact() && past.trouble.is_none());
}

#[test]
fn a_moment_of_the_past_is_told_as_it_was_then() {
    let mut first = steered();
    let now = first.view().run.now();
    first.act(Action::Seek(now - 4));
    frames(&mut first, 20);
    let line = copied(&mut first, UserCommand::CopyShareLine);
    let share = Share::from_line(&line).unwrap();
    assert_eq!(share.epoch, now - 4);
    assert_eq!(share.plan.len(), 4, "not what came later: {line}");
    let mut second = simulated::lab();
    frames(&mut second, 2);
    second.act(Action::OpenShare(line));
    frames(&mut second, 60);
    let said = last_notice(&second);
    assert!(said.contains("the same to the bit"), "{said}");
}

#[test]
fn a_shared_run_that_is_steered_is_the_persons_own() {
    let mut first = steered();
    let line = copied(&mut first, UserCommand::CopyShareLine);
    let mut second = simulated::lab();
    frames(&mut second, 2);
    second.act(Action::OpenShare(line));
    frames(&mut second, 3);
    second.act(UserCommand::PlayPause.into());
    frames(&mut second, 3);
    assert!(second.view().run.now() < first.view().run.now() - 3);
    second.act(Action::Seek(1));
    frames(&mut second, 20);
    second.act(UserCommand::GoOnFromHere.into());
    frames(&mut second, 20);
    let notices = &second.view().shared.notices;
    let own = notices
        .iter()
        .find(|notice| notice.text.contains("your own"));
    assert_eq!(
        own.map(|notice| notice.severity),
        Some(Severity::Note),
        "{notices:?}"
    );
}

#[test]
fn what_is_no_line_is_said_and_changes_nothing() {
    let mut lab = simulated::lab();
    frames(&mut lab, 4);
    lab.act(UserCommand::PlayPause.into());
    frames(&mut lab, 4);
    let before = (weights(&lab), lab.view().run.id);
    let whole = {
        let mut other = steered();
        copied(&mut other, UserCommand::CopyShareLine)
    };
    lab.act(UserCommand::PasteShareLine.into());
    assert_eq!(lab.view().shared.question, Some(Question::ShareLine));
    lab.act(Action::CloseDialog);
    for (line, why) in [
        ("hello", "no share line"),
        (&whole[..whole.len() - 12], "cut off"),
        (
            &whole.replacen("hidden=6", "hidden=7", 1),
            "lost or changed",
        ),
    ] {
        lab.act(Action::OpenShare(line.to_owned()));
        frames(&mut lab, 3);
        let said = last_notice(&lab);
        assert!(said.contains(why), "{said}");
        assert!(said.ends_with('.') && said.starts_with(|c: char| c.is_uppercase()));
    }
    assert_eq!((weights(&lab), lab.view().run.id), before);
}

#[test]
fn more_changes_than_a_line_holds_are_passed_on_as_a_file() {
    let mut lab = simulated::lab();
    frames(&mut lab, 4);
    lab.act(UserCommand::PlayPause.into());
    for round in 0..201_u32 {
        set(
            &mut lab,
            Setting::SparsityWeight,
            1.0 + f64::from(round) / 100.0,
            round.into(),
        );
        step(&mut lab, 1);
    }
    lab.act(UserCommand::CopyShareLine.into());
    frames(&mut lab, 3);
    assert_eq!(lab.take_copied(), None);
    let said = last_notice(&lab);
    assert!(
        said.contains("201 times") && said.contains("run.saelab"),
        "{said}"
    );
}

fn train(out: &Path, more: &[&str]) -> String {
    let words = ["train", "--out", text(out), "--threads", "1"];
    json_and_said(&[&words[..], more].concat()).1
}

fn parameters(out: &Path) -> (u64, Numbers) {
    let file = run_file::read(&out.join("run.saelab")).unwrap();
    let numbers = file.checkpoint.arrays()[0].numbers.clone();
    (file.checkpoint.epoch(), numbers)
}

/// The words of a command as a shell has them.
fn words(command: &str) -> Vec<String> {
    let output = std::process::Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

#[test]
fn headless_a_line_and_a_command_train_the_same_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let table = at("it's data.csv");
    let rows = (0..60).map(|i| {
        let value = |k: u32| ((i * k + i * i) % 17) as f32 / 17.0;
        format!(
            "{},{},{},{},{}\n",
            value(3),
            value(5),
            value(7),
            value(11),
            value(2)
        )
    });
    std::fs::write(&table, rows.collect::<String>()).unwrap();
    let table = text(&table).to_owned();
    let own: [(&str, Vec<&str>); 3] = [
        (
            "bars",
            vec![
                "--data",
                "bars",
                "--hidden",
                "9",
                "--epochs",
                "7",
                "--at",
                "3:lambda=2e-3,4:lambda=1e-3",
            ],
        ),
        (
            "zca",
            vec![
                "--data",
                "photos-raw",
                "--patch",
                "6",
                "--patches",
                "400",
                "--preprocess",
                "zca",
                "--epsilon",
                "0.05",
                "--optimizer",
                "adam",
                "--alpha",
                "0.01",
                "--test-fraction",
                "0.25",
                "--epochs",
                "4",
                "--seed",
                "9",
            ],
        ),
        (
            "table",
            vec![
                "--data",
                &table,
                "--columns",
                "0,2,3",
                "--label",
                "none",
                "--preprocess",
                "unit-columns",
                "--hidden-activation",
                "tanh",
                "--output-activation",
                "linear",
                "--precision",
                "f64",
                "--batch",
                "full",
                "--hidden",
                "4",
                "--epochs",
                "6",
                "--at",
                "2:alpha=0.05",
                "--at",
                "5:optimizer=lbfgs",
            ],
        ),
    ];
    for (name, options) in own {
        let first = at(name);
        train(&first, &options);
        let file = first.join("run.saelab");
        let told = json_and_said(&["share", text(&file)]).0;
        let (line, command) = (
            told["line"].as_str().unwrap(),
            told["command"].as_str().unwrap(),
        );
        // by the line
        let second = at(&format!("{name}-line"));
        let mut more = vec!["--share", line];
        if name == "table" {
            more.extend(["--data", &table]);
        }
        let said = train(&second, &more);
        assert!(said.contains("bits will be equal"), "{said}");
        assert!(said.contains("the same to the bit"), "{said}");
        assert_eq!(parameters(&second), parameters(&first), "{name}");
        // by the command, as a shell reads it
        let third = at(&format!("{name}-command"));
        let mut words = words(command);
        assert_eq!(words.remove(0), "sae-lab");
        let out = words.iter().position(|word| word == "shared").unwrap();
        words[out] = text(&third).to_owned();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        json_and_said(&words);
        assert_eq!(parameters(&third), parameters(&first), "{name}: {command}");
        // and without --json both are lines
        let output = run(&["share", text(&file)]).stdout;
        assert_eq!(String::from_utf8(output).unwrap(), format!("{line}\n"));
    }
}

#[test]
fn headless_refusals_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let first = folder.path().join("first");
    train(
        &first,
        &["--data", "bars", "--hidden", "4", "--epochs", "2"],
    );
    let file = first.join("run.saelab");
    let told = json_and_said(&["share", text(&file)]).0;
    let line = told["line"].as_str().unwrap();
    let model = first.join("model.npz");
    let second = folder.path().join("second");
    train(
        &second,
        &["--init", text(&model), "--data", "bars", "--epochs", "2"],
    );
    let second = second.join("run.saelab");
    let cut = &line[..line.len() - 5];
    let gone = line.replace("data=bars", "data=file:gone.csv");
    let (body, _) = gone.rsplit_once("/check=").unwrap();
    let check = xxhash_rust::xxh3::xxh3_64(body.as_bytes()) as u32;
    let gone = format!("{body}/check={check:08x}");
    for (words, why) in [
        (
            vec!["train", "--share", "hello", "--out", text(&out)],
            "no share line",
        ),
        (
            vec!["train", "--share", cut, "--out", text(&out)],
            "cut off",
        ),
        (
            vec!["train", "--share", &gone, "--out", text(&out)],
            "--data",
        ),
        (vec!["open", cut], "cut off"),
        (vec!["open", "x"], "no share line"),
        (vec!["share", text(&second)], "weights from a file"),
        (vec!["share", text(&model)], "not a run"),
    ] {
        let output = run(&words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(why), "{words:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(!out.exists());
    }
}
