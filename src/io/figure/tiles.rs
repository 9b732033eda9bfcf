//! The features at print size: a numbered tile a unit, in one contrast, with the scale of its colours.

use std::path::Path;

use super::{Anchor, FAINT, Figure, Form, INK, WIDTH};
use crate::data::{FittedPreparation, SampleShape};
use crate::io::colour_map::{Rgb, diverging, signed_colour};
use crate::io::pictures::{self, UnitFeatures};
use crate::io::pixels::Pixels;
use crate::io::{IoError, ModelRecord};
use crate::model::Parameters;
use crate::numerics::Real;
use crate::training::record::number::short;

const MARGIN: f32 = 16.0;
const TITLE: f32 = 12.0;
const WORDS: f32 = 9.5;
/// The numbers under the tiles, at least and at most.
const NUMBER: (f32, f32) = (3.2, 8.0);
/// A plain vector is drawn as a strip that is at least this part of its width high.
const STRIP: f32 = 0.25;
/// The colour scale.
const SCALE: [f32; 2] = [200.0, 10.0];
const SCALE_STEPS: usize = 101;

/// Writes each unit's feature x_j = W1_j/‖W1_j‖ (seen through ZCA where the data were whitened by it) under the number j,
/// in one contrast for all, with the scale of the colours, and what the model is.
///
/// # Errors
/// Another suffix than .png or .svg; a sheet that is too large; it cannot be written.
pub fn write<T: Real>(
    path: &Path,
    form: Form,
    parameters: &Parameters<T>,
    of: (Option<&ModelRecord>, &str),
) -> Result<(), IoError> {
    let (figure, height) = page(parameters, of);
    figure.write(path, form, height)
}

/// The same as SVG within a page of HTML, which goes to `path`.
///
/// # Errors
/// The sheet is too large.
pub(in crate::io) fn svg<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
    of: (Option<&ModelRecord>, &str),
) -> Result<String, IoError> {
    let (figure, height) = page(parameters, of);
    figure.svg_for(path, height)
}

/// The same as pixels.
///
/// # Errors
/// The sheet is too large.
pub fn pixels<T: Real>(
    parameters: &Parameters<T>,
    of: (Option<&ModelRecord>, &str),
) -> Result<Pixels, IoError> {
    let (figure, height) = page(parameters, of);
    figure.pixels_for(Path::new("features"), height)
}

/// The marks, and how high the page is.
fn page<T: Real>(
    parameters: &Parameters<T>,
    (record, name): (Option<&ModelRecord>, &str),
) -> (Figure, f32) {
    let fitted = record.and_then(|record| record.preparation.as_deref());
    let shape = fitted.map_or_else(
        || crate::data::found::shape_of(parameters.inputs()),
        |fitted| fitted.shape,
    );
    let features = features(parameters, fitted);
    let count = parameters.hidden();
    let columns = count.isqrt() + usize::from(count.isqrt().pow(2) < count);
    let mut figure = Figure::default();
    let mut y = MARGIN + TITLE / 2.0;
    let data = fitted.map_or(name, |fitted| &fitted.name);
    let heading = format!("{data}: the features of {count} hidden units");
    figure.text([MARGIN, y], heading, (TITLE, INK, Anchor::Start));
    if let Some(record) = record {
        y += 1.5 * TITLE;
        figure.text([MARGIN, y], settings(record), (WORDS, FAINT, Anchor::Start));
    }
    let top = y + 1.5 * TITLE;

    let pitch = (WIDTH - 2.0 * MARGIN) / columns as f32;
    let number = (pitch / 7.0).clamp(NUMBER.0, NUMBER.1);
    let wide = pitch * 0.92;
    let (rows_of_tile, columns_of_tile) = shape.picture();
    let aspect = rows_of_tile as f32 / columns_of_tile as f32;
    let high = match shape {
        SampleShape::Vector { .. } => wide * aspect.max(STRIP),
        SampleShape::Image { .. } => wide * aspect,
    };
    let step = high + 1.6 * number + pitch - wide;
    for (unit, row) in features.values.outer_iter().enumerate() {
        let x = MARGIN + (unit % columns) as f32 * pitch;
        let y = top + (unit / columns) as f32 * step;
        let values = row.iter().copied();
        let colours: Vec<Rgb> = if shape.channels() == 3 {
            pictures::pixels(values).map(signed_colour).collect()
        } else {
            values.map(|value| diverging(value, false)).collect()
        };
        figure.picture(
            [x, y],
            [wide, high],
            (rows_of_tile, columns_of_tile),
            colours.concat(),
        );
        figure.text(
            [x + wide / 2.0, y + high + 0.9 * number],
            unit.to_string(),
            (number, FAINT, Anchor::Middle),
        );
    }
    let bottom = top + count.div_ceil(columns) as f32 * step + 6.0;
    scale(&mut figure, bottom, shape.channels() == 3, features.largest);
    (figure, bottom + SCALE[1] + 2.2 * WORDS + MARGIN)
}

fn features<T: Real>(
    parameters: &Parameters<T>,
    fitted: Option<&FittedPreparation>,
) -> UnitFeatures {
    let weights = parameters.encoder_weights();
    match fitted.and_then(|fitted| fitted.zca.as_ref()) {
        Some(zca) => UnitFeatures::of(zca.features(weights).view()),
        None => UnitFeatures::of(weights),
    }
}

/// The colours from the least weight to the greatest.
fn scale(figure: &mut Figure, y: f32, colour: bool, largest: f64) {
    let value = |step: usize| step as f32 / (SCALE_STEPS - 1) as f32 * 2.0 - 1.0;
    let colours: Vec<Rgb> = (0..SCALE_STEPS)
        .map(|step| match colour {
            true => signed_colour([value(step); 3]),
            false => diverging(value(step), false),
        })
        .collect();
    figure.picture([MARGIN, y], SCALE, (1, SCALE_STEPS), colours.concat());
    let below = y + SCALE[1] + 0.9 * WORDS;
    let largest = short(largest);
    for (part, text, anchor) in [
        (0.0, format!("−{largest}"), Anchor::Start),
        (0.5, "0".to_owned(), Anchor::Middle),
        (1.0, largest, Anchor::End),
    ] {
        let x = MARGIN + part * SCALE[0];
        figure.text([x, below], text, (WORDS, INK, anchor));
    }
    let meaning = match colour {
        true => {
            "weight of red, green and blue in a feature of unit norm; units are numbered from 0"
        }
        false => "weight in a feature of unit norm; units are numbered from 0",
    };
    let beside = [MARGIN + SCALE[0] + 10.0, y + SCALE[1] / 2.0];
    figure.text(beside, meaning, (WORDS, FAINT, Anchor::Start));
}

/// "ρ 0.02, β 3, α 0.2, λ 1.5e-4, seed 1, after 200 epochs"
fn settings(record: &ModelRecord) -> String {
    let settings = &record.experiment.hyperparameters;
    format!(
        "ρ {}, β {}, α {}, λ {}, seed {}, after {} epochs",
        short(settings.sparsity_target),
        short(settings.sparsity_weight),
        short(settings.learning_rate),
        short(settings.weight_decay),
        record.experiment.seed,
        record.epoch
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn every_unit_has_its_tile_and_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let mut parameters = Parameters::<f64>::zeros(4, 3);
        parameters.encoder_weights_mut().assign(&array![
            [3.0, 0.0, 0.0, -4.0],
            [0.0; 4],
            [0.0, 1.0, 0.0, 0.0]
        ]);
        let path = folder.path().join("tiles.svg");
        write(&path, Form::Svg, &parameters, (None, "m.npz")).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.matches("<image").count(), 3 + 1, "tiles and the scale");
        for number in ["0", "1", "2"] {
            assert!(text.contains(&format!(">{number}</text>")), "{number}");
        }
        // the largest weight of a feature of unit norm, here that of unit 2
        assert!(
            text.contains(">−1</text>") && text.contains(">1</text>"),
            "{text}"
        );
        let path = folder.path().join("tiles.png");
        write(&path, Form::Png, &parameters, (None, "m.npz")).unwrap();
        let picture = image::open(path).unwrap().to_rgb8();
        // unit 0: .6 of the scale in the first corner, −.8 in the last
        let dots = |x: f32| (x * super::super::DOTS) as u32;
        let pitch = (WIDTH - 2.0 * MARGIN) / 2.0;
        let top = MARGIN + TITLE / 2.0 + 1.5 * TITLE;
        let at = |x: f32, y: f32| picture.get_pixel(dots(MARGIN + x), dots(top + y)).0;
        let wide = 0.92 * pitch;
        assert_eq!(at(0.2 * wide, 0.2 * wide), diverging(0.6, false));
        assert_eq!(at(0.8 * wide, 0.8 * wide), diverging(-0.8, false));
        assert_eq!(at(0.8 * wide, 0.2 * wide), diverging(0.0, false));
    }
}
