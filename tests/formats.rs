//! A sample of every format, through the program itself: what `sae-lab data --out` writes is the array that others read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use ndarray::Array2;

fn formats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/formats")
}

/// (shape, values in C order) of a .npy, gzip or not, by a reader that is not the lab's.
fn npy(path: &Path) -> (Vec<u64>, Vec<f64>) {
    let mut bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_end(&mut plain)
            .unwrap();
        bytes = plain;
    }
    let file = npyz::NpyFile::new(&bytes[..]).unwrap();
    let shape = file.shape().to_vec();
    assert_eq!(file.order(), npyz::Order::C, "{}", path.display());
    let values = match file.dtype().descr().as_str() {
        "'|u1'" => file
            .into_vec::<u8>()
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect(),
        "'<u2'" => file
            .into_vec::<u16>()
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect(),
        "'<f4'" => file
            .into_vec::<f32>()
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect(),
        "'<f8'" => file.into_vec::<f64>().unwrap(),
        other => panic!("{other}"),
    };
    (shape, values)
}

/// The matrix that the program writes for `file` with `options`.
fn written(file: &str, options: &[&str]) -> Array2<f64> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("X.npy");
    let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .arg("data")
        .arg("--data")
        .arg(formats().join(file))
        .args(options)
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{file}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (shape, values) = npy(&out);
    Array2::from_shape_vec((shape[0] as usize, shape[1] as usize), values).unwrap()
}

fn same(file: &str, got: &Array2<f64>, expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{file}");
    let worst = got
        .iter()
        .zip(expected)
        .fold(0.0f64, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(worst <= tolerance, "{file} is off by {worst}");
}

#[test]
fn arrays_of_images() {
    let (shape, bytes) = npy(&formats().join("imgs_u8_3d.npy"));
    assert_eq!(shape, [40, 28, 28]);
    let expected: Vec<f64> = bytes.iter().map(|byte| byte / 255.0).collect();
    for file in [
        "imgs_u8_3d.npy",
        "imgs-idx3-ubyte",
        "imgs-idx3-ubyte.gz",
        "imgs_f4_fortran.npy",
        "imgs_stored.npz",
        "imgs_deflated.npz",
    ] {
        let got = written(file, &[]);
        assert_eq!(got.dim(), (40, 784), "{file}");
        same(file, &got, &expected, 1e-6);
    }
    let got = written("imgs_f8_be.npy", &[]);
    assert_eq!(got.dim(), (10, 784));
    same("imgs_f8_be.npy", &got, &expected[..7840], 1e-12);
}

#[test]
fn tables() {
    let digits = written(
        "../../../assets/digits-8x8-images-idx3-ubyte.gz",
        &["--preprocess", "none"],
    );
    for file in ["digits_header_label.csv", "digits_noheader.csv"] {
        let got = written(file, &["--preprocess", "none"]);
        let rows = got.nrows();
        assert_eq!(got.ncols(), 64, "{file}");
        same(file, &got, &digits.as_slice().unwrap()[..rows * 64], 0.0);
    }
}

#[test]
fn matlab_pictures() {
    // rows × columns × pictures, as MATLAB has it
    let (shape, values) = npy(&formats().join("IMAGES_expected.npy"));
    let [rows, columns, count] = shape[..] else {
        panic!("{shape:?}")
    };
    let (rows, columns, count) = (rows as usize, columns as usize, count as usize);
    let mut expected = Vec::new();
    for picture in 0..count {
        expected.extend((0..rows * columns).map(|pixel| values[pixel * count + picture]));
    }
    // version 4 has no arrays of three dimensions: its file holds the first picture alone
    for (file, count) in [
        ("IMAGES_v4.mat", 1),
        ("IMAGES_v5.mat", count),
        ("IMAGES_v5_zlib.mat", count),
    ] {
        let got = written(file, &["--cut", "whole", "--preprocess", "none"]);
        assert_eq!(got.dim(), (count, rows * columns), "{file}");
        same(file, &got, &expected[..count * rows * columns], 1e-6);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(["data", "--data"])
        .arg(formats().join("IMAGES_v73.mat"))
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message.contains("HDF5") && message.contains("-v7"),
        "{message}"
    );
}

#[test]
fn pictures() {
    // decoders of JPEG differ in how they interpolate colour: up to four levels here
    for (file, white, tolerance) in [
        ("grey.png", 255.0, 1e-6),
        ("grey16.png", 65535.0, 1e-6),
        ("palette.png", 255.0, 1e-6),
        ("rgba.png", 255.0, 1e-6),
        ("rgb.jpg", 255.0, 4.5 / 255.0),
    ] {
        let name = file.split('.').next().unwrap();
        let (shape, values) = npy(&formats().join(format!("expected/{name}.npy.gz")));
        let expected: Vec<f64> = values.iter().map(|value| value / white).collect();
        let got = written(file, &["--cut", "whole", "--preprocess", "none"]);
        assert_eq!(
            got.dim(),
            (1, shape.iter().product::<u64>() as usize),
            "{file}"
        );
        same(file, &got, &expected, tolerance);
    }
}

/// Colour patches, ZCA whitened, through a linear decoder: as the classical exercise does, and in colour on disk.
#[test]
fn colour_trains_and_is_exported_in_colour() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(["train", "--data"])
        .arg(formats().join("rgb.jpg"))
        .args([
            "--patches",
            "1000",
            "--hidden",
            "16",
            "--rho",
            "0.035",
            "--epochs",
            "3",
        ])
        .args(["--json", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let run: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(run["experiment"]["output_activation"], "linear");
    assert_eq!(run["data"]["inputs"], 192);
    assert!(run["data"]["prepared"]["whitening"]["zca"]["epsilon"].is_f64());
    for picture in ["features.png", "reconstructions.png"] {
        let image = image::open(folder.path().join(picture)).unwrap().to_rgb8();
        let coloured = image
            .pixels()
            .filter(|pixel| pixel.0.iter().max().unwrap() - pixel.0.iter().min().unwrap() > 30)
            .count();
        assert!(coloured > 200, "{picture}: {coloured}");
    }
}
