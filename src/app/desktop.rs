//! The desktop behind the lab: the thread that trains, the readers, and the system's file dialogs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::data::{DataError, DataSet, DataSpec, Found, Watch};
use crate::lab::browse::{Browse, Browsed};
use crate::lab::port::{Backend, Wake};
use crate::training::trainer::{Host, TrainerError, TrainerThread};

/// No person cancels a dialog this fast.
const FASTEST_CANCEL: Duration = Duration::from_millis(100);

/// The real backend.
pub struct Desktop;

impl Backend for Desktop {
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError> {
        let trainer = TrainerThread::start(self.cores(), Box::new(move || wake()))?;
        Ok(Box::new(trainer))
    }

    fn cores(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn find(&self, spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
        crate::data::find(spec, watch)
    }

    fn prepare(
        &self,
        found: &Found,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<DataSet, DataError> {
        crate::data::prepare(found, spec, watch)
    }

    fn browse(&self, what: Browse) -> Browsed {
        let start = Instant::now();
        let title = match what {
            Browse::Files | Browse::Folder => "Open data",
            Browse::Picture => "Open a picture",
        };
        let dialog = rfd::FileDialog::new().set_title(title);
        let picked = match what {
            Browse::Files => dialog.pick_files(),
            Browse::Folder => dialog.pick_folder().map(|folder| vec![folder]),
            Browse::Picture => dialog.pick_file().map(|file| vec![file]),
        };
        match judge(picked, start.elapsed()) {
            Browsed::Paths(mut paths) if what == Browse::Picture && paths.len() == 1 => {
                Browsed::Picture(paths.remove(0))
            }
            browsed => browsed,
        }
    }
}

fn judge(picked: Option<Vec<PathBuf>>, took: Duration) -> Browsed {
    match picked.filter(|paths| !paths.is_empty()) {
        Some(paths) => Browsed::Paths(paths),
        None if took < FASTEST_CANCEL => Browsed::Unavailable,
        None => Browsed::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_answers_at_once_was_never_shown() {
        assert_eq!(judge(None, Duration::from_millis(5)), Browsed::Unavailable);
        assert_eq!(judge(None, Duration::from_secs(2)), Browsed::Cancelled);
        assert_eq!(
            judge(Some(Vec::new()), Duration::from_secs(2)),
            Browsed::Cancelled
        );
        assert_eq!(
            judge(Some(vec!["a".into()]), Duration::from_millis(5)),
            Browsed::Paths(vec!["a".into()])
        );
    }
}
