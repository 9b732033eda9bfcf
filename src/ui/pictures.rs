//! Samples and features as pixels: grey, in colour, or, where they are not pictures, as bars.

use egui::Color32;

use super::theme::Theme;
use crate::data::SampleShape;
use crate::io::colour_map;

/// Height of a tile of bars, in pixels: the middle one is 0.
const BAR_ROWS: usize = 33;
/// A tile of bars is at least about this wide, in pixels.
const BAR_COLUMNS: usize = 48;
/// Most bars in a tile; of longer vectors each bar is the largest of a few neighbours.
const BARS: usize = 128;
/// Bars this wide, in pixels, have a gap between them.
const GAPPED: usize = 3;

/// (rows, columns) in pixels of the tile that a feature is drawn in.
pub fn size(shape: SampleShape) -> (usize, usize) {
    match shape {
        SampleShape::Image { rows, columns, .. } => (rows, columns),
        SampleShape::Vector { length } => {
            let bars = length.clamp(1, BARS);
            (BAR_ROWS, bars * width(bars))
        }
    }
}

fn width(bars: usize) -> usize {
    (BAR_COLUMNS / bars).max(1)
}

/// Paints features in one theme.
pub struct FeaturePainter<'a> {
    theme: &'a Theme,
    shape: SampleShape,
    /// The map of weights, −1 to 1.
    table: Vec<Color32>,
}

impl<'a> FeaturePainter<'a> {
    pub fn new(theme: &'a Theme, shape: SampleShape) -> Self {
        Self {
            theme,
            shape,
            table: theme.weight_table(),
        }
    }

    /// Appends the pixels of one feature (n), row by row, with `scale` as the end of the map.
    pub fn paint(&self, values: &[f32], scale: f32, pixels: &mut Vec<Color32>) {
        let factor = if scale > 0.0 { scale.recip() } else { 0.0 };
        match self.shape {
            SampleShape::Image { channels: 3, .. } => {
                let (colours, _) = values.as_chunks::<3>();
                pixels.extend(colours.iter().map(|rgb| {
                    Theme::rgb(colour_map::signed_colour(rgb.map(|value| value * factor)))
                }));
            }
            SampleShape::Image { .. } => {
                pixels.extend(values.iter().map(|value| self.weight(value * factor)));
            }
            SampleShape::Vector { .. } => self.bars(values, factor, pixels),
        }
    }

    /// The map of weights; NaN is 0.
    fn weight(&self, t: f32) -> Color32 {
        let step = (t * 255.0).clamp(-255.0, 255.0) as i32 + 255;
        self.table[step.unsigned_abs() as usize]
    }

    fn bars(&self, values: &[f32], factor: f32, pixels: &mut Vec<Color32>) {
        let heights = peaks(values);
        let width = width(heights.len());
        let middle = BAR_ROWS / 2;
        for row in 0..BAR_ROWS {
            for value in &heights {
                let t = (value * factor).clamp(-1.0, 1.0);
                let height = (t.abs() * middle as f32).round() as usize;
                let inside = if t > 0.0 {
                    (middle - height..=middle).contains(&row)
                } else {
                    (middle..=middle + height).contains(&row)
                };
                for column in 0..width {
                    let gap = width >= GAPPED && column + 1 == width;
                    pixels.push(if row == middle && (gap || height == 0) {
                        self.theme.line
                    } else if inside && !gap {
                        self.weight(t)
                    } else {
                        self.weight(0.0)
                    });
                }
            }
        }
    }
}

/// How many bars stand for so many values.
pub fn bars_of(length: usize) -> usize {
    length.clamp(1, BARS)
}

/// The place of the value that a bar shows: where there are more than `BARS`, of a few neighbours the one furthest from 0.
pub fn peak(values: &[f32], bar: usize) -> usize {
    let bars = bars_of(values.len());
    let (start, end) = (bar * values.len() / bars, (bar + 1) * values.len() / bars);
    let end = end.min(values.len());
    let size = |place: usize| values[place].abs();
    (start..end).fold(start, |peak, place| {
        if size(place) > size(peak) {
            place
        } else {
            peak
        }
    })
}

/// What the bars show.
fn peaks(values: &[f32]) -> Vec<f32> {
    let bars = 0..bars_of(values.len());
    let shown = bars.map(|bar| values.get(peak(values, bar)).copied());
    shown.map(Option::unwrap_or_default).collect()
}

/// Appends the pixels of one sample that is a picture, `low` black and `high` white.
pub fn paint_sample(
    shape: SampleShape,
    values: impl Iterator<Item = f32>,
    (low, high): (f64, f64),
    pixels: &mut Vec<Color32>,
) {
    let low_32 = low as f32;
    let scale = if high > low {
        1.0 / (high - low) as f32
    } else {
        0.0
    };
    let mut levels = values.map(|value| (value - low_32) * scale);
    if shape.channels() == 3 {
        while let (Some(red), Some(green), Some(blue)) =
            (levels.next(), levels.next(), levels.next())
        {
            pixels.push(Theme::rgb(colour_map::colour([red, green, blue])));
        }
    } else {
        pixels.extend(levels.map(Theme::grey));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_fills_its_tile() {
        let theme = Theme::named(true);
        for shape in [
            SampleShape::grey(3, 5),
            SampleShape::Image {
                rows: 3,
                columns: 5,
                channels: 3,
            },
            SampleShape::Vector { length: 1 },
            SampleShape::Vector { length: 4 },
            SampleShape::Vector { length: 61 },
            SampleShape::Vector { length: 1000 },
        ] {
            let values: Vec<f32> = (0..shape.len()).map(|at| (at as f32).sin()).collect();
            let mut pixels = Vec::new();
            FeaturePainter::new(theme, shape).paint(&values, 1.0, &mut pixels);
            let (rows, columns) = size(shape);
            assert_eq!(pixels.len(), rows * columns, "{shape:?}");
        }
    }

    #[test]
    fn bars_rise_for_positive_and_hang_for_negative_weights() {
        let theme = Theme::named(true);
        let shape = SampleShape::Vector { length: 2 };
        let mut pixels = Vec::new();
        FeaturePainter::new(theme, shape).paint(&[1.0, -0.5], 1.0, &mut pixels);
        let (_, columns) = size(shape);
        let at = |row: usize, column: usize| pixels[row * columns + column];
        let middle = BAR_ROWS / 2;
        assert_eq!(at(0, 0), theme.weight(1.0));
        assert_eq!(at(middle + 1, 0), theme.weight(0.0));
        assert_eq!(at(middle - 1, columns / 2), theme.weight(0.0));
        assert_eq!(at(middle + 8, columns / 2), theme.weight(-0.5));
        assert_eq!(at(middle + 9, columns / 2), theme.weight(0.0));
    }

    #[test]
    fn of_many_values_the_peaks_are_kept() {
        let mut values = vec![0.1; 1000];
        values[777] = -3.0;
        let peaks = peaks(&values);
        assert_eq!(peaks.len(), BARS);
        assert_eq!(peaks.iter().filter(|peak| **peak == -3.0).count(), 1);
        assert!(peaks.iter().all(|peak| *peak == 0.1 || *peak == -3.0));
    }
}
