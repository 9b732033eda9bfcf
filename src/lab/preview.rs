//! What the import sheet shows of data before they are trained on: a few samples, as they are and as they would be.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::port::Backend;
use crate::data::error::grouped;
use crate::data::{
    Content, Cut, DataError, DataSet, DataSource, DataSpec, EmbeddedSet, FittedPreparation, Found,
    Held, SampleShape, Samples, Understood, Values, Watch, untouched, with_rows,
};
use crate::model::{EvenSample, OutputActivation};
use crate::numerics::Real;
use crate::training::{Experiment, Recipe};

/// Most samples that a preview prepares.
pub const PREVIEWED: usize = 2_000;
/// Most samples that a preview shows.
pub const SHOWN: usize = 24;
/// Most values of photographs that a preview looks at, where there are several.
const PICTURE_VALUES: usize = 1 << 22;

/// What a source holds, and as much of it as a preview looks at.
#[derive(Clone, Debug)]
pub struct Opened {
    pub found: Arc<Found>,
    /// The same one where it is small.
    sample: Arc<Found>,
    /// Least and greatest value of `found`.
    pub range: (f64, f64),
}

impl Opened {
    /// Measures `found`, which takes a look at every value.
    pub fn new(found: Found) -> Self {
        let found = Arc::new(found);
        let thinned = thinned(&found).map(Arc::new);
        Self {
            range: found.range(),
            sample: thinned.unwrap_or_else(|| Arc::clone(&found)),
            found,
        }
    }

    /// Whether pictures are cut into patches under `cut`.
    pub fn cuts(&self, cut: Cut) -> bool {
        match &self.found.content {
            Content::Pictures(_) => cut != Cut::Whole,
            Content::Samples { .. } => cut == Cut::Patches,
        }
    }
}

/// Evenly taken pictures or samples; `None` where all of them are few enough.
fn thinned(found: &Found) -> Option<Found> {
    let total = found.count();
    let (content, labels) = match &found.content {
        Content::Pictures(pictures) => {
            let values: usize = pictures.iter().map(|picture| picture.values.len()).sum();
            if values <= PICTURE_VALUES || total < 2 {
                return None;
            }
            let share = PICTURE_VALUES as f64 / values as f64;
            let count = ((total as f64 * share) as usize).max(1);
            let taken = EvenSample::of(total, count).rows();
            let pictures = taken.map(|place| pictures[place].clone()).collect();
            (Content::Pictures(pictures), None)
        }
        Content::Samples { values, shape } => {
            if total <= PREVIEWED {
                return None;
            }
            let rows: Vec<usize> = EvenSample::of(total, PREVIEWED).rows().collect();
            let values = match values {
                Values::Bytes(array) => Values::Bytes(array.select(Axis(0), &rows).into_shared()),
                Values::F32(array) => Values::F32(array.select(Axis(0), &rows)),
                Values::F64(array) => Values::F64(array.select(Axis(0), &rows)),
            };
            let labels = found.labels.as_ref();
            let labels = labels.map(|labels| rows.iter().map(|&row| labels[row]).collect());
            let shape = *shape;
            (Content::Samples { values, shape }, labels)
        }
    };
    Some(Found {
        name: found.name.clone(),
        content,
        encoding: found.encoding.clone(),
        suggested: found.suggested,
        labels,
        class_names: found.class_names.clone(),
        names: None, // the sheet shows values and classes
        column_names: found.column_names.clone(),
        notes: found.notes.clone(),
        variables: found.variables.clone(),
        understood: found.understood.as_ref().map(|understood| Understood {
            filled: Vec::new(), // other rows
            ..understood.clone()
        }),
        test: None,
        has_own_test: found.has_own_test,
    })
}

/// Whether a source that was found for `before` has to be found anew for `after`: the generated sets depend on more
/// than their name.
pub fn differs(before: &DataSpec, after: &DataSpec) -> bool {
    let generated = matches!(
        after.source,
        DataSource::Embedded(EmbeddedSet::Leaves | EmbeddedSet::Bars)
    );
    let settings = |spec: &DataSpec| (spec.seed, spec.patch, spec.patches);
    let own = |spec: &DataSpec| spec.held == Held::OwnSplit;
    before.source != after.source
        || own(before) != own(after)
        || before.variable != after.variable
        || before.reading != after.reading
        || generated && settings(before) != settings(after)
}

/// Some samples, to be drawn.
#[derive(Clone, Debug)]
pub struct Rows {
    /// (k, n), k ≤ [`SHOWN`]
    pub values: Array2<f32>,
    pub shape: SampleShape,
    /// What is drawn as black and as white.
    pub range: (f64, f64),
    /// Each column's own least and greatest value, where they differ so much that on one scale most would be flat.
    pub columns: Option<Vec<(f32, f32)>>,
}

/// What the choices come to.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The choices that it shows.
    pub spec: DataSpec,
    /// What was found for them, where that is not what was found before.
    pub opened: Option<Opened>,
    pub raw: Rows,
    pub prepared: Rows,
    /// What was measured, with the names of columns and classes.
    pub fitted: Arc<FittedPreparation>,
    /// Of the shown samples, where there are any.
    pub labels: Option<Vec<u8>>,
    /// (m, n) that a run would train on.
    pub dim: (usize, usize),
    /// Least and greatest value, of the samples looked at.
    pub range: (f64, f64),
    /// What would be done to the values, a sentence a step.
    pub preparation: Vec<String>,
    /// The output whose reach suits the values.
    pub output: OutputActivation,
    /// Units and settings that suit the samples looked at.
    pub recipe: Recipe,
    /// Of what it is a preview, e.g. "the first 2,000 patches"; `None`: of all.
    pub part: Option<String>,
    /// How long it took to make, once somebody has measured it.
    pub took: Duration,
}

impl Preview {
    /// # Errors
    /// As `prepare`; cancelled.
    pub fn make(
        backend: &dyn Backend,
        opened: &Opened,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<Self, DataError> {
        let cuts = opened.cuts(spec.cut);
        let short = DataSpec {
            patches: spec.patches.min(PREVIEWED),
            held: Held::None, // of a few samples little could be
            ..spec.clone()
        };
        let data = backend.prepare(&opened.sample, &short, watch)?;
        let (raw, raw_shape) = untouched(&opened.sample, &short, watch)?;
        let rows: Vec<usize> = if cuts {
            (0..SHOWN.min(data.len())).collect()
        } else {
            EvenSample::of(data.len(), SHOWN).rows().collect()
        };
        let raw_range = match &opened.found.content {
            Content::Pictures(_) => (0.0, 1.0),
            Content::Samples { .. } if cuts => (0.0, 1.0),
            Content::Samples { .. } => opened.range,
        };
        let labels = data.labels.as_ref();
        let full = if cuts {
            spec.patches
        } else {
            opened.found.count()
        };
        let full = full - spec.held.drawn_of(full);
        Ok(Self {
            spec: spec.clone(),
            opened: None,
            raw: Rows::new(&raw, &rows, raw_shape, raw_range),
            prepared: Rows::new(&data.samples, &rows, data.shape, drawn_range(&data)),
            fitted: Arc::clone(&data.fitted),
            labels: labels.map(|labels| rows.iter().map(|&row| labels[row]).collect()),
            dim: (full, data.inputs()),
            range: data.range,
            preparation: sentences(&data, spec),
            output: Experiment::output_for(&data),
            recipe: Recipe::of(&data, full),
            part: part(opened, spec, cuts),
            took: Duration::ZERO,
        })
    }
}

impl Rows {
    fn new(samples: &Samples, rows: &[usize], shape: SampleShape, range: (f64, f64)) -> Self {
        let values = samples.select(rows);
        let columns =
            with_rows!(samples, rows => columns_apart(rows.values().view(), shape, range));
        Self {
            values,
            shape,
            range,
            columns,
        }
    }
}

/// The ranges of the columns of `samples` (m, n) that are no pictures, where most of them are small beside `whole`.
fn columns_apart<T: Real>(
    samples: ArrayView2<'_, T>,
    shape: SampleShape,
    whole: (f64, f64),
) -> Option<Vec<(f32, f32)>> {
    const SMALL: f64 = 0.1;
    if !shape.is_vector() {
        return None;
    }
    let range = |column: ArrayView1<'_, T>| {
        let values = column.iter().map(|value| value.f64());
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let ranges: Vec<(f64, f64)> = samples.columns().into_iter().map(range).collect();
    let span = whole.1 - whole.0;
    let small = ranges
        .iter()
        .filter(|(low, high)| high - low < SMALL * span);
    let apart = 2 * small.count() > ranges.len();
    apart.then(|| {
        let ranges = ranges.into_iter();
        ranges
            .map(|(low, high)| (low as f32, high as f32))
            .collect()
    })
}

/// What is drawn as black and white: the ends of the values, or three standard deviations about 0 where they have none.
fn drawn_range(data: &DataSet) -> (f64, f64) {
    if !data.prepared().is_unbounded() {
        return data.range;
    }
    let deviation = (2.0 * data.variance / data.inputs() as f64).sqrt();
    (-3.0 * deviation, 3.0 * deviation)
}

/// As they would be stored: with the number of patches that would be cut.
fn sentences(data: &DataSet, spec: &DataSpec) -> Vec<String> {
    let steps = data.preparation.iter();
    steps
        .map(|step| step.with_patches(spec.patches).to_string())
        .collect()
}

fn part(opened: &Opened, spec: &DataSpec, cuts: bool) -> Option<String> {
    let number = |count: usize| grouped(count as u64);
    let (total, taken) = (opened.found.count(), opened.sample.count());
    match (cuts, taken < total) {
        (true, false) if spec.patches > PREVIEWED => {
            Some(format!("the first {} patches", number(PREVIEWED)))
        }
        (true, false) | (false, false) => None,
        (true, true) => Some(format!(
            "{} patches from {} of {} pictures",
            number(spec.patches.min(PREVIEWED)),
            number(taken),
            number(total)
        )),
        (false, true) => Some(format!("{} of {} samples", number(taken), number(total))),
    }
}
