//! The ρ × λ map of the digits shows the collapse where the law says it is.

use std::time::Instant;

use crate::{Table, swept};

/// In full: `tests/long sweep`, as in the README's figure. Else a part of it with fewer cells, seeds and epochs.
#[test]
fn nets_collapse_along_the_law_within_a_cell() {
    let full = std::env::var_os("SAE_LAB_FULL").is_some();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("map");
    let (cells, seeds, epochs) = if full {
        (12, "3", "100")
    } else {
        (5, "1", "60")
    };
    let start = Instant::now();
    let output = swept(
        &out,
        &[
            "--data",
            "digits",
            "--vary",
            &format!("rho=.01:.3:log:{cells}"),
            "--vary",
            &format!("lambda=2e-4:1e-1:log:{cells}"),
            "--seeds",
            seeds,
            "--epochs",
            epochs,
            "--json",
        ],
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let crossings = report["crossings"].as_array().unwrap();
    assert_eq!(crossings.len(), cells);
    for crossing in crossings {
        println!("{crossing}");
        assert!(
            crossing["cells_off"].as_f64().unwrap().abs() <= 1.0,
            "{crossing}"
        );
        assert!(!crossing["alive_to"].is_null() && !crossing["dead_from"].is_null());
    }
    let table = Table::read(&out);
    assert!(
        table
            .column("status")
            .iter()
            .all(|status| *status == "done")
    );
    println!(
        "{} runs, {} converged, {:.1} s on {} threads, whole command {:.1} s",
        report["runs"],
        report["converged"],
        report["seconds"].as_f64().unwrap(),
        report["threads"],
        start.elapsed().as_secs_f64()
    );
}
