//! What is said of one cell.

use crate::lab::map_state::Mapped;
use crate::training::sweep::{Cell, Measure};
use crate::ui::numbers::thousands;

/// "ρ 0.05, λ 1e-3": of the cell that begins with `run`.
pub(super) fn settings(mapped: &Mapped, runs: &std::ops::Range<usize>) -> String {
    let title = mapped.title(runs.start);
    match (runs.len(), title.rsplit_once(", seed ")) {
        // the cell has them all
        (2.., Some((settings, _))) => settings.to_owned(),
        _ => title,
    }
}

/// All that came of it, in one line; why there is nothing, where there is nothing.
pub(super) fn values(mapped: &Mapped, runs: &std::ops::Range<usize>) -> String {
    let map = &mapped.map;
    let of = |measure| map.gathered(runs.clone(), measure);
    let cell = of(Measure::Alive);
    if cell.trained == 0 {
        return "not trained yet".to_owned();
    }
    let mut said: Vec<String> = Measure::ALL
        .into_iter()
        .filter_map(|measure| {
            let value = of(measure).value?;
            let title = match measure {
                Measure::Alive if value == 1.0 => return Some("1 unit alive".to_owned()),
                Measure::Alive => return Some(format!("{} units alive", measure.text(value))),
                Measure::Cost => "J".to_owned(),
                measure => map.title(measure),
            };
            Some(format!("{title} {}", measure.text(value)))
        })
        .collect();
    let to_goal = of(Measure::Epochs);
    if let (Some(goal), true) = (map.goal(), to_goal.without > 0) {
        said.push(match to_goal.value {
            None => format!("{goal} not reached"),
            Some(_) => format!(
                "{goal} not reached by {} of {}",
                to_goal.without, to_goal.trained
            ),
        });
    }
    said.extend(marks(&cell, runs.len() as u64));
    said.join(" · ")
}

fn marks(cell: &Cell, of: u64) -> Vec<String> {
    let some = |count: u64, one: &str| match (count, of) {
        (0, _) => None,
        (_, 1) => Some(one.to_owned()),
        (count, of) => Some(format!(
            "{one}: {} of {} seeds",
            thousands(count),
            thousands(of)
        )),
    };
    let mean = (of > 1).then(|| match cell.trained {
        trained if trained == of => format!("mean of {of} seeds"),
        trained => format!("mean of {trained} of {of} seeds so far"),
    });
    [
        mean,
        some(cell.unconverged, "J still falls"),
        some(cell.diverged, "diverged"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
