//! What was predicted in a session's lessons, as a table: a class's are put together by a spreadsheet.

use super::lesson::Judged;

/// What was predicted so far, as a table: a row an answer, revealed ones left out. `name` is whose answers they are.
pub fn table(name: &str, all: &[Judged]) -> String {
    let mut text = String::from("name,lesson,step,question,answer,why,measured,outcome,right\n");
    for judged in all.iter().filter(|judged| judged.answer.is_some()) {
        let cells = [
            name.trim().to_owned(),
            judged.lesson.clone(),
            judged.step.to_string(),
            judged.question.clone(),
            judged.said.clone(),
            judged.why.clone(),
            judged
                .measured
                .map_or_else(String::new, |value| value.to_string()),
            judged.text.clone(),
            match judged.right {
                Some(true) => "yes".into(),
                Some(false) => "no".into(),
                None => String::new(),
            },
        ];
        let quoted: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
    }
    text
}

/// In quotes where it has to be. What a spreadsheet would take for a formula is marked as text.
fn quoted(cell: &str) -> String {
    let formula =
        cell.starts_with(['=', '+', '@']) || cell.starts_with('-') && cell.parse::<f64>().is_err();
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::lesson::Answer;

    #[test]
    fn the_table_of_predictions_can_be_read_by_any_spreadsheet() {
        let judged = Judged {
            lesson: "A, B".into(),
            question: "How \"many\"?".into(),
            step: 2,
            answer: Some(Answer::Number(-1.5)),
            said: "-1.5".into(),
            why: "=HYPERLINK(1)".into(),
            measured: Some(2.0),
            sides: None,
            text: "FVU 2".into(),
            right: Some(false),
        };
        let revealed = Judged {
            answer: None,
            ..judged.clone()
        };
        let text = table(" Müller, A. ", &[judged, revealed]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "what was revealed was not predicted");
        assert_eq!(
            lines[1],
            r#""Müller, A.","A, B",2,"How ""many""?",-1.5,'=HYPERLINK(1),2,FVU 2,no"#
        );
    }
}
