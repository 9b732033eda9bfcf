//! What a sweep says at its end.

use serde::Serialize;

use super::SweepArguments;
use crate::cli::output::say;
use crate::cli::{CliError, json_line};
use crate::training::record::number::short;
use crate::training::sweep::{Axis, Crossing, Goal, Map, Status, Varied};

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    runs: usize,
    /// Of them, those that lay in the folder already.
    kept: usize,
    cells: usize,
    seeds: u64,
    epochs: u64,
    /// What the epochs are counted to.
    to: Option<&'a Goal>,
    /// In the order of --vary.
    axes: &'a [Axis],
    done: usize,
    diverged: usize,
    converged: usize,
    /// Where nets die along λ, for each value of the other setting; empty where λ is not varied.
    crossings: &'a [Crossing],
    threads: usize,
    /// Spent training and writing runs
    seconds: f64,
}

/// Says what came of it.
///
/// # Errors
/// Standard output takes nothing.
pub(super) fn report(
    arguments: &SweepArguments,
    map: &Map,
    kept: usize,
    threads: usize,
    seconds: f64,
) -> Result<(), CliError> {
    let outcomes = || map.outcomes().iter().flatten();
    let plan = map.plan();
    let crossings = map.crossings();
    let report = Report {
        runs: plan.runs(),
        kept,
        cells: plan.cells(),
        seeds: plan.seeds(),
        epochs: plan.epochs(),
        to: map.goal(),
        axes: plan.axes(),
        done: outcomes().filter(|one| one.status == Status::Done).count(),
        diverged: outcomes()
            .filter(|one| one.status == Status::Diverged)
            .count(),
        converged: outcomes().filter(|one| one.converged).count(),
        crossings: &crossings,
        threads,
        seconds,
    };
    if arguments.json {
        say!("{}", json_line(&report)?);
    } else {
        print(&report, arguments);
    }
    Ok(())
}

fn print(report: &Report<'_>, arguments: &SweepArguments) {
    let line = |name: &str, text: String| say!("{name:<16}{text}");
    let mut sides: Vec<String> = report
        .axes
        .iter()
        .map(|axis| format!("{} {}", axis.values().len(), axis.varied.symbol()))
        .collect();
    if report.seeds > 1 {
        sides.push(format!("{} seeds", report.seeds));
    }
    let kept = match report.kept {
        0 => String::new(),
        kept => format!("; {kept} were there already"),
    };
    line(
        "runs",
        format!(
            "{} = {}, {} epochs each{kept}",
            report.runs,
            sides.join(" × "),
            report.epochs,
        ),
    );
    line(
        "time",
        format!("{:.1} s, {} at a time", report.seconds, report.threads),
    );
    line(
        "converged",
        format!("{}, {} diverged", report.converged, report.diverged),
    );
    if !report.crossings.is_empty() {
        say!("where all units are dead, and λ_c of the law:");
    }
    let across = report
        .axes
        .iter()
        .find(|axis| axis.varied != Varied::Lambda);
    for crossing in report.crossings {
        let at = match (across, crossing.at) {
            (Some(axis), Some(value)) => format!("{} {}", axis.varied.symbol(), short(value)),
            _ => String::new(),
        };
        let from = match crossing.dead_from {
            Some(lambda) => format!("from λ {} on", short(lambda)),
            None => "nowhere on the map".to_owned(),
        };
        let off = match crossing.cells_off {
            0.0 => "as the law says".to_owned(),
            off => format!("{off:+.2} cells from it"),
        };
        line(
            &at,
            format!("{from}; λ_c {}: {off}", short(crossing.lambda_c)),
        );
    }
    line("written to", arguments.out.display().to_string());
}
