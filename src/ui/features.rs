//! What each hidden unit looks for: its weights as a picture, and whether it lives.

use egui::{
    Align2, Color32, CornerRadius, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::feature_atlas::FeatureAtlas;
use super::focus;
use super::hatch;
use super::help::Help as _;
use super::keymap;
use super::named;
use super::numbers;
use super::per_run::PerRun;
use super::pictures;
use super::theme::{self, BODY, GRID, SMALL, Theme};
use super::tiles::Grid;
use super::widgets::{self, muted};
use crate::lab::View;
use crate::lab::lesson::Given;
use crate::lab::state::{Contrast, LessonAction};
use crate::lab::{Action, Page, UserCommand};
use crate::model::{UnitState, UnitStatistics};
use crate::training::{Diagnosis, Snapshot, diagnosis};

/// Between two tiles, in pixels: larger text leaves it as it is.
const GAP: f32 = 4.0;
/// Around the tiles, in points: the frame of a selected one stands outside it.
pub(super) const MARGIN: f32 = 4.0;
/// How much of a dead unit's picture shows.
const DIMMED: f32 = 0.5;

/// Between two tiles, in points, at `zoom` (1 for 100 %).
pub(super) fn gap(zoom: f32) -> f32 {
    GAP / zoom
}

/// Tiles narrower or lower than this, in points, would be hard to see and to hit at `zoom`: they scroll instead.
pub(super) fn least(zoom: f32) -> f32 {
    widgets::TARGET / zoom
}

#[derive(Default)]
pub struct FeaturesPanel {
    atlas: PerRun<FeatureAtlas>,
}

impl FeaturesPanel {
    /// The tiles are no smaller than at `floor` pixels of the screen to a value.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, floor: f32, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            widgets::title_row(ui, "Features", "", |_| {});
            let loading = view
                .shared
                .loading
                .as_ref()
                .map(|name| format!("Loading {name} …"))
                .unwrap_or_default();
            let centre = ui.available_rect_before_wrap().center();
            widgets::text(
                ui,
                centre,
                Align2::CENTER_CENTER,
                loading,
                theme::regular(BODY),
                theme.text_muted,
            );
            return;
        };
        title(ui, view, snapshot, actions);
        let picture = pictures::size(snapshot.data.shape);
        let room = ui.available_size() - Vec2::splat(2.0 * MARGIN);
        let grid = Grid::fit(
            snapshot.units.len(),
            picture,
            room,
            gap(ui.ctx().zoom_factor()),
            least(ui.ctx().zoom_factor()),
            floor,
            ui.pixels_per_point(),
        );
        let atlas = self.atlas.of(snapshot.run);
        atlas.refresh(ui, view, snapshot, grid.smooth);
        if atlas.is_too_large() {
            let text = "These features are larger than this system's textures can hold.";
            widgets::text(
                ui,
                ui.max_rect().center(),
                Align2::CENTER_CENTER,
                text,
                theme::regular(BODY),
                theme.text_muted,
            );
            return;
        }
        ScrollArea::vertical()
            .id_salt("tiles")
            .auto_shrink(false)
            .show(ui, |ui| {
                let size = grid.size() + Vec2::splat(2.0 * MARGIN);
                let (area, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
                let slack = (area.size() - size).max(Vec2::ZERO) / 2.0;
                let corner = area.min + vec2(slack.x + MARGIN, MARGIN);
                let ppp = ui.pixels_per_point();
                let corner = pos2(
                    (corner.x * ppp).round() / ppp,
                    (corner.y * ppp).round() / ppp,
                );
                let visible: Vec<(usize, Rect)> = (0..snapshot.units.len())
                    .map(|unit| (unit, grid.rect(unit).translate(corner.to_vec2())))
                    .filter(|(_, rect)| ui.is_rect_visible(*rect))
                    .collect();
                ui.painter().add(
                    atlas.mesh(
                        visible
                            .iter()
                            .map(|(unit, rect)| (*unit, *rect, tint(&snapshot.units[*unit]))),
                    ),
                );
                for (unit, rect) in visible {
                    tile(ui, view, unit, &snapshot.units[unit], rect, actions);
                }
                focus::into_view(ui);
            });
    }
}

fn title(ui: &mut Ui, view: &View<'_>, snapshot: &Snapshot, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let counts = Diagnosis::of(snapshot).counts;
    widgets::title_row(ui, "Features", "", |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let dead = counts.dead();
        ui.label(
            RichText::new(format!("{dead} dead"))
                .size(SMALL)
                .color(if dead > 0 {
                    theme.dead
                } else {
                    theme.text_muted
                }),
        );
        ui.add_space(SMALL / 3.0);
        // the pictures of a long epoch are of the moment, the states of the end of the last one
        let when = match view.run.underway() {
            Some(_) => format!("after epoch {}: ", numbers::thousands(snapshot.epoch)),
            None => String::new(),
        };
        let alive = format!("{when}{} alive ·", counts.alive);
        let all = format!(
            "{when}{} alive · {} duplicate ·",
            counts.alive, counts.duplicate
        );
        let width = widgets::galley(ui, &all, theme::regular(SMALL), theme.text_muted)
            .size()
            .x;
        // where there is no room, the status line still names the duplicates
        let fits = width < ui.available_width();
        ui.label(muted(
            ui,
            if counts.duplicate > 0 && fits {
                all
            } else {
                alive
            },
        ));
        ui.add_space(GRID);
        let selected = view
            .run
            .selected
            .and_then(|unit| Some((unit, snapshot.units.get(unit)?)));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let whitened = snapshot.data.zca().is_some();
            let (full, word) = match view.shared.contrast {
                Contrast::Shared if whitened => ("weights · ZCA, shared contrast", "shared"),
                Contrast::PerTile if whitened => ("weights · ZCA, per-tile contrast", "per tile"),
                Contrast::Shared => ("encoder weights, shared contrast", "shared"),
                Contrast::PerTile => ("encoder weights, per-tile contrast", "per tile"),
            };
            let room = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
            let fits = |words: &&str| widgets::width(ui, words) <= room;
            let named = [full, word].into_iter().skip(usize::from(selected.is_some()));
            let Some(words) = named.into_iter().find(fits) else {
                return; // its key remains
            };
            let command = UserCommand::ToggleContrast;
            let button = egui::Button::new(muted(ui, words))
                .frame_when_inactive(false)
                .min_size(Vec2::splat(widgets::TARGET));
            let response = ui.add(button).help_ui(|ui| {
                ui.label(keymap::hover_text(ui.ctx(), command));
                match snapshot.data.shape.channels() {
                    3 => {
                        ui.label(muted(ui, "Grey is 0; a colour is what the unit looks for."));
                    }
                    _ => weight_key(ui),
                }
                if whitened {
                    let text = "The data were ZCA whitened: W·ZCA is what each unit looks for in plain values.";
                    ui.label(muted(ui, text));
                }
            });
            if response.accessible_name("Contrast").clicked() {
                actions.push(command.into());
            }
            let Some((unit, statistics)) = selected else {
                return;
            };
            let name = format!("unit {}", numbers::unit(unit));
            let state = format!("{name} · {}", statistics.state.name());
            let spread = format!("spread {:.2}", statistics.spread());
            let mean = numbers::cost(statistics.mean_activation);
            let said = [
                format!("{state} · ρ̂ {mean} · {spread}"),
                format!("{state} · {spread}"),
                state,
                name,
            ];
            if let Some(text) = said.into_iter().find(|text| widgets::fits(ui, text)) {
                ui.label(RichText::new(text).size(SMALL).color(theme.accent));
            }
        });
    });
}

/// The map of weights with its ends named.
fn weight_key(ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        ui.label(muted(ui, "negative"));
        let (rect, _) = ui.allocate_exact_size(vec2(96.0, 8.0), Sense::hover());
        for step in 0..96 {
            let x = rect.left() + step as f32;
            let strip = Rect::from_min_size(pos2(x, rect.top()), vec2(1.0, rect.height()));
            ui.painter()
                .rect_filled(strip, 0.0, theme.weight(step as f32 / 47.5 - 1.0));
        }
        ui.label(muted(ui, "positive"));
    });
}

/// Of a unit's picture: the dead are dimmed, and struck through by [`tile`].
pub(super) fn tint(statistics: &UnitStatistics) -> Color32 {
    if statistics.state.is_dead() {
        Color32::WHITE.gamma_multiply(DIMMED)
    } else {
        Color32::WHITE
    }
}

/// What can be asked of a unit's tile, and its frame; a click opens the unit's page.
pub(super) fn tile(
    ui: &mut Ui,
    view: &View<'_>,
    unit: usize,
    statistics: &UnitStatistics,
    rect: Rect,
    actions: &mut Vec<Action>,
) {
    let theme = Theme::of(ui);
    let state = statistics.state;
    let selected = view.run.selected == Some(unit);
    let picked = view.shared.lesson.as_ref();
    let picked = picked.is_some_and(|given| given.picked().contains(&unit));
    let response = ui.interact(rect, ui.scope_id().with(("unit", unit)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            egui::Role::Button,
            true,
            selected || picked,
            format!("Unit {}, {}", numbers::unit(unit), state.name()),
        )
    });
    if response.has_focus() && view.shared.page == Page::Lab {
        focus::uses(&response, focus::Uses::Arrows); // they go from tile to tile
    }
    let painter = ui.painter();
    let small = CornerRadius::same(1);
    if state.is_dead() {
        painter.extend(hatch::through(rect, theme));
    } else if !selected {
        painter.rect_stroke(
            rect,
            small,
            Stroke::new(1.0, theme.line),
            StrokeKind::Outside,
        );
    }
    if state != UnitState::Alive {
        let colour = if state.is_dead() {
            theme.dead
        } else {
            theme.text_muted
        };
        badge(ui, rect, state.name(), colour);
    }
    if selected {
        painter.rect_stroke(
            rect.expand(1.0),
            small,
            Stroke::new(2.0, theme.accent),
            StrokeKind::Outside,
        );
    } else if response.hovered() {
        painter.rect_stroke(
            rect,
            small,
            Stroke::new(1.0, theme.text_strong),
            StrokeKind::Outside,
        );
    }
    let lesson = view.shared.lesson.as_ref();
    if picked {
        let stroke = Stroke::new(3.0, theme.notice);
        painter.rect_stroke(rect.expand(1.0), small, stroke, StrokeKind::Outside);
    }
    if response.clicked() {
        actions.push(match lesson.and_then(Given::picks) {
            Some(_) => Action::Lesson(LessonAction::Tile(unit)),
            None => Action::Inspect(unit),
        });
    }
    let pointer = response.hover_pos();
    response.help_ui(|ui| {
        unit_card(ui, unit, statistics);
        let snapshot = view.run.snapshot.as_deref();
        let weight = |at| named::weight(snapshot?, unit, (rect, at));
        named::line(ui, pointer.and_then(weight));
    });
}

/// The state's name at the tile's lower right, or a corner where there is no room for a word.
fn badge(ui: &Ui, rect: Rect, word: &str, colour: Color32) {
    let theme = Theme::of(ui);
    let galley = widgets::galley(ui, word, theme::regular(SMALL), colour);
    // over half of the picture would be too much
    if rect.width() < 1.5 * galley.size().x || rect.height() < 4.0 * galley.size().y {
        let corner = rect.right_bottom();
        let size = (rect.width() * 0.3).min(8.0);
        let points = vec![corner, corner - vec2(size, 0.0), corner - vec2(0.0, size)];
        ui.painter()
            .add(egui::Shape::convex_polygon(points, colour, Stroke::NONE));
        return;
    }
    let corner = rect.right_bottom() - vec2(3.0, 2.0) - galley.size();
    let back = Rect::from_min_size(corner, galley.size()).expand2(vec2(2.0, 0.0));
    ui.painter().rect_filled(back, 2.0, theme.panel);
    ui.painter().galley(corner, galley, colour);
}

/// What the hover says of a unit.
pub fn unit_card(ui: &mut Ui, unit: usize, statistics: &UnitStatistics) {
    let theme = Theme::of(ui);
    let what = diagnosis::state_in_words(statistics.state);
    ui.set_max_width(240.0);
    ui.spacing_mut().interact_size.y = 0.0;
    ui.label(
        RichText::new(format!(
            "Unit {} · {}",
            numbers::unit(unit),
            statistics.state.name()
        ))
        .strong()
        .color(theme.text_strong),
    );
    ui.label(muted(ui, what));
    ui.add_space(2.0);
    egui::Grid::new("unit")
        .num_columns(2)
        .spacing(vec2(16.0, 2.0))
        .show(ui, |ui| {
            for (name, value) in [
                (
                    "ρ̂, mean activation",
                    numbers::cost(statistics.mean_activation),
                ),
                ("spread, max − min", format!("{:.3}", statistics.spread())),
                (
                    "standard deviation",
                    numbers::cost(statistics.standard_deviation),
                ),
                (
                    "norm ‖w‖ of its weights",
                    format!("{:.2}", statistics.feature_norm),
                ),
            ] {
                ui.label(muted(ui, name));
                ui.label(RichText::new(value).size(SMALL).color(theme.text));
                ui.end_row();
            }
        });
}
