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

/// The words of the help that is open.
fn words(harness: &Window) -> Vec<String> {
    let tooltips = tooltips(harness);
    let texts = super::painted::texts(harness);
    // it is painted over everything else
    let inside = texts.into_iter().rev().take_while(|text| {
        tooltips
            .iter()
            .any(|tooltip| tooltip.expand(2.0).contains_rect(text.rect))
    });
    let words: Vec<String> = inside.map(|text| text.words).collect();
    words.into_iter().rev().collect()
}

#[test]
fn help_says_more_than_the_label_in_a_plain_sentence() {
    let (mut harness, _script) = window();
    harness.ctx.all_styles_mut(|style| {
        style.interaction.tooltip_delay = 0.0;
        style.interaction.show_tooltips_only_when_still = false;
    });
    let mut said: Vec<String> = Vec::new();
    let mut bad: Vec<String> = Vec::new();
    for page in sae_lab::lab::Page::ALL {
        ui_support::show(&mut harness, page);
        harness.run_steps(6);
        if page == sae_lab::lab::Page::Unit {
            harness.get_by_label("Unit 4, constant").click();
            harness.run_steps(8);
        }
        harness.remove_cursor();
        harness.step();
        let screen = Rect::from_min_size(egui::Pos2::ZERO, super::SIZE.into());
        let mut places: Vec<(Rect, String)> = super::painted::texts(&harness)
            .into_iter()
            .map(|text| (text.rect, text.words))
            .collect();
        let named =
            harness.query_all_by(|node| node.label().is_some() && node.raw_bounds().is_some());
        places.extend(named.map(|node| (node.rect(), String::new())));
        let mut seen: Vec<egui::Pos2> = Vec::new();
        for (rect, label) in places {
            let at = rect.center();
            let near = seen.iter().any(|other| other.distance(at) < 2.0);
            if near || !screen.contains_rect(rect) || rect.width() > 640.0 {
                continue;
            }
            seen.push(at);
            harness.hover_at(at);
            harness.run_steps(3);
            let help = words(&harness);
            let whole = help.join(" ");
            if whole.is_empty() || said.contains(&whole) {
                continue;
            }
            let plain = whole.trim().to_lowercase();
            let repeats = plain == label.trim().to_lowercase();
            let term = plain.split_whitespace().count() < 3
                && !plain.contains(|c: char| c.is_ascii_digit());
            let starts = whole.trim().chars().next();
            let capital = starts.is_some_and(|first| first.is_lowercase() && first.is_ascii());
            if repeats
                || term
                || (capital && !plain.contains(|c: char| c == ':' || c.is_ascii_digit()))
            {
                bad.push(format!("{page:?}, on {label:?} at {at:?}: {whole:?}"));
            }
            said.push(whole);
        }
    }
    assert!(said.len() > 60, "{}: {said:#?}", said.len());
    if std::env::var_os("SAE_LAB_FULL").is_some() {
        println!("{said:#?}");
    }
    assert!(bad.is_empty(), "{bad:#?}");
}
