//! What happens to requests: with threads, without, and where nothing can run them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ndarray::array;

use super::desk::GRACE;
use super::*;
use crate::data::{
    Content, DataError, DataSet, DataSource, DataSpec, Found, Preparation, Progress as Loading,
    SampleShape, Samples, Stage, Values, Watch,
};
use crate::lab::browse::{Browse, Browsed};
use crate::lab::port::{Backend, Wake};
use crate::lab::preview::Opened;
use crate::lab::{Action, Lab, Preferences, UserCommand};
use crate::training::Experiment;
use crate::training::trainer::{self, TrainerError};

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Finds what a file's name says: "endless" goes on until it is stopped, "gated" until the gate is open, "panic" panics,
/// "gone" is not there, and all else has a sample or two.
#[derive(Default)]
struct Readers {
    open: Mutex<bool>,
    /// How many of the endless ones have heard that they are to stop.
    stopped: AtomicUsize,
    /// What was found, in order.
    found: Mutex<Vec<String>>,
}

fn word(done: u64) -> Loading {
    Loading {
        stage: Stage::Reading,
        done,
        total: 10,
    }
}

fn waves() -> Found {
    let content = Content::Samples {
        values: Values::F32(array![[0.1, 0.2], [0.4, 0.3]]),
        shape: SampleShape::Vector { length: 2 },
    };
    Found::new("waves", content, "numbers", Preparation::NONE)
}

impl Backend for Readers {
    fn start(&self, _: Wake) -> Result<Box<dyn trainer::Host>, TrainerError> {
        Err(TrainerError::Gone)
    }

    fn find(&self, spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
        let name = spec.source.title();
        self.found.lock().unwrap().push(name.clone());
        let start = Instant::now();
        match name.as_str() {
            "endless" => {
                while watch(word(3)).is_continue() && start.elapsed() < PATIENCE {
                    std::thread::sleep(Duration::from_millis(1));
                }
                self.stopped.fetch_add(1, Ordering::SeqCst);
                Err(DataError::Cancelled)
            }
            "gated" => {
                while !*self.open.lock().unwrap() && start.elapsed() < PATIENCE {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Ok(waves())
            }
            "panic" => panic!("index out of bounds"),
            "gone" => Err(DataError::Open {
                file: name,
                source: std::io::ErrorKind::NotFound.into(),
            }),
            _ => {
                let _ = watch(word(10));
                Ok(waves())
            }
        }
    }

    fn prepare(&self, found: &Found, spec: &DataSpec, _: Watch<'_>) -> Result<DataSet, DataError> {
        let samples = Samples::F32(array![[0.1, 0.2], [0.4, 0.3]]);
        let shape = SampleShape::Vector { length: 2 };
        Ok(DataSet::new(
            found.name.clone(),
            spec.clone(),
            samples,
            shape,
        ))
    }

    fn browse(&self, _: Browse) -> Browsed {
        Browsed::Paths(vec!["/data/waves".into()])
    }
}

fn wake() -> Wake {
    Arc::new(|| {})
}

fn threads() -> (Jobs, Arc<Readers>) {
    let readers = Arc::new(Readers::default());
    let backend: Arc<dyn Backend> = Arc::<Readers>::clone(&readers);
    (Jobs::new(ThreadHost::new(backend, wake())), readers)
}

fn spec(name: &str) -> DataSpec {
    DataSpec::file(PathBuf::from(name))
}

fn find(name: &str) -> Request {
    Request::Find { spec: spec(name) }
}

/// One that waits for those before it.
fn preview(name: &str) -> Request {
    Request::Preview {
        opened: Opened::new(waves()),
        spec: spec(name),
        outdated: true,
    }
}

/// The next end of a request, and the progress before it.
fn end(jobs: &mut Jobs, now: Duration) -> (JobKind, Result<Outcome, JobError>, Option<Progress>) {
    let (start, mut last) = (Instant::now(), None);
    loop {
        jobs.poll(now);
        while let Some(report) = jobs.next_report() {
            match report.news {
                News::Progress(progress) => last = Some(progress),
                News::Ended { result, .. } => return (report.kind, result, last),
            }
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The name of the file that was found, or previewed, or why not.
fn name(ended: (JobKind, Result<Outcome, JobError>, Option<Progress>)) -> String {
    match ended.1 {
        Ok(Outcome::Found { spec, .. }) => spec.source.title(),
        Ok(Outcome::Preview(preview)) => preview.spec.source.title(),
        Ok(other) => panic!("{other:?}"),
        Err(error) => error.to_string(),
    }
}

fn wait(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_is_started_last_counts() {
    let (mut jobs, readers) = threads();
    jobs.start(find("endless")).unwrap();
    jobs.start(find("second")).unwrap();
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "second");
    assert!(!jobs.is_busy(JobKind::Find));
    wait(|| readers.stopped.load(Ordering::SeqCst) == 1);
    jobs.poll(Duration::ZERO);
    assert!(jobs.next_report().is_none(), "the first is not heard of");
}

#[test]
fn the_kinds_do_not_hinder_one_another() {
    let (mut jobs, readers) = threads();
    jobs.start(find("endless")).unwrap();
    let (spec, found) = (spec("waves"), Some(Arc::new(waves())));
    jobs.start(Request::Prepare { spec, found }).unwrap();
    let start = Instant::now();
    let mut heard = Vec::new();
    while !heard.contains(&JobKind::Prepare) || !heard.contains(&JobKind::Find) {
        jobs.poll(Duration::ZERO);
        while let Some(report) = jobs.next_report() {
            heard.push(report.kind);
        }
        assert!(start.elapsed() < PATIENCE);
    }
    assert!(jobs.is_busy(JobKind::Find) && !jobs.is_busy(JobKind::Prepare));
    assert_eq!(*readers.found.lock().unwrap(), ["endless"]);
}

#[test]
fn cancel_is_at_once_and_stops_the_thread() {
    let (mut jobs, readers) = threads();
    jobs.start(find("endless")).unwrap();
    let start = Instant::now();
    loop {
        jobs.poll(Duration::ZERO);
        match jobs.next_report().map(|report| report.news) {
            Some(News::Progress(progress)) => {
                assert_eq!(progress, Progress::Data(word(3)));
                break;
            }
            other => assert!(other.is_none() && start.elapsed() < PATIENCE),
        }
    }
    jobs.cancel(JobKind::Find);
    assert!(!jobs.is_busy(JobKind::Find));
    wait(|| readers.stopped.load(Ordering::SeqCst) == 1);
    jobs.poll(Duration::ZERO);
    assert!(jobs.next_report().is_none());
}

#[test]
fn what_has_come_and_is_cancelled_before_it_is_taken_is_not_heard_of() {
    let backend: Arc<dyn Backend> = Arc::new(Readers::default());
    let mut jobs = Jobs::new(InlineHost::new(backend, wake()));
    jobs.start(find("waves")).unwrap();
    jobs.poll(Duration::ZERO); // it has run and ended
    jobs.cancel(JobKind::Find);
    assert!(jobs.next_report().is_none());
}

#[test]
fn a_window_that_is_closed_stops_the_threads() {
    let (mut jobs, readers) = threads();
    jobs.start(find("endless")).unwrap();
    wait(|| !readers.found.lock().unwrap().is_empty());
    drop(jobs);
    wait(|| readers.stopped.load(Ordering::SeqCst) == 1);
}

#[test]
fn of_those_that_wait_only_the_latest_is_run() {
    let (mut jobs, readers) = threads();
    for name in ["gated", "second", "third"] {
        jobs.start(preview(name)).unwrap();
    }
    *readers.open.lock().unwrap() = true;
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "gated");
    assert!(jobs.is_busy(JobKind::Preview));
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "third");
    assert!(!jobs.is_busy(JobKind::Preview));
    assert_eq!(*readers.found.lock().unwrap(), ["gated", "third"]);
}

#[test]
fn a_slow_one_is_overtaken_after_its_grace() {
    let (mut jobs, readers) = threads();
    jobs.start(preview("endless")).unwrap();
    jobs.poll(GRACE);
    jobs.start(preview("second")).unwrap();
    assert_eq!(readers.stopped.load(Ordering::SeqCst), 0, "not yet slow");
    let now = GRACE + Duration::from_millis(1);
    jobs.poll(now);
    jobs.start(preview("third")).unwrap();
    assert_eq!(name(end(&mut jobs, now)), "third");
    assert_eq!(readers.stopped.load(Ordering::SeqCst), 1);
}

#[test]
fn a_dialog_that_is_open_stays_the_only_one() {
    let backend: Arc<dyn Backend> = Arc::new(Readers::default());
    let mut jobs = Jobs::new(InlineHost::new(backend, wake()));
    jobs.start(Request::Browse(Browse::Files)).unwrap();
    jobs.start(Request::Browse(Browse::Folder)).unwrap();
    let (kind, result, _) = end(&mut jobs, Duration::ZERO);
    assert_eq!(kind, JobKind::Browse);
    assert!(matches!(result, Ok(Outcome::Browsed(Browsed::Paths(_)))));
    jobs.poll(Duration::ZERO);
    assert!(jobs.next_report().is_none() && !jobs.is_busy(JobKind::Browse));
}

#[test]
fn a_panic_and_an_error_are_sentences() {
    let (mut jobs, _) = threads();
    jobs.start(find("panic")).unwrap();
    assert_eq!(
        name(end(&mut jobs, Duration::ZERO)),
        "reading the data failed (index out of bounds): this is a bug in the lab, please report it"
    );
    jobs.start(find("gone")).unwrap();
    let error = end(&mut jobs, Duration::ZERO).1.err().unwrap();
    assert!(error.vanished() && error.to_string().starts_with("gone could not be opened"));
    jobs.start(find("waves")).unwrap();
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "waves");
}

const SENTENCE: &str = "the system would not start another thread (Resource temporarily unavailable): close other \
                        programs and try again";

/// Has room for so many jobs.
struct Full {
    left: usize,
    host: InlineHost,
}

impl Host for Full {
    fn start(&mut self, id: JobId, request: Request) -> Result<(), JobError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| JobError::Refused("Resource temporarily unavailable".into()))?;
        self.host.start(id, request)
    }

    fn stop(&mut self, id: JobId) {
        self.host.stop(id);
    }

    fn poll(&mut self) -> Vec<(JobId, Message)> {
        self.host.poll()
    }
}

#[test]
fn a_refused_thread_is_one_sentence_for_every_kind_and_for_one_that_waited() {
    let host = |left| {
        let backend: Arc<dyn Backend> = Arc::new(Readers::default());
        let host = InlineHost::new(backend, wake());
        Jobs::new(Full { left, host })
    };
    let mut jobs = host(0);
    for request in [
        find("waves"),
        preview("waves"),
        Request::Browse(Browse::Folder),
    ] {
        let kind = request.kind();
        assert_eq!(jobs.start(request).unwrap_err().to_string(), SENTENCE);
        assert!(!jobs.is_busy(kind));
    }
    let mut jobs = host(1);
    jobs.start(find("waves")).unwrap();
    assert!(jobs.start(find("second")).is_err());
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "waves", "it goes on");
    let mut jobs = host(1);
    jobs.start(preview("waves")).unwrap();
    jobs.start(preview("second")).unwrap();
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), "waves");
    assert_eq!(name(end(&mut jobs, Duration::ZERO)), SENTENCE);
    assert!(!jobs.is_busy(JobKind::Preview));
}

#[test]
fn without_threads_a_job_a_poll_is_run_and_the_outcomes_are_the_same() {
    let woken = Arc::new(AtomicUsize::new(0));
    let wake: Wake = {
        let woken = Arc::clone(&woken);
        Arc::new(move || {
            woken.fetch_add(1, Ordering::SeqCst);
        })
    };
    let backend: Arc<dyn Backend> = Arc::new(Readers::default());
    let mut jobs = Jobs::new(InlineHost::new(backend, wake));
    jobs.start(find("dropped")).unwrap();
    jobs.start(find("waves")).unwrap();
    let (spec, found) = (spec("waves"), None);
    jobs.start(Request::Prepare { spec, found }).unwrap();
    assert_eq!(woken.load(Ordering::SeqCst), 3);
    let (kind, result, progress) = end(&mut jobs, Duration::ZERO);
    assert_eq!(
        (kind, progress),
        (JobKind::Find, Some(Progress::Data(word(10))))
    );
    let Ok(Outcome::Found { spec, opened }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(spec.source, DataSource::File("waves".into()));
    assert_eq!(opened.range, (f64::from(0.1f32), f64::from(0.4f32)));
    assert_eq!(woken.load(Ordering::SeqCst), 4, "there is one more to run");
    let Ok(Outcome::Prepared(data)) = end(&mut jobs, Duration::ZERO).1 else {
        panic!();
    };
    assert_eq!(data.name, "waves");
    jobs.poll(Duration::ZERO);
    assert!(jobs.next_report().is_none());
}

/// A lab on these readers, with room for so many jobs, none of which needs a thread.
fn lab(left: usize) -> Lab {
    let backend: Arc<dyn Backend> = Arc::new(Readers::default());
    let host = InlineHost::new(Arc::clone(&backend), wake());
    let (experiment, preferences) = (Experiment::default(), Preferences::default());
    Lab::with_host(
        experiment,
        preferences,
        backend,
        wake(),
        Full { left, host },
    )
}

#[test]
fn a_lab_that_is_refused_says_so_and_waits_for_nothing() {
    let mut lab = lab(0);
    let said = |lab: &Lab| {
        lab.view()
            .shared
            .notices
            .last()
            .map(|notice| notice.text.clone())
    };
    assert_eq!(said(&lab).as_deref(), Some(SENTENCE));
    assert!(lab.view().shared.loading.is_none());
    lab.act(Action::DismissNotice(0));
    lab.open(vec!["waves".into()]);
    assert_eq!(said(&lab).as_deref(), Some(SENTENCE));
    assert!(lab.view().shared.opening.is_none());
}

#[test]
fn a_lab_opens_and_previews_a_file_without_a_thread() {
    let mut lab = lab(usize::MAX);
    assert!(lab.view().shared.loading.is_some());
    lab.drain(Duration::ZERO);
    assert!(lab.view().shared.loading.is_none());
    lab.act(UserCommand::BrowseFiles.into());
    lab.drain(Duration::ZERO); // the person picks "waves"
    assert!(lab.view().shared.opening.is_some());
    lab.drain(Duration::ZERO);
    assert!(lab.view().shared.opening.is_none());
    let import = lab.view().shared.import.as_ref().unwrap();
    assert!(import.preview.is_none() && !import.is_shown());
    lab.drain(Duration::ZERO);
    let import = lab.view().shared.import.as_ref().unwrap();
    assert!(import.is_shown());
    assert_eq!(import.preview.as_ref().unwrap().dim, (2, 2));
}
