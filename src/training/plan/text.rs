//! One planned thing as text: "300:lambda=6e-4", "120:revive=3+7", "41:diverges".

use super::words::{choice, number, word};
use super::{LAST_EPOCH, PlanError, Planned, Step};
use crate::model::BatchSize;
use crate::training::record::{Change, Gesture, Setting, Value};

const REVIVE: &str = "revive";
const DIVERGES: &str = "diverges";
/// Of a text that is refused, so much is shown.
const SHOWN: usize = 60;

pub(super) fn write(planned: &Planned) -> String {
    let epoch = planned.epoch;
    match &planned.what {
        Step::Set(Change { setting, value, .. }) => {
            format!("{epoch}:{}={}", setting.name(), value_text(*value))
        }
        Step::Revive(units) => {
            let units: Vec<String> = units.iter().map(usize::to_string).collect();
            format!("{epoch}:{REVIVE}={}", units.join("+"))
        }
        Step::Diverge => format!("{epoch}:{DIVERGES}"),
    }
}

pub(super) fn read(text: &str, gesture: Gesture) -> Result<Planned, PlanError> {
    let shown = || match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    let form = || PlanError::Form { text: shown() };
    let (epoch, rest) = text.split_once(':').ok_or_else(form)?;
    let epoch: u64 = plain(epoch).ok_or_else(|| PlanError::Epoch { text: shown() })?;
    if !(1..LAST_EPOCH).contains(&epoch) {
        return Err(PlanError::Epoch { text: shown() });
    }
    let what = match rest.split_once('=') {
        None if rest == DIVERGES => Step::Diverge,
        None => return Err(form()),
        Some((REVIVE, units)) => {
            let units: Option<Vec<usize>> = units.split('+').map(plain).collect();
            Step::Revive(units.ok_or_else(|| PlanError::Value {
                text: shown(),
                setting: REVIVE,
                wanted: "numbers of units from 0, with + between them",
            })?)
        }
        Some((name, value)) => {
            let setting = Setting::all().find(|setting| setting.name() == name);
            let setting = setting.ok_or_else(form)?;
            let value = read_value(setting, value).ok_or_else(|| PlanError::Value {
                text: shown(),
                setting: setting.name(),
                wanted: wanted(setting),
            })?;
            Step::Set(Change {
                setting,
                value,
                gesture,
            })
        }
    };
    Ok(Planned { epoch, what })
}

/// Digits alone: no sign and no spaces.
fn plain<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn value_text(value: Value) -> String {
    match value {
        Value::Number(value) => number(value),
        Value::Optimizer(kind) => word(&kind),
        Value::Batch(size) => size.to_string(),
        Value::Gradient(form) => word(&form),
    }
}

fn read_value(setting: Setting, text: &str) -> Option<Value> {
    match setting {
        Setting::SparsityTarget
        | Setting::SparsityWeight
        | Setting::LearningRate
        | Setting::WeightDecay
        | Setting::Momentum => text.parse().ok().map(Value::Number),
        Setting::Optimizer => choice(text).map(Value::Optimizer),
        Setting::Batch => text.parse::<BatchSize>().ok().map(Value::Batch),
        Setting::Gradient => choice(text).map(Value::Gradient),
    }
}

fn wanted(setting: Setting) -> &'static str {
    match setting {
        Setting::SparsityTarget
        | Setting::SparsityWeight
        | Setting::LearningRate
        | Setting::WeightDecay
        | Setting::Momentum => "a number, such as 0.05 or 6e-4",
        Setting::Optimizer => "descent, momentum, adam or lbfgs",
        Setting::Batch => "full, or a whole number of samples, at least 1",
        Setting::Gradient => "exact or printed",
    }
}
