//! What is swept: the settings, their ranges, and how far the training of the map is.

use egui::{Button, ComboBox, ProgressBar, RichText, Ui, Vec2, vec2};

use crate::lab::compare::MOST_EPOCHS;
use crate::lab::map::{MapAction, MapChoice, MapRange};
use crate::lab::map_state::Mapped;
use crate::lab::{Action, UserCommand, View};
use crate::training::sweep::{Scale, SweepError, Varied};
use crate::ui::dialogs::primary;
use crate::ui::help::Help as _;
use crate::ui::keymap;
use crate::ui::number_field::{self, NumberField};
use crate::ui::numbers::{seconds, thousands};
use crate::ui::theme::{BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, command_button, muted};

/// Of a number's field.
const FIELD: Vec2 = vec2(68.0, 26.0);
/// What may be typed into the fields: the sentence below them says what can't be swept.
const LARGEST: f64 = 1e9;
const MOST_STEPS: usize = 1_000_000;
const MOST_SEEDS: u64 = 1_000;

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    widgets::title(ui, "What to map");
    let text = "Each cell of the map is a run of its own, on this run's data and with its other settings, trained in the \
                background.";
    ui.label(muted(ui, text));
    let Some(before) = &view.shared.map.choice else {
        return;
    };
    let mut choice = before.clone();
    let sweeping = view.shared.map.sweeping.is_some();
    ui.spacing_mut().item_spacing.y = 0.75 * GRID;
    ui.add_enabled_ui(!sweeping, |ui| ranges(ui, view, &mut choice));
    let plan = view.shared.map.plan(view.run);
    if let Some(Err(error)) = &plan {
        let words = RichText::new(said(error)).size(SMALL).color(theme.dead);
        ui.add(egui::Label::new(words).wrap());
    }
    let runs = choice.runs();
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let text = format!(
        "{} run{} of {} epoch{}",
        thousands(runs),
        plural(runs),
        thousands(choice.epochs),
        plural(choice.epochs)
    );
    buttons(ui, view, &text, actions);
    progress(ui, view);
    if choice != *before {
        actions.push(Action::Map(MapAction::Choose(Box::new(choice))));
    }
}

/// A sentence that begins as sentences do.
fn said(error: &SweepError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect::<String>() + ".",
        None => text,
    }
}

fn ranges(ui: &mut Ui, view: &View<'_>, choice: &mut MapChoice) {
    let around =
        |varied| MapRange::around(varied, &view.run.experiment, view.run.cliffs().as_ref());
    let other = choice.second.map(|range| range.varied);
    if let Some(Some(varied)) =
        setting(ui, "First setting", Some(choice.first.varied), other, false)
    {
        choice.first = around(varied);
    }
    range(ui, "first", &mut choice.first);
    let chosen = choice.second.map(|range| range.varied);
    if let Some(second) = setting(
        ui,
        "Second setting",
        chosen,
        Some(choice.first.varied),
        true,
    ) {
        choice.second = second.map(around);
    }
    if let Some(second) = &mut choice.second {
        range(ui, "second", second);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        word(ui, "seeds");
        NumberField::new("Seeds of a cell", &mut choice.seeds, 1..=MOST_SEEDS)
            .speed(0.05)
            .size(vec2(48.0, FIELD.y))
            .show(ui)
            .help("Runs of each cell, from the run's seed on; the cell shows their mean");
        ui.add_space(GRID / 2.0);
        word(ui, "epochs");
        NumberField::new("Epochs of a run", &mut choice.epochs, 1..=MOST_EPOCHS)
            .size(FIELD)
            .show(ui)
            .help("Epochs of each run: a cell whose J still falls at the end is marked");
    });
    number_field::complaint(ui, "Seeds of a cell", choice.seeds as f64);
    number_field::complaint(ui, "Epochs of a run", choice.epochs as f64);
}

fn word(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).size(BODY));
}

/// `Some` where another was chosen.
fn setting(
    ui: &mut Ui,
    name: &str,
    chosen: Option<Varied>,
    taken: Option<Varied>,
    may_be_none: bool,
) -> Option<Option<Varied>> {
    let title = |varied: Option<Varied>| varied.map_or("no second setting", Varied::title);
    let mut next = chosen;
    let combo = ComboBox::from_id_salt(name)
        .width(ui.available_width().min(220.0))
        .selected_text(RichText::new(title(chosen)).size(BODY));
    let response = combo.show_ui(ui, |ui| {
        let all = Varied::ALL
            .into_iter()
            .filter(|varied| Some(*varied) != taken);
        let none = may_be_none.then_some(None);
        for entry in all.map(Some).chain(none) {
            ui.selectable_value(&mut next, entry, title(entry));
        }
    });
    response
        .response
        .accessible_name(name)
        .help("What differs from cell to cell along one side of the map");
    (next != chosen).then_some(next)
}

/// From, to, in how many steps, and how these lie.
fn range(ui: &mut Ui, which: &str, range: &mut MapRange) {
    let name = |part: &str| format!("{part} of the {which} setting");
    let speed = |value: f64| value.abs().max(1e-6) * 0.01;
    let [low, high, steps] = ["From", "To", "Steps"].map(name);
    let values = (range.low, range.high, range.steps);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        word(ui, "from");
        number(ui, &low, &mut range.low, speed(values.0));
        word(ui, "to");
        number(ui, &high, &mut range.high, speed(values.1));
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        word(ui, "in");
        NumberField::new(&steps, &mut range.steps, 1..=MOST_STEPS)
            .speed(0.05)
            .size(vec2(52.0, FIELD.y))
            .show(ui)
            .help("How many values, both ends included");
        word(ui, if range.steps == 1 { "step," } else { "steps," });
        for (scale, text, about) in [
            (
                Scale::Log,
                "log",
                "Each value is the same multiple of the one before",
            ),
            (
                Scale::Linear,
                "linear",
                "Each value is as much more than the one before",
            ),
        ] {
            let button = Button::selectable(range.scale == scale, RichText::new(text).size(BODY));
            let response = ui.add(button.min_size(Vec2::splat(widgets::TARGET)));
            if response
                .help(about)
                .accessible_name(format!("{text} axis of the {which} setting"))
                .clicked()
            {
                range.scale = scale;
            }
        }
    });
    number_field::complaint(ui, &low, range.low);
    number_field::complaint(ui, &high, range.high);
    number_field::complaint(ui, &steps, range.steps as f64);
}

fn number(ui: &mut Ui, name: &str, value: &mut f64, speed: f64) {
    NumberField::new(name, value, -LARGEST..=LARGEST)
        .speed(speed)
        .size(FIELD)
        .show(ui)
        .help("An end of the range, which has a row or a column of its own");
}

fn buttons(ui: &mut Ui, view: &View<'_>, about: &str, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let map = &view.shared.map;
    ui.horizontal(|ui| {
        if map.sweeping.is_some() {
            let stop = UserCommand::StopMap;
            let response = command_button(ui, stop, "Stop", 88.0);
            if response.accessible_name(stop.text()).clicked() {
                actions.push(stop.into());
            }
            return;
        }
        let start = UserCommand::StartMap;
        let text = match map.goes_on(view.run) {
            Some(mapped) if !mapped.is_whole() => "Go on",
            _ => "Start",
        };
        let possible = view.can(start);
        let button = ui.add_enabled(possible.is_ok(), primary(theme, text));
        let button = match possible {
            Ok(()) => button.help(keymap::hover_text(ui.ctx(), start)),
            Err(why) => button.why_not(why),
        };
        if button.accessible_name(start.text()).clicked() {
            actions.push(start.into());
        }
        if widgets::fits(ui, about) {
            ui.label(muted(ui, about));
        }
    });
}

/// How far it is, or was when it was stopped.
fn progress(ui: &mut Ui, view: &View<'_>) {
    let theme = Theme::of(ui);
    let map = &view.shared.map;
    if let Some(trouble) = &map.trouble {
        let words = RichText::new(trouble).size(SMALL).color(theme.dead);
        ui.add(egui::Label::new(words).wrap());
    }
    let Some(mapped) = &map.mapped else {
        return;
    };
    let (done, of) = mapped.progress();
    let Some(sweeping) = &map.sweeping else {
        let words = match mapped.is_whole() {
            true => format!("Done: {}.", count(mapped)),
            false => format!("Stopped at {}.", count(mapped)),
        };
        ui.add(egui::Label::new(muted(ui, words)).wrap());
        return;
    };
    ui.add(ProgressBar::new(done as f32 / of.max(1) as f32).desired_height(6.0))
        .accessible_name("Progress of the map");
    let left = sweeping.left.map_or(String::new(), |left| {
        format!(", about {} left", seconds(left.as_secs_f64()))
    });
    ui.label(muted(ui, format!("{}{left}", count(mapped))));
    if view.run.playing {
        let words = "It gives way to this run: pause, and it is done sooner.";
        ui.add(egui::Label::new(muted(ui, words)).wrap());
    }
}

fn count(mapped: &Mapped) -> String {
    let (done, of) = mapped.progress();
    format!(
        "{} of {} runs",
        thousands(done as u64),
        thousands(of as u64)
    )
}
