//! What holds of every input: a reader refuses it in one sentence, or what it found keeps its word.

use std::ops::ControlFlow;

use sae_lab::data::{
    Content, DataError, DataSpec, Preprocessing, Progress, Samples, Values, find_bytes, prepare,
};

/// What suits the kind of data, and each kind of preparation that takes its own way.
const PREPARED: [Preprocessing; 6] = [
    Preprocessing::Auto,
    Preprocessing::None,
    Preprocessing::Contrast,
    Preprocessing::UnitColumns,
    Preprocessing::Standardise,
    Preprocessing::Zca,
];

/// Reads `bytes` as the content of a file called `name`, and prepares what was found in every way.
pub fn check(name: &str, bytes: &[u8]) {
    let watch = |_: Progress| ControlFlow::Continue(());
    let found = match find_bytes(name, bytes.to_vec(), &DataSpec::default(), &watch) {
        Ok(found) => found,
        Err(error) => return check_error(name, &error),
    };
    if let Content::Samples { values, shape } = &found.content {
        let (samples, length) = values.dim();
        assert!(samples > 0 && length > 0 && shape.len() == length);
        if let Some(labels) = &found.labels {
            assert_eq!(labels.len(), samples, "labels");
        }
        match values {
            Values::F32(values) => assert!(values.iter().all(|value| value.is_finite())),
            Values::F64(values) => assert!(values.iter().all(|value| value.is_finite())),
            Values::Bytes(_) => {}
        }
    }
    if let Content::Pictures(pictures) = &found.content {
        for picture in pictures {
            assert!(matches!(picture.channels, 1 | 3));
            assert_eq!(
                picture.values.len(),
                picture.rows * picture.columns * picture.channels
            );
            assert!(picture.values.iter().all(|value| value.is_finite()));
        }
    }
    // a large picture takes long to whiten, and goes no other way than a small one
    let large = matches!(&found.content, Content::Pictures(pictures)
        if pictures.iter().map(|picture| picture.values.len()).sum::<usize>() > 10_000);
    let prepared = if large {
        &PREPARED[1..2]
    } else {
        &PREPARED[..]
    };
    for preprocessing in prepared {
        let spec = DataSpec {
            patch: 4,
            patches: 20,
            preparation: preprocessing.preparation(),
            ..DataSpec::file(name)
        };
        let set = match prepare(&found, &spec, &watch) {
            Ok(set) => set,
            Err(error) => {
                check_error(name, &error);
                continue;
            }
        };
        let (samples, length) = set.samples.dim();
        assert!(samples > 0 && length > 0 && set.shape.len() == length);
        assert!(match &set.samples {
            Samples::F32(values) => values.iter().all(|value| value.is_finite()),
            Samples::F64(values) => values.iter().all(|value| value.is_finite()),
            Samples::Levels(_) => true,
        });
        assert!(set.variance.is_finite() && set.range.0.is_finite() && set.range.1.is_finite());
        if let Some(labels) = &set.labels {
            assert_eq!(labels.len(), samples, "labels");
        }
    }
}

fn check_error(name: &str, error: &DataError) {
    let sentence = error.to_string();
    assert!(sentence.contains(name), "the file is not named: {sentence}");
    assert!(
        !sentence.contains(char::is_control),
        "not one line: {sentence:?}"
    );
    assert!(sentence.chars().count() < 1_000, "too long: {sentence}");
}
