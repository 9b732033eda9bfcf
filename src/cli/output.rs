//! What goes to standard output and standard error. A reader that has gone is no fault, and no reason to stop the work:
//! the first failure is remembered, and [`end`] tells of it.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::CliError;

/// The first failure: from then on nothing more is written.
static FAILED: Mutex<Option<std::io::Error>> = Mutex::new(None);

/// A line of a command's result.
pub fn line(text: Arguments<'_>) {
    let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    if failed.is_none() {
        *failed = writeln!(std::io::stdout(), "{text}").err();
    }
}

/// A line for people, beside the result. Where nobody can read it, nothing is lost.
pub fn note(text: Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "sae-lab: {text}");
}

/// Whether all of the result was written, or nobody wanted more of it.
///
/// # Errors
/// Where it goes has no room, or fails.
pub fn end() -> Result<(), CliError> {
    let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    let end = match failed.take() {
        None => std::io::stdout().flush(),
        Some(error) => Err(error),
    };
    match end {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// # Errors
/// `out` is one of the files that the command reads: what they hold would be gone.
pub fn spares<'a>(out: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), CliError> {
    let Ok(place) = out.canonicalize() else {
        return Ok(()); // nothing is there yet
    };
    let same = |input: &&Path| input.canonicalize().is_ok_and(|input| input == place);
    match inputs.into_iter().find(same) {
        Some(_) => Err(CliError::Usage(format!(
            "{} is what this command reads, and would be replaced: give --out another name",
            out.display()
        ))),
        None => Ok(()),
    }
}

/// Writes a line to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::output::line(format_args!($($text)*)) };
}

/// Writes a line that begins with the program's name to standard error.
macro_rules! aside {
    ($($text:tt)*) => { $crate::cli::output::note(format_args!($($text)*)) };
}

pub(super) use {aside, say};
