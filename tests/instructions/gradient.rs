//! `instructions PATH N H M STEPS`: so many gradients of an n-h-n net over m samples on one kernel path and one thread, for
//! `tests/instructions/run` to count what they take.
#![allow(clippy::unwrap_used, reason = "a word that is wrong may fail")]

use std::sync::Arc;

use ndarray::Array2;
use sae_lab::model::{
    Architecture, Engine, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
};
use sae_lab::numerics::{KernelPath, WorkerPool};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let path: KernelPath = words[0].parse().unwrap();
    assert!(KernelPath::available().contains(&path), "no such path here");
    let [inputs, hidden, samples, steps] =
        [1, 2, 3, 4].map(|word| words[word].parse::<usize>().unwrap());
    let architecture = Architecture {
        inputs,
        hidden,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let objective = Objective {
        sparsity_target: 0.05,
        sparsity_weight: 3.0,
        weight_decay: 1e-4,
        gradient: GradientForm::Exact,
    };
    let value =
        |(i, j): (usize, usize)| 0.1 + 0.8 * ((i * 37 + j * 11 + i * j) % 251) as f32 / 250.0;
    let x = Array2::from_shape_fn((samples, inputs), value);
    let parameters = Parameters::<f32>::initial(inputs, hidden, 1);
    let mut gradient = Parameters::zeros(inputs, hidden);
    let mut engine = Engine::with_path(architecture, Arc::new(WorkerPool::new(1)), path);
    let mut total = 0.0;
    for _ in 0..steps {
        let cost = engine.cost_and_gradient(&parameters, x.view(), &objective, &mut gradient);
        total += cost.total();
    }
    assert!(total.is_finite());
}
