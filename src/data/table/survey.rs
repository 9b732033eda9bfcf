//! What each column of a table holds, and all of its numbers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::dialect::{Dialect, Field, is_date};
use super::text;

/// Most different words of a column that are kept: no more can be classes.
const WORDS: usize = 256;
/// A column of numbers may have mistakes in it; from this many on, and this part of its fields, they are words.
const MISTAKES: usize = 3;
const PART: usize = 10;

/// A table, looked through once.
pub(super) struct Survey {
    pub(super) rows: usize,
    /// Row by row, every column; NaN for what is no number.
    pub(super) values: Vec<f64>,
    pub(super) columns: Vec<Seen>,
    /// Whether decimal commas were read.
    pub(super) commas: bool,
    naming: Option<Naming>,
}

/// What a column was seen to hold.
#[derive(Default)]
pub(super) struct Seen {
    numbers: usize,
    pub(super) gaps: usize,
    words: usize,
    dates: usize,
    /// Words that begin with a letter, as the names of classes do.
    names: usize,
    /// Words that are numbers but for the way they are written: 1,000 or 5 %.
    nearly: usize,
    percents: usize,
    /// Whether "true" or "false" were read.
    pub(super) truths: bool,
    /// Whether digits were read in groups of three.
    pub(super) grouped: bool,
    first_percent: Option<Place>,
    /// The first row's number, while all rows after it count up from there.
    counts_from: Option<f64>,
    /// The first field that is no number.
    pub(super) first_word: Option<Place>,
    /// The first number that is beyond all range.
    pub(super) first_infinite: Option<(f64, Place)>,
    kept: Option<Box<Words>>,
}

/// A field, and where in the text its record begins.
pub(super) struct Place {
    pub(super) field: Vec<u8>,
    pub(super) start: usize,
}

/// The words of a column, each once, and in which row which of them stands.
#[derive(Default)]
struct Words {
    codes: HashMap<Vec<u8>, usize>,
    rows: Vec<(u32, u16)>,
    /// There are more than [`WORDS`].
    many: bool,
}

/// The first column of words, which may name the rows.
struct Naming {
    column: usize,
    names: Vec<String>,
}

/// Of more rows than these nobody reads the names.
const NAMED: usize = 1_000_000;
/// Characters of a name.
const LONGEST: usize = 60;

impl Survey {
    pub(super) fn new(columns: Vec<Seen>) -> Self {
        Self {
            rows: 0,
            values: Vec::new(),
            columns,
            commas: false,
            naming: None,
        }
    }

    /// What the `rows` are called by the first column of words, if that is one `of_names` and tells most of them apart.
    pub(super) fn names_of(
        &self,
        rows: &[usize],
        of_names: impl FnOnce(usize) -> bool,
    ) -> Option<Arc<[String]>> {
        let naming = self
            .naming
            .as_ref()
            .filter(|naming| of_names(naming.column))?;
        if naming.names.len() != self.rows {
            return None; // there were too many
        }
        let names = rows.iter().map(|&row| naming.names[row].clone());
        let names: Arc<[String]> = names.collect();
        let different: HashSet<&String> = names.iter().collect();
        (different.len() * 2 > names.len()).then_some(names)
    }

    /// Takes the next row, of as many fields as there are columns.
    pub(super) fn take<'a>(
        &mut self,
        fields: impl Iterator<Item = &'a [u8]>,
        start: usize,
        dialect: Dialect,
    ) {
        let row = self.rows;
        for (column, (seen, field)) in self.columns.iter_mut().zip(fields).enumerate() {
            let read = dialect.read(field);
            if row == 0 && self.naming.is_none() && matches!(read, Field::Word) && !is_date(field) {
                let names = Vec::new();
                self.naming = Some(Naming { column, names });
            }
            if let Some(naming) = &mut self.naming
                && naming.column == column
                && row < NAMED
            {
                let name = text::words(field);
                naming.names.push(name.chars().take(LONGEST).collect());
            }
            self.commas |= matches!(read, Field::Comma(_));
            self.values.push(match read {
                Field::Number(value)
                | Field::Comma(value)
                | Field::Grouped(value)
                | Field::Truth(value)
                | Field::Percent(value) => value,
                Field::Infinite(_) | Field::Gap | Field::Word => f64::NAN,
            });
            seen.take(read, (field, start), row);
        }
        self.rows += 1;
    }

    /// The numbers of a column.
    pub(super) fn numbers(&self, column: usize) -> impl Iterator<Item = f64> {
        let width = self.columns.len();
        self.values.iter().skip(column).step_by(width).copied()
    }

    /// The fields of a column as words, if they are few enough to be classes. A gap is "?".
    pub(super) fn words(&self, column: usize) -> Option<Vec<String>> {
        let mut words: Vec<String> = self
            .numbers(column)
            .map(|value| match value {
                value if value.is_nan() => "?".to_owned(),
                value => value.to_string(),
            })
            .collect();
        if let Some(kept) = &self.columns[column].kept {
            if kept.many {
                return None;
            }
            let mut names = vec![String::new(); kept.codes.len()];
            for (word, code) in &kept.codes {
                names[*code] = text::words(word).into_owned();
            }
            for (row, code) in &kept.rows {
                words[*row as usize].clone_from(&names[usize::from(*code)]);
            }
        }
        Some(words)
    }
}

impl Seen {
    fn take(&mut self, read: Field, (field, start): (&[u8], usize), row: usize) {
        let place = || {
            let field = field.to_vec();
            Place { field, start }
        };
        match read {
            Field::Number(value)
            | Field::Comma(value)
            | Field::Grouped(value)
            | Field::Truth(value) => {
                self.numbers += 1;
                self.truths |= matches!(read, Field::Truth(_));
                self.grouped |= matches!(read, Field::Grouped(_));
                if row == 0 {
                    self.counts_from = Some(value);
                } else if self
                    .counts_from
                    .is_some_and(|from| value != from + row as f64)
                {
                    self.counts_from = None;
                }
                return;
            }
            Field::Gap => self.gaps += 1,
            Field::Percent(_) => {
                self.percents += 1;
                self.first_percent.get_or_insert_with(place);
            }
            Field::Infinite(value) => {
                self.numbers += 1;
                self.first_infinite.get_or_insert_with(|| (value, place()));
            }
            Field::Word => {
                self.words += 1;
                let date = is_date(field);
                self.dates += usize::from(date);
                let text = text::words(field);
                self.names += usize::from(text.starts_with(char::is_alphabetic));
                self.nearly += usize::from(!date && is_nearly_number(&text));
                self.first_word.get_or_insert_with(place);
                self.kept.get_or_insert_default().keep(field, row);
            }
        }
        self.counts_from = None;
    }

    /// Once all rows are taken: percentages are numbers where the column has nothing else, and mistakes among others.
    pub(super) fn settle(&mut self) {
        let Some(percent) = self.first_percent.take() else {
            return;
        };
        if self.numbers + self.words == 0 {
            self.numbers = self.percents;
            return;
        }
        self.words += self.percents;
        self.nearly += self.percents;
        let word = self.first_word.take();
        self.first_word = word
            .filter(|word| word.start < percent.start)
            .or(Some(percent));
        self.percents = 0;
    }

    /// Whether it holds percentages and nothing else but gaps.
    pub(super) fn is_percentages(&self) -> bool {
        self.percents > 0
    }

    /// Whether it holds words and no numbers, but for a few that are mistakes.
    pub(super) fn is_words(&self) -> bool {
        let filled = self.words + self.numbers;
        self.words > 0
            && self.nearly * 2 <= self.words
            && (self.numbers == 0 || self.words >= MISTAKES && self.words * PART >= filled)
    }

    pub(super) fn is_dates(&self) -> bool {
        self.is_words() && self.dates == self.words
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.words + self.numbers == 0
    }

    /// Whether it holds numbers, and nothing else but gaps.
    pub(super) fn is_numeric(&self) -> bool {
        self.words == 0 && self.numbers > 0
    }

    /// Whether it numbers the rows, from 0 or 1.
    pub(super) fn counts(&self) -> bool {
        self.counts_from == Some(0.0) || self.counts_from == Some(1.0)
    }

    /// Whether so few different words stand in it, of `rows`, that they may be classes.
    pub(super) fn is_classes(&self, rows: usize) -> bool {
        /// Even if each were another.
        const FEW: usize = 10;
        self.kept.as_ref().is_some_and(|kept| {
            let words = kept.codes.len();
            !kept.many && self.names == self.words && (words <= FEW || words * 2 <= rows)
        })
    }

    /// Whether a word stands in it more than once.
    pub(super) fn repeats(&self) -> bool {
        let kept = self.kept.as_ref();
        kept.is_some_and(|kept| kept.codes.len() < kept.rows.len())
    }
}

/// Whether `text` is a number, less marks that people write in and about it.
fn is_nearly_number(text: &str) -> bool {
    let bare = text
        .chars()
        .filter(|mark| {
            !matches!(
                mark,
                ',' | '.' | '\'' | ' ' | '\u{a0}' | '%' | '$' | '€' | '£'
            )
        })
        .map(|mark| if mark == '−' { '-' } else { mark });
    bare.collect::<String>().parse::<i64>().is_ok()
}

impl Words {
    fn keep(&mut self, field: &[u8], row: usize) {
        if self.many {
            return;
        }
        let next = self.codes.len();
        let code = match self.codes.get(field) {
            Some(code) => *code,
            None if next < WORDS => {
                self.codes.insert(field.to_vec(), next);
                next
            }
            None => {
                *self = Self {
                    many: true,
                    ..Self::default()
                };
                return;
            }
        };
        // rows are fewer than the limit of values, classes than 256
        if let (Ok(row), Ok(code)) = (u32::try_from(row), u16::try_from(code)) {
            self.rows.push((row, code));
        }
    }
}
