//! Scripted deaths: one change kills, others are made beside it that do not matter. The change that is named saves the
//! unit, and undoing any other does not: both by the answer, and by playing the whole script again without it.

use std::sync::Arc;

use sae_lab::data::{DataSet, EmbeddedSet};
use sae_lab::model::{
    BatchSize, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use sae_lab::training::Setting;
use sae_lab::training::timeline::counterfactual::{Outcome, Tried, What};

use super::past::{BASE, Script, Step, some_of, step};

/// The gesture that kills.
const KILLER: u64 = 100;

struct Case {
    name: String,
    script: Script,
    /// The last epoch before the killer.
    before: u64,
}

const DESCENT: Hyperparameters = Hyperparameters {
    learning_rate: 0.1,
    optimizer: OptimizerKind::Descent,
    batch: BatchSize::Full,
    ..BASE
};

fn gesture(tried: &Tried) -> u64 {
    match &tried.undone.what {
        What::Settings { gesture, .. } => gesture.0,
        What::Revival { .. } => panic!("nobody was revived"),
    }
}

/// Changes that do not matter: two before `epoch`, two with it or after it.
fn beside(epoch: u64, killer: Setting, settings: &Hyperparameters) -> Vec<Step> {
    let mut steps = Vec::new();
    let nudges = [
        (
            epoch - 3,
            Setting::SparsityTarget,
            settings.sparsity_target * 0.998,
        ),
        (
            epoch - 1,
            Setting::SparsityWeight,
            settings.sparsity_weight * 1.01,
        ),
        (epoch, Setting::LearningRate, settings.learning_rate * 0.99),
        (
            epoch + 1,
            Setting::WeightDecay,
            settings.weight_decay * 1.05,
        ),
    ];
    for (number, (at, setting, value)) in nudges.into_iter().enumerate() {
        if setting != killer {
            steps.push(step(at, setting, value, number as u64));
        }
    }
    steps
}

fn case(name: String, mut script: Script, seed: u64, killer: &[Step]) -> Case {
    let first = killer[0];
    let settings = script.experiment.hyperparameters;
    script.experiment.seed = seed;
    script.steps = beside(first.epoch, first.setting, &settings);
    script.steps.extend(killer);
    script.steps.sort_by_key(|step| step.epoch);
    Case {
        name,
        script,
        before: first.epoch,
    }
}

fn kill(epoch: u64, setting: Setting, value: f64) -> Step {
    step(epoch, setting, value, KILLER)
}

/// All thirty.
fn cases() -> Vec<Case> {
    use Setting::{LearningRate, SparsityTarget, SparsityWeight, WeightDecay};
    let (digits, bars) = (some_of(EmbeddedSet::Digits), some_of(EmbeddedSet::Bars));
    let plain = |data: &Arc<DataSet>, settings, epochs| Script::new(data, settings, epochs);
    let shaped = |mut script: Script, hidden, output| {
        script.experiment.hidden_activation = hidden;
        script.experiment.output_activation = output;
        script
    };
    let mut cases = Vec::new();
    let mut add = |name: String, script: Script, seed: u64, killer: &[Step]| {
        cases.push(case(format!("{name}, seed {seed}"), script, seed, killer));
    };
    for seed in 1..=3 {
        for decay in [0.05, 0.1] {
            let killer = [kill(40, WeightDecay, decay)];
            add(
                format!("λ to {decay}"),
                plain(&digits, BASE, 90),
                seed,
                &killer,
            );
        }
        let drag: Vec<Step> = [2e-3, 8e-3, 3e-2, 6e-2]
            .iter()
            .zip(40..)
            .map(|(value, epoch)| kill(epoch, WeightDecay, *value))
            .collect();
        add("λ dragged".into(), plain(&digits, BASE, 90), seed, &drag);
        let killer = [kill(60, WeightDecay, 0.1)];
        add("λ, bars".into(), plain(&bars, BASE, 110), seed, &killer);
        let decayed = Hyperparameters {
            weight_decay: 1e-3,
            ..BASE
        };
        let killer = [kill(40, SparsityTarget, 1e-3)];
        add("ρ".into(), plain(&digits, decayed, 130), seed, &killer);
        for weight in [200.0, 300.0] {
            let killer = [kill(150, SparsityWeight, weight)];
            let script = plain(&digits, DESCENT, 180);
            add(format!("β to {weight}"), script, seed, &killer);
        }
        let killer = [kill(150, LearningRate, 8.0)];
        let script = plain(&digits, DESCENT, 200);
        add("α".into(), script, seed, &killer);
    }
    let tanh = |script| shaped(script, HiddenActivation::Tanh, OutputActivation::Sigmoid);
    let killer = [kill(40, WeightDecay, 0.2)];
    add("λ, tanh".into(), tanh(plain(&digits, BASE, 90)), 1, &killer);
    add("λ, tanh".into(), tanh(plain(&digits, BASE, 90)), 2, &killer);
    let slow = Hyperparameters {
        learning_rate: 0.02,
        ..BASE
    };
    let linear = |script| shaped(script, HiddenActivation::Sigmoid, OutputActivation::Linear);
    let killer = [kill(60, WeightDecay, 0.3)];
    add(
        "λ, linear".into(),
        linear(plain(&digits, slow, 130)),
        1,
        &killer,
    );
    let lbfgs = Hyperparameters {
        optimizer: OptimizerKind::Lbfgs,
        ..BASE
    };
    let killer = [kill(40, WeightDecay, 0.05)];
    add("λ, L-BFGS".into(), plain(&digits, lbfgs, 90), 1, &killer);
    let adam = Hyperparameters {
        optimizer: OptimizerKind::Adam,
        learning_rate: 0.01,
        ..BASE
    };
    let killer = [kill(40, WeightDecay, 1.0)];
    add("λ, Adam".into(), plain(&digits, adam, 90), 1, &killer);
    let unheld = Hyperparameters {
        sparsity_weight: 0.5,
        ..BASE
    };
    let killer = [kill(40, WeightDecay, 0.2)];
    add("λ, weak β".into(), plain(&digits, unheld, 90), 1, &killer);
    cases
}

/// What is wrong with the answer, if anything is.
fn prove(case: &Case) -> Result<(), String> {
    let script = &case.script;
    let past = script.play();
    let Some((unit, death)) = past.died_after(case.before) else {
        return Err(format!("nobody died: {}", past.run.counts()));
    };
    let answer = past.answer(unit, death.epoch);
    println!("{}: {}", case.name, answer.sentence());
    let Some(named) = answer.named() else {
        return Err("nothing is named".into());
    };
    if gesture(named) != KILLER {
        return Err(format!("names {}", named.line()));
    }
    let lives = |gesture: u64, until: u64| {
        let mut other = script.without(gesture);
        // nothing is done after the death
        other.steps.retain(|step| step.epoch < death.epoch);
        other.epochs = until;
        let other = other.play();
        (death.epoch..=until).all(|epoch| !other.is_dead(epoch, unit))
    };
    if !lives(KILLER, named.until) {
        return Err("it does not live where the script is played without it".into());
    }
    let controls: Vec<&Tried> = answer
        .tried
        .iter()
        .filter(|tried| gesture(tried) != KILLER)
        .collect();
    if controls.len() < 2 {
        return Err(format!("only {} controls", controls.len()));
    }
    for control in controls {
        let Outcome::Died { .. } = control.outcome else {
            return Err(format!("a control: {}", control.line()));
        };
        if lives(gesture(control), control.until) {
            return Err(format!("it lives without {}", control.line()));
        }
    }
    Ok(())
}

#[test]
fn the_change_named_saves_the_unit_and_no_other_does() {
    let cases = cases();
    assert_eq!(cases.len(), 30);
    let all = std::env::var_os("SAE_LAB_FULL").is_some();
    let chosen = cases.iter().step_by(if all { 1 } else { 5 });
    let wrong: Vec<String> = chosen
        .filter_map(|case| prove(case).err().map(|why| format!("{}: {why}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
