//! Broken safetensors, and batches of CIFAR that are none.

use super::build::*;

/// A file of safetensors: the length of the header, the header, the bytes.
pub fn tensors(header: &str, body: &[u8]) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    joined(&[&length, header.as_bytes(), body])
}

/// The entry of a tensor.
pub fn tensor(name: &str, dtype: &str, shape: &str, offsets: [u64; 2]) -> String {
    let [begin, end] = offsets;
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
}

/// A record of CIFAR-10 of one grey.
pub fn record(label: u8, grey: u8) -> Vec<u8> {
    let mut bytes = vec![grey; 3073];
    bytes[0] = label;
    bytes
}

pub fn make(files: &mut Files) {
    let one = |dtype: &str, shape: &str, offsets, body: &[u8]| {
        tensors(&format!("{{{}}}", tensor("x", dtype, shape, offsets)), body)
    };
    let sound = one("U8", "[2,2]", [0, 4], &[1, 2, 3, 4]);
    let two = |first, second| {
        let entries = [
            tensor("x", "U8", "[2,2]", first),
            tensor("y", "U8", "[2,2]", second),
        ];
        tensors(&format!("{{{}}}", entries.join(",")), &[7; 8])
    };
    files.extend([
        ("safetensors/empty.safetensors", Vec::new()),
        ("safetensors/text.safetensors", b"not a tensor\n".to_vec()),
        ("safetensors/length-alone.safetensors", sound[..8].to_vec()),
        ("safetensors/header-cut.safetensors", sound[..30].to_vec()),
        (
            "safetensors/values-cut.safetensors",
            sound[..sound.len() - 1].to_vec(),
        ),
        (
            "safetensors/goes-on.safetensors",
            joined(&[&sound, &[5, 6]]),
        ),
        (
            "safetensors/claims-the-world.safetensors",
            patched(&sound, 0, &[0xff; 8]),
        ),
        (
            "safetensors/claims-a-trillion.safetensors",
            one("F32", "[1000000,1000000]", [0, 4_000_000_000_000], &[0; 16]),
        ),
        (
            "safetensors/claims-beyond-64-bits.safetensors",
            one("F32", "[18446744073709551615,3]", [0, u64::MAX], &[0; 16]),
        ),
        (
            "safetensors/no-json.safetensors",
            tensors("{\"x\": what?}", &[]),
        ),
        (
            "safetensors/nested.safetensors",
            tensors(&format!("{{\"x\":{}", "[".repeat(4_000)), &[]),
        ),
        (
            "safetensors/no-shape.safetensors",
            tensors("{\"x\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}", &[]),
        ),
        ("safetensors/no-tensors.safetensors", tensors("{}", &[])),
        (
            "safetensors/backwards.safetensors",
            one("U8", "[2,2]", [4, 0], &[1, 2, 3, 4]),
        ),
        ("safetensors/overlap.safetensors", two([0, 4], [2, 6])),
        ("safetensors/gap.safetensors", two([0, 4], [5, 9])),
        (
            "safetensors/shape-differs.safetensors",
            one("F32", "[2,2]", [0, 4], &[1, 2, 3, 4]),
        ),
        (
            "safetensors/eight-bit-floats.safetensors",
            one("F8_E5M2", "[2,2]", [0, 4], &[1, 2, 3, 4]),
        ),
        (
            "safetensors/one-dimension.safetensors",
            one("U8", "[4]", [0, 4], &[1, 2, 3, 4]),
        ),
        (
            "safetensors/five-dimensions.safetensors",
            one("U8", "[1,1,1,2,2]", [0, 4], &[1, 2, 3, 4]),
        ),
        (
            "safetensors/no-samples.safetensors",
            one("U8", "[0,4]", [0, 0], &[]),
        ),
        (
            "safetensors/nan.safetensors",
            one("F32", "[2,1]", [0, 8], &singles(&[1.0, f32::NAN])),
        ),
        (
            "safetensors/all-the-same.safetensors",
            one("U8", "[2,2]", [0, 4], &[7; 4]),
        ),
    ]);
    files.extend([
        (
            "bin/label-beyond.bin.gz",
            gzip(&joined(&[&record(3, 9), &record(12, 80)])),
        ),
        ("bin/no-whole-record.bin.gz", gzip(&record(3, 9)[..3000])),
        ("bin/cut.bin", record(3, 9)[..40].to_vec()),
    ]);
}
