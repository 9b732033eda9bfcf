//! The answer in words. Units are counted from 1, as people do.

use super::answer::{Answer, Tried};
use super::fate::Outcome;
use super::question::{AFTER, CHANGES, EPOCHS, Limit};
use super::undone::{Stayed, Undone, What};
use crate::model::UnitState;

impl Answer {
    /// What would have saved the unit, and how that was found, in one to three sentences.
    pub fn sentence(&self) -> String {
        let (unit, death) = (self.unit + 1, self.death);
        if self.recovers {
            return format!(
                "Unit {unit} is dead at epoch {death} and lives again {AFTER} epochs later with nothing changed: it needs \
                 no saving."
            );
        }
        if let Some(named) = self.named() {
            return format!(
                "{}{}{}{}",
                self.saved(named),
                twin(named),
                self.others(),
                self.limits()
            );
        }
        let tried = self.tried.iter();
        let changes = tried.filter(|tried| !tried.undone.is_for_good()).count();
        if changes == 0 {
            return match self.limit {
                None => format!(
                    "Nothing was changed before unit {unit} died at epoch {death}: the settings that the run began with \
                     did it."
                ),
                Some(Limit::Epochs { .. }) => format!(
                    "Nothing was changed in the {EPOCHS} epochs before unit {unit} died at epoch {death}."
                ),
                Some(_) => format!(
                    "No change before unit {unit} died at epoch {death} could be undone.{}",
                    self.limits()
                ),
            };
        }
        let what = match changes {
            1 => "The only change before it, undone, does not save".to_owned(),
            _ => format!("No single change of the last {changes}, undone, saves"),
        };
        let stays = if self.tried.len() > changes {
            " Nor does it help that a setting stays for good as it was before one of them."
        } else {
            ""
        };
        format!(
            "{what} unit {unit}, dead at epoch {death}: each was replayed.{stays}{}",
            self.limits()
        )
    }

    fn saved(&self, tried: &Tried) -> String {
        let (unit, death) = (self.unit + 1, self.death);
        let replayed = tried.until - tried.undone.from_epoch();
        format!(
            "{}, unit {unit} would be alive at epoch {death}: replayed, {replayed} epochs, to epoch {}.",
            tried.undone.had(),
            tried.until
        )
    }

    /// What else saves it: the change named is then not the only one that can be blamed.
    fn others(&self) -> String {
        let saving = self.tried.iter();
        let saving = saving.filter(|tried| tried.outcome == Outcome::Saved);
        match saving.count() {
            0 | 1 => String::new(),
            count => format!(
                " {count} of the {} tried save it: this is the smallest.",
                self.tried.len()
            ),
        }
    }

    fn limits(&self) -> String {
        match self.limit {
            None => String::new(),
            Some(Limit::Epochs { from }) => format!(
                " Changes before epoch {from} were not tried: they lie more than {EPOCHS} epochs back."
            ),
            Some(Limit::Changes) => {
                format!(" There are more changes before: the last {CHANGES} were tried.")
            }
            Some(Limit::Kept { from }) => format!(
                " Changes before epoch {from} were not tried: no keyframe before them is kept."
            ),
        }
    }
}

impl Tried {
    /// "λ at 1e-4 as before epoch 41: saved"; "α at 0.1 as before epoch 39: dead since epoch 250".
    pub fn line(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Saved => "saved".to_owned(),
            Outcome::Died { epoch } => format!("dead since epoch {epoch}"),
            Outcome::Diverged { epoch } => format!("diverges at epoch {epoch}"),
        };
        format!("{}: {outcome}", self.undone.stays())
    }
}

impl Undone {
    /// "Had λ stayed at 1e-4"; "Had λ stayed at 1e-4 from epoch 200 to 240"; "Had units 3 and 5 not been revived at epoch
    /// 40".
    fn had(&self) -> String {
        match &self.what {
            What::Settings { stayed, later, .. } => {
                let first = self.at.epoch + 1;
                let when = match (later, self.until) {
                    (0, None) => String::new(),
                    (0, Some(until)) => {
                        format!(
                            " from epoch {first} to {}",
                            until.saturating_sub(1).max(first)
                        )
                    }
                    (1, _) => format!(" from epoch {first} on, its later change undone too"),
                    (later, _) => {
                        format!(" from epoch {first} on, its {later} later changes undone too")
                    }
                };
                let names: Vec<String> = stayed
                    .iter()
                    .map(|kept| format!("{} stayed at {}", kept.setting.symbol(), kept.value()))
                    .collect();
                format!("Had {}{when}", names.join(" and "))
            }
            What::Revival { units } => {
                format!(
                    "Had {} not been revived at epoch {}",
                    named(units),
                    self.at.epoch
                )
            }
        }
    }

    /// "λ at 1e-4 as before epoch 41"
    fn stays(&self) -> String {
        match &self.what {
            What::Settings { stayed, later, .. } => {
                let names: Vec<String> = stayed
                    .iter()
                    .map(|kept| format!("{} at {}", kept.setting.symbol(), kept.value()))
                    .collect();
                let good = if *later > 0 { " for good" } else { "" };
                let epoch = self.at.epoch + 1;
                format!("{} as before epoch {epoch}{good}", names.join(", "))
            }
            What::Revival { units } => format!("{} not revived", named(units)),
        }
    }
}

impl Stayed {
    /// "1e-4": what it stayed at, in as many digits as tell it from what it was instead.
    fn value(&self) -> String {
        let texts = self.setting.format_apart(&[self.at, self.instead_of]);
        texts.into_iter().next().unwrap_or_default()
    }
}

/// Alive, and yet of little use.
fn twin(tried: &Tried) -> &'static str {
    let last = tried.fate.last().map(|point| point.state);
    if last == Some(UnitState::Duplicate) {
        " It would repeat another unit's feature there."
    } else {
        ""
    }
}

/// "unit 3"; "units 3 and 5"; "41 units"
fn named(units: &[usize]) -> String {
    match units {
        [one] => format!("unit {}", one + 1),
        [one, other] => format!("units {} and {}", one + 1, other + 1),
        more => format!("{} units", more.len()),
    }
}
