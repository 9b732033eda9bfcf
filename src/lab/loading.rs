//! Slow things on threads of their own: reading data, preparing them, and the system's file dialog.

use std::path::PathBuf;
use std::sync::Arc;

use super::import::Import;
use super::lane::{Lane, spawn};
use super::port::{Backend, Wake};
use super::preview::{Opened, Preview};
use crate::data::{DataSet, DataSpec, Found};
use crate::training::Mailbox;

/// What came of the file dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browsed {
    Paths(Vec<PathBuf>),
    /// One, to look at.
    Picture(PathBuf),
    Cancelled,
    /// It answered faster than anyone can click: there is none.
    Unavailable,
}

/// What the file dialog is to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browse {
    /// One or several.
    Files,
    Folder,
    /// One, to look at.
    Picture,
}

/// Starts loading and browsing; what came of them is picked up from the lanes.
pub struct Loader {
    backend: Arc<dyn Backend>,
    wake: Wake,
    /// What a source holds, for the import sheet.
    pub opening: Lane<(DataSpec, Opened)>,
    /// What the sheet shows.
    pub preview: Lane<Preview>,
    /// What a run is to train on.
    pub loading: Lane<DataSet>,
    browsed: Mailbox<Browsed>,
}

impl Loader {
    pub fn new(backend: Arc<dyn Backend>, wake: Wake) -> Self {
        Self {
            opening: Lane::new("sae-lab opener", Arc::clone(&wake)),
            preview: Lane::new("sae-lab preview", Arc::clone(&wake)),
            loading: Lane::new("sae-lab loader", Arc::clone(&wake)),
            backend,
            wake,
            browsed: Mailbox::new(),
        }
    }

    /// Finds what the source of `spec` holds.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn open(&mut self, spec: DataSpec) -> Result<(), String> {
        let backend = Arc::clone(&self.backend);
        self.opening.start(move |watch| {
            let found = backend.find(&spec, watch)?;
            Ok((spec, Opened::new(found)))
        })
    }

    /// Prepares a few samples of what was opened as the choices say.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn preview(&mut self, import: &Import) -> Result<(), String> {
        let backend = Arc::clone(&self.backend);
        let (opened, spec) = (import.opened.clone(), import.spec.clone());
        let outdated = import.is_outdated();
        self.preview.queue(move |watch| {
            if !outdated {
                return Preview::make(backend.as_ref(), &opened, &spec, watch);
            }
            let opened = Opened::new(backend.find(&spec, watch)?);
            let preview = Preview::make(backend.as_ref(), &opened, &spec, watch)?;
            Ok(Preview {
                opened: Some(opened),
                ..preview
            })
        })
    }

    /// Prepares the data set `spec`: from what was `found`, or from its source.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn load(&mut self, spec: DataSpec, found: Option<Arc<Found>>) -> Result<(), String> {
        let backend = Arc::clone(&self.backend);
        self.loading.start(move |watch| {
            let found = match found {
                Some(found) => found,
                None => Arc::new(backend.find(&spec, watch)?),
            };
            backend.prepare(&found, &spec, watch)
        })
    }

    /// Opens the system's file dialog.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn browse(&self, what: Browse) -> Result<(), String> {
        let (mailbox, wake) = (self.browsed.clone(), Arc::clone(&self.wake));
        let backend = Arc::clone(&self.backend);
        spawn("sae-lab file dialog", move || {
            mailbox.put(backend.browse(what));
            wake();
        })
    }

    pub fn browsed(&self) -> Option<Browsed> {
        self.browsed.take()
    }
}
