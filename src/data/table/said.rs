//! What is said of a table that was read: one sentence for each thing that somebody might not expect.

use super::columns::{Plan, Refused, Table};
use super::missing::Complete;
use crate::data::error::grouped;
use crate::data::{Incomplete, Role, Why};

/// Most columns that one sentence names.
const NAMED: usize = 8;

/// "a, b and c"
fn list(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match &shown[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Which columns were left out, a sentence for each reason.
pub(super) fn left_out(table: Table<'_>, plan: &Plan) -> Vec<String> {
    let mut out: Vec<(Why, Vec<String>)> = Vec::new();
    for (place, role) in plan.roles.iter().enumerate() {
        let Role::LeftOut(why) = *role else { continue };
        if why == Why::NotChosen {
            continue;
        }
        let title = match table.title(place) {
            number if number == place.to_string() => format!("column {number}"),
            name => name,
        };
        match out.iter_mut().find(|(other, _)| *other == why) {
            Some((_, titles)) => titles.push(title),
            None => out.push((why, vec![title])),
        }
    }
    out.sort_by_key(|(why, _)| *why);
    let sentence = |(why, titles): &(Why, Vec<String>)| {
        let several = titles.len() > 1;
        format!("Left out: {}, {}.", list(titles), why.clause(several))
    };
    out.iter().map(sentence).collect()
}

/// What to do where a column could be the labels and none is taken.
pub(super) fn could_be_labels(table: Table<'_>, plan: &Plan) -> Option<String> {
    let words = plan.roles.iter().enumerate().filter(|(place, role)| {
        let seen = &table.survey.columns[*place];
        **role == Role::LeftOut(Why::Words) && seen.is_classes(table.survey.rows) && seen.repeats()
    });
    let titles: Vec<String> = words.map(|(place, _)| table.title(place)).collect();
    match &titles[..] {
        _ if plan.label.is_some() => None,
        [] => None,
        [only] => Some(format!(
            "Column {only} can be taken as the labels (--label {only})."
        )),
        [first, ..] => Some(format!(
            "One of {} can be taken as the labels (--label {first}).",
            list(&titles)
        )),
    }
}

/// The columns in use that have gaps, those with most of them first.
fn gaps(table: Table<'_>, used: &[usize], complete: &Complete) -> Vec<String> {
    let mut places: Vec<(usize, usize)> = complete
        .gaps
        .iter()
        .zip(used)
        .filter(|(gaps, _)| **gaps > 0)
        .map(|(gaps, place)| (*gaps, *place))
        .collect();
    places.sort_by_key(|(gaps, _)| std::cmp::Reverse(*gaps));
    let title = |(gaps, place): &(usize, usize)| {
        let title = match table.title(*place) {
            number if number == place.to_string() => format!("column {number}"),
            name => name,
        };
        format!("{title} ({})", grouped(*gaps as u64))
    };
    places.iter().map(title).collect()
}

/// What became of rows with gaps, where there are any.
pub(super) fn incomplete(
    table: Table<'_>,
    used: &[usize],
    complete: &Complete,
    asked: Incomplete,
) -> Option<String> {
    let (some, all) = (complete.incomplete, table.survey.rows);
    let of = format!("{} of {} rows", grouped(some as u64), grouped(all as u64));
    let where_ = list(&gaps(table, used, complete));
    match complete.choice {
        _ if some == 0 => None,
        Incomplete::FillMean if asked == Incomplete::Auto => Some(format!(
            "Every row has a missing value, so they are filled with their column's mean: {where_}."
        )),
        Incomplete::Auto | Incomplete::LeaveOut => Some(format!(
            "{of} left out, since values are missing: {where_}."
        )),
        Incomplete::FillMean => Some(format!(
            "Missing values in {of} filled with their column's mean: {where_}."
        )),
    }
}

/// The refusal where every row has a gap, or a column nothing else.
pub(super) fn none_complete(table: Table<'_>, used: &[usize], complete: &Complete) -> Refused {
    let rows = grouped(table.survey.rows as u64);
    let where_ = list(&gaps(table, used, complete));
    Refused {
        found: format!("no row without a missing value, of {rows}, with gaps in {where_}"),
        remedy: "fill them with the column's mean, or leave such columns out",
    }
}

/// The refusal of a column without a value, whose mean nobody knows.
pub(super) fn no_mean(table: Table<'_>, place: usize) -> Refused {
    Refused {
        found: format!(
            "no value in column {} to fill its gaps from",
            table.title(place)
        ),
        remedy: "leave that column out",
    }
}

/// The refusal where no column is left.
pub(super) fn nothing_left(table: Table<'_>, plan: &Plan) -> Refused {
    let width = plan.roles.len();
    let labels = plan.label.is_some();
    if labels && width == 1 {
        return Refused {
            found: "labels and nothing to learn from".into(),
            remedy: "add the columns of values, or choose another file",
        };
    }
    let mut out = left_out(table, plan);
    if out.is_empty() {
        return Refused {
            found: "columns, and none of them was chosen".into(),
            remedy: "choose one at least",
        };
    }
    if let Some(label) = plan.label {
        out.push(format!("{}, which holds labels.", table.title(label.place)));
    }
    let clause = |sentence: &String| {
        let text = sentence.strip_prefix("Left out: ").unwrap_or(sentence);
        text.trim_end_matches('.').to_owned()
    };
    let out: Vec<String> = out.iter().map(clause).collect();
    Refused {
        found: format!("no column to learn from, but {}", out.join("; ")),
        remedy: "choose a table with columns of numbers",
    }
}
