//! Numbers that are typed, and a page that asks what to show.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::Page;

use super::painted::texts;
use super::ui_support::show;
use super::{Window, window};

fn type_in(harness: &mut Window, field: &str, text: &str) {
    harness
        .get_by_role_and_label(Role::SpinButton, field)
        .focus();
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(text.into()));
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
}

fn says(harness: &Window, words: &str) -> bool {
    texts(harness)
        .iter()
        .any(|text| text.words.replace('\n', " ").contains(words))
}

#[test]
fn what_a_field_cannot_take_is_said_and_the_old_value_stays() {
    let (mut harness, script) = window();
    for (field, typed, words) in [
        ("ρ value", "5", "It goes from 1e-3 to 0.9: 0.02 stays."),
        ("λ value", "-1", "It goes from 0 to 0.1: 4e-4 stays."),
        ("β value", "many", "“many” is no number: 3 stays."),
        ("Hidden units", "5000", "It goes from 1 to 1,024: 49 stays."),
        ("Hidden units", "2.5", "“2.5” is no whole number: 49 stays."),
        ("Momentum", "2", "It goes from 0 to 0.999: 0.9 stays."),
        ("Seed", "-3", "It goes from 0 to"),
    ] {
        type_in(&mut harness, field, typed);
        assert!(
            says(&harness, words),
            "{field} {typed}: {:?}",
            texts(&harness).iter().map(|t| &t.words).collect::<Vec<_>>()
        );
        assert!(
            script.changes().is_empty() && script.commands().is_empty(),
            "{field}"
        );
    }
    // a good one takes the sentence away
    type_in(&mut harness, "ρ value", "0,05");
    assert_eq!(script.last_hyperparameters().unwrap().sparsity_target, 0.05);
    assert!(!says(&harness, "It goes from 1e-3"));
    type_in(&mut harness, "Hidden units", "1,000");
    assert_eq!(harness.state().view().run.experiment.hidden, 1000);
}

#[test]
fn the_number_of_a_sample_is_not_taken_from_beyond_the_last() {
    let (mut harness, _script) = window();
    harness.key_press(Key::F4);
    harness.run_steps(6);
    let source = |harness: &Window| harness.state().view().run.look.source.clone();
    let before = source(&harness);
    type_in(&mut harness, "Input number", "5000");
    assert_eq!(source(&harness), before);
    assert!(says(&harness, "It goes from 1 to 400"));
    type_in(&mut harness, "Input number", "399");
    assert_ne!(source(&harness), before);
    assert!(!says(&harness, "It goes from 1 to 400"));
}

#[test]
fn the_unit_page_asks_which_unit_and_the_living_are_counted_everywhere() {
    let (mut harness, _script) = window();
    harness.key_press(Key::F2);
    harness.run_steps(6);
    let view = harness.state().view();
    assert_eq!((view.shared.page, view.run.selected), (Page::Unit, None));
    assert!(says(&harness, "press → for the first"));
    assert!(
        harness.query_by_label("Unit 49, alive").is_some(),
        "all tiles are there"
    );
    harness.key_press(Key::ArrowRight);
    harness.run_steps(6);
    assert_eq!(harness.state().view().run.selected, Some(0));
    assert!(!says(&harness, "press → for the first"));
    for page in Page::ALL {
        show(&mut harness, page);
        harness.run_steps(4);
        assert!(
            says(&harness, " alive, ") && says(&harness, " dead"),
            "{page:?}"
        );
    }
}
