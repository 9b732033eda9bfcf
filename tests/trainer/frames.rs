//! What a frame holds, what it weighs, and that nothing of the past is lost between two.

use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::training::trainer::{Ask, Frame, Mirror, Request, RunId, Tell, to_bytes};
use sae_lab::training::{Experiment, Setting};

use crate::lab::{Lab, Simulated, data, experiment, on_every_host};

#[test]
fn a_watcher_has_the_runs_own_past() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        for step in 1..=30u32 {
            if step % 4 == 0 {
                lab.set(1, Setting::SparsityTarget, 0.05 + 0.01 * f64::from(step));
            }
            lab.steps(1, 1);
            lab.until_paused_at(1, step.into());
        }
        lab.ask(1, Ask::Checkpoint);
        lab.until("checkpoint", |lab| !lab.checkpoints.is_empty());
        assert_eq!(*lab.snapshot(1).history, *lab.checkpoints[0].history());
    });
}

/// 64-49-64 on few samples, so that 100,000 epochs take a test's time.
fn small_edges() -> (Experiment, Arc<DataSet>) {
    let samples = Array2::from_shape_fn((8, 64), |(i, j)| {
        0.5 + 0.4 * ((i + 1) as f32 * 0.7 + j as f32 * 0.3).sin()
    });
    let data = DataSet::new(
        "edges",
        DataSpec::file("edges"),
        Samples::F32(samples),
        SampleShape::grey(8, 8),
    );
    let experiment = Experiment {
        data: DataSpec::file("edges"),
        hidden: 49,
        ..Experiment::default()
    };
    (experiment, Arc::new(data))
}

fn weight(frame: &Frame) -> (usize, usize) {
    let all = to_bytes(frame).unwrap().len();
    (all, all - 4 * frame.weights.len())
}

/// A frame of 64-49-64 weighs its weights and 16 kB even after 100,000 epochs; after a stall also the thinned history.
#[test]
fn a_frame_stays_small() {
    let (experiment, data) = small_edges();
    let mut lab = Lab::new(Simulated::new(Box::new(|| false)));
    lab.open(1, experiment.clone(), &data);
    lab.until_paused_at(1, 0);
    lab.ask(1, Ask::Play);
    let mut mirror = Mirror::new(RunId(1), experiment, data);
    let (mut heaviest, mut frames) = (0, 0);
    let mut stalled: Option<Box<Frame>> = None;
    loop {
        let mut epoch = 0;
        for reply in lab.host.poll() {
            let Tell::Frame(frame) = reply.what else {
                continue;
            };
            epoch = frame.epoch;
            if (20_000..90_000).contains(&epoch) {
                stalled = Some(frame); // nobody looks
                continue;
            }
            let rest = weight(&frame).1;
            match stalled.take() {
                Some(_) => {
                    // the curves of the whole stall, thinned: 2,000 records, and 192 rows of 49 units
                    assert!(
                        rest < 16_000 + 2_000 * 160 + 192 * 49 * 12,
                        "{rest} bytes after a stall"
                    );
                }
                None if epoch > 1_000 => {
                    heaviest = heaviest.max(rest);
                    frames += 1;
                }
                None => {}
            }
            mirror.take(*frame).unwrap();
            let what = Ask::Seen(mirror.cursor());
            lab.ask(1, what);
        }
        if epoch >= 100_000 {
            break;
        }
    }
    assert!(frames > 500, "{frames}");
    assert!(heaviest <= 16_000, "{heaviest} bytes beside the weights");
    println!("at most {heaviest} bytes beside the weights, of {frames} frames");
}

#[test]
fn a_frame_that_does_not_fit_is_refused() {
    let mut lab = Lab::new(Simulated::new(Box::new(|| false)));
    lab.open(1, experiment(), &data());
    let frame = loop {
        let frame = lab
            .host
            .poll()
            .into_iter()
            .find_map(|reply| match reply.what {
                Tell::Frame(frame) => Some(frame),
                _ => None,
            });
        if let Some(frame) = frame {
            break frame;
        }
    };
    let mirror = || Mirror::new(RunId(1), experiment(), data());
    assert!(mirror().take((*frame).clone()).is_ok());
    type Damage = fn(&mut Frame);
    let damages: [Damage; 5] = [
        |frame| frame.weights.truncate(1),
        |frame| frame.activations.push(0.0),
        |frame| frame.reconstructions.truncate(1),
        |frame| frame.units.truncate(1),
        |frame| frame.settings.learning_rate = -1.0,
    ];
    for damage in damages {
        let mut frame = (*frame).clone();
        damage(&mut frame);
        assert!(mirror().take(frame).is_err());
    }
}

#[test]
fn cut_messages_are_errors() {
    let request = Request {
        run: RunId(3),
        what: Ask::Open {
            experiment: Box::new(experiment()),
            data: sae_lab::training::trainer::DataId(1),
        },
    };
    let bytes = to_bytes(&request).unwrap();
    let back: Request = sae_lab::training::trainer::from_bytes(&bytes).unwrap();
    assert_eq!(back, request);
    for cut in 0..bytes.len() {
        assert!(sae_lab::training::trainer::from_bytes::<Request>(&bytes[..cut]).is_err());
    }
}
