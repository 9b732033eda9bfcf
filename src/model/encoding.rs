//! The code of samples: what the hidden layer makes of them, and nothing else.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::engine::hidden_curve;
use super::{Architecture, Parameters};
use crate::numerics::{AlignedBuffer, Curve, KernelPath, Kernels, Left, Real, Right, Rows, Start};

/// Samples that are encoded at a time: the caller is heard between two blocks.
const BLOCK: usize = 1 << 9;

/// What of the hidden layer is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The activations a2 = f(X W1ᵀ + b1)
    #[default]
    Hidden,
    /// The pre-activations z2 = X W1ᵀ + b1
    Pre,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Pre => "pre",
        }
    }
}

/// The encoder of a network, ready for its products. The same bits as [`super::Engine`] has, on the kernels that it uses.
pub struct Encoder<T: Real> {
    kernels: &'static Kernels<T>,
    curve: Curve,
    inputs: usize,
    hidden: usize,
    /// W1ᵀ (n, h) in panels.
    weights: AlignedBuffer<T>,
    /// b1 (h), padded with zeros.
    bias: AlignedBuffer<T>,
}

impl<T: Real> Encoder<T> {
    /// Of `parameters`, with the hidden activation of `architecture`.
    pub fn new(architecture: &Architecture, parameters: &Parameters<T>) -> Self {
        let kernels = T::kernels(KernelPath::best());
        let (inputs, hidden) = (parameters.inputs(), parameters.hidden());
        let mut weights = AlignedBuffer::new(kernels.packed_length(inputs, hidden));
        let encoder = &parameters.flat()[parameters.encoder_range()];
        kernels.pack_transposed(encoder, inputs, hidden, &mut weights);
        let mut bias = AlignedBuffer::new(kernels.padded(hidden));
        bias[..hidden].copy_from_slice(&parameters.flat()[parameters.encoder_bias_range()]);
        Self {
            kernels,
            curve: hidden_curve(architecture),
            inputs,
            hidden,
            weights,
            bias,
        }
    }

    /// How often [`Self::encode`] says `word` for that many samples.
    pub fn blocks(samples: usize) -> usize {
        samples.div_ceil(BLOCK)
    }

    /// a2 or z2 (m, h) of `samples` (m, n), each brought to the model's precision first. `word` is said after each block
    /// of samples.
    ///
    /// # Errors
    /// Those of `word`, which end it.
    ///
    /// # Panics
    /// Where the samples have another number of values than the network has inputs.
    pub fn encode<'a, S: Real, E>(
        &self,
        samples: impl Into<Rows<'a, S>>,
        layer: Layer,
        word: &mut dyn FnMut() -> Result<(), E>,
    ) -> Result<Array2<T>, E> {
        let samples = samples.into();
        assert_eq!(samples.ncols(), self.inputs, "samples of another length");
        let padded = self.kernels.padded(self.hidden);
        let mut code = Array2::from_elem((samples.nrows(), self.hidden), T::zero());
        let mut inputs: Vec<T> = Vec::with_capacity(BLOCK.min(samples.nrows()) * self.inputs);
        let mut values = AlignedBuffer::new(BLOCK * padded);
        let mut parts = code.axis_chunks_iter_mut(Axis(0), BLOCK);
        samples.try_blocks(BLOCK, |block| {
            let Some(mut to) = parts.next() else {
                return Ok(()); // never: there are as many
            };
            inputs.clear();
            inputs.extend(block.iter().map(|value| T::of(value.f64())));
            let values = &mut values[..block.nrows() * padded];
            self.kernels.multiply(
                (block.nrows(), padded, self.inputs),
                Left::plain(&inputs, self.inputs),
                Right::Panels(&self.weights),
                Start::Row(&self.bias),
                values,
                padded,
            );
            if layer == Layer::Hidden {
                self.kernels.activate(self.curve, values);
            }
            for (mut to, row) in to.rows_mut().into_iter().zip(values.chunks_exact(padded)) {
                to.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            }
            word()
        })?;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::model::{Engine, HiddenActivation, OutputActivation, reference};

    fn always() -> Result<(), Infallible> {
        Ok(())
    }

    #[test]
    fn it_is_what_the_whole_network_has_on_its_way() {
        for hidden_activation in HiddenActivation::ALL {
            let architecture = Architecture {
                inputs: 13,
                hidden: 37,
                hidden_activation,
                output_activation: OutputActivation::Linear,
            };
            let mut parameters = Parameters::<f64>::initial(13, 37, 5);
            parameters
                .encoder_bias_mut()
                .iter_mut()
                .enumerate()
                .for_each(|(unit, bias)| *bias = unit as f64 / 9.0 - 2.0);
            // more than two blocks, the last one not whole
            let samples = Array2::from_shape_fn((2 * BLOCK + 3, 13), |(row, column)| {
                ((row * 31 + column * 17) % 101) as f64 / 25.0 - 2.0
            });
            let encoder = Encoder::new(&architecture, &parameters);
            let hidden = encoder.encode(samples.view(), Layer::Hidden, &mut always);
            let pre = encoder.encode(samples.view(), Layer::Pre, &mut always);
            let (Ok(hidden), Ok(pre)) = (hidden, pre);
            let plain = reference::forward(&architecture, &parameters, samples.view());
            let near = |one: &Array2<f64>, other: &Array2<f64>| {
                let mut pairs = one.iter().zip(other);
                one.dim() == other.dim() && pairs.all(|(a, b)| (a - b).abs() < 1e-13)
            };
            assert!(near(&hidden, &plain.activations));
            assert!(near(&pre, &plain.pre_activations));
            let mut engine = Engine::new(architecture, 2);
            let (exact, _) = engine.reconstruct(&parameters, samples.view());
            assert_eq!(exact, hidden, "to the bit");
        }
    }

    #[test]
    fn it_can_be_ended_between_blocks() {
        let architecture = Architecture {
            inputs: 2,
            hidden: 3,
            hidden_activation: HiddenActivation::Sigmoid,
            output_activation: OutputActivation::Sigmoid,
        };
        let parameters = Parameters::<f32>::initial(2, 3, 1);
        let samples = Array2::<f32>::zeros((5 * BLOCK, 2));
        let mut heard = 0;
        let ended = Encoder::new(&architecture, &parameters).encode(
            samples.view(),
            Layer::Hidden,
            &mut || {
                heard += 1;
                if heard < 2 { Ok(()) } else { Err("enough") }
            },
        );
        assert_eq!((ended, heard), (Err("enough"), 2));
    }
}
