//! A look at a folder that is followed.

use std::time::Duration;

use crate::io::follow::Follow;
use crate::lab::jobs::Looked;

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
