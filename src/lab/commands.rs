//! Everything a person can ask of the window, as one value: it feeds the buttons, the menus, the keys, the palette and
//! the tests. Their texts are in `words`, when they can be given in `possible`, and their keys in the window's keymap.

use super::export::{Export, Picture};
use super::page::Page;
use super::panel::Panel;
use crate::data::EmbeddedSet;
use crate::training::Preset;
use crate::training::lesson::Builtin;

/// The enumeration as it stands below, with `all`: each plain command once, one that carries a value once for each of
/// its `ALL`. A variant can't be left out.
macro_rules! commands {
    ($(#[$outer:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident $(($values:ident))?,)+ }) => {
        $(#[$outer])*
        pub enum $name {
            $($(#[$inner])* $variant $(($values))?,)+
        }

        impl $name {
            /// All of them, in the order of their declaration.
            pub fn all() -> impl Iterator<Item = Self> {
                [$(commands!(@each $variant $($values)?)),+].into_iter().flatten()
            }
        }
    };
    (@each $variant:ident) => { vec![Self::$variant] };
    (@each $variant:ident $values:ident) => { $values::ALL.map(Self::$variant).to_vec() };
}

commands! {
    /// A request that needs no further words. What carries a value (a slider's, a path) is an
    /// [`Action`](super::state::Action).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum UserCommand {
        /// Play if paused, pause if playing.
        PlayPause,
        StepEpoch,
        Reset,
        NewSeed,
        SpeedUp,
        SlowDown,
        OpenFile,
        /// Through the system's dialog: one or several.
        BrowseFiles,
        BrowseFolder,
        /// A training elsewhere, by its checkpoints.
        FollowFolder,
        /// Its run stays as it is.
        StopFollowing,
        /// Into its file, or into one that is asked for.
        SaveRun,
        SaveRunAs,
        /// The prepared data go into the file as well.
        SaveRunWithData,
        /// Every run of the session.
        SaveAll,
        /// Asks what is to be remembered of the run that is shown.
        EditNotes,
        /// The run that was open when a window ended last.
        RestoreLast,
        /// Where the data are of the run that could not be opened without them.
        LocateData,
        /// The run that is shown, as a line of text, into the clipboard.
        CopyShareLine,
        /// The same as a command.
        CopyAsCommand,
        /// Asks for a line that tells a run.
        PasteShareLine,
        /// Opens the import sheet on the data set in use.
        PrepareData,
        /// What the import sheet offers.
        SuggestImport,
        TrainOnImport,
        CancelLoading,
        /// Against central differences, at the present weights.
        CheckGradient,
        /// Asks for a student's weights and gradient, and names the mistakes in it.
        CheckMyGradient,
        CloseMyGradient,
        /// On the page of units: to the tile at the right, left, below or above.
        NextUnit,
        PreviousUnit,
        UnitBelow,
        UnitAbove,
        /// The one that is shown.
        ReviveUnit,
        ReviveDead,
        /// Undoes the changes before the unit's death in turn and trains the same epochs again.
        WhatSaves,
        /// Puts the answer away, or stops looking for it.
        CloseWhatSaves,
        /// The cursor over the run's time: every view shows the run as it stood at that epoch.
        EpochBack,
        EpochForward,
        TenEpochsBack,
        TenEpochsForward,
        FirstEpoch,
        ReturnToNow,
        /// The epoch that is shown becomes the present of a run of its own.
        GoOnFromHere,
        /// Takes the last gesture back.
        Undo,
        Redo,
        /// The run once more from its initial weights, and beside it the same with β 0.
        SparseAgainstPlain,
        /// A second run goes on from the moment that is shown, beside the first.
        CopyBeside,
        /// The same, with one setting different.
        CopyBesideWith,
        SwapRuns,
        /// B takes the place of A.
        KeepOther,
        DropOther,
        /// In step, or free.
        ToggleLock,
        /// Both stay; one is shown.
        EndPair,
        PauseAtEpoch,
        /// Another sample on its way through the network.
        PreviousInput,
        NextInput,
        RandomInput,
        /// An empty picture to draw on.
        ClearInput,
        /// A picture as the input, through the system's dialog.
        BrowsePicture,
        /// Gives all hand-set activations back to the network.
        ReleaseActivations,
        /// By unit, or the strongest first.
        SortActivations,
        /// Trains on other data and matches the features.
        CompareRuns,
        CancelComparison,
        /// Trains the map that is chosen, or goes on with it.
        StartMap,
        StopMap,
        /// The chosen cell of the map becomes a run of the lab.
        OpenCell,
        Show(Page),
        /// The panel under the pointer, or else the page's main one, fills the window; or it goes back.
        FillWindow,
        Fill(Panel),
        /// What is shown, into a file for other programs.
        Export(Export),
        /// A picture of it, into the clipboard.
        CopyPicture(Picture),
        CopyWindow,
        /// Through the system's dialog: the file that is being asked for.
        BrowseExport,
        /// Before a class: chosen panels in large type; or back.
        Present,
        /// The class is shown this panel too, or no longer.
        PresentPanel(Panel),
        /// One panel in the light, the others dimmed; or all of them again.
        Spotlight,
        /// What is seen stays as it is while the runs train on; or is shown.
        HoldPicture,
        /// One step of training part by part: the next part.
        SlowMotion,
        /// What has changed, in words.
        DescribeChange,
        Preset(Preset),
        /// Gives it from its first step.
        Lesson(Builtin),
        /// Commits to the answer and runs, or goes to the next step.
        GoOnInLesson,
        /// The step runs without an answer.
        RevealStep,
        SkipStep,
        LeaveLesson,
        Data(EmbeddedSet),
        ToggleContrast,
        ToggleTheme,
        ZoomIn,
        ZoomOut,
        ZoomReset,
        /// The list of all commands, to choose from by typing; closes it where it is open.
        Palette,
        /// Closes or stops whatever is in front: a dialog, the sheet, loading, the newest notice, the page,
        /// the selection.
        Dismiss,
    }
}

/// What stands over the panels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cover {
    #[default]
    Nothing,
    /// A dialog, the import sheet or the palette.
    Window,
}

impl UserCommand {
    /// What puts `what` into the clipboard instead of a file.
    pub fn copying(what: Export) -> Option<Self> {
        match what {
            Export::Features => Some(Self::CopyPicture(Picture::Features)),
            Export::Curves => Some(Self::CopyPicture(Picture::Curves)),
            Export::Window => Some(Self::CopyWindow),
            Export::Code | Export::Model | Export::Predictions | Export::Film | Export::Report => {
                None
            }
        }
    }

    /// Whether it may be given while `cover` stands over the panels.
    pub fn works_under(self, cover: Cover) -> bool {
        match cover {
            Cover::Nothing => true,
            Cover::Window => self.works_under_a_window(),
        }
    }

    /// Whether a key that can't do it now says why: where nothing else in the window would tell.
    pub(super) fn says_why_not(self) -> bool {
        matches!(
            self,
            Self::PlayPause
                | Self::StepEpoch
                | Self::ReviveUnit
                | Self::ReviveDead
                | Self::WhatSaves
                | Self::CheckGradient
                | Self::CheckMyGradient
                | Self::GoOnFromHere
                | Self::Undo
                | Self::Redo
                | Self::SwapRuns
                | Self::StartMap
                | Self::StopMap
                | Self::OpenCell
                | Self::CopyBeside
                | Self::CopyBesideWith
                | Self::PauseAtEpoch
                | Self::GoOnInLesson
        )
    }

    /// What restarts a run, or opens a window, waits.
    fn works_under_a_window(self) -> bool {
        match self {
            Self::Reset
            | Self::ToggleContrast
            | Self::NewSeed
            | Self::StepEpoch
            | Self::PrepareData
            | Self::Data(_)
            | Self::Show(_)
            | Self::FillWindow
            | Self::Fill(_)
            | Self::Export(_)
            | Self::CheckGradient
            | Self::CheckMyGradient
            | Self::CloseMyGradient
            | Self::NextUnit
            | Self::PreviousUnit
            | Self::UnitBelow
            | Self::UnitAbove
            | Self::ReviveUnit
            | Self::ReviveDead
            | Self::WhatSaves
            | Self::CloseWhatSaves
            | Self::EpochBack
            | Self::EpochForward
            | Self::TenEpochsBack
            | Self::TenEpochsForward
            | Self::FirstEpoch
            | Self::ReturnToNow
            | Self::GoOnFromHere
            | Self::Undo
            | Self::Redo
            | Self::SparseAgainstPlain
            | Self::CopyBeside
            | Self::CopyBesideWith
            | Self::SwapRuns
            | Self::KeepOther
            | Self::DropOther
            | Self::ToggleLock
            | Self::EndPair
            | Self::PauseAtEpoch
            | Self::PreviousInput
            | Self::NextInput
            | Self::RandomInput
            | Self::ClearInput
            | Self::BrowsePicture
            | Self::ReleaseActivations
            | Self::SortActivations
            | Self::CompareRuns
            | Self::CancelComparison
            | Self::StartMap
            | Self::StopMap
            | Self::OpenCell
            | Self::FollowFolder
            | Self::StopFollowing
            | Self::SaveRun
            | Self::SaveRunAs
            | Self::SaveRunWithData
            | Self::SaveAll
            | Self::EditNotes
            | Self::RestoreLast
            | Self::LocateData
            | Self::CopyShareLine
            | Self::CopyAsCommand
            | Self::PasteShareLine
            | Self::Palette
            | Self::Lesson(_)
            | Self::GoOnInLesson
            | Self::RevealStep
            | Self::SkipStep
            | Self::LeaveLesson
            | Self::PresentPanel(_)
            | Self::SlowMotion
            | Self::Preset(_) => false,
            Self::PlayPause
            | Self::Present
            | Self::Spotlight
            | Self::HoldPicture
            | Self::DescribeChange
            | Self::SpeedUp
            | Self::SlowDown
            | Self::OpenFile
            | Self::BrowseFiles
            | Self::BrowseFolder
            | Self::BrowseExport
            | Self::CopyPicture(_)
            | Self::CopyWindow
            | Self::SuggestImport
            | Self::TrainOnImport
            | Self::CancelLoading
            | Self::ToggleTheme
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomReset
            | Self::Dismiss => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_command_is_listed_once_and_says_what_it_is() {
        let mut seen = HashSet::new();
        let mut named = HashSet::new();
        for command in UserCommand::all() {
            assert!(seen.insert(command), "{command:?} is listed twice");
            let name = (command.group(), command.text());
            assert!(named.insert(name), "{name:?} is the name of two commands");
            assert!(!command.text().is_empty() && !command.group().is_empty());
            assert!(command.tooltip().len() > 12, "{command:?}");
        }
        let values = Export::ALL.len()
            + Picture::ALL.len()
            + Page::ALL.len()
            + 2 * Panel::ALL.len()
            + Preset::ALL.len()
            + Builtin::ALL.len()
            + EmbeddedSet::ALL.len();
        assert!(seen.len() > values + 30);
    }
}
