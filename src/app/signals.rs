//! Ctrl-C in the terminal, and the system's request to end: the window closes in order, its state kept.

/// Closes the window at the first signal, and the program at the second. Where no signal can be caught they end it at once,
/// as they do anyway.
#[cfg(unix)]
pub(super) fn close_in_order(ctx: &egui::Context) {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    let ctx = ctx.clone();
    let watch = move || {
        let mut came = signals.forever();
        if came.next().is_some() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            ctx.request_repaint();
        }
        if let Some(signal) = came.next() {
            std::process::exit(128 + signal);
        }
    };
    // without the thread they would be caught by nobody
    if let Err(error) = std::thread::Builder::new()
        .name("sae-lab signals".into())
        .spawn(watch)
    {
        eprintln!("sae-lab: Ctrl-C closes nothing ({error}): close the window instead");
    }
}

#[cfg(not(unix))]
pub(super) fn close_in_order(_: &egui::Context) {}
