//! How strong the gradient is in each layer, over the epochs, on a logarithmic axis; and a plain word where it vanished.

use egui::{RichText, Ui, vec2};
use egui_plot::{AxisHints, Line, Plot, PlotPoint, PlotPoints};

use crate::lab::View;
use crate::training::gradients::GradientSource;
use crate::training::trainer::RunId;
use crate::training::{Diagnosis, Record, Snapshot};
use crate::ui::axes::{AXIS_WIDTH, axis, decade_axis, decade_marks, epoch_marks};
use crate::ui::help::Help as _;
use crate::ui::numbers;
use crate::ui::theme::{GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};

/// One line: its name, what it is, and what it takes of a record.
type Curve = (&'static str, &'static str, fn(&Record) -> Option<f64>);

const CURVES: [Curve; 3] = [
    ("encoder", "‖∂J/∂W1‖", |record| {
        record.gradients.encoder
    }),
    ("decoder", "‖∂J/∂W2‖", |record| {
        record.gradients.decoder
    }),
    (
        "recon. in W1",
        "‖∂reconstruction/∂W1‖, what the encoder learns from the data",
        |record| record.gradients.reconstruction,
    ),
];

#[derive(Default)]
pub(super) struct NormsPanel {
    /// What the points are of: (run, epoch).
    shown: Option<(RunId, u64)>,
    points: [Vec<PlotPoint>; 3],
}

impl NormsPanel {
    pub(super) fn ui(&mut self, ui: &mut Ui, view: &View<'_>, height: f32) {
        let theme = Theme::of(ui);
        let top = ui.next_widget_position().y;
        let colours = [theme.total, theme.alive, theme.reconstruction];
        widgets::title(ui, "Gradient norms");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 1.5 * GRID;
            for ((name, what, _), colour) in CURVES.iter().zip(colours) {
                widgets::legend(ui, name, colour).help(*what);
            }
        });
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            return;
        };
        self.refresh(snapshot);
        let diagnosis = Diagnosis::of(snapshot);
        let sentence = diagnosis.gradient_sentence();
        if diagnosis.gradient_warning().is_some() {
            ui.label(
                RichText::new(sentence)
                    .size(SMALL + 1.0)
                    .color(theme.notice),
            );
        } else {
            let source = snapshot
                .history
                .last()
                .map(|record| record.gradients.source);
            let source = source.map_or("", GradientSource::name);
            ui.label(muted(ui, format!("{source}; {sentence}")));
        }
        let cliffs = [diagnosis.lambda_sentence(), diagnosis.alpha_sentence()];
        for sentence in cliffs.into_iter().flatten() {
            ui.label(
                RichText::new(sentence)
                    .size(SMALL + 1.0)
                    .color(theme.notice),
            );
        }
        let used = ui.next_widget_position().y - top;
        Plot::new(("gradient norms", snapshot.run))
            .height((height - used).max(80.0))
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .show_crosshair(false)
            .allow_zoom(false)
            .allow_drag(false)
            .allow_scroll(false)
            .set_margin_fraction(vec2(0.0, 0.08))
            .include_x(0.0)
            .include_x((snapshot.epoch as f64).max(10.0))
            .label_formatter(|_| None)
            .grid_color(theme.line)
            .grid_fade(0.0)
            .x_grid_spacer(epoch_marks(ui.available_width() - AXIS_WIDTH))
            .y_grid_spacer(decade_marks(height - used))
            .custom_x_axes(vec![
                axis(AxisHints::new_x(), theme)
                    .formatter(|mark, _| numbers::thousands(mark.value.max(0.0) as u64)),
            ])
            .custom_y_axes(vec![decade_axis(theme)])
            .show(ui, |plot| {
                for (((name, _, _), points), colour) in CURVES.iter().zip(&self.points).zip(colours)
                {
                    plot.line(
                        Line::new(*name, PlotPoints::Borrowed(points))
                            .color(colour)
                            .width(1.4)
                            .allow_hover(false),
                    );
                }
            });
    }

    /// Takes the norms anew if the run went on: a history holds at most some 3,000 records.
    fn refresh(&mut self, snapshot: &Snapshot) {
        let key = (snapshot.run, snapshot.epoch);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        for (points, (_, _, of)) in self.points.iter_mut().zip(CURVES) {
            points.clear();
            points.extend(snapshot.history.records().filter_map(|record| {
                let value = of(record).filter(|value| *value > 0.0)?;
                Some(PlotPoint::new(record.epoch as f64, value.log10()))
            }));
        }
    }
}
