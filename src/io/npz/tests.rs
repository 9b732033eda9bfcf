use super::*;
use std::io::Cursor;

pub(super) fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

pub(super) fn archive(entries: &[(String, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(
            name,
            SimpleFileOptions::default().compression_method(method),
        )
        .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read_bytes<T: Real>(bytes: &[u8]) -> Result<Parameters<T>, IoError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    std::fs::write(&path, bytes).unwrap();
    read_parameters(&path)
}

fn written<T: Real>(parameters: &Parameters<T>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    write_parameters(&path, parameters).unwrap();
    std::fs::read(path).unwrap()
}

fn model() -> Parameters<f64> {
    let mut model = Parameters::initial(5, 3, 1);
    model.encoder_bias_mut()[2] = -0.0;
    model.decoder_bias_mut()[4] = 1e-300;
    model
}

#[test]
fn what_is_written_is_read_bit_for_bit_and_always_the_same() {
    let bytes = written(&model());
    assert_eq!(bytes, written(&model()));
    let read: Parameters<f64> = read_bytes(&bytes).unwrap();
    assert_eq!(read, model());
    assert!(read.encoder_bias()[2].is_sign_negative());
    let single = model().cast::<f32>();
    assert_eq!(read_bytes::<f32>(&written(&single)).unwrap(), single);
    assert_eq!(read_bytes::<f64>(&written(&single)).unwrap(), single.cast());
    assert_eq!(read_bytes::<f32>(&bytes).unwrap(), single);
    let deflated = archive(&entries(&bytes), zip::CompressionMethod::Deflated);
    assert_eq!(read_bytes::<f64>(&deflated).unwrap(), model());
}

#[test]
fn the_entries_are_as_numpy_writes_them() {
    let entries = entries(&written(&model()));
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["W1.npy", "b1.npy", "W2.npy", "b2.npy"]);
    for ((_, bytes), values) in entries.iter().zip([15, 3, 15, 5]) {
        assert_eq!(
            bytes.len(),
            128 + 8 * values,
            "the header is padded to a multiple of 64"
        );
        assert_eq!(
            (&bytes[..10], bytes[127]),
            (b"\x93NUMPY\x01\x00\x76\x00".as_slice(), b'\n')
        );
    }
    assert!(
        entries[0].1[10..]
            .starts_with(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 5), }  ")
    );
    assert!(
        entries[1].1[10..]
            .starts_with(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }  ")
    );
}

#[test]
fn a_golden_fixture_is_a_model() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/p2_tanh_tanh_12x7.npz");
    let model = read_parameters::<f64>(&path).unwrap();
    assert_eq!((model.inputs(), model.hidden()), (12, 7));
}

#[test]
fn fortran_order_is_turned() {
    let mut entries = entries(&written(&model()));
    let values: Vec<f64> = model().encoder_weights().t().iter().copied().collect();
    let mut bytes = npy::header::<f64>("(3, 5)");
    let place = bytes.windows(5).position(|part| part == b"False").unwrap();
    bytes[place..place + 5].copy_from_slice(b"True ");
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    entries[0].1 = bytes;
    let turned = archive(&entries, zip::CompressionMethod::Stored);
    assert_eq!(read_bytes::<f64>(&turned).unwrap(), model());
}

#[test]
fn what_is_no_model_says_why() {
    let whole = entries(&written(&model()));
    let replaced = |index: usize, header: Vec<u8>, values: &[f64]| {
        let mut entries = whole.clone();
        entries[index].1 = header;
        entries[index]
            .1
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
        archive(&entries, zip::CompressionMethod::Deflated)
    };
    let integers = [
        b"\x93NUMPY\x01\x00\x3a\x00".as_slice(),
        b"{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }\n",
    ];
    let cases = [
        (b"not a zip at all".to_vec(), "it is not a valid .npz file"),
        (
            archive(&whole[..3], zip::CompressionMethod::Stored),
            "b2 is missing",
        ),
        (
            replaced(1, npy::header::<f64>("(4,)"), &[0.0; 4]),
            "b1 has shape [4], but W1 of shape [3, 5] needs [3]",
        ),
        (
            replaced(2, npy::header::<f64>("(3, 5)"), &[0.0; 15]),
            "W2 has shape [3, 5]",
        ),
        (
            replaced(0, npy::header::<f64>("(15,)"), &[0.0; 15]),
            "W1 has shape [15] and not (h, n)",
        ),
        (
            replaced(0, npy::header::<f64>("(0, 5)"), &[]),
            "which is empty",
        ),
        (
            replaced(0, npy::header::<f64>("(1000000, 1000000)"), &[0.0; 15]),
            "bytes of values",
        ),
        (
            replaced(
                0,
                npy::header::<f64>("(18446744073709551615, 3)"),
                &[0.0; 15],
            ),
            "bytes of values",
        ),
        (
            replaced(
                3,
                npy::header::<f64>("(5,)"),
                &[0.0, f64::NAN, 0.0, 0.0, 0.0],
            ),
            "b2 holds NaN at place 1, out of range",
        ),
        (
            replaced(1, integers.concat(), &[0.0; 3]),
            "b1 holds whole numbers",
        ),
        (replaced(1, b"\x93NUMPY".to_vec(), &[]), "broken header"),
    ];
    for (bytes, part) in cases {
        let message = read_bytes::<f64>(&bytes).unwrap_err().to_string();
        assert!(
            message.contains(part) && message.contains("model.npz"),
            "{part}: {message}"
        );
    }
    let large = replaced(3, npy::header::<f64>("(5,)"), &[0.0, 0.0, 0.0, 1e200, 0.0]);
    assert!(read_bytes::<f64>(&large).is_ok());
    assert!(
        read_bytes::<f32>(&large)
            .unwrap_err()
            .to_string()
            .contains("1e200"),
        "infinite in f32"
    );
}

#[test]
fn every_cut_and_every_flipped_byte_is_survived() {
    let bytes = written(&model());
    for length in 0..bytes.len() {
        assert!(read_bytes::<f64>(&bytes[..length]).is_err(), "{length}");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0xff;
        let _ = read_bytes::<f64>(&damaged); // an error or the same values: never a panic
    }
}

#[test]
fn a_folder_or_nothing_is_no_model() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        read_parameters::<f32>(folder.path()),
        Err(IoError::Model { .. })
    ));
    assert!(matches!(
        read_parameters::<f32>(&folder.path().join("x")),
        Err(IoError::Read { .. })
    ));
}
