//! How soon an epoch of the past is shown: the nearest that is kept, and the exact one; and what keeping them costs.
//! `cargo bench --bench timeline`. One figure a line, each with what it is to stay below.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::timeline::{Archive, BUDGET, Moment};
use sae_lab::training::trainer::{Mirror, RunId};
use sae_lab::training::{EpochEnd, Experiment, Run};

const RUN: RunId = RunId(1);
const EPOCHS: u64 = 10_000;
const MOVES: usize = 1_000;

fn data(samples: usize, side: usize) -> Arc<DataSet> {
    let values = Array2::from_shape_fn((samples, side * side), |(i, j)| {
        (0.5 + 0.4 * ((i * (j % 7 + 2) + j) as f64 * 0.73).sin()) as f32
    });
    Arc::new(DataSet::new(
        "waves",
        DataSpec::file("waves"),
        Samples::F32(values),
        SampleShape::grey(side, side),
    ))
}

fn experiment(hidden: usize) -> Experiment {
    Experiment {
        data: DataSpec::file("waves"),
        hidden,
        hyperparameters: Hyperparameters {
            optimizer: OptimizerKind::Momentum,
            batch: BatchSize::Samples(50),
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    }
}

struct Trained {
    archive: Archive,
    mirror: Mirror,
}

fn epoch(run: &mut Run<f32>) {
    let end = run.epoch(&|| true);
    assert!(matches!(end, EpochEnd::Finished { .. }), "{end:?}");
}

/// A run of [`EPOCHS`] epochs with its past.
fn trained(samples: usize, side: usize, hidden: usize, pool: &Arc<WorkerPool>) -> Trained {
    let data = data(samples, side);
    let mut run = Run::<f32>::new(
        experiment(hidden),
        Arc::clone(&data),
        None,
        Arc::clone(pool),
    )
    .unwrap();
    let archive = Archive::new(BUDGET);
    archive.show(RUN);
    archive.open(RUN, run.experiment(), Arc::clone(&data));
    archive.record(RUN, run.keyframe(archive.most_for_a_frame()));
    for _ in 0..EPOCHS {
        epoch(&mut run);
        archive.record(RUN, run.keyframe(archive.most_for_a_frame()));
    }
    let memory = archive.memory(RUN);
    println!(
        "{0}-{hidden}-{0}: {EPOCHS} epochs, {1} keyframes in {2:.0} MB of {3:.0}",
        side * side,
        memory.frames,
        memory.bytes as f64 / f64::from(1 << 20),
        BUDGET as f64 / f64::from(1 << 20)
    );
    assert!(archive.total() <= BUDGET);
    let mirror = Mirror::new(RUN, run.experiment(), data);
    Trained { archive, mirror }
}

fn percentile(times: &mut [Duration], part: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() - 1) as f64 * part).round() as usize;
    times[place].as_secs_f64() * 1e3
}

/// The nearest kept epoch, as the window shows it at once.
fn nearest(trained: &Trained) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut times, mut furthest, mut beyond) = (Vec::new(), 0, 0);
    for _ in 0..MOVES {
        let asked = random.random_range(0..EPOCHS);
        let start = Instant::now();
        let kept = trained.archive.nearest(RUN, asked).unwrap();
        let shown = trained.mirror.past(&kept.frame, Duration::ZERO).unwrap();
        times.push(start.elapsed());
        let away = shown.epoch.abs_diff(asked);
        furthest = furthest.max(away);
        beyond += u32::from(away as f64 > (0.02 * (EPOCHS - asked) as f64).max(100.0));
    }
    println!(
        "  the nearest kept epoch: p50 {:.2} ms, p95 {:.2} ms, most {:.2} ms (to stay below 16); at most {furthest} epochs \
         away, {beyond} of {MOVES} further than max(100, 2 %)",
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.95),
        percentile(&mut times, 1.0),
    );
}

/// The exact epoch, by training on from the keyframe before it, as the replay's thread does.
fn exact(trained: &Trained) {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut times = Vec::new();
    for _ in 0..MOVES {
        let asked = Moment::end_of(random.random_range(0..=EPOCHS));
        let start = Instant::now();
        let replay = trained.archive.replay(RUN, asked).unwrap();
        let pool = Arc::new(WorkerPool::new(1));
        let frame = replay.run(pool, &|_| true).unwrap();
        let shown = trained.mirror.past(&frame, Duration::ZERO).unwrap();
        times.push(start.elapsed());
        assert_eq!(shown.epoch, asked.epoch);
    }
    let within = times.iter().filter(|time| time.as_millis() < 50).count();
    println!(
        "  the exact epoch: p50 {:.2} ms, p95 {:.2} ms, most {:.2} ms; {:.1} % within 50 ms (95 % are to be)",
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.95),
        percentile(&mut times, 1.0),
        100.0 * within as f64 / MOVES as f64
    );
}

/// The same epochs of `count` runs with and without their keyframes, in turns.
fn recording(count: u64, (samples, side, hidden): (usize, usize, usize), pool: &Arc<WorkerPool>) {
    let data = data(samples, side);
    let new = || {
        Run::<f32>::new(
            experiment(hidden),
            Arc::clone(&data),
            None,
            Arc::clone(pool),
        )
        .unwrap()
    };
    let mut plain: Vec<_> = (0..count).map(|_| new()).collect();
    let mut kept: Vec<_> = (1..=count).map(|number| (RunId(number), new())).collect();
    let archive = Archive::new(BUDGET);
    archive.show(RUN);
    for (id, run) in &kept {
        archive.open(*id, run.experiment(), Arc::clone(&data));
    }
    let mut ratios = Vec::new();
    for _ in 0..30 {
        let part = 40;
        let start = Instant::now();
        for _ in 0..part {
            plain.iter_mut().for_each(epoch);
        }
        let without = start.elapsed();
        let start = Instant::now();
        for _ in 0..part {
            for (id, run) in &mut kept {
                epoch(run);
                archive.record(*id, run.keyframe(archive.most_for_a_frame()));
            }
        }
        ratios.push(start.elapsed().as_secs_f64() / without.as_secs_f64());
    }
    ratios.sort_unstable_by(f64::total_cmp);
    println!(
        "  recording, {count} of {samples} samples: {:+.1} % of the time of an epoch (median of {} turns; at most 5 %)",
        100.0 * (ratios[ratios.len() / 2] - 1.0),
        ratios.len()
    );
}

fn main() {
    let pool = Arc::new(WorkerPool::new(2));
    let small = trained(200, 8, 49, &pool);
    nearest(&small);
    exact(&small);
    recording(1, (2_000, 8, 49), &pool);
    recording(2, (2_000, 8, 49), &pool);
    drop(small);
    let large = trained(100, 28, 196, &pool);
    nearest(&large);
    recording(1, (2_000, 28, 196), &pool);
    recording(2, (2_000, 28, 196), &pool);
}
