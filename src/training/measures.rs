//! What features are measured by that are square grey pictures.

use ndarray::ArrayView2;

use crate::data::{DataSet, DataSource, EmbeddedSet, SampleShape};
use crate::model::features;
use crate::numerics::Real;

/// The median of the orientation selectivity of the features of encoder weights (h, n); `None` where they are no square
/// grey pictures.
pub fn selectivity<T: Real>(data: &DataSet, weights: ArrayView2<'_, T>) -> Option<f64> {
    let side = side(data)?;
    let shown = data.features(weights);
    let mut all = features::orientation_selectivity(shown.view(), side)?;
    all.sort_by(f64::total_cmp);
    let median = all.get(all.len() / 2).copied()?;
    Some(median).filter(|median| median.is_finite())
}

/// How many of Földiák's bars the features of encoder weights (h, n) show; `None` on other data.
pub fn bars_found<T: Real>(data: &DataSet, weights: ArrayView2<'_, T>) -> Option<usize> {
    let side = side(data)?;
    match data.spec.source {
        DataSource::Embedded(EmbeddedSet::Bars) => {
            features::bars_found(data.features(weights).view(), side)
        }
        DataSource::Embedded(_) | DataSource::File(_) | DataSource::Files(_) => None,
    }
}

/// Of the data's samples, in pixels.
fn side(data: &DataSet) -> Option<usize> {
    match data.shape {
        SampleShape::Image {
            rows,
            columns,
            channels: 1,
        } if rows == columns => Some(rows),
        SampleShape::Image { .. } | SampleShape::Vector { .. } => None,
    }
}
