//! How often the units are on: the histogram of ρ̂ against the target, and what each contributes to the FVU against ρ̂,
//! where the dead lie below the line however right their ρ̂ looks.

use egui::{Align2, Mesh, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::help::Help as _;
use super::log_slider::LogScale;
use super::numbers;
use super::theme::{self, GRID, SMALL, Theme};
use super::{features, hatch, lesson, widgets};
use crate::lab::Action;
use crate::lab::View;
use crate::model::UnitStatistics;
use crate::model::units::dead_below;
use crate::training::Snapshot;

const BINS: usize = 36;
/// Room for the numbers below.
const FOOT: f32 = 16.0;

#[derive(Debug, Default)]
pub struct SparsityPanel;

impl SparsityPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let title = ui.max_rect();
        let roomy = title.width() >= 340.0;
        let quiet = if roomy { "mean activation ρ̂" } else { "" };
        widgets::title_row(ui, "Sparsity", quiet, |_| {});
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            return;
        };
        let area = ui.available_rect_before_wrap();
        let half = (area.width() - 4.0 * GRID) / 2.0;
        let scale = scale(snapshot.hyperparameters.sparsity_target);
        let left = Rect::from_min_size(area.min, vec2(half, area.height()));
        let right = Rect::from_min_max(pos2(area.right() - half, area.top()), area.max);
        let bound = numbers::short(numbers::round_significant(
            dead_below(snapshot.units.len()),
            2,
        ));
        let said = [
            format!("ΔFVU against ρ̂; dead below {bound}"),
            format!("ΔFVU; dead below {bound}"),
            "ΔFVU against ρ̂".to_owned(),
        ];
        let fits = |words: &&String| widgets::width(ui, words) <= right.width();
        let contribution_words = said.iter().find(fits).unwrap_or(&said[2]).clone();
        let words = pos2(right.left(), title.top() + 10.0);
        let tone = Theme::of(ui).text_muted;
        widgets::text(
            ui,
            words,
            Align2::LEFT_CENTER,
            contribution_words,
            theme::regular(SMALL),
            tone,
        );
        histogram(ui, view, snapshot, left, scale);
        scatter(ui, view, snapshot, right, scale, actions);
    }
}

/// Both pictures' ρ̂ axis: three decades, or more where ρ asks for them; it stands still while units move.
fn scale(target: f64) -> LogScale {
    let least = if target < 3e-3 { 1e-4 } else { 1e-3 };
    LogScale {
        least,
        most: 1.0,
        zero: false,
    }
}

/// The number of (alive, dead) units in each of `BINS` equal parts of the axis.
fn bins(units: &[UnitStatistics], scale: LogScale) -> [(u32, u32); BINS] {
    let mut bins = [(0, 0); BINS];
    for unit in units {
        let bin = ((scale.position(unit.mean_activation) * BINS as f64) as usize).min(BINS - 1);
        if unit.state.is_dead() {
            bins[bin].1 += 1;
        } else {
            bins[bin].0 += 1;
        }
    }
    bins
}

/// The axis below a picture, with its decades, and ρ as a dashed line through it.
fn axis(ui: &Ui, frame: Rect, scale: LogScale, target: f64) {
    let theme = Theme::of(ui);
    let x = |value: f64| frame.left() + frame.width() * scale.position(value) as f32;
    ui.painter().hline(
        frame.x_range(),
        frame.bottom(),
        Stroke::new(1.0, theme.rail),
    );
    // the ends first: where room is short, those between go
    let first = scale.least.log10().round() as i32;
    let mut taken: Vec<Rect> = Vec::new();
    for decade in [first, 0].into_iter().chain(first + 1..0) {
        let at = x(10f64.powi(decade));
        ui.painter().vline(
            at,
            frame.bottom()..=frame.bottom() + 3.0,
            Stroke::new(1.0, theme.rail),
        );
        let anchor = match decade {
            0 => Align2::RIGHT_TOP,
            d if d == first => Align2::LEFT_TOP,
            _ => Align2::CENTER_TOP,
        };
        let text = if decade == -3 {
            "0.001".into()
        } else {
            numbers::decade(decade)
        };
        let galley = widgets::galley(ui, text, theme::regular(SMALL), theme.text_muted);
        let place = anchor.anchor_size(pos2(at, frame.bottom() + 4.0), galley.size());
        if taken
            .iter()
            .all(|other| !other.expand2(vec2(4.0, 0.0)).intersects(place))
        {
            ui.painter().galley(place.min, galley, theme.text_muted);
            taken.push(place);
        }
    }
    let at = x(target);
    let ends = [pos2(at, frame.top()), pos2(at, frame.bottom())];
    ui.painter().extend(Shape::dashed_line(
        &ends,
        Stroke::new(1.0, theme.text),
        3.0,
        3.0,
    ));
    // at the side where there is room
    let (beside, anchor) = if at + 16.0 < frame.right() {
        (4.0, Align2::LEFT_TOP)
    } else {
        (-4.0, Align2::RIGHT_TOP)
    };
    widgets::text(
        ui,
        pos2(at + beside, frame.top() - 2.0),
        anchor,
        "ρ",
        theme::bold(SMALL),
        theme.text,
    );
}

fn histogram(ui: &mut Ui, view: &View<'_>, snapshot: &Snapshot, rect: Rect, scale: LogScale) {
    let theme = Theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("histogram"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Histogram of ρ̂"));
    let frame = Rect::from_min_max(rect.min, rect.max - vec2(0.0, FOOT));
    let bins = bins(&snapshot.units, scale);
    let most = bins
        .iter()
        .map(|(alive, dead)| alive + dead)
        .max()
        .unwrap_or(1)
        .max(1) as f32;
    let width = frame.width() / BINS as f32;
    let bar = |bin: usize, from: u32, to: u32| {
        let left = frame.left() + bin as f32 * width;
        let y = |count: u32| frame.bottom() - (frame.height() - 16.0) * count as f32 / most;
        Rect::from_min_max(pos2(left + 0.5, y(to)), pos2(left + width - 0.5, y(from)))
    };
    let mut mesh = Mesh::default();
    for (i, (alive, dead)) in bins.iter().enumerate() {
        mesh.add_colored_rect(bar(i, 0, *dead), theme.dead);
        mesh.add_colored_rect(bar(i, *dead, alive + dead), theme.alive);
    }
    ui.painter().add(Shape::mesh(mesh));
    for (i, (_, dead)) in bins.iter().enumerate().filter(|(_, (_, dead))| *dead > 0) {
        ui.painter()
            .extend(hatch::over(bar(i, 0, *dead), theme.panel));
    }
    axis(ui, frame, scale, snapshot.hyperparameters.sparsity_target);
    lesson::on_means(ui, view, frame, |mean| {
        frame.left() + frame.width() * scale.position(mean) as f32
    });
    let pointer = response
        .hover_pos()
        .filter(|pointer| frame.contains(*pointer));
    if let Some(pointer) = pointer {
        let bin = (((pointer.x - frame.left()) / width) as usize).min(BINS - 1);
        let edge = |bin: usize| {
            numbers::short(numbers::round_significant(
                scale.least.powf(1.0 - bin as f64 / BINS as f64),
                2,
            ))
        };
        let (alive, dead) = bins[bin];
        response.help_at_pointer(format!(
            "ρ̂ from {} to {}: {alive} alive, {dead} dead\nover the whole data set, at the epoch's end",
            edge(bin),
            edge(bin + 1)
        ));
    }
}

fn scatter(
    ui: &mut Ui,
    view: &View<'_>,
    snapshot: &Snapshot,
    rect: Rect,
    scale: LogScale,
    actions: &mut Vec<Action>,
) {
    let theme = Theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("scatter"), Sense::CLICK);
    response
        .widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Contribution against ρ̂"));
    let frame = Rect::from_min_max(rect.min, rect.max - vec2(0.0, FOOT));
    let place = |unit: &UnitStatistics| -> Pos2 {
        let x = frame.left() + frame.width() * scale.position(unit.mean_activation) as f32;
        pos2(x, contribution_y(frame, unit.contribution))
    };
    ui.painter()
        .vline(frame.left(), frame.y_range(), Stroke::new(1.0, theme.rail));
    let bound = dead_below(snapshot.units.len());
    let floor = contribution_y(frame, bound);
    let ends = [pos2(frame.left(), floor), pos2(frame.right(), floor)];
    ui.painter().extend(Shape::dashed_line(
        &ends,
        Stroke::new(1.0, theme.dead),
        3.0,
        3.0,
    ));
    axis(ui, frame, scale, snapshot.hyperparameters.sparsity_target);
    for (index, unit) in snapshot.units.iter().enumerate() {
        let radius = if view.run.selected == Some(index) {
            5.5
        } else {
            3.5
        };
        if unit.state.is_dead() {
            ui.painter()
                .extend(hatch::cross(place(unit), radius, theme.dead));
        } else {
            ui.painter().circle_filled(place(unit), radius, theme.alive);
        }
        if view.run.selected == Some(index) {
            ui.painter()
                .circle_stroke(place(unit), radius + 1.5, Stroke::new(1.5, theme.accent));
        }
    }
    const REACH: f32 = 10.0;
    let nearest = response.hover_pos().and_then(|pointer| {
        let distance = |unit: &UnitStatistics| place(unit).distance(pointer);
        let near = snapshot
            .units
            .iter()
            .enumerate()
            .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
        (distance(near.1) < REACH).then_some(near)
    });
    if let Some((index, unit)) = nearest {
        ui.painter()
            .circle_stroke(place(unit), 6.0, Stroke::new(1.5, theme.text_strong));
        if response.clicked() {
            actions.push(Action::Select(Some(index)));
        }
        response.help_ui_at_pointer(|ui| features::unit_card(ui, index, unit));
    }
}

/// |contribution| to the FVU on a logarithmic axis, from 1e-8 (and anything less) at the bottom to 1 at the top.
fn contribution_y(frame: Rect, contribution: f64) -> f32 {
    const DECADES: f64 = 8.0;
    let decades = contribution.abs().max(1e-300).log10() + DECADES;
    let height = frame.height() - 22.0;
    frame.bottom() - 6.0 - height * (decades / DECADES).clamp(0.0, 1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UnitState;

    #[test]
    fn every_unit_falls_into_one_bin() {
        let unit = |mean_activation, state| UnitStatistics {
            mean_activation,
            state,
            ..Default::default()
        };
        let units = [
            unit(0.0, UnitState::Silent),
            unit(1e-9, UnitState::Silent),
            unit(0.05, UnitState::Alive),
            unit(0.05, UnitState::Constant),
            unit(1.0, UnitState::Saturated),
            unit(0.9999, UnitState::Alive),
        ];
        let bins = bins(&units, scale(0.05));
        assert_eq!(bins.iter().map(|(a, d)| a + d).sum::<u32>(), 6);
        assert_eq!(bins[0], (0, 2));
        assert_eq!(bins[BINS - 1], (1, 1));
        assert!(bins.contains(&(1, 1)));
    }

    #[test]
    fn the_dead_lie_below_the_line() {
        let frame = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0));
        let line = contribution_y(frame, dead_below(25));
        for dead in [0.0, 1e-12, -3e-5, 9.9e-5] {
            assert!(contribution_y(frame, dead) > line);
        }
        for alive in [1.1e-4, -2e-4, 0.03, 1.0, 7.0] {
            assert!(contribution_y(frame, alive) < line);
        }
        assert!(contribution_y(frame, 0.0) <= frame.bottom() - 4.0);
        assert!(contribution_y(frame, 7.0) >= frame.top());
    }
}
