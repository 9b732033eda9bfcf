//! The cost over the epochs, total and term by term, on a logarithmic axis, with a marker where a setting changed.

use egui::{Key, Ui, vec2};
use egui_plot::{AxisHints, Line, LineStyle, Plot, PlotPoints};

use super::axes::{AXIS_WIDTH, axis, decade_axis, decade_marks, epoch_marks};
use super::curve_cache::{CurveCache, Term};
use super::curve_events::{band, events, readout};
use super::help::Help as _;
use super::per_run::PerRun;
use super::theme::{self, Theme};
use super::{focus, highlight, lesson, numbers, runs, widgets};
use crate::lab::{RunView, View};
use crate::training::Record;
use crate::training::trainer::RunId;

/// Below this width, in points, the legend abbreviates.
const NARROW: f32 = 340.0;
/// Below this width its entries stand closer together.
const CLOSE: f32 = 280.0;

/// The dashed curve, in words.
const TEST: &str = "reconstruction of what was held out";
/// The same in the legend.
const HELD: &str = "test";

/// The part of the run that the curves show, and where on the screen: what else is drawn over epochs lines up with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochView {
    pub epochs: (f64, f64),
    /// Screen x of the two ends.
    pub x: (f32, f32),
}

#[derive(Default)]
pub struct CurvesPanel {
    cache: PerRun<CurveCache>,
    /// In the order of `Term::ALL`.
    hidden: [bool; 4],
    /// Whether the curve of what was held out is.
    test_hidden: bool,
    view: EpochView,
    /// The epochs that the keys asked for, to be shown in the next frame.
    asked: Option<(f64, f64)>,
    /// Rows of names over the curves.
    label_rows: usize,
    /// Whether the curves were drawn since the last refresh.
    drawn: bool,
}

impl CurvesPanel {
    /// The records behind the curves of `run`, as they were drawn last.
    pub fn records(&mut self, run: RunId) -> &[Record] {
        self.cache.of(run).records()
    }

    /// Takes what is new of the run, once a frame, whether the curves are drawn in it or not.
    pub fn refresh(&mut self, view: &View<'_>) {
        self.drawn = false;
        if let Some(snapshot) = view.run.latest() {
            let cache = self.cache.of(snapshot.run);
            cache.update(snapshot.run, snapshot.epoch, &snapshot.history);
        }
        for run in beside(view) {
            if let Some(snapshot) = run.latest().filter(|latest| latest.run == run.id) {
                let cache = self.cache.of(snapshot.run);
                cache.update(snapshot.run, snapshot.epoch, &snapshot.history);
            }
        }
    }

    /// What the curves show, where they are drawn in this frame.
    pub fn view(&self) -> Option<EpochView> {
        self.drawn.then_some(self.view)
    }

    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let theme = Theme::of(ui);
        let room = ui.available_width();
        let snapshot = view.run.latest();
        let tests = snapshot.is_some_and(|snapshot| snapshot.data.test.is_some());
        widgets::title_row(ui, "Cost", "", |ui| {
            let names = legend(ui, room, tests);
            widgets::at_right(ui, "legend", |ui| {
                let terms = Term::ALL.into_iter().zip(names);
                for ((term, label), hidden) in terms.zip(&mut self.hidden) {
                    if widgets::legend_entry(ui, term.name(), label, term.colour(theme), !*hidden)
                        .clicked()
                    {
                        *hidden = !*hidden;
                    }
                }
                let shown = !self.test_hidden;
                if tests && widgets::dashed_entry(ui, TEST, HELD, theme.test, shown).clicked() {
                    self.test_hidden = !self.test_hidden;
                }
            });
        });
        legend_of_others(ui, view);
        let Some(snapshot) = snapshot else {
            return;
        };
        let tests = tests && !self.test_hidden;
        let Some(cache) = self.cache.get(snapshot.run) else {
            return; // refreshed before
        };
        let others: Vec<(&RunView, &CurveCache)> = beside(view)
            .filter_map(|run| Some((run, self.cache.get(run.id)?)))
            .collect();
        let last = others.iter().map(|(run, _)| run.now());
        let last = last.chain([snapshot.epoch]).max().unwrap_or_default();
        let shown: Vec<Term> = Term::ALL
            .into_iter()
            .zip(self.hidden)
            .filter(|(_, hidden)| !hidden)
            .map(|(t, _)| t)
            .collect();

        // of the frame, without the epochs below it
        let height = (ui.available_height() - 20.0).max(40.0);
        let band = band(self.label_rows);
        let plot = Plot::new(("cost", snapshot.run))
            .height(ui.available_height())
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .show_crosshair(false)
            .set_margin_fraction(vec2(0.0, 0.0))
            .include_x(0.0)
            .include_x((last as f64).max(10.0))
            .allow_zoom([true, false])
            .allow_drag([true, false])
            .allow_scroll(false) // the wheel scrolls the column
            .allow_axis_zoom_drag(false)
            .label_formatter(|_| None)
            .grid_color(theme.line)
            .grid_fade(0.0)
            .x_grid_spacer(epoch_marks(ui.available_width() - AXIS_WIDTH))
            .y_grid_spacer(decade_marks(height))
            .custom_x_axes(vec![axis(AxisHints::new_x(), theme).formatter(
                |mark, _| match mark.value {
                    value if value < 0.5 => "epoch 0".into(),
                    value => numbers::thousands(value as u64),
                },
            )])
            .custom_y_axes(vec![decade_axis(theme)]);
        let pointed = highlight::pointed(ui.ctx());
        let asked = self.asked.take();
        let response = plot.show(ui, |plot| {
            if let Some((from, to)) = asked {
                plot.set_plot_bounds_x(from..=to);
            }
            let bounds = plot.plot_bounds();
            let epochs = (bounds.min()[0], bounds.max()[0]);
            let own = cache.range(shown.iter().copied(), tests, epochs);
            let total = std::iter::once(Term::Total);
            let theirs = others.iter();
            let theirs = theirs.filter_map(|(_, cache)| cache.range(total.clone(), false, epochs));
            let (low, high) = own
                .into_iter()
                .chain(theirs)
                .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
                .unwrap_or((-2.0, 1.0));
            let margin = ((high - low) * 0.06).max(0.1);
            // the curves stay below the names of what happened
            let part = f64::from((band / height).min(0.6));
            let above = ((high - low + margin) * part / (1.0 - part)).max(margin);
            plot.set_plot_bounds_y((low - margin)..=(high + above));
            for piece in cache.test().iter().filter(|_| tests) {
                let line = Line::new(TEST, PlotPoints::Borrowed(piece))
                    .color(theme.test)
                    .style(LineStyle::dashed_dense())
                    .width(1.4);
                plot.line(line.allow_hover(false));
            }
            for (run, cache) in &others {
                let colour = runs::colour(theme, view, run.id).unwrap_or(theme.text_muted);
                for piece in cache.pieces(Term::Total) {
                    let line = Line::new(run.title(), PlotPoints::Borrowed(piece))
                        .color(colour)
                        .style(LineStyle::dashed_loose())
                        .width(1.8);
                    plot.line(line.allow_hover(false));
                }
            }
            for term in shown.iter().rev() {
                for piece in cache.pieces(*term) {
                    let lit = pointed.is_some_and(|pointed| pointed.lights(*term));
                    let width = match (lit, *term) {
                        (true, _) => 3.0,
                        (false, Term::Total) => 1.8,
                        (false, _) => 1.4,
                    };
                    let line = Line::new(term.name(), PlotPoints::Borrowed(piece))
                        .color(term.colour(theme))
                        .width(width);
                    plot.line(line.allow_hover(false));
                }
            }
        });
        let (frame, transform) = (*response.transform.frame(), response.transform);
        let bounds = transform.bounds();
        self.view = EpochView {
            epochs: (bounds.min()[0], bounds.max()[0]),
            x: (frame.left(), frame.right()),
        };
        self.drawn = true;
        let response = response.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Cost curves"));
        self.asked = by_keys(ui, &response, self.view.epochs);
        if view.run.past.is_some() {
            let x = transform.position_from_point_x(view.run.shown_epoch() as f64);
            cursor(ui, frame, x);
        }
        lesson::on_costs(ui, view, frame, snapshot.data.variance, |log| {
            transform.position_from_point_y(log)
        });
        let pointer = response.hover_pos();
        let rows = events(ui, frame, self.label_rows, &snapshot.history, |epoch| {
            transform.position_from_point_x(epoch)
        });
        if std::mem::replace(&mut self.label_rows, rows) != rows {
            ui.ctx().request_repaint(); // with the curves below them
        }
        if let Some(pointer) = pointer.filter(|pointer| frame.contains(*pointer)) {
            let epoch = transform.value_from_position(pointer).x;
            if let Some(record) = cache.nearest(epoch) {
                let x = transform.position_from_point_x(record.epoch as f64);
                if frame.x_range().contains(x) {
                    readout(ui, frame, x, record, &shown);
                }
            }
        }
    }
}

/// The runs whose J is drawn beside that of the run shown.
fn beside<'a>(view: &View<'a>) -> impl Iterator<Item = &'a RunView> + use<'a> {
    let (shown, pair) = (view.run.id, view.pair().map(|pair| pair.other.id));
    let runs = view.session.runs();
    runs.filter(move |run| run.id != shown && (run.overlaid || Some(run.id) == pair))
}

/// Whose J the loosely dashed curves are, where there are any.
fn legend_of_others(ui: &mut Ui, view: &View<'_>) {
    let theme = Theme::of(ui);
    let pair = view.pair().map(|pair| pair.other.id);
    let others: Vec<&RunView> = beside(view).collect();
    if others.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(1.25 * theme::GRID, 0.0);
        for run in others {
            let name = match Some(run.id) == pair {
                true => "J of B".to_owned(),
                false => format!("J of {}", shortened(&run.title())),
            };
            let colour = runs::colour(theme, view, run.id).unwrap_or(theme.text_muted);
            let about = format!("The cost J of run {}, {}", run.id.0, runs::settings(run));
            widgets::dashed_legend(ui, &name, colour).help(about);
        }
    });
}

/// The beginning of a long name.
fn shortened(name: &str) -> String {
    const MOST: usize = 20;
    match name.chars().count() {
        ..=MOST => name.to_owned(),
        _ => name.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

/// The terms' names in the legend, as long as there is room for, with that of what was held out where it is `tested`;
/// and sets how far apart they stand. `room` is the panel's width.
fn legend(ui: &mut Ui, room: f32, tested: bool) -> [&'static str; 4] {
    let apart = ui.spacing().item_spacing.x;
    let (full, short) = (Term::ALL.map(Term::name), Term::ALL.map(Term::short_name));
    let choices = [
        (NARROW, full, apart),
        (CLOSE, short, theme::GRID),
        (0.0, short, 0.5 * theme::GRID),
        (0.0, Term::ALL.map(Term::brief_name), 0.5 * theme::GRID),
    ];
    let fits = |names: &[&'static str; 4], apart: f32| {
        let names = names.iter().copied().chain(tested.then_some(HELD));
        let width: f32 = names
            .map(|name| widgets::entry_width(ui, name) + apart)
            .sum();
        width - apart <= ui.available_width()
    };
    let fitting = choices
        .iter()
        .find(|(least, names, apart)| room >= *least && fits(names, *apart));
    let (_, names, apart) = fitting.unwrap_or(&choices[3]);
    ui.spacing_mut().item_spacing.x = *apart;
    *names
}

/// The epoch that is shown of the past.
pub(super) fn cursor(ui: &Ui, frame: egui::Rect, x: f32) {
    if frame.x_range().contains(x) {
        let stroke = egui::Stroke::new(2.0, Theme::of(ui).notice);
        ui.painter().vline(x, frame.y_range(), stroke);
    }
}

/// What a drag and the wheel do, by the keys of the focused plot: ← → to move along the epochs, ↑ ↓ to see fewer or more.
fn by_keys(ui: &Ui, response: &egui::Response, (from, to): (f64, f64)) -> Option<(f64, f64)> {
    if !response.has_focus() {
        return None;
    }
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    focus::uses(response, focus::Uses::Arrows);
    let presses = |key| ui.input(|input| input.num_presses(key) as f64);
    let along = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
    let closer = presses(Key::ArrowUp) - presses(Key::ArrowDown);
    if along == 0.0 && closer == 0.0 {
        return None;
    }
    ui.ctx().request_repaint();
    Some(moved((from, to), along, closer))
}

/// `epochs` moved by `along` tenths and seen `closer` by a quarter each; never before the first epoch.
fn moved((from, to): (f64, f64), along: f64, closer: f64) -> (f64, f64) {
    let span = (to - from).max(1.0);
    let next = (span * 0.75f64.powf(closer)).max(2.0);
    let middle = (from + to) / 2.0 + along * span / 10.0;
    let from = (middle - next / 2.0).max(0.0);
    (from, from + next)
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn keys_move_and_zoom_as_the_pointer_does() {
        assert_eq!(moved((100.0, 200.0), 1.0, 0.0), (110.0, 210.0));
        assert_eq!(moved((0.0, 100.0), -3.0, 0.0), (0.0, 100.0));
        assert_eq!(moved((100.0, 200.0), 0.0, 1.0), (112.5, 187.5));
        let (from, to) = moved((0.0, 3.0), 0.0, 9.0);
        assert!(to - from >= 2.0);
    }
}
