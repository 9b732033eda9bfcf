//! The question of a step, and how its answer is judged.

use toml::Spanned;

use super::blocks::{Asked, ChoiceBlock, JudgeBlock, PredictBlock};
use super::claim::Term;
use super::error::{LessonError, one_of};
use super::outline::{Block, BlockName};
use super::parse::StepParser;
use super::{Choice, NumberAxis, Prediction};
use crate::model::units::UnitState;

impl StepParser<'_> {
    pub(super) fn prediction(&self, has_b: bool) -> Result<Option<Prediction>, LessonError> {
        let (Some(block), Some(judge)) =
            (self.block(BlockName::Predict), self.block(BlockName::Judge))
        else {
            return Ok(None);
        };
        let asked: PredictBlock = self.toml(block)?;
        let judged: JudgeBlock = self.toml(judge)?;
        let needed = |block: &Block<'_>, name: &str| {
            let kind = asked.ask.get_ref();
            let wanted = format!("an answer of the kind {kind:?} needs `{name}`").to_lowercase();
            self.source.error(block.at, wanted)
        };
        Ok(Some(match asked.ask.get_ref() {
            Asked::Choice => {
                let choices = asked
                    .choices
                    .as_ref()
                    .ok_or_else(|| needed(block, "choices"))?;
                let choices = self.choices(block, choices)?;
                let measure = self.measure(judge, &judged, has_b)?;
                let measure = measure.ok_or_else(|| needed(judge, "measure"))?;
                Prediction::Choice { choices, measure }
            }
            Asked::Number => {
                let from = asked.from.as_ref().ok_or_else(|| needed(block, "from"))?;
                let to = asked.to.as_ref().ok_or_else(|| needed(block, "to"))?;
                let within = judged
                    .within
                    .as_ref()
                    .ok_or_else(|| needed(judge, "within"))?;
                let axis = self.axis(block, from, to, asked.log.as_ref())?;
                let measure = self.measure(judge, &judged, has_b)?;
                let measure = measure.ok_or_else(|| needed(judge, "measure"))?;
                let within = self.within(judge, within, &axis)?;
                Prediction::Number {
                    axis,
                    measure,
                    within,
                }
            }
            Asked::Tiles => {
                let pick = asked.pick.as_ref().ok_or_else(|| needed(block, "pick"))?;
                let state = judged
                    .state
                    .as_ref()
                    .ok_or_else(|| needed(judge, "state"))?;
                let least = judged
                    .least
                    .as_ref()
                    .ok_or_else(|| needed(judge, "least"))?;
                self.tiles(block, pick, judge, state, least)?
            }
        }))
    }

    fn measure(
        &self,
        block: &Block<'_>,
        judged: &JudgeBlock,
        has_b: bool,
    ) -> Result<Option<Term>, LessonError> {
        let Some(text) = &judged.measure else {
            return Ok(None);
        };
        let term = Term::parse(text.get_ref())
            .map_err(|(at, wrong)| self.in_text(block, text, at, wrong))?;
        if term.points().any(|point| point.epoch.is_some()) {
            let wanted = "an answer is judged at the step's end: leave `@` and the epoch out";
            return Err(self.wrong(block, text, wanted));
        }
        self.check_term(block, text, &term, u64::MAX, has_b)?;
        Ok(Some(term))
    }

    fn choices(
        &self,
        block: &Block<'_>,
        all: &Spanned<Vec<Spanned<ChoiceBlock>>>,
    ) -> Result<Vec<Choice>, LessonError> {
        let found = all.get_ref().len();
        if !super::CHOICES.contains(&found) {
            let (least, most) = super::CHOICES.into_inner();
            let wanted = format!("there are {least} to {most} choices, not {found}");
            return Err(self.wrong(block, all, wanted));
        }
        let mut choices: Vec<Choice> = Vec::new();
        for choice in all.get_ref() {
            let text = &choice.get_ref().text;
            let length = text.get_ref().chars().count();
            let shown =
                !text.get_ref().trim().is_empty() && !text.get_ref().contains(char::is_control);
            if !shown || length > super::CHOICE {
                let wanted = format!("a choice has 1 to {} characters on one line", super::CHOICE);
                return Err(self.wrong(block, text, wanted));
            }
            let (from, to) = (choice.get_ref().from, choice.get_ref().to);
            let bounds = (
                from.unwrap_or(f64::NEG_INFINITY),
                to.unwrap_or(f64::INFINITY),
            );
            let ordered = bounds.0 <= bounds.1; // of what is no number nothing is
            if (from.is_none() && to.is_none()) || !ordered {
                let wanted = "a choice is right in a range: give it `from`, `to`, or both, `from` the smaller";
                return Err(self.wrong(block, choice, wanted));
            }
            let new = Choice {
                text: text.get_ref().trim().to_owned(),
                from: bounds.0,
                to: bounds.1,
            };
            if choices
                .iter()
                .any(|old| old.from <= new.to && new.from <= old.to)
            {
                let wanted = "two choices would be right at once: keep their ranges apart";
                return Err(self.wrong(block, choice, wanted));
            }
            if choices.iter().any(|old| old.text == new.text) {
                let wanted = "two choices have the same words: say in what they differ";
                return Err(self.wrong(block, text, wanted));
            }
            choices.push(new);
        }
        Ok(choices)
    }

    fn axis(
        &self,
        block: &Block<'_>,
        from: &Spanned<f64>,
        to: &Spanned<f64>,
        log: Option<&Spanned<bool>>,
    ) -> Result<NumberAxis, LessonError> {
        let axis = NumberAxis {
            from: *from.get_ref(),
            to: *to.get_ref(),
            log: log.is_some_and(|log| *log.get_ref()),
        };
        let finite =
            axis.from.is_finite() && axis.to.is_finite() && (axis.to - axis.from).is_finite();
        if !finite || axis.from >= axis.to || (axis.log && axis.from <= 0.0) {
            let wanted = if axis.log {
                "a logarithmic axis goes from a number above 0 to a larger one"
            } else {
                "an axis goes from a number to a larger one"
            };
            return Err(self.wrong(block, to, wanted));
        }
        Ok(axis)
    }

    /// Not so wide that every answer is right.
    fn within(
        &self,
        block: &Block<'_>,
        within: &Spanned<f64>,
        axis: &NumberAxis,
    ) -> Result<f64, LessonError> {
        let value = *within.get_ref();
        let fine = if axis.log {
            value > 1.0 && value * value <= axis.to / axis.from
        } else {
            value > 0.0 && value <= (axis.to - axis.from) / 4.0
        };
        if fine {
            return Ok(value);
        }
        let wanted = if axis.log {
            "on a logarithmic axis `within` is a factor above 1, at most the root of the axis's own"
        } else {
            "`within` is a distance above 0, at most a quarter of the axis"
        };
        Err(self.wrong(block, within, wanted))
    }

    fn tiles(
        &self,
        block: &Block<'_>,
        pick: &Spanned<u64>,
        judge: &Block<'_>,
        state: &Spanned<String>,
        least: &Spanned<u64>,
    ) -> Result<Prediction, LessonError> {
        let states = [
            UnitState::Alive,
            UnitState::Constant,
            UnitState::Silent,
            UnitState::Saturated,
            UnitState::Duplicate,
        ];
        let known = states
            .into_iter()
            .find(|known| known.name() == state.get_ref());
        let Some(known) = known else {
            let names = one_of(states.map(UnitState::name));
            let wanted = format!("`{}` is no state of a unit: it is {names}", state.get_ref());
            return Err(self.wrong(judge, state, wanted));
        };
        let most = super::HIDDEN as u64;
        if !(1..=most).contains(pick.get_ref()) {
            let wanted = format!("`pick` is from 1 to {most} tiles");
            return Err(self.wrong(block, pick, wanted));
        }
        if !(1..=*pick.get_ref()).contains(least.get_ref()) {
            let wanted = format!("of {} tiles, `least` is from 1 to as many", pick.get_ref());
            return Err(self.wrong(judge, least, wanted));
        }
        let small = |count: &Spanned<u64>| usize::try_from(*count.get_ref()).unwrap_or(usize::MAX);
        Ok(Prediction::Tiles {
            pick: small(pick),
            state: known,
            least: small(least),
        })
    }
}
