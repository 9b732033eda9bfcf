//! A run as plain data: what is written, sent and read back.
//!
//! The bytes: [`MAGIC`], the version (u32, little-endian), the SHA-256 of what follows, then the fields of
//! [`Checkpoint`] in postcard's encoding. A change of any field's type or order is a new [`VERSION`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use xxhash_rust::xxh3::Xxh3Default;

use super::keyframe;
use super::samples::SamplesIdentity;
use crate::data::{DataSource, FittedPreparation};
use crate::model::{Cost, Hyperparameters, Parameters, UnitStatistics};
use crate::numerics::{Precision, Real};
use crate::training::Experiment;
use crate::training::plan::Planned;
use crate::training::record::{Change, History, Record};

/// The version that this program writes, and the only one that it reads: no program has written another to a file.
///
/// - 2: units that repeat another no longer count among the alive.
/// - 3: the samples that were held out, and the losses over them.
/// - 4: what the arithmetic of the kernels is numbered.
/// - 5: what is planned for epochs to come.
pub const VERSION: u32 = 5;
/// That of a run's file in which nothing is planned, which is read too.
pub(super) const UNPLANNED: u32 = 4;
const MAGIC: &[u8; 8] = b"sae-run\n";
const HEADER: usize = MAGIC.len() + size_of::<u32>() + 32;

/// All that decides how a run goes on, and its past. Two are equal where every bit of them is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    pub(super) version: u32,
    /// The kernels that the run computed on; with others its bits may come out differently.
    pub(super) kernel_path: String,
    /// [`crate::numerics::VERSION`] of the program that it ran in.
    pub(super) numerics_version: u32,
    pub(super) samples: SamplesIdentity,
    /// Those that were held out.
    pub(super) test_samples: Option<SamplesIdentity>,
    #[serde(with = "as_json")]
    pub(super) experiment: Experiment,
    /// What was learned when the data were prepared: for other data that are to be treated the same way.
    #[serde(with = "as_record")]
    pub(super) preparation: Arc<FittedPreparation>,
    /// In force.
    pub(super) settings: Hyperparameters,
    pub(super) staged: Vec<Change>,
    pub(super) planned: Vec<Planned>,
    pub(super) epoch: u64,
    /// W1, b1, W2, b2, as [`crate::model::Parameters::flat`] has them.
    pub(super) parameters: Numbers,
    pub(super) optimizer: OptimizerMemory,
    pub(super) gradient_known: bool,
    pub(super) cost: Cost,
    pub(super) units: Vec<UnitStatistics>,
    pub(super) history: History,
}

/// Values in the run's precision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// What the optimiser remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum OptimizerMemory {
    Descent,
    Momentum {
        velocity: Numbers,
    },
    Adam {
        first: Numbers,
        second: Numbers,
        steps: i32,
    },
    Lbfgs(Option<LbfgsMemory>),
    /// Of an optimiser that has taken no step yet, whichever the settings name.
    Fresh,
}

/// What L-BFGS knows at the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LbfgsMemory {
    pub cost: f64,
    pub gradient: Numbers,
    /// (step, change of the gradient), the oldest first.
    pub corrections: Vec<(Numbers, Numbers)>,
}

/// Why bytes are no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    #[error("this is not a checkpoint of a run: choose a file that the lab wrote")]
    NotACheckpoint,
    #[error(
        "the checkpoint is of version {found}, and this program reads up to version {newest}: use a newer program"
    )]
    Newer { found: u32, newest: u32 },
    #[error(
        "the checkpoint is of version {found}, and this program reads version {VERSION} only: go on with the program \
         that wrote it"
    )]
    Older { found: u32 },
    #[error("the checkpoint is damaged or cut short: use another copy of it")]
    Damaged,
    #[error(
        "the checkpoint can't be written, since the path of its data is not Unicode: rename the file or folder"
    )]
    Unwritable,
}

impl Checkpoint {
    /// Epochs done.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn precision(&self) -> Precision {
        match self.parameters {
            Numbers::F32(_) => Precision::F32,
            Numbers::F64(_) => Precision::F64,
        }
    }

    /// The model in `T`'s precision. `None` where there are not as many weights as the experiment and the samples ask for.
    pub fn model<T: Real>(&self) -> Option<Parameters<T>> {
        let flat = match &self.parameters {
            Numbers::F32(values) => values.iter().map(|value| T::of(value.f64())).collect(),
            Numbers::F64(values) => values.iter().map(|value| T::of(*value)).collect(),
        };
        let inputs = usize::try_from(self.samples.inputs).ok()?;
        Parameters::from_flat(flat, inputs, self.experiment.hidden)
    }

    /// As it was asked for, with the hyperparameters in force.
    pub fn experiment(&self) -> Experiment {
        Experiment {
            hyperparameters: self.settings,
            ..self.experiment.clone()
        }
    }

    /// Whether one of the two goes on from the other: trained on the same samples, from the same weights, with the same
    /// cost at the last epoch that both remember.
    pub fn is_of_the_same_run(&self, other: &Self) -> bool {
        let of = |one: &Self| {
            let experiment = &one.experiment;
            let seed = (experiment.seed, experiment.hidden);
            (one.samples, one.test_samples, seed, one.precision())
        };
        let records = |one: &Self| -> BTreeMap<u64, [u64; 3]> {
            let records = one.history.records();
            let bits = |record: &Record| {
                let cost = record.cost;
                let terms = [
                    cost.reconstruction_loss,
                    cost.decay_penalty,
                    cost.sparsity_penalty,
                ];
                (record.epoch, terms.map(f64::to_bits))
            };
            records.map(bits).collect()
        };
        let (own, others) = (records(self), records(other));
        let mut common = own
            .iter()
            .rev()
            .filter_map(|(epoch, cost)| Some((cost, others.get(epoch)?)));
        of(self) == of(other) && common.next().is_some_and(|(own, other)| own == other)
    }

    /// The same run, its data where they are now.
    pub fn on(mut self, source: DataSource) -> Self {
        self.experiment.data.source = source;
        self
    }

    /// The samples that it goes on with.
    pub fn samples(&self) -> SamplesIdentity {
        self.samples
    }

    /// The kernels that the run computed on.
    pub fn kernel_path(&self) -> &str {
        &self.kernel_path
    }

    /// [`crate::numerics::VERSION`] of the program that it ran in.
    pub fn numerics_version(&self) -> u32 {
        self.numerics_version
    }

    /// The samples that it is tested with.
    pub fn test_samples(&self) -> Option<SamplesIdentity> {
        self.test_samples
    }

    /// What the next epoch will change of the settings.
    pub fn staged(&self) -> &[Change] {
        &self.staged
    }

    /// Of the parameters and the optimiser's memory: that of a keyframe taken at the same moment.
    pub fn checksum(&self) -> u64 {
        keyframe::checksum(&self.parameters, &self.optimizer)
    }

    /// What is to be done before epochs to come.
    pub fn planned(&self) -> &[Planned] {
        &self.planned
    }

    /// How its data were prepared.
    pub fn preparation(&self) -> &Arc<FittedPreparation> {
        &self.preparation
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// # Errors
    /// The path of its data is not Unicode.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError> {
        Ok(seal(self.version, &self.body()?))
    }

    /// Takes time and memory in proportion to `bytes`, whatever they say.
    ///
    /// # Errors
    /// They are of a newer version, no checkpoint, or damaged. Whether the values fit each other and the data is for
    /// [`super::Run::resume`] to see.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let body = unseal(bytes)?;
        match postcard::take_from_bytes::<Self>(body) {
            Ok((checkpoint, [])) => Ok(checkpoint),
            _ => Err(CheckpointError::Damaged),
        }
    }

    pub(super) fn body(&self) -> Result<Vec<u8>, CheckpointError> {
        postcard::to_stdvec(self).map_err(|_| CheckpointError::Unwritable)
    }
}

impl PartialEq for Checkpoint {
    /// Bit for bit: NaN equals itself, and 0 is not −0.
    fn eq(&self, other: &Self) -> bool {
        matches!((self.body(), other.body()), (Ok(own), Ok(others)) if own == others)
    }
}

pub(super) fn seal(version: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&Sha256::digest(body));
    bytes.extend_from_slice(body);
    bytes
}

fn unseal(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or(CheckpointError::NotACheckpoint)?;
    let (version, rest) = rest.split_first_chunk().ok_or(CheckpointError::Damaged)?;
    let found = u32::from_le_bytes(*version);
    if found > VERSION {
        return Err(CheckpointError::Newer {
            found,
            newest: VERSION,
        });
    }
    if found < VERSION {
        return Err(CheckpointError::Older { found });
    }
    let (sum, body) = rest
        .split_first_chunk::<32>()
        .ok_or(CheckpointError::Damaged)?;
    if Sha256::digest(body)[..] != sum[..] {
        return Err(CheckpointError::Damaged);
    }
    Ok(body)
}

impl OptimizerMemory {
    /// What its arrays take.
    pub fn bytes(&self) -> usize {
        self.arrays().map(Numbers::bytes).sum()
    }

    /// Takes every bit of it into `sum`.
    pub fn digest(&self, sum: &mut Xxh3Default) {
        let (kind, count): (u8, i64) = match self {
            Self::Descent => (0, 0),
            Self::Momentum { .. } => (1, 0),
            Self::Adam { steps, .. } => (2, i64::from(*steps)),
            Self::Lbfgs(None) => (3, -1),
            Self::Lbfgs(Some(memory)) => (3, memory.corrections.len() as i64),
            Self::Fresh => (4, 0),
        };
        sum.update(&[kind]);
        sum.update(&count.to_le_bytes());
        if let Self::Lbfgs(Some(memory)) = self {
            sum.update(&memory.cost.to_le_bytes());
        }
        self.arrays().for_each(|numbers| numbers.digest(sum));
    }

    fn arrays(&self) -> impl Iterator<Item = &Numbers> {
        let (one, two, many) = match self {
            Self::Descent | Self::Lbfgs(None) | Self::Fresh => (None, None, None),
            Self::Momentum { velocity } => (Some(velocity), None, None),
            Self::Adam { first, second, .. } => (Some(first), Some(second), None),
            Self::Lbfgs(Some(memory)) => (Some(&memory.gradient), None, Some(&memory.corrections)),
        };
        let pairs = many.into_iter().flatten();
        let pairs = pairs.flat_map(|(step, change)| [step, change]);
        one.into_iter().chain(two).chain(pairs)
    }
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they take in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::F32(values) => size_of_val(values.as_slice()),
            Self::F64(values) => size_of_val(values.as_slice()),
        }
    }

    /// Takes every bit of them into `sum`.
    pub fn digest(&self, sum: &mut Xxh3Default) {
        const CHUNK: usize = 512;
        match self {
            Self::F32(values) => {
                let mut bytes = [0; 4 * CHUNK];
                for chunk in values.chunks(CHUNK) {
                    let places = bytes.as_chunks_mut::<4>().0.iter_mut();
                    places
                        .zip(chunk)
                        .for_each(|(place, value)| *place = value.to_le_bytes());
                    sum.update(&bytes[..4 * chunk.len()]);
                }
            }
            Self::F64(values) => {
                let mut bytes = [0; 8 * CHUNK];
                for chunk in values.chunks(CHUNK) {
                    let places = bytes.as_chunks_mut::<8>().0.iter_mut();
                    places
                        .zip(chunk)
                        .for_each(|(place, value)| *place = value.to_le_bytes());
                    sum.update(&bytes[..8 * chunk.len()]);
                }
            }
        }
    }

    /// In single precision, for showing.
    pub fn to_f32(&self) -> Vec<f32> {
        match self {
            Self::F32(values) => values.clone(),
            Self::F64(values) => values.iter().map(|value| *value as f32).collect(),
        }
    }

    pub fn of<T: Real>(values: &[T]) -> Self {
        match T::PRECISION {
            Precision::F32 => Self::F32(values.iter().map(|value| value.f64() as f32).collect()),
            Precision::F64 => Self::F64(values.iter().map(|value| value.f64()).collect()),
        }
    }

    /// `None` where they are in the other precision.
    pub fn to<T: Real>(&self) -> Option<Vec<T>> {
        match (self, T::PRECISION) {
            (Self::F32(values), Precision::F32) => Some(
                values
                    .iter()
                    .map(|value| T::of(f64::from(*value)))
                    .collect(),
            ),
            (Self::F64(values), Precision::F64) => {
                Some(values.iter().map(|value| T::of(*value)).collect())
            }
            (Self::F32(_), Precision::F64) | (Self::F64(_), Precision::F32) => None,
        }
    }
}

/// The experiment as JSON text: its fields are read by name, so that one that is left out counts as not set.
mod as_json {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::training::Experiment;

    pub fn serialize<S: Serializer>(experiment: &Experiment, to: S) -> Result<S::Ok, S::Error> {
        serde_json::to_string(experiment)
            .map_err(S::Error::custom)?
            .serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Experiment, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// The preparation in its written form.
mod as_record {
    use std::sync::Arc;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::data::{FittedPreparation, PreparationRecord};

    pub fn serialize<S: Serializer>(fitted: &FittedPreparation, to: S) -> Result<S::Ok, S::Error> {
        PreparationRecord::from(fitted.clone()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<FittedPreparation>, D::Error> {
        let record = PreparationRecord::deserialize(from)?;
        FittedPreparation::try_from(record)
            .map(Arc::new)
            .map_err(D::Error::custom)
    }
}
