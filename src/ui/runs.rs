//! Every run of the session: what it was, what it came to, what it costs; to be named, sorted, pinned, overlaid, shown
//! again, put beside the one shown, or deleted.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use egui::{
    Align, Button, ComboBox, Layout, RichText, ScrollArea, Sense, Stroke, TextEdit, Ui, pos2, vec2,
};

use super::help::Help as _;
use super::log_slider::{LogScale, LogSlider};
use super::numbers::{self, seconds, thousands};
use super::theme::{self, BODY, GRID, SMALL, Theme};
use super::widgets;
use crate::data::SampleShape;
use crate::lab::preferences::PAST_BYTES;
use crate::lab::state::{KeptAction, PairAction};
use crate::lab::{Action, RunView, View};
use crate::model::features::orientation_selectivity;
use crate::training::trainer::RunId;
use crate::training::{Diagnosis, Setting, Snapshot};

/// Of a run's buttons, and of one of its numbers with its word.
const BUTTONS: f32 = 232.0;
const NUMBER: f32 = 92.0;

/// What the rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Column {
    /// The latest first.
    #[default]
    Begun,
    Epochs,
    Cost,
    Fvu,
    Dead,
    Selectivity,
    Time,
    Memory,
}

impl Column {
    const NUMBERS: [Self; 7] = [
        Self::Epochs,
        Self::Cost,
        Self::Fvu,
        Self::Dead,
        Self::Selectivity,
        Self::Time,
        Self::Memory,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Begun => "start",
            Self::Epochs => "epochs",
            Self::Cost => "J",
            Self::Fvu => "FVU",
            Self::Dead => "dead",
            Self::Selectivity => "selectivity",
            Self::Time => "time",
            Self::Memory => "MB",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Begun => "Sort by when they began, the latest first",
            Self::Epochs => "How many epochs it has trained",
            Self::Cost => "The total cost J at the last epoch",
            Self::Fvu => "Reconstruction loss ÷ variance of the data",
            Self::Dead => "Units that are dead",
            Self::Selectivity => {
                "Orientation selectivity of the features, on average: 0 for none, 1 for a single orientation. Of square \
                 grey pictures only"
            }
            Self::Time => {
                "Time spent training since the run began, or since it went on from another's epoch"
            }
            Self::Memory => {
                "What its past takes; what it shares with another run is counted for both"
            }
        }
    }
}

/// What a row says.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    epochs: u64,
    cost: f64,
    fvu: f64,
    dead: u32,
    selectivity: Option<f64>,
    seconds: f64,
    bytes: usize,
}

#[derive(Default)]
pub struct RunsPanel {
    sorted: Column,
    /// The name that is being typed, and whether its field has had the focus.
    typed: Option<(RunId, String)>,
    focused: bool,
    /// Of the epoch that it was computed at.
    selectivity: BTreeMap<RunId, (u64, Option<f64>)>,
}

impl RunsPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let mut rows: Vec<(&RunView, Numbers)> = view
            .session
            .runs()
            .filter(|run| !run.is_draft())
            .map(|run| (run, self.numbers(run, view)))
            .collect();
        let known = |run: &RunId| rows.iter().any(|(row, _)| row.id == *run);
        self.typed.take_if(|(run, _)| !known(run));
        self.selectivity.retain(|run, _| known(run));
        rows.sort_by(|a, b| self.order(a, b));
        let quiet = match rows.len() {
            1 => "one so far: presets, undo and copies add to it".to_owned(),
            many => format!("{many} are kept"),
        };
        widgets::title_row(ui, "Runs", &quiet, |ui| {
            widgets::at_right(ui, "sort", |ui| self.sorting(ui));
        });
        memory(ui, view, actions);
        ui.add_space(GRID / 2.0);
        ScrollArea::vertical()
            .id_salt("runs")
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(GRID / 2.0, 2.0);
                for (run, numbers) in &rows {
                    self.row(ui, view, run, numbers, actions);
                    let (line, _) =
                        ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
                    let stroke = Stroke::new(1.0, Theme::of(ui).line);
                    ui.painter().hline(line.x_range(), line.center().y, stroke);
                }
            });
    }

    fn sorting(&mut self, ui: &mut Ui) {
        let text = |column: Column| format!("by {}", column.title());
        let chosen = RichText::new(text(self.sorted)).size(BODY);
        let combo = ComboBox::from_id_salt("sort")
            .selected_text(chosen)
            .width(110.0);
        let response = combo.show_ui(ui, |ui| {
            for column in std::iter::once(Column::Begun).chain(Column::NUMBERS) {
                let entry = ui.selectable_value(&mut self.sorted, column, text(column));
                entry.help(column.about());
            }
        });
        let response = response.response.accessible_name("Sort");
        response.help("What the runs are sorted by; the best or the latest come first");
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        run: &RunView,
        numbers: &Numbers,
        actions: &mut Vec<Action>,
    ) {
        let theme = Theme::of(ui);
        let shown = run.id == view.run.id;
        let beside = view.pair().is_some_and(|pair| pair.other.id == run.id);
        let title = run.title();
        ui.horizontal(|ui| {
            overlay(ui, view, run, shown, actions);
            let name = ui.available_width() - BUTTONS;
            self.name(ui, run, &title, name.max(80.0), actions);
            widgets::at_right(ui, &format!("run {}", run.id.0), |ui| {
                buttons(ui, run, &title, (shown, beside), actions);
            });
        });
        let place = match (shown, beside) {
            (true, _) if view.pair().is_some() => "A, shown · ",
            (true, _) => "shown · ",
            (_, true) => "B · ",
            _ => "",
        };
        let from = run.parent.map_or(String::new(), |(parent, epoch)| {
            format!(" from run {} at epoch {}", parent.0, thousands(epoch))
        });
        let said = format!("{place}run {}{from} · {}", run.id.0, settings(run));
        let label = egui::Label::new(RichText::new(said).size(SMALL).color(theme.text_muted));
        ui.add(label.wrap()).help(about(run));
        if !run.notes.is_empty() {
            let notes = RichText::new(&run.notes).size(SMALL).color(theme.text);
            ui.add(egui::Label::new(notes).wrap());
        }
        let texts = [
            thousands(numbers.epochs),
            numbers::cost(numbers.cost),
            format!("{:.2}", numbers.fvu),
            numbers.dead.to_string(),
            numbers
                .selectivity
                .map_or("–".to_owned(), |value| format!("{value:.2}")),
            seconds(numbers.seconds),
            format!("{:.1}", numbers.bytes as f64 / f64::from(1 << 20)),
        ];
        ui.horizontal_wrapped(|ui| {
            for (column, text) in Column::NUMBERS.into_iter().zip(texts) {
                let dead = column == Column::Dead && numbers.dead > 0;
                number(ui, column, text, if dead { theme.dead } else { theme.text });
            }
        });
    }

    /// A click makes a field of it.
    fn name(
        &mut self,
        ui: &mut Ui,
        run: &RunView,
        title: &str,
        width: f32,
        actions: &mut Vec<Action>,
    ) {
        if let Some((_, typed)) = self.typed.as_mut().filter(|(typed, _)| *typed == run.id) {
            let field = TextEdit::singleline(typed)
                .desired_width(width - GRID)
                .hint_text(title);
            let response = ui.add(field).accessible_name(format!("Name of {title}"));
            if !std::mem::replace(&mut self.focused, true) {
                response.request_focus();
            } else if response.lost_focus() {
                if !ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                    let name = typed.clone();
                    actions.push(Action::Kept(run.id, KeptAction::Rename(name)));
                }
                self.typed = None;
            }
            return;
        }
        let text = RichText::new(title)
            .size(BODY)
            .color(Theme::of(ui).text_strong);
        let button = Button::new(text).frame_when_inactive(false).truncate();
        let size = vec2(width, widgets::TARGET);
        let child = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_max_width(width);
            ui.add(button.min_size(vec2(40.0, widgets::TARGET)))
        });
        let response = child.inner.help("Give it a name of your own");
        if response
            .accessible_name(format!("Rename {title}"))
            .clicked()
        {
            (self.typed, self.focused) = (Some((run.id, String::new())), false);
        }
    }

    fn numbers(&mut self, run: &RunView, view: &View<'_>) -> Numbers {
        let bytes = view
            .archive
            .map_or(0, |archive| archive.memory(run.id).bytes);
        let own = run.latest().filter(|latest| latest.run == run.id);
        let Some(latest) = own else {
            return Numbers {
                bytes,
                ..Numbers::default()
            };
        };
        Numbers {
            epochs: latest.epoch,
            cost: latest.cost.total(),
            fvu: latest.fvu,
            dead: Diagnosis::of(latest).counts.dead(),
            selectivity: self.selectivity(run.id, latest),
            seconds: latest.trained_for.as_secs_f64(),
            bytes,
        }
    }

    /// Computed anew where the run has gone on by a tenth.
    fn selectivity(&mut self, run: RunId, latest: &Snapshot) -> Option<f64> {
        let known = self.selectivity.get(&run);
        if let Some((epoch, value)) = known
            && latest.epoch >= *epoch
            && (latest.epoch - epoch) * 10 <= *epoch
        {
            return *value;
        }
        let value = match latest.data.shape {
            SampleShape::Image {
                rows,
                columns,
                channels: 1,
            } if rows == columns => {
                let features = latest.parameters.encoder_weights();
                let each = orientation_selectivity(features, rows)?;
                Some(each.iter().sum::<f64>() / each.len().max(1) as f64)
            }
            _ => None,
        };
        self.selectivity.insert(run, (latest.epoch, value));
        value
    }

    fn order(&self, (a, x): &(&RunView, Numbers), (b, y): &(&RunView, Numbers)) -> Ordering {
        let by = match self.sorted {
            Column::Begun => Ordering::Equal,
            Column::Epochs => y.epochs.cmp(&x.epochs),
            Column::Cost => x.cost.total_cmp(&y.cost),
            Column::Fvu => x.fvu.total_cmp(&y.fvu),
            Column::Dead => x.dead.cmp(&y.dead),
            Column::Selectivity => y
                .selectivity
                .partial_cmp(&x.selectivity)
                .unwrap_or(Ordering::Equal),
            Column::Time => y.seconds.total_cmp(&x.seconds),
            Column::Memory => y.bytes.cmp(&x.bytes),
        };
        by.then(b.id.cmp(&a.id))
    }
}

fn buttons(
    ui: &mut Ui,
    run: &RunView,
    title: &str,
    (shown, beside): (bool, bool),
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.x = GRID / 2.0;
    let kept = |what| Action::Kept(run.id, what);
    let (pin, pins) = if run.pinned {
        ("Unpin", "Let it go when there are many runs")
    } else {
        ("Pin", "Keep it, however many runs there are")
    };
    let all = [
        (
            !shown,
            "Show",
            "Show it in the place of the one shown",
            kept(KeptAction::Show),
        ),
        (
            !shown && !beside,
            "Beside",
            "Put it beside the one shown, as B, in step",
            Action::Pair(PairAction::With(run.id)),
        ),
        (true, pin, pins, kept(KeptAction::Pin(!run.pinned))),
        (
            !shown,
            "Delete",
            "Free its memory. This can't be undone",
            kept(KeptAction::Drop),
        ),
    ];
    for (enabled, text, help, action) in all {
        let button = Button::new(RichText::new(text).size(BODY));
        let response = ui.add_enabled(enabled, button.min_size(vec2(0.0, widgets::TARGET)));
        let response = response
            .help(help)
            .accessible_name(format!("{text} {title}"));
        if response.clicked() {
            actions.push(action);
        }
    }
}

/// A number with its word before it.
fn number(ui: &mut Ui, column: Column, text: String, tone: egui::Color32) {
    let theme = Theme::of(ui);
    let word = widgets::galley(ui, column.title(), theme::regular(SMALL), theme.text_muted);
    let said = format!("{} {text}", column.title());
    let number = widgets::galley(ui, text, theme::regular(BODY), tone);
    let after = word.size().x + 5.0;
    let wide = (after + number.size().x + GRID).max(NUMBER);
    let (rect, response) = ui.allocate_exact_size(vec2(wide, 18.0), Sense::hover());
    let baseline = rect.top() + 1.0;
    ui.painter()
        .galley(pos2(rect.left(), baseline + 1.5), word, theme.text_muted);
    ui.painter()
        .galley(pos2(rect.left() + after, baseline), number, tone);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &said));
    response.help(column.about());
}

/// Whether its curve is drawn beside that of the run shown.
fn overlay(ui: &mut Ui, view: &View<'_>, run: &RunView, shown: bool, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let colour = if shown {
        Some(theme.total)
    } else {
        colour(theme, view, run.id)
    };
    let (rect, response) =
        ui.allocate_exact_size(vec2(widgets::TARGET, widgets::TARGET), Sense::click());
    let name = format!("Overlay {}", run.title());
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::CheckBox, !shown, colour.is_some(), &name)
    });
    let dot = rect.center();
    match colour {
        Some(colour) => ui.painter().circle_filled(dot, 5.0, colour),
        None => ui
            .painter()
            .circle_stroke(dot, 5.0, Stroke::new(1.2, theme.rail)),
    };
    let help = if shown {
        "The run that is shown"
    } else {
        "Draw its J in the cost panel, beside that of the run shown"
    };
    if response.help(help).clicked() && !shown {
        actions.push(Action::Kept(run.id, KeptAction::Overlay(!run.overlaid)));
    }
}

/// The colour of the curve of J of `run`, where it is drawn beside that of the run shown: B's is its own.
pub(super) fn colour(theme: &Theme, view: &View<'_>, run: RunId) -> Option<egui::Color32> {
    if view.pair().is_some_and(|pair| pair.other.id == run) {
        return Some(theme.beside);
    }
    let overlaid = view
        .session
        .runs()
        .filter(|other| other.overlaid && other.id != view.run.id);
    let place = overlaid
        .map(|other| other.id)
        .position(|other| other == run)?;
    Some(theme.overlay(place))
}

/// What the past takes of what it may, and how much that is.
fn memory(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let Some(archive) = view.archive else { return };
    let megabyte = f64::from(1 << 20);
    let mut budget = archive.budget() as f64 / megabyte;
    ui.horizontal(|ui| {
        let used = archive.total() as f64 / megabyte;
        let text = format!("The past takes {used:.1} of {budget:.0} MB");
        ui.label(RichText::new(text).size(BODY));
        let scale = LogScale { least: *PAST_BYTES.start() as f64 / megabyte, most: *PAST_BYTES.end() as f64 / megabyte, zero: false };
        let slider = LogSlider::new("memory for the past", &mut budget, scale).width(120.0);
        let response = ui.add(slider).help(
            "How much memory the epochs of all runs may take, so that they can be shown again at once. The rest is trained \
             again when it is asked for.",
        );
        if response.changed() {
            actions.push(Action::SetPastBudget((budget.round() * megabyte) as usize));
        }
    });
}

/// The settings of a run in one line.
pub(super) fn settings(run: &RunView) -> String {
    let hyperparameters = run.hyperparameters();
    let short = [
        Setting::SparsityTarget,
        Setting::SparsityWeight,
        Setting::LearningRate,
        Setting::WeightDecay,
    ];
    let mut said: Vec<String> = short
        .into_iter()
        .map(|setting| {
            format!(
                "{} {}",
                setting.symbol(),
                setting.format(setting.get(hyperparameters))
            )
        })
        .collect();
    said.push(format!("{} units", run.experiment.hidden));
    said.join(" · ")
}

fn about(run: &RunView) -> String {
    let data = run
        .data()
        .map_or_else(String::new, |data| data.name.clone());
    format!("{data}, seed {}\n{}", run.experiment.seed, settings(run))
}
