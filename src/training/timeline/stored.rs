//! A run's past as a file keeps it.

use std::sync::Arc;

use super::archive::Archive;
use super::frames::{Frames, Slot};
use super::moment::{Deed, Moment};
use super::thinning::Interest;
use crate::data::DataSet;
use crate::training::run::Keyframe;
use crate::training::trainer::RunId;
use crate::training::{Checkpoint, Experiment};

/// The keyframes that are kept of a run, and what was done between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// In order.
    pub frames: Vec<PastFrame>,
    /// In order, each with the moment that it followed.
    pub deeds: Vec<(Moment, Deed)>,
    /// From here on all deeds are known.
    pub known_from: Moment,
    /// Where the run stands.
    pub now: Moment,
}

/// A keyframe of a [`Past`].
#[derive(Clone, Debug, PartialEq)]
pub struct PastFrame {
    pub moment: Moment,
    pub interest: Interest,
    pub frame: Arc<Keyframe>,
}

impl Past {
    /// That of a run which was followed by nobody: where it stands alone.
    pub fn of_present(frame: Keyframe) -> Self {
        let moment = Moment::end_of(frame.epoch);
        Self {
            frames: vec![PastFrame {
                moment,
                interest: Interest::Plain,
                frame: Arc::new(frame),
            }],
            deeds: Vec::new(),
            known_from: moment,
            now: moment,
        }
    }

    /// That of a run of which nothing is kept, at the end of `epoch`.
    pub fn at(epoch: u64) -> Self {
        let moment = Moment::end_of(epoch);
        Self {
            known_from: moment,
            now: moment,
            ..Self::default()
        }
    }

    /// Something was done to the run where it stands.
    pub(super) fn done(&mut self, deed: Deed) {
        let at = self.now;
        self.now.turn += u32::from(deed.takes_a_turn());
        self.deeds.push((at, deed));
    }

    /// What its keyframes take, in bytes.
    pub fn bytes(&self) -> usize {
        self.frames.iter().map(|kept| kept.frame.bytes()).sum()
    }

    /// Whether it can be the past of a run that stands at the end of `epoch`: everything in order, and nothing later than
    /// that.
    ///
    /// # Errors
    /// What can't be.
    pub fn check(&self, epoch: u64) -> Result<(), &'static str> {
        let increasing = |mut moments: Box<dyn Iterator<Item = Moment> + '_>| {
            let mut last = None;
            moments.all(|moment| {
                let fine = last.is_none_or(|last| moment > last) && moment <= self.now;
                last = Some(moment);
                fine
            })
        };
        if self.now.epoch != epoch {
            return Err("the moment at which its past ends");
        }
        let frames = self.frames.iter();
        let own_epochs = frames
            .clone()
            .all(|kept| kept.frame.epoch == kept.moment.epoch);
        if !own_epochs || !increasing(Box::new(frames.map(|kept| kept.moment))) {
            return Err("the order of its keyframes");
        }
        // what is done where the run stands is of the future
        let before = |(at, _): &(Moment, Deed)| *at < self.now;
        let deeds = self.deeds.iter();
        if !deeds.clone().all(before) || !increasing(Box::new(deeds.map(|(at, _)| *at))) {
            return Err("the order of what was done");
        }
        Ok(())
    }
}

impl Archive {
    /// The past of `run` up to `checkpoint`, for a file: thinned until its keyframes take at most `most` bytes, while the
    /// two ends always stay. `None` where nothing is kept of it.
    pub fn stored(&self, run: RunId, checkpoint: &Checkpoint, most: usize) -> Option<Past> {
        let mut frames = self.of(run, |frames| frames.until(frames.moment_of(checkpoint)))?;
        frames.thin(most);
        let kept = frames.slots.into_iter().map(|slot| PastFrame {
            moment: slot.moment,
            interest: slot.interest,
            frame: slot.frame,
        });
        Some(Past {
            frames: kept.collect(),
            // those staged where it stands have not come into force
            deeds: frames
                .deeds
                .into_iter()
                .filter(|(at, _)| *at < frames.now)
                .collect(),
            known_from: frames.known_from,
            now: frames.now,
        })
    }

    /// `run` of `experiment` on `data` has `past`: before the run itself begins.
    pub fn restore(&self, run: RunId, experiment: Experiment, data: Arc<DataSet>, past: Past) {
        let slots = past.frames.into_iter().map(|kept| Slot {
            moment: kept.moment,
            interest: kept.interest,
            frame: kept.frame,
        });
        let slots: Vec<Slot> = slots.collect();
        let frames: usize = slots.iter().map(|slot| slot.frame.bytes()).sum();
        let deeds: usize = past.deeds.iter().map(|(_, deed)| deed.bytes()).sum();
        self.put(
            run,
            Frames {
                slots,
                deeds: past.deeds.into(),
                known_from: past.known_from,
                now: past.now,
                bytes: frames + deeds,
                ..Frames::new(experiment, data)
            },
        );
    }
}

impl Frames {
    /// Where the run stood when `checkpoint` was taken: at the end of its epoch, after what had been done there by then.
    fn moment_of(&self, checkpoint: &Checkpoint) -> Moment {
        let (epoch, history) = (checkpoint.epoch(), checkpoint.history());
        let (edits, revived) = (history.edits().appended(), history.revived());
        let mut slots = self.slots.iter().rev();
        let slot = slots.find(|slot| {
            let frame = &slot.frame;
            frame.epoch == epoch && frame.edits <= edits && frame.revived <= revived
        });
        slot.map_or(Moment::end_of(epoch), |slot| slot.moment)
    }
}
