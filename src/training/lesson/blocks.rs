//! The other blocks of a step, as TOML has them.

use serde::Deserialize;
use toml::Spanned;

/// ```toml predict
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PredictBlock {
    pub ask: Spanned<Asked>,
    pub choices: Option<Spanned<Vec<Spanned<ChoiceBlock>>>>,
    pub from: Option<Spanned<f64>>,
    pub to: Option<Spanned<f64>>,
    pub log: Option<Spanned<bool>>,
    pub pick: Option<Spanned<u64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Asked {
    Choice,
    Number,
    Tiles,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceBlock {
    pub text: Spanned<String>,
    pub from: Option<f64>,
    pub to: Option<f64>,
}

/// ```toml judge
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgeBlock {
    pub measure: Option<Spanned<String>>,
    pub within: Option<Spanned<f64>>,
    pub state: Option<Spanned<String>>,
    pub least: Option<Spanned<u64>>,
}

/// ```toml look
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookBlock {
    pub panel: Option<Spanned<String>>,
    #[serde(default)]
    pub unlock: Vec<Spanned<String>>,
}

/// ```toml until
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UntilBlock {
    pub epoch: Spanned<u64>,
}

/// ```toml assert
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssertBlock {
    pub claims: Spanned<Vec<Spanned<String>>>,
}
