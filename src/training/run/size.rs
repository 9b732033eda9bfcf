//! Whether an experiment can run: its sizes and its initial weights.

use thiserror::Error;

use crate::model::{HyperparameterError, Parameters};
use crate::numerics::Real;

/// Most values that parameters, gradient, velocity and last finite weights may each hold (1 GiB in f32).
pub const MAX_PARAMETERS: usize = 1 << 28;

/// Most pairs of hidden units: features are compared with one another, 32,768 with each of as many.
const MAX_PAIRS: usize = 1 << 30;

/// Why an experiment can't run.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RunError {
    #[error(transparent)]
    Hyperparameters(#[from] HyperparameterError),
    #[error("0 hidden units learn nothing: choose at least 1")]
    NoHiddenUnits,
    #[error(
        "{hidden} hidden units on {inputs} inputs make more than {MAX_PARAMETERS} parameters: choose fewer hidden \
         units or smaller patches"
    )]
    TooLarge { hidden: usize, inputs: usize },
    #[error(
        "the initial weights are for {model_inputs} inputs and {model_hidden} hidden units, the run for {inputs} and \
         {hidden}: give the data and the number of hidden units that the model was trained with"
    )]
    InitialShape {
        model_inputs: usize,
        model_hidden: usize,
        inputs: usize,
        hidden: usize,
    },
    #[error(
        "the initial weights have a value that is not finite: give a model whose training did not diverge"
    )]
    InitialNotFinite,
    #[error("the data set is empty: a run needs at least one sample")]
    NoSamples,
    #[error(
        "{hidden} hidden units are more than can be compared with one another: choose at most 32,768"
    )]
    TooManyHidden { hidden: usize },
    #[error(
        "{samples} samples with {hidden} hidden units are more than this computer can address: choose fewer"
    )]
    TooManySamples { samples: usize, hidden: usize },
}

/// Parameters of a network; `None` where there is no such number.
pub(super) fn count(inputs: usize, hidden: usize) -> Option<usize> {
    let weights = inputs.checked_mul(hidden)?.checked_mul(2)?;
    weights.checked_add(inputs)?.checked_add(hidden)
}

/// Whether a run of `hidden` units on `samples` samples of `inputs` values fits this computer's addresses.
///
/// # Errors
/// None of one of them, or too many.
pub fn check<T>(samples: usize, inputs: usize, hidden: usize) -> Result<(), RunError> {
    if hidden == 0 {
        return Err(RunError::NoHiddenUnits);
    }
    if samples == 0 || inputs == 0 {
        return Err(RunError::NoSamples);
    }
    let addressable = |values: usize| {
        let bytes = values.checked_mul(size_of::<T>());
        bytes.is_some_and(|bytes| bytes <= isize::MAX as usize)
    };
    let parameters = inputs
        .checked_mul(hidden)
        .and_then(|weights| weights.checked_mul(2))
        .and_then(|weights| weights.checked_add(hidden)?.checked_add(inputs));
    if !parameters.is_some_and(|count| count <= MAX_PARAMETERS && addressable(count)) {
        return Err(RunError::TooLarge { hidden, inputs });
    }
    // every feature is compared with every other
    let pairs = hidden.checked_mul(hidden);
    if !pairs.is_some_and(|count| count <= MAX_PAIRS && addressable(count)) {
        return Err(RunError::TooManyHidden { hidden });
    }
    let activations = samples.checked_mul(inputs.max(hidden));
    if u32::try_from(samples).is_err() || !activations.is_some_and(addressable) {
        return Err(RunError::TooManySamples { samples, hidden });
    }
    Ok(())
}

/// `model`, where it has that shape and is finite.
pub(super) fn fitting<T: Real>(
    model: Parameters<T>,
    inputs: usize,
    hidden: usize,
) -> Result<Parameters<T>, RunError> {
    let (model_inputs, model_hidden) = (model.inputs(), model.hidden());
    if (model_inputs, model_hidden) != (inputs, hidden) {
        return Err(RunError::InitialShape {
            model_inputs,
            model_hidden,
            inputs,
            hidden,
        });
    }
    if !model.is_finite() {
        return Err(RunError::InitialNotFinite);
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_that_overflow_are_refused() {
        assert_eq!(check::<f32>(10, 64, 25), Ok(()));
        for (samples, inputs, hidden) in [
            (10, usize::MAX / 2, 3),
            (10, 1, usize::MAX),
            (10, usize::MAX, 1),
            (10, 1 << 14, 1 << 14),
        ] {
            assert_eq!(
                check::<f32>(samples, inputs, hidden),
                Err(RunError::TooLarge { hidden, inputs })
            );
        }
        assert_eq!(check::<f32>(10, 1, 32_768), Ok(()));
        assert_eq!(
            check::<f32>(10, 1, 32_769),
            Err(RunError::TooManyHidden { hidden: 32_769 })
        );
        for samples in [usize::MAX / 4, u32::MAX as usize + 1] {
            assert!(matches!(
                check::<f64>(samples, 64, 25),
                Err(RunError::TooManySamples { .. })
            ));
        }
        assert_eq!(check::<f32>(0, 3, 3), Err(RunError::NoSamples));
        assert_eq!(check::<f32>(3, 3, 0), Err(RunError::NoHiddenUnits));
    }
}
