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

    /// What it is and what comes of it, in a sentence or two.
    pub fn description(self) -> &'static str {
        match self {
            Self::Edges => {
                "Whitened 12×12 patches of photographs: within seconds the 64 units turn into detectors of edges and \
                 bars of all directions, and none is dead."
            }
            Self::PostsValues => {
                "ρ .05, β 3, α .1, λ 1e-4 on 8×8 patches of the photographs: smooth features, less oriented than \
                 those of Edges, and a better reconstruction."
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
                "Bars with ρ .002, where a bar is on in one input of eight: all 25 units end up constant, no bar is \
                 found. Drag ρ to .05 and they revive."
            }
            Self::Overshoot => {
                "Digits, full-batch descent with β 100, slowed to 5 epochs a second: the first step overshoots and \
                 silences all 25 units; the KL term then calls them back, as near copies of a few."
            }
            Self::TooFewUnits => {
                "8 units for 16 bars: at most 8 are found, and half of the variance stays unexplained."
            }
        }
    }

    /// What to look at, in one sentence that holds as long as nobody changes the run.
    pub fn watch(self) -> &'static str {
        match self {
            Self::Edges => {
                "Watch the tiles turn from noise into edges of all directions. Then drag λ to 6e-4: they die."
            }
            Self::PostsValues => {
                "Compare the tiles with those of Edges (key 1): smoother, less oriented, yet the FVU is lower."
            }
            Self::Bars => "Watch the tiles: within about a second each of the 16 bars has a unit.",
            Self::Clothes => "Watch shoes, trousers and sleeves appear in the tiles.",
            Self::PlainAutoencoder => {
                "Watch the FVU fall below .05 though no tile shows a bar: β is 0, and nothing asks for sparsity."
            }
            Self::DecayCliff => {
                "Watch ΔFVU fall below the line while the ρ̂ histogram stays at ρ: all 25 die. Then drag λ to 1e-4."
            }
            Self::TooSparse => {
                "Watch all 25 units fall to the floor of spread: ρ is too low for this λ. Then drag ρ to .05."
            }
            Self::Overshoot => {
                "The first step silences all 25 units; by epoch 40 the KL term has them back, near copies of a few: FVU above .8."
            }
            Self::TooFewUnits => {
                "Watch 8 units share 16 bars: at most 8 are found, and the FVU stays near a half."
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
            // chosen by `tests/long edges`
            Self::Edges => Experiment {
                data: DataSpec {
                    patch: 12,
                    ..DataSpec::embedded(EmbeddedSet::Photos)
                },
                ..experiment(
                    EmbeddedSet::Photos,
                    64,
                    Hyperparameters {
                        sparsity_target: 0.02,
                        learning_rate: 0.2,
                        weight_decay: 1.5e-4,
                        ..post
                    },
                )
            },
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
                    sparsity_target: 0.002,
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
