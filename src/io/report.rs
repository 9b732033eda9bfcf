//! A run on one page of HTML, to be read, printed and passed on: what was trained, what came of it, the features and the
//! curves as pictures within the page. It opens offline, and nothing in it is code.

use std::fmt::Write as _;
use std::path::Path;

use super::figure::{curves, escaped, tiles};
use super::history_csv::Row;
use super::{IoError, ModelRecord, atomic_write};
use crate::data::error::grouped;
use crate::model::Parameters;
use crate::numerics::Real;
use crate::training::record::Marker;
use crate::training::record::number::short;

const STYLE: &str = "body{font:15px/1.5 'DejaVu Sans',Verdana,sans-serif;color:#181c22;max-width:720px;margin:2em auto;padding:0 1em}\
h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}\
table{border-collapse:collapse}th,td{text-align:left;padding:.15em 1.5em .15em 0;vertical-align:top}\
th{font-weight:normal;color:#545c68}svg{max-width:100%;height:auto}footer{margin-top:3em;color:#545c68;font-size:.85em}\
@media print{h2,table,svg{break-inside:avoid}}";

/// What the page says beside its pictures.
pub struct Report<'a> {
    /// What the data are called.
    pub data: &'a str,
    pub record: &'a ModelRecord,
    /// The run's epochs, in increasing order.
    pub rows: &'a [Row],
    /// What was done to the raw values, in order, as far as it is known.
    pub steps: Vec<String>,
    /// What somebody wrote of the run.
    pub notes: &'a str,
    /// The changes of settings during the run, as far as they are known.
    pub changes: Vec<Marker>,
}

/// Writes the page of a run with these parameters.
///
/// # Errors
/// No epoch was trained; the features are too many for one picture; it cannot be written.
pub fn write<T: Real>(
    path: &Path,
    report: &Report<'_>,
    parameters: &Parameters<T>,
) -> Result<(), IoError> {
    let Report { data, record, .. } = report;
    let features = tiles::svg(path, parameters, (Some(record), data))?;
    let costs = curves::svg(path, report.rows, "The cost J and its terms")?;
    let title = format!(
        "{data}: a sparse autoencoder after {} epochs",
        grouped(record.epoch)
    );
    let title = escaped(&title);
    let mut page = Page(String::new());
    page.add(format_args!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<h1>{title}</h1>"
    ));
    page.table("What came of it", &results(report));
    page.table("Settings", &settings(record));
    page.list("What was done to the data", &report.steps);
    let changes: Vec<String> = report
        .changes
        .iter()
        .map(|change| format!("from epoch {} on: {change}", grouped(change.epoch)))
        .collect();
    page.list("What was changed during the run", &changes);
    let notes: Vec<String> = report.notes.lines().map(str::to_owned).collect();
    page.list("Notes", &notes);
    page.add(format_args!("<h2>Features</h2>\n{features}"));
    page.add(format_args!("<h2>Curves</h2>\n{costs}"));
    page.add(format_args!(
        "<footer>Written by {} {}.</footer>\n</body>\n</html>",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION")
    ));
    atomic_write(path, |writer| {
        std::io::Write::write_all(writer, page.0.as_bytes())
    })
}

/// Text that grows by lines.
struct Page(String);

impl Page {
    fn add(&mut self, line: std::fmt::Arguments<'_>) {
        // a string takes whatever is written
        let _ = self.0.write_fmt(line);
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.add(format_args!("<h2>{}</h2>", escaped(text)));
    }

    fn table(&mut self, heading: &str, rows: &[(&str, String)]) {
        self.heading(heading);
        self.add(format_args!("<table>"));
        for (name, value) in rows {
            let (name, value) = (escaped(name), escaped(value));
            self.add(format_args!(
                "<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>"
            ));
        }
        self.add(format_args!("</table>"));
    }

    fn list(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        self.add(format_args!("<ul>"));
        for item in items {
            self.add(format_args!("<li>{}</li>", escaped(item)));
        }
        self.add(format_args!("</ul>"));
    }
}

/// Of the last epoch, where that is the model's.
fn results(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let mut results = vec![("epochs", grouped(report.record.epoch))];
    let last = report.rows.last();
    let Some(row) = last.filter(|row| row.epoch == report.record.epoch) else {
        return results;
    };
    results.extend([
        ("total cost J", short(row.total_cost)),
        (
            "reconstruction loss 1/(2m) Σ‖x̂−x‖²",
            short(row.reconstruction_loss),
        ),
        ("weight decay ½λ ΣW²", short(row.decay_penalty)),
        ("sparsity penalty β Σ KL(ρ‖ρ̂)", short(row.sparsity_penalty)),
    ]);
    if let Some(fvu) = row.fvu {
        results.push(("fraction of variance unexplained (FVU)", short(fvu)));
    }
    if let Some(loss) = row.test_reconstruction_loss {
        results.push(("reconstruction loss, held out", short(loss)));
    }
    if let Some(alive) = row.alive {
        let hidden = report.record.experiment.hidden;
        results.push(("hidden units alive", format!("{alive} of {hidden}")));
    }
    results
}

fn settings(record: &ModelRecord) -> Vec<(&'static str, String)> {
    let experiment = &record.experiment;
    let set = &experiment.hyperparameters;
    vec![
        ("data", experiment.data.source.title()),
        ("hidden units", grouped(experiment.hidden as u64)),
        (
            "hidden activation",
            experiment.hidden_activation.name().to_owned(),
        ),
        (
            "output activation",
            experiment.output_activation.name().to_owned(),
        ),
        ("sparsity target ρ", short(set.sparsity_target)),
        ("sparsity weight β", short(set.sparsity_weight)),
        ("learning rate α", short(set.learning_rate)),
        ("weight decay λ", short(set.weight_decay)),
        ("optimiser", set.optimizer.name().to_owned()),
        ("batch", set.batch.to_string()),
        ("seed", experiment.seed.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Experiment;

    #[test]
    fn it_says_what_there_is_within_one_file_and_runs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        let record = ModelRecord {
            experiment: Experiment {
                hidden: 3,
                ..Experiment::default()
            },
            preparation: None,
            epoch: 1200,
        };
        let row = Row {
            epoch: 1200,
            total_cost: 0.75,
            reconstruction_loss: 0.5,
            fvu: Some(0.25),
            alive: Some(2),
            ..Row::default()
        };
        let mut report = Report {
            data: "<script>alert(1)</script> & co",
            record: &record,
            rows: &[row],
            steps: vec!["each value − .5 & ÷ 2".to_owned()],
            notes: "the third unit <is> a corner\nmore of it",
            changes: Vec::new(),
        };
        let parameters = Parameters::<f32>::initial(4, 3, 1);
        write(&path, &report, &parameters).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"));
        assert_eq!(text.matches("<svg ").count(), 2);
        for there in [
            "<li>each value − .5 &amp; ÷ 2</li>",
            "<td>0.75</td>",
            "<li>the third unit &lt;is&gt; a corner</li>",
            "<td>0.25</td>",
            "<td>2 of 3</td>",
            "1,200 epochs",
            ">sigmoid<",
        ] {
            assert!(text.contains(there), "{there}");
        }
        // the one address is the name of SVG, which is not fetched
        let fetched = text.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for not in ["<script", "http:", "https:", "What was changed"] {
            assert!(!fetched.contains(not), "{not}");
        }
        // of another epoch than the model's: left out
        let earlier = [Row { epoch: 1100, ..row }];
        report.rows = &earlier;
        write(&path, &report, &parameters).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("<td>0.75</td>"));
        report.rows = &[];
        assert!(matches!(
            write(&path, &report, &parameters),
            Err(IoError::Picture { .. })
        ));
    }
}
