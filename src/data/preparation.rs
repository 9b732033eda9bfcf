//! What is done to the values before training: each choice by itself, and the bundles that have a name.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// How neighbouring values are decorrelated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whitening {
    #[default]
    None,
    /// Whole pictures, before they are cut: R(f) = |f| exp(−(f/f₀)⁴) (Olshausen & Field 1996).
    OlshausenField,
    /// Samples: each value's mean over the set removed, then multiplied by U diag(1/√(s + ε)) Uᵀ, U and s from the
    /// covariance (Bell & Sejnowski 1997; UFLDL, "Linear Decoders").
    Zca {
        /// Added to each eigenvalue of the covariance of the values brought to [0, 1], whatever units the source has them
        /// in: more of it passes less noise. Finite, > 0.
        epsilon: f64,
    },
}

impl Whitening {
    /// UFLDL's for colour patches with values in [0, 1].
    pub const EPSILON: f64 = 0.1;
    /// What ε may be: the ends of its slider.
    pub const EPSILON_RANGE: (f64, f64) = (1e-6, 10.0);
    /// ZCA with the usual ε.
    pub const ZCA: Self = Self::Zca {
        epsilon: Self::EPSILON,
    };

    /// As a choice is labelled.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OlshausenField => "Olshausen–Field",
            Self::Zca { .. } => "ZCA",
        }
    }
}

/// What range the values are brought to, after whitening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// As they stand.
    #[default]
    None,
    /// Bytes divided by 255, or by their greatest value if that is below 128; other values as they stand.
    Levels,
    /// Clipped at ±3 standard deviations of the whole set, scaled to [.1, .9] (UFLDL, "normalizeData").
    Clip,
    /// The whole set linearly to [0, 1].
    Unit,
    /// Each column of a table linearly to [0, 1].
    UnitColumns,
    /// Each column of a table to mean 0 and standard deviation 1.
    Standardise,
}

impl Scaling {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// As a choice is labelled.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "as it stands",
            Self::Levels => "bytes to [0, 1]",
            Self::Clip => "clip ±3σ to [.1, .9]",
            Self::Unit => "set to [0, 1]",
            Self::UnitColumns => "columns to [0, 1]",
            Self::Standardise => "standardise columns",
        }
    }
}

/// What is done with the colour of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Kept, where any picture has some.
    #[default]
    Keep,
    /// Rec. 601 luma.
    Grey,
}

/// All that is done to the values, in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    #[serde(default)]
    pub colour: Colour,
    /// Each sample's own mean taken away, all channels together; before ZCA, after Olshausen–Field.
    pub remove_mean: bool,
    pub whitening: Whitening,
    pub scaling: Scaling,
}

impl Preparation {
    /// Nothing at all.
    pub const NONE: Self = Self {
        colour: Colour::Keep,
        remove_mean: false,
        whitening: Whitening::None,
        scaling: Scaling::None,
    };
    /// Bytes to [0, 1].
    pub const LEVELS: Self = Self {
        scaling: Scaling::Levels,
        ..Self::NONE
    };
    /// The whole set to [0, 1].
    pub const UNIT: Self = Self {
        scaling: Scaling::Unit,
        ..Self::NONE
    };
    /// Each patch's mean removed, clipped at ±3σ, scaled to [.1, .9].
    pub const CONTRAST: Self = Self {
        remove_mean: true,
        scaling: Scaling::Clip,
        ..Self::NONE
    };
    /// Grey photographs: whitened, then as [`Self::CONTRAST`].
    pub const WHITEN: Self = Self {
        colour: Colour::Grey,
        whitening: Whitening::OlshausenField,
        ..Self::CONTRAST
    };
    /// Colour patches for a linear decoder.
    pub const ZCA: Self = Self {
        whitening: Whitening::ZCA,
        ..Self::NONE
    };

    /// Whether values come out that no sigmoid or tanh output could reach: a linear one belongs to them.
    pub fn is_unbounded(self) -> bool {
        matches!(self.whitening, Whitening::Zca { .. }) || self.scaling == Scaling::Standardise
    }
}

/// Preparations by name, for the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
pub enum Preprocessing {
    /// What suits the kind of data; said in the data set's `preparation`
    #[default]
    Auto,
    /// Nothing: the values as they stand
    None,
    /// Photographs: whiten (Olshausen & Field), then as `contrast`
    Whiten,
    /// Remove each patch's mean, clip at ±3σ, scale to [.1, .9]
    Contrast,
    /// Clip at ±3σ of the whole set, scale to [.1, .9]
    Clip,
    /// Bytes divided by 255, into [0, 1]
    Levels,
    /// Scale the whole set linearly to [0, 1]
    Unit,
    /// Scale each column linearly to [0, 1]
    UnitColumns,
    /// Bring each column to mean 0 and standard deviation 1
    Standardise,
    /// ZCA whitening with ε (see --epsilon); takes a linear output
    Zca,
}

impl Preprocessing {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Whiten => "whiten",
            Self::Contrast => "contrast",
            Self::Clip => "clip",
            Self::Levels => "levels",
            Self::Unit => "unit",
            Self::UnitColumns => "unit-columns",
            Self::Standardise => "standardise",
            Self::Zca => "zca",
        }
    }

    /// `None`: what suits the data.
    pub fn preparation(self) -> Option<Preparation> {
        let scaled = |scaling| Preparation {
            scaling,
            ..Preparation::NONE
        };
        Some(match self {
            Self::Auto => return None,
            Self::None => Preparation::NONE,
            Self::Whiten => Preparation::WHITEN,
            Self::Contrast => Preparation::CONTRAST,
            Self::Clip => scaled(Scaling::Clip),
            Self::Levels => Preparation::LEVELS,
            Self::Unit => Preparation::UNIT,
            Self::UnitColumns => scaled(Scaling::UnitColumns),
            Self::Standardise => scaled(Scaling::Standardise),
            Self::Zca => Preparation::ZCA,
        })
    }
}
