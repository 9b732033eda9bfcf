//! ρ, β, α and λ: what each is, does and was; a change waits for the next epoch and says so.

use egui::{Align2, Rect, RichText, Sense, Ui, pos2, vec2};

use super::cliff_marks;
use super::help::{self, Side};
use super::highlight::{self, Highlight};
use super::log_slider::{CliffMark, LogScale, LogSlider};
use super::number_field::{self, NumberField};
use super::numbers;
use super::presses;
use super::theme::{self, BODY, GRID, SMALL, TITLE, Theme};
use super::widgets;
use crate::lab::Action;
use crate::lab::{RunView, View};
use crate::model::{HiddenActivation, Hyperparameters, OptimizerKind};
use crate::training::{Preset, Setting, Value};

/// One of the four sliders.
pub struct Knob {
    pub setting: Setting,
    pub name: &'static str,
    pub hint: &'static str,
    pub scale: LogScale,
}

/// In the order of the panel.
pub const KNOBS: [Knob; 4] = [
    Knob {
        setting: Setting::SparsityTarget,
        name: "target activation",
        hint: "The mean activation that every hidden unit is held to: ρ .05 asks each unit to be on for one input \
            in twenty. \
               Lower is sparser.",
        scale: LogScale {
            least: 1e-3,
            most: 0.9,
            zero: false,
        },
    },
    Knob {
        setting: Setting::SparsityWeight,
        name: "sparsity weight",
        hint: "How much Σ KL(ρ‖ρ̂) counts against reconstruction. 0 makes it a plain autoencoder; much too large and \
               the first steps silence the units.",
        scale: LogScale {
            least: 0.01,
            most: 300.0,
            zero: true,
        },
    },
    Knob {
        setting: Setting::LearningRate,
        name: "learning rate",
        hint: "How far each update goes down the gradient. Too large and the cost leaps or overflows.",
        scale: LogScale {
            least: 1e-3,
            most: 10.0,
            zero: false,
        },
    },
    Knob {
        setting: Setting::WeightDecay,
        name: "weight decay",
        hint: "Pulls every weight towards 0 by ½λΣW². A little tidies the features; a little more and the units \
            die: each gives the same output for every input.",
        scale: LogScale {
            least: 1e-6,
            most: 0.1,
            zero: true,
        },
    },
];

impl Knob {
    /// What assistive technology and tests call the slider.
    pub fn label(&self) -> String {
        format!("{} {}", self.setting.symbol(), self.name)
    }

    /// What it shows; NaN for a setting that is no number, which none of [`KNOBS`] is.
    fn value(&self, settings: &Hyperparameters) -> f64 {
        self.setting.get(settings).number().unwrap_or(f64::NAN)
    }

    /// Whether it does anything under the present optimiser.
    fn acts(&self, settings: &Hyperparameters) -> bool {
        self.setting != Setting::LearningRate || settings.optimizer != OptimizerKind::Lbfgs
    }

    /// The post's value.
    fn posts(&self) -> f64 {
        self.value(&Hyperparameters::default())
    }
}

const ROW: f32 = widgets::TARGET;
/// Of the line under a slider, and how much of it reaches up to the slider's tick.
const NOTE: f32 = 15.0;
const BESIDE_TICK: f32 = 6.0;
/// Around a number that can be edited; shows when the pointer is over it.
const FIELD_MARGIN: f32 = 6.0;

#[derive(Debug, Default)]
pub struct HyperparametersPanel;

impl HyperparametersPanel {
    /// Of the four those that are `shown`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        shown: impl Fn(Setting) -> bool,
        actions: &mut Vec<Action>,
    ) {
        if view.shared.lesson.is_none() {
            widgets::title(ui, "Hyperparameters");
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        for knob in KNOBS.iter().filter(|knob| shown(knob.setting)) {
            let acts = knob.acts(view.run.hyperparameters());
            ui.add_enabled_ui(acts, |ui| knob_ui(ui, knob, view.run, actions));
        }
    }
}

fn knob_ui(ui: &mut Ui, knob: &Knob, run: &RunView, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let width = ui.available_width();
    let (row, head) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    let y = row.center().y;
    widgets::text(
        ui,
        pos2(row.left(), y),
        Align2::LEFT_CENTER,
        knob.setting.symbol(),
        theme::bold(TITLE),
        theme.accent,
    );
    let name = pos2(row.left() + 2.5 * GRID, y);
    widgets::text(
        ui,
        name,
        Align2::LEFT_CENTER,
        knob.name,
        theme::regular(BODY),
        theme.text,
    );
    let cliff = cliff_marks::of(knob.setting, run, &knob.scale);
    let home = knob.value(&run.home_settings());
    let hint = format!(
        "{}{}\n\n{}",
        knob.hint,
        cliff
            .as_ref()
            .map_or_else(String::new, |cliff| format!("\n\n{}", cliff.sentence)),
        way_back(run.home, home, knob.posts())
    );

    let before = knob.value(run.hyperparameters());
    let mut value = before;
    // its margin stands out, so that the number ends where the slider does
    let field = Rect::from_min_max(
        pos2(row.right() - 64.0, row.top()),
        row.max + vec2(FIELD_MARGIN, 0.0),
    );
    let field = ui.scope(|ui| {
        let style = ui.style_mut();
        style.drag_value_text_style = egui::TextStyle::Name("value".into());
        style.spacing.button_padding = vec2(FIELD_MARGIN, 1.0);
        style.spacing.interact_size = vec2(widgets::TARGET, ROW);
        style.visuals.widgets.inactive.weak_bg_fill = theme.panel;
        style.visuals.widgets.inactive.fg_stroke.color = theme.text_strong;
        let (least, most) = knob.scale.bounds();
        let mut inner = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(field)
                .layout(egui::Layout::right_to_left(egui::Align::Center)),
        );
        NumberField::new(&field_name(knob), &mut value, least..=most)
            .speed((before * 0.01).max(knob.scale.least * 0.1))
            .show(&mut inner)
    });
    let field = field.inner;
    let label = knob.label();
    let slider = LogSlider::new(&label, &mut value, knob.scale)
        .tick(knob.posts())
        .home(home)
        .cliff(cliff.as_ref())
        .width(width);
    let slider = ui.add(slider);
    ui.add_space(-BESIDE_TICK);
    if head.hovered() || slider.hovered() || slider.dragged() {
        highlight::point(ui.ctx(), Highlight::Setting(knob.setting));
    }
    // under all of it: the line below the slider says what is changing
    let whole = head
        .rect
        .union(slider.rect.with_max_y(slider.rect.bottom() + NOTE));
    for part in [&head, &slider] {
        help::at(part, whole, Side::Under, &hint);
    }
    if value != before {
        let moved = if field.changed() { &field } else { &slider };
        actions.push(Action::Set {
            setting: knob.setting,
            value: Value::Number(value),
            press: presses::of(moved),
        });
    }
    match number_field::refusal(ui.ctx(), &field_name(knob), before) {
        Some(_) => number_field::complaint(ui, &field_name(knob), before),
        None => note(ui, knob, run, cliff.as_ref(), width),
    }
}

/// What assistive technology and tests call the number.
fn field_name(knob: &Knob) -> String {
    format!("{} value", knob.setting.symbol())
}

/// Where a double-click goes, and where the mark is.
fn way_back(preset: Option<Preset>, home: f64, posts: f64) -> String {
    let marked = format!(
        "The post's value: {}, marked below the rail",
        numbers::short(posts)
    );
    match preset {
        Some(preset) if preset != Preset::PostsValues => format!(
            "Double-click the slider for the value of the preset {}: {}\n{marked}",
            preset.title(),
            numbers::short(home)
        ),
        _ => format!("{marked}; double-click the slider to go there"),
    }
}

/// Why α is greyed out under L-BFGS.
const SEARCHED: &str = "L-BFGS searches its own step length";

/// The line under a slider: what waits, what was applied, or what a reader should know; and where its cliff is.
fn note(ui: &mut Ui, knob: &Knob, run: &RunView, cliff: Option<&CliffMark>, width: f32) {
    let theme = Theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, NOTE), Sense::hover());
    let tanh = run.experiment.hidden_activation == HiddenActivation::Tanh;
    let (text, colour) = if !knob.acts(run.hyperparameters()) {
        (SEARCHED.into(), theme.text_muted)
    } else if let Some((old, new)) = run.pending(knob.setting) {
        (format!("{old} → {new} at the next epoch"), theme.notice)
    } else if let Some((change, epoch)) = run.applied(knob.setting) {
        let since = format!("{change} from epoch {}", numbers::thousands(epoch));
        let font = theme::regular(SMALL);
        let fits = widgets::galley(ui, &since, font, theme.text_muted).size().x <= width;
        // the curves say when
        (
            if fits { since } else { change.to_string() },
            theme.text_muted,
        )
    } else if tanh && knob.setting == Setting::SparsityTarget {
        ("(a+1)/2 is what ρ targets".into(), theme.text_muted)
    } else {
        (String::new(), theme.text_muted)
    };
    let font = theme::regular(SMALL);
    let said = widgets::galley(ui, text, font.clone(), colour);
    let room = width - said.size().x - GRID;
    ui.painter().galley(rect.left_top(), said, colour);
    if let Some(cliff) = cliff.filter(|cliff| !cliff.label.is_empty()) {
        let label = format!("▲ {}", cliff.label);
        let mark = widgets::galley(ui, label, font, theme.text_muted);
        if mark.size().x <= room {
            let at = rect.right_top() - vec2(mark.size().x, 0.0);
            ui.painter().galley(at, mark, theme.text_muted);
        }
    }
}

/// A row of the settings below: quiet name at the left, `field` at the right.
pub fn row(ui: &mut Ui, name: &str, hint: &str, field: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    let builder = egui::UiBuilder::new()
        .id_salt(name)
        .max_rect(rect.with_max_x(rect.right() + FIELD_MARGIN))
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let mut row = ui.new_child(builder);
    row.spacing_mut().item_spacing.x = 0.0;
    row.spacing_mut().interact_size.x = widgets::TARGET;
    row.spacing_mut().button_padding = vec2(FIELD_MARGIN, 2.0);
    let label = row.label(RichText::new(name).color(theme.text_muted));
    help::beside(&label, Side::Under, hint);
    row.with_layout(egui::Layout::right_to_left(egui::Align::Center), field);
}
