//! What depends on time, on a clock of the test's own.

use std::time::Duration;

use sae_lab::training::Cursor;
use sae_lab::training::trainer::{
    Activity, Ask, Host as _, PUBLISH_EVERY, Speed, Tell, UNSEEN_EVERY,
};

use crate::lab::{Lab, Simulated, data, experiment};

fn simulated() -> Lab<Simulated> {
    let mut lab = Lab::new(Simulated::new(Box::new(|| false)));
    lab.open(1, experiment(), &data());
    lab.until_paused_at(1, 0);
    lab
}

#[test]
fn at_rest_it_wants_no_poll_and_says_nothing() {
    let mut lab = simulated();
    assert_eq!(lab.host.next.get(), None);
    assert!(lab.host.replies().is_empty() && lab.host.next.get().is_none());
    lab.ask(1, Ask::Play);
    lab.until_epoch(1, 1);
    assert!(lab.host.next.get().is_some());
    lab.ask(1, Ask::Pause);
    lab.until("pause", |lab| {
        lab.has(1, |s| s.activity == Activity::Paused)
    });
    assert_eq!(lab.host.next.get(), None);
}

#[test]
fn frames_come_at_most_every_33_milliseconds_and_the_last_one_at_once() {
    let lab = simulated();
    lab.ask(1, Ask::Play);
    let (times, epochs) = frames(&lab, true);
    assert!(times.len() > 20, "{}", times.len());
    // the first two are of the request and of the first epoch
    for pair in times[1..].windows(2) {
        let gap = pair[1] - pair[0];
        assert!(
            (PUBLISH_EVERY..=PUBLISH_EVERY + Simulated::POLL).contains(&gap),
            "{gap:?}"
        );
    }
    assert!(epochs.windows(2).all(|pair| pair[0] < pair[1]));
    lab.ask(1, Ask::Pause);
    let last = lab.host.poll();
    assert!(
        last.iter().any(
            |reply| matches!(&reply.what, Tell::Frame(frame) if frame.activity == Activity::Paused)
        ),
        "no waiting for the next frame's time"
    );
}

/// The times of the frames of a thousand polls, and their epochs.
fn frames(lab: &Lab<Simulated>, are_seen: bool) -> (Vec<Duration>, Vec<u64>) {
    let (mut times, mut epochs) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let now = lab.host.now.get();
        for reply in lab.host.poll() {
            if let Tell::Frame(frame) = reply.what {
                times.push(now);
                epochs.push(frame.epoch);
                if are_seen {
                    lab.ask(1, Ask::Seen(Cursor::default()));
                }
            }
        }
    }
    (times, epochs)
}

/// Who is busy with something else gets no more than it can draw.
#[test]
fn frames_that_nobody_sees_are_few() {
    let lab = simulated();
    lab.ask(1, Ask::Play);
    let (times, _) = frames(&lab, false);
    assert!(times.len() > 2, "{}", times.len());
    for pair in times[1..].windows(2) {
        let gap = pair[1] - pair[0];
        assert!(
            (UNSEEN_EVERY..=UNSEEN_EVERY + Simulated::POLL).contains(&gap),
            "{gap:?}"
        );
    }
}

#[test]
fn the_speed_limit_holds_on_average_and_time_at_rest_is_not_training() {
    let mut lab = simulated();
    lab.ask(1, Ask::SetSpeed(Speed::EpochsPerSecond(20.0)));
    lab.ask(1, Ask::Play);
    let start = lab.host.now.get();
    lab.until_epoch(1, 40);
    let took = lab.host.now.get() - start;
    let expected = Duration::from_millis(39 * 50);
    assert!(
        (expected..=expected + Duration::from_millis(60)).contains(&took),
        "{took:?}"
    );
    let rate = lab.snapshot(1).epochs_per_second;
    assert!((rate - 20.0).abs() < 1.0, "{rate}");
    let trained = lab.snapshot(1).trained_for;
    assert!(
        trained <= Duration::from_millis(2 * 40 + 2),
        "{trained:?}: an epoch takes a poll, the rest is waiting"
    );
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        lab.ask(1, Ask::SetSpeed(Speed::EpochsPerSecond(nonsense)));
        let epoch = lab.snapshot(1).epoch;
        lab.until_epoch(1, epoch + 30); // unlimited
    }
}

#[test]
fn a_step_waits_for_no_speed_limit() {
    let mut lab = simulated();
    lab.ask(1, Ask::SetSpeed(Speed::EpochsPerSecond(0.001)));
    let start = lab.host.now.get();
    lab.steps(1, 3);
    lab.until_paused_at(1, 3);
    assert!(lab.host.now.get() - start < Duration::from_millis(20));
}
