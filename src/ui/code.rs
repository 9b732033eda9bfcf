//! What the code is worth: how well a linear classifier tells the classes by it, beside the inputs, their principal
//! components and random units, on one axis with their intervals.

use egui::{Align2, Pos2, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, pos2};

use super::help::Help as _;
use super::numbers::thousands;
use super::theme::{self, BODY, SMALL, Theme};
use super::widgets;
use crate::lab::View;
use crate::lab::worth::{Probed, Worth};
use crate::training::probe::{Probe, Score};

/// For the names at the left, and the values at the right.
const NAMES: f32 = 92.0;
const VALUES: f32 = 52.0;
/// For the numbers below.
const FOOT: f32 = 15.0;
/// The least room for a row with its words.
const ROW: f32 = 14.0;

#[derive(Debug, Default)]
pub struct CodePanel;

impl CodePanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let worth = &view.run.worth;
        let probed = worth.probed.as_deref();
        let epoch = probed.map(|probed| format!("epoch {}", thousands(probed.version.epoch)));
        let epoch = epoch.unwrap_or_default();
        let long = format!("classes told by a linear classifier · {epoch}");
        let quiet = if epoch.is_empty() {
            vec!["classes told by a linear classifier"]
        } else {
            vec![long.as_str(), &epoch]
        };
        let words = widgets::title_row_of(ui, "Code", &quiet, |_| {});
        let Some(probed) = probed else {
            ui.label(RichText::new(waiting(view, worth)).size(BODY));
            return;
        };
        if let Some(words) = words {
            words.help(about(probed));
        }
        chart(ui, worth, probed);
        if let Some(trouble) = &worth.trouble {
            ui.label(RichText::new(trouble).size(SMALL).color(Theme::of(ui).dead));
        }
    }
}

/// Why nothing is shown yet.
fn waiting(view: &View<'_>, worth: &Worth) -> String {
    let snapshot = view.run.snapshot.as_deref();
    let labelled = snapshot.is_some_and(|snapshot| snapshot.data.labels.is_some());
    match (&worth.trouble, worth.progress) {
        (Some(trouble), _) => trouble.clone(),
        _ if !labelled => {
            "These data have no classes. Choose the digits or Fashion-MNIST, or open data with labels.".to_owned()
        }
        (None, Some(part)) => format!("Being found out: {:.0} %", 100.0 * part),
        (None, None) => "Being found out…".to_owned(),
    }
}

/// How it was found out.
fn about(probed: &Probed) -> String {
    let Probe {
        samples,
        classes,
        settings,
        chance,
        ..
    } = &probed.probe;
    let all = match probed.total {
        total if total == *samples => thousands(total as u64),
        total => format!(
            "{} of {}",
            thousands(*samples as u64),
            thousands(total as u64)
        ),
    };
    format!(
        "Ridge regression on {all} samples of {classes} classes, tested with {:.0} % of them that it has not seen, {} \
         times; the lines are 95 % intervals. The run trains on all samples, without their classes. Always answering the \
         largest class would tell {:.0} %.",
        100.0 * settings.test_fraction,
        settings.seeds,
        100.0 * chance
    )
}

/// The rows: what they are called, and what they show.
fn rows(probe: &Probe) -> Vec<(&'static str, &Score)> {
    let baselines = &probe.baselines;
    let others = [
        ("inputs", &baselines.raw),
        ("PCA", &baselines.pca),
        ("random units", &baselines.random),
    ];
    let others = others
        .into_iter()
        .filter_map(|(name, baseline)| Some((name, &baseline.as_ref()?.score)));
    std::iter::once(("the code", &probe.code))
        .chain(others)
        .collect()
}

fn chart(ui: &mut Ui, worth: &Worth, probed: &Probed) {
    let theme = Theme::of(ui);
    let rows = rows(&probed.probe);
    let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let told: Vec<String> = rows.iter().map(|(name, score)| said(name, score)).collect();
    let told = told.join(", ");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, &told));
    response.help(about(probed));
    let names = NAMES.min(area.width() * 0.3);
    let frame = Rect::from_min_max(
        pos2(area.left() + names, area.top()),
        pos2(area.right() - VALUES, area.bottom() - FOOT),
    );
    if frame.width() < 20.0 || frame.height() < ROW {
        return;
    }
    let low = least(rows.iter().map(|(_, score)| score.interval[0]));
    let x = |share: f64| {
        let part = ((share - low) / (1.0 - low)).clamp(0.0, 1.0);
        frame.left() + frame.width() * part as f32
    };
    let step = frame.height() / rows.len() as f32;
    let painter = ui.painter_at(area);
    for (share, anchor) in [(low, Align2::LEFT_TOP), (1.0, Align2::RIGHT_TOP)] {
        painter.vline(x(share), frame.y_range(), Stroke::new(1.0, theme.line));
        let at = pos2(x(share), frame.bottom() + 1.0);
        let text = format!("{:.0} %", 100.0 * share);
        widgets::text(
            ui,
            at,
            anchor,
            text,
            theme::regular(SMALL),
            theme.text_muted,
        );
    }
    for (row, (name, score)) in rows.iter().enumerate() {
        let y = frame.top() + step * (row as f32 + 0.5);
        let own = row == 0;
        let (font, colour) = match own {
            true => (theme::bold(SMALL), theme.text_strong),
            false => (theme::regular(SMALL), theme.text),
        };
        let tone = if own { theme.accent } else { theme.rail };
        if step >= ROW || own {
            let text = |at: Pos2, anchor, text: String| {
                widgets::text(ui, at, anchor, text, font.clone(), colour)
            };
            text(
                pos2(area.left(), y),
                Align2::LEFT_CENTER,
                (*name).to_owned(),
            );
            let value = format!("{:.1} %", 100.0 * score.accuracy);
            text(pos2(area.right(), y), Align2::RIGHT_CENTER, value);
        }
        painter.hline(frame.x_range(), y, Stroke::new(1.0, theme.line));
        if own {
            // where it has been
            for (_, accuracy) in &worth.trail {
                let half = 0.3 * step.min(16.0);
                let stroke = Stroke::new(1.0, tone.gamma_multiply(0.35));
                painter.vline(x(*accuracy), y - half..=y + half, stroke);
            }
        }
        let ends = x(score.interval[0])..=x(score.interval[1]);
        painter.hline(ends, y, Stroke::new(2.0, tone));
        painter.circle_filled(pos2(x(score.accuracy), y), 4.0, tone);
    }
}

/// "the code 94.1 % (92.0 to 96.2)"
fn said(name: &str, score: &Score) -> String {
    let [low, high] = score.interval.map(|end| 100.0 * end);
    let accuracy = 100.0 * score.accuracy;
    format!("{name} {accuracy:.1} % ({low:.1} to {high:.1})")
}

/// Where the axis begins: a round share below all of `lows`.
fn least(lows: impl Iterator<Item = f64>) -> f64 {
    const STEP: f64 = 0.1;
    let low = lows.fold(1.0f64, f64::min);
    ((low - 0.02) / STEP).floor().max(0.0) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_begins_at_a_round_share_below_all() {
        for (low, begin) in [
            (0.97, 0.9),
            (0.91, 0.8),
            (0.5, 0.4),
            (0.01, 0.0),
            (1.0, 0.9),
        ] {
            assert!(
                (least([1.0, low].into_iter()) - begin).abs() < 1e-12,
                "{low}"
            );
        }
    }

    #[test]
    fn a_score_is_said_with_its_interval() {
        let score = Score {
            accuracy: 0.941,
            interval: [0.92, 0.962],
            width: 196,
            each: vec![0.94, 0.942],
        };
        assert_eq!(said("the code", &score), "the code 94.1 % (92.0 to 96.2)");
    }
}
