//! The curve of what was held out, and its place in the legend.

use egui::{Color32, Shape};
use sae_lab::data::TestPart;
use sae_lab::training::{History, Record, Snapshot, TestLoss};
use sae_lab::ui::theme::Theme;

use super::*;

const ENTRY: &str = "Show reconstruction of what was held out";

/// The fixed snapshot with a quarter of the data held out.
fn tested() -> Snapshot {
    let plain = ui_support::snapshot();
    let mut data = (*plain.data).clone();
    let part = data.samples.clone();
    data.test = Some(Arc::new(TestPart::new(&data.samples, part, None)));
    let mut history = History::new();
    for record in plain.history.records() {
        let loss = 1.5 * record.cost.reconstruction_loss;
        history.push(Record {
            test: Some(TestLoss {
                reconstruction_loss: loss,
                fvu: 1.5 * record.fvu,
            }),
            ..*record
        });
    }
    Snapshot {
        data: Arc::new(data),
        history: Arc::new(history),
        ..plain
    }
}

fn strokes(shape: &Shape, colour: Color32) -> usize {
    match shape {
        Shape::Vec(shapes) => shapes.iter().map(|shape| strokes(shape, colour)).sum(),
        Shape::LineSegment { stroke, .. } => usize::from(stroke.color == colour),
        Shape::Path(path) => {
            let own = egui::epaint::ColorMode::Solid(colour);
            usize::from(path.stroke.color == own && path.fill == Color32::TRANSPARENT)
        }
        _ => 0,
    }
}

/// How many strokes of the test's colour were painted: each dash is one.
fn dashes(harness: &Window) -> usize {
    let colour = Theme::named(true).test;
    let shapes = harness.output().shapes.iter();
    shapes.map(|clipped| strokes(&clipped.shape, colour)).sum()
}

#[test]
fn what_was_held_out_is_a_dashed_curve_of_its_own_colour() {
    for size in [SIZE, [1024.0, 768.0]] {
        let (mut harness, _script) =
            ui_support::scripted_at(&tested(), Preferences::default(), size, false);
        harness.run_steps(4);
        assert!(dashes(&harness) > 20, "{} strokes", dashes(&harness));
        // its entry stands whole in the legend
        let entry = harness.get_by_label(ENTRY).rect();
        let plot = harness.get_by_label("Cost curves").rect();
        assert!(entry.right() <= plot.right() + 1.0, "{entry:?} {plot:?}");
        let decay = harness.get_by_label("Show decay").rect();
        assert!(decay.right() <= entry.left());
        harness.get_by_label(ENTRY).click();
        harness.run_steps(4);
        assert_eq!(dashes(&harness), 0, "a click hides it");
        harness.get_by_label(ENTRY).click();
        harness.run_steps(4);
        assert!(dashes(&harness) > 20);
    }
}

#[test]
fn there_is_no_such_curve_where_nothing_was_held_out() {
    let (mut harness, _script) = window();
    harness.run_steps(4);
    assert_eq!(dashes(&harness), 0);
    assert!(harness.query_by_label(ENTRY).is_none());
    assert!(harness.query_by_label("Show decay").is_some());
}
