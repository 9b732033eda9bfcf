//! The import sheet's choices about reading: what each column of a table is for, what becomes of gaps, and whether rows
//! or columns are the samples.

use egui::{
    Align, Color32, Id, Label, Layout, Rect, ScrollArea, Sense, TextEdit, Ui, UiBuilder, vec2,
};

use super::import_option::{option, title};
use super::numbers::thousands;
use super::theme::{self, BODY, GRID};
use super::widgets::{self, muted};
use crate::data::{DataSpec, Incomplete};
use crate::lab::import::Import;
use crate::lab::reading::Pick;

/// Columns beyond these nobody goes through by hand: a part of the name finds any.
const MOST: usize = 60;
/// From so many columns on there is a field to find one by its name.
const MANY: usize = 16;
/// Of a row of the list, the gap below it included.
const ROW: f32 = 28.0;
/// Rows that are shown at once.
const ROWS: f32 = 5.0;
/// What a column can be for.
const PICKS: [&str; 3] = ["use", "label", "leave out"];

pub fn reading(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    orientation(ui, import, spec);
    if import.columns() > 0 && !import.is_turned() {
        columns(ui, import, spec);
    }
    incomplete(ui, import, spec);
}

fn orientation(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    let Some(ways) = import.ways_round() else {
        return;
    };
    title(ui, "Samples are");
    ui.horizontal_wrapped(|ui| {
        for (turned, name) in [(false, "rows"), (true, "columns")] {
            let (m, n) = ways[usize::from(turned)];
            let text = format!("{name} ({} × {})", thousands(m as u64), thousands(n as u64));
            let hover =
                format!("The {name} of the matrix are the samples: so many, of so many values");
            let chosen = import.is_turned() == turned;
            if option(ui, "Samples are", &text, &hover, chosen, None) {
                *spec = import.with_columns_as_samples(turned);
            }
        }
    });
}

fn columns(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    title(ui, "Columns");
    let picks = import.picks();
    let sought = if picks.len() >= MANY {
        find(ui, &import.found().name)
    } else {
        String::new()
    };
    let named = |place: &usize| column_name(import, *place).to_lowercase().contains(&sought);
    let found: Vec<usize> = (0..picks.len()).filter(named).collect();
    let shown = found.len().min(MOST);
    if shown == 0 {
        ui.label(muted(ui, "No column has this in its name."));
        return;
    }
    let area = ScrollArea::vertical()
        .id_salt("columns of the table")
        .max_height(ROWS * ROW)
        .auto_shrink([false, true]);
    let width = ui.available_width() - 1.5 * GRID; // beside the scroll bar
    widgets::whole_lines(ui, |ui| {
        let output = area.show(ui, |ui| {
            ui.set_width(width);
            ui.add_space(2.0); // a first row at the very edge would be taken for one that is cut
            for place in found.iter().copied().take(shown) {
                column(ui, import, (place, picks[place], width), spec);
            }
            super::focus::into_view(ui);
        });
        output.inner_rect
    });
    let more = found.len() - shown;
    if more > 0 {
        let words = format!(
            "and {} more: type a part of a name above to see them",
            thousands(more as u64)
        );
        ui.add(Label::new(muted(ui, words)).wrap());
    }
}

/// What is sought in the names of the columns of `file`, in small letters.
fn find(ui: &mut Ui, file: &str) -> String {
    let id = Id::unique(("columns sought", file));
    let mut sought: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let field = TextEdit::singleline(&mut sought)
        .hint_text("find a column")
        .desired_width(f32::INFINITY);
    let field = ui.add(field).accessible_name("Find a column");
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, sought.clone()));
    }
    sought.trim().to_lowercase()
}

/// A column's name, or its place from 0, as the command line counts.
fn column_name(import: &Import, place: usize) -> String {
    let read = import.understood();
    let column = read.and_then(|read| read.columns.get(place));
    match column {
        Some(column) if !column.name.is_empty() => column.name.clone(),
        _ => format!("column {place}"),
    }
}

fn column(
    ui: &mut Ui,
    import: &Import,
    (place, pick, width): (usize, Pick, f32),
    spec: &mut DataSpec,
) {
    let Some(read) = import.understood() else {
        return;
    };
    let name = column_name(import, place);
    let numeric = read.columns.get(place).is_some_and(|column| column.numeric);
    let (row, _) = ui.allocate_exact_size(vec2(width, ROW - GRID / 2.0), Sense::hover());
    let part = |ui: &mut Ui, rect: Rect| {
        let layout = Layout::left_to_right(Align::Center);
        ui.new_child(UiBuilder::new().max_rect(rect).layout(layout))
    };
    let middle = row.right() - picks_width(ui);
    // what does not fit is shown whole on hover
    part(ui, row.with_max_x(middle - GRID / 2.0)).add(Label::new(muted(ui, &name)).truncate());
    let mut picks = part(ui, row.with_min_x(middle));
    let not_numbers = (!numeric).then_some("It does not hold numbers alone.");
    for (other, text, hover, refused) in [
        (
            Pick::Use,
            PICKS[0],
            "One of the values of a sample",
            not_numbers,
        ),
        (
            Pick::Label,
            PICKS[1],
            "The class of a sample: it colours corners and is not learned from",
            None,
        ),
        (Pick::LeaveOut, PICKS[2], "Not read", None),
    ] {
        if option(&mut picks, &name, text, hover, pick == other, refused) {
            *spec = import.with_pick(place, other);
        }
    }
}

/// What the three choices of a column take.
fn picks_width(ui: &Ui) -> f32 {
    let spacing = ui.spacing();
    let width = |text: &str| {
        let font = theme::regular(BODY);
        widgets::galley(ui, text, font, Color32::PLACEHOLDER)
            .size()
            .x
    };
    let words: f32 = PICKS.iter().map(|text| width(text)).sum();
    words + 6.0 * spacing.button_padding.x + 2.0 * spacing.item_spacing.x + GRID / 2.0
}

fn incomplete(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    if !import.has_gaps() {
        return;
    }
    title(ui, "Missing values");
    ui.horizontal_wrapped(|ui| {
        for (incomplete, text, hover) in [
            (
                Incomplete::LeaveOut,
                "leave rows out",
                "Rows in which a value is missing are not read",
            ),
            (
                Incomplete::FillMean,
                "fill with mean",
                "The mean of a column's values stands for those that are missing",
            ),
        ] {
            let chosen = import.incomplete() == incomplete;
            if option(ui, "Missing values", text, hover, chosen, None) {
                *spec = import.with_incomplete(incomplete);
            }
        }
    });
}
