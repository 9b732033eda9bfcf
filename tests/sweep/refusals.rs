//! One sentence with the number and the way round, exit status 2, and nothing written.

use std::process::Command;

use crate::sweep;

#[test]
fn what_can_t_be_swept_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    for (arguments, words) in [
        (&[][..], "no setting is varied"),
        (
            &[
                "--vary",
                "lambda=1e-5:1e-2:log:1000",
                "--vary",
                "rho=.01:.3:log:1000",
            ],
            "1,000,000 runs",
        ),
        (
            &["--vary", "lambda=1e-5:1e-2:log:1000000"],
            "1,000,000 runs",
        ),
        (
            &["--vary", "lambda=1e-5:1e-2:log:100", "--seeds", "101"],
            "10,100 runs",
        ),
        (
            &["--vary", "lambda=0:1e-2:log:10"],
            "begins at 0, where a log axis has no place",
        ),
        (&["--vary", "gamma=0:1e-2:log:10"], "gamma is no setting"),
        (&["--vary", "lambda=1e-5:1e-2:log:0"], "0 values"),
        (
            &["--vary", "lambda=1e-2:1e-5:log:10"],
            "give the smaller first",
        ),
        (
            &["--vary", "rho=.1:.2:log:2", "--vary", "rho=.1:.2:log:2"],
            "rho is varied twice",
        ),
        (
            &["--vary", "rho=.1:1.5:linear:4"],
            "it must be between 0 and 1",
        ),
        (
            &["--vary", "alpha=-1:1:linear:3"],
            "α (learning rate) is -1",
        ),
        (&["--vary", "hidden=0:9:linear:10"], "0 hidden units"),
        (
            &["--vary", "hidden=1:40000:log:3"],
            "more than can be compared",
        ),
        (
            &["--vary", "rho=.1:.2:log:2", "--rho", ".1"],
            "leave one of the two out",
        ),
        (&["--vary", "rho=.1:.2:log:2", "--seeds", "0"], "0 seeds"),
        (
            &["--vary", "rho=.1:.2:log:2", "--beta", "-1"],
            "β (sparsity weight) is -1",
        ),
        (
            &[
                "--vary",
                "rho=.1:.2:log:2",
                "--seed",
                "18446744073709551615",
                "--seeds",
                "2",
            ],
            "seeds from",
        ),
        (
            &["--vary", "rho=.1:.2:log:2", "--draw", "epochs"],
            "give --to fvu=0.5",
        ),
        (
            &["--vary", "rho=.1:.2:log:2", "--to", "fvu=.253"],
            "give fvu=0.25 or fvu=0.26",
        ),
        (&["--vary", "rho"], "NAME=LOW:HIGH:log|linear:COUNT"),
        (
            &["--vary", "rho=.1:.2:log:2", "--init", "nowhere.npz"],
            "nowhere.npz",
        ),
        (
            &["--vary", "hidden=1:2:log:2", "--init", "nowhere.npz"],
            "one number of hidden units",
        ),
    ] {
        let arguments = [&["--data", "digits", "--json"], arguments].concat();
        let output = sweep(&out, &arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(output.stdout.is_empty() && !out.exists());
    }
}

#[test]
fn every_option_of_train_is_taken() {
    let help = |command| {
        let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
            .args([command, "--help"])
            .output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let options = text.lines().filter_map(|line| {
            let mut words = line.trim_start().split([' ', ',', '=']);
            words.find(|word| word.starts_with("--")).map(str::to_owned)
        });
        options.collect::<Vec<String>>()
    };
    let (train, sweep) = (help("train"), help("sweep"));
    assert!(train.len() > 20);
    // a sweep goes on by itself, its runs need no data of their own, and none is told by a line or changes on the way
    let of_one_run = ["--resume", "--embed-data", "--share", "--at"];
    for option in train
        .iter()
        .filter(|option| !of_one_run.contains(&option.as_str()))
    {
        assert!(sweep.contains(option), "sweep has no {option}");
    }
}
