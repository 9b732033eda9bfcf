//! Bytes changed by chance, the same in every run: what fuzzing does for hours (`tests/fuzz`), for a moment, of the
//! readers of tensors and of CIFAR's batches.

use std::ops::ControlFlow;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sae_lab::data::{Content, DataSpec, Progress, Values, find_bytes, prepare};

use crate::tensors::{record, tensor, tensors};

const TIMES: usize = 400;

/// Refuses in one line that names the file, or finds finite values as many as their shape says.
fn check(name: &str, bytes: &[u8]) -> bool {
    let watch = |_: Progress| ControlFlow::Continue(());
    let spec = DataSpec::default();
    let one_line = |sentence: String| {
        assert!(sentence.contains(name), "{sentence}");
        assert!(!sentence.contains(char::is_control), "{sentence:?}");
    };
    let found = match find_bytes(name, bytes.to_vec(), &spec, &watch) {
        Ok(found) => found,
        Err(error) => {
            one_line(error.to_string());
            return false;
        }
    };
    if let Content::Samples { values, shape } = &found.content {
        assert_eq!(values.dim().1, shape.len());
        assert!(match values {
            Values::F32(values) => values.iter().all(|value| value.is_finite()),
            Values::F64(values) => values.iter().all(|value| value.is_finite()),
            Values::Bytes(_) => true,
        });
        let labels = found.labels.as_ref();
        assert!(labels.is_none_or(|labels| labels.len() == values.dim().0));
    }
    if let Err(error) = prepare(&found, &spec, &watch) {
        one_line(error.to_string());
    }
    true
}

#[test]
fn mutated_tensors_and_batches_are_refused_or_keep_their_word() {
    let floats: Vec<u8> = (0..12u8)
        .flat_map(|at| f32::from(at).to_le_bytes())
        .collect();
    let header = |dtype, shape, end| format!("{{{}}}", tensor("x", dtype, shape, [0, end]));
    let batches: Vec<u8> = (0..3).flat_map(|at| record(at, 40 * at + 9)).collect();
    let seeds = [
        (
            "m.safetensors",
            tensors(&header("F32", "[3,4]", 48), &floats),
            120,
        ),
        (
            "m.safetensors",
            tensors(&header("F16", "[4,6]", 48), &floats),
            120,
        ),
        // labels and lengths alone say what a batch is
        ("m.bin", batches, usize::MAX),
    ];
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let mut below = |most: usize| chance.next_u32() as usize % most.max(1);
    for (name, seed, reach) in &seeds {
        assert!(check(name, seed), "{name} is sound");
        let (mut sound, mut refused) = (0, 0);
        for _ in 0..TIMES {
            let mut bytes = seed.clone();
            for _ in 0..=below(3) {
                let at = below(bytes.len().min(*reach));
                match below(4) {
                    0 => bytes[at] ^= 1 << below(8),
                    1 => bytes[at] = below(256) as u8,
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, b"0\"9[{"[below(5)]),
                }
            }
            match check(name, &bytes) {
                true => sound += 1,
                false => refused += 1,
            }
        }
        assert!(sound > 10 && refused > 10, "{name}: {sound}, {refused}");
    }
}
