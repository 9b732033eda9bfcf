//! What holds where no option says otherwise.

use crate::data::DataSpec;
use crate::io::ModelRecord;
use crate::training::{Experiment, Preset};

use super::model::Model;

/// Where the settings come from that no option gives: one of these alone, never a mixture.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    Preset(Preset),
    /// A run that was told in a line.
    Shared(&'a Experiment),
    Record(&'a ModelRecord),
    /// The post's values.
    Defaults,
}

impl<'a> Base<'a> {
    /// A preset is asked for by name, so it goes before what `model` has in its record.
    pub fn of(preset: Option<Preset>, model: Option<&'a Model>) -> Self {
        match (preset, model.and_then(|model| model.record.as_ref())) {
            (Some(preset), _) => Self::Preset(preset),
            (None, Some(record)) => Self::Record(record),
            (None, None) => Self::Defaults,
        }
    }

    pub fn experiment(&self) -> Experiment {
        match self {
            Self::Preset(preset) => preset.experiment(),
            Self::Shared(experiment) => (*experiment).clone(),
            Self::Record(record) => record.experiment.clone(),
            Self::Defaults => Experiment::default(),
        }
    }

    pub fn record(&self) -> Option<&'a ModelRecord> {
        match self {
            Self::Record(record) => Some(record),
            Self::Preset(_) | Self::Shared(_) | Self::Defaults => None,
        }
    }

    /// `None` where the data that are named bring their own.
    pub fn data(&self) -> Option<DataSpec> {
        match self {
            Self::Preset(_) | Self::Shared(_) | Self::Record(_) => Some(self.experiment().data),
            Self::Defaults => None,
        }
    }
}

impl clap::ValueEnum for Preset {
    fn value_variants<'v>() -> &'v [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.name()).help(self.title()))
    }
}
