//! Dead leaves (Matheron 1968; Lee, Mumford & Huang 2001): disks that occlude one another, as many of each size as
//! make the picture look alike at every scale. Of all simple pictures these have most in common with photographs:
//! edges, and
//! their statistics.

use super::DataError;
use super::found::Picture;
use super::progress::{Stage, Watch, tell};
use super::random::Draw;

const PICTURES: usize = 6;
/// The side of a picture, in pixels.
const SIDE: usize = 256;
/// Each pixel is the mean of this many squared.
const FINER: usize = 2;
/// The radii, in pixels.
const RADII: (f64, f64) = (1.5, 96.0);

pub(super) fn generate(seed: u64, watch: Watch<'_>) -> Result<Vec<Picture>, DataError> {
    // Not the stream that the patches are cut with: the places would follow the disks.
    let mut draw = Draw::seeded(seed ^ 0x6c65_6176_6573);
    (0..PICTURES)
        .map(|index| {
            tell(watch, Stage::Generating, index as u64, PICTURES as u64)?;
            Ok(Picture::grey("dead leaves", SIDE, SIDE, picture(&mut draw)))
        })
        .collect()
}

/// Disks fall behind those that lie there already, until nothing shows between them: what is seen is then exactly what
/// infinitely many fallen on top of each other would show (Kendall & Thönnes 1999).
fn picture(draw: &mut Draw) -> Vec<f32> {
    const FINE: usize = SIDE * FINER;
    let finer = FINER as f64;
    let (least, greatest) = (RADII.0 * finer, RADII.1 * finer);
    let mut field = vec![f32::NAN; FINE * FINE];
    let mut bare = field.len();
    while bare > 0 {
        // density ∝ r⁻³ on [least, greatest], by the inverse of its distribution function
        let radius =
            (least.powi(-2) + draw.unit() * (greatest.powi(-2) - least.powi(-2))).powf(-0.5);
        let mut place = || draw.unit() * (FINE as f64 + 2.0 * greatest) - greatest;
        let (x, y) = (place(), place());
        let grey = draw.unit() as f32;
        let span = |centre: f64, reach: f64| {
            let first = (centre - reach).ceil().clamp(0.0, FINE as f64) as usize;
            let last = (centre + reach + 1.0).floor().clamp(0.0, FINE as f64) as usize;
            first..last.max(first)
        };
        for row in span(y, radius) {
            let reach = (radius * radius - (row as f64 - y).powi(2)).max(0.0).sqrt();
            for pixel in &mut field[row * FINE..(row + 1) * FINE][span(x, reach)] {
                if pixel.is_nan() {
                    *pixel = grey;
                    bare -= 1;
                }
            }
        }
    }
    let mut coarse = vec![0.0; SIDE * SIDE];
    for (row, fine) in field.chunks_exact(FINE).enumerate() {
        for (column, pixel) in fine.iter().enumerate() {
            coarse[row / FINER * SIDE + column / FINER] += pixel / (FINER * FINER) as f32;
        }
    }
    coarse
}

#[cfg(test)]
mod tests {
    use super::super::progress::unwatched;
    use super::*;

    #[test]
    fn leaves_cover_the_picture_and_look_alike_at_two_scales() {
        let pictures = generate(1, &unwatched).unwrap();
        let (mut sum, mut at_one, mut at_two) = (0.0, 0.0, 0.0);
        for picture in &pictures {
            assert!(
                picture
                    .values
                    .iter()
                    .all(|value| (0.0..=1.0).contains(value))
            );
            let pixel = |row: usize, column: usize| f64::from(picture.values[row * SIDE + column]);
            let coarse = |row: usize, column: usize| {
                (pixel(row, column)
                    + pixel(row + 1, column)
                    + pixel(row, column + 1)
                    + pixel(row + 1, column + 1))
                    / 4.0
            };
            for (row, column) in
                (0..SIDE - 4).flat_map(|row| (0..SIDE - 4).map(move |column| (row, column)))
            {
                sum += pixel(row, column);
                at_one += (pixel(row, column + 1) - pixel(row, column)).powi(2);
                at_two += (coarse(row, column + 2) - coarse(row, column)).powi(2);
            }
        }
        let count = (PICTURES * (SIDE - 4) * (SIDE - 4)) as f64;
        assert!((sum / count - 0.5).abs() < 0.1, "{}", sum / count);
        // a 1/f² spectrum has the same contrast after halving; white noise would have a quarter of it
        assert!(
            (0.8..2.2).contains(&(at_two / at_one)),
            "{}",
            at_two / at_one
        );
    }

    #[test]
    fn a_seed_means_the_same_picture() {
        let of = |seed| generate(seed, &unwatched).unwrap();
        assert_eq!(of(3), of(3));
        assert_ne!(of(3), of(4));
    }
}
