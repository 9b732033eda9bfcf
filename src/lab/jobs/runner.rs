//! Doing what a request says.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::error::JobError;
use super::request::{Outcome, Progress, Request};
use super::watcher::Watcher;
use crate::data::{DataSpec, Progress as Loading};
use crate::lab::export::Exported;
use crate::lab::port::Backend;
use crate::lab::preview::{Opened, Preview};
use crate::lab::{look, work};
use crate::training::threads::message_of;

/// Does what `request` says, on the thread of the caller.
///
/// # Errors
/// Whatever is wrong with the data or the choices; [`JobError::Cancelled`] if `watcher` says stop; a panic.
pub fn run(
    request: Request,
    backend: &dyn Backend,
    watcher: &dyn Watcher,
) -> Result<Outcome, JobError> {
    let what = request.kind().work();
    let guarded = AssertUnwindSafe(|| dispatch(request, backend, watcher));
    catch_unwind(guarded).unwrap_or_else(|panic| {
        let message = message_of(&*panic);
        Err(JobError::Failed { what, message })
    })
}

fn dispatch(
    request: Request,
    backend: &dyn Backend,
    watcher: &dyn Watcher,
) -> Result<Outcome, JobError> {
    let watch = |word: Loading| watcher.tell(Progress::Data(word));
    match request {
        Request::Find { spec } => {
            let found = backend.find(&spec, &watch);
            let found = found.map_err(|error| work::or_checkpoints(&spec.source, error))?;
            let opened = Opened::new(found.suited());
            Ok(Outcome::Found { spec, opened })
        }
        Request::Prepare { spec, found } => {
            let found = match found {
                Some(found) => found,
                None => Arc::new(backend.find(&spec, &watch)?),
            };
            let data = backend.prepare(&found, &spec, &watch)?;
            Ok(Outcome::Prepared(Arc::new(data)))
        }
        Request::Preview {
            opened,
            spec,
            outdated,
        } => {
            let preview = if outdated {
                let opened = Opened::new(backend.find(&spec, &watch)?.suited());
                let preview = Preview::make(backend, &opened, &spec, &watch)?;
                Preview {
                    opened: Some(opened),
                    ..preview
                }
            } else {
                Preview::make(backend, &opened, &spec, &watch)?
            };
            Ok(Outcome::Preview(Box::new(preview)))
        }
        Request::ReadPicture { path, data } => {
            let spec = DataSpec::file(path);
            let found = backend.find(&spec, &watch)?;
            let picture = look::fitted(&found, &data).map_err(JobError::Words)?;
            let name = spec.source.title();
            Ok(Outcome::Picture { name, picture })
        }
        Request::Browse(what) => Ok(Outcome::Browsed(backend.browse(what))),
        Request::Inspect {
            snapshot,
            unit,
            inspector,
        } => work::inspect(&snapshot, unit, inspector, watcher).map(Outcome::Inspected),
        Request::CheckGradient { snapshot } => {
            work::check_gradient(&snapshot, watcher).map(Outcome::CheckedGradient)
        }
        Request::Examine {
            run,
            paths,
            data,
            experiment,
            dropped,
        } => {
            let examined = work::examine(run, &paths, (&data, &experiment), dropped, watcher)?;
            Ok(match examined {
                Some(examined) => Outcome::Examined(Box::new(examined)),
                None => Outcome::NoGradient(paths),
            })
        }
        Request::Compare { snapshot, choice } => {
            let compared = work::compare(backend, &snapshot, &choice, watcher)?;
            Ok(Outcome::Compared(Box::new(compared)))
        }
        Request::Features { snapshot } => work::features(&snapshot, watcher).map(Outcome::Features),
        Request::Spectrum { run, data, output } => {
            let spectrum = work::spectrum(&data, output, watcher)?;
            Ok(Outcome::Spectrum { run, spectrum })
        }
        Request::Replay { run, replay } => {
            let (moment, frame) = (replay.to(), work::replay(&replay, watcher)?);
            Ok(Outcome::Replayed { run, moment, frame })
        }
        Request::Counterfactual { run, question } => {
            let answer = Box::new(work::counterfactual(&question, watcher)?);
            Ok(Outcome::Counterfactual { run, answer })
        }
        Request::Match { pair } => work::matched(&pair).map(Outcome::Matched),
        Request::Map(sweep) => work::map(*sweep, backend.cores(), watcher).map(Outcome::Map),
        Request::Probe { snapshot, known } => {
            let probed = work::probe(&snapshot, known.as_deref(), watcher)?;
            Ok(Outcome::Probed(Box::new(probed)))
        }
        Request::Export {
            what,
            path,
            snapshot,
            beside,
        } => {
            let files = work::export(what, &path, (&snapshot, &beside), watcher)?;
            Ok(Outcome::Exported(Exported {
                what,
                files,
                snapshot,
            }))
        }
        Request::Draw { what, snapshot } => {
            let pixels = work::draw(what, &snapshot)?;
            Ok(Outcome::Drawn { what, pixels })
        }
        Request::ReadLesson { path } => {
            let lesson = work::read_lesson(&path)?;
            Ok(Outcome::ReadLesson(Box::new(lesson)))
        }
        Request::Lesson { setup } => {
            let data = work::lesson_data(backend, &setup, &watch)?;
            Ok(Outcome::Lesson { setup, data })
        }
        Request::Measure { a, b, term } => {
            Ok(Outcome::Measured(work::measure(&a, b.as_deref(), &term)))
        }
        Request::Follow { follow, now } => Ok(Outcome::Looked(Box::new(work::look(follow, now)))),
        Request::SaveRun { run, path, file } => {
            let written = backend.save_run(&path, &file)?;
            Ok(Outcome::SavedRun { run, path, written })
        }
        Request::Autosave { path, file } => {
            backend.save_run(&path, &file)?;
            Ok(Outcome::Autosaved)
        }
        Request::ReadTold { share, source } => work::read_told(backend, share, source, &watch),
        Request::ReadRun { path, source } => work::read_run(backend, path, source, &watch),
    }
}
