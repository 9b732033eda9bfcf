use super::super::testing::{Folder, found, golden, loaded, values};
use super::super::{DataSpec, SampleShape, load};
use super::*;

#[test]
fn the_sample_tables_hold_the_first_digits() {
    let embedded = load(&DataSpec::parse("digits")).unwrap();
    let digits = values(&embedded);
    for (name, labelled) in [
        ("digits_header_label.csv", true),
        ("digits_noheader.csv", false),
    ] {
        let set = loaded(&golden(name)).unwrap();
        assert_eq!(set.shape, SampleShape::grey(8, 8), "{name}");
        assert_eq!(set.sentences(), ["Scaled linearly from [0, 16] to [0, 1]."]);
        assert!(
            values(&set)
                .iter()
                .zip(&digits)
                .all(|(a, b)| (a - b).abs() < 1e-7),
            "{name}"
        );
        let labels = embedded
            .labels
            .as_ref()
            .map(|labels| labels[..set.len()].to_vec());
        assert_eq!(set.labels, labels.filter(|_| labelled));
    }
}

#[test]
fn separators_names_and_words() {
    let folder = Folder::new();
    let cases = [
        ("a.csv", "0.5,1\n.25,0\n"),
        ("b.csv", "\u{feff}p;q\r\n0.5;1\r\n2.5e-1;0\r\n"),
        ("c.tsv", "p\tq\n\"0.5\"\t1\n0.25\t 0"),
        ("d", "0.5,1\n\n+0.25,0\n"),
        ("e.txt", "# p q\n 0.5   1\n2.5e-1 0\n"),
    ];
    for (name, text) in cases {
        let set = loaded(&folder.file(name, text.as_bytes())).unwrap();
        assert_eq!(
            (values(&set), set.samples.dim()),
            (vec![0.5, 1.0, 0.25, 0.0], (2, 2)),
            "{name}"
        );
        assert!(set.preparation.is_empty() && set.labels.is_none());
    }
    let words = folder.file("w.csv", b"a,Class,b\n1,cat,2\n3,dog,4\n5,cat,6\n");
    let words = found(&words).unwrap();
    assert_eq!(words.labels, Some(vec![0, 1, 0]));
    assert!(
        matches!(words.content, Content::Samples { values: Values::F64(ref v), .. } if v.row(1).to_vec() == [3.0, 4.0])
    );
}

#[test]
fn what_is_wrong_is_named_by_line_and_column() {
    let folder = Folder::new();
    let cases = [
        ("1,2\n3,x4\n", "\"x4\" in line 2, column 2"),
        ("p,q\n1,2\n3,\n", "nothing in line 3, column 2"),
        ("1;2\n3;0,5\n", "decimal point"),
        ("1,2\n3,nan\n", "NaN in row 2, column 2"),
        ("1,2\n3,1e999\n", "\"1e999\" in line 2, column 2"),
        ("1,2\n3,4,5\n", "3 fields in line 2"),
        ("p,q\n", "no row of numbers"),
        ("label\n1\n2\n", "nothing to learn from"),
        ("p,q\n\n\n1,2\n\n3,x\n", "\"x\" in line 6, column 2"),
        ("1,2\r3,x\r", "\"x\" in line 2, column 2"),
        ("1,2\n3;4\n", "separate the fields in the same way"),
        ("1,NA\n2,3\n", "\"NA\" in line 1, column 2"),
        ("1,x\n2,y\n3,4\n", "\"x\" in line 1, column 2"),
        ("1,2\n3,\"4\n5,6\n", "a quotation mark in line 2, column 2"),
        ("hello world", "no row of numbers"),
        ("1,1\n1,1\n", "nothing to learn"),
    ];
    for (text, part) in cases {
        let message = loaded(&folder.file("bad.csv", text.as_bytes()))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains(part) && message.contains("bad.csv"),
            "{part}: {message}"
        );
    }
}

#[test]
fn labels_are_found_by_name_or_by_their_words() {
    let folder = Folder::new();
    type Case = (
        &'static str,
        Option<&'static [u8]>,
        (usize, usize),
        &'static str,
    );
    let cases: [Case; 8] = [
        (
            "5.1,3.5,setosa\n4.9,3.0,virginica\n5,3,setosa\n",
            Some(&[0, 1, 0]),
            (3, 2),
            "Column 3 taken as labels",
        ),
        (
            "kind,a,b\nx,1,2\ny,3,4\n",
            Some(&[0, 1]),
            (2, 2),
            "Column 1 taken as labels",
        ),
        ("a,b,species\n1,2,x\n3,4,y\n", Some(&[0, 1]), (2, 2), ""),
        ("target,a\n-1,2\n1,4\n", Some(&[0, 1]), (2, 1), ""),
        ("a,b,label\n1,2,7\n3,4,9\n", Some(&[7, 9]), (2, 2), ""),
        (
            "a,b,y\n1,2,0.25\n3,4,0.5\n",
            None,
            (2, 2),
            "Labels ignored: they are not whole numbers.",
        ),
        ("1,2,7\n3,4,9\n", None, (2, 3), ""),
        ("0,1,label\n1,2,7\n3,4,9\n", Some(&[7, 9]), (2, 2), ""),
    ];
    for (text, labels, dimensions, note) in cases {
        let found = found(&folder.file("l.csv", text.as_bytes())).unwrap();
        assert_eq!(found.labels.as_deref(), labels, "{text}");
        let Content::Samples { values, .. } = &found.content else {
            panic!("samples")
        };
        assert_eq!(values.dim(), dimensions, "{text}");
        assert_eq!(
            found.notes.concat().is_empty(),
            note.is_empty(),
            "{:?}",
            found.notes
        );
        assert!(found.notes.concat().contains(note), "{:?}", found.notes);
    }
}

/// A table cut anywhere is a shorter table, or is refused in a sentence that names it.
#[test]
fn every_cut_is_a_table_or_refused() {
    let folder = Folder::new();
    for (name, text) in [
        (
            "cut.csv",
            "p,q,label\n0.5,1,cat\n-2.5e-1,0,dog\n3,\"4\",cat\n",
        ),
        ("cut.tsv", "1\t2\t3\r\n4\t5\t6\r\n7\t8\t9.25\r\n"),
        ("cut.txt", "# a b\n 1 2\n 3  4\n"),
    ] {
        for length in 0..=text.len() {
            match loaded(&folder.file(name, &text.as_bytes()[..length])) {
                Ok(set) => assert!(values(&set).iter().all(|value| value.is_finite())),
                Err(error) => {
                    let message = error.to_string();
                    assert!(
                        message.contains(name) && !message.contains('\n'),
                        "{length}: {message}"
                    );
                }
            }
        }
        assert!(
            loaded(&folder.file(name, text.as_bytes())).is_ok(),
            "{name}"
        );
    }
}
