use sae_lab::training::{Preset, Run, Experiment};
use sae_lab::data::{DataSpec, EmbeddedSet};
use sae_lab::model::*;
use std::sync::Arc;
fn main() {
    let post = Hyperparameters::default();
    let cases = [
      ("fashion b30", EmbeddedSet::Fashion, 64, Hyperparameters{sparsity_target:0.1, sparsity_weight:30.0, weight_decay:3e-3, ..post}, 100),
      ("fashion b100", EmbeddedSet::Fashion, 64, Hyperparameters{sparsity_target:0.1, sparsity_weight:100.0, weight_decay:3e-3, ..post}, 60),
      ("bars b300 a.5", EmbeddedSet::Bars, 25, Hyperparameters{sparsity_target:0.125, sparsity_weight:300.0, weight_decay:1e-3, learning_rate:0.5, ..post}, 100),
      ("bars b100 a.5", EmbeddedSet::Bars, 25, Hyperparameters{sparsity_target:0.05, sparsity_weight:100.0, learning_rate:0.5, ..post}, 100),
      ("digits b100 full mom", EmbeddedSet::Digits, 25, Hyperparameters{sparsity_weight:100.0, batch: BatchSize::Full, ..post}, 200),
      ("digits b100 b50", EmbeddedSet::Digits, 25, Hyperparameters{sparsity_weight:100.0,  ..post}, 100),
      ("digits b30 b50", EmbeddedSet::Digits, 25, Hyperparameters{sparsity_weight:30.0,  ..post}, 100),
      ("digits b300 b50", EmbeddedSet::Digits, 25, Hyperparameters{sparsity_weight:300.0,  ..post}, 100),
      ("fashion b30 full", EmbeddedSet::Fashion, 64, Hyperparameters{sparsity_target:0.1, sparsity_weight:30.0, weight_decay:3e-3, batch: BatchSize::Full, ..post}, 100),
    ];
    for (name, set, hidden, h, n) in cases {
        let e0 = Experiment { data: DataSpec::embedded(set), hidden, hyperparameters: h, ..Preset::Bars.experiment() };
        let data = Arc::new(sae_lab::data::load(&e0.data).unwrap());
        for seed in 0..2 {
            let e = Experiment { seed, ..e0.clone() };
            let mut run = Run::<f32>::new(e, data.clone(), None, 2).unwrap();
            let s = h.check().unwrap();
            print!("{name} seed {seed}: ");
            for ep in 1..=n { run.epoch(&s, 0.0, &|| true); if [1,3,10,30,60,100,200].contains(&ep) { let c = run.counts(); print!("{ep}: a{} c{} s{} sat{} J{:.2} fvu {:.2}| ", c.alive, c.constant, c.silent, c.saturated, run.state().cost.total(), run.fvu()); } }
            println!();
        }
    }
}
