//! `sae-lab inspect`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::say;
use super::settings::{ExperimentArguments, Resolved};
use crate::data::{DataSet, with_rows};
use crate::model::inspection::{Excitation, ForceKind, Listing};
use crate::model::units::StateCounts;
use crate::model::{
    Architecture, Cliffs, Cost, Engine, Inspector, Objective, Parameters, Spectrum, UnitInspection,
    UnitState, UnitStatistics,
};
use crate::numerics::{Precision, Real, Rows};
use crate::training::{Diagnosis, DiagnosisReport};

#[derive(Debug, Args)]
pub struct InspectArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The model: W1 (h, n), b1 (h), W2 (n, h), b2 (n), and its record where it has one
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// The hidden unit to look at, from 0
    #[arg(long, value_name = "J")]
    unit: usize,
    /// How many inputs to list that excite it most, and least
    #[arg(long, value_name = "N", default_value_t = Listing::default().inputs)]
    inputs: usize,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    state: UnitState,
    /// Of all hidden units
    #[serde(flatten)]
    counts: StateCounts,
    /// What is to be said of the model, its past not known
    diagnosis: DiagnosisReport,
    #[serde(flatten)]
    inspection: &'a UnitInspection,
    /// The columns' names, one for each value of a sample; empty where they have none
    names: &'a [String],
    /// The name of each class, by its number; empty where labels are numbers
    classes: &'a [String],
    /// The columns that its feature weighs most, the heaviest first; empty where they have no names
    strongest_columns: Vec<Weighed<'a>>,
    /// ‖·‖ of the forces: reconstruction, decay, sparsity
    force_norms: [f64; 3],
    /// Their components along the total
    along_total: [f64; 3],
}

/// A column of the data, and its part in a feature of unit norm.
#[derive(Debug, Serialize)]
struct Weighed<'a> {
    name: &'a str,
    weight: f64,
}

/// The columns that weigh most in the feature of `unit`, where the data's columns have names.
fn strongest<'a>(data: &'a DataSet, model: &Parameters<f64>, unit: usize) -> Vec<Weighed<'a>> {
    const SHOWN: usize = 8;
    let names = &data.fitted.columns;
    let weights = model.encoder_weights();
    let features = data.features(weights.slice(ndarray::s![unit..=unit, ..]));
    let norm = features
        .iter()
        .map(|weight| weight * weight)
        .sum::<f64>()
        .sqrt();
    let norm = if norm > 0.0 { norm } else { 1.0 };
    let weighed = |(name, weight): (&'a String, &f64)| Weighed {
        name,
        weight: weight / norm,
    };
    let mut columns: Vec<Weighed<'a>> = names.iter().zip(&features).map(weighed).collect();
    columns.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
    columns.truncate(SHOWN);
    columns
}

/// The inspection always in f64, as the window's is.
pub fn run(arguments: &InspectArguments) -> Result<(), CliError> {
    let loaded = Model::read(&arguments.model)?;
    let Resolved {
        data, experiment, ..
    } = arguments.experiment.resolve(Some(&loaded), false)?;
    let model = &loaded.parameters;
    if arguments.unit >= model.hidden() {
        return Err(CliError::Usage(format!(
            "--unit {}: the model's units are 0 to {}",
            arguments.unit,
            model.hidden() - 1
        )));
    }
    let objective = Objective::from(&experiment.hyperparameters.check()?);
    let architecture = experiment.architecture(model.inputs());
    // the states in the precision that the model was trained in, where they were told before
    let (cost, units) = match arguments.experiment.precision(Some(&loaded)) {
        Precision::F32 => measure::<f32>(arguments, &loaded, &data, (architecture, objective)),
        Precision::F64 => measure::<f64>(arguments, &loaded, &data, (architecture, objective)),
    }?;
    super::finite(cost)?;
    let listing = Listing {
        inputs: arguments.inputs,
        ..Listing::default()
    };
    fn inspect<S: Real>(
        (architecture, objective): (Architecture, Objective),
        model: &Parameters<f64>,
        samples: Rows<'_, S>,
        (unit, listing): (usize, Listing),
    ) -> Result<Option<UnitInspection>, CliError> {
        let inspector = Inspector::new(architecture, model, samples, objective)
            .map_err(|error| CliError::Usage(error.to_string()))?;
        Ok(inspector.unit(samples, unit, listing))
    }
    let (of, which) = ((architecture, objective), (arguments.unit, listing));
    let found = with_rows!(&data.samples, rows => inspect(of, model, rows, which))?;
    let Some(inspection) = found else {
        return Err(CliError::Failed("the unit could not be inspected".into()));
    };
    let state = units[arguments.unit].state;
    let output = experiment.output_activation;
    let spectrum = with_rows!(&data.samples, rows => Spectrum::quick(rows, output, &|| true));
    let settings = &experiment.hyperparameters;
    let cliffs =
        spectrum.map(|spectrum| Cliffs::new(&spectrum, settings, experiment.hidden_activation));
    let fvu = cost.reconstruction_loss / data.variance;
    let diagnosis = Diagnosis::of_model(0, fvu, &units, cliffs);
    let counts = diagnosis.counts;
    let forces = &inspection.forces;
    let force_norms = ForceKind::ALL.map(|kind| forces.of(kind).norm());
    let along_total = forces.along_total();
    let strongest_columns = strongest(&data, model, arguments.unit);
    if arguments.json {
        let report = Report {
            names: &data.fitted.columns,
            classes: &data.fitted.classes,
            strongest_columns,
            state,
            counts,
            diagnosis: diagnosis.report([]),
            inspection: &inspection,
            force_norms,
            along_total,
        };
        say!("{}", super::json_line(&report)?);
        return Ok(());
    }
    print(
        &inspection,
        &data,
        (state, counts),
        force_norms,
        along_total,
    );
    if !strongest_columns.is_empty() {
        let one = |column: &Weighed<'_>| format!("{} ({:+.3})", column.name, column.weight);
        let columns: Vec<String> = strongest_columns.iter().map(one).collect();
        say!("{:<22}{}", "strongest columns", columns.join(", "));
    }
    for sentence in diagnosis.sentences() {
        say!("{sentence}");
    }
    Ok(())
}

/// The cost of the model, and its units.
fn measure<T: Real>(
    arguments: &InspectArguments,
    model: &Model,
    data: &DataSet,
    (architecture, objective): (Architecture, Objective),
) -> Result<(Cost, Vec<UnitStatistics>), CliError> {
    let (mut units, weights) = (Vec::new(), model.weights::<T>()?);
    let mut engine = Engine::with_pool(architecture, arguments.experiment.pool());
    let cost = data.samples.in_pass(|samples| {
        engine.measure(&weights, samples, data.variance, &objective, &mut units)
    });
    Ok((cost, units))
}

fn print(
    inspection: &UnitInspection,
    data: &DataSet,
    (state, counts): (UnitState, StateCounts),
    force_norms: [f64; 3],
    along_total: [f64; 3],
) {
    let line = |name: &str, text: String| say!("{name:<22}{text}");
    let activation = &inspection.activation;
    line("unit", format!("{}: {}", inspection.unit, state.name()));
    line("of all units", counts.to_string());
    line(
        "activation",
        format!(
            "{:.4} to {:.4}, mean {:.4}, ρ̂ {:.4}, spread {:.4} ({})",
            activation.minimum,
            activation.maximum,
            activation.mean,
            activation.mean_activation,
            activation.spread,
            activation.sample
        ),
    );
    line(
        "‖W1‖, b1, ‖W2‖",
        format!(
            "{:.4}, {:.4}, {:.4}",
            inspection.feature_norm, inspection.encoder_bias, inspection.decoder_norm
        ),
    );
    let inputs = |list: &[Excitation]| {
        let each: Vec<String> = list
            .iter()
            .map(|input| {
                let class = data.class_of(input.index);
                let class = class.map(|class| format!("{}, ", data.class_title(class)));
                let class = class.unwrap_or_default();
                format!("{} ({class}{:.3})", input.index, input.activation)
            })
            .collect();
        each.join(" ")
    };
    line("most exciting", inputs(&inspection.most_exciting));
    line("least exciting", inputs(&inspection.least_exciting));
    let ablation = &inspection.ablation;
    line(
        "without it",
        format!(
            "reconstruction {:.6} → {:.6}, FVU {:+.2e} ({})",
            ablation.loss,
            ablation.loss_without,
            ablation.fvu_increase(),
            ablation.sample
        ),
    );
    let similar: Vec<String> = inspection
        .similar
        .iter()
        .map(|other| format!("{} ({:+.3})", other.unit, other.cosine))
        .collect();
    line("most like it", similar.join(" "));
    for (index, kind) in ForceKind::ALL.into_iter().enumerate() {
        line(
            &format!("force: {}", kind.name()),
            format!(
                "‖·‖ {:.3e}, along the total {:+.3e}, feature grows by {:+.2e} of itself",
                force_norms[index],
                // no −0
                along_total[index] + 0.0,
                inspection.forces.growth[index] + 0.0
            ),
        );
    }
    line(
        "force: total",
        format!("‖·‖ {:.3e}", inspection.forces.total().norm()),
    );
}
