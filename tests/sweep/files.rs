//! The table, the folders of the runs and the picture.

use std::path::Path;
use std::process::Command;

use crate::{Table, swept};

const RUNS: [&str; 5] = [
    "model.npz",
    "history.csv",
    "features.png",
    "reconstructions.png",
    "run.json",
];

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn fvu_column(history: &str) -> usize {
    let head = history.lines().next().unwrap();
    head.split(',').position(|name| name == "fvu").unwrap()
}

#[test]
fn each_run_is_a_row_and_a_folder_and_has_the_bits_of_train() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    let common = [
        "--data",
        "bars",
        "--patches",
        "200",
        "--hidden",
        "6",
        "--batch",
        "40",
        "--seed",
        "5",
        "--epochs",
        "12",
        "--threads",
        "2",
    ];
    let varied = [
        "--vary",
        "lambda=1e-4:1e-1:log:2",
        "--vary",
        "rho=.1:.2:linear:3",
        "--seeds",
        "2",
    ];
    let goal = ["--to", "fvu=.94", "--draw", "epochs", "--json"];
    let output = swept(&out, &[&common[..], &varied, &goal].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["runs"], &report["kept"], &report["done"]),
        (&12.into(), &0.into(), &12.into())
    );
    assert_eq!(report["crossings"].as_array().unwrap().len(), 3);
    let table = Table::read(&out);
    let head = table.columns[..17].join(" ");
    assert_eq!(
        head,
        "rho beta alpha lambda hidden seed epochs total_cost reconstruction_loss fvu alive constant silent saturated \
         duplicate converged status"
    );
    assert_eq!(table.rows.len(), 12);
    // in the order of the grid: the seed first, then the last setting
    assert_eq!(table.numbers("seed")[..4], [5.0, 6.0, 5.0, 6.0]);
    let (rho, lambda) = (table.column("rho"), table.column("lambda"));
    assert_eq!(
        [rho[0], rho[2], rho[4], rho[6]],
        ["0.1", "0.15", "0.2", "0.1"]
    );
    assert_eq!(
        [lambda[0], lambda[5], lambda[6], lambda[11]],
        ["0.0001", "0.0001", "0.1", "0.1"]
    );
    for (number, row) in table.rows.iter().enumerate() {
        let of = |name: &str| table.column(name)[number].to_owned();
        let run = out.join(format!("runs/{number:05}"));
        assert_eq!(of("run"), format!("{number:05}"));
        let document = json(&run.join("run.json"));
        let results = &document["results"];
        for name in [
            "total_cost",
            "reconstruction_loss",
            "fvu",
            "alive",
            "constant",
            "duplicate",
        ] {
            let value: f64 = of(name).parse().unwrap();
            assert_eq!(results[name].as_f64(), Some(value), "{name} of {row:?}");
        }
        assert_eq!(
            (of("status"), of("epochs"), of("hidden")),
            ("done".into(), "12".into(), "6".into())
        );
        let history = std::fs::read_to_string(run.join("history.csv")).unwrap();
        let cost = |epoch: usize| -> f64 {
            let line = history.lines().nth(epoch + 1).unwrap();
            line.split(',').nth(1).unwrap().parse().unwrap()
        };
        let fvu = history.lines().skip(1).position(|line| {
            let value = line.split(',').nth(fvu_column(&history)).unwrap();
            value.parse::<f64>().unwrap() <= 0.94
        });
        assert_eq!(
            of("epochs_to"),
            fvu.map_or(String::new(), |epoch| epoch.to_string())
        );
        let converged = cost(10) - cost(12) < 1e-3 * cost(10);
        assert_eq!(of("converged"), u8::from(converged).to_string());
        if number % 5 == 0 {
            let alone = folder.path().join("alone");
            let settings = [
                "--rho",
                &of("rho"),
                "--lambda",
                &of("lambda"),
                "--seed",
                &of("seed"),
            ];
            // the sweep's own --seed is the first
            let shared = common.iter().filter(|word| !["--seed", "5"].contains(word));
            let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
                .arg("train")
                .args(shared)
                .args(settings)
                .arg("--overwrite")
                .arg("--out")
                .arg(&alone)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            for name in RUNS.into_iter().filter(|name| *name != "run.json") {
                let (swept, alone) = (
                    std::fs::read(run.join(name)),
                    std::fs::read(alone.join(name)),
                );
                assert!(swept.unwrap() == alone.unwrap(), "{name} of run {number}");
            }
        }
    }
    let picture = image::open(out.join("sweep.png")).unwrap();
    assert!((480..1000).contains(&picture.width()) && (250..1000).contains(&picture.height()));
}

#[test]
fn runs_that_diverge_are_rows() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    let output = swept(
        &out,
        &[
            "--data",
            "bars",
            "--patches",
            "100",
            "--hidden",
            "3",
            "--optimizer",
            "descent",
            "--epochs",
            "10",
            "--vary",
            "alpha=.1:1e38:log:3",
        ],
    );
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("1 diverged") || said.contains("2 diverged"),
        "{said}"
    );
    let table = Table::read(&out);
    let status = table.column("status");
    assert_eq!((status[0], status[2]), ("done", "diverged"));
    assert_eq!(table.column("converged")[2], "0");
    let document = json(&out.join("runs/00002/run.json"));
    let why = document["results"]["diverged"].as_str().unwrap();
    assert!(why.contains('α'), "{why}");
}

#[test]
fn other_settings_and_data_are_swept_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("x.csv");
    let rows: Vec<String> = (0..40)
        .map(|i| {
            format!(
                "{},{},{}",
                (i % 7) as f64 / 7.0,
                (i % 5) as f64 / 5.0,
                (i % 3) as f64 / 3.0
            )
        })
        .collect();
    std::fs::write(&data, rows.join("\n")).unwrap();
    let data = data.to_str().unwrap();
    for (place, varied) in [
        "hidden=1:5:linear:5",
        "batch=5:40:log:4",
        "momentum=0:.9:linear:3",
        "beta=0:3:linear:2",
    ]
    .iter()
    .enumerate()
    {
        let out = folder.path().join(place.to_string());
        let draw = ["alive", "cost", "fvu", "selectivity"][place];
        let options = [
            "--data",
            data,
            "--epochs",
            "3",
            "--precision",
            "f64",
            "--draw",
            draw,
            "--vary",
            *varied,
        ];
        swept(&out, &options);
        let (name, count) = (
            varied.split('=').next().unwrap(),
            varied.rsplit(':').next().unwrap(),
        );
        let table = Table::read(&out);
        assert_eq!(table.rows.len().to_string(), count);
        let values = table.numbers(name);
        assert!(
            values.windows(2).all(|pair| pair[0] < pair[1]),
            "{values:?}"
        );
        assert!(
            table
                .column("selectivity")
                .iter()
                .all(|value| value.is_empty())
        );
        assert!(image::open(out.join("sweep.png")).is_ok());
    }
}

#[test]
fn data_that_are_too_large_for_the_precision_are_rows_too() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("x.csv"), folder.path().join("map"));
    let rows: Vec<String> = (1..40)
        .map(|i| format!("{i}e25,{}e25,3e24", 40 - i))
        .collect();
    std::fs::write(&data, rows.join("\n")).unwrap();
    let data = data.to_str().unwrap();
    let options = [
        "--data",
        data,
        "--preprocess",
        "none",
        "--output-activation",
        "linear",
        "--hidden",
        "2",
    ];
    swept(
        &out,
        &[
            &options[..],
            &["--epochs", "3", "--vary", "rho=.1:.2:linear:2"],
        ]
        .concat(),
    );
    let table = Table::read(&out);
    assert_eq!(table.column("status"), ["diverged"; 2]);
    assert_eq!(table.column("total_cost"), ["NaN"; 2]);
    assert_eq!(table.column("epochs"), ["0"; 2]);
    assert!(image::open(out.join("sweep.png")).is_ok());
    let again = swept(
        &out,
        &[
            &options[..],
            &["--epochs", "3", "--vary", "rho=.1:.2:linear:2", "--json"],
        ]
        .concat(),
    );
    let report: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(
        (&report["kept"], &report["diverged"]),
        (&2.into(), &2.into())
    );
}

#[test]
fn runs_can_begin_with_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let (first, out) = (folder.path().join("first"), folder.path().join("map"));
    let data = ["--data", "bars", "--patches", "60", "--hidden", "3"];
    let trained = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .arg("train")
        .args(data)
        .args(["--rho", ".2", "--epochs", "2", "--out"])
        .arg(&first)
        .status();
    assert!(trained.unwrap().success());
    let model = first.join("model.npz");
    let options = [
        "--init",
        model.to_str().unwrap(),
        "--epochs",
        "0",
        "--vary",
        "lambda=1e-4:1e-2:log:2",
    ];
    swept(&out, &options);
    let table = Table::read(&out);
    assert_eq!(
        table.column("rho"),
        ["0.2"; 2],
        "as the model's record says"
    );
    let cost =
        |folder: &Path| json(&folder.join("run.json"))["results"]["reconstruction_loss"].as_f64();
    assert_eq!(cost(&out.join("runs/00001")), cost(&first));
    // another model in its place is another sweep
    let other = folder.path().join("other.npz");
    std::fs::copy(out.join("runs/00001/model.npz"), &other).unwrap();
    let options = [
        "--init",
        other.to_str().unwrap(),
        "--rho",
        ".2",
        "--epochs",
        "0",
        "--vary",
        options[5],
    ];
    let refused = crate::sweep(&out, &options).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
}
