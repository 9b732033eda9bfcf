//! Columns and classes by their names: on the sheet, at tiles and reconstructions, on the Unit page.

use egui::Event;

use super::*;

const WINE: &str = "\
alcohol,proline,ash,kind
14.2,1065,2.4,red
13.2,1050,2.1,white
13.1,1185,2.6,red
14.3,1480,2.5,white
13.2,735,2.8,red
14.0,1290,2.4,white
";

/// Rests the pointer over a part of what has this name.
fn hover(harness: &mut Window, label: &str, part: f32) {
    let rect = harness.get_by_label(label).rect();
    let at = rect.left_center() + egui::vec2(part * rect.width(), 0.0);
    harness.event(Event::PointerMoved(at));
    harness.run_steps(25); // a tooltip takes a while
}

/// The texts that were painted.
fn painted(harness: &Window) -> Vec<String> {
    fn of(shape: &egui::Shape, texts: &mut Vec<String>) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| of(shape, texts)),
            egui::Shape::Text(text) => texts.push(text.galley.text().to_owned()),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    let shapes = harness.output().shapes.iter();
    shapes.for_each(|clipped| of(&clipped.shape, &mut texts));
    texts
}

fn says(harness: &Window, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn columns_and_classes_have_their_names_wherever_they_are_shown() {
    let mut harness = real();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wine.csv");
    std::fs::write(&path, WINE).unwrap();
    let shown = open(&mut harness, &path);
    assert!(says(&harness, "labels: 2 classes: red and white"));
    assert_eq!(shown.fitted.columns, ["alcohol", "proline", "ash"]);
    assert!(
        shown.raw.columns.is_some(),
        "proline would flatten the others"
    );
    assert!(shown.prepared.columns.is_none());
    let texts = painted(&harness);
    assert!(
        texts.iter().any(|text| text.contains("by column")),
        "and says so: {texts:?}"
    );
    hover(&mut harness, "Sample 1, red", 0.5);
    assert!(says(&harness, "proline 1,065 → 0.443"));

    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.data.name == "wine.csv" && snapshot.epoch > 0
    });
    harness.key_press(Key::Space);
    harness.run_steps(4);
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().activity == Activity::Paused
    });
    harness.run_steps(4);
    let label = {
        let snapshot = harness.state().view().run.snapshot.clone().unwrap();
        format!("Unit 1, {}", snapshot.units[0].state.name())
    };
    hover(&mut harness, &label, 0.5);
    assert!(says(&harness, "proline "), "a weight");
    let (class, input) = {
        let snapshot = harness.state().view().run.snapshot.clone().unwrap();
        let class = snapshot.data.class_of(snapshot.places[0]).unwrap();
        (
            ["red", "white"][usize::from(class)],
            snapshot.inputs[(0, 0)],
        )
    };
    let name = format!("Input 1 and its reconstruction, {class}");
    hover(&mut harness, &name, 0.06);
    assert!(says(&harness, "alcohol: x "), "{input}");

    // the unit's page: its weights, and the inputs that excite it
    harness.get_by_label(&label).click();
    wait(&mut harness, |app| {
        app.view().run.inspection.shown.is_some()
    });
    harness.run_steps(6);
    hover(&mut harness, "The encoder weights of unit 1", 0.9);
    assert!(says(&harness, "ash "));
    let excited = harness
        .query_all_by_label_contains(": activation ")
        .filter_map(|node| node.accesskit_node().label())
        .collect::<Vec<_>>();
    assert!(!excited.is_empty());
    let named = |label: &String| label.contains(", red:") || label.contains(", white:");
    assert!(excited.iter().all(named), "{excited:?}");
}
