//! The input that is looked at on its way through the network, and the activations that were set by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ndarray::{Array1, ArrayView1, Axis};

use crate::data::{Content, DataSet, Found, SampleShape, Scaling, Whitening};
use crate::model::LookThrough;
use crate::training::Snapshot;
use crate::training::trainer::RunId;

/// Where the input comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// There is none yet.
    #[default]
    Nothing,
    /// A sample of the data, counted from 0.
    Sample(usize),
    /// By hand.
    Drawn,
    /// A picture file of this name.
    File(String),
}

/// What the mouse draws with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Of red, green and blue, each in [0, 1] of the data's range; grey shapes take the first.
    pub colour: [f32; 3],
    /// In pixels, at least 1.
    pub width: usize,
}

impl Default for Brush {
    fn default() -> Self {
        Self {
            colour: [1.0; 3],
            width: 1,
        }
    }
}

/// A request about the input or the activations.
#[derive(Clone, Debug, PartialEq)]
pub enum LookAction {
    /// A sample, counted from 0.
    Pick(usize),
    /// The picture (n) as it is after a stroke.
    Draw(Arc<[f32]>),
    SetBrush(Brush),
    /// Sets a unit's activation by hand.
    Set {
        unit: usize,
        activation: f64,
    },
    /// Gives a unit back to the network.
    Release(usize),
    /// Takes a picture file as the input.
    Open(PathBuf),
}

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub source: Source,
    /// What was drawn or taken from a file (n), as it looks; `None` for a sample.
    pub picture: Option<Arc<[f32]>>,
    /// Activations set by hand, by unit.
    pub hand: BTreeMap<usize, f64>,
    /// Whether the strongest unit comes first.
    pub by_strength: bool,
    pub brush: Brush,
    /// The picture file that is being read.
    pub loading: Option<String>,
    /// Why the last picture could not be taken.
    pub trouble: Option<String>,
    /// Counts the changes that need another pass.
    pub version: u64,
    /// The run and the samples that it belongs to.
    of: Option<(RunId, Arc<DataSet>)>,
}

/// One input's way through the network, and what the decoder makes of the hand-set activations.
#[derive(Clone, Debug)]
pub struct Through {
    /// x as it looks (n).
    pub picture: Array1<f32>,
    pub network: LookThrough,
    /// x̂ as it looks (n).
    pub reconstruction: Array1<f32>,
    pub by_hand: Option<ByHand>,
}

/// What the decoder makes of activations that are partly set by hand.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// All of them (h).
    pub activations: Vec<f64>,
    /// As it looks (n).
    pub reconstruction: Array1<f32>,
    /// ½‖x̂ − x‖²
    pub loss: f64,
}

impl Look {
    /// Lets go of what does not fit `snapshot`: hand-set activations with the run, the input with the data.
    pub fn suit(&mut self, snapshot: &Snapshot) {
        let same_data = |of: &(RunId, Arc<DataSet>)| Arc::ptr_eq(&of.1, &snapshot.data);
        match &self.of {
            Some(of) if of.0 == snapshot.run && same_data(of) => return,
            Some(of) if same_data(of) => {}
            _ => {
                self.source = Source::Sample(striking(snapshot));
                (self.picture, self.loading, self.trouble) = (None, None, None);
                self.brush = Brush::default();
            }
        }
        self.hand.clear();
        self.version += 1;
        self.of = Some((snapshot.run, Arc::clone(&snapshot.data)));
    }

    /// Takes sample `index`, or the last there is.
    pub fn pick(&mut self, index: usize) {
        let Some((_, data)) = &self.of else { return };
        self.source = Source::Sample(index.min(data.len().saturating_sub(1)));
        (self.picture, self.trouble) = (None, None);
        self.version += 1;
    }

    /// `by` samples on, round the end.
    pub fn step(&mut self, by: isize) {
        let Some((_, data)) = &self.of else { return };
        let count = data.len().max(1) as isize;
        let index = match self.source {
            Source::Sample(index) => index as isize + by,
            _ => 0,
        };
        self.pick(index.rem_euclid(count) as usize);
    }

    /// Any sample but the present one, where there are two.
    pub fn pick_random(&mut self, random: u64) {
        let Some((_, data)) = &self.of else { return };
        let count = data.len() as u64;
        match self.source {
            Source::Sample(now) if count > 1 => {
                let step = 1 + random % (count - 1);
                self.pick(((now as u64 + step) % count) as usize);
            }
            _ => self.pick((random % count.max(1)) as usize),
        }
    }

    /// Takes a picture (n) of where `source` says; one of another size, or with values that are not
    /// numbers, is ignored.
    pub fn take(&mut self, source: Source, picture: Arc<[f32]>) {
        let fits = self
            .of
            .as_ref()
            .is_some_and(|(_, data)| data.inputs() == picture.len());
        if fits && picture.iter().all(|value| value.is_finite()) {
            self.source = source;
            self.picture = Some(picture);
            self.trouble = None;
            self.version += 1;
        }
    }

    /// An empty picture to draw on.
    pub fn clear(&mut self) {
        if let Some((_, data)) = &self.of {
            let empty = vec![empty_value(data); data.inputs()];
            self.take(Source::Drawn, empty.into());
        }
    }

    /// Sets `unit` to `activation`, or gives it back to the network.
    pub fn set(&mut self, unit: usize, activation: Option<f64>) {
        match activation.filter(|value| value.is_finite()) {
            Some(value) => self.hand.insert(unit, value),
            None => self.hand.remove(&unit),
        };
        self.version += 1;
    }

    pub fn release_all(&mut self) {
        self.hand.clear();
        self.version += 1;
    }

    /// The input as it looks (n).
    pub fn shown(&self, data: &DataSet) -> Option<Array1<f32>> {
        if let Some(picture) = &self.picture {
            return Some(Array1::from(picture.to_vec()));
        }
        let input = self.input(data)?;
        let rows = input.view().insert_axis(Axis(0));
        Some(data.pictures(rows).row(0).to_owned())
    }

    /// The input as the network takes it (n).
    fn input(&self, data: &DataSet) -> Option<Array1<f32>> {
        if let Some(picture) = &self.picture {
            let picture = ArrayView1::from(&picture[..]);
            return Some(match data.zca() {
                Some(zca) => (picture.mapv(f64::from) - &zca.mean)
                    .dot(&zca.matrix)
                    .mapv(|value| value as f32),
                None => picture.to_owned(),
            });
        }
        let Source::Sample(index) = self.source else {
            return None;
        };
        if index >= data.len() {
            return None;
        }
        Some(data.samples.select(&[index]).row(0).to_owned())
    }

    /// The way through the weights of `snapshot`; `None` where the input is of other data.
    pub fn through(&self, snapshot: &Snapshot) -> Option<Through> {
        let data = &snapshot.data;
        let input = self.input(data)?;
        let network = snapshot.look_through(input.view()).ok()?;
        let look = |values: &[f64]| -> Array1<f32> {
            let values: Array1<f32> = values.iter().map(|value| *value as f32).collect();
            let rows = values.view().insert_axis(Axis(0));
            data.pictures(rows).row(0).to_owned()
        };
        let by_hand = if self.hand.is_empty() {
            None
        } else {
            let mut activations = network.activations.clone();
            for (unit, value) in &self.hand {
                if let Some(activation) = activations.get_mut(*unit) {
                    *activation = *value;
                }
            }
            let output = snapshot.decode(&activations).ok()?;
            let squares: f64 = output
                .iter()
                .zip(&input)
                .map(|(output, x)| (output - f64::from(*x)).powi(2))
                .sum();
            Some(ByHand {
                activations,
                reconstruction: look(&output),
                loss: 0.5 * squares,
            })
        };
        Some(Through {
            picture: self.shown(data)?,
            reconstruction: look(&network.reconstruction),
            network,
            by_hand,
        })
    }
}

/// Of the samples that are shown, the one whose values vary most: it says more than a flat one.
fn striking(snapshot: &Snapshot) -> usize {
    let variances = snapshot.inputs.rows().into_iter().map(|row| row.var(0.0));
    let places = snapshot.places.iter().copied();
    places
        .zip(variances)
        .fold((0, 0.0), |most, (place, variance)| {
            if variance > most.1 {
                (place, variance)
            } else {
                most
            }
        })
        .0
}

/// What "nothing" is in the pictures of `data`: the middle where means were removed or values whitened, else the least,
/// or 0 where the values lie on both sides of it.
fn empty_value(data: &DataSet) -> f32 {
    let (low, high) = data.picture_range();
    let prepared = data.prepared();
    let centred = prepared.remove_mean && prepared.scaling == Scaling::Clip;
    let value = if centred || matches!(prepared.whitening, Whitening::Zca { .. }) {
        (low + high) / 2.0
    } else if low < 0.0 && high > 0.0 {
        0.0
    } else {
        low
    };
    value as f32
}

/// The first picture of what was found, scaled to the samples of `data`: black at the least and white at the greatest
/// value of their range.
///
/// # Errors
/// The samples are not pictures, or what was found is none; a sentence.
pub fn fitted(found: &Found, data: &DataSet) -> Result<Arc<[f32]>, String> {
    let SampleShape::Image {
        rows,
        columns,
        channels,
    } = data.shape
    else {
        return Err(
            "The samples of this data set are not pictures: drag their values instead.".into(),
        );
    };
    let picture = match &found.content {
        Content::Pictures(pictures) => pictures.first(),
        Content::Samples { .. } => None,
    };
    let Some(picture) = picture else {
        return Err(format!(
            "{} is not a picture: open it as data on another page instead.",
            found.name
        ));
    };
    let (low, high) = data.picture_range();
    let (low, span) = (low as f32, (high - low) as f32);
    let values = picture.fitted(rows, columns, channels);
    Ok(values.into_iter().map(|value| low + span * value).collect())
}
