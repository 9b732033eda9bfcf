//! A run that is trained elsewhere: it takes what arrives, and no step of its own.

use std::sync::Arc;

use sae_lab::model::Parameters;
use sae_lab::training::run::Arrival;
use sae_lab::training::timeline::Moment;
use sae_lab::training::trainer::{Activity, Ask, Event, Mirror, RunId};
use sae_lab::training::{Experiment, Setting};

use crate::lab::{Lab, data, experiment, on_every_host};

fn arrival(epoch: u64) -> Arrival {
    let of = experiment();
    let weights = Parameters::<f64>::initial(9, 4, epoch);
    Arrival::new(epoch, of.hyperparameters, &weights, of.precision)
}

fn follow(lab: &mut Lab, run: u64) {
    let data = data();
    let id = lab.share(&data);
    let mirror = Mirror::new(RunId(run), experiment(), Arc::clone(&data));
    lab.mirrors.insert(RunId(run), mirror);
    lab.ask(
        run,
        Ask::Follow {
            experiment: Box::new(experiment()),
            data: id,
            first: Box::new(arrival(10)),
        },
    );
}

fn refusals(lab: &Lab) -> usize {
    let refused = |event: &&(RunId, Event)| matches!(event.1, Event::Refused { .. });
    lab.events.iter().filter(refused).count()
}

#[test]
fn every_arrival_is_a_moment_of_it() {
    on_every_host(|lab| {
        follow(lab, 1);
        for epoch in [20, 30, 70] {
            lab.ask(1, Ask::Absorb(Box::new(arrival(epoch))));
        }
        lab.until_epoch(1, 70);
        let snapshot = lab.snapshot(1);
        assert_eq!(snapshot.activity, Activity::Elsewhere);
        let weights = Parameters::<f64>::initial(9, 4, 70);
        assert_eq!(snapshot.parameters, weights.cast());
        let records = snapshot.history.records();
        let epochs: Vec<u64> = records.map(|record| record.epoch).collect();
        assert_eq!(epochs, [10, 20, 30, 70]);
        let archive = lab.host.archive();
        assert_eq!(archive.last_of(RunId(1), 26), Some(Moment::end_of(30)));
        assert!(lab.events.is_empty(), "{:?}", lab.events);
    });
}

#[test]
fn it_is_not_trained() {
    on_every_host(|lab| {
        follow(lab, 1);
        lab.until_epoch(1, 10);
        for (count, what) in [
            Ask::Play,
            Ask::Step,
            Ask::PauseAt(Some(20)),
            Ask::Revive(vec![0]),
        ]
        .into_iter()
        .enumerate()
        {
            lab.ask(1, what);
            lab.until("refusal", |lab| refusals(lab) == count + 1);
        }
        lab.set(1, Setting::WeightDecay, 0.1);
        lab.until("refusal", |lab| refusals(lab) == 5);
        // an arrival that is not later is refused, too, and nothing is lost by it
        lab.ask(1, Ask::Absorb(Box::new(arrival(10))));
        lab.until("refusal", |lab| refusals(lab) == 6);
        lab.ask(1, Ask::Absorb(Box::new(arrival(11))));
        lab.until_epoch(1, 11);
        assert_eq!(lab.snapshot(1).activity, Activity::Elsewhere);
    });
}

#[test]
fn a_run_beside_it_does_not_wait_for_it_and_takes_no_arrival() {
    on_every_host(|lab| {
        follow(lab, 1);
        let own = Experiment {
            seed: 5,
            ..experiment()
        };
        lab.open(2, own, &data());
        lab.ask(1, Ask::Lock(Some(RunId(2))));
        lab.ask(2, Ask::Lock(Some(RunId(1))));
        lab.steps(2, 15);
        lab.until_epoch(2, 15);
        assert_eq!(lab.snapshot(1).epoch, 10);
        lab.ask(2, Ask::Absorb(Box::new(arrival(90))));
        lab.until("refusal", |lab| refusals(lab) == 1);
        assert_eq!(lab.snapshot(2).epoch, 15);
    });
}
