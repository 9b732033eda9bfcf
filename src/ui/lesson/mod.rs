//! A lesson in the left column: its step, the question, what was said against what was measured, and the controls that
//! the step unlocks.

mod answer;
mod closing;
mod marks;
mod outcome;
mod scale;

pub(super) use marks::{on_costs, on_means, on_units};

use egui::style::ScrollAnimation;
use egui::{
    Color32, CornerRadius, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::dialogs::primary;
use super::formula::{self, Formulas};
use super::help::Help as _;
use super::keymap;
use super::theme::{self, BODY, GRID, SMALL, TITLE, Theme};
use super::widgets::{self, muted};
use crate::lab::lesson::{Given, Phase};
use crate::lab::panel::Panel;
use crate::lab::teaching::panel_of;
use crate::lab::{Action, UserCommand, View};
use crate::training::lesson::{Paragraph, Step};

/// Points an em, where the column is wide enough, and the least.
const FORMULA: std::ops::RangeInclusive<f32> = 11.0..=18.0;
/// Height of the bar that says how far the lesson is.
const BAR: f32 = 5.0;

#[derive(Default)]
pub struct LessonPanel {
    formulas: Formulas,
    answer: answer::AnswerFields,
    closing: closing::Closing,
    /// Where the keys went last: once a step, and once more when what came of it is seen.
    led: Option<(usize, Phase)>,
    /// Height of what stands at the foot, as it was drawn last.
    foot: f32,
}

impl LessonPanel {
    /// `controls` draws those that the step unlocks.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        given: &Given,
        actions: &mut Vec<Action>,
        controls: impl FnOnce(&mut Ui, &mut Vec<Action>),
    ) {
        let Some(step) = given.now() else {
            return;
        };
        let theme = Theme::of(ui);
        let led = self.led;
        let leads = self.leads(ui, given);
        let outcome_is_new = given.phase == Phase::Shown && self.led != led;
        let all = ui.available_rect_before_wrap();
        let foot = (all.bottom() - self.foot).max(all.top());
        let above = UiBuilder::new().max_rect(all.with_max_y(foot - GRID));
        widgets::scroll(&mut ui.new_child(above), |ui| {
            ui.spacing_mut().item_spacing.y = GRID;
            let title = RichText::new(given.title()).font(theme::bold(TITLE));
            ui.add(egui::Label::new(title.color(theme.text_strong)).wrap());
            progress(ui, given);
            if given.phase == Phase::Over {
                self.closing.ui(ui, view, given, actions);
                return;
            }
            let heading = RichText::new(&step.title).font(theme::bold(BODY));
            ui.add(egui::Label::new(heading.color(theme.accent)).wrap());
            if let Some(panel) = step.look.place.map(panel_of) {
                let name = match panel {
                    Panel::Units => "Units", // as it is headed
                    panel => panel.title(),
                };
                ui.label(muted(ui, format!("Look at the outlined panel: {name}.")));
            }
            self.text(ui, step);
            if step.prediction.is_some() && given.phase != Phase::Preparing {
                self.answer.ui(ui, view, given, leads, actions);
            }
            let outcome = ui.scope(|ui| outcome::ui(ui, given)).response.rect;
            if outcome_is_new {
                ui.scroll_to_rect_animation(outcome, None, ScrollAnimation::none());
            }
            let unlocked = step
                .look
                .unlocked
                .iter()
                .any(|control| given.unlocks(*control));
            if unlocked {
                widgets::rule(ui);
                controls(ui, actions);
            } else if given.asks() {
                ui.label(muted(
                    ui,
                    "Play and all settings are locked until you commit.",
                ));
            }
        });
        // always in sight, however long the step is
        let below = UiBuilder::new().max_rect(all.with_min_y(foot));
        let mut below = ui.new_child(below);
        below.spacing_mut().item_spacing.y = GRID;
        buttons(&mut below, view, given, leads && !given.asks(), actions);
        let height = below.min_rect().height();
        if height != self.foot {
            self.foot = height;
            ui.request_discard("what stands above the foot is laid out by its height");
        }
    }

    /// Whether the keys are to be led to what the step waits for: where it begins, and where its outcome is seen unless
    /// they are at work elsewhere by then.
    fn leads(&mut self, ui: &Ui, given: &Given) -> bool {
        let now = match given.phase {
            Phase::Asking | Phase::Shown | Phase::Over => Some((given.step, given.phase)),
            Phase::Preparing => None,
            Phase::Running(_) | Phase::Measuring => return false,
        };
        if now.is_none() {
            self.led = None;
            return false;
        }
        if self.led == now {
            return false;
        }
        let ran = self.led == Some((given.step, Phase::Asking));
        self.led = now;
        !ran || ui.memory(|memory| memory.focused().is_none())
    }

    /// The words and formulas of a step; its words are larger than the lab's.
    fn text(&mut self, ui: &mut Ui, step: &Step) {
        let theme = Theme::of(ui);
        for paragraph in &step.text {
            match paragraph {
                Paragraph::Words(words) => {
                    let text = RichText::new(words).font(theme::regular(TITLE));
                    ui.add(egui::Label::new(text.color(theme.text)).wrap());
                }
                Paragraph::Formula(latex) => self.formula(ui, latex, theme.text_strong),
            }
        }
    }

    fn formula(&mut self, ui: &mut Ui, latex: &str, colour: Color32) {
        let Some(list) = self.formulas.layout(latex) else {
            // as it is written, where it can't be typeset
            let text = RichText::new(latex).monospace().size(SMALL);
            ui.add(egui::Label::new(text).wrap());
            return;
        };
        let (width, up, down) = (list.width as f32, list.height as f32, list.depth as f32);
        let room = ui.available_width();
        let size = (room / width.max(1.0)).clamp(*FORMULA.start(), *FORMULA.end());
        let height = (up + down) * size + GRID;
        let (rect, response) = ui.allocate_exact_size(vec2(room, height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, latex));
        let left = rect.left() + ((room - width * size) / 2.0).max(0.0);
        let baseline = rect.top() + GRID / 2.0 + up * size;
        formula::paint(ui.painter(), &list, pos2(left, baseline), size, colour);
    }
}

/// A bar a step: those that are done are filled.
fn progress(ui: &mut Ui, given: &Given) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    let steps = given.lesson.steps.len();
    let said = format!("Step {} of {steps}", given.step + 1);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let gap = GRID / 2.0;
    let width = (rect.width() + gap) / steps as f32 - gap;
    for step in 0..steps {
        let left = rect.left() + step as f32 * (width + gap);
        let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(width, BAR));
        let colour = if step <= given.step {
            theme.accent
        } else {
            theme.line
        };
        ui.painter().rect_filled(bar, CornerRadius::same(2), colour);
    }
}

/// The one button that goes on, and the teacher's.
fn buttons(ui: &mut Ui, view: &View<'_>, given: &Given, leads: bool, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let waits = match given.phase {
        Phase::Preparing => Some("Loading the data …"),
        Phase::Running(_) => Some("Running …"),
        Phase::Measuring => Some("Measuring …"),
        Phase::Asking | Phase::Shown | Phase::Over => None,
    };
    if let Some(words) = waits {
        let words = match given.phase {
            Phase::Running(until) if !view.run.playing => format!(
                "Paused at epoch {} of {until}: Play (Space) goes on.",
                view.run.now()
            ),
            Phase::Running(until) => format!("Epoch {} of {until} …", view.run.now()),
            _ => words.to_owned(),
        };
        ui.label(RichText::new(words).size(BODY).color(theme.text_muted));
    }
    if given.phase == Phase::Asking
        && let Err(why) = given.is_answered()
    {
        ui.label(muted(ui, why));
    }
    ui.horizontal_wrapped(|ui| {
        let go = UserCommand::GoOnInLesson;
        let possible = view.can(go);
        let button = primary(theme, given.go_on_text());
        let response = ui.add_enabled(possible.is_ok(), button);
        let response = match possible {
            Ok(()) => response.help(keymap::hover_text(ui.ctx(), go)),
            Err(why) => response.why_not(why),
        };
        if leads {
            response.request_focus();
        }
        if response.clicked() {
            actions.push(go.into());
        }
        // there the button that goes on leaves
        let over = given.phase == Phase::Over;
        let last = given.step + 1 == given.lesson.steps.len() && given.phase == Phase::Shown;
        let teacher = [
            given.can_reveal().then_some(UserCommand::RevealStep),
            (!last && !over).then_some(UserCommand::SkipStep),
            (!last && (!over || given.next().is_some())).then_some(UserCommand::LeaveLesson),
        ];
        for command in teacher.into_iter().flatten() {
            let word = match command {
                UserCommand::SkipStep => "Skip",
                UserCommand::LeaveLesson => "Leave",
                _ => command.text(),
            };
            let button = egui::Button::new(muted(ui, word)).frame_when_inactive(false);
            let response = ui.add(button.min_size(vec2(widgets::TARGET, 28.0)));
            let response = response.help(command.tooltip());
            if response.accessible_name(command.text()).clicked() {
                actions.push(command.into());
            }
        }
    });
}

/// Points out the panel in `rect` that the step says to look at.
pub(super) fn point_out(ui: &Ui, rect: Rect) {
    let theme = Theme::of(ui);
    let stroke = egui::Stroke::new(2.0, theme.accent);
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(theme::RADIUS + 2),
        stroke,
        egui::StrokeKind::Inside,
    );
}
