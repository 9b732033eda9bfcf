//! Where tooltips are, and when there are none.

use egui::{Order, Rect, Role, pos2};
use egui_kittest::kittest::Queryable as _;

use super::{Window, ui_support, window};

/// The rectangles of all tooltips that are open.
fn tooltips(harness: &Window) -> Vec<Rect> {
    harness.ctx.memory(|memory| {
        let layers: Vec<egui::LayerId> = memory.layer_ids().collect();
        let open = layers
            .into_iter()
            .filter(|layer| layer.order == Order::Tooltip);
        let seen = open.filter(|layer| memory.areas().is_visible(layer));
        seen.filter_map(|layer| memory.area_rect(layer.id))
            .collect()
    })
}

/// All tiles, together.
fn tiles(harness: &Window) -> Rect {
    let tiles = harness
        .query_all_by_label_contains("Unit ")
        .map(|node| node.rect());
    tiles.fold(Rect::NOTHING, Rect::union)
}

/// So many seconds pass, at 30 frames each.
fn pass(harness: &mut Window, seconds: f32) {
    harness.run_steps((seconds * 30.0).ceil() as usize);
}

const SLIDERS: [&str; 5] = [
    "ρ target activation",
    "β sparsity weight",
    "α learning rate",
    "λ weight decay",
    "speed limit",
];

#[test]
fn help_on_a_slider_never_covers_the_tiles() {
    for zoom in [100, 150] {
        let preferences = sae_lab::lab::Preferences {
            zoom,
            ..Default::default()
        };
        let points = super::SIZE.map(|side| side / (zoom as f32 / 100.0));
        let (mut harness, _script) =
            ui_support::scripted_at(&ui_support::snapshot(), preferences, points, false);
        let tiles = tiles(&harness);
        let mut opened = 0;
        for name in SLIDERS {
            let Some(slider) = harness.query_by_role_and_label(Role::Slider, name) else {
                continue; // the narrow bar has no room for the speed
            };
            let rect = slider.rect();
            for y in [rect.center().y, rect.top() - 10.0] {
                harness.hover_at(pos2(rect.center().x, y));
                pass(&mut harness, 1.0);
                for tooltip in tooltips(&harness) {
                    opened += 1;
                    assert!(
                        !tooltip.intersects(tiles),
                        "{zoom} %, {name}: {tooltip:?} over {tiles:?}"
                    );
                }
                harness.hover_at(pos2(4.0, 4.0));
                pass(&mut harness, 0.4);
            }
        }
        assert!(opened >= 8, "{zoom} %: help opened only {opened} times");
    }
}

#[test]
fn there_is_no_help_while_a_slider_is_dragged_and_for_a_second_after() {
    let (mut harness, script) = window();
    let rect = harness
        .get_by_role_and_label(Role::Slider, "λ weight decay")
        .rect();
    let at = |part: f32| pos2(rect.left() + part * rect.width(), rect.top() + 7.0);
    harness.hover_at(at(0.5));
    pass(&mut harness, 1.0);
    assert_eq!(tooltips(&harness).len(), 1, "help on what is pointed at");
    harness.drag_at(at(0.5));
    harness.step();
    for i in 0..30 {
        harness.hover_at(at(0.5 + 0.01 * i as f32));
        harness.step();
        harness.step();
        assert!(i == 0 || tooltips(&harness).is_empty(), "while dragging");
    }
    pass(&mut harness, 1.5); // held still
    assert!(tooltips(&harness).is_empty(), "while it is held");
    harness.drop_at(at(0.79));
    harness.step();
    assert!(script.last_hyperparameters().unwrap().weight_decay > 4e-4);
    // the pointer moves on, to another slider and over the tiles: nothing opens for a second
    let tile = harness.get_by_label("Unit 9, alive").rect().center();
    let other = harness
        .get_by_role_and_label(Role::Slider, "α learning rate")
        .rect()
        .center();
    for place in [other, tile] {
        harness.hover_at(place);
        for _ in 0..13 {
            harness.step();
            assert!(tooltips(&harness).is_empty(), "within a second");
        }
    }
    harness.hover_at(tile + egui::vec2(2.0, 0.0));
    pass(&mut harness, 2.0);
    assert_eq!(tooltips(&harness).len(), 1, "later it opens");
}
