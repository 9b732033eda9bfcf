//! A trainer that panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sae_lab::data::{DataError, DataSet, DataSpec, Found, Watch};
use sae_lab::io::autosave::Slot;
use sae_lab::io::run_file;
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::{Action, Lab, Preferences, UserCommand};
use sae_lab::training::trainer::{Host, TrainerError};
use sae_lab::training::{Experiment, Preset};

use crate::room::Room;
use crate::simulated;

/// Panics within the next epoch once the moon is full.
struct Moonstruck(Arc<AtomicBool>);

impl Backend for Moonstruck {
    fn start(&self, _: Wake) -> Result<Box<dyn Host>, TrainerError> {
        let full = Arc::clone(&self.0);
        let interrupted = Box::new(move || {
            assert!(!full.swap(false, Ordering::Relaxed), "the moon is full");
            false
        });
        Ok(simulated::trainer(interrupted, 2))
    }

    fn prepare(
        &self,
        found: &Found,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<DataSet, DataError> {
        simulated::Room.prepare(found, spec, watch)
    }
}

fn room(moon: &Arc<AtomicBool>) -> Room {
    let backend: Arc<dyn Backend> = Arc::new(Moonstruck(Arc::clone(moon)));
    let wake: Wake = Arc::new(|| {});
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let experiment = Experiment {
        hidden: 6,
        ..Preset::Bars.experiment()
    };
    let preferences = Preferences::default();
    Room::of(Lab::with_host(experiment, preferences, backend, wake, host))
}

/// The trainer fails, is told of, and a reset run begins within a few frames.
fn panic_and_reset(room: &mut Room, moon: &AtomicBool) {
    moon.store(true, Ordering::Relaxed);
    room.until(|lab| !lab.view().shared.notices.is_empty());
    assert!(room.said().contains("the moon is full"), "{}", room.said());
    let run = room.lab.view().run.id;
    room.command(UserCommand::Reset);
    let reset = room.now;
    room.until(|lab| lab.view().run.id != run && lab.view().run.now() > 2);
    assert!(room.now - reset < Duration::from_secs(1));
}

#[test]
fn a_run_that_panicked_is_not_asked_for_any_more_and_the_next_one_is_kept() {
    let (moon, folder) = (Arc::default(), tempfile::tempdir().unwrap());
    let mut room = room(&moon);
    let (slot, left) = Slot::claim(folder.path()).unwrap();
    room.lab
        .autosave_to(slot.path().to_owned(), &left.recovered, left.last);
    moon.store(true, Ordering::Relaxed);
    room.until(|lab| !lab.view().shared.notices.is_empty());
    let from = room.now;
    while room.now - from < Duration::from_secs(70) {
        room.frame();
    }
    let notices = &room.lab.view().shared.notices;
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(!room.lab.ask_autosave());
    room.lab.act(Action::DismissNotice(0));
    let _ = std::fs::remove_file(slot.path());
    room.command(UserCommand::Reset);
    room.until(|_| {
        let kept = run_file::read(slot.path());
        kept.is_ok_and(|kept| kept.checkpoint.epoch() > 0)
    });
}

#[cfg(target_os = "linux")]
const CHILD: &str = "SAE_LAB_PANICS";

/// Threads, and KiB in memory.
#[cfg(target_os = "linux")]
fn size() -> (usize, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (field("Threads:") as usize, field("VmRSS:"))
}

/// In a process of its own, whose size is no other test's.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "started by the test below"]
fn it_panics_again_and_again() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let moon = Arc::default();
    let mut room = room(&moon);
    let mut sizes = Vec::new();
    for _ in 0..100 {
        panic_and_reset(&mut room, &moon);
        sizes.push(size());
    }
    let (early, late) = (sizes[24], sizes[99]);
    println!("from {early:?} to {late:?} (threads, KiB)");
    assert_eq!(late.0, early.0);
    assert!(late.1 < early.1 + 2_048, "it grows: {sizes:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_panics_cost_no_thread_and_no_memory() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("panics::it_panics_again_and_again")
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    println!("{said}");
    assert!(said.contains("(threads, KiB)"), "{said}");
}
