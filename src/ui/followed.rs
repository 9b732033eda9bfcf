//! Below the bar while the run that is shown is trained elsewhere: from where it comes, which tensors were taken, and what
//! is wrong. What has no room in two rows is said where one points.

use egui::{Align, Button, Color32, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};

use super::help::Help as _;
use super::status::shortened;
use super::theme::{GRID, SMALL, Theme};
use super::{rows, widgets};
use crate::data::error::grouped;
use crate::lab::followed::Followed;
use crate::lab::{Action, UserCommand, View};

const ROW: f32 = 26.0;
/// Of the button at the end of the first row.
const STOP: f32 = 104.0;
const BETWEEN: f32 = 2.0 * GRID;

/// What the rows are about, where there is something.
pub fn of<'a>(view: &View<'a>) -> Option<&'a Followed> {
    let shown = view.run.followed.as_deref();
    shown.or(view.shared.awaited.as_ref())
}

/// What stands in a row.
struct Part {
    words: String,
    tone: Color32,
    about: String,
}

/// The rows as they will be drawn.
pub struct Rows {
    rows: Vec<Vec<Part>>,
    stops: bool,
}

impl Rows {
    /// Of `followed`, in a window of `size`.
    pub fn new(ui: &Ui, view: &View<'_>, followed: &Followed, size: egui::Vec2) -> Self {
        let theme = Theme::of(ui);
        let stops = followed.live && view.can(UserCommand::StopFollowing).is_ok();
        let wide = |words: &str| widgets::width(ui, words).ceil();
        let whole = size.x - 2.0 * BETWEEN;
        let first = whole - if stops { STOP + BETWEEN } else { 0.0 };
        let taken = followed.taken.as_ref();
        let taken = taken.map(|taken| format!("Tensors: {taken}"));
        let mut about = format!("{}.\n{}", followed.sentence(), followed.folder.display());
        if let Some(taken) = &taken {
            about = format!("{about}\n{taken}");
        }
        let head = shortest_but(&heads(followed), |words| wide(words) <= first);
        let most = if rows::has_status(size.y) { 2 } else { 1 };
        let mut rows = vec![Vec::new()];
        let mut left = [first - wide(&head) - BETWEEN, whole];
        rows[0].push(Part {
            words: head,
            tone: theme.text,
            about,
        });
        let mut put = |words: String, tone, about: &str| {
            let room = left.iter().take(most);
            let Some(row) = room.into_iter().position(|left| wide(&words) <= *left) else {
                return false;
            };
            left[row] -= wide(&words) + BETWEEN;
            rows.resize_with(rows.len().max(row + 1), Vec::new);
            rows[row].push(Part {
                words,
                tone,
                about: about.to_owned(),
            });
            true
        };
        // what is wrong has the first call on the room
        if let Some(problem) = followed.problem() {
            let short = match &followed.trouble {
                Some((name, _)) => format!("{} can't be used", shortened(name)),
                None => "Waiting for a file".to_owned(),
            };
            let words = [problem.clone(), short, "One can't be used".to_owned()];
            let mut words = words.into_iter();
            let _said = words.any(|words| put(words, theme.notice, &problem));
        }
        if let Some(taken) = taken {
            let about = "Which tensors of the file were taken, and how they lie in it";
            put(taken, theme.text_muted, about);
        }
        Self { rows, stops }
    }

    pub fn height(&self) -> f32 {
        ROW * self.rows.len() as f32 + 2.0
    }

    pub fn ui(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, theme.panel);
        for (place, parts) in self.rows.iter().enumerate() {
            let top = rect.top() + ROW * place as f32;
            let room = Rect::from_min_max(
                pos2(rect.left() + BETWEEN, top),
                pos2(rect.right() - BETWEEN, top + ROW),
            );
            let builder = UiBuilder::new()
                .id_salt(("followed", place))
                .max_rect(room)
                .layout(Layout::left_to_right(Align::Center));
            let mut row = ui.new_child(builder);
            row.spacing_mut().item_spacing.x = BETWEEN;
            for part in parts {
                let words = RichText::new(&part.words).size(SMALL).color(part.tone);
                row.label(words).help(&part.about);
            }
            if place == 0 && self.stops {
                widgets::at_right(&mut row, "stop following", |ui| {
                    let command = UserCommand::StopFollowing;
                    let words = RichText::new(command.text()).size(SMALL).color(theme.text);
                    let button = Button::new(words).min_size(vec2(STOP, widgets::TARGET));
                    if ui.add(button).help(command.tooltip()).clicked() {
                        actions.push(command.into());
                    }
                });
            }
        }
    }
}

/// From where it comes and how far it is, the longest first.
fn heads(followed: &Followed) -> Vec<String> {
    let (folder, count) = (shortened(&followed.title()), grouped(followed.count));
    let Some(last) = &followed.last else {
        return vec![
            format!("Waiting for the first checkpoint in {folder}"),
            "Waiting for a checkpoint".to_owned(),
        ];
    };
    let name = shortened(&last.name);
    let how = if followed.live {
        "Followed in"
    } else {
        "No longer followed in"
    };
    vec![
        format!("{how} {folder}: {name}, no. {count}"),
        format!("{name}, no. {count}"),
        format!("Checkpoint no. {count}"),
    ]
}

/// The first of `words` that fits, or else the last.
fn shortest_but(words: &[String], fits: impl Fn(&str) -> bool) -> String {
    let fitting = words.iter().find(|words| fits(words));
    fitting.or(words.last()).cloned().unwrap_or_default()
}
