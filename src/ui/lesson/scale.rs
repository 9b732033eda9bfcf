//! What was said against what was measured, on an axis: of a number, or of the values that the choices stand for.

use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::lab::lesson::{Judged, titled};
use crate::training::lesson::{Answer, Choice, Prediction, Term};
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets;

const HEIGHT: f32 = 54.0;

/// What stands on the axis.
struct Scale<'a> {
    term: &'a Term,
    from: f64,
    to: f64,
    log: bool,
    /// What was said, both ends the same for a number.
    said: Option<(f64, f64)>,
    /// What would have been right.
    right: Option<(f64, f64)>,
}

/// On one axis, where both are numbers or ranges of them.
pub(super) fn ui(ui: &mut Ui, prediction: &Prediction, judged: &Judged) {
    let scale = match prediction {
        Prediction::Number {
            axis,
            measure,
            within,
        } => Scale {
            term: measure,
            from: axis.from,
            to: axis.to,
            log: axis.log,
            said: match judged.answer {
                Some(Answer::Number(value)) => Some((value, value)),
                _ => None,
            },
            right: judged.measured.map(|value| match axis.log {
                true => (value / within, value * within),
                false => (value - within, value + within),
            }),
        },
        Prediction::Choice { choices, measure } => {
            let Some((from, to, log)) = ends(choices, judged.measured) else {
                return;
            };
            let range = |choice: &Choice| (choice.from, choice.to);
            let holds = |choice: &&Choice| judged.measured.is_some_and(|value| choice.holds(value));
            Scale {
                term: measure,
                from,
                to,
                log,
                said: match judged.answer {
                    Some(Answer::Choice(place)) => choices.get(place).map(range),
                    _ => None,
                },
                right: choices.iter().find(holds).map(range),
            }
        }
        Prediction::Tiles { .. } => return,
    };
    scale.draw(ui, judged);
}

/// An axis on which all bounds of `choices` and what was `measured` have room; whether it is logarithmic.
fn ends(choices: &[Choice], measured: Option<f64>) -> Option<(f64, f64, bool)> {
    let bounds = choices.iter().flat_map(|choice| [choice.from, choice.to]);
    let all: Vec<f64> = bounds
        .chain(measured)
        .filter(|bound| bound.is_finite())
        .collect();
    let least = all.iter().copied().reduce(f64::min)?;
    let most = all.iter().copied().reduce(f64::max)?;
    if least > 0.0 && most / least > 3.0 {
        return Some((least / 1.6, most * 1.6, true));
    }
    let margin = (most - least) * 0.15;
    (margin > 0.0).then_some((least - margin, most + margin, false))
}

impl Scale<'_> {
    /// Where `value` stands, as a part of the axis.
    fn part(&self, value: f64) -> f32 {
        let part = if self.log {
            (value.max(f64::MIN_POSITIVE) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        part.clamp(0.0, 1.0) as f32
    }

    fn draw(&self, ui: &mut Ui, judged: &Judged) {
        let theme = Theme::of(ui);
        let room = vec2(ui.available_width(), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
        let title = titled(self.term);
        let about = match &judged.answer {
            Some(_) => format!("{title}: said {}, measured {}", judged.said, judged.text),
            None => format!("{title}: measured {}", judged.text),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &about));
        let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * GRID, 4.0));
        ui.painter()
            .rect_filled(rail, CornerRadius::same(2), theme.rail);
        let place = |value: f64| rail.left() + rail.width() * self.part(value);
        let band = |(low, high): (f64, f64), y: egui::Rangef, colour: Color32| {
            let band = Rect::from_x_y_ranges(place(low)..=place(high), y);
            ui.painter()
                .rect_filled(band, CornerRadius::same(2), colour);
        };
        if let Some(right) = self.right {
            band(right, rail.y_range(), theme.alive);
        }
        if let Some(said) = self.said {
            // above the rail, so that both are seen where they are the same
            let above = egui::Rangef::new(rail.top() - 4.0, rail.top() - 1.0);
            band(said, above, theme.accent);
            let middle = f32::midpoint(place(said.0), place(said.1));
            tick(ui, middle, rail, theme.accent, ("you", true));
        }
        let measured = judged.measured.map(|value| {
            let x = place(value);
            tick(ui, x, rail, theme.alive, ("measured", false))
        });
        for (value, x, anchor) in [
            (self.from, rail.left(), Align2::LEFT_TOP),
            (self.to, rail.right(), Align2::RIGHT_TOP),
        ] {
            let text = self.term.text(value);
            let font = theme::regular(SMALL);
            let words = widgets::galley(ui, text, font, theme.text_muted);
            let at = pos2(x, rail.bottom() + 8.0);
            let end = anchor.anchor_size(at, words.size());
            // where what was measured does not stand
            if measured.is_none_or(|taken| !taken.expand2(vec2(GRID, 0.0)).intersects(end)) {
                ui.painter().galley(end.min, words, theme.text_muted);
            }
        }
    }
}

/// A line across the rail with a word above or below it; returns where the word is.
fn tick(ui: &Ui, x: f32, rail: Rect, colour: Color32, (word, above): (&str, bool)) -> Rect {
    let reach = rail.y_range().expand(7.0);
    ui.painter().vline(x, reach, Stroke::new(2.0, colour));
    let galley = widgets::galley(ui, word, theme::regular(SMALL), colour);
    let half = galley.size().x / 2.0;
    let middle = x.clamp(rail.left() - GRID + half, rail.right() + GRID - half);
    let (y, anchor) = if above {
        (rail.top() - 8.0, Align2::CENTER_BOTTOM)
    } else {
        (rail.bottom() + 8.0, Align2::CENTER_TOP)
    };
    let place = anchor.anchor_size(pos2(middle, y), galley.size());
    ui.painter().galley(place.min, galley, colour);
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(from: f64, to: f64) -> Choice {
        Choice {
            text: String::new(),
            from,
            to,
        }
    }

    #[test]
    fn all_bounds_and_the_measured_value_have_room_on_the_axis() {
        let ratio = [
            choice(f64::NEG_INFINITY, 0.5),
            choice(0.8, 1.25),
            choice(2.0, f64::INFINITY),
        ];
        let (from, to, log) = ends(&ratio, Some(4.0)).unwrap();
        assert!(log && from < 0.5 && to > 4.0);
        let difference = [choice(f64::NEG_INFINITY, -0.1), choice(0.1, f64::INFINITY)];
        let (from, to, log) = ends(&difference, None).unwrap();
        assert!(!log && from < -0.1 && to > 0.1);
        assert_eq!(ends(&[choice(1.0, f64::INFINITY)], None), None);
        assert_eq!(ends(&[], None), None);
    }
}
