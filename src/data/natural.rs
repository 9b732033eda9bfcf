//! Names in the order that people count in: "2.png" before "10.png".

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// Sorts by the last part of each path; runs of digits count as the numbers that they are.
pub(super) fn sort(paths: &mut [PathBuf]) {
    paths.sort_by_cached_key(|path| (Name::of(path), path.clone()));
}

#[derive(PartialEq, Eq)]
struct Name(String);

impl Name {
    fn of(path: &Path) -> Self {
        Self(
            path.file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        )
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (first, second) = (left.chars().next(), right.chars().next());
        let (Some(first), Some(second)) = (first, second) else {
            // "1" and "01" are one number and two names
            return first
                .is_some()
                .cmp(&second.is_some())
                .then_with(|| a.cmp(b));
        };
        if first.is_ascii_digit() && second.is_ascii_digit() {
            let (one, two) = (digits(&mut left), digits(&mut right));
            // of any length: the longer is the larger, and of equals the text decides
            let order = one.len().cmp(&two.len()).then_with(|| one.cmp(two));
            if order.is_ne() {
                return order;
            }
        } else if first != second {
            return first.cmp(&second);
        } else {
            left = &left[first.len_utf8()..];
            right = &right[second.len_utf8()..];
        }
    }
}

/// Takes the digits that `text` begins with, without zeros before.
fn digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    number.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let expected = [
            "1",
            "01",
            "2",
            "2.5",
            "10",
            "a1b2",
            "a1b10",
            "a2b1",
            "a123456789012345678901",
            "a123456789012345678902",
            "b",
            "ü1",
            "ü11",
        ];
        let mut paths: Vec<PathBuf> = expected
            .iter()
            .rev()
            .map(|name| format!("x/{name}").into())
            .collect();
        sort(&mut paths);
        let names: Vec<_> = paths
            .iter()
            .map(|path| path.to_str().unwrap().trim_start_matches("x/"))
            .collect();
        // "01" stands before "1" as text
        let mut ordered = expected.to_vec();
        ordered.swap(0, 1);
        assert_eq!(names, ordered);
    }
}
