//! How many threads a driver draws with where there is no graphics card.
//!
//! Mesa's llvmpipe starts one for each core, and each frame then takes every core from the training at once. Half of them
//! draw fast enough, and leave the others alone. The driver reads their number from the environment, which a program can
//! only be given when it starts: so the lab starts itself anew, in the same process, before it does anything else.

use std::os::unix::process::CommandExt;
use std::process::Command;

const THREADS: &str = "LP_NUM_THREADS";

/// Starts the program anew with that number in its environment, unless it is there already. Returns where it is, or where
/// the system refuses: then the driver does as it likes.
pub(super) fn leave_cores() {
    if std::env::var_os(THREADS).is_some() {
        return;
    }
    let (Ok(cores), Ok(program)) = (
        std::thread::available_parallelism(),
        std::env::current_exe(),
    ) else {
        return;
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    command.env(THREADS, (cores.get() / 2).max(1).to_string());
    // it returns only where it was refused; the window opens all the same
    let _refused = command.args(arguments).exec();
}
