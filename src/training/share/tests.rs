use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::select;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::data::{
    Colour, Column, Columns, Cut, DataSource, DataSpec, Decimal, EmbeddedSet, Held, Incomplete,
    Labels, Orientation, Preparation, Reading, Scaling, Whitening,
};
use crate::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use crate::numerics::Precision;
use crate::training::Preset;
use crate::training::plan::tests::any_plan;

fn any_source() -> impl Strategy<Value = DataSource> {
    let name = || "[^/\\x00]{1,20}".prop_map(PathBuf::from);
    prop_oneof![
        select(EmbeddedSet::ALL.to_vec()).prop_map(DataSource::Embedded),
        name().prop_map(DataSource::File),
        proptest::collection::vec(name(), 1..4).prop_map(DataSource::Files),
    ]
}

fn any_column() -> impl Strategy<Value = Column> {
    prop_oneof![
        any::<usize>().prop_map(Column::At),
        ".{0,12}".prop_map(Column::Named),
        select(vec!["all", "none", "3", ".x", "a+b", ""])
            .prop_map(|name| Column::Named(name.to_owned())),
    ]
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let columns = prop_oneof![
        Just(Columns::Suggested),
        Just(Columns::All),
        proptest::collection::vec(any_column(), 0..5).prop_map(Columns::These),
    ];
    let labels = prop_oneof![
        Just(Labels::Auto),
        Just(Labels::None),
        any_column().prop_map(Labels::Column),
    ];
    let incomplete = select(vec![
        Incomplete::Auto,
        Incomplete::LeaveOut,
        Incomplete::FillMean,
    ]);
    let decimal = select(vec![Decimal::Auto, Decimal::Comma]);
    let orientation = select(vec![
        Orientation::Careful,
        Orientation::Suggested,
        Orientation::Rows,
        Orientation::Columns,
    ]);
    (columns, labels, incomplete, decimal, orientation).prop_map(
        |(columns, labels, incomplete, decimal, orientation)| Reading {
            columns,
            labels,
            incomplete,
            decimal,
            orientation,
        },
    )
}

fn any_preparation() -> impl Strategy<Value = Option<Preparation>> {
    let whitening = prop_oneof![
        Just(Whitening::None),
        Just(Whitening::OlshausenField),
        (1e-9..1e3f64).prop_map(|epsilon| Whitening::Zca { epsilon }),
    ];
    let scaling = select(vec![
        Scaling::None,
        Scaling::Levels,
        Scaling::Clip,
        Scaling::Unit,
        Scaling::UnitColumns,
        Scaling::Standardise,
    ]);
    let preparation = (any::<[bool; 2]>(), whitening, scaling).prop_map(
        |([grey, remove_mean], whitening, scaling)| Preparation {
            colour: if grey { Colour::Grey } else { Colour::Keep },
            remove_mean,
            whitening,
            scaling,
        },
    );
    proptest::option::of(preparation)
}

fn any_spec() -> impl Strategy<Value = DataSpec> {
    let held = prop_oneof![
        Just(Held::None),
        Just(Held::OwnSplit),
        (1e-6..0.9f64).prop_map(Held::Fraction),
    ];
    let cut = select(vec![Cut::Auto, Cut::Whole, Cut::Patches]);
    let sizes = (any::<usize>(), any::<usize>(), any::<u64>());
    let variable = proptest::option::of(".{0,12}");
    (
        any_source(),
        any_reading(),
        any_preparation(),
        held,
        cut,
        sizes,
        variable,
    )
        .prop_map(
            |(source, reading, preparation, held, cut, (patch, patches, seed), variable)| {
                let embedded = matches!(source, DataSource::Embedded(_));
                DataSpec {
                    // what the program carries is read in one way only
                    reading: if embedded {
                        Reading::default()
                    } else {
                        reading
                    },
                    source,
                    cut,
                    patch,
                    patches,
                    preparation,
                    seed,
                    variable,
                    held,
                }
            },
        )
}

fn any_settings() -> impl Strategy<Value = Hyperparameters> {
    let numbers = (
        1e-6..0.999f64,
        0.0..1e4f64,
        1e-12..1e4f64,
        0.0..10f64,
        0.0..0.999f64,
    );
    let batch = proptest::option::of(1..usize::MAX);
    (
        numbers,
        select(OptimizerKind::ALL.to_vec()),
        batch,
        any::<bool>(),
    )
        .prop_map(
            |((rho, beta, alpha, lambda, momentum), optimizer, batch, exact)| Hyperparameters {
                sparsity_target: rho,
                sparsity_weight: beta,
                learning_rate: alpha,
                weight_decay: lambda,
                momentum,
                optimizer,
                batch: batch.map_or(BatchSize::Full, BatchSize::Samples),
                gradient: if exact {
                    GradientForm::Exact
                } else {
                    GradientForm::Printed
                },
            },
        )
}

fn any_share() -> impl Strategy<Value = Share> {
    let experiment = (
        any_spec(),
        25..usize::MAX,
        select(HiddenActivation::ALL.to_vec()),
        select(OutputActivation::ALL.to_vec()),
        any::<u64>(),
        select(vec![Precision::F32, Precision::F64]),
        any_settings(),
    )
        .prop_map(
            |(data, hidden, hidden_activation, output_activation, seed, precision, settings)| {
                Experiment {
                    data,
                    hidden,
                    hidden_activation,
                    output_activation,
                    seed,
                    precision,
                    hyperparameters: settings,
                }
            },
        );
    let print = || {
        any::<(u64, u64, u64)>().prop_map(|(count, inputs, print)| Print {
            count,
            inputs,
            print,
        })
    };
    (
        experiment,
        any_plan(40),
        0..1u64 << 53,
        print(),
        proptest::option::of(print()),
        proptest::option::of(any::<u64>()),
        "[a-z0-9-]{1,12}",
        any::<u32>(),
    )
        .prop_map(
            |(experiment, plan, epoch, samples, test, state, kernel_path, numerics_version)| {
                Share {
                    experiment,
                    plan,
                    epoch,
                    samples,
                    test,
                    state,
                    kernel_path,
                    numerics_version,
                }
            },
        )
}

/// Edges, with some changes.
fn edges() -> Share {
    Share {
        experiment: Preset::Edges.experiment(),
        plan: Plan::parse([
            "300:lambda=6e-4",
            "312:beta=5,313:beta=6,315:beta=8.5",
            "400:revive=3+17",
        ])
        .unwrap(),
        epoch: 412,
        samples: Print {
            count: 10_000,
            inputs: 144,
            print: 0x0123_4567_89ab_cdef,
        },
        test: None,
        state: Some(0xfedc_ba98_7654_3210),
        kernel_path: "avx512".to_owned(),
        numerics_version: 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_thousand_runs_come_back_from_their_lines(share in any_share()) {
        let line = share.to_line();
        let allowed = |c: char| c.is_ascii_alphanumeric() || ":/=,+%-.".contains(c);
        prop_assert!(line.chars().all(allowed), "{}", line);
        prop_assert_eq!(&Share::from_line(&line).unwrap(), &share);
        // the same run is the same line
        prop_assert_eq!(Share::from_line(&line).unwrap().to_line(), line);
    }
}

#[test]
fn a_line_can_be_read_by_people_and_survives_the_post() {
    let share = edges();
    let line = share.to_line();
    assert!(
        line.starts_with("sae-lab:1/data=photos/patch=12/patches="),
        "{line}"
    );
    for part in [
        "/hidden=64/",
        "/lambda=1.5e-4/",
        "/at=300:lambda=6e-4/at=312:beta=5,313:beta=6,315:beta=8.5/at=400:revive=3+17/",
        "/epochs=412/",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(line.len() < 600, "{}", line.len());
    let broken: String = line
        .as_bytes()
        .chunks(60)
        .map(|chunk| format!("> {}\r\n", std::str::from_utf8(chunk).unwrap()))
        .collect();
    for text in [
        format!("  {line}\n"),
        format!("Have a look: {line} — it dies at 300!"),
        format!("\"{line}\""),
        format!("<{line}>."),
        format!("'{line}'"),
        broken,
        line.replace('/', "/\u{200b}"),
    ] {
        assert!(begins_a_line(&text));
        assert_eq!(Share::from_line(&text).as_ref(), Ok(&share), "{text}");
    }
}

#[test]
fn a_line_that_is_cut_off_is_said_to_be() {
    let line = edges().to_line();
    for end in "sae-lab:1".len()..line.len() {
        assert_eq!(
            Share::from_line(&line[..end]),
            Err(LineError::CutOff),
            "{end}"
        );
    }
    let said = LineError::CutOff.to_string();
    assert!(said.contains("cut off"), "{said}");
}

/// `line` with the check of what it now says.
fn resealed(line: &str) -> String {
    let (told, _) = line.rsplit_once("/check=").unwrap();
    format!(
        "{told}/check={:08x}",
        xxhash_rust::xxh3::xxh3_64(told.as_bytes()) as u32
    )
}

#[test]
fn what_can_not_be_is_refused_in_a_sentence() {
    let line = edges().to_line();
    let with = |from: &str, to: &str| {
        assert!(line.contains(from), "{from}");
        resealed(&line.replacen(from, to, 1))
    };
    for (text, why) in [
        (String::new(), "no share line"),
        ("hello".to_owned(), "no share line"),
        ("sae-lab:".to_owned(), "no share line"),
        (line.replacen(":1/", ":2/", 1), "of version 2"),
        (
            line.replacen(":1/", ":99999999999999999999999999/", 1),
            "newer",
        ),
        (
            line.replacen("hidden=64", "hidden=65", 1),
            "lost or changed",
        ),
        (with("hidden=64", "hidden=0"), "hidden can't be"),
        (with("hidden=64", "hidden=-1"), "hidden can't be"),
        (with("/hidden=64", ""), "no hidden"),
        (
            with("/hidden=64", "/hidden=64/hidden=64"),
            "hidden can't be",
        ),
        (with("/hidden=64", "/hidden=64/colour=red"), "does not know"),
        (with("/hidden=64", "/hidden=64/colour"), "does not know"),
        (with("data=photos", "data=etc"), "data can't be"),
        (with("data=photos", "data=file:%FF"), "data can't be"),
        (with("data=photos", "data=file:%2"), "data can't be"),
        (with("rho=", "rho=NaN"), "can't be"),
        (with("lambda=1.5e-4", "lambda=-1"), "λ"),
        (with("300:lambda=6e-4", "300:lambda=-1"), "λ"),
        (with("300:lambda=6e-4", "0:lambda=1"), "from 1"),
        (with("400:revive=3+17", "400:revive=64"), "units 0 to 63"),
        (
            with("epochs=412", "epochs=99999999999999999999"),
            "epochs can't be",
        ),
        (
            with("samples=10000x144:", "samples=10000:"),
            "samples can't be",
        ),
        ("sae-lab:1/".repeat(20_000), "longer than"),
        (
            format!("sae-lab:1/{}", "x".repeat(MOST_LINE)),
            "longer than",
        ),
    ] {
        let error = Share::from_line(&text).expect_err(&text).to_string();
        assert!(error.contains(why), "{}: {error}", line::shown(&text));
        assert_eq!(error.lines().count(), 1);
        assert!(error.len() < 700, "{error}");
    }
    let many = vec!["/at=300:beta=5"; crate::training::plan::MOST].concat();
    let text = with("/at=300:lambda=6e-4", &many);
    let error = Share::from_line(&text).unwrap_err().to_string();
    assert!(error.contains("run.saelab"), "{error}");
}

#[test]
fn ten_thousand_mutations_are_read_or_refused() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let whole = edges().to_line();
    let (mut read, mut refused) = (0, 0);
    for round in 0..10_000 {
        let mut line: Vec<u8> = whole.as_bytes().to_vec();
        for _ in 0..random.random_range(1..4) {
            let place = random.random_range(0..line.len());
            match random.random_range(0..5) {
                0 => line[place] = random.random_range(0..=255),
                1 => line[place] = b"0123456789:/=,+%.-"[random.random_range(0..18)],
                2 => {
                    line.remove(place);
                }
                3 => line.truncate(place.max(1)),
                _ => {
                    let end = (place + random.random_range(1..30)).min(line.len());
                    let part = line[place..end].to_vec();
                    line.splice(place..place, part);
                }
            }
        }
        let mut text = String::from_utf8_lossy(&line).into_owned();
        if round % 2 == 0 && text.contains("/check=") {
            text = resealed(&text); // as somebody who means harm
        }
        match Share::from_line(&text) {
            Ok(share) => {
                read += 1;
                assert_eq!(Share::from_line(&share.to_line()), Ok(share));
            }
            Err(error) => {
                refused += 1;
                let said = error.to_string();
                assert!(said.lines().count() == 1 && said.len() < 900, "{said}");
            }
        }
    }
    assert!(read > 100 && refused > 5_000, "{read} {refused}");
}

#[test]
fn what_has_no_option_takes_the_line() {
    let mut share = edges();
    let photos = DataSource::Embedded(EmbeddedSet::Photos);
    let command = share.to_command(&photos, "my runs", share.epochs_or(100));
    assert!(
        command.starts_with("sae-lab train --data photos --patch 12 "),
        "{command}"
    );
    assert!(
        command.contains("--at 300:lambda=6e-4 --at 312:beta=5,313:beta=6,315:beta=8.5 --at 400:revive=3+17 --epochs 412"),
        "{command}"
    );
    assert!(command.ends_with("--out 'my runs'"), "{command}");
    // a preparation that no name has
    share.experiment.data.preparation = Some(Preparation {
        remove_mean: true,
        ..Preparation::UNIT
    });
    let file = DataSource::File("it's mine.csv".into());
    let command = share.to_command(&file, "out", 412);
    assert!(
        command.starts_with("sae-lab train --share sae-lab:1/"),
        "{command}"
    );
    assert!(
        command.contains("--data 'it'\\''s mine.csv' --epochs 412"),
        "{command}"
    );
}
