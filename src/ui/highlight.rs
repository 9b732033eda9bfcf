//! What the pointer rests on, so that other panels can light what belongs to it: a slider its terms, a term its curve.

use egui::{Context, Id};

use super::curve_cache::Term;
use crate::training::Setting;

/// Something that stands in several places of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Highlight {
    Setting(Setting),
    Term(Term),
}

impl Highlight {
    /// Whether `term` of the cost is to be lit: it is what is pointed at, or what the setting pointed at acts on.
    pub fn lights(self, term: Term) -> bool {
        match self {
            Self::Term(pointed) => pointed == term,
            Self::Setting(setting) => match setting {
                Setting::SparsityTarget | Setting::SparsityWeight => term == Term::Sparsity,
                Setting::WeightDecay => term == Term::Decay,
                _ => false,
            },
        }
    }

    /// Whether the update is to be lit.
    pub fn lights_update(self) -> bool {
        matches!(
            self,
            Self::Setting(Setting::LearningRate | Setting::Momentum | Setting::Optimizer)
        )
    }
}

fn id() -> Id {
    Id::unique("highlight")
}

/// The pointer rests on `highlight`, in this frame.
pub fn point(ctx: &Context, highlight: Highlight) {
    let pass = ctx.cumulative_pass_nr();
    let before = pointed(ctx);
    ctx.data_mut(|data| data.insert_temp(id(), (pass, highlight)));
    if before != Some(highlight) {
        ctx.request_repaint(); // what was drawn before it learns of it, once
    }
}

/// What the pointer rests on, in this frame or the one before.
pub fn pointed(ctx: &Context) -> Option<Highlight> {
    let (pass, highlight) = ctx.data(|data| data.get_temp::<(u64, Highlight)>(id()))?;
    (pass + 1 >= ctx.cumulative_pass_nr()).then_some(highlight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slider_lights_what_it_acts_on() {
        for (setting, term) in [
            (Setting::SparsityTarget, Some(Term::Sparsity)),
            (Setting::SparsityWeight, Some(Term::Sparsity)),
            (Setting::WeightDecay, Some(Term::Decay)),
            (Setting::LearningRate, None),
        ] {
            let highlight = Highlight::Setting(setting);
            for other in Term::ALL {
                assert_eq!(highlight.lights(other), Some(other) == term);
            }
            assert_eq!(highlight.lights_update(), term.is_none());
        }
    }
}
