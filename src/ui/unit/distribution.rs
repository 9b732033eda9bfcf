//! How often the unit gives which answer over the data: a histogram, by class where the set has classes.

use egui::{Align2, Color32, Mesh, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2};

use super::shown::{Shown, waiting};
use crate::data::FittedPreparation;
use crate::lab::inspection::InspectedUnit;
use crate::model::inspection::BINS;
use crate::ui::help::Help as _;
use crate::ui::numbers;
use crate::ui::numbers::thousands;
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::widgets;

/// Room below for the axis.
const FOOT: f32 = 16.0;
/// Room at the left for the counts.
const COUNTS: f32 = 40.0;

pub(super) fn ui(ui: &mut Ui, shown: &Shown<'_>) {
    let theme = Theme::of(ui);
    let classes = shown
        .inspected
        .and_then(|inspected| inspected.classes.as_ref());
    let quiet = if classes.is_some() {
        "over the data, by class"
    } else {
        "over the data"
    };
    widgets::title_row(ui, "Activation", quiet, |_| {});
    let Some(inspected) = shown.inspected else {
        return waiting(ui, shown);
    };
    let distribution = &inspected.unit.activation;
    let (area, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let name = format!(
        "Histogram of the activation of unit {}, from {:.3} to {:.3}",
        shown.unit + 1,
        distribution.minimum,
        distribution.maximum
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, &name));
    let frame = Rect::from_min_max(
        pos2(area.left() + COUNTS, area.top()),
        pos2(area.right(), area.bottom() - FOOT),
    );
    let most = distribution.histogram.iter().copied().max().unwrap_or(0);
    ui.painter().add(bars(theme, inspected, frame, most));
    ui.painter().hline(
        frame.x_range(),
        frame.bottom(),
        Stroke::new(1.0, theme.rail),
    );
    let font = theme::regular(SMALL);
    let tone = theme.text_muted;
    let label = |at, anchor, text: String| widgets::text(ui, at, anchor, text, font.clone(), tone);
    let (low, high) = distribution.range;
    let y = frame.bottom() + 2.0;
    label(pos2(frame.left(), y), Align2::LEFT_TOP, numbers::short(low));
    label(
        pos2(frame.right(), y),
        Align2::RIGHT_TOP,
        numbers::short(high),
    );
    label(
        pos2(frame.center().x, y),
        Align2::CENTER_TOP,
        "activation a".into(),
    );
    let edge = frame.left() - 6.0;
    label(
        pos2(edge, frame.top()),
        Align2::RIGHT_TOP,
        thousands(most.into()),
    );
    label(pos2(edge, frame.bottom()), Align2::RIGHT_BOTTOM, "0".into());
    if frame.height() > 48.0 {
        label(
            pos2(edge, frame.center().y),
            Align2::RIGHT_CENTER,
            "log".into(),
        );
    }
    if let Some(classes) = classes {
        let classes = classes.iter().map(|(class, _)| *class);
        legend(ui, classes, &shown.snapshot.data.fitted, frame);
    }
    let Some(pointer) = response.hover_pos().filter(|at| frame.contains(*at)) else {
        return;
    };
    let part = (pointer.x - frame.left()) / frame.width();
    let bin = ((part * BINS as f32) as usize).min(BINS - 1);
    let width = (high - low) / BINS as f64;
    let from = low + bin as f64 * width;
    let count = distribution.histogram.get(bin).copied().unwrap_or(0);
    let mut text = format!(
        "{} of {} activations from {} to {}",
        thousands(count.into()),
        thousands(distribution.sample.count as u64),
        numbers::short(from),
        numbers::short(from + width)
    );
    for (class, counts) in classes
        .into_iter()
        .flatten()
        .filter(|(_, counts)| counts[bin] > 0)
    {
        let class = shown.snapshot.data.class_title(*class);
        text += &format!("\n{class}: {}", thousands(counts[bin].into()));
    }
    response.help_at_pointer(text);
}

/// The height of a count, of 1 at the most: logarithmic, so that the few strong answers of a sparse unit can be seen.
fn height(count: u32, most: u32) -> f32 {
    if most == 0 {
        return 0.0;
    }
    (1.0 + count as f32).ln() / (1.0 + most as f32).ln()
}

/// A bar a bin, divided among the classes in proportion to their counts.
fn bars(theme: &Theme, inspected: &InspectedUnit, frame: Rect, most: u32) -> Shape {
    let mut mesh = Mesh::default();
    let width = frame.width() / BINS as f32;
    for (bin, count) in inspected.unit.activation.histogram.iter().enumerate() {
        let left = frame.left() + bin as f32 * width;
        let bar = height(*count, most) * frame.height();
        let mut bottom = frame.bottom();
        let mut add = |part: f32, colour: Color32| {
            let corner = pos2(left, bottom - part * bar);
            let end = pos2(left + (width - 1.0).max(0.5), bottom);
            mesh.add_colored_rect(Rect::from_min_max(corner, end), colour);
            bottom = corner.y;
        };
        match &inspected.classes {
            Some(classes) if *count > 0 => {
                for (class, counts) in classes.iter().filter(|(_, counts)| counts[bin] > 0) {
                    add(counts[bin] as f32 / *count as f32, theme.class(*class));
                }
            }
            _ => add(1.0, theme.accent),
        }
    }
    Shape::mesh(mesh)
}

/// The classes' colours with their names or numbers, to the right end of the top; as many as there is room for.
fn legend(ui: &Ui, classes: impl Iterator<Item = u8>, fitted: &FittedPreparation, frame: Rect) {
    let theme = Theme::of(ui);
    let (font, tone) = (theme::regular(SMALL), theme.text_muted);
    let galley = |text: &str| widgets::galley(ui, text, font.clone(), tone);
    let more = galley("…");
    let mut entries = Vec::new();
    let mut left = frame.width();
    let mut cut = false;
    for class in classes {
        let words = galley(&short(&fitted.classes, class));
        let width = words.size().x + DOT + APART;
        if width + more.size().x > left {
            cut = true;
            break;
        }
        left -= width;
        entries.push((class, words));
    }
    let mut x = frame.left() + left - if cut { more.size().x } else { 0.0 };
    for (class, words) in entries {
        let middle = frame.top() + words.size().y / 2.0;
        let dot = pos2(x + APART + 3.5, middle);
        ui.painter().circle_filled(dot, 3.5, theme.class(class));
        x += APART + DOT;
        let width = words.size().x;
        ui.painter().galley(pos2(x, frame.top()), words, tone);
        x += width;
    }
    if cut {
        ui.painter().galley(pos2(x, frame.top()), more, tone);
    }
}

/// Before an entry of the legend; from a dot's left end to its words.
const APART: f32 = 8.0;
const DOT: f32 = 9.5;
/// So many letters of a class's name tell it from the others.
const LETTERS: usize = 14;

/// A class in the legend.
fn short(names: &[String], class: u8) -> String {
    let name = names
        .get(usize::from(class))
        .filter(|name| !name.is_empty());
    match name {
        Some(name) if name.chars().count() > LETTERS => {
            let start: String = name.chars().take(LETTERS - 1).collect();
            format!("{}…", start.trim_end())
        }
        Some(name) => name.clone(),
        None => class.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{height, short};

    #[test]
    fn a_class_has_its_name_or_its_number() {
        let names = ["red", "", "a_very_long_name_of_a_class"].map(str::to_owned);
        let said = [0, 1, 2, 3].map(|class| short(&names, class));
        assert_eq!(said, ["red", "1", "a_very_long_n…", "3"]);
    }

    #[test]
    fn a_single_answer_can_be_seen_beside_thousands() {
        assert_eq!(
            (height(0, 9000), height(9000, 9000), height(0, 0)),
            (0.0, 1.0, 0.0)
        );
        assert!(height(1, 9000) > 0.05);
    }
}
