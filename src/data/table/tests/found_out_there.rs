//! Tables as programs and people write them.

use super::*;

fn names(found: &Found) -> Vec<&str> {
    found.column_names.iter().map(String::as_str).collect()
}

fn refused(text: &str) -> String {
    read(text, Reading::default()).unwrap_err().to_string()
}

#[test]
fn digits_come_in_groups_of_three() {
    for text in [
        "a,b\n\"1,234.5\",\"2,000\"\n\"-12,345\",0.5\n",
        "a;b\n1,234.5;2,000\n-12,345;0.5\n",
        "a;b\n1.234,5;2.000\n-12.345;0,5\n",
        "a\tb\n1.234,5\t2.000\n-12.345\t0,5\n",
    ] {
        let found = suggested(text);
        assert_eq!(rows(&found), [[1234.5, 2000.0], [-12345.0, 0.5]], "{text}");
        let said = "Digits in groups of three read as thousands.";
        assert!(found.notes.iter().any(|note| note == said), "{text}");
    }
    // without proof of the one or the other a comma is a decimal one, as before
    assert_eq!(
        rows(&suggested("a;b\n1,234;2\n5,5;3\n")),
        [[1.234, 2.0], [5.5, 3.0]]
    );
    assert!(refused("a;b\n1,234.5;2\n1.234,5;3\n").contains("\"1,234.5\" in line 2, column 1 (a)"));
}

#[test]
fn tables_of_r_have_one_name_less_than_columns() {
    for text in [
        "\"mpg\" \"cyl\"\n\"Mazda RX4\" 21.0 6\n\"Datsun 710\" 22.8 4\n",
        "\"mpg\",\"cyl\"\n\"Mazda RX4\",21.0,6\n\"Datsun 710\",22.8,4\n",
        "mpg\tcyl\nMazda RX4\t21.0\t6\nDatsun 710\t22.8\t4\n",
        "mpg cyl\n1 21.0 6\n2 22.8 4\n",
    ] {
        let found = suggested(text);
        assert_eq!(rows(&found), [[21.0, 6.0], [22.8, 4.0]], "{text}");
        assert_eq!(names(&found), ["mpg", "cyl"], "{text}");
        assert_eq!(left_out(&found), [("0".to_owned(), Why::Index)], "{text}");
    }
    let plain = suggested("\"a\" \"kind\"\n1.5 \"x\"\n2 \"y\"\n");
    assert_eq!(
        (rows(&plain), plain.labels),
        (vec![vec![1.5], vec![2.0]], Some(vec![0, 1]))
    );
    // what only has too many values is no table of R
    assert!(refused("a,b\n1,2,3\n4,5,6\n").contains("3 fields in line 2"));
}

#[test]
fn what_stands_before_the_table_is_passed_over() {
    for text in [
        "sep=;\na;b\n1;2\n3;5\n",
        "\"sep=;\"\r\na;b\r\n1;2\r\n3;5\r\n",
        "a|b\n1|2\n3|5\n",
        "# made by x, at noon\n#\na,b\n1,2\n3,5\n",
        "# of the year\n# a,b\n1,2\n3,5\n",
    ] {
        let found = suggested(text);
        assert_eq!(rows(&found), [[1.0, 2.0], [3.0, 5.0]], "{text}");
        assert_eq!(names(&found), ["a", "b"], "{text}");
    }
    // lines keep their numbers
    assert!(refused("# x\n#\na,b\n1,2\n3,5x\n").contains("\"5x\" in line 5, column 2 (b)"));
    // the column that counts may be called #
    let numbered = suggested("#,hp,defence\n1,45,49\n2,60,62\n3,80,82\n");
    assert_eq!(left_out(&numbered), [("#".to_owned(), Why::Index)]);
}

#[test]
fn several_lines_of_names_are_put_together() {
    let values = "0,0.5,1,2\n1,0.25,3,4\n2,0.75,5,5\n";
    for head in [",x,x,y\n,a,b,a\n", "g,x,x,y\nk,a,b,a\nid,,,\n"] {
        let found = suggested(&format!("{head}{values}"));
        assert_eq!(names(&found), ["x a", "x b", "y a"], "{head}");
        assert_eq!(rows(&found)[1], [0.25, 3.0, 4.0]);
        let said = format!(
            "The first {} lines hold names, which are put together, as in \"y a\".",
            head.lines().count()
        );
        assert!(found.notes.contains(&said), "{:?}", found.notes);
    }
    let units = suggested("height,weight\ncm,kg\n180,80\n160,55\n");
    assert_eq!(names(&units), ["height cm", "weight kg"]);
    // a row of words and gaps is none of names
    let gaps = suggested("name,a,b\nAda,NA,\nBo,1,2\nCy,2,5\n");
    assert_eq!((names(&gaps), gaps.count()), (vec!["a", "b"], 2));
}

/// Each line a word and its vector, as GloVe writes them and, with their size before them, word2vec and fastText.
#[test]
fn word_vectors_are_read() {
    let words = ["the", ",", "\"", ";", "#", "1", "nan", "of"];
    let line = |(row, word): (usize, &&str)| {
        let values = (0..16).map(|place| format!(" {}", ((row * 7 + place * 3) % 11) as f64 - 5.5));
        format!("{word}{}\n", values.collect::<String>())
    };
    let text: String = words.iter().enumerate().map(line).collect();
    for text in [text.clone(), format!("8 16\n{text}")] {
        let found = suggested(&text);
        assert!(found.column_names.is_empty());
        assert_eq!((found.count(), rows(&found)[0].len()), (8, 16));
        assert_eq!(rows(&found)[2][0], 14.0 % 11.0 - 5.5);
        let Content::Samples { shape, .. } = found.content else {
            panic!("samples")
        };
        assert!(shape.is_vector(), "16 values are no picture");
        assert_eq!(found.class_names[0], "the");
        assert_eq!(found.labels.map(|labels| labels.len()), Some(8));
    }
    let many: String = (0..300)
        .map(|row| line((row, &&*format!("w{row}"))))
        .collect();
    let found = suggested(&many);
    assert_eq!(
        (found.labels, found.notes.len()),
        (None, 1),
        "{:?}",
        found.notes
    );
}

#[test]
fn percentages_are_numbers_where_a_column_has_nothing_else() {
    let found = suggested("a,share\n1,5%\n2,12.5 %\n4,\n3,80%\n");
    assert_eq!(rows(&found), [[1.0, 0.05], [2.0, 0.125], [3.0, 0.8]]);
    assert_eq!(found.notes[0], "Percentages read as parts of 1.");
    assert_eq!(
        refused("a,share\n1,5\n2,12%\n3,80\n"),
        "t.csv holds \"12%\" in line 3, column 2 (share), which is not a number: write all of that column as \
         percentages, or nothing of it"
    );
    // the percentiles that pandas describes a table by are names
    let found = suggested("5%,50%,95%\n1,2,3\n2,5,9\n");
    assert_eq!(names(&found), ["5%", "50%", "95%"]);
}

#[test]
fn where_every_row_has_a_gap_they_are_filled() {
    let text = "a,b\n1,\n,2\n5,\n,4\n";
    let found = suggested(text);
    assert_eq!(
        rows(&found),
        [[1.0, 3.0], [3.0, 2.0], [5.0, 3.0], [3.0, 4.0]]
    );
    assert_eq!(
        found.notes,
        [
            "Every row has a missing value, so they are filled with their column's mean: a (2) and b (2)."
        ]
    );
    let understood = found.understood.unwrap();
    assert_eq!(understood.reading.incomplete, Incomplete::FillMean);
    assert_eq!(understood.suggested.incomplete, Incomplete::FillMean);
    let drop = Reading {
        incomplete: Incomplete::LeaveOut,
        ..Reading::default()
    };
    let error = read(text, drop).unwrap_err().to_string();
    assert!(
        error.contains("no row without a missing value, of 4"),
        "{error}"
    );
}

#[test]
fn of_several_columns_of_words_one_can_be_the_labels() {
    let text = "a,col,kind\n1,red,x\n2,blue,y\n3,red,x\n";
    let hint = "One of col and kind can be taken as the labels (--label col).";
    assert_eq!(suggested(text).notes[1], hint);
    let chosen = Reading {
        labels: Labels::Column(Column::parse("col")),
        ..Reading::default()
    };
    let found = read(text, chosen).unwrap();
    assert!(!found.notes.concat().contains(hint), "{:?}", found.notes);
}

#[test]
fn what_is_said_of_numbers_is_said_of_columns_in_use() {
    let found = suggested("word,a,b\nx,1,2\ny,3,4\ntrue,5,7\nz,6,5\n");
    assert_eq!(
        found.notes,
        ["Column word taken as labels: it holds words."],
        "the words are words"
    );
}
