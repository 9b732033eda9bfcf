//! Reads the golden fixtures and lists the implementations that are held against them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that can't be read is a failed test"
)]
#![allow(dead_code, reason = "each test uses its share of it")]

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;
use sae_lab::model::{
    Architecture, Engine, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
    reference,
};
use sae_lab::numerics::{KernelPath, Real, WorkerPool};

pub const FIXTURES: [&str; 8] = [
    "p1_ufldl_digits_sig_sig_64x25",
    "p2_tanh_tanh_12x7",
    "p3_big_beta50_sig_sig_9x13",
    "p4_tiny_rho1e-4_sig_sig_16x6",
    "p5_lambda0_tanh_sig_10x4",
    "p6_beta0_sig_tanh_8x17",
    "p7_saturated_sig_sig_20x5",
    "p8_single_sample_sig_lin_6x3",
];

/// The arrays of one `.npz`, all f64, by name.
pub struct Fixture {
    pub name: &'static str,
    arrays: HashMap<String, (Vec<u64>, Vec<f64>)>,
}

impl Fixture {
    pub fn read(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(format!("{name}.npz"));
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut arrays = HashMap::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let key = entry.name().unwrap().trim_end_matches(".npy").to_owned();
            let npy = npyz::NpyFile::new(&bytes[..]).unwrap();
            let shape = npy.shape().to_vec();
            let values = match npy.into_vec::<f64>() {
                Ok(values) => values,
                Err(_) => {
                    let npy = npyz::NpyFile::new(&bytes[..]).unwrap();
                    npy.into_vec::<i64>()
                        .unwrap()
                        .into_iter()
                        .map(|value| value as f64)
                        .collect()
                }
            };
            arrays.insert(key, (shape, values));
        }
        Self { name, arrays }
    }

    pub fn all() -> impl Iterator<Item = Self> {
        FIXTURES.into_iter().map(Self::read)
    }

    pub fn array(&self, key: &str) -> &[f64] {
        &self
            .arrays
            .get(key)
            .unwrap_or_else(|| panic!("{}: no {key}", self.name))
            .1
    }

    pub fn scalar(&self, key: &str) -> f64 {
        self.array(key)[0]
    }

    pub fn samples<T: Real>(&self) -> Array2<T> {
        let (shape, values) = &self.arrays["X"];
        let values = values.iter().map(|value| T::of(*value)).collect();
        Array2::from_shape_vec((shape[0] as usize, shape[1] as usize), values).unwrap()
    }

    pub fn architecture(&self) -> Architecture {
        let hidden_activation = match self.scalar("hidden") as u8 {
            0 => HiddenActivation::Sigmoid,
            _ => HiddenActivation::Tanh,
        };
        let output_activation = match self.scalar("output") as u8 {
            0 => OutputActivation::Sigmoid,
            1 => OutputActivation::Tanh,
            _ => OutputActivation::Linear,
        };
        let (hidden, inputs) = (self.array("b1").len(), self.array("b2").len());
        Architecture {
            inputs,
            hidden,
            hidden_activation,
            output_activation,
        }
    }

    pub fn objective(&self, gradient: GradientForm) -> Objective {
        Objective {
            sparsity_target: self.scalar("rho"),
            sparsity_weight: self.scalar("beta"),
            weight_decay: self.scalar("lam"),
            gradient,
        }
    }

    /// The four blocks `keys` as one flat vector.
    pub fn parameters<T: Real>(&self, keys: [&str; 4]) -> Parameters<T> {
        let flat = keys
            .iter()
            .flat_map(|key| self.array(key))
            .map(|value| T::of(*value))
            .collect();
        let architecture = self.architecture();
        Parameters::from_flat(flat, architecture.inputs, architecture.hidden).unwrap()
    }

    pub fn initial<T: Real>(&self) -> Parameters<T> {
        self.parameters(["W1", "b1", "W2", "b2"])
    }
}

/// Something that computes J, ∇J and ρ̂.
pub type Evaluate<T> = Box<
    dyn FnMut(&Parameters<T>, ndarray::ArrayView2<'_, T>, &Objective) -> reference::Evaluation<T>,
>;

/// Every implementation there is on this machine, by name.
pub fn implementations<T: Real>(architecture: Architecture) -> Vec<(String, Evaluate<T>)> {
    let mut all: Vec<(String, Evaluate<T>)> = vec![(
        "reference".to_owned(),
        Box::new(move |parameters, samples, objective| {
            reference::cost_and_gradient(&architecture, parameters, samples, objective)
        }),
    )];
    for (name, mut engine) in engines::<T>(architecture) {
        let mut gradient = Parameters::zeros(architecture.inputs, architecture.hidden);
        all.push((
            name,
            Box::new(move |parameters, samples, objective| {
                let cost = engine.cost_and_gradient(parameters, samples, objective, &mut gradient);
                reference::Evaluation {
                    cost,
                    gradient: gradient.clone(),
                    mean_activations: engine.mean_activations().to_vec(),
                }
            }),
        ));
    }
    all
}

/// The engine on every kernel path of this machine, on one and on two threads.
pub fn engines<T: Real>(architecture: Architecture) -> Vec<(String, Engine<T>)> {
    let mut all = Vec::new();
    for path in KernelPath::available() {
        for threads in [1, 2] {
            let pool = Arc::new(WorkerPool::new(threads));
            all.push((
                format!("{path} ×{threads}"),
                Engine::with_path(architecture, pool, *path),
            ));
        }
    }
    all
}

/// max |a − b| / max |b|; 0 where both are all zero.
pub fn relative_difference<T: Real>(values: &[T], golden: &[f64]) -> f64 {
    assert_eq!(values.len(), golden.len());
    let top = golden
        .iter()
        .fold(0.0f64, |top, value| top.max(value.abs()));
    let difference = values
        .iter()
        .zip(golden)
        .fold(0.0f64, |worst, (value, golden)| {
            let difference = (value.f64() - golden).abs();
            if difference.is_nan() {
                f64::INFINITY
            } else {
                worst.max(difference)
            }
        });
    if difference == 0.0 {
        0.0
    } else {
        difference / top
    }
}

/// ‖a − b‖ / ‖b‖; 0 where both vanish.
pub fn norm_relative<T: Real>(values: &[T], golden: &[f64]) -> f64 {
    assert_eq!(values.len(), golden.len());
    let norm = golden.iter().map(|value| value * value).sum::<f64>().sqrt();
    let difference = values
        .iter()
        .zip(golden)
        .map(|(v, g)| (v.f64() - g).powi(2))
        .sum::<f64>()
        .sqrt();
    if difference == 0.0 {
        0.0
    } else {
        difference / norm
    }
}
