//! The line: `sae-lab:1/data=photos/hidden=64/…/check=4f2a91c0`.
//!
//! Parts with a name stand between slashes. It has only letters, digits and `: / = , + - . %`, none of which a shell, a chat
//! program or an e-mail takes for something else; everything in a value that is not a letter, a digit, `-` or `.` is written
//! as its bytes, %20 for a space. It ends with a check of all that stands before: a line that was cut off or changed is known
//! for it. Spaces, line breaks and what stands before or after the line do no harm.

use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use super::Share;
use crate::model::HyperparameterError;
use crate::training::plan::PlanError;

/// Most characters of a line.
pub const MOST_LINE: usize = 32_000;
/// Most bytes of a text in which one is looked for.
const MOST_TEXT: usize = 4 * MOST_LINE;
const NAME: &str = "sae-lab:";
const VERSION: &str = "1";
const CHECK: &str = "/check=";
const DIGITS: usize = 8;
/// Most parts of a line: as many changes as can be planned, and the rest.
const MOST_PARTS: usize = 400;
/// Of what is wrong, so much is shown.
const SHOWN: usize = 40;

/// Why a text is no run, in a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum LineError {
    #[error("this is no share line: one begins with {NAME}{VERSION}/ and was copied in the lab")]
    NotALine,
    #[error("this is longer than any share line: copy the line alone")]
    TooLong,
    #[error(
        "the share line is of version {version}, and this program reads version {VERSION}: use a newer sae-lab"
    )]
    Newer { version: String },
    #[error(
        "the share line is cut off: its end, {CHECK}…, is missing. Copy all of it, also where it runs over several lines"
    )]
    CutOff,
    #[error("a character of the share line was lost or changed on its way: copy it once more")]
    Changed,
    #[error("the share line has no {part}: copy it once more in the lab that it came from")]
    Missing { part: &'static str },
    #[error(
        "the share line has a part that this program does not know, {part:?}: use a newer sae-lab"
    )]
    Unknown { part: String },
    #[error(
        "the share line's {part} can't be {value:?}: copy it once more in the lab that it came from"
    )]
    Wrong { part: String, value: String },
    #[error("what the share line plans can't be: {0}")]
    Plan(#[from] PlanError),
    #[error("a setting of the share line is out of range: {0}")]
    Settings(#[from] HyperparameterError),
}

/// Whether `text` has the beginning of a line in it.
pub fn begins_a_line(text: &str) -> bool {
    text.len() <= MOST_TEXT && text.contains(NAME)
}

impl Share {
    pub fn to_line(&self) -> String {
        let mut line = format!("{NAME}{VERSION}");
        for (name, value) in self.fields() {
            line.push('/');
            line.push_str(name);
            line.push('=');
            line.push_str(&value);
        }
        let check = check_of(&line);
        line + CHECK + &check
    }

    /// The run that a text tells: a line, with whatever stands before or after it.
    ///
    /// # Errors
    /// There is none in it, it is cut off or changed, or says what can't be.
    pub fn from_line(text: &str) -> Result<Self, LineError> {
        let line = found_in(text)?;
        let (told, check) = line.rsplit_once(CHECK).ok_or(LineError::CutOff)?;
        if check.len() != DIGITS {
            return Err(LineError::CutOff);
        }
        if check != check_of(told) {
            return Err(LineError::Changed);
        }
        let mut parts = told.split('/');
        let head = parts.next().unwrap_or_default();
        if head.strip_prefix(NAME) != Some(VERSION) {
            return Err(LineError::NotALine);
        }
        Self::of_fields(Parts::of(parts)?)
    }
}

fn check_of(told: &str) -> String {
    format!("{:08x}", xxh3_64(told.as_bytes()) as u32)
}

/// The line in `text`, put together where it was broken. Its version is looked at first: what a newer line looks like nobody
/// knows.
fn found_in(text: &str) -> Result<String, LineError> {
    if text.len() > MOST_TEXT {
        return Err(LineError::TooLong);
    }
    let (_, rest) = text.split_once(NAME).ok_or(LineError::NotALine)?;
    let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
    match version.as_str() {
        "" => return Err(LineError::NotALine),
        VERSION => {}
        _ => {
            let version = shown(&version);
            return Err(LineError::Newer { version });
        }
    }
    let mut line = NAME.to_owned();
    for piece in rest.split_whitespace() {
        // the mark of a line that is quoted in an e-mail, and what is there to break at
        let piece = piece.trim_start_matches('>');
        line.extend(piece.chars().filter(|c| !INVISIBLE.contains(c)));
        if let Some((_, check)) = line.rsplit_once(CHECK) {
            let digits = check.bytes().take_while(u8::is_ascii_hexdigit).count();
            if digits >= DIGITS {
                line.truncate(line.len() - check.len() + digits);
                break; // what follows is no part of it
            }
        }
    }
    if line.len() > MOST_LINE {
        return Err(LineError::TooLong);
    }
    Ok(line)
}

const INVISIBLE: [char; 4] = ['\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}'];

/// The beginning of what is wrong.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The parts of a line, to be taken by their names.
pub(super) struct Parts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parts<'a> {
    fn of(parts: impl Iterator<Item = &'a str>) -> Result<Self, LineError> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for part in parts {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| LineError::Unknown { part: shown(part) })?;
            let again = name != "at" && found.iter().any(|(other, _)| *other == name);
            if again || found.len() == MOST_PARTS {
                return Err(LineError::Wrong {
                    part: shown(name),
                    value: shown(value),
                });
            }
            found.push((name, value));
        }
        Ok(Self(found))
    }

    /// The value of `name`, which is taken out.
    pub fn take(&mut self, name: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|(other, _)| *other == name)?;
        Some(self.0.remove(place).1)
    }

    /// All values of `name`, which are taken out.
    pub fn take_all(&mut self, name: &str) -> Vec<&'a str> {
        let (found, rest) = self.0.iter().partition(|(other, _)| *other == name);
        self.0 = rest;
        let found: Vec<(&str, &str)> = found;
        found.into_iter().map(|(_, value)| value).collect()
    }

    pub fn need(&mut self, name: &'static str) -> Result<&'a str, LineError> {
        self.take(name).ok_or(LineError::Missing { part: name })
    }

    /// The value of `name` as `read` has it.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, LineError> {
        let value = self.need(name)?;
        read(value).ok_or_else(|| wrong(name, value))
    }

    /// The same of what may be left out.
    pub fn read_if<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, LineError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| wrong(name, value)),
        }
    }

    /// Whatever is left is of a newer line.
    pub fn end(self) -> Result<(), LineError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(LineError::Unknown { part: shown(name) }),
        }
    }
}

pub(super) fn wrong(part: &str, value: &str) -> LineError {
    LineError::Wrong {
        part: part.to_owned(),
        value: shown(value),
    }
}

/// `text` with everything but letters, digits, `-` and `.` as its bytes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The text that was [`escaped`].
pub(super) fn plain(escaped: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (code, after) = rest.split_at_checked(2)?;
        if !code.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let code = std::str::from_utf8(code).ok()?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}
