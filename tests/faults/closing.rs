//! The window is closed in the middle of anything: every thread ends within half a second, and what was asked for is in
//! its file.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use sae_lab::app::{Desktop, LabApp};
use sae_lab::data::{DataSpec, EmbeddedSet};
use sae_lab::io::autosave::Slot;
use sae_lab::io::run_file;
use sae_lab::lab::export::Export;
use sae_lab::lab::{Action, Lab, Page, Preferences, UserCommand};
use sae_lab::model::BatchSize;
use sae_lab::training::{Experiment, Preset};

/// That a window may take to close.
const CLOSING: Duration = Duration::from_millis(500);
/// That a test waits for anything, on a machine that is busy with others.
const PATIENCE: Duration = Duration::from_secs(60);
/// Set in the process that closes the labs.
const CHILD: &str = "SAE_LAB_CLOSING";

/// A lab with its threads, and the clock of its window.
struct Open {
    lab: Lab,
    start: Instant,
}

impl Open {
    fn new(experiment: Experiment) -> Self {
        let wake = Arc::new(|| {});
        let lab = Lab::new(
            experiment,
            Preferences::default(),
            Arc::new(Desktop::default()),
            wake,
        );
        let start = Instant::now();
        let mut open = Self { lab, start };
        open.until("its run", |lab| lab.view().run.now() > 0);
        open
    }

    fn frame(&mut self) {
        let now = self.start.elapsed();
        self.lab.drain(now);
        self.lab.follow(now);
        std::thread::sleep(Duration::from_millis(2));
    }

    fn until(&mut self, what: &str, done: impl Fn(&Lab) -> bool) {
        let start = Instant::now();
        while !done(&self.lab) {
            let notices = &self.lab.view().shared.notices;
            assert!(start.elapsed() < PATIENCE, "no {what}: {notices:?}");
            self.frame();
        }
    }

    fn frames(&mut self, count: usize) {
        (0..count).for_each(|_| self.frame());
    }
}

fn threads() -> Vec<String> {
    let names = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = names.filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok());
    let mut names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    names.sort();
    names
}

/// 784-100-784 on the whole set: each epoch takes a while.
fn long() -> Experiment {
    let mut experiment = Experiment {
        data: DataSpec::embedded(EmbeddedSet::Fashion),
        hidden: 100,
        ..Experiment::default()
    };
    experiment.hyperparameters.batch = BatchSize::Full;
    experiment
}

/// What a lab is closed in the middle of: on which run, and how it comes to that; returns once it is under way.
type Case = (&'static str, fn() -> Experiment, fn(&mut Open, &Path));

const CASES: [Case; 14] = [
    ("training", long, |_, _| {}),
    ("loading data", edges, |open, _| {
        open.lab.act(UserCommand::Data(EmbeddedSet::Photos).into());
    }),
    ("reading a large table", edges, |open, folder| {
        open.lab.act(Action::Open(vec![folder.join("large.csv")]));
        open.frames(40);
        assert!(open.lab.view().shared.opening.is_some(), "too small");
    }),
    ("reading a folder of pictures", edges, |open, folder| {
        open.lab.act(Action::Open(vec![folder.join("pictures")]));
        open.frames(5);
    }),
    ("checking a gradient", long, |open, _| {
        open.lab.act(UserCommand::CheckGradient.into());
        open.frames(5);
        assert!(open.lab.view().run.gradient_check.is_running());
    }),
    ("training a map", edges, |open, _| {
        open.lab.act(UserCommand::Show(Page::Map).into());
        open.frames(20);
        open.lab.act(UserCommand::StartMap.into());
        open.frames(100);
        assert!(open.lab.view().shared.map.sweeping.is_some());
    }),
    ("training the past again", long, |open, _| {
        open.lab.act(Action::SetPastBudget(0));
        open.until("a past", |lab| lab.view().run.now() > 25);
        open.lab.act(Action::Seek(23));
        open.frames(5);
    }),
    ("comparing", edges, |open, _| {
        open.lab.act(UserCommand::CompareRuns.into());
        open.frames(50);
        assert!(open.lab.view().run.compared.is_running());
    }),
    ("matching two runs", edges, |open, _| {
        open.lab.act(UserCommand::SparseAgainstPlain.into());
        open.frames(100);
    }),
    ("probing the code", long, |open, _| {
        open.lab.set_code_seen(true);
        open.frames(20);
    }),
    ("inspecting a unit", long, |open, _| {
        open.lab.act(Action::Inspect(3));
        open.frames(5);
    }),
    ("exporting the code", long, |open, folder| {
        let path = folder.join("code.csv");
        open.lab.act(Action::Export(Export::Code, path));
        open.frames(1);
        assert!(open.lab.is_writing());
    }),
    ("saving", long, |open, folder| {
        open.lab.act(UserCommand::SaveRunWithData.into());
        open.lab
            .act(Action::Typed(vec![folder.join("closing.saelab")]));
        open.frames(10);
    }),
    ("opening a run", edges, |open, folder| {
        open.lab.act(Action::Open(vec![folder.join("kept.saelab")]));
        open.frames(2);
    }),
];

fn edges() -> Experiment {
    Preset::Edges.experiment()
}

/// In a process of its own, so that no other test's threads are counted.
#[test]
#[ignore = "started by the test below"]
fn labs_are_closed_in_the_middle_of_everything() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let row = |i: usize| {
        let values: Vec<String> = (0..20).map(|j| format!("{}.{i}", i * j % 97)).collect();
        values.join(",") + "\n"
    };
    let table: String = (0..100_000).map(row).collect();
    std::fs::write(folder.path().join("large.csv"), table).unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for number in 0..100u8 {
        let at = |x: u32, y: u32| image::Luma([(x * y) as u8 ^ number]);
        let picture = image::GrayImage::from_fn(400, 400, at);
        picture
            .save(pictures.join(format!("{number}.png")))
            .unwrap();
    }
    let mut first = Open::new(long());
    first.lab.act(UserCommand::SaveRunWithData.into());
    let kept = folder.path().join("kept.saelab");
    first.lab.act(Action::Typed(vec![kept]));
    first.until("a file", |lab| lab.view().run.file.is_some());
    drop(first);
    std::thread::sleep(Duration::from_secs(1));

    let before = threads();
    for (what, experiment, begin) in CASES {
        let mut open = Open::new(experiment());
        begin(&mut open, folder.path());
        let during = threads().len();
        assert!(during > before.len(), "{what}");
        let start = Instant::now();
        drop(open);
        while threads().len() > before.len() {
            let waited = start.elapsed();
            assert!(waited < PATIENCE, "{what}: {:?}", threads());
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = start.elapsed();
        println!(
            "{what}: {} threads ended in {} ms",
            during - before.len(),
            took.as_millis()
        );
        // more than a window may take is a fault, but not where the processors are taken by others
        let most = if crate::full() { CLOSING } else { 6 * CLOSING };
        assert!(took < most, "{what}: {took:?}");
    }
    assert_eq!(threads(), before);
}

#[test]
fn whatever_it_is_in_the_middle_of_a_lab_that_is_closed_ends_its_threads() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("closing::labs_are_closed_in_the_middle_of_everything")
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert_eq!(said.matches("threads ended in").count(), CASES.len());
}

#[test]
fn a_run_that_was_to_be_saved_as_the_window_closed_is_in_its_file_and_its_last_state_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::builder().build_eframe(|context| {
        let (experiment, preferences) = (Preset::Bars.experiment(), Preferences::default());
        let mut app = LabApp::new(
            &context.egui_ctx,
            experiment,
            preferences,
            Arc::new(Desktop::default()),
        );
        let (slot, left) = Slot::claim(&folder.path().join("autosave")).unwrap();
        app.keep_in(slot, left);
        app
    });
    let start = Instant::now();
    while harness.state().view().run.now() == 0 {
        assert!(start.elapsed() < PATIENCE);
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    let ctx = harness.ctx.clone();
    let app = harness.state_mut();
    let path = folder.path().join("closing.saelab");
    app.act(&ctx, UserCommand::SaveRun.into());
    app.act(&ctx, Action::Typed(vec![path.clone()]));
    let epoch = app.view().run.now();
    eframe::App::on_exit(app, None);
    let saved = run_file::read(&path).unwrap().checkpoint.epoch();
    assert!(saved >= epoch);
    let (_slot, left) = Slot::claim(&folder.path().join("autosave")).unwrap();
    let last = run_file::read(&left.last.unwrap()).unwrap();
    assert!(last.checkpoint.epoch() >= saved && left.recovered.is_empty());
}
