//! What outlives the window: theme, zoom, and the files that were opened.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::shared::ZOOMS;
use crate::training::timeline::BUDGET;

/// What a person chose once and keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub dark: bool,
    /// In percent, one of [`ZOOMS`].
    pub zoom: u32,
    /// Files and folders that were opened, the latest first.
    pub recent: Vec<PathBuf>,
    /// For the past of all runs, in bytes.
    pub past_bytes: usize,
}

/// As many files are remembered.
pub const MOST_RECENT: usize = 8;

/// What can be given to the past of all runs, in bytes.
pub const PAST_BYTES: std::ops::RangeInclusive<usize> = (16 << 20)..=(4 << 30);

impl Default for Preferences {
    fn default() -> Self {
        Self {
            dark: true,
            zoom: 100,
            recent: Vec::new(),
            past_bytes: BUDGET,
        }
    }
}

impl Preferences {
    /// What `text` says; the default where it can't be read.
    pub fn from_text(text: &str) -> Self {
        let mut preferences: Self = serde_json::from_str(text).unwrap_or_default();
        if !ZOOMS.contains(&preferences.zoom) {
            preferences.zoom = 100;
        }
        preferences.recent.truncate(MOST_RECENT);
        if !PAST_BYTES.contains(&preferences.past_bytes) {
            preferences.past_bytes = BUDGET;
        }
        preferences
    }

    /// As they are stored; `None` where they can't be, which paths that are text rule out.
    pub fn to_text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Puts `path` before the other recent ones. One that no text file could hold is not remembered.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if path.to_str().is_some() {
            self.forget(&path);
            self.recent.insert(0, path);
            self.recent.truncate(MOST_RECENT);
        }
    }

    pub fn forget(&mut self, path: &Path) {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|other| *other != absolute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back_and_nonsense_does_not() {
        let chosen = Preferences {
            dark: false,
            zoom: 150,
            recent: vec!["/data/a.png".into()],
            past_bytes: 64 << 20,
        };
        let text = chosen.to_text().unwrap();
        assert_eq!(Preferences::from_text(&text), chosen);
        assert_eq!(
            Preferences::from_text(r#"{"dark":false,"zoom":7}"#),
            Preferences {
                dark: false,
                ..Preferences::default()
            }
        );
        assert_eq!(Preferences::from_text("{"), Preferences::default());
    }

    #[test]
    fn the_latest_files_are_remembered_once_each() {
        let mut preferences = Preferences::default();
        for index in 0..12 {
            preferences.remember(Path::new(&format!("/data/{index}.png")));
        }
        preferences.remember(Path::new("/data/9.png"));
        assert_eq!(preferences.recent.len(), MOST_RECENT);
        assert_eq!(
            preferences.recent[..3],
            ["/data/9.png", "/data/11.png", "/data/10.png"].map(PathBuf::from)
        );
        preferences.forget(Path::new("/data/11.png"));
        assert_eq!(preferences.recent[1], Path::new("/data/10.png"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_costs_nobody_their_theme() {
        use std::os::unix::ffi::OsStrExt as _;
        let mut preferences = Preferences {
            dark: false,
            ..Preferences::default()
        };
        preferences.remember(Path::new(std::ffi::OsStr::from_bytes(b"/data/\xff.png")));
        let text = preferences.to_text().unwrap();
        assert_eq!(Preferences::from_text(&text), preferences);
        assert!(!preferences.dark && preferences.recent.is_empty());
    }
}
