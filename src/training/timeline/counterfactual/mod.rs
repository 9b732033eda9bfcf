//! What would have saved a unit: every change before its death undone in turn, and the same epochs trained again.
//!
//! **What is undone.** A gesture (one drag, one typed value, one undo) is one change; so is a revival. A change undone
//! *alone* leaves its settings as they were before it, until a later change sets them; all else is done again as it was.
//! Where no change alone saves the unit, a setting that was changed more than once *stays* as it was before one of these
//! changes: that one and all later ones of the setting are undone. Every sentence says which of the two was done.
//!
//! **How far back.** The latest [`CHANGES`] changes that began within [`EPOCHS`] epochs before the death, as far as there
//! is a keyframe to go on from before them ([`Limit`] says where more had been changed).
//!
//! **How far on.** Nothing that was done after the death is done again: the settings stay as they then were, on both ways.
//! A unit counts as saved if it is not dead at the end of any epoch from its death on, for as many epochs again as lie
//! between the change and the death, at least [`AFTER`] and at most [`EPOCHS`]: a death that is only put off is a death.
//! A unit that would have come back by itself within [`AFTER`] epochs needs no saving.
//!
//! **The smallest change** is, among those that save it, the one of the least size: |ln(b/a)| of a number, from what the
//! setting stayed at to the furthest that it went; |b − a| of momentum, whose range is [0, 1); added up where a gesture
//! changed several settings. To or from 0, of a choice (optimiser, form of the gradient, full batch) and of a revival it
//! is ∞. Of equal ones the later one.
//!
//! | file | what it holds |
//! |---|---|
//! | `death` | which death of a unit is asked about |
//! | `undone` | a change that is undone, its size and its words |
//! | `question` | what is gathered of the archive, and its limits |
//! | `fork` | a run along a past with one change undone |
//! | `fate` | what became of the unit |
//! | `answer` | all of it played |
//! | `sentence` | in words |

mod answer;
mod death;
mod fate;
mod fork;
mod question;
mod sentence;
mod undone;

pub use answer::{Answer, Tried};
pub use death::Death;
pub use fate::{Fate, FatePoint, Outcome};
pub use question::{AFTER, CHANGES, Counterfactual, EPOCHS, Limit};
pub use undone::{Stayed, Undone, What};
