//! What outlives the window: theme, zoom, and the files that were opened.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::state::ZOOMS;

const KEY: &str = "preferences";

/// What a person chose once and keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub dark: bool,
    /// In percent, one of [`ZOOMS`].
    pub zoom: u32,
    /// Files and folders that were opened, the latest first.
    pub recent: Vec<PathBuf>,
}

/// As many files are remembered.
pub const MOST_RECENT: usize = 8;

impl Default for Preferences {
    fn default() -> Self {
        Self {
            dark: true,
            zoom: 100,
            recent: Vec::new(),
        }
    }
}

impl Preferences {
    /// What was saved; the default where nothing was, or where it can't be read.
    pub fn load(storage: &dyn eframe::Storage) -> Self {
        let stored: Option<Self> = storage
            .get_string(KEY)
            .and_then(|text| serde_json::from_str(&text).ok());
        let mut preferences = stored.unwrap_or_default();
        if !ZOOMS.contains(&preferences.zoom) {
            preferences.zoom = 100;
        }
        preferences.recent.truncate(MOST_RECENT);
        preferences
    }

    pub fn save(&self, storage: &mut dyn eframe::Storage) {
        if let Ok(text) = serde_json::to_string(self) {
            storage.set_string(KEY, text);
        }
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

    pub fn apply(&self, ctx: &egui::Context) {
        ctx.set_theme(if self.dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        });
        ctx.set_zoom_factor(self.zoom as f32 / 100.0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[derive(Default)]
    struct Memory(HashMap<String, String>);

    impl eframe::Storage for Memory {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }
        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.into(), value);
        }
        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }
        fn flush(&mut self) {}
    }

    #[test]
    fn what_was_chosen_comes_back_and_nonsense_does_not() {
        let mut storage = Memory::default();
        assert_eq!(Preferences::load(&storage), Preferences::default());
        let chosen = Preferences {
            dark: false,
            zoom: 150,
            recent: vec!["/data/a.png".into()],
        };
        chosen.save(&mut storage);
        assert_eq!(Preferences::load(&storage), chosen);
        storage
            .0
            .insert(KEY.into(), r#"{"dark":false,"zoom":7}"#.into());
        assert_eq!(
            Preferences::load(&storage),
            Preferences {
                dark: false,
                ..Preferences::default()
            }
        );
        storage.0.insert(KEY.into(), "{".into());
        assert_eq!(Preferences::load(&storage), Preferences::default());
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
        let mut storage = Memory::default();
        preferences.save(&mut storage);
        assert_eq!(Preferences::load(&storage), preferences);
        assert!(!preferences.dark && preferences.recent.is_empty());
    }
}
