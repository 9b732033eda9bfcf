//! The keys of a block that makes a run or changes one: those of the command line's options.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::error::one_of;
use super::{Changes, Setup, Wanted};
use crate::data::{DataSource, DataSpec, EmbeddedSet};
use crate::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use crate::training::{Experiment, Preset, Setting, Value};

/// A block `setup` or `set`, and its table `beside`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Keys {
    preset: Option<Spanned<String>>,
    data: Option<Spanned<String>>,
    patch: Option<Spanned<u64>>,
    patches: Option<Spanned<u64>>,
    data_seed: Option<Spanned<u64>>,
    noise: Option<Spanned<bool>>,
    hidden: Option<Spanned<u64>>,
    hidden_activation: Option<Spanned<HiddenActivation>>,
    output_activation: Option<Spanned<OutputActivation>>,
    seed: Option<Spanned<u64>>,
    rho: Option<Spanned<f64>>,
    beta: Option<Spanned<f64>>,
    alpha: Option<Spanned<f64>>,
    lambda: Option<Spanned<f64>>,
    momentum: Option<Spanned<f64>>,
    optimizer: Option<Spanned<OptimizerKind>>,
    batch: Option<Spanned<Batch>>,
    gradient: Option<Spanned<GradientForm>>,
    beside: Option<Spanned<Box<Keys>>>,
}

/// A number of samples, or "full".
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Batch {
    Samples(u64),
    Word(String),
}

/// What is wrong, and where in the block.
pub(super) type Wrong = (Range<usize>, String);

impl Keys {
    pub(super) fn setup(self) -> Result<Setup, Wrong> {
        let beside = self.beside;
        let this = Self {
            beside: None,
            ..self
        };
        let plain = Wanted {
            experiment: Experiment::default(),
            noise: false,
        };
        if this.preset.is_none() && this.data.is_none() {
            let names = EmbeddedSet::ALL.map(EmbeddedSet::name);
            let wanted = format!(
                "a setup names its `preset`, or its `data`: {}",
                one_of(names)
            );
            return Err((0..0, wanted));
        }
        let a = this.applied_to(plain)?;
        let b = match beside {
            None => None,
            Some(beside) => {
                let span = beside.span();
                let beside = *beside.into_inner();
                if let Some(inner) = &beside.beside {
                    return Err((
                        inner.span(),
                        "one run stands beside another, no more".into(),
                    ));
                }
                let b = beside.applied_to(a.clone())?;
                if b == a {
                    let wanted = "the run beside it is the same: say in what it differs";
                    return Err((span, wanted.into()));
                }
                Some(b)
            }
        };
        Ok(Setup { a, b })
    }

    /// Of the settings alone: what else a run is made of can't be changed while it goes on.
    pub(super) fn changes(self) -> Result<Changes, Wrong> {
        let beside = self.beside;
        let this = Self {
            beside: None,
            ..self
        };
        let b = match beside {
            None => Vec::new(),
            Some(beside) => {
                let beside = *beside.into_inner();
                if let Some(inner) = &beside.beside {
                    return Err((
                        inner.span(),
                        "one run stands beside another, no more".into(),
                    ));
                }
                beside.settings()?
            }
        };
        let a = this.settings()?;
        if a.is_empty() && b.is_empty() {
            let wanted = "nothing is set: name a setting, such as `lambda = 4e-4`";
            return Err((0..0, wanted.into()));
        }
        Ok(Changes { a, b })
    }

    /// What makes a run and can't be changed, and where it stands.
    fn fixed(&self) -> Option<(Range<usize>, &'static str)> {
        fn at<T>(
            name: &'static str,
            key: &Option<Spanned<T>>,
        ) -> Option<(Range<usize>, &'static str)> {
            key.as_ref().map(|key| (key.span(), name))
        }
        at("preset", &self.preset)
            .or_else(|| at("data", &self.data))
            .or_else(|| at("patch", &self.patch))
            .or_else(|| at("patches", &self.patches))
            .or_else(|| at("data-seed", &self.data_seed))
            .or_else(|| at("noise", &self.noise))
            .or_else(|| at("hidden", &self.hidden))
            .or_else(|| at("hidden-activation", &self.hidden_activation))
            .or_else(|| at("output-activation", &self.output_activation))
            .or_else(|| at("seed", &self.seed))
    }

    fn settings(self) -> Result<Vec<(Setting, Value)>, Wrong> {
        if let Some((span, name)) = self.fixed() {
            let wanted = format!("`{name}` makes another run: it stands in a `setup`");
            return Err((span, wanted));
        }
        let numbers = [
            (Setting::SparsityTarget, self.rho),
            (Setting::SparsityWeight, self.beta),
            (Setting::LearningRate, self.alpha),
            (Setting::WeightDecay, self.lambda),
            (Setting::Momentum, self.momentum),
        ];
        let mut found = Vec::new();
        for (setting, number) in numbers {
            if let Some(number) = number {
                let value = Value::Number(*number.get_ref());
                found.push((number.span(), setting, value));
            }
        }
        if let Some(kind) = self.optimizer {
            found.push((
                kind.span(),
                Setting::Optimizer,
                Value::Optimizer(*kind.get_ref()),
            ));
        }
        if let Some(batch) = self.batch {
            let size = batch_size(&batch)?;
            found.push((batch.span(), Setting::Batch, Value::Batch(size)));
        }
        if let Some(form) = self.gradient {
            found.push((
                form.span(),
                Setting::Gradient,
                Value::Gradient(*form.get_ref()),
            ));
        }
        let checked = found.into_iter().map(|(span, setting, value)| {
            // each by itself, so that the right line is blamed
            let mut alone = Hyperparameters::default();
            let set = setting
                .set(&mut alone, value)
                .map_err(|error| error.to_string());
            set.and_then(|()| alone.check().map_err(|error| error.to_string()))
                .map_err(|error| (span, error))?;
            Ok((setting, value))
        });
        checked.collect()
    }

    fn applied_to(mut self, wanted: Wanted) -> Result<Wanted, Wrong> {
        let Wanted {
            mut experiment,
            mut noise,
        } = wanted;
        if let Some(preset) = self.preset.take() {
            let name = preset.get_ref();
            let known = Preset::ALL.into_iter().find(|known| known.name() == name);
            let known = known.ok_or_else(|| {
                let names = one_of(Preset::ALL.map(Preset::name));
                (
                    preset.span(),
                    format!("`{name}` is no preset: it is {names}"),
                )
            })?;
            experiment = known.experiment();
        }
        if let Some(data) = self.data.take() {
            experiment.data = like(&experiment.data, built_in(&data)?);
            noise = false;
        }
        let whole = |key: Option<Spanned<u64>>, name: &str, from: usize, to: usize| match key {
            None => Ok(None),
            Some(key) => {
                let value = usize::try_from(*key.get_ref()).unwrap_or(usize::MAX);
                if (from..=to).contains(&value) {
                    Ok(Some(value))
                } else {
                    let wanted = format!(
                        "`{name}` is {}: a lesson has from {from} to {to}",
                        key.get_ref()
                    );
                    Err((key.span(), wanted))
                }
            }
        };
        let data = &mut experiment.data;
        if let Some(patch) = whole(self.patch.take(), "patch", 2, super::PATCH)? {
            data.patch = patch;
        }
        if let Some(patches) = whole(self.patches.take(), "patches", 10, super::SAMPLES)? {
            data.patches = patches;
        }
        if let Some(seed) = self.data_seed.take() {
            data.seed = *seed.get_ref();
        }
        if let Some(asked) = self.noise.take() {
            noise = *asked.get_ref();
        }
        if let Some(hidden) = whole(self.hidden.take(), "hidden", 1, super::HIDDEN)? {
            experiment.hidden = hidden;
        }
        if let Some(activation) = self.hidden_activation.take() {
            experiment.hidden_activation = *activation.get_ref();
        }
        if let Some(activation) = self.output_activation.take() {
            experiment.output_activation = *activation.get_ref();
        }
        if let Some(seed) = self.seed.take() {
            experiment.seed = *seed.get_ref();
        }
        for (setting, value) in self.settings()? {
            // its kind was checked
            let set = setting.set(&mut experiment.hyperparameters, value);
            set.map_err(|error| (0..0, error.to_string()))?;
        }
        Ok(Wanted { experiment, noise })
    }
}

/// The set with the size, the number and the seed of another's samples, where it is cut or generated.
fn like(before: &DataSpec, set: EmbeddedSet) -> DataSpec {
    let spec = DataSpec::embedded(set);
    match set {
        EmbeddedSet::Digits | EmbeddedSet::Fashion => spec,
        EmbeddedSet::Photos | EmbeddedSet::PhotosRaw | EmbeddedSet::Leaves | EmbeddedSet::Bars => {
            let plain = before == &DataSpec::default();
            let patches = if plain { spec.patches } else { before.patches };
            DataSpec {
                patch: before.patch,
                patches,
                seed: before.seed,
                ..spec
            }
        }
    }
}

fn built_in(data: &Spanned<String>) -> Result<EmbeddedSet, Wrong> {
    let name = data.get_ref();
    match DataSpec::parse(name).source {
        DataSource::Embedded(set) => Ok(set),
        DataSource::File(_) | DataSource::Files(_) => {
            let names = one_of(EmbeddedSet::ALL.map(EmbeddedSet::name));
            let wanted =
                format!("a lesson reads no files, only the sets that the program carries: {names}");
            Err((data.span(), wanted))
        }
    }
}

fn batch_size(batch: &Spanned<Batch>) -> Result<BatchSize, Wrong> {
    let text = match batch.get_ref() {
        Batch::Samples(samples) => samples.to_string(),
        Batch::Word(word) => word.clone(),
    };
    text.parse().map_err(|wanted| (batch.span(), wanted))
}
