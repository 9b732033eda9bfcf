//! The dead differ from the living by shape, not by colour alone.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Rect, Role, Shape};
use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::Page;
use sae_lab::model::UnitState;
use sae_lab::model::units::StateCounts;
use sae_lab::training::History;

use super::painted::shapes;
use super::{Window, ui_support, window, window_at};

/// How many shapes of each kind lie within `rect`, whatever their colours: all that an eye without colours goes by.
fn kinds(harness: &Window, rect: Rect) -> HashMap<&'static str, usize> {
    let mut kinds = HashMap::new();
    for (_, shape) in shapes(harness) {
        let bounds = shape.visual_bounding_rect();
        if bounds.is_positive() && rect.expand(4.0).contains_rect(bounds) {
            let kind = match &shape {
                Shape::LineSegment { .. } => "segment",
                Shape::Circle(_) => "circle",
                Shape::Rect(_) => "rect",
                Shape::Path(_) => "path",
                Shape::Text(_) => "text",
                _ => "other",
            };
            *kinds.entry(kind).or_insert(0) += 1;
        }
    }
    kinds
}

#[test]
fn a_dead_units_tile_is_struck_through_on_every_page_that_shows_it() {
    for (page, dead, alive) in [
        (Page::Lab, "Unit 4, constant", "Unit 7, alive"),
        (Page::Unit, "Unit 4, constant", "Unit 7, alive"),
        (
            Page::LookThrough,
            "Activation of unit 4",
            "Activation of unit 7",
        ),
    ] {
        let (mut harness, _script) = window();
        ui_support::show(&mut harness, page);
        harness.run_steps(6);
        harness.remove_cursor();
        harness.run_steps(2);
        let segments = |label: &str| {
            let rect = harness.get_all_by_label(label).next().unwrap().rect();
            kinds(&harness, rect).get("segment").copied().unwrap_or(0)
        };
        assert!(segments(dead) > 8, "{page:?}: {}", segments(dead));
        assert_eq!(segments(alive), 0, "{page:?}");
    }
}

#[test]
fn bars_points_and_areas_of_the_dead_have_a_texture() {
    let mut living = ui_support::snapshot();
    for unit in &mut living.units {
        unit.state = UnitState::Alive;
        unit.maximum = unit.minimum + 0.6;
    }
    let mut history = History::new();
    for mut record in living.history.records().copied() {
        record.counts = StateCounts::of(&living.units);
        history.push(record);
    }
    living.history = Arc::new(history);
    let count = |harness: &Window, label: &str| {
        let rect = harness.get_by_role_and_label(Role::Canvas, label).rect();
        kinds(harness, rect)
    };
    let (all_alive, _script) = window_at(&living);
    let (some_dead, _script) = window();
    let number = |kinds: &HashMap<&str, usize>, kind| kinds.get(kind).copied().unwrap_or(0);
    for label in ["Histogram of ρ̂", "Units alive and dead"] {
        let (alive, dead) = (count(&all_alive, label), count(&some_dead, label));
        assert!(
            number(&dead, "segment") > number(&alive, "segment") + 3,
            "{label}: {alive:?} {dead:?}"
        );
    }
    let label = "Contribution against ρ̂";
    let (alive, dead) = (count(&all_alive, label), count(&some_dead, label));
    let gone = ui_support::snapshot()
        .units
        .iter()
        .filter(|unit| unit.state.is_dead())
        .count();
    assert_eq!(
        number(&alive, "circle") - number(&dead, "circle"),
        gone,
        "discs are the living"
    );
    assert_eq!(
        number(&dead, "segment") - number(&alive, "segment"),
        2 * gone,
        "crosses are the dead"
    );
}
