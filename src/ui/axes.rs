//! The axes of the plots over epochs, and where their marks stand.

use egui_plot::{AxisHints, GridInput, GridMark};

use super::numbers::{self, nice_step};
use super::theme::{self, SMALL, Theme};

/// Of the column of numbers at the left, the same for every plot over epochs, so that they stand one above the other.
pub(super) const AXIS_WIDTH: f32 = 36.0;

/// The axis of a plot of log10: whole decades, or where they are far apart the values between.
pub(super) fn decade_axis(theme: &Theme) -> AxisHints<'static> {
    axis(AxisHints::new_y(), theme)
        .min_thickness(AXIS_WIDTH)
        .formatter(|mark, _| {
            if mark.step_size >= 1.0 {
                numbers::decade(mark.value.round() as i32)
            } else {
                crate::training::history::short(10f64.powf(mark.value))
            }
        })
}

pub(super) fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.text_muted)
        .tick_label_font(theme::regular(SMALL))
        .label_spacing(14.0..=28.0)
}

/// Room for the number of an epoch, and for that of a decade, with what is to be free beside it, in points.
const EPOCH_ROOM: f32 = 68.0;
const DECADE_ROOM: f32 = 20.0;

/// Marks at multiples of 1, 2 or 5 × 10^k epochs, at most about seven and no more than have room on an axis of `width`
/// points.
pub(super) fn epoch_marks(width: f32) -> impl Fn(GridInput) -> Vec<GridMark> {
    let most = (width / EPOCH_ROOM).floor().clamp(2.0, 7.0);
    move |input| epochs(input, f64::from(most))
}

fn epochs(input: GridInput, most: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = nice_step(((high - low) / most).max(1.0));
    let first = (low / step).ceil().max(0.0) as u64;
    let last = (high / step).floor().max(0.0) as u64;
    (first..=last.min(first + 20))
        .map(|i| GridMark {
            value: i as f64 * step,
            step_size: step,
        })
        .collect()
}

/// Marks at the decades, at 2 and 5 between them where there are few, at some of them only where they are more than have
/// room on an axis of `height` points.
pub(super) fn decade_marks(height: f32) -> impl Fn(GridInput) -> Vec<GridMark> {
    let most = (height / DECADE_ROOM).floor().max(2.0);
    move |input| decades(input, f64::from(most))
}

fn decades(input: GridInput, most: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = ((high - low) / most).ceil().max(1.0) as i64;
    let (first, last) = (low.floor() as i64, high.ceil() as i64);
    let first = first.div_euclid(step) * step;
    let between: &[f64] = match high - low {
        span if span > 2.2 || step > 1 => &[],
        span if span > 1.2 => &[3.0],
        _ => &[2.0, 5.0],
    };
    let mut marks = Vec::new();
    for decade in (first..=last).step_by(step as usize).take(40) {
        marks.push(GridMark {
            value: decade as f64,
            step_size: 1.0,
        });
        marks.extend(between.iter().map(|part| GridMark {
            value: decade as f64 + part.log10(),
            step_size: 0.5,
        }));
    }
    marks.retain(|mark| (low..=high).contains(&mark.value)); // their labels would stand outside the plot
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_few_and_whole() {
        for high in [10.0, 335.0, 5_000.0, 1e6] {
            let input = GridInput {
                bounds: (0.0, high),
                base_step_size: 1.0,
            };
            let marks = epoch_marks(480.0)(input);
            assert!(
                (3..=8).contains(&marks.len()),
                "{} marks to {high}",
                marks.len()
            );
            assert!(marks.iter().all(|mark| mark.value.fract() == 0.0));
        }
        let input = |low, high| GridInput {
            bounds: (low, high),
            base_step_size: 0.1,
        };
        let marks = decade_marks(200.0)(input(-3.2, 1.7));
        assert!(
            marks
                .iter()
                .all(|mark| mark.step_size == 1.0 && mark.value.fract() == 0.0)
        );
        let marks = decade_marks(200.0)(input(-0.5, 0.1));
        assert!(
            marks
                .iter()
                .filter(|mark| (-0.5..0.1).contains(&mark.value))
                .count()
                >= 2
        );
    }

    #[test]
    fn an_axis_keeps_its_numbers_however_short_it_is() {
        for size in [60.0, 120.0, 250.0, 500.0] {
            for high in [10.0, 335.0, 123_456.0] {
                let input = GridInput {
                    bounds: (0.0, high),
                    base_step_size: 1.0,
                };
                let marks = epoch_marks(size)(input);
                let room = size / (marks.len() - 1) as f32;
                assert!(
                    marks.len() >= 2 && room >= 8.0 * (high.log10().ceil() as f32 + 1.0),
                    "{size} {high}: {}",
                    marks.len()
                );
            }
            for (low, high) in [(-3.2, 1.7), (-9.0, 2.0), (-0.5, 0.1), (-38.0, 38.0)] {
                let input = GridInput {
                    bounds: (low, high),
                    base_step_size: 0.1,
                };
                let marks = decade_marks(size)(input);
                assert!(!marks.is_empty(), "{size} {low} {high}");
                let whole = marks.iter().all(|mark| mark.step_size == 1.0);
                let room = size / (marks.len() as f32 - 1.0).max(1.0);
                assert!(
                    !whole || room >= 0.8 * DECADE_ROOM,
                    "{size} {low} {high}: {}",
                    marks.len()
                );
            }
        }
    }
}
