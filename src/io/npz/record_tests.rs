use std::sync::Arc;

use super::tests::{archive, entries};
use super::*;
use crate::data::{DataSpec, EmbeddedSet, Preprocessing, load};
use crate::training::Experiment;

type Entries = Vec<(String, Vec<u8>)>;

/// A ZCA model of 2 × 2 patches, so that it has arrays.
fn model() -> (Parameters<f32>, ModelRecord) {
    let data = DataSpec {
        patch: 2,
        patches: 50,
        preparation: Preprocessing::Zca.preparation(),
        ..DataSpec::embedded(EmbeddedSet::PhotosRaw)
    };
    let fitted = load(&data).unwrap().fitted;
    let mut experiment = Experiment {
        data,
        hidden: 3,
        ..Experiment::default()
    };
    experiment.hyperparameters.weight_decay = 0.1 + 0.2;
    let record = ModelRecord {
        experiment,
        preparation: Some(fitted),
        epoch: 12,
    };
    (Parameters::initial(4, 3, 1), record)
}

fn written() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    let (parameters, record) = model();
    write_model(&path, &parameters, &record).unwrap();
    std::fs::read(path).unwrap()
}

fn read(bytes: &[u8]) -> Result<(Parameters<f32>, Option<ModelRecord>), IoError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    std::fs::write(&path, bytes).unwrap();
    read_model(&path)
}

fn place(entries: &Entries, name: &str) -> usize {
    let name = format!("{name}.npy");
    entries.iter().position(|entry| entry.0 == name).unwrap()
}

fn with(change: impl FnOnce(&mut Entries)) -> Vec<u8> {
    let mut members = entries(&written());
    change(&mut members);
    archive(&members, zip::CompressionMethod::Stored)
}

/// With other JSON in the record.
fn with_json(change: impl FnOnce(String) -> Vec<u8>) -> Vec<u8> {
    with(|members| {
        let at = place(members, "record");
        let json = String::from_utf8(members[at].1[128..].to_vec()).unwrap();
        let json = change(json);
        let mut bytes = npy::header_of("|u1", &format!("({},)", json.len()));
        bytes.resize(bytes.len().next_multiple_of(64), b' ');
        bytes.extend(json);
        members[at].1 = bytes;
    })
}

#[test]
fn a_record_comes_back_bit_for_bit() {
    let bytes = written();
    assert_eq!(bytes, written());
    let (parameters, record) = model();
    assert_eq!(read(&bytes).unwrap(), (parameters, Some(record.clone())));
    let back = read(&bytes).unwrap().1.unwrap();
    let flat = |record: &ModelRecord| {
        postcard::to_stdvec(&**record.preparation.as_ref().unwrap()).unwrap()
    };
    assert_eq!(flat(&back), flat(&record));
    let names: Vec<String> = entries(&bytes).into_iter().map(|entry| entry.0).collect();
    let expected = [
        "W1.npy",
        "b1.npy",
        "W2.npy",
        "b2.npy",
        "record.npy",
        "zca_mean.npy",
        "zca_matrix.npy",
        "zca_inverse.npy",
    ];
    assert_eq!(names, expected);
    // as NumPy sees it: one row of bytes that decode to JSON
    let member = entries(&bytes).remove(4).1;
    let text = npyz::NpyFile::new(&member[..]).unwrap();
    assert_eq!(text.shape().len(), 1);
    let json: serde_json::Value = serde_json::from_slice(&text.into_vec::<u8>().unwrap()).unwrap();
    assert_eq!((&json["version"], &json["epoch"]), (&1.into(), &12.into()));
    let member = entries(&bytes).remove(6).1;
    assert_eq!(npyz::NpyFile::new(&member[..]).unwrap().shape(), [4, 4]);
}

#[test]
fn a_hostile_record_is_refused_and_says_why() {
    let replace = |from: &'static str, to: &'static str| {
        move |json: String| {
            assert!(json.contains(from), "{json}");
            json.replacen(from, to, 1).into_bytes()
        }
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (
            with_json(|json| json.into_bytes()[..200].to_vec()),
            "not JSON",
        ),
        (
            with_json(|_| b"{\"version\": 1, \xff".to_vec()),
            "not UTF-8",
        ),
        (with_json(|_| Vec::new()), "not JSON"),
        (with_json(|_| b"[1, 2]".to_vec()), "its version is unknown"),
        (
            with_json(replace("\"version\":1", "\"version\":2")),
            "of version 2",
        ),
        (
            with_json(replace("\"epoch\":12", "\"epoch\":-1")),
            "missing or not valid",
        ),
        (
            with_json(replace("\"hidden\":3", "\"hidden\":4")),
            "4 hidden units",
        ),
        (
            with_json(replace(
                "\"sparsity_target\":0.05",
                "\"sparsity_target\":1.5",
            )),
            "ρ",
        ),
        (
            with_json(replace(
                "\"sparsity_target\":0.05",
                "\"sparsity_target\":NaN",
            )),
            "not JSON",
        ),
        (
            with_json(replace(
                "\"sparsity_target\":0.05",
                "\"sparsity_target\":null",
            )),
            "missing or not valid",
        ),
        (
            with(|members| {
                let at = place(members, "zca_mean");
                let end = members[at].1.len() - 8;
                members[at].1[end..].copy_from_slice(&f64::NAN.to_le_bytes());
            }),
            "zca_mean of its preparation is not finite",
        ),
        (
            with(|members| {
                let at = place(members, "zca_matrix");
                members[at].1 = npy::header_of("<f8", "(2, 2)");
                members[at].1.extend([0; 32]);
            }),
            "zca_matrix",
        ),
        (
            with(|members| {
                let at = place(members, "zca_inverse");
                members[at].1.truncate(140);
            }),
            "bytes of values",
        ),
        (with(|members| members.truncate(6)), "zca_matrix is missing"),
        (
            with(|members| {
                let at = place(members, "record");
                members[at].1 = npy::header_of("<f8", "(1,)");
                members[at].1.extend([0; 8]);
            }),
            "not one row of bytes",
        ),
    ];
    for (bytes, part) in cases {
        let error = read(&bytes).unwrap_err();
        assert!(matches!(error, IoError::Record { .. }), "{part}: {error}");
        let message = error.to_string();
        assert!(
            message.contains(part) && message.contains("model.npz"),
            "{part}: {message}"
        );
    }
    // the weights themselves are as good as ever
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    std::fs::write(&path, with_json(|_| Vec::new())).unwrap();
    assert_eq!(read_parameters::<f32>(&path).unwrap(), model().0);
}

#[test]
fn every_cut_and_many_flipped_bytes_are_survived() {
    let bytes = written();
    for length in (0..bytes.len()).step_by(13) {
        assert!(read(&bytes[..length]).is_err(), "{length}");
    }
    for place in (0..bytes.len()).step_by(11) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0xff;
        let _ = read(&damaged); // an error or a model: never a panic
    }
}

#[test]
fn a_run_json_counts_only_for_its_own_model_without_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let (path, run) = (
        folder.path().join("model.npz"),
        folder.path().join("run.json"),
    );
    let (parameters, record) = model();
    let data = load(&DataSpec::embedded(EmbeddedSet::Bars)).unwrap();
    let small = Parameters::<f32>::initial(64, 3, 1);
    write_parameters(&path, &small).unwrap();
    run_json::write(&run, (&path, 7), &record.experiment, &data, &()).unwrap();
    let found = read_model::<f32>(&path).unwrap().1.unwrap();
    assert_eq!((found.epoch, &found.experiment), (7, &record.experiment));
    assert_eq!(found.preparation, Some(Arc::clone(&data.fitted)));
    // other bytes, another model
    write_parameters(&path, &Parameters::<f32>::initial(64, 3, 2)).unwrap();
    assert_eq!(read_model::<f32>(&path).unwrap().1, None);
    // its own record wins
    write_model(&path, &parameters, &record).unwrap();
    run_json::write(&run, (&path, 7), &record.experiment, &data, &()).unwrap();
    assert_eq!(read_model::<f32>(&path).unwrap().1.unwrap().epoch, 12);
    std::fs::write(&run, b"no json").unwrap();
    write_parameters(&path, &small).unwrap();
    assert_eq!(read_model::<f32>(&path).unwrap().1, None);
}
