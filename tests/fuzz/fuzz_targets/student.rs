//! Any bytes as the file of a student's weights and gradient: refused in one sentence that names it, or all numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sae_lab::io::IoError;
use sae_lab::io::assignment::{Assignment, StudentFile};

const NAME: &str = "fuzz.mat";

fn refused(error: &IoError) {
    let sentence = error.to_string();
    assert!(sentence.contains(NAME), "the file is not named: {sentence}");
    assert!(!sentence.contains('\n'), "not one line: {sentence:?}");
    assert!(sentence.chars().count() < 4_000, "too long: {sentence}");
}

fuzz_target!(|bytes: &[u8]| {
    let mut file = match StudentFile::open(NAME, bytes.to_vec()) {
        Ok(file) => file,
        Err(error) => return refused(&error),
    };
    for inputs in [None, Some(1), Some(2), Some(4)] {
        match file.weights(inputs, None) {
            Ok(weights) => {
                assert!(weights.usual().is_finite());
                let (h, n) = weights.size();
                assert!(h > 0 && n > 0);
                match Assignment::new(weights, &mut file, None) {
                    Ok(assignment) => {
                        assert!(assignment.gradient.usual().is_finite());
                        assert_eq!(assignment.gradient.size(), (h, n));
                    }
                    Err(error) => refused(&error),
                }
            }
            Err(error) => refused(&error),
        }
    }
});
