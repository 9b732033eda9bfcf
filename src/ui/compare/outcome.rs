//! The verdict: a sentence, the similarity against its two baselines, and what was compared.

use egui::{Align2, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::lab::View;
use crate::lab::compare::{Compared, Side};
use crate::ui::help::Help as _;
use crate::ui::numbers::thousands;
use crate::ui::theme::{self, BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};

const ROW: f32 = 34.0;
const BAR: f32 = 8.0;

pub(super) fn ui(ui: &mut Ui, view: &View<'_>) {
    let theme = Theme::of(ui);
    let Some(compared) = view.run.compared.result() else {
        return;
    };
    ui.add_space(GRID / 2.0);
    let sentence = compared.comparison.sentence();
    ui.label(RichText::new(sentence).size(BODY).color(theme.text_strong));
    ui.add_space(GRID / 2.0);
    let comparison = &compared.comparison;
    let scrambled = comparison.scrambled;
    bar(
        ui,
        &format!("{} and {}", compared.first.name, second_name(compared)),
        comparison.matching.similarity,
        theme.accent,
        None,
    );
    if let Some(other) = comparison.other_seed {
        let words = format!("{}, another seed", compared.first.name);
        bar(ui, &words, other, theme.text_muted, None);
    }
    let chance = Some(scrambled.threshold());
    let words = format!(
        "scrambled phases ±{:.2}; chance ends at the mark",
        scrambled.standard_deviation
    );
    bar(ui, &words, scrambled.similarity, theme.text_muted, chance);
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

fn second_name(compared: &Compared) -> String {
    if compared.second.name == compared.first.name {
        format!("seed {}", compared.second.seed)
    } else {
        compared.second.name.clone()
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
    let mut lines = vec![
        format!("{whose}: {}.", side(&compared.first)),
        format!("Second: {}.", side(&compared.second)),
        format!("Other seed: {}.", side(&compared.other_seed)),
    ];
    if compared.steered {
        lines.push(
            "This run's settings were changed during training; the others used the final ones throughout."
                .into(),
        );
    }
    lines
}

/// A similarity in [0, 1] under its words, `mark`ed where chance ends.
fn bar(ui: &mut Ui, words: &str, value: f64, colour: egui::Color32, mark: Option<f64>) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let name = format!("{words}: mean |cos| {value:.2}");
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, true, &name);
        info.value = Some(value);
        info
    });
    let number = widgets::text(
        ui,
        rect.right_top(),
        Align2::RIGHT_TOP,
        format!("{value:.2}"),
        theme::bold(BODY),
        theme.text,
    );
    let room = number.left() - GRID - rect.left();
    let mut job = egui::text::LayoutJob::simple_singleline(
        words.to_owned(),
        theme::regular(SMALL),
        theme.text_muted,
    );
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = ui.painter().layout_job(job);
    ui.painter()
        .galley(rect.left_top() + vec2(0.0, 2.0), galley, theme.text_muted);
    let rail = Rect::from_min_max(pos2(rect.left(), rect.bottom() - BAR - 4.0), rect.max)
        .with_max_y(rect.bottom() - 4.0);
    ui.painter().rect_filled(rail, 2.0, theme.line);
    let x = |value: f64| rail.left() + rail.width() * value.clamp(0.0, 1.0) as f32;
    ui.painter()
        .rect_filled(rail.with_max_x(x(value)), 2.0, colour);
    if let Some(mark) = mark {
        let line = egui::Stroke::new(2.0, theme.text_strong);
        let y = rail.y_range().expand(2.0);
        ui.painter().vline(x(mark), y, line);
    }
    response.help(name);
}
