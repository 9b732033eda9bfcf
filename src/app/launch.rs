//! Opening the window, or saying in one sentence why there is none.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::desktop::Desktop;
#[cfg(target_os = "linux")]
use super::driver;
use super::error::{self, AppError};
use super::frame_log::FrameLog;
use super::window::LabApp;
use super::{signals, storage};
use crate::io::autosave::Slot;
use crate::lab::Preferences;
use crate::training::{Experiment, Share};
use crate::ui;

/// The window's first size, in points.
const WINDOW_SIZE: [f32; 2] = [1280.0, 800.0];
const MINIMUM_SIZE: [f32; 2] = [640.0, 360.0];

/// What a window opens with, beside its experiment.
#[derive(Debug, Default)]
pub struct Opening {
    /// For the import sheet, or a run's file.
    pub files: Vec<PathBuf>,
    /// A run that a line tells.
    pub told: Option<Share>,
    /// Where it is written when each frame began and what it cost.
    pub frame_log: Option<PathBuf>,
}

/// Opens the window on `experiment`, with what `opening` has, and returns when it is closed.
///
/// # Errors
/// There is no display, or the window can't be opened on it.
pub fn run(experiment: Experiment, opening: Opening) -> Result<(), AppError> {
    let display = error::display();
    if display == error::Display::None {
        return Err(AppError::NoDisplay);
    }
    #[cfg(target_os = "linux")]
    driver::leave_cores();
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Sparse Autoencoder Lab")
            .with_app_id("sae-lab")
            .with_inner_size(WINDOW_SIZE)
            .with_min_inner_size(MINIMUM_SIZE)
            .with_icon(ui::icon::window_icon()),
        dithering: false, // there are no gradients
        ..Default::default()
    };
    // winit panics where a library of the window system is missing; that is no reason for a backtrace
    let quiet = QuietPanics::start();
    let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eframe::run_native(
            "sae-lab",
            options,
            Box::new(|context| {
                quiet.stop(); // from here on a panic is a fault of ours
                let preferences = context
                    .storage
                    .map_or_else(Preferences::default, storage::load);
                let mut app = LabApp::new(
                    &context.egui_ctx,
                    experiment,
                    preferences,
                    Arc::new(Desktop::default()),
                );
                if let Some(home) = eframe::storage_dir("sae-lab") {
                    match Slot::claim(&home.join("autosave")) {
                        Ok((slot, left)) => app.keep_in(slot, left),
                        Err(error) => app.cannot_keep(&error),
                    }
                }
                if let Some(path) = opening.frame_log {
                    app.log_frames(FrameLog::new(path));
                }
                app.open(opening.files);
                if let Some(told) = opening.told {
                    app.open_shared(told);
                }
                signals::close_in_order(&context.egui_ctx);
                Ok(Box::new(app))
            }),
        )
    }));
    quiet.stop();
    let cause = match opened {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("the window system failed")
            .to_owned(),
    };
    let cause = error::readable(&cause);
    Err(AppError::Window {
        cause,
        packages: error::packages(display == error::Display::Wayland),
    })
}

type PanicHook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync>;

/// Keeps panics from being printed until it is told to stop.
struct QuietPanics(Mutex<Option<PanicHook>>);

impl QuietPanics {
    fn start() -> Self {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        Self(Mutex::new(Some(hook)))
    }

    fn stop(&self) {
        if let Some(hook) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            std::panic::set_hook(hook);
        }
    }
}
