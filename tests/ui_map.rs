//! The map of the plane, on the real trainer and the real threads, by the keyboard alone.
#![cfg(feature = "window")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and says what it measured"
)]

mod ui_support;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::map_state::MapState;
use sae_lab::lab::{Action, Page, UserCommand};
use sae_lab::training::sweep::{Measure, Varied};
use sae_lab::training::{Activity, Preset};
use ui_support::wait;

type Window = Harness<'static, LabApp>;

fn map(harness: &Window) -> &MapState {
    &harness.state().view().shared.map
}

/// The page, opened by its key, on a run that trains.
fn page() -> Window {
    let mut harness = ui_support::real([1280.0, 720.0], Preset::Bars.experiment());
    wait(&mut harness, |app| app.view().run.now() > 2);
    harness.key_press(Key::F7);
    harness.run_steps(4);
    assert_eq!(harness.state().view().shared.page, Page::Map);
    harness
}

fn focused(harness: &Window) -> Option<String> {
    let mut nodes = harness.query_all_by(|node| node.is_focused());
    nodes.next()?.accesskit_node().label()
}

/// Presses Tab until what is called so has the focus.
fn tab_to(harness: &mut Window, name: &str) {
    for _ in 0..150 {
        if focused(harness).is_some_and(|label| label.starts_with(name)) {
            return;
        }
        harness.key_press(Key::Tab);
        harness.run_steps(3);
    }
    panic!("Tab never comes to {name}");
}

fn type_in(harness: &mut Window, field: &str, text: &str) {
    tab_to(harness, field);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(text.into()));
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
}

/// 2 × 2 runs of 3 epochs.
fn choose_few(harness: &mut Window) {
    type_in(harness, "Steps of the first setting", "2");
    type_in(harness, "Steps of the second setting", "2");
    type_in(harness, "Epochs of a run", "3");
    assert!(harness.query_by_label("4 runs of 3 epochs").is_some());
}

#[test]
fn a_map_is_chosen_trained_looked_at_and_a_cell_opened_by_keys() {
    let mut harness = page();
    choose_few(&mut harness);
    tab_to(&mut harness, "Train the map");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    wait(&mut harness, |app| {
        let map = &app.view().shared.map;
        map.sweeping.is_none() && map.mapped.as_ref().is_some_and(|mapped| mapped.is_whole())
    });
    harness.run_steps(3);
    assert!(
        harness
            .query_by_label_contains("Done: 4 of 4 runs")
            .is_some()
    );
    let title = |harness: &Window, run: usize| map(harness).mapped.as_ref().unwrap().title(run);
    tab_to(&mut harness, "Map, ");
    assert_eq!(map(&harness).chosen, Some(0));
    // ρ to the right, λ upwards
    for (key, run) in [
        (Key::ArrowRight, 2),
        (Key::ArrowRight, 2),
        (Key::ArrowUp, 3),
        (Key::ArrowLeft, 1),
        (Key::ArrowDown, 0),
        (Key::ArrowUp, 1),
    ] {
        harness.key_press(key);
        harness.run_steps(4);
        assert_eq!(map(&harness).chosen, Some(run), "{key:?}");
        let said = focused(&harness).unwrap();
        assert!(
            said.starts_with(&format!("Map, {}: ", title(&harness, run))),
            "{said}"
        );
        assert!(said.contains(" units alive · FVU "), "{said}");
    }
    let (name, before) = (title(&harness, 1), harness.state().view().run.id);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        let run = app.view().run;
        let own = run.latest().filter(|latest| latest.run == run.id);
        run.id != before
            && own.is_some_and(|own| own.epoch == 3 && own.activity == Activity::Paused)
    });
    let run = harness.state().view().run;
    assert_eq!(run.title(), name);
    let cost = run.latest().unwrap().cost.total();
    let outcome = map(&harness).mapped.as_ref().unwrap().map.outcomes()[1].clone();
    assert_eq!(
        outcome.unwrap().total_cost,
        Some(cost),
        "to the bit, on other threads"
    );
    // the map is still there
    harness.key_press(Key::F7);
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("Map, ").is_some());
}

#[test]
fn stop_keeps_what_there_is_and_the_same_button_goes_on() {
    let mut harness = page();
    type_in(&mut harness, "Epochs of a run", "40");
    harness.key_press(Key::M);
    wait(&mut harness, |app| {
        let mapped = app.view().shared.map.mapped.as_ref();
        mapped.is_some_and(|mapped| mapped.progress().0 >= 1)
    });
    let trains = harness.state().view().run.now();
    tab_to(&mut harness, "Stop the map");
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert!(map(&harness).sweeping.is_none());
    let (done, of) = map(&harness).mapped.as_ref().unwrap().progress();
    assert!(done >= 1 && done < of, "{done} of {of}");
    assert!(
        harness
            .query_by_label_contains(&format!("Stopped at {done} of {of} runs"))
            .is_some()
    );
    assert!(harness.query_by_label_contains("Train the map").is_some());
    tab_to(&mut harness, "Train the map");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    wait(&mut harness, |app| {
        let mapped = app.view().shared.map.mapped.as_ref();
        mapped.is_some_and(|mapped| mapped.progress().0 > done)
    });
    assert!(
        harness.state().view().run.now() > trains,
        "the run goes on meanwhile"
    );
    let ctx = harness.ctx.clone();
    harness.state_mut().act(&ctx, UserCommand::StopMap.into());
}

#[test]
fn what_cannot_be_swept_is_said_beside_a_button_that_rests() {
    let mut harness = page();
    type_in(&mut harness, "Steps of the first setting", "1000");
    type_in(&mut harness, "Steps of the second setting", "1000");
    let says = |harness: &Window, words: &str| harness.query_by_label_contains(words).is_some();
    assert!(says(
        &harness,
        "1,000,000 runs are more than the 10,000 of one sweep"
    ));
    let start = harness.get_by_label("Train the map");
    assert!(start.accesskit_node().is_disabled());
    type_in(&mut harness, "Steps of the first setting", "3");
    type_in(&mut harness, "Steps of the second setting", "3");
    type_in(&mut harness, "From of the second setting", "0");
    assert!(says(
        &harness,
        "Lambda begins at 0, where a log axis has no place"
    ));
    tab_to(&mut harness, "linear axis of the second setting");
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert!(!says(&harness, "no place"));
    assert!(
        !harness
            .get_by_label("Train the map")
            .accesskit_node()
            .is_disabled()
    );
    let second = map(&harness).choice.as_ref().unwrap().second.unwrap();
    assert_eq!((second.varied, second.low), (Varied::Lambda, 0.0));
}

#[test]
fn a_click_opens_the_cell_under_the_pointer_and_the_goal_can_be_typed() {
    let mut harness = page();
    choose_few(&mut harness);
    harness.key_press(Key::M);
    wait(&mut harness, |app| {
        let map = &app.view().shared.map;
        map.mapped.as_ref().is_some_and(|mapped| mapped.is_whole())
    });
    harness.run_steps(4);
    tab_to(&mut harness, "What the cells show");
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    harness.get_by_label("epochs to the goal").click();
    harness.run_steps(6);
    assert_eq!(map(&harness).measure, Measure::Epochs);
    type_in(&mut harness, "Goal", "0.93");
    assert_eq!(map(&harness).goal.value(), 0.93);
    let cells = harness
        .get_by_label_contains("Map of epochs to FVU 0.93")
        .rect();
    let before = harness.state().view().run.id;
    // the upper right one
    let at = cells.right_top() + egui::vec2(-6.0, 20.0);
    harness.hover_at(at);
    harness.run_steps(3);
    let name = map(&harness).mapped.as_ref().unwrap().title(3);
    assert!(
        harness
            .query_by_label_contains(&format!("Map, {name}"))
            .is_some()
    );
    harness.drag_at(at);
    harness.run_steps(2);
    harness.drop_at(at);
    harness.run_steps(2);
    wait(&mut harness, |app| app.view().run.id != before);
    assert_eq!(harness.state().view().run.title(), name);
    // other data end what is trained: here, there is nothing left to end
    let ctx = harness.ctx.clone();
    let other = sae_lab::data::DataSpec::embedded(ui_support::OTHER_SET);
    harness.state_mut().act(&ctx, Action::Load(other));
    wait(&mut harness, |app| app.view().shared.loading.is_none());
    harness.run_steps(3);
    assert!(
        harness
            .state()
            .view()
            .shared
            .notices
            .iter()
            .all(|notice| !notice.text.contains("ended"))
    );
}

#[test]
fn a_frame_with_ten_thousand_cells_takes_no_longer_than_the_eye_allows() {
    let mut harness = page();
    type_in(&mut harness, "Steps of the first setting", "100");
    type_in(&mut harness, "Steps of the second setting", "100");
    type_in(&mut harness, "Epochs of a run", "1");
    harness.key_press(Key::M);
    wait(&mut harness, |app| {
        let mapped = app.view().shared.map.mapped.as_ref();
        mapped.is_some_and(|mapped| mapped.progress().0 >= 40)
    });
    let mut times: Vec<f64> = (0..40)
        .map(|_| {
            let start = std::time::Instant::now();
            harness.step();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "a frame takes {:.1} ms, of twenty the longest {:.1}",
        times[20], times[38]
    );
    assert!(times[20] < 33.0, "{times:?}");
    let ctx = harness.ctx.clone();
    harness.state_mut().act(&ctx, UserCommand::StopMap.into());
}
