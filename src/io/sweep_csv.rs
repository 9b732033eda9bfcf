//! A sweep as a table, a row a run.

use std::io::Write;
use std::path::Path;

use super::sweep_folder::run_name;
use super::{IoError, atomic_write};
use crate::training::sweep::Map;

/// The columns, in order.
pub const COLUMNS: &str = "rho,beta,alpha,lambda,hidden,seed,epochs,total_cost,reconstruction_loss,fvu,alive,constant,silent,saturated,duplicate,converged,status,momentum,batch,lambda_c,selectivity,bars_found,epochs_to,run";

/// Writes a row for each run that has come to its end, in the order of the grid, under a line of column names. Numbers are
/// written in full: reading gives the same bits. What a run has no value of is NaN among its losses, and empty beyond the
/// status; `epochs_to` are those to the map's goal. The same runs give the same bytes.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, map: &Map) -> Result<(), IoError> {
    atomic_write(path, |writer| {
        writeln!(writer, "{COLUMNS}")?;
        for (number, outcome) in map.outcomes().iter().enumerate() {
            let Some(outcome) = outcome else {
                continue;
            };
            let experiment = map.plan().experiment(number);
            let (settings, counts) = (experiment.hyperparameters, outcome.counts);
            let number_of = |value: Option<f64>| value.unwrap_or(f64::NAN);
            write!(
                writer,
                "{},{},{},{},{},{},{},{},{},{},",
                settings.sparsity_target,
                settings.sparsity_weight,
                settings.learning_rate,
                settings.weight_decay,
                experiment.hidden,
                experiment.seed,
                outcome.epochs,
                number_of(outcome.total_cost),
                number_of(outcome.reconstruction_loss),
                number_of(outcome.fvu),
            )?;
            write!(
                writer,
                "{},{},{},{},{},{},{},",
                counts.alive,
                counts.constant,
                counts.silent,
                counts.saturated,
                counts.duplicate,
                u8::from(outcome.converged),
                outcome.status.name(),
            )?;
            let lambda_c = map.cliffs(&experiment).map(|cliffs| cliffs.lambda_c);
            writeln!(
                writer,
                "{},{},{},{},{},{},{}",
                settings.momentum,
                settings.batch,
                text(lambda_c),
                text(outcome.selectivity),
                text(outcome.bars_found),
                text(map.goal().and_then(|goal| outcome.falls.epochs_to(goal))),
                run_name(number),
            )?;
        }
        Ok(())
    })
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
