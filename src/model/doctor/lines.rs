//! Where in the formulas a mistake is made.

use super::Mistake;

/// A part of the formulas, as the page of formulas has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Line {
    /// ρ̂
    MeanActivation,
    /// δ3
    OutputError,
    /// W2ᵀδ3 in δ2
    Back,
    /// The sparsity term in δ2
    Pull,
    /// f′(z2) in δ2
    HiddenSlope,
    /// (1/m) δ2 xᵀ
    EncoderProduct,
    /// λ W1
    EncoderDecay,
    /// (1/m) δ3 a2ᵀ
    DecoderProduct,
    /// λ W2
    DecoderDecay,
    /// ∇b1
    EncoderBias,
    /// ∇b2
    DecoderBias,
}

impl Line {
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;
}

impl Mistake {
    /// What is wrong in the formulas, at least one part of them.
    pub fn lines(self) -> &'static [Line] {
        use Line as L;
        match self {
            Self::BracketMisplaced => &[L::Pull, L::HiddenSlope],
            Self::HiddenSlopeMissing | Self::HiddenSlopeOfZ | Self::HiddenSlopeOther => {
                &[L::HiddenSlope]
            }
            Self::OutputSlopeMissing
            | Self::OutputSlopeOfZ
            | Self::OutputSlopeOther
            | Self::ErrorSign
            | Self::HalfMissing => &[L::OutputError],
            Self::WeightsSummed => &[L::EncoderProduct, L::DecoderProduct],
            Self::BiasesSummed => &[L::EncoderBias, L::DecoderBias],
            Self::AllSummed | Self::ReconstructionSummed => &[
                L::EncoderProduct,
                L::DecoderProduct,
                L::EncoderBias,
                L::DecoderBias,
            ],
            Self::EncoderInDelta2 | Self::DecoderTransposedInDelta2 => &[L::Back],
            Self::ProductTransposed => &[L::DecoderProduct],
            Self::DecayMissing | Self::DecayDoubled | Self::DecayDividedByM => {
                &[L::EncoderDecay, L::DecoderDecay]
            }
            Self::DecayMissingInW1 => &[L::EncoderDecay],
            Self::DecayMissingInW2 => &[L::DecoderDecay],
            Self::BiasesDecayed => &[L::EncoderBias, L::DecoderBias],
            Self::KlSign
            | Self::KlReversed
            | Self::BetaMissing
            | Self::SparsityMissing
            | Self::SparsityDividedByM
            | Self::SparsitySummed
            | Self::TanhHalfMissing => &[L::Pull],
            Self::SparsityMissingInB1 => &[L::EncoderBias],
            Self::RhoOfFirstSample
            | Self::RhoOfLastSample
            | Self::RhoOfFirstBatch
            | Self::RhoSummed
            | Self::RhoOverUnits
            | Self::RhoOfOutput
            | Self::RhoUnmapped => &[L::MeanActivation],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_somewhere_and_every_part_can_be_wrong() {
        let mut parts: Vec<Line> = Vec::new();
        for mistake in Mistake::ALL {
            assert!(!mistake.lines().is_empty(), "{mistake:?}");
            parts.extend(mistake.lines());
        }
        for line in Line::ALL {
            assert!(parts.contains(line), "{line:?}");
        }
    }
}
