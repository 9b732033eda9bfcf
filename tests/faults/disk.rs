//! A full disk, one that can't be written to any more, and one that fails once, at every operation of every command that
//! writes.

use std::path::{Path, PathBuf};
use std::process::Command;

use sae_lab::io::{publish, run_folder, sweep};

use crate::command::{json, run, text};
use crate::injected::{Fault, Injector};
use crate::whole::assert_whole;

/// A folder with a table of 30 samples, a model of it, and what the commands wrote before into `out`.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let row = |i: usize| {
            let values = (0..5).map(|j| format!("0.{}", (i * (j + 3) + j) % 10));
            let class = ["a", "b"][i % 2];
            format!("{},{class}\n", values.collect::<Vec<_>>().join(","))
        };
        let rows: String = (0..30).map(row).collect();
        let table = folder.path().join("table.csv");
        std::fs::write(&table, format!("v,w,x,y,z,label\n{rows}")).unwrap();
        let place = Self { folder };
        std::fs::create_dir(place.out()).unwrap();
        place
    }

    fn table(&self) -> PathBuf {
        self.folder.path().join("table.csv")
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// `train` into a folder.
    fn train(&self, folder: &Path, epochs: &str) {
        let table = self.table();
        let words = ["train", "--data", text(&table), "--hidden", "3"];
        json(&[&words[..], &["--epochs", epochs, "--out", text(folder)]].concat());
    }

    /// Gives `out` what `from` has, and nothing else.
    fn put(&self, from: &Path) {
        let _ = std::fs::remove_dir_all(self.out());
        std::fs::create_dir(self.out()).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, self.out().join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Lines that say more than where the settings are from.
fn troubles(said: &str) -> usize {
    let known = |line: &&str| !line.starts_with("sae-lab: from the record of ");
    said.trim_end().lines().filter(known).count()
}

/// Runs the command with every fault at every operation in `out`, after `before` each time, and holds what it says and
/// leaves against what it may; of the operations one in so many where it is to be quick; `after` looks at the folder, and hears whether the command said that all went well.
fn at_every_operation(
    place: &Place,
    (words, quickly): (&[&str], usize),
    before: impl Fn(),
    after: impl Fn(bool, &str),
) {
    let injector = Injector::new();
    let step = if crate::full() { 1 } else { quickly };
    let mut tries = 0;
    for (number, fault) in Fault::ALL.into_iter().enumerate() {
        for at in (1 + number..).step_by(step) {
            before();
            let mut command = Command::new(env!("CARGO_BIN_EXE_sae-lab"));
            command.args(words);
            let Some(output) = injector.run(&mut command, (fault, at), &place.out()) else {
                break;
            };
            tries += 1;
            let said = String::from_utf8_lossy(&output.stderr);
            let case = format!("{words:?}, {fault:?} from {at}: {said}");
            let well = output.status.success();
            if !well {
                assert_eq!(output.status.code(), Some(1), "{case}");
                assert_eq!(troubles(&said), 1, "{case}");
                assert!(said.contains("could not be"), "what, and why: {case}");
                assert!(!said.contains(".sae-lab-"), "a name nobody knows: {case}");
                assert!(output.stdout.is_empty(), "{case}");
            }
            if place.out().is_dir() {
                let strays = sweep(&place.out());
                assert!(fault != Fault::Full || strays == 0, "{strays} left: {case}");
            }
            after(well, &case);
        }
    }
    println!("{tries} times: {}", words[..1].join(" "));
    assert!(tries >= 3, "{words:?}: {tries} operations");
}

#[test]
fn train_leaves_the_run_of_before_or_a_whole_new_one() {
    let place = Place::new();
    let (old, out, table) = (place.folder.path().join("old"), place.out(), place.table());
    place.train(&old, "5");
    let begin = [
        "train",
        "--data",
        text(&table),
        "--hidden",
        "3",
        "--epochs",
        "2",
    ];
    let new = [&begin[..], &["--out", text(&out)]].concat();
    at_every_operation(
        &place,
        (&new, 5),
        || {
            let _ = std::fs::remove_dir_all(&out);
        },
        |well, case| {
            if well
                || out.is_dir() && run_folder::recover(&out).is_ok() && run_folder::holds_one(&out)
            {
                assert_eq!(assert_whole(&out), 2, "{case}");
            }
        },
    );
    let over = [&new[..], &["--overwrite"]].concat();
    let run = out.join("run.saelab");
    let resume = [
        "train",
        "--resume",
        text(&run),
        "--epochs",
        "7",
        "--out",
        text(&out),
    ];
    for (words, epoch) in [(&over[..], 2), (&resume[..], 7)] {
        at_every_operation(
            &place,
            (words, 5),
            || place.put(&old),
            |well, case| {
                run_folder::recover(&out).unwrap();
                let now = assert_whole(&out);
                assert!(now == epoch || now == 5 && !well, "{now}: {case}");
            },
        );
    }
    json(&resume);
    assert_eq!(assert_whole(&out), 7);
}

#[test]
fn a_file_that_a_command_writes_is_the_old_one_or_the_new_one() {
    let place = Place::new();
    let (model, out) = (place.folder.path().join("model"), place.out());
    place.train(&model, "3");
    let (history, model, table) = (
        model.join("history.csv"),
        model.join("model.npz"),
        place.table(),
    );
    let (model, history) = (["--model", text(&model)], ["--history", text(&history)]);
    let export =
        |form: &'static str| [&["export", "--format", form][..], &model, &history].concat();
    let commands: [(&str, Vec<&str>); 12] = [
        ("a.npy", [&["encode"][..], &model].concat()),
        ("a.csv", [&["encode"][..], &model].concat()),
        ("m.npz", [&["export"][..], &model].concat()),
        ("m.safetensors", [&["export"][..], &model].concat()),
        (
            "m.py",
            [&["export", "--format", "torch"][..], &model].concat(),
        ),
        (
            "n.py",
            [&["export", "--format", "numpy"][..], &model].concat(),
        ),
        ("t.png", [&["export"][..], &model].concat()),
        ("t.svg", [&["export"][..], &model].concat()),
        ("c.png", export("curves-png")),
        ("c.svg", export("curves-svg")),
        ("x.npy", vec!["data", "--data", text(&table)]),
        ("g.npz", [&["evaluate"][..], &model].concat()),
    ];
    for (name, words) in commands {
        let file = out.join(name);
        let option = if name == "g.npz" {
            "--gradient-out"
        } else {
            "--out"
        };
        let words = [&words[..], &[option, text(&file)]].concat();
        let of_module = name.ends_with(".py");
        let names = || -> Vec<(String, Vec<u8>)> {
            let entries = std::fs::read_dir(&out).unwrap().flatten();
            let mut files: Vec<_> = entries
                .map(|entry| {
                    let name = entry.file_name().into_string().unwrap();
                    (name, std::fs::read(entry.path()).unwrap())
                })
                .collect();
            files.sort();
            files
        };
        let ended = run(&words);
        assert!(ended.status.success(), "{ended:?}");
        let new = names();
        assert_eq!(new.len(), 1 + usize::from(of_module));
        let old: Vec<_> = new
            .iter()
            .map(|(name, _)| (name.clone(), b"old".to_vec()))
            .collect();
        at_every_operation(
            &place,
            (&words, 3),
            || {
                old.iter()
                    .for_each(|(name, bytes)| std::fs::write(out.join(name), bytes).unwrap())
            },
            |well, case| {
                publish::recover(&out, name).unwrap();
                let now = names();
                assert!(now == new || now == old && !well, "{case}");
            },
        );
        std::fs::remove_dir_all(&out).unwrap();
        std::fs::create_dir(&out).unwrap();
    }
}

#[test]
fn a_sweep_goes_on_to_the_same_table() {
    let place = Place::new();
    let (table, out) = (place.table(), place.out());
    let words = [
        "sweep",
        "--data",
        text(&table),
        "--hidden",
        "3",
        "--epochs",
        "1",
    ];
    let vary = ["--vary", "rho=.05:.2:linear:2", "--threads", "1"];
    let whole = place.folder.path().join("whole");
    json(&[&words[..], &vary, &["--out", text(&whole)]].concat());
    let words = [&words[..], &vary, &["--out", text(&out)]].concat();
    at_every_operation(
        &place,
        (&words, 7),
        || {
            let _ = std::fs::remove_dir_all(&out);
        },
        |_, case| {
            let again = run(&words);
            let said = String::from_utf8_lossy(&again.stderr);
            assert!(again.status.success(), "{said}; after {case}");
            for name in ["sweep.csv", "sweep.png", "runs/00001/model.npz"] {
                let bytes = |folder: &Path| std::fs::read(folder.join(name)).unwrap();
                assert_eq!(bytes(&out), bytes(&whole), "{name}: {case}");
            }
            let entries = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
            assert_eq!(entries(&out), entries(&whole), "{case}");
            assert_eq!(entries(&out.join("runs/00000")), 5, "{case}");
        },
    );
}

#[test]
fn a_folder_in_the_place_of_a_file_is_said_and_stays() {
    let place = Place::new();
    let model = place.folder.path().join("model");
    place.train(&model, "1");
    let model = model.join("model.npz");
    for name in ["a.npy", "m.npz", "m.py", "t.png"] {
        let file = place.out().join(name);
        std::fs::create_dir(&file).unwrap();
        let command = if name == "a.npy" { "encode" } else { "export" };
        for _ in 0..2 {
            let ended = run(&[command, "--model", text(&model), "--out", text(&file)]);
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(1), "{said}");
            assert_eq!(troubles(&said), 1, "{said}");
            assert!(said.contains("could not be written"), "{said}");
        }
        assert_eq!(std::fs::read_dir(place.out()).unwrap().count(), 1);
        std::fs::remove_dir(&file).unwrap();
    }
}
