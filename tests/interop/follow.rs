//! Trainings elsewhere are followed: every checkpoint is printed soon after it is there, with the cost that its trainer
//! says, and what is half written, swapped, renamed or deleted does no harm.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::command::{json, json_and_said, run};
use super::{PYTHON, full, text};

/// A file of `tests/interop`, or of `assets`.
fn project(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    text(&path).to_owned()
}

/// The lines of a process as they come, and when.
fn lines(source: impl Read + Send + 'static) -> Receiver<(Value, f64)> {
    let (sender, receiver) = sync_channel(10_000);
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            let line = line.unwrap();
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            let value = serde_json::from_str(&line).unwrap();
            if sender.send((value, now.as_secs_f64())).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Ends what it holds, whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn name_of(line: &Value) -> String {
    line["file"].as_str().unwrap().to_owned()
}

/// A script that trains, and what is to hold of it.
struct Training<'a> {
    script: &'a str,
    more: &'a [&'a str],
    count: usize,
}

/// What came of following it.
struct Followed {
    /// What the lab printed.
    printed: Vec<(Value, f64)>,
    /// What the trainer said of each file.
    written: HashMap<String, Value>,
    /// What the lab said beside.
    said: String,
    /// How long after it was there each was printed, in seconds, in order.
    latencies: Vec<f64>,
}

impl Training<'_> {
    /// Trains on the digits and follows, until all `count` checkpoints and `further` were printed or said.
    fn follow(&self, further: impl Fn(&str) -> bool) -> Followed {
        let home = tempfile::tempdir().unwrap();
        let (samples, folder) = (home.path().join("x.npy"), home.path().join("checkpoints"));
        std::fs::create_dir(&folder).unwrap();
        json(&["data", "--data", "digits", "--out", text(&samples)]);
        let errors = home.path().join("errors");
        let follow = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
            .args(["follow", text(&folder), "--data", "digits", "--json"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&errors).unwrap())
            .spawn();
        let mut follow = Running(follow.unwrap());
        let printed = lines(follow.0.stdout.take().unwrap());
        let said = || std::fs::read_to_string(&errors).unwrap();
        // what loading the data takes is no latency
        let start = Instant::now();
        while !said().contains("measuring on") {
            assert!(start.elapsed() < Duration::from_secs(60), "{}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        let count = self.count.to_string();
        let train = Command::new(&*PYTHON)
            .args([
                "-B",
                &project(self.script),
                text(&samples),
                text(&folder),
                &count,
            ])
            .args(self.more)
            .stdout(Stdio::piped())
            .spawn();
        let mut train = Running(train.unwrap());
        let trained = lines(train.0.stdout.take().unwrap());
        let written: HashMap<String, Value> = trained
            .iter()
            .map(|(line, _)| (name_of(&line), line))
            .collect();
        assert!(train.0.wait().unwrap().success());
        assert_eq!(written.len(), self.count);
        let mut all = Vec::new();
        let start = Instant::now();
        loop {
            all.extend(printed.try_iter());
            let there: Vec<String> = all.iter().map(|(line, _)| name_of(line)).collect();
            let every = written
                .keys()
                .all(|name| there.contains(name) || there.contains(&format!("kept_{name}")));
            if every && further(&said()) {
                break;
            }
            let waited = start.elapsed() < Duration::from_secs(30);
            assert!(waited, "of {} came {there:?}\n{}", written.len(), said());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(follow.0.try_wait().unwrap().is_none(), "it follows on");
        #[cfg(unix)]
        {
            let process = follow.0.id().to_string();
            let asked = Command::new("kill").args(["-INT", &process]).status();
            assert!(asked.unwrap().success());
            assert_eq!(follow.0.wait().unwrap().code(), Some(130));
        }
        let mut latencies: Vec<f64> = all
            .iter()
            .filter_map(|(line, at)| Some(at - written.get(&name_of(line))?["at"].as_f64()?))
            .collect();
        latencies.sort_by(f64::total_cmp);
        let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
        eprintln!(
            "{}: {} checkpoints, printed after {:.2} s (median), {:.2} s (99%), {:.2} s (most)",
            self.script,
            written.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
        Followed {
            said: said(),
            printed: all,
            written,
            latencies,
        }
    }
}

/// Every cost is that of the checkpoint, and none is printed twice.
fn true_and_once(followed: &Followed) {
    let mut seen = Vec::new();
    for (line, _) in &followed.printed {
        let name = name_of(line);
        if name == "latest.npz" {
            continue;
        }
        let name = name.trim_start_matches("kept_").to_owned();
        assert!(!seen.contains(&name), "{name} twice");
        let (got, expected) = (
            line["total_cost"].as_f64().unwrap(),
            followed.written[&name]["cost"].as_f64().unwrap(),
        );
        assert!(
            (got - expected).abs() < 1e-4 * expected,
            "{name}: {got} {expected}"
        );
        let step = name.trim_start_matches("step_").split('.').next().unwrap();
        assert_eq!(line["step"], step.parse::<u64>().unwrap());
        let units: u64 = ["alive", "constant", "silent", "saturated", "duplicate"]
            .iter()
            .map(|state| line[state].as_u64().unwrap())
            .sum();
        assert_eq!(units, 30);
        assert!(
            line["fvu"].as_f64().unwrap() > 0.0 && line["mean_activation"].as_f64().unwrap() > 0.0
        );
        seen.push(name);
    }
    assert_eq!(seen.len(), followed.written.len());
}

#[test]
fn a_careless_training_in_numpy() {
    let training = Training {
        script: "tests/interop/follow_numpy.py",
        more: &[],
        count: if full() { 200 } else { 20 },
    };
    let followed = training.follow(|said| said.contains("broken.npz"));
    true_and_once(&followed);
    let costs: Vec<f64> = followed
        .written
        .values()
        .map(|line| line["cost"].as_f64().unwrap())
        .collect();
    let latest: Vec<f64> = followed
        .printed
        .iter()
        .filter(|(line, _)| name_of(line) == "latest.npz")
        .map(|(line, _)| line["total_cost"].as_f64().unwrap())
        .collect();
    assert!(latest.len() > 1);
    for got in latest {
        let there = costs.iter().any(|cost| (cost - got).abs() < 1e-4 * cost);
        assert!(there, "{got} is none of the costs");
    }
    let said = &followed.said;
    assert_eq!(said.matches("broken.npz").count(), 1, "{said}");
    assert_eq!(
        said.matches("W1 = encoder.weight (30×64)").count(),
        1,
        "{said}"
    );
    assert_eq!(said.lines().count(), 3, "{said}");
    // a busy machine may delay a few
    let median = followed.latencies[followed.latencies.len() / 2];
    assert!(median < 1.0, "{median} s");
}

#[test]
fn a_training_in_pytorch_on_two_processes() {
    if !full() {
        return; // `tests/long interop` brings PyTorch
    }
    let training = Training {
        script: "tests/interop/follow_ddp.py",
        more: &[&project("assets/follow/train_loop.py")],
        count: 200,
    };
    let followed = training.follow(|_| true);
    true_and_once(&followed);
    let most = followed.latencies.last().unwrap();
    assert!(*most <= 1.0, "{most} s");
}

#[test]
fn what_is_there_now_is_measured_as_evaluate_does_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    let train = [
        "train", "--data", "digits", "--epochs", "3", "--hidden", "12", "--rho", "0.1",
    ];
    json(
        &[
            &train[..],
            &["--hidden-activation", "tanh", "--out", text(&folder)],
        ]
        .concat(),
    );
    std::fs::write(folder.join("half.npz"), b"PK\x03\x04").unwrap();
    let once = ["follow", text(&folder), "--data", "digits", "--once"];
    let (line, said) = json_and_said(&once);
    let model = folder.join("model.npz");
    let expected = json(&["evaluate", "--model", text(&model), "--data", "digits"]);
    for name in [
        "total_cost",
        "reconstruction_loss",
        "decay_penalty",
        "sparsity_penalty",
        "fvu",
        "alive",
        "constant",
        "silent",
        "saturated",
        "duplicate",
        "samples",
    ] {
        assert_eq!(line[name], expected[name], "{name}");
    }
    assert_eq!(
        (&line["file"], &line["epoch"], &line["order"]),
        (&"model.npz".into(), &3.into(), &1.into())
    );
    assert!(said.contains("half.npz"), "{said}");
    // an option goes before the record
    let (other, _) = json_and_said(&[&once[..], &["--beta", "0"]].concat());
    assert_eq!(other["sparsity_penalty"], 0.0);
    let (sample, said) = json_and_said(&[&once[..], &["--samples", "100"]].concat());
    assert_eq!(sample["samples"], 100);
    assert!(said.contains("100 of"), "{said}");
    let plain = run(&once);
    let text_line = String::from_utf8(plain.stdout).unwrap();
    for part in ["model.npz", "epoch 3", "J ", "FVU ", "ρ̂ ", " alive"] {
        assert!(text_line.contains(part), "{text_line}");
    }
    assert!(plain.status.success());
}

#[test]
fn what_cannot_be_followed_is_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    let folder = text(home.path());
    let nowhere = home.path().join("nowhere");
    for (arguments, part) in [
        (
            &["follow", text(&nowhere), "--data", "digits"][..],
            "nowhere",
        ),
        (&["follow", folder], "--data"),
        (
            &["follow", folder, "--data", "digits", "--map", "W3=x"],
            "W3=x",
        ),
    ] {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part) && output.stdout.is_empty(), "{said}");
    }
    // models of other inputs, and arrays that are none
    for data in ["digits", "photos"] {
        let name = format!("{data}.npz");
        let out = home.path().join(data);
        json(&[
            "train",
            "--data",
            data,
            "--epochs",
            "1",
            "--patch",
            "6",
            "--out",
            text(&out),
        ]);
        std::fs::copy(out.join("model.npz"), home.path().join(name)).unwrap();
    }
    std::fs::write(
        home.path().join("notes.safetensors"),
        b"\x02\0\0\0\0\0\0\0{}",
    )
    .unwrap();
    let output = run(&["follow", folder, "--data", "digits", "--once", "--json"]);
    let (said, lines) = (
        String::from_utf8(output.stderr).unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    );
    assert!(output.status.success(), "{said}");
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("digits.npz"), "{lines}");
    assert!(
        said.contains("photos.npz: ") && said.contains("notes.safetensors: "),
        "{said}"
    );
    assert!(said.contains("--map"), "{said}");
}
