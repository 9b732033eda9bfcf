//! The optimisers on the model itself.

mod support;

use sae_lab::model::{Cost, Engine, GradientForm, OptimizerKind, Parameters};
use sae_lab::optim::{Optimizer, Rate};
use support::Fixture;

/// J after `steps` updates from the fixture's weights, and where that is.
fn train(
    fixture: &Fixture,
    kind: OptimizerKind,
    learning_rate: f64,
    steps: usize,
) -> (Cost, Parameters<f64>) {
    let samples = fixture.samples::<f64>();
    let objective = fixture.objective(GradientForm::Exact);
    let mut engine = Engine::new(fixture.architecture(), 1);
    let mut parameters = fixture.initial::<f64>();
    let mut gradient = parameters.clone();
    let mut optimizer = Optimizer::new(kind, parameters.flat().len());
    assert_eq!(optimizer.kind(), kind);
    for _ in 0..steps {
        match optimizer.lbfgs() {
            Some(lbfgs) => {
                lbfgs.step(parameters.flat_mut(), |at, gradient| {
                    engine
                        .cost_and_gradient_flat(at, samples.view(), &objective, gradient)
                        .total()
                });
            }
            None => {
                engine.cost_and_gradient(&parameters, samples.view(), &objective, &mut gradient);
                optimizer.update(
                    parameters.flat_mut(),
                    gradient.flat(),
                    Rate {
                        learning_rate,
                        momentum: 0.9,
                    },
                );
            }
        }
    }
    (
        engine.cost(&parameters, samples.view(), &objective),
        parameters,
    )
}

#[test]
fn forty_iterations_of_lbfgs_beat_four_hundred_of_descent() {
    for fixture in Fixture::all() {
        let (lbfgs, _) = train(&fixture, OptimizerKind::Lbfgs, 0.0, 40);
        let (descent, _) = train(&fixture, OptimizerKind::Descent, 0.1, 400);
        assert!(
            lbfgs.total() < descent.total(),
            "{}: {lbfgs:?} {descent:?}",
            fixture.name
        );
    }
}

#[test]
fn every_optimiser_descends_and_repeats_itself_exactly() {
    let fixture = Fixture::read("p1_ufldl_digits_sig_sig_64x25");
    let start = fixture.scalar("J");
    for kind in OptimizerKind::ALL {
        let rate = if kind == OptimizerKind::Adam {
            0.01
        } else {
            0.05
        };
        let (cost, parameters) = train(&fixture, kind, rate, 60);
        assert!(cost.total() < 0.2 * start, "{kind:?}: {cost:?}");
        let (again, same) = train(&fixture, kind, rate, 60);
        assert_eq!((cost, parameters), (again, same), "{kind:?}");
    }
}
