//! What kind of data a set is, as far as a choice of settings depends on it.

use serde::Serialize;
use strum::VariantArray;

use crate::data::smooth::are_curves;
use crate::data::stationary::{Patches, patches};
use crate::data::suit::{WIDEST_TABLE, are_numbered};
use crate::data::{DataSet, SampleShape, Samples, Whitening};

/// Of so many columns one more unit than there are columns is a choice, and a dozen is not.
pub(super) const FEW: usize = 25;

/// Kinds of data that want settings of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Patches of photographs in grey, whitened.
    WhitenedPatches,
    /// The same, only freed of their own means.
    CentredPatches,
    /// The same as they were cut.
    RawPatches,
    ColourPatches,
    /// Whole grey pictures: digits, faces.
    GreyPictures,
    ColourPictures,
    /// Tables of up to 25 columns.
    FewColumns,
    ManyColumns,
    /// Values in an order in which neighbours are alike: spectra, time series.
    Curves,
    /// Many values without names or order.
    Embeddings,
}

impl Kind {
    pub fn of(data: &DataSet) -> Self {
        let colour = data.shape.channels() == 3;
        let cut = data.fitted.patches.is_some();
        if colour {
            return match cut {
                true => Self::ColourPatches,
                false => Self::ColourPictures,
            };
        }
        if cut && data.prepared().whitening != Whitening::None {
            return Self::WhitenedPatches;
        }
        match data.shape {
            SampleShape::Image { .. } => {
                // elsewhere someone may have cut or whitened them before
                let found = match &data.samples {
                    Samples::F32(samples) => patches(samples.view(), data.shape),
                    Samples::F64(samples) => patches(samples.view(), data.shape),
                    Samples::Levels(stored) => patches(stored.bytes(), data.shape),
                };
                match found {
                    Some(Patches::Whitened) => Self::WhitenedPatches,
                    Some(Patches::Centred) => Self::CentredPatches,
                    Some(Patches::Raw) => Self::RawPatches,
                    None if cut && data.prepared().remove_mean => Self::CentredPatches,
                    None if cut => Self::RawPatches,
                    None => Self::GreyPictures,
                }
            }
            SampleShape::Vector { length } => {
                let columns = &data.fitted.columns;
                let named = !columns.is_empty() && !are_numbered(columns);
                let curve = !named
                    && match &data.samples {
                        Samples::F32(samples) => are_curves(samples.view()),
                        Samples::F64(samples) => are_curves(samples.view()),
                        Samples::Levels(stored) => are_curves(stored.bytes()),
                    };
                match length {
                    _ if curve => Self::Curves,
                    ..=FEW => Self::FewColumns,
                    _ if named || length < WIDEST_TABLE => Self::ManyColumns,
                    _ => Self::Embeddings,
                }
            }
        }
    }

    /// For a sentence: "taken for …".
    pub fn title(self) -> &'static str {
        match self {
            Self::WhitenedPatches => "whitened patches",
            Self::CentredPatches => "patches freed of their means",
            Self::RawPatches => "patches as they were cut",
            Self::ColourPatches => "colour patches",
            Self::GreyPictures => "small grey pictures",
            Self::ColourPictures => "small colour pictures",
            Self::FewColumns => "a table of few columns",
            Self::ManyColumns => "a table of many columns",
            Self::Curves => "curves",
            Self::Embeddings => "embeddings",
        }
    }
}
