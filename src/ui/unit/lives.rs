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
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::{numbers, widgets};

/// The texture has at most this many columns; a column of many epochs shows the worst state of them.
const COLUMNS: usize = 320;
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
    dark: bool,
}

impl LivesStrip {
    pub(super) fn ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let roomy = ui.available_width() > ROOMY;
        let quiet = if roomy { "births and deaths" } else { "" };
        widgets::title_row(ui, "Lives", quiet, |_| {});
        let snapshot = shown.snapshot;
        let lives = snapshot.history.lives();
        let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
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
        self.refresh(ui, shown, lives);
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
            let stroke = Stroke::new(1.0, theme.on_area.gamma_multiply(0.6));
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
            response.on_hover_text_at_pointer(format!("unit {}, epoch {epoch}: {state}", unit + 1));
        }
    }

    /// Draws the texture anew where it would look different: a state changed, or the run is a column longer.
    fn refresh(&mut self, ui: &Ui, shown: &Shown<'_>, lives: &Lives) {
        let theme = Theme::of(ui);
        let changes = |life: &UnitLife| life.changes().len() as u64 + life.left_out;
        let key = Key {
            run: shown.snapshot.run,
            epoch: shown.snapshot.epoch,
            changes: lives.all().iter().map(changes).sum(),
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
        let rows = lives.units().min(ui.input(|input| input.max_texture_side));
        let mut image = ColorImage::filled([columns, rows], theme.alive);
        for (life, pixels) in lives
            .all()
            .iter()
            .zip(image.pixels.chunks_exact_mut(columns))
        {
            paint(life, key.epoch, theme, pixels);
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

fn colour(theme: &Theme, state: UnitState) -> Color32 {
    match state {
        UnitState::Alive => theme.alive,
        UnitState::Duplicate => theme.alive.lerp_to_gamma(theme.panel, 0.45),
        UnitState::Constant => theme.dead,
        UnitState::Silent => theme.dead.lerp_to_gamma(theme.panel, 0.45),
        UnitState::Saturated => theme.notice,
    }
}

/// The life of one unit over the epochs 0 to `last`, in as many pixels as there are; a spell shorter than a pixel shows
/// if it was worse than what is beside it.
fn paint(life: &UnitLife, last: u64, theme: &Theme, pixels: &mut [Color32]) {
    let columns = pixels.len();
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
        for (place, pixel) in pixels.iter_mut().enumerate().take(end + 1).skip(first) {
            if dead != Some(place) || state.is_dead() {
                *pixel = colour(theme, state);
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
        let theme = Theme::named(true);
        let history = history(1000, |epoch| match epoch {
            0..100 => UnitState::Silent,
            100..600 => UnitState::Alive,
            _ => UnitState::Constant,
        });
        let mut pixels = vec![Color32::TRANSPARENT; 100];
        let life = history.lives().life(0).unwrap();
        paint(life, 1000, theme, &mut pixels);
        let silent = colour(theme, UnitState::Silent);
        assert!(pixels[..10].iter().all(|pixel| *pixel == silent));
        assert!(pixels[12..59].iter().all(|pixel| *pixel == theme.alive));
        assert!(pixels[61..].iter().all(|pixel| *pixel == theme.dead));
        assert_eq!(state_at(life, 99), UnitState::Silent);
        assert_eq!(state_at(life, 100), UnitState::Alive);
        assert_eq!(state_at(life, 5000), UnitState::Constant);
    }

    #[test]
    fn a_short_death_is_not_lost_in_a_column() {
        let theme = Theme::named(true);
        let history = history(10_000, |epoch| {
            if epoch == 5_432 {
                UnitState::Constant
            } else {
                UnitState::Alive
            }
        });
        let mut pixels = vec![Color32::TRANSPARENT; 100];
        paint(history.lives().life(0).unwrap(), 10_000, theme, &mut pixels);
        assert_eq!(pixels[54], theme.dead);
        assert_eq!(
            pixels.iter().filter(|pixel| **pixel == theme.alive).count(),
            99
        );
    }

    #[test]
    fn one_epoch_and_one_pixel_are_enough() {
        let theme = Theme::named(false);
        for epochs in [0, 1, 2] {
            let history = history(epochs, |_| UnitState::Alive);
            let mut pixels = vec![Color32::TRANSPARENT; 1];
            paint(history.lives().life(0).unwrap(), epochs, theme, &mut pixels);
            assert_eq!(pixels, [theme.alive]);
        }
    }
}
