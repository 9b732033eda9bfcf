use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

use super::*;
use crate::data::{DataSpec, EmbeddedSet, Held, Preparation, Samples, load};
use crate::model::{BatchSize, OptimizerKind, OutputActivation};
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::record::{Gesture, Setting, Value as SettingValue};
use crate::training::timeline::{Deed, Interest, Moment, PastFrame};
use crate::training::{Change, EpochEnd, Experiment, Run};

fn save(
    path: &Path,
    about: &About,
    checkpoint: &Checkpoint,
    past: &Past,
    data: Option<&Arc<DataSet>>,
) -> Result<Written, IoError> {
    let run = RunFile {
        about: about.clone(),
        checkpoint: checkpoint.clone(),
        past: past.clone(),
        data: data.cloned(),
    };
    write(path, &run)
}

/// A run with edits and a past, and how it stands.
struct Case {
    data: Arc<DataSet>,
    checkpoint: Checkpoint,
    past: Past,
}

fn case<T: Real>(spec: DataSpec, optimizer: OptimizerKind, batch: BatchSize) -> Case {
    let data = Arc::new(load(&spec).unwrap());
    let mut experiment = Experiment {
        data: spec,
        hidden: 5,
        precision: T::PRECISION,
        output_activation: OutputActivation::Linear,
        ..Experiment::default()
    };
    experiment.hyperparameters.optimizer = optimizer;
    experiment.hyperparameters.batch = batch;
    let pool = Arc::new(WorkerPool::new(1));
    let mut run = Run::<T>::new(experiment, Arc::clone(&data), None, pool).unwrap();
    let mut past = Past::of_present(run.keyframe(usize::MAX));
    for epoch in 1..=7 {
        if epoch == 4 {
            let change = Change {
                setting: Setting::WeightDecay,
                value: SettingValue::Number(2e-4),
                gesture: Gesture(3),
            };
            run.set(change).unwrap();
            past.deeds
                .push((Moment::end_of(epoch - 1), Deed::Edits(vec![change])));
        }
        assert!(matches!(run.epoch(&|| true), EpochEnd::Finished { .. }));
        let most = if epoch == 2 { 0 } else { usize::MAX };
        past.frames.push(PastFrame {
            moment: Moment::end_of(epoch),
            interest: if epoch == 3 {
                Interest::Deed
            } else {
                Interest::Plain
            },
            frame: Arc::new(run.keyframe(most)),
        });
        past.now = Moment::end_of(epoch);
    }
    Case {
        data,
        checkpoint: run.checkpoint(),
        past,
    }
}

fn digits() -> DataSpec {
    DataSpec {
        held: Held::Fraction(0.1),
        ..DataSpec::embedded(EmbeddedSet::Digits)
    }
}

fn cases() -> Vec<Case> {
    let zca = DataSpec {
        patches: 200,
        preparation: Some(Preparation::ZCA),
        ..DataSpec::embedded(EmbeddedSet::Photos)
    };
    let bars = DataSpec {
        patches: 100,
        ..DataSpec::embedded(EmbeddedSet::Bars)
    };
    vec![
        case::<f32>(digits(), OptimizerKind::Momentum, BatchSize::Samples(100)),
        case::<f64>(zca, OptimizerKind::Lbfgs, BatchSize::Full),
        case::<f32>(bars.clone(), OptimizerKind::Adam, BatchSize::Samples(20)),
        case::<f64>(bars, OptimizerKind::Descent, BatchSize::Full),
    ]
}

fn about() -> About {
    About {
        name: "λ „fern“".into(),
        notes: "two\nlines".into(),
    }
}

#[test]
fn a_run_comes_back_to_the_bit_with_its_past_and_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.saelab");
    for (number, case) in cases().into_iter().enumerate() {
        let data = (number % 2 == 0).then_some(&case.data);
        let written = save(&path, &about(), &case.checkpoint, &case.past, data).unwrap();
        assert_eq!(written.file, path.metadata().unwrap().len());
        let run = read(&path).unwrap();
        assert_eq!(to_bytes(&run).unwrap(), std::fs::read(&path).unwrap());
        assert_eq!(
            (written.frames, written.past),
            (8, case.past.bytes() as u64)
        );
        let bytes = std::fs::read(&path).unwrap();
        let read = read(&path).unwrap();
        assert_eq!(read.about, about());
        assert_eq!(read.checkpoint, case.checkpoint);
        assert_eq!(read.past, case.past);
        assert_eq!(read.data.is_some(), data.is_some());
        if let Some(back) = read.data {
            assert_eq!(back.samples, case.data.samples);
            assert_eq!(
                (&back.labels, &back.test),
                (&case.data.labels, &case.data.test)
            );
            assert_eq!((&back.name, &back.spec), (&case.data.name, &case.data.spec));
            assert_eq!(back.sentences(), case.data.sentences());
            assert_eq!(back.fitted, case.data.fitted);
        }
        save(&path, &about(), &case.checkpoint, &case.past, data).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "the same bytes");
    }
}

/// Data that never vary have an FVU that is no number.
#[test]
fn what_is_no_number_comes_back_too() {
    let folder = tempfile::tempdir().unwrap();
    let samples = Samples::F32(ndarray::Array2::from_elem((20, 4), 0.5));
    let shape = crate::data::SampleShape::grey(2, 2);
    let data = Arc::new(DataSet::new(
        "flat",
        DataSpec::file("flat.npy"),
        samples,
        shape,
    ));
    let pool = Arc::new(WorkerPool::new(1));
    let experiment = Experiment {
        data: data.spec.clone(),
        hidden: 3,
        ..Experiment::default()
    };
    let mut run = Run::<f32>::new(experiment, data, None, pool).unwrap();
    let past = Past::of_present(run.keyframe(usize::MAX));
    let _ = run.epoch(&|| true);
    let (path, checkpoint) = (folder.path().join("a.saelab"), run.checkpoint());
    assert!(!checkpoint.history().last().unwrap().fvu.is_finite());
    let past = Past {
        now: Moment::end_of(1),
        ..past
    };
    save(&path, &About::default(), &checkpoint, &past, None).unwrap();
    let back = read(&path).unwrap();
    assert_eq!(back.checkpoint, checkpoint);
}

#[test]
fn damage_is_caught_or_without_effect() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.saelab");
    let case = case::<f32>(digits(), OptimizerKind::Momentum, BatchSize::Samples(500));
    save(&path, &about(), &case.checkpoint, &case.past, None).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let full = std::env::var_os("SAE_LAB_FULL").is_some();
    let (mut caught, mut equal) = (0, 0);
    for at in (0..whole.len()).step_by(if full { 1 } else { whole.len() / 1_000 + 1 }) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bytes).unwrap();
        match read(&path) {
            Err(IoError::RunFile { .. }) => caught += 1,
            Err(other) => panic!("byte {at}: {other}"),
            Ok(back) => {
                assert_eq!(back.checkpoint, case.checkpoint, "byte {at}");
                assert_eq!(
                    (&back.past, &back.about),
                    (&case.past, &about()),
                    "byte {at}"
                );
                equal += 1;
            }
        }
    }
    assert!(caught > 20 * equal, "{caught} caught, {equal} equal");
    for cut in (0..whole.len()).step_by(whole.len() / 97 + 1) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert!(matches!(read(&path), Err(IoError::RunFile { .. })), "{cut}");
    }
}

/// By their names, unpacked.
type Members = BTreeMap<String, Vec<u8>>;

fn members(path: &Path) -> Members {
    let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|place| {
            let mut entry = zip.by_index(place).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn pack(path: &Path, members: &BTreeMap<String, Vec<u8>>) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in members {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn what_is_written_is_json_and_arrays_and_what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.saelab");
    let case = case::<f64>(digits(), OptimizerKind::Momentum, BatchSize::Samples(500));
    save(&path, &about(), &case.checkpoint, &case.past, None).unwrap();
    let whole = members(&path);
    for (name, bytes) in &whole {
        match name.rsplit_once('.').unwrap().1 {
            "json" => drop(serde_json::from_slice::<Value>(bytes).unwrap()),
            "npy" => assert!(bytes.starts_with(b"\x93NUMPY"), "{name}"),
            other => panic!("{other}"),
        }
    }
    let manifest: Value = serde_json::from_slice(&whole[MANIFEST]).unwrap();
    assert_eq!(manifest["epoch"], 7);
    assert_eq!(manifest["name"], about().name);
    assert_eq!(manifest["numerics_version"], crate::numerics::VERSION);
    assert_eq!(manifest["data"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        manifest["members"].as_object().unwrap().len(),
        whole.len() - 1
    );
    // it is read again, whoever packed it
    pack(&path, &whole);
    assert_eq!(read(&path).unwrap().checkpoint, case.checkpoint);

    let refusal = |change: &dyn Fn(&mut Members)| {
        let mut members = whole.clone();
        change(&mut members);
        pack(&path, &members);
        read(&path).unwrap_err().to_string()
    };
    let manifest_with = |key: &str, value: Value| {
        let mut manifest = manifest.clone();
        manifest[key] = value;
        serde_json::to_vec(&manifest).unwrap()
    };
    let put = |name: &str, bytes: Vec<u8>| {
        let name = name.to_owned();
        move |members: &mut BTreeMap<String, Vec<u8>>| {
            members.insert(name.clone(), bytes.clone());
        }
    };
    let newer = manifest_with("version", 2.into());
    assert!(refusal(&put(MANIFEST, newer)).contains("version 2"));
    let other = manifest_with("format", "a zip".into());
    assert!(refusal(&put(MANIFEST, other)).contains("not that of a run"));
    assert!(refusal(&|members| drop(members.remove(MANIFEST))).contains("manifest.json"));
    assert!(refusal(&|members| drop(members.remove("W2.npy"))).contains("W2.npy"));
    let mut other = whole["b1.npy"].clone();
    *other.last_mut().unwrap() ^= 1;
    assert!(refusal(&put("b1.npy", other)).contains("b1.npy is damaged"));
}

#[test]
fn other_files_are_named_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.saelab");
    assert!(matches!(read(&path), Err(IoError::Read { .. })));
    for bytes in [&b""[..], b"PK\x03\x04", b"# a text", &[0; 4096]] {
        std::fs::write(&path, bytes).unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("a.saelab is not a run"), "{said}");
    }
    assert!(matches!(read(folder.path()), Err(IoError::RunFile { .. })));
}

#[test]
fn data_that_are_too_large_are_left_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.saelab");
    let case = case::<f32>(digits(), OptimizerKind::Descent, BatchSize::Samples(500));
    let many = Samples::F32(ndarray::Array2::zeros((1 << 18, 65)));
    let large = Arc::new(DataSet {
        samples: many,
        ..(*case.data).clone()
    });
    let written = save(&path, &about(), &case.checkpoint, &case.past, Some(&large));
    assert!(matches!(written, Err(IoError::DataTooLarge { .. })));
    assert!(!path.exists());
    assert_eq!(Precision::F32, case.checkpoint.precision());
}
