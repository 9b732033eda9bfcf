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

/// Marks at multiples of 1, 2 or 5 × 10^k epochs, at most about seven.
pub(super) fn epoch_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = nice_step(((high - low) / 7.0).max(1.0));
    let first = (low / step).ceil().max(0.0) as u64;
    let last = (high / step).floor().max(0.0) as u64;
    (first..=last.min(first + 20))
        .map(|i| GridMark {
            value: i as f64 * step,
            step_size: step,
        })
        .collect()
}

/// Marks at the decades, and at 2 and 5 between them where there are few.
pub(super) fn decade_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let (first, last) = (low.floor() as i64, high.ceil() as i64);
    let between: &[f64] = match high - low {
        span if span > 2.2 => &[],
        span if span > 1.2 => &[3.0],
        _ => &[2.0, 5.0],
    };
    let mut marks = Vec::new();
    for decade in first..=last.min(first + 40) {
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
            let marks = epoch_marks(GridInput {
                bounds: (0.0, high),
                base_step_size: 1.0,
            });
            assert!(
                (3..=8).contains(&marks.len()),
                "{} marks to {high}",
                marks.len()
            );
            assert!(marks.iter().all(|mark| mark.value.fract() == 0.0));
        }
        let marks = decade_marks(GridInput {
            bounds: (-3.2, 1.7),
            base_step_size: 0.1,
        });
        assert!(
            marks
                .iter()
                .all(|mark| mark.step_size == 1.0 && mark.value.fract() == 0.0)
        );
        let marks = decade_marks(GridInput {
            bounds: (-0.5, 0.1),
            base_step_size: 0.1,
        });
        assert!(
            marks
                .iter()
                .filter(|mark| (-0.5..0.1).contains(&mark.value))
                .count()
                >= 2
        );
    }
}
