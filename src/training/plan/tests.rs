use proptest::prelude::*;

use super::*;
use crate::model::{BatchSize, GradientForm, OptimizerKind};
use crate::training::record::{Setting, Value};

fn plan(texts: &[&str]) -> Result<Plan, PlanError> {
    Plan::parse(texts.iter().copied())
}

fn checked(texts: &[&str]) -> Result<(), PlanError> {
    plan(texts)?.check(&Experiment::default(), 10)
}

#[test]
fn what_is_planned_is_read_in_the_order_of_its_epochs() {
    let plan = plan(&[
        "300:lambda=6e-4,301:lambda=1e-3",
        "20:revive=7+3+3",
        "41:diverges",
        "41:alpha=.01",
        "20:batch=full",
    ])
    .unwrap();
    let set = |setting, value, gesture| {
        Step::Set(Change {
            setting,
            value,
            gesture: Gesture(gesture),
        })
    };
    let expected = [
        (20, Step::Revive(vec![3, 7])),
        (20, set(Setting::Batch, Value::Batch(BatchSize::Full), 1)),
        (41, Step::Diverge),
        (41, set(Setting::LearningRate, Value::Number(0.01), 2)),
        (300, set(Setting::WeightDecay, Value::Number(6e-4), 3)),
        (301, set(Setting::WeightDecay, Value::Number(1e-3), 3)),
    ];
    let planned = plan.steps().iter();
    assert!(planned.map(|p| (p.epoch, p.what.clone())).eq(expected));
    assert_eq!(
        plan.texts(),
        [
            "20:revive=3+7",
            "20:batch=full",
            "41:diverges",
            "41:alpha=0.01",
            "300:lambda=6e-4,301:lambda=1e-3"
        ]
    );
    assert_eq!(plan.after(41).texts(), ["300:lambda=6e-4,301:lambda=1e-3"]);
    assert_eq!(plan.after(301).len(), 0);
    assert_eq!(plan.last_gesture(), Some(Gesture(3)));
}

#[test]
fn what_can_not_be_done_is_refused_in_a_sentence_that_says_why() {
    for (text, why) in [
        ("", "EPOCH:SETTING=VALUE"),
        ("lambda=1", "EPOCH:SETTING=VALUE"),
        ("12:hidden=9", "rho, beta"),
        ("12:lambda", "EPOCH:SETTING=VALUE"),
        ("0:lambda=1", "from 1"),
        ("-3:lambda=1", "from 1"),
        ("+3:lambda=1", "from 1"),
        ("9007199254740992:lambda=1", "from 1"),
        ("99999999999999999999999999:lambda=1", "from 1"),
        ("12:lambda=x", "a number"),
        ("12:lambda=", "a number"),
        ("12:batch=0", "full, or"),
        ("12:optimizer=sgd", "descent"),
        ("12:gradient=wrong", "exact or printed"),
        ("12:revive=", "units from 0"),
        ("12:revive=-1", "units from 0"),
        ("12:lambda=1,", "EPOCH:SETTING=VALUE"),
        ("12:lambda=NaN", "λ"),
        ("12:alpha=inf", "α"),
        ("12:rho=1", "ρ"),
        ("12:beta=-1", "β"),
        ("12:momentum=1", "momentum"),
        ("12:revive=25", "units 0 to 24"),
        ("10:lambda=1", "has done 10 epochs"),
    ] {
        let error = checked(&[text]).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
        assert_eq!(error.lines().count(), 1);
    }
    let long = format!("12:{}=3", "λ".repeat(100_000));
    let error = plan(&[&long]).unwrap_err().to_string();
    assert!(error.len() < 600, "{}", error.len());
}

#[test]
fn a_hundred_more_than_can_be_planned_are_counted() {
    let many = |count: usize| vec!["12:lambda=1e-3"; count];
    assert_eq!(plan(&many(MOST)).unwrap().len(), MOST);
    let refused = plan(&many(MOST + 100)).unwrap_err();
    assert_eq!(refused, PlanError::TooMany { count: MOST + 100 });
    assert!(refused.to_string().contains("run.saelab"));
}

fn any_step() -> impl Strategy<Value = Step> {
    let number = prop_oneof![1e-9..0.999f64, Just(0.5)];
    let setting = proptest::sample::select(Setting::all().collect::<Vec<_>>());
    let set = (setting, number, 1..9_999usize, any::<bool>(), 0..4u64).prop_map(
        |(setting, number, rows, full, gesture)| {
            let value = match setting {
                Setting::Optimizer => Value::Optimizer(OptimizerKind::ALL[rows % 4]),
                Setting::Batch if full => Value::Batch(BatchSize::Full),
                Setting::Batch => Value::Batch(BatchSize::Samples(rows)),
                Setting::Gradient if full => Value::Gradient(GradientForm::Exact),
                Setting::Gradient => Value::Gradient(GradientForm::Printed),
                _ => Value::Number(number),
            };
            let gesture = Gesture(gesture);
            Step::Set(Change {
                setting,
                value,
                gesture,
            })
        },
    );
    prop_oneof![
        8 => set,
        1 => proptest::collection::vec(0..25usize, 1..4).prop_map(Step::Revive),
        1 => Just(Step::Diverge),
    ]
}

pub fn any_plan(most: usize) -> impl Strategy<Value = Plan> {
    let planned = (11..1u64 << 40, any_step()).prop_map(|(epoch, what)| Planned { epoch, what });
    proptest::collection::vec(planned, 0..most).prop_map(|planned| Plan::new(planned).unwrap())
}

proptest! {
    #[test]
    fn a_plan_comes_back_from_its_texts(plan in any_plan(MOST)) {
        let texts = plan.texts();
        prop_assert_eq!(Plan::parse(texts.iter().map(String::as_str)).unwrap(), plan.clone());
        prop_assert!(plan.check(&Experiment::default(), 10).is_ok());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}") {
        let _ = checked(&[&text]);
    }

    #[test]
    fn text_that_is_nearly_a_change_is_read_or_refused(
        text in "[0-9]{0,20}:(lambda|rho|batch|revive|optimizer)=[0-9+e.,-]{0,12}",
    ) {
        if let Err(error) = checked(&[&text]) {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}

#[test]
fn a_runs_file_of_before_there_were_plans_is_read() {
    use crate::data::{DataSet, DataSpec, SampleShape, Samples};
    use crate::numerics::WorkerPool;
    use crate::training::run::{CheckpointHead, Run};
    let samples = Samples::F32(ndarray::Array2::from_shape_fn((6, 4), |(i, j)| {
        ((i + 2 * j) % 5) as f32 / 5.0
    }));
    let shape = SampleShape::Vector { length: 4 };
    let data = std::sync::Arc::new(DataSet::new("few", DataSpec::default(), samples, shape));
    let pool = std::sync::Arc::new(WorkerPool::new(1));
    let run = Run::<f32>::new(Experiment::default(), data, None, pool).unwrap();
    let checkpoint = run.checkpoint();
    let mut head = serde_json::to_value(checkpoint.head()).unwrap();
    let fields = head.as_object_mut().unwrap();
    assert!(fields.remove("planned").is_some());
    fields.insert("version".to_owned(), 4.into());
    let head: CheckpointHead = serde_json::from_value(head).unwrap();
    let arrays = checkpoint.arrays();
    let array = |name: &str| {
        let found = arrays.iter().find(|array| array.name == name);
        found.map(|array| array.numbers.clone()).ok_or(())
    };
    let preparation = checkpoint.preparation().clone();
    let history = checkpoint.history().clone();
    let read = crate::training::Checkpoint::of_parts(head, array, preparation, history).unwrap();
    assert_eq!(read, checkpoint);
}
