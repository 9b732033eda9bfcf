//! NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.

use std::io::{Cursor, ErrorKind, Read};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::choice::{Candidate, NoChoice, choose, labels, names_labels, note, shown, variables_of};
use super::error::grouped;
use super::found::Found;
use super::input::Input;
use super::npy_header::{Header, HeaderProblem, split};
use super::progress::Watch;
use super::reading::Wanted;
use super::{DataError, foreign, layout, limits, npy};

const FORMAT: &str = "NPZ";

pub(super) type Archive = ZipArchive<Cursor<Vec<u8>>>;

pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Reads the array `variable`, or the one that looks most like data, and labels that go with it.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    wanted: Wanted<'_>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let mut archive = open(&mut input)?;
    let mut candidates = Vec::new();
    let mut places = Vec::new();
    for place in 0..archive.len() {
        if let Some(candidate) = look(&input, &mut archive, place)? {
            candidates.push(candidate);
            places.push(place);
        }
    }
    if candidates.is_empty() {
        return Err(no_arrays(&input, &archive));
    }
    let chosen = choose(&candidates, wanted.variable)
        .map_err(|NoChoice { found, remedy }| input.unsupported(found, remedy))?;
    let array = unpack(&input, &mut archive, places[chosen], watch)?;
    let mut found = npy::read(array, name, wanted.reading)?;
    found.notes.extend(note(&candidates, chosen));
    found.variables = variables_of(&candidates, chosen);
    found.encoding = found.encoding.replace("NPY", "NPZ");
    let shape = found.samples_first(&candidates[chosen].shape);
    let samples = shape[0];
    let beside = candidates.iter().position(|other| {
        let both = |part| {
            let has = |name: &str| name.to_lowercase().contains(part);
            has(&other.name) == has(&candidates[chosen].name)
        };
        // the labels of the test part can be as many as those of the training part
        names_labels(&other.name) && other.shape == [samples] && both("test")
    });
    if let Some(beside) = beside.filter(|_| found.labels.is_none()) {
        let mut file = unpack(&input, &mut archive, places[beside], watch)?;
        let bytes = file.rest(limits::WHOLE_FILE)?;
        if let Ok((header, body)) = split(&bytes)
            && body.len() as u64 == samples.saturating_mul(header.size as u64)
        {
            let mut values: Vec<f64> = Vec::new();
            npy::decode(&header, body, &mut values);
            let every = layout::every(&shape).unwrap_or(1);
            let kept: Vec<f64> = values.into_iter().step_by(every as usize).collect();
            found.labels = labels(&kept);
        }
    }
    Ok(found)
}

/// The directory of all that is left of `input`.
pub(super) fn open(input: &mut Input<'_>) -> Result<Archive, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    if !is_zip(&bytes) {
        let begins = foreign::beginning(input.head());
        return Err(input.header(
            FORMAT,
            0,
            format!("it begins with {begins} and not with PK"),
        ));
    }
    let archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| damaged(input, Part::Directory, &error))?;
    limits::arrays(input.file(), archive.len(), "arrays")?;
    Ok(archive)
}

/// What an entry is, if it is a `.npy`, by its header.
fn look(
    input: &Input<'_>,
    archive: &mut Archive,
    place: usize,
) -> Result<Option<Candidate>, DataError> {
    let Some((name, header)) = head(input, archive, place)? else {
        return Ok(None);
    };
    let (shape, what) = match header {
        Ok(header) => (header.shape, None),
        // text or records: listed, not taken
        Err(HeaderProblem::Unsupported { found }) => (Vec::new(), Some(found)),
        Err(HeaderProblem::Broken { byte, problem }) => {
            let what = format!("broken at byte {byte}: {problem}");
            (Vec::new(), Some(what))
        }
    };
    Ok(Some(Candidate {
        name,
        usable: shape.len() >= 2 && !shape.contains(&0),
        shape,
        what,
    }))
}

/// The name and the header of an entry, if it is a `.npy`.
#[expect(
    clippy::type_complexity,
    reason = "a name, and a header or what is wrong with it"
)]
pub(super) fn head(
    input: &Input<'_>,
    archive: &mut Archive,
    place: usize,
) -> Result<Option<(String, Result<Header, HeaderProblem>)>, DataError> {
    let named = archive.name_for_index(place).and_then(Result::ok);
    let array = named.and_then(|name| name.strip_suffix(".npy").map(str::to_owned));
    let Some(name) = array else {
        return Ok(None);
    };
    let entry = archive
        .by_index(place)
        .map_err(|error| damaged(input, Part::Entry, &error))?;
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(damaged(
            input,
            Part::Entry,
            &ZipError::UnsupportedArchive(""),
        ));
    }
    let mut head = Vec::new();
    let (most, size) = (limits::NPY_HEADER + 12, entry.size());
    let read = entry.take(most).read_to_end(&mut head);
    read.map_err(|error| {
        let whole = format!("{name}.npy");
        unreadable(input, archive, (place, &whole, size), error)
    })?;
    Ok(Some((name, split(&head).map(|(header, _)| header))))
}

/// An entry's bytes, as many as it says that it has.
pub(super) fn unpack<'a>(
    input: &Input<'_>,
    archive: &mut Archive,
    place: usize,
    watch: Watch<'a>,
) -> Result<Input<'a>, DataError> {
    let mut entry = archive
        .by_index(place)
        .map_err(|error| damaged(input, Part::Entry, &error))?;
    let name = entry
        .name()
        .map_or_else(|_| String::new(), |name| name.into_owned());
    let file = format!("{} ({})", input.file(), shown(&name));
    let (size, packed) = (entry.size(), entry.compressed_size().min(input.position()));
    if limits::is_bomb(size, packed) {
        return Err(DataError::Bomb {
            file,
            ratio: limits::EXPANSION,
            remedy: "save it with numpy.savez if it is meant to be so",
        });
    }
    let most = limits::VALUES * 8 + limits::NPY_HEADER;
    if size > most {
        return Err(DataError::TooLarge {
            file,
            found: format!("{} bytes", grouped(size)),
            limit: format!("{} bytes", grouped(most)),
            remedy: "keep fewer samples".into(),
        });
    }
    let mut bytes = Vec::new();
    input.room(&mut bytes, usize::try_from(size).unwrap_or(usize::MAX))?;
    let read = (&mut entry).take(size).read_to_end(&mut bytes);
    // at its true end the checksum is compared
    let end = read.and_then(|_| entry.read(&mut [0]));
    drop(entry);
    let more = end.map_err(|error| unreadable(input, archive, (place, &name, size), error))?;
    if more > 0 || (bytes.len() as u64) < size {
        return Err(of_another_length(input, &name));
    }
    Input::unpacked(file, bytes, watch)
}

fn of_another_length(input: &Input<'_>, name: &str) -> DataError {
    DataError::Archive {
        file: input.file().to_owned(),
        problem: format!("{} is not as long as it says", shown(name)),
    }
}

/// Why the entry at a place, of a name and a claimed size, could not be read. The crate has one kind of error for a wrong
/// checksum and for bytes beyond the claimed size.
fn unreadable(
    input: &Input<'_>,
    archive: &mut Archive,
    (place, name, size): (usize, &str, u64),
    error: std::io::Error,
) -> DataError {
    if error.kind() == ErrorKind::InvalidData && has_more(archive, place, size) {
        of_another_length(input, name)
    } else {
        damaged(input, Part::Entry, &error.into())
    }
}

/// Whether an entry unpacks to more than `size` bytes, whatever its checksum says.
fn has_more(archive: &mut Archive, place: usize, size: u64) -> bool {
    let Ok(entry) = archive.by_index_raw(place) else {
        return false;
    };
    if entry.compression() != CompressionMethod::Deflated {
        return entry.compressed_size() > size;
    }
    let mut unpacked = flate2::read::DeflateDecoder::new(entry);
    let (mut count, mut chunk) = (0, [0; 1 << 12]);
    while count <= size {
        match unpacked.read(&mut chunk) {
            Ok(0) | Err(_) => break, // what came before a fault counts too
            Ok(more) => count += more as u64,
        }
    }
    count > size
}

/// The refusal of an archive without a single `.npy`.
fn no_arrays(input: &Input<'_>, archive: &Archive) -> DataError {
    const SHOWN: usize = 3;
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .collect();
    let ends = |endings: &[&str]| {
        names.iter().any(|name| {
            endings
                .iter()
                .any(|ending| name.to_lowercase().ends_with(ending))
        })
    };
    let (found, remedy) = if ends(&["xl/workbook.xml", "xl/workbook.bin"]) {
        ("an Excel workbook".into(), "save the sheet as CSV")
    } else if ends(&["content.xml", "word/document.xml"]) {
        ("an office document".into(), "save the table as CSV")
    } else if ends(&["/data.pkl"]) {
        (
            "a PyTorch checkpoint".into(),
            "save the array with numpy.save",
        )
    } else if ends(&[".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"]) {
        (
            "pictures in an archive".into(),
            "unpack it, and choose the folder",
        )
    } else if names.is_empty() {
        ("an empty archive".into(), "save the arrays again")
    } else {
        let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| shown(name)).collect();
        if names.len() > SHOWN {
            shown.push(format!("{} more", grouped((names.len() - SHOWN) as u64)));
        }
        (
            format!(
                "an archive without a single .npy array, but {}",
                shown.join(", ")
            ),
            "unpack it, and choose what was in it",
        )
    };
    input.unsupported(found, remedy)
}

/// Which part of an archive was read.
#[derive(Clone, Copy)]
enum Part {
    Directory,
    Entry,
}

/// What the crate says of an archive, in the words of one who did not write it.
fn damaged(input: &Input<'_>, part: Part, error: &ZipError) -> DataError {
    let problem = match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            return input.unsupported("arrays under a password", "save it without one");
        }
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
            return input.unsupported(
                "arrays packed in a way that the lab does not read",
                "save it with numpy.savez or numpy.savez_compressed",
            );
        }
        ZipError::InvalidArchive(_) => match part {
            Part::Directory => "its directory, at its end, is cut off or damaged".into(),
            Part::Entry => "an entry does not lie where its directory says".into(),
        },
        // the crate's kind for a wrong checksum and for more bytes than an entry declares; what cannot be unpacked is
        // `InvalidInput`
        ZipError::Io(error) if error.kind() == ErrorKind::InvalidData => {
            "a checksum does not match".into()
        }
        ZipError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "an array ends too soon".into()
        }
        ZipError::Io(error) if error.kind() == ErrorKind::OutOfMemory => {
            "there is not enough memory".into()
        }
        ZipError::Io(_) => "the compressed bytes are corrupt".into(),
        other => other.to_string(),
    };
    DataError::Archive {
        file: input.file().to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Folder, golden, loaded, refuse_every_cut, values};
    use super::super::{DataSpec, Samples, load};
    use super::*;

    #[test]
    fn stored_and_deflated_give_the_images_of_the_other_formats() {
        let expected = loaded(&golden("imgs-idx3-ubyte")).unwrap();
        for name in ["imgs_stored.npz", "imgs_deflated.npz"] {
            let set = loaded(&golden(name)).unwrap();
            assert!(matches!(set.samples, Samples::F32(_)));
            let worst = values(&set)
                .iter()
                .zip(values(&expected))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            assert!(
                set.samples.dim() == (40, 784) && worst < 1e-6,
                "{name}: {worst}"
            );
        }
        let labelled = loaded(&golden("imgs_stored.npz")).unwrap();
        assert_eq!(labelled.labels, Some((0..40).collect()));
    }

    #[test]
    fn an_array_can_be_asked_for() {
        let path = golden("../p1_ufldl_digits_sig_sig_64x25.npz");
        assert_eq!(loaded(&path).unwrap().samples.dim(), (200, 64));
        let asked = |name: &str| {
            load(&DataSpec {
                variable: Some(name.into()),
                ..DataSpec::file(&path)
            })
        };
        assert_eq!(asked("W1").unwrap().samples.dim(), (25, 64));
        let refusal = asked("b1").unwrap_err().to_string();
        assert!(refusal.contains("no array \"b1\""), "{refusal}");
    }

    #[test]
    fn every_cut_is_refused() {
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend([1, 2, 3, 4]);
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file("x.npy", options).unwrap();
            std::io::Write::write_all(&mut zip, &bytes).unwrap();
            refuse_every_cut("cut.npz", &zip.finish().unwrap().into_inner());
        }
    }

    #[test]
    fn an_archive_of_something_else_says_what_it_lacks() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("letter.txt", zip::write::SimpleFileOptions::default())
            .unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let message = loaded(&Folder::new().file("a.zip", &bytes))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("without a single .npy array, but letter.txt"),
            "{message}"
        );
    }
}
