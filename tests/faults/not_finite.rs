//! Values that are not finite: in any tensor of a model or a run, or because a rate is absurd.

use std::io::{Read, Write};
use std::path::Path;

use sae_lab::io::npz;
use sae_lab::lab::state::Severity;
use sae_lab::lab::{Action, UserCommand};
use sae_lab::model::{OptimizerKind, Parameters};
use sae_lab::training::{Activity, Setting, Value};
use sha2::{Digest, Sha256};

use crate::command::{json, run, text};
use crate::room::Room;

/// One sentence, and nothing done.
fn assert_refused(words: &[&str], what: &str) {
    let ended = run(words);
    let said = String::from_utf8_lossy(&ended.stderr);
    let case = format!("{words:?}, {what}: {said}");
    assert!(matches!(ended.status.code(), Some(1 | 2)), "{case}");
    assert_eq!(said.trim_end().lines().count(), 1, "{case}");
    assert!(ended.stdout.is_empty(), "{case}");
    let knows = ["finite", "infinite", "NaN", "inf"];
    assert!(knows.iter().any(|word| said.contains(word)), "{case}");
}

#[test]
fn a_model_with_such_a_value_in_any_tensor_is_refused_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let trained = folder.path().join("trained");
    let train = [
        "train", "--data", "digits", "--hidden", "4", "--epochs", "1",
    ];
    json(&[&train[..], &["--out", text(&trained)]].concat());
    let model = trained.join("model.npz");
    let (whole, record) = npz::read_model::<f32>(&model).unwrap();
    let bad = folder.path().join("bad.npz");
    let tensors = [
        ("W1", whole.encoder_range()),
        ("b1", whole.encoder_bias_range()),
        ("W2", whole.decoder_range()),
        ("b2", whole.decoder_bias_range()),
    ];
    let out = folder.path().join("out");
    for (name, range) in tensors {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut flat = whole.flat().to_vec();
            flat[range.end - 1] = value;
            let parameters = Parameters::from_flat(flat, whole.inputs(), whole.hidden()).unwrap();
            npz::write_model(&bad, &parameters, record.as_ref().unwrap()).unwrap();
            let what = format!("{name} has {value}");
            let (bad, good) = (text(&bad), text(&model));
            for words in [
                &["evaluate", "--model", bad, "--json"][..],
                &["encode", "--model", bad, "--out", "X.npy"],
                &["probe", "--model", bad],
                &["export", "--model", bad, "--out", "X.npz"],
                &["export", "--model", bad, "--out", "X.png"],
                &["inspect", "--model", bad, "--unit", "1"],
                &["match", bad, good],
                &["match", good, bad],
                &["law", "--model", bad],
                &["check-gradient", "--model", bad],
                &["doctor", "--model", bad, "--gradient", good],
                &["train", "--init", bad, "--out", "X"],
            ] {
                let file = |word: &&str| match word.strip_prefix('X') {
                    Some(suffix) => format!("{}{suffix}", text(&out)),
                    None => (*word).to_owned(),
                };
                let words: Vec<String> = words.iter().map(file).collect();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                assert_refused(&words, &what);
            }
        }
    }
    let entries = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(entries.count(), 2, "nothing was written");
}

/// A copy of a run's file with `change` done to the bytes of one member, and the sums of what there is then.
fn changed(path: &Path, member: &str, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == member {
            change(&mut bytes);
        }
        members.push((name, bytes));
    }
    let sum: String = {
        let (_, bytes) = members.iter().find(|(name, _)| name == member).unwrap();
        Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    let (_, manifest) = members
        .iter_mut()
        .find(|(name, _)| name == "manifest.json")
        .unwrap();
    let mut listed: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    listed["members"][member]["sha256"] = sum.into();
    *manifest = serde_json::to_vec(&listed).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in &members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The arrays of a run's file.
fn arrays(path: &Path) -> Vec<String> {
    let archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".npy")).collect();
    names.sort();
    names
}

#[test]
fn a_run_with_such_a_value_in_any_array_is_refused_or_stops_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut tried = 0;
    for optimizer in ["descent", "momentum", "adam", "lbfgs"] {
        let out = folder.path().join(optimizer);
        json(&[
            "train",
            "--preset",
            "bars",
            "--optimizer",
            optimizer,
            "--hidden",
            "5",
            "--epochs",
            "2",
            "--out",
            text(&out),
            "--embed-data",
        ]);
        let path = out.join("run.saelab");
        for member in arrays(&path) {
            if member.ends_with("labels.npy") {
                continue; // whole numbers
            }
            let bad = folder.path().join("bad.saelab");
            let bytes = changed(&path, &member, |bytes| {
                let end = bytes.len();
                let wide = bytes[..100].windows(3).any(|part| part == b"<f8");
                match wide {
                    true => bytes[end - 8..].copy_from_slice(&f64::NAN.to_le_bytes()),
                    false => bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes()),
                }
            });
            std::fs::write(&bad, bytes).unwrap();
            let went_on = folder.path().join("went on");
            let words = [
                "train",
                "--resume",
                text(&bad),
                "--epochs",
                "3",
                "--out",
                text(&went_on),
            ];
            let ended = run(&words);
            let said = String::from_utf8_lossy(&ended.stderr);
            let case = format!("{optimizer}, {member}: {said}");
            // what was is no part of what comes
            if !member.starts_with("past/") {
                assert!(matches!(ended.status.code(), Some(1 | 2)), "{case}");
                assert_eq!(said.trim_end().lines().count(), 1, "{case}");
            }
            assert!(!said.contains("panicked"), "{case}");
            let _ = std::fs::remove_dir_all(&went_on);
            tried += 1;
            // the same in the lab, whose run goes on
            let mut room = Room::new();
            let run = room.lab.view().run.id;
            room.lab.open(vec![bad]);
            for _ in 0..60 {
                room.frame();
            }
            let notices = &room.lab.view().shared.notices;
            let trouble = |notices: &[sae_lab::lab::state::Notice]| {
                notices
                    .iter()
                    .any(|notice| notice.severity == Severity::Trouble)
            };
            if !member.starts_with("past/") {
                assert!(trouble(notices), "{case}: {notices:?}");
            }
            assert!(!room.said().contains("please report"), "{}", room.said());
            if room.lab.view().run.id == run {
                let epoch = room.lab.view().run.now();
                room.until(|lab| lab.view().run.now() > epoch);
            }
        }
    }
    println!("{tried} arrays");
    assert!(tried > 30);
}

#[test]
fn an_absurd_rate_diverges_by_name_and_the_last_finite_weights_stay() {
    let folder = tempfile::tempdir().unwrap();
    for optimizer in ["descent", "momentum", "adam", "lbfgs"] {
        for output in ["sigmoid", "linear"] {
            let out = folder.path().join(format!("{optimizer}-{output}"));
            let ended = run(&[
                "train",
                "--data",
                "digits",
                "--hidden",
                "9",
                "--optimizer",
                optimizer,
                "--output-activation",
                output,
                "--alpha",
                "1e6",
                "--epochs",
                "30",
                "--out",
                text(&out),
            ]);
            let said = String::from_utf8_lossy(&ended.stderr);
            let case = format!("{optimizer}, {output}: {said}");
            assert!(!said.contains("panicked"), "{case}");
            match ended.status.code() {
                Some(0) => {} // nothing overflowed
                Some(1) => {
                    assert_eq!(said.trim_end().lines().count(), 1, "{case}");
                    assert!(said.contains('α') || said.contains("infinite"), "{case}");
                }
                _ => panic!("{case}"),
            }
            let (weights, _) = npz::read_model::<f64>(&out.join("model.npz")).unwrap();
            assert!(weights.is_finite(), "{case}");
            crate::whole::assert_whole(&out);
        }
    }
}

#[test]
fn in_the_lab_it_stops_is_named_and_goes_on_once_it_is_taken_back() {
    for optimizer in OptimizerKind::ALL {
        let mut room = Room::new();
        room.lab.act(Action::Set {
            setting: Setting::Optimizer,
            value: Value::Optimizer(optimizer),
            press: 1,
        });
        let epoch = room.lab.view().run.now();
        room.until(|lab| lab.view().run.now() > epoch + 3);
        let rate = Setting::LearningRate.get(&room.latest().hyperparameters);
        room.lab.act(Action::Set {
            setting: Setting::LearningRate,
            value: Value::Number(1e6),
            press: 2,
        });
        let epoch = room.lab.view().run.now();
        room.until(|lab| {
            let latest = lab.view().run.latest().unwrap();
            latest.activity == Activity::Diverged || lab.view().run.now() > epoch + 60
        });
        let latest = room.latest();
        assert!(latest.parameters.is_finite() && latest.cost.is_finite());
        if latest.activity == Activity::Diverged {
            let said = room.said();
            assert!(said.contains("infinite") && said.contains("1e6"), "{said}");
        }
        room.lab.act(Action::Set {
            setting: Setting::LearningRate,
            value: rate,
            press: 3,
        });
        if !room.lab.view().run.playing {
            room.command(UserCommand::PlayPause);
        }
        let epoch = room.lab.view().run.now();
        room.until(|lab| lab.view().run.now() > epoch + 3);
    }
}
