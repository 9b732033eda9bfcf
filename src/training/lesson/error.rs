//! Why a lesson can't be given, and where its text says so.

use thiserror::Error;

/// What is wrong with a lesson's text, where, and what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
pub struct LessonError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
}

/// A place in a lesson's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// The whole text, which knows its lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a>(pub &'a str);

impl Source<'_> {
    /// Where byte `at` lies; the end, where it lies behind it.
    pub fn spot(self, at: usize) -> Spot {
        let mut at = at.min(self.0.len());
        while !self.0.is_char_boundary(at) {
            at -= 1;
        }
        let before = self.0.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Spot {
            line: 1 + before.matches('\n').count(),
            column: 1 + line.trim_start_matches('\u{feff}').chars().count(),
        }
    }

    /// `message` about byte `at`.
    pub fn error(self, at: usize, message: impl Into<String>) -> LessonError {
        let Spot { line, column } = self.spot(at);
        LessonError {
            line,
            column,
            message: in_one_line(&message.into()),
        }
    }
}

/// What a sentence quotes of a lesson may hold line breaks and the like: these are written as in a string of Rust.
fn in_one_line(message: &str) -> String {
    let mut line = String::with_capacity(message.len());
    for character in message.chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}

/// `names` for a sentence: "`a`, `b` or `c`".
pub(super) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
