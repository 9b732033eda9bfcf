//! NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::choice::{Candidate, choose, labels, names_labels, note};
use super::found::Found;
use super::input::Input;
use super::npy_header::{Header, HeaderProblem, split};
use super::progress::Watch;
use super::{DataError, layout, limits, npy};

const FORMAT: &str = "NPZ";

type Archive = ZipArchive<Cursor<Vec<u8>>>;

pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Reads the array `variable`, or the one that looks most like data, and labels that go with it.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    variable: Option<&str>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&input, &error.to_string()))?;
    if archive.len() > limits::ARRAYS {
        return Err(DataError::TooLarge {
            file: input.file().to_owned(),
            found: format!("{} arrays", archive.len()),
            limit: limits::ARRAYS.to_string(),
            remedy: "keep the one to train on".into(),
        });
    }
    let mut candidates = Vec::new();
    let mut places = Vec::new();
    for place in 0..archive.len() {
        let Some((array, header)) = look(&input, &mut archive, place)? else {
            continue;
        };
        let (shape, usable) = match header {
            Ok(header) => {
                let usable = header.shape.len() >= 2 && !header.shape.contains(&0);
                (header.shape, usable)
            }
            Err(_) => (Vec::new(), false), // text or records: listed, not taken
        };
        candidates.push(Candidate {
            name: array,
            shape,
            usable,
        });
        places.push(place);
    }
    let chosen = choose(&candidates, variable).map_err(|found| {
        input.unsupported(
            found,
            "name one of these, or save the samples as a two-dimensional array",
        )
    })?;
    let mut found = npy::read(
        unpack(&input, &mut archive, places[chosen], u64::MAX, watch)?,
        name,
    )?;
    found.notes.extend(note(&candidates, chosen));
    found.encoding = found.encoding.replace("NPY", FORMAT);
    let samples = candidates[chosen].shape[0];
    let beside = candidates
        .iter()
        .position(|other| names_labels(&other.name) && other.shape == [samples]);
    if let Some(beside) = beside {
        let mut file = unpack(&input, &mut archive, places[beside], u64::MAX, watch)?;
        let bytes = file.rest(limits::WHOLE_FILE)?;
        if let Ok((header, body)) = split(&bytes)
            && body.len() as u64 == samples * header.size as u64
        {
            let mut values: Vec<f64> = Vec::new();
            npy::decode(&header, body, &mut values);
            let every = layout::every(&candidates[chosen].shape).unwrap_or(1);
            let kept: Vec<f64> = values.into_iter().step_by(every as usize).collect();
            found.labels = labels(&kept);
        }
    }
    Ok(found)
}

/// An entry's array name and header, if it is a `.npy`.
#[expect(clippy::type_complexity, reason = "a pair, told apart at its one call")]
fn look(
    input: &Input<'_>,
    archive: &mut Archive,
    place: usize,
) -> Result<Option<(String, Result<Header, HeaderProblem>)>, DataError> {
    let entry = archive
        .by_index(place)
        .map_err(|error| damaged(input, &error.to_string()))?;
    let Some(array) = entry
        .name()
        .ok()
        .and_then(|name| name.strip_suffix(".npy").map(str::to_owned))
    else {
        return Ok(None);
    };
    let mut head = Vec::new();
    let most = limits::NPY_HEADER + 12;
    entry
        .take(most)
        .read_to_end(&mut head)
        .map_err(|error| damaged(input, &error.to_string()))?;
    Ok(Some((array, split(&head).map(|(header, _)| header))))
}

/// An entry's bytes, at most as many as its compressed ones can hold.
fn unpack<'a>(
    input: &Input<'_>,
    archive: &mut Archive,
    place: usize,
    most: u64,
    watch: Watch<'a>,
) -> Result<Input<'a>, DataError> {
    let entry = archive
        .by_index(place)
        .map_err(|error| damaged(input, &error.to_string()))?;
    let name = entry
        .name()
        .map_or_else(|_| String::new(), |name| name.into_owned());
    let most = most.min(limits::VALUES * 8 + limits::NPY_HEADER).min(
        entry
            .compressed_size()
            .saturating_mul(limits::DEFLATE_RATIO),
    );
    if entry.size() > most {
        let problem = format!(
            "{name} claims {} bytes, more than it can hold",
            entry.size()
        );
        return Err(input.header(FORMAT, 0, problem));
    }
    let mut bytes = Vec::new();
    entry
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(input, &error.to_string()))?;
    Input::unpacked(format!("{} ({name})", input.file()), bytes, watch)
}

fn damaged(input: &Input<'_>, problem: &str) -> DataError {
    DataError::Decode {
        file: input.file().to_owned(),
        format: FORMAT,
        problem: problem.to_owned(),
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
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("x.npy", zip::write::SimpleFileOptions::default())
            .unwrap();
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend([1, 2, 3, 4]);
        std::io::Write::write_all(&mut zip, &bytes).unwrap();
        refuse_every_cut("cut.npz", &zip.finish().unwrap().into_inner());
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
            message.contains("no array of two dimensions or more, but nothing"),
            "{message}"
        );
    }
}
