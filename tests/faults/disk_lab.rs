//! The same disks under the lab of a window: runs that are saved, kept without being asked for, and exported.

use std::path::{Path, PathBuf};
use std::process::Command;

use sae_lab::io::autosave::Slot;
use sae_lab::io::{run_file, sweep};
use sae_lab::lab::export::Export;
use sae_lab::lab::{Action, UserCommand};

use crate::injected::{Fault, Injector};
use crate::room::Room;

/// Names the folder to write to in the process with the bad disk.
const HOME: &str = "SAE_LAB_FAULT_HOME";
const RUN: &str = "a run.saelab";

/// What the lab said since it was asked last.
fn heard(room: &mut Room) -> String {
    let said = room.said();
    while !room.lab.view().shared.notices.is_empty() {
        room.lab.act(Action::DismissNotice(0));
    }
    for word in [".sae-lab-", "please report"] {
        assert!(!said.contains(word), "{said}");
    }
    said
}

/// In a process of its own: everything is asked for, the lab says of each what came of it, and goes on.
#[test]
#[ignore = "started by the test below, with a bad disk"]
fn everything_is_asked_for() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let home = PathBuf::from(home);
    let mut room = Room::new();
    room.pause();
    room.step(3);
    heard(&mut room);
    room.command(UserCommand::SaveRunAs);
    let path = home.join(RUN);
    while room.lab.view().shared.open_dialog.is_some() {
        room.typed(&path); // once more where it is there already
    }
    room.until(|lab| !lab.is_writing());
    let said = heard(&mut room);
    let saved = said.contains("Saved");
    assert!(saved || said.contains("could not be written"), "{said}");
    assert_eq!(room.lab.view().run.file.is_some(), saved);
    println!("saved: {saved}");

    match Slot::claim(&home.join("autosave")) {
        Ok((slot, left)) => {
            room.lab
                .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
            heard(&mut room);
            assert!(room.lab.ask_autosave());
            room.until(|lab| !lab.is_autosaving());
            let said = heard(&mut room);
            let kept = run_file::read(slot.path()).is_ok();
            assert_eq!(kept, said.is_empty(), "{said}");
            assert!(kept || said.contains("could not be kept"), "{said}");
            // what was not kept is tried again, and that is not said again
            assert_eq!(room.lab.ask_autosave(), !kept);
            room.until(|lab| !lab.is_autosaving());
            assert_eq!(heard(&mut room), "");
            slot.close();
        }
        Err(error) => {
            room.lab.keep_nothing(&error);
            let said = heard(&mut room);
            assert!(said.contains("not kept"), "{said}");
        }
    }

    let exports = [
        (Export::Model, "m.py"),
        (Export::Features, "t.png"),
        (Export::Code, "a.npy"),
        (Export::Curves, "c.csv"),
    ];
    for (what, name) in exports {
        let path = home.join(name);
        for _ in 0..1 + usize::from(path.exists()) {
            room.lab.act(Action::Export(what, path.clone()));
        }
        room.until(|lab| lab.view().shared.exporting.is_none());
        let said = heard(&mut room);
        let (well, badly) = (said.contains(" in "), said.contains("could not be written"));
        assert!(well != badly, "{said}");
    }
    room.step(2);
}

#[test]
fn a_lab_on_a_bad_disk_says_so_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let path = folder.path().join("old.saelab");
    let mut room = Room::new();
    room.pause();
    room.command(UserCommand::SaveRun);
    room.typed(&path);
    room.saved(&path);
    let old = std::fs::read(path).unwrap();
    let injector = Injector::new();
    let step = if crate::full() { 1 } else { 9 };
    let mut tries = 0;
    for (number, fault) in Fault::ALL.into_iter().enumerate() {
        for at in (1 + number..).step_by(step) {
            let _ = std::fs::remove_dir_all(&home);
            std::fs::create_dir(&home).unwrap();
            std::fs::write(home.join(RUN), &old).unwrap();
            for name in ["m.py", "m_weights.safetensors", "t.png", "a.npy", "c.csv"] {
                std::fs::write(home.join(name), "old").unwrap();
            }
            let mut command = Command::new(std::env::current_exe().unwrap());
            command
                .args(["--ignored", "--exact", "--nocapture"])
                .arg("disk_lab::everything_is_asked_for")
                .env(HOME, &home);
            let Some(output) = injector.run(&mut command, (fault, at), &home) else {
                break;
            };
            tries += 1;
            let said = [&output.stdout[..], &output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            let case = format!("{fault:?} from {at}: {said}");
            assert!(output.status.success(), "{case}");
            held(&home, &old, said.contains("saved: true"), &case);
        }
    }
    println!("{tries} times");
    assert!(tries > 9);
}

/// What is in the folder is the old or the new, each of it whole.
fn held(home: &Path, old: &[u8], saved: bool, case: &str) {
    let run = home.join(RUN);
    let same = std::fs::read(&run).unwrap() == old;
    assert!(!(saved && same), "{case}");
    assert!(run_file::read(&run).is_ok(), "{case}");
    sae_lab::io::publish::recover(home, "m.py").unwrap();
    sweep(home);
    let autosave = home.join("autosave");
    if autosave.is_dir() {
        let (slot, left) = Slot::claim(&autosave).unwrap();
        for path in left.recovered.iter().chain(&left.last) {
            assert!(run_file::read(path).is_ok(), "{}: {case}", path.display());
        }
        slot.close();
    }
    let whole = |name: &str, begin: &[u8]| {
        let bytes = std::fs::read(home.join(name)).unwrap();
        assert!(
            bytes == b"old" || bytes.starts_with(begin),
            "{name}: {case}"
        );
        bytes == b"old"
    };
    whole("t.png", b"\x89PNG");
    whole("a.npy", b"\x93NUMPY");
    whole("c.csv", b"epoch");
    let module = whole("m.py", b"\"\"\"");
    let weights = std::fs::read(home.join("m_weights.safetensors")).unwrap();
    assert_eq!(module, weights == b"old", "{case}");
    let entries = std::fs::read_dir(home).unwrap().count();
    assert_eq!(entries, 6 + usize::from(autosave.is_dir()), "{case}");
}
