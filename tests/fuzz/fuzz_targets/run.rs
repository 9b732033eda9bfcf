//! A run's file in which one member holds any bytes, with a right sum: it is refused, or a run goes on from it.
#![no_main]

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::io::run_file::{self, About, RunFile};
use sae_lab::numerics::{Precision, Real, WorkerPool};
use sae_lab::training::timeline::Past;
use sae_lab::training::{Experiment, Run};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

type Members = BTreeMap<String, Vec<u8>>;

static DATA: LazyLock<Arc<DataSet>> = LazyLock::new(|| {
    let samples = Array2::from_shape_fn((12, 4), |(i, j)| ((i * 5 + j * 3) % 7) as f32 / 7.0);
    let spec = DataSpec::file("few.npy");
    let shape = SampleShape::grey(2, 2);
    Arc::new(DataSet::new("few", spec, Samples::F32(samples), shape))
});

/// A sound run, unpacked.
static SOUND: LazyLock<Members> = LazyLock::new(|| {
    let experiment = Experiment {
        data: DATA.spec.clone(),
        hidden: 3,
        ..Experiment::default()
    };
    let pool = Arc::new(WorkerPool::new(1));
    let mut run = Run::<f32>::new(experiment, Arc::clone(&DATA), None, pool).expect("a run");
    let past = Past::of_present(run.keyframe(usize::MAX));
    let _ = run.epoch(&|| true);
    let now = sae_lab::training::timeline::Moment::end_of(1);
    let file = RunFile {
        about: About::default(),
        checkpoint: run.checkpoint(),
        past: Past { now, ..past },
        data: None,
    };
    let path = std::env::temp_dir().join(format!("fuzz-{}.saelab", std::process::id()));
    run_file::write(&path, &file).expect("it is written");
    let bytes = std::fs::read(&path).expect("it is there");
    std::fs::remove_file(&path).expect("it goes");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..zip.len())
        .map(|place| {
            let mut entry = zip.by_index(place).expect("a member");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("whole");
            (entry.name().expect("a name").into_owned(), bytes)
        })
        .collect()
});

fn packed(mut members: Members) -> Vec<u8> {
    let mut manifest: Value = serde_json::from_slice(&members["manifest.json"]).expect("JSON");
    for (name, bytes) in members.iter().filter(|(name, _)| *name != "manifest.json") {
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        manifest["members"][name] = json!({"bytes": bytes.len(), "sha256": sum});
    }
    members.insert("manifest.json".into(), manifest.to_string().into_bytes());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in &members {
        zip.start_file(name, options).expect("a member");
        zip.write_all(bytes).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

fn go_on<T: Real>(file: &RunFile) {
    let pool = || Arc::new(WorkerPool::new(1));
    let resumed = Run::<T>::resume(file.checkpoint.clone(), Arc::clone(&DATA), pool());
    if let Ok(mut run) = resumed {
        let _ = run.epoch(&|| true);
        assert!(run.parameters().flat().iter().all(|weight| weight.is_finite()));
    }
    for kept in &file.past.frames {
        let history = file.checkpoint.history().clone();
        let experiment = file.checkpoint.experiment();
        if let Ok(mut run) = Run::<T>::at(experiment, &kept.frame, history, Arc::clone(&DATA), pool()) {
            let _ = run.epoch(&|| true);
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    // as it is
    let _ = run_file::parse(Cursor::new(bytes));
    // in the place of a part of one member
    let [which, from, length, rest @ ..] = bytes else {
        return;
    };
    let mut members = SOUND.clone();
    let place = usize::from(*which) % members.len();
    let Some(member) = members.values_mut().nth(place) else {
        return;
    };
    let from = usize::from(*from) * member.len() / 256;
    let end = (from + usize::from(*length)).min(member.len());
    member.splice(from..end, rest.iter().copied());
    if serde_json::from_slice::<Value>(&members["manifest.json"]).is_err() {
        return;
    }
    if let Ok(file) = run_file::parse(Cursor::new(packed(members))) {
        match file.checkpoint.precision() {
            Precision::F32 => go_on::<f32>(&file),
            Precision::F64 => go_on::<f64>(&file),
        }
    }
});
