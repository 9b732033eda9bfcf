//! One input on its way through the network: its activations, its reconstruction, its loss; and what the decoder makes
//! of activations set by hand. In f64, a product at a time: for looking, not for training.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip};
use thiserror::Error;

use super::{Architecture, HiddenActivation, OutputActivation, Parameters};
use crate::numerics::Real;

/// A vector or matrix that doesn't fit the model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{what}: {found} values, but the model takes {expected}; give as many as it was trained with"
)]
pub struct ShapeError {
    /// "the input", "the activations", …
    pub what: &'static str,
    pub expected: usize,
    pub found: usize,
}

impl ShapeError {
    pub(super) fn check(
        what: &'static str,
        expected: usize,
        found: usize,
    ) -> Result<(), ShapeError> {
        if expected == found {
            Ok(())
        } else {
            Err(Self {
                what,
                expected,
                found,
            })
        }
    }
}

/// One input's way through the network.
#[derive(Clone, Debug, PartialEq)]
pub struct LookThrough {
    /// a2 (h)
    pub activations: Vec<f64>,
    /// x̂ (n)
    pub reconstruction: Vec<f64>,
    /// ½‖x̂ − x‖², this input's share of the reconstruction loss before the division by m.
    pub loss: f64,
}

/// The way of `input` (n) through the network.
///
/// # Errors
/// `input` isn't n long.
pub fn look_through<T: Real>(
    architecture: &Architecture,
    parameters: &Parameters<T>,
    input: ArrayView1<'_, T>,
) -> Result<LookThrough, ShapeError> {
    ShapeError::check("the input", parameters.inputs(), input.len())?;
    let activations: Vec<f64> = parameters
        .encoder_weights()
        .outer_iter()
        .zip(parameters.encoder_bias())
        .map(|(weights, bias)| {
            let z = bias.f64()
                + weights
                    .iter()
                    .zip(&input)
                    .map(|(w, x)| w.f64() * x.f64())
                    .sum::<f64>();
            hidden_value(architecture.hidden_activation, z)
        })
        .collect();
    let reconstruction = decode(architecture, parameters, &activations)?;
    let squares = reconstruction
        .iter()
        .zip(&input)
        .map(|(output, x)| (output - x.f64()).powi(2))
        .sum::<f64>();
    Ok(LookThrough {
        activations,
        reconstruction,
        loss: 0.5 * squares,
    })
}

/// What the decoder makes of `activations` (h), whatever they are: x̂ (n).
///
/// # Errors
/// `activations` isn't h long.
pub fn decode<T: Real>(
    architecture: &Architecture,
    parameters: &Parameters<T>,
    activations: &[f64],
) -> Result<Vec<f64>, ShapeError> {
    ShapeError::check("the activations", parameters.hidden(), activations.len())?;
    Ok(parameters
        .decoder_weights()
        .outer_iter()
        .zip(parameters.decoder_bias())
        .map(|(weights, bias)| {
            let z = bias.f64()
                + weights
                    .iter()
                    .zip(activations)
                    .map(|(w, a)| w.f64() * a)
                    .sum::<f64>();
            output_value(architecture.output_activation, z)
        })
        .collect())
}

/// What a forward pass over many samples leaves.
pub(super) struct Pass {
    /// z2 (m, h)
    pub pre_activations: Array2<f64>,
    /// a2 (m, h)
    pub activations: Array2<f64>,
    /// z3 (m, n)
    pub output_pre_activations: Array2<f64>,
    /// x̂ (m, n)
    pub reconstructions: Array2<f64>,
}

/// z2, a2, z3 and x̂ of `samples` (m, n).
pub(super) fn pass(
    architecture: &Architecture,
    parameters: &Parameters<f64>,
    samples: ArrayView2<'_, f64>,
) -> Pass {
    let pre_activations =
        samples.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias();
    let hidden = architecture.hidden_activation;
    let activations = pre_activations.mapv(|z| hidden_value(hidden, z));
    let bias: Array1<f64> = parameters.decoder_bias().to_owned();
    let output_pre_activations = activations.dot(&parameters.decoder_weights().t()) + &bias;
    let output = architecture.output_activation;
    let mut reconstructions = Array2::zeros(output_pre_activations.dim());
    Zip::from(&mut reconstructions)
        .and(&output_pre_activations)
        .for_each(|to, z| *to = output_value(output, *z));
    Pass {
        pre_activations,
        activations,
        output_pre_activations,
        reconstructions,
    }
}

/// f(z)
pub(super) fn hidden_value(activation: HiddenActivation, z: f64) -> f64 {
    match activation {
        HiddenActivation::Sigmoid => sigmoid(z),
        HiddenActivation::Tanh => z.tanh(),
    }
}

/// g(z)
pub(super) fn output_value(activation: OutputActivation, z: f64) -> f64 {
    match activation {
        OutputActivation::Sigmoid => sigmoid(z),
        OutputActivation::Tanh => z.tanh(),
        OutputActivation::Linear => z,
    }
}

/// g′ where g has the value `output`.
pub(super) fn output_slope(activation: OutputActivation, output: f64) -> f64 {
    match activation {
        OutputActivation::Sigmoid => output * (1.0 - output),
        OutputActivation::Tanh => 1.0 - output * output,
        OutputActivation::Linear => 1.0,
    }
}

fn sigmoid(z: f64) -> f64 {
    // e^−|z| never overflows
    let tail = (-z.abs()).exp();
    (if z >= 0.0 { 1.0 } else { tail }) / (1.0 + tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cost, Objective, reference};
    use ndarray::{Array, Axis};

    fn architectures() -> impl Iterator<Item = Architecture> {
        HiddenActivation::ALL.into_iter().flat_map(|hidden| {
            OutputActivation::ALL.map(|output| Architecture {
                inputs: 7,
                hidden: 4,
                hidden_activation: hidden,
                output_activation: output,
            })
        })
    }

    #[test]
    fn one_input_goes_the_way_that_all_of_them_go() {
        for architecture in architectures() {
            let mut parameters = Parameters::<f64>::initial(7, 4, 3);
            parameters.encoder_bias_mut().fill(-0.3);
            parameters.decoder_bias_mut().fill(0.2);
            let samples = Array::from_shape_fn((5, 7), |(i, j)| 0.1 * ((3 * i + j) % 9) as f64);
            let forward = reference::forward(&architecture, &parameters, samples.view());
            let mut loss = 0.0;
            for (index, input) in samples.axis_iter(Axis(0)).enumerate() {
                let way = look_through(&architecture, &parameters, input).unwrap();
                let near = |values: &[f64], golden: ArrayView1<'_, f64>| {
                    values
                        .iter()
                        .zip(golden)
                        .all(|(a, b)| (a - b).abs() < 1e-14)
                };
                assert!(near(&way.activations, forward.activations.row(index)));
                assert!(near(
                    &way.reconstruction,
                    forward.reconstructions.row(index)
                ));
                let again = decode(&architecture, &parameters, &way.activations).unwrap();
                assert_eq!(again, way.reconstruction);
                loss += way.loss / 5.0;
            }
            let objective = Objective {
                sparsity_target: 0.1,
                sparsity_weight: 0.0,
                weight_decay: 0.0,
                gradient: crate::model::GradientForm::Exact,
            };
            let Cost {
                reconstruction_loss,
                ..
            } = reference::cost_and_gradient(
                &architecture,
                &parameters,
                samples.view(),
                &objective,
            )
            .cost;
            assert!((loss - reconstruction_loss).abs() < 1e-14);
        }
    }

    #[test]
    fn a_hand_set_activation_shows_its_decoder_column() {
        let architecture = Architecture {
            output_activation: OutputActivation::Linear,
            ..architectures().next().unwrap()
        };
        let mut parameters = Parameters::<f32>::initial(7, 4, 3);
        parameters.decoder_bias_mut().fill(0.25);
        let output = decode(&architecture, &parameters, &[0.0, 0.0, 2.0, 0.0]).unwrap();
        for (value, weight) in output.iter().zip(parameters.decoder_weights().column(2)) {
            assert!((value - (2.0 * f64::from(*weight) + 0.25)).abs() < 1e-15);
        }
    }

    #[test]
    fn another_size_is_refused_in_a_sentence() {
        let architecture = architectures().next().unwrap();
        let parameters = Parameters::<f64>::initial(7, 4, 3);
        let error = look_through(&architecture, &parameters, Array1::zeros(6).view()).unwrap_err();
        assert_eq!((error.expected, error.found), (7, 6));
        let error = decode(&architecture, &parameters, &[0.0; 5]).unwrap_err();
        assert!(
            error.to_string().starts_with("the activations: 5 values"),
            "{error}"
        );
    }
}
