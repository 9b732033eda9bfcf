//! When the probe behind the panel of the code is due, and what is known of its baselines.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::data::DataSet;
use crate::model::HiddenActivation;
use crate::training::Snapshot;
use crate::training::probe::Baselines;
use crate::training::trainer::RunId;

/// While the run goes on, a probe waits for this many times as long as the last one took, that of the baselines left out:
/// 5 % of one core.
const REST: u32 = 20;
/// And at least this long.
const LEAST_REST: Duration = Duration::from_secs(3);

/// Keeps the probe of the run that is shown up to date.
#[derive(Default)]
pub(super) struct Probing {
    /// Whether the panel was drawn in the last frame.
    pub(super) seen: bool,
    /// When the last one came, and how long it took.
    pub(super) last: Option<(Duration, Duration)>,
    /// Whether the last request has the baselines to find, once for the run.
    pub(super) first: bool,
    /// The run that the last request was about.
    pub(super) asked: RunId,
    /// The run in which it failed: it would fail again.
    pub(super) failed: Option<RunId>,
    known: Option<Known>,
}

/// What the code is compared with does not change while the run trains.
struct Known {
    data: Weak<DataSet>,
    hidden: (usize, HiddenActivation),
    baselines: Arc<Baselines>,
}

fn hidden_of(snapshot: &Snapshot) -> (usize, HiddenActivation) {
    let experiment = &snapshot.experiment;
    (experiment.hidden, experiment.hidden_activation)
}

impl Probing {
    /// The baselines of `snapshot`, where they were found before.
    pub(super) fn known_of(&self, snapshot: &Snapshot) -> Option<Arc<Baselines>> {
        let known = self.known.as_ref()?;
        let same = known.data.as_ptr() == Arc::as_ptr(&snapshot.data)
            && known.data.strong_count() > 0
            && known.hidden == hidden_of(snapshot);
        same.then(|| Arc::clone(&known.baselines))
    }

    /// These are the baselines of `snapshot`.
    pub(super) fn know(&mut self, snapshot: &Snapshot, baselines: Baselines) {
        self.known = Some(Known {
            data: Arc::downgrade(&snapshot.data),
            hidden: hidden_of(snapshot),
            baselines: Arc::new(baselines),
        });
    }

    /// How long the next one has to wait while the run goes on.
    pub(super) fn rest(&self, now: Duration) -> Duration {
        self.last.map_or(Duration::ZERO, |(at, took)| {
            let rest = (REST * took).max(LEAST_REST);
            rest.saturating_sub(now.saturating_sub(at))
        })
    }
}
