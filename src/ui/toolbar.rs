//! The bar at the top: play, step, reset, seed, speed, presets, data, theme and zoom.

use egui::{Align, Button, Layout, Rect, Response, RichText, Shape, Ui, UiBuilder, pos2, vec2};

use super::help::{self, Help as _, Side};
use super::keymap;
use super::log_slider::{LogScale, LogSlider};
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{at_right, command_button, muted};
use crate::data::{DataSource, EmbeddedSet};
use crate::lab::View;
use crate::lab::shared::ZOOMS;
use crate::lab::speed;
use crate::lab::{Action, Page, UserCommand};
use crate::training::Preset;

pub const HEIGHT: f32 = 44.0;
/// Below this width (in points) the bar goes without its words.
const ROOMY: f32 = 1000.0;
/// From this one on the pages stand side by side; below, in a menu.
const TABS: f32 = 1260.0;
/// From this one on the list of commands is called by its name.
const WIDE: f32 = 1400.0;
/// Names of presets up to so many letters have room for a word before them.
const SHORT_NAME: usize = 8;
/// Below this one it scrolls sideways.
const NARROW: f32 = 760.0;

#[derive(Debug, Default)]
pub struct Toolbar;

impl Toolbar {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, Theme::of(ui).panel);
        let roomy = rect.width() >= ROOMY;
        let builder = UiBuilder::new()
            .id_salt("toolbar")
            .max_rect(rect.shrink2(vec2(1.5 * GRID, GRID)))
            .layout(Layout::left_to_right(Align::Center));
        let mut row = ui.new_child(builder);
        // a narrow window scrolls the bar sideways rather than lose its end
        egui::ScrollArea::horizontal()
            .scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden)
            .show(&mut row, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = GRID;
                    play_button(ui, view, actions);
                    for (command, width) in [
                        (UserCommand::StepEpoch, 56.0),
                        (UserCommand::Reset, 60.0),
                        (UserCommand::NewSeed, 80.0),
                    ] {
                        if command_button(ui, command, command.text(), width).clicked() {
                            actions.push(command.into());
                        }
                    }
                    ui.add_space(if roomy { 2.0 * GRID } else { 0.0 });
                    if rect.width() >= NARROW {
                        speed_slider(ui, view, roomy, actions); // where there is no room, its keys remain
                    }
                    ui.add_space(if roomy { 2.0 * GRID } else { 0.0 });
                    // where it is narrow, a page's longer name takes the room of the preset's
                    let named = roomy || view.shared.page == Page::Lab && rect.width() >= NARROW;
                    preset_menu(ui, view, named, actions);
                    data_menu(ui, view, actions);
                    let tabs = rect.width() >= TABS;
                    pages(ui, view, tabs, actions);
                    if rect.width() >= NARROW {
                        at_right(ui, "end", |ui| {
                            if tabs {
                                palette_button(ui, rect.width() >= WIDE, actions);
                            }
                            theme_button(ui, actions);
                            zoom_menu(ui, view, actions);
                        });
                    } else {
                        theme_button(ui, actions);
                        zoom_menu(ui, view, actions);
                    }
                });
            });
    }
}

fn play_button(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let (name, command) = (
        if view.run.playing { "Pause" } else { "Play" },
        UserCommand::PlayPause,
    );
    // room for the icon, which is painted: fonts differ in what they make of ⏸
    let text = RichText::new(format!("      {name}"))
        .font(theme::bold(BODY))
        .color(theme.on_accent);
    let response = ui.add(
        Button::new(text)
            .fill(theme.accent)
            .min_size(vec2(92.0, 28.0)),
    );
    let response = response
        .help(keymap::hover_text(ui.ctx(), command))
        .accessible_name(name);
    let icon = Rect::from_center_size(
        pos2(response.rect.left() + 22.0, response.rect.center().y),
        vec2(10.0, 12.0),
    );
    if view.run.playing {
        for x in [icon.left(), icon.right() - 3.5] {
            let bar = Rect::from_min_size(pos2(x, icon.top()), vec2(3.5, icon.height()));
            ui.painter().rect_filled(bar, 1.0, theme.on_accent);
        }
    } else {
        let corners = vec![
            icon.left_top(),
            pos2(icon.right() + 1.0, icon.center().y),
            icon.left_bottom(),
        ];
        ui.painter().add(Shape::convex_polygon(
            corners,
            theme.on_accent,
            egui::Stroke::NONE,
        ));
    }
    if response.clicked() {
        actions.push(command.into());
    }
}

fn speed_slider(ui: &mut Ui, view: &View<'_>, roomy: bool, actions: &mut Vec<Action>) {
    if roomy {
        let text = muted(ui, "Speed").size(BODY);
        ui.label(text);
    }
    // steps as powers of two, so that the logarithmic slider spaces them evenly
    let mut position = 2f64.powf(speed::to_step(view.run.speed) as f64);
    let scale = LogScale {
        least: 1.0,
        most: 2f64.powf(speed::UNLIMITED as f64),
        zero: false,
    };
    let width = if roomy { 96.0 } else { 72.0 };
    let response = ui.add(LogSlider::new("speed limit", &mut position, scale).width(width));
    let keys = [UserCommand::SlowDown, UserCommand::SpeedUp]
        .map(|command| keymap::keys(ui.ctx(), command).unwrap_or_default());
    // in the bar: below, it would hide what the speed is set for
    let text = format!("The most epochs a second  ({} {})", keys[0], keys[1]);
    help::beside(&response, Side::Right, &text);
    if response.changed() {
        actions.push(Action::SetSpeed(speed::from_step(
            position.log2().round() as usize
        )));
    }
    let text = muted(ui, speed::label(view.run.speed)).size(BODY);
    ui.add_sized(vec2(48.0, 20.0), egui::Label::new(text).halign(Align::Min));
}

/// A menu that opens below its button.
fn menu(
    ui: &mut Ui,
    title: &str,
    name: &str,
    hover: &str,
    content: impl FnOnce(&mut Ui),
) -> Response {
    let button =
        Button::new(RichText::new(format!("{title} ▾")).size(BODY)).frame_when_inactive(false);
    let (response, _) =
        egui::containers::menu::MenuButton::from_button(button.min_size(vec2(0.0, 28.0)))
            .ui(ui, content);
    response.help(hover).accessible_name(name)
}

fn preset_menu(ui: &mut Ui, view: &View<'_>, named: bool, actions: &mut Vec<Action>) {
    let title = match view.run.preset.filter(|_| named) {
        // a long name says what it is by itself, and leaves room for the pages
        Some(preset) if preset.title().len() > SHORT_NAME => preset.title().to_owned(),
        Some(preset) => format!("Preset: {}", preset.title()),
        None => "Presets".to_owned(),
    };
    menu(
        ui,
        &title,
        "Presets",
        "Complete experiments, each with something to see",
        |ui| {
            ui.set_min_width(200.0);
            for preset in Preset::ALL {
                entry(
                    ui,
                    UserCommand::Preset(preset),
                    view.run.preset == Some(preset),
                    actions,
                );
            }
        },
    );
}

fn data_menu(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let current = &view.run.experiment.data.source;
    menu(ui, "Data", "Data", "What to train on", |ui| {
        ui.set_min_width(200.0);
        for set in EmbeddedSet::ALL {
            let selected = *current == DataSource::Embedded(set);
            entry(ui, UserCommand::Data(set), selected, actions);
        }
        if !view.shared.recent.is_empty() {
            ui.separator();
            ui.label(muted(ui, "Opened before"));
        }
        for path in &view.shared.recent {
            let source = DataSource::File(path.clone());
            let button = Button::selectable(*current == source, source.title()).truncate();
            let response = ui.add(button).accessible_name(source.title());
            help::beside(&response, Side::Right, &path.display().to_string());
            if response.clicked() {
                actions.push(Action::Open(vec![path.clone()]));
                ui.close();
            }
        }
        ui.separator();
        for command in [UserCommand::OpenFile, UserCommand::PrepareData] {
            entry(ui, command, false, actions);
        }
    });
}

/// What the middle of the window shows: tabs, or a menu where there is no room.
fn pages(ui: &mut Ui, view: &View<'_>, tabs: bool, actions: &mut Vec<Action>) {
    if !tabs {
        let title = match view.shared.page {
            Page::Lab => format!("View: {}", view.shared.page.title()),
            page => page.title().to_owned(),
        };
        menu(
            ui,
            &title,
            "View",
            "What the middle of the window shows",
            |ui| {
                ui.set_min_width(200.0);
                for page in Page::ALL {
                    entry(
                        ui,
                        UserCommand::Show(page),
                        view.shared.page == page,
                        actions,
                    );
                }
                ui.separator();
                entry(ui, UserCommand::Palette, false, actions);
            },
        );
        return;
    }
    ui.add_space(GRID);
    ui.spacing_mut().item_spacing.x = GRID / 2.0;
    for page in Page::ALL {
        let command = UserCommand::Show(page);
        let text = RichText::new(command.text()).size(BODY);
        let button = Button::selectable(view.shared.page == page, text).min_size(vec2(0.0, 28.0));
        let response = ui.add(button).help(keymap::hover_text(ui.ctx(), command));
        if response.clicked() {
            actions.push(command.into());
        }
    }
}

fn entry(ui: &mut Ui, command: UserCommand, selected: bool, actions: &mut Vec<Action>) {
    let mut button = Button::selectable(selected, RichText::new(command.text()).size(BODY));
    if let Some(keys) = keymap::keys(ui.ctx(), command) {
        button = button.shortcut_text(muted(ui, keys));
    }
    let response = ui.add(button).accessible_name(command.text());
    help::beside(&response, Side::Right, command.tooltip());
    if response.clicked() {
        actions.push(command.into());
        ui.close();
    }
}

/// By its word where there is room, by its sign elsewhere.
fn palette_button(ui: &mut Ui, wide: bool, actions: &mut Vec<Action>) {
    let command = UserCommand::Palette;
    let text = muted(ui, if wide { command.text() } else { "⌘" }).size(BODY);
    let button = Button::new(text)
        .frame_when_inactive(false)
        .min_size(vec2(28.0, 28.0));
    let response = ui
        .add(button)
        .help(keymap::hover_text(ui.ctx(), command))
        .accessible_name(command.text());
    if response.clicked() {
        actions.push(command.into());
    }
}

fn theme_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    let command = UserCommand::ToggleTheme;
    let name = if Theme::of(ui).dark { "Light" } else { "Dark" };
    let text = muted(ui, name).size(BODY);
    let button = Button::new(text)
        .frame_when_inactive(false)
        .min_size(vec2(0.0, 28.0));
    if ui
        .add(button)
        .help(keymap::hover_text(ui.ctx(), command))
        .clicked()
    {
        actions.push(command.into());
    }
}

fn zoom_menu(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let hover = keymap::hover_text(ui.ctx(), UserCommand::ZoomIn);
    menu(
        ui,
        &format!("{} %", view.shared.zoom),
        "Zoom",
        &hover,
        |ui| {
            for zoom in ZOOMS {
                let text = RichText::new(format!("{zoom} %")).size(BODY);
                if ui
                    .add(Button::selectable(view.shared.zoom == zoom, text))
                    .clicked()
                {
                    actions.push(Action::SetZoom(zoom));
                    ui.close();
                }
            }
        },
    );
}
