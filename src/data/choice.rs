//! Which array of a file that holds several.

use std::path::Path;

use super::error::{grouped, name_of};
use super::found::Variable;

/// An array as its header describes it.
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) shape: Vec<u64>,
    /// Whether it can be data at all: numbers, two dimensions or more, not empty.
    pub(super) usable: bool,
    /// What it is, where it is no array of numbers.
    pub(super) what: Option<String>,
}

/// Why none of the arrays was taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoChoice {
    pub(super) found: String,
    pub(super) remedy: &'static str,
}

/// What data are called, most telling first; compared in lower case.
const NAMES: [&str; 10] = [
    "images",
    "x",
    "data",
    "x_train",
    "train_images",
    "patches",
    "samples",
    "features",
    "fea",
    "inputs",
];

/// The place of the array asked for; else of the one with the most telling name; else of the largest. `Err` says what
/// there is.
pub(super) fn choose(candidates: &[Candidate], asked: Option<&str>) -> Result<usize, NoChoice> {
    let refused = |named: String| NoChoice {
        found: match listed(candidates) {
            Some(listed) => format!("no array {named}to train on, but {listed}"),
            None => "no arrays at all".into(),
        },
        remedy: remedy(candidates),
    };
    if let Some(asked) = asked {
        let found = candidates
            .iter()
            .position(|candidate| candidate.name == asked && candidate.usable);
        return found.ok_or_else(|| refused(format!("{:?} ", shown(asked))));
    }
    let size = |candidate: &Candidate| {
        candidate
            .shape
            .iter()
            .fold(1u64, |product, &side| product.saturating_mul(side))
    };
    let rank = |candidate: &Candidate| {
        let name = candidate.name.to_lowercase();
        NAMES
            .iter()
            .position(|known| *known == name)
            .unwrap_or(NAMES.len() + usize::from(names_labels(&name)))
    };
    candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| candidate.usable)
        .min_by_key(|(_, candidate)| (rank(candidate), u64::MAX - size(candidate)))
        .map(|(place, _)| place)
        .ok_or_else(|| refused(String::new()))
}

fn remedy(candidates: &[Candidate]) -> &'static str {
    if candidates.iter().any(|candidate| candidate.usable) {
        "name one of these"
    } else {
        "save the samples as a full array of real numbers of two dimensions, one sample a row"
    }
}

/// Those that can be chosen, where there is a choice.
pub(super) fn variables_of(candidates: &[Candidate], chosen: usize) -> Vec<Variable> {
    let usable: Vec<&Candidate> = candidates.iter().filter(|other| other.usable).collect();
    if usable.len() < 2 {
        return Vec::new();
    }
    let taken = &candidates[chosen].name;
    let variable = |candidate: &Candidate| {
        let sides: Vec<String> = candidate.shape.iter().map(|&side| grouped(side)).collect();
        Variable {
            name: candidate.name.clone(),
            size: sides.join(" × "),
            taken: candidate.name == *taken,
        }
    };
    usable.into_iter().map(variable).collect()
}

/// A note on the choice, where there was one to make.
pub(super) fn note(candidates: &[Candidate], chosen: usize) -> Option<String> {
    let others = candidates
        .iter()
        .enumerate()
        .filter(|(place, candidate)| {
            *place != chosen && candidate.usable && !names_labels(&candidate.name)
        })
        .count();
    (others > 0).then(|| {
        format!(
            "Array {} taken, of {}.",
            shown(&candidates[chosen].name),
            listed(candidates).unwrap_or_default()
        )
    })
}

/// "x (40 × 784), y (40)"; `None` if there is nothing.
fn listed(candidates: &[Candidate]) -> Option<String> {
    const SHOWN: usize = 8;
    const SIDES: usize = 5;
    if candidates.is_empty() {
        return None;
    }
    let one = |candidate: &Candidate| {
        let name = shown(&candidate.name);
        let sides = candidate
            .shape
            .iter()
            .take(SIDES)
            .map(|&side| grouped(side));
        let more = (candidate.shape.len() > SIDES).then(|| "…".to_owned());
        let sides: Vec<String> = sides.chain(more).collect();
        match &candidate.what {
            Some(what) => format!("{name} ({what})"),
            None if sides.is_empty() => format!("{name} (one number)"),
            None => format!("{name} ({})", sides.join(" × ")),
        }
    };
    let mut shown: Vec<String> = candidates.iter().take(SHOWN).map(one).collect();
    if candidates.len() > SHOWN {
        shown.push(format!("{} more", candidates.len() - SHOWN));
    }
    Some(shown.join(", "))
}

/// A name as messages show it: on one line, and not at any length.
pub(super) fn shown(name: &str) -> String {
    const SHOWN: usize = 40;
    let name = name_of(Path::new(name));
    if name.chars().count() <= SHOWN {
        return name;
    }
    name.chars().take(SHOWN).chain(['…']).collect()
}

/// Class labels from numbers, if that is what they are: whole, from 0 to 255.
pub(super) fn labels(values: &[f64]) -> Option<Vec<u8>> {
    values
        .iter()
        .map(|&value| {
            (value.fract() == 0.0 && (0.0..=255.0).contains(&value)).then_some(value as u8)
        })
        .collect()
}

/// Most classes that labels in words may have.
const CLASSES: usize = 256;

/// Labels as classes: whole numbers from 0 to 255 as they are, words and other whole numbers in the order in which
/// they come. With the names of the classes where they are words. Where they make no classes a note says so.
pub(super) fn classes(words: &[String], notes: &mut Vec<String>) -> Option<(Vec<u8>, Vec<String>)> {
    let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    if let Some(numbers) = numbers {
        if let Some(classes) = labels(&numbers) {
            return Some((classes, Vec::new()));
        }
        if numbers.iter().any(|number| number.fract() != 0.0) {
            notes.push("Labels ignored: they are not whole numbers.".into());
            return None;
        }
    }
    let mut names: Vec<&str> = Vec::new();
    let mut classes = Vec::with_capacity(words.len());
    for word in words {
        let class = names
            .iter()
            .position(|name| name == word)
            .unwrap_or_else(|| {
                names.push(word);
                names.len() - 1
            });
        if class >= CLASSES {
            notes.push(format!(
                "Labels ignored: they have more than {CLASSES} different values."
            ));
            return None;
        }
        classes.push(class as u8);
    }
    let names = names.into_iter().map(str::to_owned).collect();
    Some((classes, names))
}

/// Whether an array or a column of this name holds labels.
pub(super) fn names_labels(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "y",
        "label",
        "labels",
        "class",
        "classes",
        "class_label",
        "category",
        "species",
        "variety",
        "target",
        "targets",
        "y_train",
        "train_labels",
        "y_test",
        "test_labels",
        "gnd",
    ]
    .contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, shape: &[u64]) -> Candidate {
        Candidate {
            name: name.into(),
            shape: shape.to_vec(),
            usable: shape.len() >= 2,
            what: None,
        }
    }

    #[test]
    fn asked_for_then_telling_then_largest() {
        let all = [
            candidate("y", &[40]),
            candidate("w", &[9, 9]),
            candidate("X", &[4, 3]),
            candidate("v", &[99, 9]),
        ];
        assert_eq!(choose(&all, None), Ok(2));
        assert_eq!(choose(&all, Some("w")), Ok(1));
        assert_eq!(choose(&all[..2], None), Ok(1));
        assert_eq!(
            choose(
                &[all[1].shape.clone(), all[3].shape.clone()].map(|s| candidate("q", &s)),
                None
            ),
            Ok(1)
        );
        let refusal = choose(&all, Some("y")).unwrap_err();
        assert!(
            refusal.found.contains("y (40), w (9 × 9), X (4 × 3)"),
            "{refusal:?}"
        );
        assert_eq!(
            choose(&[], None),
            Err(NoChoice {
                found: "no arrays at all".into(),
                remedy: "save the samples as a full array of real numbers of two dimensions, one sample a row",
            })
        );
        assert_eq!(note(&all[..2], 1), None);
        assert_eq!(
            note(&all[1..3], 1).as_deref(),
            Some("Array X taken, of w (9 × 9), X (4 × 3).")
        );
    }

    #[test]
    fn labels_are_small_whole_numbers() {
        assert_eq!(labels(&[0.0, 9.0, 255.0]), Some(vec![0, 9, 255]));
        assert!(
            labels(&[0.5]).is_none() && labels(&[-1.0]).is_none() && labels(&[f64::NAN]).is_none()
        );
    }
}
