//! What would have saved the unit: the sentence, both fates, and what moved its weights between the change and its death.

use egui::{
    Align2, Color32, ProgressBar, Rect, RichText, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::shown::Shown;
use crate::lab::studies::{Saving, Study};
use crate::training::run::Force;
use crate::training::timeline::Answer;
use crate::training::timeline::counterfactual::{Fate, FatePoint};
use crate::ui::help::Help as _;
use crate::ui::numbers::{self, thousands};
use crate::ui::theme::{self, BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};

/// Of the ledger below the fates.
const LEDGER: f32 = 62.0;
/// Of the names above a chart, and of the epochs below it.
const HEAD: f32 = 17.0;
const LEAST_CHART: f32 = 96.0;
const LEGEND: f32 = 24.0;

pub(super) fn ui(ui: &mut Ui, saving: &Saving, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    match &saving.study {
        Study::Idle => {}
        Study::Running(progress) => {
            let (done, of) = progress.unwrap_or_default();
            ui.add(ProgressBar::new(done as f32 / of.max(1) as f32).desired_height(6.0));
            let text = match of {
                0 => "looking for the changes before its death".to_owned(),
                of => format!("replayed {} of {} epochs", thousands(done), thousands(of)),
            };
            ui.label(muted(ui, text));
        }
        Study::Failed(why) => {
            let text = RichText::new(why).size(SMALL + 1.0).color(theme.notice);
            ui.add(egui::Label::new(text).wrap());
        }
        Study::Done(answer) => answered(ui, answer, shown),
    }
}

fn answered(ui: &mut Ui, answer: &Answer, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let text = RichText::new(answer.sentence())
        .size(SMALL + 1.0)
        .color(theme.text_strong);
    let tried: Vec<String> = answer.tried.iter().map(|tried| tried.line()).collect();
    let hint = match tried.len() {
        0 => "Nothing else is done after the death".to_owned(),
        _ => format!("Replayed:\n{}", tried.join("\n")),
    };
    ui.add(egui::Label::new(text).wrap()).help(hint);
    let height = ui.available_height() - LEDGER - LEGEND - GRID;
    fates(ui, answer, height.max(LEAST_CHART), shown);
    ui.horizontal(|ui| {
        widgets::legend(ui, "as it was", theme.dead);
        if answer.named().is_some() {
            widgets::legend(ui, "without the change", theme.alive);
        }
    });
    ledger(ui, answer);
}

/// What is drawn of a unit.
struct Track {
    name: &'static str,
    spoken: &'static str,
    of: fn(&FatePoint) -> f64,
}

const TRACKS: [Track; 2] = [
    Track {
        name: "ρ̂",
        spoken: "ρ̂ of the unit, as it was and without the change",
        of: |point| point.unit.mean_activation.into(),
    },
    Track {
        name: "‖W1‖",
        spoken: "‖W1‖ of the unit, as it was and without the change",
        of: |point| point.unit.feature_norm.into(),
    },
];

/// ρ̂ and ‖W1‖ side by side, over the epochs that were replayed.
fn fates(ui: &mut Ui, answer: &Answer, height: f32, shown: &Shown<'_>) {
    let gap = 2.0 * GRID;
    let width = ((ui.available_width() - gap) / 2.0).floor();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for track in &TRACKS {
            let (area, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, track.spoken));
            if let Some(words) = chart(ui, track, answer, area, response.hover_pos(), shown) {
                response.help_at_pointer(words);
            }
        }
    });
}

/// Draws one chart; the values at the pointer in words.
fn chart(
    ui: &Ui,
    track: &Track,
    answer: &Answer,
    area: Rect,
    pointer: Option<egui::Pos2>,
    shown: &Shown<'_>,
) -> Option<String> {
    let theme = Theme::of(ui);
    let was = &answer.as_it_was;
    let would = answer.named().map(|named| &named.fate);
    let first = was.points().first()?.epoch;
    let last = was.last()?.epoch.max(first + 1);
    let frame = area
        .with_min_y(area.top() + HEAD)
        .with_max_y(area.bottom() - HEAD);
    let most = [Some(was), would]
        .into_iter()
        .flatten()
        .flat_map(|fate| fate.points())
        .map(track.of)
        .filter(|value| value.is_finite())
        .fold(f64::MIN_POSITIVE, f64::max);
    let x = |epoch: u64| {
        let part = (epoch.saturating_sub(first)) as f32 / (last - first) as f32;
        frame.left() + part * frame.width()
    };
    let y = |value: f64| {
        frame.bottom() - 1.0 - (value / most).clamp(0.0, 1.0) as f32 * (frame.height() - 2.0)
    };
    let font = theme::regular(SMALL);
    let label = |at, anchor, text: String, tone| {
        widgets::text(ui, at, anchor, text, font.clone(), tone);
    };
    label(
        area.left_top(),
        Align2::LEFT_TOP,
        track.name.into(),
        theme.text,
    );
    label(
        area.right_top(),
        Align2::RIGHT_TOP,
        numbers::short(most),
        theme.text_muted,
    );
    let foot = frame.bottom() + 2.0;
    let begins = format!("epoch {}", thousands(first));
    label(
        pos2(area.left(), foot),
        Align2::LEFT_TOP,
        begins,
        theme.text_muted,
    );
    label(
        pos2(area.right(), foot),
        Align2::RIGHT_TOP,
        thousands(last),
        theme.text_muted,
    );
    ui.painter()
        .rect_filled(frame, 0.0, theme.line.gamma_multiply(0.35));
    let painter = ui.painter_at(frame.expand(1.0));
    let upright = |epoch: u64, tone: Color32| {
        let ends = [pos2(x(epoch), frame.top()), pos2(x(epoch), frame.bottom())];
        painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, tone), 4.0, 4.0));
    };
    if let Some(named) = answer.named() {
        upright(named.undone.from_epoch(), theme.text_muted);
    }
    upright(answer.death, theme.dead);
    let line = |fate: &Fate, tone: Color32, width: f32| {
        let points = fate.points().iter();
        let points = points.map(|point| pos2(x(point.epoch), y((track.of)(point))));
        painter.add(Shape::line(points.collect(), Stroke::new(width, tone)));
    };
    line(was, theme.dead, 1.5);
    if let Some(would) = would {
        line(would, theme.alive, 2.0);
    }
    let at = pointer.filter(|at| frame.contains(*at))?;
    let part = f64::from((at.x - frame.left()) / frame.width());
    let epoch = first + (part * (last - first) as f64).round() as u64;
    painter.vline(
        x(epoch),
        frame.y_range(),
        Stroke::new(1.0, theme.text_muted),
    );
    let value = |fate: &Fate| Some(numbers::cost((track.of)(&fate.at(epoch)?)));
    let of = numbers::unit(shown.unit);
    let mut words = format!(
        "unit {of}, epoch {}: {} {} as it was",
        thousands(epoch),
        track.name,
        value(was)?
    );
    if let Some(other) = would.and_then(value) {
        words += &format!(", {other} without the change");
    }
    Some(words)
}

/// The four terms, each as far as it moved the weights the way that they went.
fn ledger(ui: &mut Ui, answer: &Answer) {
    let theme = Theme::of(ui);
    let ledger = match &answer.ledger {
        Ok(ledger) => ledger,
        Err(why) => {
            ui.add(egui::Label::new(muted(ui, why.to_string())).wrap());
            return;
        }
    };
    let head = format!(
        "what moved its weights, epochs {} to {}, by {}",
        thousands(ledger.from),
        thousands(ledger.to),
        numbers::short(ledger.length())
    );
    let rounding = numbers::cost(ledger.along(Force::Rounding));
    let hint = format!(
        "The change of W1, b1 and W2 of this unit, and how far each term of the cost moved them in its direction: they add \
         up to its length; below 0 a term pulled the other way. Rounding moved them by {rounding}"
    );
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.add(egui::Label::new(muted(ui, head)).wrap()).help(&hint);
    let forces: Vec<Force> = Force::all()
        .filter(|force| *force != Force::Rounding)
        .collect();
    let width = ui.available_width() / forces.len() as f32;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 1.0);
        for force in forces {
            let value = ledger.along(force);
            let text = match numbers::cost(value) {
                text if value > 0.0 => format!("+{text}"),
                text => text.replace('-', "−"),
            };
            let name = format!("{} moved its weights by {text}", force.name());
            let response = ui
                .allocate_ui(vec2(width, 32.0), |ui| {
                    ui.set_width(width);
                    ui.vertical(|ui| {
                        ui.label(muted(ui, short(force)));
                        ui.label(RichText::new(text).size(BODY).color(theme.text_strong));
                    });
                })
                .response;
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Meter, true, &name));
            response.help(&hint);
        }
    });
}

/// As short as a column takes.
fn short(force: Force) -> &'static str {
    match force {
        Force::Reconstruction => "reconstruction",
        Force::Decay => "decay",
        Force::Sparsity => "sparsity",
        Force::Momentum => "momentum",
        Force::Rounding => "rounding",
    }
}
