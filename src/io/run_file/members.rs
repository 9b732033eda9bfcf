//! The members of the archive, each with its SHA-256 in the manifest.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

use super::json;
use crate::data::limits;
use crate::data::npy::decode;
use crate::data::npy_header::{HeaderProblem, Kind, split};
use crate::io::hexadecimal::hexadecimal;
use crate::io::npy;
use crate::numerics::Real;
use crate::training::run::Numbers;

/// Most bytes of a member of JSON: the history of some ten thousand hidden units.
const MOST_TEXT: u64 = 256 << 20;
/// Text shrinks to a tenth at the least effort, and the file is written every half minute.
const EFFORT: i64 = 1;

/// What the manifest says of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    bytes: u64,
    sha256: String,
}

/// By their names.
pub(super) type List = BTreeMap<String, Listed>;

/// Why a member can't be had or made: the end of a sentence that begins with the file.
pub(super) type Problem = String;

/// Writes members one after the other.
pub(super) struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    list: List,
}

impl<W: Write + Seek> Writer<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            zip: ZipWriter::new(to),
            list: List::new(),
        }
    }

    /// A JSON text, which was made before.
    pub(super) fn text(&mut self, name: &str, text: &[u8]) -> std::io::Result<()> {
        self.put(name, text, CompressionMethod::Deflated)
    }

    /// An array in C order.
    pub(super) fn array<T: Real>(
        &mut self,
        name: &str,
        shape: &[usize],
        values: &[T],
    ) -> std::io::Result<()> {
        let mut bytes = npy::header::<T>(&shape_text(shape));
        npy::write_values(&mut bytes, values)?;
        self.put(name, &bytes, CompressionMethod::Stored)
    }

    pub(super) fn numbers(
        &mut self,
        name: &str,
        shape: &[usize],
        numbers: &Numbers,
    ) -> std::io::Result<()> {
        match numbers {
            Numbers::F32(values) => self.array(name, shape, values),
            Numbers::F64(values) => self.array(name, shape, values),
        }
    }

    pub(super) fn bytes(&mut self, name: &str, values: &[u8]) -> std::io::Result<()> {
        let mut bytes = npy::header_of("|u1", &shape_text(&[values.len()]));
        bytes.extend_from_slice(values);
        self.put(name, &bytes, CompressionMethod::Stored)
    }

    fn put(&mut self, name: &str, bytes: &[u8], method: CompressionMethod) -> std::io::Result<()> {
        self.list.insert(
            name.to_owned(),
            Listed {
                bytes: bytes.len() as u64,
                sha256: sha256(bytes),
            },
        );
        self.unlisted(name, bytes, method)
    }

    fn unlisted(
        &mut self,
        name: &str,
        bytes: &[u8],
        method: CompressionMethod,
    ) -> std::io::Result<()> {
        let deflated = method == CompressionMethod::Deflated;
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .compression_level(deflated.then_some(EFFORT))
            // the same run gives the same bytes
            .last_modified_time(zip::DateTime::default())
            .large_file(bytes.len() as u64 > u64::from(u32::MAX));
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)
    }

    pub(super) fn list(&self) -> &List {
        &self.list
    }

    /// Ends the archive with the manifest, which lists the others.
    pub(super) fn finish(mut self, name: &str, manifest: &[u8]) -> std::io::Result<()> {
        self.unlisted(name, manifest, CompressionMethod::Deflated)?;
        self.zip.finish()?;
        Ok(())
    }
}

/// Reads members, each against its listing.
pub(super) struct Reader<R: Read + Seek> {
    zip: ZipArchive<R>,
    list: List,
}

impl<R: Read + Seek> Reader<R> {
    pub(super) fn new(from: R) -> Result<Self, Problem> {
        let zip =
            ZipArchive::new(from).map_err(|_| "it is no run of the lab, or only a part of one")?;
        Ok(Self {
            zip,
            list: List::new(),
        })
    }

    /// From here on members are read against `list`.
    pub(super) fn expect(&mut self, list: List) {
        self.list = list;
    }

    /// A member that is not listed: the manifest; `None`: there is none of that name.
    pub(super) fn unlisted(&mut self, name: &str) -> Option<Result<Vec<u8>, Problem>> {
        self.zip.index_for_name(name)?;
        Some(self.bytes(name, MOST_TEXT))
    }

    pub(super) fn text<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        let text = self.listed(name, MOST_TEXT)?;
        json::from_json(&text).map_err(|problem| format!("its {name} is not valid ({problem})"))
    }

    /// An array in its own precision, and its shape.
    pub(super) fn numbers(&mut self, name: &str) -> Result<(Vec<usize>, Numbers), Problem> {
        let bytes = self.listed(name, limits::VALUES * 8 + limits::NPY_HEADER)?;
        let (shape, size, header, body) = array(name, &bytes, Kind::Float)?;
        let numbers = match size {
            4 => {
                let mut values: Vec<f32> = Vec::with_capacity(body.len() / 4);
                decode(&header, body, &mut values);
                Numbers::F32(values)
            }
            8 => {
                let mut values: Vec<f64> = Vec::with_capacity(body.len() / 8);
                decode(&header, body, &mut values);
                Numbers::F64(values)
            }
            _ => return Err(format!("its {name} has values of {size} bytes")),
        };
        Ok((shape, numbers))
    }

    /// A row of bytes.
    pub(super) fn row_of_bytes(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let bytes = self.listed(name, limits::VALUES + limits::NPY_HEADER)?;
        let (_, size, _, body) = array(name, &bytes, Kind::Unsigned)?;
        if size != 1 {
            return Err(format!("its {name} has values of {size} bytes"));
        }
        Ok(body.to_vec())
    }

    fn listed(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Problem> {
        let listed = self.list.get(name).cloned();
        let listed = listed.ok_or_else(|| format!("it lacks {name}"))?;
        let bytes = self.bytes(name, most.min(listed.bytes))?;
        if bytes.len() as u64 != listed.bytes || sha256(&bytes) != listed.sha256 {
            return Err(format!("its {name} is damaged"));
        }
        Ok(bytes)
    }

    /// At most `most` bytes of a member, and no more than its packed size can hold.
    fn bytes(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Problem> {
        let damaged =
            |problem: &dyn std::fmt::Display| format!("its {name} is damaged ({problem})");
        let mut entry = self.zip.by_name(name).map_err(|error| damaged(&error))?;
        let packed = entry.compressed_size();
        let most = most.min(packed.saturating_mul(limits::DEFLATE_RATIO));
        if entry.size() > most {
            return Err(damaged(&"it is longer than it can be"));
        }
        let mut bytes = Vec::new();
        // to its end, where the archive's own sum is compared
        let read = entry.by_ref().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| damaged(&error))?;
        Ok(bytes)
    }
}

type Parsed<'a> = (Vec<usize>, usize, crate::data::npy_header::Header, &'a [u8]);

/// Shape, bytes a value, header and values of an array in C order.
fn array<'a>(name: &str, bytes: &'a [u8], kind: Kind) -> Result<Parsed<'a>, Problem> {
    let refused =
        |problem: &str| format!("its {name} is no array of the kind that it should be: {problem}");
    let (header, body) = split(bytes).map_err(|problem| match problem {
        HeaderProblem::Broken { problem, .. } => refused(&problem),
        HeaderProblem::Unsupported { found } => refused(&found),
    })?;
    let count = header
        .shape
        .iter()
        .try_fold(1u64, |product, side| product.checked_mul(*side));
    let size = count.and_then(|count| count.checked_mul(header.size as u64));
    if header.kind != kind || size != Some(body.len() as u64) {
        return Err(refused("its type or its length is another"));
    }
    if header.fortran_order && header.shape.len() > 1 {
        return Err(refused("its rows are not one after the other"));
    }
    // their product is in memory
    let shape = header.shape.iter().map(|side| *side as usize).collect();
    Ok((shape, header.size, header, body))
}

/// As NumPy writes a shape: "(3,)", "(3, 4)".
fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        sides => {
            let sides: Vec<String> = sides.iter().map(usize::to_string).collect();
            format!("({})", sides.join(", "))
        }
    }
}

/// In hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
