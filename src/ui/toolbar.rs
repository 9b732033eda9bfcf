//! The bar at the top: play, step, reset, seed, speed, presets, data, theme and zoom.

use egui::{
    Align, Atom, Button, Layout, Rect, Response, RichText, Shape, Ui, UiBuilder, pos2, vec2,
};

use super::bar::{self, Form};
use super::help::{self, Help as _, Side};
use super::keymap;
use super::log_slider::{LogScale, LogSlider};
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{self, at_right, command_button, muted};
use crate::data::{DataSource, EmbeddedSet};
use crate::lab::View;
use crate::lab::export::Export;
use crate::lab::shared::ZOOMS;
use crate::lab::speed;
use crate::lab::{Action, Page, UserCommand};
use crate::training::Preset;
use crate::training::lesson::Builtin;

pub const HEIGHT: f32 = 44.0;
/// Of the speed's slider, and of its value.
const SPEED: [f32; 2] = [72.0, 48.0];
/// Of the play button with its word, and with the sign alone.
const PLAY: [f32; 2] = [92.0, 44.0];
/// Of what follows it, where these stand in the bar.
const RUN: [(UserCommand, f32); 3] = [
    (UserCommand::StepEpoch, 52.0),
    (UserCommand::Reset, 56.0),
    (UserCommand::NewSeed, 80.0),
];
const TAB_GAP: f32 = GRID / 2.0;
const SIDE: f32 = 1.5 * GRID;

#[derive(Debug, Default)]
pub struct Toolbar;

impl Toolbar {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, Theme::of(ui).panel);
        let room = rect.shrink2(vec2(SIDE, GRID));
        let form = bar::form(room.width(), |form| needed(ui, form));
        let builder = UiBuilder::new()
            .id_salt("toolbar")
            .max_rect(room)
            .layout(Layout::left_to_right(Align::Center));
        let mut row = ui.new_child(builder);
        let ui = &mut row;
        ui.spacing_mut().item_spacing.x = GRID;
        play_button(ui, view, form.play, actions);
        if form.run_buttons {
            for (command, width) in RUN {
                if command_button(ui, command, command.text(), width).clicked() {
                    actions.push(command.into());
                }
            }
        } else {
            run_menu(ui, actions);
        }
        if form.speed {
            speed_slider(ui, view, form.words, actions);
        }
        preset_menu(ui, view, form.preset, actions);
        data_menu(ui, view, actions);
        pages(ui, view, &form, actions);
        at_right(ui, "end", |ui| {
            if form.palette {
                palette_button(ui, form.words, actions);
            }
            if form.theme {
                theme_button(ui, actions);
            }
            zoom_menu(ui, view, !form.theme, actions);
        });
    }
}

/// How much room the bar takes in `form`. Nothing of it depends on the state of the run: what is clicked stays where it
/// is.
fn needed(ui: &Ui, form: &Form) -> f32 {
    let mut parts = vec![PLAY[usize::from(!form.play)]];
    if form.run_buttons {
        parts.extend(RUN.map(|(_, width)| width));
    } else {
        parts.push(menu_width(ui, ["Run"]));
    }
    if form.speed {
        if form.words {
            parts.push(text_width(ui, "Speed"));
        }
        parts.extend(SPEED);
    }
    parts.push(preset_width(ui, form.preset));
    parts.push(menu_width(ui, ["Data"]));
    let mut gaps = 0.0;
    if form.tabs {
        let tabs = Page::ALL.map(|page| button_width(ui, page.title()));
        parts.push(tabs.iter().sum::<f32>() + TAB_GAP * (tabs.len() - 1) as f32);
        gaps += 2.0 * GRID;
    } else {
        parts.push(menu_width(ui, Page::ALL.map(Page::title)));
    }
    if form.palette {
        parts.push(button_width(ui, &palette_title(ui, form.words)).max(28.0));
    }
    parts.push(zoom_width(ui));
    if form.theme {
        parts.push(theme_width(ui));
    }
    parts.iter().sum::<f32>() + GRID * (parts.len() - 1) as f32 + gaps
}

fn text_width(ui: &Ui, text: &str) -> f32 {
    let colour = Theme::of(ui).text;
    widgets::galley(ui, text, theme::regular(BODY), colour)
        .size()
        .x
        .ceil()
}

fn button_width(ui: &Ui, text: &str) -> f32 {
    text_width(ui, text) + 2.0 * ui.spacing().button_padding.x
}

/// Of a menu's button, whichever of `titles` it has.
fn menu_width<const N: usize>(ui: &Ui, titles: [&str; N]) -> f32 {
    let widths = titles.map(|title| button_width(ui, &menu_title(title)));
    widths.into_iter().fold(0.0, f32::max)
}

fn preset_width(ui: &Ui, named: bool) -> f32 {
    let unnamed = menu_width(ui, ["Presets"]);
    if named {
        menu_width(ui, Preset::ALL.map(Preset::title)).max(unnamed)
    } else {
        unnamed
    }
}

fn zoom_width(ui: &Ui) -> f32 {
    let titles = ZOOMS.map(|zoom| format!("{zoom} %"));
    menu_width(ui, titles.each_ref().map(String::as_str))
}

fn theme_width(ui: &Ui) -> f32 {
    button_width(ui, "Light").max(button_width(ui, "Dark"))
}

fn menu_title(title: &str) -> String {
    format!("{title} ▾")
}

fn play_button(ui: &mut Ui, view: &View<'_>, word: bool, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let (name, command) = (
        if view.run.playing { "Pause" } else { "Play" },
        UserCommand::PlayPause,
    );
    // room for the icon, which is painted: fonts differ in what they make of ⏸
    let text = if word {
        format!("      {name}")
    } else {
        String::new()
    };
    let text = RichText::new(text)
        .font(theme::bold(BODY))
        .color(theme.on_accent);
    let response = ui.add(
        Button::new(text)
            .fill(theme.accent)
            .min_size(vec2(PLAY[usize::from(!word)], 28.0)),
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

fn speed_slider(ui: &mut Ui, view: &View<'_>, word: bool, actions: &mut Vec<Action>) {
    if word {
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
    let response = ui.add(LogSlider::new("speed limit", &mut position, scale).width(SPEED[0]));
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
    ui.add_sized(
        vec2(SPEED[1], 20.0),
        egui::Label::new(text).halign(Align::Min),
    );
}

/// A menu that opens below its button, which is `width` wide.
fn menu(
    ui: &mut Ui,
    title: &str,
    name: &str,
    width: f32,
    hover: &str,
    content: impl FnOnce(&mut Ui),
) -> Response {
    let text = RichText::new(menu_title(title)).size(BODY);
    // at the left of what its longest title takes
    let button = Button::new((text, Atom::grow()))
        .gap(0.0)
        .frame_when_inactive(false);
    let (response, _) =
        egui::containers::menu::MenuButton::from_button(button.min_size(vec2(width, 28.0)))
            .ui(ui, content);
    response.help(hover).accessible_name(name)
}

/// What follows the play button, where there is no room for it in the bar.
fn run_menu(ui: &mut Ui, actions: &mut Vec<Action>) {
    let hover = "Step an epoch, reset, take a new seed, or change the speed";
    let width = menu_width(ui, ["Run"]);
    menu(ui, "Run", "Run", width, hover, |ui| {
        ui.set_min_width(160.0);
        let speed = [UserCommand::SpeedUp, UserCommand::SlowDown];
        for command in RUN.map(|(command, _)| command).into_iter().chain(speed) {
            entry(ui, command, false, actions);
        }
    });
}

fn preset_menu(ui: &mut Ui, view: &View<'_>, named: bool, actions: &mut Vec<Action>) {
    let title = view
        .run
        .preset
        .filter(|_| named)
        .map_or("Presets", Preset::title);
    let width = preset_width(ui, named);
    menu(
        ui,
        title,
        "Presets",
        width,
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
            ui.separator();
            ui.menu_button(RichText::new("Lessons").size(BODY), |ui| {
                ui.set_min_width(240.0);
                for lesson in Builtin::ALL {
                    let given = view.shared.lesson.as_ref();
                    let now = given.is_some_and(|given| given.builtin == Some(lesson));
                    ui.horizontal(|ui| {
                        ui.label(muted(ui, format!("{:2}", lesson.number())));
                        entry(ui, UserCommand::Lesson(lesson), now, actions);
                    });
                }
            });
            entry(ui, UserCommand::CheckMyGradient, false, actions);
        },
    );
}

fn data_menu(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let current = &view.run.experiment.data.source;
    let width = menu_width(ui, ["Data"]);
    menu(
        ui,
        "Data",
        "Data",
        width,
        "The data set to train on, or files of your own",
        |ui| {
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
            for command in [
                UserCommand::OpenFile,
                UserCommand::PrepareData,
                UserCommand::FollowFolder,
            ] {
                entry(ui, command, false, actions);
            }
            ui.separator();
            for command in [
                UserCommand::SaveRun,
                UserCommand::SaveRunAs,
                UserCommand::EditNotes,
            ] {
                entry(ui, command, false, actions);
            }
            for command in [
                UserCommand::CopyShareLine,
                UserCommand::CopyAsCommand,
                UserCommand::PasteShareLine,
            ] {
                entry(ui, command, false, actions);
            }
            let possible = |what: &Export| {
                *what != Export::Predictions || view.can(UserCommand::Export(*what)).is_ok()
            };
            for what in Export::ALL.into_iter().filter(possible) {
                entry(ui, UserCommand::Export(what), false, actions);
            }
        },
    );
}

/// What the middle of the window shows: tabs, or a menu where there is no room.
fn pages(ui: &mut Ui, view: &View<'_>, form: &Form, actions: &mut Vec<Action>) {
    if !form.tabs {
        let width = menu_width(ui, Page::ALL.map(Page::title));
        menu(
            ui,
            view.shared.page.title(),
            "View",
            width,
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
                if !form.palette {
                    ui.separator();
                    entry(ui, UserCommand::Palette, false, actions);
                }
            },
        );
        return;
    }
    ui.add_space(GRID);
    ui.spacing_mut().item_spacing.x = TAB_GAP;
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

/// By its word where there is room, by its keys elsewhere: with them every command is found.
fn palette_title(ui: &Ui, wide: bool) -> String {
    let command = UserCommand::Palette;
    let keys = keymap::keys(ui.ctx(), command).filter(|_| !wide);
    keys.unwrap_or_else(|| command.text().to_owned())
}

fn palette_button(ui: &mut Ui, wide: bool, actions: &mut Vec<Action>) {
    let command = UserCommand::Palette;
    let text = muted(ui, palette_title(ui, wide)).size(BODY);
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
        .min_size(vec2(theme_width(ui), 28.0));
    if ui
        .add(button)
        .help(keymap::hover_text(ui.ctx(), command))
        .clicked()
    {
        actions.push(command.into());
    }
}

/// The steps of the zoom; the other theme too, if `theme`.
fn zoom_menu(ui: &mut Ui, view: &View<'_>, theme: bool, actions: &mut Vec<Action>) {
    let hover = keymap::hover_text(ui.ctx(), UserCommand::ZoomIn);
    let title = format!("{} %", view.shared.zoom);
    let width = zoom_width(ui);
    menu(ui, &title, "Zoom", width, &hover, |ui| {
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
        if theme {
            ui.separator();
            entry(ui, UserCommand::ToggleTheme, false, actions);
        }
    });
}
