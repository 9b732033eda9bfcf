//! Sliders that move ten thousand times a second while an epoch takes long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;
use sae_lab::data::{DataError, DataSet, DataSpec, Found, SampleShape, Samples, Watch};
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::state::Severity;
use sae_lab::lab::{Action, Lab, Preferences, UserCommand};
use sae_lab::model::{BatchSize, Hyperparameters};
use sae_lab::training::trainer::{Host, TrainerError, TrainerThread};
use sae_lab::training::{Experiment, Preset, Setting, Value};

/// A set whose epochs take long, and the trainer on its thread.
struct Slow;

impl Backend for Slow {
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError> {
        let thread = TrainerThread::start(1, Box::new(move || wake()))?;
        Ok(Box::new(thread))
    }

    fn prepare(&self, _: &Found, spec: &DataSpec, _: Watch<'_>) -> Result<DataSet, DataError> {
        let value = |(i, j): (usize, usize)| ((i * (j % 7 + 1) + j) % 11) as f32 / 11.0;
        let samples = Samples::F32(Array2::from_shape_fn((20_000, 64), value));
        let shape = SampleShape::grey(8, 8);
        Ok(DataSet::new("slow", spec.clone(), samples, shape))
    }
}

fn lab() -> Lab {
    let (backend, wake): (Arc<dyn Backend>, Wake) = (Arc::new(Slow), Arc::new(|| {}));
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let mut experiment = Experiment {
        hidden: 64,
        ..Preset::Bars.experiment()
    };
    experiment.hyperparameters.batch = BatchSize::Samples(50);
    Lab::with_host(experiment, Preferences::default(), backend, wake, host)
}

/// The sliders, and how far each goes.
const SLIDERS: [(Setting, f64, f64); 3] = [
    (Setting::WeightDecay, 1e-5, 1e-3),
    (Setting::SparsityTarget, 0.02, 0.2),
    (Setting::LearningRate, 1e-3, 1e-2),
];
const A_SECOND: u64 = 10_000;

#[test]
fn of_sliders_that_move_ten_thousand_times_a_second_the_last_values_win() {
    let seconds = if crate::full() { 60 } else { 2 };
    let mut lab = lab();
    let start = Instant::now();
    let frame = |lab: &mut Lab| {
        let began = Instant::now();
        lab.drain(start.elapsed());
        lab.follow(start.elapsed());
        began.elapsed()
    };
    while lab.view().run.now() == 0 {
        assert!(start.elapsed() < Duration::from_secs(60));
        frame(&mut lab);
        std::thread::sleep(Duration::from_millis(2));
    }
    let mut longest = Vec::new();
    let (storm, mut moves, mut press) = (Instant::now(), 0, 0);
    while storm.elapsed() < Duration::from_secs(seconds) {
        let due = (storm.elapsed().as_secs_f64() * A_SECOND as f64) as u64;
        press = moves / A_SECOND; // a gesture a second
        let began = Instant::now();
        while moves < due {
            let (setting, low, high) = SLIDERS[moves as usize % SLIDERS.len()];
            let value = low + (high - low) * (moves % 997) as f64 / 997.0;
            lab.act(Action::Set {
                setting,
                value: Value::Number(value),
                press,
            });
            moves += 1;
        }
        let took = began.elapsed() + frame(&mut lab);
        longest.push(took);
        std::thread::sleep(Duration::from_millis(16).saturating_sub(took));
    }
    let rate = moves as f64 / storm.elapsed().as_secs_f64();
    for (setting, low, _) in SLIDERS {
        lab.act(Action::Set {
            setting,
            value: Value::Number(low),
            press,
        });
    }
    let troubles = |lab: &Lab| -> Vec<String> {
        let notices = lab.view().shared.notices.iter();
        let notices = notices.filter(|notice| notice.severity == Severity::Trouble);
        notices.map(|notice| notice.text.clone()).collect()
    };
    assert_eq!(troubles(&lab), Vec::<String>::new());
    let epoch = lab.view().run.now();
    let at_last = |settings: &Hyperparameters| {
        let mut sliders = SLIDERS.into_iter();
        sliders.all(|(setting, low, _)| setting.get(settings) == Value::Number(low))
    };
    assert!(at_last(&lab.view().run.experiment.hyperparameters));
    // the epoch under way began before, and its end is on its way here
    let calm = Instant::now();
    while !at_last(&lab.view().run.latest().unwrap().hyperparameters) {
        assert!(calm.elapsed() < Duration::from_secs(5));
        frame(&mut lab);
        std::thread::sleep(Duration::from_millis(2));
    }
    let there = lab.view().run.now();
    while lab.view().run.now() < there + 3 {
        frame(&mut lab);
        std::thread::sleep(Duration::from_millis(2));
    }
    let snapshot = Arc::clone(lab.view().run.latest().unwrap());
    assert!(at_last(&snapshot.hyperparameters));
    assert!(snapshot.history.edits().edits().len() <= 2_048);
    longest.sort();
    println!(
        "{moves} moves, {rate:.0} a second, beside {} epochs; the lab's part of a frame: {:.1} ms at the 99th percentile",
        epoch,
        longest[longest.len() * 99 / 100].as_secs_f64() * 1e3
    );
    assert!(rate > 0.9 * A_SECOND as f64, "{rate}");
    lab.act(UserCommand::PlayPause.into());
}

#[test]
fn a_setting_that_the_trainer_could_not_be_told_is_not_shown_as_set() {
    let mut lab = lab();
    let start = Instant::now();
    while lab.view().run.now() == 0 {
        assert!(start.elapsed() < Duration::from_secs(60));
        lab.drain(start.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
    // each a gesture of its own: they all wait for the end of the epoch, and there is room for so many
    let mut accepted = None;
    for press in 0..100_000 {
        let value = Value::Number(1e-3 + press as f64 * 1e-9);
        lab.act(Action::Set {
            setting: Setting::LearningRate,
            value,
            press,
        });
        let shown = lab.view().run.experiment.hyperparameters;
        if Setting::LearningRate.get(&shown) != value {
            break;
        }
        accepted = Some(value);
    }
    let notices = &lab.view().shared.notices;
    assert!(
        notices.iter().any(|notice| notice.text.contains("busy")),
        "{notices:?}"
    );
    let accepted = accepted.unwrap();
    let waits = Instant::now();
    let in_force = |lab: &Lab| {
        let latest = lab.view().run.latest().unwrap();
        Setting::LearningRate.get(&latest.hyperparameters)
    };
    while in_force(&lab) != accepted {
        assert!(waits.elapsed() < Duration::from_secs(60));
        lab.drain(start.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
}
