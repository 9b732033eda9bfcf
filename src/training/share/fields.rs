//! The experiment, what was done to it and what it is known by, as parts of a line.

use super::line::{LineError, Parts, escaped, plain, wrong};
use super::{Print, Share, data};
use crate::model::Hyperparameters;
use crate::training::Experiment;
use crate::training::plan::Plan;
use crate::training::plan::words::{choice, number, word};

/// Most characters of the name of kernels.
const KERNELS: usize = 32;

impl Share {
    /// The network and the settings that it starts with, as a line's fields and a command's options alike name them.
    pub(super) fn choices(&self) -> [(&'static str, String); 13] {
        let own = &self.experiment;
        let settings = &own.hyperparameters;
        [
            ("hidden", own.hidden.to_string()),
            ("hidden-activation", word(&own.hidden_activation)),
            ("output-activation", word(&own.output_activation)),
            ("seed", own.seed.to_string()),
            ("precision", word(&own.precision)),
            ("rho", number(settings.sparsity_target)),
            ("beta", number(settings.sparsity_weight)),
            ("alpha", number(settings.learning_rate)),
            ("lambda", number(settings.weight_decay)),
            ("optimizer", word(&settings.optimizer)),
            ("momentum", number(settings.momentum)),
            ("batch", settings.batch.to_string()),
            ("gradient", word(&settings.gradient)),
        ]
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = data::fields(&self.experiment.data);
        fields.extend(self.choices());
        fields.push(("epochs", self.epoch.to_string()));
        let at = self.plan.texts().into_iter();
        fields.extend(at.map(|text| ("at", text)));
        fields.push(("samples", print_text(&self.samples)));
        fields.extend(
            self.test
                .iter()
                .map(|test| ("test-samples", print_text(test))),
        );
        fields.extend(self.state.map(|state| ("state", format!("{state:016x}"))));
        fields.push(("kernels", escaped(&self.kernel_path)));
        fields.push(("numerics", self.numerics_version.to_string()));
        fields
    }

    pub(super) fn of_fields(mut parts: Parts<'_>) -> Result<Self, LineError> {
        let real = |text: &str| text.parse::<f64>().ok();
        let experiment = Experiment {
            data: data::read(&mut parts)?,
            hidden: parts.read("hidden", |text| whole(text).filter(|units| *units > 0))?,
            hidden_activation: parts.read("hidden-activation", choice)?,
            output_activation: parts.read("output-activation", choice)?,
            seed: parts.read("seed", whole)?,
            precision: parts.read("precision", choice)?,
            hyperparameters: Hyperparameters {
                sparsity_target: parts.read("rho", real)?,
                sparsity_weight: parts.read("beta", real)?,
                learning_rate: parts.read("alpha", real)?,
                weight_decay: parts.read("lambda", real)?,
                optimizer: parts.read("optimizer", choice)?,
                momentum: parts.read("momentum", real)?,
                batch: parts.read("batch", |text| text.parse().ok())?,
                gradient: parts.read("gradient", choice)?,
            },
        };
        experiment.hyperparameters.check()?;
        let epoch = parts.read("epochs", |text| {
            whole(text).filter(|epoch: &u64| *epoch < 1 << 53)
        })?;
        let plan = Plan::parse(parts.take_all("at"))?;
        plan.check(&experiment, 0)?;
        let share = Self {
            experiment,
            plan,
            epoch,
            samples: parts.read("samples", print)?,
            test: parts.read_if("test-samples", print)?,
            state: parts.read_if("state", hexadecimal)?,
            kernel_path: parts.read("kernels", |text| {
                plain(text).filter(|name| name.len() <= KERNELS)
            })?,
            numerics_version: parts.read("numerics", whole)?,
        };
        parts.end()?;
        Ok(share)
    }
}

/// Digits alone.
pub(super) fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// "10000x144:0123456789abcdef"
fn print_text(print: &Print) -> String {
    let Print {
        count,
        inputs,
        print,
    } = print;
    format!("{count}x{inputs}:{print:016x}")
}

fn print(text: &str) -> Option<Print> {
    let (shape, print) = text.split_once(':')?;
    let (count, inputs) = shape.split_once('x')?;
    Some(Print {
        count: whole(count)?,
        inputs: whole(inputs)?,
        print: hexadecimal(print)?,
    })
}

fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// A list with `+` between its members, each read by `read`.
pub(super) fn list<T>(
    name: &'static str,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, LineError> {
    let members: Option<Vec<T>> = text.split('+').map(read).collect();
    members.ok_or_else(|| wrong(name, text))
}
