//! Sound files of a few bytes in every format, from which fuzzing sets out (`tests/fuzz`).

use image::{DynamicImage, ImageFormat};

use super::build::*;
use super::tensors::{record, tensor, tensors};

pub fn make() -> Files {
    let mut files = Files::new();
    let bytes: Vec<u8> = (0..36).map(|value| value * 7).collect();
    let images = idx(8, &[4, 3, 3], &bytes);
    files.extend([
        ("idx/images", images.clone()),
        ("idx/images.gz", gzip(&images)),
        ("idx/values", idx(8, &[9, 4], &bytes)),
        ("idx/colour", idx(8, &[2, 2, 3, 3], &bytes)),
        ("idx/signed", idx(9, &[9, 4], &bytes)),
        ("idx/short", idx(0x0b, &[9, 2], &bytes)),
        ("idx/int", idx(0x0c, &[3, 3], &bytes)),
        (
            "idx/float",
            idx(
                0x0d,
                &[2, 2],
                &[0.0, 0.5, 1.0, 2.0].map(f32::to_be_bytes).concat(),
            ),
        ),
        (
            "idx/double",
            idx(
                0x0e,
                &[2, 2],
                &[0.0, 0.5, 1.0, 2.0].map(f64::to_be_bytes).concat(),
            ),
        ),
        (
            "idx/large",
            idx(8, &[1, 65, 2], &[bytes.as_slice(); 4].concat()[..130]),
        ),
    ]);
    let four = singles(&[0.0, 1.0, 2.0, 3.0]);
    let x = array("<f4", "(2, 2)", &four);
    let y = array(
        "<i8",
        "(2,)",
        &[7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0],
    );
    files.extend([
        ("npy/single", x.clone()),
        ("npy/single.gz", gzip(&x)),
        (
            "npy/double",
            array(
                ">f8",
                "(2, 2)",
                &[0.0, 0.5, 1.0, 2.0].map(f64::to_be_bytes).concat(),
            ),
        ),
        (
            "npy/half",
            array(
                "<f2",
                "(3, 2)",
                &[0, 0, 0, 0x3c, 0, 0x40, 0, 0x44, 0, 0x45, 0, 0x46],
            ),
        ),
        ("npy/bytes", array("|u1", "(4, 3, 3)", &bytes)),
        ("npy/colour", array("|u1", "(1, 3, 4, 3)", &bytes)),
        (
            "npy/int",
            npy(
                "{'descr': '<i4', 'fortran_order': True, 'shape': (3, 3), }\n",
                &bytes,
            ),
        ),
        (
            "npy/stored.npz",
            zip(&[("x.npy", &x), ("y.npy", &y)], false),
        ),
        (
            "npy/deflated.npz",
            zip(
                &[
                    ("x.npy", &x),
                    ("note.npy", &array("|O", "(2, 2)", b"\x80\x04.")),
                ],
                true,
            ),
        ),
    ]);
    let numbers = doubles(&[1.0, 2.0, 3.0, 4.0]);
    let matrix_x = matrix(6, &[2, 2], "x", 9, &numbers);
    files.extend([
        (
            "mat/old",
            joined(&[
                &mat4(0, 2, 2, 0, "x", &numbers),
                &mat4(50, 2, 1, 0, "y", &[1, 2]),
            ]),
        ),
        (
            "mat/new",
            mat5(&[matrix_x.clone(), matrix(6, &[1, 2], "label", 2, &[4, 9])]),
        ),
        (
            "mat/packed",
            mat5(&[packed(&matrix_x), matrix(4, &[1, 1], "note", 4, &[65, 0])]),
        ),
        (
            "mat/pictures",
            mat5(&[matrix(9, &[3, 4, 3], "x", 2, &bytes)]),
        ),
        (
            "mat/colour",
            mat5(&[matrix(9, &[2, 2, 3, 3], "x", 2, &bytes)]),
        ),
        (
            "mat/images",
            mat5(&[matrix(7, &[6, 6], "IMAGES", 2, &bytes)]),
        ),
        (
            "mat/cells",
            mat5(&[
                matrix(1, &[1, 1], "c", 14, &matrix_x[8..]),
                matrix(5, &[9, 9], "s", 5, &[]),
            ]),
        ),
    ]);
    files.extend([
        (
            "csv/names",
            b"p,q,label\n0.5,1,cat\n-2.5e-1,0,dog\n3,\"4\",cat\n".to_vec(),
        ),
        (
            "csv/semicolons",
            b"\xef\xbb\xbfp;q\r\n0.5;1\r\n2.5e-1;0\r\n".to_vec(),
        ),
        ("csv/tabs", b"1\t2\t3\n4\t5\t6\n7\t8\t9.25\n".to_vec()),
        ("csv/spaces", b"# a b\n 1 2\n 3  4\n".to_vec()),
        ("csv/words", b"5.1,3.5,setosa\n4.9,3.0,virginica\n".to_vec()),
        ("csv/quotes", b"a,b\n\"1\",\"2\"\n3,\"4\n5\"\n".to_vec()),
        ("csv/odd", b"1,nan\n-inf,1e999\n".to_vec()),
        ("csv/packed.gz", gzip(b"1,2,3,4\n5,6,7,8\n")),
    ]);
    files.extend([
        ("safetensors/labelled", {
            let entries = [
                tensor("__x__", "F16", "[2,2]", [0, 8]),
                tensor("images", "U8", "[2,3,3]", [8, 26]),
                tensor("labels", "I16", "[2]", [26, 30]),
            ];
            let header = format!("{{\"__metadata__\":{{\"a\":\"b\"}},{}}}", entries.join(","));
            let body: Vec<u8> = (0..26).collect();
            tensors(&header, &joined(&[&body, &[1, 0, 2, 0]]))
        }),
        ("safetensors/brain", {
            let header = format!("{{{}}}", tensor("x", "BF16", "[2,2]", [0, 8]));
            tensors(&header, &[0, 0, 0x80, 0x3f, 0, 0x40, 0x40, 0x40])
        }),
        (
            "bin/packed.gz",
            gzip(&joined(&[&record(3, 9), &record(1, 80)])),
        ),
        (
            "bin/hundred.gz",
            gzip(&joined(&[&[19], record(99, 9).as_slice()])),
        ),
    ]);
    files.extend([
        ("image/grey.png", png(16, 12, 8, 0, &rows(16, 12))),
        ("image/deep.png", png(8, 12, 16, 0, &rows(16, 12))),
        ("image/bits.png", png(16, 8, 1, 0, &rows(2, 8))),
        ("image/grey.jpg", picture(ImageFormat::Jpeg)),
        ("image/rgb.bmp", picture(ImageFormat::Bmp)),
        ("image/grey.tif", picture(ImageFormat::Tiff)),
        ("image/rgb.webp", picture(ImageFormat::WebP)),
        ("image/pages.tif", {
            let mut bytes = std::io::Cursor::new(Vec::new());
            let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
            for page in 0..3u8 {
                let pixels: Vec<f64> = (0..16u8).map(|at| f64::from(at * page) / 9.0).collect();
                encoder
                    .write_image::<tiff::encoder::colortype::Gray64Float>(4, 4, &pixels)
                    .unwrap();
            }
            bytes.into_inner()
        }),
        ("image/float.tif", {
            let image = image::Rgb32FImage::from_fn(4, 4, |x, y| {
                image::Rgb([x as f32 / 4.0, y as f32, 0.5])
            });
            let mut bytes = std::io::Cursor::new(Vec::new());
            DynamicImage::from(image)
                .write_to(&mut bytes, ImageFormat::Tiff)
                .unwrap();
            bytes.into_inner()
        }),
        ("image/rgba.png", {
            let image = image::RgbaImage::from_fn(9, 9, |x, y| {
                image::Rgba([x as u8 * 20, y as u8 * 9, 7, 200])
            });
            let mut bytes = std::io::Cursor::new(Vec::new());
            DynamicImage::from(image)
                .write_to(&mut bytes, ImageFormat::Png)
                .unwrap();
            bytes.into_inner()
        }),
    ]);
    files
}
