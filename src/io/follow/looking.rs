//! A folder that is followed: looked at, and what is new in it read, a file at a time.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::checkpoint::{Checkpoint, Content, open};
use super::folder::list;
use super::layout::TensorMap;
use super::watcher::{Request, Verdict, Watcher};

/// What is new in the folder.
#[derive(Debug)]
pub enum Found {
    Checkpoint {
        name: String,
        checkpoint: Box<Checkpoint>,
    },
    /// A file that can't be used, or has been damaged for so long that it is to be named: a sentence that names it.
    Trouble { name: String, sentence: String },
}

/// What is known of a folder, and which of its files are to be read next.
#[derive(Clone, Debug)]
pub struct Follow {
    folder: PathBuf,
    /// Of the data that checkpoints are measured on.
    inputs: usize,
    map: TensorMap,
    watcher: Watcher,
    ready: VecDeque<Request>,
    /// What is wrong with those that are not whole, by name.
    problems: BTreeMap<String, String>,
}

impl Follow {
    /// `folder`, of models of `inputs` inputs whose tensors are called as `map` says.
    pub fn new(folder: PathBuf, inputs: usize, map: TensorMap) -> Self {
        Self {
            folder,
            inputs,
            map,
            watcher: Watcher::default(),
            ready: VecDeque::new(),
            problems: BTreeMap::new(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks what is there `now`, once all that was ready has been read.
    ///
    /// # Errors
    /// The folder can't be listed.
    pub fn look(&mut self, now: Duration) -> std::io::Result<()> {
        if self.ready.is_empty() {
            let listing = list(&self.folder)?;
            self.ready = self.watcher.look(&listing, now).into();
        }
        Ok(())
    }

    /// Reads what is ready, up to the first of which there is something to say.
    pub fn next_found(&mut self, now: Duration) -> Option<Found> {
        while let Some(request) = self.ready.pop_front() {
            let found = self.read(&request, now);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn read(&mut self, request: &Request, now: Duration) -> Option<Found> {
        let name = request.seen.name.clone();
        let (content, outcome, stamp) = open(&self.folder, request, self.inputs, &self.map);
        let verdict = self.watcher.told(&name, stamp, outcome, now);
        match (content, verdict) {
            (Content::Model(checkpoint), Verdict::New) => {
                self.problems.remove(&name);
                Some(Found::Checkpoint { name, checkpoint })
            }
            (Content::Unusable(sentence), Verdict::New) => {
                self.problems.remove(&name);
                Some(Found::Trouble { name, sentence })
            }
            (Content::Unfinished(sentence), Verdict::Broken) => {
                Some(Found::Trouble { name, sentence })
            }
            (Content::Unfinished(sentence), _) => {
                self.problems.insert(name, sentence);
                None
            }
            _ => None,
        }
    }

    /// Whether something that was seen is yet to be read.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Whether every file was read.
    pub fn is_settled(&self) -> bool {
        let mut open = self.watcher.unfinished();
        open.all(|name| self.problems.contains_key(name))
    }

    /// The files that were not read whole, each with what is wrong with it, where that is known.
    pub fn unfinished(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let problem = |name| self.problems.get(name).map(String::as_str);
        let open = self.watcher.unfinished();
        open.map(move |name| (name, problem(name)))
    }
}
