//! The preferences in the window system's storage.

use crate::lab::Preferences;

const KEY: &str = "preferences";

/// What was saved; the default where nothing was, or where it can't be read.
pub(super) fn load(storage: &dyn eframe::Storage) -> Preferences {
    let text = storage.get_string(KEY);
    text.map_or_else(Preferences::default, |text| Preferences::from_text(&text))
}

pub(super) fn save(preferences: &Preferences, storage: &mut dyn eframe::Storage) {
    if let Some(text) = preferences.to_text() {
        storage.set_string(KEY, text);
    }
}

/// Shows theme and zoom as they are preferred.
pub(super) fn apply(preferences: &Preferences, ctx: &egui::Context) {
    ctx.set_theme(if preferences.dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
    ctx.set_zoom_factor(preferences.zoom as f32 / 100.0);
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
    fn what_was_saved_comes_back() {
        let mut storage = Memory::default();
        assert_eq!(load(&storage), Preferences::default());
        let chosen = Preferences {
            dark: false,
            zoom: 150,
            recent: vec!["/data/a.png".into()],
            past_bytes: 64 << 20,
        };
        save(&chosen, &mut storage);
        assert_eq!(load(&storage), chosen);
    }
}
