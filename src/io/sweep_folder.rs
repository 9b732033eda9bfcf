//! The folder of a sweep: what is swept (`sweep.json`), the runs (`runs/00000/` …), and whether somebody is at it.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::error::name_of;
use super::hexadecimal::hexadecimal;
use super::{IoError, atomic_write, make_folder, probe, run_folder, run_json, sweep};

use crate::numerics::KernelPath;
use crate::training::run::SamplesIdentity;
use crate::training::sweep::{Outcome, Plan};

const DOCUMENT: &str = "sweep.json";
const TABLE: &str = "sweep.csv";
const PICTURE: &str = "sweep.png";
const RUNS: &str = "runs";
/// Where a run's document has its numbers.
const OUTCOME: &str = "/results/outcome";

/// A sweep's own folder, held for this process alone.
#[derive(Debug)]
pub struct SweepFolder {
    folder: PathBuf,
    /// What was trained before, by its number.
    kept: Vec<(usize, Outcome)>,
    /// Held open: it is locked.
    _document: File,
}

/// All that decides what a sweep's runs come to.
#[derive(Serialize)]
struct Document<'a> {
    /// The bits may change with a release, and with the instructions that the kernels use.
    program: String,
    kernels: &'static str,
    plan: &'a Plan,
    /// SHA-256 of the samples, in hexadecimal.
    samples: String,
    /// The same of the model whose weights every run begins with; null for those of its seed.
    init: Option<String>,
}

impl SweepFolder {
    /// The folder of the sweep of `plan` on `samples`, made if need be, with what it holds already; with `overwrite`, of
    /// whatever sweep that is, it is emptied of it first. `init` is the model whose weights the runs begin with.
    ///
    /// # Errors
    /// It holds another sweep, or runs of nobody knows which; another process is at it; it cannot be made or written.
    pub fn open(
        folder: &Path,
        plan: &Plan,
        samples: &SamplesIdentity,
        init: Option<&Path>,
        overwrite: bool,
    ) -> Result<Self, IoError> {
        let path = folder.join(DOCUMENT);
        let document = Document {
            program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            kernels: KernelPath::best().name(),
            plan,
            samples: hexadecimal(&samples.fingerprint),
            init: init
                .map(run_json::sha256)
                .transpose()
                .map_err(|source| IoError::Read {
                    file: init.map(name_of).unwrap_or_default(),
                    source,
                })?,
        };
        let text = serde_json::to_string_pretty(&document).map_err(|error| IoError::Json {
            file: name_of(&path),
            problem: error.to_string(),
        })?;
        // as it will be read again
        let wanted: Value = serde_json::from_str(&text).unwrap_or_default();
        let found = std::fs::read(&path).ok();
        if found.is_some() {
            drop(lock(&path)?);
        }
        let runs = folder.join(RUNS);
        if !overwrite {
            let problem = match found.as_deref().map(serde_json::from_slice::<Value>) {
                Some(Ok(found)) if found == wanted => None,
                Some(Ok(found)) => Some(difference(&found, &wanted)),
                Some(Err(_)) => Some(format!("its {DOCUMENT} can't be read")),
                None if runs.exists() => Some(format!("it has runs and no {DOCUMENT}")),
                None => None,
            };
            if let Some(problem) = problem {
                return Err(IoError::OtherSweep {
                    folder: name_of(folder),
                    problem,
                });
            }
        }
        make_folder(folder)?;
        sweep(folder);
        if overwrite {
            probe(folder)?; // nothing is lost to a sweep that can't begin
            clear(folder);
        }
        // before the folder of its runs, which without it would be another sweep's
        if overwrite || found.is_none() {
            atomic_write(&path, |writer| writeln!(writer, "{text}"))?;
        }
        let mut opened = Self {
            folder: folder.to_owned(),
            kept: Vec::new(),
            _document: lock(&path)?,
        };
        make_folder(&runs)?;
        for number in 0..plan.runs() {
            let folder = opened.path(number);
            if folder.is_dir() {
                run_folder::recover(&folder)?;
            }
            let outcome = opened.outcome(number, plan);
            opened.kept.extend(outcome.map(|outcome| (number, outcome)));
        }
        Ok(opened)
    }

    /// The runs that were trained before, each whole, by their numbers.
    pub fn kept(&self) -> &[(usize, Outcome)] {
        &self.kept
    }

    /// Where run `number` goes; the folder is made if need be.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn run(&self, number: usize) -> Result<PathBuf, IoError> {
        let folder = self.path(number);
        make_folder(&folder)?;
        Ok(folder)
    }

    pub fn table(&self) -> PathBuf {
        self.folder.join(TABLE)
    }

    pub fn picture(&self) -> PathBuf {
        self.folder.join(PICTURE)
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(RUNS).join(run_name(number))
    }

    /// What came of a run, where its folder has all of it.
    fn outcome(&self, number: usize, plan: &Plan) -> Option<Outcome> {
        let folder = self.path(number);
        let whole = run_folder::FILES
            .iter()
            .all(|name| folder.join(name).is_file());
        let document = whole.then(|| run_json::of_model(&folder.join(run_folder::MODEL)))??;
        let experiment = serde_json::to_value(plan.experiment(number)).ok()?;
        let read = document
            .get("experiment")
            .filter(|found| **found == experiment);
        read.and(document.pointer(OUTCOME))
            .and_then(|outcome| serde_json::from_value(outcome.clone()).ok())
    }
}

/// "00042"
pub fn run_name(number: usize) -> String {
    format!("{number:05}")
}

/// The document, locked for as long as it is open. Where the system has no locks, it is free.
fn lock(path: &Path) -> Result<File, IoError> {
    let file = File::open(path).map_err(|source| IoError::Read {
        file: name_of(path),
        source,
    })?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(IoError::SweepUnderWay {
            folder: name_of(path.parent().unwrap_or(path)),
        }),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// The first thing that the two differ in, for a sentence.
fn difference(found: &Value, wanted: &Value) -> String {
    let of = |pointer: &str| (found.pointer(pointer), wanted.pointer(pointer));
    let said = [
        ("/plan/axes", "other settings or ranges are varied there"),
        ("/plan/seeds", "it has another number of seeds"),
        ("/plan/epochs", "its runs have another number of epochs"),
        ("/plan/experiment", "another option of its runs differs"),
        ("/samples", "its data are others"),
        ("/init", "its runs begin with other weights"),
        ("/program", "another release of sae-lab made it"),
        ("/kernels", "a processor with other instructions made it"),
    ];
    let first = said.into_iter().find(|(pointer, _)| {
        let (found, wanted) = of(pointer);
        found != wanted
    });
    let (pointer, words) = first.unwrap_or(("", "it is another"));
    match of(pointer) {
        (Some(Value::Number(found)), Some(Value::Number(wanted))) => {
            format!("{words} ({found}, not {wanted})")
        }
        _ => words.to_owned(),
    }
}

/// Removes what a sweep wrote into `folder`, and nothing else; what cannot be removed is overwritten in its time, or
/// belongs to no run.
fn clear(folder: &Path) {
    use std::fs::{read_dir, remove_dir, remove_file};
    for name in [DOCUMENT, TABLE, PICTURE] {
        let _ = remove_file(folder.join(name));
    }
    let runs = folder.join(RUNS);
    for run in read_dir(&runs).into_iter().flatten().flatten() {
        let is_run = run.file_name().to_str().is_some_and(|name| {
            name.parse()
                .is_ok_and(|number: usize| name == run_name(number))
        });
        if is_run {
            for name in run_folder::FILES {
                let _ = remove_file(run.path().join(name));
            }
            sweep(&run.path());
            let _ = remove_dir(run.path());
        }
    }
    let _ = remove_dir(&runs);
}
