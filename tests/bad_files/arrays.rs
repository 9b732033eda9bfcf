//! Broken IDX, `.npy` and `.mat` files.

use super::build::*;

pub fn make(files: &mut Files) {
    idx_files(files);
    npy_files(files);
    mat_files(files);
}

fn idx_files(files: &mut Files) {
    let images = idx(8, &[2, 2, 2], &[0, 50, 100, 150, 200, 250, 5, 10]);
    let doubles = |values: [f64; 4]| idx(0x0e, &[2, 2], &values.map(f64::to_be_bytes).concat());
    files.extend([
        ("idx/empty.idx", Vec::new()),
        ("idx/header-cut.idx", images[..9].to_vec()),
        ("idx/values-cut.idx", images[..21].to_vec()),
        ("idx/goes-on.idx", joined(&[&images, &[1, 2, 3]])),
        ("idx/begins-otherwise.idx", patched(&images, 0, &[1, 2])),
        ("idx/no-such-type.idx", patched(&images, 2, &[7])),
        ("idx/no-dimensions.idx", vec![0, 0, 8, 0, 5]),
        ("idx/five-dimensions.idx", idx(8, &[1; 5], &[5])),
        ("idx/four-dimensions.idx", idx(8, &[2, 5, 2, 2], &[5; 40])),
        ("idx/labels.idx", idx(8, &[4], &[0, 1, 2, 3])),
        ("idx/no-samples.idx", idx(8, &[0, 28, 28], &[])),
        ("idx/no-columns.idx", idx(8, &[3, 28, 0], &[])),
        ("idx/all-the-same.idx", idx(8, &[3, 2, 2], &[7; 12])),
        // 16 bytes that claim 10¹², and more than 64 bits can count
        (
            "idx/claims-a-trillion.idx",
            idx(8, &[1_000_000, 1_000, 1_000], &[]),
        ),
        ("idx/claims-the-world.idx", idx(0x0e, &[u32::MAX; 4], &[])),
        (
            "idx/claims-a-gigabyte.idx",
            idx(0x0d, &[16_000, 128, 128], &[1; 40]),
        ),
        (
            "idx/nan.idx",
            idx(
                0x0d,
                &[2, 2],
                &[0.0, 1.0, 2.0, f32::NAN].map(f32::to_be_bytes).concat(),
            ),
        ),
        ("idx/infinity.idx", doubles([f64::INFINITY, 1.0, 2.0, 3.0])),
        ("idx/text.idx", b"these are the images of my set\n".to_vec()),
        ("idx/little-endian.idx", {
            let sides: Vec<u8> = [2u32, 2, 2]
                .iter()
                .flat_map(|side| side.to_le_bytes())
                .collect();
            joined(&[&[0, 0, 8, 3], &sides, &[1; 8]])
        }),
    ]);
}

fn npy_files(files: &mut Files) {
    let four = singles(&[0.0, 1.0, 2.0, 3.0]);
    let sound = array("<f4", "(2, 2)", &four);
    let dictionary = |text: &str| npy(text, &four);
    let version_2 =
        |length: u32| joined(&[b"\x93NUMPY\x02\x00", &length.to_le_bytes(), b"{'descr'"]);
    files.extend([
        ("npy/empty.npy", Vec::new()),
        ("npy/magic-alone.npy", b"\x93NUMPY".to_vec()),
        ("npy/header-cut.npy", sound[..40].to_vec()),
        ("npy/values-cut.npy", sound[..sound.len() - 3].to_vec()),
        ("npy/goes-on.npy", joined(&[&sound, b"more"])),
        ("npy/version-9.npy", patched(&sound, 6, &[9])),
        ("npy/header-of-4-gigabytes.npy", version_2(u32::MAX)),
        ("npy/header-of-60-kilobytes.npy", version_2(60_000)),
        ("npy/text.npy", b"1 2 3\n4 5 6\n".to_vec()),
        ("npy/no-dictionary.npy", dictionary("(2, 2)")),
        ("npy/empty-dictionary.npy", dictionary("{}")),
        (
            "npy/no-descr.npy",
            dictionary("{'fortran_order': False, 'shape': (2, 2)}"),
        ),
        (
            "npy/no-order.npy",
            dictionary("{'descr': '<f4', 'shape': (2, 2)}"),
        ),
        (
            "npy/no-shape.npy",
            dictionary("{'descr': '<f4', 'fortran_order': False}"),
        ),
        (
            "npy/strange-entry.npy",
            dictionary("{'descr': '<f4', 'colour': 'red'}"),
        ),
        (
            "npy/string-open.npy",
            dictionary("{'descr': '<f4, 'fortran_order"),
        ),
        ("npy/no-colon.npy", dictionary("{'descr' '<f4'}")),
        (
            "npy/order-maybe.npy",
            dictionary("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 2)}"),
        ),
        (
            "npy/order-1.npy",
            dictionary("{'descr': '<f4', 'fortran_order': 1, 'shape': (2, 2)}"),
        ),
        (
            "npy/shape-list.npy",
            dictionary("{'descr': '<f4', 'fortran_order': False, 'shape': [2, 2]}"),
        ),
        ("npy/shape-negative.npy", array("<f4", "(-1, 2)", &four)),
        ("npy/shape-fraction.npy", array("<f4", "(2.5, 2)", &four)),
        (
            "npy/shape-nested.npy",
            array("<f4", "((((((((2, 2), 2), 2), 2), 2), 2), 2), 2)", &four),
        ),
        (
            "npy/shape-of-20-digits.npy",
            array("<f4", "(99999999999999999999, 2)", &four),
        ),
        (
            "npy/shape-of-65-sides.npy",
            array("<f4", &format!("({})", "1, ".repeat(65)), &four),
        ),
        ("npy/brackets.npy", dictionary(&"(".repeat(2_000))),
        (
            "npy/not-ascii.npy",
            dictionary("{'descr': '‹f4', 'fortran_order': False, 'shape': (2, 2)}"),
        ),
        (
            "npy/claims-a-trillion.npy",
            array("<f8", "(1000000, 1000000)", &[]),
        ),
        (
            "npy/claims-the-world.npy",
            array("|u1", "(18446744073709551615, 18446744073709551615)", &[]),
        ),
        (
            "npy/claims-a-megabyte.npy",
            array("<f4", "(512, 512)", &four),
        ),
        ("npy/no-samples.npy", array("<f4", "(0, 784)", &[])),
        ("npy/no-dimension.npy", array("<f4", "()", &four[..4])),
        ("npy/one-dimension.npy", array("<f4", "(4,)", &four)),
        (
            "npy/five-dimensions.npy",
            array("<f4", "(2, 1, 1, 1, 2)", &four),
        ),
        (
            "npy/object.npy",
            array(
                "|O",
                "(2, 2)",
                b"\x80\x04\x95\x0b\0\0\0\0\0\0\0K\x01K\x02e.",
            ),
        ),
        ("npy/complex.npy", array("<c8", "(2, 1)", &four)),
        ("npy/words.npy", array("<U2", "(2, 1)", &four)),
        ("npy/dates.npy", array("<M8[ns]", "(2, 1)", &four)),
        ("npy/long-doubles.npy", array("<f16", "(1, 1)", &four)),
        ("npy/type-empty.npy", array("", "(2, 2)", &four)),
        ("npy/three-byte-floats.npy", array("<f3", "(2, 2)", &four)),
        (
            "npy/records.npy",
            dictionary(
                "{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (2,)}",
            ),
        ),
        (
            "npy/nan.npy",
            array(
                "<f8",
                "(2, 3)",
                &doubles(&[0.0, 1.0, 2.0, 3.0, f64::NAN, 5.0]),
            ),
        ),
        (
            "npy/infinity.npy",
            array(
                "<f4",
                "(2, 2)",
                &singles(&[0.0, f32::NEG_INFINITY, 2.0, 3.0]),
            ),
        ),
        (
            "npy/nan-half.npy",
            array("<f2", "(2, 2)", &[0, 0, 0, 0x3c, 0, 0x40, 0, 0x7e]),
        ),
        (
            "npy/beyond-squares.npy",
            array("<f8", "(2, 1)", &doubles(&[1e300, -1e300])),
        ),
        (
            "npy/pictures-beyond-singles.npy",
            array("<f8", "(1, 65, 2)", &doubles(&[0.5, 1e300].repeat(65))),
        ),
        (
            "npy/all-the-same.npy",
            array("<f4", "(2, 2)", &singles(&[5.0; 4])),
        ),
    ]);
}

fn mat_files(files: &mut Files) {
    let four = doubles(&[1.0, 2.0, 3.0, 4.0]);
    let x = matrix(6, &[2, 2], "x", 9, &four);
    let sound = mat5(std::slice::from_ref(&x));
    let mut hdf5 = mat5(&[]);
    hdf5[..10].copy_from_slice(b"MATLAB 7.3");
    let squeezed = packed(&x);
    files.extend([
        ("mat/empty.mat", Vec::new()),
        (
            "mat/version-7-3.mat",
            joined(&[&hdf5, b"\x89HDF\r\n\x1a\n", &[0; 40]]),
        ),
        ("mat/hdf5.mat", joined(&[b"\x89HDF\r\n\x1a\n", &[0; 40]])),
        ("mat/text.mat", b"x = [1 2; 3 4];\n".to_vec()),
        (
            "mat/octave-text.mat",
            b"# Created by Octave 8.4.0\n# name: x\n# type: matrix\n".to_vec(),
        ),
        ("mat/header-cut.mat", sound[..100].to_vec()),
        ("mat/values-cut.mat", sound[..sound.len() - 9].to_vec()),
        ("mat/tag-cut.mat", sound[..131].to_vec()),
        ("mat/byte-order.mat", patched(&sound, 126, b"XX")),
        ("mat/no-arrays.mat", mat5(&[])),
        ("mat/strange-element.mat", mat5(&[words(&[99, 8, 0, 0])])),
        (
            "mat/small-element-too-large.mat",
            mat5(&[words(&[0x0007_000e, 0])]),
        ),
        ("mat/matrix-of-nothing.mat", mat5(&[element(14, &[])])),
        (
            "mat/sides-do-not-fit.mat",
            mat5(&[matrix(6, &[2, 3], "x", 9, &four)]),
        ),
        (
            "mat/no-sides.mat",
            mat5(&[matrix(6, &[], "x", 9, &four[..8])]),
        ),
        (
            "mat/values-of-no-type.mat",
            mat5(&[matrix(6, &[2, 2], "x", 99, &four)]),
        ),
        (
            "mat/one-dimension.mat",
            mat5(&[matrix(6, &[4], "x", 9, &four)]),
        ),
        (
            "mat/empty-array.mat",
            mat5(&[matrix(6, &[0, 5], "x", 9, &[])]),
        ),
        (
            "mat/text-alone.mat",
            mat5(&[matrix(4, &[1, 2], "title", 4, &[65, 0, 66, 0])]),
        ),
        (
            "mat/cells.mat",
            mat5(&[matrix(1, &[1, 1], "faces", 14, &x[8..])]),
        ),
        (
            "mat/structure.mat",
            mat5(&[matrix(2, &[1, 1], "data", 5, &[])]),
        ),
        ("mat/sparse.mat", mat5(&[matrix(5, &[9, 9], "fea", 5, &[])])),
        (
            "mat/complex.mat",
            mat5(&[matrix(6 | 0x0800, &[2, 2], "waves", 9, &four)]),
        ),
        (
            "mat/nan.mat",
            mat5(&[matrix(
                6,
                &[2, 2],
                "x",
                9,
                &doubles(&[1.0, 2.0, f64::NAN, 4.0]),
            )]),
        ),
        (
            "mat/all-the-same.mat",
            mat5(&[matrix(6, &[2, 2], "x", 9, &doubles(&[4.0; 4]))]),
        ),
        (
            "mat/images-too-small.mat",
            mat5(&[matrix(
                6,
                &[4, 4, 1],
                "IMAGES",
                9,
                &doubles(&[1.0, 2.0, 3.0, 4.0].repeat(4)),
            )]),
        ),
        (
            "mat/images-flat.mat",
            mat5(&[matrix(9, &[9, 9, 1], "IMAGES", 2, &[7; 81])]),
        ),
        (
            "mat/claims-a-trillion.mat",
            mat5(&[matrix(6, &[1_000_000, 1_000_000], "x", 9, &four)]),
        ),
        (
            "mat/claims-the-world.mat",
            mat5(&[matrix(6, &[u32::MAX; 4], "x", 9, &four)]),
        ),
        (
            "mat/claims-4-gigabytes.mat",
            mat5(&[words(&[14, u32::MAX - 7, 0, 0])]),
        ),
        (
            "mat/packed-damaged.mat",
            mat5(&[patched(&squeezed, 20, &[0xff; 12])]),
        ),
        (
            "mat/packed-nonsense.mat",
            mat5(&[element(15, b"this is not zlib")]),
        ),
        ("mat/packed-cut.mat", {
            let cut = &squeezed[8..squeezed.len() - 10];
            mat5(&[words(&[15, cut.len() as u32]), cut.to_vec()])
        }),
        (
            "mat/packed-array-cut.mat",
            mat5(&[packed(&x[..x.len() - 16])]),
        ),
        (
            "mat/packed-bomb.mat",
            mat5(&[packed(&matrix(6, &[800, 800], "x", 9, &[0; 8 * 640_000]))]),
        ),
        (
            "mat/many-small-bombs.mat",
            mat5(&vec![
                packed(&matrix(
                    9,
                    &[1500, 1000],
                    "x",
                    2,
                    &[0; 1_500_000]
                ));
                4
            ]),
        ),
        (
            "mat/old-cut.mat",
            mat4(0, 2, 2, 0, "x", &four)[..40].to_vec(),
        ),
        (
            "mat/old-claims-the-world.mat",
            mat4(0, u32::MAX, u32::MAX, 0, "x", &four),
        ),
        (
            "mat/old-claims-a-trillion.mat",
            mat4(50, 1_000_000, 1_000_000, 0, "x", &four),
        ),
        (
            "mat/old-second-header.mat",
            joined(&[&mat4(0, 2, 2, 0, "x", &four), &[0xee; 24]]),
        ),
        ("mat/old-text.mat", mat4(1, 2, 2, 0, "words", &four)),
        ("mat/old-sparse.mat", mat4(2, 2, 2, 0, "S", &four)),
        ("mat/old-complex.mat", mat4(0, 2, 1, 1, "z", &four)),
        (
            "mat/old-infinity.mat",
            mat4(0, 2, 2, 0, "x", &doubles(&[1.0, f64::INFINITY, 3.0, 4.0])),
        ),
    ]);
}
