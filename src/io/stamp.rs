//! What tells that somebody else has written a file.

use std::path::Path;
use std::time::SystemTime;

/// Length in bytes, and when it was written, in nanoseconds since 1970.
pub type Stamp = (u64, u128);

/// `None` where there is no such file.
pub fn of(path: &Path) -> Option<Stamp> {
    let metadata = path.metadata().ok()?;
    let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let since = written.duration_since(SystemTime::UNIX_EPOCH);
    Some((metadata.len(), since.map_or(0, |since| since.as_nanos())))
}
