//! The sheet's number fields, in frames so slow that several events come at once.

use egui::{Event, PointerButton};

use super::*;

fn key(key: Key, pressed: bool) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    }
}

fn tab() -> [Event; 2] {
    [key(Key::Tab, true), key(Key::Tab, false)]
}

fn text(text: &str) -> Event {
    Event::Text(text.into())
}

/// All of it in one frame; then frames to see what comes of it.
fn at_once(harness: &mut Window, events: impl IntoIterator<Item = Event>) {
    harness.input_mut().events.extend(events);
    harness.step();
    harness.run_steps(8);
}

/// Begins to type in a field, which is scrolled into view, and whose text is selected.
fn enter(harness: &mut Window, field: &str) {
    harness
        .get_by_role_and_label(Role::SpinButton, field)
        .focus();
    harness.run_steps(4);
}

/// A click on what has this name, as events.
fn click(harness: &Window, label: &str) -> [Event; 3] {
    let pos = harness.get_by_label(label).rect().center();
    let button = |pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    [Event::PointerMoved(pos), button(true), button(false)]
}

fn sheet() -> Window {
    let (mut harness, _script) = scripted(Preferences::default(), [1280.0, 900.0], false);
    open(&mut harness, "waves.npy");
    harness
}

#[test]
fn what_is_typed_before_tab_is_of_the_field_it_was_typed_in() {
    let mut harness = sheet();
    let set = |harness: &Window| import(harness).settings.choices.hyperparameters;
    let before = set(&harness);
    enter(&mut harness, "ρ");
    at_once(&mut harness, [text("0.07")].into_iter().chain(tab()));
    let one = set(&harness);
    assert_eq!(one.sparsity_target, 0.07);
    assert_eq!(one.sparsity_weight, before.sparsity_weight);
    assert_eq!(import(&harness).settings.whose, Whose::Own);

    // and what comes after it is the next one's
    enter(&mut harness, "ρ");
    let events = [text("0.0"), text("8")].into_iter().chain(tab());
    let events = events.chain([text("5")]).chain(tab());
    at_once(&mut harness, events);
    let two = set(&harness);
    assert_eq!((two.sparsity_target, two.sparsity_weight), (0.08, 5.0));
    assert_eq!(two.weight_decay, before.weight_decay);

    // backwards too
    let mut back = tab();
    for event in &mut back {
        if let Event::Key { modifiers, .. } = event {
            *modifiers = Modifiers::SHIFT;
        }
    }
    enter(&mut harness, "β");
    let events = [text("4")].into_iter().chain(back).chain([text("0.06")]);
    at_once(&mut harness, events.chain(tab()));
    let three = set(&harness);
    assert_eq!((three.sparsity_target, three.sparsity_weight), (0.06, 4.0));
}

#[test]
fn a_click_that_ends_typing_is_not_lost() {
    for slow in [false, true] {
        let mut harness = sheet();
        let press = |harness: &mut Window, label: &str| {
            let events = click(harness, label);
            if slow {
                at_once(harness, events);
            } else {
                for event in events {
                    at_once(harness, [event]);
                }
            }
        };
        let kept = harness.state().view().run.experiment.hyperparameters;
        enter(&mut harness, "α");
        at_once(&mut harness, [text("0.07")]);
        press(&mut harness, "Network and training: keep my settings");
        let settings = &import(&harness).settings;
        assert_eq!(settings.whose, Whose::Kept, "slow {slow}");
        assert_eq!(settings.choices.hyperparameters, kept);

        // and what was typed counts as well, where the click leaves it
        enter(&mut harness, "α");
        at_once(&mut harness, [text("0.07")]);
        press(&mut harness, "Optimiser: Adam");
        let set = import(&harness).settings.choices.hyperparameters;
        assert_eq!(set.optimizer, OptimizerKind::Adam);
        assert_eq!(set.learning_rate, 0.07);

        let cut = harness.get_by_label("Pictures: cut into patches");
        cut.click_accesskit(); // scrolled out of view
        harness.run_steps(3);
        preview(&mut harness);
        enter(&mut harness, "Patch size");
        at_once(&mut harness, [text("6")]);
        press(&mut harness, "Whitening: ZCA");
        preview(&mut harness);
        assert_eq!(import(&harness).spec.patch, 6);
        assert_eq!(import(&harness).choice().whitening, Whitening::ZCA);
    }
}

#[test]
fn nothing_moves_below_the_pointer_when_typing_ends() {
    let mut harness = sheet();
    let place = |harness: &Window| harness.get_by_label("Optimiser: Adam").rect();
    enter(&mut harness, "α");
    let before = place(&harness);
    at_once(&mut harness, [text("70")]); // refused, in a line of words below
    let [moved, press, release] = click(&harness, "Optimiser: Adam");
    at_once(&mut harness, [moved, press]);
    assert_eq!(place(&harness), before);
    at_once(&mut harness, [release]);
    assert!(
        harness
            .query_by_label_contains("It goes from 1e-6 to 10")
            .is_some()
    );
    let set = import(&harness).settings.choices.hyperparameters;
    assert_eq!(set.optimizer, OptimizerKind::Adam);

    // one's own settings take no room that was another's
    let mut harness = sheet();
    let held = |harness: &Window| harness.get_by_label("Held out: 20 %").rect();
    enter(&mut harness, "ρ");
    let before = held(&harness);
    at_once(&mut harness, [text("0.07")].into_iter().chain(tab()));
    assert_eq!(import(&harness).settings.whose, Whose::Own);
    assert_eq!(held(&harness), before);
}
