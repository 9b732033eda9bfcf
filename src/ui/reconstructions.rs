//! A few inputs over what the network makes of them.

use egui::{Align2, Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::help::Help as _;
use super::theme::{self, SMALL, Theme};
use super::tiles::{Atlas, whole_scale};
use super::widgets::{self, muted};
use super::{named, pictures, profiles};
use crate::lab::View;
use crate::model::HiddenActivation;
use crate::training::Snapshot;
use crate::training::snapshot::{Version, stretch};
use crate::training::trainer::RunId;

const GAP: f32 = 8.0;
/// Between an input and its reconstruction; the selected unit's answer is drawn there.
const MIDDLE: f32 = 8.0;
/// Room for x and x̂ at the left.
const LABELS: f32 = 20.0;

/// Room for the whole title with the FVU of two runs, in points.
const BOTH: f32 = 340.0;
/// Size of the mark that tells a sample's class, in points.
const CORNER: f32 = 9.0;

#[derive(Default)]
pub struct ReconstructionsPanel {
    atlas: Atlas,
    /// (of what, smooth)
    shown: Option<(Version, bool)>,
    /// Black and white, of which run's samples.
    stretch: Option<(RunId, (f64, f64))>,
}

impl ReconstructionsPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let snapshot = view.run.snapshot.as_deref();
        let quiet: Vec<String> = snapshot.map_or_else(Vec::new, |snapshot| {
            let (low, high) = self.stretch(snapshot);
            let ends = if snapshot.data.shape.is_vector() {
                format!("x and x̂ from {low:.2} to {high:.2}")
            } else {
                format!("x and x̂: {low:.2} black, {high:.2} white")
            };
            let brief = format!("{low:.2} to {high:.2}");
            match strongest(view, snapshot) {
                Some((unit, most)) => {
                    let unit = super::numbers::unit(unit);
                    vec![
                        format!("{ends} · bars: unit {unit}, full at {most:.2}"),
                        format!("{brief} · bars: unit {unit}, full at {most:.2}"),
                        format!("{brief} · bars to {most:.2}"),
                        brief,
                    ]
                }
                None => vec![ends, brief],
            }
        });
        let quiet: Vec<&str> = quiet.iter().map(String::as_str).collect();
        let other = view.pair().and_then(|pair| pair.other.snapshot.as_deref());
        let title = match other {
            // beside the two runs' FVU there is less room for it
            Some(_) if ui.available_width() < BOTH => "x → x̂ of A",
            Some(_) => "Input → reconstruction of A",
            None => "Input → reconstruction",
        };
        widgets::title_row_of(ui, title, &quiet, |ui| {
            let fvu = snapshot.map_or_else(|| "–".into(), super::numbers::fvu);
            let text = match other.map(super::numbers::fvu) {
                Some(of_b) => format!("FVU {fvu} · B {of_b}"),
                None => format!("FVU {fvu}"),
            };
            let label = ui.label(muted(ui, text));
            const FVU: &str = "Fraction of variance unexplained: the reconstruction loss ÷ the data's variance. 1 is as \
                               good as always predicting the mean, 0 is perfect.";
            match snapshot.and_then(|snapshot| snapshot.history.tested()) {
                Some((epoch, _)) => label.help(format!(
                    "{FVU} Test: the same over the samples that were held out, about the training data's mean, at \
                     epoch {}.",
                    super::numbers::thousands(epoch)
                )),
                None => label.help(FVU),
            };
        });
        let Some(snapshot) = snapshot else { return };
        let area = ui.available_rect_before_wrap();
        self.draw(ui, view, snapshot, area);
    }

    /// The samples alone, in `height` points; returns where the first of them is, with its reconstruction.
    pub fn strip(&mut self, ui: &mut Ui, view: &View<'_>, height: f32) -> Option<Rect> {
        let snapshot = view.run.snapshot.as_deref()?;
        let size = vec2(ui.available_width(), height);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        self.draw(ui, view, snapshot, area)
    }

    /// Returns where the first sample is, with its reconstruction.
    fn draw(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        area: Rect,
    ) -> Option<Rect> {
        let theme = Theme::of(ui);
        if snapshot.data.shape.is_vector() {
            return self.lines(ui, view, snapshot, area);
        }
        let (rows, columns) = snapshot.data.shape.picture();
        let ppp = ui.pixels_per_point();
        let height = (area.height() - MIDDLE) / 2.0;
        let (scale, smooth) = whole_scale((height * ppp / rows as f32).max(1.0));
        self.refresh(ui, snapshot, smooth);
        let mut tile = (vec2(columns as f32, rows as f32) * scale).floor() / ppp;
        if rows == 1 {
            tile.y = height.min(16.0);
        }
        let tile = tile.min(vec2(area.width() - LABELS, height.max(8.0)));
        let room = ((area.width() - LABELS + GAP) / (tile.x + GAP))
            .floor()
            .max(1.0) as usize;
        let count = room.min(snapshot.inputs.nrows());
        // the pictures take the whole width, evenly apart
        let spare = area.width() - LABELS - count as f32 * tile.x;
        let gap = if count > 1 {
            (spare / (count - 1) as f32).min(2.0 * GAP)
        } else {
            0.0
        };
        let snap = |x: f32| (x * ppp).round() / ppp;
        let total = snapshot.inputs.nrows();
        let place = |position: usize, y: f32| {
            let x = area.left() + LABELS + position as f32 * (tile.x + gap);
            Rect::from_min_size(pos2(snap(x), snap(y)), tile)
        };
        let second = area.top() + tile.y + MIDDLE;
        for (label, y) in [("x", area.top()), ("x̂", second)] {
            let at = pos2(area.left(), y + tile.y / 2.0);
            widgets::text(
                ui,
                at,
                Align2::LEFT_CENTER,
                label,
                theme::regular(theme::BODY),
                theme.text_muted,
            );
        }
        let shown: Vec<usize> = spread(count, total).collect();
        ui.painter().add(
            self.atlas
                .mesh(shown.iter().enumerate().flat_map(|(at, index)| {
                    [
                        (*index, place(at, area.top()), Color32::WHITE),
                        (total + index, place(at, second), Color32::WHITE),
                    ]
                })),
        );
        for (at, index) in shown.into_iter().enumerate() {
            for y in [area.top(), second] {
                // a white picture on a white panel needs an edge
                let edge = egui::Stroke::new(1.0, theme.line);
                ui.painter()
                    .rect_stroke(place(at, y), 0.0, edge, egui::StrokeKind::Outside);
            }
            let rect = place(at, area.top()).union(place(at, second));
            answer(ui, view, snapshot, index, {
                let y = area.top() + tile.y + MIDDLE / 2.0;
                Rect::from_min_size(pos2(rect.left(), y - 1.5), vec2(tile.x, 3.0))
            });
            sample(ui, snapshot, index, rect);
        }
        (count > 0).then(|| place(0, area.top()).union(place(0, second)))
    }

    /// The same for samples that are not pictures.
    fn lines(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        area: Rect,
    ) -> Option<Rect> {
        let theme = Theme::of(ui);
        let (inputs, reconstructions) = (
            snapshot.data.pictures(snapshot.inputs.view()),
            snapshot.data.pictures(snapshot.reconstructions.view()),
        );
        let range = self.stretch(snapshot);
        let (left, width) = (area.left() + LABELS, area.width() - LABELS);
        let room = ((width + GAP) / (profiles::WIDTH + GAP)).floor().max(1.0);
        let count = (room as usize).min(inputs.nrows());
        let step = (width + GAP) / count.max(1) as f32;
        for (index, (label, colour)) in [("x", theme.text_muted), ("x̂", theme.accent)]
            .into_iter()
            .enumerate()
        {
            let y = area.top() + area.height() * (0.3 + 0.4 * index as f32);
            let at = pos2(area.left(), y);
            let font = theme::regular(theme::BODY);
            widgets::text(ui, at, Align2::LEFT_CENTER, label, font, colour);
        }
        let place = |at: usize| {
            let corner = pos2(left + at as f32 * step, area.top());
            Rect::from_min_size(corner, vec2(step - GAP, area.height() - MIDDLE))
        };
        for (at, index) in spread(count, inputs.nrows()).enumerate() {
            let rect = place(at);
            let edge = egui::Stroke::new(1.0, theme.line);
            ui.painter()
                .rect_stroke(rect, 2.0, edge, egui::StrokeKind::Inside);
            profiles::paint(
                ui,
                rect,
                inputs.row(index),
                reconstructions.row(index),
                range,
            );
            answer(ui, view, snapshot, index, {
                let corner = pos2(rect.left(), area.bottom() - MIDDLE / 2.0 - 1.5);
                Rect::from_min_size(corner, vec2(rect.width(), 3.0))
            });
            sample(ui, snapshot, index, rect);
        }
        (count > 0).then(|| place(0))
    }

    /// What is black and what white in all pictures, of inputs and of reconstructions: it stands for the whole run.
    fn stretch(&mut self, snapshot: &Snapshot) -> (f64, f64) {
        match self.stretch {
            Some((run, stretch)) if run == snapshot.run => stretch,
            _ => {
                let stretch = stretch(snapshot.data.pictures(snapshot.inputs.view()).view());
                self.stretch = Some((snapshot.run, stretch));
                stretch
            }
        }
    }

    fn refresh(&mut self, ui: &Ui, snapshot: &Snapshot, smooth: bool) {
        let key = (snapshot.version(), smooth);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        let data = &snapshot.data;
        let (inputs, reconstructions) = (
            data.pictures(snapshot.inputs.view()),
            data.pictures(snapshot.reconstructions.view()),
        );
        let range = self.stretch(snapshot);
        let total = inputs.nrows();
        self.atlas.fill(
            ui.ctx(),
            "reconstructions",
            2 * total,
            data.shape.picture(),
            smooth,
            |index, pixels| {
                let row = if index < total {
                    inputs.row(index)
                } else {
                    reconstructions.row(index - total)
                };
                pictures::paint_sample(data.shape, row.iter().copied(), range, pixels);
            },
        );
    }
}

/// `count` of `total` samples, the flattest and that of most contrast among them.
fn spread(count: usize, total: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |at| match count {
        1 => total / 2,
        _ => at * (total - 1) / (count - 1),
    })
}

/// The selected unit and its largest activation over the data, mapped into (0, 1): where its bars are full.
fn strongest(view: &View<'_>, snapshot: &Snapshot) -> Option<(usize, f64)> {
    let unit = view.run.selected?;
    Some((unit, snapshot.units.get(unit)?.maximum))
}

/// How strongly the selected unit answers the input, as a bar.
fn answer(ui: &Ui, view: &View<'_>, snapshot: &Snapshot, index: usize, bar: Rect) {
    let Some((unit, most)) = strongest(view, snapshot) else {
        return;
    };
    let Some(answer) = snapshot.activations.get([index, unit]).copied() else {
        return;
    };
    let theme = Theme::of(ui);
    let tanh = snapshot.experiment.hidden_activation == HiddenActivation::Tanh;
    let answer = if tanh { (answer + 1.0) / 2.0 } else { answer };
    // of its own strongest answer: a sparse unit's are all small
    let answer = (answer / most.max(1e-6) as f32).clamp(0.0, 1.0);
    ui.painter().rect_filled(bar, 1.0, theme.line);
    let reached = bar.with_max_x(bar.left() + bar.width() * answer);
    ui.painter().rect_filled(reached, 1.0, theme.accent);
}

/// What a value of sample `index` in `rect` is, and what the network makes of it: "proline: x 0.31, x̂ 0.28".
fn both(snapshot: &Snapshot, index: usize, rect: Rect, at: egui::Pos2) -> Option<String> {
    let data = &snapshot.data;
    let place = named::on_line(profiles::inside(rect), at, data.inputs());
    let rows = |rows: &ndarray::Array2<f32>| {
        let rows = data.pictures(rows.slice(ndarray::s![index..=index, ..]));
        rows.get((0, place))
            .map(|value| named::number((*value).into()))
    };
    let (input, output) = (rows(&snapshot.inputs)?, rows(&snapshot.reconstructions)?);
    let name = data.fitted.value_title(place);
    Some(format!("{name}: x {input}, x̂ {output}"))
}

/// What can be asked of one input: its class as a coloured corner, the rest on hover.
fn sample(ui: &mut Ui, snapshot: &Snapshot, index: usize, rect: Rect) {
    let data = &snapshot.data;
    let class = snapshot.places.get(index).copied();
    let class = class.and_then(|sample| data.class_of(sample));
    if let Some(class) = class {
        ui.painter()
            .extend(widgets::class_corner(ui, rect, class, CORNER));
    }
    let response = ui.interact(rect, ui.scope_id().with(("sample", index)), Sense::hover());
    let label = class.map(|class| data.class_title(class));
    let place = snapshot.places.get(index).copied();
    let after = place.map_or_else(String::new, |sample| data.beside(sample));
    let name = data.names.as_ref().zip(place);
    let name = name.and_then(|(names, place)| names.get(place));
    response.widget_info(|| {
        WidgetInfo::labeled(
            egui::Role::Image,
            true,
            format!("Input {} and its reconstruction{after}", index + 1),
        )
    });
    let pointer = response.hover_pos();
    response.help_ui(|ui| {
        let difference = &snapshot.inputs.row(index) - &snapshot.reconstructions.row(index);
        let loss = 0.5
            * difference
                .iter()
                .map(|d| f64::from(*d).powi(2))
                .sum::<f64>();
        if let Some(name) = name {
            ui.label(egui::RichText::new(name).size(SMALL));
        }
        if let (Some(class), Some(label)) = (class, label) {
            ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(vec2(CORNER, CORNER), Sense::hover());
                ui.painter()
                    .circle_filled(dot.center(), CORNER / 2.0, Theme::of(ui).class(class));
                ui.label(egui::RichText::new(label).size(SMALL));
            });
        }
        ui.label(
            egui::RichText::new(format!("½‖x̂−x‖² = {}", super::numbers::cost(loss))).size(SMALL),
        );
        if let (true, Some(at)) = (data.shape.is_vector(), pointer) {
            named::line(ui, both(snapshot, index, rect, at));
        }
    });
}
