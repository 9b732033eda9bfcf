//! Which commands can be given as things stand: the palette, the buttons and the keys ask the same question.

use super::commands::UserCommand;
use super::export::Export;
use super::followed::ELSEWHERE;
use super::lesson::Phase;
use super::page::Page;
use super::room::Lab;
use super::run_view::RunView;
use super::shared::{View, ZOOMS};
use super::speed;
use super::studies::Study;

impl Lab {
    /// Whether `command` would do something now.
    ///
    /// # Errors
    /// It would not; why, in one sentence.
    pub fn can(&self, command: UserCommand) -> Result<(), &'static str> {
        self.view().can(command)
    }
}

impl View<'_> {
    /// Whether `command` would do something now.
    ///
    /// # Errors
    /// It would not; why, in one sentence.
    pub fn can(&self, command: UserCommand) -> Result<(), &'static str> {
        let only_if = |possible: bool, why_not| possible.then_some(()).ok_or(why_not);
        let run = self.run.snapshot.as_deref();
        let has_run = only_if(run.is_some(), "No run has begun yet.");
        let lesson = self.shared.lesson.as_ref();
        if let Some(why) = lesson.and_then(|given| given.holds(command)) {
            return Err(why);
        }
        if self.run.followed.is_some() && self.run.trains(command) {
            return Err(ELSEWHERE);
        }
        match command {
            UserCommand::PlayPause
            | UserCommand::Reset // the way out of a failure before the first epoch, too
            | UserCommand::NewSeed
            | UserCommand::OpenFile
            | UserCommand::BrowseFiles
            | UserCommand::BrowseFolder
            | UserCommand::PrepareData
            | UserCommand::Show(_)
            | UserCommand::FillWindow
            | UserCommand::Fill(_)
            | UserCommand::Preset(_)
            | UserCommand::Lesson(_)
            | UserCommand::Data(_)
            | UserCommand::ToggleContrast
            | UserCommand::ToggleTheme
            | UserCommand::SortActivations
            | UserCommand::PasteShareLine
            | UserCommand::Present
            | UserCommand::Spotlight
            | UserCommand::HoldPicture
            | UserCommand::Palette => Ok(()),
            UserCommand::PresentPanel(panel) => {
                only_if(self.shared.presenting.is_some(), "This is for presenter mode: F11.")?;
                let shown = self.shared.presented();
                only_if(shown != [panel], "It is the only panel that is shown.")
            }
            UserCommand::DescribeChange | UserCommand::SlowMotion => {
                only_if(self.run.own_snapshot().is_some(), "No run has begun yet.")
            }
            UserCommand::CopyShareLine | UserCommand::CopyAsCommand => {
                only_if(self.run.own_snapshot().is_some(), "No run has begun yet.")
            }
            UserCommand::SaveRun
            | UserCommand::SaveRunAs
            | UserCommand::SaveRunWithData
            | UserCommand::SaveAll
            | UserCommand::EditNotes
            | UserCommand::StepEpoch
            | UserCommand::NextUnit
            | UserCommand::PreviousUnit
            | UserCommand::UnitBelow
            | UserCommand::UnitAbove
            | UserCommand::PreviousInput
            | UserCommand::NextInput
            | UserCommand::RandomInput
            | UserCommand::ClearInput
            | UserCommand::BrowsePicture => has_run,
            UserCommand::GoOnInLesson => lesson.ok_or(NO_LESSON)?.goes_on(),
            UserCommand::RevealStep => {
                only_if(lesson.ok_or(NO_LESSON)?.can_reveal(), "Nothing is hidden in this step.")
            }
            UserCommand::SkipStep => {
                let over = lesson.ok_or(NO_LESSON)?.phase == Phase::Over;
                only_if(!over, "The lesson is over.")
            }
            UserCommand::LeaveLesson => lesson.map(|_| ()).ok_or(NO_LESSON),
            UserCommand::Export(Export::Predictions) => only_if(
                self.shared.predictions.iter().any(|judged| judged.answer.is_some()),
                "Nothing has been predicted in a lesson yet.",
            ),
            UserCommand::BrowseExport => only_if(
                matches!(self.shared.question, Some(super::beside::Question::Export(_))),
                "No file is being asked for.",
            ),
            UserCommand::CopyPicture(_) => has_run.and(only_if(
                self.shared.exporting.is_none(),
                "A file is being written.",
            )),
            UserCommand::CopyWindow => only_if(
                self.shared.photograph.is_none(),
                "A picture of the window is being taken.",
            ),
            UserCommand::Export(_) => has_run.and(only_if(
                self.shared.exporting.is_none(),
                "A file is being written.",
            )),
            UserCommand::SpeedUp => only_if(
                speed::next(self.run.speed, 1) != self.run.speed,
                "It already trains as fast as it can.",
            ),
            UserCommand::SlowDown => only_if(
                speed::next(self.run.speed, -1) != self.run.speed,
                "This is the slowest speed.",
            ),
            UserCommand::ZoomIn => only_if(
                ZOOMS.last().is_some_and(|most| self.shared.zoom < *most),
                "This is the largest size.",
            ),
            UserCommand::ZoomOut => only_if(
                ZOOMS.first().is_some_and(|least| self.shared.zoom > *least),
                "This is the smallest size.",
            ),
            UserCommand::RestoreLast => {
                only_if(self.shared.left.is_some(), "No run was kept when the lab ended last.")
            }
            UserCommand::LocateData => {
                only_if(self.shared.without_data.is_some(), "No run waits for its data.")
            }
            UserCommand::ZoomReset => only_if(self.shared.zoom != 100, "The size is already 100 %."),
            UserCommand::SuggestImport => {
                let import = self.shared.import.as_ref().ok_or(NO_SHEET)?;
                only_if(!import.is_as_suggested(), "These are the suggested choices.")
            }
            UserCommand::TrainOnImport => {
                let import = self.shared.import.as_ref().ok_or(NO_SHEET)?;
                only_if(
                    import.is_ready(),
                    "The choices can't be followed: the sentence above says why.",
                )
            }
            UserCommand::CancelLoading => only_if(self.is_loading(), "Nothing is being loaded."),
            UserCommand::CheckGradient => has_run.and(only_if(
                !self.run.gradient_check.is_running(),
                "The gradient is being checked.",
            )),
            UserCommand::CheckMyGradient => has_run,
            UserCommand::CloseMyGradient => only_if(
                !matches!(self.run.my_gradient, Study::Idle),
                "No gradient of yours is shown.",
            ),
            UserCommand::ReviveUnit => {
                let unit = self.run.selected.ok_or(NO_UNIT)?;
                only_if(
                    self.run.can_revive(unit),
                    "It is alive: there is nothing to revive.",
                )
            }
            UserCommand::ReviveDead => only_if(!self.run.dead_units().is_empty(), "No unit is dead."),
            UserCommand::WhatSaves => {
                let (unit, _) = self.run.death()?;
                let saving = self.run.saving_of(unit);
                only_if(
                    saving.is_none_or(|saving| !saving.study.is_running()),
                    "It is being found out.",
                )
            }
            UserCommand::CloseWhatSaves => {
                only_if(self.run.saving.is_some(), "Nothing of this is shown.")
            }
            UserCommand::EpochBack | UserCommand::TenEpochsBack | UserCommand::FirstEpoch => {
                only_if(self.run.shown_epoch() > self.run.first_epoch(), "This is the first epoch.")
            }
            UserCommand::GoOnFromHere if self.run.followed.is_some() => {
                only_if(self.run.own_snapshot().is_some(), "No checkpoint has come yet.")
            }
            UserCommand::FollowFolder => {
                only_if(self.run.data().is_some(), "No data are open yet to measure checkpoints on.")
            }
            UserCommand::StopFollowing => {
                let live = |run: &RunView| run.followed.as_ref().is_some_and(|of| of.live);
                let follows = self.shared.awaited.is_some() || self.session.runs().any(live);
                only_if(follows, "No folder is followed.")
            }
            UserCommand::EpochForward
            | UserCommand::TenEpochsForward
            | UserCommand::ReturnToNow
            | UserCommand::GoOnFromHere => {
                only_if(self.run.past.is_some(), "This is the latest epoch.")
            }
            UserCommand::Undo => only_if(self.session.undo().can_undo(), "There is nothing to undo."),
            UserCommand::Redo => only_if(self.session.undo().can_redo(), "There is nothing to redo."),
            UserCommand::SparseAgainstPlain | UserCommand::CopyBeside | UserCommand::CopyBesideWith => {
                has_run
            }
            UserCommand::PauseAtEpoch => has_run,
            UserCommand::StartMap => {
                has_run?;
                let map = &self.shared.map;
                only_if(map.sweeping.is_none(), "The map is being trained.")?;
                only_if(
                    map.plan(self.run).is_some_and(|plan| plan.is_ok()),
                    "This can't be swept: the Map page says why.",
                )?;
                only_if(
                    map.goes_on(self.run).is_none_or(|mapped| !mapped.is_whole()),
                    "All of its runs are trained: change a range for another map.",
                )
            }
            UserCommand::StopMap => {
                only_if(self.shared.map.sweeping.is_some(), "No map is being trained.")
            }
            UserCommand::OpenCell => only_if(
                self.shared.map.chosen.is_some() && self.shared.map.mapped.is_some(),
                "No cell of a map is chosen: click one on the Map page, or go to it with the arrows.",
            ),
            UserCommand::SwapRuns
            | UserCommand::KeepOther
            | UserCommand::DropOther
            | UserCommand::ToggleLock
            | UserCommand::EndPair => {
                only_if(self.session.pair().is_some(), "There is no second run beside this one.")
            }
            UserCommand::ReleaseActivations => {
                only_if(!self.run.look.hand.is_empty(), "No activation was set by hand.")
            }
            UserCommand::CompareRuns => {
                let run = run.ok_or("No run has begun yet.")?;
                only_if(!self.run.compared.is_running(), "A comparison is under way.")?;
                only_if(
                    self.run.compare.second.spec(&run.data).is_ok(),
                    "The second data set has samples of another size: choose another on the Compare page.",
                )
            }
            UserCommand::CancelComparison => {
                only_if(self.run.compared.is_running(), "No comparison is under way.")
            }
            UserCommand::Dismiss => only_if(
                self.shared.is_covered()
                    || self.is_loading()
                    || !self.shared.notices.is_empty()
                    || self.shared.filled.is_some()
                    || self.shared.spotlight.is_some()
                    || self.shared.slow.is_some()
                    || self.shared.held
                    || self.shared.presenting.is_some()
                    || lesson.is_some()
                    || self.shared.page != Page::Lab
                    || self.run.selected.is_some(),
                "There is nothing to close.",
            ),
        }
    }

    fn is_loading(&self) -> bool {
        self.shared.opening.is_some() || self.shared.loading.is_some()
    }
}

impl RunView {
    /// Whether `command` would train the run that is shown, or needs one that was trained here.
    fn trains(&self, command: UserCommand) -> bool {
        match command {
            // the past is played, and what is done to it is done to a run of its own
            UserCommand::PlayPause
            | UserCommand::StepEpoch
            | UserCommand::ReviveUnit
            | UserCommand::ReviveDead => self.past.is_none(),
            UserCommand::Reset
            | UserCommand::WhatSaves
            | UserCommand::PauseAtEpoch
            | UserCommand::SparseAgainstPlain
            | UserCommand::CopyBeside
            | UserCommand::CopyBesideWith
            | UserCommand::CopyShareLine
            | UserCommand::CopyAsCommand => true,
            _ => false,
        }
    }

    /// The first epoch that can be shown of it.
    fn first_epoch(&self) -> u64 {
        let latest = self.latest().filter(|_| self.followed.is_some());
        let first = latest.and_then(|latest| latest.history.records().next());
        first.map_or(0, |first| first.epoch)
    }
}

const NO_UNIT: &str = super::saving::NO_UNIT;
const NO_LESSON: &str = "No lesson is being given: choose one from the list of commands.";
const NO_SHEET: &str = "The import sheet is not open.";
