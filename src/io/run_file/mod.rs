//! A run in one file, `NAME.saelab`: a zip archive of JSON texts and NumPy arrays, to go on from bit for bit. Nothing in
//! it is code. The format is described in `README.md` beside this file.

mod arrays;
mod data;
mod json;
mod members;
mod past;
#[cfg(test)]
mod tests;

#[cfg(not(target_family = "wasm"))]
use std::fs::File;
#[cfg(not(target_family = "wasm"))]
use std::io::BufReader;
use std::io::{Read, Seek, Write};
#[cfg(not(target_family = "wasm"))]
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::arrays::Layout;
use self::members::{List, Problem, Reader, Writer};
use super::error::MOST_DATA;
#[cfg(not(target_family = "wasm"))]
use super::error::name_of;
use super::hexadecimal::hexadecimal;
#[cfg(not(target_family = "wasm"))]
use super::{IoError, atomic_write};
#[cfg(not(target_family = "wasm"))]
use crate::data::limits;
use crate::data::{DataSet, FittedPreparation, NamedArray, PreparationRecord};
use crate::training::Checkpoint;
use crate::training::record::History;
use crate::training::run::{CheckpointHead, Numbers, SamplesIdentity};
use crate::training::timeline::Past;

/// The ending of a run's file.
pub const EXTENSION: &str = "saelab";
/// The version that is written, and the latest that is read.
const VERSION: u64 = 1;
const FORMAT: &str = "sae-lab run";

const MANIFEST: &str = "manifest.json";
const RUN: &str = "run.json";
const HISTORY: &str = "history.json";
const PREPARATION: &str = "preparation.json";

/// What a person says of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub name: String,
    pub notes: String,
}

/// A run as it is kept.
#[derive(Clone, Debug)]
pub struct RunFile {
    pub about: About,
    pub checkpoint: Checkpoint,
    /// The keyframes that were kept with it.
    pub past: Past,
    /// Its data, where they go with it.
    pub data: Option<Arc<DataSet>>,
}

/// What a file came to, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub file: u64,
    /// Of the keyframes, and how many they are.
    pub past: u64,
    pub frames: usize,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u64,
    program: String,
    numerics_version: u32,
    kernels: String,
    #[serde(flatten)]
    about: About,
    /// Epochs done.
    epoch: u64,
    data: Data,
    members: List,
}

/// Which data the run was trained on.
#[derive(Serialize, Deserialize)]
struct Data {
    title: String,
    samples: u64,
    inputs: u64,
    /// Of the prepared values row by row, little-endian.
    sha256: String,
    /// The same of what was held out; null where nothing was.
    test_sha256: Option<String>,
    embedded: bool,
}

/// Writes a run, with its data where it has them. The same run gives the same bytes.
///
/// # Errors
/// The data's path is not Unicode, the data are larger than [`MOST_DATA`], or the file cannot be written.
#[cfg(not(target_family = "wasm"))]
pub fn write(path: &Path, run: &RunFile) -> Result<Written, IoError> {
    let texts = Texts::of(run).map_err(|problem| problem.at(path))?;
    atomic_write(path, |file| pack(run, &texts, file))?;
    Ok(Written {
        file: path.metadata().map_or(0, |metadata| metadata.len()),
        past: run.past.bytes() as u64,
        frames: run.past.frames.len(),
    })
}

/// Whether `data` may go into the file of a run at `path`.
///
/// # Errors
/// They are larger than [`MOST_DATA`].
#[cfg(not(target_family = "wasm"))]
pub fn check_data(path: &Path, data: &DataSet) -> Result<(), IoError> {
    match data::Embedded::of(data) {
        Ok(_) => Ok(()),
        Err(bytes) => Err(Unwritable::DataTooLarge(bytes).at(path)),
    }
}

/// The bytes that [`write`] writes: for where there are no files, as in a browser.
///
/// # Errors
/// The data's path is not Unicode, or the data are larger than [`MOST_DATA`].
pub fn to_bytes(run: &RunFile) -> Result<Vec<u8>, Problem> {
    let texts = Texts::of(run).map_err(|problem| match problem {
        Unwritable::Json(problem) => problem,
        Unwritable::DataTooLarge(bytes) => {
            let most = MOST_DATA >> 20;
            format!(
                "its data take {} MB, of {most} at most",
                bytes.div_ceil(1 << 20)
            )
        }
    })?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    pack(run, &texts, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

/// Why a run can't be put into words.
enum Unwritable {
    Json(Problem),
    DataTooLarge(u64),
}

#[cfg(not(target_family = "wasm"))]
impl Unwritable {
    fn at(self, path: &Path) -> IoError {
        let file = name_of(path);
        match self {
            Self::Json(problem) => IoError::Json { file, problem },
            Self::DataTooLarge(bytes) => IoError::DataTooLarge { file, bytes },
        }
    }
}

/// The JSON texts of a run, made before anything is written.
struct Texts<'a> {
    members: Vec<(&'static str, Vec<u8>)>,
    past: Vec<u8>,
    data: Option<(data::Embedded<'a>, Vec<u8>)>,
    /// Of the preparation.
    arrays: Vec<NamedArray>,
    head: CheckpointHead,
}

impl<'a> Texts<'a> {
    fn of(run: &'a RunFile) -> Result<Self, Unwritable> {
        let head = run.checkpoint.head();
        let mut preparation = PreparationRecord::from((**run.checkpoint.preparation()).clone());
        let arrays = std::mem::take(&mut preparation.arrays);
        let data = match &run.data {
            None => None,
            Some(data) => {
                let data = data::Embedded::of(data).map_err(Unwritable::DataTooLarge)?;
                let text = data.text().map_err(Unwritable::Json)?;
                Some((data, text))
            }
        };
        let texts = || {
            Ok((
                vec![
                    (RUN, json::to_json(&head)?),
                    (HISTORY, json::to_json(run.checkpoint.history())?),
                    (PREPARATION, json::to_json(&preparation)?),
                ],
                past::text(&run.past)?,
            ))
        };
        let (members, past) = texts().map_err(Unwritable::Json)?;
        Ok(Self {
            members,
            past,
            data,
            arrays,
            head,
        })
    }

    fn manifest(&self, about: &About, members: &List) -> Result<Vec<u8>, Problem> {
        let head = &self.head;
        json::to_json(&Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            numerics_version: head.numerics_version,
            kernels: head.kernel_path.clone(),
            about: about.clone(),
            epoch: head.epoch,
            data: Data {
                title: head.experiment.data.source.title(),
                samples: head.samples.count,
                inputs: head.samples.inputs,
                sha256: hexadecimal(&head.samples.fingerprint),
                test_sha256: head.test_samples.map(|test| hexadecimal(&test.fingerprint)),
                embedded: self.data.is_some(),
            },
            members: members.clone(),
        })
    }
}

fn pack<W: Write + Seek>(run: &RunFile, texts: &Texts<'_>, to: W) -> std::io::Result<()> {
    let mut writer = Writer::new(to);
    for (name, text) in &texts.members {
        writer.text(name, text)?;
    }
    let layout = Layout::new(texts.head.samples, texts.head.experiment.hidden);
    for array in run.checkpoint.arrays() {
        layout.write(&mut writer, &array)?;
    }
    for array in &texts.arrays {
        writer.array(&of_preparation(&array.name), &array.shape, &array.values)?;
    }
    past::write(&mut writer, &run.past, &texts.past)?;
    if let Some((data, text)) = &texts.data {
        data.write(&mut writer, text)?;
    }
    let manifest = texts.manifest(&run.about, writer.list());
    let manifest = manifest.map_err(std::io::Error::other)?;
    writer.finish(MANIFEST, &manifest)
}

/// Reads a run. What it says is held against its sums; whether it fits the data is for [`crate::training::Run::resume`] to
/// see.
///
/// # Errors
/// The file cannot be read, is no run, is of a newer version, or damaged.
#[cfg(not(target_family = "wasm"))]
pub fn read(path: &Path) -> Result<RunFile, IoError> {
    let unreadable = |source| IoError::Read {
        file: name_of(path),
        source,
    };
    let metadata = path.metadata().map_err(unreadable)?;
    let refused = |problem| IoError::RunFile {
        file: name_of(path),
        problem,
    };
    if !metadata.is_file() {
        return Err(refused("it is not a file".to_owned()));
    }
    if metadata.len() > limits::WHOLE_FILE {
        return Err(refused("it is larger than any run".to_owned()));
    }
    let file = BufReader::new(File::open(path).map_err(unreadable)?);
    parse(file).map_err(refused)
}

/// The run in an archive.
///
/// # Errors
/// What is wrong with it: the end of a sentence that begins with the file's name.
pub fn parse<R: Read + Seek>(from: R) -> Result<RunFile, Problem> {
    let mut reader = Reader::new(from)?;
    let manifest = manifest(&mut reader)?;
    reader.expect(manifest.members);
    let head: CheckpointHead = reader.text(RUN)?;
    let history: History = reader.text(HISTORY)?;
    let preparation = preparation(&mut reader)?;
    let past = past::read(&mut reader)?;
    past.check(head.epoch)
        .map_err(|what| format!("{what} can't be"))?;
    let data = match manifest.data.embedded {
        true => {
            let data = data::read(&mut reader, &preparation)?;
            if SamplesIdentity::of(&data.samples) != head.samples {
                return Err("the data in it are not those of the run".to_owned());
            }
            Some(Arc::new(data))
        }
        false => None,
    };
    let layout = Layout::new(head.samples, head.experiment.hidden);
    let array = |name: &str| layout.read(&mut reader, name);
    let checkpoint = Checkpoint::of_parts(head, array, preparation, history)?;
    Ok(RunFile {
        about: manifest.about,
        checkpoint,
        past,
        data,
    })
}

/// Whether an archive is a run's file, by what is in it.
#[cfg(not(target_family = "wasm"))]
pub(super) fn is_run<R: Read + Seek>(archive: &zip::ZipArchive<R>) -> bool {
    let has = |name: &str| archive.index_for_name(name).is_some();
    has(MANIFEST) && has(HISTORY)
}

fn manifest<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Manifest, Problem> {
    let text = reader
        .unlisted(MANIFEST)
        .ok_or("it has no manifest.json, as a run of the lab has")??;
    let broken = |error: serde_json::Error| format!("its {MANIFEST} is not valid ({error})");
    // asked first: what a newer version looks like nobody knows
    let value: Value = serde_json::from_slice(&text).map_err(broken)?;
    if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(format!("its {MANIFEST} is not that of a run"));
    }
    match value.get("version").and_then(Value::as_u64) {
        Some(VERSION) => serde_json::from_value(value).map_err(broken),
        Some(version) if version > VERSION => Err(format!(
            "it is of version {version}, and this program reads up to version {VERSION}: use a newer sae-lab"
        )),
        Some(_) | None => Err("its version is unknown".to_owned()),
    }
}

fn preparation<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Arc<FittedPreparation>, Problem> {
    let mut record: PreparationRecord = reader.text(PREPARATION)?;
    record.arrays.clear();
    for name in record.array_names() {
        let (shape, numbers) = reader.numbers(&of_preparation(name))?;
        let Numbers::F64(values) = numbers else {
            return Err(format!(
                "its {} is not in double precision",
                of_preparation(name)
            ));
        };
        record.arrays.push(NamedArray {
            name: name.to_owned(),
            shape,
            values,
        });
    }
    let fitted = FittedPreparation::try_from(record);
    fitted.map(Arc::new).map_err(|error| error.to_string())
}

fn of_preparation(array: &str) -> String {
    format!("preparation/{array}.npy")
}
