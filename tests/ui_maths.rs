//! The page of formulas by its accessible names: each term says its value, the check tells right from wrong.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::data::{DataSpec, EmbeddedSet};
use sae_lab::lab::Page;
use sae_lab::lab::preferences::Preferences;
use sae_lab::model::GradientForm;
use sae_lab::training::{Experiment, Setting};
use sae_lab::ui::curve_cache::Term;
use sae_lab::ui::highlight::{self, Highlight};
use sae_lab::ui::numbers;
use ui_support::{scripted, wait};

type Window = Harness<'static, LabApp>;

/// The digits on the real trainer, with the gradient in this form; paused.
fn digits(form: GradientForm) -> Window {
    let mut experiment = Experiment {
        data: DataSpec::embedded(EmbeddedSet::Digits),
        ..Experiment::default()
    };
    experiment.hyperparameters.gradient = form;
    // printed, the run would not be finite for long
    experiment.hyperparameters.learning_rate = 1e-3;
    let mut harness = ui_support::real([1280.0, 720.0], experiment);
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref();
        snapshot.is_some_and(|snapshot| snapshot.epoch >= 2)
    });
    harness.key_press(Key::Space);
    harness.step();
    harness
}

#[test]
fn each_term_says_its_value() {
    let (mut harness, _) = scripted(Preferences::default(), [1280.0, 720.0], false);
    harness.key_press(Key::F3);
    harness.run_steps(3);
    assert_eq!(harness.state().view().shared.page, Page::Mathematics);
    let cost = harness.state().view().run.snapshot.as_ref().unwrap().cost;
    for (name, value) in [
        ("The cost J", cost.total()),
        (
            "Reconstruction: half the mean squared distance between output and input",
            cost.reconstruction_loss,
        ),
        (
            "Weight decay, over both layers; biases are left out",
            cost.decay_penalty,
        ),
        (
            "Sparsity: how far each unit's mean activation is from the target",
            cost.sparsity_penalty,
        ),
    ] {
        let label = format!("{name}: {}", numbers::cost(value));
        assert!(harness.query_by_label(&label).is_some(), "{label}");
    }
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().view().shared.page, Page::Lab);
}

#[test]
fn a_slider_lights_its_terms_and_a_term_its_curve() {
    let (mut harness, _) = scripted(Preferences::default(), [1280.0, 720.0], false);
    harness.key_press(Key::F3);
    harness.run_steps(2);
    let at = harness
        .get_by_role_and_label(Role::Slider, "λ weight decay")
        .rect()
        .center();
    harness.hover_at(at);
    harness.run_steps(3);
    let pointed = highlight::pointed(&harness.ctx).unwrap();
    assert_eq!(pointed, Highlight::Setting(Setting::WeightDecay));
    assert!(pointed.lights(Term::Decay) && !pointed.lights(Term::Sparsity));
    let cost = harness.state().view().run.snapshot.as_ref().unwrap().cost;
    let label = format!(
        "Sparsity: how far each unit's mean activation is from the target: {}",
        numbers::cost(cost.sparsity_penalty)
    );
    let at = harness.get_by_label(&label).rect().center();
    harness.hover_at(at);
    harness.run_steps(3);
    assert_eq!(
        highlight::pointed(&harness.ctx),
        Some(Highlight::Term(Term::Sparsity))
    );
}

#[test]
fn the_check_passes_for_the_exact_gradient_and_fails_for_the_printed_one() {
    for (form, word, error) in [
        (GradientForm::Exact, "passes", 0.0..1e-9),
        (GradientForm::Printed, "fails", 1e-2..f64::INFINITY),
    ] {
        let mut harness = digits(form);
        harness.key_press(Key::F3);
        harness.run_steps(2);
        let button = harness.get_by_role_and_label(Role::Button, "Check the gradient");
        button.click();
        harness.step();
        wait(&mut harness, |app| {
            app.view().run.gradient_check.result().is_some()
        });
        harness.run_steps(2);
        assert!(harness.query_by_label(word).is_some(), "{form:?}");
        let checked = harness.state().view().run.gradient_check.result().unwrap();
        assert!(
            error.contains(&checked.check.relative_error),
            "{form:?}: {}",
            checked.check.relative_error
        );
        let sentence = checked.check.sentence(&checked.objective);
        assert!(harness.query_by_label(&sentence).is_some(), "{sentence}");
    }
}
