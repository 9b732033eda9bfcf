//! Settings that change while a run goes on.

use sae_lab::model::{Hyperparameters, OptimizerKind, UnitStatistics};
use sae_lab::training::record::{Change, Gesture};
use sae_lab::training::trainer::{Activity, Ask, Event};
use sae_lab::training::{Setting, Value};

use crate::lab::{Lab, data, experiment, on_every_host};

#[test]
fn a_changed_slider_acts_on_the_next_epoch_and_leaves_a_marker() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.steps(1, 1);
        lab.until_paused_at(1, 1);
        let weights = lab.snapshot(1).parameters.clone();
        lab.set(1, Setting::LearningRate, 0.7);
        lab.set(1, Setting::LearningRate, 1e-30);
        lab.set(1, Setting::Momentum, 0.0);
        lab.set_value(
            1,
            Setting::Optimizer,
            Value::Optimizer(OptimizerKind::Descent),
        );
        lab.steps(1, 1);
        lab.until_paused_at(1, 2);
        let snapshot = lab.snapshot(1);
        assert_eq!(
            snapshot.parameters, weights,
            "α 1e-30 moves nothing: it was in force for this very epoch"
        );
        assert_eq!(snapshot.hyperparameters.learning_rate, 1e-30);
        let markers: Vec<_> = snapshot
            .history
            .markers()
            .map(|marker| (marker.epoch, marker.to_string()))
            .collect();
        assert!(
            markers.contains(&(2, "α 0.1 → 1e-30".to_owned())),
            "{markers:?}"
        );
        assert_eq!(snapshot.history.edits().edits().len(), 3);
    });
}

#[test]
fn a_setting_dragged_back_before_the_epoch_leaves_no_trace() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.set(1, Setting::WeightDecay, 0.1);
        lab.set(1, Setting::WeightDecay, 1e-4);
        lab.steps(1, 1);
        lab.until_paused_at(1, 1);
        assert!(lab.snapshot(1).history.edits().is_empty());
    });
}

#[test]
fn a_drag_is_one_marker_that_shows_where_it_went() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        let drag = |lab: &mut Lab, value: f64, epoch: u64| {
            lab.ask(
                1,
                Ask::Set(Change {
                    setting: Setting::WeightDecay,
                    value: Value::Number(value),
                    gesture: Gesture(7),
                }),
            );
            lab.ask(1, Ask::Step);
            lab.until_paused_at(1, epoch);
        };
        for (epoch, value) in (1..).zip([1e-3, 3e-3, 6e-3, 2e-3, 1e-4]) {
            drag(lab, value, epoch);
        }
        let markers: Vec<String> = lab
            .snapshot(1)
            .history
            .markers()
            .map(|marker| marker.to_string())
            .collect();
        assert_eq!(markers, ["λ 1e-4 → 6e-3 → 1e-4"]);
    });
}

#[test]
fn a_setting_changed_before_a_new_run_starts_is_that_runs() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.ask(1, Ask::Play);
        lab.until_epoch(1, 3);
        lab.open(2, experiment(), &data());
        lab.set(2, Setting::SparsityTarget, 0.2); // the trainer has not even heard of run 2
        lab.steps(2, 1);
        lab.until_paused_at(2, 1);
        assert_eq!(lab.snapshot(2).hyperparameters.sparsity_target, 0.2);
        let epoch = lab.snapshot(1).epoch;
        lab.until_epoch(1, epoch + 1);
        assert_eq!(lab.snapshot(1).hyperparameters.sparsity_target, 0.05);
        assert!(lab.snapshot(1).history.edits().is_empty());
    });
}

#[test]
fn a_change_out_of_range_is_refused_and_nothing_changes() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.set(1, Setting::SparsityTarget, 1.5);
        lab.set_value(1, Setting::Batch, Value::Number(3.0));
        lab.until("two refusals", |lab| lab.events.len() == 2);
        lab.steps(1, 1);
        lab.until_paused_at(1, 1);
        assert_eq!(*lab.snapshot(1).hyperparameters, Hyperparameters::default());
    });
}

#[test]
fn divergence_stops_restores_and_names_the_setting() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.ask(1, Ask::Play);
        lab.until_epoch(1, 10);
        lab.set(1, Setting::WeightDecay, 1e6);
        lab.until("divergence", |lab| {
            lab.event(1, |event| matches!(event, Event::Diverged { .. }))
                .is_some()
                && lab.has(1, |s| s.activity == Activity::Diverged)
        });
        let Some(Event::Diverged { cause, .. }) =
            lab.event(1, |event| matches!(event, Event::Diverged { .. }))
        else {
            unreachable!()
        };
        assert!(cause.contains("λ 1e-4 → 1e6"), "{cause}");
        let snapshot = lab.snapshot(1);
        assert!(snapshot.parameters.is_finite() && snapshot.cost.is_finite());
        // and it goes on once the setting is taken back
        let epoch = snapshot.epoch;
        assert!(epoch >= 10);
        lab.set(1, Setting::WeightDecay, 1e-4);
        lab.steps(1, 1);
        lab.until_paused_at(1, epoch + 1);
    });
}

#[test]
fn every_optimiser_can_be_switched_to_without_losing_the_weights() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.set(1, Setting::LearningRate, 1e-3);
        lab.steps(1, 20);
        lab.until_paused_at(1, 20);
        let kinds = [
            OptimizerKind::Lbfgs,
            OptimizerKind::Adam,
            OptimizerKind::Momentum,
            OptimizerKind::Descent,
        ];
        for (epoch, optimizer) in (21..).zip(kinds) {
            let before = lab.snapshot(1).cost.total();
            lab.set_value(1, Setting::Optimizer, Value::Optimizer(optimizer));
            lab.steps(1, 1);
            lab.until_paused_at(1, epoch);
            let (name, after) = (optimizer.name(), lab.snapshot(1).cost.total());
            assert!(
                after < before + 0.01,
                "{name}: {before} → {after}: begun anew?"
            );
            assert_eq!(lab.snapshot(1).hyperparameters.optimizer, optimizer);
        }
        let markers = lab.snapshot(1).history.markers();
        let switches = markers.filter(|marker| marker.setting == Setting::Optimizer);
        assert_eq!(switches.count(), 4);
    });
}

#[test]
fn an_iteration_of_l_bfgs_is_an_epoch_and_a_moved_slider_does_not_stop_it() {
    let mut start = experiment();
    start.hyperparameters.optimizer = OptimizerKind::Lbfgs;
    on_every_host(|lab| {
        lab.open(1, start.clone(), &data());
        lab.steps(1, 15);
        lab.until_paused_at(1, 15);
        let costs: Vec<f64> = lab
            .snapshot(1)
            .history
            .records()
            .map(|record| record.cost.total())
            .collect();
        assert_eq!(costs.len(), 16);
        assert!(costs.windows(2).all(|pair| pair[1] <= pair[0]), "{costs:?}");
        assert!(costs[15] < 0.5 * costs[0], "{costs:?}");
        lab.set(1, Setting::SparsityTarget, 0.3);
        lab.steps(1, 15);
        lab.until_paused_at(1, 30);
        let marker = lab.snapshot(1).history.markers().next_back().unwrap();
        assert_eq!(
            (marker.epoch, marker.to_string()),
            (16, "ρ 0.05 → 0.3".into())
        );
        let mean = |units: &[UnitStatistics]| {
            units.iter().map(|unit| unit.mean_activation).sum::<f64>() / units.len() as f64
        };
        assert!(
            (mean(&lab.snapshot(1).units) - 0.3).abs() < 0.05,
            "it follows the new target"
        );
    });
}
