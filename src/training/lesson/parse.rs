//! A lesson's text as a [`Lesson`], or what is wrong with it.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::blocks::{AssertBlock, LookBlock, UntilBlock};
use super::claim::{self, Claim, Side, Term};
use super::error::{LessonError, Source, one_of};
use super::keys::Keys;
use super::outline::{Block, BlockName, Section, outline};
use super::{
    Changes, Choice, Control, Kind, Lesson, Look, Paragraph, Place, Prediction, Setup, Step,
};

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column and what is wanted.
    pub fn parse(text: &str) -> Result<Self, LessonError> {
        let source = Source(text);
        if text.len() > super::BYTES {
            let wanted = format!(
                "a lesson has at most {} bytes, this {}",
                super::BYTES,
                text.len()
            );
            return Err(source.error(0, wanted));
        }
        let (title, sections) = outline(source)?;
        if !super::STEPS.contains(&sections.len()) {
            let at = sections.last().map_or(0, |section| section.at);
            let (least, most) = super::STEPS.into_inner();
            let found = sections.len();
            let wanted = format!(
                "a lesson has {least} to {most} steps, `## KIND: …` each; this has {found}"
            );
            return Err(source.error(at, wanted));
        }
        let mut so_far = SoFar::default();
        let mut steps = Vec::new();
        for section in &sections {
            let step = StepParser { source, section }.step(&mut so_far)?;
            steps.push(step);
        }
        let has = |kind| steps.iter().any(|step: &Step| step.kind == kind);
        for kind in [Kind::Predict, Kind::Explain] {
            if !has(kind) {
                let wanted = format!("a lesson has a step `## {}: …`; this has none", kind.name());
                return Err(source.error(0, wanted));
            }
        }
        if let (Some(last), Some(step)) = (sections.last(), steps.last())
            && step.kind != Kind::Try
        {
            let wanted = "a lesson ends with one thing to try: the last step is `## try: …`";
            return Err(source.error(last.at, wanted));
        }
        Ok(Self {
            title: title.to_owned(),
            steps,
        })
    }
}

/// What the steps before have left.
#[derive(Default)]
struct SoFar {
    setup: Option<Setup>,
    /// Where their run stands.
    epoch: u64,
    /// The reader may have changed it.
    tried: bool,
}

pub(super) struct StepParser<'a> {
    pub(super) source: Source<'a>,
    pub(super) section: &'a Section<'a>,
}

impl StepParser<'_> {
    fn step(&self, so_far: &mut SoFar) -> Result<Step, LessonError> {
        let section = self.section;
        self.check_blocks()?;
        let setup = match self.block(BlockName::Setup) {
            None => None,
            Some(block) => {
                let keys: Keys = self.toml(block)?;
                let setup = keys.setup().map_err(|wrong| self.in_block(block, wrong))?;
                (so_far.epoch, so_far.tried) = (0, false);
                so_far.setup = Some(setup.clone());
                Some(setup)
            }
        };
        let changes = match self.block(BlockName::Set) {
            None => Changes::default(),
            Some(block) => {
                let keys: Keys = self.toml(block)?;
                let changes = keys
                    .changes()
                    .map_err(|wrong| self.in_block(block, wrong))?;
                let has_b = so_far.setup.as_ref().is_some_and(|setup| setup.b.is_some());
                if !changes.b.is_empty() && !has_b {
                    let wanted = "no run stands beside the first: its setup has no `[beside]`";
                    return Err(self.source.error(block.at, wanted));
                }
                changes
            }
        };
        let until = self.until(so_far)?;
        if (until.is_some() || !changes.is_empty()) && (so_far.setup.is_none() || so_far.tried) {
            let wanted = "nothing is set up that could run: give this step a ```toml setup";
            return Err(self.source.error(section.at, wanted));
        }
        so_far.epoch = until.unwrap_or(so_far.epoch);
        let has_b = so_far.setup.as_ref().is_some_and(|setup| setup.b.is_some());
        let prediction = self.prediction(has_b)?;
        let claims = self.claims(until, has_b)?;
        let look = self.look()?;
        so_far.tried |= section.kind == Kind::Try;
        let step = Step {
            kind: section.kind,
            title: section.title.to_owned(),
            text: section.text.clone(),
            setup,
            changes,
            until,
            look,
            prediction,
            claims,
            spot: self.source.spot(section.at),
        };
        self.check_words(&step)?;
        Ok(step)
    }

    /// Each block once, and those that the kind of step has.
    fn check_blocks(&self) -> Result<(), LessonError> {
        use BlockName as B;
        let kind = self.section.kind;
        let (needed, allowed): (&[B], &[B]) = match kind {
            Kind::Watch => (&[], &[B::Setup, B::Set, B::Until, B::Look, B::Assert]),
            Kind::Predict => (
                &[B::Predict, B::Judge, B::Until],
                &[B::Setup, B::Set, B::Look, B::Assert],
            ),
            Kind::Explain => (&[], &[B::Look]),
            Kind::Try => (&[B::Look], &[B::Setup, B::Set, B::Until, B::Assert]),
        };
        let mut seen = Vec::new();
        for block in &self.section.blocks {
            let name = block.name.name();
            if !needed.contains(&block.name) && !allowed.contains(&block.name) {
                let may = needed.iter().chain(allowed).map(|block| block.name());
                let wanted = format!(
                    "a step of the kind `{}` has no block `{name}`, only {}",
                    kind.name(),
                    one_of(may)
                );
                return Err(self.source.error(block.at, wanted));
            }
            if seen.contains(&block.name) {
                let wanted = format!("a step has one block `{name}`: put both into one");
                return Err(self.source.error(block.at, wanted));
            }
            seen.push(block.name);
        }
        if let Some(missing) = needed.iter().find(|block| !seen.contains(block)) {
            let wanted = format!(
                "a step of the kind `{}` needs a block ```toml {}",
                kind.name(),
                missing.name()
            );
            return Err(self.source.error(self.section.at, wanted));
        }
        Ok(())
    }

    pub(super) fn block(&self, name: BlockName) -> Option<&Block<'_>> {
        self.section.blocks.iter().find(|block| block.name == name)
    }

    pub(super) fn toml<T: DeserializeOwned>(&self, block: &Block<'_>) -> Result<T, LessonError> {
        let parsed = toml::Deserializer::parse(block.body).and_then(T::deserialize);
        parsed.map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().trim().replace('\n', ", ");
            let wanted = format!("in the block `{}`: {message}", block.name.name());
            self.source.error(block.body_at + at, wanted)
        })
    }

    /// What is wrong in a block, by its place there; at its fence where it has none.
    fn in_block(&self, block: &Block<'_>, (span, wrong): (Range<usize>, String)) -> LessonError {
        let at = if span.is_empty() {
            block.at
        } else {
            block.body_at + span.start
        };
        self.source.error(at, wrong)
    }

    pub(super) fn wrong<T>(
        &self,
        block: &Block<'_>,
        key: &Spanned<T>,
        wrong: impl Into<String>,
    ) -> LessonError {
        self.in_block(block, (key.span(), wrong.into()))
    }

    fn until(&self, so_far: &SoFar) -> Result<Option<u64>, LessonError> {
        let Some(block) = self.block(BlockName::Until) else {
            return Ok(None);
        };
        let UntilBlock { epoch } = self.toml(block)?;
        let (asked, before) = (*epoch.get_ref(), so_far.epoch);
        if asked <= before || asked > super::EPOCHS {
            let most = super::EPOCHS;
            let wanted = format!(
                "the run stands at epoch {before}: `epoch` is from {} to {most}, not {asked}",
                before + 1
            );
            return Err(self.wrong(block, &epoch, wanted));
        }
        Ok(Some(asked))
    }

    fn look(&self) -> Result<Look, LessonError> {
        let Some(block) = self.block(BlockName::Look) else {
            return Ok(Look::default());
        };
        let LookBlock { panel, unlock } = self.toml(block)?;
        let place = match panel {
            None => None,
            Some(panel) => {
                let known = Place::ALL
                    .into_iter()
                    .find(|known| known.name() == panel.get_ref());
                let names = || one_of(Place::ALL.map(Place::name));
                let wrong = || {
                    let wanted = format!("`{}` is no panel: it is {}", panel.get_ref(), names());
                    self.wrong(block, &panel, wanted)
                };
                Some(known.ok_or_else(wrong)?)
            }
        };
        let mut unlocked = Vec::new();
        for control in &unlock {
            let known = Control::ALL
                .into_iter()
                .find(|(name, _)| name == control.get_ref());
            let Some((_, known)) = known else {
                let names = one_of(Control::ALL.map(|(name, _)| name));
                let wanted = format!("`{}` can't be unlocked: it is {names}", control.get_ref());
                return Err(self.wrong(block, control, wanted));
            };
            if !unlocked.contains(&known) {
                unlocked.push(known);
            }
        }
        Ok(Look { place, unlocked })
    }

    fn claims(&self, until: Option<u64>, has_b: bool) -> Result<Vec<Claim>, LessonError> {
        let Some(block) = self.block(BlockName::Assert) else {
            return Ok(Vec::new());
        };
        let AssertBlock { claims } = self.toml(block)?;
        let Some(until) = until else {
            let wanted = "a claim is about a run: give the step a ```toml until";
            return Err(self.source.error(block.at, wanted));
        };
        let found = claims.get_ref().len();
        if !(1..=super::CLAIMS).contains(&found) {
            let wanted = format!("a step has 1 to {} claims, not {found}", super::CLAIMS);
            return Err(self.wrong(block, &claims, wanted));
        }
        let parsed = claims.get_ref().iter().map(|text| {
            let (left, comparison, right) = claim::parse(text.get_ref())
                .map_err(|(at, wrong)| self.in_text(block, text, at, wrong))?;
            self.check_term(block, text, &left, until, has_b)?;
            let spot = self.source.spot(block.body_at + text.span().start);
            Ok(Claim {
                left,
                comparison,
                right,
                spot,
            })
        });
        parsed.collect()
    }

    /// What is wrong at byte `at` of a text in quotes.
    pub(super) fn in_text(
        &self,
        block: &Block<'_>,
        text: &Spanned<String>,
        at: usize,
        wrong: String,
    ) -> LessonError {
        let span = text.span();
        let begin = (span.start + 1 + at).min(span.end.saturating_sub(1));
        self.in_block(block, (begin..span.end, wrong))
    }

    pub(super) fn check_term(
        &self,
        block: &Block<'_>,
        text: &Spanned<String>,
        term: &Term,
        until: u64,
        has_b: bool,
    ) -> Result<(), LessonError> {
        for point in term.points() {
            if let Some(epoch) = point.epoch.filter(|epoch| *epoch > until) {
                let wanted = format!("epoch {epoch} is still to come: the step runs to {until}");
                return Err(self.wrong(block, text, wanted));
            }
            let needs_b = point.side == Side::B || point.measure == super::Measure::Similarity;
            if needs_b && !has_b {
                let wanted =
                    format!("`{point}` needs a run beside the first: the setup has no `[beside]`");
                return Err(self.wrong(block, text, wanted));
            }
        }
        Ok(())
    }

    fn check_words(&self, step: &Step) -> Result<(), LessonError> {
        let texts = step.text.iter().filter_map(|paragraph| match paragraph {
            Paragraph::Words(text) => Some(text.as_str()),
            Paragraph::Formula(_) => None,
        });
        let choices: &[Choice] = match &step.prediction {
            Some(Prediction::Choice { choices, .. }) => choices,
            _ => &[],
        };
        let choices = choices.iter().map(|choice| choice.text.as_str());
        let words: usize = texts
            .chain(choices)
            .map(|text| text.split_whitespace().count())
            .sum();
        if (1..=super::WORDS).contains(&words) {
            return Ok(());
        }
        let wanted = format!(
            "the step has {words} words, its choices counted: 1 to {} are read in a class",
            super::WORDS
        );
        Err(self.source.error(self.section.at, wanted))
    }
}
