//! What the parts of the page look at.

use egui::Ui;

use super::super::widgets;
use crate::lab::View;
use crate::lab::inspection::InspectedUnit;
use crate::training::{Snapshot, UnitDiagnosis};

/// What the parts look at.
pub(super) struct Shown<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) unit: usize,
    /// Of this unit in this run, perhaps of an earlier epoch.
    pub(super) inspected: Option<&'a InspectedUnit>,
    /// Of the inspection's epoch, where there is one; else the snapshot's.
    pub(super) diagnosis: &'a UnitDiagnosis,
}

/// In the place of what the inspection has not brought yet.
pub(super) fn waiting(ui: &mut Ui, shown: &Shown<'_>) {
    let text = match &shown.view.run.inspection.trouble {
        Some(trouble) => format!("The inspection failed: {trouble}"),
        None => "Going through the data …".to_owned(),
    };
    ui.label(widgets::muted(ui, text));
}
