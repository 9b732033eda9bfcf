//! Slow things on threads of their own: reading a data set, and the system's file dialog.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::port::{Backend, Wake};
use crate::data::DataSet;
use crate::training::{Experiment, Mailbox};

/// A data set that arrived, for the experiment that asked for it.
pub struct Loaded {
    pub experiment: Box<Experiment>,
    pub result: Result<DataSet, String>,
}

/// What came of the file dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browsed {
    Path(PathBuf),
    Cancelled,
    /// It answered faster than anyone can click: there is none.
    Unavailable,
}

/// No person cancels a dialog this fast.
const FASTEST_CANCEL: Duration = Duration::from_millis(100);

/// Starts loading and browsing; the results are picked up from the mailboxes.
pub struct Loader {
    backend: Arc<dyn Backend>,
    wake: Wake,
    loaded: Mailbox<Loaded>,
    browsed: Mailbox<Browsed>,
    /// The number of the latest request; what answers an older one is dropped.
    latest: Arc<AtomicU64>,
}

impl Loader {
    pub fn new(backend: Arc<dyn Backend>, wake: Wake) -> Self {
        Self {
            backend,
            wake,
            loaded: Mailbox::new(),
            browsed: Mailbox::new(),
            latest: Arc::default(),
        }
    }

    /// Loads the data of `experiment`; overtakes what was asked before.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn load(&self, experiment: Box<Experiment>) -> Result<(), String> {
        let ticket = self.latest.fetch_add(1, Ordering::AcqRel) + 1;
        let (latest, backend) = (Arc::clone(&self.latest), Arc::clone(&self.backend));
        let (mailbox, wake) = (self.loaded.clone(), Arc::clone(&self.wake));
        spawn("sae-lab loader", move || {
            let load = std::panic::AssertUnwindSafe(|| backend.load(&experiment.data));
            let result = std::panic::catch_unwind(load).unwrap_or_else(|_| {
                Err("the file could not be read: its reader failed; please report it".into())
            });
            if latest.load(Ordering::Acquire) == ticket {
                mailbox.put(Loaded { experiment, result });
                wake();
            }
        })
    }

    /// The data set that was asked for last, once it is there.
    pub fn loaded(&self) -> Option<Loaded> {
        self.loaded.take()
    }

    /// Opens the system's file dialog.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn browse(&self) -> Result<(), String> {
        let (mailbox, wake) = (self.browsed.clone(), Arc::clone(&self.wake));
        spawn("sae-lab file dialog", move || {
            let start = Instant::now();
            let picked = rfd::FileDialog::new().set_title("Open data").pick_file();
            mailbox.put(judge(picked, start.elapsed()));
            wake();
        })
    }

    pub fn browsed(&self) -> Option<Browsed> {
        self.browsed.take()
    }
}

fn judge(picked: Option<PathBuf>, took: Duration) -> Browsed {
    match picked {
        Some(path) => Browsed::Path(path),
        None if took < FASTEST_CANCEL => Browsed::Unavailable,
        None => Browsed::Cancelled,
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
        .map_err(|error| {
            format!(
                "the system refuses another thread ({error}): close other programs and try again"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_answers_at_once_was_never_shown() {
        assert_eq!(judge(None, Duration::from_millis(5)), Browsed::Unavailable);
        assert_eq!(judge(None, Duration::from_secs(2)), Browsed::Cancelled);
        assert_eq!(
            judge(Some("a".into()), Duration::from_millis(5)),
            Browsed::Path("a".into())
        );
    }
}
