//! A training as an animated GIF: the features, the distribution of ρ̂ and what the cost has come to, a picture an epoch
//! that is shown.

use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbImage};
use ndarray::Array2;

use super::canvas::Canvas;
use super::colour_map::Rgb;
use super::error::name_of;
use super::{IoError, atomic_write};
use super::{figure, pictures};
use crate::data::SampleShape;
use crate::data::error::grouped;
use crate::model::Cost;
use crate::model::units::StateCounts;
use crate::training::record::number::short;

/// Milliseconds that a picture stays, and the last one.
const STAYS: (u32, u32) = (120, 2_000);
/// 1 (best) to 30 (fastest): how the 256 colours of a picture are found.
const SPEED: i32 = 10;
/// The words need so many pixels.
const NARROWEST: usize = 440;
const MARGIN: usize = 12;
const TITLE: f32 = 17.0;
const WORDS: f32 = 13.0;
/// The distribution of ρ̂, from 1e-3 to 1 on a logarithmic axis.
const DECADES: f32 = 3.0;
const BARS: usize = 60;
const HISTOGRAM: usize = 56;

const INK: Rgb = [24, 28, 34];
const FAINT: Rgb = [84, 92, 104];
const PAPER: Rgb = [255; 3];
const BAR: Rgb = [46, 140, 110];

/// A run at one epoch.
pub struct Scene {
    pub epoch: u64,
    pub cost: Cost,
    pub fvu: f64,
    pub counts: StateCounts,
    /// ρ, and ρ̂ of each unit.
    pub sparsity_target: f64,
    pub mean_activations: Vec<f64>,
    /// (h, n), as they are seen (see [`crate::data::DataSet::features`]).
    pub features: Array2<f32>,
}

/// Writes `count` scenes in turn; `go_on` hears the part that is done, and says whether to go on. Returns whether it is
/// whole: a film that was broken off is not written.
///
/// # Errors
/// There is none; the sheet is too large; it cannot be written.
pub fn write(
    path: &Path,
    (title, shape): (&str, SampleShape),
    count: usize,
    scene: impl Fn(usize) -> Option<Scene>,
    go_on: &dyn Fn(f64) -> bool,
) -> Result<bool, IoError> {
    let refused = |problem: &str| IoError::Picture {
        file: name_of(path),
        problem: problem.to_owned(),
    };
    if count == 0 {
        return Err(refused("no epoch is kept"));
    }
    let mut bytes = Vec::new();
    let mut film = GifEncoder::new_with_speed(&mut bytes, SPEED);
    let wrong = |error: image::ImageError| refused(&error.to_string());
    film.set_repeat(Repeat::Infinite).map_err(wrong)?;
    for place in 0..count {
        if !go_on(place as f64 / count as f64) {
            return Ok(false);
        }
        let scene =
            scene(place).ok_or_else(|| refused("an epoch that was kept is not of this run"))?;
        let picture = draw(path, (title, shape), &scene)?;
        let picture = image::DynamicImage::ImageRgb8(picture).into_rgba8();
        let stays = if place + 1 == count { STAYS.1 } else { STAYS.0 };
        let frame = Frame::from_parts(picture, 0, 0, Delay::from_numer_denom_ms(stays, 1));
        film.encode_frame(frame).map_err(wrong)?;
    }
    drop(film);
    atomic_write(path, |writer| std::io::Write::write_all(writer, &bytes))?;
    Ok(true)
}

fn draw(
    path: &Path,
    (title, shape): (&str, SampleShape),
    scene: &Scene,
) -> Result<RgbImage, IoError> {
    let sheet = pictures::feature_sheet(path, scene.features.view(), shape)?;
    let hidden = scene.features.nrows();
    let width = (sheet.width + 2 * MARGIN).max(NARROWEST);
    let top = MARGIN + (1.5 * TITLE + 1.6 * WORDS) as usize;
    let below = top + sheet.height + MARGIN;
    let height = below + HISTOGRAM + (2.0 * WORDS) as usize + MARGIN;
    let too_large = || figure::too_large(path);
    let mut canvas = Canvas::new(width, height, PAPER).ok_or_else(too_large)?;
    let left = MARGIN as f32;
    let heading = format!("{title}: epoch {}", grouped(scene.epoch));
    canvas.text([left, left + TITLE / 2.0], &heading, TITLE, INK);
    let dead = hidden.saturating_sub((scene.counts.alive + scene.counts.duplicate) as usize);
    let words = format!(
        "J {} · FVU {} · {} alive, {dead} dead",
        short(scene.cost.total()),
        short(scene.fvu),
        scene.counts.alive
    );
    canvas.text(
        [left, left + 1.5 * TITLE + WORDS / 2.0],
        &words,
        WORDS,
        FAINT,
    );
    let across = (width - sheet.width) / 2;
    for (row, line) in sheet.pixels.chunks_exact(3 * sheet.width).enumerate() {
        let start = 3 * ((top + row) * width + across);
        canvas.pixels[start..start + line.len()].copy_from_slice(line);
    }
    histogram(&mut canvas, (below, width - 2 * MARGIN), scene);
    RgbImage::from_raw(width as u32, height as u32, canvas.pixels).ok_or_else(too_large)
}

/// How many units have which ρ̂, and where ρ lies.
fn histogram(canvas: &mut Canvas, (top, width): (usize, usize), scene: &Scene) {
    // what is smaller, or larger, stands in the outermost bars
    let part = |value: f64| ((value.max(1e-12).log10() as f32 + DECADES) / DECADES).clamp(0.0, 1.0);
    let mut counts = [0usize; BARS];
    for value in &scene.mean_activations {
        let bar = (part(*value) * BARS as f32) as usize;
        counts[bar.min(BARS - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let edge = |bar: usize| MARGIN + bar * width / BARS;
    let floor = top + HISTOGRAM;
    for (bar, count) in counts.iter().enumerate() {
        // one unit alone is seen
        let high = (count * HISTOGRAM).div_ceil(most);
        let size = (edge(bar + 1) - edge(bar) - 1, high);
        canvas.fill((edge(bar), floor - high), size, BAR);
    }
    canvas.fill((MARGIN, floor), (width, 1), FAINT);
    let target = MARGIN as f32 + part(scene.sparsity_target) * width as f32;
    canvas.fill((target as usize, top), (1, HISTOGRAM), INK);
    let below = floor as f32 + WORDS;
    for (decade, text) in ["0.001", "0.01", "0.1", "1"].into_iter().enumerate() {
        let at = MARGIN as f32 + decade as f32 / DECADES * width as f32;
        let wide = canvas.text_width(text, WORDS);
        let x = (at - wide / 2.0).clamp(MARGIN as f32, (MARGIN + width) as f32 - wide);
        canvas.text([x, below], text, WORDS, FAINT);
    }
    let name = "mean activation ρ̂, | the target ρ";
    let wide = canvas.text_width(name, WORDS);
    let x = MARGIN as f32 + width as f32 / 2.0 - wide / 2.0;
    canvas.text([x, below], name, WORDS, FAINT);
}

#[cfg(test)]
mod tests {
    use image::AnimationDecoder as _;
    use image::codecs::gif::GifDecoder;
    use ndarray::array;

    use super::*;
    use crate::io::colour_map::diverging;

    fn scene(epoch: u64) -> Scene {
        let turn = if epoch == 0 { 1.0 } else { -1.0 };
        Scene {
            epoch,
            cost: Cost::default(),
            fvu: 0.5,
            counts: StateCounts {
                alive: 2,
                ..StateCounts::default()
            },
            sparsity_target: 0.1,
            mean_activations: vec![0.1, 0.0],
            features: array![[turn, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]],
        }
    }

    #[test]
    fn every_scene_is_a_picture_of_its_features() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.gif");
        let of = ("Bars", SampleShape::grey(2, 2));
        let whole = write(&path, of, 3, |place| Some(scene(place as u64)), &|_| true);
        assert!(whole.unwrap());
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let frames = GifDecoder::new(file).unwrap().into_frames();
        let frames = frames.collect_frames().unwrap();
        assert_eq!(frames.len(), 3);
        let delay = |place: usize| frames[place].delay().numer_denom_ms();
        assert_eq!((delay(0).0 / delay(0).1, delay(2).0 / delay(2).1), STAYS);
        // the first weight of the first unit, 1 and then −1
        let sheet = 2 * (2 * 32 + 4) + 4;
        let across = (NARROWEST - sheet) / 2;
        let top = MARGIN + (1.5 * TITLE + 1.6 * WORDS) as usize;
        let at = |place: usize| {
            let [red, .., blue, _] = frames[place]
                .buffer()
                .get_pixel((across + 4 + 10) as u32, (top + 4 + 10) as u32)
                .0;
            i32::from(red) - i32::from(blue)
        };
        let wanted = |weight: f32| {
            let [red, _, blue] = diverging(weight, false);
            i32::from(red) - i32::from(blue)
        };
        for (place, weight) in [(0, 1.0), (1, -1.0)] {
            let (found, wanted) = (at(place), wanted(weight));
            assert!(found.abs_diff(wanted) < 40, "{found}, not {wanted}");
        }
    }

    #[test]
    fn one_that_is_broken_off_or_empty_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.gif");
        let of = ("Bars", SampleShape::grey(2, 2));
        let of_scene = |place: usize| Some(scene(place as u64));
        assert!(!write(&path, of, 3, of_scene, &|part| part < 0.5).unwrap());
        assert!(matches!(
            write(&path, of, 0, of_scene, &|_| true),
            Err(IoError::Picture { .. })
        ));
        assert!(!path.exists());
    }
}
