//! A model as a Python module that is ready to run: the weights beside it, the settings and the preparation in the
//! record that these carry.

use std::path::{Path, PathBuf};

use super::atomic::folder_of;
use super::error::name_of;
use super::publish::Publication;
use super::{IoError, ModelRecord, atomic_write, npz, safetensors};
use crate::model::Parameters;
use crate::numerics::Real;

const SHARED: &str = include_str!("../../assets/modules/shared.py");
const NUMPY: &str = include_str!("../../assets/modules/numpy_model.py");
const TORCH: &str = include_str!("../../assets/modules/torch_model.py");

/// What a module computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// With its weights as `.npz`.
    NumPy,
    /// With its weights as safetensors; it needs NumPy too.
    PyTorch,
}

impl Library {
    /// The module, whose weights are in the file called `weights`.
    fn text(self, weights: &str) -> String {
        let template = match self {
            Self::NumPy => NUMPY,
            Self::PyTorch => TORCH,
        };
        // a JSON string is a Python string
        let weights = serde_json::Value::from(weights).to_string();
        template
            .replace("\"@WEIGHTS@\"", &weights)
            .replace("# @SHARED@\n", SHARED)
    }
}

/// Writes the module to `path`, and the weights beside it, under its name with `_weights` behind; returns both files.
///
/// # Errors
/// The record has no preparation; a path that is not Unicode; a file cannot be written.
pub fn write<T: Real>(
    path: &Path,
    library: Library,
    parameters: &Parameters<T>,
    record: &ModelRecord,
) -> Result<[PathBuf; 2], IoError> {
    let refused = |problem: &str| IoError::Module {
        file: name_of(path),
        problem: problem.to_owned(),
    };
    if record.preparation.is_none() {
        return Err(refused("the model's record has no preparation"));
    }
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.ok_or_else(|| refused("its name is not Unicode"))?;
    let suffix = match library {
        Library::NumPy => "npz",
        Library::PyTorch => "safetensors",
    };
    let module = path.file_name().and_then(|name| name.to_str());
    let module = module.ok_or_else(|| refused("its name is not Unicode"))?;
    let name = format!("{stem}_weights.{suffix}");
    // one without the other, or with an older one, would be of no use
    let publication = Publication::begin(&folder_of(path))?;
    let write = || {
        let weights = publication.path(&name);
        match library {
            Library::NumPy => npz::write_model(&weights, parameters, record)?,
            Library::PyTorch => safetensors::write_model(&weights, parameters, Some(record))?,
        }
        let text = library.text(&name);
        atomic_write(&publication.path(module), |writer| {
            std::io::Write::write_all(writer, text.as_bytes())
        })
    };
    write().map_err(|error| publication.in_place(error))?;
    publication.publish(module)?;
    Ok([path.to_owned(), path.with_file_name(name)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_whole_and_names_its_weights() {
        for library in [Library::NumPy, Library::PyTorch] {
            let text = library.text("a \"b\"_weights.npz");
            assert!(text.contains("\nWEIGHTS = \"a \\\"b\\\"_weights.npz\"\n"));
            assert!(text.contains("\nclass Preparation:") && text.contains("\ndef read_model"));
            assert!(!text.contains("@SHARED@") && !text.contains("@WEIGHTS@"));
        }
    }
}
