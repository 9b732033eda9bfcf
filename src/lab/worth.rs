//! What the code of a run is worth, as far as it was asked.

use std::sync::Arc;

use crate::training::probe::Probe;
use crate::training::snapshot::Version;

/// Most epochs whose accuracy is remembered; beyond, every other is forgotten.
const TRAIL: usize = 240;

/// The probe of one snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    pub version: Version,
    pub probe: Probe,
    /// How many samples the data have; the probe may be of fewer.
    pub total: usize,
}

/// All that is known of it in one run.
#[derive(Clone, Debug, Default)]
pub struct Worth {
    /// The newest.
    pub probed: Option<Arc<Probed>>,
    /// (epoch, accuracy) of earlier ones of this run, in the order of the epochs.
    pub trail: Vec<(u64, f64)>,
    /// Why there is none.
    pub trouble: Option<String>,
    /// The part of the first one that is done.
    pub progress: Option<f64>,
}

impl Worth {
    /// Takes the probe of a snapshot of this run.
    pub(super) fn take(&mut self, probed: Probed) {
        (self.trouble, self.progress) = (None, None);
        let (epoch, accuracy) = (probed.version.epoch, probed.probe.code.accuracy);
        match self.trail.binary_search_by_key(&epoch, |(epoch, _)| *epoch) {
            Ok(place) => self.trail[place].1 = accuracy, // a revival at its end
            Err(place) => self.trail.insert(place, (epoch, accuracy)),
        }
        if self.trail.len() > TRAIL {
            let mut keep = false;
            self.trail.retain(|_| {
                keep = !keep;
                keep
            });
        }
        self.probed = Some(Arc::new(probed));
    }
}
