//! An input on its way through the network, and two runs compared: by their accessible names, on the real backend.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::sync::Arc;

use egui::accesskit::Toggled;
use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use ndarray::{Array2, Axis};
use sae_lab::app::LabApp;
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::lab::Page;
use sae_lab::lab::compare::Second;
use sae_lab::lab::look::{Look, Source};
use sae_lab::lab::preferences::Preferences;
use sae_lab::lab::studies::Study;
use sae_lab::training::comparison::{BASELINE_SEEDS, Effort, Origin, Plan};
use sae_lab::training::{Experiment, Preset, Snapshot};
use sae_lab::ui::numbers;
use ui_support::{scripted, wait};

type Window = Harness<'static, LabApp>;

/// The window on the real trainer and the real readers, paused after some epochs.
fn real(experiment: Experiment, epochs: u64) -> Window {
    let mut harness = ui_support::real([1280.0, 720.0], experiment);
    wait(&mut harness, |app| {
        app.view()
            .run
            .snapshot
            .as_ref()
            .is_some_and(|s| s.epoch >= epochs)
    });
    harness.key_press(Key::Space);
    harness.step();
    // the snapshot that the pause leaves
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.activity == sae_lab::training::Activity::Paused
    });
    harness
}

fn look(harness: &Window) -> &Look {
    &harness.state().view().run.look
}

fn snapshot(harness: &Window) -> Arc<Snapshot> {
    Arc::clone(harness.state().view().run.snapshot.as_ref().unwrap())
}

fn sample(harness: &Window) -> usize {
    match look(harness).source {
        Source::Sample(index) => index,
        ref other => panic!("{other:?}"),
    }
}

/// Whether the page says this loss.
fn says(harness: &Window, words: &str, loss: f64) -> bool {
    let text = format!("{words} = {}", numbers::cost(loss));
    harness.query_by_label(&text).is_some()
}

/// ½‖x̂ − x‖² of sample `index`, from the parameters alone.
fn loss_of(snapshot: &Snapshot, index: usize) -> f64 {
    let samples = snapshot.data.samples.to::<f32>();
    snapshot
        .look_through(samples.index_axis(Axis(0), index))
        .unwrap()
        .loss
}

#[test]
fn an_input_shows_its_loss_whichever_way_it_is_picked() {
    let mut harness = real(Preset::Bars.experiment(), 20);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    let snapshot = snapshot(&harness);
    let first = sample(&harness);
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&snapshot, first)));

    let name = |place: usize| format!("Sample {}", numbers::thousands(place as u64 + 1));
    let third = snapshot.places[3];
    harness.get_by_label(&name(third)).click();
    harness.run_steps(3);
    assert_eq!(sample(&harness), third);
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&snapshot, third)));

    harness
        .get_by_label("Input number")
        .set_value_accesskit(1.0);
    harness.run_steps(3);
    assert_eq!(sample(&harness), 0);
    harness.key_press(Key::PageDown);
    harness.run_steps(3);
    assert_eq!(sample(&harness), 1);
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&snapshot, 1)));
    for _ in 0..2 {
        harness.get_by_label("Previous input").click();
        harness.run_steps(3);
    }
    assert_eq!(look(&harness).source, Source::Sample(1999), "round the end");

    harness
        .get_by_label("Input number")
        .set_value_accesskit(17.0);
    harness.run_steps(3);
    assert_eq!(look(&harness).source, Source::Sample(16));
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&snapshot, 16)));

    harness.get_by_label("Random").click();
    harness.run_steps(3);
    let index = sample(&harness);
    assert!(index != 16 && index < 2000);
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&snapshot, index)));
}

#[test]
fn the_loss_follows_the_training() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    let before = snapshot(&harness);
    harness.get_by_label("Step").click();
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().epoch == before.epoch + 1
    });
    harness.run_steps(2);
    let after = snapshot(&harness);
    let index = sample(&harness);
    assert_ne!(loss_of(&before, index), loss_of(&after, index));
    assert!(says(&harness, "½‖x̂ − x‖²", loss_of(&after, index)));
}

#[test]
fn drawing_changes_the_input_and_its_loss() {
    let mut harness = real(Preset::Bars.experiment(), 20);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    let snapshot = snapshot(&harness);
    harness.get_by_label("Clear the input").click();
    harness.run_steps(3);
    assert_eq!(look(&harness).source, Source::Drawn);
    let empty = ndarray::Array1::<f32>::zeros(64);
    let loss = |input: &ndarray::Array1<f32>| snapshot.look_through(input.view()).unwrap().loss;
    assert!(says(&harness, "½‖x̂ − x‖²", loss(&empty)));

    // the third row, from left to right, in one stroke of three positions
    let rect = harness
        .get_by_role_and_label(Role::Canvas, "Input, to draw on")
        .rect();
    let at = |column: f32| {
        let part = egui::vec2((column + 0.5) / 8.0, 2.5 / 8.0);
        rect.min + part * rect.size()
    };
    harness.hover_at(at(0.0));
    harness.step();
    harness.drag_at(at(0.0));
    harness.step();
    for column in [4.0, 7.0] {
        harness.hover_at(at(column));
        harness.step();
    }
    harness.drop_at(at(7.0));
    harness.run_steps(3);
    let mut bar = empty.clone();
    bar.slice_mut(ndarray::s![16..24]).fill(1.0);
    assert_eq!(look(&harness).picture.as_deref(), bar.as_slice());
    assert!(says(&harness, "½‖x̂ − x‖²", loss(&bar)));

    // and with the keys: one down, Enter
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    bar[3 * 8 + 7] = 1.0;
    assert_eq!(look(&harness).picture.as_deref(), bar.as_slice());
    assert!(says(&harness, "½‖x̂ − x‖²", loss(&bar)));
    assert!(!harness.state().view().run.playing, "it drew, no more");
}

#[test]
fn a_hand_set_activation_gives_what_the_decoder_makes_of_it() {
    let mut harness = real(Preset::Bars.experiment(), 20);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    let snapshot = snapshot(&harness);
    let samples = snapshot.data.samples.to::<f32>();
    let x = samples.row(sample(&harness));
    let way = snapshot.look_through(x).unwrap();
    let name = "Activation of unit 3";
    let bar = harness.get_by_role_and_label(Role::Slider, name);
    let shown = bar.accesskit_node().numeric_value().unwrap();
    assert_eq!(shown, way.activations[2]);
    bar.set_value_accesskit(0.75);
    harness.run_steps(3);
    let by_hand = |value: f64| {
        let mut activations = way.activations.clone();
        activations[2] = value;
        let output = snapshot.decode(&activations).unwrap();
        let squares = output.iter().zip(x);
        let squares = squares.map(|(o, x)| (o - f64::from(*x)).powi(2));
        (output.clone(), 0.5 * squares.sum::<f64>())
    };
    let (output, loss) = by_hand(0.75);
    assert!(says(&harness, "by hand ½‖x̂ − x‖²", loss));
    assert!(says(&harness, "½‖x̂ − x‖²", way.loss), "beside its own");
    let through = look(&harness).through(&snapshot).unwrap();
    let decoded = through.by_hand.unwrap().reconstruction;
    assert!(decoded.iter().zip(&output).all(|(a, b)| *a == *b as f32));

    // the mouse at the top of the bar means 1
    let rect = harness.get_by_role_and_label(Role::Slider, name).rect();
    let top = rect.right_top() + egui::vec2(-6.0, 0.5);
    harness.hover_at(top);
    harness.step();
    harness.drag_at(top);
    harness.step();
    harness.hover_at(top - egui::vec2(0.0, 9.0));
    harness.step();
    harness.drop_at(top - egui::vec2(0.0, 9.0));
    harness.run_steps(3);
    assert_eq!(look(&harness).hand.get(&2), Some(&1.0));
    assert!(says(&harness, "by hand ½‖x̂ − x‖²", by_hand(1.0).1));

    // keys: up and down, Delete gives it back
    harness.get_by_role_and_label(Role::Slider, name).focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    assert_eq!(look(&harness).hand.get(&2), Some(&0.95));
    harness.key_press(Key::Delete);
    harness.run_steps(3);
    assert!(look(&harness).hand.is_empty());
    assert!(
        harness
            .query_by_label_contains("by hand ½‖x̂ − x‖²")
            .is_none()
    );

    for unit in [1, 5] {
        let name = format!("Activation of unit {unit}");
        let bar = harness.get_by_role_and_label(Role::Slider, &name);
        bar.set_value_accesskit(0.5);
        harness.run_steps(2);
    }
    assert_eq!(look(&harness).hand.len(), 2);
    harness.get_by_label("Release all").click();
    harness.run_steps(3);
    assert!(look(&harness).hand.is_empty());
}

#[test]
fn a_double_click_gives_a_unit_back() {
    let (mut harness, _script) = scripted(Preferences::default(), [1280.0, 720.0], false);
    harness.key_press(Key::F4);
    harness.run();
    let name = "Activation of unit 7";
    let rect = harness.get_by_role_and_label(Role::Slider, name).rect();
    let at = rect.right_center() - egui::vec2(6.0, 0.0);
    let press = |harness: &mut Window| {
        harness.hover_at(at);
        harness.step();
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.step();
    };
    press(&mut harness);
    let set = look(&harness).hand[&6];
    assert!(
        (set - 0.25).abs() < 0.1,
        "{set}: half of the bar's height, on a root scale"
    );
    press(&mut harness);
    harness.run_steps(3);
    assert!(look(&harness).hand.is_empty());
}

#[test]
fn a_picture_file_becomes_the_input() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.png");
    // the left half white, the right black, 5 pixels to one of the sample's
    image::GrayImage::from_fn(40, 40, |x, _| image::Luma([if x < 20 { 255 } else { 0 }]))
        .save(&path)
        .unwrap();
    harness.get_by_label("Path of a picture").click();
    harness.run_steps(2);
    harness
        .get_by_label("Path of a picture")
        .type_text(path.to_str().unwrap());
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().run.look.source == Source::File("half.png".into())
    });
    harness.run_steps(2);
    let half: Vec<f32> = (0..64).map(|i| f32::from(u8::from(i % 8 < 4))).collect();
    assert_eq!(look(&harness).picture.as_deref(), Some(&half[..]));
    let snapshot = snapshot(&harness);
    let input = ndarray::Array1::from(half);
    let loss = snapshot.look_through(input.view()).unwrap().loss;
    assert!(says(&harness, "½‖x̂ − x‖²", loss));

    std::fs::write(folder.path().join("notes.png"), "no picture").unwrap();
    let mut app = harness;
    let ctx = app.ctx.clone();
    app.state_mut().act(
        &ctx,
        sae_lab::lab::state::Action::Look(sae_lab::lab::look::LookAction::Open(
            folder.path().join("notes.png"),
        )),
    );
    wait(&mut app, |app| app.view().run.look.trouble.is_some());
    app.run_steps(2);
    let trouble = look(&app).trouble.clone().unwrap();
    assert!(trouble.contains("notes.png"), "{trouble}");
    assert!(app.query_by_label(&trouble).is_some(), "the page says it");
    assert_eq!(
        look(&app).source,
        Source::File("half.png".into()),
        "the input stays"
    );
}

#[test]
fn another_run_lets_go_of_what_was_set_by_hand_and_keeps_the_drawing() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F4);
    harness.run_steps(3);
    harness.get_by_label("Clear the input").click();
    harness.run_steps(2);
    harness
        .get_by_role_and_label(Role::Slider, "Activation of unit 1")
        .set_value_accesskit(0.5);
    harness.run_steps(3);
    assert_eq!(look(&harness).hand.len(), 1);
    harness.key_press(Key::N);
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().run.0 == 2
    });
    assert!(look(&harness).hand.is_empty());
    assert_eq!(look(&harness).source, Source::Drawn);
    harness.key_press(Key::Num8); // other data
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().data.len() == 1797
    });
    sample(&harness);
    assert_eq!(harness.state().view().shared.page, Page::LookThrough);
}

#[test]
fn two_data_sets_are_compared_to_a_verdict() {
    let mut harness = real(Preset::Bars.experiment(), 20);
    harness.key_press(Key::F5);
    harness.run_steps(3);
    for (name, possible) in [
        ("the same data, another seed", true),
        ("photos, whitened", true),
        ("digits 8×8", true),
        ("bars", false),
        ("Fashion-MNIST 2000", false),
        ("patches of Fashion-MNIST 2000", true),
    ] {
        assert_eq!(
            !harness
                .get_by_role_and_label(Role::RadioButton, name)
                .accesskit_node()
                .is_disabled(),
            possible,
            "{name}"
        );
    }
    assert!(
        harness.query_by_label("28×28, not 8×8").is_some(),
        "the reason is said"
    );
    harness
        .get_by_role_and_label(Role::RadioButton, "digits 8×8")
        .click();
    harness.run_steps(2);
    harness.get_by_label("as many epochs as this run").click();
    harness.run_steps(2);
    harness.get_by_label("Epochs").set_value_accesskit(12.0);
    harness.run_steps(2);
    harness.get_by_label("Compare the runs").click();
    wait(&mut harness, |app| {
        app.view().run.compared.result().is_some()
    });
    harness.run_steps(3);
    let compared = harness
        .state()
        .view()
        .run
        .compared
        .result()
        .unwrap()
        .clone();
    let snapshot = snapshot(&harness);
    let sides = [&compared.first, &compared.second];
    assert_eq!(sides.map(|side| side.seed), [1, 2]);
    assert_eq!(sides.map(|side| side.epochs), [snapshot.epoch, 12]);
    assert_eq!(sides.map(|side| side.samples), [2000, 1797]);
    assert_eq!(
        compared.first.features,
        snapshot.parameters.encoder_weights()
    );

    // the runs behind it are those that anyone gets from the same settings
    let digits = DataSpec::embedded(EmbeddedSet::Digits);
    let experiment = Experiment {
        data: digits.clone(),
        seed: 2,
        ..snapshot.experiment.clone()
    };
    let data = Arc::new(sae_lab::data::load(&digits).unwrap());
    let pool = Arc::new(sae_lab::numerics::WorkerPool::new(1));
    let mut run = sae_lab::training::Run::<f32>::new(experiment, data, None, pool).unwrap();
    for _ in 0..12 {
        run.epoch(&|| true);
    }
    assert_eq!(compared.second.features, run.parameters().encoder_weights());

    // and the numbers those of the commands: the same plan on more threads
    let first = compared.first.features.mapv(f64::from);
    let second = compared.second.features.mapv(f64::from);
    let origin = Origin::new(snapshot.experiment.clone(), Arc::clone(&snapshot.data), 12).unwrap();
    let scrambling = origin.scrambling();
    let effort = Effort {
        baseline_seeds: BASELINE_SEEDS,
        scrambles: sae_lab::model::matching::SCRAMBLES,
        seed: 1,
        train_other_seeds: true,
    };
    let plan = Plan::new(
        first.view(),
        second.view(),
        Some(origin),
        scrambling,
        effort,
        &[2],
    );
    let pool = Arc::new(sae_lab::numerics::WorkerPool::new(2));
    let go_on = |_| std::ops::ControlFlow::Continue(());
    let expected = plan.carry_all_out(&[], &pool, &go_on).unwrap();
    assert_eq!(compared.comparison, expected);
    let sentence = expected.sentence().unwrap();
    assert!(harness.query_by_label(&sentence).is_some(), "{sentence}");
    for line in [
        "Second: digits 8×8 (1,797 samples), seed 2, 12 epochs.",
        "Other seeds: bars, seeds 3, 5, 7, 12 epochs each.",
        "Covariance: Gaussian noise with that of bars, seeds 4, 6, 8, 12 epochs each.",
    ] {
        assert!(harness.query_by_label(line).is_some(), "{line}");
    }
    let baselines = expected.baselines();
    for (words, value) in [
        ("bars and digits 8×8", expected.matching.similarity),
        ("another seed", baselines.ceiling().unwrap()),
        ("noise, same covariance", baselines.floor().unwrap()),
        ("scrambled phases", baselines.scrambled.unwrap().similarity),
    ] {
        let name = format!("{words}: mean |cos| {value:.3}");
        let meter = harness.get_by_role_and_label(Role::Meter, &name);
        assert_eq!(meter.accesskit_node().numeric_value(), Some(value));
    }
    let pair = expected.matching.pairs[0];
    let name = format!(
        "Unit {} and unit {} of the second run, |cos| {:.2}",
        pair.first + 1,
        pair.second + 1,
        pair.cosine.abs()
    );
    assert!(harness.query_by_label_contains(&name).is_some(), "{name}");
}

#[test]
fn a_comparison_can_be_cancelled() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F5);
    harness.run_steps(3);
    harness.get_by_label("as many epochs as this run").click();
    harness.run_steps(2);
    harness
        .get_by_label("Epochs")
        .set_value_accesskit(100_000.0);
    harness.run_steps(2);
    assert!(harness.query_by_label("7 runs of 100,000 epochs").is_some());
    harness.get_by_label("Compare the runs").click();
    wait(&mut harness, |app| {
        matches!(&app.view().run.compared, Study::Running(Some(_)))
    });
    harness.run_steps(2);
    let what = "training on bars, seed 2 (run 1 of 7)";
    assert!(
        harness.query_by_label(what).is_some(),
        "what is compared is said"
    );
    assert!(
        harness
            .query_by_label("Progress of the comparison")
            .is_some()
    );
    harness.get_by_label("Cancel the comparison").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().view().run.compared, Study::Idle));
    assert!(harness.query_by_label("Compare the runs").is_some());
}

/// The pairs are there before the baselines, and it can be cancelled between them.
#[test]
fn the_first_pairs_come_early_and_the_verdict_last() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F5);
    harness.run_steps(3);
    harness.get_by_label("as many epochs as this run").click();
    harness.run_steps(2);
    harness.get_by_label("Epochs").set_value_accesskit(24.0);
    harness.run_steps(2);
    harness.get_by_label("Compare the runs").click();
    let found = |app: &LabApp| {
        let compared = &app.view().run.compared;
        compared
            .is_running()
            .then(|| compared.found().cloned())
            .flatten()
    };
    wait(&mut harness, |app| found(app).is_some());
    harness.run_steps(1);
    if let Some(early) = found(harness.state()) {
        assert!(early.comparison.judgement().is_none());
        assert_eq!(early.comparison.matching.pairs.len(), 25);
        let name = format!(
            "bars and seed 2: mean |cos| {:.3}",
            early.comparison.matching.similarity
        );
        assert!(
            harness
                .query_by_role_and_label(Role::Meter, &name)
                .is_some(),
            "{name}"
        );
        let pair = early.comparison.matching.pairs[0];
        let name = format!(
            "Unit {} and unit {} of the second run",
            pair.first + 1,
            pair.second + 1
        );
        assert!(harness.query_by_label_contains(&name).is_some(), "{name}");
        assert!(harness.query_by_label_contains("The two found").is_none());
    } else {
        panic!("all seven runs were over within a frame of the first pairs");
    }
    // the baselines one by one
    wait(&mut harness, |app| {
        found(app).is_some_and(|found| !found.comparison.baselines().covariance.is_empty())
    });
    harness.run_steps(1);
    assert!(
        harness
            .query_all_by_label_contains("of 3 runs: mean |cos|")
            .next()
            .is_some()
    );
    assert!(harness.query_by_label_contains("(run ").is_some());
    harness.get_by_label("Cancel the comparison").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().view().run.compared, Study::Idle));
    assert!(harness.query_by_label_contains("Unit 1 and unit").is_none());
}

#[test]
fn after_new_data_the_choice_is_one_that_can_be_compared() {
    let mut harness = real(Preset::Bars.experiment(), 5);
    harness.key_press(Key::F5);
    harness.run_steps(3);
    harness
        .get_by_role_and_label(Role::RadioButton, "digits 8×8")
        .click();
    harness.run_steps(3);
    let chosen = |harness: &Window| harness.state().view().run.compare.second;
    assert_eq!(chosen(&harness), Second::Set(EmbeddedSet::Digits));
    // a preset on 28×28, with which digits can't be compared
    let clothes = Preset::Clothes.experiment().data;
    harness.key_press(Key::Num4);
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.experiment.data == clothes
    });
    harness.run_steps(3);
    assert_eq!(chosen(&harness), Second::OtherSeed);
    let radio = harness.get_by_role_and_label(Role::RadioButton, "the same data, another seed");
    assert_eq!(radio.accesskit_node().toggled(), Some(Toggled::True));
    let button = harness.get_by_label("Compare the runs");
    assert!(!button.accesskit_node().is_disabled());
}

#[test]
fn every_frame_of_784_196_784_shows_all_of_its_newest_epoch() {
    let (hidden, inputs) = (196, 784);
    let mut large = ui_support::snapshot();
    large.parameters = sae_lab::model::Parameters::initial(inputs, hidden, 1);
    let samples = Array2::from_shape_fn((400, inputs), |(i, j)| ((i * 7 + j) % 19) as f32 / 19.0);
    large.inputs = Arc::new(samples.slice(ndarray::s![..16, ..]).to_owned());
    large.reconstructions = (*large.inputs).clone();
    large.activations = Array2::zeros((16, hidden));
    large.units = (0..hidden).map(|unit| large.units[unit % 49]).collect();
    large.data = Arc::new(DataSet::new(
        "clothes",
        DataSpec::embedded(EmbeddedSet::Fashion),
        Samples::F32(samples),
        SampleShape::grey(28, 28),
    ));
    large.experiment.hidden = hidden;
    let (mut harness, script) =
        ui_support::scripted_at(&large, Preferences::default(), [1280.0, 720.0], false);
    for (page, name) in [(Key::F1, "Unit 196"), (Key::F4, "Activation of unit 196")] {
        harness.key_press(page);
        harness.run();
        for _ in 0..4 {
            large.epoch += 1;
            script.show(&large);
            harness.step();
            let epoch = format!("epoch {}", large.epoch);
            assert!(harness.query_all_by_label_contains(&epoch).next().is_some());
            assert!(harness.query_all_by_label_contains(name).next().is_some());
        }
    }
}

#[test]
fn every_control_has_a_name_at_any_size() {
    for page in [Key::F4, Key::F5] {
        for (size, zoom) in [
            ([1280.0, 720.0], 100),
            ([1280.0, 720.0], 150),
            ([640.0, 360.0], 200),
            ([1920.0, 1080.0], 100),
        ] {
            let preferences = Preferences {
                zoom,
                ..Preferences::default()
            };
            let (mut harness, _script) = scripted(preferences, size, false);
            harness.key_press(page);
            harness.run();
            for node in harness.query_all_by(|node| {
                [
                    Role::Slider,
                    Role::Button,
                    Role::SpinButton,
                    Role::TextInput,
                    Role::CheckBox,
                    Role::RadioButton,
                    Role::Canvas,
                ]
                .contains(&node.role())
            }) {
                let node = node.accesskit_node();
                assert!(
                    node.label().is_some_and(|name| !name.trim().is_empty()),
                    "a {:?} has no name",
                    node.role()
                );
            }
        }
    }
}
