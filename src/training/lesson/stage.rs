//! The runs of a lesson on their way, without a window.

use std::sync::Arc;

use super::claim::{Point, Side};
use super::measure::{Measure, Seen};
use super::{Changes, Setup, Wanted};
use crate::data::{DataError, DataSet, DataSpec, SecondOrder, gaussian_like};
use crate::numerics::WorkerPool;
use crate::training::record::Gesture;
use crate::training::{EpochEnd, Experiment, Run, RunError, Setting, Value};

/// The data of a setup's runs.
#[derive(Clone, Debug)]
pub struct StageData {
    pub a: Arc<DataSet>,
    pub b: Option<Arc<DataSet>>,
}

impl StageData {
    /// Of `setup`, each set loaded once; `load` has it from wherever they come from.
    ///
    /// # Errors
    /// They can't be loaded, or have too many values a sample for noise like them.
    pub fn of(
        setup: &Setup,
        load: &dyn Fn(&DataSpec) -> Result<Arc<DataSet>, DataError>,
    ) -> Result<Self, DataError> {
        let plain = load(&setup.a.experiment.data)?;
        let a = taken(&setup.a, &plain)?;
        let b = match &setup.b {
            None => None,
            Some(wanted) if wanted.experiment.data == setup.a.experiment.data => {
                Some(if wanted.noise == setup.a.noise {
                    Arc::clone(&a)
                } else {
                    taken(wanted, &plain)?
                })
            }
            Some(wanted) => Some(taken(wanted, &load(&wanted.experiment.data)?)?),
        };
        Ok(Self { a, b })
    }
}

/// `plain`, or noise like it; drawn from the seed of the data.
fn taken(wanted: &Wanted, plain: &Arc<DataSet>) -> Result<Arc<DataSet>, DataError> {
    if !wanted.noise {
        return Ok(Arc::clone(plain));
    }
    let measured = SecondOrder::of(plain)?;
    let seed = wanted.experiment.data.seed;
    Ok(Arc::new(gaussian_like(plain, &measured, seed)))
}

/// One or two runs that do the same epochs.
pub struct Stage {
    a: Player,
    b: Option<Player>,
    epoch: u64,
    gestures: u64,
}

struct Player {
    run: Run<f32>,
    diverged: bool,
}

impl Player {
    fn new(
        experiment: Experiment,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, RunError> {
        Ok(Self {
            run: Run::new(experiment, data, None, pool)?,
            diverged: false,
        })
    }

    fn set(&mut self, changes: &[(Setting, Value)], gesture: Gesture) -> Result<(), RunError> {
        let mut settings = *self.run.next_settings();
        for (setting, value) in changes {
            // the parser has matched value and setting
            let _ = setting.set(&mut settings, *value);
        }
        self.run.set_all(&settings.check()?, gesture);
        Ok(())
    }

    /// Returns whether it may go on.
    fn epoch(&mut self, go_on: &dyn Fn() -> bool) -> bool {
        if self.diverged {
            return true;
        }
        match self.run.epoch(go_on) {
            EpochEnd::Finished { .. } => true,
            EpochEnd::Diverged { .. } => {
                self.diverged = true;
                true
            }
            EpochEnd::Interrupted => false,
        }
    }
}

impl Stage {
    /// `setup`'s runs at their initial weights, their seeds `shift` further on.
    ///
    /// # Errors
    /// An experiment can't run on its data.
    pub fn new(
        setup: &Setup,
        data: &StageData,
        shift: u64,
        pool: &Arc<WorkerPool>,
    ) -> Result<Self, RunError> {
        let seeded = |experiment: &Experiment| Experiment {
            seed: experiment.seed.wrapping_add(shift),
            ..experiment.clone()
        };
        let a = Player::new(
            seeded(&setup.a.experiment),
            Arc::clone(&data.a),
            Arc::clone(pool),
        )?;
        let b = match (&setup.b, &data.b) {
            (Some(wanted), Some(data)) => Some(Player::new(
                seeded(&wanted.experiment),
                Arc::clone(data),
                Arc::clone(pool),
            )?),
            _ => None,
        };
        Ok(Self {
            a,
            b,
            epoch: 0,
            gestures: 0,
        })
    }

    /// Epochs done.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn run(&self, side: Side) -> Option<&Run<f32>> {
        self.player(side).map(|player| &player.run)
    }

    fn player(&self, side: Side) -> Option<&Player> {
        match side {
            Side::A => Some(&self.a),
            Side::B => self.b.as_ref(),
        }
    }

    /// Changes settings, from the next epoch on.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn set(&mut self, changes: &Changes) -> Result<(), RunError> {
        self.gestures += 1;
        let gesture = Gesture(self.gestures);
        self.a.set(&changes.a, gesture)?;
        match &mut self.b {
            Some(b) => b.set(&changes.b, gesture),
            None => Ok(()),
        }
    }

    /// Trains both an epoch, those that diverged left out; returns whether `go_on` said yes throughout.
    pub fn advance(&mut self, go_on: &dyn Fn() -> bool) -> bool {
        let went_on = self.a.epoch(go_on) && self.b.as_mut().is_none_or(|b| b.epoch(go_on));
        self.epoch += u64::from(went_on);
        went_on
    }

    /// A measure of a run as it is now; `None` where it has none.
    pub fn measure(&self, point: Point) -> Option<f64> {
        let measures: [Measure; 1] = [point.measure];
        let seen = |side| {
            let player: &Player = self.player(side)?;
            Some(Seen::of(&player.run, player.diverged, &measures))
        };
        let (mine, other) = match point.side {
            Side::A => (seen(Side::A)?, seen(Side::B)),
            Side::B => (seen(Side::B)?, seen(Side::A)),
        };
        point.measure.of(&mine, other.as_ref())
    }
}
