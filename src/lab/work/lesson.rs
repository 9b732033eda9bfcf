//! What a lesson needs: its file, the data of its runs, and what its question asks for.

use std::path::Path;
use std::sync::Arc;

use crate::data::{DataError, DataSet, DataSpec, Watch};
use crate::lab::jobs::JobError;
use crate::lab::lesson::{Measured, Sides};
use crate::lab::port::Backend;
use crate::model::Spectrum;
use crate::training::Snapshot;
use crate::training::lesson::{Lesson, Point, Seen, Setup, Side, StageData, Term};

/// The lesson in `path`.
///
/// # Errors
/// It can't be read, or is broken: file, line, column and what is wanted.
#[cfg(not(target_family = "wasm"))]
pub fn read_lesson(path: &Path) -> Result<Lesson, JobError> {
    Ok(crate::io::lesson_file::read(path)?)
}

/// A browser has no files.
///
/// # Errors
/// Always.
#[cfg(target_family = "wasm")]
pub fn read_lesson(_: &Path) -> Result<Lesson, JobError> {
    let words = "a browser opens no files: use the lab on a desktop";
    Err(JobError::Words(words.into()))
}

/// The data of `setup`'s runs.
///
/// # Errors
/// They can't be had; cancelled.
pub fn lesson_data(
    backend: &dyn Backend,
    setup: &Setup,
    watch: Watch<'_>,
) -> Result<StageData, JobError> {
    let load = |spec: &DataSpec| -> Result<Arc<DataSet>, DataError> {
        let found = backend.find(spec, watch)?;
        Ok(Arc::new(backend.prepare(&found, spec, watch)?))
    };
    Ok(StageData::of(setup, &load)?)
}

/// The value of `term`, as a lesson is judged by it, and what it asks for of both runs where there are two.
pub fn measure(a: &Snapshot, b: Option<&Snapshot>, term: &Term) -> Measured {
    let law = term.points().any(|point| point.measure.needs_law());
    let spectrum = |snapshot: &Snapshot| {
        let output = snapshot.experiment.output_activation;
        let samples = snapshot.data.samples.to::<f32>();
        let measured = || Spectrum::quick(samples.view(), output, &|| true);
        law.then(measured).flatten()
    };
    let (of_a, of_b) = (spectrum(a), b.and_then(spectrum));
    let a = Seen {
        spectrum: of_a.as_ref(),
        ..Seen::shown(a)
    };
    let b = b.map(|b| Seen {
        spectrum: of_b.as_ref(),
        ..Seen::shown(b)
    });
    let measure = term.first.measure;
    let one = measure.is_of_one_run() && term.points().all(|point| point.measure == measure);
    let sides = b.filter(|_| one).and_then(|b| {
        Some(Sides {
            measure,
            a: measure.of(&a, None)?,
            b: measure.of(&b, None)?,
        })
    });
    let value = term.value(|point: Point| match (point.epoch, sides, point.side) {
        (Some(_), ..) => None, // an answer is judged at the end
        // what was measured of both is not measured again
        (None, Some(sides), Side::A) => Some(sides.a),
        (None, Some(sides), Side::B) => Some(sides.b),
        (None, None, Side::A) => point.measure.of(&a, b.as_ref()),
        (None, None, Side::B) => point.measure.of(b.as_ref()?, Some(&a)),
    });
    Measured { value, sides }
}
