//! What the marks on the map mean.

use egui::epaint::Mesh;
use egui::{Rect, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

use super::cells::{colour, cross, falling, law_line};
use crate::io::colour_map::sequential;
use crate::io::sweep_map::Shade;
use crate::lab::map_state::Mapped;
use crate::training::sweep::Measure;
use crate::ui::help::Help as _;
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets;

/// Of an entry.
const HEIGHT: f32 = 18.0;
const SWATCH: f32 = 14.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Law,
    Falling,
    Diverged,
    Without,
    Unknown,
}

/// All that there may be: so nothing moves as the cells come in.
fn marks(mapped: &Mapped, measure: Measure) -> Vec<(Mark, &'static str, &'static str)> {
    let mut marks = Vec::new();
    if !mapped.map.law().is_empty() {
        marks.push((
            Mark::Law,
            "λ = λ_c",
            "The law of the cliff: above it a dead net stays dead. Nets that begin alive can hold on somewhat above it",
        ));
    }
    marks.push((
        Mark::Falling,
        "J still falls",
        "Not converged: over the last tenth of its epochs, J of a run fell by more than a thousandth of itself",
    ));
    marks.push((
        Mark::Diverged,
        "diverged",
        "The cost of a run became infinite, and it stopped there",
    ));
    if measure == Measure::Epochs {
        marks.push((
            Mark::Without,
            "not reached",
            "No run of the cell came to the goal within its epochs",
        ));
    }
    marks.push((
        Mark::Unknown,
        "not trained yet",
        "No run of the cell has come to its end",
    ));
    marks
}

fn width(ui: &Ui, words: &str) -> f32 {
    SWATCH + 6.0 + widgets::width(ui, words) + 1.5 * GRID
}

/// How high it is in a row of `room` points.
pub(super) fn height(ui: &Ui, mapped: &Mapped, measure: Measure, room: f32) -> f32 {
    let (mut rows, mut used) = (1, 0.0);
    for (_, words, _) in marks(mapped, measure) {
        let wide = width(ui, words);
        if used > 0.0 && used + wide > room {
            (rows, used) = (rows + 1, 0.0);
        }
        used += wide;
    }
    rows as f32 * HEIGHT
}

pub(super) fn ui(ui: &mut Ui, mapped: &Mapped, measure: Measure, place: Rect) {
    let mut at = place.min;
    for (mark, words, about) in marks(mapped, measure) {
        let wide = width(ui, words);
        if at.x > place.left() && at.x + wide > place.right() {
            at = pos2(place.left(), at.y + HEIGHT);
        }
        let rect = Rect::from_min_size(at, vec2(wide - 1.5 * GRID, HEIGHT));
        entry(ui, rect, mark, words, about);
        at.x += wide;
    }
}

fn entry(ui: &mut Ui, rect: Rect, mark: Mark, words: &str, about: &str) {
    let theme = Theme::of(ui);
    let middle = pos2(rect.left() + SWATCH / 2.0, rect.center().y);
    let swatch = Rect::from_center_size(middle, vec2(SWATCH, SWATCH));
    let ground = match mark {
        Mark::Law => None,
        Mark::Falling | Mark::Diverged => Some(Theme::rgb(sequential(0.6))),
        Mark::Without => Some(colour(theme, Shade::Lost)),
        Mark::Unknown => Some(colour(theme, Shade::Unknown)),
    };
    let mut mesh = Mesh::default();
    if let Some(ground) = ground {
        mesh.add_colored_rect(swatch, ground);
        if mark == Mark::Falling {
            falling(&mut mesh, swatch, 8.0, Theme::ink_on(ground));
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    match (mark, ground) {
        (Mark::Law, _) => law_line(ui, vec![swatch.left_center(), swatch.right_center()]),
        (Mark::Diverged, Some(ground)) => {
            ui.painter().extend(cross(swatch, Theme::ink_on(ground)));
        }
        _ => {}
    }
    let galley = widgets::galley(ui, words, theme::regular(SMALL), theme.text_muted);
    let at = pos2(
        swatch.right() + 6.0,
        rect.center().y - galley.size().y / 2.0,
    );
    ui.painter().galley(at, galley, theme.text_muted);
    let response = ui.interact(rect, ui.scope_id().with(words), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response.help(about);
}
