//! Clocks that jump: the machine slept, or somebody set the time.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sae_lab::io::autosave::Slot;
use sae_lab::lab::Lab;

use crate::room::Room;

fn time_of(lab: &Lab) -> (Duration, f64) {
    let latest = lab.view().run.latest().unwrap();
    (latest.trained_for, latest.epochs_per_second)
}

#[test]
fn after_a_long_sleep_the_state_is_kept_at_once_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Room::new();
    let (slot, left) = Slot::claim(folder.path()).unwrap();
    room.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    room.frame();
    let (before, _) = time_of(&room.lab);
    room.now += Duration::from_secs(36 * 3600);
    let woke = room.now;
    room.until(|_| slot.path().exists());
    assert!(room.now - woke < Duration::from_secs(2));
    let written = |path: &Path| path.metadata().unwrap().modified().unwrap();
    let first = written(slot.path());
    while room.now - woke < Duration::from_secs(25) {
        room.frame();
    }
    assert_eq!(
        written(slot.path()),
        first,
        "half a minute lies between two"
    );
    room.until(|_| written(slot.path()) != first);
    assert!(room.now - woke < Duration::from_secs(35));
    let (after, rate) = time_of(&room.lab);
    assert!(after >= before && rate.is_finite() && rate >= 0.0);
}

/// Leaves a state as a window does that crashed when the system's clock said `time`.
fn crash(folder: &Path, time: SystemTime, state: &str) {
    let (slot, _) = Slot::claim(folder).unwrap();
    std::fs::write(slot.path(), state).unwrap();
    let file = std::fs::File::options()
        .write(true)
        .open(slot.path())
        .unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn states_of_any_time_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (day, epoch) = (Duration::from_secs(86_400), SystemTime::UNIX_EPOCH);
    // a clock that ran ahead for years, one whose battery was empty, and one before all time
    let times = [SystemTime::now() + 3_000 * day, epoch, epoch - day];
    for (number, time) in times.into_iter().enumerate() {
        let state = number.to_string();
        crash(folder.path(), time, &state);
        let (slot, left) = Slot::claim(folder.path()).unwrap();
        let [found] = &left.recovered[..] else {
            panic!("{left:?}")
        };
        assert_eq!(std::fs::read_to_string(found).unwrap(), state);
        sae_lab::io::autosave::settle(found);
        slot.close();
    }
    let names = std::fs::read_dir(folder.path()).unwrap().flatten();
    assert_eq!(names.count(), times.len());
}

/// A command whose system's clock jumps by a year at every look, to and fro.
#[cfg(target_os = "linux")]
#[test]
fn a_command_counts_time_by_a_steady_clock() {
    use crate::command::text;
    use crate::injected::{Fault, Injector};

    let folder = tempfile::tempdir().unwrap();
    let injector = Injector::new();
    let mut models = Vec::new();
    for jumps in ["0", "1"] {
        let out = folder.path().join(jumps);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sae-lab"));
        command
            .args([
                "train", "--data", "digits", "--hidden", "4", "--epochs", "3",
            ])
            .args(["--out", text(&out), "--json"])
            .env("SAE_LAB_FAULT_CLOCK", jumps);
        let never = injector.run(&mut command, (Fault::Once, usize::MAX >> 1), &out);
        assert!(never.is_none());
        let document = crate::command::read(&out.join("run.json"));
        let seconds = document.pointer("/results/seconds").unwrap();
        let seconds = seconds.as_f64().unwrap();
        assert!((0.0..100.0).contains(&seconds), "{seconds}");
        assert_eq!(crate::whole::assert_whole(&out), 3);
        models.push(std::fs::read(out.join("model.npz")).unwrap());
    }
    assert_eq!(models[0], models[1]);
}
