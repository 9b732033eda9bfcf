//! Any bytes as a lesson's file: refused in one sentence with a line that is there, or a lesson that keeps to its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sae_lab::data::DataSource;
use sae_lab::training::lesson::{HIDDEN, Lesson, SAMPLES, STEPS};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match Lesson::parse(&text) {
        Ok(lesson) => {
            assert!(STEPS.contains(&lesson.steps.len()));
            for setup in lesson.steps.iter().filter_map(|step| step.setup.as_ref()) {
                for run in [Some(&setup.a), setup.b.as_ref()].into_iter().flatten() {
                    let experiment = &run.experiment;
                    assert!(matches!(experiment.data.source, DataSource::Embedded(_)));
                    assert!(experiment.hyperparameters.check().is_ok());
                    assert!(experiment.hidden <= HIDDEN && experiment.data.patches <= SAMPLES);
                }
            }
        }
        Err(error) => {
            let lines = 1 + text.matches('\n').count();
            assert!((1..=lines).contains(&error.line) && error.column >= 1, "{error:?}");
            assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error:?}");
        }
    }
});
