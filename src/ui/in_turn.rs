//! Input in the order in which it was given, though a slow frame gets much of it at once: the toolkit moves the focus
//! before it hands out any text, so that what was typed before Tab would go into the field after it.

use egui::{Context, Event, Key, Plugin, RawInput, SurrenderFocusOn, Ui};

/// Holds back what comes after a move of the focus, or before it, until the next frame.
#[derive(Default)]
struct InTurn {
    held: Vec<Event>,
    /// Whether the last frame had Tab: backwards, the focus arrives only in the frame after, and the text is selected
    /// at its end.
    moved: bool,
}

/// To be called once.
pub fn install(ctx: &Context) {
    ctx.add_plugin(InTurn::default());
    // what was typed stands once another control is pressed, so that the click comes second and finds it there
    let on = SurrenderFocusOn::Presses;
    ctx.options_mut(|options| options.input_options.surrender_focus_on = on);
}

impl Plugin for InTurn {
    fn debug_name(&self) -> &'static str {
        "input in turn"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let mut events = std::mem::take(&mut self.held);
        events.append(&mut input.events);
        let length = if self.moved {
            arrival(&events)
        } else {
            turn(&events, ctx.text_edit_focused())
        };
        self.held = events.split_off(length);
        self.moved = events
            .iter()
            .any(|event| matches!(Input::of(event), Some(Input::Tab)));
        input.events = events;
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if !self.held.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

/// How many of `events` belong in one frame, where a field is being typed in or not.
fn turn(events: &[Event], typing: bool) -> usize {
    let mut before: Option<Input> = None;
    for (place, event) in events.iter().enumerate() {
        let Some(input) = Input::of(event) else {
            continue;
        };
        let apart = match (before, input) {
            (Some(Input::Tab), _) | (Some(_), Input::Tab) => true,
            // a press takes the focus from the field, and a click gives it to another
            (Some(Input::Pointer), Input::Keys) => true,
            (Some(_), Input::Pointer) => typing,
            (None, _) | (Some(Input::Keys), Input::Keys) => false,
        };
        if apart {
            return place;
        }
        before = Some(input);
    }
    events.len()
}

/// How many of `events` may go before the focus has arrived.
fn arrival(events: &[Event]) -> usize {
    let first = events.iter().position(|event| Input::of(event).is_some());
    first.unwrap_or(events.len())
}

/// What may move the focus, or goes where it is.
#[derive(Clone, Copy)]
enum Input {
    Tab,
    Pointer,
    Keys,
}

impl Input {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Key {
                key: Key::Tab,
                pressed: true,
                ..
            } => Some(Self::Tab),
            Event::PointerButton { .. } => Some(Self::Pointer),
            Event::Key { pressed: true, .. }
            | Event::Text(_)
            | Event::Paste(_)
            | Event::Cut
            | Event::Ime(_) => Some(Self::Keys),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{Modifiers, PointerButton, Pos2};

    use super::*;

    fn key(key: Key, pressed: bool) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        }
    }

    fn button(pressed: bool) -> Event {
        Event::PointerButton {
            pos: Pos2::ZERO,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    /// The lengths of the frames.
    fn turns(mut events: &[Event], typing: bool) -> Vec<usize> {
        let mut lengths = Vec::new();
        while !events.is_empty() {
            let length = turn(events, typing);
            lengths.push(length);
            events = &events[length..];
        }
        lengths
    }

    #[test]
    fn what_is_typed_and_what_moves_the_focus_are_frames_of_their_own() {
        let (down, up) = (key(Key::Tab, true), key(Key::Tab, false));
        let events = [text("1"), text("2"), down.clone(), up, text("3"), down];
        assert_eq!(turns(&events, true), [2, 2, 1, 1]);
        assert_eq!(turns(&[key(Key::A, true), text("a")], true), [2]);
        assert_eq!(turns(&[key(Key::Enter, true)], true), [1]);
    }

    #[test]
    fn a_click_is_one_frame_unless_a_field_is_being_typed_in() {
        let click = [Event::PointerMoved(Pos2::ZERO), button(true), button(false)];
        assert_eq!(turns(&click, false), [3]);
        assert_eq!(turns(&click, true), [2, 1]);
        let typed = [text("1"), button(true), button(false), text("2")];
        assert_eq!(turns(&typed, true), [1, 1, 1, 1]);
        assert_eq!(turns(&typed[1..], false), [2, 1]);
    }
}
