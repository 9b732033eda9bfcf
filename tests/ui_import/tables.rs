//! What a table's columns are for, what becomes of gaps, and which way round a matrix lies.

use super::*;
use sae_lab::data::{Column, Columns, Incomplete, Labels, Orientation};
use sae_lab::lab::reading::Pick;

const PEOPLE: &str = "\
,born,height,sex,weight,team
0,1815-12-10,1.6,f,50,1
1,1990-01-02,1.8,m,80,2
2,2001-03-04,NA,f,60,1
3,1970-05-06,1.7,m,70,2
4,1971-05-06,1.9,m,75,2
";

fn picks(harness: &Window) -> Vec<Pick> {
    import(harness).picks()
}

#[test]
fn columns_are_used_are_labels_or_left_out() {
    let mut harness = real();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, PEOPLE).unwrap();
    let first = open(&mut harness, &path);
    use Pick::{Label, LeaveOut, Use};
    assert_eq!(
        picks(&harness),
        [LeaveOut, LeaveOut, Use, Label, Use, Use],
        "by suggestion"
    );
    assert_eq!(first.dim, (4, 3));
    assert!(disabled(&harness, "Suggested"));
    let said = "Left out: born, which holds dates.";
    assert!(harness.query_all_by_label_contains(said).next().is_some());
    assert!(disabled(&harness, "born: use"), "it holds no numbers");

    let filled = choose(&mut harness, "Missing values: fill with mean");
    assert_eq!(filled.dim, (5, 3));
    let fewer = choose(&mut harness, "weight: leave out");
    assert_eq!(fewer.dim, (5, 2));
    harness.get_by_label("team: label").click_accesskit(); // scrolled out of view
    harness.run_steps(3);
    let labelled = preview(&mut harness);
    assert_eq!(labelled.dim, (5, 1));
    assert_eq!(labelled.labels.as_deref(), Some(&[1, 2, 1, 2, 2][..]));
    assert_eq!(
        picks(&harness),
        [LeaveOut, LeaveOut, Use, LeaveOut, LeaveOut, Label],
        "one column of labels at most"
    );
    harness.get_by_label("height: leave out").click();
    wait(&mut harness, |app| {
        app.view()
            .shared
            .import
            .as_ref()
            .is_some_and(|i| i.error.is_some())
    });
    harness.run_steps(3);
    assert!(disabled(&harness, "Train on this"));
    assert!(
        harness
            .query_by_label_contains("none of them was chosen")
            .is_some()
    );
    choose(&mut harness, "height: use");
    choose(&mut harness, "weight: use");
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().data.name == "people.csv"
    });
    let snapshot = harness.state().view().run.snapshot.clone().unwrap();
    let reading = &snapshot.experiment.data.reading;
    let named = |name: &str| Column::Named(name.into());
    assert_eq!(
        reading.columns,
        Columns::These(vec![named("height"), named("weight")])
    );
    assert_eq!(reading.labels, Labels::Column(named("team")));
    assert_eq!(reading.incomplete, Incomplete::FillMean);
    assert_eq!(snapshot.data.fitted.columns, ["height", "weight"]);
    assert_eq!(snapshot.data.spec, snapshot.experiment.data);
    // the sheet opens again on what was chosen, and goes back to what is suggested
    harness.key_press(Key::P);
    harness.run_steps(2);
    preview(&mut harness);
    assert_eq!(picks(&harness)[3..], [LeaveOut, Use, Label]);
    let suggested = choose(&mut harness, "Suggested");
    assert_eq!(suggested.dim, (4, 3));
    assert!(disabled(&harness, "Suggested"));
}

#[test]
fn a_matrix_is_turned_by_suggestion_and_back() {
    let mut harness = real();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patches.npy");
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 1000), }";
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend((0..64_000).flat_map(|at| ((at * 7919 % 997) as f32 / 1000.0).to_le_bytes()));
    std::fs::write(&path, bytes).unwrap();
    let turned = open(&mut harness, &path);
    assert_eq!(turned.dim, (1_000, 64));
    let said = "Columns taken as samples: 1,000 of 64 values each.";
    assert!(harness.query_all_by_label_contains(said).next().is_some());
    let columns = "Samples are: columns (1,000 × 64)";
    assert!(harness.query_by_label(columns).is_some());
    let rows = choose(&mut harness, "Samples are: rows (64 × 1,000)");
    assert_eq!(rows.dim, (64, 1_000));
    assert!(
        harness.query_by_label(columns).is_some(),
        "the other stands beside it"
    );
    let turned = choose(&mut harness, columns);
    assert_eq!(turned.dim, (1_000, 64));
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().data.name == "patches.npy"
    });
    let snapshot = harness.state().view().run.snapshot.clone().unwrap();
    let reading = &snapshot.experiment.data.reading;
    assert_eq!(
        reading.orientation,
        Orientation::Columns,
        "nothing is left open"
    );
}

#[test]
fn columns_are_chosen_with_the_keyboard_at_any_size() {
    for (size, zoom) in [([1024.0, 768.0], 100), ([682.0, 512.0], 150)] {
        let preferences = Preferences {
            zoom,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted(preferences, size, false);
        let first = open(&mut harness, "table.csv");
        assert_eq!(first.dim, (28, 12));
        let label = "measure 10: leave out";
        for _ in 0..80 {
            harness.key_press(Key::Tab);
            harness.run_steps(2);
            if harness.get_by_label(label).is_focused() {
                break;
            }
        }
        let choice = harness.get_by_label(label);
        assert!(choice.is_focused(), "{size:?}");
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        assert!(window.contains_rect(choice.rect()), "scrolled into view");
        harness.key_press(Key::Space);
        harness.run_steps(3);
        assert_eq!(preview(&mut harness).dim, (28, 11));
    }
}
