//! Whether grey pictures are patches: cut from anywhere in larger ones, so that each place is like any other. Digits and
//! faces have their middle and their edges.

use ndarray::{Array2, ArrayView2, Axis};

use super::SampleShape;
use super::smooth::thinned;

/// Pictures that are looked at; and fewer than these tell too little.
const LOOKED_AT: usize = 2_000;
const FEWEST: usize = 500;
/// Of them, those that are compared in pairs.
const COMPARED: usize = 500;
/// In patches the means of the places, and their deviations, differ by no more than these parts of the deviation. 10,000
/// patches differ by .01 and .005 (where each is freed of its mean, .08), 200 faces by .23 and .1, digits by .96 and .53.
const MEANS: f64 = 0.1;
const DEVIATIONS: f64 = 0.15;
/// Of what patches vary in, the mean of each takes more than this part unless they were freed of it: .7 to .99 against .2
/// after the filter of Olshausen and Field (1997).
const OWN_MEAN: f64 = 0.5;
/// So many directions, as part of n, share the rest where patches are whitened: .26 after that filter, .07 to .17 without.
const DIRECTIONS: f64 = 0.2;

/// What pictures are, where each place is like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patches {
    /// As they were cut.
    Raw,
    /// Each is freed of its own mean.
    Centred,
    /// What is coarse in them has been weakened too.
    Whitened,
}

/// Whether the rows of `samples` (m, rows · columns) are patches. `None` too where they are no grey pictures.
pub fn patches<T: Copy + Into<f64>>(
    samples: ArrayView2<'_, T>,
    shape: SampleShape,
) -> Option<Patches> {
    let SampleShape::Image { channels: 1, .. } = shape else {
        return None;
    };
    if samples.nrows() < FEWEST || samples.ncols() < 2 {
        return None;
    }
    let places = Places::of(thinned(samples, LOOKED_AT))?;
    if places.means > MEANS || places.deviations > DEVIATIONS {
        return None;
    }
    Some(if places.own_mean > OWN_MEAN {
        Patches::Raw
    } else if places.directions > DIRECTIONS {
        Patches::Whitened
    } else {
        Patches::Centred
    })
}

/// How the places of pictures differ, and what the pictures vary in.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// Standard deviation of the places' means, as part of the deviation of all values from them.
    means: f64,
    /// That of their deviations.
    deviations: f64,
    /// The part of the variance that is of each picture's own mean.
    own_mean: f64,
    /// The participation ratio (Σλ)²/Σλ² of the principal variances λ without that mean, divided by n.
    directions: f64,
}

impl Places {
    /// Of pictures in rows. `None` where nothing varies.
    fn of(mut pictures: Array2<f64>) -> Option<Self> {
        let (m, n) = (pictures.nrows() as f64, pictures.ncols() as f64);
        let means = pictures.sum_axis(Axis(0)) / m;
        pictures -= &means;
        let variances = pictures.map_axis(Axis(0), |values| values.dot(&values) / m);
        let variance = variances.mean()?;
        if !(variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let own = pictures.sum_axis(Axis(1)) / n;
        let own_mean = own.dot(&own) / m / variance;
        pictures -= &own.insert_axis(Axis(1));
        Some(Self {
            means: means.std(0.0) / variance.sqrt(),
            deviations: variances.mapv(f64::sqrt).std(0.0) / variance.sqrt(),
            own_mean,
            directions: participation(&pictures) / n,
        })
    }
}

/// (E‖x‖²)²/E(x·y)² over pairs of different rows, which is (Σλ)²/Σλ² of the rows' covariance. 1 where nothing varies.
fn participation(rows: &Array2<f64>) -> f64 {
    let rows = rows.slice(ndarray::s![..rows.nrows().min(COMPARED), ..]);
    let products = rows.dot(&rows.t());
    let count = rows.nrows() as f64;
    let squares = products.diag().mean().unwrap_or_default();
    let all: f64 = products.iter().map(|product| product * product).sum();
    let own: f64 = products.diag().iter().map(|own| own * own).sum();
    let between = (all - own) / (count * (count - 1.0)).max(1.0);
    if between > 0.0 {
        squares * squares / between
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::data::{self, DataSpec, EmbeddedSet, Preparation};

    fn of(spec: DataSpec) -> Option<Patches> {
        let set = data::load(&spec).unwrap();
        patches(set.samples.to::<f32>().view(), set.shape)
    }

    #[test]
    fn patches_are_known_from_digits_and_clothes_and_so_is_what_was_done_to_them() {
        use EmbeddedSet::*;
        let prepared = |preparation| DataSpec {
            preparation: Some(preparation),
            ..DataSpec::embedded(PhotosRaw)
        };
        assert_eq!(of(prepared(Preparation::LEVELS)), Some(Patches::Raw));
        assert_eq!(of(prepared(Preparation::CONTRAST)), Some(Patches::Centred));
        assert_eq!(of(DataSpec::embedded(Photos)), Some(Patches::Whitened));
        assert_eq!(of(DataSpec::embedded(Digits)), None);
        assert_eq!(of(DataSpec::embedded(Fashion)), None);
    }

    #[test]
    fn noise_that_is_alike_everywhere_is_whitened_and_what_does_not_vary_is_nothing() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let noise = Array2::from_shape_simple_fn((600, 36), || random.random::<f64>());
        let shape = SampleShape::grey(6, 6);
        assert_eq!(patches(noise.view(), shape), Some(Patches::Whitened));
        // few tell too little
        let few = noise.slice(ndarray::s![..100, ..]).to_owned();
        assert_eq!(patches(few.view(), shape), None);
        assert_eq!(patches(Array2::<f64>::zeros((600, 36)).view(), shape), None);
        let vector = SampleShape::Vector { length: 36 };
        assert_eq!(patches(noise.view(), vector), None);
    }

    #[test]
    fn a_picture_with_a_middle_is_no_patch() {
        let blobs = Array2::from_shape_fn((600, 36), |(row, place)| {
            let (y, x) = ((place / 6) as f64 - 2.5, (place % 6) as f64 - 2.5);
            let strength = ((row * 37) % 101) as f64 / 101.0;
            strength * (-(x * x + y * y) / 4.0).exp()
        });
        assert_eq!(patches(blobs.view(), SampleShape::grey(6, 6)), None);
    }
}
