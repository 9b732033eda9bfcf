//! `sae-lab law`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use crate::data::with_rows;
use crate::model::law::{LEADING, WHOLE};
use crate::model::{BatchSize, Cliffs, GradientForm, Spectrum};
use crate::training::record::number::{in_digits, short};

/// So many values are passed over again and again within a second or two: nothing is said beforehand.
const SILENT: usize = 4_000_000;

#[derive(Debug, Args)]
pub struct LawArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The data and settings of this model, where no option says otherwise
    #[arg(long, visible_alias = "init", value_name = "MODEL.npz")]
    model: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    lambda_c: f64,
    /// Descending: all for n ≤ 1,024, else the largest 64.
    sigma: &'a [f64],
    /// Each of `sigma` is within this of the truth, where that is more than rounding.
    sigma_error: f64,
    /// null for Adam and L-BFGS, and where β is 0.
    alpha_c: Option<f64>,
    /// null for Adam and L-BFGS.
    beta_c: Option<f64>,
    /// A step; null for Adam and L-BFGS.
    rate: Option<f64>,
    /// The same with the drag of the KL term, where directions lean towards x̄; null where nothing grows.
    pace: Option<f64>,
    /// [least, greatest] ρ with λ ≤ λ_c; null where there is none.
    rho: Option<(f64, f64)>,
    /// Directions with λ_k > λ; null where not all are known.
    open_directions: Option<usize>,
    samples: usize,
    inputs: usize,
    /// ‖x̄‖²
    mean_square: f64,
    /// Means that the output can't reach.
    out_of_reach: usize,
}

/// Where the dead state begins and ends for these data and settings.
pub fn run(arguments: &LawArguments) -> Result<(), CliError> {
    let model = arguments.model.as_deref().map(Model::read).transpose()?;
    let Resolved {
        data, experiment, ..
    } = arguments.experiment.resolve(model.as_ref(), true)?;
    let settings = experiment.hyperparameters.check()?;
    let output = experiment.output_activation;
    let (m, n) = data.samples.dim();
    if n > WHOLE && m.saturating_mul(n) > SILENT {
        aside!(
            "note: the largest {LEADING} σ take at least {} passes over {m} × {n} values",
            2 * LEADING
        );
    }
    let spectrum = with_rows!(&data.samples, rows => Spectrum::whole(rows, output));
    let spectrum = spectrum.ok_or_else(|| {
        CliError::Failed(format!(
            "the values of {} are so large that their covariance is infinite: scale them, for example with \
             --preprocess unit",
            data.name
        ))
    })?;
    let cliffs = Cliffs::new(&spectrum, &settings, experiment.hidden_activation);
    if arguments.json {
        let report = Report {
            lambda_c: cliffs.lambda_c,
            sigma: spectrum.sigma(),
            sigma_error: spectrum.error(),
            alpha_c: cliffs.alpha_c,
            beta_c: cliffs.beta_c,
            rate: cliffs.rate,
            pace: cliffs.pace,
            rho: cliffs.rho,
            open_directions: cliffs.open_directions,
            samples: data.len(),
            inputs: data.inputs(),
            mean_square: spectrum.mean_square(),
            out_of_reach: spectrum.out_of_reach(),
        };
        say!("{}", super::json_line(&report)?);
        return Ok(());
    }
    let line = |name: &str, text: String| say!("{name:<8}{text}");
    line("data", format!("{} · {m} × {n}", data.name));
    line(
        "units",
        format!(
            "{} hidden, {} output",
            experiment.hidden_activation.name(),
            output.name()
        ),
    );
    line("σ", sigmas(&spectrum));
    line("λ_c", decay(&cliffs));
    line("rate", rate(&cliffs, settings.batch.rows(m), m));
    line("α_c", step(&cliffs, settings.batch, settings.gradient));
    line("β_c", weight(&cliffs));
    line("ρ", target(&cliffs));
    if spectrum.out_of_reach() > 0 {
        say!(
            "{} of the {n} means are out of the output's reach: it lies at its end there, and these values add nothing \
             to σ.",
            spectrum.out_of_reach()
        );
    }
    if settings.sparsity_weight == 0.0 {
        say!(
            "With β 0 nothing holds a dead unit at ρ: λ_c is that of one whose mean activation happens to be ρ."
        );
    }
    Ok(())
}

/// "0.163479 0.121 … (64)"
fn sigmas(spectrum: &Spectrum) -> String {
    const SHOWN: usize = 5;
    let all = spectrum.sigma();
    let shown: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|sigma| in_digits(*sigma, 6))
        .collect();
    let more = match (all.len() > SHOWN, spectrum.is_whole()) {
        (false, _) => String::new(),
        (true, true) => format!(" … ({} in all)", all.len()),
        (true, false) => format!(" … (the largest {} of {})", all.len(), spectrum.inputs()),
    };
    let within = if spectrum.error() > 1e-9 * spectrum.largest() {
        format!(", each to {:.1e}", spectrum.error())
    } else {
        String::new()
    };
    shown.join(" ") + &more + &within
}

fn decay(cliffs: &Cliffs) -> String {
    let (lambda, lambda_c) = (cliffs.weight_decay, cliffs.lambda_c);
    let Some(ratio) = cliffs.lambda_ratio() else {
        return "0: no direction of these data can hold a unit alive against any decay".to_owned();
    };
    let meaning = if cliffs.stays_dead() {
        "a unit that dies stays dead"
    } else {
        "a dead net can't stay dead"
    };
    format!(
        "{lambda_c:.6e}; λ {} is {} λ_c: {meaning}",
        short(lambda),
        short(ratio)
    )
}

fn rate(cliffs: &Cliffs, rows: usize, samples: usize) -> String {
    let Some(rate) = cliffs.rate else {
        return "the optimiser chooses its own step: no rate".to_owned();
    };
    let steps = samples.div_ceil(rows.max(1)) as f64;
    let dragged = match cliffs.pace {
        Some(pace) if (pace - rate).abs() > 0.02 * rate.abs() => format!(
            " ({pace:.4e} with the drag of the sparsity term: the directions lean towards the mean input)"
        ),
        _ => String::new(),
    };
    match cliffs.steps_to_grow(10.0) {
        Some(tenfold) => format!(
            "{rate:.4e} a step{dragged}: from the dead state weights grow tenfold in {} epochs of {steps} steps",
            short(tenfold / steps)
        ),
        None if rate > 0.0 && cliffs.sparsity_weight > 0.0 && rows < samples => {
            format!(
                "{rate:.4e} a step{dragged}: with full batches weights near the dead state grow, and the noise of batches of {rows} holds them down"
            )
        }
        None if rate < 0.0 => {
            format!("{rate:.4e} a step{dragged}: weights near the dead state sink into it")
        }
        None => format!("{rate:.4e} a step: weights near the dead state neither grow nor sink"),
    }
}

fn step(cliffs: &Cliffs, batch: BatchSize, gradient: GradientForm) -> String {
    let (Some(alpha_c), Some(ratio)) = (cliffs.alpha_c, cliffs.alpha_ratio()) else {
        return if cliffs.sparsity_weight == 0.0 {
            "none: with β 0 nothing pulls ρ̂".to_owned()
        } else {
            "the optimiser chooses its own step: none".to_owned()
        };
    };
    let meaning = if ratio > 1.0 {
        "ρ̂ swings around ρ with growing amplitude"
    } else {
        "ρ̂ settles at ρ"
    };
    let noise = match batch {
        BatchSize::Full => "",
        BatchSize::Samples(_) => " with full batches; mini-batches feel it as noise earlier",
    };
    let form = match gradient {
        GradientForm::Exact => "",
        GradientForm::Printed => ", of the gradient as printed",
    };
    format!(
        "{}{form}; α {} is {} α_c: {meaning}{noise}",
        in_digits(alpha_c, 6),
        short(cliffs.learning_rate),
        short(ratio)
    )
}

fn weight(cliffs: &Cliffs) -> String {
    match cliffs.beta_c {
        Some(beta_c) => format!(
            "{} at this α; β is {}",
            in_digits(beta_c, 6),
            short(cliffs.sparsity_weight)
        ),
        None => "none".to_owned(),
    }
}

fn target(cliffs: &Cliffs) -> String {
    match cliffs.rho {
        Some((low, high)) => format!(
            "λ is below λ_c for ρ from {low:.3e} to 1 − {:.3e}",
            1.0 - high
        ),
        None => "λ is above λ_c at every ρ".to_owned(),
    }
}
