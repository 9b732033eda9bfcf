//! What the pointer is at in a sample or a feature that is no picture: the value, by its column's name.

use egui::{Pos2, Rect, RichText, Ui};
use ndarray::s;

use super::numbers;
use super::pictures;
use super::theme::{SMALL, Theme};
use crate::data::FittedPreparation;
use crate::training::Snapshot;

/// The value of a line of `length` points whose ends are those of `frame`, which `at` is nearest to.
pub(super) fn on_line(frame: Rect, at: Pos2, length: usize) -> usize {
    let last = length.saturating_sub(1);
    let part = (at.x - frame.left()) / frame.width().max(1.0);
    ((part * last as f32).round().max(0.0) as usize).min(last)
}

/// The value of `length` bars across `frame` that `at` is over.
pub(super) fn in_bars(frame: Rect, at: Pos2, length: usize) -> usize {
    let part = (at.x - frame.left()) / frame.width().max(1.0);
    ((part * length as f32).floor().max(0.0) as usize).min(length.saturating_sub(1))
}

/// "proline −0.31", or "value 7: −0.31" where columns have no names.
pub(super) fn value(fitted: &FittedPreparation, place: usize, value: f64) -> String {
    let (title, number) = (fitted.value_title(place), number(value));
    let colon = if fitted.columns.is_empty() { ":" } else { "" };
    format!("{title}{colon} {number}")
}

/// In three significant digits, or to the unit.
pub(super) fn number(value: f64) -> String {
    let digits = if value.abs() < 1e3 { 3 } else { 4 };
    let text = numbers::short(numbers::round_significant(value, digits));
    text.replace('-', "−")
}

/// The weight that the tile of `unit` in `frame` shows at `at`, of the feature of norm 1: "proline −0.31". `None` where
/// features are pictures.
pub(super) fn weight(
    snapshot: &Snapshot,
    unit: usize,
    (frame, at): (Rect, Pos2),
) -> Option<String> {
    let data = &snapshot.data;
    let weights = snapshot.parameters.encoder_weights();
    if !data.shape.is_vector() || unit >= weights.nrows() {
        return None;
    }
    let feature = data.features(weights.slice(s![unit..=unit, ..]));
    let feature: Vec<f32> = feature.iter().copied().collect();
    of_feature(&data.fitted, &feature, (frame, at))
}

/// The same of a feature (n) of any norm.
pub(super) fn of_feature(
    fitted: &FittedPreparation,
    feature: &[f32],
    (frame, at): (Rect, Pos2),
) -> Option<String> {
    if feature.is_empty() {
        return None;
    }
    let norm = feature
        .iter()
        .map(|weight| f64::from(*weight).powi(2))
        .sum::<f64>()
        .sqrt();
    let bars = pictures::bars_of(feature.len());
    let place = pictures::peak(feature, in_bars(frame, at, bars));
    let weight = f64::from(*feature.get(place)?);
    let weight = if norm > 0.0 { weight / norm } else { 0.0 };
    Some(value(fitted, place, weight))
}

/// A line of help, where there is something to say.
pub(super) fn line(ui: &mut Ui, words: Option<String>) {
    if let Some(words) = words {
        ui.label(RichText::new(words).size(SMALL).color(Theme::of(ui).text));
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn the_nearest_point_of_a_line_and_the_bar_below_the_pointer() {
        let frame = Rect::from_min_size(pos2(10.0, 0.0), vec2(100.0, 20.0));
        let at = |x: f32| pos2(x, 5.0);
        assert_eq!(
            [10.0, 59.0, 61.0, 110.0, 500.0].map(|x| on_line(frame, at(x), 3)),
            [0, 1, 1, 2, 2]
        );
        assert_eq!(
            [0.0, 34.0, 50.0, 85.0].map(|x| on_line(frame, at(x), 3)),
            [0, 0, 1, 2]
        );
        assert_eq!(
            [0.0, 42.0, 44.0, 109.0, 500.0].map(|x| in_bars(frame, at(x), 3)),
            [0, 0, 1, 2, 2]
        );
        assert_eq!(
            (on_line(frame, at(50.0), 0), in_bars(frame, at(50.0), 1)),
            (0, 0)
        );
        assert_eq!([-0.31234, 1065.2].map(number), ["−0.312", "1,065"]);
    }
}
