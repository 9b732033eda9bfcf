//! Which data a command works on, and what is done to them.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::CliError;
use super::base::Base;
use super::output::aside;
use super::reading_choice::{self, ReadingChoice};
use crate::data::suit::WIDEST_TABLE;
use crate::data::{
    self, Colour, Cut, DataSet, DataSpec, FittedPreparation, Found, Held, Preparation,
    Preprocessing, SampleShape, Whitening, progress,
};
use crate::model::OutputActivation;

/// Which data, and what is done to them before training. Everything may be left out, as with the settings.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct DataChoice {
    /// photos, photos-raw, leaves, bars, fashion, digits, or the path of a file or folder; several times for several
    /// pictures [default: the model's, or else photos]
    #[arg(long, value_name = "SPEC")]
    pub data: Vec<PathBuf>,
    /// The array of a .npz or .mat to take, where it holds several [default: what looks most like data]
    #[arg(long, value_name = "NAME")]
    pub variable: Option<String>,
    /// Whether pictures are samples as they are or cut into patches [default: as the model's were, or else auto]
    #[arg(long, value_enum)]
    pub cut: Option<Cut>,
    /// Side of the square patches that photographs are cut into [default: the model's, or else 8]
    #[arg(long)]
    pub patch: Option<usize>,
    /// Patches to cut, or samples to generate [default: as many as the model's, or else 10000; bars: 2000]
    #[arg(long)]
    pub patches: Option<usize>,
    /// Seed of the places where patches are cut, and of generated sets [default: the model's, or else 1]
    #[arg(long, value_name = "SEED")]
    pub data_seed: Option<u64>,
    /// The part of the samples (where patches are cut: of the pictures) that is not trained on but tested with, from 0 to
    /// 0.9, drawn by the data's seed; `own`: what the source brings to test with, such as x_test, t10k-images or
    /// test_batch.bin [default: the model's for the same data, or else 0]
    #[arg(long, value_name = "F|own")]
    pub test_fraction: Option<Held>,
    /// What is done to the values before training, by name [default: the model's preparation, as fitted to its
    /// training data; or else auto]
    #[arg(long, value_enum)]
    pub preprocess: Option<Preprocessing>,
    /// ε of ZCA whitening, in units of [0, 1] whatever the data's are [default: 0.1]
    #[arg(long, value_name = "EPSILON")]
    pub epsilon: Option<f64>,
    /// Turn colour to grey
    #[arg(long)]
    pub grey: bool,
    /// Whether what suits the data is chosen where no option says it: preparation, units and all settings
    #[arg(long, value_enum, default_value_t)]
    pub recipe: RecipeChoice,
    #[command(flatten)]
    pub reading: ReadingChoice,
}

/// Who chooses what no option says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum RecipeChoice {
    /// What suits the data
    Auto,
    /// The preset, the model's record or the post's values; arrays stay unscaled
    #[default]
    Keep,
}

/// What the choice comes to.
#[derive(Debug)]
pub struct Chosen {
    pub spec: DataSpec,
    /// The preparation that the data are to be given; `None`: what `spec` says, measured on the data themselves.
    pub fitted: Option<Arc<FittedPreparation>>,
    recipe: RecipeChoice,
}

impl Chosen {
    /// What the source holds, and the data as they are asked for. What is to be known of how it was read goes to standard
    /// error.
    ///
    /// # Errors
    /// Data that cannot be read, or do not suit the preparation.
    pub fn load(&self) -> Result<(Found, DataSet), CliError> {
        let watch = &progress::unwatched;
        let (found, data) = match &self.fitted {
            Some(fitted) => {
                let found = data::find_like(&self.spec, fitted, watch)?;
                let data = data::prepare_with(&found, &self.spec, fitted, watch)?;
                (found, data)
            }
            None => {
                let mut found = data::find(&self.spec, watch)?;
                if self.recipe == RecipeChoice::Auto {
                    found = found.suited();
                }
                let data = data::prepare(&found, &self.spec, watch)?;
                (found, data)
            }
        };
        for note in reading_choice::notes(&found, &self.spec.reading) {
            aside!("note: {note}");
        }
        Ok((found, data))
    }
}

/// Says it where values are beyond what `output` reaches, and what would scale them.
pub fn warn_of_range(data: &DataSet, output: OutputActivation) {
    let (low, high) = data.range;
    let Some(reach) = output.reach() else {
        return;
    };
    if low < reach.0 || high > reach.1 {
        let scaling = match data.shape {
            SampleShape::Vector { length } if length < WIDEST_TABLE => "unit-columns",
            _ => "unit",
        };
        aside!(
            "note: the data run from {low:.3} to {high:.3}, which a {} output can't reach: --preprocess {scaling} \
             would scale them, --recipe auto chooses everything, and --output-activation linear reaches all values",
            output.name()
        );
    }
}

impl DataChoice {
    /// The data that --data names, as they are without another option; `None` where it is not given.
    pub fn named(&self) -> Option<DataSpec> {
        match &self.data[..] {
            [] => None,
            [one] => Some(
                one.to_str()
                    .map_or_else(|| DataSpec::file(one), DataSpec::parse),
            ),
            several => Some(DataSpec::files(several.to_vec())),
        }
    }

    /// The data where there is no model.
    ///
    /// # Errors
    /// Arguments that contradict one another.
    pub fn alone(&self) -> Result<Chosen, CliError> {
        self.choose(&Base::Defaults)
    }

    /// An option says it, or else the base.
    ///
    /// # Errors
    /// Arguments that contradict one another.
    pub fn choose(&self, base: &Base<'_>) -> Result<Chosen, CliError> {
        if self.recipe == RecipeChoice::Auto && !matches!(base, Base::Defaults) {
            return Err(CliError::Usage(
                "--recipe auto chooses settings for new data, and a preset or a model has settings of its own: give \
                 --recipe auto without --preset and --model, or leave it out"
                    .into(),
            ));
        }
        let record = base.record();
        let fitted = record.and_then(|record| record.preparation.as_ref());
        let told = match base {
            Base::Shared(told) => Some(*told),
            Base::Preset(_) | Base::Record(_) | Base::Defaults => None,
        };
        let base = base.data();
        let named = match (&told, self.named()) {
            // the same data, wherever they are
            (Some(told), Some(named)) => Some(DataSpec {
                source: named.source,
                ..told.data.clone()
            }),
            (_, named) => named,
        };
        let base = match told {
            Some(_) => named.clone().or(base),
            None => base,
        };
        let named = named.unwrap_or_else(|| base.clone().unwrap_or_default());
        let base = base.unwrap_or_else(|| named.clone());
        // how many patches other photographs are cut into; other sets have their own size
        let patches = match fitted.and_then(|fitted| fitted.patches) {
            Some(_) => base.patches,
            None => named.patches,
        };
        let known = fitted
            .map(|fitted| fitted.choice)
            .or(record.and(base.preparation))
            .or(told.and_then(|told| told.data.preparation));
        let fitted = fitted.filter(|_| {
            self.preprocess.is_none()
                && self.epsilon.is_none()
                && !self.grey
                && self.cut.is_none_or(|cut| cut == base.cut)
                && self.patch.is_none_or(|patch| patch == base.patch)
        });
        let (reading, held) = if named.source == base.source {
            (base.reading.clone(), base.held)
        } else {
            (base.reading.for_other_data(), Held::None)
        };
        Ok(Chosen {
            spec: DataSpec {
                reading: self.reading.reading(&reading),
                cut: self.cut.unwrap_or(base.cut),
                patch: self.patch.unwrap_or(base.patch),
                patches: self.patches.unwrap_or(patches),
                seed: self.data_seed.unwrap_or(base.seed),
                held: self.test_fraction.unwrap_or(held),
                preparation: self.preparation(known)?,
                variable: self.variable.clone().or(named.variable.clone()),
                ..named
            },
            fitted: fitted.cloned(),
            recipe: self.recipe,
        })
    }

    /// The choices by name, or else the `known` ones; `None`: what suits the data.
    fn preparation(&self, known: Option<Preparation>) -> Result<Option<Preparation>, CliError> {
        let mut preparation = match self.preprocess {
            Some(named) => named.preparation(),
            None => known,
        };
        if let Some(asked) = self.epsilon {
            match preparation
                .as_mut()
                .map(|preparation| &mut preparation.whitening)
            {
                Some(Whitening::Zca { epsilon }) => *epsilon = asked,
                _ => {
                    return Err(CliError::Usage(
                        "--epsilon belongs to ZCA whitening: give --preprocess zca with it".into(),
                    ));
                }
            }
        }
        if self.grey {
            match &mut preparation {
                Some(preparation) => preparation.colour = Colour::Grey,
                None => {
                    return Err(CliError::Usage(
                        "--grey needs --preprocess as well: give --preprocess whiten, for example"
                            .into(),
                    ));
                }
            }
        }
        Ok(preparation)
    }
}
