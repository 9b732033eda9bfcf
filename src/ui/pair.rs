//! Two runs side by side: the features of A and of B, and what is between those that match.

use egui::{Button, Color32, Rect, RichText, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use ndarray::Array2;

use super::feature_atlas::{FeatureAtlas, Look, scale_of};
use super::features::{gap, least, tint};
use super::help::Help as _;
use super::keymap;
use super::numbers::{self, thousands};
use super::per_run::PerRun;
use super::pictures::{self, FeaturePainter};
use super::theme::{BODY, GRID, SMALL, Theme};
use super::tiles::{Atlas, Grid};
use super::widgets::{self, muted};
use crate::lab::beside::{Matched, Pair, differences};
use crate::lab::state::Contrast;
use crate::lab::{Action, UserCommand, View};
use crate::model::UnitState;
use crate::training::snapshot::Version;
use crate::training::{Diagnosis, Snapshot};

/// From this width on the buttons stand beside the title.
const BUTTONS: f32 = 416.0;
/// Of the words over the tiles, and under them.
const WORDS: f32 = 22.0;
/// Of the height of both, the least part of what is between them.
const DIFFERENCE: f32 = 0.24;

#[derive(Default)]
pub struct PairPanel {
    atlases: PerRun<FeatureAtlas>,
    between: Atlas,
    scales: PerRun<Scale>,
    /// What the texture of the differences shows: A and B, the matching's, whether in the dark theme and filtered.
    shown: Option<([Version; 2], [Version; 2], bool, bool)>,
}

/// That of a run's weights, and of which version it is.
#[derive(Debug, Default)]
struct Scale(Option<(Version, f32)>);

impl Scale {
    fn of(&mut self, snapshot: &Snapshot) -> f32 {
        match self.0 {
            Some((version, scale)) if version == snapshot.version() => scale,
            _ => {
                let scale = scale_of(snapshot);
                self.0 = Some((snapshot.version(), scale));
                scale
            }
        }
    }
}

impl PairPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, pair: Pair<'_>, actions: &mut Vec<Action>) {
        title(ui, view, pair, actions);
        let differ = differences(&view.run.experiment, &pair.other.experiment);
        let said = match differ.len() {
            0 => "no setting differs".to_owned(),
            1 => format!("1 setting differs: {}", differ[0]),
            many => format!("{many} settings differ: {}", differ.join(", ")),
        };
        let epochs = [view.run.now(), pair.other.now()];
        let step = match pair.beside.locked {
            true if epochs[0] > epochs[1] + 1 => "in step: A waits for B",
            true if epochs[1] > epochs[0] + 1 => "in step: B waits for A",
            true => "in step",
            false => "free",
        };
        let line = RichText::new(format!("{said} · {step}")).size(SMALL);
        ui.add(egui::Label::new(line).truncate());
        let (Some(a), Some(b)) = (view.run.own_snapshot(), pair.other.own_snapshot()) else {
            ui.label(muted(ui, "The second run is about to begin."));
            return;
        };
        let theme = Theme::of(ui);
        let whole = ui.available_rect_before_wrap();
        let matched = pair.beside.matched.as_deref();
        let same_inputs = a.data.inputs() == b.data.inputs();
        let below = if same_inputs {
            (whole.height() * DIFFERENCE).max(WORDS + 24.0)
        } else {
            0.0
        };
        let half = (whole.width() - 2.0 * GRID) / 2.0;
        let size = vec2(half, whole.height() - below);
        // one scale for both: what is weak beside the other looks weak
        let [of_a, of_b] = [a, b].map(|snapshot| self.scales.of(snapshot.run).of(snapshot));
        let shared = of_a.max(of_b);
        let mut end = whole.top();
        for (snapshot, name, tone, left) in [
            (a, "A", theme.accent, whole.left()),
            (b, "B", theme.beside, whole.right() - half),
        ] {
            let place = Rect::from_min_size(pos2(left, whole.top()), size);
            end = end.max(self.side(ui, view, snapshot, name, tone, place, shared));
        }
        if same_inputs {
            let place = whole.with_min_y((whole.bottom() - below).min(end + GRID));
            self.between(ui, [a, b], matched, place, (shared, pair.beside.locked));
        }
        ui.advance_cursor_after_rect(whole);
    }

    /// Returns where its tiles end.
    #[expect(clippy::too_many_arguments, reason = "one call, in one place")]
    fn side(
        &mut self,
        ui: &Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        name: &str,
        tone: Color32,
        place: Rect,
        shared: f32,
    ) -> f32 {
        let theme = Theme::of(ui);
        let counts = Diagnosis::of(snapshot).counts;
        let beta = numbers::short(snapshot.hyperparameters.sparsity_weight);
        let epoch = thousands(snapshot.epoch);
        let heads = [
            format!("{name} · β {beta} · epoch {epoch}"),
            format!("{name} · epoch {epoch}"),
            name.to_owned(),
        ];
        let font = super::theme::bold(SMALL);
        let set = |head: &String| widgets::galley(ui, head, font.clone(), tone);
        let fits = |head: &&String| set(head).size().x + GRID <= place.width();
        let galley = set(heads.iter().find(fits).unwrap_or(&heads[2]));
        let at = place.min + vec2(0.0, 3.0);
        let width = galley.size().x;
        ui.painter().galley(at, galley, tone);
        let alive = counts.alive + counts.duplicate;
        let said = [
            format!("{alive} alive, {} dead", counts.dead()),
            format!("{} dead", counts.dead()),
        ];
        let room = place.width() - width - GRID;
        if let Some(said) = said
            .into_iter()
            .find(|said| widgets::width(ui, said) <= room)
        {
            let galley = widgets::galley(ui, &said, super::theme::regular(SMALL), theme.text_muted);
            let right = place.right() - galley.size().x;
            ui.painter()
                .galley(pos2(right, at.y), galley, theme.text_muted);
        }
        let tiles = place.with_min_y(place.top() + WORDS);
        let zoom = ui.ctx().zoom_factor();
        let ppp = ui.pixels_per_point();
        let grid = Grid::fit(
            snapshot.units.len(),
            pictures::size(snapshot.data.shape),
            tiles.size() - Vec2::splat(2.0),
            gap(zoom),
            least(zoom).min(4.0),
            0.0,
            ppp,
        );
        let atlas = self.atlases.of(snapshot.run);
        atlas.fill(
            ui,
            Look {
                version: snapshot.version(),
                samples: 0,
                contrast: view.shared.contrast,
                smooth: grid.smooth,
                shared,
            },
            snapshot.data.shape,
            snapshot.parameters.encoder_weights(),
        );
        let slack = (tiles.size() - grid.size()).max(Vec2::ZERO) / 2.0;
        let corner = tiles.min + vec2(slack.x, 0.0);
        let corner = pos2(
            (corner.x * ppp).round() / ppp,
            (corner.y * ppp).round() / ppp,
        );
        let units = 0..snapshot.units.len();
        let places: Vec<(usize, Rect)> = units
            .map(|unit| (unit, grid.rect(unit).translate(corner.to_vec2())))
            .filter(|(_, rect)| tiles.expand(1.0).contains_rect(*rect))
            .collect();
        let painter = ui.painter_at(place);
        painter.add(
            atlas.mesh(
                places
                    .iter()
                    .map(|(unit, rect)| (*unit, *rect, tint(&snapshot.units[*unit]))),
            ),
        );
        for (unit, rect) in &places {
            if snapshot.units[*unit].state.is_dead() {
                painter.extend(super::hatch::through(*rect, theme));
            }
        }
        let response = ui.interact(tiles, ui.scope_id().with(("side", name)), Sense::hover());
        let dead = snapshot
            .units
            .iter()
            .filter(|unit| unit.state != UnitState::Alive)
            .count();
        response.widget_info(|| {
            let words = format!(
                "Features of {name}: {} units, {dead} not alive",
                snapshot.units.len()
            );
            WidgetInfo::labeled(egui::Role::Image, true, words)
        });
        let about = match view.shared.contrast {
            Contrast::Shared => "The encoder weights, on one scale for A and B",
            Contrast::PerTile => "The encoder weights, each at its own full contrast",
        };
        response.help(about);
        corner.y + grid.size().y
    }

    /// W1 of A minus W1 of B, unit by unit as they match, the most alike first.
    fn between(
        &mut self,
        ui: &Ui,
        [a, b]: [&Snapshot; 2],
        matched: Option<&Matched>,
        place: Rect,
        (shared, locked): (f32, bool),
    ) {
        let theme = Theme::of(ui);
        let said = match matched {
            None => ["A − B: the features are being matched", "A − B"].map(str::to_owned),
            Some(matched) => {
                let [first, second] = matched.of.map(|of| thousands(of.epoch));
                let mean = matched.matching.similarity;
                let at = if first == second {
                    format!("at epoch {first}")
                } else {
                    format!("at epochs {first} and {second}")
                };
                [
                    format!("A − B of matched features · mean |cos| {mean:.2} {at}"),
                    format!("A − B · mean |cos| {mean:.2}"),
                ]
            }
        };
        let font = super::theme::bold(SMALL);
        let set = |said: &String| widgets::galley(ui, said, font.clone(), theme.text);
        let fits = |said: &&String| set(said).size().x <= place.width();
        let said = said.iter().find(fits).unwrap_or(&said[1]);
        ui.painter()
            .galley(place.min + vec2(0.0, 4.0), set(said), theme.text);
        let Some(matched) = matched else { return };
        let tiles = place.with_min_y(place.top() + WORDS);
        let pairs = &matched.matching.pairs;
        let ppp = ui.pixels_per_point();
        let zoom = ui.ctx().zoom_factor();
        let grid = Grid::fit(
            pairs.len(),
            pictures::size(a.data.shape),
            tiles.size() - Vec2::splat(2.0),
            gap(zoom),
            least(zoom).min(4.0),
            0.0,
            ppp,
        );
        // the weights are the present ones, the matching may be a little older
        let fits = |of: &Snapshot, side: usize| of.run == matched.of[side].run;
        if !fits(a, 0) || !fits(b, 1) {
            return;
        }
        let versions = [a.version(), b.version()];
        let key = (versions, matched.of, theme.dark, grid.smooth);
        // of the same epoch of both, where they are in step: their frames come one after the other
        let of_these = |shown: &[Version; 2]| [0, 1].map(|side| shown[side].run) == [a.run, b.run];
        let kept = self.shown.is_some_and(|(shown, _, dark, smooth)| {
            locked
                && a.epoch != b.epoch
                && of_these(&shown)
                && shown[0].epoch == shown[1].epoch
                && (dark, smooth) == (theme.dark, grid.smooth)
        });
        if !kept && self.shown.replace(key) != Some(key) {
            let difference = difference([a, b], matched);
            let painter = FeaturePainter::new(theme, a.data.shape);
            self.between.fill(
                ui.ctx(),
                "differences",
                pairs.len(),
                pictures::size(a.data.shape),
                grid.smooth,
                |pair, pixels| {
                    if let Some(row) = difference.row(pair).as_slice() {
                        painter.paint(row, shared, pixels);
                    }
                },
            );
        }
        let corner = pos2(
            (tiles.left() * ppp).round() / ppp,
            (tiles.top() * ppp).round() / ppp,
        );
        let places = (0..pairs.len())
            .map(|pair| {
                (
                    pair,
                    grid.rect(pair).translate(corner.to_vec2()),
                    Color32::WHITE,
                )
            })
            .filter(|(_, rect, _)| tiles.expand(1.0).contains_rect(*rect));
        ui.painter_at(place).add(self.between.mesh(places));
        let response = ui.interact(tiles, ui.scope_id().with("between"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, said));
        response.help(
            "Each unit of A with the unit of B that looks for the same, by the best assignment of all; where the two \
             look for opposites, B's is turned over. On the scale of the tiles above; the most alike first.",
        );
    }
}

/// (pairs, n): a − sign(cos) · b.
fn difference([a, b]: [&Snapshot; 2], matched: &Matched) -> Array2<f32> {
    let (first, second) = (
        a.parameters.encoder_weights(),
        b.parameters.encoder_weights(),
    );
    let pairs = &matched.matching.pairs;
    let mut out = Array2::zeros((pairs.len(), first.ncols()));
    for (mut row, pair) in out.rows_mut().into_iter().zip(pairs) {
        let sign = if pair.cosine < 0.0 { -1.0 } else { 1.0 };
        if pair.first < first.nrows() && pair.second < second.nrows() {
            row.assign(&(&first.row(pair.first) - &(&second.row(pair.second) * sign)));
        }
    }
    out
}

/// Beside the buttons where there is room, over them elsewhere.
fn title(ui: &mut Ui, view: &View<'_>, pair: Pair<'_>, actions: &mut Vec<Action>) {
    let room = ui.available_width() >= BUTTONS;
    widgets::title_row(ui, "Features", "", |ui| {
        if room {
            widgets::at_right(ui, "pair", |ui| buttons(ui, view, pair, actions));
        }
    });
    if !room {
        ui.horizontal_wrapped(|ui| buttons(ui, view, pair, actions));
    }
}

fn buttons(ui: &mut Ui, view: &View<'_>, pair: Pair<'_>, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = GRID / 2.0;
    let lock = if pair.beside.locked {
        "Free"
    } else {
        "In step"
    };
    for (command, text) in [
        (UserCommand::SwapRuns, "Swap"),
        (UserCommand::ToggleLock, lock),
        (UserCommand::EndPair, "Keep A"),
        (UserCommand::KeepOther, "Keep B"),
        (UserCommand::DropOther, "Drop B"),
    ] {
        let button = Button::new(RichText::new(text).size(BODY));
        let possible = view.can(command).is_ok();
        let response = ui.add_enabled(possible, button.min_size(vec2(0.0, widgets::TARGET)));
        let response = response.help(keymap::hover_text(ui.ctx(), command));
        if response.accessible_name(command.text()).clicked() {
            actions.push(command.into());
        }
    }
}
