//! Whenever the command is stopped, what it wrote is of one run and whole, and the run goes on from there.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;
#[path = "support/whole.rs"]
mod whole;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::io::{run_file, run_folder};

use self::command::{json, text};
use self::whole::assert_whole;

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until `child` catches signals: it trains from then on.
fn wait_for_training(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let catches = || {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.is_some_and(|mask| mask & 0b100_0000_0000_0010 == 0b100_0000_0000_0010)
    };
    let start = std::time::Instant::now();
    while !catches() {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[test]
fn a_run_that_is_killed_again_and_again_comes_to_the_same_end() {
    let kills = if std::env::var_os("SAE_LAB_FULL").is_some() {
        1_000
    } else {
        25
    };
    let folder = tempfile::tempdir().unwrap();
    let (out, whole) = (folder.path().join("out"), folder.path().join("whole"));
    let small = ["--data", "digits", "--hidden", "4", "--batch", "500"];
    json(&[&["train", "--epochs", "1", "--out", text(&out)], &small[..]].concat());
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let (mut epoch, mut stopped) = (assert_whole(&out), 0);
    let run = out.join("run.saelab");
    let next = |epoch: u64| (epoch + 2).to_string();
    // how far into a run the kill may come: longer after each that came before the run's end, shorter
    // after each that came too late, so that about half of them hit at any speed of the machine
    let mut most = 0.2;
    for kill in 0..kills {
        let asked = next(epoch);
        let words = [
            "train",
            "--resume",
            text(&run),
            "--epochs",
            &asked,
            "--out",
            text(&out),
        ];
        let mut child = start(&words);
        std::thread::sleep(Duration::from_secs_f64(chance.random::<f64>() * most));
        child.kill().unwrap();
        let hit = !child.wait().unwrap().success();
        stopped += u32::from(hit);
        most *= if hit { 1.25 } else { 0.8 };
        run_folder::recover(&out).unwrap();
        let now = assert_whole(&out);
        assert!(
            now == epoch || now == epoch + 2,
            "kill {kill}: from {epoch} to {now}"
        );
        epoch = now;
    }
    println!("{stopped} of {kills} were killed before their end; {epoch} epochs");
    assert!(stopped > kills / 4);
    let asked = epoch.to_string();
    json(
        &[
            &["train", "--epochs", &asked, "--out", text(&whole)],
            &small[..],
        ]
        .concat(),
    );
    let kept = |folder: &Path| {
        run_file::read(&folder.join("run.saelab"))
            .unwrap()
            .checkpoint
    };
    assert_eq!(kept(&out), kept(&whole));
}

#[test]
fn a_signal_ends_it_in_order() {
    for (name, status) in [("-INT", 130), ("-TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let words = [
            "train",
            "--data",
            "digits",
            "--hidden",
            "4",
            "--epochs",
            "1000000",
            "--out",
            text(&out),
        ];
        let child = start(&words);
        wait_for_training(&child);
        std::thread::sleep(Duration::from_millis(300));
        signal(&child, name);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(status), "{said}");
        let epoch = assert_whole(&out);
        assert!(
            epoch > 0 && said.contains(&format!("stopped after epoch {epoch} of 1000000")),
            "{said}"
        );
        // the sentence says how to go on
        let how = said.trim_end().split("sae-lab train ").nth(1).unwrap();
        let asked = (epoch + 3).to_string();
        let words: Vec<&str> = how
            .split(' ')
            .map(|word| if word == "1000000" { &asked } else { word })
            .collect();
        json(&[&["train"], &words[..]].concat());
        assert_eq!(assert_whole(&out), epoch + 3);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // an epoch of many seconds
    let words = [
        "train",
        "--data",
        "photos",
        "--patches",
        "100000",
        "--hidden",
        "2000",
        "--batch",
        "5",
        "--epochs",
        "9",
        "--out",
        text(&out),
    ];
    let mut child = start(&words);
    wait_for_training(&child);
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        child.try_wait().unwrap().is_none(),
        "the first one lets the epoch end"
    );
    signal(&child, "-INT");
    let start = std::time::Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "the second one ends it"
        );
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(ended.code(), Some(130));
    assert!(!run_folder::holds_one(&out));
}

#[test]
fn a_reader_that_goes_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let words = [
        "train",
        "--data",
        "digits",
        "--hidden",
        "4",
        "--epochs",
        "2",
        "--out",
        text(&out),
    ];
    let mut child = start(&words);
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert!(ended.status.success());
    assert_eq!(assert_whole(&out), 2);
}

#[test]
fn where_nothing_can_be_written_it_says_so_before_the_first_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, b"").unwrap();
    for out in [file.join("out"), "/proc/out".into()] {
        let words = [
            "train",
            "--data",
            "digits",
            "--epochs",
            "1000000",
            "--out",
            text(&out),
        ];
        let ended = start(&words).wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}
