//! Ctrl-C and the system's request to end: the first is noted, so that a command can end in order; the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::CliError;

/// What the system asked for. Only the first is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C
    Interrupt,
    Terminate,
}

impl Signal {
    /// The exit status that says so: 128 and the signal's number.
    pub fn status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// Watches for signals from when it is made.
#[derive(Clone, Debug)]
pub struct Interrupt {
    asked: Arc<AtomicUsize>,
}

impl Interrupt {
    /// From here on the first signal is noted, and a second one ends the program at once.
    ///
    /// # Errors
    /// The system refuses to have signals caught.
    fn watch() -> std::io::Result<Self> {
        let asked = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // before the one that arms it, so that the first signal goes by
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            flag::register_usize(signal, Arc::clone(&asked), signal as usize)?;
        }
        Ok(Self { asked })
    }

    /// [`Self::watch`], for a command that could not be stopped in order without it.
    ///
    /// # Errors
    /// As a command says it.
    pub fn watch_for_command() -> Result<Self, CliError> {
        Self::watch().map_err(|error| {
            CliError::Failed(format!(
                "the system lets no signal be caught ({error}): try again"
            ))
        })
    }

    /// What was asked for, if anything was.
    pub fn asked(&self) -> Option<Signal> {
        match self.asked.load(Ordering::Relaxed) as i32 {
            SIGINT => Some(Signal::Interrupt),
            SIGTERM => Some(Signal::Terminate),
            _ => None,
        }
    }
}
