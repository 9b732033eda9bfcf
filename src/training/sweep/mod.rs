//! A map of the plane: runs on a grid of one or two settings, each cell from one or several seeds.
//!
//! A [`Plan`] lists the runs; each is a value, which can be trained anywhere and in any order ([`Common::train`], or all of
//! them with one on each core, [`Common::train_all`]), and the [`Map`] takes what comes of them. So a window shows one cell
//! after the other, coarse to fine, and a command uses every core, with the same result to the bit.

mod axis;
mod error;
mod falls;
mod map;
mod outcome;
mod plan;
#[cfg(test)]
mod tests;
mod work;

pub use axis::{Axis, Scale, Varied};
pub use error::{MOST_RUNS, SweepError};
pub use falls::{Falls, Followed, Goal};
pub use map::{Cell, Crossing, Map, Measure};
pub use outcome::{CONVERGED, Outcome, Status};
pub use plan::{Place, Plan};
pub use work::{Common, End, Finished, News};
