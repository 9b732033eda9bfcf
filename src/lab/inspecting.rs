//! When the inspection behind the Unit page is made anew: for the newest snapshot, seldom enough to cost the trainer next
//! to nothing.

use std::sync::Arc;
use std::time::Duration;

use super::inspection::{Inspected, Inspection};
use super::jobs::{JobError, Request};
use crate::training::trainer::RunId;
use crate::training::{Activity, Snapshot, SnapshotInspector};

/// While the run goes on, an inspection waits for this many times as long as the last one took: 2 % of one core.
const REST: u32 = 50;
/// And at least this long.
const LEAST_REST: Duration = Duration::from_secs(1);
/// Keeps the inspection of the unit that is shown up to date.
#[derive(Default)]
pub(super) struct Inspecting {
    latest: Option<Latest>,
    /// The run that the last request was about.
    asked: RunId,
    /// The run in which it failed: it would fail again.
    failed: Option<RunId>,
}

/// The last inspector made: another unit of its epoch costs little.
struct Latest {
    inspector: Arc<SnapshotInspector>,
    at: Duration,
    took: Duration,
}

impl Latest {
    /// How long the next one has to wait while the run goes on.
    fn rest(&self, now: Duration) -> Duration {
        let rest = (REST * self.took).max(LEAST_REST);
        rest.saturating_sub(now.saturating_sub(self.at))
    }
}

/// What there is to do for the page.
pub(super) enum Due {
    Nothing,
    /// To look again after this time, if nothing else happens before.
    Later(Duration),
    Now(Box<Request>),
}

impl Inspecting {
    /// What is due for `unit` of `snapshot` while no inspection is under way.
    pub(super) fn due(
        &mut self,
        inspection: &Inspection,
        snapshot: &Arc<Snapshot>,
        unit: usize,
        now: Duration,
    ) -> Due {
        let same_unit = inspection.of(snapshot.run, unit);
        let current = same_unit.is_some_and(|shown| shown.version == snapshot.version());
        if current || self.failed == Some(snapshot.run) {
            return Due::Nothing;
        }
        let latest = self.latest.as_ref().filter(|latest| {
            latest.inspector.version.run == snapshot.run && snapshot.activity == Activity::Training
        });
        let inspector = match latest.map(|latest| (latest, latest.rest(now))) {
            Some((_, rest)) if !rest.is_zero() && same_unit.is_some() => return Due::Later(rest),
            Some((latest, rest)) if !rest.is_zero() => Some(Arc::clone(&latest.inspector)),
            _ => None,
        };
        self.asked = snapshot.run;
        Due::Now(Box::new(Request::Inspect {
            snapshot: Arc::clone(snapshot),
            unit,
            inspector,
        }))
    }

    /// Takes one that `took` so long.
    pub(super) fn take(
        &mut self,
        inspection: &mut Inspection,
        inspected: Inspected,
        took: Duration,
        now: Duration,
    ) {
        inspection.shown = Some(inspected.shown);
        inspection.trouble = None;
        if let Some(inspector) = inspected.made {
            self.latest = Some(Latest {
                inspector,
                at: now,
                took,
            });
        }
    }

    pub(super) fn fail(&mut self, inspection: &mut Inspection, error: &JobError) {
        inspection.trouble = Some(error.to_string());
        self.failed = Some(self.asked);
    }

    /// Nobody looks: lets go of what it keeps.
    pub(super) fn rest(&mut self) {
        self.latest = None;
    }
}
