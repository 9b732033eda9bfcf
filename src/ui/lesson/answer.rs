//! The fields in which a prediction is made: choices, a number on an axis, or tiles; and why.

use egui::{Key, RadioButton, RichText, Slider, TextEdit, Ui, vec2};

use crate::lab::lesson::Given;
use crate::lab::state::LessonAction;
use crate::lab::{Action, UserCommand, View};
use crate::training::lesson::{Answer, NumberAxis, Prediction, Term};
use crate::ui::focus;
use crate::ui::theme::{self, BODY, Theme};
use crate::ui::widgets::{self, muted};

/// Characters of a reason.
const LONGEST: usize = 200;

#[derive(Debug, Default)]
pub(super) struct AnswerFields {
    why: String,
}

impl AnswerFields {
    /// `leads` where the keys are to go to the first of them.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        given: &Given,
        leads: bool,
        actions: &mut Vec<Action>,
    ) {
        let Some(prediction) = given.prediction() else {
            return;
        };
        let answer = |answer| Action::Lesson(LessonAction::Answer(answer));
        let committed = given.outcome.as_ref().map(|judged| &judged.answer);
        let chosen = match committed {
            Some(answer) => answer.as_ref(),
            None => given.draft.as_ref(),
        };
        ui.add_enabled_ui(given.asks(), |ui| {
            widgets::edged(ui);
            match prediction {
                Prediction::Choice { choices, .. } => {
                    let now = match chosen {
                        Some(Answer::Choice(place)) => Some(*place),
                        _ => None,
                    };
                    for (place, choice) in choices.iter().enumerate() {
                        let text = RichText::new(&choice.text).font(theme::regular(theme::TITLE));
                        let radio = RadioButton::new(now == Some(place), text);
                        let response = ui.add(radio);
                        if leads && place == 0 {
                            response.request_focus();
                        }
                        if response.has_focus() {
                            focus::uses(&response, focus::Uses::Space);
                        }
                        if response.clicked() {
                            actions.push(answer(Answer::Choice(place)));
                        }
                    }
                }
                Prediction::Number { axis, measure, .. } => {
                    let now = match chosen {
                        Some(Answer::Number(value)) => Some(*value),
                        _ => None,
                    };
                    if let Some(value) = number(ui, axis, measure, now, leads) {
                        actions.push(answer(Answer::Number(value)));
                    }
                }
                Prediction::Tiles { pick, .. } => {
                    let picked = given.picked();
                    let mut names: Vec<String> =
                        picked.iter().map(|unit| (unit + 1).to_string()).collect();
                    names.sort();
                    let text = match names.is_empty() {
                        true => format!("Click {pick} tiles of the features, or go to them with Tab and press Enter."),
                        false => format!("{} of {pick} picked: units {}", picked.len(), names.join(", ")),
                    };
                    ui.label(RichText::new(text).size(BODY).color(Theme::of(ui).text));
                }
            }
            if given.asks() {
                let leads = leads && matches!(prediction, Prediction::Tiles { .. });
                self.reason(ui, view, given, leads, actions);
            } else if let Some(judged) = &given.outcome
                && !judged.why.is_empty()
            {
                ui.label(muted(ui, format!("because {}", judged.why)));
            }
        });
    }

    fn reason(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        given: &Given,
        leads: bool,
        actions: &mut Vec<Action>,
    ) {
        if self.why != given.why {
            self.why.clone_from(&given.why);
        }
        let field = TextEdit::singleline(&mut self.why)
            .char_limit(LONGEST)
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, widgets::TARGET))
            .hint_text("because… (one line)");
        let field = ui.add(field).accessible_name("Because");
        if leads {
            field.request_focus();
        }
        if field.changed() {
            actions.push(Action::Lesson(LessonAction::Why(self.why.clone())));
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && view.can(UserCommand::GoOnInLesson).is_ok() {
            actions.push(UserCommand::GoOnInLesson.into());
        }
    }
}

/// A slider along the axis; where nothing was said yet, it stands in the middle and has no number.
fn number(
    ui: &mut Ui,
    axis: &NumberAxis,
    term: &Term,
    now: Option<f64>,
    leads: bool,
) -> Option<f64> {
    let middle = if axis.log {
        (axis.from * axis.to).sqrt()
    } else {
        f64::midpoint(axis.from, axis.to)
    };
    let counts = term.other.is_none() && term.first.measure.is_count();
    // where the slider would put it by itself, which is no answer
    let middle = if counts { middle.round() } else { middle };
    let mut value = now.unwrap_or(middle);
    let width = ui.available_width() - 80.0;
    ui.spacing_mut().slider_width = width.max(80.0);
    let text = now.map(|value| term.text(value));
    let mut slider = Slider::new(&mut value, axis.from..=axis.to)
        .logarithmic(axis.log)
        .smallest_positive(axis.from.max(f64::MIN_POSITIVE))
        .show_value(false);
    if counts {
        slider = slider.step_by(1.0);
    }
    let response = ui
        .horizontal(|ui| {
            let response = ui.add(slider).accessible_name("Your prediction");
            let text = text.unwrap_or_else(|| "?".into());
            ui.label(RichText::new(text).font(theme::bold(theme::TITLE)));
            response
        })
        .inner;
    ui.label(muted(
        ui,
        format!("from {} to {}", term.text(axis.from), term.text(axis.to)),
    ));
    if leads {
        response.request_focus();
    }
    if response.has_focus() {
        focus::uses(&response, focus::Uses::Number);
    }
    // a first press of an arrow from the middle moves it; a click where it stands says just that
    let said = response.changed() && (now.is_some() || value != middle)
        || now.is_none() && response.clicked();
    said.then_some(value)
}
