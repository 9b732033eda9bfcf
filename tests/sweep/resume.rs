//! A sweep that was killed goes on, and its table is that of one that wasn't.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use crate::{sweep, swept};

const SWEEP: [&str; 16] = [
    "--data",
    "digits",
    "--hidden",
    "10",
    "--epochs",
    "15",
    "--threads",
    "2",
    "--seeds",
    "2",
    "--vary",
    "lambda=1e-4:1e-1:log:4",
    "--vary",
    "rho=.02:.3:log:4",
    "--batch",
    "100",
];

/// The documents of the runs that are whole, with the times at which they were written.
fn done(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let runs = std::fs::read_dir(folder.join("runs"));
    let documents = runs
        .into_iter()
        .flatten()
        .flatten()
        .map(|run| run.path().join("run.json"));
    documents
        .filter_map(|path| Some((path.clone(), path.metadata().ok()?.modified().ok()?)))
        .collect()
}

#[test]
fn a_sweep_that_was_killed_goes_on_to_the_same_table() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    swept(&whole, &SWEEP);
    for at_least in [1, 12] {
        let mut child = sweep(&killed, &SWEEP)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while done(&killed).len() < at_least {
            assert!(start.elapsed() < Duration::from_secs(120));
            assert!(child.try_wait().unwrap().is_none(), "it ended too early");
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let before = done(&killed);
    assert!(before.len() < 32, "nothing was left to do");
    // what a power cut would leave of a run
    let broken = &before[0].0;
    std::fs::write(broken, "{").unwrap();
    let output = swept(&killed, &[&SWEEP[..], &["--json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kept = report["kept"].as_u64().unwrap() as usize;
    assert!(
        kept + 1 >= before.len() && kept < 32,
        "{kept} of {}",
        before.len()
    );
    for (path, written) in &before[1..] {
        assert_eq!(
            path.metadata().unwrap().modified().unwrap(),
            *written,
            "{path:?} was trained again"
        );
    }
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    assert!(read(&whole, "sweep.csv") == read(&killed, "sweep.csv"));
    assert!(read(&whole, "sweep.png") == read(&killed, "sweep.png"));
    for run in 0..32 {
        let model = format!("runs/{run:05}/model.npz");
        assert!(read(&whole, &model) == read(&killed, &model), "{model}");
    }
    let strays = walk(&killed)
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".part"));
    assert_eq!(strays.count(), 0);
    // once more, there is nothing to do
    let output = swept(&killed, &[&SWEEP[..], &["--json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["kept"], 32);
    assert!(read(&whole, "sweep.csv") == read(&killed, "sweep.csv"));
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn another_sweep_is_refused_where_there_is_one_unless_it_is_to_be_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    let base = ["--data", "bars", "--patches", "50", "--hidden", "3"];
    let first = [&base[..], &["--epochs", "2", "--vary", "rho=.1:.2:log:3"]].concat();
    swept(&out, &first);
    std::fs::write(out.join("runs/00001/notes.txt"), "mine").unwrap();
    let table = std::fs::read(out.join("sweep.csv")).unwrap();
    for (other, words) in [
        (
            &["--epochs", "3", "--vary", "rho=.1:.2:log:3"][..],
            "epochs (2, not 3)",
        ),
        (
            &["--epochs", "2", "--vary", "rho=.1:.2:log:2"],
            "other settings or ranges",
        ),
        (
            &["--epochs", "2", "--vary", "beta=.1:.2:log:3"],
            "other settings or ranges",
        ),
        (
            &["--epochs", "2", "--vary", "rho=.1:.2:log:3", "--seeds", "2"],
            "seeds (1, not 2)",
        ),
        (
            &["--epochs", "2", "--vary", "rho=.1:.2:log:3", "--beta", "2"],
            "another option",
        ),
        (
            &[
                "--epochs",
                "2",
                "--vary",
                "rho=.1:.2:log:3",
                "--data-seed",
                "2",
            ],
            "another option",
        ),
    ] {
        let arguments = [&base[..], other].concat();
        let output = sweep(&out, &arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(words) && said.contains("--overwrite"),
            "{said}"
        );
        assert!(output.stdout.is_empty());
        assert!(std::fs::read(out.join("sweep.csv")).unwrap() == table);
    }
    // how it is run is no part of what is swept
    swept(
        &out,
        &[&first[..], &["--threads", "1", "--draw", "fvu"]].concat(),
    );
    assert!(std::fs::read(out.join("sweep.csv")).unwrap() == table);
    let second = ["--epochs", "2", "--vary", "rho=.1:.2:log:2", "--overwrite"];
    swept(&out, &[&base[..], &second].concat());
    assert!(!out.join("runs/00002").exists());
    assert_eq!(
        std::fs::read_to_string(out.join("runs/00001/notes.txt")).unwrap(),
        "mine"
    );
    assert_eq!(crate::Table::read(&out).rows.len(), 2);
    // runs of nobody knows which sweep
    std::fs::remove_file(out.join("sweep.json")).unwrap();
    let output = sweep(&out, &[&base[..], &second[..4]].concat())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn two_at_once_in_one_folder_are_one_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    let mut first = sweep(&out, &SWEEP).stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while done(&out).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(120));
        std::thread::sleep(Duration::from_millis(2));
    }
    for extra in [&[][..], &["--overwrite"]] {
        let second = sweep(&out, &[&SWEEP[..], extra].concat()).output().unwrap();
        let said = String::from_utf8(second.stderr).unwrap();
        assert_eq!(second.status.code(), Some(2), "{said}");
        assert!(said.contains("another process is sweeping"), "{said}");
    }
    first.kill().unwrap();
    first.wait().unwrap();
}

/// Ctrl-C, and the system's request to end.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_order_and_the_same_command_goes_on() {
    for (name, status) in [("-INT", 130), ("-TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("map");
        let options = [
            "--data",
            "bars",
            "--patches",
            "400",
            "--hidden",
            "8",
            "--epochs",
            "40",
            "--vary",
            "lambda=1e-5:1e-1:log:30",
        ];
        let child = sweep(&out, &options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while !out.join("runs/00000/model.npz").is_file() {
            assert!(start.elapsed().as_secs() < 60);
            std::thread::sleep(Duration::from_millis(5));
        }
        let sent = std::process::Command::new("kill")
            .args([name, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains("give the same command again"), "{said}");
        assert!(output.stdout.is_empty());
        let rows = crate::Table::read(&out).rows.len();
        assert!((1..30).contains(&rows), "{rows}");
        assert!(
            said.contains(&format!("stopped at {rows} of 30 runs")),
            "{said}"
        );
        assert!(out.join("sweep.png").is_file());
        let report = swept(&out, &[&options[..], &["--json"]].concat());
        let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
        assert_eq!(
            (&report["kept"], &report["done"]),
            (&rows.into(), &30.into())
        );
    }
}
