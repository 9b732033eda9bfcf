//! The training of a map beside the run in the window: started, heard of, stopped; and a cell opened as a run.

use std::sync::Arc;
use std::time::Duration;

use super::import::Wish;
use super::jobs::{JobError, JobKind, Request};
use super::map::{MapAction, Sweep, Swept};
use super::map_state::{Mapped, Sweeping};
use super::page::Page;
use super::panel::Panel;
use super::room::Lab;
use super::state::Severity;
use crate::data::error::grouped;
use crate::training::sweep::Outcome;

impl Lab {
    pub(super) fn map_action(&mut self, action: MapAction) {
        let state = &mut self.shared.map;
        match action {
            MapAction::Choose(choice) => state.choice = Some(*choice),
            MapAction::Draw(measure) => state.measure = measure,
            MapAction::SetGoal(goal) => {
                state.goal = goal;
                if let Some(mapped) = &mut state.mapped {
                    mapped.map.set_goal(Some(goal));
                }
            }
            MapAction::Point(run) => state.chosen = run,
            MapAction::Open(run) => self.open_cell(run),
        }
    }

    /// Trains what is chosen; goes on with the map that is there where it is the same.
    pub(super) fn start_map(&mut self) {
        let run = &self.session.shown;
        let Some(data) = run.data().map(Arc::clone) else {
            return;
        };
        let choice = self.shared.map.choice_for(run);
        let plan = match choice.plan(&run.experiment, &data) {
            Ok(plan) => plan,
            Err(error) => return self.shared.notify(Severity::Trouble, error.to_string()),
        };
        let spectrum = run.spectrum().map(Arc::clone);
        let state = &mut self.shared.map;
        state.choice = Some(choice);
        let goal = state.goal;
        let goes_on = state
            .mapped
            .take()
            .filter(|mapped| mapped.goes_on_with(&plan, &data));
        let mapped = match goes_on {
            Some(mapped) => mapped,
            None => {
                state.chosen = None;
                Mapped::new(plan, goal, &data)
            }
        };
        let (before, _) = mapped.progress();
        let sweep = Sweep {
            plan: mapped.map.plan().clone(),
            data,
            spectrum,
            missing: mapped.map.missing(),
        };
        state.mapped = Some(mapped);
        state.trouble = None;
        match self.jobs.start(Request::Map(Box::new(sweep))) {
            Ok(()) => state.sweeping = Some(Sweeping::beginning_at(before)),
            Err(error) => state.trouble = Some(error.to_string()),
        }
        self.shared.show(Page::Map);
        self.shared.bring(Panel::Map);
    }

    /// What is there stays; the runs under way are trained again when it goes on.
    pub(super) fn stop_map(&mut self) {
        self.jobs.cancel(JobKind::Map);
        self.shared.map.sweeping = None;
    }

    /// Takes the runs that are new.
    pub(super) fn take_swept(&mut self, swept: &Swept) {
        let state = &mut self.shared.map;
        let (Some(mapped), Some(sweeping)) = (&mut state.mapped, &mut state.sweeping) else {
            return;
        };
        if let (Some(spectrum), false) = (&swept.spectrum, mapped.map.has_law()) {
            mapped.map.set_spectrum(Arc::clone(spectrum));
        }
        for (number, outcome) in swept.runs.iter().skip(sweeping.taken) {
            mapped.map.take(*number, Outcome::clone(outcome));
        }
        sweeping.taken = swept.runs.len().max(sweeping.taken);
    }

    pub(super) fn map_is_done(&mut self, swept: &Swept) {
        self.take_swept(swept);
        self.shared.map.sweeping = None;
    }

    pub(super) fn no_map(&mut self, error: &JobError) {
        self.shared.map.sweeping = None;
        if !matches!(error, JobError::Cancelled) {
            self.shared.map.trouble = Some(error.to_string());
        }
    }

    /// Ends the map where the data have changed, and offers what is worth a look where its page is opened first.
    pub(super) fn follow_map(&mut self, now: Duration) {
        let state = &mut self.shared.map;
        let Some(data) = self.session.shown.data() else {
            return;
        };
        if self.shared.page == Page::Map && state.sweeping.is_none() {
            state.offer(&self.session.shown, data);
        }
        let (Some(mapped), Some(sweeping)) = (&state.mapped, &mut state.sweeping) else {
            return;
        };
        let (trained, of) = mapped.progress();
        sweeping.reckon(now, (trained, of));
        if mapped.spec != data.spec {
            let text = format!(
                "The map of {} ended at {} of {} runs, for the data are others now: Start begins one of {}.",
                mapped.data,
                grouped(trained as u64),
                grouped(of as u64),
                data.name
            );
            self.stop_map();
            self.shared.notify(Severity::Note, text);
        }
    }

    /// Trains run `number` of the map as a run of its own, with the same bits, up to the map's last epoch.
    fn open_cell(&mut self, number: usize) {
        let Some(mapped) = &self.shared.map.mapped else {
            return;
        };
        let plan = mapped.map.plan();
        if number < plan.runs() {
            let experiment = plan.experiment(number);
            self.shared.map.chosen = Some(number);
            self.load(experiment, Wish::Cell(number));
        }
    }

    /// The run of a cell has begun.
    pub(super) fn cell_is_open(&mut self, number: usize) {
        let Some(mapped) = &self.shared.map.mapped else {
            return;
        };
        let epochs = mapped.map.plan().epochs();
        self.session.shown.name = Some(mapped.title(number));
        if epochs > 0 {
            self.set_pause(Some(epochs));
            self.play();
        }
        self.shared.show(Page::Lab);
    }
}
