//! Any panel fills the window and goes back; what comes and goes moves nothing.

use egui::{Key, Modifiers, Pos2, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::lab::{Action, Page, Panel, UserCommand};
use sae_lab::training::Preset;

use crate::scene::{self, Window, act};

const HD: [f32; 2] = [1280.0, 720.0];

fn open(page: Page) -> Window {
    scene::PLAIN.open(page, HD, 100, true)
}

fn filled(harness: &Harness<'static, LabApp>) -> Option<Panel> {
    harness.state().view().shared.filled
}

/// The strip with the title of `panel`.
fn title(harness: &Harness<'static, LabApp>, panel: Panel) -> Rect {
    harness
        .get_by_label(&format!("{} fills the window", panel.title()))
        .rect()
}

fn double_click(harness: &mut Harness<'static, LabApp>, at: Pos2) {
    harness.hover_at(at);
    harness.step();
    for _ in 0..2 {
        for pressed in [true, false] {
            harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
    }
    harness.run_steps(20); // until another click is another double-click's first
}

#[test]
fn a_double_click_on_its_title_makes_a_panel_fill_the_window_and_another_brings_it_back() {
    for page in Page::ALL {
        let mut window = open(page);
        let harness = &mut window.harness;
        for panel in Panel::ALL
            .into_iter()
            // these data have no classes
            .filter(|panel| panel.page() == Some(page) && *panel != Panel::Code)
        {
            act(harness, Action::Bring(panel));
            harness.run();
            let strip = title(harness, panel);
            double_click(harness, strip.left_top() + egui::vec2(4.0, 4.0));
            assert_eq!(filled(harness), Some(panel));
            let wide = harness
                .get_by_label(&format!("{} goes back", panel.title()))
                .rect();
            assert!(wide.width() > 1200.0, "{panel:?}: {wide:?}");
            double_click(harness, wide.left_top() + egui::vec2(4.0, 4.0));
            assert_eq!(filled(harness), None);
            assert_eq!(title(harness, panel), strip);
        }
    }
}

#[test]
fn a_key_fills_the_window_with_the_panel_under_the_pointer_and_escape_brings_it_back() {
    let mut window = open(Page::Lab);
    let harness = &mut window.harness;
    for panel in [Panel::Sparsity, Panel::Reconstructions, Panel::Settings] {
        let under = title(harness, panel).center_bottom() + egui::vec2(0.0, 30.0);
        harness.hover_at(under);
        harness.run();
        harness.key_press(Key::F);
        harness.run();
        assert_eq!(filled(harness), Some(panel));
        harness.key_press(Key::Escape);
        harness.run();
        assert_eq!(filled(harness), None);
        assert_eq!(harness.state().view().shared.page, Page::Lab);
    }
    harness.remove_cursor();
    harness.run();
    harness.key_press(Key::F);
    harness.run();
    assert_eq!(filled(harness), Some(Panel::Features));
    harness.key_press(Key::F);
    harness.run();
    assert_eq!(filled(harness), None);
}

#[test]
fn a_tile_is_larger_where_the_features_fill_the_window() {
    let mut window = open(Page::Lab);
    let before = window.tile();
    act(
        &mut window.harness,
        UserCommand::Fill(Panel::Features).into(),
    );
    window.harness.run();
    assert!(
        window.tile() > 1.2 * before,
        "{} and {before}",
        window.tile()
    );
}

#[test]
fn the_palette_fills_the_window_with_a_panel_of_any_page() {
    let mut window = open(Page::Lab);
    let harness = &mut window.harness;
    act(harness, UserCommand::Palette.into());
    harness.run();
    harness
        .get_by_label("Find a command")
        .type_text("fill the window forces");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(filled(harness), Some(Panel::Forces));
    assert_eq!(harness.state().view().shared.page, Page::Unit);
    harness.get_by_label("Back to its place").click();
    harness.run();
    assert_eq!(filled(harness), None);
}

/// Where everything that can be clicked is, by its name.
fn places(window: &Window) -> Vec<(String, Rect)> {
    let mut places = window.targets();
    places.retain(|(name, _)| name != "Dismiss");
    places
}

#[test]
fn a_notice_moves_nothing() {
    for (size, zoom) in [(HD, 100), (HD, 200), ([1024.0, 768.0], 150)] {
        let mut window = scene::PLAIN.open(Page::Lab, size, zoom, false);
        let before = places(&window);
        scene::notice(&mut window.harness);
        window.harness.run();
        window.harness.get_by_label("Dismiss");
        assert_eq!(places(&window), before);
    }
}

#[test]
fn the_bar_stays_where_it_is_whatever_is_chosen() {
    for (size, zoom) in [
        (HD, 100),
        (HD, 150),
        ([1024.0, 768.0], 200),
        ([1920.0, 1080.0], 100),
    ] {
        let mut window = scene::PLAIN.open(Page::Lab, size, zoom, true);
        let harness = &mut window.harness;
        let bar = |harness: &Harness<'static, LabApp>| -> Vec<Rect> {
            let mut names = vec!["Presets", "Data", "Zoom"];
            if harness.query_by_label("View").is_some() {
                names.push("View");
            } else {
                names.extend(["Unit", "Compare"]);
            }
            names
                .into_iter()
                .map(|name| harness.get_by_label(name).rect())
                .collect()
        };
        let before = bar(harness);
        for preset in Preset::ALL {
            act(harness, UserCommand::Preset(preset).into());
            harness.run_steps(4);
            assert_eq!(bar(harness), before, "{preset:?} at {size:?}, {zoom} %");
        }
        for command in [UserCommand::PlayPause, UserCommand::ToggleTheme] {
            act(harness, command.into());
            harness.run_steps(4);
            assert_eq!(bar(harness), before, "{command:?} at {size:?}, {zoom} %");
        }
        if harness.query_by_label("View").is_some() {
            for page in Page::ALL {
                act(harness, UserCommand::Show(page).into());
                harness.run_steps(4);
                assert_eq!(bar(harness), before, "{page:?} at {size:?}, {zoom} %");
            }
        }
    }
}
