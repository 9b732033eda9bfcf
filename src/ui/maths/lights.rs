//! Which parts of the formulas are lit: those that a student's gradient has wrong.

use std::sync::Arc;

use super::row::Light;
use crate::lab::View;
use crate::lab::studies::{Examined, Study};
use crate::model::doctor::Line;

#[derive(Default)]
pub(super) struct Lights {
    examined: Option<Arc<Examined>>,
    /// Whether it has not been drawn yet.
    new: bool,
}

impl Lights {
    /// Takes what is shown of the run.
    pub(super) fn follow(&mut self, view: &View<'_>) {
        let now = match &view.run.my_gradient {
            Study::Done(examined) => Some(examined),
            _ => None,
        };
        let same = match (&self.examined, now) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (None, None) => true,
            _ => false,
        };
        if !same {
            (self.examined, self.new) = (now.map(Arc::clone), true);
        }
    }

    pub(super) fn seen(&mut self) {
        self.new = false;
    }

    pub(super) fn of(&self, line: Line) -> Light {
        match &self.examined {
            Some(examined) if examined.is_wrong_in(line) && self.new => Light::New,
            Some(examined) if examined.is_wrong_in(line) => Light::On,
            _ => Light::Off,
        }
    }
}
