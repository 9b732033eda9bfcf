//! Values as plain words and back, to the bit: for a command line, and for a line of text that is passed on.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The word for a choice without further parts, as its `serde` name has it.
pub fn word(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// The choice that `word` names.
pub fn choice<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// The shortest text that reads as this very number: "0.05", "6e-4".
pub fn number(value: f64) -> String {
    let (plain, short) = (format!("{value}"), format!("{value:e}"));
    if short.len() < plain.len() {
        short
    } else {
        plain
    }
}
