use super::*;
use crate::data::{DataSpec, EmbeddedSet, load};
use crate::io::follow::{Seen, list};
use crate::training::Experiment;

/// Tensors in f32, each full of its own numbers.
fn file(tensors: &[(&str, &[usize], &[f32])], metadata: &str) -> Vec<u8> {
    let mut entries = vec![format!(r#""__metadata__":{{{metadata}}}"#)];
    let mut body = Vec::new();
    for (name, shape, values) in tensors {
        let start = body.len();
        body.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let end = body.len();
        entries.push(format!(
            r#""{name}":{{"dtype":"F32","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        ));
    }
    let header = format!("{{{}}}", entries.join(","));
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        &body,
    ]
    .concat()
}

fn seen(folder: &Path) -> Vec<Seen> {
    list(folder).unwrap()
}

fn read(name: &str, bytes: &[u8], inputs: usize, map: &str) -> (Content, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let request = Request {
        seen: seen(folder.path()).remove(0),
        whichever: false,
    };
    let map = match map {
        "" => TensorMap::default(),
        map => map.parse().unwrap(),
    };
    let (content, outcome, stamp) = open(folder.path(), &request, inputs, &map);
    assert_eq!(stamp, request.seen.stamp);
    (content, outcome)
}

fn model(name: &str, bytes: &[u8], inputs: usize) -> Checkpoint {
    match read(name, bytes, inputs, "") {
        (Content::Model(checkpoint), Outcome::Whole { .. }) => *checkpoint,
        (other, outcome) => panic!("{other:?} {outcome:?}"),
    }
}

fn unusable(bytes: &[u8], inputs: usize) -> String {
    match read("step_7.safetensors", bytes, inputs, "") {
        (Content::Unusable(sentence), Outcome::Whole { .. }) => sentence,
        (other, outcome) => panic!("{other:?} {outcome:?}"),
    }
}

const W1: [f32; 6] = [1., 2., 3., 4., 5., 6.];
const W2: [f32; 6] = [7., 8., 9., 10., 11., 12.];

fn plain() -> Vec<u8> {
    file(
        &[
            ("encoder.weight", &[2, 3], &W1),
            ("encoder.bias", &[2], &[0.1, 0.2]),
            ("decoder.weight", &[3, 2], &W2),
            ("decoder.bias", &[3], &[0.3, 0.4, 0.5]),
        ],
        r#""step":"120","rho":"0.02","weight_decay":"1e-3","hidden_activation":"tanh""#,
    )
}

#[test]
fn weights_and_what_is_said_of_them() {
    let checkpoint = model("epoch_3.safetensors", &plain(), 3);
    let expected: Vec<f64> = [&W1[..], &[0.1, 0.2], &W2, &[0.3, 0.4, 0.5]]
        .concat()
        .into_iter()
        .map(f64::from)
        .collect();
    assert_eq!(checkpoint.weights.flat(), expected);
    let step = Progress {
        epoch: None,
        step: Some(120),
    };
    assert_eq!(
        checkpoint.progress, step,
        "the file knows better than its name"
    );
    let settings = Told {
        sparsity_target: Some(0.02),
        weight_decay: Some(1e-3),
        hidden_activation: Some(HiddenActivation::Tanh),
        ..Told::default()
    };
    assert_eq!(checkpoint.settings, settings);
    assert_eq!(
        checkpoint.layout.to_string(),
        "W1 = encoder.weight (2×3), b1 = encoder.bias, W2 = decoder.weight (3×2), b2 = decoder.bias"
    );
}

#[test]
fn transposed_and_tied_weights_are_turned() {
    let turned = file(
        &[
            ("W_enc", &[3, 2], &[1., 4., 2., 5., 3., 6.]),
            ("b_enc", &[2], &[0.1, 0.2]),
            ("W_dec", &[2, 3], &[7., 9., 11., 8., 10., 12.]),
            ("b_dec", &[3], &[0.3, 0.4, 0.5]),
        ],
        "",
    );
    let upright = model("a.safetensors", &plain(), 3).weights;
    let found = model("step_9.safetensors", &turned, 3);
    assert_eq!(found.weights, upright);
    assert_eq!(found.progress.step, Some(9));
    let tied = file(
        &[
            ("weight", &[2, 3], &W1),
            ("b_enc", &[2], &[0.1, 0.2]),
            ("b_dec", &[3], &[0.3, 0.4, 0.5]),
        ],
        "",
    );
    let found = model("step_9.safetensors", &tied, 3).weights;
    assert_eq!(found.encoder_weights(), upright.encoder_weights());
    assert_eq!(found.decoder_weights(), upright.encoder_weights().t());
}

#[test]
fn what_cannot_be_a_model_is_one_sentence_with_the_file_the_tensors_and_the_map() {
    let sentence = unusable(&plain(), 4);
    for part in [
        "step_7.safetensors",
        "encoder.weight (2×3)",
        "decoder.bias (3)",
        "--map",
    ] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(!sentence.contains('\n'));
    let relu = file(
        &[
            ("W1", &[2, 3], &W1),
            ("b1", &[2], &[0.; 2]),
            ("W2", &[3, 2], &W2),
            ("b2", &[3], &[0.; 3]),
        ],
        r#""hidden_activation":"relu""#,
    );
    let sentence = unusable(&relu, 3);
    assert!(
        sentence.contains("\"relu\"") && sentence.contains("sigmoid or tanh"),
        "{sentence}"
    );
    let number = file(&[("W1", &[2, 3], &W1)], r#""rho":"small""#);
    assert!(unusable(&number, 3).contains("W1 (2×3)"));
}

#[test]
fn half_a_file_is_unfinished_wherever_it_ends() {
    let whole = plain();
    for length in 1..whole.len() {
        let (content, outcome) = read("a.safetensors", &whole[..length], 3, "");
        assert_eq!(outcome, Outcome::Unfinished, "{length}: {content:?}");
    }
    let (content, outcome) = read("a.safetensors", b"", 3, "");
    assert_eq!(outcome, Outcome::Unfinished, "{content:?}");
}

#[test]
fn a_map_goes_before_names() {
    let map = "W1=encoder.weight,b1=encoder.bias,W2=decoder.weight,b2=decoder.bias";
    let (content, _) = read("a.safetensors", &plain(), 3, map);
    assert!(matches!(content, Content::Model(_)), "{content:?}");
    let (content, _) = read(
        "a.safetensors",
        &plain(),
        3,
        "W1=decoder.weight,W2=encoder.weight",
    );
    let Content::Model(checkpoint) = content else {
        panic!("{content:?}");
    };
    assert!(checkpoint.layout.encoder.transposed);
    let (content, _) = read("a.safetensors", &plain(), 3, "W1=nothing");
    assert!(matches!(content, Content::Unusable(_)), "{content:?}");
}

#[test]
fn the_labs_own_files_bring_their_record() {
    let spec = DataSpec {
        patches: 200,
        patch: 4,
        ..DataSpec::embedded(EmbeddedSet::Photos)
    };
    let data = load(&spec).unwrap();
    let record = ModelRecord {
        experiment: Experiment {
            data: spec,
            hidden: 16, // as many as inputs: its names say it all
            ..Experiment::default()
        },
        preparation: Some(data.fitted),
        epoch: 7,
    };
    let weights = Parameters::<f64>::initial(16, 16, 5);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    crate::io::npz::write_model(&at("a.npz"), &weights, &record).unwrap();
    crate::io::safetensors::write_model(&at("b.safetensors"), &weights, Some(&record)).unwrap();
    for seen in seen(folder.path()) {
        let request = Request {
            seen,
            whichever: false,
        };
        // whatever the data that are at hand
        let (content, ..) = open(folder.path(), &request, 99, &TensorMap::default());
        let Content::Model(checkpoint) = content else {
            panic!("{content:?}");
        };
        assert_eq!(checkpoint.weights, weights);
        assert_eq!(checkpoint.progress.epoch, Some(7));
        assert_eq!(checkpoint.record.as_ref(), Some(&record));
    }
}

#[test]
fn names_that_are_no_checkpoints_are_not_listed() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "a.NPZ",
        "b.safetensors",
        ".c.npz",
        "d.tmp.npz",
        "e.npz.tmp",
        "f.npy",
        ".npz",
        "log.txt",
    ] {
        std::fs::write(folder.path().join(name), b"x").unwrap();
    }
    std::fs::create_dir(folder.path().join("g.npz")).unwrap();
    let mut names: Vec<String> = seen(folder.path())
        .into_iter()
        .map(|seen| seen.name)
        .collect();
    names.sort();
    assert_eq!(names, ["a.NPZ", "b.safetensors"]);
}

#[test]
fn a_file_that_was_changed_or_swapped_since_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    std::fs::write(&path, plain()).unwrap();
    let mut request = Request {
        seen: seen(folder.path()).remove(0),
        whichever: false,
    };
    let other = folder.path().join("new.tmp");
    std::fs::write(&other, [plain(), vec![0]].concat()).unwrap();
    std::fs::rename(&other, &path).unwrap();
    let map = TensorMap::default();
    let (_, outcome, _) = open(folder.path(), &request, 3, &map);
    assert_eq!(outcome, Outcome::Changed);
    std::fs::write(&path, plain()).unwrap();
    request.whichever = true;
    let (_, outcome, stamp) = open(folder.path(), &request, 3, &map);
    assert!(matches!(outcome, Outcome::Whole { .. }));
    assert_ne!(stamp, request.seen.stamp);
    std::fs::remove_file(&path).unwrap();
    let (_, outcome, _) = open(folder.path(), &request, 3, &map);
    assert_eq!(outcome, Outcome::Changed);
}
