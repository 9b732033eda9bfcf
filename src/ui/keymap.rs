//! The keys of every command, in one place: which chords it has, on which pages they mean it, and which were pressed.

use egui::{InputState, Key, KeyboardShortcut, Modifiers};

use super::focus::{self, Uses};
use crate::lab::{Cover, Page, UserCommand};

/// A key with its modifiers, and the pages where it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    shortcut: KeyboardShortcut,
    pages: Pages,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pages {
    All,
    Only(Page),
    AllBut(Page),
}

impl Chord {
    fn means_on(&self, page: Page) -> bool {
        match self.pages {
            Pages::All => true,
            Pages::Only(only) => page == only,
            Pages::AllBut(but) => page != but,
        }
    }

    const fn only_on(self, page: Page) -> Self {
        Self {
            pages: Pages::Only(page),
            ..self
        }
    }

    const fn not_on(self, page: Page) -> Self {
        Self {
            pages: Pages::AllBut(page),
            ..self
        }
    }
}

const fn plain(key: Key) -> Chord {
    Chord {
        shortcut: KeyboardShortcut::new(Modifiers::NONE, key),
        pages: Pages::All,
    }
}

const fn command(key: Key) -> Chord {
    Chord {
        shortcut: KeyboardShortcut::new(Modifiers::COMMAND, key),
        pages: Pages::All,
    }
}

const fn command_shift(key: Key) -> Chord {
    Chord {
        shortcut: KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key),
        pages: Pages::All,
    }
}

/// Those of the presets, in their order.
static PRESETS: [Chord; 9] = [
    plain(Key::Num1),
    plain(Key::Num2),
    plain(Key::Num3),
    plain(Key::Num4),
    plain(Key::Num5),
    plain(Key::Num6),
    plain(Key::Num7),
    plain(Key::Num8),
    plain(Key::Num9),
];

/// The chords of `of`, the first of which the tooltips show. The arrows go from unit to unit where units are shown.
fn chords(of: UserCommand) -> &'static [Chord] {
    use UserCommand as C;
    match of {
        C::PlayPause => const { &[plain(Key::Space)] },
        C::StepEpoch => const { &[plain(Key::ArrowRight).not_on(Page::Unit), plain(Key::S)] },
        C::Reset => const { &[plain(Key::R)] },
        C::NewSeed => const { &[plain(Key::N)] },
        C::SpeedUp => const { &[plain(Key::Period)] },
        C::SlowDown => const { &[plain(Key::Comma)] },
        C::OpenFile => const { &[command(Key::O)] },
        C::SaveRun => const { &[command(Key::S)] },
        C::SaveRunAs => const { &[command_shift(Key::S)] },
        C::PrepareData => const { &[plain(Key::P)] },
        C::TrainOnImport => const { &[command(Key::Enter)] },
        C::ToggleTheme => const { &[plain(Key::T)] },
        C::ZoomIn => const { &[command(Key::Plus), command(Key::Equals)] },
        C::ZoomOut => const { &[command(Key::Minus)] },
        C::ZoomReset => const { &[command(Key::Num0)] },
        C::ToggleContrast => const { &[plain(Key::C)] },
        C::Show(Page::Lab) => const { &[plain(Key::F1)] },
        C::Show(Page::Unit) => const { &[plain(Key::F2)] },
        C::Show(Page::Mathematics) => const { &[plain(Key::F3)] },
        C::Show(Page::LookThrough) => const { &[plain(Key::F4)] },
        C::Show(Page::Compare) => const { &[plain(Key::F5)] },
        C::Show(Page::Runs) => const { &[plain(Key::F6)] },
        C::Show(Page::Map) => const { &[plain(Key::F7)] },
        C::StartMap => const { &[plain(Key::M).only_on(Page::Map)] },
        C::GoOnInLesson => const { &[plain(Key::L)] },
        C::CopyBeside => const { &[command(Key::B)] },
        C::CopyBesideWith => const { &[command_shift(Key::B)] },
        C::SwapRuns => const { &[plain(Key::X)] },
        C::PauseAtEpoch => const { &[command(Key::G)] },
        C::Present => const { &[plain(Key::F11)] },
        C::Spotlight => const { &[plain(Key::B)] },
        C::HoldPicture => const { &[plain(Key::H)] },
        C::SlowMotion => const { &[plain(Key::U)] },
        C::DescribeChange => const { &[plain(Key::J)] },
        C::FillWindow => const { &[plain(Key::F)] },
        C::CheckGradient => const { &[plain(Key::G)] },
        C::CheckMyGradient => const { &[command_shift(Key::G)] },
        C::NextUnit => const { &[plain(Key::ArrowRight).only_on(Page::Unit)] },
        C::PreviousUnit => const { &[plain(Key::ArrowLeft).only_on(Page::Unit)] },
        C::UnitBelow => const { &[plain(Key::ArrowDown).only_on(Page::Unit)] },
        C::UnitAbove => const { &[plain(Key::ArrowUp).only_on(Page::Unit)] },
        C::ReviveUnit => const { &[plain(Key::V).only_on(Page::Unit)] },
        C::ReviveDead => const { &[plain(Key::D).only_on(Page::Unit)] },
        C::WhatSaves => const { &[plain(Key::W).only_on(Page::Unit)] },
        // keys that a person would press to turn pages, anywhere else
        C::PreviousInput => const { &[plain(Key::PageUp).only_on(Page::LookThrough)] },
        C::NextInput => const { &[plain(Key::PageDown).only_on(Page::LookThrough)] },
        C::EpochBack => const { &[command(Key::ArrowLeft)] },
        C::EpochForward => const { &[command(Key::ArrowRight)] },
        C::TenEpochsBack => const { &[command_shift(Key::ArrowLeft)] },
        C::TenEpochsForward => const { &[command_shift(Key::ArrowRight)] },
        C::FirstEpoch => const { &[command(Key::Home)] },
        C::ReturnToNow => const { &[command(Key::End)] },
        C::GoOnFromHere => const { &[command_shift(Key::Enter)] },
        C::Undo => const { &[command(Key::Z)] },
        C::Redo => const { &[command(Key::Y), command_shift(Key::Z)] },
        C::RandomInput => const { &[plain(Key::I)] },
        C::PasteShareLine => const { &[command(Key::V)] },
        C::Palette => const { &[command(Key::P)] },
        C::Dismiss => const { &[plain(Key::Escape)] },
        C::Preset(preset) => PRESETS
            .get(preset as usize..)
            .map_or(&[], |chords| &chords[..chords.len().min(1)]),
        C::BrowseFiles
        | C::BrowseFolder
        | C::SaveRunWithData
        | C::SaveAll
        | C::RestoreLast
        | C::FollowFolder
        | C::StopFollowing
        | C::LocateData
        | C::CopyShareLine
        | C::CopyAsCommand
        | C::SuggestImport
        | C::CancelLoading
        | C::ClearInput
        | C::BrowsePicture
        | C::ReleaseActivations
        | C::SortActivations
        | C::CompareRuns
        | C::CancelComparison
        | C::CloseWhatSaves
        | C::CloseMyGradient
        | C::SparseAgainstPlain
        | C::KeepOther
        | C::DropOther
        | C::ToggleLock
        | C::EndPair
        | C::StopMap
        | C::OpenCell
        | C::Fill(_)
        | C::Lesson(_)
        | C::RevealStep
        | C::SkipStep
        | C::LeaveLesson
        | C::PresentPanel(_)
        | C::Export(_)
        | C::CopyPicture(_)
        | C::CopyWindow
        | C::EditNotes
        | C::BrowseExport
        | C::Data(_) => &[],
    }
}

/// The first chord of `of` as the system writes it, e.g. "Ctrl+P".
pub(crate) fn keys(ctx: &egui::Context, of: UserCommand) -> Option<String> {
    let first = chords(of).first()?;
    Some(ctx.format_shortcut(&first.shortcut))
}

/// The first chord of `of` that means it on `page`.
pub(super) fn keys_on(ctx: &egui::Context, of: UserCommand, page: Page) -> Option<String> {
    let mut meant = chords(of).iter().filter(|chord| chord.means_on(page));
    Some(ctx.format_shortcut(&meant.next()?.shortcut))
}

/// The tooltip of `of` with its keys behind it.
pub(crate) fn hover_text(ctx: &egui::Context, of: UserCommand) -> String {
    match keys(ctx, of) {
        Some(keys) => format!("{}  ({keys})", of.tooltip()),
        None => of.tooltip().to_owned(),
    }
}

/// The command that `pressed` means on `page`.
pub(super) fn meant(pressed: &KeyboardShortcut, page: Page) -> Option<UserCommand> {
    UserCommand::all().find(|of| {
        let mut chords = chords(*of).iter();
        chords.any(|chord| {
            let own = chord.shortcut;
            own.logical_key == pressed.logical_key
                && pressed.modifiers.matches_exact(own.modifiers)
                && chord.means_on(page)
        })
    })
}

/// The commands whose keys were pressed on `page` under `cover`, consumed; `typing` says that a field was being typed in
/// until this frame. None while a text field has the focus, and none of the keys that a focused widget or an open menu
/// uses itself: a slider's arrows, digits and signs, a tile's arrows, a menu's Escape. Space is play and pause whatever has
/// the focus, which Enter presses; only in a window over the panels, and on the choices of a lesson's question, does it
/// press what has the focus there.
pub fn pressed(ctx: &egui::Context, page: Page, cover: Cover, typing: bool) -> Vec<UserCommand> {
    if ctx.text_edit_focused() {
        return Vec::new();
    }
    let focused = ctx.egui_wants_keyboard_input();
    let used = focus::used_keys(ctx);
    let menu = egui::Popup::is_any_open(ctx);
    let allowed = |of: UserCommand| of.works_under(cover);
    let used_elsewhere = |shortcut: &KeyboardShortcut| match shortcut.logical_key {
        Key::Escape => menu || typing, // which it ends
        Key::Space => used == Some(Uses::Space) || focused && cover != Cover::Nothing,
        key if is_an_arrow(key) => {
            let own = used.is_some() || menu || focused && cover != Cover::Nothing;
            own && shortcut.modifiers.is_none()
        }
        key => used == Some(Uses::Number) && shortcut.modifiers.is_none() && is_of_a_number(key),
    };
    let meant = UserCommand::all().flat_map(|of| {
        let chords = chords(of).iter().filter(|chord| chord.means_on(page));
        chords.map(move |chord| (of, chord.shortcut))
    });
    // a chord with modifiers is never another command's plainer one, even where its own may not be given
    let heard = meant.filter(|(of, shortcut)| {
        !used_elsewhere(shortcut) && (allowed(*of) || shortcut.modifiers.any())
    });
    let heard: Vec<_> = heard.collect();
    let arrows = heard
        .iter()
        .any(|(_, shortcut)| is_an_arrow(shortcut.logical_key) && was_pressed(ctx, shortcut));
    if arrows && focused {
        focus::stay(ctx);
    }
    let mut pressed = ctx.input_mut(|input| consume(input, heard));
    pressed.retain(|of| allowed(*of));
    pressed
}

fn is_an_arrow(key: Key) -> bool {
    matches!(
        key,
        Key::ArrowRight | Key::ArrowLeft | Key::ArrowUp | Key::ArrowDown
    )
}

fn was_pressed(ctx: &egui::Context, shortcut: &KeyboardShortcut) -> bool {
    ctx.input(|input| {
        input.key_pressed(shortcut.logical_key)
            && input.modifiers.matches_logically(shortcut.modifiers)
    })
}

/// What a number is typed with.
fn is_of_a_number(key: Key) -> bool {
    use Key::*;
    matches!(
        key,
        Num0 | Num1
            | Num2
            | Num3
            | Num4
            | Num5
            | Num6
            | Num7
            | Num8
            | Num9
            | Period
            | Comma
            | Minus
            | Plus
    )
}

/// Whether a chord of `of` was pressed, consumed: for a window that hears its own key while text is typed in it.
pub(super) fn take(ctx: &egui::Context, of: UserCommand) -> bool {
    let mut chords = chords(of).iter();
    ctx.input_mut(|input| chords.any(|chord| input.consume_shortcut(&chord.shortcut)))
}

/// Takes what was pressed of `table` out of `input`. The chords with most modifiers come first: the toolkit would take
/// Ctrl Shift Z for Ctrl Z too.
fn consume<T>(input: &mut InputState, mut table: Vec<(T, KeyboardShortcut)>) -> Vec<T> {
    let modifiers = |shortcut: &KeyboardShortcut| {
        let Modifiers {
            alt,
            shift,
            command,
            ..
        } = shortcut.modifiers;
        usize::from(alt) + usize::from(shift) + usize::from(command)
    };
    table.sort_by_key(|(_, shortcut)| std::cmp::Reverse(modifiers(shortcut)));
    table.retain(|(_, shortcut)| input.consume_shortcut(shortcut));
    table.into_iter().map(|(of, _)| of).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use egui::{Event, RawInput};

    use super::*;
    use crate::data::EmbeddedSet;

    fn press(modifiers: Modifiers, key: Key) -> RawInput {
        RawInput {
            events: vec![Event::Key {
                key,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers,
            }],
            ..RawInput::default()
        }
    }

    #[test]
    fn no_two_commands_share_a_chord_on_a_page() {
        for page in Page::ALL {
            let mut taken = HashMap::new();
            for of in UserCommand::all() {
                for chord in chords(of).iter().filter(|chord| chord.means_on(page)) {
                    if let Some(other) = taken.insert(chord.shortcut, of) {
                        panic!("{of:?} and {other:?} both want {chord:?} on {page:?}");
                    }
                }
            }
            assert!(taken.len() >= 12);
        }
    }

    #[test]
    fn every_command_has_a_key_but_those_that_need_none() {
        use UserCommand::*;
        let keyless: HashSet<UserCommand> = UserCommand::all()
            .filter(|of| chords(*of).is_empty())
            .collect();
        let expected = [
            BrowseFiles,
            BrowseFolder,
            SuggestImport,
            CancelLoading,
            ClearInput,
            BrowsePicture,
            ReleaseActivations,
            SortActivations,
            CompareRuns,
            CancelComparison,
            CloseWhatSaves,
            CloseMyGradient,
            SparseAgainstPlain,
            KeepOther,
            DropOther,
            ToggleLock,
            EndPair,
            StopMap,
            OpenCell,
            SaveRunWithData,
            SaveAll,
            RestoreLast,
            FollowFolder,
            StopFollowing,
            LocateData,
            CopyShareLine,
            CopyAsCommand,
            CopyWindow,
            EditNotes,
            BrowseExport,
            RevealStep,
            SkipStep,
            LeaveLesson,
        ];
        let expected = expected
            .into_iter()
            .chain(EmbeddedSet::ALL.map(Data))
            .chain(crate::training::lesson::Builtin::ALL.map(Lesson))
            .chain(crate::lab::Panel::ALL.map(Fill))
            .chain(crate::lab::Panel::ALL.map(PresentPanel))
            .chain(crate::lab::export::Export::ALL.map(Export))
            .chain(crate::lab::export::Picture::ALL.map(CopyPicture));
        assert_eq!(keyless, expected.collect());
    }

    #[test]
    fn a_step_can_be_taken_by_key_on_every_page() {
        for page in Page::ALL {
            let mut chords = chords(UserCommand::StepEpoch).iter();
            assert!(chords.any(|chord| chord.means_on(page)));
        }
    }

    #[test]
    fn the_chord_with_most_modifiers_is_the_one_that_was_meant() {
        let shift = Modifiers::COMMAND | Modifiers::SHIFT;
        let undo = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
        let redo = KeyboardShortcut::new(shift, Key::Z);
        for table in [
            [("undo", undo), ("redo", redo)],
            [("redo", redo), ("undo", undo)],
        ] {
            for (modifiers, expected) in [(Modifiers::COMMAND, "undo"), (shift, "redo")] {
                // as the system reports it: on all but a Mac, Ctrl is both
                let modifiers = Modifiers {
                    ctrl: true,
                    ..modifiers
                };
                let ctx = egui::Context::default();
                let mut heard = Vec::new();
                let input = press(modifiers, Key::Z);
                let mut output = ctx.run_ui(input, |ui| {
                    heard = ui.input_mut(|input| consume(input, table.to_vec()));
                });
                output.textures_delta.clear();
                assert_eq!(heard, [expected]);
            }
        }
    }

    #[test]
    fn what_may_not_be_given_under_a_window_is_not_given() {
        let given = |modifiers, key, cover| {
            let ctx = egui::Context::default();
            let mut given = Vec::new();
            let input = press(modifiers, key);
            let mut output = ctx.run_ui(input, |ui| {
                given = pressed(ui.ctx(), Page::Lab, cover, false);
            });
            output.textures_delta.clear();
            given
        };
        use Cover::{Nothing, Window};
        let plain = Modifiers::NONE;
        assert_eq!(given(plain, Key::R, Nothing), [UserCommand::Reset]);
        assert_eq!(given(plain, Key::Space, Window), [UserCommand::PlayPause]);
        for key in [Key::R, Key::Num3, Key::S, Key::F3] {
            assert_eq!(given(plain, key, Window), []);
        }
        assert_eq!(given(plain, Key::T, Window), [UserCommand::ToggleTheme]);
        assert_eq!(given(plain, Key::Escape, Window), [UserCommand::Dismiss]);
        let ctrl = Modifiers {
            ctrl: true,
            ..Modifiers::COMMAND
        };
        assert_eq!(given(ctrl, Key::P, Nothing), [UserCommand::Palette]);
        assert_eq!(given(ctrl, Key::P, Window), []);
        assert_eq!(given(plain, Key::P, Nothing), [UserCommand::PrepareData]);
    }
}
