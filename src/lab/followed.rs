//! A training elsewhere that is followed: what is known of it, and what is waited for.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::data::DataSet;
use crate::data::error::grouped;
use crate::io::follow::{Counting, Follow, Order};
use crate::training::Experiment;
use crate::training::trainer::RunId;

/// Why a run that is followed is not trained.
pub const ELSEWHERE: &str =
    "This run is trained elsewhere: Go on from here makes a run of your own.";

/// What is known of a training elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    pub folder: PathBuf,
    /// Whether the folder is still looked at.
    pub live: bool,
    /// Checkpoints that were taken.
    pub count: u64,
    /// The last that was taken.
    pub last: Option<Last>,
    /// Which tensors were taken of it.
    pub taken: Option<String>,
    /// What the numbers of its epochs count.
    pub counting: Option<Counting>,
    /// The last file that could not be taken, and a sentence on why.
    pub trouble: Option<(String, String)>,
    /// Why the folder can't be looked at now.
    pub lost: Option<String>,
    /// The files that are still being written.
    pub waiting: Vec<String>,
}

/// A checkpoint that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    pub name: String,
    /// Its number among the epochs of the run.
    pub epoch: u64,
    /// Whether the number is what the checkpoint says of itself, or counts on from the one before.
    pub own: bool,
}

impl Followed {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            live: true,
            count: 0,
            last: None,
            taken: None,
            counting: None,
            trouble: None,
            lost: None,
            waiting: Vec::new(),
        }
    }

    /// What a run of it is called.
    pub fn title(&self) -> String {
        let name = self.folder.file_name();
        name.map_or_else(
            || self.folder.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// From where, and how far: a sentence.
    pub fn sentence(&self) -> String {
        let folder = self.title();
        let Some(last) = &self.last else {
            return format!("Waiting for the first checkpoint in {folder}");
        };
        let count = match self.count {
            1 => "1 checkpoint".to_owned(),
            count => format!("{} checkpoints", grouped(count)),
        };
        let how = if self.live {
            "trained elsewhere and followed in"
        } else {
            "trained elsewhere and no longer followed in"
        };
        let at = match self.counting {
            Some(Counting::Epochs) => "epoch",
            Some(Counting::Steps) => "step",
            Some(Counting::Checkpoints) | None => "number",
        };
        let own = if last.own {
            ""
        } else {
            ", counted on from the one before, since its own comes before that"
        };
        format!(
            "This run is {how} {folder}: {count}, the last {}, {at} {}{own}",
            last.name,
            grouped(last.epoch)
        )
    }

    /// What is wrong, or waited for, if anything is.
    pub fn problem(&self) -> Option<String> {
        if let Some(lost) = &self.lost {
            return Some(format!("the folder can't be read ({lost}): waiting for it"));
        }
        if let Some((_, sentence)) = &self.trouble {
            return Some(sentence.clone());
        }
        let names = self.waiting.join(", ");
        (!names.is_empty()).then(|| format!("{names} is still being written"))
    }
}

/// A checkpoint on its way through the trainer.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub last: Last,
    /// Which tensors were taken of it.
    pub taken: String,
}

/// The one folder that is looked at.
#[derive(Debug)]
pub(super) struct Following {
    /// `None` while a job has it.
    pub follow: Option<Box<Follow>>,
    /// What checkpoints are measured on, and the settings where they say none.
    pub data: Arc<DataSet>,
    pub experiment: Experiment,
    pub order: Order,
    /// Once the first checkpoint is there.
    pub run: Option<RunId>,
    /// What was sent to the trainer and has not come back yet.
    pub sent: Option<Sent>,
    /// Whether the folder was listed before.
    pub listed: bool,
    /// The time of the next look.
    pub due: Duration,
}
