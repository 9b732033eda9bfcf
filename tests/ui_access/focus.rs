//! Tab through every page: each control shows that it has the focus, and comes in the order of reading.

use std::collections::HashSet;

use egui::{Color32, Key, Rect, Shape, Stroke};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::lab::{Page, Preferences};

use super::painted::{contrast, shapes};
use super::ui_support::{scripted_at, show, snapshot};
use super::{SIZE, Window};

/// The rings that are painted: closed frames two points wide, all round a rectangle, without a fill.
fn rings(harness: &Window) -> Vec<(Rect, Color32)> {
    let rings = shapes(harness)
        .into_iter()
        .filter_map(|(clip, shape)| match shape {
            Shape::Rect(rect)
                if rect.fill == Color32::TRANSPARENT
                    && rect.stroke == Stroke::new(2.0, rect.stroke.color) =>
            {
                clip.expand(1.0)
                    .contains_rect(rect.rect)
                    .then_some((rect.rect, rect.stroke.color))
            }
            _ => None,
        });
    rings.collect()
}

/// What has the focus: (name, where).
fn focused(harness: &Window) -> Option<(String, Rect)> {
    let mut nodes = harness.query_all_by(|node| node.is_focused());
    let node = nodes.next()?;
    let name = node.accesskit_node().label().unwrap_or_default();
    Some((name, node.rect()))
}

/// Two rectangles beside one another, in one row.
fn is_in_row(a: Rect, b: Rect) -> bool {
    let overlap = a.bottom().min(b.bottom()) - a.top().max(b.top());
    overlap > 0.6 * a.height().max(b.height())
}

fn walk(page: Page, dark: bool) -> usize {
    let preferences = Preferences {
        dark,
        ..Preferences::default()
    };
    let (mut harness, _script) = scripted_at(&snapshot(), preferences, SIZE, false);
    show(&mut harness, page);
    harness.run_steps(6);
    if page == Page::Unit {
        harness.get_by_label("Unit 4, constant").click();
        harness.run_steps(6);
    }
    harness.remove_cursor();
    harness.run_steps(2);
    let before: HashSet<String> = rings(&harness)
        .iter()
        .map(|ring| format!("{ring:?}"))
        .collect();
    let mut seen: Vec<(String, Rect)> = Vec::new();
    for _ in 0..250 {
        harness.key_press(Key::Tab);
        harness.run_steps(3);
        let Some((name, rect)) = focused(&harness) else {
            continue; // from the last to the first
        };
        if seen
            .first()
            .is_some_and(|first| *first == (name.clone(), rect))
        {
            break;
        }
        let screen = Rect::from_min_size(egui::Pos2::ZERO, SIZE.into());
        assert!(
            screen.expand(1.0).contains_rect(rect),
            "{page:?}: {name} has the focus out of sight, at {rect:?}"
        );
        let visible = rect;
        let ring = rings(&harness)
            .into_iter()
            .filter(|ring| !before.contains(&format!("{ring:?}")))
            .find(|(ring, _)| {
                ring.expand(1.0).contains_rect(visible) && visible.expand(6.0).contains_rect(*ring)
            });
        let Some((_, colour)) = ring else {
            panic!(
                "{page:?}: nothing shows that {name} has the focus, at {rect:?}: {:?}",
                rings(&harness)
            );
        };
        for ground in [
            harness.ctx.global_style().visuals.window_fill,
            harness.ctx.global_style().visuals.panel_fill,
        ] {
            assert!(contrast(colour, ground) >= 3.0, "{page:?}: {name}");
        }
        if let Some((earlier, last)) = seen.last()
            && is_in_row(*last, rect)
            && (last.left() - rect.right()).abs() < 200.0
        {
            assert!(
                rect.left() > last.left(),
                "{page:?}: from {earlier} Tab goes back to {name}"
            );
        }
        seen.push((name, rect));
    }
    seen.len()
}

#[test]
fn every_control_of_the_lab_shows_its_focus_in_the_order_of_reading() {
    assert!(walk(Page::Lab, true) > 70);
}

#[test]
fn every_control_of_the_unit_page_shows_its_focus() {
    assert!(walk(Page::Unit, false) > 70);
}

#[test]
fn every_control_of_the_maths_page_shows_its_focus() {
    assert!(walk(Page::Mathematics, true) > 20);
}

#[test]
fn every_control_of_the_look_through_page_shows_its_focus() {
    assert!(walk(Page::LookThrough, true) > 70);
}

#[test]
fn every_control_of_the_compare_page_shows_its_focus() {
    assert!(walk(Page::Compare, false) > 20);
}

#[test]
fn every_control_of_the_map_page_shows_its_focus() {
    assert!(walk(Page::Map, true) > 20);
}

#[test]
fn the_plot_moves_by_keys_as_by_the_pointer() {
    let (mut harness, _script) = super::window();
    harness.get_by_label("Cost curves").focus();
    harness.run_steps(3);
    let labels = |harness: &Window| -> Vec<String> {
        let right =
            |text: &super::painted::Text| text.rect.left() > 800.0 && text.rect.top() < 400.0;
        let texts = super::painted::texts(harness);
        texts
            .into_iter()
            .filter(right)
            .map(|text| text.words)
            .collect()
    };
    let before = labels(&harness);
    for _ in 0..4 {
        harness.key_press(Key::ArrowUp);
        harness.run_steps(3);
    }
    assert_ne!(labels(&harness), before, "fewer epochs are seen");
    assert!(harness.get_by_label("Cost curves").is_focused());
}
