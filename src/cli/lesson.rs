//! `sae-lab lesson`

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::CliError;
use super::output::say;
use crate::data::{self, DataError, DataSet, DataSpec};
use crate::io::lesson_file;
use crate::numerics::WorkerPool;
use crate::training::lesson::{Finding, Lesson, RehearsalError, rehearse};

#[derive(Debug, Args)]
pub struct LessonArguments {
    #[command(subcommand)]
    command: LessonCommand,
}

#[derive(Debug, Subcommand)]
enum LessonCommand {
    /// Go through lessons without a window and hold every claim against what is measured
    Check(CheckArguments),
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// Lessons: Markdown files, in the form that assets/lessons/README.md describes
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Each claim must hold from this many seeds, from the lesson's own on
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Threads to compute with, one seed on each [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print one line of JSON instead
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    holds: bool,
    lessons: Vec<Checked>,
}

#[derive(Serialize)]
struct Checked {
    file: String,
    title: String,
    steps: usize,
    holds: bool,
    seconds: f64,
    claims: Vec<Finding>,
}

pub fn run(arguments: &LessonArguments) -> Result<(), CliError> {
    let LessonCommand::Check(arguments) = &arguments.command;
    // nothing is trained while one of them can't be read
    let lessons = arguments.files.iter().map(|file| lesson_file::read(file));
    let lessons: Vec<Lesson> = lessons.collect::<Result<_, _>>()?;
    let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let pool = WorkerPool::new(arguments.threads.map_or_else(all, usize::from));
    let loaded = Loaded::default();
    let mut checked = Vec::new();
    for (file, lesson) in arguments.files.iter().zip(&lessons) {
        let one = check(file, lesson, arguments.seeds, &pool, &loaded)?;
        if !arguments.json {
            print(&one, arguments.seeds);
        }
        checked.push(one);
    }
    let report = Report {
        holds: checked.iter().all(|one| one.holds),
        lessons: checked,
    };
    if arguments.json {
        say!("{}", super::json_line(&report)?);
    }
    match report.lessons.iter().flat_map(Checked::broken).next() {
        None => Ok(()),
        Some(first) => Err(CliError::Failed(first)),
    }
}

/// Data sets that lessons share.
#[derive(Default)]
struct Loaded(Mutex<HashMap<String, Arc<DataSet>>>);

impl Loaded {
    fn load(&self, spec: &DataSpec) -> Result<Arc<DataSet>, DataError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{spec:?}");
        if let Some(data) = known.get(&name) {
            return Ok(Arc::clone(data));
        }
        let data = Arc::new(data::load(spec)?);
        known.insert(name, Arc::clone(&data));
        Ok(data)
    }
}

fn check(
    file: &Path,
    lesson: &Lesson,
    seeds: u64,
    pool: &WorkerPool,
    loaded: &Loaded,
) -> Result<Checked, CliError> {
    let begin = Instant::now();
    let load = |spec: &DataSpec| loaded.load(spec);
    let claims = rehearse(lesson, &load, seeds, pool, &|| true).map_err(|error| match error {
        RehearsalError::Data(error) => CliError::Data(error),
        RehearsalError::Run { step, error } => {
            CliError::Usage(format!("{}: step {step}: {error}", file.display()))
        }
        RehearsalError::Stopped => CliError::Failed("the check was stopped".into()),
    })?;
    Ok(Checked {
        file: file.display().to_string(),
        title: lesson.title.clone(),
        steps: lesson.steps.len(),
        holds: claims.iter().all(|finding| finding.holds),
        seconds: begin.elapsed().as_secs_f64(),
        claims,
    })
}

impl Checked {
    /// What does not hold, each in a sentence.
    fn broken(&self) -> impl Iterator<Item = String> {
        self.claims.iter().filter(|one| !one.holds).map(|one| {
            format!(
                "{}:{}:{}: step {}, from the seed + {}: `{}` does not hold: measured {}",
                self.file, one.line, one.column, one.step, one.shift, one.claim, one.text
            )
        })
    }
}

fn print(checked: &Checked, seeds: u64) {
    say!("{}: {}", checked.file, checked.title);
    let of_seed = |shift: u64| checked.claims.iter().filter(move |one| one.shift == shift);
    for first in of_seed(0) {
        let same: Vec<&Finding> = (0..seeds)
            .filter_map(|shift| {
                let place = |one: &&Finding| {
                    (one.step, one.line, one.column) == (first.step, first.line, first.column)
                };
                of_seed(shift).find(place)
            })
            .collect();
        let measured: Vec<&str> = same.iter().map(|one| one.text.as_str()).collect();
        let word = if same.iter().all(|one| one.holds) {
            "holds"
        } else {
            "DOES NOT HOLD"
        };
        say!(
            "  step {}  {:<14}{}  [{}]",
            first.step,
            word,
            first.claim,
            measured.join(", ")
        );
    }
    say!("  {:.1} s", checked.seconds);
}
