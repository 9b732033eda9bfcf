//! How many units live and how many are dead, over the epochs.

use std::cmp::Reverse;

use egui::{Align2, Mesh, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::axes::AXIS_WIDTH;
use super::curves::{self, EpochView};
use super::hatch;
use super::help::Help as _;
use super::lesson;
use super::numbers;
use super::theme::{self, SMALL, Theme};
use super::widgets;
use crate::lab::View;
use crate::model::units::StateCounts;
use crate::training::{Diagnosis, Record};

#[derive(Debug, Default)]
pub struct UnitsPanel;

impl UnitsPanel {
    /// `records` are those of the cost curves, `epochs` the ones that these show, where they stand above.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        records: &[Record],
        epochs: Option<EpochView>,
    ) {
        let snapshot = view.run.snapshot.as_deref();
        let diagnosis = snapshot.map(Diagnosis::of);
        let headline = diagnosis.as_ref().and_then(Diagnosis::headline);
        let quiet: Vec<&str> = headline
            .as_deref()
            .into_iter()
            .chain([
                "alive, duplicate and dead over time",
                "alive and dead over time",
                "over time",
            ])
            .collect();
        let words = widgets::title_row_of(ui, "Units", &quiet, |_| {});
        if let (Some(words), Some(diagnosis)) = (words, &diagnosis)
            && headline.is_some()
        {
            words.help(diagnosis.sentences().join("\n"));
        }
        let (Some(snapshot), Some(latest)) = (snapshot, view.run.latest()) else {
            return;
        };
        let theme = Theme::of(ui);
        let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
        response
            .widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Units alive and dead"));
        let total = snapshot.units.len() as f32;
        let epochs = epochs
            .filter(|epochs| epochs.x.1 > epochs.x.0)
            .unwrap_or(EpochView {
                epochs: (0.0, (latest.epoch as f64).max(10.0)),
                x: (area.left() + AXIS_WIDTH, area.right()),
            });
        let (left, right) = epochs.x;
        let frame = Rect::from_min_max(pos2(left, area.top()), pos2(right, area.bottom() - 2.0));
        let span = (epochs.epochs.1 - epochs.epochs.0).max(1e-9);
        let x = |epoch: f64| left + ((epoch - epochs.epochs.0) / span) as f32 * (right - left);
        let y = |count: f32| frame.bottom() - frame.height() * count / total;
        let label = |at, anchor, text: String| {
            widgets::text(
                ui,
                at,
                anchor,
                text,
                theme::regular(SMALL),
                theme.text_muted,
            )
        };
        label(
            pos2(left - 6.0, frame.top()),
            Align2::RIGHT_TOP,
            numbers::thousands(snapshot.units.len() as u64),
        );
        label(
            pos2(left - 6.0, frame.bottom()),
            Align2::RIGHT_BOTTOM,
            "0".into(),
        );

        let painter = ui.painter_at(frame);
        painter.rect_filled(frame, 0.0, theme.line.gamma_multiply(0.5));
        painter.extend(stacked(records, frame, theme, &x, &y));
        for marker in latest.history.markers() {
            let at = x(marker.epoch as f64);
            let ends = [pos2(at, frame.top()), pos2(at, frame.bottom())];
            painter.extend(Shape::dashed_line(
                &ends,
                Stroke::new(1.0, theme.on_area),
                4.0,
                4.0,
            ));
        }
        lesson::on_units(ui, view, frame, total);
        let past = view.run.past.is_some();
        if past {
            curves::cursor(ui, frame, x(view.run.shown_epoch() as f64));
        }
        let counts = if past {
            Some(StateCounts::of(&snapshot.units))
        } else {
            records.last().map(|last| last.counts)
        };
        if let Some(counts) = counts {
            let StateCounts {
                alive, duplicate, ..
            } = counts;
            let dead = counts.dead();
            let names = |at, anchor: Align2, text: String, back| {
                let galley = widgets::galley(ui, text, theme::bold(SMALL), theme.on_area);
                let place = anchor.anchor_size(at, galley.size());
                painter.rect_filled(place.expand2(vec2(3.0, 1.0)), 2.0, back);
                painter.galley(place.min, galley, theme.on_area);
            };
            if frame.height() * dead as f32 / total > 16.0 {
                names(
                    frame.right_top() + vec2(-6.0, 3.0),
                    Align2::RIGHT_TOP,
                    format!("{dead} dead"),
                    theme.dead,
                );
            }
            if frame.height() * alive as f32 / total > 16.0 {
                names(
                    frame.right_bottom() + vec2(-6.0, -3.0),
                    Align2::RIGHT_BOTTOM,
                    format!("{alive} alive"),
                    theme.alive,
                );
            }
            if frame.height() * duplicate as f32 / total > 16.0 {
                names(
                    pos2(frame.right() - 6.0, y((alive + duplicate) as f32) + 1.0),
                    Align2::RIGHT_TOP,
                    format!("{duplicate} duplicate"),
                    theme.duplicate(),
                );
            }
        }
        let pointer = response
            .hover_pos()
            .filter(|pointer| frame.contains(*pointer));
        if let Some(pointer) = pointer {
            let epoch = epochs.epochs.0 + f64::from((pointer.x - left) / (right - left)) * span;
            let index = records.partition_point(|record| (record.epoch as f64) < epoch);
            if let Some(record) = records.get(index.min(records.len().saturating_sub(1))) {
                painter.vline(
                    x(record.epoch as f64),
                    frame.y_range(),
                    Stroke::new(1.0, theme.on_area),
                );
                response.help_at_pointer(format!(
                    "epoch {}: {}",
                    numbers::thousands(record.epoch),
                    record.counts
                ));
            }
        }
    }
}

/// Alive from below, dead and hatched from above, duplicates between, as steps. Epochs that share half a screen point
/// make one column, which shows the one of them with the most dead, and of these the fewest alive.
fn stacked(
    records: &[Record],
    frame: Rect,
    theme: &Theme,
    x: &impl Fn(f64) -> f32,
    y: &impl Fn(f32) -> f32,
) -> Vec<Shape> {
    let columns: Vec<(f32, f32, StateCounts)> = columns(records, x)
        .into_iter()
        .map(|(from, to, counts)| (from.max(frame.left()), to.min(frame.right()), counts))
        .filter(|(from, to, _)| from < to)
        .collect();
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else {
        return Vec::new();
    };
    let whole = frame.with_min_x(first.0).with_max_x(last.1);
    let mut shapes = vec![Shape::rect_filled(whole, 0.0, theme.dead)];
    shapes.extend(hatch::over(whole, theme.panel));
    let mut mesh = Mesh::default();
    for (from, to, counts) in columns {
        let (alive, living) = (counts.alive, counts.alive + counts.duplicate);
        let (alive, living) = (y(alive as f32), y(living as f32));
        let column = |top, bottom| Rect::from_min_max(pos2(from, top), pos2(to, bottom));
        mesh.add_colored_rect(column(alive, frame.bottom()), theme.alive);
        mesh.add_colored_rect(column(living, alive), theme.duplicate());
    }
    shapes.push(Shape::mesh(mesh));
    shapes
}

/// (from, to, the worst counts), side by side without a gap, at least `LEAST` wide but for the last.
fn columns(records: &[Record], x: &impl Fn(f64) -> f32) -> Vec<(f32, f32, StateCounts)> {
    const LEAST: f32 = 0.5;
    let mut columns = Vec::new();
    let Some(first) = records.first() else {
        return columns;
    };
    let (mut from, mut worst) = (x(first.epoch as f64), None);
    for (i, record) in records.iter().enumerate() {
        let counts = worst.get_or_insert(record.counts);
        let badness = |counts: &StateCounts| (counts.dead(), Reverse(counts.alive));
        if badness(&record.counts) > badness(counts) {
            *counts = record.counts;
        }
        let counts = *counts;
        let next = records
            .get(i + 1)
            .map_or(record.epoch + 1, |next| next.epoch);
        let to = x(next as f64);
        if to - from >= LEAST || i + 1 == records.len() {
            columns.push((from, to, counts));
            (from, worst) = (to, None);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_leave_no_gap_and_hide_no_death() {
        let records: Vec<Record> = (0..5_000)
            .map(|epoch| {
                let alive = if epoch == 2_345 { 7 } else { 49 };
                Record {
                    epoch,
                    counts: StateCounts {
                        alive,
                        duplicate: 1,
                        silent: 49 - alive,
                        ..Default::default()
                    },
                    ..Default::default()
                }
            })
            .collect();
        let columns = columns(&records, &|epoch| (epoch * 0.07) as f32);
        assert!(
            columns
                .windows(2)
                .all(|pair| pair[0].1 == pair[1].0 && pair[0].1 > pair[0].0)
        );
        assert!(columns.len() <= 700 + 1);
        let dead = columns.iter().map(|column| column.2.dead());
        assert_eq!(dead.max(), Some(42));
        assert_eq!((columns[0].0, columns[columns.len() - 1].1), (0.0, 350.0));
    }
}
