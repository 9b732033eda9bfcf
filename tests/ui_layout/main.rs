//! A room, not a desk: at every size of window and every zoom, nothing overlaps, nothing is cut off, text and targets
//! are large enough, and larger text never makes the pictures smaller.
//!
//! `SAE_LAB_FULL=1` (`tests/long layout`) tries every page with every scene at every size; `SAE_LAB_PICTURES=DIR` also
//! writes a picture of each, to be looked at.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod fill;
mod painted;
mod scene;
#[path = "../ui_support/mod.rs"]
mod ui_support;

use painted::Painted;
use sae_lab::lab::Page;
use scene::{SIZES, Scene, Window, ZOOMS};

/// Everything that is wrong with what a window shows.
fn faults(window: &mut Window) -> Vec<String> {
    let screen = window.harness.ctx.content_rect();
    let overlays = window.overlays();
    let caret = window.harness.ctx.global_style().visuals.text_cursor.stroke;
    let painted = Painted::of(&window.harness.output().shapes, screen, &overlays, caret);
    let mut faults = Vec::new();
    assert!(painted.words.len() > 20, "nothing is shown");
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
    let mut dark = true;
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
                    dark = !dark; // where a word is does not depend on its colour
                    let mut window = scene.open(page, size, zoom, dark);
                    let name = format!("{}-{page:?}-{}x{}-{zoom}", scene.name, size[0], size[1]);
                    window.picture(&name);
                    wrong.extend(
                        faults(&mut window)
                            .into_iter()
                            .map(|fault| format!("{name}: {fault}")),
                    );
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
