//! All of it played: the past as it was, then with each change undone, then the ledger of the epochs between.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::super::moment::{Deed, Moment};
use super::super::replay::ReplayError;
use super::fate::{Fate, Outcome};
use super::fork::{End, Way};
use super::question::{AFTER, Counterfactual, EPOCHS, Limit};
use super::undone::Undone;
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::run::{Keyframe, Ledger, NoLedger};

/// The moments before the changes are kept on the way up to so many bytes; beyond, the way to them is gone again.
const ROOM: usize = 64 << 20;

/// A change undone, and what became of the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub undone: Undone,
    pub outcome: Outcome,
    /// The last epoch looked at, were it to live.
    pub until: u64,
    pub fate: Fate,
}

/// What would have saved the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Counted from 0.
    pub unit: usize,
    /// The epoch at whose end it was first dead.
    pub death: u64,
    pub limit: Option<Limit>,
    /// As it was up to the death, and as it would have gone on if nothing else had been done.
    pub as_it_was: Fate,
    /// Whether it lives again by itself [`AFTER`] epochs after its death; nothing was tried then.
    pub recovers: bool,
    /// Every change undone alone, in order; then, where none of them saved it, settings that stayed for good.
    pub tried: Vec<Tried>,
    /// Which of them is the smallest that saves it.
    pub smallest: Option<usize>,
    /// Of the unit's weights: from the moment before the change named (where none is, before the last one looked at; where
    /// nothing was changed, from the first epoch replayed) to the death.
    pub ledger: Result<Ledger, NoLedger>,
}

impl Answer {
    /// The change named.
    pub fn named(&self) -> Option<&Tried> {
        self.tried.get(self.smallest?)
    }
}

impl Counterfactual {
    /// Plays it on `pool`. `go_on` is told the epochs trained so far and how many there are (which may grow), before
    /// every step, and ends it by false. It takes at most [`super::CHANGES`] + 2 times 2 · [`EPOCHS`] epochs, and where no
    /// change alone saves the unit at most as many again.
    ///
    /// # Errors
    /// A start that doesn't fit, bits other than those that were kept, or `go_on` said no.
    pub fn play(
        &self,
        pool: &Arc<WorkerPool>,
        go_on: &dyn Fn(u64, u64) -> bool,
    ) -> Result<Answer, ReplayError> {
        match self.experiment.precision {
            Precision::F32 => Play::<f32>::new(self, pool, go_on).play(),
            Precision::F64 => Play::<f64>::new(self, pool, go_on).play(),
        }
    }

    /// The last epoch that is looked at with `undone` undone.
    fn until(&self, undone: &Undone) -> u64 {
        let way = self.death.saturating_sub(undone.from_epoch());
        self.death + way.clamp(AFTER, EPOCHS)
    }
}

struct Play<'a, T: Real> {
    question: &'a Counterfactual,
    pool: &'a Arc<WorkerPool>,
    go_on: &'a dyn Fn(u64, u64) -> bool,
    /// Epochs: trained on the ways that ended, and of all ways.
    done: u64,
    of: Cell<u64>,
    /// In order; the first is the question's own.
    starts: Vec<(Moment, Arc<Keyframe>)>,
    precision: std::marker::PhantomData<T>,
}

impl<'a, T: Real> Play<'a, T> {
    fn new(
        question: &'a Counterfactual,
        pool: &'a Arc<WorkerPool>,
        go_on: &'a dyn Fn(u64, u64) -> bool,
    ) -> Self {
        Self {
            question,
            pool,
            go_on,
            done: 0,
            of: Cell::new(0),
            starts: vec![(question.from, Arc::clone(&question.frame))],
            precision: std::marker::PhantomData,
        }
    }

    fn play(mut self) -> Result<Answer, ReplayError> {
        let question = self.question;
        let untils = question.undone.iter().map(|undone| question.until(undone));
        let last = untils.max().unwrap_or(0).max(question.death + AFTER);
        let ways = question.undone.iter();
        let ways = ways.map(|undone| question.until(undone) - undone.from_epoch());
        let between = question.death - question.from.epoch; // at most, of the ledger
        self.of
            .set(last - question.from.epoch + ways.sum::<u64>() + between);
        let as_it_was = self.as_it_was(last)?;
        let recovers = as_it_was
            .at(question.death + AFTER)
            .is_some_and(|point| !point.state.is_dead());
        let mut tried = Vec::new();
        if !recovers {
            for undone in &question.undone {
                tried.push(self.undo(undone)?);
            }
            if !tried.iter().any(|tried| tried.outcome == Outcome::Saved) {
                tried.extend(self.for_good()?);
            }
        }
        let saving = (0..tried.len()).filter(|place| tried[*place].outcome == Outcome::Saved);
        // of equal ones the later
        let smallest = saving.rev().min_by(|a, b| {
            let size = |place: usize| tried[place].undone.size;
            size(*a).total_cmp(&size(*b))
        });
        let named = smallest.map(|place| tried[place].undone.at);
        let last = question.undone.last().map(|undone| undone.at);
        let ledger = self.ledger(named.or(last).unwrap_or(question.from))?;
        Ok(Answer {
            unit: question.unit,
            death: question.death,
            limit: question.limit,
            as_it_was,
            recovers,
            tried,
            smallest,
            ledger,
        })
    }

    /// Nothing undone, to the end of epoch `last`; keeps the moments before the changes.
    fn as_it_was(&mut self, last: u64) -> Result<Fate, ReplayError> {
        let question = self.question;
        let mut fate = Fate::default();
        let mut starts = Vec::new();
        let mut room = ROOM;
        let way = Way {
            question,
            from: (question.from, &question.frame),
            undone: None,
            until: last,
        };
        way.go::<T>(
            self.pool,
            &mut |run, at| {
                let known = question
                    .known
                    .binary_search_by_key(&at, |(moment, _)| *moment);
                let wanted = question.undone.iter().any(|undone| undone.at == at);
                if (known.is_ok() || wanted) && at <= Moment::end_of(question.death) {
                    let frame = run.keyframe(usize::MAX);
                    if known.is_ok_and(|place| question.known[place].1 != frame.checksum()) {
                        return Err(ReplayError::Differs { epoch: at.epoch });
                    }
                    if wanted && at > question.from && frame.bytes() <= room {
                        room -= frame.bytes();
                        starts.push((at, Arc::new(frame)));
                    }
                }
                fate.note(at.epoch, &run.state().units[question.unit]);
                Ok(ControlFlow::Continue(()))
            },
            &|done| self.tell(done),
        )?;
        self.done += last - question.from.epoch;
        self.starts.append(&mut starts);
        Ok(fate)
    }

    /// `done` epochs of this way are; a way from further back than counted on is not told of.
    fn tell(&self, done: u64) -> bool {
        let of = self.of.get();
        (self.go_on)((self.done + done).min(of), of)
    }

    /// The kept start that is nearest before `moment`.
    fn start(&self, moment: Moment) -> (Moment, Arc<Keyframe>) {
        let after = self.starts.partition_point(|(at, _)| *at <= moment);
        self.starts[after.saturating_sub(1)].clone()
    }

    fn undo(&mut self, undone: &Undone) -> Result<Tried, ReplayError> {
        let question = self.question;
        let until = question.until(undone);
        let (from, frame) = self.start(undone.at);
        let mut fate = Fate::default();
        let way = Way {
            question,
            from: (from, &frame),
            undone: Some(undone),
            until,
        };
        let end = way.go::<T>(
            self.pool,
            &mut |run, at| {
                let unit = &run.state().units[question.unit];
                fate.note(at.epoch, unit);
                let dead = at.epoch >= question.death && unit.state.is_dead();
                Ok(if dead {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            },
            &|done| self.tell(done),
        )?;
        self.done += until - undone.from_epoch();
        let outcome = match (end, fate.dead_since()) {
            (End::Diverged { epoch }, _) => Outcome::Diverged { epoch },
            (End::Come, Some(epoch)) => Outcome::Died { epoch },
            (End::Come, None) => Outcome::Saved,
        };
        Ok(Tried {
            undone: undone.clone(),
            outcome,
            until,
            fate,
        })
    }

    /// Settings that were changed more than once, and stay as they were before one of these changes.
    fn for_good(&mut self) -> Result<Vec<Tried>, ReplayError> {
        let Counterfactual {
            undone,
            frame,
            deeds,
            ..
        } = self.question;
        let for_good: Vec<Undone> = undone
            .iter()
            .filter_map(|undone| undone.with_later(&frame.settings, deeds))
            .collect();
        let ways = for_good
            .iter()
            .map(|undone| self.question.until(undone) - undone.from_epoch());
        self.of.set(self.of.get() + ways.sum::<u64>());
        for_good.iter().map(|undone| self.undo(undone)).collect()
    }

    /// Of the past as it was, from the moment `from`, or from the unit's last revival after it, to the death.
    fn ledger(&mut self, from: Moment) -> Result<Result<Ledger, NoLedger>, ReplayError> {
        let question = self.question;
        let mut revivals = question.deeds.iter().filter(|(at, deed)| {
            matches!(deed, Deed::Revived(units) if units.contains(&question.unit)) && *at >= from
        });
        let from = revivals.next_back().map_or(from, |(at, _)| Moment {
            turn: at.turn + 1,
            ..*at
        });
        let (start, frame) = self.start(from);
        let mut ledger = None;
        let way = Way {
            question,
            from: (start, &frame),
            undone: None,
            until: question.death,
        };
        way.go::<T>(
            self.pool,
            &mut |run, at| {
                if at == from {
                    run.keep_ledger(question.unit, Arc::clone(self.pool));
                }
                if at.epoch == question.death {
                    ledger = run.ledger();
                }
                Ok(ControlFlow::Continue(()))
            },
            &|done| self.tell(done),
        )?;
        let differs = ReplayError::Differs {
            epoch: question.death,
        };
        ledger.ok_or(differs)
    }
}
