//! safetensors: a length, a header in JSON that says what each tensor is and where its bytes lie, and the bytes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::choice::{Candidate, NoChoice, choose, labels, names_labels, note, shown, variables_of};
use super::error::{grouped, name_of};
use super::found::Found;
use super::input::Input;
use super::npy_header::{Header, Kind};
use super::progress::Watch;
use super::reading::Wanted;
use super::tensors::TensorInfo;
use super::{DataError, foreign, layout, limits, npy};

#[cfg(test)]
mod tests;

const FORMAT: &str = "safetensors";

/// More dimensions than any tensor has.
const DIMENSIONS: usize = 8;

/// Longer than any of them.
const LONGEST: u64 = 1 << 40;

/// The entry that is no tensor.
const METADATA: &str = "__metadata__";

/// A tensor as the header has it.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    /// From the end of the header.
    data_offsets: [u64; 2],
}

pub(super) struct Tensor {
    name: String,
    dtype: Option<Dtype>,
    entry: Entry,
}

impl Tensor {
    /// What it is, where its values can be read.
    pub(super) fn info(&self) -> Option<TensorInfo> {
        let dtype = self.dtype?;
        TensorInfo::of(&self.name, &self.entry.shape, (dtype.kind, dtype.size))
    }
}

/// What a header says.
pub(super) struct Contents<'a> {
    /// In the order of their bytes, which fill the file without gaps or overlaps.
    pub(super) tensors: Vec<Tensor>,
    /// What was written beside them, by name.
    pub(super) metadata: BTreeMap<String, String>,
    /// The bytes behind the header.
    pub(super) body: &'a [u8],
}

/// How the values lie in the file.
#[derive(Clone, Copy)]
struct Dtype {
    kind: Kind,
    size: usize,
    /// The upper half of a 32-bit float.
    brain: bool,
}

impl Dtype {
    fn of(name: &str) -> Option<Self> {
        let (kind, size) = match name {
            "F64" => (Kind::Float, 8),
            "F32" => (Kind::Float, 4),
            "F16" | "BF16" => (Kind::Float, 2),
            "I64" => (Kind::Signed, 8),
            "I32" => (Kind::Signed, 4),
            "I16" => (Kind::Signed, 2),
            "I8" => (Kind::Signed, 1),
            "U64" => (Kind::Unsigned, 8),
            "U32" => (Kind::Unsigned, 4),
            "U16" => (Kind::Unsigned, 2),
            "U8" | "BOOL" => (Kind::Unsigned, 1),
            _ => return None,
        };
        Some(Self {
            kind,
            size,
            brain: name == "BF16",
        })
    }
}

/// Whether `head` begins with the length of a header and a header.
pub(super) fn is_safetensors(head: &[u8]) -> bool {
    let length = head.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    // the length of a text of JSON, and its first characters
    length.is_some_and(|length| (2..=limits::TENSORS_HEADER).contains(&length))
        && matches!(
            head.get(8..10),
            Some([b'{', b'"' | b'}' | b' ' | b'\t' | b'\r' | b'\n'])
        )
}

/// Reads the tensor that is asked for, or the one that looks most like data, and labels that go with it.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    wanted: Wanted<'_>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    let Contents { tensors, body, .. } = header(&input, &bytes)?;
    let candidates: Vec<Candidate> = tensors.iter().map(candidate).collect();
    let chosen = choose(&candidates, wanted.variable)
        .map_err(|NoChoice { found, remedy }| input.unsupported(found, remedy))?;
    let (header, values) = unpack(&input, &tensors[chosen], body, watch)?;
    let mut found = npy::described(values, FORMAT, header, name, wanted.reading)?;
    if tensors[chosen].entry.dtype == "BF16" {
        found.encoding = format!("16-bit brain floating point, {FORMAT}");
    }
    found.notes.extend(note(&candidates, chosen));
    found.variables = variables_of(&candidates, chosen);
    let shape = found.samples_first(&candidates[chosen].shape);
    let beside = candidates
        .iter()
        .position(|other| names_labels(&other.name) && other.shape == [shape[0]]);
    let free = found.labels.is_none();
    if let Some(beside) = beside.filter(|&beside| free && tensors[beside].dtype.is_some()) {
        let (header, mut file) = unpack(&input, &tensors[beside], body, watch)?;
        let mut words: Vec<f64> = Vec::new();
        npy::decode(&header, &file.rest(limits::WHOLE_FILE)?, &mut words);
        let every = layout::every(&shape).unwrap_or(1);
        let kept: Vec<f64> = words.into_iter().step_by(every as usize).collect();
        found.labels = labels(&kept);
    }
    Ok(found)
}

fn candidate(tensor: &Tensor) -> Candidate {
    let shape = tensor.entry.shape.clone();
    let known = tensor.dtype.is_some();
    Candidate {
        name: tensor.name.clone(),
        usable: known && shape.len() >= 2 && !shape.contains(&0),
        what: (!known).then(|| {
            format!(
                "values of type {}, which the lab does not read",
                shown(&tensor.entry.dtype)
            )
        }),
        shape,
    }
}

/// What the header of a whole file, `bytes`, says.
pub(super) fn header<'a>(input: &Input<'_>, bytes: &'a [u8]) -> Result<Contents<'a>, DataError> {
    let actual = bytes.len() as u64;
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(input.truncated(FORMAT, 8, actual));
    };
    let length = u64::from_le_bytes(*length);
    if length > limits::TENSORS_HEADER {
        let begins = foreign::beginning(input.head());
        let problem = format!(
            "it begins with {begins} and not with the length of a header, {} bytes at most",
            grouped(limits::TENSORS_HEADER)
        );
        return Err(input.header(FORMAT, 0, problem));
    }
    let Some((text, body)) = rest.split_at_checked(length as usize) else {
        return Err(input.truncated(FORMAT, 8 + length, actual));
    };
    let broken = |problem: String| input.header(FORMAT, 8, problem);
    let entries: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(text).map_err(|error| {
            broken(format!(
                "its header is not JSON of tensors: {}",
                said(&error)
            ))
        })?;
    limits::arrays(input.file(), entries.len(), "tensors")?;
    let (mut tensors, mut metadata) = (Vec::new(), BTreeMap::new());
    for (name, value) in entries {
        if name == METADATA {
            let told = value.as_object().into_iter().flatten();
            let texts = told.filter_map(|(key, text)| Some((key.clone(), text.as_str()?.into())));
            metadata = texts.collect();
            continue;
        }
        let entry: Entry = serde_json::from_value(value)
            .map_err(|error| broken(format!("the tensor {}: {}", shown(&name), said(&error))))?;
        let dtype = Dtype::of(&entry.dtype);
        tensors.push(Tensor { name, dtype, entry });
    }
    tensors.sort_by_key(|tensor| tensor.entry.data_offsets);
    let mut at = 0;
    for Tensor { name, dtype, entry } in &tensors {
        let [begin, end] = entry.data_offsets;
        if begin != at || end < begin {
            return Err(broken(format!(
                "the bytes of the tensor {} do not begin where those before it end",
                shown(name)
            )));
        }
        if entry.shape.len() > DIMENSIONS || entry.shape.iter().any(|&side| side > LONGEST) {
            return Err(broken(format!(
                "the tensor {} has more dimensions or longer ones than any",
                shown(name)
            )));
        }
        let size = |dtype: &Dtype| {
            let sides = entry.shape.iter();
            sides.fold(dtype.size as u64, |product, &side| {
                product.saturating_mul(side)
            })
        };
        if dtype
            .as_ref()
            .is_some_and(|dtype| size(dtype) != end - begin)
        {
            return Err(broken(format!(
                "the tensor {} has another number of bytes than its shape says",
                shown(name)
            )));
        }
        at = end;
    }
    let promised = at.saturating_add(8 + length);
    if promised > actual {
        return Err(input.truncated(FORMAT, promised, actual));
    }
    if promised < actual {
        return Err(DataError::Overlong {
            file: input.file().to_owned(),
            format: FORMAT,
            expected: promised,
        });
    }
    Ok(Contents {
        tensors,
        metadata,
        body,
    })
}

/// What the reader of JSON says, on one line of bearable length.
fn said(error: &serde_json::Error) -> String {
    name_of(Path::new(&error.to_string()))
}

/// A tensor as an array of its own, to be read like one.
fn unpack<'a>(
    input: &Input<'_>,
    tensor: &Tensor,
    body: &[u8],
    watch: Watch<'a>,
) -> Result<(Header, Input<'a>), DataError> {
    let (header, bytes) = values(input, tensor, body)?;
    let file = format!("{} ({})", input.file(), shown(&tensor.name));
    Ok((header, Input::values(file, bytes, watch)?))
}

/// A tensor in types that arrays have, and its bytes.
pub(super) fn values(
    input: &Input<'_>,
    tensor: &Tensor,
    body: &[u8],
) -> Result<(Header, Vec<u8>), DataError> {
    let [begin, end] = tensor.entry.data_offsets.map(|at| at as usize); // within `body`: that was checked
    let (Some(dtype), Some(slice)) = (tensor.dtype, body.get(begin..end)) else {
        return Err(DataError::NoSamples {
            file: format!("{} ({})", input.file(), shown(&tensor.name)),
            shape: format!("{:?}", tensor.entry.shape),
        });
    };
    let mut bytes = Vec::new();
    input.room(&mut bytes, slice.len() * if dtype.brain { 2 } else { 1 })?;
    if dtype.brain {
        bytes.extend(
            slice
                .as_chunks::<2>()
                .0
                .iter()
                .flat_map(|&[low, high]| [0, 0, low, high]),
        );
    } else {
        bytes.extend_from_slice(slice);
    }
    let header = Header {
        kind: dtype.kind,
        size: if dtype.brain { 4 } else { dtype.size },
        big_endian: false,
        fortran_order: false,
        shape: tensor.entry.shape.clone(),
    };
    Ok((header, bytes))
}
