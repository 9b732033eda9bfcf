//! Whole experiments, one click each. Every claim made here is asserted by `tests/presets.rs`.

use super::{Experiment, Speed};
use crate::data::{DataSpec, EmbeddedSet};
use crate::model::{BatchSize, Hyperparameters, OptimizerKind};
use strum::VariantArray;

/// A setting that shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Preset {
    Edges,
    PostsValues,
    Bars,
    Clothes,
    PlainAutoencoder,
    DecayCliff,
    TooSparse,
    Overshoot,
    TooFewUnits,
}

impl Preset {
    /// In the order of the menu; the first one opens.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// The preset whose experiment this is.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.experiment() == *experiment)
    }

    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edges => "edges",
            Self::PostsValues => "post",
            Self::Bars => "bars",
            Self::Clothes => "clothes",
            Self::PlainAutoencoder => "plain",
            Self::DecayCliff => "cliff",
            Self::TooSparse => "too-sparse",
            Self::Overshoot => "overshoot",
            Self::TooFewUnits => "too-few",
        }
    }

    /// As the window has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Edges => "Edges",
            Self::PostsValues => "The post's values",
            Self::Bars => "Bars",
            Self::Clothes => "Clothes",
            Self::PlainAutoencoder => "Plain autoencoder",
            Self::DecayCliff => "The λ cliff",
            Self::TooSparse => "Too sparse",
            Self::Overshoot => "Overshoot",
            Self::TooFewUnits => "Too few units",
        }
    }

    /// What to see, in a sentence or two.
    pub fn description(self) -> &'static str {
        match self {
            Self::Edges => {
                "Whitened patches of photographs: within seconds the 49 units turn into detectors of edges, bars and \
                 spots, and none is dead."
            }
            Self::PostsValues => {
                "ρ .05, β 3, α .1, λ 1e-4 on the photographs: smooth features, less oriented than those of Edges, and \
                 a better reconstruction."
            }
            Self::Bars => {
                "The post's values on Földiák's bars: all 16 bars are found in about a second."
            }
            Self::Clothes => "Fashion-MNIST, 64 units, ρ .1, λ 3e-3: shoes, trousers, sleeves.",
            Self::PlainAutoencoder => {
                "Bars with β 0: it reconstructs well but finds no bar at \
                    all. Drag β to 3 and reset, and it finds all 16."
            }
            Self::DecayCliff => {
                "Digits with λ 1e-2: weight decay holds all 25 units constant. Drag λ back to 1e-4 and they revive."
            }
            Self::TooSparse => {
                "Bars with ρ .01, rarer than any bar: all 25 units end up constant, no bar is found."
            }
            Self::Overshoot => {
                "Digits, full-batch descent with β 100, slowed to 5 epochs a second: the first step overshoots and \
                 silences all 25 units; the KL term then calls them back."
            }
            Self::TooFewUnits => {
                "8 units for 16 bars: at most 8 are found, and half of the variance stays unexplained."
            }
        }
    }

    /// How fast it is best watched.
    pub fn speed(self) -> Speed {
        match self {
            Self::Overshoot => Speed::EpochsPerSecond(5.0),
            _ => Speed::Unlimited,
        }
    }

    pub fn experiment(self) -> Experiment {
        let post = Hyperparameters::default();
        let experiment = |set, hidden, hyperparameters| Experiment {
            data: DataSpec::embedded(set),
            hidden,
            hyperparameters,
            ..Experiment::default()
        };
        match self {
            Self::Edges => experiment(
                EmbeddedSet::Photos,
                49,
                Hyperparameters {
                    sparsity_target: 0.02,
                    learning_rate: 0.2,
                    ..post
                },
            ),
            Self::PostsValues => experiment(EmbeddedSet::Photos, 25, post),
            Self::Bars => experiment(EmbeddedSet::Bars, 25, post),
            Self::Clothes => experiment(
                EmbeddedSet::Fashion,
                64,
                Hyperparameters {
                    sparsity_target: 0.1,
                    weight_decay: 3e-3,
                    ..post
                },
            ),
            Self::PlainAutoencoder => experiment(
                EmbeddedSet::Bars,
                25,
                Hyperparameters {
                    sparsity_weight: 0.0,
                    ..post
                },
            ),
            Self::DecayCliff => experiment(
                EmbeddedSet::Digits,
                25,
                Hyperparameters {
                    weight_decay: 1e-2,
                    batch: BatchSize::Samples(100),
                    ..post
                },
            ),
            Self::TooSparse => experiment(
                EmbeddedSet::Bars,
                25,
                Hyperparameters {
                    sparsity_target: 0.01,
                    learning_rate: 0.5,
                    weight_decay: 1e-3,
                    ..post
                },
            ),
            Self::Overshoot => experiment(
                EmbeddedSet::Digits,
                25,
                Hyperparameters {
                    sparsity_weight: 100.0,
                    optimizer: OptimizerKind::Descent,
                    batch: BatchSize::Full,
                    ..post
                },
            ),
            Self::TooFewUnits => experiment(
                EmbeddedSet::Bars,
                8,
                Hyperparameters {
                    sparsity_target: 0.125,
                    weight_decay: 1e-3,
                    ..post
                },
            ),
        }
    }
}
