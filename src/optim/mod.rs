//! Optimisers: a step on a flat parameter vector; they know nothing else.

pub mod descent;
pub mod momentum;
