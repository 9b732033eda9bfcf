//! The page of one unit by its accessible names: what it says is what an inspection says, and what is asked of it
//! reaches the trainer.
#![cfg(feature = "window")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

mod ui_support;

use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::preferences::Preferences;
use sae_lab::lab::{Action, Lab, Page};
use sae_lab::model::inspection::Listing;
use sae_lab::model::{Spectrum, UnitInspection, UnitState};
use sae_lab::training::trainer::{Ask, RunId};
use sae_lab::training::{Autopsy, Snapshot, SnapshotInspector};
use ui_support::{Script, scripted_at, wait};

const SIZE: [f32; 2] = [1280.0, 720.0];

/// The fixed snapshot with the lives of its units: those that are dead died at epoch 306.
fn with_lives() -> Snapshot {
    let mut snapshot = ui_support::snapshot();
    let mut history = (*snapshot.history).clone();
    for epoch in 0..=snapshot.epoch {
        let mut units = snapshot.units.clone();
        for unit in units.iter_mut().filter(|unit| unit.state.is_dead()) {
            if epoch < 306 {
                unit.state = UnitState::Alive;
                unit.maximum = unit.minimum + 0.6;
                unit.contribution = 6e-3;
                unit.feature_norm = 2.4;
            }
        }
        history.push_units(epoch, &units);
    }
    snapshot.history = Arc::new(history);
    // the decoder answers the live units, so that something is lost without one
    let decoder = snapshot.parameters.encoder_weights().t().mapv(|w| 0.4 * w);
    snapshot.parameters.decoder_weights_mut().assign(&decoder);
    snapshot
}

/// The page of unit `unit`, as people count, with what it inspected.
fn open(size: [f32; 2], unit: usize) -> (Harness<'static, LabApp>, Arc<Script>, Snapshot) {
    let snapshot = with_lives();
    let (mut harness, script) = scripted_at(&snapshot, Preferences::default(), size, false);
    let state = snapshot.units[unit - 1].state.name();
    let tile = format!("Unit {unit}, {state}");
    harness.get_by_label(&tile).click();
    settle(&mut harness);
    (harness, script, snapshot)
}

/// Waits for the inspection of what is selected.
fn settle(harness: &mut Harness<'static, LabApp>) {
    harness.run_steps(2);
    wait(harness, |app| {
        let view = app.view();
        let run = view.run.snapshot.as_ref().unwrap().run;
        view.run
            .inspection
            .of(run, view.run.selected.unwrap())
            .is_some()
    });
    harness.run_steps(2);
}

fn inspection(snapshot: &Snapshot, unit: usize) -> UnitInspection {
    let inspector = SnapshotInspector::new(snapshot).unwrap();
    inspector.unit(unit, Listing::default()).unwrap()
}

fn says(harness: &Harness<'static, LabApp>, text: &str) {
    let found = harness.query_all_by_label_contains(text).next().is_some();
    assert!(found, "the page doesn't say {text:?}");
}

#[test]
fn a_click_on_a_tile_opens_the_page_and_the_arrows_leaf() {
    let (mut harness, script, _) = open(SIZE, 7);
    assert_eq!(harness.state().view().shared.page, Page::Unit);
    says(&harness, "The encoder weights of unit 7");
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    says(&harness, "The encoder weights of unit 8");
    assert!(script.commands().is_empty(), "the arrow doesn't train here");
    harness.key_press(Key::ArrowLeft);
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(harness.state().view().run.selected, Some(5));
    let (above, below) = ("Unit 6, alive", "Unit 13, constant");
    let (above, below) = (
        harness.get_by_label(above).rect(),
        harness.get_by_label(below).rect(),
    );
    assert_eq!(above.left(), below.left(), "seven tiles in a row");
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert_eq!(harness.state().view().run.selected, Some(12));
    harness.key_press(Key::ArrowUp);
    harness.key_press(Key::ArrowUp);
    settle(&mut harness);
    assert_eq!(
        harness.state().view().run.selected,
        Some(5),
        "there is none above"
    );
    harness.key_press(Key::S);
    harness.run_steps(2);
    assert_eq!(script.commands(), ["Step"]);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().view().shared.page, Page::Lab);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(script.commands(), ["Step"], "there it does");
    assert_eq!(harness.state().view().run.selected, Some(5));
    harness.key_press(Key::F2);
    settle(&mut harness);
    says(&harness, "The encoder weights of unit 6");
}

#[test]
fn the_page_says_what_the_inspection_says() {
    // large enough that nothing is scrolled out of sight
    let (harness, _, snapshot) = open([1920.0, 1080.0], 7);
    let unit = inspection(&snapshot, 6);
    assert_eq!(
        harness
            .state()
            .view()
            .run
            .inspection
            .of(RunId(1), 6)
            .unwrap()
            .unit,
        unit
    );
    says(&harness, "values after epoch 340");
    let ablation = &unit.ablation;
    let increase = ablation.fvu_increase().abs();
    assert!(increase > 2e-3, "{increase}: three digits tell it");
    says(&harness, &format!("FVU {:.3}", ablation.fvu));
    says(&harness, &format!("→ {:.3}", ablation.fvu_without));
    for (list, at) in [(&unit.most_exciting, 0), (&unit.least_exciting, 1)] {
        let excitation = list[at];
        assert!((0.01..=1.0).contains(&excitation.activation));
        let (number, answer) = (excitation.index + 1, excitation.activation);
        says(&harness, &format!("Input {number}: activation {answer:.2}"));
    }
    for similar in &unit.similar[..3] {
        says(
            &harness,
            &format!(
                "Like it: unit {}, cos {:+.2}",
                similar.unit + 1,
                similar.cosine
            ),
        );
    }
    let (least, most) = (unit.activation.minimum, unit.activation.maximum);
    says(
        &harness,
        &format!("activation of unit 7, from {least:.3} to {most:.3}"),
    );
    let meters: Vec<String> = harness
        .query_all_by(|node| node.role() == Role::Meter)
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    assert_eq!(meters.len(), 6);
    let values = [unit.forces.along_total(), unit.forces.growth].concat();
    for (label, value) in meters.iter().zip(values) {
        let shown: f64 = label
            .rsplit(' ')
            .next()
            .unwrap()
            .replace('−', "-")
            .parse()
            .unwrap();
        assert!(
            (shown - value).abs() <= 0.051 * value.abs() + 1e-12,
            "{label}: {value}"
        );
    }
    says(&harness, &format!("{:.3}", unit.decoder_norm));
}

#[test]
fn the_histogram_is_divided_by_class_and_adds_up() {
    let mut snapshot = with_lives();
    let mut data = (*snapshot.data).clone();
    data.labels = Some((0..data.len()).map(|index| (index % 3) as u8).collect());
    snapshot.data = Arc::new(data);
    let (mut harness, _) = scripted_at(&snapshot, Preferences::default(), SIZE, false);
    harness.get_by_label("Unit 7, alive").click();
    settle(&mut harness);
    let shown = harness
        .state()
        .view()
        .run
        .inspection
        .of(RunId(1), 6)
        .unwrap();
    let classes = shown.classes.as_ref().unwrap();
    assert_eq!(
        classes.iter().map(|(class, _)| *class).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    for (bin, count) in shown.unit.activation.histogram.iter().enumerate() {
        let sum: u32 = classes.iter().map(|(_, counts)| counts[bin]).sum();
        assert_eq!(sum, *count);
    }
    says(&harness, "by class");
    let first = shown.unit.most_exciting[0].index;
    says(
        &harness,
        &format!("Input {}, class {}", first + 1, first % 3),
    );
}

#[test]
fn a_dead_unit_is_explained_and_can_be_revived() {
    let (mut harness, script, snapshot) = open(SIZE, 4);
    let autopsy = Autopsy::of(&snapshot, 3).unwrap();
    assert_eq!(autopsy.since, 306);
    let sentence = autopsy.sentence();
    assert!(
        sentence.contains("λ raised 1e-4 → 4e-4 at epoch 300"),
        "{sentence}"
    );
    // the page knows the data's λ_c, too
    let mut measured = snapshot.clone();
    let samples = measured.data.samples.to::<f64>();
    let output = measured.experiment.output_activation;
    let spectrum = Spectrum::quick(samples.view(), output, &|| true).unwrap();
    measured.spectrum = Some(Arc::new(spectrum));
    says(&harness, &Autopsy::of(&measured, 3).unwrap().sentence());
    says(&harness, "dead since epoch 306");
    says(&harness, "constant since epoch 306");
    harness.get_by_label("Revive this unit").click();
    harness.run_steps(2);
    let revived = |script: &Script| match &script.asked()[..] {
        [Ask::Revive(units)] => units.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(revived(&script), [3]);
    harness.key_press(Key::V);
    harness.run_steps(2);
    assert_eq!(revived(&script), [3]);
    let dead: Vec<usize> = (0..snapshot.units.len())
        .filter(|unit| snapshot.units[*unit].state.is_dead())
        .collect();
    harness.get_by_label("Revive all dead").click();
    harness.run_steps(2);
    assert_eq!(revived(&script), dead);
    harness.key_press(Key::D);
    harness.run_steps(2);
    assert_eq!(revived(&script), dead);
}

#[test]
fn a_live_unit_has_no_autopsy_and_is_left_alone() {
    let (mut harness, script, snapshot) = open(SIZE, 7);
    assert_eq!(Autopsy::of(&snapshot, 6), None);
    says(&harness, "alive from the start");
    let button = harness.get_by_label("Revive this unit");
    assert!(button.accesskit_node().is_disabled());
    harness.key_press(Key::V);
    harness.run_steps(2);
    assert!(script.commands().is_empty());
    says(&harness, "It is alive: there is nothing to revive.");
    // the notice goes first, then the page
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.key_press(Key::D);
    harness.run_steps(2);
    assert!(script.commands().is_empty(), "only on its own page");
}

#[test]
fn a_similar_unit_is_one_click_away() {
    let (mut harness, _, snapshot) = open([1920.0, 1080.0], 7);
    let similar = inspection(&snapshot, 6).similar[0].unit;
    let name = format!("Like it: unit {},", similar + 1);
    harness.get_by_label_contains(&name).click();
    settle(&mut harness);
    assert_eq!(harness.state().view().run.selected, Some(similar));
}

#[test]
fn while_training_the_inspection_rests_and_the_page_says_how_old_it_is() {
    let (mut harness, script, snapshot) = open(SIZE, 7);
    for ahead in 1..=5 {
        let mut next = snapshot.clone();
        next.epoch += ahead;
        script.show(&next);
        harness.run_steps(2);
    }
    let epoch = |harness: &Harness<'static, LabApp>, unit| {
        harness
            .state()
            .view()
            .run
            .inspection
            .of(RunId(1), unit)
            .unwrap()
            .version
            .epoch
    };
    assert_eq!(epoch(&harness, 6), 340, "no new one within a second");
    says(&harness, "values after epoch 340");
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    assert_eq!(epoch(&harness, 7), 340, "another unit by the same pass");
    // once the run is paused there is nobody to spare
    let mut paused = snapshot.clone();
    paused.epoch += 9;
    paused.activity = sae_lab::training::Activity::Paused;
    script.show(&paused);
    wait(&mut harness, |app| {
        let shown = app.view().run.inspection.of(RunId(1), 7);
        shown.is_some_and(|shown| shown.version.epoch == 349)
    });
    harness.run(); // panics if it does not settle
    assert!(!harness.ctx.has_requested_repaint());
}

#[test]
fn headline_sentence_and_bars_are_of_one_epoch() {
    // epoch 341 brings the death of unit 7, before the inspection may be made anew
    let (mut harness, script, snapshot) = open([1920.0, 1080.0], 7);
    let mut next = snapshot.clone();
    next.epoch += 1;
    next.units[6].state = UnitState::Constant;
    next.units[6].maximum = next.units[6].minimum;
    script.show(&next);
    harness.run_steps(2);
    assert!(
        harness.query_by_label("Unit 7, constant").is_some(),
        "the tiles are the newest"
    );
    says(&harness, "at epoch 340");
    says(&harness, "values after epoch 340");
    says(&harness, "alive from the start");
    let spread = snapshot.units[6].spread();
    says(&harness, &format!("{spread:.3}"));
    assert!(
        harness
            .query_all_by_label_contains("constant since epoch 341")
            .next()
            .is_none(),
        "not beside the bars of 340"
    );
    // at rest all of it is of the last epoch
    let mut paused = next.clone();
    paused.activity = sae_lab::training::Activity::Paused;
    script.show(&paused);
    wait(&mut harness, |app| {
        let shown = app.view().run.inspection.of(RunId(1), 6);
        shown.is_some_and(|shown| shown.version.epoch == 341)
    });
    harness.run_steps(2);
    says(&harness, "at epoch 341");
    says(&harness, "values after epoch 341");
}

#[test]
fn no_size_zoom_or_kind_of_data_makes_it_fail() {
    for (zoom, size) in [
        (100, [1280.0, 720.0]),
        (150, [1280.0, 720.0]),
        (200, [640.0, 360.0]),
        (100, [2560.0, 1440.0]),
    ] {
        let preferences = Preferences {
            zoom,
            ..Preferences::default()
        };
        for vectors in [false, true] {
            let mut snapshot = with_lives();
            if vectors {
                let mut data = (*snapshot.data).clone();
                data.shape = sae_lab::data::SampleShape::Vector { length: 64 };
                snapshot.data = Arc::new(data);
            }
            let (mut harness, _) = scripted_at(&snapshot, preferences.clone(), size, false);
            harness.key_press(Key::F2);
            harness.run_steps(2);
            harness.key_press(Key::ArrowRight); // the first unit
            harness.run_steps(2);
            settle(&mut harness);
            assert_eq!(harness.state().view().run.selected, Some(0));
            says(&harness, "Unit 1");
        }
    }
}

#[test]
fn every_control_has_a_name() {
    let (harness, _, _) = open(SIZE, 4);
    let mut seen = 0;
    for node in harness
        .query_all_by(|node| matches!(node.role(), Role::Button | Role::Image | Role::Canvas))
    {
        let node = node.accesskit_node();
        let label = node.label();
        let named = label.is_some_and(|name| !name.trim().is_empty());
        assert!(named, "a {:?} has no name", node.role());
        seen += 1;
    }
    assert!(seen > 49 + 30, "{seen}");
}

/// 784-196-784 at full tilt: every frame has new weights to show.
fn large() -> Snapshot {
    use sae_lab::data::{DataSet, SampleShape, Samples};
    use sae_lab::model::{Parameters, UnitStatistics};
    let mut snapshot = with_lives();
    let (inputs, hidden) = (784, 196);
    let samples = ndarray::Array2::from_shape_fn((2_000, inputs), |(i, j)| {
        0.5 + 0.4 * ((i * 31 + j * (i % 17)) as f32 * 0.01).sin()
    });
    snapshot.data = Arc::new(DataSet::new(
        "large",
        snapshot.experiment.data.clone(),
        Samples::F32(samples),
        SampleShape::grey(28, 28),
    ));
    snapshot.experiment.hidden = hidden;
    snapshot.parameters = Parameters::<f32>::initial(inputs, hidden, 1);
    snapshot.units = (0..hidden)
        .map(|unit| UnitStatistics {
            mean_activation: 0.05,
            minimum: 0.01,
            maximum: 0.9,
            contribution: if unit % 5 == 0 { 1e-7 } else { 5e-3 },
            feature_norm: 1.0,
            state: if unit % 5 == 0 {
                UnitState::Constant
            } else {
                UnitState::Alive
            },
            ..Default::default()
        })
        .collect();
    snapshot.inputs = Arc::new(ndarray::Array2::zeros((16, inputs)));
    snapshot.reconstructions = ndarray::Array2::zeros((16, inputs));
    snapshot.activations = ndarray::Array2::zeros((16, hidden));
    let mut history = (*ui_support::snapshot().history).clone();
    for epoch in 0..=snapshot.epoch {
        history.push_units(epoch, &snapshot.units);
    }
    snapshot.history = Arc::new(history);
    snapshot
}

#[test]
fn while_new_epochs_come_in_every_frame_an_inspection_is_made_once_a_second_at_the_most() {
    let snapshot = large();
    let (mut harness, script) =
        scripted_at(&snapshot, Preferences::default(), [1280.0, 800.0], false);
    harness.key_press(Key::F2);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    let start = std::time::Instant::now();
    settle(&mut harness);
    let mut inspected = std::collections::BTreeSet::new();
    for frame in 1..=40 {
        let mut next = snapshot.clone();
        next.epoch += frame;
        script.show(&next);
        harness.step();
        let view = harness.state().view();
        assert_eq!(view.shared.page, Page::Unit);
        inspected.insert(view.run.inspection.of(RunId(1), 0).unwrap().version.epoch);
    }
    let seconds = start.elapsed().as_secs() as usize; // it rests for one at least
    assert!(
        inspected.len() <= 1 + seconds,
        "{inspected:?} in {seconds} s"
    );
}

/// Its rest is of the lab's time, which is what the lab is told.
#[test]
fn the_inspection_rests_by_the_clock_of_the_lab() {
    let script = Arc::new(Script::default());
    let backend: Arc<dyn Backend> = Arc::new(ui_support::ScriptedBackend {
        script: Arc::clone(&script),
        data: with_lives().data,
    });
    let wake: Wake = Arc::new(|| {});
    // it has no clock: an inspection takes no time, and the next one waits for the least rest, a second
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let mut next = with_lives();
    let (experiment, preferences) = (next.experiment.clone(), Preferences::default());
    let mut lab = Lab::with_host(experiment, preferences, backend, wake, host);
    let frame = |lab: &mut Lab, at: u64| {
        let now = Duration::from_millis(at);
        lab.drain(now);
        lab.follow(now)
    };
    frame(&mut lab, 0); // the data are loaded
    lab.act(Action::Inspect(6));
    let mut shows = |lab: &mut Lab, epoch: u64, at: u64| {
        next.epoch = epoch;
        script.show(&next);
        let again = frame(lab, at);
        let shown = lab.view().run.inspection.of(RunId(1), 6);
        (again, shown.map(|shown| shown.version.epoch))
    };
    assert_eq!(shows(&mut lab, 340, 10), (None, None), "it is asked for");
    assert_eq!(shows(&mut lab, 340, 20), (None, Some(340)));
    let rest = Some(Duration::from_millis(520));
    assert_eq!(shows(&mut lab, 341, 500), (rest, Some(340)));
    assert_eq!(shows(&mut lab, 342, 1_020), (None, Some(340)), "asked for");
    let rest = Some(Duration::from_millis(1_000));
    assert_eq!(shows(&mut lab, 343, 1_030), (rest, Some(342)));
}
