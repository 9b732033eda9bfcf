//! From the first key to the sheet: the window says at once what it is at, and takes no Enter for what is not there yet.

use super::*;

/// What the bar says, and where it is.
fn bar(harness: &Window) -> Option<f64> {
    let bar = harness.query_by_role_and_label(Role::ProgressIndicator, "Loading")?;
    bar.accesskit_node().numeric_value()
}

fn is_bar(harness: &Window) -> bool {
    let mut bars = harness.query_all_by_role_and_label(Role::ProgressIndicator, "Loading");
    bars.next().is_some()
}

#[test]
fn the_name_and_a_bar_stand_there_at_once_and_enter_waits_for_the_sheet() {
    let (mut harness, script) = window();
    script.held.store(2, Ordering::SeqCst);
    drop_files(&mut harness, &["slow.npy".into()]);
    assert!(is_bar(&harness), "in the frame after the drop");
    assert!(harness.query_by_label_contains("slow.npy").is_some());
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let shared = &harness.state().view().shared;
    assert!(shared.opening.is_some() && shared.import.is_none());

    // the sheet comes, and with it nothing that Enter was meant for
    script.held.store(1, Ordering::SeqCst);
    wait(&mut harness, |app| app.view().shared.import.is_some());
    wait(&mut harness, |app| {
        let import = app.view().shared.import.as_ref();
        import.is_some_and(|import| import.progress.is_some())
    });
    harness.run_steps(2);
    assert!(harness.query_by_label("Prepare slow.npy").is_some());
    assert_eq!(bar(&harness), Some(0.5));
    assert!(disabled(&harness, "Train on this"));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.state().view().shared.import.is_some());
    assert!(script.commands().is_empty(), "nothing is trained on");

    script.held.store(0, Ordering::SeqCst);
    preview(&mut harness);
    assert!(!is_bar(&harness));
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
}

#[test]
fn a_path_that_was_typed_has_its_bar_in_the_dialog() {
    let (mut harness, script) = window();
    script.held.store(2, Ordering::SeqCst);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run_steps(4);
    harness.event(egui::Event::Text("slow.npy".into()));
    harness.run_steps(2);
    for _ in 0..2 {
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        assert!(is_bar(&harness));
        assert!(
            harness
                .query_all_by_label_contains("slow.npy")
                .next()
                .is_some()
        );
        assert!(harness.state().view().shared.open_dialog.is_some());
    }
    script.held.store(0, Ordering::SeqCst);
    preview(&mut harness);
    assert!(harness.state().view().shared.open_dialog.is_none());
    assert!(script.commands().is_empty());
}

#[test]
fn enter_is_not_for_the_sheet_that_another_is_about_to_replace() {
    let (mut harness, script) = window();
    open(&mut harness, "waves.npy");
    script.held.store(2, Ordering::SeqCst);
    drop_files(&mut harness, &["slow.npy".into()]);
    harness.run_steps(2);
    assert!(is_bar(&harness));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(script.commands().is_empty());
    assert_eq!(import(&harness).found().name, "waves.npy");
    // what is awaited can be given up, and the sheet is as it was
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.state().view().shared.opening.is_none() && !is_bar(&harness));
    assert_eq!(import(&harness).found().name, "waves.npy");
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
}
