//! Any value as JSON and back, to the bit. JSON has no NaN and no infinity: they are written as `{"float": "NaN"}`,
//! `{"float": "inf"}` and `{"float": "-inf"}`.

use ciborium::Value as Tree;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// The only key of what stands for a number that JSON has not.
const FLOAT: &str = "float";

/// `Err` says what can't be written.
pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, String> {
    let tree = Tree::serialized(value).map_err(|error| error.to_string())?;
    let mut text = serde_json::to_vec(&json(tree)?).map_err(|error| error.to_string())?;
    text.push(b'\n');
    Ok(text)
}

/// `Err` says what is wrong with the text.
pub(super) fn from_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let value: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    tree(value)
        .deserialized()
        .map_err(|error| error.to_string())
}

fn json(tree: Tree) -> Result<Value, String> {
    Ok(match tree {
        Tree::Null => Value::Null,
        Tree::Bool(truth) => Value::Bool(truth),
        Tree::Text(text) => Value::String(text),
        Tree::Integer(number) => {
            let number = i128::from(number);
            Value::Number(Number::from_i128(number).ok_or("a whole number beyond 64 bits")?)
        }
        Tree::Float(number) => match Number::from_f64(number) {
            Some(number) => Value::Number(number),
            None => {
                let text = Value::String(number.to_string());
                Value::Object(Map::from_iter([(FLOAT.to_owned(), text)]))
            }
        },
        Tree::Array(values) => {
            Value::Array(values.into_iter().map(json).collect::<Result<_, _>>()?)
        }
        Tree::Map(entries) => {
            let entry = |(key, value): (Tree, Tree)| match key {
                Tree::Text(key) => Ok((key, json(value)?)),
                _ => Err("a map whose keys are not text".to_owned()),
            };
            Value::Object(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
        }
        _ => return Err("a value that JSON has no form for".to_owned()),
    })
}

fn tree(value: Value) -> Tree {
    match value {
        Value::Null => Tree::Null,
        Value::Bool(truth) => Tree::Bool(truth),
        Value::String(text) => Tree::Text(text),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(whole), _, _) => Tree::Integer(whole.into()),
            (None, Some(whole), _) => Tree::Integer(whole.into()),
            (None, None, float) => Tree::Float(float.unwrap_or(f64::NAN)),
        },
        Value::Array(values) => Tree::Array(values.into_iter().map(tree).collect()),
        Value::Object(entries) => {
            if let Some(number) = special(&entries) {
                return Tree::Float(number);
            }
            let entries = entries.into_iter();
            Tree::Map(
                entries
                    .map(|(key, value)| (Tree::Text(key), tree(value)))
                    .collect(),
            )
        }
    }
}

/// The number that JSON has not, where `entries` stand for one.
fn special(entries: &Map<String, Value>) -> Option<f64> {
    match entries.get(FLOAT)?.as_str()? {
        _ if entries.len() != 1 => None,
        "NaN" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Sample {
        wide: Vec<f64>,
        narrow: Vec<f32>,
        counts: (u64, i64, Option<u8>),
        name: String,
        kind: Kind,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Plain,
        Of(f64, String),
        With { float: f64 },
    }

    proptest! {
        #[test]
        fn every_value_comes_back_to_the_bit(
            wide in proptest::collection::vec(any::<u64>().prop_map(f64::from_bits), 0..20),
            narrow in proptest::collection::vec(any::<u32>().prop_map(f32::from_bits), 0..20),
            counts in any::<(u64, i64, Option<u8>)>(),
            name in ".*",
            number in prop_oneof![Just(f64::NAN), Just(-0.0), any::<f64>()],
            which in 0..3,
        ) {
            let kind = match which {
                0 => Kind::Plain,
                1 => Kind::Of(number, name.clone()),
                _ => Kind::With { float: number },
            };
            let sample = Sample { wide, narrow, counts, name, kind };
            let text = to_json(&sample).unwrap();
            let back: Sample = from_json(&text).unwrap();
            // a NaN is a NaN, whatever its payload
            let bits = |value: &f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
            let bits32 = |value: &f32| bits(&f64::from(*value));
            prop_assert!(sample.wide.iter().map(bits).eq(back.wide.iter().map(bits)));
            prop_assert!(sample.narrow.iter().map(bits32).eq(back.narrow.iter().map(bits32)));
            prop_assert_eq!((sample.counts, &sample.name), (back.counts, &back.name));
            prop_assert_eq!(format!("{:?}", sample.kind), format!("{:?}", back.kind));
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "{",
            "[1,2]",
            "{\"wide\": 3}",
            "{\"wide\": [{\"float\": \"many\"}]}",
        ] {
            assert!(from_json::<Sample>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
