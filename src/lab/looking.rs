//! What becomes of requests about the input that is looked at, and about comparing two runs.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

use super::commands::UserCommand;
use super::compare;
use super::loading::Browse;
use super::look::{LookAction, Source, fitted};
use super::page::Page;
use super::room::Lab;
use crate::data::DataSpec;

impl Lab {
    pub(super) fn look(&mut self, action: LookAction) {
        let look = &mut self.view.look;
        match action {
            LookAction::Pick(index) => look.pick(index),
            LookAction::Draw(picture) => look.take(Source::Drawn, picture),
            LookAction::SetBrush(brush) => look.brush = brush,
            LookAction::Set { unit, activation } => look.set(unit, Some(activation)),
            LookAction::Release(unit) => look.set(unit, None),
            LookAction::Open(path) => self.open_picture(path),
        }
    }

    /// The commands of the two pages; all others are left to the caller.
    pub(super) fn look_command(&mut self, command: UserCommand) {
        let look = &mut self.view.look;
        match command {
            UserCommand::PreviousInput => {
                look.step(-1);
                self.view.page = Page::LookThrough;
            }
            UserCommand::NextInput => {
                look.step(1);
                self.view.page = Page::LookThrough;
            }
            UserCommand::RandomInput => {
                look.pick_random(RandomState::new().build_hasher().finish());
                self.view.page = Page::LookThrough;
            }
            UserCommand::ClearInput => {
                look.clear();
                self.view.page = Page::LookThrough;
            }
            UserCommand::BrowsePicture => self.browse(Browse::Picture),
            UserCommand::ReleaseActivations => look.release_all(),
            UserCommand::SortActivations => look.by_strength = !look.by_strength,
            UserCommand::CompareRuns => self.compare(),
            UserCommand::CancelComparison => self.comparing.cancel(&mut self.view.compared),
            _ => {}
        }
    }

    /// Reads a picture as the input, on a thread of its own.
    pub(super) fn open_picture(&mut self, path: PathBuf) {
        let Some(snapshot) = &self.view.snapshot else {
            return;
        };
        let spec = DataSpec::file(path);
        let name = spec.source.title();
        let (backend, data) = (Arc::clone(&self.backend), Arc::clone(&snapshot.data));
        let source = Source::File(name.clone());
        let started = self.picture.start(move |watch| {
            let found = backend.find(&spec, watch)?;
            Ok((source, fitted(&found, &data)))
        });
        let look = &mut self.view.look;
        look.trouble = started.err();
        look.loading = look.trouble.is_none().then_some(name);
    }

    /// Takes the picture that was read since the last frame.
    pub(super) fn take_picture(&mut self) {
        let Some(read) = self.picture.take() else {
            return;
        };
        let look = &mut self.view.look;
        look.loading = None;
        match read {
            Ok((source, Ok(picture))) => look.take(source, picture),
            Ok((_, Err(why))) => look.trouble = Some(why),
            Err(failure) => look.trouble = Some(failure.text),
        }
    }

    fn compare(&mut self) {
        let Some(snapshot) = &self.view.snapshot else {
            return;
        };
        let (backend, snapshot) = (Arc::clone(&self.backend), Arc::clone(snapshot));
        let work = compare::work(backend, snapshot, self.view.compare);
        self.comparing.start(
            &mut self.view.compared,
            "sae-lab comparison",
            &self.wake,
            work,
        );
        self.view.page = Page::Compare;
    }
}
