//! Which changes belong together: all that is changed during one press of the pointer or of a key is one gesture.

use egui::{Context, Event, Id, Response};

/// The number of the present press, and of the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Presses {
    now: u64,
    before: u64,
}

fn id() -> Id {
    Id::unique("presses")
}

/// Counts the presses of this frame; to be called once, before anything reads them.
pub(super) fn count(ctx: &Context) {
    let pressed = ctx.input(|input| {
        input.events.iter().any(|event| match event {
            Event::PointerButton { pressed, .. } => *pressed,
            Event::Key {
                pressed, repeat, ..
            } => *pressed && !*repeat,
            Event::AccessKitActionRequest(_) => true,
            _ => false,
        })
    });
    if pressed {
        ctx.data_mut(|data| {
            let presses = data.get_temp_mut_or_default::<Presses>(id());
            presses.before = presses.now;
            presses.now += 1;
        });
    }
}

/// The press that a change of `response` in this frame belongs to. What a double-click does belongs to its first press,
/// which may have changed something already.
pub(super) fn of(response: &Response) -> u64 {
    let presses = response
        .ctx
        .data(|data| data.get_temp::<Presses>(id()).unwrap_or_default());
    if response.double_clicked() {
        presses.before
    } else {
        presses.now
    }
}
