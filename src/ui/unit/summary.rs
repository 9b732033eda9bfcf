//! Who the unit is: its state and since when, why it died and what can be done about it, its weights, its numbers.

use egui::{RichText, Ui, vec2};

use super::saving;
use super::shown::Shown;
use super::weights::WeightsPart;
use crate::lab::{Action, UserCommand};
use crate::model::UnitState;
use crate::training::UnitDiagnosis;
use crate::ui::help::Help as _;
use crate::ui::keymap;
use crate::ui::numbers::{self, thousands};
use crate::ui::theme::{BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};

/// Of the numbers below the weights.
const NUMBERS_HEIGHT: f32 = 42.0;

pub(super) fn ui(
    ui: &mut Ui,
    weights: &mut WeightsPart,
    shown: &Shown<'_>,
    actions: &mut Vec<Action>,
) {
    let theme = Theme::of(ui);
    let diagnosis = shown.diagnosis;
    let state = diagnosis.statistics.state;
    let title = format!("Unit {}", numbers::unit(shown.unit));
    let since = since(diagnosis);
    widgets::title_row(ui, &title, "", |ui| {
        let tone = match state {
            state if state.is_dead() => theme.dead,
            UnitState::Duplicate => theme.notice,
            _ => theme.alive,
        };
        ui.label(RichText::new(since).size(SMALL + 1.0).color(tone));
        let epoch = format!("at epoch {}: ", thousands(diagnosis.epoch));
        ui.label(muted(ui, epoch));
    });
    let found = shown.view.run.saving_of(shown.unit);
    let words = diagnosis.sentences();
    // what replays have shown stands in the place of what the record suggests
    if !words.is_empty() && found.is_none() {
        let text = RichText::new(words).size(SMALL + 1.0).color(theme.text);
        ui.add(egui::Label::new(text).wrap());
    }
    buttons(ui, shown, actions);
    if let Some(found) = found {
        return saving::ui(ui, found, shown);
    }
    let height = ui.available_height() - NUMBERS_HEIGHT - GRID;
    weights.ui(ui, shown, height.max(64.0));
    numbers_row(ui, shown);
}

/// "alive since epoch 12", as the history has it.
fn since(diagnosis: &UnitDiagnosis) -> String {
    let name = diagnosis.statistics.state.name();
    match &diagnosis.last_change {
        Some(change) if change.revived => {
            format!("{name} · revived at epoch {}", thousands(change.epoch))
        }
        Some(change) => format!("{name} since epoch {}", thousands(change.epoch)),
        None => format!("{name} from the start"),
    }
}

fn buttons(ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let dead = shown.view.run.dead_units().len();
    ui.horizontal_wrapped(|ui| {
        let all = match dead {
            0 => "Revive all dead".to_owned(),
            count => format!("Revive all dead ({count})"),
        };
        let one = UserCommand::ReviveUnit;
        let mut offered = vec![(one, one.text()), (UserCommand::ReviveDead, &all)];
        let run = shown.view.run;
        if run.saving_of(shown.unit).is_some() {
            let close = UserCommand::CloseWhatSaves;
            offered.push((close, "Its weights"));
        } else if run.death().is_ok() {
            let ask = UserCommand::WhatSaves;
            offered.push((ask, ask.text()));
        }
        for (command, text) in offered {
            let why_not = shown.view.can(command).err();
            let button = egui::Button::new(RichText::new(text).size(BODY))
                .wrap_mode(egui::TextWrapMode::Extend);
            let response = ui
                .add_enabled(why_not.is_none(), button.min_size(vec2(0.0, 26.0)))
                .help(keymap::hover_text(ui.ctx(), command))
                .why_not(why_not.unwrap_or_default());
            if response.accessible_name(command.text()).clicked() {
                actions.push(command.into());
            }
        }
    });
}

/// The numbers of the unit, name above value.
fn numbers_row(ui: &mut Ui, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let unit = &shown.diagnosis.statistics;
    // the inspection's own, where there is one: of the same epoch as the state above
    let (decoder_norm, bias) = match shown.inspected {
        Some(inspected) => (inspected.unit.decoder_norm, inspected.unit.encoder_bias),
        None => {
            let parameters = &shown.snapshot.parameters;
            let decoder = parameters.decoder_weights();
            let column = decoder.column(shown.unit);
            let squares: f64 = column.iter().map(|w| f64::from(*w).powi(2)).sum();
            let bias = f64::from(parameters.encoder_bias()[shown.unit]);
            (squares.sqrt(), bias)
        }
    };
    let facts = [
        (
            "ρ̂",
            numbers::cost(unit.mean_activation),
            "Its mean activation over the data; the target is ρ",
        ),
        (
            "spread",
            format!("{:.3}", unit.spread()),
            "Its greatest activation less its least",
        ),
        (
            "‖W1‖",
            length(unit.feature_norm),
            "The norm of its encoder weights",
        ),
        (
            "‖W2‖",
            length(decoder_norm),
            "The norm of its decoder weights",
        ),
        ("b1", format!("{bias:+.3}"), "Its encoder bias"),
    ];
    let width = ui.available_width() / facts.len() as f32;
    ui.add_space(GRID);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 1.0);
        for (name, value, hint) in facts {
            let response = ui
                .allocate_ui(vec2(width, 32.0), |ui| {
                    ui.set_width(width);
                    ui.vertical(|ui| {
                        ui.label(muted(ui, name));
                        ui.label(RichText::new(value).size(BODY).color(theme.text_strong));
                    });
                })
                .response;
            response.help(hint);
        }
    });
}

/// A norm in three decimals, or what is left of one in its powers.
fn length(norm: f64) -> String {
    if norm < 5e-3 {
        numbers::cost(norm)
    } else {
        format!("{norm:.3}")
    }
}
