mod found_out_there;

use super::super::progress::unwatched;
use super::super::testing::{Folder, found, golden, loaded, values};
use super::super::{
    Column, Columns, DataSpec, Incomplete, Labels, SampleShape, Why, find_bytes, load,
};
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
        ("1,2\n3,inf\n", "inf in row 2, column 2"),
        ("\"1,5\",2\n\"3,5\",5\n", "decimal point"),
        (
            "p,q\n1,\n,2\n",
            "nothing to learn: all its samples are the same",
        ),
        (
            "p,q\ncat,red\ndog,blue\n",
            "no column to learn from, but p and q, which hold words",
        ),
        ("1,2\n3,1e999\n", "\"1e999\" in line 2, column 2"),
        ("1,2\n3,4,5\n", "3 fields in line 2"),
        ("p,q\n", "no row of numbers"),
        ("label\n1\n2\n", "nothing to learn from"),
        ("p,q\n\n\n1,2\n\n3,x\n", "\"x\" in line 6, column 2"),
        ("1,2\r3,x\r", "\"x\" in line 2, column 2"),
        ("1,2\n3;4\n", "separate the fields in the same way"),
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
            "Column 2 taken as labels",
        ),
        (
            "kind,a,b\nx,1,2\ny,3,4\n",
            Some(&[0, 1]),
            (2, 2),
            "Column kind taken as labels",
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

fn read(text: &str, reading: Reading) -> Result<Found, DataError> {
    let spec = DataSpec {
        reading,
        ..DataSpec::default()
    };
    find_bytes("t.csv", text.as_bytes().to_vec(), &spec, &unwatched)
}

fn suggested(text: &str) -> Found {
    read(text, Reading::default()).unwrap()
}

fn rows(found: &Found) -> Vec<Vec<f64>> {
    match &found.content {
        Content::Samples {
            values: Values::F64(array),
            ..
        } => array.rows().into_iter().map(|row| row.to_vec()).collect(),
        other => panic!("{other:?}"),
    }
}

fn left_out(found: &Found) -> Vec<(String, Why)> {
    found.understood.as_ref().unwrap().left_out().collect()
}

const PEOPLE: &str = ",name,born,height,sex,weight,note\n\
    0,Ada,1815-12-10,1.6,f,50,\n1,Bo,1990-01-02,1.8,m,80,\n2,Cy,2001-03-04,NA,f,?,\n3,Di,1970-05-06,1.7,m,70,x\n";

#[test]
fn what_describes_no_sample_is_left_out_and_said() {
    let found = suggested(PEOPLE);
    assert_eq!(
        rows(&found),
        [vec![1.6, 50.0], vec![1.8, 80.0], vec![1.7, 70.0]]
    );
    assert_eq!(found.column_names, ["height", "weight"]);
    let out = |column: &str, why| (column.to_owned(), why);
    assert_eq!(
        left_out(&found),
        [
            out("0", Why::Index),
            out("name", Why::Words),
            out("born", Why::Dates),
            out("sex", Why::Words),
            out("note", Why::Words)
        ]
    );
    assert_eq!(
        found.notes,
        [
            "Left out: column 0, which numbers the rows.",
            "Left out: name, sex and note, which hold words.",
            "Left out: born, which holds dates.",
            "Column sex can be taken as the labels (--label sex).",
            "1 of 4 rows left out, since values are missing: height (1) and weight (1).",
        ]
    );
    let understood = found.understood.unwrap();
    assert_eq!(understood.rows_left_out, 1);
    assert_eq!(
        understood.reading.columns,
        Columns::These(vec![
            Column::Named("height".into()),
            Column::Named("weight".into()),
        ])
    );
    // what was suggested, asked for again, comes out the same with the same reasons
    let again = read(PEOPLE, understood.reading.clone()).unwrap();
    let before = suggested(PEOPLE);
    assert_eq!((again.content, again.notes), (before.content, before.notes));
    assert_eq!(understood.reading, understood.suggested);
}

#[test]
fn a_first_column_in_even_steps_is_the_axis_and_not_a_value() {
    let table = |first: &dyn Fn(usize) -> f64, name: &str| {
        let row = |row: usize| format!("{},{},{}\n", first(row), (row * row * 7) % 11, row % 5);
        format!("{name},height,width\n") + &(0..12).map(row).collect::<String>()
    };
    let wavelengths = suggested(&table(&|row| 850.0 + 2.5 * row as f64, "nm"));
    assert_eq!(left_out(&wavelengths), [("nm".to_owned(), Why::Axis)]);
    assert_eq!(rows(&wavelengths)[0].len(), 2);
    let note = "Left out: nm, which goes along the rows in even steps.";
    assert_eq!(wavelengths.notes[0], note);
    // measured, all the same, or one of several that are all so
    let rounded = |row: usize| (8500.0 + 20.2 * row as f64).round() / 10.0;
    assert_eq!(left_out(&suggested(&table(&rounded, "nm"))).len(), 1);
    let measured = |row: usize| 850.0 + 2.5 * row as f64 + 0.4 * (row % 3) as f64;
    assert!(left_out(&suggested(&table(&measured, "nm"))).is_empty());
    assert!(left_out(&suggested(&table(&|_| 4.0, "nm"))).is_empty());
    let ramp = (0..12).map(|row| format!("{},{},{}\n", 3 * row + 2, 5 * row, row % 5));
    let ramps = "a,b,c\n".to_owned() + &ramp.collect::<String>();
    assert!(left_out(&suggested(&ramps)).is_empty());
}

#[test]
fn words_that_name_the_rows_go_with_the_samples() {
    let gap = |row: usize| {
        if row == 1 {
            String::new()
        } else {
            row.to_string()
        }
    };
    let row = |row: usize| format!("car {row},{},{}\n", (row * 7) % 5, gap(row));
    let text = "car,speed,weight\n".to_owned() + &(0..30).map(row).collect::<String>();
    let names = suggested(&text).names.unwrap();
    assert_eq!(names.len(), 29, "of the rows that are complete");
    assert_eq!(names[..2], ["car 0", "car 2"]);
    // what is the class of a sample, or says the same of most, is no name
    let classes = suggested("kind,a,b\nred,1,5\nblue,2,6\nred,3,7\nred,4,9\n");
    assert!(classes.labels.is_some() && classes.names.is_none());
}

#[test]
fn rows_are_counted_in_several_ways() {
    let counted = [
        ("id,a\n1,5\n2,7\n3,6\n", "id"),
        ("0,5.5\n1,7\n2,6\n", "0"),
        (",a\n7,5\n3,7\n", "0"),
        ("Unnamed: 0,a\n7,5\n3,7\n", "Unnamed: 0"),
        ("\"\",a\n\"Mazda RX4\",5\n\"Datsun\",7\n", "0"),
    ];
    for (text, column) in counted {
        let found = suggested(text);
        assert_eq!(
            left_out(&found),
            [(column.to_owned(), Why::Index)],
            "{text}"
        );
        assert_eq!(rows(&found)[0].len(), 1);
    }
    for text in [
        "a,b\n1,5\n3,7\n2,6\n",
        "a,b\n2,5\n3,7\n4,6\n",
        "a\n0\n1\n2\n",
        "1,5\n2,7\n",
    ] {
        assert_eq!(left_out(&suggested(text)), [], "{text}");
    }
}

#[test]
fn labels_stand_anywhere_and_are_chosen_by_name_or_place() {
    let text = "a,kind,b,grade\n1,cat,2,3\n5,dog,4,1\n2,cat,9,2\n";
    let found = suggested(text);
    assert_eq!(
        (found.labels, &*found.column_names),
        (
            Some(vec![0, 1, 0]),
            &["a".to_owned(), "b".into(), "grade".into()][..]
        )
    );
    assert_eq!(found.class_names, ["cat", "dog"]);
    let label = |column: &str| Reading {
        labels: Labels::Column(Column::parse(column)),
        ..Reading::default()
    };
    for column in ["grade", "3"] {
        let found = read(text, label(column)).unwrap();
        assert_eq!(
            (found.labels, found.column_names.len()),
            (Some(vec![3, 1, 2]), 2)
        );
        assert_eq!(found.understood.unwrap().label().as_deref(), Some("grade"));
    }
    let none = Reading {
        labels: Labels::None,
        ..Reading::default()
    };
    let found = read(text, none.clone()).unwrap();
    assert_eq!(
        (&found.labels, left_out(&found)),
        (&None, vec![("kind".into(), Why::Words)])
    );
    // without labels a column that is called like them is data
    let found = read("x,y,z\n1,2.5,3\n4,5,6\n", none).unwrap();
    assert_eq!(found.column_names, ["x", "y", "z"]);
    let error = read(text, label("colour")).unwrap_err().to_string();
    assert_eq!(
        error,
        "t.csv holds no column \"colour\", but 0 a, 1 kind, 2 b, 3 grade: choose from these"
    );
}

#[test]
fn columns_are_taken_in_the_order_asked_for() {
    let text = "a,kind,b,c\n1,cat,2,3\n5,dog,4,1\n2,cat,9,\n";
    let these = |names: &[&str]| Reading {
        columns: Columns::These(names.iter().map(|name| Column::parse(name)).collect()),
        ..Reading::default()
    };
    let found = read(text, these(&["b", "0"])).unwrap();
    assert_eq!(
        rows(&found),
        [[2.0, 1.0], [4.0, 5.0], [9.0, 2.0]],
        "c has the gap"
    );
    assert_eq!(
        (&*found.column_names, &found.labels),
        (&["b".to_owned(), "a".into()][..], &Some(vec![0, 1, 0]))
    );
    for (names, part) in [
        (
            &["a", "kind"][..],
            "\"cat\" in line 2, column 2 (kind), which is not a number",
        ),
        (&["4"], "no column 4, but 0 a, 1 kind, 2 b, 3 c"),
        (&["a", "0"], "one column a alone: name it once"),
    ] {
        let error = read(text, these(names)).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let error = read("1,2\n3,5\n", these(&["x"])).unwrap_err().to_string();
    assert!(
        error.contains("the columns 0 to 1, without names"),
        "{error}"
    );
}

#[test]
fn gaps_leave_rows_out_or_are_filled() {
    let text = "a,b\n1,2\n,4\n4,nan\n1,6\n";
    let found = suggested(text);
    assert_eq!(rows(&found), [[1.0, 2.0], [1.0, 6.0]]);
    let fill = Reading {
        incomplete: Incomplete::FillMean,
        ..Reading::default()
    };
    let found = read(text, fill.clone()).unwrap();
    assert_eq!(
        rows(&found),
        [[1.0, 2.0], [2.0, 4.0], [4.0, 4.0], [1.0, 6.0]]
    );
    assert_eq!(
        found.notes,
        ["Missing values in 2 of 4 rows filled with their column's mean: a (1) and b (1)."]
    );
    assert_eq!(found.understood.unwrap().filled, [(1, 0), (2, 1)]);
    // labels go with the rows that are left
    let labelled = suggested("a,b,species\n1,2,x\n,4,y\n4,5,z\n");
    assert_eq!(labelled.labels, Some(vec![0, 1]));
    assert_eq!(labelled.class_names, ["x", "z"]);
    let empty = Reading {
        columns: Columns::These(vec![Column::At(0), Column::At(1)]),
        ..fill
    };
    let error = read("a,b\n1,\n2,\n", empty).unwrap_err().to_string();
    assert!(error.contains("no value in column b to fill"), "{error}");
    let found = suggested("a,b,c\n1,,5\n2,,7\n9,3,1\n");
    assert_eq!(left_out(&found), [("b".into(), Why::Gaps)]);
    let found = suggested("1,2,\n3,4,\n");
    assert_eq!(
        (rows(&found), left_out(&found)),
        (
            vec![vec![1.0, 2.0], vec![3.0, 4.0]],
            vec![("2".into(), Why::Empty)]
        )
    );
}

#[test]
fn decimal_commas_and_utf_16_are_understood() {
    let dated = suggested("Datum;b;c\n01.02.2024;1,5;2\n02.02.2024;-0,25;3\n");
    assert_eq!(rows(&dated), [[1.5, 2.0], [-0.25, 3.0]]);
    assert_eq!(left_out(&dated), [("Datum".into(), Why::Dates)]);
    for text in ["a;b\n1,5;2\n-0,25;3\n", "a\tb\n1,5\t2\n-0,25\t3\n"] {
        let found = suggested(text);
        assert_eq!(rows(&found), [[1.5, 2.0], [-0.25, 3.0]]);
        assert_eq!(found.notes, ["Decimal commas read as points."]);
    }
    let comma = Reading {
        decimal: Decimal::Comma,
        ..Reading::default()
    };
    for text in ["\"1,5\",\"2\"\n\"-0,25\",\"3\"\n", "1,5 2\n-0,25  3,0\n"] {
        assert_eq!(
            rows(&read(text, comma.clone()).unwrap()),
            [[1.5, 2.0], [-0.25, 3.0]],
            "{text}"
        );
    }
    let folder = Folder::new();
    let little = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let big = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>()
    };
    let text = "\u{feff}größe;b\r\n1,5;2\r\n2;3\r\n";
    for bytes in [little(text), big(text)] {
        let found = found(&folder.file("w.csv", &bytes)).unwrap();
        assert_eq!(
            (rows(&found), &found.column_names[0][..]),
            (vec![vec![1.5, 2.0], vec![2.0, 3.0]], "größe")
        );
        assert_eq!(found.encoding, "numbers as text, CSV in UTF-16");
        for length in 2..bytes.len() {
            match loaded(&folder.file("w.csv", &bytes[..length])) {
                Ok(set) => assert!(values(&set).iter().all(|value| value.is_finite())),
                Err(error) => assert!(error.to_string().contains("w.csv"), "{error}"),
            }
        }
    }
}

#[test]
fn a_table_can_be_turned() {
    let turned = Reading {
        orientation: Orientation::Columns,
        ..Reading::default()
    };
    let found = read("1,2,7\n3,4,9\n", turned).unwrap();
    assert_eq!(rows(&found), [[1.0, 3.0], [2.0, 4.0], [7.0, 9.0]]);
    assert_eq!(
        found.notes,
        ["Columns taken as samples: 3 of 2 values each."]
    );
    assert!(found.understood.unwrap().transposed());
}

#[test]
fn words_are_mistakes_where_they_are_few() {
    let tickets: String = (0..20)
        .map(|row| {
            format!(
                "{},{}\n",
                row * row,
                if row % 5 == 0 { "PC 1" } else { "17" }
            )
        })
        .collect();
    let found = suggested(&format!("a,ticket\n{tickets}"));
    assert_eq!(found.column_names, ["a"]);
    let one: String = (0..20)
        .map(|row| format!("{},{}\n", row * row, if row == 7 { "1O" } else { "17" }))
        .collect();
    let error = read(&one, Reading::default()).unwrap_err().to_string();
    assert!(error.contains("\"1O\" in line 8, column 2"), "{error}");
}

#[test]
fn numbers_can_name_columns_and_identifiers_are_left_out() {
    let folder = Folder::new();
    // as pandas writes an array, with and without its index
    for (name, text) in [
        ("a.csv", ",0,1,2\n0,0.5,1,0\n1,0.25,0,1\n2,0.5,0,1\n"),
        ("b.csv", "0,1,2\n0.5,1,0\n0.25,0,1\n0.5,0,1\n"),
    ] {
        let found = found(&folder.file(name, text.as_bytes())).unwrap();
        assert_eq!(found.column_names, ["0", "1", "2"], "{name}");
        assert_eq!(found.count(), 3, "{name}");
        let read = found.understood.unwrap();
        assert_eq!((read.rows_left_out, read.label()), (0, None), "{name}");
    }
    let rows = (0..12).map(|at| format!("{},{},{at}.5\n", 900 + at * at % 7 + 20 * at, at % 3));
    let text = format!("id,stock_id,price\n{}", rows.collect::<String>());
    let found = found(&folder.file("c.csv", text.as_bytes())).unwrap();
    // the second has the same number more than once
    assert_eq!(found.column_names, ["stock_id", "price"]);
    let left_out: Vec<_> = found.understood.as_ref().unwrap().left_out().collect();
    assert_eq!(left_out, [("id".to_owned(), Why::Index)]);
}

#[test]
fn true_and_false_are_numbers() {
    let folder = Folder::new();
    let text = "wet,warm,label\nTrue,FALSE,b\nfalse,true,a\n,True,a\n";
    let found = found(&folder.file("a.csv", text.as_bytes())).unwrap();
    let Content::Samples {
        values: Values::F64(values),
        ..
    } = &found.content
    else {
        panic!("{found:?}")
    };
    assert_eq!(values.row(0).to_vec(), [1.0, 0.0]);
    assert_eq!(values.row(1).to_vec(), [0.0, 1.0]);
    assert_eq!(found.labels, Some(vec![0, 1]));
    assert_eq!(found.notes[0], "True read as 1, false as 0.");
}

#[test]
fn words_of_windows_are_read() {
    let folder = Folder::new();
    let text = b"Gr\xf6\xdfe;\x80;Art\n1,5;2;W\xe4hlt\n2,5;3;nicht\n";
    let found = found(&folder.file("a.csv", text)).unwrap();
    assert_eq!(found.column_names, ["Größe", "€"]);
    assert_eq!(found.class_names, ["Wählt", "nicht"]);
}
