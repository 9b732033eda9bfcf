//! The picture itself.

use super::super::canvas::{Canvas, Piece};
use super::super::colour_map::{Rgb, lightness, sequential};
use super::layout::{Sides, settings, stride, wrapped};
use super::scale::{Shade, ValueScale};
use crate::training::sweep::{Cell, Map, Measure};

const BACKGROUND: Rgb = [255; 3];
const INK: Rgb = [24, 28, 34];
const FAINT: Rgb = [84, 92, 104];
/// A cell of which nothing is known yet, and one whose runs have all diverged.
const UNKNOWN: Rgb = [226, 230, 236];
const LOST: Rgb = [176, 182, 190];
/// The law's line: no colour of the scale is near it.
const LAW: Rgb = [214, 30, 44];

const TITLE: f32 = 19.0;
const LABEL: f32 = 15.0;
const SMALL: f32 = 13.0;
const MARGIN: usize = 18;
/// From one line of words to the next.
const LINE: usize = 23;
/// The colour scale beside the map.
const SCALE_WIDTH: usize = 18;
const SCALE_STEPS: usize = 240;
/// Words under the map fill at least this width.
const NARROWEST: usize = 470;

/// What the marks in the legend mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Law,
    Falling,
    Diverged,
    Without,
    Unknown,
}

/// The map with its words; `None` if it would be too large.
pub(super) fn painted(map: &Map, measure: Measure, data: &str) -> Option<Canvas> {
    let sides = Sides::of(map.plan());
    let (columns, rows) = sides.size();
    let cells: Vec<Cell> = (0..columns * rows)
        .map(|index| map.gathered(sides.runs(index % columns, index / columns), measure))
        .collect();
    let scale = ValueScale::of(map, measure, &cells);
    let cell = sides.cell();
    // measured on a canvas of nothing
    let ruler = Canvas::new(1, 1, BACKGROUND)?;
    let widest = |texts: &[String], size: f32| {
        let widths = texts.iter().map(|text| ruler.text_width(text, size));
        widths.fold(0.0, f32::max).ceil() as usize
    };
    let (along, up) = (sides.labels(false), sides.labels(true));
    let [title_along, title_up] = sides.titles();
    let ticks = scale.ticks();
    let tick_texts: Vec<String> = ticks.iter().map(|(_, text)| text.clone()).collect();
    let left = MARGIN + widest(&up, SMALL) + 10;
    let (width, height) = (columns * cell, rows * cell);
    let beside = MARGIN + SCALE_WIDTH + 8 + widest(&tick_texts, SMALL) + MARGIN;
    let total = (left + width + beside).max(NARROWEST + 2 * MARGIN);
    let room = (total - 2 * MARGIN) as f32;
    let between = " · ";
    let heading = wrapped(
        &[map.title(measure), data.to_owned()],
        between,
        room,
        |text| ruler.text_width(text, TITLE),
    );
    let said = wrapped(&settings(map), between, room, |text| {
        ruler.text_width(text, LABEL)
    });
    let lines = map.law();
    let legend = legend(&cells, !lines.is_empty());
    let without = match measure {
        Measure::Epochs => "did not come to the goal",
        _ => "has no such value",
    };
    let top = MARGIN + LINE * (heading.len() + said.len() + 1) + 14;
    let below = 10 + 2 * LINE + LINE * legend.len() + MARGIN;
    // a low map has room for its scale nevertheless
    let high = height.max(120);
    let mut canvas = Canvas::new(total, top + high + below, BACKGROUND)?;

    let mut y = (MARGIN + LINE / 2) as f32;
    for (text, size, colour) in heading
        .iter()
        .map(|text| (text, TITLE, INK))
        .chain(said.iter().map(|text| (text, LABEL, FAINT)))
    {
        canvas.text([MARGIN as f32, y], text, size, colour);
        y += LINE as f32;
    }
    canvas.text(
        [MARGIN as f32, (top - LINE / 2 - 4) as f32],
        title_up,
        LABEL,
        INK,
    );

    let bottom = top + height;
    let corner = |column: usize, row: usize| (left + column * cell, bottom - (row + 1) * cell);
    for (index, shown) in cells.iter().enumerate() {
        let (column, row) = (index % columns, index / columns);
        let colour = colour_of(&scale, shown);
        canvas.fill(corner(column, row), (cell, cell), colour);
        mark(&mut canvas, corner(column, row), cell, shown, colour);
    }
    canvas.frame((left - 1, top - 1), (width + 2, height + 2), INK);
    for line in lines {
        let points: Vec<[f32; 2]> = line
            .iter()
            .map(|point| {
                let [x, y] = sides.point(*point);
                [
                    left as f32 + x as f32 * cell as f32,
                    bottom as f32 - y as f32 * cell as f32,
                ]
            })
            .collect();
        law_line(&mut canvas, &points);
    }
    for (index, shown) in cells.iter().enumerate() {
        let at = corner(index % columns, index / columns);
        let colour = colour_of(&scale, shown);
        number(&mut canvas, at, cell, shown, measure, colour);
    }

    let every = stride(widest(&along, SMALL) as f32 + 12.0, cell);
    for (column, text) in along.iter().enumerate().step_by(every) {
        let middle = left as f32 + (column as f32 + 0.5) * cell as f32;
        let x = middle - canvas.text_width(text, SMALL) / 2.0;
        canvas.text([x, (bottom + 14) as f32], text, SMALL, INK);
    }
    let every = stride(SMALL + 5.0, cell);
    for (row, text) in up.iter().enumerate().step_by(every) {
        let middle = bottom as f32 - (row as f32 + 0.5) * cell as f32;
        let x = (left - 8) as f32 - canvas.text_width(text, SMALL);
        canvas.text([x, middle], text, SMALL, INK);
    }
    let x = (left + width) as f32 - canvas.text_width(title_along, LABEL);
    let x = x.max(left as f32);
    canvas.text([x, (bottom + 14 + LINE) as f32], title_along, LABEL, INK);

    colour_scale(&mut canvas, (left + width + MARGIN, top), high, &ticks);
    let first = top + high + 10 + 2 * LINE + LINE / 2;
    for (index, entry) in legend.iter().enumerate() {
        legend_line(&mut canvas, first + index * LINE, *entry, without);
    }
    Some(canvas)
}

fn colour_of(scale: &ValueScale, cell: &Cell) -> Rgb {
    match scale.shade(cell) {
        Shade::Unknown => UNKNOWN,
        Shade::Lost => LOST,
        Shade::Part(part) => sequential(part as f32),
    }
}

/// Black or white, whatever is read better on `colour`.
fn contrast(colour: Rgb) -> Rgb {
    if lightness(colour) > 125.0 {
        INK
    } else {
        [255; 3]
    }
}

/// A corner where J still falls, a cross where a run diverged.
fn mark(canvas: &mut Canvas, at: (usize, usize), cell: usize, shown: &Cell, colour: Rgb) {
    let ink = contrast(colour);
    if shown.unconverged > 0 {
        falling(canvas, (at.0 + cell, at.1), (cell / 4).max(1), ink);
    }
    if shown.diverged > 0 {
        cross(canvas, at, cell, ink);
    }
}

/// A triangle of `side` pixels with its right angle at the upper right corner of a cell, (`right`, `y`).
fn falling(canvas: &mut Canvas, (right, y): (usize, usize), side: usize, ink: Rgb) {
    for row in 0..side {
        let width = side - row;
        canvas.fill((right - width, y + row), (width, 1), ink);
    }
}

fn cross(canvas: &mut Canvas, (x, y): (usize, usize), cell: usize, ink: Rgb) {
    let (x, y, side) = (x as f32, y as f32, cell as f32);
    let (low, high) = (0.3 * side, 0.7 * side);
    let thick = (side / 20.0).clamp(1.0, 2.5);
    canvas.line(&[[x + low, y + low], [x + high, y + high]], thick, ink);
    canvas.line(&[[x + low, y + high], [x + high, y + low]], thick, ink);
}

fn law_line(canvas: &mut Canvas, points: &[[f32; 2]]) {
    canvas.line(points, 6.0, [255; 3]);
    canvas.line(points, 3.0, LAW);
}

/// The cell's value, where it has room; over the line it keeps a rim of the cell's colour.
fn number(
    canvas: &mut Canvas,
    (x, y): (usize, usize),
    cell: usize,
    shown: &Cell,
    measure: Measure,
    colour: Rgb,
) {
    let Some(value) = shown.value.filter(|_| shown.diverged == 0) else {
        return;
    };
    let text = measure.text(value);
    let width = canvas.text_width(&text, SMALL);
    if width + 8.0 > cell as f32 || (cell as f32) < 2.0 * SMALL {
        return;
    }
    let half = cell as f32 / 2.0;
    let (left, middle) = (x as f32 + half - width / 2.0, y as f32 + half);
    for (dx, dy) in [
        (-1.5, 0.0),
        (1.5, 0.0),
        (0.0, -1.5),
        (0.0, 1.5),
        (-1.0, -1.0),
        (1.0, 1.0),
        (-1.0, 1.0),
        (1.0, -1.0),
    ] {
        canvas.text([left + dx, middle + dy], &text, SMALL, colour);
    }
    canvas.text([left, middle], &text, SMALL, contrast(colour));
}

fn colour_scale(canvas: &mut Canvas, (x, y): (usize, usize), high: usize, ticks: &[(f64, String)]) {
    let high = high.min(SCALE_STEPS);
    for step in 0..high {
        let part = 1.0 - (step as f32 + 0.5) / high as f32;
        canvas.fill((x, y + step), (SCALE_WIDTH, 1), sequential(part));
    }
    canvas.frame((x - 1, y - 1), (SCALE_WIDTH + 2, high + 2), INK);
    for (part, text) in ticks {
        let at = y as f32 + (1.0 - *part as f32) * high as f32;
        canvas.fill(
            (
                x + SCALE_WIDTH,
                (at as usize).saturating_sub(usize::from(*part == 0.0)),
            ),
            (4, 1),
            INK,
        );
        canvas.text([(x + SCALE_WIDTH + 8) as f32, at], text, SMALL, INK);
    }
}

/// The marks that are on the map.
fn legend(cells: &[Cell], law: bool) -> Vec<Mark> {
    let any = |is: fn(&Cell) -> bool| cells.iter().any(is);
    [
        (Mark::Law, law),
        (Mark::Falling, any(|cell| cell.unconverged > 0)),
        (Mark::Diverged, any(|cell| cell.diverged > 0)),
        (
            Mark::Without,
            any(|cell| cell.value.is_none() && cell.without > 0),
        ),
        (Mark::Unknown, any(|cell| cell.trained == 0)),
    ]
    .into_iter()
    .filter_map(|(mark, there)| there.then_some(mark))
    .collect()
}

fn legend_line(canvas: &mut Canvas, y: usize, entry: Mark, without: &str) {
    const SWATCH: usize = 16;
    let (x, top) = (MARGIN, y - SWATCH / 2);
    let words: &[Piece<'_>] = match entry {
        Mark::Law => {
            let y = y as f32;
            law_line(canvas, &[[x as f32, y], [(x + 2 * SWATCH) as f32, y]]);
            &[
                ("λ", false),
                ("c", true),
                (" of the law: above it a dead net stays dead", false),
            ]
        }
        Mark::Falling => {
            let colour = sequential(0.75);
            canvas.fill((x + SWATCH / 2, top), (SWATCH, SWATCH), colour);
            let right = x + SWATCH / 2 + SWATCH;
            falling(canvas, (right, top), SWATCH * 5 / 8, contrast(colour));
            &[("not converged: J still falls", false)]
        }
        Mark::Diverged => {
            canvas.fill((x + SWATCH / 2, top), (SWATCH, SWATCH), LOST);
            cross(
                canvas,
                (x + SWATCH / 2 - 4, top - 4),
                SWATCH + 8,
                contrast(LOST),
            );
            &[("diverged: the cost became infinite", false)]
        }
        Mark::Without => {
            canvas.fill((x + SWATCH / 2, top), (SWATCH, SWATCH), LOST);
            &[(without, false)]
        }
        Mark::Unknown => {
            canvas.fill((x + SWATCH / 2, top), (SWATCH, SWATCH), UNKNOWN);
            canvas.frame((x + SWATCH / 2, top), (SWATCH, SWATCH), FAINT);
            &[("not trained yet", false)]
        }
    };
    canvas.pieces([(x + 2 * SWATCH + 10) as f32, y as f32], words, LABEL, INK);
}
