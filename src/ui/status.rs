//! The line at the bottom: what is trained on, how far, how fast, how well.

use egui::{Align, Color32, Layout, RichText, Ui, UiBuilder, vec2};

use super::help::Help as _;
use super::numbers::{self, rate, thousands};
use super::progress;
use super::settings::gradient_name;
use super::theme::{GRID, SMALL, Theme};
use super::widgets;
use crate::data::DataSet;
use crate::lab::{Action, RunView, View};
use crate::model::GradientForm;
use crate::numerics::Precision;
use crate::training::{Activity, Diagnosis, Snapshot};

pub const HEIGHT: f32 = 24.0;

#[derive(Debug, Default)]
pub struct StatusLine;

impl StatusLine {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, theme.panel);
        let builder = UiBuilder::new()
            .max_rect(rect.shrink2(vec2(2.0 * GRID, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        let mut row = ui.new_child(builder);
        row.spacing_mut().item_spacing.x = 0.0;
        progress::strip(&mut row, view, actions);
        progress::exporting(&mut row, view);
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            return;
        };
        let parts = parts(snapshot, view.run, theme);
        let widths: Vec<f32> = parts
            .iter()
            .map(|part| widgets::width(ui, &part.text))
            .collect();
        let room = row.available_width();
        let shown = fitting(&parts, &widths, widgets::width(ui, BETWEEN), room);
        let mut first = true;
        for (part, _) in parts.iter().zip(shown).filter(|(_, shown)| *shown) {
            if !std::mem::take(&mut first) {
                row.label(RichText::new(BETWEEN).size(SMALL).color(theme.rail));
            }
            let label = row.label(RichText::new(&part.text).size(SMALL).color(part.tone));
            if let Some(hover) = &part.hover {
                label.help(hover);
            }
        }
    }
}

/// All that the line says, where it has no row.
pub fn sentence(snapshot: &Snapshot, run: &RunView, theme: &Theme) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut last = None;
    for part in parts(snapshot, run, theme) {
        // of those that say the same, the longest
        if last.replace(part.of) != Some(part.of) {
            said.push(part.text);
        }
    }
    said.join(" · ")
}

/// Between two parts of the line.
const BETWEEN: &str = "   │   ";

/// One part of the line.
struct Part {
    text: String,
    tone: Color32,
    hover: Option<String>,
    /// Where there is no room for all, those with the greatest go first.
    spare: u8,
    /// Which of the parts that say the same, at more or less length, this is: only one of them is shown, the first that fits.
    of: u8,
}

/// In the order of the line; of those that say the same, the longest first.
fn parts(snapshot: &Snapshot, run: &RunView, theme: &Theme) -> Vec<Part> {
    let past = run.past.is_some();
    let diagnosis = Diagnosis::of(snapshot);
    let settings = &snapshot.hyperparameters;
    let size = format!(
        "{} × {}",
        thousands(snapshot.data.len() as u64),
        thousands(snapshot.data.inputs() as u64)
    );
    let name = shortened(&snapshot.data.name);
    let epoch = under_way(run).unwrap_or_else(|| format!("epoch {}", thousands(snapshot.epoch)));
    let pace = match snapshot.activity {
        _ if past => Some("the past".to_owned()),
        Activity::Paused => Some("paused".to_owned()),
        Activity::Elsewhere => Some("trained elsewhere".to_owned()),
        Activity::Diverged => Some("diverged".to_owned()),
        Activity::Training if !run.playing && run.underway().is_some() => {
            Some("pausing".to_owned())
        }
        Activity::Training if snapshot.epochs_per_second == 0.0 => Some("training".to_owned()),
        Activity::Training => Some(format!("{} epochs/s", rate(snapshot.epochs_per_second))),
    };
    let samples = (snapshot.samples_per_second > 0.0 && !past)
        .then(|| format!("{} samples/s", rate(snapshot.samples_per_second)));
    let mut cost = format!(
        "J {} · FVU {}",
        numbers::cost(snapshot.cost.total()),
        numbers::fvu(snapshot)
    );
    if run.underway().is_some() {
        cost = format!("after epoch {}: {cost}", thousands(snapshot.epoch));
    }
    let joined = |parts: &[Option<&String>]| -> String {
        let parts: Vec<&str> = parts.iter().flatten().map(|part| part.as_str()).collect();
        parts.join(" · ")
    };
    let gradient = gradient_name(settings.gradient);
    let tone = match settings.gradient {
        GradientForm::Exact => theme.text_muted,
        GradientForm::Printed => theme.notice,
    };
    let precision = format!(
        "{} · seed {}",
        precision_name(snapshot.experiment.precision),
        thousands(snapshot.experiment.seed)
    );
    let part = |of, spare, text: String| Part {
        text,
        tone: theme.text_muted,
        hover: None,
        spare,
        of,
    };
    let data = |spare, text| Part {
        hover: Some(preparation(&snapshot.data)),
        ..part(0, spare, text)
    };
    vec![
        data(7, joined(&[Some(&name), Some(&size)])),
        data(3, name.clone()),
        part(
            1,
            6,
            joined(&[Some(&epoch), pace.as_ref(), samples.as_ref()]),
        ),
        part(1, 4, joined(&[Some(&epoch), pace.as_ref()])),
        part(1, 0, epoch.clone()),
        part(2, 1, cost),
        Part {
            hover: Some(diagnosis.sentences().join("\n")).filter(|said| !said.is_empty()),
            ..part(3, 0, diagnosis.counts_line())
        },
        Part {
            tone,
            ..part(4, 2, format!("gradient {gradient}"))
        },
        part(5, 5, precision),
    ]
}

/// Which of `parts` are shown in `room`: all that can be spared go, the sparest first, until the others fit.
fn fitting(parts: &[Part], widths: &[f32], between: f32, room: f32) -> Vec<bool> {
    let shown = |most: u8| -> Vec<bool> {
        let mut said = Vec::new();
        let shows = |part: &Part| {
            let shows = part.spare <= most && !said.contains(&part.of);
            if shows {
                said.push(part.of);
            }
            shows
        };
        parts.iter().map(shows).collect()
    };
    let needed = |shown: &[bool]| {
        let each = shown.iter().zip(widths).filter(|(shown, _)| **shown);
        each.map(|(_, width)| width + between).sum::<f32>() - between
    };
    let most = parts.iter().map(|part| part.spare).max().unwrap_or(0);
    let mut all = (0..=most).rev().map(shown);
    all.clone()
        .find(|shown| needed(shown) <= room)
        .or(all.next_back())
        .unwrap_or_default()
}

/// How far an epoch is that takes long: "epoch 4: 45 %".
pub fn under_way(run: &RunView) -> Option<String> {
    let (underway, data) = (run.underway()?, run.data()?);
    let part = underway.samples as f64 / data.len().max(1) as f64;
    let epoch = thousands(underway.epoch);
    Some(format!("epoch {epoch}: {:.0} %", 100.0 * part))
}

/// A name shortened in its middle, so that it leaves room for what is beside it.
pub fn shortened(name: &str) -> String {
    const MOST: usize = 28;
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= MOST {
        return name.to_owned();
    }
    let half = MOST / 2;
    let (head, tail) = (&letters[..half], &letters[letters.len() - half..]);
    format!("{}…{}", String::from_iter(head), String::from_iter(tail))
}

/// What was done to the data, a line a step.
fn preparation(data: &DataSet) -> String {
    if data.preparation.is_empty() {
        return "The values as they stand: nothing was done to them.".to_owned();
    }
    data.sentences().join("\n")
}

fn precision_name(precision: Precision) -> &'static str {
    match precision {
        Precision::F32 => "f32",
        Precision::F64 => "f64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_spared_goes_first_and_nothing_is_said_twice() {
        let part = |of, spare| Part {
            text: String::new(),
            tone: Color32::PLACEHOLDER,
            hover: None,
            spare,
            of,
        };
        let parts = [part(0, 3), part(0, 1), part(1, 0), part(2, 2)];
        let widths = [30.0, 20.0, 10.0, 10.0];
        let shown = |room| fitting(&parts, &widths, 1.0, room);
        assert_eq!(shown(52.0), [true, false, true, true]);
        assert_eq!(shown(51.0), [false, true, true, true]);
        assert_eq!(shown(41.0), [false, true, true, false]);
        assert_eq!(shown(30.0), [false, false, true, false]);
        assert_eq!(shown(1.0), [false, false, true, false]);
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(shortened("photos, whitened"), "photos, whitened");
        let long = shortened("a_very_long_file_name_that_would_run_into_the_rest.csv");
        assert_eq!(long, "a_very_long_fi…o_the_rest.csv");
    }
}
