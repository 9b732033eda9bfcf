//! Data against data: trained features match across data sets as far as the baselines say, and no further.

use sae_lab::data::{DataSpec, EmbeddedSet, load};
use sae_lab::model::matching::{FeatureGrid, Verdict, compare};
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind};
use sae_lab::training::{Experiment, Run};
use std::sync::Arc;

use super::advance;

fn features(set: EmbeddedSet, seed: u64) -> ndarray::Array2<f32> {
    let data = DataSpec {
        patches: 5_000,
        seed,
        ..DataSpec::embedded(set)
    };
    let experiment = Experiment {
        data: data.clone(),
        hidden: 25,
        seed,
        hyperparameters: Hyperparameters {
            sparsity_target: 0.01,
            optimizer: OptimizerKind::Lbfgs,
            batch: BatchSize::Full,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    let pool = Arc::new(sae_lab::numerics::WorkerPool::new(2));
    let mut run = Run::<f32>::new(experiment, Arc::new(load(&data).unwrap()), None, pool).unwrap();
    advance(&mut run, 200);
    run.parameters().encoder_weights().to_owned()
}

/// The claim holds of patches of images, and not of whole digits or bars.
#[test]
fn photographs_and_leaves_share_detectors_and_digits_and_bars_do_not() {
    let (photos, again) = (
        features(EmbeddedSet::Photos, 1),
        features(EmbeddedSet::Photos, 2),
    );
    let grid = FeatureGrid::picture(8, 8);
    let mut found = Vec::new();
    for (set, verdict) in [
        (EmbeddedSet::Photos, Verdict::Alike),
        (EmbeddedSet::Leaves, Verdict::Alike),
        (EmbeddedSet::Digits, Verdict::NotAlike),
        (EmbeddedSet::Bars, Verdict::NotAlike),
    ] {
        let other = match set {
            EmbeddedSet::Photos => again.clone(),
            _ => features(set, 1),
        };
        let comparison = compare(photos.view(), other.view(), Some(again.view()), grid, 1).unwrap();
        println!(
            "{}: {} ± {:.3}",
            set.title(),
            comparison.sentence(),
            comparison.scrambled.standard_deviation
        );
        found.push((comparison, verdict, set));
    }
    for (comparison, verdict, set) in &found {
        assert_eq!(
            comparison.verdict,
            *verdict,
            "{set:?}: {}",
            comparison.sentence()
        );
    }
    let similarity = |index: usize| found[index].0.matching.similarity;
    // another seed and other patches of the same photographs are the ceiling
    assert!(similarity(0) > 0.65, "{}", similarity(0));
    assert!(similarity(0) > similarity(1) && similarity(1) > similarity(2) + 0.05);
    assert!((0.4..0.7).contains(&found[0].0.scrambled.similarity));
}
