//! The commands speak from the same diagnosis as the window.

use serde_json::Value;

use crate::command::json;

#[test]
fn train_and_inspect_say_why_units_are_dead_and_where_the_settings_stand() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let trained = json(&[
        "train", "--data", "digits", "--hidden", "9", "--lambda", "0.05", "--epochs", "12",
        "--out", out,
    ]);
    let diagnosis = &trained["diagnosis"];
    for state in ["alive", "duplicate", "constant", "silent", "saturated"] {
        assert_eq!(diagnosis["counts"][state], trained[state], "{trained}");
    }
    // λ_c of digits at ρ .05 is .007765
    let ratio = diagnosis["lambda_ratio"].as_f64().unwrap();
    assert!((ratio / (0.05 / 0.007765) - 1.0).abs() < 1e-3, "{ratio}");
    let deaths = &diagnosis["deaths"][0];
    assert_eq!(deaths["units"].as_array().unwrap().len(), 9, "{trained}");
    assert_eq!(deaths["cause"]["kind"], "decay");
    assert_eq!(deaths["blamed"][0]["setting"], "weight_decay");
    let sentences = diagnosis["sentences"].to_string();
    assert!(
        sentences.contains("λ is 6.44 λ_c: a unit that dies now stays dead."),
        "{sentences}"
    );
    let written = std::fs::read_to_string(folder.path().join("run.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(&written["results"]["diagnosis"], diagnosis);
    let model = folder.path().join("model.npz");
    let unit = json(&["inspect", "--model", model.to_str().unwrap(), "--unit", "3"]);
    assert_eq!(unit["diagnosis"]["counts"], diagnosis["counts"]);
    assert_eq!(unit["diagnosis"]["lambda_c"], diagnosis["lambda_c"]);
    // a model has no past: that is said, and nothing that would take one
    let said = unit["diagnosis"]["sentences"].to_string();
    assert!(
        said.contains("The past of this model is not known: not why 9 of its units are dead"),
        "{said}"
    );
    assert!(unit["diagnosis"]["gradient"].is_null(), "{unit}");
    assert_eq!(
        unit["diagnosis"]["deaths"],
        Value::Array(Vec::new()),
        "{unit}"
    );
    assert!(
        !sentences.contains("past of this model"),
        "the run's is known: {sentences}"
    );
    let evaluated = json(&["evaluate", "--model", model.to_str().unwrap()]);
    for state in ["alive", "duplicate", "constant", "silent", "saturated"] {
        assert_eq!(evaluated[state], trained[state], "{evaluated}");
    }
}
