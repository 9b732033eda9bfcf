//! The pictures of all features in one texture.

use egui::{Color32, Rect, Shape, Ui};
use ndarray::ArrayView2;

use super::pictures::{self, FeaturePainter};
use super::theme::Theme;
use super::tiles::Atlas;
use crate::data::SampleShape;
use crate::lab::View;
use crate::lab::state::Contrast;
use crate::model::Parameters;
use crate::training::Snapshot;
use crate::training::snapshot::Version;

/// What of the features is shown, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub version: Version,
    /// Samples that an epoch under way has taken steps by since.
    pub samples: u64,
    pub contrast: Contrast,
    pub smooth: bool,
    /// The weight that is shown at full colour, where the tiles share a scale.
    pub shared: f32,
}

#[derive(Default)]
pub struct FeatureAtlas {
    atlas: Atlas,
    /// What the texture shows, and whether in the dark theme.
    shown: Option<(Look, bool)>,
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
    /// computed for this run, and nothing before there are any. During a long epoch the features are those of the moment.
    pub fn refresh(&mut self, ui: &Ui, view: &View<'_>, snapshot: &Snapshot, smooth: bool) {
        let data = &snapshot.data;
        let whitened = data.zca().is_some();
        let (version, samples, features) = if whitened {
            let seen = view.run.features.as_ref();
            let Some(seen) = seen.filter(|seen| seen.version.run == snapshot.run) else {
                *self = Self::default();
                return;
            };
            (seen.version, 0, seen.values.view())
        } else if let Some(underway) = view.run.underway() {
            let weights = underway.parameters.encoder_weights();
            (snapshot.version(), underway.samples, weights)
        } else {
            (snapshot.version(), 0, snapshot.parameters.encoder_weights())
        };
        let shared = shared_scale(features.iter().map(|w| w.abs()));
        let shared = if whitened {
            shared
        } else {
            // weights much smaller than those that a run starts from are nothing, not a picture
            shared.max(initial_scale(&snapshot.parameters))
        };
        let look = Look {
            version,
            samples,
            contrast: view.shared.contrast,
            smooth,
            shared,
        };
        self.fill(ui, look, data.shape, features);
    }

    /// Fills the texture with `features` (h, n), one a row, if it shows anything but this.
    pub fn fill(&mut self, ui: &Ui, look: Look, shape: SampleShape, features: ArrayView2<'_, f32>) {
        let theme = Theme::of(ui);
        let key = (look, theme.dark);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        let painter = FeaturePainter::new(theme, shape);
        self.atlas.fill(
            ui.ctx(),
            "features",
            features.nrows(),
            pictures::size(shape),
            look.smooth,
            |unit, pixels| {
                let row = features.row(unit);
                let scale = match look.contrast {
                    Contrast::Shared => look.shared,
                    Contrast::PerTile => row.iter().fold(0.0f32, |most, w| most.max(w.abs())),
                };
                if let Some(row) = row.as_slice() {
                    painter.paint(row, scale, pixels); // each row of a matrix in C order is a slice
                }
            },
        );
    }
}

/// The scale of the encoder weights of a run.
pub fn scale_of(snapshot: &Snapshot) -> f32 {
    let weights = snapshot.parameters.encoder_weights();
    shared_scale(weights.iter().map(|w| w.abs())).max(initial_scale(&snapshot.parameters))
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
