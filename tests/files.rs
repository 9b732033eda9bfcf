//! Runs of the lab in files: saved, opened, kept without being asked for, with the trainer on the test's own clock.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/room.rs"]
mod room;
#[path = "support/simulated.rs"]
mod simulated;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sae_lab::io::autosave::Slot;
use sae_lab::io::run_file;
use sae_lab::lab::state::{KeptAction, Notice, Severity};
use sae_lab::lab::{Action, UserCommand};
use sae_lab::training::Snapshot;

use self::room::Room;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a run.saelab");
    (folder, path)
}

#[test]
fn a_run_that_is_opened_again_goes_on_as_if_it_had_never_stopped_and_has_its_past() {
    let (_folder, path) = folder();
    let mut room = Room::new();
    room.until(|lab| lab.view().run.now() > 20);
    room.set_decay(3e-3, 1);
    room.until(|lab| lab.view().run.now() > 40);
    room.pause();
    room.command(UserCommand::SaveRun);
    // without the ending: it is added
    room.typed(&path.with_extension(""));
    room.saved(&path);
    let stopped = room.latest();
    room.step(7);
    let went_on = room.latest();
    // an edit of its own, in a gesture of its own, before it is opened again
    let mut other = Room::new();
    other.pause();
    other.lab.open(vec![path.clone()]);
    other.until(|lab| lab.view().run.file.is_some() && lab.view().run.now() == stopped.epoch);
    let opened = other.latest();
    assert_eq!(opened.parameters, stopped.parameters);
    assert_eq!(opened.cost, stopped.cost);
    let records = |snapshot: &Snapshot| snapshot.history.records().copied().collect::<Vec<_>>();
    assert_eq!(records(&opened), records(&stopped));
    assert!(!other.lab.view().run.playing, "as the window was");
    other.step(7);
    assert_eq!(other.latest().parameters, went_on.parameters);
    assert_eq!(records(&other.latest()), records(&went_on));
    // its past is there, to the bit
    for epoch in [0, 13, 30, stopped.epoch] {
        let seen = |room: &mut Room| {
            room.lab.act(Action::Seek(epoch));
            room.until(|lab| {
                lab.view()
                    .run
                    .past
                    .as_ref()
                    .is_some_and(|past| past.is_exact())
            });
            let shown = Arc::clone(room.lab.view().run.snapshot.as_ref().unwrap());
            room.command(UserCommand::ReturnToNow);
            shown
        };
        let (own, others) = (seen(&mut room), seen(&mut other));
        assert_eq!((own.epoch, others.epoch), (epoch, epoch));
        assert_eq!(own.parameters, others.parameters, "{epoch}");
    }
    // a new change is a gesture of its own, which undo takes back alone
    other.set_decay(1e-2, 1);
    other.step(1);
    other.command(UserCommand::Undo);
    other.until(|lab| {
        lab.view()
            .run
            .latest()
            .is_some_and(|run| run.run == lab.view().run.id)
    });
    let settings = other.lab.view().run.experiment.hyperparameters;
    assert_eq!(settings.weight_decay, 3e-3);
    // and the run before the opened one is still there
    assert!(other.lab.session().runs().count() >= 2);
}

#[test]
fn save_goes_to_the_same_file_and_another_one_is_not_replaced_unasked() {
    let (folder, path) = folder();
    let mut room = Room::new();
    room.pause();
    room.command(UserCommand::SaveRun);
    room.typed(&path);
    room.saved(&path);
    let first = std::fs::read(&path).unwrap();
    room.step(2);
    room.command(UserCommand::SaveRun);
    assert!(room.lab.view().shared.open_dialog.is_none());
    room.until(|_| std::fs::read(&path).unwrap() != first);
    assert_eq!(
        run_file::read(&path).unwrap().checkpoint.epoch(),
        room.latest().epoch
    );
    let precious = folder.path().join("b.saelab");
    std::fs::write(&precious, b"mine").unwrap();
    room.command(UserCommand::SaveRunAs);
    room.typed(&precious);
    let dialog = room.lab.view().shared.open_dialog.clone().unwrap();
    assert!(dialog.error.unwrap().contains("there already"));
    assert_eq!(std::fs::read(&precious).unwrap(), b"mine");
    room.typed(&precious);
    room.saved(&precious);
    // what is no run is named, and the run in place goes on
    let epoch = room.latest().epoch;
    std::fs::write(&path, b"mine").unwrap();
    room.lab.open(vec![path.clone()]);
    let refused = |notice: &Notice| notice.severity == Severity::Trouble;
    room.until(|lab| lab.view().shared.notices.iter().any(refused));
    assert!(room.said().contains("not a run"), "{}", room.said());
    assert_eq!(room.latest().epoch, epoch);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    // nor is one saved where no folder is
    room.command(UserCommand::SaveRunAs);
    room.typed(&folder.path().join("none").join("c.saelab"));
    room.until(|lab| {
        lab.view()
            .shared
            .notices
            .iter()
            .any(|notice| notice.text.contains("could not be written"))
    });
    // what was typed is still there, and so is why it did not do
    let dialog = room.lab.view().shared.open_dialog.clone().unwrap();
    assert!(dialog.path.ends_with("c.saelab"), "{}", dialog.path);
    assert!(dialog.error.unwrap().contains("could not be written"));
    // a folder is no name
    room.typed(folder.path());
    let dialog = room.lab.view().shared.open_dialog.clone().unwrap();
    assert!(dialog.error.unwrap().contains("is a folder"));
}

#[test]
fn what_somebody_else_has_written_since_is_not_replaced_unasked() {
    let (_folder, path) = folder();
    let mut room = Room::new();
    room.pause();
    room.command(UserCommand::SaveRun);
    room.typed(&path);
    room.saved(&path);
    // another window saves a run of its own there
    let mut other = Room::new();
    other.pause();
    other.lab.open(vec![path.clone()]);
    other.until(|lab| lab.view().run.file.is_some());
    other.step(9);
    other.command(UserCommand::SaveRun);
    other.until(|lab| !lab.is_writing());
    let theirs = std::fs::read(&path).unwrap();
    room.step(1);
    room.command(UserCommand::SaveAll);
    assert!(room.said().contains("has changed since"), "{}", room.said());
    room.command(UserCommand::SaveRun);
    let dialog = room.lab.view().shared.open_dialog.clone().unwrap();
    assert!(dialog.error.unwrap().contains("has changed since"));
    assert_eq!(dialog.path, path.display().to_string());
    assert_eq!(std::fs::read(&path).unwrap(), theirs);
    room.typed(&path);
    room.until(|lab| !lab.is_writing());
    let epoch = room.latest().epoch;
    assert_eq!(run_file::read(&path).unwrap().checkpoint.epoch(), epoch);
    // and from then on it is this window's again
    room.step(1);
    room.command(UserCommand::SaveRun);
    assert!(room.lab.view().shared.open_dialog.is_none());
    room.until(|lab| !lab.is_writing());
    assert_eq!(run_file::read(&path).unwrap().checkpoint.epoch(), epoch + 1);
}

#[test]
fn data_that_came_with_a_run_stay_with_it() {
    let (folder, path) = folder();
    let mut room = Room::new();
    room.pause();
    room.command(UserCommand::SaveRunWithData);
    room.typed(&path);
    room.saved(&path);
    let has_data = |path: &Path| run_file::read(path).unwrap().data.is_some();
    assert!(has_data(&path));
    // on another computer
    let mut other = Room::new();
    other.pause();
    other.lab.open(vec![path.clone()]);
    other.until(|lab| lab.view().run.file.is_some());
    other.step(1);
    other.command(UserCommand::SaveRun);
    other.until(|lab| !lab.is_writing());
    let saved = run_file::read(&path).unwrap();
    assert_eq!(saved.checkpoint.epoch(), other.latest().epoch);
    assert!(saved.data.is_some());
    // under another name, and in what is kept for a restart
    let copy = folder.path().join("copy.saelab");
    other.command(UserCommand::SaveRunAs);
    other.typed(&copy);
    other.saved(&copy);
    assert!(has_data(&copy));
    let kept = folder.path().join("kept.saelab");
    other.lab.autosave_to(kept.clone(), &[], None);
    other.step(1);
    assert!(other.lab.ask_autosave());
    other.until(|lab| !lab.is_autosaving());
    assert!(has_data(&kept));
    // a run on other data has none to take along
    let mut third = Room::new();
    third.pause();
    third.command(UserCommand::SaveRun);
    let plain = folder.path().join("plain.saelab");
    third.typed(&plain);
    third.saved(&plain);
    assert!(!has_data(&plain));
}

#[test]
fn all_runs_are_saved_each_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Room::new();
    for name in ["one", "one", "two/three"] {
        let run = room.lab.view().run.id;
        room.lab
            .act(Action::Kept(run, KeptAction::Rename(name.into())));
        room.until(|lab| lab.view().run.now() > 3);
        room.command(UserCommand::Reset);
        room.until(|lab| lab.view().run.id != run && lab.view().run.now() > 0);
    }
    room.pause();
    room.command(UserCommand::SaveAll);
    room.typed(folder.path());
    room.until(|lab| lab.session().runs().all(|run| run.file.is_some()));
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "few.saelab",
            "one 2.saelab",
            "one.saelab",
            "two-three.saelab"
        ]
    );
    let names = names.iter().map(|name| {
        run_file::read(&folder.path().join(name))
            .unwrap()
            .about
            .name
    });
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["few", "one", "one", "two/three"]
    );
}

#[test]
fn the_state_is_kept_every_half_minute_and_offered_after_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let mut room = Room::new();
    let (slot, left) = Slot::claim(home.path()).unwrap();
    room.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    let start = room.now;
    room.until(|_| slot.path().exists());
    assert!(
        room.now - start <= Duration::from_secs(31),
        "{:?}",
        room.now - start
    );
    let kept = run_file::read(slot.path()).unwrap();
    let epoch = kept.checkpoint.epoch();
    assert!(epoch > 0 && room.latest().epoch - epoch < 5);
    // the next one is of later; paused, nothing more is written
    let before = std::fs::read(slot.path()).unwrap();
    room.until(|_| std::fs::read(slot.path()).unwrap() != before);
    room.pause();
    let closing = room.latest();
    assert!(room.lab.ask_autosave());
    room.until(|lab| !lab.is_autosaving());
    assert!(!room.lab.ask_autosave(), "nothing has happened since");
    assert_eq!(
        run_file::read(slot.path()).unwrap().checkpoint.epoch(),
        closing.epoch
    );
    // a crash: the lock goes with the process
    drop(slot);
    // a start that opens something offers it all the same, and so does each that comes until somebody answers
    let mut busy = Room::new();
    busy.pause();
    let (slot, left) = Slot::claim(home.path()).unwrap();
    busy.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    busy.command(UserCommand::Reset);
    busy.until(|lab| !lab.view().run.is_draft());
    let offers = |room: &Room| {
        let offer = Some(UserCommand::RestoreLast);
        let notices = &room.lab.view().shared.notices;
        notices
            .iter()
            .filter(|notice| notice.offer == offer)
            .count()
    };
    assert_eq!(offers(&busy), 1);
    slot.close();
    let mut next = Room::new();
    next.pause();
    let (slot, left) = Slot::claim(home.path()).unwrap();
    next.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    let notice = next.lab.view().shared.notices.last().unwrap().clone();
    assert_eq!(notice.offer, Some(UserCommand::RestoreLast));
    next.command(UserCommand::RestoreLast);
    next.until(|lab| lab.view().run.now() == closing.epoch);
    assert_eq!(next.latest().parameters, closing.parameters);
    assert_eq!(
        next.lab.view().run.file,
        None,
        "the copy is not the person's file"
    );
    assert!(next.lab.can(UserCommand::RestoreLast).is_err());
    room.step(3);
    next.step(3);
    assert_eq!(next.latest().parameters, room.latest().parameters);
    // closed in order, it can be taken up again without being offered; what was taken up is not offered again
    slot.close();
    let mut third = Room::new();
    let (_slot, left) = Slot::claim(home.path()).unwrap();
    assert!(
        left.recovered.is_empty() && left.last.is_none(),
        "nothing was kept in that window"
    );
    third
        .lab
        .autosave_to(home.path().join("x"), &left.recovered, left.last);
    assert!(third.said().is_empty());
}
