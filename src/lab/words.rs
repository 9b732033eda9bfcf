//! What each command is called, and what it does in a sentence.

use super::commands::UserCommand;
use crate::data::EmbeddedSet;

impl UserCommand {
    /// What it is about: the words before its name where commands of all kinds stand together.
    pub fn group(self) -> &'static str {
        match self {
            Self::PlayPause
            | Self::StepEpoch
            | Self::Reset
            | Self::NewSeed
            | Self::SpeedUp
            | Self::SlowDown => "Run",
            Self::OpenFile
            | Self::BrowseFiles
            | Self::BrowseFolder
            | Self::PrepareData
            | Self::FollowFolder
            | Self::StopFollowing
            | Self::CancelLoading
            | Self::Data(_) => "Data",
            Self::SaveRun
            | Self::SaveRunAs
            | Self::EditNotes
            | Self::SaveRunWithData
            | Self::SaveAll
            | Self::RestoreLast
            | Self::LocateData => "File",
            Self::CopyShareLine | Self::CopyAsCommand | Self::PasteShareLine => "Share",
            Self::SuggestImport | Self::TrainOnImport => "Import",
            Self::CheckGradient | Self::CheckMyGradient | Self::CloseMyGradient => "Maths",
            Self::NextUnit
            | Self::PreviousUnit
            | Self::UnitBelow
            | Self::UnitAbove
            | Self::ReviveUnit
            | Self::ReviveDead
            | Self::WhatSaves
            | Self::CloseWhatSaves => "Unit",
            Self::PreviousInput
            | Self::NextInput
            | Self::RandomInput
            | Self::ClearInput
            | Self::BrowsePicture => "Input",
            Self::EpochBack
            | Self::EpochForward
            | Self::TenEpochsBack
            | Self::TenEpochsForward
            | Self::FirstEpoch
            | Self::ReturnToNow
            | Self::GoOnFromHere => "Time",
            Self::Undo | Self::Redo | Self::PauseAtEpoch => "Run",
            Self::SparseAgainstPlain
            | Self::CopyBeside
            | Self::CopyBesideWith
            | Self::SwapRuns
            | Self::KeepOther
            | Self::DropOther
            | Self::ToggleLock
            | Self::EndPair => "Side by side",
            Self::ReleaseActivations | Self::SortActivations => "Activations",
            Self::CompareRuns | Self::CancelComparison => "Comparison",
            Self::StartMap | Self::StopMap | Self::OpenCell => "Map",
            Self::Show(_) => "Page",
            Self::Fill(_) => "Fill the window",
            Self::PresentPanel(_) => "Show the class",
            Self::Present
            | Self::Spotlight
            | Self::HoldPicture
            | Self::DescribeChange
            | Self::SlowMotion => "Room",
            Self::Export(_) | Self::CopyPicture(_) | Self::CopyWindow | Self::BrowseExport => {
                "Export"
            }
            Self::Preset(_) => "Preset",
            Self::Lesson(_)
            | Self::GoOnInLesson
            | Self::RevealStep
            | Self::SkipStep
            | Self::LeaveLesson => "Lesson",
            Self::ToggleContrast => "Features",
            Self::FillWindow
            | Self::ToggleTheme
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomReset
            | Self::Palette
            | Self::Dismiss => "Window",
        }
    }

    /// What the button or menu entry says; `…` where more input follows.
    pub fn text(self) -> &'static str {
        match self {
            Self::PlayPause => "Play or pause",
            Self::StepEpoch => "Step",
            Self::Reset => "Reset",
            Self::NewSeed => "New seed",
            Self::SpeedUp => "Faster",
            Self::SlowDown => "Slower",
            Self::OpenFile => "Open file…",
            Self::FollowFolder => "Follow a folder of checkpoints…",
            Self::StopFollowing => "Stop following",
            Self::SaveRun => "Save run",
            Self::SaveRunAs => "Save run as…",
            Self::EditNotes => "Notes on this run…",
            Self::SaveRunWithData => "Save run with its data…",
            Self::SaveAll => "Save all runs…",
            Self::RestoreLast => "Go on with the last run",
            Self::LocateData => "Find the data…",
            Self::CopyShareLine => "Copy share line",
            Self::CopyAsCommand => "Copy as command",
            Self::PasteShareLine => "Paste a share line…",
            Self::BrowseFiles => "Browse…",
            Self::BrowseFolder => "Folder…",
            Self::PrepareData => "Prepare…",
            Self::SuggestImport => "Suggested",
            Self::TrainOnImport => "Train on this",
            Self::CancelLoading => "Cancel loading",
            Self::Data(set) => set.title(),
            Self::Preset(preset) => preset.title(),
            Self::Lesson(lesson) => lesson.title(),
            Self::GoOnInLesson => "Go on",
            Self::RevealStep => "Reveal",
            Self::SkipStep => "Skip the step",
            Self::LeaveLesson => "Leave it",
            Self::ToggleTheme => "Light or dark",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomReset => "Zoom to 100 %",
            Self::ToggleContrast => "Shared or per-tile contrast",
            Self::Show(page) => page.title(),
            Self::FillWindow => "Fill it with a panel",
            Self::Fill(panel) | Self::PresentPanel(panel) => panel.title(),
            Self::Present => "Presenter mode",
            Self::Spotlight => "Spotlight",
            Self::HoldPicture => "Hold the picture",
            Self::DescribeChange => "Describe what changed",
            Self::SlowMotion => "One step in slow motion",
            Self::Export(what) => what.text(),
            Self::CopyPicture(what) => what.text(),
            Self::CopyWindow => "Copy the window as a picture",
            Self::BrowseExport => "Browse for the file…",
            Self::CheckGradient => "Check the gradient",
            Self::CheckMyGradient => "Check my gradient…",
            Self::CloseMyGradient => "Put my gradient away",
            Self::NextUnit => "Next unit",
            Self::PreviousUnit => "Previous unit",
            Self::UnitBelow => "Unit below",
            Self::UnitAbove => "Unit above",
            Self::ReviveUnit => "Revive this unit",
            Self::ReviveDead => "Revive all dead",
            Self::WhatSaves => "What would have saved it?",
            Self::CloseWhatSaves => "Back to its weights",
            Self::EpochBack => "One epoch back",
            Self::EpochForward => "One epoch forward",
            Self::TenEpochsBack => "Ten epochs back",
            Self::TenEpochsForward => "Ten epochs forward",
            Self::FirstEpoch => "To the first epoch",
            Self::ReturnToNow => "Return to now",
            Self::GoOnFromHere => "Go on from here",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::SparseAgainstPlain => "Sparse against plain",
            Self::CopyBeside => "A copy beside it",
            Self::CopyBesideWith => "A copy with one setting different…",
            Self::SwapRuns => "Swap A and B",
            Self::KeepOther => "Keep B",
            Self::DropOther => "Drop B",
            Self::ToggleLock => "In step or free",
            Self::EndPair => "Show A alone",
            Self::StartMap => "Train the map",
            Self::StopMap => "Stop the map",
            Self::OpenCell => "Open the chosen cell",
            Self::PauseAtEpoch => "Pause at an epoch…",
            Self::PreviousInput => "Previous input",
            Self::NextInput => "Next input",
            Self::RandomInput => "Random",
            Self::ClearInput => "Clear",
            Self::BrowsePicture => "Picture…",
            Self::ReleaseActivations => "Release all",
            Self::SortActivations => "Strongest first",
            Self::CompareRuns => "Compare",
            Self::CancelComparison => "Cancel",
            Self::Palette => "Commands…",
            Self::Dismiss => "Dismiss",
        }
    }

    /// One sentence on what it does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::PlayPause => "Train, or hold the run where it is",
            Self::StepEpoch => "Train for one epoch, one pass over the data, then pause",
            Self::Reset => "Back to the same initial weights, with the settings as they are now",
            Self::NewSeed => "Start again from different initial weights",
            Self::SpeedUp => "Allow more epochs a second",
            Self::SlowDown => "Allow fewer epochs a second, slow enough to talk over",
            Self::OpenFile => {
                "Train on your own photographs or data, or go on with a run that was saved"
            }
            Self::FollowFolder => {
                "See a training elsewhere live: each checkpoint in a folder becomes a moment of a run, on the data in use"
            }
            Self::StopFollowing => {
                "Look at the folder of checkpoints no longer; what has come of it stays as a run"
            }
            Self::SaveRun => "Save the run that is shown, to go on with it later, bit for bit",
            Self::SaveRunAs => "Save the run that is shown in another file",
            Self::EditNotes => {
                "What you want to remember of the run that is shown: it goes into its file and its report"
            }
            Self::SaveRunWithData => {
                "Save the run with its prepared data, up to 64 MB, so that it goes on anywhere"
            }
            Self::SaveAll => "Save every run of the session",
            Self::RestoreLast => "Open the run that was open when the lab ended last",
            Self::LocateData => {
                "Say where the data are now of the run that could not be opened without them"
            }
            Self::CopyShareLine => {
                "Copy the run that is shown as one line of text: pasted into another lab it gives the same run, with all \
                    changes"
            }
            Self::CopyAsCommand => {
                "Copy the command that trains the run that is shown without a window"
            }
            Self::PasteShareLine => "Train the run that a share line tells",
            Self::BrowseFiles => "Choose one file, or several pictures",
            Self::BrowseFolder => "Choose a folder of pictures",
            Self::PrepareData => {
                "See how the data in use were prepared, and change it: patches, colour, whitening, scaling"
            }
            Self::SuggestImport => "Back to the choices suggested for this kind of data",
            Self::TrainOnImport => "Prepare all of the data like this, and start a run on them",
            Self::CancelLoading => "Stop loading; the data set in use stays",
            Self::Data(set) => match set {
                EmbeddedSet::Photos => {
                    "8×8 patches of six photographs, whitened: the set that edges come from"
                }
                EmbeddedSet::PhotosRaw => "Patches of the same photographs, not whitened",
                EmbeddedSet::Leaves => "Generated: patches of disks that hide one another",
                EmbeddedSet::Bars => "Generated: 16 bars, each present with probability 1/8",
                EmbeddedSet::Fashion => "2,000 pictures of clothes, 28×28",
                EmbeddedSet::Digits => "1,797 handwritten digits, 8×8",
            },
            Self::Preset(preset) => preset.description(),
            Self::Lesson(_) => {
                "Predict, commit, run, and compare: a lesson of five to eight short steps beside the live lab"
            }
            Self::GoOnInLesson => "Commit to the answer and run, or go to the lesson's next step",
            Self::RevealStep => {
                "For a teacher: run the step without an answer, and show what comes of it"
            }
            Self::SkipStep => {
                "For a teacher: on to the next step, which begins where this one ends"
            }
            Self::LeaveLesson => "End the lesson and unlock everything; its run stays in the lab",
            Self::ToggleTheme => "Switch between the light and the dark theme",
            Self::ZoomIn => "Make everything larger, for the back row",
            Self::ZoomOut => "Make everything smaller",
            Self::ZoomReset => "Back to the normal size",
            Self::ToggleContrast => {
                "Shared: one scale for all tiles, weak units look weak. Per tile: each unit at its own full contrast"
            }
            Self::Show(page) => page.tooltip(),
            Self::FillWindow => {
                "The panel under the pointer fills the window, or goes back; so does a double-click on its title"
            }
            Self::Present => {
                "Large type, chosen panels, no tools and no tooltips, the keys that you press in sight; or back"
            }
            Self::PresentPanel(_) => "In presenter mode this panel is shown, or no longer",
            Self::Spotlight => {
                "The panel under the pointer stays in the light and the others are dimmed, or all are in the light again"
            }
            Self::HoldPicture => {
                "What is seen stays as it is while the run trains on, until the class has voted; the same shows what became of it"
            }
            Self::SlowMotion => {
                "Forward, ρ̂, cost, δ3, δ2, update: each press lights the next formula, with its numbers for one unit"
            }
            Self::DescribeChange => {
                "What has changed since the last time, in words: settings, cost, units; a screen reader says it"
            }
            Self::Fill(_) => "This panel fills the window, or goes back",
            Self::Export(what) => what.tooltip(),
            Self::CopyPicture(what) => what.tooltip(),
            Self::CopyWindow => "What the window shows, as it is seen, into the clipboard",
            Self::BrowseExport => "Choose the file through the system's dialog",
            Self::CheckMyGradient => {
                "Name the mistakes in a gradient that your own program computed of this cost, on these data"
            }
            Self::CloseMyGradient => "Back to the formulas, with nothing lit in them",
            Self::CheckGradient => {
                "Compare the gradient at the present weights with central differences of J, in f64"
            }
            Self::NextUnit => "Inspect the unit at the right",
            Self::PreviousUnit => "Inspect the unit at the left",
            Self::UnitBelow => "Inspect the unit below",
            Self::UnitAbove => "Inspect the unit above",
            Self::ReviveUnit => {
                "Restart this unit from the input that is reconstructed worst. Resets its encoder and decoder \
                    weights, its bias (so that ρ̂ = ρ), its mean contribution to the output bias, and the \
                    optimiser's memory of them"
            }
            Self::ReviveDead => {
                "Restart every dead unit, each from a different one of the inputs that are reconstructed worst. \
                    Resets their encoder and decoder weights, their biases, and the optimiser's memory of them; \
                    live units are unchanged"
            }
            Self::WhatSaves => {
                "Go back before the unit's death, undo each change in turn and train the same epochs again: the smallest \
                    change that would have saved it is named"
            }
            Self::CloseWhatSaves => {
                "Put away what would have saved the unit; what is still being replayed is stopped"
            }
            Self::EpochBack => {
                "Show the run as it stood one epoch earlier; it goes on training meanwhile"
            }
            Self::EpochForward => "Show the run as it stood one epoch later",
            Self::TenEpochsBack => "Show the run as it stood ten epochs earlier",
            Self::TenEpochsForward => "Show the run as it stood ten epochs later",
            Self::FirstEpoch => "Show the run as it began",
            Self::ReturnToNow => "Show the latest epoch again",
            Self::GoOnFromHere => {
                "Train on from the epoch that is shown, in a run of its own; the present one stays among the runs"
            }
            Self::Undo => {
                "Return to the moment before the last change; what came after it stays among the runs"
            }
            Self::Redo => "Do again what was undone: the run that was left is shown again",
            Self::SparseAgainstPlain => {
                "Start again from the initial weights, and beside it the same run with β 0, in step"
            }
            Self::CopyBeside => {
                "A second run goes on from the epoch that is shown, in step with the first: then change a setting"
            }
            Self::CopyBesideWith => {
                "A second run goes on from the epoch that is shown, with one setting different, in step with the first"
            }
            Self::SwapRuns => "The run beside becomes the one that the sliders act on",
            Self::KeepOther => "B takes the place of A; A stays among the runs",
            Self::DropOther => "B is given up, and its memory freed",
            Self::ToggleLock => {
                "Both do the same epochs and wait for one another, or each trains as fast as it can"
            }
            Self::EndPair => "B rests, and stays among the runs",
            Self::StartMap => {
                "Train the runs of the map beside this one, one on each core, giving way to it; a map that was stopped goes on"
            }
            Self::StopMap => {
                "Stop training the map; what is there stays, and Start goes on from there"
            }
            Self::OpenCell => {
                "Train the run of the chosen cell as one of the lab's own, to the same bits and with all of its past"
            }
            Self::PauseAtEpoch => "Train up to the end of an epoch that you name, then pause",
            Self::PreviousInput => "Send the previous sample through the network",
            Self::NextInput => "Send the next sample through the network",
            Self::RandomInput => "Send any sample through the network",
            Self::ClearInput => "Empty the input, to draw one",
            Self::BrowsePicture => {
                "Choose a picture file as the input; you can also drop one on this page"
            }
            Self::ReleaseActivations => "Let the network set all activations again",
            Self::SortActivations => {
                "In the order of the units, or the most strongly excited first"
            }
            Self::CompareRuns => {
                "Train on the second data set in the background, match the features, and judge them by their baselines"
            }
            Self::CancelComparison => "Stop the comparison; the run in the window goes on",
            Self::Palette => {
                "Every command, preset, data set and page in one list: type to find one"
            }
            Self::Dismiss => "Close the dialog, stop loading, or else dismiss the newest notice",
        }
    }
}
