//! What outlives the window: theme and zoom.

use serde::{Deserialize, Serialize};

use super::state::ZOOMS;

const KEY: &str = "preferences";

/// What a person chose once and keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub dark: bool,
    /// In percent, one of [`ZOOMS`].
    pub zoom: u32,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            dark: true,
            zoom: 100,
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
        preferences
    }

    pub fn save(&self, storage: &mut dyn eframe::Storage) {
        if let Ok(text) = serde_json::to_string(self) {
            storage.set_string(KEY, text);
        }
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
                zoom: 100
            }
        );
        storage.0.insert(KEY.into(), "{".into());
        assert_eq!(Preferences::load(&storage), Preferences::default());
    }
}
