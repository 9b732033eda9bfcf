//! Files that are removed or changed while the lab uses them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sae_lab::io::autosave::Slot;
use sae_lab::io::run_file;
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::state::Severity;
use sae_lab::lab::{Action, Lab, Preferences, UserCommand};
use sae_lab::training::trainer::{Host, TrainerError};
use sae_lab::training::{Experiment, Preset};

use crate::command::{json, run, text};
use crate::room::Room;
use crate::simulated;

/// The trainer on the test's clock, and the real readers.
struct Files;

impl Backend for Files {
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError> {
        simulated::Room.start(wake)
    }
}

fn room() -> Room {
    let (backend, wake): (Arc<dyn Backend>, Wake) = (Arc::new(Files), Arc::new(|| {}));
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let experiment = Experiment {
        hidden: 4,
        ..Preset::Bars.experiment()
    };
    let preferences = Preferences::default();
    let lab = Lab::with_host(experiment, preferences, backend, wake, host);
    Room::of(lab)
}

/// A table of 40 samples; `shift` changes its values.
fn table(folder: &Path, shift: usize) -> PathBuf {
    let row = |i: usize| {
        let values: Vec<String> = (0..5)
            .map(|j| format!("0.{}", (i * (j + 2) + j + shift) % 10))
            .collect();
        values.join(",") + "\n"
    };
    let path = folder.join("table.csv");
    let rows: String = (0..40).map(row).collect();
    std::fs::write(&path, format!("a,b,c,d,e\n{rows}")).unwrap();
    path
}

fn troubles(room: &Room) -> Vec<String> {
    let notices = room.lab.view().shared.notices.iter();
    let troubles = notices.filter(|notice| notice.severity == Severity::Trouble);
    troubles.map(|notice| notice.text.clone()).collect()
}

/// A run on the table, as Enter starts it.
fn on_table(path: &Path) -> Room {
    let mut room = room();
    room.lab.act(Action::Open(vec![path.to_owned()]));
    room.until(|lab| {
        let import = lab.view().shared.import.as_ref();
        import.is_some_and(|import| import.is_shown())
    });
    room.command(UserCommand::TrainOnImport);
    room.until(|lab| lab.view().run.data().is_some_and(|data| data.len() == 40));
    room.until(|lab| {
        let run = lab.view().run;
        run.latest().is_some_and(|latest| latest.run == run.id)
    });
    room
}

#[test]
fn a_data_file_that_goes_while_its_sheet_is_open_harms_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), 0);
    let mut room = room();
    room.lab.act(Action::Open(vec![path.clone()]));
    room.until(|lab| {
        let import = lab.view().shared.import.as_ref();
        import.is_some_and(|import| import.is_shown())
    });
    std::fs::remove_file(&path).unwrap();
    let before = room.latest().run;
    room.command(UserCommand::TrainOnImport);
    for _ in 0..20 {
        room.frame();
    }
    let on_it = room.lab.view().run.data().unwrap().len() == 40;
    match &troubles(&room)[..] {
        [] => assert!(on_it, "what was read is what it trains on"),
        [one] => assert!(one.contains("table.csv") && room.latest().run == before),
        more => panic!("{more:?}"),
    }
    let epoch = room.lab.view().run.now();
    room.until(|lab| lab.view().run.now() > epoch);
}

#[test]
fn a_data_file_that_goes_or_is_damaged_under_a_run_is_said_when_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), 0);
    let mut room = on_table(&path);
    for damage in [None, Some(&b"\x89PNG\r\n\x1a\nno picture"[..])] {
        match damage {
            None => std::fs::remove_file(&path).unwrap(),
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
        }
        let (run, epoch) = (room.latest().run, room.lab.view().run.now());
        room.command(UserCommand::PrepareData);
        room.until(|lab| lab.view().shared.opening.is_none());
        let said = troubles(&room);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("table.csv"), "{said:?}");
        room.until(|lab| lab.view().run.now() > epoch);
        assert_eq!(room.latest().run, run);
        room.lab.act(Action::DismissNotice(0));
    }
    // what is there now is what the sheet shows
    std::fs::write(&path, "a,b\n.1,.2\n.3,.4\n.5,.7\n").unwrap();
    room.command(UserCommand::PrepareData);
    room.until(|lab| {
        let import = lab.view().shared.import.as_ref();
        import.is_some_and(|import| import.is_shown())
    });
}

#[test]
fn a_run_whose_data_were_changed_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), 0);
    let kept = folder.path().join("kept.saelab");
    let mut room = on_table(&path);
    room.command(UserCommand::SaveRun);
    room.typed(&kept);
    room.saved(&kept);
    let run = room.latest().run;
    table(folder.path(), 1);
    room.lab.open(vec![kept.clone()]);
    for _ in 0..20 {
        room.frame();
    }
    let said = troubles(&room);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(room.latest().run, run, "{said:?}");
    let epoch = room.lab.view().run.now();
    room.until(|lab| lab.view().run.now() > epoch);
    // those it had, and it goes on
    table(folder.path(), 0);
    room.lab.open(vec![kept]);
    room.until(|lab| lab.view().run.id != run);
    room.until(|lab| {
        let run = lab.view().run;
        run.latest().is_some_and(|latest| latest.run == run.id)
    });
}

#[test]
fn a_saved_run_whose_file_or_folder_goes_is_saved_again_or_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join("a.saelab");
    let mut room = Room::new();
    room.pause();
    room.command(UserCommand::SaveRun);
    room.typed(&path);
    room.saved(&path);
    std::fs::remove_file(&path).unwrap();
    room.command(UserCommand::SaveRun);
    room.until(|lab| !lab.is_writing());
    let epoch = room.latest().epoch;
    assert_eq!(run_file::read(&path).unwrap().checkpoint.epoch(), epoch);
    std::fs::remove_dir_all(&inner).unwrap();
    room.command(UserCommand::SaveRun);
    room.until(|lab| !lab.is_writing());
    let said = troubles(&room);
    assert!(
        matches!(&said[..], [one] if one.contains("a.saelab could not be written")),
        "{said:?}"
    );
    room.step(1);
    std::fs::create_dir(&inner).unwrap();
    room.command(UserCommand::SaveRun);
    room.until(|lab| !lab.is_writing());
    assert_eq!(run_file::read(&path).unwrap().checkpoint.epoch(), epoch + 1);
}

#[test]
fn a_state_that_can_not_be_kept_is_tried_again_and_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("autosave");
    let mut room = Room::new();
    let (slot, left) = Slot::claim(&home).unwrap();
    room.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    room.until(|_| slot.path().exists());
    std::fs::remove_dir_all(&home).unwrap();
    room.until(|lab| !lab.view().shared.notices.is_empty());
    let said = troubles(&room);
    assert!(
        matches!(&said[..], [one] if one.contains("could not be kept for a restart")),
        "{said:?}"
    );
    room.lab.act(Action::DismissNotice(0));
    // paused: nothing happens any more, and it is tried all the same
    room.pause();
    let from = room.now;
    while room.now - from < Duration::from_secs(70) {
        room.frame();
    }
    assert!(troubles(&room).is_empty());
    std::fs::create_dir(&home).unwrap();
    room.until(|_| slot.path().exists());
    let epoch = room.latest().epoch;
    let kept = run_file::read(slot.path()).unwrap();
    assert_eq!(kept.checkpoint.epoch(), epoch);
}

#[test]
fn a_run_that_is_about_to_be_saved_is_not_deleted_before_that() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Room::new();
    let first = room.lab.view().run.id;
    room.command(UserCommand::Reset);
    room.until(|lab| lab.view().run.id != first && lab.view().run.now() > 0);
    let drop = Action::Kept(first, sae_lab::lab::state::KeptAction::Drop);
    room.lab.act(UserCommand::SaveAll.into());
    room.lab.act(Action::Typed(vec![folder.path().to_owned()]));
    room.lab.act(drop.clone());
    assert!(room.said().contains("about to be saved"), "{}", room.said());
    room.until(|lab| !lab.is_writing());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    room.lab.act(drop);
    assert!(room.lab.session().runs().all(|run| run.id != first));
}

#[test]
fn a_sweep_trains_again_what_was_taken_out_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (table(folder.path(), 0), folder.path().join("out"));
    let words = [
        "sweep",
        "--data",
        text(&data),
        "--hidden",
        "3",
        "--epochs",
        "1",
        "--vary",
        "rho=.05:.2:linear:3",
        "--out",
        text(&out),
    ];
    json(&words);
    let table_of = || std::fs::read(out.join("sweep.csv")).unwrap();
    let whole = table_of();
    std::fs::remove_file(out.join("runs/00001/model.npz")).unwrap();
    std::fs::remove_dir_all(out.join("runs/00002")).unwrap();
    std::fs::remove_file(out.join("sweep.csv")).unwrap();
    json(&words);
    assert_eq!(table_of(), whole);
    // other data under the same name are another sweep
    table(folder.path(), 1);
    let ended = run(&words);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("its data are others"), "{said}");
    assert_eq!(table_of(), whole);
}
