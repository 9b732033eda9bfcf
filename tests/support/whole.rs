//! Whether what `sae-lab train` wrote is all of one run.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use sae_lab::io::run_file;
use sha2::{Digest, Sha256};

use crate::command::read;

/// The model, the document and the run in `folder` are of one epoch of one run, and nothing else is there. Returns the
/// epoch.
pub fn assert_whole(folder: &Path) -> u64 {
    let document = read(&folder.join("run.json"));
    let model = std::fs::read(folder.join("model.npz")).unwrap();
    let sum: String = Sha256::digest(&model)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(document["model_sha256"], sum);
    let epoch = document["epoch"].as_u64().unwrap();
    let file = run_file::read(&folder.join("run.saelab")).unwrap();
    assert_eq!(file.checkpoint.epoch(), epoch);
    let (_, record) = sae_lab::io::npz::read_model::<f32>(&folder.join("model.npz")).unwrap();
    assert_eq!(record.unwrap().epoch, epoch);
    let lines = std::fs::read_to_string(folder.join("history.csv")).unwrap();
    let last = lines
        .lines()
        .last()
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(last, epoch.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 6);
    epoch
}
