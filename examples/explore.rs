use sae_lab::model::features::{bars_found, orientation_selectivity};
use sae_lab::training::{Preset, Run};
use std::sync::Arc;
fn main() {
    let which: Vec<String> = std::env::args().skip(1).collect();
    for preset in Preset::ALL {
        if !which.is_empty() && !which.iter().any(|w| preset.title().contains(w.as_str())) { continue; }
        let mut e = preset.experiment();
        let t = std::time::Instant::now();
        let data = Arc::new(sae_lab::data::load(&e.data).unwrap());
        println!("{} {} {:?} {:?} load {:?}", preset.title(), data.name, data.samples.dim(), data.range, t.elapsed());
        for seed in 0..3 {
            e.seed = seed;
            let mut run = Run::<f32>::new(e.clone(), data.clone(), None, 2).unwrap();
            let s = e.hyperparameters.check().unwrap();
            let t = std::time::Instant::now();
            for epoch in 1..=300u64 {
                let end = run.epoch(&s, 0.0, &|| true);
                if !matches!(end, sae_lab::training::EpochEnd::Finished{..}) { println!("{end:?}"); break; }
                if [1,10,30, 60,100,150, 200,300].contains(&epoch) {
                    let w = run.parameters().encoder_weights();
                    let side = (data.inputs() as f64).sqrt() as usize;
                    let mut sel = orientation_selectivity(w, side).unwrap_or(vec![0.]);
                    sel.sort_by(f64::total_cmp);
                    let c = run.counts();
                    println!("  seed {seed} ep {epoch} {:.2}s J {:.4} fvu {:.3} alive {} const {} silent {} sat {} dup {} sel {:.3} bars {:?}", t.elapsed().as_secs_f64(), run.state().cost.total(), run.fvu(), c.alive, c.constant, c.silent, c.saturated, c.duplicate, sel[sel.len()/2], bars_found(w, side));
                }
            }
        }
    }
}
