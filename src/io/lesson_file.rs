//! A lesson as a file.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use super::{IoError, atomic_write};
use crate::training::lesson::{BYTES, Lesson};

/// Reads the lesson in `path`.
///
/// # Errors
/// [`IoError::Read`]; [`IoError::Lesson`], which names file, line and column.
pub fn read(path: &Path) -> Result<Lesson, IoError> {
    let name = path.display().to_string();
    let failed = |source| IoError::Read {
        file: name.clone(),
        source,
    };
    let broken = |message: String| IoError::Lesson {
        file: name.clone(),
        message,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let most = BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > BYTES {
        return Err(broken(format!(
            "it has more than {BYTES} bytes, which no lesson needs: choose the lesson's own file"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        broken(format!("line {line} is not UTF-8: save the file as UTF-8"))
    })?;
    Lesson::parse(&text).map_err(|error| broken(error.to_string()))
}

/// Writes what was predicted in lessons, a table already.
///
/// # Errors
/// It cannot be written.
pub fn write_predictions(path: &Path, table: &str) -> Result<(), IoError> {
    atomic_write(path, |writer| writer.write_all(table.as_bytes()))
}
