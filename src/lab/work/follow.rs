//! A look at a folder that is followed.

use std::time::Duration;

use crate::data::{DataError, DataSource};
use crate::io::follow::{self, Follow};
use crate::lab::jobs::{JobError, Looked};

/// Looks at the folder of `follow`, and reads at most one file of what is new.
pub fn look(mut follow: Box<Follow>, now: Duration) -> Looked {
    let lost = follow.look(now).err().map(|error| error.to_string());
    let found = follow.next_found(now);
    Looked {
        follow,
        found,
        lost,
    }
}

/// Why `source` is no data, and whether it is a folder of checkpoints.
pub fn or_checkpoints(source: &DataSource, error: DataError) -> JobError {
    let DataSource::File(folder) = source else {
        return error.into();
    };
    let none_in = matches!(error, DataError::NotAFile { .. });
    let listed = none_in.then(|| follow::list(folder).ok()).flatten();
    match listed.map(|checkpoints| checkpoints.len()) {
        Some(count) if count > 0 => JobError::Checkpoints {
            folder: folder.clone(),
            count,
        },
        _ => error.into(),
    }
}
