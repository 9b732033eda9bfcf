//! The heat map: what it shows is chosen over it, what a cell came to is said under it.

use egui::{
    ComboBox, EventFilter, Key, Label, PointerButton, Rect, Response, RichText, Role, Sense,
    Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::frame::{LINE, MapFrame};
use super::{cells, detail, legend};
use crate::io::sweep_map::{Sides, ValueScale, settings};
use crate::lab::map::MapAction;
use crate::lab::map_state::Mapped;
use crate::lab::{Action, UserCommand, View};
use crate::training::sweep::{Cell, Followed, Goal, Measure};
use crate::ui::focus;
use crate::ui::help::Help as _;
use crate::ui::number_field::{self, NumberField};
use crate::ui::theme::{self, BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, at_right, command_button, muted};

/// Of the words on a cell: two lines, and its settings over them.
const DETAIL: f32 = 3.0 * LINE + GRID / 2.0;
const BUTTON: f32 = 72.0;
/// Of the map with its words, at least.
const LEAST: f32 = 280.0;
/// What a goal can be.
const GOALS: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

#[derive(Debug, Default)]
pub struct HeatPanel {
    /// The first run of the cell under the pointer.
    pointed: Option<usize>,
}

impl HeatPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let state = &view.shared.map;
        widgets::title_row(ui, "Map", "", |ui| {
            at_right(ui, "what is drawn", |ui| draw(ui, view, actions));
        });
        if state.measure == Measure::Epochs {
            number_field::complaint(ui, "Goal", state.goal.value());
        }
        let Some(mapped) = &state.mapped else {
            self.pointed = None;
            let words = "There is no map yet. Choose what to vary, then Start: the cells come in one by one, first a \
                         coarse grid and then between.";
            ui.add(Label::new(muted(ui, words)).wrap());
            return;
        };
        let mut said = vec![mapped.data.clone()];
        said.extend(settings(&mapped.map));
        ui.add(Label::new(muted(ui, said.join(" · "))).wrap());
        if ui.available_height() < LEAST {
            // where there is no room for a map, it scrolls
            return widgets::scroll(ui, |ui| self.map(ui, view, mapped, LEAST, actions));
        }
        let high = ui.available_height();
        self.map(ui, view, mapped, high, actions);
    }

    /// As high as `high`.
    fn map(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        mapped: &Mapped,
        high: f32,
        actions: &mut Vec<Action>,
    ) {
        let measure = view.shared.map.measure;
        let whole = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), high));
        let key = legend::height(ui, mapped, measure, whole.width());
        let below = key + GRID / 2.0 + DETAIL;
        let room = whole.with_max_y(whole.bottom() - below);
        let map = &mapped.map;
        let sides = Sides::of(map.plan());
        let (columns, rows) = sides.size();
        let shown: Vec<Cell> = (0..columns * rows)
            .map(|index| map.gathered(sides.runs(index % columns, index / columns), measure))
            .collect();
        let scale = ValueScale::of(map, measure, &shown);
        let frame = MapFrame::new(ui, room, &sides, &scale);
        cells::paint(ui, &frame, map, (&sides, measure, &scale), &shown);
        let response = ui.interact(frame.cells, ui.scope_id().with("cells"), Sense::click());
        let under = response.hover_pos().and_then(|at| frame.at(at));
        self.pointed = under.map(|(column, row)| sides.runs(column, row).start);
        let chosen = view
            .shared
            .map
            .chosen
            .filter(|run| *run < map.plan().runs());
        // that of its cell
        let cell_of = |run: usize| {
            let (column, row) = sides.cell_of(run);
            sides.runs(column, row)
        };
        for (run, width) in [(chosen, 3.0), (self.pointed, 1.5)] {
            if let Some(run) = run {
                let (column, row) = sides.cell_of(run);
                outline(ui, frame.rect(column, row), width);
            }
        }
        let told = self.pointed.or(chosen).map(cell_of);
        let words = told
            .as_ref()
            .map(|runs| (detail::settings(mapped, runs), detail::values(mapped, runs)));
        response.widget_info(|| {
            let said = match &words {
                Some((settings, values)) => format!("Map, {settings}: {values}"),
                None => format!("Map of {}", map.title(measure)),
            };
            WidgetInfo::labeled(Role::Button, true, said)
        });
        if let Some(to) = by_keys(ui, &response, &sides, chosen) {
            actions.push(Action::Map(MapAction::Point(Some(to))));
        }
        if response.clicked() {
            let by_pointer = response.clicked_by(PointerButton::Primary);
            let opened = if by_pointer { self.pointed } else { chosen };
            response.request_focus();
            if let Some(run) = opened {
                actions.push(Action::Map(MapAction::Open(run)));
            }
        }
        let key_place =
            Rect::from_min_max(pos2(whole.left(), room.bottom() + GRID / 2.0), whole.max);
        legend::ui(
            ui,
            mapped,
            measure,
            key_place.with_max_y(key_place.top() + key),
        );
        let place = whole.with_min_y(whole.bottom() - DETAIL + GRID / 2.0);
        tell(ui, view, place, words.as_ref(), actions);
        ui.advance_cursor_after_rect(whole);
    }
}

/// What the cells show.
fn draw(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let state = &view.shared.map;
    ui.spacing_mut().item_spacing.x = GRID / 2.0;
    let mut measure = state.measure;
    let combo = ComboBox::from_id_salt("measure")
        .width(150.0)
        .selected_text(RichText::new(measure.title()).size(BODY));
    let response = combo.show_ui(ui, |ui| {
        for entry in Measure::ALL {
            ui.selectable_value(&mut measure, entry, entry.title());
        }
    });
    response
        .response
        .accessible_name("What the cells show")
        .help("What the colours stand for; nothing is trained again for it");
    if measure != state.measure {
        actions.push(Action::Map(MapAction::Draw(measure)));
    }
    if measure != Measure::Epochs {
        return;
    }
    let (mut of, mut value) = (state.goal.of, state.goal.value());
    let combo = ComboBox::from_id_salt("goal of")
        .width(52.0)
        .selected_text(RichText::new(of.symbol()).size(BODY));
    let response = combo.show_ui(ui, |ui| {
        for entry in Followed::ALL {
            ui.selectable_value(&mut of, entry, entry.symbol());
        }
    });
    response
        .response
        .accessible_name("What is to fall")
        .help("Epochs are counted until this has fallen to the goal");
    let speed = value * 0.02;
    NumberField::new("Goal", &mut value, GOALS)
        .speed(speed)
        .size(vec2(56.0, widgets::TARGET))
        .show(ui)
        .help("Of two digits: epochs are counted until this was first reached");
    if (of, value) != (state.goal.of, state.goal.value())
        && let Some(goal) = Goal::near(of, value)
    {
        actions.push(Action::Map(MapAction::SetGoal(goal)));
    }
}

/// Around a cell, on a margin: it is seen on every colour.
fn outline(ui: &Ui, rect: Rect, width: f32) {
    let theme = Theme::of(ui);
    for (width, tone) in [(width + 2.0, theme.panel), (width, theme.focus)] {
        let stroke = Stroke::new(width, tone);
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, StrokeKind::Middle);
    }
}

/// The arrows go from cell to cell while the map has the focus.
fn by_keys(
    ui: &Ui,
    response: &Response,
    sides: &Sides<'_>,
    chosen: Option<usize>,
) -> Option<usize> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    focus::uses(response, focus::Uses::Arrows);
    let Some(chosen) = chosen else {
        return Some(sides.runs(0, 0).start);
    };
    let (right, up) = ui.input(|input| {
        if input.modifiers.any() {
            return (0, 0);
        }
        let presses = |key| input.num_presses(key) as i64;
        (
            presses(Key::ArrowRight) - presses(Key::ArrowLeft),
            presses(Key::ArrowUp) - presses(Key::ArrowDown),
        )
    });
    let (columns, rows) = sides.size();
    let (column, row) = sides.cell_of(chosen);
    let moved =
        |at: usize, by: i64, count: usize| (at as i64 + by).clamp(0, count as i64 - 1) as usize;
    let to = (moved(column, right, columns), moved(row, up, rows));
    (to != (column, row)).then(|| sides.runs(to.0, to.1).start)
}

/// The words on the cell that is pointed at, or else chosen, and the way to open it.
fn tell(
    ui: &mut Ui,
    view: &View<'_>,
    place: Rect,
    words: Option<&(String, String)>,
    actions: &mut Vec<Action>,
) {
    let theme = Theme::of(ui);
    let builder = UiBuilder::new().id_salt("cell").max_rect(place);
    let mut child = ui.new_child(builder);
    let ui = &mut child;
    ui.spacing_mut().item_spacing.y = 1.0;
    let open = UserCommand::OpenCell;
    let left = place.with_max_x(place.right() - BUTTON - GRID);
    let mut told = ui.new_child(UiBuilder::new().id_salt("words").max_rect(left));
    match words {
        Some((settings, values)) => {
            let title = RichText::new(settings)
                .font(theme::bold(SMALL))
                .color(theme.text_strong);
            told.add(Label::new(title).truncate());
            told.add(Label::new(muted(ui, values)).wrap());
        }
        None => {
            let words = "Point at a cell, or go to it with the arrows. A click, or Enter, trains its run again as one of \
                         the lab's own: to the same bits, with all of its past.";
            told.add(Label::new(muted(ui, words)).wrap());
        }
    }
    let button = place
        .with_min_x(place.right() - BUTTON)
        .with_max_y(place.top() + 28.0);
    let mut at = ui.new_child(UiBuilder::new().id_salt("open").max_rect(button));
    let possible = view.can(open).is_ok();
    at.add_enabled_ui(possible, |ui| {
        let response = command_button(ui, open, "Open", BUTTON);
        if response.accessible_name(open.text()).clicked() {
            actions.push(open.into());
        }
    });
}
