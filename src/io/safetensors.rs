//! A model as safetensors: `W1 (h, n)`, `b1 (h)`, `W2 (n, h)`, `b2 (n)`, the arrays of its preparation, and, under
//! `record` in the metadata, the JSON of how it was made, as in a `.npz`.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::error::name_of;
use super::{IoError, ModelRecord, atomic_write, npy, record};
use crate::model::Parameters;
use crate::numerics::{Precision, Real};

/// Writes a model in `T`'s precision, and what its preparation measured in doubles. The same model gives the same bytes.
///
/// # Errors
/// The data's path is not Unicode, or the file cannot be written.
pub fn write_model<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
    record: Option<&ModelRecord>,
) -> Result<(), IoError> {
    let failed = |error: serde_json::Error| IoError::Json {
        file: name_of(path),
        problem: error.to_string(),
    };
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let weights = [
        ("W1", parameters.encoder_range(), vec![h, n]),
        ("b1", parameters.encoder_bias_range(), vec![h]),
        ("W2", parameters.decoder_range(), vec![n, h]),
        ("b2", parameters.decoder_bias_range(), vec![n]),
    ];
    let (text, arrays) = match record {
        Some(record) => {
            let (text, arrays) = record::to_json(record).map_err(failed)?;
            (Some(text), arrays)
        }
        None => (None, Vec::new()),
    };
    let mut header = Map::new();
    // "pt": what reads metadata expects a format, and the tensors lie as PyTorch has them
    let mut metadata = Map::from_iter([("format".to_owned(), json!("pt"))]);
    if let Some(text) = text {
        metadata.insert("record".into(), Value::String(text));
    }
    header.insert("__metadata__".into(), Value::Object(metadata));
    let mut end = 0;
    let mut place = |name: &str, precision: Precision, shape: &[usize]| {
        let (kind, size) = match precision {
            Precision::F32 => ("F32", 4),
            Precision::F64 => ("F64", 8),
        };
        let start = end;
        end += shape.iter().product::<usize>() * size; // they are in memory
        let entry = json!({"dtype": kind, "shape": shape, "data_offsets": [start, end]});
        header.insert(name.into(), entry);
    };
    // the widest numbers first, so that all lie aligned
    for array in &arrays {
        place(&array.name, Precision::F64, &array.shape);
    }
    for (name, _, shape) in &weights {
        place(name, T::PRECISION, shape);
    }
    let mut header = serde_json::to_string(&header).map_err(failed)?;
    header.extend(std::iter::repeat_n(
        ' ',
        header.len().next_multiple_of(8) - header.len(),
    ));
    atomic_write(path, |writer| {
        writer.write_all(&(header.len() as u64).to_le_bytes())?;
        writer.write_all(header.as_bytes())?;
        for array in &arrays {
            npy::write_values(writer, &array.values)?;
        }
        for (_, range, _) in weights {
            npy::write_values(writer, &parameters.flat()[range])?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{DataSpec, EmbeddedSet, Preparation, load};
    use crate::training::Experiment;

    #[test]
    fn every_tensor_lies_where_the_header_says() {
        let spec = DataSpec {
            patches: 300,
            patch: 4,
            preparation: Some(Preparation::ZCA),
            ..DataSpec::embedded(EmbeddedSet::Photos)
        };
        let data = load(&spec).unwrap();
        let record = ModelRecord {
            experiment: Experiment {
                data: spec,
                hidden: 3,
                ..Experiment::default()
            },
            preparation: Some(Arc::clone(&data.fitted)),
            epoch: 7,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let parameters = Parameters::<f32>::initial(16, 3, 5);
        write_model(&path, &parameters, Some(&record)).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
        assert_eq!(length % 8, 0);
        let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        let body = &bytes[8 + length..];
        let of = |name: &str| {
            let entry = &header[name];
            let place = |at: usize| entry["data_offsets"][at].as_u64().unwrap() as usize;
            (entry, &body[place(0)..place(1)])
        };
        let (entry, weights) = of("W2");
        assert_eq!(
            (&entry["dtype"], &entry["shape"]),
            (&json!("F32"), &json!([16, 3]))
        );
        let expected: Vec<u8> = parameters.flat()[parameters.decoder_range()]
            .iter()
            .flat_map(|weight| weight.to_le_bytes())
            .collect();
        assert_eq!(weights, expected);
        let (entry, matrix) = of("zca_matrix");
        assert_eq!(
            (&entry["dtype"], &entry["shape"]),
            (&json!("F64"), &json!([16, 16]))
        );
        let first = f64::from_le_bytes(*matrix.first_chunk().unwrap());
        assert_eq!(first, data.zca().unwrap().matrix[[0, 0]]);
        let ends = header.as_object().unwrap().values();
        let last = ends
            .filter_map(|entry| entry["data_offsets"][1].as_u64())
            .max();
        assert_eq!(last, Some(body.len() as u64), "no byte is left over");
        let text = header["__metadata__"]["record"].as_str().unwrap();
        let told: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            (&told["epoch"], &told["experiment"]["hidden"]),
            (&json!(7), &json!(3))
        );
        // the lab's own reader of data takes it for what it is
        let read = load(&DataSpec {
            variable: Some("W1".into()),
            ..DataSpec::file(&path)
        });
        assert_eq!(read.unwrap().samples.dim(), (3, 16));
    }
}
