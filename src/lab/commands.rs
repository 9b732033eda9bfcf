//! Everything a person can ask of the window, as one value: it feeds the buttons, the menus, the keys and the tests.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::page::Page;
use crate::data::EmbeddedSet;
use crate::training::Preset;

/// A request that needs no further words. What carries a value (a slider's, a path) is an [`Action`](super::state::Action).
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
    /// Opens the import sheet on the data set in use.
    PrepareData,
    /// What the import sheet offers.
    SuggestImport,
    TrainOnImport,
    CancelLoading,
    Data(EmbeddedSet),
    Preset(Preset),
    ToggleTheme,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    ToggleContrast,
    Show(Page),
    /// Against central differences, at the present weights.
    CheckGradient,
    /// On the page of units: to the tile at the right, left, below or above.
    NextUnit,
    PreviousUnit,
    UnitBelow,
    UnitAbove,
    /// The one that is shown.
    ReviveUnit,
    ReviveDead,
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
    /// Closes or stops what stands foremost: a question, a dialog, the sheet, loading, the newest notice, the page, the selection.
    Dismiss,
}

impl UserCommand {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        use UserCommand::*;
        [
            PlayPause,
            StepEpoch,
            Reset,
            NewSeed,
            SpeedUp,
            SlowDown,
            OpenFile,
            BrowseFiles,
            BrowseFolder,
            PrepareData,
            SuggestImport,
            TrainOnImport,
            CancelLoading,
            ToggleTheme,
            ZoomIn,
            ZoomOut,
            ZoomReset,
            ToggleContrast,
            CheckGradient,
            NextUnit,
            PreviousUnit,
            UnitBelow,
            UnitAbove,
            ReviveUnit,
            ReviveDead,
            PreviousInput,
            NextInput,
            RandomInput,
            ClearInput,
            BrowsePicture,
            ReleaseActivations,
            SortActivations,
            CompareRuns,
            CancelComparison,
            Dismiss,
        ]
        .into_iter()
        .chain(Page::ALL.into_iter().map(Show))
        .chain(EmbeddedSet::ALL.into_iter().map(Data))
        .chain(crate::training::Preset::ALL.into_iter().map(Preset))
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
            Self::BrowseFiles => "Browse…",
            Self::BrowseFolder => "Folder…",
            Self::PrepareData => "Prepare…",
            Self::SuggestImport => "Suggested",
            Self::TrainOnImport => "Train on this",
            Self::CancelLoading => "Cancel loading",
            Self::Data(set) => set.title(),
            Self::Preset(preset) => preset.title(),
            Self::ToggleTheme => "Light or dark",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomReset => "Zoom to 100 %",
            Self::ToggleContrast => "Shared or per-tile contrast",
            Self::Show(page) => page.title(),
            Self::CheckGradient => "Check the gradient",
            Self::NextUnit => "Next unit",
            Self::PreviousUnit => "Previous unit",
            Self::UnitBelow => "Unit below",
            Self::UnitAbove => "Unit above",
            Self::ReviveUnit => "Revive this unit",
            Self::ReviveDead => "Revive all dead",
            Self::PreviousInput => "Previous input",
            Self::NextInput => "Next input",
            Self::RandomInput => "Random",
            Self::ClearInput => "Clear",
            Self::BrowsePicture => "Picture…",
            Self::ReleaseActivations => "Release all",
            Self::SortActivations => "Strongest first",
            Self::CompareRuns => "Compare",
            Self::CancelComparison => "Cancel",
            Self::Dismiss => "Dismiss",
        }
    }

    /// One sentence on what it does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::PlayPause => "Train, or hold the run where it is",
            Self::StepEpoch => "Train for one epoch, one pass over the data, then pause",
            Self::Reset => "Back to the same initial weights, with the settings as they are now",
            Self::NewSeed => "Start anew from other initial weights",
            Self::SpeedUp => "Allow more epochs a second",
            Self::SlowDown => "Allow fewer epochs a second, to talk over them",
            Self::OpenFile => "Train on your own photographs or data",
            Self::BrowseFiles => "Choose one file, or several pictures",
            Self::BrowseFolder => "Choose a folder of pictures",
            Self::PrepareData => {
                "See what was done to the data in use, and choose otherwise: patches, colour, whitening, scaling"
            }
            Self::SuggestImport => "Back to what suits this kind of data",
            Self::TrainOnImport => "Prepare all of the data like this, and start a run on them",
            Self::CancelLoading => "Stop loading; the data set in use stays",
            Self::Data(set) => match set {
                EmbeddedSet::Photos => {
                    "8×8 patches of six photographs, whitened: the set that edges come from"
                }
                EmbeddedSet::PhotosRaw => "Patches of the same photographs, not whitened",
                EmbeddedSet::Leaves => "Generated: patches of disks that hide one another",
                EmbeddedSet::Bars => "Generated: 16 bars, each there with probability 1/8",
                EmbeddedSet::Fashion => "2,000 pictures of clothes, 28×28",
                EmbeddedSet::Digits => "1,797 handwritten digits, 8×8",
            },
            Self::Preset(preset) => preset.description(),
            Self::ToggleTheme => "Switch between the light and the dark theme",
            Self::ZoomIn => "Make everything larger, for the back row",
            Self::ZoomOut => "Make everything smaller",
            Self::ZoomReset => "Back to the normal size",
            Self::ToggleContrast => {
                "Shared: one scale for all tiles, weak units look weak. Per tile: each unit at its own full contrast"
            }
            Self::Show(page) => page.tooltip(),
            Self::CheckGradient => {
                "Compare the gradient at the present weights with central differences of J, in f64"
            }
            Self::NextUnit => "Inspect the unit at the right",
            Self::PreviousUnit => "Inspect the unit at the left",
            Self::UnitBelow => "Inspect the unit below",
            Self::UnitAbove => "Inspect the unit above",
            Self::ReviveUnit => {
                "Begin this unit anew, from the input that is reconstructed worst. Reset are its weights in and out, its \
                 bias (so that its ρ̂ is ρ), its mean part in the output's bias, and what the optimiser remembers of them"
            }
            Self::ReviveDead => {
                "Begin every dead unit anew, each from another of the inputs that are reconstructed worst. Reset are their \
                 weights in and out, their biases, and what the optimiser remembers of them; live units stay as they are"
            }
            Self::PreviousInput => "Send the sample before this one through the network",
            Self::NextInput => "Send the next sample through the network",
            Self::RandomInput => "Send any sample through the network",
            Self::ClearInput => "Empty the input, to draw one",
            Self::BrowsePicture => {
                "Choose a picture file as the input; dropping one on this page does as well"
            }
            Self::ReleaseActivations => {
                "Give all activations that were set by hand back to the network"
            }
            Self::SortActivations => {
                "In the order of the units, or the most strongly excited first"
            }
            Self::CompareRuns => {
                "Train on the second data set and with another seed in the background, then match the features"
            }
            Self::CancelComparison => "Stop the comparison; the run in the window goes on",
            Self::Dismiss => "Close the dialog, stop loading, or else dismiss the newest notice",
        }
    }

    /// The keys, the first of which the tooltips show.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const fn plain(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::NONE, key)
        }
        const fn command(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::COMMAND, key)
        }
        match self {
            Self::PlayPause => const { &[plain(Key::Space)] },
            Self::StepEpoch => const { &[plain(Key::ArrowRight), plain(Key::S)] },
            Self::Reset => const { &[plain(Key::R)] },
            Self::NewSeed => const { &[plain(Key::N)] },
            Self::SpeedUp => const { &[plain(Key::Period)] },
            Self::SlowDown => const { &[plain(Key::Comma)] },
            Self::OpenFile => const { &[command(Key::O)] },
            Self::PrepareData => const { &[plain(Key::P)] },
            Self::TrainOnImport => const { &[command(Key::Enter)] },
            Self::BrowseFiles | Self::BrowseFolder | Self::SuggestImport | Self::CancelLoading => {
                &[]
            }
            Self::ToggleTheme => const { &[plain(Key::T)] },
            Self::ZoomIn => const { &[command(Key::Plus), command(Key::Equals)] },
            Self::ZoomOut => const { &[command(Key::Minus)] },
            Self::ZoomReset => const { &[command(Key::Num0)] },
            Self::ToggleContrast => const { &[plain(Key::C)] },
            Self::Show(page) => match page {
                Page::Lab => const { &[plain(Key::F1)] },
                Page::Unit => const { &[plain(Key::F2)] },
                Page::Mathematics => const { &[plain(Key::F3)] },
                Page::LookThrough => const { &[plain(Key::F4)] },
                Page::Compare => const { &[plain(Key::F5)] },
            },
            Self::CheckGradient => const { &[plain(Key::G)] },
            Self::NextUnit => const { &[plain(Key::ArrowRight)] },
            Self::PreviousUnit => const { &[plain(Key::ArrowLeft)] },
            Self::UnitBelow => const { &[plain(Key::ArrowDown)] },
            Self::UnitAbove => const { &[plain(Key::ArrowUp)] },
            Self::ReviveUnit => const { &[plain(Key::V)] },
            Self::ReviveDead => const { &[plain(Key::D)] },
            Self::PreviousInput => const { &[plain(Key::PageUp)] },
            Self::NextInput => const { &[plain(Key::PageDown)] },
            Self::RandomInput => const { &[plain(Key::I)] },
            Self::ClearInput
            | Self::BrowsePicture
            | Self::ReleaseActivations
            | Self::SortActivations
            | Self::CompareRuns
            | Self::CancelComparison => &[],
            Self::Dismiss => const { &[plain(Key::Escape)] },
            Self::Data(_) => &[],
            Self::Preset(preset) => {
                const KEYS: [[KeyboardShortcut; 1]; 9] = [
                    [plain(Key::Num1)],
                    [plain(Key::Num2)],
                    [plain(Key::Num3)],
                    [plain(Key::Num4)],
                    [plain(Key::Num5)],
                    [plain(Key::Num6)],
                    [plain(Key::Num7)],
                    [plain(Key::Num8)],
                    [plain(Key::Num9)],
                ];
                let index = Preset::ALL.iter().position(|other| *other == preset);
                index
                    .and_then(|index| KEYS.get(index))
                    .map_or(&[], |keys| keys)
            }
        }
    }

    /// The tooltip with the first shortcut behind it.
    pub fn hover_text(self, ctx: &egui::Context) -> String {
        match self.shortcuts().first() {
            Some(shortcut) => format!("{}  ({})", self.tooltip(), ctx.format_shortcut(shortcut)),
            None => self.tooltip().to_owned(),
        }
    }

    /// Whether it may be given while a window stands over the panels: what starts a run anew, or opens a window, waits.
    pub fn works_when_covered(self) -> bool {
        match self {
            Self::Reset
            | Self::ToggleContrast
            | Self::NewSeed
            | Self::StepEpoch
            | Self::PrepareData
            | Self::Data(_)
            | Self::Show(_)
            | Self::CheckGradient
            | Self::NextUnit
            | Self::PreviousUnit
            | Self::UnitBelow
            | Self::UnitAbove
            | Self::ReviveUnit
            | Self::ReviveDead
            | Self::PreviousInput
            | Self::NextInput
            | Self::RandomInput
            | Self::ClearInput
            | Self::BrowsePicture
            | Self::ReleaseActivations
            | Self::SortActivations
            | Self::CompareRuns
            | Self::CancelComparison
            | Self::Preset(_) => false,
            Self::PlayPause
            | Self::SpeedUp
            | Self::SlowDown
            | Self::OpenFile
            | Self::BrowseFiles
            | Self::BrowseFolder
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

    /// Whether `shortcut` means this on `page`: the arrows go from unit to unit where units are shown.
    fn means(self, shortcut: &KeyboardShortcut, page: Page) -> bool {
        let units = page == Page::Unit;
        match self {
            Self::StepEpoch => !(units && shortcut.logical_key == Key::ArrowRight),
            Self::NextUnit
            | Self::PreviousUnit
            | Self::UnitBelow
            | Self::UnitAbove
            | Self::ReviveUnit
            | Self::ReviveDead => units,
            _ => true,
        }
    }

    /// The commands whose keys were pressed on `page`, consumed; `covered` says that a window stands over the panels,
    /// `typing` that a field was being typed in until this frame. None while a text field has the focus, and keys without a modifier none either while a widget that uses them (a
    /// slider's arrows, a menu's Escape) has it.
    pub fn pressed(ctx: &egui::Context, page: Page, covered: bool, typing: bool) -> Vec<Self> {
        if ctx.text_edit_focused() {
            return Vec::new();
        }
        let widget_focused = ctx.egui_wants_keyboard_input();
        let menu_open = egui::Popup::is_any_open(ctx);
        ctx.input_mut(|input| {
            Self::all()
                .filter(|command| !covered || command.works_when_covered())
                .filter(|command| {
                    command.shortcuts().iter().any(|shortcut| {
                        let taken = match shortcut.logical_key {
                            Key::Escape => menu_open || typing, // which it ends
                            Key::Space
                            | Key::ArrowRight
                            | Key::ArrowLeft
                            | Key::ArrowUp
                            | Key::ArrowDown => widget_focused && shortcut.modifiers.is_none(),
                            _ => false,
                        };
                        !taken && command.means(shortcut, page) && input.consume_shortcut(shortcut)
                    })
                })
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_two_commands_share_a_shortcut_on_a_page() {
        for page in Page::ALL {
            let mut taken = HashMap::new();
            for command in UserCommand::all() {
                let meant = |shortcut: &&KeyboardShortcut| command.means(shortcut, page);
                for shortcut in command.shortcuts().iter().filter(meant) {
                    if let Some(other) = taken.insert(*shortcut, command) {
                        panic!("{command:?} and {other:?} both want {shortcut:?} on {page:?}");
                    }
                }
            }
            assert!(taken.len() >= 12);
        }
    }

    #[test]
    fn every_command_can_be_given_by_key_wherever_it_has_one() {
        let step = UserCommand::StepEpoch;
        for page in Page::ALL {
            assert!(step.shortcuts().iter().any(|key| step.means(key, page)));
        }
    }

    #[test]
    fn every_command_says_what_it_is() {
        for command in UserCommand::all() {
            assert!(!command.text().is_empty());
            assert!(command.tooltip().len() > 12, "{command:?}");
        }
    }
}
