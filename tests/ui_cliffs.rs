//! The marks of the cliffs on the sliders' rails, and the laws on the page of formulas.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use egui::epaint::PathShape;
use egui::{Key, Rect, Role, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::data::{DataSpec, EmbeddedSet};
use sae_lab::model::{Cliffs, HiddenActivation, OptimizerKind, Spectrum};
use sae_lab::training::Experiment;

use sae_lab::ui::hyperparameters::KNOBS;
use sae_lab::ui::numbers::short;
use ui_support::wait;

type Window = Harness<'static, LabApp>;

/// A window on the real trainer, paused, its data measured.
fn window(set: EmbeddedSet, change: impl FnOnce(&mut Experiment)) -> Window {
    let mut experiment = Experiment {
        data: DataSpec::embedded(set),
        ..Experiment::default()
    };
    change(&mut experiment);
    let mut harness = ui_support::real([1280.0, 720.0], experiment);
    wait(&mut harness, |app| {
        app.view().run.cliffs().is_some() && app.view().run.own_snapshot().is_some()
    });
    harness.key_press(Key::Space);
    harness.run_steps(2);
    harness
}

fn slider(harness: &Window, symbol: &str) -> (String, Rect) {
    let knob = KNOBS
        .iter()
        .find(|knob| knob.setting.symbol() == symbol)
        .unwrap();
    let label = knob.label();
    let node = harness.get_by_role_and_label(Role::Slider, &label);
    let description = node.accesskit_node().description().unwrap_or_default();
    (description, node.rect())
}

fn set(harness: &mut Window, symbol: &str, value: f64) {
    let knob = KNOBS
        .iter()
        .find(|knob| knob.setting.symbol() == symbol)
        .unwrap();
    harness
        .get_by_role_and_label(Role::Slider, &knob.label())
        .set_value_accesskit(value);
    harness.run_steps(2);
}

/// The triangles painted within `rect`: the x of each tip, as a value of the slider.
fn marks(harness: &Window, symbol: &str) -> Vec<f64> {
    let (_, rect) = slider(harness, symbol);
    let scale = KNOBS
        .iter()
        .find(|knob| knob.setting.symbol() == symbol)
        .unwrap()
        .scale;
    let mut found = Vec::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, &mut |path| {
            let tip = path
                .points
                .iter()
                .copied()
                .min_by(|a, b| a.y.total_cmp(&b.y));
            if let Some(tip) = tip.filter(|tip| path.points.len() == 3 && rect.contains(*tip)) {
                let rail = rect.x_range().shrink(6.0);
                let part = f64::from((tip.x - rail.min) / rail.span());
                found.push((scale, part));
            }
        });
    }
    found
        .into_iter()
        .map(|(scale, part)| {
            // the inverse of its position, without the two digits of a drag
            let start = if scale.zero { 0.04 } else { 0.0 };
            scale.least * (scale.most / scale.least).powf((part - start) / (1.0 - start))
        })
        .collect()
}

fn collect(shape: &Shape, found: &mut impl FnMut(&PathShape)) {
    match shape {
        Shape::Path(path) => found(path),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, found)),
        _ => {}
    }
}

fn cliffs(harness: &Window) -> Cliffs {
    harness.state().view().run.cliffs().unwrap()
}

#[track_caller]
fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}, {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 0.02, "{found}, {expected}");
    }
}

#[test]
fn the_rails_mark_the_cliffs_and_the_marks_move_with_the_other_sliders() {
    let mut harness = window(EmbeddedSet::Digits, |_| {});
    // the window's numbers are those of the model
    let view = harness.state().view();
    let data = view.run.data().unwrap();
    let exact = Spectrum::whole(
        data.samples.to::<f64>().view(),
        view.run.experiment.output_activation,
    )
    .unwrap();
    let expected = Cliffs::new(
        &exact,
        view.run.hyperparameters(),
        HiddenActivation::Sigmoid,
    );
    assert_eq!(cliffs(&harness), expected);
    let at_start = (expected.lambda_c, expected.alpha_c.unwrap());
    near(&marks(&harness, "λ"), &[at_start.0]);
    near(&marks(&harness, "α"), &[at_start.1]);
    near(&marks(&harness, "β"), &[expected.beta_c.unwrap()]);
    // the interval of ρ is wider than the rail
    near(&marks(&harness, "ρ"), &[]);
    assert!(slider(&harness, "ρ").0.contains("On the whole rail"));
    for (symbol, value) in [("λ", at_start.0), ("α", at_start.1)] {
        let (said, _) = slider(&harness, symbol);
        let words = format!("{symbol}_c = {}, marked ▲", short(value));
        assert!(said.contains(&words), "{said}");
    }
    // ρ moves λ_c and α_c, β moves α_c, λ the interval of ρ
    set(&mut harness, "ρ", 0.3);
    let moved = cliffs(&harness);
    assert!((moved.lambda_c / at_start.0 - 0.21 / 0.0475).abs() < 1e-9);
    near(&marks(&harness, "λ"), &[moved.lambda_c]);
    near(&marks(&harness, "α"), &[moved.alpha_c.unwrap()]);
    set(&mut harness, "β", 30.0);
    near(&marks(&harness, "α"), &[moved.alpha_c.unwrap() / 10.0]);
    set(&mut harness, "α", 2.0);
    near(&marks(&harness, "β"), &[cliffs(&harness).beta_c.unwrap()]);
    set(&mut harness, "λ", 0.02);
    let (low, high) = cliffs(&harness).rho.unwrap();
    near(&marks(&harness, "ρ"), &[low, high]);
    let (said, _) = slider(&harness, "ρ");
    assert!(
        said.contains(&format!(
            "Below ρ = {} and above {}",
            short(low),
            short(high)
        )),
        "{said}"
    );
    set(&mut harness, "λ", 0.1);
    near(&marks(&harness, "ρ"), &[]);
    assert!(
        slider(&harness, "ρ")
            .0
            .contains("At every ρ this λ is above λ_c")
    );
}

#[test]
fn what_has_no_cliff_or_has_it_off_the_rail_says_so() {
    // Fashion's λ_c lies beyond the rail
    let harness = window(EmbeddedSet::Fashion, |experiment| {
        experiment.hyperparameters.optimizer = OptimizerKind::Adam;
    });
    assert!(cliffs(&harness).lambda_c > 0.1);
    near(&marks(&harness, "λ"), &[]);
    let (said, _) = slider(&harness, "λ");
    assert!(said.contains("beyond the right end of the rail"), "{said}");
    for symbol in ["α", "β"] {
        near(&marks(&harness, symbol), &[]);
        let (said, _) = slider(&harness, symbol);
        let words = format!("No {symbol}_c is marked: Adam chooses its own step.");
        assert_eq!(said, words);
    }
}

#[test]
fn the_page_of_formulas_derives_the_laws_with_their_present_values() {
    let mut harness = window(EmbeddedSet::Digits, |experiment| experiment.hidden = 9);
    harness.key_press(Key::F3);
    harness.run_steps(3);
    let said = |harness: &Window, label: &str| harness.query_by_label(label).is_some();
    let check = |harness: &Window| {
        let cliffs = cliffs(harness);
        let sigma = harness.state().view().run.spectrum().unwrap().largest();
        for (name, value) in [
            ("λ_c: above it a unit that died stays dead", cliffs.lambda_c),
            ("The largest singular value of C·D", sigma),
            (
                "r: the growth of the weights around the dead state, a step",
                cliffs.rate.unwrap(),
            ),
            ("H: how the sparsity term bends J", cliffs.curvature),
            (
                "α_c: above it ρ̂ swings around ρ, further each step",
                cliffs.alpha_c.unwrap(),
            ),
        ] {
            let label = format!("{name}: {}", short(value));
            assert!(said(harness, &label), "{label}");
        }
    };
    check(&harness);
    let before = cliffs(&harness);
    let sentence = format!(
        "λ is {} λ_c: a dead net can't stay dead, and can leave along {} of 64 directions.",
        short(before.lambda_ratio().unwrap()),
        before.open_directions.unwrap()
    );
    assert!(said(&harness, &sentence), "{sentence}");
    // live: they follow the sliders, before the next epoch
    set(&mut harness, "λ", 0.05);
    set(&mut harness, "ρ", 0.1);
    check(&harness);
    let after = cliffs(&harness);
    assert!(after.lambda_c > before.lambda_c);
    let sentence = format!(
        "λ is {} λ_c: a unit that dies now stays dead.",
        short(after.lambda_ratio().unwrap())
    );
    assert!(said(&harness, &sentence), "{sentence}");
    let limits = harness.query_all_by_label_contains("hysteresis");
    assert_eq!(limits.count(), 1);
}
