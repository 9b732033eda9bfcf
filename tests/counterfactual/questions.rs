//! What is answered where nothing, several or too many things were changed.

use std::cell::Cell;

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{Hyperparameters, Parameters};
use sae_lab::training::Setting;
use sae_lab::training::run::Force;
use sae_lab::training::timeline::counterfactual::{AFTER, CHANGES, Death, Limit, Outcome, What};
use sae_lab::training::timeline::{Counterfactual, ReplayError, Unreachable};

use super::past::{BASE, DIVERGES, PUT_BACK, Past, RUN, Script, pool, some_of, step};

fn digits(hyperparameters: Hyperparameters, epochs: u64) -> Script {
    Script::new(&some_of(EmbeddedSet::Digits), hyperparameters, epochs)
}

fn died(past: &Past, after: u64) -> (usize, Death) {
    past.died_after(after).unwrap()
}

#[test]
fn one_change_is_named_with_both_fates_and_a_ledger() {
    let past = digits(BASE, 90)
        .steps(&[step(40, Setting::WeightDecay, 0.05, 1)])
        .play();
    let (unit, death) = died(&past, 40);
    let answer = past.answer(unit, death.epoch);
    let named = answer.named().unwrap();
    assert_eq!(named.outcome, Outcome::Saved);
    let way = (death.epoch - 40).max(AFTER);
    assert_eq!(named.until, death.epoch + way);
    let number = unit + 1;
    let until = named.until;
    assert_eq!(
        answer.sentence(),
        format!(
            "Had λ stayed at 1e-4, unit {number} would be alive at epoch {}: replayed, {} epochs, to epoch {until}.",
            death.epoch,
            until - 40
        )
    );
    // as it was: bit for bit what the run recorded
    let track = past.run.state().history.lives().track(unit);
    for (epoch, point) in track.filter(|(epoch, _)| *epoch <= death.epoch) {
        if let Some(replayed) = answer.as_it_was.at(epoch) {
            assert_eq!(replayed.unit, point, "epoch {epoch}");
        }
    }
    assert!(answer.as_it_was.at(death.epoch).unwrap().state.is_dead());
    assert!(
        !answer
            .as_it_was
            .at(death.epoch - 1)
            .unwrap()
            .state
            .is_dead()
    );
    assert_eq!(answer.as_it_was.last().unwrap().epoch, until);
    assert_eq!(named.fate.last().unwrap().epoch, until);
    let (was, would) = (answer.as_it_was.last().unwrap(), named.fate.last().unwrap());
    assert!(would.unit.feature_norm > 2.0 * was.unit.feature_norm);
    let ledger = answer.ledger.as_ref().unwrap();
    assert_eq!(
        (ledger.from, ledger.to, ledger.unit),
        (40, death.epoch, unit)
    );
    assert!(ledger.gap() < 1e-6);
    assert!(
        ledger.along(Force::Decay) > ledger.along(Force::Reconstruction).max(0.0),
        "decay did it"
    );
}

#[test]
fn of_two_changes_that_both_kill_none_saves_alone_and_the_setting_stays_for_good() {
    let past = digits(BASE, 90)
        .steps(&[
            step(40, Setting::WeightDecay, 0.1, 1),
            step(41, Setting::WeightDecay, 0.11, 2),
        ])
        .play();
    let (unit, death) = died(&past, 40);
    let answer = past.answer(unit, death.epoch);
    let [first, second, for_good] = answer.tried.as_slice() else {
        panic!("{:?}", answer.sentence())
    };
    assert!(matches!(first.outcome, Outcome::Died { .. }));
    assert!(matches!(second.outcome, Outcome::Died { .. }));
    assert_eq!(for_good.outcome, Outcome::Saved);
    assert!(matches!(
        &for_good.undone.what,
        What::Settings { later: 1, .. }
    ));
    let sentence = answer.sentence();
    let begins = "Had λ stayed at 1e-4 from epoch 41 on, its later change undone too, unit ";
    assert!(sentence.starts_with(begins), "{sentence}");
    // a change that was made again later is not said to have stayed
    assert_eq!(first.undone.until, Some(42));
}

#[test]
fn of_two_changes_that_kill_together_the_smaller_is_named() {
    let past = digits(BASE, 130)
        .steps(&[
            step(40, Setting::SparsityTarget, 1e-3, 1),
            step(41, Setting::WeightDecay, 1e-3, 2),
        ])
        .play();
    let (unit, death) = died(&past, 41);
    let answer = past.answer(unit, death.epoch);
    let [rho, lambda] = answer.tried.as_slice() else {
        panic!("{}", answer.sentence())
    };
    assert_eq!(
        (rho.outcome, lambda.outcome),
        (Outcome::Saved, Outcome::Saved)
    );
    assert!((rho.undone.size - 50f64.ln()).abs() < 1e-9);
    assert!((lambda.undone.size - 10f64.ln()).abs() < 1e-9);
    let sentence = answer.sentence();
    assert!(
        sentence.starts_with("Had λ stayed at 1e-4, unit "),
        "{sentence}"
    );
    let ends = " 2 of the 2 tried save it: this is the smallest.";
    assert!(sentence.ends_with(ends), "{sentence}");
}

#[test]
fn where_nothing_was_changed_nothing_is_invented() {
    let high = Hyperparameters {
        weight_decay: 0.05,
        ..BASE
    };
    let past = digits(high, 60).play();
    let unit = past.run.dead_units()[0];
    let death = past.death(unit).unwrap();
    let answer = past.answer(unit, death.epoch);
    assert!(answer.tried.is_empty() && answer.named().is_none());
    let sentence = answer.sentence();
    assert!(
        sentence.ends_with("the settings that the run began with did it."),
        "{sentence}"
    );
    assert!(answer.ledger.is_ok());
}

#[test]
fn a_unit_that_never_lived_is_asked_about_where_it_is() {
    let unit = 4;
    let mut initial = Parameters::initial(64, 12, 1);
    initial.encoder_weights_mut().row_mut(unit).fill(0.0);
    initial.decoder_weights_mut().column_mut(unit).fill(0.0);
    let high = Hyperparameters {
        weight_decay: 0.5,
        ..BASE
    };
    let mut script = digits(high, 60).steps(&[step(30, Setting::LearningRate, 0.31, 1)]);
    script.initial = Some(initial);
    let past = script.play();
    let death = past.death(unit).unwrap();
    assert_eq!(
        death,
        Death {
            epoch: 60,
            lived: false
        }
    );
    let answer = past.answer(unit, death.epoch);
    assert_eq!(answer.tried.len(), 1);
    let sentence = answer.sentence();
    let begins = format!(
        "The only change before it, undone, does not save unit {}",
        unit + 1
    );
    assert!(sentence.starts_with(&begins), "{sentence}");
}

#[test]
fn too_many_changes_are_cut_and_it_is_said() {
    let mut steps: Vec<_> = (1..=20)
        .map(|nudge| {
            let value = 3.0 + 0.001 * nudge as f64;
            step(20 + nudge, Setting::SparsityWeight, value, nudge)
        })
        .collect();
    steps.push(step(45, Setting::WeightDecay, 0.05, 100));
    let past = digits(BASE, 95).steps(&steps).play();
    let (unit, death) = died(&past, 45);
    let answer = past.answer(unit, death.epoch);
    assert_eq!(answer.limit, Some(Limit::Changes));
    assert_eq!(answer.tried.len(), CHANGES);
    let sentence = answer.sentence();
    assert!(
        sentence.starts_with("Had λ stayed at 1e-4, unit "),
        "{sentence}"
    );
    let ends = " There are more changes before: the last 16 were tried.";
    assert!(sentence.ends_with(ends), "{sentence}");
}

#[test]
fn a_revival_and_a_divergence_are_gone_through() {
    let mut script = digits(BASE, 120).steps(&[
        step(20, Setting::WeightDecay, 0.1, 1),
        step(50, Setting::WeightDecay, 1e-4, 2),
        step(80, Setting::WeightDecay, 0.1, 5),
    ]);
    script.revivals = vec![(50, (0..12).collect())];
    script.diverges_at = Some(60);
    let past = script.play();
    let (unit, death) = died(&past, 80);
    let answer = past.answer(unit, death.epoch);
    let of = |number: u64| {
        let ours =
            |what: &What| matches!(what, What::Settings { gesture, .. } if gesture.0 == number);
        let mut tried = answer.tried.iter();
        tried.find(|tried| ours(&tried.undone.what)).unwrap()
    };
    assert!(matches!(of(DIVERGES).outcome, Outcome::Died { .. }));
    assert_eq!(of(PUT_BACK).outcome, Outcome::Diverged { epoch: 61 });
    let named = answer.named().unwrap();
    assert!(matches!(&named.undone.what, What::Settings { gesture, .. } if gesture.0 == 5));
    let revival = answer
        .tried
        .iter()
        .find(|tried| matches!(tried.undone.what, What::Revival { .. }));
    let revival = revival.expect("it is one of the changes");
    assert!(matches!(revival.outcome, Outcome::Died { .. }));
    assert!(
        revival.line().contains("units not revived"),
        "{}",
        revival.line()
    );
    assert!(answer.ledger.is_ok(), "it begins after the revival");
}

#[test]
fn it_stops_when_told_and_counts_its_epochs() {
    let past = digits(BASE, 90)
        .steps(&[
            step(38, Setting::SparsityWeight, 3.01, 1),
            step(40, Setting::WeightDecay, 0.05, 2),
        ])
        .play();
    let (unit, death) = died(&past, 40);
    let question = past.question(unit, death.epoch);
    assert_eq!(
        (question.unit(), question.death(), question.changes()),
        (unit, death.epoch, 2)
    );
    let last = Cell::new((0, 0));
    let told = |done: u64, of: u64| {
        assert!(
            done <= of && done >= last.get().0,
            "{done} of {of} after {last:?}"
        );
        last.set((done, of));
        true
    };
    question.play(&pool(), &told).unwrap();
    let (done, of) = last.get();
    assert!(done * 10 >= of * 8, "{done} of {of}");
    let stopped = question.play(&pool(), &|done, _| done < 30).unwrap_err();
    assert_eq!(stopped, ReplayError::Stopped);
}

#[test]
fn what_is_not_kept_is_said() {
    let mut script = digits(BASE, 90).steps(&[step(40, Setting::WeightDecay, 0.05, 1)]);
    let past = script.play();
    let (unit, death) = died(&past, 40);
    let of = |epoch| Counterfactual::new(&past.archive, RUN, unit, epoch).err();
    assert_eq!(of(91), Some(Unreachable::Future { epoch: 91, now: 90 }));
    // little room: the keyframes are far apart, or, with 64 bytes, weights alone but at the beginning; the answer is the same
    for budget in [1 << 20, 64] {
        script.budget = budget;
        let little = script.play();
        assert!(little.archive.memory(RUN).frames < 80);
        let answer = little.answer(unit, death.epoch);
        assert!(answer.sentence().starts_with("Had λ stayed at 1e-4, unit "));
    }
}
