//! The pictures of all features in one texture.

use egui::{Color32, Rect, Shape, Ui};

use super::pictures::{self, FeaturePainter};
use super::theme::Theme;
use super::tiles::Atlas;
use crate::lab::View;
use crate::lab::state::Contrast;
use crate::model::Parameters;
use crate::training::Snapshot;
use crate::training::snapshot::Version;

#[derive(Default)]
pub struct FeatureAtlas {
    atlas: Atlas,
    /// What the texture shows: (of what, contrast, dark, smooth).
    shown: Option<(Version, Contrast, bool, bool)>,
}

impl FeatureAtlas {
    /// Whether the texture is too large for the graphics system.
    pub fn is_too_large(&self) -> bool {
        self.shown.is_some() && !self.atlas.is_filled()
    }

    /// One mesh of the pictures `tiles`: (unit, where, tint).
    pub fn mesh(&self, tiles: impl IntoIterator<Item = (usize, Rect, Color32)>) -> Shape {
        self.atlas.mesh(tiles)
    }

    /// Fills the texture anew if it shows anything but this. Behind ZCA whitening it shows the latest features that were
    /// computed for this run, and nothing before there are any.
    pub fn refresh(&mut self, ui: &Ui, view: &View<'_>, snapshot: &Snapshot, smooth: bool) {
        let theme = Theme::of(ui);
        let data = &snapshot.data;
        let whitened = data.zca().is_some();
        let (version, features) = if whitened {
            let seen = view.run.features.as_ref();
            let Some(seen) = seen.filter(|seen| seen.version.run == snapshot.run) else {
                *self = Self::default();
                return;
            };
            (seen.version, seen.values.view())
        } else {
            (snapshot.version(), snapshot.parameters.encoder_weights())
        };
        let key = (version, view.shared.contrast, theme.dark, smooth);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        let shared = shared_scale(features.iter().map(|w| w.abs()));
        let shared = if whitened {
            shared
        } else {
            // weights much smaller than those that a run starts from are nothing, not a picture
            shared.max(initial_scale(&snapshot.parameters))
        };
        let painter = FeaturePainter::new(theme, data.shape);
        self.atlas.fill(
            ui.ctx(),
            "features",
            features.nrows(),
            pictures::size(data.shape),
            smooth,
            |unit, pixels| {
                let row = features.row(unit);
                let scale = match view.shared.contrast {
                    Contrast::Shared => shared,
                    Contrast::PerTile => row.iter().fold(0.0f32, |most, w| most.max(w.abs())),
                };
                if let Some(row) = row.as_slice() {
                    painter.paint(row, scale, pixels); // each row of a matrix in C order is a slice
                }
            },
        );
    }
}

/// The largest weight that a run starts from.
pub fn initial_scale(parameters: &Parameters<f32>) -> f32 {
    (6.0 / (parameters.hidden() + parameters.inputs() + 1) as f32).sqrt()
}

/// The scale that all tiles share: the 99.5th percentile of |w|, so that a few loud weights don't turn all else grey.
/// Of at most `SAMPLED` weights, evenly taken.
fn shared_scale(sizes: impl ExactSizeIterator<Item = f32>) -> f32 {
    const SAMPLED: usize = 20_000;
    let stride = sizes.len().div_ceil(SAMPLED).max(1);
    let mut sizes: Vec<f32> = sizes.step_by(stride).collect();
    if sizes.is_empty() {
        return 0.0;
    }
    let index = (sizes.len() - 1) * 995 / 1000;
    *sizes.select_nth_unstable_by(index, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::shared_scale;

    #[test]
    fn a_few_loud_weights_do_not_set_the_scale() {
        let mut weights: Vec<f32> = (0..1000).map(|i| i as f32 / 1000.0).collect();
        weights.extend([50.0; 4]);
        let scale = shared_scale(weights.into_iter());
        assert!((0.99..1.0).contains(&scale), "{scale}");
        assert_eq!(shared_scale([].into_iter()), 0.0);
        assert_eq!(shared_scale([2.0].into_iter()), 2.0);
        assert_eq!(shared_scale(vec![3.0; 1_000_000].into_iter()), 3.0);
    }
}
