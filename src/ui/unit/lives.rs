//! The births and deaths of all units over the run: one row a unit, in one texture.

use egui::{
    Align2, Color32, ColorImage, Rect, Sense, Shape, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2,
};

use super::epochs::{epoch_ends, x_of};
use super::shown::Shown;
use crate::lab::Action;
use crate::model::UnitState;
use crate::training::trainer::RunId;
use crate::training::{Lives, UnitLife};
use crate::ui::help::Help as _;
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::{numbers, widgets};

/// The texture has at most this many columns; a column of many epochs shows the worst state of them.
const COLUMNS: usize = 320;
/// And at most so many rows for one unit.
const MOST_ROWS: usize = 8;
/// Room below for the epochs.
const FOOT: f32 = 16.0;
/// Narrower than this, in points, the title stands alone.
const ROOMY: f32 = 150.0;

#[derive(Default)]
pub(super) struct LivesStrip {
    texture: Option<TextureHandle>,
    shown: Option<Key>,
}

/// What the texture shows.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    run: RunId,
    epoch: u64,
    /// Changes of state so far, in all.
    changes: u64,
    /// Of the texture, for one unit.
    rows: usize,
    dark: bool,
}

impl LivesStrip {
    pub(super) fn ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let roomy = ui.available_width() > ROOMY;
        let quiet = if roomy { "births and deaths" } else { "" };
        widgets::title_row(ui, "Lives", quiet, |_| {});
        let snapshot = shown.snapshot;
        let lives = snapshot.history.lives();
        let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::CLICK);
        response.widget_info(|| {
            WidgetInfo::labeled(egui::Role::Canvas, true, "Lives of all units over the run")
        });
        let theme = Theme::of(ui);
        let frame = area.with_max_y((area.bottom() - FOOT).max(area.top() + 1.0));
        if lives.units() == 0 {
            let text = "nothing recorded yet";
            let font = theme::regular(SMALL);
            widgets::text(
                ui,
                frame.center(),
                Align2::CENTER_CENTER,
                text,
                font,
                theme.text_muted,
            );
            return;
        }
        let height = frame.height() * ui.pixels_per_point();
        self.refresh(ui, shown, lives, height);
        if let Some(texture) = &self.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter()
                .image(texture.id(), frame, whole, Color32::WHITE);
        }
        epoch_ends(ui, frame, snapshot);
        let x = x_of(frame, snapshot);
        let painter = ui.painter_at(frame);
        for marker in snapshot.history.markers() {
            let at = x(marker.epoch as f64);
            let ends = [pos2(at, frame.top()), pos2(at, frame.bottom())];
            let stroke = Stroke::new(1.0, theme.on_area);
            painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 4.0));
        }
        for revival in snapshot.history.revivals() {
            let at = x(revival.epoch as f64);
            painter.vline(at, frame.y_range(), Stroke::new(1.5, theme.accent));
        }
        let height = frame.height() / lives.units() as f32;
        let row = |unit: usize| {
            let top = frame.top() + unit as f32 * height;
            Rect::from_min_max(pos2(frame.left(), top), pos2(frame.right(), top + height))
        };
        let own = row(shown.unit).expand2(egui::vec2(1.0, 1.0));
        let stroke = Stroke::new(1.5, theme.text_strong);
        ui.painter()
            .rect_stroke(own, 1.0, stroke, StrokeKind::Outside);
        let Some(pointer) = response.hover_pos().filter(|at| frame.contains(*at)) else {
            return;
        };
        let unit = (((pointer.y - frame.top()) / height) as usize).min(lives.units() - 1);
        if response.clicked() {
            actions.push(Action::Inspect(unit));
        }
        let part = f64::from((pointer.x - frame.left()) / frame.width());
        let epoch = (part * snapshot.epoch as f64).round() as u64;
        if let Some(life) = lives.life(unit) {
            let state = state_at(life, epoch).name();
            let epoch = numbers::thousands(epoch);
            response.help_at_pointer(format!(
                "unit {}, epoch {epoch}: {state}",
                numbers::unit(unit)
            ));
        }
    }

    /// Draws the texture anew where it would look different: a state changed, or the run is a column longer.
    /// `height` is that of the strip, in pixels.
    fn refresh(&mut self, ui: &Ui, shown: &Shown<'_>, lives: &Lives, height: f32) {
        let theme = Theme::of(ui);
        let most = ui.input(|input| input.max_texture_side) / lives.units().max(1);
        let rows = (height / lives.units() as f32) as usize;
        let changes = |life: &UnitLife| life.changes().len() as u64 + life.left_out;
        let key = Key {
            run: shown.snapshot.run,
            epoch: shown.snapshot.epoch,
            changes: lives.all().iter().map(changes).sum(),
            rows: rows.min(most).clamp(1, MOST_ROWS),
            dark: theme.dark,
        };
        let alike = self.shown.is_some_and(|before| {
            let column = before.epoch / COLUMNS as u64;
            let same_epochs = (before.epoch..=before.epoch + column).contains(&key.epoch);
            same_epochs
                && Key {
                    epoch: key.epoch,
                    ..before
                } == key
        });
        if alike && self.texture.is_some() {
            return;
        }
        self.shown = Some(key);
        let columns = COLUMNS.min(key.epoch.max(1) as usize);
        let wide = COLUMNS.div_ceil(columns);
        let across = columns * wide;
        let units = lives.units().min(ui.input(|input| input.max_texture_side));
        let mut image = ColorImage::filled([across, units * key.rows], theme.alive);
        let mut states = vec![UnitState::Alive; columns];
        for (unit, life) in lives.all().iter().enumerate().take(units) {
            states.fill(UnitState::Alive);
            paint(life, key.epoch, &mut states);
            for y in unit * key.rows..(unit + 1) * key.rows {
                for (x, pixel) in image.pixels[y * across..(y + 1) * across]
                    .iter_mut()
                    .enumerate()
                {
                    *pixel = pixel_of(theme, states[x / wide], x, y);
                }
            }
        }
        let options = TextureOptions::NEAREST;
        match &mut self.texture {
            Some(texture) => texture.set(image, options),
            None => self.texture = Some(ui.ctx().load_texture("lives", image, options)),
        }
    }
}

/// The state of a unit at the end of `epoch`.
fn state_at(life: &UnitLife, epoch: u64) -> UnitState {
    let before = life
        .changes()
        .iter()
        .take_while(|change| change.epoch <= epoch);
    before.last().map_or(life.first, |change| change.to)
}

/// The colour of a pixel of the texture: the living are plain, the dead hatched, each kind in its way.
fn pixel_of(theme: &Theme, state: UnitState, x: usize, y: usize) -> Color32 {
    let paler = |colour: Color32| colour.lerp_to_gamma(theme.panel, 0.3);
    let (colour, gap) = match state {
        UnitState::Alive => (theme.alive, false),
        UnitState::Duplicate => (theme.duplicate(), false),
        UnitState::Constant => (theme.dead, (x + y) % 6 < 2),
        UnitState::Silent => (paler(theme.dead), x % 4 < 2),
        UnitState::Saturated => (theme.notice, (x + 6 - y % 6) % 6 < 2),
    };
    if gap { theme.panel } else { colour }
}

/// The life of one unit over the epochs 0 to `last`, in as many pixels as there are; a spell shorter than a pixel shows
/// if it was worse than what is beside it.
fn paint(life: &UnitLife, last: u64, states: &mut [UnitState]) {
    let columns = states.len();
    let column = |epoch: u64| {
        let place = u128::from(epoch) * columns as u128 / u128::from(last.max(1));
        (place as usize).min(columns.saturating_sub(1))
    };
    let changes = life.changes();
    let starts = std::iter::once((0, life.first));
    let starts = starts.chain(changes.iter().map(|change| (change.epoch, change.to)));
    let nexts = changes.iter().map(|change| change.epoch.saturating_sub(1));
    // the last column painted, if it is dead
    let mut dead = None;
    for ((start, state), end) in starts.zip(nexts.chain([last])) {
        let (first, end) = (column(start), column(end.max(start)));
        for (place, shown) in states.iter_mut().enumerate().take(end + 1).skip(first) {
            if dead != Some(place) || state.is_dead() {
                *shown = state;
            }
        }
        if state.is_dead() {
            dead = Some(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UnitStatistics;
    use crate::training::History;

    fn history(epochs: u64, state: impl Fn(u64) -> UnitState) -> History {
        let mut history = History::new();
        for epoch in 0..=epochs {
            let unit = UnitStatistics {
                state: state(epoch),
                ..Default::default()
            };
            history.push_units(epoch, &[unit]);
        }
        history
    }

    #[test]
    fn a_life_is_painted_from_birth_to_death() {
        let history = history(1000, |epoch| match epoch {
            0..100 => UnitState::Silent,
            100..600 => UnitState::Alive,
            _ => UnitState::Constant,
        });
        let mut states = vec![UnitState::Saturated; 100];
        let life = history.lives().life(0).unwrap();
        paint(life, 1000, &mut states);
        assert!(states[..10].iter().all(|state| *state == UnitState::Silent));
        assert!(
            states[12..59]
                .iter()
                .all(|state| *state == UnitState::Alive)
        );
        assert!(
            states[61..]
                .iter()
                .all(|state| *state == UnitState::Constant)
        );
        assert_eq!(state_at(life, 99), UnitState::Silent);
        assert_eq!(state_at(life, 100), UnitState::Alive);
        assert_eq!(state_at(life, 5000), UnitState::Constant);
    }

    #[test]
    fn a_short_death_is_not_lost_in_a_column() {
        let history = history(10_000, |epoch| {
            if epoch == 5_432 {
                UnitState::Constant
            } else {
                UnitState::Alive
            }
        });
        let mut states = vec![UnitState::Saturated; 100];
        paint(history.lives().life(0).unwrap(), 10_000, &mut states);
        assert_eq!(states[54], UnitState::Constant);
        let alive = states.iter().filter(|state| **state == UnitState::Alive);
        assert_eq!(alive.count(), 99);
    }

    #[test]
    fn one_epoch_and_one_pixel_are_enough() {
        for epochs in [0, 1, 2] {
            let history = history(epochs, |_| UnitState::Alive);
            let mut states = vec![UnitState::Saturated; 1];
            paint(history.lives().life(0).unwrap(), epochs, &mut states);
            assert_eq!(states, [UnitState::Alive]);
        }
    }

    /// Without colour: the living are even, every kind of death has its own pattern.
    #[test]
    fn the_dead_have_a_texture_in_grey_too() {
        let grey = |colour: Color32| {
            let [r, g, b, _] = egui::Rgba::from(colour).to_array();
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        for theme in [Theme::named(true), Theme::named(false)] {
            let pattern = |state| -> Vec<bool> {
                let pixels = (0..12 * 12).map(|i| grey(pixel_of(theme, state, i % 12, i / 12)));
                let pixels: Vec<f32> = pixels.collect();
                let ratio = |a: f32, b: f32| (a.max(b) + 0.05) / (a.min(b) + 0.05);
                pixels
                    .iter()
                    .map(|p| ratio(*p, grey(theme.panel)) > 2.5)
                    .collect()
            };
            for plain in [UnitState::Alive, UnitState::Duplicate] {
                assert!(pattern(plain).iter().all(|set| *set), "{plain:?}");
            }
            let dead = [UnitState::Constant, UnitState::Silent, UnitState::Saturated].map(pattern);
            for pattern in &dead {
                let gaps = pattern.iter().filter(|set| !**set).count();
                assert!((40..=80).contains(&gaps), "{gaps} of 144");
            }
            assert!(dead[0] != dead[1] && dead[1] != dead[2] && dead[0] != dead[2]);
        }
    }
}
