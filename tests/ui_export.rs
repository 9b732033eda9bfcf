//! What is shown is written for other programs, from the window.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::collections::HashSet;
use std::path::Path;

use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::data::EmbeddedSet;
use sae_lab::io::npz::read_model;
use sae_lab::lab::export::{Export, Picture};
use sae_lab::lab::{Page, UserCommand};
use ui_support::{act, training_on, wait};

type Window = Harness<'static, LabApp>;

const CTRL: Modifiers = Modifiers {
    ctrl: true,
    command: true,
    ..Modifiers::NONE
};

/// The digits, paused.
fn window() -> Window {
    let mut harness = training_on([1280.0, 720.0], EmbeddedSet::Digits);
    harness.key_press(Key::Space);
    harness.step();
    harness.run_steps(5);
    harness
}

/// Asks for `what`, and types where it is to go.
fn ask(harness: &mut Window, what: Export, path: &Path) {
    act(harness, UserCommand::Export(what));
    harness.run_steps(3);
    let field = harness.get_by_label("Value");
    assert!(field.is_focused());
    harness.key_press_modifiers(CTRL, Key::A);
    let field = harness.get_by_label("Value");
    field.type_text(path.to_str().unwrap());
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
}

/// Waits until it is written, and says what the notice says.
fn written(harness: &mut Window) -> String {
    wait(harness, |app| {
        let shared = app.view().shared;
        shared.exporting.is_none() && !shared.notices.is_empty()
    });
    let said = harness.state().view().shared.notices.last().unwrap();
    said.text.clone()
}

fn dismiss(harness: &mut Window) {
    while !harness.state().view().shared.notices.is_empty() {
        act(harness, UserCommand::Dismiss);
    }
}

#[test]
fn each_is_written_where_it_is_asked_for_and_a_notice_says_so() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    for (what, name, files) in [
        (Export::Code, "code.csv", &["code.csv"][..]),
        (Export::Model, "model.npz", &["model.npz"]),
        (
            Export::Model,
            "module.py",
            &["module.py", "module_weights.safetensors"],
        ),
        (Export::Features, "features", &["features.png"]),
        (Export::Features, "features.svg", &["features.svg"]),
        (Export::Curves, "curves.svg", &["curves.svg"]),
        (Export::Curves, "curves.csv", &["curves.csv"]),
        (Export::Film, "film", &["film.gif"]),
        (Export::Report, "report", &["report.html"]),
    ] {
        ask(&mut harness, what, &folder.path().join(name));
        let said = written(&mut harness);
        for file in files {
            let path = folder.path().join(file);
            assert!(
                path.is_file() && said.contains(path.to_str().unwrap()),
                "{said}"
            );
        }
        assert!(!harness.state().view().shared.is_covered());
        dismiss(&mut harness);
    }
    let snapshot = harness.state().view().run.snapshot.clone().unwrap();
    let (parameters, record) = read_model::<f32>(&folder.path().join("model.npz")).unwrap();
    assert_eq!(parameters, snapshot.parameters);
    let record = record.unwrap();
    assert_eq!(record.epoch, snapshot.epoch);
    assert_eq!(record.preparation.as_ref(), Some(&snapshot.data.fitted));
    let code = std::fs::read_to_string(folder.path().join("code.csv")).unwrap();
    assert_eq!(code.lines().count(), 1 + 1797);
    assert!(code.lines().next().unwrap().ends_with(",h24,label"));
}

#[test]
fn nothing_is_replaced_unasked_and_another_suffix_is_told() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.svg");
    std::fs::write(&path, b"mine").unwrap();
    ask(&mut harness, Export::Features, &path);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    assert!(
        harness
            .query_by_label_contains("is there already")
            .is_some()
    );
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    let said = written(&mut harness);
    assert!(said.contains("features.svg"), "{said}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("<svg"));
    dismiss(&mut harness);
    ask(&mut harness, Export::Code, &folder.path().join("code.xlsx"));
    let said = written(&mut harness);
    assert!(said.contains(".npy or .csv"), "{said}");
    assert!(!folder.path().join("code.xlsx").exists());
}

/// Waits for a picture in the clipboard; its size.
fn copied(harness: &mut Window) -> [usize; 2] {
    for _ in 0..2_000 {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let image = commands.iter().find_map(|command| match command {
            OutputCommand::CopyImage(image) => Some(image.size),
            _ => None,
        });
        if let Some(size) = image {
            return size;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nothing was copied");
}

#[test]
fn a_picture_goes_into_the_clipboard_too() {
    let mut harness = window();
    for picture in Picture::ALL {
        act(&mut harness, UserCommand::CopyPicture(picture));
        let [width, height] = copied(&mut harness);
        assert_eq!(width, 2125, "180 mm at 300 dots an inch");
        assert!(height > 400);
        let said = written(&mut harness);
        assert!(said.contains("is in the clipboard, 2125"), "{said}");
        dismiss(&mut harness);
    }
    // from the window that asks for a file
    act(&mut harness, UserCommand::Export(Export::Curves));
    harness.run_steps(3);
    harness.get_by_label("Copy").click();
    assert_eq!(copied(&mut harness)[0], 2125);
    assert!(!harness.state().view().shared.is_covered());
}

#[test]
fn the_window_takes_a_picture_of_itself() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.png");
    ask(&mut harness, Export::Window, &path);
    let said = written(&mut harness);
    assert!(said.contains("window.png"), "{said}");
    let read = image::open(&path).unwrap().to_rgb8();
    assert_eq!(read.dimensions(), (1280, 720));
    let colours: HashSet<[u8; 3]> = read.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 100, "tiles, curves and words");
    dismiss(&mut harness);
    act(&mut harness, UserCommand::CopyWindow);
    assert_eq!(copied(&mut harness), [1280, 720]);
}

#[test]
fn notes_stand_with_the_run_and_in_its_report() {
    let mut harness = window();
    act(&mut harness, UserCommand::EditNotes);
    harness.run_steps(3);
    let field = harness.get_by_label("Value");
    assert!(field.is_focused());
    field.type_text("Unit 7 is a loop.");
    harness.run_steps(2);
    // Enter begins the next line
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    harness.get_by_label("Value").type_text("Try β 1.");
    harness.run_steps(2);
    harness.key_press_modifiers(CTRL, Key::Enter);
    harness.run_steps(3);
    assert!(!harness.state().view().shared.is_covered());
    assert_eq!(
        harness.state().view().run.notes,
        "Unit 7 is a loop.\nTry β 1."
    );
    ui_support::show(&mut harness, Page::Runs);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Try β 1.").is_some());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    ask(&mut harness, Export::Report, &path);
    written(&mut harness);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("<li>Unit 7 is a loop.</li>"));
    // they can be changed
    dismiss(&mut harness);
    act(&mut harness, UserCommand::EditNotes);
    harness.run_steps(3);
    harness.key_press_modifiers(CTRL, Key::A);
    harness.get_by_label("Value").type_text("Nothing.");
    harness.run_steps(2);
    harness.get_by_label("Save").click();
    harness.run_steps(3);
    assert_eq!(harness.state().view().run.notes, "Nothing.");
}
