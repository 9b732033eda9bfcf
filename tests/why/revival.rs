//! Revived units live, where they can; a revival is marked, resets what it says, and is replayable.

use sae_lab::model::{OptimizerKind, Parameters, UnitState};
use sae_lab::training::trainer::Ask;
use sae_lab::training::{Preset, Run};

use super::watched::Watched;

use super::{advance, advance_with, begin, photos_49, settings};

/// Photographs with λ raised until most are dead, then lowered again: some 40 constant units at settings they can live at.
fn killed(optimizer: OptimizerKind) -> Run<f32> {
    let mut run = photos_49();
    advance(&mut run, 60);
    assert_eq!(run.counts().dead(), 0);
    let raised = settings(&run, |h| h.weight_decay = 4e-4);
    advance_with(&mut run, &raised, 60);
    assert!(run.counts().dead() >= 30, "{:?}", run.counts());
    let back = settings(&run, |h| {
        h.weight_decay = 1e-4;
        h.optimizer = optimizer;
        if optimizer == OptimizerKind::Adam {
            h.learning_rate = 1e-2;
        }
    });
    advance_with(&mut run, &back, 1);
    run
}

#[test]
fn revived_units_are_alive_some_epochs_later() {
    for optimizer in [
        OptimizerKind::Momentum,
        OptimizerKind::Adam,
        OptimizerKind::Lbfgs,
    ] {
        let mut left = killed(optimizer);
        let mut run = killed(optimizer);
        assert_eq!(left.parameters(), run.parameters());
        let dead = run.dead_units();
        let (epoch, loss) = (run.state().epoch, run.fvu());
        let revived = run.revive(&dead);
        assert_eq!(revived, dead, "{optimizer:?}");
        for unit in &dead {
            let rho_hat = run.state().units[*unit].mean_activation;
            assert!((0.01..0.04).contains(&rho_hat), "{unit}: ρ̂ {rho_hat}");
        }
        let revival = run.state().history.revivals().next_back().unwrap();
        assert_eq!((revival.epoch, &revival.units), (epoch, &dead));
        for unit in &dead {
            let life = run.state().history.lives().life(*unit).unwrap();
            let last = life.changes().last().unwrap();
            assert!(last.revived && last.epoch == epoch && last.from.is_dead());
        }
        assert!(run.fvu() < loss + 0.3, "{} after {loss}", run.fvu());
        advance(&mut run, 10);
        advance(&mut left, 10);
        println!(
            "{optimizer:?}: {:?} against {:?}",
            run.counts(),
            left.counts()
        );
        let counts = (run.counts(), left.counts());
        assert!(counts.0.dead() <= 2, "{optimizer:?}: {counts:?}");
        if optimizer != OptimizerKind::Adam {
            // Adam wakes them by itself
            assert!(run.counts().alive > left.counts().alive + 10, "{counts:?}");
            assert!(run.fvu() < left.fvu());
        }
    }
}

#[test]
fn the_living_are_left_alone_and_the_same_revival_is_the_same_run() {
    let replay = || {
        let mut run = killed(OptimizerKind::Momentum);
        let dead = run.dead_units();
        let alive = (0..49).find(|unit| run.state().units[*unit].state == UnitState::Alive);
        let before = run.parameters().clone();
        // out of order, twice, one alive, one that isn't there
        let mut asked = vec![dead[3], dead[0], dead[3], 4_000];
        asked.extend(alive);
        assert_eq!(run.revive(&asked), [dead[0], dead[3]]);
        let kept = |unit: usize| {
            let row = |p: &Parameters<f32>| p.encoder_weights().row(unit).to_owned();
            row(&before) == row(run.parameters())
        };
        assert!(!kept(dead[0]) && !kept(dead[3]) && kept(dead[1]) && kept(alive.unwrap()));
        assert!(run.revive(&[]).is_empty());
        assert_eq!(run.state().history.revivals().count(), 1);
        advance(&mut run, 5);
        run.parameters().clone()
    };
    assert_eq!(replay(), replay());
}

#[test]
fn a_run_with_nothing_to_learn_from_revives_nothing() {
    let mut run = begin::<f64>(Preset::Bars.experiment(), None);
    advance(&mut run, 150);
    assert!(run.dead_units().is_empty());
    assert!(run.revive(&[0, 1, 2]).is_empty());
    assert_eq!(run.state().history.revivals().count(), 0);
}

#[test]
fn the_trainer_revives_between_two_epochs() {
    let experiment = Preset::TooSparse.experiment();
    let data = super::embedded(sae_lab::data::EmbeddedSet::Bars);
    let mut run = Watched::open(experiment, data);
    run.ask(Ask::Play);
    run.until(|snapshot| {
        snapshot.epoch > 50 && snapshot.units.iter().all(|unit| unit.state.is_dead())
    });
    run.ask(Ask::Pause);
    run.ask(Ask::Revive(vec![3, 4, 99]));
    let snapshot = run.until(|snapshot| snapshot.history.revivals().next().is_some());
    let revival = snapshot.history.revivals().next().unwrap();
    assert_eq!(
        (revival.epoch, &revival.units),
        (snapshot.epoch, &vec![3, 4])
    );
    let features = snapshot.parameters.encoder_weights();
    let cosine = |a: usize, b: usize| {
        let (a, b) = (features.row(a), features.row(b));
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    };
    assert!(cosine(5, 6) > 0.99, "the dead are all alike");
    assert!(cosine(3, 5).abs() < 0.9 && cosine(3, 4).abs() < 0.9);
}
