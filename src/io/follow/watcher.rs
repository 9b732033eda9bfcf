//! Which files of a folder are to be read, and when: a state machine over what is seen of them at one look after the
//! other. It has no clock, no thread, and reads no file, and it needs no events: network drives send none.
//!
//! A file is read once its size and time have stood still over two looks, and counts once it is read whole. One that is
//! not whole is tried again whenever it changes.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use super::progress::Progress;

/// How long a file may stay unreadable before it is named.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a file may be replaced at every look before what is there is taken.
const RESTLESS: Duration = Duration::from_secs(1);
/// For how long a file that is gone may come back, or under another name.
const RETURN: Duration = Duration::from_secs(3);

/// What tells that a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    pub modified: Option<SystemTime>,
    /// Which file it is, whatever its name, where the system says it.
    pub identity: Option<(u64, u64)>,
}

/// A file at one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub name: String,
    pub stamp: Stamp,
}

/// A file that is to be read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub seen: Seen,
    /// It is replaced so fast that whichever is there is to be taken; else only the one that was seen.
    pub whichever: bool,
}

/// What reading came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read to its end, whatever is in it; told apart by `digest`.
    Whole { digest: u64 },
    /// It is damaged, or ends too soon.
    Unfinished,
    /// It has changed since it was seen, or is gone.
    Changed,
}

/// What is to be done with a file that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a checkpoint that was not there before.
    New,
    /// It is one that was there before, or not yet one.
    Nothing,
    /// It has not been whole for so long that it is to be named.
    Broken,
}

#[derive(Clone, Debug)]
struct Known {
    stamp: Stamp,
    first_seen: Duration,
    /// When it was first seen with this stamp.
    since: Duration,
    /// Looks in a row at which it had this stamp.
    looks: u32,
    /// Whether it was read, or is to be, with this stamp.
    tried: bool,
    /// Since when it has been replaced by another file at every look.
    restless: Option<Duration>,
    /// With this stamp it could not be read whole.
    unfinished: bool,
    /// It was tried a last time.
    last_try: bool,
    /// It was named as broken, and has not been whole since.
    named: bool,
    /// Of the last that was read whole.
    digest: Option<u64>,
}

/// A file that is gone.
#[derive(Clone, Debug)]
struct Gone {
    name: String,
    digest: u64,
    identity: Option<(u64, u64)>,
    at: Duration,
}

/// What is known of a folder.
#[derive(Clone, Debug, Default)]
pub struct Watcher {
    files: BTreeMap<String, Known>,
    gone: Vec<Gone>,
}

impl Watcher {
    /// Takes in what is there `now`, and says which files are to be read, in the order of the training. Each is to be
    /// answered by [`Self::told`] before the next look.
    pub fn look(&mut self, listing: &[Seen], now: Duration) -> Vec<Request> {
        let there: HashSet<&str> = listing.iter().map(|seen| &*seen.name).collect();
        let before = std::mem::take(&mut self.files);
        for (name, known) in before {
            if there.contains(&*name) {
                self.files.insert(name, known);
            } else if let Some(digest) = known.digest {
                self.gone.push(Gone {
                    name,
                    digest,
                    identity: known.stamp.identity,
                    at: now,
                });
            }
        }
        self.gone
            .retain(|gone| now.saturating_sub(gone.at) <= RETURN);
        let mut ready = Vec::new();
        for seen in listing {
            let known = self
                .files
                .entry(seen.name.clone())
                .and_modify(|known| known.again(seen.stamp, now))
                .or_insert_with(|| Known::new(seen.stamp, now));
            if let Some(whichever) = known.is_ready(now) {
                let seen = seen.clone();
                ready.push(Request { seen, whichever });
            }
        }
        ready.sort_by_cached_key(|request| {
            let Seen { name, stamp } = &request.seen;
            (Progress::of_name(name), stamp.modified, name.clone())
        });
        ready
    }

    /// Takes in what reading the file came to, and the `stamp` of what was read.
    pub fn told(&mut self, name: &str, stamp: Stamp, outcome: Outcome, now: Duration) -> Verdict {
        let Some(known) = self.files.get_mut(name) else {
            return Verdict::Nothing;
        };
        match outcome {
            Outcome::Changed => {
                (known.looks, known.since) = (0, now);
                (known.tried, known.unfinished, known.last_try) = (false, false, false);
                Verdict::Nothing
            }
            Outcome::Unfinished => {
                known.unfinished = true;
                if known.last_try && !known.named {
                    known.named = true;
                    return Verdict::Broken;
                }
                Verdict::Nothing
            }
            Outcome::Whole { digest } => {
                (known.stamp, known.unfinished, known.named) = (stamp, false, false);
                let returned = self.gone.iter().any(|gone| {
                    let renamed = gone.identity == stamp.identity
                        && known.first_seen + RETURN >= gone.at
                        && gone.at + RETURN >= known.first_seen;
                    gone.digest == digest && (gone.name == name || renamed)
                });
                let same = known.digest.replace(digest) == Some(digest);
                if same || returned {
                    Verdict::Nothing
                } else {
                    Verdict::New
                }
            }
        }
    }

    /// The files that have not been read whole, in the order of their names.
    pub fn unfinished(&self) -> impl Iterator<Item = &str> {
        let open = self
            .files
            .iter()
            .filter(|(_, known)| !known.tried || known.unfinished);
        open.map(|(name, _)| &**name)
    }
}

impl Known {
    fn new(stamp: Stamp, now: Duration) -> Self {
        Self {
            stamp,
            first_seen: now,
            since: now,
            looks: 1,
            tried: false,
            restless: None,
            unfinished: false,
            last_try: false,
            named: false,
            digest: None,
        }
    }

    /// It is there still, with this stamp.
    fn again(&mut self, stamp: Stamp, now: Duration) {
        if self.stamp == stamp {
            self.looks += 1;
            return;
        }
        let replaced = match (self.stamp.identity, stamp.identity) {
            (Some(before), Some(after)) => before != after,
            _ => false,
        };
        self.restless = match self.restless {
            _ if !replaced || self.tried => replaced.then_some(now),
            Some(since) => Some(since),
            None => Some(now),
        };
        (self.stamp, self.since, self.looks) = (stamp, now, 1);
        (self.tried, self.unfinished, self.last_try) = (false, false, false);
    }

    /// Whether it is to be read now, and if so, whether whichever is there is to be taken.
    fn is_ready(&mut self, now: Duration) -> Option<bool> {
        let waited = now.saturating_sub(self.since) > PATIENCE;
        if self.unfinished && !self.last_try && waited {
            // the clock of a network drive may be too coarse to show that it has changed
            self.last_try = true;
            return Some(false);
        }
        if self.tried {
            return None;
        }
        let restless = self
            .restless
            .is_some_and(|since| now.saturating_sub(since) >= RESTLESS);
        if self.looks >= 2 || restless {
            self.tried = true;
            self.restless = None;
            return Some(restless && self.looks < 2);
        }
        None
    }
}

#[cfg(test)]
mod tests;
