//! A change that is undone: what of it, how large it was.

use super::super::moment::{Deed, Moment};
use crate::model::Hyperparameters;
use crate::training::record::{Change, Gesture, Setting, Value};

/// A setting that stays as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stayed {
    pub setting: Setting,
    /// As it was before the change.
    pub at: Value,
    /// The furthest from there that what is undone had put it to.
    pub instead_of: Value,
}

/// What is undone.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Settings {
        gesture: Gesture,
        /// At least one.
        stayed: Vec<Stayed>,
        /// Later gestures on these settings that are undone too.
        later: usize,
    },
    /// These units (counted from 0) were revived.
    Revival { units: Vec<usize> },
}

/// One change, undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    pub what: What,
    /// The moment before it: what was changed is so from the next epoch on.
    pub at: Moment,
    /// The first epoch for which a later change, which is not undone, sets one of these settings again.
    pub until: Option<u64>,
    /// See the module's words on the smallest change.
    pub size: f64,
}

impl Undone {
    /// Whether `change`, made at `at`, is not made.
    pub(super) fn has(&self, at: Moment, change: &Change) -> bool {
        match &self.what {
            What::Settings {
                gesture,
                stayed,
                later,
            } => {
                let ours = || stayed.iter().any(|kept| kept.setting == change.setting);
                change.gesture == *gesture || (*later > 0 && at >= self.at && ours())
            }
            What::Revival { .. } => false,
        }
    }

    /// Whether the revival at `at` is not made.
    pub(super) fn has_revival(&self, at: Moment) -> bool {
        matches!(self.what, What::Revival { .. }) && at == self.at
    }

    /// `gesture` undone alone, where `deeds` (in order) began with `settings` in force; `None` where it changed nothing.
    pub(super) fn gesture(
        gesture: Gesture,
        settings: &Hyperparameters,
        deeds: &[(Moment, Deed)],
    ) -> Option<Self> {
        let mut path = Path::new(*settings, gesture);
        let mut all = changes(deeds);
        let first = all.clone().find(|(_, change)| change.gesture == gesture)?;
        let last = all.clone().rfind(|(_, change)| change.gesture == gesture)?;
        all.clone().for_each(|(_, change)| path.take(change, false));
        let stayed = path.stayed()?;
        let ours = |setting| stayed.iter().any(|kept| kept.setting == setting);
        let until = all
            .find(|(at, change)| change.gesture != gesture && *at > last.0 && ours(change.setting));
        Some(Self {
            size: stayed.iter().map(size).sum(),
            what: What::Settings {
                gesture,
                stayed,
                later: 0,
            },
            at: first.0,
            until: until.map(|(at, _)| at.epoch + 1),
        })
    }

    /// The same with all later changes of its settings undone too; `None` where there are none.
    pub(super) fn with_later(
        &self,
        settings: &Hyperparameters,
        deeds: &[(Moment, Deed)],
    ) -> Option<Self> {
        let What::Settings {
            gesture, stayed, ..
        } = &self.what
        else {
            return None;
        };
        let (gesture, ours) = (*gesture, |setting| {
            stayed.iter().any(|kept| kept.setting == setting)
        });
        let mut later: Vec<Gesture> = Vec::new();
        let mut path = Path::new(*settings, gesture);
        for (at, change) in changes(deeds) {
            let too = at >= self.at && ours(change.setting);
            path.take(change, too);
            if too && change.gesture != gesture && !later.contains(&change.gesture) {
                later.push(change.gesture);
            }
        }
        if later.is_empty() {
            return None;
        }
        let stayed = path.stayed()?;
        Some(Self {
            size: stayed.iter().map(size).sum(),
            what: What::Settings {
                gesture,
                stayed,
                later: later.len(),
            },
            at: self.at,
            until: None,
        })
    }

    pub(super) fn revival(units: Vec<usize>, at: Moment) -> Self {
        Self {
            what: What::Revival { units },
            at,
            until: None,
            size: f64::INFINITY,
        }
    }
}

/// Every change of a setting among `deeds`, with its moment.
fn changes(deeds: &[(Moment, Deed)]) -> impl DoubleEndedIterator<Item = (Moment, &Change)> + Clone {
    deeds.iter().flat_map(|(at, deed)| {
        let changes = match deed {
            Deed::Edits(changes) | Deed::Diverged(changes) => changes.as_slice(),
            Deed::Revived(_) => &[],
        };
        changes.iter().map(|change| (*at, change))
    })
}

/// The settings along the deeds, and where a gesture led them.
struct Path {
    settings: Hyperparameters,
    gesture: Gesture,
    stayed: Vec<Stayed>,
}

impl Path {
    fn new(settings: Hyperparameters, gesture: Gesture) -> Self {
        Self {
            settings,
            gesture,
            stayed: Vec::new(),
        }
    }

    /// `change` is made; where `too`, it is counted to the gesture, whose it is not.
    fn take(&mut self, change: &Change, too: bool) {
        let Change { setting, value, .. } = *change;
        let before = setting.get(&self.settings);
        // a value of another kind is in no log: it would have been refused
        let _ = setting.set(&mut self.settings, value);
        if change.gesture != self.gesture && !too {
            return;
        }
        let known = self.stayed.iter_mut().find(|kept| kept.setting == setting);
        match known {
            Some(kept) => {
                if distance(setting, kept.at, value) > distance(setting, kept.at, kept.instead_of) {
                    kept.instead_of = value;
                }
            }
            None => self.stayed.push(Stayed {
                setting,
                at: before,
                instead_of: value,
            }),
        }
    }

    /// The settings that went anywhere; `None` where none did.
    fn stayed(self) -> Option<Vec<Stayed>> {
        let mut stayed = self.stayed;
        stayed.retain(|kept| kept.at != kept.instead_of);
        (!stayed.is_empty()).then_some(stayed)
    }
}

fn size(kept: &Stayed) -> f64 {
    distance(kept.setting, kept.at, kept.instead_of)
}

/// How far `to` is from `from`: |ln(to/from)|, |to − from| of momentum, ∞ of choices and to or from 0.
fn distance(setting: Setting, from: Value, to: Value) -> f64 {
    let both = from.size().zip(to.size());
    match (setting, both) {
        _ if from == to => 0.0,
        (Setting::Momentum, Some((from, to))) => (to - from).abs(),
        (_, Some((from, to))) if from > 0.0 && to > 0.0 => (to / from).ln().abs(),
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Gesture = Gesture(1);
    const B: Gesture = Gesture(2);

    fn set(epoch: u64, gesture: Gesture, setting: Setting, value: f64) -> (Moment, Deed) {
        let value = Value::Number(value);
        let change = Change {
            setting,
            value,
            gesture,
        };
        (Moment::end_of(epoch), Deed::Edits(vec![change]))
    }

    fn of(undone: &Undone) -> (f64, f64, usize) {
        let What::Settings { stayed, later, .. } = &undone.what else {
            panic!("{undone:?}")
        };
        let number = |value: Value| value.number().unwrap();
        (number(stayed[0].at), number(stayed[0].instead_of), *later)
    }

    #[test]
    fn a_drag_is_one_change_of_the_size_of_its_furthest_point() {
        let settings = Hyperparameters::default();
        let drag = [
            set(10, A, Setting::WeightDecay, 1e-3),
            set(11, A, Setting::WeightDecay, 1e-2),
            set(12, A, Setting::WeightDecay, 2e-3),
            set(20, B, Setting::WeightDecay, 1e-1),
        ];
        let undone = Undone::gesture(A, &settings, &drag).unwrap();
        assert_eq!(of(&undone), (1e-4, 1e-2, 0));
        assert!((undone.size - 100f64.ln()).abs() < 1e-12);
        assert_eq!((undone.at.epoch, undone.until), (10, Some(21)));
        let (at, Deed::Edits(changes)) = &drag[3] else {
            unreachable!()
        };
        assert!(
            !undone.has(*at, &changes[0]),
            "alone: the later one is made"
        );
        let stays = undone.with_later(&settings, &drag).unwrap();
        assert_eq!(of(&stays), (1e-4, 1e-1, 1));
        assert!(stays.has(*at, &changes[0]) && stays.until.is_none());
        let last = Undone::gesture(B, &settings, &drag).unwrap();
        assert_eq!((of(&last), last.until), ((2e-3, 1e-1, 0), None));
        assert!(last.with_later(&settings, &drag).is_none());
    }

    #[test]
    fn sizes_compare_and_what_changed_nothing_is_no_change() {
        let settings = Hyperparameters::default();
        let of = |setting, value| {
            Undone::gesture(A, &settings, &[set(1, A, setting, value)]).map(|undone| undone.size)
        };
        assert_eq!(of(Setting::WeightDecay, settings.weight_decay), None);
        assert_eq!(of(Setting::WeightDecay, 0.0), Some(f64::INFINITY));
        let momentum = of(Setting::Momentum, settings.momentum - 0.25).unwrap();
        assert!((momentum - 0.25).abs() < 1e-12);
        let deed = Deed::Edits(vec![Change {
            setting: Setting::Gradient,
            value: Value::Gradient(crate::model::GradientForm::Printed),
            gesture: A,
        }]);
        let choice = Undone::gesture(A, &settings, &[(Moment::end_of(3), deed)]).unwrap();
        assert_eq!(choice.size, f64::INFINITY);
    }
}
