//! Which columns of a table are data, and which holds labels.

use csv::ByteRecord;

use super::dialect::{Dialect, Field, Separator};
use super::survey::Survey;
use crate::data::choice::{names_labels, shown};
use crate::data::reading::{Column, ColumnNames, Columns, Labels, Reading, Role, Why};

/// A first column that counts the rows is known by three of them; elsewhere it takes more.
const COUNTED_FIRST: usize = 3;
const COUNTED: usize = 10;

/// So many numbers in even steps are a scale, such as wavelengths; fewer can be values.
const SCALE: usize = 8;

/// Whether the first line holds the columns' names, by the first two: it has no number at all, or a name for labels, or
/// words where the second has numbers, or numbers that name columns.
pub(super) fn has_names(first: &ByteRecord, second: Option<&ByteRecord>, dialect: Dialect) -> bool {
    if dialect.separator == Separator::Vectors {
        return false;
    }
    let read = |field: &[u8]| dialect.read(field);
    // "5%" is what programs call the fifth percentile
    let quantiles = first.iter().enumerate().any(|(place, field)| {
        let below = second.and_then(|second| second.get(place)).map(read);
        matches!(read(field), Field::Percent(_)) && matches!(below, Some(Field::Number(_)))
    });
    if quantiles {
        return true;
    }
    let numeric = |field: &[u8]| !matches!(read(field), Field::Word | Field::Gap);
    if second.is_some_and(|second| are_places(first, second, dialect)) {
        return true;
    }
    let any_word = first.iter().any(|field| read(field) == Field::Word);
    if !any_word {
        return false;
    }
    if !first.iter().any(numeric) {
        return true;
    }
    first.iter().enumerate().any(|(place, field)| {
        if read(field) != Field::Word {
            return false;
        }
        let below = second.and_then(|second| second.get(place));
        match below.map(read) {
            Some(Field::Word) => false, // a class may be called y
            None | Some(Field::Gap) => names_labels(&String::from_utf8_lossy(field)),
            Some(_) => true,
        }
    })
}

/// Whether the numbers of the first line are the columns' places, as pandas names those of an array, or a scale; those
/// of the second are not.
fn are_places(first: &ByteRecord, second: &ByteRecord, dialect: Dialect) -> bool {
    let number = |field: &[u8]| match dialect.read(field) {
        Field::Number(value) | Field::Comma(value) => Some(value),
        _ => None,
    };
    let step = |numbers: &[f64]| {
        let (from, to) = (numbers.first()?, numbers.last()?);
        let step = (to - from) / (numbers.len() - 1) as f64;
        let even = numbers
            .windows(2)
            .all(|two| (two[1] - two[0] - step).abs() <= 1e-3 * step.abs());
        (step != 0.0 && even).then_some(step)
    };
    let gap = |record: &ByteRecord, place| record.get(place).map(|field| dialect.read(field));
    let numbers: Vec<f64> = first.iter().filter_map(number).collect();
    let below = first.iter().zip(second.iter());
    let below: Vec<f64> = below
        .filter(|(field, _)| number(field).is_some())
        .filter_map(|(_, below)| number(below))
        .collect();
    // the column of the rows' names has none
    let rows_named = gap(first, 0) == Some(Field::Gap)
        && gap(second, 0).is_some_and(|field| field != Field::Gap);
    let counts = numbers
        .iter()
        .enumerate()
        .all(|(place, number)| *number == place as f64);
    if rows_named && numbers.len() + 1 == first.len() && counts {
        return true;
    }
    let least = if counts { COUNTED_FIRST } else { SCALE };
    numbers.len() >= least
        && below.len() == numbers.len()
        && step(&numbers).is_some()
        && step(&below).is_none()
}

/// "id", "index", "patient_id", "PassengerId", "customerID"; not "acid", nor "ACID".
fn names_identifier(name: &str) -> bool {
    let whole = ["id", "index", "idx"];
    let before = ["ID", "Id", "id"]
        .iter()
        .find_map(|ending| Some((name.strip_suffix(ending)?, *ending)));
    whole.iter().any(|known| name.eq_ignore_ascii_case(known))
        || before.is_some_and(|(before, ending)| match before.chars().next_back() {
            Some(last) if last.is_alphabetic() => last.is_lowercase() && ending != "id",
            _ => true,
        })
}

/// What each column is for.
#[derive(Debug)]
pub(super) struct Plan {
    /// The columns in use, in the order of a sample's values.
    pub(super) used: Vec<usize>,
    pub(super) label: Option<Label>,
    pub(super) roles: Vec<Role>,
}

/// A column of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) place: usize,
    /// Whether only its words say that it is one.
    pub(super) by_words: bool,
}

/// Why the columns are not to be had: what the table holds, and what to do.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) found: String,
    pub(super) remedy: &'static str,
}

/// A table's columns: what was seen in them, and their names, none if there is no line of names.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) survey: &'a Survey,
    pub(super) names: &'a [String],
    /// Whether these are word vectors, each behind its word.
    pub(super) vectors: bool,
}

impl<'a> Table<'a> {
    fn width(self) -> usize {
        self.survey.columns.len()
    }

    fn name(self, place: usize) -> &'a str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The choices of `reading`; `known` are the names of the columns that suggest themselves.
    pub(super) fn plan(self, reading: &Reading, known: &[String]) -> Result<Plan, Refused> {
        let plan = self.followed(reading, known)?;
        // what was chosen because it was suggested keeps its reasons
        let suggested = self.followed(&Reading::default(), &[])?;
        let label = |plan: &Plan| plan.label.map(|label| label.place);
        if plan.used == suggested.used && label(&plan) == label(&suggested) {
            return Ok(suggested);
        }
        Ok(plan)
    }

    fn followed(self, reading: &Reading, known: &[String]) -> Result<Plan, Refused> {
        let look_up = ColumnNames::new(self.names.iter().map(String::as_str));
        let asked = match &reading.columns {
            Columns::These(columns) => Some(self.these(columns, &look_up)?),
            Columns::Suggested => self.all_of(known, &look_up),
            Columns::All => None,
        };
        let mut is_asked = vec![false; self.width()];
        for &place in asked.iter().flatten() {
            is_asked[place] = true;
        }
        let taken = |place: &usize| is_asked[*place];
        let label = match &reading.labels {
            Labels::None => None,
            Labels::Column(column) => {
                let place = self.place(column, &look_up)?;
                if taken(&place) {
                    return Err(Refused {
                        found: format!("one column {} alone", self.title(place)),
                        remedy: "take it as the labels or as a value, not as both",
                    });
                }
                let by_words = false;
                Some(Label { place, by_words })
            }
            Labels::Auto => self.label().filter(|label| !taken(&label.place)),
        };
        let is_label = |place| label.is_some_and(|label| label.place == place);
        let mut roles: Vec<Role> = (0..self.width())
            .map(|place| match (is_label(place), &asked) {
                (true, _) => Role::Label,
                (false, Some(_)) if is_asked[place] => Role::Used,
                (false, Some(_)) => Role::LeftOut(Why::NotChosen),
                (false, None) => Role::Used,
            })
            .collect();
        if asked.is_none() && reading.columns == Columns::Suggested {
            self.leave_out(&mut roles, reading.labels != Labels::None);
        }
        let used = asked.unwrap_or_else(|| {
            let places = roles.iter().enumerate();
            places
                .filter(|(_, role)| **role == Role::Used)
                .map(|(place, _)| place)
                .collect()
        });
        Ok(Plan { used, label, roles })
    }

    /// Sets aside what a sample would not be described by.
    fn leave_out(self, roles: &mut [Role], labels: bool) {
        for (place, role) in roles.iter_mut().enumerate() {
            let seen = &self.survey.columns[place];
            if *role != Role::Used {
                continue;
            }
            let why = if self.vectors && place == 0 {
                Some(Why::Words)
            } else if self.is_index(place) || self.is_identifier(place) {
                Some(Why::Index)
            } else if seen.is_empty() {
                Some(Why::Empty)
            } else if seen.is_dates() {
                Some(Why::Dates)
            } else if seen.is_words() {
                Some(Why::Words)
            } else if labels && names_labels(self.name(place)) {
                Some(Why::OtherLabels)
            } else {
                (seen.gaps * 2 > self.survey.rows).then_some(Why::Gaps)
            };
            if let Some(why) = why {
                *role = Role::LeftOut(why);
            }
        }
        let counted: Vec<usize> = (0..roles.len())
            .filter(|&place| roles[place] == Role::Used && self.counts(place))
            .collect();
        let used = roles.iter().filter(|role| **role == Role::Used).count();
        if counted.len() < used {
            for place in counted {
                roles[place] = Role::LeftOut(Why::Index);
            }
        }
        // of several such columns none is the axis: it is how the values are
        let axis = roles.first() == Some(&Role::Used) && !self.names.is_empty() && self.is_axis(0);
        let others = (1..roles.len()).filter(|&place| roles[place] == Role::Used);
        if axis && used > 2 && !others.clone().any(|place| self.is_axis(place)) {
            roles[0] = Role::LeftOut(Why::Axis);
        }
    }

    /// The first column without a name, as pandas and R write the rows' names.
    fn is_index(self, place: usize) -> bool {
        place == 0
            && self.width() > 1
            && !self.names.is_empty()
            && (self.name(0).is_empty() || self.name(0).starts_with("Unnamed: "))
    }

    /// A column that is called so and has another whole number in each row.
    fn is_identifier(self, place: usize) -> bool {
        if self.width() == 1 || self.survey.rows < COUNTED || !names_identifier(self.name(place)) {
            return false;
        }
        let mut numbers: Vec<f64> = self.survey.numbers(place).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.iter().all(|number| number.fract() == 0.0)
            && numbers.windows(2).all(|two| two[0] != two[1])
    }

    /// Even steps from row to row: times, wavelengths.
    fn is_axis(self, place: usize) -> bool {
        let seen = &self.survey.columns[place];
        if self.survey.rows < COUNTED || seen.gaps > 0 {
            return false;
        }
        let numbers: Vec<f64> = self.survey.numbers(place).collect();
        let [first, .., last] = numbers[..] else {
            return false;
        };
        // as far as they were rounded
        let step = (last - first) / (numbers.len() - 1) as f64;
        let even = |two: &[f64]| (two[1] - two[0] - step).abs() <= 0.1 * step.abs();
        step != 0.0 && numbers.windows(2).all(even)
    }

    fn counts(self, place: usize) -> bool {
        let least = if place == 0 { COUNTED_FIRST } else { COUNTED };
        self.survey.rows >= least && self.survey.columns[place].counts()
    }

    /// The column whose name says that it holds labels, or else the only one of words, if they are few.
    fn label(self) -> Option<Label> {
        let mut names = self.names.iter();
        if let Some(place) = names.position(|name| names_labels(name)) {
            let by_words = false;
            return Some(Label { place, by_words });
        }
        if self.vectors {
            let few = self
                .survey
                .words(0)
                .is_some_and(|_| self.survey.rows <= u8::MAX.into());
            let (place, by_words) = (0, true);
            return few.then_some(Label { place, by_words });
        }
        let mut words = (0..self.width()).filter(|&place| {
            let seen = &self.survey.columns[place];
            seen.is_words() && !seen.is_dates() && !self.is_index(place)
        });
        match (words.next(), words.next()) {
            (Some(place), None)
                if self.width() > 1 && self.survey.columns[place].is_classes(self.survey.rows) =>
            {
                let by_words = true;
                Some(Label { place, by_words })
            }
            _ => None,
        }
    }

    fn these(self, columns: &[Column], look_up: &ColumnNames<'_>) -> Result<Vec<usize>, Refused> {
        let mut places = Vec::with_capacity(columns.len());
        let mut seen = vec![false; self.width()];
        for column in columns {
            let place = self.place(column, look_up)?;
            if std::mem::replace(&mut seen[place], true) {
                return Err(Refused {
                    found: format!("one column {} alone", self.title(place)),
                    remedy: "name it once",
                });
            }
            places.push(place);
        }
        Ok(places)
    }

    /// The places of columns with these names, if there are any and all are here.
    fn all_of(self, known: &[String], look_up: &ColumnNames<'_>) -> Option<Vec<usize>> {
        let place = |name: &String| look_up.place(&Column::Named(name.clone()));
        let places: Option<Vec<usize>> = known.iter().map(place).collect();
        places.filter(|places| !places.is_empty())
    }

    fn place(self, column: &Column, look_up: &ColumnNames<'_>) -> Result<usize, Refused> {
        let place = look_up.place(column).filter(|place| *place < self.width());
        place.ok_or_else(|| {
            let asked = match column {
                Column::At(place) => format!("no column {place}"),
                Column::Named(name) => format!("no column {:?}", shown(name)),
            };
            Refused {
                found: format!("{asked}, but {}", self.listed()),
                remedy: "choose from these",
            }
        })
    }

    /// "0 height, 1 width"; without names "the columns 0 to 63".
    fn listed(self) -> String {
        const SHOWN: usize = 12;
        if self.names.iter().all(String::is_empty) {
            return format!("the columns 0 to {}, without names", self.width() - 1);
        }
        let one = |place| format!("{place} {}", shown(self.name(place)));
        let mut listed: Vec<String> = (0..self.width()).take(SHOWN).map(one).collect();
        if self.width() > SHOWN {
            listed.push(format!("{} more", self.width() - SHOWN));
        }
        listed.join(", ")
    }

    /// A column's name, or else its place from 0.
    pub(super) fn title(self, place: usize) -> String {
        match self.name(place) {
            "" => place.to_string(),
            name => shown(name),
        }
    }

    /// The choices that come to `plan`, with nothing left open.
    pub(super) fn settled(self, plan: &Plan, reading: &Reading) -> Reading {
        let look_up = ColumnNames::new(self.names.iter().map(String::as_str));
        let column = |place: usize| look_up.column(place);
        let label = plan.label.map(|label| label.place);
        let all = (0..self.width()).filter(|place| Some(*place) != label);
        Reading {
            columns: if all.eq(plan.used.iter().copied()) {
                Columns::All
            } else {
                Columns::These(plan.used.iter().map(|place| column(*place)).collect())
            },
            labels: label.map_or(Labels::None, |place| Labels::Column(column(place))),
            ..reading.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Separator;
    use super::*;

    #[test]
    fn names_are_told_by_the_first_two_lines() {
        let record = |fields: &[&str]| ByteRecord::from(fields.to_vec());
        let dialect = Dialect {
            separator: Separator::Comma,
            commas: false,
            thousands: None,
        };
        let numbers: Option<&[&str]> = Some(&["1", "2", "3"]);
        let words: Option<&[&str]> = Some(&["1", "2", "setosa"]);
        for (first, second, expected) in [
            (["1", "2", "3"], numbers, false),
            (["1", "2", "3"], None, false),
            (["a", "b", "c"], numbers, true),
            (["a", "b", "c"], None, true),
            (["a", "b", "Species"], words, true),
            (["label", "0", "1"], numbers, true),
            (["a", "b", "flower"], words, true),
            (["5", "6", "virginica"], words, false),
            (["5", "6", "virginica"], None, false),
            // a class that is called as labels are
            (["5", "6", "y"], Some(&["1", "2", "n"]), false),
            (["5", "6", "?"], Some(&["1", "2", "?"]), false),
            (["5", "NA", "cat"], Some(&["1", "2", "dog"]), false),
            (["5", "cat", "1"], Some(&["1", "dog", "2"]), false),
            (["", "a", "b"], numbers, true),
            (["year", "2019", "2020"], numbers, true),
            // as pandas names the columns of an array
            (["", "0", "1"], numbers, true),
            (["0", "1", "2"], Some(&["5", "7", "1"]), true),
            (["0", "1", "2"], numbers, false),
            (["0", "1", "2"], Some(&["0", "0", "0"]), true),
            (["", "3", "1"], numbers, false),
            (["", "0", "1"], Some(&["", "0", "1"]), false),
        ] {
            let second = second.map(record);
            let got = has_names(&record(&first), second.as_ref(), dialect);
            assert_eq!(got, expected, "{first:?}");
        }
        let scale = |from: i32, step: i32| {
            let numbers = (0..9).map(|at| (from + step * at).to_string());
            ByteRecord::from([vec!["kind".into()], numbers.collect()].concat())
        };
        let curve = ["a", "3", "1", "4", "1", "5", "9", "2", "6", "5"];
        let curve = ByteRecord::from(curve.to_vec());
        for (first, second, expected) in [
            (scale(400, 5), &curve, true),
            (scale(700, -5), &curve, true),
            (scale(4, 0), &curve, false),
            (curve.clone(), &scale(400, 5), false),
            (scale(400, 5), &scale(401, 6), false),
        ] {
            assert_eq!(
                has_names(&first, Some(second), dialect),
                expected,
                "{first:?}"
            );
        }
    }

    #[test]
    fn identifiers_are_known_by_their_names() {
        for name in [
            "id",
            "ID",
            "Index",
            "patient_id",
            "PassengerId",
            "customerID",
            "row id",
        ] {
            assert!(names_identifier(name), "{name}");
        }
        for name in [
            "acid", "ACID", "grid", "Acid", "identity", "", "idle", "fluid",
        ] {
            assert!(!names_identifier(name), "{name}");
        }
    }
}
