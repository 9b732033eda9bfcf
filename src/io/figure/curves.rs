//! The cost of a run and its terms over the epochs, at print size.

use std::path::Path;

use super::{Anchor, FAINT, Figure, Form, GRID, INK, WIDTH};
use crate::io::colour_map::Rgb;
use crate::io::pixels::Pixels;
use crate::io::{IoError, history_csv};
use crate::training::record::number::short;

use history_csv::Row;

const HEIGHT: f32 = 400.0;
/// Left, top, right and bottom of the plot within the page.
const PLOT: [f32; 4] = [58.0, 40.0, WIDTH - 16.0, HEIGHT - 62.0];
const TITLE: f32 = 12.0;
const WORDS: f32 = 9.5;
/// More points than that can't be told apart.
const POINTS: usize = 2_000;
/// No axis has more decades than that: what lies below is the same as nothing.
const DECADES: f64 = 12.0;

/// A curve: its name, its colour, and what a row has of it.
type Curve = (&'static str, Rgb, fn(&Row) -> Option<f64>);

/// In the window's colours on white.
const CURVES: [Curve; 5] = [
    ("J", [32, 37, 45], |row| Some(row.total_cost)),
    ("reconstruction", [0, 100, 160], |row| {
        Some(row.reconstruction_loss)
    }),
    ("decay", [150, 88, 0], |row| Some(row.decay_penalty)),
    ("sparsity", [160, 60, 116], |row| Some(row.sparsity_penalty)),
    ("reconstruction, held out", [60, 130, 60], |row| {
        row.test_reconstruction_loss
    }),
];

/// Draws the cost and its terms over the epochs of `rows`, which increase; the costs on a logarithmic axis.
///
/// # Errors
/// There is nothing to draw; it cannot be written.
pub fn write(path: &Path, form: Form, rows: &[Row], name: &str) -> Result<(), IoError> {
    page(path, rows, name)?.write(path, form, HEIGHT)
}

/// The same as SVG within a page of HTML, which goes to `path`.
///
/// # Errors
/// There is nothing to draw.
pub(in crate::io) fn svg(path: &Path, rows: &[Row], name: &str) -> Result<String, IoError> {
    page(path, rows, name)?.svg_for(path, HEIGHT)
}

/// The same as pixels.
///
/// # Errors
/// There is nothing to draw.
pub fn pixels(rows: &[Row], name: &str) -> Result<Pixels, IoError> {
    let path = Path::new("curves");
    page(path, rows, name)?.pixels_for(path, HEIGHT)
}

fn page(path: &Path, rows: &[Row], name: &str) -> Result<Figure, IoError> {
    let value = |row: &Row, of: &Curve| (of.2)(row).filter(|v| v.is_finite() && *v > 0.0);
    let values = rows
        .iter()
        .flat_map(|row| CURVES.iter().filter_map(move |curve| value(row, curve)));
    let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let (Some(first), Some(last), true) = (rows.first(), rows.last(), high > 0.0) else {
        return Err(nothing(path));
    };
    let top = high.log10().ceil();
    let bottom = low.log10().floor().max(top - DECADES).min(top - 1.0);
    let [left, above, right, below] = PLOT;
    let (begin, end) = (
        first.epoch as f64,
        (last.epoch as f64).max(first.epoch as f64 + 1.0),
    );
    let x = |epoch: f64| left + ((epoch - begin) / (end - begin)) as f32 * (right - left);
    let y = |value: f64| {
        let part = (value.log10().max(bottom) - bottom) / (top - bottom);
        below - part as f32 * (below - above)
    };

    let mut figure = Figure::default();
    figure.text([left, 18.0], name, (TITLE, INK, Anchor::Start));
    for decade in bottom as i32..=top as i32 {
        let value = 10f64.powi(decade);
        figure.line(vec![[left, y(value)], [right, y(value)]], 0.5, GRID);
        figure.text(
            [left - 6.0, y(value)],
            short(value),
            (WORDS, FAINT, Anchor::End),
        );
    }
    for epoch in ticks(begin, end) {
        figure.line(vec![[x(epoch), above], [x(epoch), below]], 0.5, GRID);
        let at = [x(epoch), below + 1.2 * WORDS];
        figure.text(at, epoch.to_string(), (WORDS, FAINT, Anchor::Middle));
    }
    let middle = [(left + right) / 2.0, below + 2.7 * WORDS];
    figure.text(middle, "epoch", (WORDS, INK, Anchor::Middle));
    let mut entry = left;
    for curve in &CURVES {
        let drawn = draw(
            &mut figure,
            rows,
            |row| Some([x(row.epoch as f64), y(value(row, curve)?)]),
            curve.1,
        );
        if drawn {
            let line = below + 4.6 * WORDS;
            figure.line(vec![[entry, line], [entry + 18.0, line]], 1.6, curve.1);
            figure.text([entry + 23.0, line], curve.0, (WORDS, INK, Anchor::Start));
            entry += 23.0 + 0.62 * WORDS * curve.0.len() as f32 + 18.0;
        }
    }
    Ok(figure)
}

fn nothing(path: &Path) -> IoError {
    IoError::Picture {
        file: path.display().to_string(),
        problem: "no epoch has been trained, or no cost is a number".into(),
    }
}

/// Draws a line through the rows that have a `point`; one alone as a dot. Whether there is any.
fn draw(
    figure: &mut Figure,
    rows: &[Row],
    point: impl Fn(&Row) -> Option<[f32; 2]>,
    colour: Rgb,
) -> bool {
    let points: Vec<[f32; 2]> = rows.iter().filter_map(point).collect();
    let every = points.len().div_ceil(POINTS).max(1);
    let last = points.last().copied();
    // the last is always there
    let mut shown: Vec<[f32; 2]> = points.iter().copied().step_by(every).collect();
    if !(points.len().max(1) - 1).is_multiple_of(every) {
        shown.extend(last);
    }
    match shown[..] {
        [] => return false,
        [[x, y]] => figure.rectangle([x - 1.5, y - 1.5], [3.0, 3.0], colour),
        _ => figure.line(shown, 1.4, colour),
    }
    true
}

/// Round epochs, at most about eight.
fn ticks(begin: f64, end: f64) -> Vec<f64> {
    let coarse = ((end - begin) / 7.0).max(1.0);
    let decade = 10f64.powf(coarse.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|step| step * decade)
        .find(|step| *step >= coarse)
        .unwrap_or(10.0 * decade);
    let first = (begin / step).ceil();
    (0..9)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|epoch| *epoch <= end)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: u64) -> Vec<Row> {
        (1..=count)
            .map(|epoch| Row {
                epoch,
                total_cost: 10.0 / epoch as f64,
                reconstruction_loss: 5.0 / epoch as f64,
                decay_penalty: 0.0,
                sparsity_penalty: 5.0 / epoch as f64,
                test_reconstruction_loss: None,
                ..Row::default()
            })
            .collect()
    }

    #[test]
    fn what_there_is_has_a_curve_and_a_place_in_the_legend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curves.svg");
        write(&path, Form::Svg, &rows(5_000), "Bars").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for there in [
            ">J<",
            ">reconstruction<",
            ">sparsity<",
            ">epoch<",
            ">5000<",
            ">Bars<",
        ] {
            assert!(text.contains(there), "{there}");
        }
        assert!(!text.contains(">decay<") && !text.contains(">reconstruction, held out<"));
        let longest = text.lines().map(str::len).max().unwrap();
        assert!(longest < 40_000, "thinned: {longest}");
        write(&path, Form::Svg, &rows(1), "one epoch").unwrap();
        for none in [
            vec![],
            vec![Row {
                total_cost: f64::NAN,
                ..Row::default()
            }],
        ] {
            assert!(matches!(
                write(&path, Form::Svg, &none, "x"),
                Err(IoError::Picture { .. })
            ));
        }
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(1.0, 100.0), [20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(1.0, 2.0), [1.0, 2.0]);
        for end in 2..500 {
            let count = ticks(1.0, f64::from(end)).len();
            assert!((2..=8).contains(&count), "{end}: {count}");
        }
    }
}
