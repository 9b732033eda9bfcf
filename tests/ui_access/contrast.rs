//! Every text that is painted, on what it is painted on, on every page and in both themes.

use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::{Page, Preferences, UserCommand};
use sae_lab::training::trainer::{Event, Tell};

use super::painted::{contrast, texts};
use super::ui_support::{scripted_at, snapshot};
use super::{SIZE, Window, trained_for, ui_support};

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
fn the_question_can_be_read_in_both_themes() {
    for dark in [true, false] {
        let preferences = Preferences {
            dark,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted_at(&trained_for(90), preferences, SIZE, false);
        harness.key_press(egui::Key::R);
        harness.run();
        let own = ["Restart the run?", "Keep this run", "Restart"];
        let texts = texts(&harness);
        for words in own {
            let text = texts.iter().find(|text| text.words == words).unwrap();
            assert!(contrast(text.colour, text.back.unwrap()) >= 4.5, "{text:?}");
        }
    }
}
