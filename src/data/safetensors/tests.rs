//! safetensors made by hand, so that every part of them can be wrong.

use super::super::testing::{Folder, found, loaded, refuse_every_cut, values};
use super::super::{Content, DataSpec, Values, load};
use super::*;

fn file(header: &str, body: &[u8]) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        body,
    ]
    .concat()
}

/// One tensor (2, 2) of a type.
fn of(dtype: &str, body: &[u8]) -> Vec<u8> {
    let end = body.len();
    file(
        &format!(r#"{{"x":{{"dtype":"{dtype}","shape":[2,2],"data_offsets":[0,{end}]}}}}"#),
        body,
    )
}

fn read(bytes: &[u8]) -> Result<Found, DataError> {
    found(&Folder::new().file("a.safetensors", bytes))
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

fn bytes_of<const N: usize>(values: [i8; 4], bytes: impl Fn(i8) -> [u8; N]) -> Vec<u8> {
    values.into_iter().flat_map(bytes).collect()
}

#[test]
fn every_type_of_value_is_read_and_others_are_named() {
    const V: [i8; 4] = [0, 1, 2, 3];
    for (dtype, body) in [
        ("F64", bytes_of(V, |v| f64::from(v).to_le_bytes())),
        ("F32", bytes_of(V, |v| f32::from(v).to_le_bytes())),
        (
            "F16",
            bytes_of(V, |v| half::f16::from_f32(v.into()).to_le_bytes()),
        ),
        (
            "BF16",
            bytes_of(V, |v| half::bf16::from_f32(v.into()).to_le_bytes()),
        ),
        ("I64", bytes_of(V, |v| i64::from(v).to_le_bytes())),
        ("I32", bytes_of(V, |v| i32::from(v).to_le_bytes())),
        ("I16", bytes_of(V, |v| i16::from(v).to_le_bytes())),
        ("I8", bytes_of(V, i8::to_le_bytes)),
        ("U64", bytes_of(V, |v| (v as u64).to_le_bytes())),
        ("U32", bytes_of(V, |v| (v as u32).to_le_bytes())),
        ("U16", bytes_of(V, |v| (v as u16).to_le_bytes())),
        ("U8", bytes_of(V, |v| [v as u8])),
    ] {
        let set = loaded(&Folder::new().file("a.safetensors", &of(dtype, &body))).unwrap();
        assert_eq!(values(&set), [0.0, 1.0, 2.0, 3.0], "{dtype}");
    }
    assert!(read(&of("BOOL", &[0, 1, 1, 0])).is_ok());
    assert_eq!(
        read(&of("BF16", &[0, 0, 0x80, 0x3f, 0, 0x40, 0x40, 0x40]))
            .unwrap()
            .encoding,
        "16-bit brain floating point, safetensors"
    );
    let error = refusal(&of("F8_E4M3", &[0; 4]));
    assert!(
        error.contains("x (values of type F8_E4M3, which the lab does not read)"),
        "{error}"
    );
}

#[test]
fn a_tensor_can_be_chosen_and_labels_lie_beside() {
    let header = r#"{"__metadata__":{"format":"pt"},
        "decoder":{"dtype":"U8","shape":[1,9],"data_offsets":[0,9]},
        "images":{"dtype":"U8","shape":[2,2,2],"data_offsets":[9,17]},
        "labels":{"dtype":"U8","shape":[2],"data_offsets":[17,19]},
        "scale":{"dtype":"U8","shape":[],"data_offsets":[19,20]}}"#;
    let bytes = file(header, &(0..20).collect::<Vec<u8>>());
    let folder = Folder::new();
    let path = folder.file("model.bin", &bytes);
    let found = found(&path).unwrap();
    let Content::Samples {
        values: Values::Bytes(pixels),
        ..
    } = &found.content
    else {
        panic!("bytes of three dimensions are pictures")
    };
    assert_eq!(
        pixels.iter().copied().collect::<Vec<_>>(),
        (9..17).collect::<Vec<_>>()
    );
    assert_eq!(found.labels, Some(vec![17, 18]));
    assert_eq!(found.variables.len(), 2);
    assert!(
        found.notes[0].starts_with("Array images taken, of"),
        "{:?}",
        found.notes
    );
    let asked = |name: &str| {
        load(&DataSpec {
            variable: Some(name.into()),
            ..DataSpec::file(&path)
        })
    };
    assert_eq!(asked("decoder").unwrap().samples.dim(), (1, 9));
    let error = asked("scale").unwrap_err().to_string();
    assert!(error.contains("no array \"scale\""), "{error}");
}

#[test]
fn every_cut_is_refused() {
    let header = r#"{"x":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}"#;
    refuse_every_cut("cut.safetensors", &file(header, &[1, 2, 3, 4, 0, 1]));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let one = |shape: &str, offsets: &str| {
        file(
            &format!(r#"{{"x":{{"dtype":"U8","shape":{shape},"data_offsets":{offsets}}}}}"#),
            &[1, 2, 3, 4],
        )
    };
    for (bytes, part) in [
        (one("[2,2]", "[1,5]"), "do not begin where"),
        (one("[2,2]", "[4,0]"), "do not begin where"),
        (one("[2,3]", "[0,4]"), "another number of bytes"),
        (
            one("[18446744073709551615,2,2]", "[0,4]"),
            "more dimensions or longer ones",
        ),
        (one("[2,4]", "[0,8]"), "ends too soon"),
        (one("[2,1]", "[0,2]"), "continues past its end"),
        (one("[-1,2]", "[0,4]"), "the tensor x:"),
        (one("[2,2]", "[0]"), "the tensor x:"),
        (one("[4]", "[0,4]"), "no array to train on, but x (4)"),
        (file("{}", &[]), "no arrays at all"),
        (file("{\"x\":[[[[[[", &[0; 4]), "not JSON of tensors"),
        (
            file(&format!("{{\"x\":{}", "[".repeat(10_000)), &[]),
            "not JSON of tensors",
        ),
    ] {
        let error = refusal(&bytes);
        assert!(error.contains(part), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let many = one(&format!("[{}]", ["1"; 9].join(",")), "[0,1]");
    assert!(refusal(&many).contains("more dimensions"));
    let word = format!(
        r#"{{"x":{{"dtype":"U8","shape":"{}","data_offsets":[0,4]}}}}"#,
        "y".repeat(9_000)
    );
    assert!(refusal(&file(&word, &[0; 4])).len() < 1_000);
    let mut long = u64::MAX.to_le_bytes().to_vec();
    long.extend(b"{\"x\"");
    let error = refusal(&long);
    assert!(
        error.contains("and not with the length of a header"),
        "{error}"
    );
    let two = r#"{"x":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[2,2],"data_offsets":[2,6]}}"#;
    let error = refusal(&file(two, &[0; 6]));
    assert!(error.contains("tensor y do not begin"), "{error}");
}
