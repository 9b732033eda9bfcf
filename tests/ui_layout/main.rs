//! A room, not a desk: at every size of window and every zoom, nothing overlaps, nothing is cut off, text and targets
//! are large enough, and larger text never makes the pictures smaller.
//!
//! `SAE_LAB_FULL=1` (`tests/long layout`) tries every page with every scene at every size; `SAE_LAB_PICTURES=DIR` also
//! writes a picture of each, to be looked at.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod fill;
mod painted;
mod saving;
mod scene;
#[path = "../ui_support/mod.rs"]
mod ui_support;

use egui_kittest::kittest::Queryable as _;
use painted::Painted;
use sae_lab::lab::{Action, Page, UserCommand};
use scene::{LONG_NAME, SIZES, Scene, Window, ZOOMS};

/// Everything that is wrong with what a window shows.
fn faults(window: &mut Window) -> Vec<String> {
    faults_within(window, egui::Rect::EVERYTHING)
}

/// The same of what has a part in `place`; of the targets, all.
fn faults_within(window: &mut Window, place: egui::Rect) -> Vec<String> {
    let screen = window.harness.ctx.content_rect();
    let overlays = window.overlays();
    let caret = window.harness.ctx.global_style().visuals.text_cursor.stroke;
    let mut painted = Painted::of(&window.harness.output().shapes, screen, &overlays, caret);
    painted.words.retain(|word| place.intersects(word.rect));
    painted.rings.retain(|(ring, _)| place.intersects(*ring));
    let mut faults = Vec::new();
    assert!(painted.words.len() > 12, "nothing is shown");
    for (one, other) in painted.overlaps() {
        // the letters of a formula are set one by one, and an accent reaches into its letter's box
        if !(one.formula && other.formula) {
            faults.push(format!(
                "{:?} overlaps {:?} at {:?}",
                one.text, other.text, other.rect
            ));
        }
    }
    for word in painted.cut() {
        faults.push(format!(
            "{:?} at {:?} is cut by {:?}",
            word.text, word.rect, word.clip
        ));
    }
    for (word, whole) in painted
        .words
        .iter()
        .filter_map(|word| Some((word, word.elided.as_ref()?)))
    {
        // what a person named may be longer than any room
        let named = LONG_NAME
            .split('_')
            .take(2)
            .all(|part| whole.contains(part));
        if !named && word.visible().is_positive() {
            faults.push(format!("{:?} is all that is shown of {whole:?}", word.text));
        }
    }
    for (shown, hidden) in painted.torn() {
        faults.push(format!(
            "{:?} is shown without {:?} beside it",
            shown.text, hidden.text
        ));
    }
    for (ring, clip) in painted.cut_rings() {
        faults.push(format!("a ring at {ring:?} is cut by {clip:?}"));
    }
    for (word, at) in painted.struck() {
        faults.push(format!(
            "{:?} at {:?} is struck through by a line from {at:?}",
            word.text, word.rect
        ));
    }
    for word in &painted.words {
        // a formula's indices are set at a fraction of its size, as in print
        let least = if word.formula { 9.0 } else { 12.0 };
        if word.size < least {
            faults.push(format!("{:?} is set in {} points", word.text, word.size));
        }
    }
    faults.extend(window.small_targets());
    faults
}

/// Looks at the scenes of every page at the sizes and zooms that `takes` picks.
fn look(scenes: &[Scene], takes: impl Fn([f32; 2], u32) -> bool) {
    let mut wrong = Vec::new();
    for size in SIZES {
        for zoom in ZOOMS {
            if !takes(size, zoom) && std::env::var_os("SAE_LAB_FULL").is_none() {
                continue;
            }
            for page in Page::ALL {
                for scene in scenes {
                    if !scene.is_of(page) {
                        continue;
                    }
                    for dark in [true, false] {
                        let mut window = scene.open(page, size, zoom, dark);
                        let theme = if dark { "dark" } else { "light" };
                        let name = format!(
                            "{}-{page:?}-{}x{}-{zoom}-{theme}",
                            scene.name, size[0], size[1]
                        );
                        window.picture(&name);
                        let found = faults(&mut window);
                        wrong.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_lab_page_at_every_size_and_zoom() {
    look(&[scene::LAB, scene::STORM], |_, _| true);
}

#[test]
fn the_other_pages() {
    look(&[scene::PLAIN], |size, zoom| {
        matches!(
            (size[0] as u32, zoom),
            (1024, 100 | 200) | (1280, 100 | 150 | 200) | (1920, 100)
        )
    });
}

#[test]
fn what_stands_over_the_pages() {
    look(&scene::OVER, |size, zoom| {
        matches!((size[0] as u32, zoom), (1024, 200) | (1280, 100 | 150))
    });
}

/// The first and the last of the units, in all corners of the grid.
const CORNERS: [usize; 4] = [0, 6, 42, 48];

#[test]
fn the_ring_of_a_selected_tile_is_whole_wherever_it_stands() {
    for (size, zoom) in [
        ([1024.0, 768.0], 100),
        ([1024.0, 768.0], 200),
        ([1280.0, 720.0], 150),
    ] {
        for page in [Page::Lab, Page::Unit] {
            let mut window = scene::PLAIN.open(page, size, zoom, true);
            for unit in CORNERS {
                scene::act(&mut window.harness, Action::Select(Some(unit)));
                window.harness.run_steps(6);
                let screen = window.harness.ctx.content_rect();
                let stroke = window.harness.ctx.global_style().visuals.text_cursor.stroke;
                let shapes = &window.harness.output().shapes;
                let painted = Painted::of(shapes, screen, &[], stroke);
                let at = window.tile_of(unit);
                let own: Vec<_> = painted
                    .rings
                    .iter()
                    .filter(|(ring, _)| {
                        ring.contains_rect(at) && at.expand(5.0).contains_rect(*ring)
                    })
                    .collect();
                assert!(!own.is_empty(), "unit {unit} of {page:?} has no ring");
                assert_eq!(
                    painted.cut_rings(),
                    [],
                    "unit {unit} of {page:?} at {size:?}, {zoom} %"
                );
            }
        }
    }
}

#[test]
fn a_row_scrolls_away_as_a_whole() {
    for (size, zoom) in [
        ([1280.0, 720.0], 150),
        ([1024.0, 768.0], 200),
        ([1280.0, 720.0], 125),
    ] {
        let mut window = scene::PLAIN.open(Page::Lab, size, zoom, true);
        let slider = window.harness.get_by_label("β sparsity weight").rect();
        for step in 0..40 {
            let found = faults(&mut window);
            assert_eq!(
                found, [""; 0],
                "{size:?}, {zoom} %, scrolled by {step} times 7"
            );
            let wheel = egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                delta: egui::vec2(0.0, -7.0),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
                modifiers: egui::Modifiers::NONE,
            };
            // over a rail the wheel scrolls too
            window.harness.hover_at(slider.center());
            window.harness.event(wheel);
            window.harness.run_steps(12);
            window.harness.remove_cursor();
            window.harness.run_steps(20);
        }
    }
}

#[test]
fn the_palettes_keys_and_what_to_watch_stand_in_one_row_each() {
    for size in SIZES {
        for zoom in ZOOMS {
            let mut window = scene::PLAIN.open(Page::Lab, size, zoom, true);
            for page in Page::ALL {
                scene::act(&mut window.harness, UserCommand::Show(page).into());
                window.harness.run_steps(4);
                let watch = window.harness.get_by_label(page.watch()).rect();
                assert!(
                    watch.height() < 20.0,
                    "{page:?} at {size:?}, {zoom} %: {watch:?}"
                );
            }
            // at 512 points there is room for the menus alone: the palette is in that of the pages
            let keys = window.harness.query_by_label("Commands…").is_some();
            assert!(
                keys || size[0] * 100.0 / zoom as f32 <= 520.0,
                "{size:?}, {zoom} %"
            );
        }
    }
}

#[test]
fn larger_text_never_makes_the_tiles_smaller() {
    for size in SIZES {
        let tile =
            |zoom| scene::PLAIN.open(Page::Lab, size, zoom, true).tile() * zoom as f32 / 100.0;
        let sizes = ZOOMS.map(tile);
        for pixels in &sizes[1..] {
            assert!(
                *pixels >= sizes[0] - 0.5,
                "tiles of {sizes:?} pixels at {size:?}, {ZOOMS:?} %"
            );
        }
    }
}
