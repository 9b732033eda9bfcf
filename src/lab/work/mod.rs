//! What the jobs do, on the thread that their host chose. It tells how far it is, and stops when it is told to.

mod compare;
mod counterfactual;
mod features;
mod gradient;
mod inspect;
mod map;
mod matching;
mod probe;
mod replay;
mod spectrum;

pub use compare::compare;
pub use counterfactual::counterfactual;
pub use features::features;
pub use gradient::check_gradient;
pub use inspect::inspect;
pub use map::map;
pub use matching::matched;
pub use probe::probe;
pub use replay::replay;
pub use spectrum::spectrum;
