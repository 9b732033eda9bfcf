use sae_lab::model::features::orientation_selectivity;
use sae_lab::training::{Preset, Run};
use std::sync::Arc;
fn main() {
    let a: Vec<f64> = std::env::args().skip(1).map(|x| x.parse().unwrap()).collect();
    let mut e = Preset::Edges.experiment();
    e.data.seed = a[0] as u64;
    e.data.patches = a[1] as usize;
    e.hyperparameters.sparsity_target = a[2];
    e.hyperparameters.learning_rate = a[3];
    e.hyperparameters.weight_decay = a[4];
    let data = Arc::new(sae_lab::data::load(&e.data).unwrap());
    print!("{a:?}: ");
    for seed in 0..3 {
        e.seed = seed;
        let mut run = Run::<f32>::new(e.clone(), data.clone(), None, 1).unwrap();
        let s = e.hyperparameters.check().unwrap();
        for epoch in 1..=a[5] as u64 {
            run.epoch(&s, 0.0, &|| true);
            if [30, 60,100,150, 200,300,600,1000,1500,2000].contains(&epoch) {
                let mut sel = orientation_selectivity(run.parameters().encoder_weights(), 8).unwrap();
                sel.sort_by(f64::total_cmp);
                print!("{epoch}: {:.3}/{:.2} ", sel[24], run.fvu());
            }
        }
        print!(" | ");
    }
    println!();
}
