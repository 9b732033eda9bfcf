use super::super::testing::golden;
use super::*;

fn safetensors(header: &str, body: &[u8]) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        body,
    ]
    .concat()
}

fn open(bytes: &[u8]) -> Result<TensorFile, DataError> {
    TensorFile::open("a file", bytes.to_vec())
}

fn npy(descr: &str, order: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

fn npz(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(format!("{name}.npy"), options).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn bytes_of(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn every_precision_is_read_by_name_with_the_metadata() {
    let half = |value: f32| half::f16::from_f32(value).to_le_bytes();
    let brain = |value: f32| half::bf16::from_f32(value).to_le_bytes();
    let body = [
        &[half(1.5), half(-2.0)].concat()[..],
        &[brain(1.5), brain(-2.0)].concat(),
        &[1.5f32.to_le_bytes(), (-2f32).to_le_bytes()].concat(),
        &[1.5f64.to_le_bytes(), (-2f64).to_le_bytes()].concat(),
        &[7, 9],
    ]
    .concat();
    let header = r#"{"__metadata__":{"step":"12","rho":"0.05"},
        "h":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},
        "b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},
        "s":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},
        "d":{"dtype":"F64","shape":[2],"data_offsets":[16,32]},
        "i":{"dtype":"U8","shape":[2],"data_offsets":[32,34]},
        "q":{"dtype":"F8_E4M3","shape":[0],"data_offsets":[34,34]}}"#;
    let bytes = safetensors(header, &body);
    let mut file = open(&bytes).unwrap();
    let told: Vec<_> = file
        .metadata()
        .iter()
        .map(|(key, text)| (&**key, &**text))
        .collect();
    assert_eq!(told, [("rho", "0.05"), ("step", "12")]);
    let infos: Vec<_> = file
        .tensors()
        .iter()
        .map(|info| (&*info.name, info.shape.clone(), info.is_float))
        .collect();
    assert_eq!(
        infos,
        [
            ("h", vec![1, 2], true),
            ("b", vec![2], true),
            ("s", vec![2, 1], true),
            ("d", vec![2], true),
            ("i", vec![2], false)
        ]
    );
    for name in ["h", "b", "s", "d"] {
        assert_eq!(
            file.array(name).unwrap().unwrap().values,
            [1.5, -2.0],
            "{name}"
        );
    }
    assert_eq!(file.array("i").unwrap().unwrap().values, [7.0, 9.0]);
    assert_eq!(file.array("q").unwrap(), None);
    for cut in 0..bytes.len() {
        assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn values_that_begin_like_gzip_are_values() {
    let values = [f32::from_le_bytes([0x1f, 0x8b, 8, 0]), 1.0];
    let body: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let header = r#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let mut file = open(&safetensors(header, &body)).unwrap();
    let read = file.array("x").unwrap().unwrap().values;
    assert_eq!(read, values.map(f64::from));
}

#[test]
fn an_archive_gives_its_arrays_in_rows_and_its_texts() {
    let bytes = npz(&[
        (
            "c.weight",
            npy(
                "<f8",
                "False",
                "(2, 3)",
                &bytes_of(&[0., 1., 2., 3., 4., 5.]),
            ),
        ),
        (
            "f.weight",
            npy(
                "<f8",
                "True",
                "(2, 3)",
                &bytes_of(&[0., 3., 1., 4., 2., 5.]),
            ),
        ),
        ("step", npy("<i8", "False", "()", &12i64.to_le_bytes())),
        ("metadata", npy("|u1", "False", "(2,)", b"{}")),
        ("words", npy("<U1", "False", "(1,)", b"a\0\0\0")),
    ]);
    let mut file = open(&bytes).unwrap();
    assert_eq!(file.tensors().len(), 4, "what no number is, is left out");
    for name in ["c.weight", "f.weight"] {
        let array = file.array(name).unwrap().unwrap();
        assert_eq!(
            (&array.shape[..], &array.values[..]),
            (&[2, 3][..], &[0., 1., 2., 3., 4., 5.][..])
        );
    }
    assert_eq!(file.array("step").unwrap().unwrap().values, [12.0]);
    assert_eq!(file.metadata()["metadata"], "{}");
    for cut in 0..bytes.len() {
        assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let model = std::fs::read(golden("../p1_ufldl_digits_sig_sig_64x25.npz")).unwrap();
    let mut file = open(&model).unwrap();
    assert_eq!(file.array("W1").unwrap().unwrap().shape, [25, 64]);
}

#[test]
fn a_damaged_member_is_found_when_it_is_read() {
    let bytes = npz(&[("x", npy("<f8", "False", "(2,)", &bytes_of(&[0.25, 0.5])))]);
    let place = bytes
        .windows(8)
        .position(|part| part == 0.5f64.to_le_bytes())
        .unwrap();
    let mut damaged = bytes;
    damaged[place] ^= 1;
    // a short one where its header is looked at already
    let read = open(&damaged).and_then(|mut file| file.array("x"));
    let error = read.unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
    let short = npz(&[("x", npy("<f8", "False", "(3,)", &bytes_of(&[0.25, 0.5])))]);
    let error = open(&short).unwrap().array("x").unwrap_err().to_string();
    assert!(error.contains("16 bytes of values"), "{error}");
}

#[test]
fn other_files_are_refused() {
    for bytes in [&b"weights"[..], b"\x89PNG....", b"\0\0\0\0\0\0\0\0\0\0\0\0"] {
        assert!(open(bytes).is_err());
    }
}
