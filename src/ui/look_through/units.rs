//! The hidden activations: a bar beside each unit's tile, which can be set by hand.

use egui::accesskit;
use egui::{
    Color32, EventFilter, Key, Mesh, Rect, Response, RichText, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::lab::View;
use crate::lab::look::{LookAction, Through};
use crate::lab::{Action, UserCommand};
use crate::model::HiddenActivation;
use crate::training::Snapshot;
use crate::ui::feature_atlas::FeatureAtlas;
use crate::ui::focus;
use crate::ui::hatch;
use crate::ui::help::{self, Help as _};
use crate::ui::keymap;
use crate::ui::theme::{GRID, SMALL, Theme};
use crate::ui::tiles::whole_scale;
use crate::ui::widgets::{self, muted};
use crate::ui::{named, numbers, pictures};

/// Width of a bar, and the room between it and the tile, in points.
const BAR: f32 = 9.0;
const NEAR: f32 = 2.0;
const GAP: f32 = 7.0;
/// Around all of them: the frame of the selected one stands outside its tile.
const RING: f32 = 3.0;
/// Tiles smaller than this, in points, scroll instead.
const SMALLEST: f32 = 20.0;
/// A full, square grid is worth tiles this much smaller than the largest that fit.
const NEARLY: f32 = 0.8;
/// One press of an arrow.
const STEP: f64 = 0.05;

#[derive(Default)]
pub(super) struct UnitsCard {
    atlas: FeatureAtlas,
    /// Which unit stands where.
    order: Vec<usize>,
}

/// Where units go.
struct Cells {
    columns: usize,
    /// Of a tile, in points.
    tile: Vec2,
    smooth: bool,
}

impl Cells {
    /// The largest tiles of (rows, columns) with a bar beside each that fit `room`.
    fn fit(count: usize, picture: (usize, usize), room: Vec2, ppp: f32) -> Self {
        let picture = vec2(picture.1 as f32, picture.0 as f32);
        let beside = NEAR + BAR + GAP;
        let scale = |columns: usize| {
            let rows = count.div_ceil(columns) as f32;
            let across = (room.x + GAP) / columns as f32 - beside;
            let down = (room.y + GAP) / rows - GAP;
            (across / picture.x).min(down / picture.y) * ppp
        };
        let all = || (1..=count.max(1)).map(|columns| (columns, whole_scale(scale(columns))));
        let largest = all().map(|(_, (scale, _))| scale).fold(0.0, f32::max);
        // nearly the largest, and of those the fullest and squarest grid
        let best = all()
            .filter(|(_, (scale, _))| *scale > 0.0 && *scale >= NEARLY * largest)
            .min_by_key(|(columns, _)| {
                let rows = count.div_ceil(*columns);
                (columns * rows - count, columns.abs_diff(rows))
            });
        if let Some((columns, (whole, smooth))) = best {
            let tile = picture * whole / ppp;
            if tile.min_elem() >= SMALLEST {
                return Self {
                    columns,
                    tile,
                    smooth,
                };
            }
        }
        let tile = picture * (SMALLEST / picture.min_elem());
        let tile = tile * (room.x / (tile.x + beside)).min(1.0);
        Self {
            columns: (((room.x + GAP) / (tile.x + beside)).floor() as usize).max(1),
            tile,
            smooth: true,
        }
    }

    fn cell(&self) -> Vec2 {
        self.tile + vec2(NEAR + BAR, 0.0)
    }

    fn size(&self, count: usize) -> Vec2 {
        let rows = count.div_ceil(self.columns);
        let cell = self.cell();
        let along = |count: usize, side: f32| count as f32 * (side + GAP) - GAP;
        vec2(along(self.columns, cell.x), along(rows, cell.y))
    }

    fn place(&self, index: usize) -> Vec2 {
        let (row, column) = (index / self.columns, index % self.columns);
        vec2(column as f32, row as f32) * (self.cell() + vec2(GAP, GAP))
    }
}

/// One unit as it is drawn.
struct Unit {
    unit: usize,
    tile: Rect,
    bar: Rect,
}

impl UnitsCard {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        through: &Through,
        actions: &mut Vec<Action>,
    ) {
        let (low, high) = range(snapshot);
        let scale = BarScale { low, high };
        title(ui, view, through, &scale, actions);
        let activations = &through.network.activations;
        self.sort(ui, view, activations);
        let picture = pictures::size(snapshot.data.shape);
        let (room, ppp) = (ui.available_size(), ui.pixels_per_point());
        let cells = Cells::fit(
            activations.len(),
            picture,
            room - vec2(6.0, 2.0 * RING),
            ppp,
        );
        self.atlas.refresh(ui, view, snapshot, cells.smooth);
        ScrollArea::vertical()
            .id_salt("activations")
            .auto_shrink(false)
            .show(ui, |ui| {
                let size = cells.size(self.order.len());
                let area = vec2(ui.available_width(), size.y + 2.0 * RING);
                let (area, _) = ui.allocate_exact_size(area, Sense::hover());
                let slack = ((area.width() - size.x) / 2.0).max(RING);
                let snap = |x: f32| (x * ppp).round() / ppp;
                let units: Vec<Unit> = (self.order.iter().enumerate())
                    .map(|(place, unit)| {
                        let corner = area.min + vec2(slack, RING) + cells.place(place);
                        let corner = pos2(snap(corner.x), snap(corner.y));
                        let tile = Rect::from_min_size(corner, cells.tile);
                        let bar = tile.with_min_x(tile.right() + NEAR);
                        let bar = bar.with_max_x(bar.left() + BAR);
                        let unit = *unit;
                        Unit { unit, tile, bar }
                    })
                    .filter(|unit| ui.is_rect_visible(unit.tile.union(unit.bar)))
                    .collect();
                let tiles = units
                    .iter()
                    .map(|unit| (unit.unit, unit.tile, Color32::WHITE));
                ui.painter().add(self.atlas.mesh(tiles));
                bars(ui, view, &units, activations, &scale);
                for unit in &units {
                    self::unit(ui, view, snapshot, unit, activations, &scale, actions);
                }
                focus::into_view(ui);
            });
    }

    /// The order stands while the pointer holds something.
    fn sort(&mut self, ui: &Ui, view: &View<'_>, activations: &[f64]) {
        let held = ui.input(|input| input.pointer.any_down());
        if held && self.order.len() == activations.len() {
            return;
        }
        self.order.clear();
        self.order.extend(0..activations.len());
        if view.run.look.by_strength {
            self.order
                .sort_by(|a, b| activations[*b].abs().total_cmp(&activations[*a].abs()));
        }
    }
}

/// How far up the bar an activation reaches, in [0, 1], and back: a root scale over all that an activation may be, on
/// which the .02 of a sparse unit is a seventh of the bar, and which stands still from input to input.
struct BarScale {
    low: f64,
    high: f64,
}

impl BarScale {
    fn level(&self, activation: f64) -> f64 {
        let part = |value: f64| value.signum() * value.abs().sqrt();
        let (low, high) = (part(self.low), part(self.high));
        ((part(activation) - low) / (high - low)).clamp(0.0, 1.0)
    }

    fn activation(&self, level: f64) -> f64 {
        let part = |value: f64| value.signum() * value.abs().sqrt();
        let (low, high) = (part(self.low), part(self.high));
        let root = low + level.clamp(0.0, 1.0) * (high - low);
        (root.signum() * root * root).clamp(self.low, self.high)
    }

    /// "bars: 0 to 1, root scale"
    fn words(&self) -> String {
        format!("bars: {} to {}, root scale", self.low, self.high).replace('-', "−")
    }
}

/// What an activation may be.
fn range(snapshot: &Snapshot) -> (f64, f64) {
    match snapshot.experiment.hidden_activation {
        HiddenActivation::Sigmoid => (0.0, 1.0),
        HiddenActivation::Tanh => (-1.0, 1.0),
    }
}

fn title(
    ui: &mut Ui,
    view: &View<'_>,
    through: &Through,
    scale: &BarScale,
    actions: &mut Vec<Action>,
) {
    let activations = &through.network.activations;
    let strongest = (activations.iter().enumerate())
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
        .map(|(unit, value)| format!(" · strongest: unit {}, {value:.2}", numbers::unit(unit)));
    // the button needs the room
    let strongest = strongest
        .filter(|_| view.run.look.hand.is_empty())
        .unwrap_or_default();
    let words = scale.words();
    let quiet = [&*(words.clone() + &strongest), &*words, "root scale"];
    widgets::title_row_of(ui, "Activations", &quiet, |ui| {
        widgets::at_right(ui, "buttons", |ui| {
            if !view.run.look.hand.is_empty() {
                let command = UserCommand::ReleaseActivations;
                let text = RichText::new(command.text()).size(SMALL);
                let button = egui::Button::new(text).min_size(vec2(64.0, 24.0));
                let response = ui.add(button).help(command.tooltip());
                if response.clicked() {
                    actions.push(command.into());
                }
            }
            let command = UserCommand::SortActivations;
            let mut sorted = view.run.look.by_strength;
            let text = RichText::new(command.text()).size(SMALL);
            let response = ui
                .toggle_value(&mut sorted, text)
                .help(keymap::hover_text(ui.ctx(), command));
            if response.accessible_name(command.text()).clicked() {
                actions.push(command.into());
            }
        });
    });
}

/// All bars in one mesh.
fn bars(ui: &Ui, view: &View<'_>, units: &[Unit], activations: &[f64], scale: &BarScale) {
    let theme = Theme::of(ui);
    let mut mesh = Mesh::default();
    for Unit { unit, bar, .. } in units {
        let Some(own) = activations.get(*unit) else {
            continue;
        };
        let y = |value: f64| bar.bottom() - scale.level(value) as f32 * bar.height();
        let fill = |value: f64| {
            let (a, b) = (y(0.0), y(value));
            Rect::from_min_max(pos2(bar.left(), a.min(b)), pos2(bar.right(), a.max(b)))
        };
        mesh.add_colored_rect(*bar, theme.line);
        match view.run.look.hand.get(unit) {
            Some(set) => {
                mesh.add_colored_rect(fill(*set), theme.accent);
                // where the network has it
                let mark = pos2(bar.center().x, y(*own));
                mesh.add_colored_rect(
                    Rect::from_center_size(mark, vec2(bar.width(), 2.0)),
                    theme.text_strong,
                );
            }
            None => mesh.add_colored_rect(fill(*own), theme.text),
        }
    }
    ui.painter().add(egui::Shape::mesh(mesh));
}

fn unit(
    ui: &mut Ui,
    view: &View<'_>,
    snapshot: &Snapshot,
    Unit { unit, tile, bar }: &Unit,
    activations: &[f64],
    scale: &BarScale,
    actions: &mut Vec<Action>,
) {
    let (low, high) = (scale.low, scale.high);
    let (unit, theme) = (*unit, Theme::of(ui));
    let own = activations.get(unit).copied().unwrap_or(0.0);
    let by_hand = view.run.look.hand.get(&unit).copied();
    let value = by_hand.unwrap_or(own);
    let rect = tile.union(*bar);
    // half of the gaps belongs to the bar, so that it is easily met
    let reach = rect.with_max_x(rect.right() + GAP / 2.0);
    let id = ui.scope_id().with(("unit", unit));
    let response = ui.interact(reach, id, Sense::click_and_drag());
    let name = format!("Activation of unit {}", numbers::unit(unit));
    response.widget_info(|| WidgetInfo::slider(true, value, &name));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_min_numeric_value(low);
        node.set_max_numeric_value(high);
        for action in [
            accesskit::Action::SetValue,
            accesskit::Action::Increment,
            accesskit::Action::Decrement,
        ] {
            node.add_action(action);
        }
    });
    let set = |value: f64| {
        let activation = value.clamp(low, high);
        Action::Look(LookAction::Set { unit, activation })
    };
    let release = Action::Look(LookAction::Release(unit));
    let origin = ui.input(|input| input.pointer.press_origin());
    let on_bar = origin.is_some_and(|at| at.x > tile.right());
    let last = ui.input(|input| input.pointer.interact_pos());
    let clicked_tile = response.clicked() && last.is_none_or(|at| at.x <= tile.right());
    if response.double_clicked() && by_hand.is_some() {
        actions.push(release);
    } else if let (true, true, Some(at)) = (
        response.is_pointer_button_down_on(),
        on_bar,
        response.interact_pointer_pos(),
    ) {
        let to = scale.activation(f64::from((bar.bottom() - at.y) / bar.height()));
        help::changing(ui.ctx());
        if by_hand != Some(to) {
            actions.push(set(to));
        }
    } else if clicked_tile {
        let chosen = view.run.selected == Some(unit);
        actions.push(Action::Select((!chosen).then_some(unit)));
    } else if let Some(action) = keys(ui, &response, value, set) {
        actions.push(action.unwrap_or(release));
    }
    let (width, colour) = if response.has_focus() {
        (2.0, theme.text_strong)
    } else if view.run.selected == Some(unit) {
        (2.0, theme.accent)
    } else if snapshot.units.get(unit).is_some_and(|u| u.state.is_dead()) {
        (1.0, theme.dead)
    } else if response.hovered() {
        (1.0, theme.text_strong)
    } else {
        (1.0, theme.line)
    };
    if snapshot.units.get(unit).is_some_and(|u| u.state.is_dead()) {
        ui.painter().extend(hatch::through(*tile, theme));
    }
    let edge = Stroke::new(width, colour);
    ui.painter()
        .rect_stroke(*tile, 1.0, edge, StrokeKind::Outside);
    let over = response.hover_pos().filter(|at| tile.contains(*at));
    response.help_ui(|ui| {
        card(ui, snapshot, unit, own, by_hand);
        named::line(
            ui,
            over.and_then(|at| named::weight(snapshot, unit, (*tile, at))),
        );
    });
}

/// What the keys or assistive technology ask of a unit: `Some(None)` gives it back.
fn keys(
    ui: &Ui,
    response: &Response,
    value: f64,
    set: impl Fn(f64) -> Action,
) -> Option<Option<Action>> {
    let focused = response.has_focus();
    if focused {
        focus::uses(response, focus::Uses::Number);
    }
    if response.gained_focus() {
        ui.ctx().request_repaint(); // the arrows are its own from the next frame on
    }
    if focused {
        let filter = EventFilter {
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    ui.input(|input| {
        let asked = input
            .accesskit_action_requests(response.id, accesskit::Action::SetValue)
            .filter_map(|request| match request.data {
                Some(accesskit::ActionData::NumericValue(value)) => Some(value),
                _ => None,
            })
            .last();
        if let Some(asked) = asked.filter(|asked| asked.is_finite()) {
            return Some(Some(set(asked)));
        }
        let requests = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        let mut steps =
            requests(accesskit::Action::Increment) - requests(accesskit::Action::Decrement);
        if focused {
            if input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace) {
                return Some(None);
            }
            let presses = |key| input.num_presses(key) as f64;
            steps += presses(Key::ArrowUp) - presses(Key::ArrowDown);
        }
        (steps != 0.0).then(|| Some(set(value + STEP * steps)))
    })
}

/// What the hover says.
fn card(ui: &mut Ui, snapshot: &Snapshot, unit: usize, own: f64, by_hand: Option<f64>) {
    let theme = Theme::of(ui);
    ui.set_max_width(230.0);
    let state = snapshot.units.get(unit).map(|unit| unit.state.name());
    let title = format!(
        "Unit {} · {}",
        numbers::unit(unit),
        state.unwrap_or_default()
    );
    ui.label(RichText::new(title).strong().color(theme.text_strong));
    let text = format!("activation {}", numbers::cost(own));
    ui.label(RichText::new(text).size(SMALL).color(theme.text));
    let text = match by_hand {
        Some(value) => {
            let text = format!("set by hand to {value:.3}");
            ui.label(RichText::new(text).size(SMALL).color(theme.accent));
            "Double-click, or press Delete, to let the network set it again."
        }
        None => "Drag the bar, or press ↑ and ↓, to set it by hand.",
    };
    ui.add_space(GRID / 4.0);
    ui.label(muted(ui, text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparse_units_answer_can_be_seen_and_every_place_means_one_activation() {
        let sigmoid = BarScale {
            low: 0.0,
            high: 1.0,
        };
        assert!(sigmoid.level(0.02) > 0.1, "{}", sigmoid.level(0.02));
        assert_eq!(sigmoid.words(), "bars: 0 to 1, root scale");
        let tanh = BarScale {
            low: -1.0,
            high: 1.0,
        };
        assert!((tanh.level(0.02) - 0.5).abs() > 0.05);
        assert_eq!(tanh.words(), "bars: −1 to 1, root scale");
        for scale in [sigmoid, tanh] {
            assert_eq!(
                (scale.level(scale.low), scale.level(scale.high)),
                (0.0, 1.0)
            );
            for step in 0..=50 {
                let level = f64::from(step) / 50.0;
                let back = scale.level(scale.activation(level));
                assert!((back - level).abs() < 1e-9, "{level} {back}");
            }
        }
    }
}
