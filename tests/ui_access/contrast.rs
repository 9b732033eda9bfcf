//! Every text that is painted, on what it is painted on, on every page and in both themes.

use std::sync::Arc;

use egui::{Color32, Shape};
use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::{Page, Preferences, UserCommand};
use sae_lab::training::trainer::{Event, Tell};

use super::painted::{contrast, shapes, texts};
use super::ui_support::{scripted_at, snapshot};
use super::{SIZE, Window, ui_support};

fn show(harness: &mut Window, page: Page) {
    ui_support::show(harness, page);
    harness.run_steps(6);
}

/// The texts of less than 4.5 : 1, but for what is greyed out.
fn faint(harness: &Window, seen: &mut usize) -> Vec<String> {
    let disabled: Vec<egui::Rect> = harness
        .query_all_by(|node| node.is_disabled())
        .map(|node| node.rect())
        .collect();
    let mut faint = Vec::new();
    for text in texts(harness) {
        if disabled
            .iter()
            .any(|rect| rect.expand(2.0).contains_rect(text.rect))
        {
            continue;
        }
        let Some(back) = text.back else {
            faint.push(format!("{:?} stands on a picture", text.words));
            continue;
        };
        *seen += 1;
        let ratio = contrast(text.colour, back);
        let rule = text.words.trim() == "│"; // a graphic
        if ratio < if rule { 3.0 } else { 4.5 } {
            faint.push(format!(
                "{:?} at {:?}: {ratio:.2} : 1, {:?} on {back:?}",
                text.words, text.rect.min, text.colour
            ));
        }
    }
    faint
}

#[test]
fn every_text_of_every_page_can_be_read_in_both_themes() {
    for dark in [true, false] {
        let preferences = Preferences {
            dark,
            ..Preferences::default()
        };
        let (mut harness, script) = scripted_at(&snapshot(), preferences, SIZE, false);
        for page in Page::ALL {
            show(&mut harness, page);
            if page == Page::Unit {
                harness.get_by_label("Unit 4, constant").click();
                harness.run_steps(6);
            }
            let mut seen = 0;
            let faint = faint(&harness, &mut seen);
            assert!(faint.is_empty(), "dark {dark}, {page:?}: {faint:#?}");
            assert!(seen > 40, "{page:?}: only {seen} texts");
        }
        // notices, the palette and a menu stand over the lab
        show(&mut harness, Page::Lab);
        script.say(Tell::Event(Event::Panicked {
            message: "index out of bounds".into(),
        }));
        for label in ["Presets", "Data"] {
            harness.get_by_label(label).click();
            harness.run_steps(4);
            let faint = faint(&harness, &mut 0);
            assert!(faint.is_empty(), "dark {dark}, menu {label}: {faint:#?}");
            harness.key_press(egui::Key::Escape);
            harness.run_steps(4);
        }
        let ctx = harness.ctx.clone();
        harness.state_mut().act(&ctx, UserCommand::Palette.into());
        harness.run_steps(4);
        let modal = faint(&harness, &mut 0);
        // behind the palette's veil everything is meant to be faint
        let own: Vec<&String> = modal
            .iter()
            .filter(|line| line.contains("Preset: "))
            .collect();
        assert!(own.is_empty(), "dark {dark}: {own:#?}");
    }
}

#[test]
fn the_hint_where_a_file_may_be_dropped_can_be_read_over_everything() {
    for dark in [true, false] {
        let preferences = Preferences {
            dark,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted_at(&snapshot(), preferences, SIZE, false);
        for (page, words) in [
            (Page::Lab, "Drop to see what is in it"),
            (
                Page::LookThrough,
                "Drop a picture to send it through the network",
            ),
        ] {
            show(&mut harness, page);
            // the toolkit forgets after each frame what hovers
            harness
                .input_mut()
                .hovered_files
                .push(egui::HoveredFile::default());
            harness.step();
            let texts = texts(&harness);
            let hint = texts.iter().find(|text| text.words == words).unwrap();
            let back = hint.back.unwrap();
            assert_eq!(back.a(), 255, "dark {dark}: on {back:?}");
            assert!(contrast(hint.colour, back) >= 4.5, "{hint:?}");
            // no other text shows through it
            let plate = shapes(&harness)
                .into_iter()
                .filter_map(|(_, shape)| match shape {
                    Shape::Rect(rect) if rect.fill == back => Some(rect.rect),
                    _ => None,
                })
                .next_back()
                .unwrap();
            assert!(plate.shrink(8.0).contains_rect(hint.rect), "{plate:?}");
        }
    }
}

/// The corners that tell the classes: (margin, mark).
fn corners(harness: &Window) -> Vec<(Color32, Color32)> {
    let triangles: Vec<_> = shapes(harness)
        .into_iter()
        .filter_map(|(_, shape)| match shape {
            Shape::Path(path) if path.closed && path.points.len() == 3 => Some(path),
            _ => None,
        })
        .collect();
    let pairs = triangles.array_windows().filter_map(|[under, mark]| {
        let same = under.points[0] == mark.points[0];
        let wider = under.points[1].x > mark.points[1].x + 2.0;
        (same && wider).then_some((under.fill, mark.fill))
    });
    pairs.collect()
}

#[test]
fn the_classes_corners_can_be_seen_on_every_picture_in_both_themes() {
    let mut labelled = snapshot();
    let mut data = (*labelled.data).clone();
    data.labels = Some((0..data.len()).map(|index| (index % 8) as u8).collect());
    labelled.data = Arc::new(data);
    labelled.places = (0..labelled.places.len()).collect();
    for dark in [true, false] {
        let preferences = Preferences {
            dark,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted_at(&labelled, preferences, [1920.0, 1080.0], false);
        harness.run_steps(4);
        let corners = corners(&harness);
        assert!(corners.len() >= 8, "dark {dark}: {}", corners.len());
        let faint: Vec<_> = corners
            .into_iter()
            .filter(|(margin, mark)| contrast(*margin, *mark) < 3.0)
            .collect();
        assert!(faint.is_empty(), "dark {dark}: {faint:?}");
    }
}

#[test]
fn what_is_ticked_can_be_seen_before_it_is() {
    for dark in [true, false] {
        let preferences = Preferences {
            dark,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted_at(&snapshot(), preferences, SIZE, false);
        show(&mut harness, Page::Compare);
        harness.remove_cursor();
        harness.run_steps(2);
        let panel = harness.ctx.global_style().visuals.window_fill;
        for name in ["photos, raw", "bars", "as many epochs as this run"] {
            let rect = harness.get_by_label(name).rect();
            let edges: Vec<Color32> = shapes(&harness)
                .into_iter()
                .filter(|(_, shape)| {
                    let bounds = shape.visual_bounding_rect();
                    bounds.is_positive() && rect.expand(2.0).contains_rect(bounds)
                })
                .filter_map(|(_, shape)| match shape {
                    Shape::Circle(circle) => Some(circle.stroke.color),
                    Shape::Rect(rect) => Some(rect.stroke.color),
                    _ => None,
                })
                .collect();
            assert!(
                edges.iter().any(|edge| contrast(*edge, panel) >= 3.0),
                "dark {dark}, {name}: {edges:?} on {panel:?}"
            );
        }
    }
}
