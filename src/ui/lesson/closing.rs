//! The end of a lesson: what was said and what was measured in all its questions, the table for the teacher, and the
//! lesson that follows.

use egui::{RichText, TextEdit, Ui, vec2};

use super::outcome::{line, verdict};
use crate::lab::export::Export;
use crate::lab::lesson::Given;
use crate::lab::state::LessonAction;
use crate::lab::{Action, UserCommand, View};
use crate::ui::theme::{self, BODY, Theme};
use crate::ui::widgets::{self, muted};

/// Characters of a name.
const LONGEST: usize = 80;

#[derive(Debug, Default)]
pub(super) struct Closing {
    name: String,
}

impl Closing {
    /// Of each question; nothing where the lesson had none.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, given: &Given, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let answered = given.judged.iter().filter(|judged| judged.right.is_some());
        let right = answered
            .clone()
            .filter(|judged| judged.right == Some(true))
            .count();
        let heading = match answered.count() {
            0 => "The lesson is over.".to_owned(),
            1 => format!("The lesson is over: {right} of 1 prediction came true."),
            all => format!("The lesson is over: {right} of {all} predictions came true."),
        };
        let heading = RichText::new(heading).font(theme::bold(BODY));
        ui.add(egui::Label::new(heading.color(theme.accent)).wrap());
        for judged in &given.judged {
            let question = RichText::new(&judged.question).font(theme::bold(BODY));
            ui.add(egui::Label::new(question.color(theme.text_strong)).wrap());
            let (words, colour) = verdict(judged, theme);
            ui.label(RichText::new(words).size(BODY).color(colour));
            if judged.answer.is_some() {
                line(ui, "You said", &judged.said);
            }
            line(ui, "Measured", &judged.text);
        }
        let save = UserCommand::Export(Export::Predictions);
        if view.can(save).is_err() {
            return;
        }
        widgets::rule(ui);
        ui.label(muted(ui, "For the table of predictions, if you like:"));
        if self.name != view.shared.name {
            self.name.clone_from(&view.shared.name);
        }
        let field = TextEdit::singleline(&mut self.name)
            .char_limit(LONGEST)
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, widgets::TARGET))
            .hint_text("your name");
        if ui.add(field).accessible_name("Your name").changed() {
            actions.push(Action::Lesson(LessonAction::Name(self.name.clone())));
        }
        if widgets::command_button(ui, save, save.text(), 0.0).clicked() {
            actions.push(save.into());
        }
    }
}
