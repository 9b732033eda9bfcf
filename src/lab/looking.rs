//! Carries out requests about the input on the Look through page, and about comparing two runs.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

use super::browse::Browse;
use super::commands::UserCommand;
use super::jobs::{JobKind, Request};
use super::look::{LookAction, Source};
use super::page::Page;
use super::room::Lab;
use super::studies::Study;
use crate::data::DataSource;

impl Lab {
    pub(super) fn look(&mut self, action: LookAction) {
        let look = &mut self.session.shown.look;
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
        let look = &mut self.session.shown.look;
        match command {
            UserCommand::PreviousInput => {
                look.step(-1);
                self.shared.show(Page::LookThrough);
            }
            UserCommand::NextInput => {
                look.step(1);
                self.shared.show(Page::LookThrough);
            }
            UserCommand::RandomInput => {
                look.pick_random(RandomState::new().build_hasher().finish());
                self.shared.show(Page::LookThrough);
            }
            UserCommand::ClearInput => {
                look.clear();
                self.shared.show(Page::LookThrough);
            }
            UserCommand::BrowsePicture => self.browse(Browse::Picture),
            UserCommand::ReleaseActivations => look.release_all(),
            UserCommand::SortActivations => look.by_strength = !look.by_strength,
            UserCommand::CompareRuns => self.compare(),
            UserCommand::CancelComparison => self.cancel_comparison(),
            _ => {}
        }
    }

    /// Reads a picture as the input.
    pub(super) fn open_picture(&mut self, path: PathBuf) {
        let Some(snapshot) = &self.session.shown.snapshot else {
            return;
        };
        let name = DataSource::File(path.clone()).title();
        let data = Arc::clone(&snapshot.data);
        let started = self.jobs.start(Request::ReadPicture { path, data });
        let look = &mut self.session.shown.look;
        look.trouble = started.err().map(|error| error.to_string());
        look.loading = look.trouble.is_none().then_some(name);
    }

    fn compare(&mut self) {
        let Some(snapshot) = &self.session.shown.snapshot else {
            return;
        };
        let request = Request::Compare {
            snapshot: Arc::clone(snapshot),
            choice: self.session.shown.compare,
        };
        self.session.shown.compared = Study::begun(self.jobs.start(request));
        self.shared.show(Page::Compare);
    }

    fn cancel_comparison(&mut self) {
        if self.jobs.is_busy(JobKind::Compare) {
            self.jobs.cancel(JobKind::Compare);
            self.session.shown.compared = Study::Idle;
        }
    }
}
