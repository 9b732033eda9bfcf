//! The past of runs, so that any epoch of it can be shown and gone on from.
//!
//! A run is deterministic: from a [`Keyframe`](super::run::Keyframe), the edits and the revivals its future can be computed again to the bit. So
//! only some moments are kept, dense lately and sparser further back, within a budget of memory for all runs
//! ([`Archive`]); what lies between two of them is replayed ([`Replay`]).
//!
//! | file | what it holds |
//! |---|---|
//! | `moment` | a point of a run's time; what happened between two of them |
//! | `frames` | one run's keyframes and deeds |
//! | `thinning` | which keyframes stay |
//! | `archive` | all runs, the budget; shared by the trainer, which fills it, and the window, which looks things up |
//! | `replay` | from a keyframe to a later moment |
//! | `leading` | a run that nobody watches: what is planned is done to it, and what was done is remembered |
//! | `stored` | the past of a run as a file keeps it |
//! | `counterfactual` | what would have saved a unit: changes undone, the same epochs trained again |

mod archive;
pub mod counterfactual;
mod frames;
mod leading;
mod moment;
mod replay;
mod stored;
mod thinning;

#[cfg(test)]
mod tests;

pub use archive::{Archive, BUDGET, Kept, MemoryUse, Unreachable};
pub use counterfactual::{Answer, Counterfactual};
pub use leading::Led;
pub use moment::{Deed, Moment};
pub use replay::{Replay, ReplayError};
pub use stored::{Past, PastFrame};
pub use thinning::Interest;
