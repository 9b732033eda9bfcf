use super::*;

fn file(name: &str) -> StudentFile {
    StudentFile::open(name, bytes(name)).unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/files");
    std::fs::read(folder.join(name)).unwrap()
}

/// What was taken for the weights and for the gradient.
fn taken(files: &[&str]) -> Result<(String, String), String> {
    let files = files.iter().map(|name| file(name)).collect();
    match Assignment::of_files(files, 4) {
        Ok(Assignment { weights, gradient }) => Ok((weights.file, gradient.file)),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn two_files_are_told_apart_in_either_order() {
    let both = |one: &str, other: &str| Ok((one.to_owned(), other.to_owned()));
    assert_eq!(
        taken(&["wrong.mat", "theta.mat"]),
        both("theta.mat", "wrong.mat")
    );
    assert_eq!(
        taken(&["theta.mat", "wrong.mat"]),
        both("theta.mat", "wrong.mat")
    );
    assert_eq!(
        taken(&["single.mat", "zeros.mat"]),
        both("zeros.mat", "single.mat")
    );
    assert_eq!(taken(&["rows.npz"]), both("rows.npz", "rows.npz"));
    // nothing in them says it: the first has the weights, unless it is called a gradient
    assert_eq!(
        taken(&["zeros.mat", "theta.mat"]),
        both("zeros.mat", "theta.mat")
    );
    let weights = bytes("zeros.mat");
    let files =
        ["gradient.mat", "model.mat"].map(|name| StudentFile::open(name, weights.clone()).unwrap());
    let told = Assignment::of_files(files.into(), 4).unwrap();
    assert_eq!(told.gradient.file, "gradient.mat");
    let said = told.weights.notes_of(0);
    assert!(
        said[0].contains("those in model.mat, the gradient that in gradient.mat"),
        "{said:?}"
    );
}

#[test]
fn what_is_missing_or_of_other_data_is_said() {
    for (files, part) in [
        (&[][..], "there is nothing to read"),
        (
            &["rows.npz", "rows.npz", "rows.npz"],
            "one of more than two files",
        ),
        (&["zeros.mat"], "the gradient of W1, b1, W2, b2 are missing"),
        (
            &["wrong.mat"],
            "W1, b1, W2, b2 are missing, it has thetaGrad",
        ),
    ] {
        let refused = taken(files).unwrap_err();
        assert!(refused.contains(part), "{refused}");
    }
    let refused = Assignment::of_files(vec![file("blocks.mat")], 9).unwrap_err();
    let sentence = refused.to_string();
    assert!(
        sentence.contains("4 inputs and 3 hidden units, and the samples here have 9 values"),
        "{sentence}"
    );
    // nine inputs do not go into a vector of four
    let refused = Assignment::of_files(vec![file("rows.npz")], 9).unwrap_err();
    assert!(
        refused.to_string().contains("no autoencoder with 9 inputs"),
        "{refused}"
    );
}

#[test]
fn both_orders_of_a_vector_are_the_same_matrices() {
    let [by_columns, by_rows] =
        ["ufldl.mat", "rows.npz"].map(|name| file(name).weights(Some(4), None).unwrap());
    assert_eq!(by_columns.usual(), by_rows.usual());
    assert_eq!((by_columns.all.len(), by_rows.all.len()), (1, 2));
    assert_eq!(by_rows.size(), (3, 4));
    let turned = file("turned.npz").weights(None, None).unwrap();
    assert_eq!(turned.usual(), by_rows.usual());
    assert_eq!(
        file("single.mat")
            .gradient((3, 4), "m", true)
            .unwrap()
            .precision,
        Precision::F32
    );
    // a zero takes a byte there, and is a double all the same
    assert_eq!(
        file("zeros.mat").weights(None, None).unwrap().precision,
        Precision::F64
    );
}

#[test]
fn every_cut_and_every_damaged_byte_is_refused_or_gives_numbers() {
    let look = |name: &str, bytes: Vec<u8>| {
        let mut file = match StudentFile::open(name, bytes) {
            Ok(file) => file,
            Err(error) => return assert!(error.to_string().contains(name), "{error}"),
        };
        match file.weights(Some(4), None) {
            Ok(weights) => {
                assert!(weights.usual().is_finite());
                if let Ok(told) = Assignment::new(weights, &mut file, None) {
                    assert!(told.gradient.usual().is_finite());
                }
            }
            Err(error) => assert!(error.to_string().contains(name), "{error}"),
        }
    };
    for name in ["ufldl.mat", "blocks.mat", "rows.npz", "turned.npz"] {
        let whole = bytes(name);
        for end in 1..whole.len() {
            look(name, whole[..end].to_vec());
        }
        for place in 0..whole.len() {
            for bits in [0xff, 0x01, 0x80] {
                let mut damaged = whole.clone();
                damaged[place] ^= bits;
                look(name, damaged);
            }
        }
    }
}
