//! Why the window could not be opened: one sentence each, with what to do.

use thiserror::Error;

/// Why there is no window.
#[derive(Debug, Error)]
pub enum AppError {
    /// Neither X11 nor Wayland is there.
    #[error("there is no display to open a window on: use `sae-lab train` instead, it needs none")]
    NoDisplay,
    /// A library that the window system needs is missing, or no OpenGL.
    #[error(
        "the window could not be opened ({cause}): on Debian or Ubuntu run `apt-get install {packages}`, or use \
         `sae-lab train`, which needs no display"
    )]
    Window {
        cause: String,
        packages: &'static str,
    },
}

/// What a window needs at run time, by display server.
pub(super) fn packages(wayland: bool) -> &'static str {
    if wayland {
        "libwayland-client0 libwayland-egl1 libegl1 libxkbcommon0"
    } else {
        "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1"
    }
}

/// The window system's own words in one line, without the place in its sources that they come with.
pub(super) fn readable(cause: &str) -> String {
    let line = cause.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = line
        .rsplit_once(".rs:")
        .and_then(|(_, rest)| rest.split_once(": "))
        .map_or(line.as_str(), |(_, words)| words);
    words.trim_end_matches('.').to_owned()
}

/// Whether there is a display server to talk to; on systems other than free Unixes there always is.
pub(super) fn display() -> Display {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return Display::Native;
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    display_from(
        set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET"),
        set("DISPLAY"),
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Display {
    Native,
    Wayland,
    X11,
    None,
}

fn display_from(wayland: bool, x11: bool) -> Display {
    match (wayland, x11) {
        (true, _) => Display::Wayland,
        (false, true) => Display::X11,
        (false, false) => Display::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_one_line_without_the_place_in_somebodys_sources() {
        let cause =
            "os error at /home/x/winit/mod.rs:788: Failed to load one of\nxlib's shared libraries.";
        assert_eq!(
            readable(cause),
            "Failed to load one of xlib's shared libraries"
        );
        assert_eq!(
            readable("Library x.so could not be loaded."),
            "Library x.so could not be loaded"
        );
    }

    #[test]
    fn without_a_display_the_sentence_names_the_command_that_needs_none() {
        assert_eq!(display_from(false, false), Display::None);
        assert_eq!(display_from(true, true), Display::Wayland);
        let text = AppError::NoDisplay.to_string();
        assert!(text.contains("sae-lab train") && !text.contains('\n'));
        let text = AppError::Window {
            cause: "x".into(),
            packages: packages(false),
        }
        .to_string();
        assert!(
            text.contains("libxkbcommon-x11-0")
                && text.contains("sae-lab train")
                && !text.contains('\n')
        );
    }
}
