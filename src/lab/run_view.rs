//! One run as a window sees it: its state, what the user set, and what they look at.

use std::path::PathBuf;
use std::sync::Arc;

use super::compare::{self, CompareProgress, Compared};
use super::cursor::Past;
use super::features::SeenFeatures;
use super::followed::Followed;
use super::inspection::Inspection;
use super::look::Look;
use super::studies::{CheckedGradient, Examined, Saving, Study};
use super::worth::Worth;
use crate::data::DataSet;
use crate::model::gradient_check::CheckProgress;
use crate::model::{Cliffs, Hyperparameters, OutputActivation, Spectrum};
use crate::training::snapshot::EpochUnderway;
use crate::training::trainer::{Frame, Mirror, Misfit, RunId, Underway};
use crate::training::{Activity, Experiment, Preset, Setting, Share, Snapshot, Speed, diagnosis};

/// What a window knows of one run.
#[derive(Debug)]
pub struct RunView {
    pub id: RunId,
    /// What its frames are put together in; `None` before the first data set is loaded: then there is no run yet.
    mirror: Option<Mirror>,
    /// What is shown: the latest, or a moment of the past. Until the first of this run has come, that of the run before
    /// it.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The latest, whatever is shown.
    pub(super) live: Option<Arc<Snapshot>>,
    /// How far its epoch is, where that takes long; `None` once a frame has come.
    underway: Option<EpochUnderway>,
    /// The cursor, while an epoch of the past is shown.
    pub past: Option<Past>,
    /// The run that it went on from, and at which epoch.
    pub parent: Option<(RunId, u64)>,
    /// As the person called it.
    pub name: Option<String>,
    /// What a person wrote about it.
    pub notes: String,
    /// The run that it follows, as a line told it.
    pub told: Option<Box<Share>>,
    /// The training elsewhere whose checkpoints it shows.
    pub followed: Option<Box<Followed>>,
    /// Where it is saved.
    pub file: Option<PathBuf>,
    /// It is kept whatever it costs.
    pub pinned: bool,
    /// Its curve of J is drawn beside that of the run shown.
    pub overlaid: bool,
    /// As the person has set it: it runs ahead of `snapshot.experiment`.
    pub experiment: Experiment,
    pub preset: Option<Preset>,
    /// The preset that was chosen last: its values are what the sliders go back to.
    pub home: Option<Preset>,
    pub playing: bool,
    /// The trainer failed on it: there is no more to come of it.
    pub(super) ended: bool,
    /// The epoch at whose end it is to pause.
    pub pause_at: Option<u64>,
    pub speed: Speed,
    /// Counted from 0.
    pub selected: Option<usize>,
    pub gradient_check: Study<CheckProgress, CheckedGradient>,
    /// What a student's gradient is.
    pub my_gradient: Study<(), Examined>,
    /// The latest, where the data were whitened by ZCA.
    pub features: Option<SeenFeatures>,
    /// Of the selected unit, while its page is open.
    pub inspection: Inspection,
    /// The input that is looked at on its way through the network.
    pub look: Look,
    /// What a comparison is to be with.
    pub compare: compare::Choice,
    pub compared: Study<CompareProgress, Compared>,
    /// What would have saved one of its units.
    pub saving: Option<Saving>,
    /// What its code is worth, where the data have classes.
    pub worth: Worth,
}

impl RunView {
    /// Of a run that is yet to be: `experiment` waits for its data.
    pub(super) fn draft(experiment: Experiment) -> Self {
        Self {
            id: RunId::default(),
            mirror: None,
            snapshot: None,
            live: None,
            underway: None,
            past: None,
            parent: None,
            name: None,
            notes: String::new(),
            told: None,
            followed: None,
            file: None,
            pinned: false,
            overlaid: false,
            preset: Preset::of(&experiment),
            home: Preset::of(&experiment),
            experiment,
            playing: true,
            ended: false,
            pause_at: None,
            speed: Speed::Unlimited,
            selected: None,
            gradient_check: Study::Idle,
            my_gradient: Study::Idle,
            features: None,
            inspection: Inspection::default(),
            look: Look::default(),
            compare: compare::Choice::default(),
            compared: Study::Idle,
            saving: None,
            worth: Worth::default(),
        }
    }

    /// Of the run `id` that takes the place of this one: what a person looks at stays, and the pictures too until its
    /// first frame comes.
    pub(super) fn followed_by(
        &self,
        id: RunId,
        experiment: Experiment,
        data: Arc<DataSet>,
    ) -> Self {
        let compare = self.compare.suiting(&data);
        let mut mirror = Mirror::new(id, experiment.clone(), data);
        if let Some(before) = &self.mirror
            && let Some(spectrum) = before.spectrum()
            && Arc::ptr_eq(before.data(), mirror.data())
            && before.output_activation() == mirror.output_activation()
        {
            mirror.set_spectrum(Arc::clone(spectrum));
        }
        Self {
            id,
            mirror: Some(mirror),
            compare,
            snapshot: self.snapshot.clone(),
            live: None,
            underway: None,
            past: None,
            parent: None,
            name: None,
            notes: String::new(),
            told: None,
            followed: None,
            file: None,
            pinned: false,
            overlaid: false,
            preset: Preset::of(&experiment),
            home: Preset::of(&experiment).or(self.home),
            experiment,
            playing: self.playing,
            ended: false,
            pause_at: None,
            speed: self.speed,
            selected: None,
            my_gradient: Study::Idle,
            gradient_check: self
                .gradient_check
                .result()
                .map_or(Study::Idle, |result| Study::Done(Arc::clone(result))),
            features: self.features.clone(),
            inspection: self.inspection.clone(),
            look: self.look.clone(),
            compared: match self.compared.result() {
                Some(result) => Study::Done(Arc::clone(result)),
                None => Study::Idle,
            },
            saving: None,
            worth: Worth::default(),
        }
    }

    /// Whether there is no run yet.
    pub fn is_draft(&self) -> bool {
        self.mirror.is_none()
    }

    pub(super) fn mirror(&self) -> Option<&Mirror> {
        self.mirror.as_ref()
    }

    /// What it trains on.
    pub fn data(&self) -> Option<&Arc<DataSet>> {
        self.mirror.as_ref().map(Mirror::data)
    }

    /// Takes a frame of this run.
    ///
    /// # Errors
    /// It is of another size.
    pub(super) fn take(&mut self, frame: Frame) -> Result<(), Misfit> {
        let Some(mirror) = &mut self.mirror else {
            return Ok(()); // a draft has no frames
        };
        mirror.check(&frame)?;
        self.underway = None;
        // they hold the history, which is then extended in place
        self.live = None;
        if self.past.is_none() {
            self.snapshot = None;
        }
        let snapshot = Arc::new(mirror.take(frame)?);
        self.look.suit(&snapshot);
        if self.past.is_none() {
            self.snapshot = Some(Arc::clone(&snapshot));
        }
        self.live = Some(snapshot);
        Ok(())
    }

    /// Takes word of how far an epoch of this run is.
    ///
    /// # Errors
    /// It is of another size.
    pub(super) fn take_underway(&mut self, underway: Underway) -> Result<(), Misfit> {
        if let Some(mirror) = &self.mirror {
            self.underway = Some(mirror.underway(underway)?);
        }
        Ok(())
    }

    /// How far the epoch after the one that is shown is, where it takes long.
    pub fn underway(&self) -> Option<&EpochUnderway> {
        let snapshot = self.own_snapshot().filter(|_| self.past.is_none())?;
        let next = snapshot.epoch + 1;
        self.underway
            .as_ref()
            .filter(|underway| underway.epoch == next)
    }

    /// Whether something of this run itself has come that training has made, or that no training is to follow for now.
    pub(super) fn shows_training(&self) -> bool {
        let Some(latest) = self.latest().filter(|latest| latest.run == self.id) else {
            return false;
        };
        latest.epoch > 0 || self.underway.is_some() || !self.playing
    }

    /// What is to be measured for the laws of the dead state: the data and the output, where it was not yet.
    pub(super) fn unmeasured(&self) -> Option<(&Arc<DataSet>, OutputActivation)> {
        let mirror = self.mirror.as_ref()?;
        let known = mirror.spectrum().is_some();
        (!known).then(|| (mirror.data(), mirror.output_activation()))
    }

    /// Takes what was measured of this run's data and output.
    pub(super) fn take_spectrum(&mut self, spectrum: Arc<Spectrum>) {
        let id = self.id;
        for snapshot in [&mut self.snapshot, &mut self.live].into_iter().flatten() {
            if snapshot.run == id {
                Arc::make_mut(snapshot).spectrum = Some(Arc::clone(&spectrum));
            }
        }
        if let Some(mirror) = &mut self.mirror {
            mirror.set_spectrum(spectrum);
        }
    }

    /// The cliffs for the settings as the person has set them, which run ahead of the last epoch's; `None` until the
    /// data's spectrum is known.
    pub fn cliffs(&self) -> Option<Cliffs> {
        let hidden = self.experiment.hidden_activation;
        Some(Cliffs::new(
            self.spectrum()?,
            self.hyperparameters(),
            hidden,
        ))
    }

    /// Of the data and the output, once it was measured.
    pub fn spectrum(&self) -> Option<&Arc<Spectrum>> {
        self.mirror.as_ref()?.spectrum()
    }

    /// What of the past has come.
    pub(super) fn cursor(&self) -> Option<crate::training::record::Cursor> {
        self.mirror.as_ref().map(Mirror::cursor)
    }

    /// The snapshot, if it is of this run.
    pub fn own_snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.snapshot
            .as_ref()
            .filter(|snapshot| snapshot.run == self.id)
    }

    /// Whether anything of this run itself has come.
    pub(super) fn has_own(&self) -> bool {
        self.latest().is_some_and(|latest| latest.run == self.id)
    }

    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.experiment.hyperparameters
    }

    /// Whether what is set for `setting` waits for the next epoch: (old, new) as text.
    pub fn pending(&self, setting: Setting) -> Option<(String, String)> {
        let snapshot = self.own_snapshot()?;
        let values = [
            setting.get(&snapshot.hyperparameters),
            setting.get(self.hyperparameters()),
        ];
        if values[0] == values[1] {
            return None;
        }
        let mut texts = setting.format_apart(&values).into_iter();
        texts.next().zip(texts.next())
    }

    /// The last change of `setting` in this run: (text, epoch).
    pub fn applied(&self, setting: Setting) -> Option<(String, u64)> {
        let snapshot = self.own_snapshot()?;
        let marker = snapshot
            .history
            .markers()
            .rev()
            .find(|marker| marker.setting == setting)?;
        Some((marker.values(), marker.epoch))
    }

    /// What the sliders go back to: the values of the preset chosen last, or the post's.
    pub fn home_settings(&self) -> Hyperparameters {
        self.home
            .map(|preset| preset.experiment().hyperparameters)
            .unwrap_or_default()
    }

    /// The preset whose run this still is: nobody has changed a setting or revived a unit since it began.
    pub fn untouched(&self) -> Option<Preset> {
        let preset = self.preset?;
        let as_it_began = Preset::of(&self.experiment) == Some(preset)
            && self.own_snapshot().is_none_or(|snapshot| {
                snapshot.history.edits().is_empty() && snapshot.history.revived() == 0
            });
        as_it_began.then_some(preset)
    }

    /// Whether `unit` can be restarted: a dead one, or a duplicate.
    pub fn can_revive(&self, unit: usize) -> bool {
        let units = self.own_snapshot().map_or(&[][..], |s| &s.units);
        units
            .get(unit)
            .is_some_and(|unit| diagnosis::can_be_revived(unit.state))
    }

    /// The units that are dead, in increasing order.
    pub fn dead_units(&self) -> Vec<usize> {
        let units = self.own_snapshot().map_or(&[][..], |s| &s.units);
        diagnosis::dead_units(units)
    }

    pub fn is_diverged(&self) -> bool {
        self.latest()
            .is_some_and(|latest| latest.run == self.id && latest.activity == Activity::Diverged)
    }
}
