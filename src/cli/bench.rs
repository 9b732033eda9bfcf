//! `sae-lab bench`: the epochs of `tests/peers/epoch_time.py`, timed here, in the same JSON fields.

mod baseline;
mod hand_over;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use self::baseline::{Baseline, Row};
use super::CliError;
use crate::model::{
    Architecture, Cost, Engine, GradientForm, HiddenActivation, Objective, OptimizerKind,
    OutputActivation, Parameters,
};
use crate::numerics::kernels::HasKernels;
use crate::numerics::{
    AlignedBuffer, KernelPath, Left, Levels, Precision, Real, Right, Rows, Start, WorkerPool,
};
use crate::optim::{Optimizer, Rate};

/// What to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// 64-25-64, 10,000 samples, full batch
    Patches,
    /// 784-196-784, 10,000 samples, full batch
    Digits,
    /// 144-400-144, 10,000 samples, full batch
    Overcomplete,
    /// 784-196-784, 10,000 samples, batches of 100, momentum
    Minibatch,
    /// 64-49-64, 10,000 samples, batches of 50, momentum: the net that the lab opens with
    Opening,
    /// 64-25-64, 10,000 samples, 400 iterations of L-BFGS: the classical protocol whole
    Exercise,
    /// 784-196-784, 60,000 samples stored as bytes, batches of 100, momentum; not among `all`
    Big,
    /// The same with 1,024 hidden units
    BigWide,
    All,
}

/// Time the engine: milliseconds an epoch, and how close the processor is driven to its peak.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
    #[arg(long, value_enum, default_value = "all")]
    pub workload: Workload,
    /// Threads to compute with
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    #[arg(long, value_enum, default_value = "f32")]
    pub precision: Precision,
    /// One JSON object a line instead of a table
    #[arg(long)]
    pub json: bool,
    /// What to compare with: a file that --save-baseline wrote [default: the one that the program carries]
    #[arg(long, value_name = "FILE.json")]
    pub baseline: Option<PathBuf>,
    /// Write the shares of the peak to this file, beside what else it holds
    #[arg(long, value_name = "FILE.json")]
    pub save_baseline: Option<PathBuf>,
    /// Instead of the workloads: how an epoch's time grows with m, n, h and the threads
    #[arg(long)]
    pub scaling: bool,
}

/// One workload's figures; the names are those of the peer's script.
#[derive(Clone, Debug, Serialize)]
struct Figures {
    peer: &'static str,
    workload: &'static str,
    threads: usize,
    wall_ms: f64,
    wall_min_ms: f64,
    cpu_ms: f64,
    cpu_min_ms: f64,
    /// Of the matrix products alone, over the least CPU time (wall time where there are more threads).
    gflops: f64,
    /// One thread's, times the threads.
    gemm_peak_gflops: f64,
    /// `gflops` over `gemm_peak_gflops`
    share_of_peak: f64,
    /// The same in the baseline, and whether it is slower now by more than one measurement differs from the next; null
    /// where the baseline has no such row
    baseline_share: Option<f64>,
    slower: Option<bool>,
    /// Nanoseconds to hand a job to all threads and to hear of its end; null for one thread, and for more than
    /// there are cores.
    hand_over_ns: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_cost: Option<f64>,
}

/// Sizes and settings of one workload, as in the peer's script.
struct Case {
    name: &'static str,
    inputs: usize,
    hidden: usize,
    samples: usize,
    /// Whether the samples are stored as bytes.
    bytes: bool,
    batch: usize,
    repeats: usize,
    learning_rate: f64,
}

const CASES: [(Workload, Case); 7] = [
    (Workload::Patches, case("patches", 64, 25, 10_000, 40)),
    (Workload::Digits, case("digits", 784, 196, 10_000, 6)),
    (
        Workload::Overcomplete,
        case("overcomplete", 144, 400, 10_000, 6),
    ),
    (Workload::Minibatch, case("minibatch", 784, 196, 100, 6)),
    (Workload::Opening, case("opening", 64, 49, 50, 40)),
    (Workload::Big, big("big", 196)),
    (Workload::BigWide, big("big-wide", 1_024)),
];

const fn big(name: &'static str, hidden: usize) -> Case {
    Case {
        samples: 60_000,
        bytes: true,
        ..case(name, 784, hidden, 100, 3)
    }
}

const fn case(
    name: &'static str,
    inputs: usize,
    hidden: usize,
    batch: usize,
    repeats: usize,
) -> Case {
    Case {
        name,
        inputs,
        hidden,
        samples: 10_000,
        bytes: false,
        batch,
        repeats,
        // α .1 with momentum overshoots at 784 inputs; the work is the same
        learning_rate: if batch == 10_000 { 0.1 } else { 0.01 },
    }
}

const EXERCISE_ITERATIONS: usize = 400;

/// Runs what `args` ask for and prints it.
///
/// # Errors
/// If standard output is closed, or a workload's cost is no number: what was timed then was not training.
pub fn run(args: &BenchArgs) -> Result<(), CliError> {
    match args.precision {
        Precision::F32 => run_in::<f32>(args),
        Precision::F64 => run_in::<f64>(args),
    }
}

fn run_in<T: Real>(args: &BenchArgs) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let threads = usize::from(args.threads);
    if args.scaling {
        return Ok(scaling::<T>(&mut out, threads)?);
    }
    let baseline = Baseline::read(args.baseline.as_deref())?;
    let mut measured = match &args.save_baseline {
        Some(path) if path.exists() => Baseline::read(Some(path))?,
        _ => Baseline::default(),
    };
    let hand_over = hand_over::hand_over(threads).map(f64::round);
    if !args.json {
        writeln!(
            out,
            "{} kernels, {:?}, {threads} thread(s); the peak of one in a large product: {:.1} GFLOP/s",
            KernelPath::best(),
            T::PRECISION,
            gemm_peak::<T>()
        )?;
        if let Some(time) = hand_over {
            writeln!(out, "a job is handed to all threads and done in {time} ns")?;
        }
        writeln!(
            out,
            "{:<14}{:>12}{:>12}{:>12}{:>10}{:>8}{:>12}",
            "workload", "wall ms", "least wall", "least CPU", "GFLOP/s", "of peak", "baseline"
        )?;
    }
    let mut slower = Vec::new();
    let mut show = |mut figures: Figures| -> Result<(), CliError> {
        let row = Row {
            kernels: KernelPath::best(),
            precision: T::PRECISION,
            threads,
            workload: figures.workload.to_owned(),
            share: figures.share_of_peak,
        };
        let change = baseline.change(&row);
        measured.take(row);
        figures.baseline_share = change.map(|change| change.before);
        figures.hand_over_ns = hand_over;
        figures.slower = change.map(|change| change.is_slower());
        if let Some(change) = change.filter(|change| change.is_slower()) {
            slower.push(format!(
                "{} by {:.0} %",
                figures.workload,
                -100.0 * change.by
            ));
        }
        if args.json {
            writeln!(out, "{}", super::json_line(&figures)?)?;
        } else {
            writeln!(
                out,
                "{:<14}{:>12.3}{:>12.3}{:>12.3}{:>10.1}{:>7.0}%{:>12}{}",
                figures.workload,
                figures.wall_ms,
                figures.wall_min_ms,
                figures.cpu_min_ms,
                figures.gflops,
                100.0 * figures.share_of_peak,
                change.map_or_else(
                    || "none".to_owned(),
                    |change| format!("{:+.0} %", 100.0 * change.by)
                ),
                figures
                    .final_cost
                    .map(|cost| format!("   final cost {cost:.6}"))
                    .unwrap_or_default(),
            )?;
        }
        Ok(())
    };
    for (workload, case) in &CASES {
        let all = args.workload == Workload::All && !case.bytes;
        if all || args.workload == *workload {
            show(epochs::<T>(case, threads)?)?;
        }
    }
    if matches!(args.workload, Workload::All | Workload::Exercise) {
        show(exercise::<T>(threads)?)?;
    }
    if !args.json && !slower.is_empty() {
        writeln!(out, "slower than the baseline: {}", slower.join(", "))?;
    }
    match &args.save_baseline {
        Some(path) => measured.write(path),
        None => Ok(()),
    }
}

/// The samples of a case.
enum Samples<T> {
    Values(Array2<T>),
    Bytes(Array2<u8>),
}

impl<T: Real> Samples<T> {
    /// Uniform in [26, 230) of 255.
    fn bytes(inputs: usize, samples: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let byte = || rng.random_range(26..230u8);
        Self::Bytes(Array2::from_shape_simple_fn((samples, inputs), byte))
    }

    fn rows(&self) -> Rows<'_, T> {
        match self {
            Self::Values(values) => values.view().into(),
            #[expect(clippy::expect_used, reason = "a new array is row by row")]
            Self::Bytes(bytes) => Levels::new(bytes.view(), u8::MAX)
                .expect("row by row")
                .into(),
        }
    }
}

/// Samples uniform in [.1, .9] and the classical initial weights.
fn data<T: Real>(inputs: usize, hidden: usize, samples: usize) -> (Array2<T>, Parameters<T>) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let x =
        Array2::from_shape_simple_fn((samples, inputs), || T::of(0.1 + 0.8 * rng.random::<f64>()));
    (x, Parameters::initial(inputs, hidden, 0))
}

fn architecture(inputs: usize, hidden: usize) -> Architecture {
    Architecture {
        inputs,
        hidden,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    }
}

fn objective(sparsity_target: f64) -> Objective {
    Objective {
        sparsity_target,
        sparsity_weight: 3.0,
        weight_decay: 1e-4,
        gradient: GradientForm::Exact,
    }
}

/// Multiplications and additions of the five products of an epoch.
fn epoch_flops(inputs: usize, hidden: usize, samples: usize) -> f64 {
    10.0 * (inputs * hidden) as f64 * samples as f64
}

/// Epochs by descent (full batch) or momentum (mini-batches), the first two not counted.
fn epochs<T: Real>(case: &Case, threads: usize) -> Result<Figures, CliError> {
    let mut parameters = Parameters::initial(case.inputs, case.hidden, 0);
    let stored = match case.bytes {
        false => Samples::Values(data::<T>(case.inputs, case.hidden, case.samples).0),
        true => Samples::bytes(case.inputs, case.samples),
    };
    let x = stored.rows();
    let mut batch_of = vec![T::zero(); case.batch * case.inputs];
    let mut gradient = Parameters::zeros(case.inputs, case.hidden);
    let mut engine = Engine::new(architecture(case.inputs, case.hidden), threads);
    let objective = objective(0.05);
    let full = case.batch == case.samples;
    let kind = if full {
        OptimizerKind::Descent
    } else {
        OptimizerKind::Momentum
    };
    let rate = Rate {
        learning_rate: case.learning_rate,
        momentum: 0.9,
    };
    let mut cost = Cost::default();
    let mut optimizer = Optimizer::new(kind, parameters.flat().len());
    let mut epoch = || {
        for start in (0..case.samples).step_by(case.batch) {
            let batch = x.block(start, case.batch, &mut batch_of);
            cost = engine.cost_and_gradient(&parameters, batch, &objective, &mut gradient);
            let shares = engine.shares();
            optimizer.update_in_shares(parameters.flat_mut(), gradient.flat(), rate, shares);
        }
    };
    epoch();
    epoch();
    let peak = gemm_peak::<T>() * threads as f64;
    let times: Vec<Time> = (0..case.repeats).map(|_| time(&mut epoch)).collect();
    super::finite(cost)?;
    Ok(figures(
        case.name,
        threads,
        times,
        epoch_flops(case.inputs, case.hidden, case.samples),
        peak,
        None,
    ))
}

/// The classical protocol: ρ .01, β 3, λ 1e-4, 400 iterations of L-BFGS.
fn exercise<T: Real>(threads: usize) -> Result<Figures, CliError> {
    let (inputs, hidden, samples) = (64, 25, 10_000);
    let (x, mut parameters) = data::<T>(inputs, hidden, samples);
    let mut engine = Engine::new(architecture(inputs, hidden), threads);
    let objective = objective(0.01);
    let mut lbfgs = crate::optim::Lbfgs::new(parameters.flat().len());
    let (mut evaluations, mut cost) = (0, f64::NAN);
    let spent = time(&mut || {
        for _ in 0..EXERCISE_ITERATIONS {
            let progress = lbfgs.step(parameters.flat_mut(), |at, gradient| {
                engine
                    .cost_and_gradient_flat(at, x.view(), &objective, gradient)
                    .total()
            });
            evaluations += progress.evaluations;
            cost = progress.cost;
            if progress.stuck {
                break;
            }
        }
    });
    super::finite(engine.cost(&parameters, x.view(), &objective))?;
    let flops = epoch_flops(inputs, hidden, samples) * evaluations as f64;
    Ok(figures(
        "exercise",
        threads,
        vec![spent],
        flops,
        gemm_peak::<T>() * threads as f64,
        Some(cost),
    ))
}

/// Seconds.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    cpu: f64,
}

fn time(work: &mut impl FnMut()) -> Time {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    work();
    Time {
        wall: wall.elapsed().as_secs_f64(),
        cpu: cpu_seconds() - cpu,
    }
}

/// CPU time of this process, all threads.
fn cpu_seconds() -> f64 {
    cpu_time::ProcessTime::try_now().map_or(0.0, |time| time.as_duration().as_secs_f64())
}

fn figures(
    workload: &'static str,
    threads: usize,
    times: Vec<Time>,
    flops: f64,
    peak: f64,
    final_cost: Option<f64>,
) -> Figures {
    let sorted = |of: fn(&Time) -> f64| {
        let mut values: Vec<f64> = times.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        (values[values.len() / 2], values[0])
    };
    let (wall, cpu) = (sorted(|time| time.wall), sorted(|time| time.cpu));
    let round = |seconds: f64| (seconds * 1e6).round() / 1e3;
    let least = if threads == 1 { cpu.1 } else { wall.1 };
    Figures {
        peer: "sae-lab",
        workload,
        threads,
        wall_ms: round(wall.0),
        wall_min_ms: round(wall.1),
        cpu_ms: round(cpu.0),
        cpu_min_ms: round(cpu.1),
        gflops: (flops / least / 1e8).round() / 10.0,
        gemm_peak_gflops: (peak * 10.0).round() / 10.0,
        share_of_peak: (flops / least / 1e9 / peak * 1e3).round() / 1e3,
        baseline_share: None,
        slower: None,
        hand_over_ns: None,
        final_cost,
    }
}

/// GFLOP/s of one thread in a large product (960 × 768 × 768), the best of several.
fn gemm_peak<T: Real>() -> f64 {
    let kernels = <T as HasKernels>::kernels(KernelPath::best());
    let (m, n, k) = (960, 768, 768);
    let a = vec![T::of(0.5); m * k];
    let mut b = AlignedBuffer::new(k * n);
    b.fill(T::of(0.25));
    let mut c = AlignedBuffer::new(m * n);
    let mut product = || {
        kernels.multiply(
            (m, n, k),
            Left::plain(&a, k),
            Right::Panels(&b),
            Start::Zero,
            &mut c,
            n,
        )
    };
    product();
    let least = (0..12)
        .map(|_| time(&mut product).cpu)
        .fold(f64::INFINITY, f64::min);
    2.0 * (m * n * k) as f64 / least / 1e9
}

/// Time of an epoch as one size doubles and the others stay: linear means the last column stays put.
fn scaling<T: Real>(out: &mut impl Write, threads: usize) -> std::io::Result<()> {
    writeln!(out, "| m | n | h | threads | ms an epoch | ns per m·n·h |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    let base = (4_000, 256, 96);
    let mut rows = vec![(base, 1)];
    for factor in [2, 4] {
        rows.push(((base.0 * factor, base.1, base.2), 1));
        rows.push(((base.0, base.1 * factor, base.2), 1));
        rows.push(((base.0, base.1, base.2 * factor), 1));
    }
    rows.extend((2..=threads).map(|threads| (base, threads)));
    rows.sort_unstable_by_key(|((m, n, h), threads)| (*threads, *m, *n, *h));
    for ((m, n, h), threads) in rows {
        let (x, parameters) = data::<T>(n, h, m);
        let mut gradient = Parameters::zeros(n, h);
        let mut engine = Engine::with_pool(architecture(n, h), Arc::new(WorkerPool::new(threads)));
        let mut epoch = || {
            engine.cost_and_gradient(&parameters, x.view(), &objective(0.05), &mut gradient);
        };
        epoch();
        let least = (0..10)
            .map(|_| time(&mut epoch).wall)
            .fold(f64::INFINITY, f64::min);
        let each = least * 1e9 / (m as f64 * n as f64 * h as f64);
        writeln!(
            out,
            "| {m} | {n} | {h} | {threads} | {:.2} | {each:.4} |",
            least * 1e3
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_whose_cost_is_no_number_fails_with_status_1() {
        let tiny = |learning_rate| Case {
            samples: 20,
            learning_rate,
            ..case("tiny", 6, 3, 5, 2)
        };
        assert!(epochs::<f32>(&tiny(0.01), 1).is_ok());
        let error = epochs::<f32>(&tiny(1e30), 1).unwrap_err();
        assert_eq!(error.status(), 1, "{error}");
    }
}
