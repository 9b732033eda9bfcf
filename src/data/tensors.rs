//! The arrays of a `.safetensors`, `.npz` or `.mat` by their names, as they stand: for the weights of models, where a data
//! set is the one array that looks like data.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use super::input::Input;
use super::npy_header::{Header, HeaderProblem, Kind, split};
use super::{DataError, NamedArray, foreign, limits, mat, npy, npz, progress, safetensors};

/// An array whose values can be read, as its header describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    pub name: String,
    pub shape: Vec<usize>,
    /// Floating-point numbers, of 16 bits or more.
    pub is_float: bool,
    /// Of one value.
    pub bytes: usize,
}

impl TensorInfo {
    /// `None` where it has no place in memory.
    pub(super) fn of(name: &str, shape: &[u64], (kind, bytes): (Kind, usize)) -> Option<Self> {
        let sides = shape.iter().map(|&side| usize::try_from(side).ok());
        Some(Self {
            name: name.to_owned(),
            shape: sides.collect::<Option<_>>()?,
            is_float: kind == Kind::Float,
            bytes,
        })
    }
}

/// A file of arrays in memory.
pub struct TensorFile {
    input: Input<'static>,
    infos: Vec<TensorInfo>,
    metadata: BTreeMap<String, String>,
    form: Form,
}

/// Where the arrays lie.
enum Form {
    Safetensors {
        /// One for each of the infos.
        tensors: Vec<safetensors::Tensor>,
        bytes: Vec<u8>,
        /// Where the header ends.
        body: usize,
    },
    Npz {
        archive: npz::Archive,
        /// One for each of the infos.
        places: Vec<usize>,
    },
    /// One for each of the infos.
    Mat(Vec<mat::Variable>),
}

impl TensorFile {
    /// The directory of a whole file: `file` names it in errors, its first bytes say of which kind it is.
    ///
    /// # Errors
    /// The bytes are of another kind, cut short, or contradict themselves.
    pub fn open(file: &str, bytes: Vec<u8>) -> Result<Self, DataError> {
        Self::of(Input::unpacked(
            file.to_owned(),
            bytes,
            &progress::unwatched,
        )?)
    }

    /// The same of the file at `path`.
    ///
    /// # Errors
    /// As [`Self::open`], and it cannot be read.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        Self::of(Input::open(path, &progress::unwatched)?)
    }

    fn of(mut input: Input<'static>) -> Result<Self, DataError> {
        if npz::is_zip(input.head()) {
            Self::npz(input)
        } else if safetensors::is_safetensors(input.head()) {
            let bytes = input.rest(limits::WHOLE_FILE)?;
            let contents = safetensors::header(&input, &bytes)?;
            let body = bytes.len() - contents.body.len();
            let known = contents.tensors.into_iter();
            let known = known.filter_map(|tensor| Some((tensor.info()?, tensor)));
            let (infos, tensors) = known.unzip();
            Ok(Self {
                input,
                infos,
                metadata: contents.metadata,
                form: Form::Safetensors {
                    tensors,
                    bytes,
                    body,
                },
            })
        } else if mat::is_mat(input.head()) {
            let variables = mat::variables(&mut input)?;
            let known = variables.into_iter();
            let known = known.filter_map(|variable| Some((variable.info()?, variable)));
            let (infos, variables) = known.unzip();
            Ok(Self {
                input,
                infos,
                metadata: BTreeMap::new(),
                form: Form::Mat(variables),
            })
        } else {
            foreign::refuse(&input)?;
            let begins = foreign::beginning(input.head());
            let problem = format!("it begins with {begins}, as none of the three does");
            Err(input.header("safetensors, NPZ or MAT", 0, problem))
        }
    }

    fn npz(mut input: Input<'static>) -> Result<Self, DataError> {
        let mut archive = npz::open(&mut input)?;
        let (mut infos, mut places) = (Vec::new(), Vec::new());
        let mut metadata = BTreeMap::new();
        for place in 0..archive.len() {
            let (name, header) = match npz::head(&input, &mut archive, place)? {
                Some((name, Ok(header))) => (name, header),
                // text and objects are no weights
                None | Some((_, Err(HeaderProblem::Unsupported { .. }))) => continue,
                Some((name, Err(HeaderProblem::Broken { byte, problem }))) => {
                    return Err(DataError::Header {
                        file: format!("{} ({name}.npy)", input.file()),
                        format: "NPY",
                        byte: byte as u64,
                        problem,
                    });
                }
            };
            // where NumPy's arrays hold text, they hold its bytes
            if header.kind == Kind::Unsigned && header.size == 1 && header.shape.len() == 1 {
                let (_, bytes) = entry(&input, &mut archive, place)?;
                if let Ok(text) = String::from_utf8(bytes) {
                    metadata.insert(name.clone(), text);
                }
            }
            if let Some(info) = TensorInfo::of(&name, &header.shape, (header.kind, header.size)) {
                infos.push(info);
                places.push(place);
            }
        }
        Ok(Self {
            input,
            infos,
            metadata,
            form: Form::Npz { archive, places },
        })
    }

    pub fn is_npz(&self) -> bool {
        matches!(self.form, Form::Npz { .. })
    }

    /// Whether arrays lie column by column in files of this kind.
    pub fn is_mat(&self) -> bool {
        matches!(self.form, Form::Mat(_))
    }

    /// Those whose values can be read, in the file's order.
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.infos
    }

    /// What is written beside the tensors of a `.safetensors`, and the one-dimensional arrays of bytes in an `.npz` that
    /// are text.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The array `name` in f64 and row-major order, whatever the file has; `None`: there is none that can be read.
    ///
    /// # Errors
    /// Its bytes are damaged.
    pub fn array(&mut self, name: &str) -> Result<Option<NamedArray>, DataError> {
        let Some(index) = self.infos.iter().position(|info| info.name == name) else {
            return Ok(None);
        };
        let (header, bytes) = match &mut self.form {
            Form::Safetensors {
                tensors,
                bytes,
                body,
            } => {
                let body = &bytes[*body..];
                safetensors::values(&self.input, &tensors[index], body)?
            }
            Form::Npz { archive, places } => entry(&self.input, archive, places[index])?,
            Form::Mat(variables) => {
                let (header, bytes) = variables[index].stored();
                (header, bytes.to_vec())
            }
        };
        let mut values: Vec<f64> = Vec::new();
        self.input
            .room(&mut values, bytes.len() / header.size.max(1))?;
        npy::decode(&header, &bytes, &mut values);
        let shape = self.infos[index].shape.clone();
        Ok(Some(NamedArray {
            name: name.to_owned(),
            values: if header.fortran_order && shape.len() > 1 {
                in_rows(values, &shape)
            } else {
                values
            },
            shape,
        }))
    }
}

/// An entry of an archive that is a `.npy`: its header, and exactly as many bytes of values as it promises.
fn entry(
    input: &Input<'_>,
    archive: &mut npz::Archive,
    place: usize,
) -> Result<(Header, Vec<u8>), DataError> {
    let mut array = npz::unpack(input, archive, place, &progress::unwatched)?;
    let bytes = array.rest(limits::WHOLE_FILE)?;
    let refused = |problem| DataError::Header {
        file: array.file().to_owned(),
        format: "NPY",
        byte: 0,
        problem,
    };
    let (header, body) = split(&bytes).map_err(|problem| {
        refused(match problem {
            HeaderProblem::Broken { problem, .. } => problem,
            HeaderProblem::Unsupported { found } => format!("it holds {found}"),
        })
    })?;
    let sides = header.shape.iter();
    let promised = sides.fold(header.size as u64, |size, &side| size.saturating_mul(side));
    if promised != body.len() as u64 {
        return Err(refused(format!(
            "it has {} bytes of values, which its shape {:?} does not",
            body.len(),
            header.shape
        )));
    }
    let body = body.to_vec();
    Ok((header, body))
}

/// `values` of column-major order in row-major order.
fn in_rows(values: Vec<f64>, shape: &[usize]) -> Vec<f64> {
    let array = ArrayD::from_shape_vec(IxDyn(shape).f(), values.clone());
    // as many values as the shape says: that was checked
    array.map_or(values, |array| array.iter().copied().collect())
}

#[cfg(test)]
mod tests;
