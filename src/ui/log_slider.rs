//! A slider over decades, with the post's value as a tick and a value to come back to.

use egui::accesskit::{Action, ActionData};
use egui::{
    Color32, EventFilter, Key, Painter, Rangef, Response, Sense, Shape, Stroke, Ui, Widget,
    WidgetInfo, pos2, vec2,
};

use super::numbers::round_significant;
use super::theme::Theme;

/// A logarithmic scale from `least` to `most`, with 0 to the left of it if `zero`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogScale {
    pub least: f64,
    pub most: f64,
    pub zero: bool,
}

impl LogScale {
    /// How much of the rail's left end means 0.
    const ZERO_PART: f64 = 0.04;

    fn start(&self) -> f64 {
        if self.zero { Self::ZERO_PART } else { 0.0 }
    }

    /// Where `value` is on the rail, in [0, 1].
    pub fn position(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 0.0;
        }
        let part = (value / self.least).ln() / (self.most / self.least).ln();
        (self.start() + part * (1.0 - self.start())).clamp(self.start(), 1.0)
    }

    /// The value at `position`, in two significant digits.
    pub fn value(&self, position: f64) -> f64 {
        if self.zero && position < Self::ZERO_PART / 2.0 {
            return 0.0;
        }
        let part = ((position - self.start()) / (1.0 - self.start())).clamp(0.0, 1.0);
        round_significant(self.least * (self.most / self.least).powf(part), 2)
            .clamp(self.least, self.most)
    }

    /// The least and the greatest value it can show.
    pub fn bounds(&self) -> (f64, f64) {
        (if self.zero { 0.0 } else { self.least }, self.most)
    }
}

/// The cliff of one setting, for the data and the other settings in use.
#[derive(Clone, Debug, PartialEq)]
pub struct CliffMark {
    /// The values on this side of the cliff; `None` where none are.
    pub within: Option<(f64, f64)>,
    /// A few characters beside the rail: "λ_c 7.8e-3"; empty where nothing is marked.
    pub label: String,
    /// For the tooltip and assistive technology.
    pub sentence: String,
}

impl CliffMark {
    /// The ends of `within` that are on the rail, which get a mark.
    pub fn ends(&self, scale: &LogScale) -> impl Iterator<Item = f64> {
        let (least, most) = (scale.least, scale.most);
        let ends = self.within.into_iter().flat_map(|(low, high)| [low, high]);
        ends.filter(move |end| (least..=most).contains(end))
    }
}

/// The widget. `changed` says that the person moved it; a double click goes home.
pub struct LogSlider<'a> {
    value: &'a mut f64,
    scale: LogScale,
    tick: Option<f64>,
    cliff: Option<&'a CliffMark>,
    home: Option<f64>,
    name: &'a str,
    width: f32,
}

impl<'a> LogSlider<'a> {
    const HEIGHT: f32 = super::widgets::TARGET;
    const HANDLE: f32 = 6.0;
    const RAIL: f32 = 3.0;
    /// One press of an arrow key, as a part of the rail.
    const STEP: f64 = 0.02;
    /// A pointer this near to the tick or to home, as a part of the rail, means that.
    const SNAP: f64 = 0.012;

    /// `name` is what assistive technology and tests call it.
    pub fn new(name: &'a str, value: &'a mut f64, scale: LogScale) -> Self {
        Self {
            value,
            scale,
            tick: None,
            cliff: None,
            home: None,
            name,
            width: 160.0,
        }
    }

    /// Marks `value`.
    pub fn tick(mut self, value: f64) -> Self {
        self.tick = Some(value);
        self
    }

    /// Goes to `value` at a double click.
    pub fn home(mut self, value: f64) -> Self {
        self.home = Some(value);
        self
    }

    /// Marks where the cliff is, and what lies beyond it.
    pub fn cliff(mut self, cliff: Option<&'a CliffMark>) -> Self {
        self.cliff = cliff;
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    fn keyboard_steps(&self, ui: &Ui, response: &Response) -> f64 {
        let focused = response.has_focus();
        if focused {
            super::focus::uses(response, super::focus::Uses::Number);
            let filter = EventFilter {
                horizontal_arrows: true,
                ..Default::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        ui.input(|input| {
            let mut steps = input.num_accesskit_action_requests(response.id, Action::Increment)
                as f64
                - input.num_accesskit_action_requests(response.id, Action::Decrement) as f64;
            if focused {
                steps += input.num_presses(Key::ArrowRight) as f64
                    - input.num_presses(Key::ArrowLeft) as f64;
            }
            steps
        })
    }

    fn requested(&self, ui: &Ui, response: &Response) -> Option<f64> {
        ui.input(|input| {
            input
                .accesskit_action_requests(response.id, Action::SetValue)
                .filter_map(|request| match request.data {
                    Some(ActionData::NumericValue(value)) => Some(value),
                    _ => None,
                })
                .last()
        })
    }
}

impl Widget for LogSlider<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, mut response) =
            ui.allocate_exact_size(vec2(self.width, Self::HEIGHT), Sense::click_and_drag());
        let rail = rect.x_range().shrink(Self::HANDLE);
        let (least, most) = self.scale.bounds();
        let before = *self.value;

        let steps = self.keyboard_steps(ui, &response);
        if let Some(value) = self
            .requested(ui, &response)
            .filter(|value| value.is_finite())
        {
            *self.value = value.clamp(least, most);
        } else if let (true, Some(home)) = (response.double_clicked(), self.home) {
            *self.value = home;
        } else if let Some(pointer) = response
            .interact_pointer_pos()
            .filter(|_| response.is_pointer_button_down_on())
        {
            let position = f64::from((pointer.x - rail.min) / rail.span()).clamp(0.0, 1.0);
            let distance = |place: &f64| (self.scale.position(*place) - position).abs();
            let near = |place: &f64| distance(place) < Self::SNAP;
            let places = [self.tick, self.home].into_iter().flatten();
            *self.value = places
                .filter(near)
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .unwrap_or_else(|| self.scale.value(position));
        } else if steps != 0.0 {
            *self.value = self
                .scale
                .value((self.scale.position(before) + steps * Self::STEP).clamp(0.0, 1.0));
        }
        if *self.value != before {
            response.mark_changed();
        }
        if response.changed() || response.is_pointer_button_down_on() || response.drag_stopped() {
            super::help::changing(ui.ctx());
        }
        let value = *self.value;
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, self.name));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(least);
            node.set_max_numeric_value(most);
            for action in [Action::SetValue, Action::Increment, Action::Decrement] {
                node.add_action(action);
            }
            if let Some(cliff) = self.cliff {
                node.set_description(cliff.sentence.as_str());
            }
        });

        if ui.is_rect_visible(rect) {
            let theme = Theme::of(ui);
            let painter = ui.painter();
            let x = |value: f64| rail.min + rail.span() * self.scale.position(value) as f32;
            // room for the tick below it, where there is one
            let y = match self.tick {
                Some(_) => rect.top() + Self::HANDLE + 1.0,
                None => rect.center().y,
            };
            let line = |from: f32, to: f32, colour| {
                painter.line_segment(
                    [pos2(from, y), pos2(to, y)],
                    Stroke::new(Self::RAIL, colour),
                );
            };
            line(rect.left(), rect.right(), theme.rail);
            line(rect.left(), x(value), theme.accent);
            if let Some(cliff) = self.cliff {
                paint_cliff(painter, cliff, &self.scale, rail, y, theme.dead);
            }
            if let Some(tick) = self.tick {
                let x = painter.round_to_pixel_center(x(tick));
                painter.vline(
                    x,
                    (y + Self::HANDLE + 1.0)..=(y + Self::HANDLE + 5.0),
                    Stroke::new(1.0, theme.text_muted),
                );
            }
            let centre = pos2(x(value), y);
            let lit = response.hovered() || response.dragged() || response.has_focus();
            painter.circle_filled(
                centre,
                Self::HANDLE,
                if theme.dark {
                    theme.text_strong
                } else {
                    theme.accent
                },
            );
            if lit {
                painter.circle_stroke(centre, Self::HANDLE + 2.0, Stroke::new(1.5, theme.accent));
            }
        }
        response
    }
}

/// Dashes below the rail at `y` where values are beyond the cliff, and a triangle at its edge: neither the shape nor the
/// place of the tick.
fn paint_cliff(
    painter: &Painter,
    cliff: &CliffMark,
    scale: &LogScale,
    rail: Rangef,
    y: f32,
    colour: Color32,
) {
    const DASH: f32 = 3.0;
    const BELOW: f32 = 3.5;
    let x = |value: f64| rail.min + rail.span() * scale.position(value) as f32;
    let dashes = |from: f32, to: f32| {
        if to > from {
            let ends = [pos2(from, y + BELOW), pos2(to, y + BELOW)];
            let stroke = Stroke::new(1.5, colour);
            painter.extend(Shape::dashed_line(&ends, stroke, DASH, DASH));
        }
    };
    match cliff.within {
        None => dashes(rail.min, rail.max),
        Some((low, high)) => {
            if low > 0.0 {
                dashes(rail.min, x(low));
            }
            if high < scale.most {
                dashes(x(high), rail.max);
            }
        }
    }
    for end in cliff.ends(scale) {
        let tip = pos2(x(end), y + 1.5);
        let (half, height) = (4.0, 8.0);
        let corners = vec![tip, tip + vec2(half, height), tip + vec2(-half, height)];
        painter.add(Shape::convex_polygon(corners, colour, Stroke::NONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_values_are_each_others_inverse() {
        for scale in [
            LogScale {
                least: 1e-3,
                most: 0.9,
                zero: false,
            },
            LogScale {
                least: 1e-6,
                most: 0.1,
                zero: true,
            },
            LogScale {
                least: 0.01,
                most: 300.0,
                zero: true,
            },
        ] {
            for i in 0..=100 {
                let value = scale.value(f64::from(i) / 100.0);
                assert_eq!(
                    scale.value(scale.position(value)),
                    value,
                    "{scale:?} at {i}"
                );
                assert!((scale.bounds().0..=scale.bounds().1).contains(&value));
            }
            assert_eq!(scale.value(0.0), scale.bounds().0);
            assert_eq!(scale.value(1.0), scale.bounds().1);
        }
    }
}
