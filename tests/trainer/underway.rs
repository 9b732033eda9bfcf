//! How far a long epoch is, told before its end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::model::BatchSize;
use sae_lab::numerics::WorkerPool;
use sae_lab::training::trainer::{
    Activity, Ask, Meanwhile, Mirror, Reply, RunId, Tell, TrainerThread, Underway,
};
use sae_lab::training::{Experiment, Run};

use crate::lab::{Lab, Simulated, data, experiment};

/// Asks for a word before every `every`th step, and keeps what is said.
#[derive(Clone, Default)]
struct Between {
    every: usize,
    asked: Rc<Cell<usize>>,
    begun: Rc<Cell<usize>>,
    said: Rc<RefCell<Vec<Reply>>>,
}

impl Meanwhile for Between {
    fn begin(&mut self, _: &mut dyn Iterator<Item = Reply>) {
        self.begun.set(self.begun.get() + 1);
        self.asked.set(0);
    }

    fn interrupts(&mut self) -> bool {
        false
    }

    fn wants_a_word(&mut self) -> bool {
        self.asked.set(self.asked.get() + 1);
        self.asked.get().is_multiple_of(self.every)
    }

    fn say(&mut self, reply: Reply) {
        self.said.borrow_mut().push(reply);
    }
}

/// In batches of so many.
fn batches(of: usize) -> Experiment {
    let mut experiment = experiment();
    experiment.hyperparameters.batch = BatchSize::Samples(of);
    experiment
}

fn words(between: &Between) -> Vec<Underway> {
    let said = between.said.borrow();
    let word = |reply: &Reply| match &reply.what {
        Tell::Underway(underway) => *underway.clone(),
        other => panic!("{other:?}"),
    };
    said.iter().map(word).collect()
}

/// The weights that are told are those after so many samples: the last ones, told before the end is measured, are the
/// epoch's own.
#[test]
fn a_word_has_the_weights_of_the_moment() {
    let between = Between {
        every: 1,
        ..Between::default()
    };
    let mut lab = Lab::new(Simulated::new(Box::new(between.clone())));
    let (experiment, data) = (batches(5), data());
    lab.open(1, experiment.clone(), &data);
    lab.until_paused_at(1, 0);
    let start = lab.snapshot(1).parameters.flat().to_vec();
    lab.steps(1, 2);
    lab.until_paused_at(1, 2);
    assert_eq!(between.begun.get(), 2);
    let words = words(&between);
    let count = data.len().div_ceil(5) + 1;
    assert_eq!(words.len(), 2 * count);
    for (epoch, words) in words.chunks(count).enumerate() {
        let samples: Vec<u64> = words.iter().map(|word| word.samples).collect();
        let steps = (0..count - 1).map(|step| 5 * step as u64);
        let expected: Vec<u64> = steps.chain([data.len() as u64]).collect();
        assert_eq!(samples, expected);
        assert!(words.iter().all(|word| word.epoch == epoch as u64 + 1));
        assert!(
            words
                .windows(2)
                .all(|pair| pair[0].weights != pair[1].weights)
        );
    }
    assert_eq!(words[0].weights, start);
    assert_eq!(words[count].weights, words[count - 1].weights);
    assert_eq!(
        words[2 * count - 1].weights,
        lab.snapshot(1).parameters.flat()
    );

    // whoever listens changes no bit of the run
    let mut alone = Run::<f32>::new(experiment, data, None, Arc::new(WorkerPool::new(1))).unwrap();
    alone.epoch(&|| true);
    alone.epoch(&|| true);
    assert_eq!(alone.parameters().flat(), lab.snapshot(1).parameters.flat());
}

#[test]
fn a_word_that_does_not_fit_is_refused() {
    let mirror = Mirror::new(RunId(1), experiment(), data());
    let (n, h) = (data().inputs(), experiment().hidden);
    let word = |samples: u64, weights: usize| Underway {
        epoch: 1,
        samples,
        weights: vec![0.0; weights],
    };
    let (all, size) = (data().len() as u64, 2 * n * h + n + h);
    assert!(mirror.underway(word(all, size)).is_ok());
    assert!(mirror.underway(word(all + 1, size)).is_err());
    assert!(mirror.underway(word(0, size - 1)).is_err());
}

/// On the thread an epoch of seconds is told of, and its end comes after.
#[test]
fn the_thread_tells_of_an_epoch_that_takes_long() {
    let samples = Array2::from_shape_fn((40_000, 64), |(i, j)| {
        0.5 + 0.4 * ((i + 1) as f32 * 0.7 + j as f32 * 0.3).sin()
    });
    let spec = DataSpec::file("long");
    let shape = SampleShape::grey(8, 8);
    let data = Arc::new(DataSet::new("long", spec, Samples::F32(samples), shape));
    let mut experiment = Experiment {
        data: DataSpec::file("long"),
        hidden: 196,
        ..Experiment::default()
    };
    experiment.hyperparameters.batch = BatchSize::Samples(1);
    let host = TrainerThread::start(1, Box::new(|| {})).unwrap();
    let mut lab = Lab::new(Box::new(host) as Box<dyn sae_lab::training::trainer::Host>);
    lab.open(1, experiment, &data);
    lab.until_paused_at(1, 0);
    lab.ask(1, Ask::PauseAt(Some(2)));
    lab.ask(1, Ask::Play);
    for epoch in 1..=2 {
        lab.until("a word of the epoch", |lab| {
            lab.underway
                .iter()
                .any(|(run, word)| *run == RunId(1) && word.epoch == epoch && word.samples > 0)
        });
        // what came before the epoch has not waited for its end
        assert!(lab.has(1, |snapshot| {
            snapshot.epoch == epoch - 1 && snapshot.activity == Activity::Training
        }));
    }
    lab.until_paused_at(1, 2);
}
