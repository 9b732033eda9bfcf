//! The verdict: in words, as a point on the way from the covariance to another seed, and what was compared.

use egui::{Align2, Color32, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::lab::View;
use crate::lab::compare::{Compared, Side};
use crate::model::matching::{Baselines, Judgement, Matching, Verdict};
use crate::ui::help::Help as _;
use crate::ui::numbers::thousands;
use crate::ui::theme::{self, BODY, GRID, SMALL, TITLE, Theme};
use crate::ui::widgets::{self, muted};

const ROW: f32 = 36.0;
/// Of a row, from its bottom.
const AXIS: f32 = 8.0;
/// Radius of the point, and of one run of a baseline.
const POINT: f32 = 6.0;
const RUN: f32 = 3.5;

pub(super) fn ui(ui: &mut Ui, view: &View<'_>) {
    let theme = Theme::of(ui);
    let Some(compared) = view.run.compared.found() else {
        return;
    };
    let comparison = &compared.comparison;
    let baselines = comparison.baselines();
    let judgement = comparison.judgement();
    ui.add_space(GRID / 2.0);
    if let Some(judgement) = &judgement {
        let words = RichText::new(headline(judgement.verdict)).font(theme::bold(TITLE));
        ui.label(words.color(theme.text_strong));
        ui.add_space(GRID / 2.0);
    }
    scale(ui, compared, &baselines, judgement.as_ref());
    if let Some(sentence) = comparison.sentence() {
        ui.add_space(GRID / 2.0);
        ui.label(RichText::new(sentence).size(BODY).color(theme.text));
    }
    if let Some(why) = comparison.failure() {
        let words = RichText::new(format!("No verdict: {why}")).size(BODY);
        ui.label(words.color(theme.dead));
    }
    ui.add_space(GRID / 2.0);
    let stale = view
        .run
        .snapshot
        .as_deref()
        .is_none_or(|snapshot| snapshot.run != compared.run);
    for line in account(compared, stale) {
        ui.label(muted(ui, line));
    }
}

fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Similar => "Similar detectors",
        Verdict::Partly => "Partly similar",
        Verdict::Covariance => "No more than the covariance gives",
        Verdict::Unresolved => "It cannot be told",
    }
}

/// Which runs they were.
fn account(compared: &Compared, stale: bool) -> Vec<String> {
    let side = |side: &Side| {
        format!(
            "{} ({} samples), seed {}, {} epochs",
            side.name,
            thousands(side.samples as u64),
            side.seed,
            thousands(side.epochs)
        )
    };
    let whose = if stale { "An earlier run" } else { "This run" };
    let [others, noise] = compared.comparison.seeds().map(|seeds| {
        let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
        seeds.join(", ")
    });
    let (name, epochs) = (&compared.first.name, thousands(compared.epochs));
    let mut lines = vec![
        format!("{whose}: {}.", side(&compared.first)),
        format!("Second: {}.", side(&compared.second)),
        format!("Other seeds: {name}, seeds {others}, {epochs} epochs each."),
        format!(
            "Covariance: Gaussian noise with that of {name}, seeds {noise}, {epochs} epochs each."
        ),
    ];
    if compared.steered {
        lines.push(
            "This run's settings were changed during training; the others used the final ones throughout."
                .into(),
        );
    }
    lines
}

/// One line of the scale: its words, its number, and where its points lie.
struct Line {
    words: String,
    value: f64,
    points: Vec<f64>,
    /// Low and high.
    bar: Option<(f64, f64)>,
    colour: Color32,
    radius: f32,
}

/// All similarities on one axis: the way from the covariance to another seed is shaded.
fn scale(ui: &mut Ui, compared: &Compared, baselines: &Baselines, judgement: Option<&Judgement>) {
    let theme = Theme::of(ui);
    let (floor, ceiling) = (baselines.floor(), baselines.ceiling());
    let way = floor.zip(ceiling);
    let similarity = compared.comparison.matching.similarity;
    let interval = judgement.and_then(|judgement| judgement.interval);
    let interval = interval.zip(way).map(|([low, high], (floor, ceiling))| {
        let at = |fraction: f64| floor + fraction * (ceiling - floor);
        (at(low), at(high))
    });
    let runs = |runs: &[Matching]| runs.iter().map(|run| run.similarity).collect::<Vec<f64>>();
    let mut lines = vec![Line {
        words: format!("{} and {}", compared.first.name, compared.second_name()),
        value: similarity,
        points: vec![similarity],
        bar: interval,
        colour: theme.accent,
        radius: POINT,
    }];
    let [others, noise] = compared.comparison.seeds().map(|seeds| seeds.len());
    let so_far = |count: usize, all: usize| {
        if count < all {
            format!(", {count} of {all} runs")
        } else {
            String::new()
        }
    };
    if let Some(value) = ceiling {
        let points = runs(&baselines.other_seed);
        lines.push(Line {
            words: format!("another seed{}", so_far(points.len(), others)),
            value,
            points,
            bar: None,
            colour: theme.text_muted,
            radius: RUN,
        });
    }
    if let Some(value) = floor {
        let points = runs(&baselines.covariance);
        lines.push(Line {
            words: format!("noise, same covariance{}", so_far(points.len(), noise)),
            value,
            points,
            bar: None,
            colour: theme.text_muted,
            radius: RUN,
        });
    }
    if let Some(scrambled) = baselines.scrambled {
        let reach = scrambled.threshold() - scrambled.similarity;
        lines.push(Line {
            words: compared.comparison.scrambled_words().to_owned(),
            value: scrambled.similarity,
            points: Vec::new(),
            bar: Some((scrambled.similarity - reach, scrambled.similarity + reach)),
            colour: theme.text_muted,
            radius: RUN,
        });
    }
    let (low, high) = reach(&lines);
    let width = ui.available_width();
    let size = vec2(width, lines.len() as f32 * ROW);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    let margin = POINT + 1.0;
    let x = |value: f64| {
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        area.left() + margin + part * (width - 2.0 * margin)
    };
    for (index, line) in lines.iter().enumerate() {
        let top = area.top() + index as f32 * ROW;
        let row = Rect::from_min_size(pos2(area.left(), top), vec2(width, ROW));
        let y = row.bottom() - AXIS;
        ui.painter()
            .hline(row.x_range(), y, Stroke::new(1.0, theme.rail));
        if let Some((floor, ceiling)) = way
            && ceiling > floor
        {
            let shade = Rect::from_x_y_ranges(x(floor)..=x(ceiling), y - POINT..=y + POINT);
            ui.painter()
                .rect_filled(shade, 0.0, theme.accent.gamma_multiply(0.25));
        }
        if let Some((low, high)) = line.bar {
            let stroke = Stroke::new(2.5, line.colour);
            ui.painter().hline(x(low)..=x(high), y, stroke);
            for end in [low, high] {
                ui.painter().vline(x(end), y - RUN..=y + RUN, stroke);
            }
        }
        for value in &line.points {
            ui.painter()
                .circle_filled(pos2(x(*value), y), line.radius, line.colour);
        }
        label(ui, row, line, index);
    }
}

/// The words and the number above a row, and its name for those who can't see it.
fn label(ui: &Ui, row: Rect, line: &Line, index: usize) {
    let theme = Theme::of(ui);
    let name = format!("{}: mean |cos| {:.3}", line.words, line.value);
    let id = ui.scope_id().with(("similarity", index));
    let response = ui.interact(row, id, Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, true, &name);
        info.value = Some(line.value);
        info
    });
    let number = widgets::text(
        ui,
        row.right_top(),
        Align2::RIGHT_TOP,
        format!("{:.3}", line.value),
        theme::bold(BODY),
        theme.text,
    );
    let room = number.left() - GRID - row.left();
    let font = theme::regular(SMALL);
    let galley = widgets::elided(ui, &line.words, font, theme.text_muted, room);
    ui.painter()
        .galley(row.left_top() + vec2(0.0, 2.0), galley, theme.text_muted);
    response.help(name);
}

/// The least and the greatest value of all points, with some room; bars may be cut.
fn reach(lines: &[Line]) -> (f64, f64) {
    let values = lines.iter().flat_map(|line| {
        let of_bar = line.points.is_empty().then_some(line.bar).flatten();
        let ends = of_bar.map(|(low, high)| [low, high]);
        line.points
            .iter()
            .copied()
            .chain(ends.into_iter().flatten())
    });
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let room = (0.25 * (high - low)).max(0.02);
    (low - room, high + room)
}
