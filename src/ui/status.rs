//! The line at the bottom: what is trained on, how far, how fast, how well.

use egui::{Align, Layout, RichText, Ui, UiBuilder, vec2};

use super::help::Help as _;
use super::numbers::{self, rate, thousands};
use super::progress;
use super::settings::gradient_name;
use super::theme::{GRID, SMALL, Theme};
use crate::data::DataSet;
use crate::lab::Action;
use crate::lab::View;
use crate::model::GradientForm;
use crate::model::units::StateCounts;
use crate::numerics::Precision;
use crate::training::Activity;

pub const HEIGHT: f32 = 28.0;
/// Below this width (in points) the line keeps to the essentials.
const ROOMY: f32 = 1100.0;

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
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            return;
        };
        // while something is being loaded, its bar takes the room of the less essential
        let roomy = rect.width() >= ROOMY && progress::words(view).is_none();
        let counts = StateCounts::of(&snapshot.units);
        let mut parts = Vec::new();
        let size = format!(
            "{} × {}",
            thousands(snapshot.data.len() as u64),
            thousands(snapshot.data.inputs() as u64)
        );
        let name = shortened(&snapshot.data.name);
        parts.push(if roomy {
            format!("{name} · {size}")
        } else {
            name
        });
        let pace = match snapshot.activity {
            Activity::Paused => "paused".to_owned(),
            Activity::Diverged => "diverged".to_owned(),
            Activity::Training if roomy => {
                format!(
                    "{} epochs/s · {} samples/s",
                    rate(snapshot.epochs_per_second),
                    rate(snapshot.samples_per_second)
                )
            }
            Activity::Training => format!("{} epochs/s", rate(snapshot.epochs_per_second)),
        };
        parts.push(format!("epoch {} · {pace}", thousands(snapshot.epoch)));
        parts.push(format!(
            "J {} · FVU {:.2}",
            numbers::cost(snapshot.cost.total()),
            snapshot.fvu
        ));
        parts.push(format!("{} alive, {} dead", counts.alive, counts.dead()));
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                row.label(RichText::new("   │   ").size(SMALL).color(theme.rail));
            }
            let label = row.label(RichText::new(part).size(SMALL).color(theme.text_muted));
            if i == 0 {
                label.help(preparation(&snapshot.data));
            }
        }
        row.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let gradient = snapshot.hyperparameters.gradient;
            let tone = if gradient == GradientForm::Exact {
                theme.text_muted
            } else {
                theme.notice
            };
            let seed = format!(
                "· {} · seed {}",
                precision_name(snapshot.experiment.precision),
                thousands(snapshot.experiment.seed)
            );
            if roomy {
                ui.label(RichText::new(seed).size(SMALL).color(theme.text_muted));
            }
            ui.add_space(SMALL / 3.0);
            ui.label(
                RichText::new(format!("gradient {}", gradient_name(gradient)))
                    .size(SMALL)
                    .color(tone),
            );
        });
    }
}

/// A name shortened in its middle, so that it leaves room for what is beside it.
fn shortened(name: &str) -> String {
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
    use super::shortened;

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(shortened("photos, whitened"), "photos, whitened");
        let long = shortened("a_very_long_file_name_that_would_run_into_the_rest.csv");
        assert_eq!(long, "a_very_long_fi…o_the_rest.csv");
    }
}
