//! Every command in one list, found by typing a few of its letters.

use egui::{
    Color32, Id, Key, Modal, Modifiers, Rect, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Matcher, Utf32Str};

use super::theme::{self, BODY, GRID, RADIUS, SMALL, Theme};
use super::widgets::{self, muted};
use super::{dialogs, keymap};
use crate::lab::View;
use crate::lab::{Action, UserCommand};

const WIDTH: f32 = 520.0;
/// Of one command: its name, and below it what it does.
const ROW: f32 = 38.0;
/// The part of the window's height that the list takes, and its bounds in points.
const PART: f32 = 0.6;
const HEIGHTS: std::ops::RangeInclusive<f32> = 3.0 * ROW..=12.0 * ROW;

/// One line of the list.
struct Entry {
    command: UserCommand,
    /// "Preset: Edges"
    name: String,
    /// What gives it on the page that is open.
    keys: Option<String>,
    /// Why it can't be given now.
    why_not: Option<&'static str>,
}

/// The list of all commands, while [`Shared::palette`](crate::lab::Shared) says that it is open.
#[derive(Default)]
pub struct Palette {
    query: String,
    /// Place in the list.
    chosen: usize,
    /// Whether it was drawn in the last frame.
    open: bool,
    matcher: Matcher,
}

impl Palette {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        if !view.shared.palette {
            self.open = false;
            return;
        }
        if !std::mem::replace(&mut self.open, true) {
            self.query.clear();
            self.chosen = 0;
        }
        // before the field is drawn, which uses these keys itself
        let (up, down, enter, escape) = ui.input_mut(|input| {
            let mut presses = |key| input.count_and_consume_key(Modifiers::NONE, key);
            let moves = (presses(Key::ArrowUp), presses(Key::ArrowDown));
            let enter = presses(Key::Enter) > 0;
            (moves.0, moves.1, enter, input.key_pressed(Key::Escape))
        });
        let again = keymap::take(ui.ctx(), UserCommand::Palette);
        let window = ui.ctx().content_rect().size();
        let modal = Modal::new(Id::unique("palette")).frame(dialogs::frame(ui));
        let modal = modal.show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(window.x - 8.0 * GRID));
            ui.spacing_mut().item_spacing.y = GRID;
            let field = TextEdit::singleline(&mut self.query)
                .desired_width(f32::INFINITY)
                .hint_text("Type to find a command, preset, data set or page");
            let field = ui.add(field).accessible_name("Find a command");
            let typed = field.changed();
            let list = self.listed(ui, view);
            self.chosen = if typed { 0 } else { self.chosen + down };
            self.chosen = self.chosen.min(list.len().saturating_sub(1));
            self.chosen = self.chosen.saturating_sub(up);
            let height = (window.y * PART).clamp(*HEIGHTS.start(), *HEIGHTS.end());
            let height = (height / ROW).floor() * ROW; // whole entries
            let moved = typed || up > 0 || down > 0;
            let clicked = rows(ui, &list, self.chosen, moved, height);
            let entered = enter.then_some(self.chosen);
            let given = clicked.or(entered).and_then(|place| list.get(place));
            if let Some(entry) = given.filter(|entry| entry.why_not.is_none()) {
                actions.push(entry.command.into());
                field.surrender_focus();
            } else if !escape && !again {
                field.request_focus(); // whatever is typed is the query
            }
        });
        if again || modal.should_close() {
            actions.push(Action::CloseDialog);
        }
    }

    /// What the query finds, the best first; among equals, what can't be given now comes last. All of them for an empty
    /// query.
    fn listed(&mut self, ui: &Ui, view: &View<'_>) -> Vec<Entry> {
        let pattern = Pattern::new(
            &self.query,
            CaseMatching::Ignore,
            Normalization::Smart,
            AtomKind::Fuzzy,
        );
        let mut letters = Vec::new();
        let mut found = Vec::new();
        let others = UserCommand::all().filter(|command| *command != UserCommand::Palette);
        for command in others {
            let name = format!("{}: {}", command.group(), command.text());
            let letters = Utf32Str::new(&name, &mut letters);
            if let Some(score) = pattern.score(letters, &mut self.matcher) {
                let why_not = view.can(command).err();
                let entry = Entry {
                    command,
                    name,
                    keys: keymap::keys_on(ui.ctx(), command, view.shared.page),
                    why_not,
                };
                found.push((score, entry));
            }
        }
        found.sort_by_key(|(score, entry)| (std::cmp::Reverse(*score), entry.why_not.is_some()));
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// The list, `height` high; returns the place that was clicked. The `chosen` one is brought into view where it `moved`.
fn rows(ui: &mut Ui, list: &[Entry], chosen: usize, moved: bool, height: f32) -> Option<usize> {
    let mut clicked = None;
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if list.is_empty() {
                ui.label(muted(ui, "No command has these letters in this order."));
            }
            for (place, entry) in list.iter().enumerate() {
                let (rect, response) =
                    ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
                let possible = entry.why_not.is_none();
                response.widget_info(|| {
                    WidgetInfo::selected(Role::Button, possible, place == chosen, &entry.name)
                });
                if place == chosen && moved {
                    ui.scroll_to_rect(rect, None);
                }
                let back = match (place == chosen, response.hovered()) {
                    (true, _) => ui.visuals().selection.bg_fill,
                    (false, true) => Theme::of(ui).raised,
                    (false, false) => Color32::TRANSPARENT,
                };
                if ui.is_rect_visible(rect) {
                    ui.painter().rect_filled(rect, RADIUS, back);
                    draw(ui, rect.shrink2(vec2(GRID, 0.5 * GRID)), entry);
                }
                if response.clicked() {
                    clicked = Some(place);
                }
            }
        });
    clicked
}

/// Name and keys, and below them what it does, or why it can't be done now.
fn draw(ui: &Ui, rect: Rect, entry: &Entry) {
    let theme = Theme::of(ui);
    let tone = match entry.why_not {
        None => theme.text_strong,
        Some(_) => theme.text_muted,
    };
    let mut room = rect.width();
    if let Some(keys) = &entry.keys {
        let galley = widgets::elided(ui, keys, theme::regular(SMALL), theme.text, room);
        let left = rect.right() - galley.size().x;
        ui.painter()
            .galley(pos2(left, rect.top() + 1.0), galley, theme.text);
        room = left - rect.left() - GRID;
    }
    let name = widgets::elided(ui, &entry.name, theme::regular(BODY), tone, room);
    ui.painter().galley(rect.left_top(), name, tone);
    let (words, colour) = match entry.why_not {
        None => (entry.command.tooltip(), theme.text),
        Some(why_not) => (why_not, theme.text_muted),
    };

    let width = |text: &str| widgets::width(ui, text);
    let words = clause(words, |text| width(text) <= rect.width());
    let words = widgets::elided(ui, words, theme::regular(SMALL), colour, rect.width());
    let at = rect.left_bottom() - vec2(0.0, words.size().y);
    ui.painter().galley(at, words, colour);
}

/// As many whole clauses of `words` as fit; all of them where not even one does.
fn clause(words: &str, fits: impl Fn(&str) -> bool) -> &str {
    if fits(words) {
        return words;
    }
    let ends = [". ", "; ", ": ", ", "].into_iter().flat_map(|end| {
        words
            .rmatch_indices(end)
            .map(|(at, _)| words.get(..at).unwrap_or(words))
    });
    let mut fitting = ends.filter(|part| fits(part));
    fitting.next().unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::clause;

    #[test]
    fn a_sentence_without_room_loses_whole_clauses() {
        let most = |most: usize| move |text: &str| text.chars().count() <= most;
        let words = "See it, and change it: patches, colour. Then train";
        assert_eq!(clause(words, most(60)), words);
        assert_eq!(
            clause(words, most(45)),
            "See it, and change it: patches, colour"
        );
        assert_eq!(clause(words, most(30)), "See it, and change it");
        assert_eq!(clause(words, most(8)), "See it");
        assert_eq!(clause(words, most(3)), words);
    }
}
