//! The mistakes that the doctor knows, by name, and what each does to the formula.

use strum::VariantArray;

use crate::model::{Architecture, HiddenActivation, OutputActivation};

/// What can be wrong in a gradient of J. Each is one switch of [`super::Doctor::gradient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray)]
pub enum Mistake {
    BracketMisplaced,
    HiddenSlopeMissing,
    HiddenSlopeOfZ,
    HiddenSlopeOther,
    OutputSlopeMissing,
    OutputSlopeOfZ,
    OutputSlopeOther,
    ErrorSign,
    HalfMissing,
    WeightsSummed,
    BiasesSummed,
    AllSummed,
    ReconstructionSummed,
    EncoderInDelta2,
    DecoderTransposedInDelta2,
    ProductTransposed,
    DecayMissing,
    DecayMissingInW1,
    DecayMissingInW2,
    DecayDoubled,
    DecayDividedByM,
    BiasesDecayed,
    KlSign,
    KlReversed,
    BetaMissing,
    SparsityMissing,
    SparsityMissingInB1,
    SparsityDividedByM,
    SparsitySummed,
    RhoOfFirstSample,
    RhoOfLastSample,
    RhoOfFirstBatch,
    RhoSummed,
    RhoOverUnits,
    RhoOfOutput,
    RhoUnmapped,
    TanhHalfMissing,
}

/// How a mistake is named and told.
struct Told {
    name: &'static str,
    /// What was done.
    wrong: &'static str,
    /// The line of the formula as it should be.
    right: &'static str,
}

const DELTA2: &str = "δ2 = (δ3 W2 + β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂))) · f′(z2)";
const DELTA3: &str = "δ3 = (x̂ − x) · g′(z3)";
const W_GRADIENTS: &str = "∇W1 = (1/m) Σ δ2 xᵀ + λ W1, ∇W2 = (1/m) Σ δ3 a2ᵀ + λ W2";
const B_GRADIENTS: &str = "∇b1 = (1/m) Σ δ2, ∇b2 = (1/m) Σ δ3";
const RHO_HAT: &str = "ρ̂ = (1/m) Σ a2, one number for each hidden unit, over all samples; for tanh (1/m) Σ (a2 + 1)/2";
const KL: &str = "dKL/dρ̂ = −ρ/ρ̂ + (1−ρ)/(1−ρ̂)";
const SLOPES: &str = "f′ = a(1−a) for sigmoid, 1−a² for tanh, 1 for linear, with a the activation";

impl Mistake {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.told().name
    }

    /// What was done instead, in one clause.
    pub fn wrong(self) -> &'static str {
        self.told().wrong
    }

    /// The line of the formula as it should be.
    pub fn right(self) -> &'static str {
        self.told().right
    }

    /// Whether it can be made at all in such a network.
    pub fn applies_to(self, architecture: &Architecture) -> bool {
        match self {
            Self::DecoderTransposedInDelta2 | Self::ProductTransposed | Self::RhoOfOutput => {
                architecture.inputs == architecture.hidden
            }
            Self::RhoUnmapped | Self::TanhHalfMissing => {
                architecture.hidden_activation == HiddenActivation::Tanh
            }
            Self::OutputSlopeMissing | Self::OutputSlopeOfZ => {
                architecture.output_activation != OutputActivation::Linear
            }
            _ => true,
        }
    }

    /// Whether both can be made at once: not where they are two ways to write the same place.
    pub fn combines_with(self, other: Self) -> bool {
        self != other
            && self
                .place()
                .is_none_or(|place| other.place() != Some(place))
    }

    /// The place in the formula, where several mistakes share it: their first.
    fn place(self) -> Option<Self> {
        Some(match self {
            Self::HiddenSlopeMissing | Self::HiddenSlopeOfZ | Self::HiddenSlopeOther => {
                Self::HiddenSlopeMissing
            }
            Self::OutputSlopeMissing | Self::OutputSlopeOfZ | Self::OutputSlopeOther => {
                Self::OutputSlopeMissing
            }
            Self::WeightsSummed
            | Self::BiasesSummed
            | Self::AllSummed
            | Self::ReconstructionSummed => Self::WeightsSummed,
            Self::EncoderInDelta2 | Self::DecoderTransposedInDelta2 => Self::EncoderInDelta2,
            Self::DecayMissing | Self::DecayMissingInW1 | Self::DecayMissingInW2 => {
                Self::DecayMissing
            }
            Self::DecayDoubled | Self::DecayDividedByM => Self::DecayDoubled,
            Self::SparsityDividedByM | Self::SparsitySummed => Self::SparsitySummed,
            Self::RhoOfFirstSample
            | Self::RhoOfLastSample
            | Self::RhoOfFirstBatch
            | Self::RhoSummed
            | Self::RhoOverUnits
            | Self::RhoOfOutput => Self::RhoOfFirstSample,
            _ => return None,
        })
    }

    fn told(self) -> Told {
        let (name, wrong, right) = match self {
            Self::BracketMisplaced => (
                "bracket-misplaced",
                "the sparsity term stands outside the product with f′(z2)",
                DELTA2,
            ),
            Self::HiddenSlopeMissing => ("hidden-slope-missing", "f′(z2) is left out", DELTA2),
            Self::HiddenSlopeOfZ => (
                "hidden-slope-of-z",
                "f′ of the hidden layer is computed from z2 and not from a2",
                SLOPES,
            ),
            Self::HiddenSlopeOther => (
                "hidden-slope-of-other",
                "f′ of the hidden layer is that of another function: a(1−a) for tanh, or 1−a² for sigmoid",
                SLOPES,
            ),
            Self::OutputSlopeMissing => ("output-slope-missing", "g′(z3) is left out", DELTA3),
            Self::OutputSlopeOfZ => (
                "output-slope-of-z",
                "g′ of the output is computed from z3 and not from x̂",
                SLOPES,
            ),
            Self::OutputSlopeOther => (
                "output-slope-of-other",
                "g′ of the output is that of another function: x̂(1−x̂) for tanh or linear, or 1−x̂² for sigmoid",
                SLOPES,
            ),
            Self::ErrorSign => ("error-sign", "δ3 has the wrong sign", DELTA3),
            Self::HalfMissing => (
                "half-missing",
                "the reconstruction terms are twice too large, as without the ½ in the cost",
                "J = (1/m) Σ ½‖x̂ − x‖² + …, so that δ3 = (x̂ − x) · g′(z3)",
            ),
            Self::WeightsSummed => (
                "weights-summed",
                "the weights' gradients are summed over the samples, without 1/m",
                W_GRADIENTS,
            ),
            Self::BiasesSummed => (
                "biases-summed",
                "the biases' gradients are summed over the samples, without 1/m",
                B_GRADIENTS,
            ),
            Self::AllSummed => (
                "all-summed",
                "no gradient is divided by m",
                "∇W = (1/m) Σ δ aᵀ + λ W, ∇b = (1/m) Σ δ",
            ),
            Self::ReconstructionSummed => (
                "reconstruction-summed",
                "the reconstruction terms are not divided by m, the sparsity term is",
                "∇W = (1/m) Σ δ aᵀ + λ W, ∇b = (1/m) Σ δ, with the whole of δ2",
            ),
            Self::EncoderInDelta2 => (
                "encoder-in-delta2",
                "δ3 is carried back through W1ᵀ and not through W2",
                DELTA2,
            ),
            Self::DecoderTransposedInDelta2 => (
                "decoder-transposed-in-delta2",
                "δ3 is carried back through W2ᵀ and not through W2",
                DELTA2,
            ),
            Self::ProductTransposed => (
                "product-transposed",
                "the product in W2's gradient is transposed: a2 δ3ᵀ and not δ3 a2ᵀ",
                W_GRADIENTS,
            ),
            Self::DecayMissing => ("decay-missing", "λ W is left out", W_GRADIENTS),
            Self::DecayMissingInW1 => (
                "decay-missing-in-w1",
                "λ W1 is left out, λ W2 is there",
                W_GRADIENTS,
            ),
            Self::DecayMissingInW2 => (
                "decay-missing-in-w2",
                "λ W2 is left out, λ W1 is there",
                W_GRADIENTS,
            ),
            Self::DecayDoubled => (
                "decay-doubled",
                "the decay is 2λ W, as without the ½ in the cost",
                W_GRADIENTS,
            ),
            Self::DecayDividedByM => (
                "decay-divided-by-m",
                "the decay is divided by m",
                W_GRADIENTS,
            ),
            Self::BiasesDecayed => (
                "biases-decayed",
                "λ b is added to the biases' gradients",
                B_GRADIENTS,
            ),
            Self::KlSign => ("kl-sign", "the sparsity term has the wrong sign", KL),
            Self::KlReversed => (
                "kl-reversed",
                "the sparsity term is that of KL(ρ̂‖ρ) and not of KL(ρ‖ρ̂)",
                KL,
            ),
            Self::BetaMissing => ("beta-missing", "β is left out, as if it were 1", DELTA2),
            Self::SparsityMissing => (
                "sparsity-missing",
                "the sparsity term is left out of δ2",
                DELTA2,
            ),
            Self::SparsityMissingInB1 => (
                "sparsity-missing-in-b1",
                "the sparsity term is left out of b1's gradient",
                "∇b1 = (1/m) Σ δ2, with the whole of δ2",
            ),
            Self::SparsityDividedByM => (
                "sparsity-divided-by-m",
                "the sparsity term is divided by m once more",
                "the 1/m of ρ̂ is the one in front of Σ δ2: δ2 itself has none",
            ),
            Self::SparsitySummed => (
                "sparsity-summed",
                "the sparsity term is not divided by m, the reconstruction terms are",
                "∇W1 = (1/m) Σ δ2 xᵀ + λ W1, with the whole of δ2",
            ),
            Self::RhoOfFirstSample => (
                "rho-of-first-sample",
                "ρ̂ is the activation on the first sample",
                RHO_HAT,
            ),
            Self::RhoOfLastSample => (
                "rho-of-last-sample",
                "ρ̂ is the activation on the last sample",
                RHO_HAT,
            ),
            Self::RhoOfFirstBatch => (
                "rho-of-first-batch",
                "ρ̂ is the mean over the first batch (of --batch samples)",
                RHO_HAT,
            ),
            Self::RhoSummed => (
                "rho-summed",
                "ρ̂ is the sum over the samples and not their mean",
                RHO_HAT,
            ),
            Self::RhoOverUnits => (
                "rho-over-units",
                "ρ̂ is one mean over all units and samples",
                RHO_HAT,
            ),
            Self::RhoOfOutput => ("rho-of-output", "ρ̂ is the mean of the outputs", RHO_HAT),
            Self::RhoUnmapped => (
                "rho-unmapped",
                "ρ̂ of tanh units is the mean of a2 and not of (a2 + 1)/2",
                RHO_HAT,
            ),
            Self::TanhHalfMissing => (
                "tanh-half-missing",
                "c is 1 for tanh units",
                "c = dp/da = ½ for tanh, since ρ̂ is the mean of p = (a2 + 1)/2",
            ),
        };
        Told { name, wrong, right }
    }
}
