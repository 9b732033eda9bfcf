//! The import sheet's choices, and which of them go together.

use std::sync::Arc;

use super::import_settings::{ImportSettings, Whose};
use super::preview::{Opened, Preview, differs};
use crate::data::{
    Colour, Content, Cut, DataSource, DataSpec, Found, Orientation, Picture, Preparation, Progress,
    Reading, SampleShape, Scaling, Understood, Values, Whitening, limits,
};
use crate::training::Experiment;

/// What is about to be trained on, if the person says so.
#[derive(Clone, Debug)]
pub struct Import {
    pub opened: Opened,
    /// What `opened` was found for.
    opened_for: DataSpec,
    /// The choices.
    pub spec: DataSpec,
    /// Units and training.
    pub settings: ImportSettings,
    /// The latest that could be made; that of earlier choices while a new one is on its way.
    pub preview: Option<Arc<Preview>>,
    /// How far the preview is that is on its way.
    pub progress: Option<Progress>,
    /// Why the choices can't be followed, in one sentence.
    pub error: Option<String>,
}

/// What a run on a data set that is loaded is to be like, beside its experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    AsItIs,
    /// Its output activation is to suit the data.
    Suit,
    /// It trains, though the run before it was paused.
    Play,
    /// It is this run of the map.
    Cell(usize),
}

/// What a data set that is being loaded is for.
pub(super) struct Asked {
    pub(super) experiment: Experiment,
    pub(super) wish: Wish,
    /// The import sheet that asked, to go back to if it fails.
    pub(super) import: Option<Import>,
}

impl Import {
    /// The sheet as it opens: with the choices of `spec`, and what suits the data where it says nothing.
    pub fn new(opened: Opened, spec: DataSpec, experiment: &Experiment) -> Self {
        Self {
            opened,
            opened_for: spec.clone(),
            settings: ImportSettings::new(experiment, spec.source != experiment.data.source),
            preview: None,
            progress: None,
            error: None,
            spec,
        }
    }

    pub fn found(&self) -> &Found {
        &self.opened.found
    }

    /// How a table or a matrix was read, where there is something to choose.
    pub fn understood(&self) -> Option<&Understood> {
        self.found().understood.as_ref()
    }

    /// The preparation that is chosen, or stands for no choice.
    pub fn choice(&self) -> Preparation {
        self.spec.preparation.unwrap_or(self.found().suggested)
    }

    /// Whether pictures are cut into patches.
    pub fn cuts(&self) -> bool {
        self.opened.cuts(self.spec.cut)
    }

    /// Whether all choices are those that the sheet suggests.
    pub fn is_as_suggested(&self) -> bool {
        let suggested = self.as_suggested();
        self.settings.whose == Whose::Recipe
            && self.choice() == self.found().suggested
            && self
                .understood()
                .is_none_or(|read| read.reading == read.suggested)
            && self.cuts() == self.opened.cuts(Cut::Auto)
            && (self.spec.patch, self.spec.patches) == (suggested.patch, suggested.patches)
    }

    /// All choices as they are suggested.
    pub fn as_suggested(&self) -> DataSpec {
        let reading = &self.spec.reading;
        DataSpec {
            reading: match self.understood() {
                None => reading.clone(),
                Some(_) => Reading {
                    decimal: reading.decimal,
                    orientation: Orientation::Suggested,
                    ..Reading::default()
                },
            },
            ..self.prepared_as_suggested()
        }
    }

    /// The choices with the suggested cut, patches and preparation.
    fn prepared_as_suggested(&self) -> DataSpec {
        // a set that came with choices of its own comes back to these
        let DataSpec { patch, patches, .. } = self.opened_for;
        DataSpec {
            cut: Cut::Auto,
            patch,
            patches,
            preparation: None,
            ..self.spec.clone()
        }
    }

    /// The choices with another array of the same file, prepared as suits that.
    pub fn with_variable(&self, name: &str) -> DataSpec {
        DataSpec {
            variable: Some(name.to_owned()),
            ..self.as_suggested()
        }
    }

    /// The choices with another preparation.
    pub fn with(&self, preparation: Preparation) -> DataSpec {
        DataSpec {
            preparation: Some(preparation),
            ..self.spec.clone()
        }
    }

    /// The choices with `whitening`, and a scaling that goes with it.
    pub fn with_whitening(&self, whitening: Whitening) -> DataSpec {
        let choice = self.choice();
        let zca = |whitening| matches!(whitening, Whitening::Zca { .. });
        let scaling = match (zca(choice.whitening), zca(whitening)) {
            (_, true) => Scaling::None,
            // without ZCA the values need another way to their range
            (true, false) if zca(self.found().suggested.whitening) => Scaling::Clip,
            (true, false) => self.found().suggested.scaling,
            (false, false) => choice.scaling,
        };
        let mut spec = self.with(Preparation {
            whitening,
            scaling,
            ..choice
        });
        self.mend_scaling(&mut spec);
        spec
    }

    /// The choices with pictures cut or whole, less what does not go with that.
    pub fn with_cut(&self, cuts: bool) -> DataSpec {
        if cuts == self.opened.cuts(Cut::Auto) {
            return self.prepared_as_suggested();
        }
        let mut spec = self.prepared_as_suggested();
        spec.cut = if cuts { Cut::Patches } else { Cut::Whole };
        let suggested = self.found().suggested;
        if cuts {
            spec.preparation = Some(Preparation {
                colour: suggested.colour,
                ..Preparation::CONTRAST
            });
        } else if suggested.whitening == Whitening::OlshausenField {
            spec.preparation = Some(Preparation {
                whitening: Whitening::None,
                ..suggested
            });
        } else if suggested.whitening != Whitening::None && self.inputs_of(&spec) > limits::WHITENED
        {
            spec.preparation = Some(Preparation::NONE);
        }
        spec
    }

    /// Patches have no columns of a table and no bytes.
    fn mend_scaling(&self, spec: &mut DataSpec) {
        if let Some(preparation) = &mut spec.preparation
            && !self
                .scalings()
                .any(|offered| offered == preparation.scaling)
        {
            preparation.scaling = Scaling::None;
        }
    }

    fn shape(&self) -> Option<SampleShape> {
        match &self.found().content {
            Content::Samples { shape, .. } => Some(*shape),
            Content::Pictures(_) => None,
        }
    }

    /// Why pictures cannot be cut into patches.
    pub fn no_patches(&self) -> Option<&'static str> {
        self.shape()
            .is_some_and(SampleShape::is_vector)
            .then_some("These samples are not pictures: there is nothing to cut.")
    }

    /// Why pictures cannot be samples as they are.
    pub fn no_whole(&self) -> Option<&'static str> {
        let Content::Pictures(pictures) = &self.found().content else {
            return None;
        };
        let side = |picture: &Picture| (picture.rows, picture.columns);
        let first = pictures.first().map(side)?;
        if pictures.len() < 2 {
            Some("A single picture is a single sample: there would be nothing to learn.")
        } else if pictures.iter().any(|picture| side(picture) != first) {
            Some("The pictures differ in size: whole pictures must all have the same size.")
        } else if first.0.max(first.1) > limits::PATCH_SIDE {
            Some("The pictures are larger than 256×256 pixels: cut them into patches.")
        } else {
            None
        }
    }

    /// Why `whitening` cannot be chosen.
    pub fn refused(&self, whitening: Whitening) -> Option<&'static str> {
        match whitening {
            Whitening::OlshausenField if !self.cuts() => Some(
                "Olshausen and Field's filter whitens whole photographs before they are cut into patches: choose \
                 patches first.",
            ),
            Whitening::Zca { .. } if self.inputs_of(&self.spec) > limits::WHITENED => Some(
                "ZCA needs the covariance of the values, so samples may have at most 1,024 of them: cut smaller \
                    patches or turn colour to grey.",
            ),
            _ => None,
        }
    }

    /// Why no scaling can be chosen.
    pub fn no_scaling(&self) -> Option<&'static str> {
        matches!(self.choice().whitening, Whitening::Zca { .. }).then_some(
            "ZCA whitening sets the range of the values itself; a linear output reaches all of them.",
        )
    }

    /// The scalings that suit the kind of data.
    pub fn scalings(&self) -> impl Iterator<Item = Scaling> {
        let cuts = self.cuts();
        let bytes = matches!(
            self.found().content,
            Content::Samples {
                values: Values::Bytes(_),
                ..
            }
        );
        Scaling::ALL
            .into_iter()
            .filter(move |scaling| match scaling {
                Scaling::Levels => bytes && !cuts,
                Scaling::UnitColumns | Scaling::Standardise => !cuts,
                Scaling::None | Scaling::Clip | Scaling::Unit => true,
            })
    }

    /// n under `spec`.
    fn inputs_of(&self, spec: &DataSpec) -> usize {
        let found = self.found();
        let preparation = spec.preparation.unwrap_or(found.suggested);
        let colour = found.has_colour() && preparation.colour == Colour::Keep;
        let channels = if colour { 3 } else { 1 };
        if self.opened.cuts(spec.cut) {
            return spec.patch * spec.patch * channels;
        }
        match &found.content {
            Content::Samples { shape, .. } if shape.is_vector() => shape.len(),
            Content::Samples { shape, .. } => {
                let (rows, columns) = shape.picture();
                rows * columns * channels
            }
            Content::Pictures(pictures) => pictures
                .first()
                .map_or(0, |picture| picture.rows * picture.columns * channels),
        }
    }

    /// Largest patch that fits into a picture, in pixels.
    pub fn largest_patch(&self) -> usize {
        let side = match &self.found().content {
            Content::Pictures(pictures) => pictures
                .iter()
                .map(|picture| picture.rows.min(picture.columns))
                .max(),
            Content::Samples { shape, .. } => {
                let (rows, columns) = shape.picture();
                Some(rows.min(columns))
            }
        };
        side.unwrap_or(limits::PATCH_SIDE)
            .clamp(limits::IMAGE_SIDE, limits::PATCH_SIDE)
    }

    /// Most patches of the present size that are within the limits.
    pub fn most_patches(&self) -> usize {
        let length = self.inputs_of(&self.spec).max(1) as u64;
        usize::try_from(limits::VALUES / length).unwrap_or(usize::MAX)
    }

    /// Whether there is nothing known against training on it.
    pub fn is_ready(&self) -> bool {
        self.error.is_none() && self.preview.is_some()
    }

    /// Whether the preview shows the choices as they are now.
    pub fn is_shown(&self) -> bool {
        let shown = self.preview.as_ref();
        shown.is_some_and(|preview| preview.spec == self.spec)
    }

    /// Takes what came of a request for a preview.
    pub fn take(&mut self, result: Result<Preview, String>) {
        self.progress = None;
        match result {
            Ok(mut preview) => {
                if let Some(opened) = preview.opened.take() {
                    self.opened = opened;
                    self.opened_for = preview.spec.clone();
                }
                self.error = None;
                self.settings.take(preview.recipe.clone());
                self.preview = Some(Arc::new(preview));
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// What a preview of the choices starts from; whether it has to be found anew.
    pub fn is_outdated(&self) -> bool {
        differs(&self.opened_for, &self.spec)
    }

    /// What was found, if it is good for the choices as they are now.
    pub fn for_training(&self) -> Option<Arc<Found>> {
        (!self.is_outdated()).then(|| Arc::clone(&self.opened.found))
    }

    /// The choices as they are stored: those made for a file by their values, so that a later release that suggests
    /// others still loads the same matrix.
    pub fn stored(&self) -> DataSpec {
        let mut spec = self.spec.clone();
        spec.preparation = match spec.source {
            DataSource::Embedded(_) if self.choice() == self.found().suggested => None,
            _ => Some(self.choice()),
        };
        if let Some(read) = self.understood().filter(|_| !self.is_outdated()) {
            spec.reading = read.reading.clone();
        }
        spec
    }
}
