//! The desktop behind the lab: the thread that trains, the readers, and the system's file dialogs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::io::run_file::EXTENSION;
use crate::lab::browse::{Browse, Browsed};
use crate::lab::port::{Backend, Wake};
use crate::numerics::GiveWay;
use crate::training::trainer::{Host, TrainerError, TrainerThread};

/// No person cancels a dialog this fast.
const FASTEST_CANCEL: Duration = Duration::from_millis(100);

/// The real backend.
#[derive(Debug, Default)]
pub struct Desktop {
    way: GiveWay,
}

impl Backend for Desktop {
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError> {
        let trainer =
            TrainerThread::start_beside(self.cores(), self.way(), Box::new(move || wake()))?;
        Ok(Box::new(trainer))
    }

    fn cores(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn way(&self) -> GiveWay {
        self.way.clone()
    }

    fn browse(&self, what: Browse) -> Browsed {
        let start = Instant::now();
        let title = match what {
            Browse::Files | Browse::Folder => "Open data or a run",
            Browse::Picture => "Open a picture",
            Browse::SaveAs { .. } => "Save the run",
            Browse::SaveFolder => "Save the runs in a folder",
            Browse::Checkpoints => "Follow a folder of checkpoints",
            Browse::DataOfRun => "Open the data of the run",
            Browse::Export { what, .. } => what.title(),
            Browse::MyGradient => "Open weights and their gradient",
        };
        let dialog = rfd::FileDialog::new().set_title(title);
        let picked = match &what {
            Browse::Files | Browse::DataOfRun | Browse::MyGradient => dialog.pick_files(),
            Browse::Folder | Browse::SaveFolder | Browse::Checkpoints => {
                dialog.pick_folder().map(|folder| vec![folder])
            }
            Browse::Picture => dialog.pick_file().map(|file| vec![file]),
            Browse::SaveAs { name } => save(
                dialog,
                ("Run of the Sparse Autoencoder Lab", &[EXTENSION]),
                name,
            ),
            Browse::Export { what, name } => save(dialog, (what.noun(), what.suffixes()), name),
        };
        judge(what, picked, start.elapsed())
    }
}

/// Asks for the file to write to.
fn save(
    dialog: rfd::FileDialog,
    (kind, suffixes): (&str, &[&str]),
    name: &str,
) -> Option<Vec<PathBuf>> {
    let path = Path::new(name);
    let mut dialog = dialog.add_filter(kind, suffixes);
    if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    let name = path.file_name().unwrap_or_default();
    let picked = dialog.set_file_name(name.to_string_lossy()).save_file();
    picked.map(|file| vec![file])
}

fn judge(what: Browse, picked: Option<Vec<PathBuf>>, took: Duration) -> Browsed {
    match (picked.as_deref(), &what) {
        (None | Some([]), _) if took < FASTEST_CANCEL => Browsed::Unavailable(what),
        (None | Some([]), _) => Browsed::Cancelled,
        (Some([one]), Browse::Picture) => Browsed::Picture(one.clone()),
        (Some([one]), Browse::SaveAs { .. }) => Browsed::SaveAs(one.clone()),
        (Some([one]), Browse::Export { what, .. }) => Browsed::Export(*what, one.clone()),
        (Some([one]), Browse::SaveFolder) => Browsed::SaveFolder(one.clone()),
        (Some([one]), Browse::Checkpoints) => Browsed::Checkpoints(one.clone()),
        (Some(paths), Browse::DataOfRun) => Browsed::DataOfRun(paths.to_vec()),
        (Some(paths), Browse::MyGradient) => Browsed::MyGradient(paths.to_vec()),
        (Some(paths), _) => Browsed::Paths(paths.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_answers_at_once_was_never_shown() {
        let (fast, slow) = (Duration::from_millis(5), Duration::from_secs(2));
        let files = || Browse::Files;
        assert_eq!(judge(files(), None, fast), Browsed::Unavailable(files()));
        assert_eq!(judge(files(), None, slow), Browsed::Cancelled);
        assert_eq!(judge(files(), Some(Vec::new()), slow), Browsed::Cancelled);
        let one = || Some(vec!["a".into()]);
        assert_eq!(
            judge(files(), one(), fast),
            Browsed::Paths(vec!["a".into()])
        );
        assert_eq!(
            judge(Browse::SaveFolder, one(), slow),
            Browsed::SaveFolder("a".into())
        );
    }
}
