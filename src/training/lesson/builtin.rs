//! The lessons that the program carries: `assets/lessons`.

use strum::VariantArray;

use super::{Lesson, LessonError};

/// A lesson of the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Builtin {
    Sparsity,
    Edges,
    Clothes,
    Cliff,
    Revival,
    LowRho,
    Overshoot,
    Vanishing,
    FewUnits,
    Bracket,
    Batches,
    Similar,
}

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../../../assets/lessons/", $name, ".md"))
    };
}

impl Builtin {
    /// In the order in which a class takes them.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// Its number in a class, from 1.
    pub fn number(self) -> usize {
        1 + self as usize
    }

    /// As its file has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sparsity => "What sparsity buys",
            Self::Edges => "Edges from photographs",
            Self::Clothes => "Shoes, trousers, sleeves",
            Self::Cliff => "The cliff has an address",
            Self::Revival => "Why dead stays dead",
            Self::LowRho => "Too low a target is the same cliff",
            Self::Overshoot => "Overshoot has its address too",
            Self::Vanishing => "Vanishing gradients",
            Self::FewUnits => "Too few hidden units",
            Self::Bracket => "The misplaced bracket",
            Self::Batches => "Small batches, noisy means",
            Self::Similar => "Do similar detectors emerge everywhere?",
        }
    }

    /// Its file.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sparsity => text!("01-sparsity"),
            Self::Edges => text!("02-edges"),
            Self::Clothes => text!("03-clothes"),
            Self::Cliff => text!("04-cliff"),
            Self::Revival => text!("05-revival"),
            Self::LowRho => text!("06-low-rho"),
            Self::Overshoot => text!("07-overshoot"),
            Self::Vanishing => text!("08-vanishing"),
            Self::FewUnits => text!("09-few-units"),
            Self::Bracket => text!("10-bracket"),
            Self::Batches => text!("11-batches"),
            Self::Similar => text!("12-similar"),
        }
    }

    /// # Errors
    /// None that the tests leave in.
    pub fn lesson(self) -> Result<Lesson, LessonError> {
        Lesson::parse(self.text())
    }
}
