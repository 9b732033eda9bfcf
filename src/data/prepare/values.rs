//! What is done to the values of samples: measured and done, or done as it was measured on others.

use ndarray::Array2;

use crate::data::dataset::STAY_BYTES;
use crate::data::progress::Watch;
use crate::data::scaling::{mean_and_deviation, remove_means};
use crate::data::{
    Colour, DataError, FittedPreparation, FittedScaling, Found, Incomplete, Orientation,
    Preparation, Reading, SampleShape, Samples, Scaling, Step, StoredLevels, Values, Whitening,
    Zca,
};
use crate::numerics::Real;

/// A set of bytes with a value from here on uses all eight bits; one below has fewer and is scaled by its greatest.
const EIGHT_BITS: u8 = 128;

/// What bytes are divided by under `choice`; `None`: nothing is divided. ZCA's ε is in units of [0, 1].
pub(super) fn white(values: &Values, choice: Preparation) -> Option<u8> {
    match values {
        Values::Bytes(array)
            if choice.scaling == Scaling::Levels
                || matches!(choice.whitening, Whitening::Zca { .. }) =>
        {
            let greatest = array.iter().copied().max().unwrap_or(0);
            Some(if greatest >= EIGHT_BITS {
                255
            } else {
                greatest.max(1)
            })
        }
        _ => None,
    }
}

/// Levels in the type that they are trained on, with the colour that was chosen. `white` divides bytes, and whatever
/// else was counted in the same levels: numbers within [0, 1] are brightness already.
pub(super) fn samples(
    values: &Values,
    shape: SampleShape,
    (choice, white): (Preparation, Option<u8>),
    steps: &mut Vec<Step>,
) -> (Samples, SampleShape) {
    let samples = match (values, white) {
        (Values::Bytes(array), white) => {
            if choice == Preparation::NONE {
                steps.push(Step::Bytes);
            }
            let white = white.unwrap_or(1);
            let large = array.len() >= STAY_BYTES && only_divided(shape, choice);
            let stored = large.then(|| StoredLevels::new(array.clone(), white));
            match stored.flatten() {
                Some(stored) => Samples::Levels(stored),
                None => Samples::F32(array.mapv(|byte| f32::from(byte) / f32::from(white))),
            }
        }
        (Values::F32(array), Some(white)) if array.iter().any(|value| *value > 1.0) => {
            Samples::F32(array / f32::from(white))
        }
        (Values::F64(array), Some(white)) if array.iter().any(|value| *value > 1.0) => {
            Samples::F64(array / f64::from(white))
        }
        (Values::F32(array), _) => Samples::F32(array.clone()),
        (Values::F64(array), _) => Samples::F64(array.clone()),
    };
    steps.extend(white.map(|white| Step::Levels { white }));
    match shape {
        SampleShape::Image {
            rows,
            columns,
            channels: 3,
        } if choice.colour == Colour::Grey => {
            steps.push(Step::Grey);
            let grey = match samples {
                Samples::F32(array) => Samples::F32(grey(&array)),
                Samples::F64(array) => Samples::F64(grey(&array)),
                Samples::Levels(_) => Samples::F32(grey(&samples.to::<f32>())), // never: `only_divided`
            };
            (grey, SampleShape::grey(rows, columns))
        }
        _ => (samples, shape),
    }
}

/// Whether nothing is done to bytes but to divide them.
fn only_divided(shape: SampleShape, choice: Preparation) -> bool {
    let grey = choice.colour == Colour::Grey && shape.channels() == 3;
    let scaled = !matches!(choice.scaling, Scaling::None | Scaling::Levels);
    !(grey || scaled || choice.remove_mean) && choice.whitening == Whitening::None
}

/// (m, 3k) red, green and blue side by side → (m, k), Rec. 601 luma.
fn grey<T: Real>(samples: &Array2<T>) -> Array2<T> {
    let pixels = samples.ncols() / 3;
    Array2::from_shape_fn((samples.nrows(), pixels), |(sample, pixel)| {
        let channel = |channel: usize| samples[[sample, 3 * pixel + channel]].f64();
        T::of(0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2))
    })
}

/// Everything that is done to the samples themselves, in the order of `Preparation`'s fields; what was measured for it.
pub(super) fn fit<T: Real>(
    samples: &mut Array2<T>,
    name: &str,
    choice: Preparation,
    steps: &mut Vec<Step>,
    watch: Watch<'_>,
) -> Result<(Option<Zca>, FittedScaling), DataError> {
    // before anything is done to them
    let unit = unit(samples);
    let squares = choice.remove_mean.then(|| remove_means(samples));
    let mut zca = None;
    if let Whitening::Zca { epsilon } = choice.whitening {
        zca = Some(Zca::fit(name, samples, (epsilon, unit), watch)?);
    }
    let scaling = FittedScaling::measure(samples, choice.scaling, squares);
    scaling.apply(samples);
    say(choice, &scaling, steps);
    Ok((zca, scaling))
}

/// What is 1 where the values are brought to [0, 1], in whose units ε is: 1 of values that lie there, white of levels in
/// a floating-point file, else the length of their range.
fn unit<T: Real>(samples: &Array2<T>) -> f64 {
    let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
    for value in samples {
        let value = value.f64();
        (low, high) = (low.min(value), high.max(value));
        whole &= value.fract() == 0.0;
    }
    match (low, high) {
        _ if low >= 0.0 && high <= 1.0 => 1.0,
        _ if low >= high => 1.0,
        _ if whole && low >= 0.0 && (EIGHT_BITS.into()..=255.0).contains(&high) => 255.0,
        _ if whole && low >= 0.0 && high < EIGHT_BITS.into() => high,
        _ => high - low,
    }
}

/// The same by what was measured on other samples.
pub(super) fn apply<T: Real>(
    samples: &mut Array2<T>,
    fitted: &FittedPreparation,
    steps: &mut Vec<Step>,
    watch: Watch<'_>,
) -> Result<(), DataError> {
    if fitted.choice.remove_mean {
        remove_means(samples);
    }
    if let Some(zca) = &fitted.zca {
        zca.whiten(samples, watch)?;
    }
    fitted.scaling.apply(samples);
    say(fitted.choice, &fitted.scaling, steps);
    Ok(())
}

/// What stands for missing values in samples that had some and were filled: the mean of each column, which those that
/// were filled in do not change.
pub(super) fn fill_of(samples: &Samples, found: &Found) -> Vec<f64> {
    let fills = |reading: &Reading| {
        reading.incomplete == Incomplete::FillMean && reading.orientation == Orientation::Rows
    };
    let table = found
        .understood
        .as_ref()
        .filter(|read| !read.columns.is_empty());
    match samples {
        Samples::F64(array) if table.is_some_and(|read| fills(&read.reading)) => {
            let columns = array.columns().into_iter();
            let mut means: Vec<f64> = columns.map(|column| mean_and_deviation(column).0).collect();
            // to the bit, where it was used
            for &(row, column) in table.iter().flat_map(|read| &read.filled) {
                if let (Some(mean), Some(value)) = (means.get_mut(column), array.get((row, column)))
                {
                    *mean = *value;
                }
            }
            means
        }
        _ => Vec::new(),
    }
}

/// Puts the training data's means where values are missing, if they are known.
pub(super) fn fill(samples: &mut Samples, found: &Found, fitted: &FittedPreparation) {
    let Some(understood) = &found.understood else {
        return;
    };
    for &(row, column) in &understood.filled {
        if let (Samples::F64(array), Some(mean)) = (&mut *samples, fitted.fill.get(column))
            && let Some(value) = array.get_mut((row, column))
        {
            *value = *mean;
        }
    }
}

fn say(choice: Preparation, scaling: &FittedScaling, steps: &mut Vec<Step>) {
    if choice.remove_mean {
        steps.push(Step::MeansRemoved);
    }
    if let Whitening::Zca { epsilon } = choice.whitening {
        steps.push(Step::Zca { epsilon });
    }
    steps.extend(scaling.step());
}

/// Labels by the numbers that the training data's words have, and the words by these numbers: one that they do not know
/// gets a number beyond theirs. Where either has no words the numbers are the labels, and the words whose there are.
pub(super) fn relabelled(
    labels: &[u8],
    (names, known): (&[String], &[String]),
) -> (Vec<u8>, Vec<String>) {
    if names.is_empty() || known.is_empty() {
        return (labels.to_vec(), [known, names].concat());
    }
    let mut all: Vec<&String> = known.iter().collect();
    let numbers: Vec<u8> = names
        .iter()
        .map(|name| {
            let place = all.iter().position(|known| *known == name);
            let number = place.unwrap_or_else(|| {
                all.push(name);
                all.len() - 1
            });
            u8::try_from(number).unwrap_or(u8::MAX)
        })
        .collect();
    let number = |label: &u8| numbers.get(usize::from(*label)).copied().unwrap_or(*label);
    let labels = labels.iter().map(number).collect();
    // what shares the last number has no name of its own
    if all.len() > 256 {
        all.truncate(255);
    }
    (labels, all.into_iter().cloned().collect())
}
