//! The page of one hidden unit: what it looks like, what it answers to, what drives it, and why it died.

mod distribution;
mod epochs;
mod forces;
mod inputs;
mod lives;
mod picker;
mod shown;
mod similar;
mod summary;
mod tracks;
mod weights;

use egui::{Align2, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2};

use self::shown::Shown;
use super::focus;
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{self, GAP, stack};
use crate::lab::Action;
use crate::lab::View;
use crate::training::snapshot::Version;
use crate::training::{Autopsy, Snapshot};

/// From this width on, in points, there are three columns; below, the parts of the unit stand in one beside the tiles.
const THREE_COLUMNS: f32 = 880.0;
/// Below this one everything stands in one column.
const TWO_COLUMNS: f32 = 420.0;

/// One card of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Picker,
    Lives,
    Summary,
    Inputs,
    Similar,
    Forces,
    Tracks,
    Distribution,
}

impl Part {
    const LEFT: [Self; 2] = [Self::Picker, Self::Lives];
    const MIDDLE: [Self; 3] = [Self::Summary, Self::Inputs, Self::Similar];
    const RIGHT: [Self; 3] = [Self::Forces, Self::Tracks, Self::Distribution];

    fn id(self) -> &'static str {
        match self {
            Self::Picker => "picker",
            Self::Lives => "lives",
            Self::Summary => "summary",
            Self::Inputs => "inputs",
            Self::Similar => "similar",
            Self::Forces => "forces",
            Self::Tracks => "tracks",
            Self::Distribution => "distribution",
        }
    }

    /// (least height in points, its part of what room is left over)
    fn height(self) -> (f32, f32) {
        match self {
            Self::Picker => (228.0, 0.3),
            Self::Lives => (150.0, 0.7),
            Self::Summary => (316.0, 0.6),
            Self::Inputs => (148.0, 0.3),
            Self::Similar => (100.0, 0.1),
            Self::Forces => (196.0, 0.1),
            Self::Tracks => (218.0, 0.5),
            Self::Distribution => (136.0, 0.4),
        }
    }
}

#[derive(Default)]
pub struct UnitPage {
    picker: picker::Picker,
    lives: lives::LivesStrip,
    weights: weights::WeightsPart,
    inputs: inputs::InputsPart,
    /// Of (which weights, which unit).
    autopsy: Option<((Version, usize), Option<Autopsy>)>,
}

impl UnitPage {
    /// How many tiles stand side by side.
    pub fn columns(&self) -> usize {
        self.picker.columns()
    }

    pub fn ui(&mut self, ui: &mut Ui, area: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            return nothing_yet(ui, area, view);
        };
        let chosen = view.run.selected;
        let Some(unit) = chosen.filter(|unit| *unit < snapshot.units.len()) else {
            return self.choose(ui, area, view, snapshot, actions);
        };
        let key = (snapshot.version(), unit);
        if self.autopsy.as_ref().is_none_or(|(of, _)| *of != key) {
            self.autopsy = Some((key, Autopsy::of(snapshot, unit)));
        }
        let autopsy = self.autopsy.take();
        let shown = Shown {
            view,
            snapshot,
            unit,
            inspected: view.run.inspection.of(snapshot.run, unit),
            autopsy: autopsy.as_ref().and_then(|(_, found)| found.as_ref()),
        };
        self.columns_of_parts(ui, area, &shown, actions);
        self.autopsy = autopsy;
    }

    /// No unit is chosen yet: all tiles to choose from, as large as there is room.
    fn choose(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        view: &View<'_>,
        snapshot: &Snapshot,
        actions: &mut Vec<Action>,
    ) {
        widgets::card(ui, area, "choose", |ui| {
            let words = "Choose a unit: click its tile, or press → for the first.";
            let words = RichText::new(words).size(BODY).color(Theme::of(ui).text);
            ui.add(egui::Label::new(words).wrap());
            ui.add_space(GRID);
            self.picker.ui(ui, view, snapshot, None, actions);
        });
    }

    fn columns_of_parts(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        let all = [&Part::LEFT[..], &Part::MIDDLE, &Part::RIGHT];
        let parts = |columns: &[&[Part]]| columns.concat();
        let width = area.width();
        if width < TWO_COLUMNS {
            self.column(ui, area, "all", &parts(&all), shown, actions);
            return;
        }
        let left_width = (width * 0.22).clamp(132.0, 320.0);
        let left = area.with_max_x(area.left() + left_width.round());
        let rest = area.with_min_x(left.right() + GAP);
        self.column(ui, left, "left", &Part::LEFT, shown, actions);
        if width < THREE_COLUMNS {
            self.column(ui, rest, "rest", &parts(&all[1..]), shown, actions);
            return;
        }
        let split = rest.left() + (rest.width() * 0.56).round();
        let middle = rest.with_max_x(split - GAP / 2.0);
        let right = rest.with_min_x(split + GAP / 2.0);
        self.column(ui, middle, "middle", &Part::MIDDLE, shown, actions);
        self.column(ui, right, "right", &Part::RIGHT, shown, actions);
    }

    /// `parts` one below the other; they share what height there is, and scroll where it is too little.
    fn column(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        id: &str,
        parts: &[Part],
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        let mut child = ui.new_child(UiBuilder::new().id_salt(id).max_rect(rect));
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(&mut child, |ui| {
                let gaps = GAP * parts.len().saturating_sub(1) as f32;
                let least: f32 = parts.iter().map(|part| part.height().0).sum();
                let shares: f32 = parts.iter().map(|part| part.height().1).sum();
                let spare = (rect.height() - least - gaps).max(0.0);
                let size = vec2(rect.width(), least + gaps + spare);
                let (column, _) = ui.allocate_exact_size(size, Sense::hover());
                let heights = parts.iter().map(|part| {
                    let (least, share) = part.height();
                    least + spare * share / shares
                });
                for (part, rect) in parts.iter().zip(stack(column, heights)) {
                    if ui.is_rect_visible(rect) || focus::may_enter(ui) {
                        widgets::card(ui, rect, part.id(), |ui| {
                            self.part(ui, *part, shown, actions);
                        });
                    }
                }
                focus::into_view(ui);
            });
    }

    fn part(&mut self, ui: &mut Ui, part: Part, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        match part {
            Part::Picker => {
                let chosen = Some(shown.unit);
                self.picker
                    .ui(ui, shown.view, shown.snapshot, chosen, actions);
            }
            Part::Lives => self.lives.ui(ui, shown, actions),
            Part::Summary => summary::ui(ui, &mut self.weights, shown, actions),
            Part::Inputs => self.inputs.ui(ui, shown),
            Part::Similar => similar::ui(ui, &self.picker, shown, actions),
            Part::Forces => forces::ui(ui, shown),
            Part::Tracks => tracks::ui(ui, shown),
            Part::Distribution => distribution::ui(ui, shown),
        }
    }
}

fn nothing_yet(ui: &mut Ui, area: Rect, view: &View<'_>) {
    let text = match &view.shared.loading {
        Some(name) => format!("Loading {name} …"),
        None => "No run yet.".to_owned(),
    };
    widgets::card(ui, area, "unit", |ui| {
        let (font, tone) = (theme::regular(BODY), Theme::of(ui).text_muted);
        let centre = ui.max_rect().center();
        widgets::text(ui, centre, Align2::CENTER_CENTER, text, font, tone);
    });
}
