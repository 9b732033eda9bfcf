//! Colours of weights: a diverging map that the colour-blind can read, blue for negative, orange for positive.

/// The map's ends and middle in sRGB; blue and orange differ in lightness for no kind of colour blindness alone.
const NEGATIVE: [f32; 3] = [90.0, 172.0, 255.0];
const POSITIVE: [f32; 3] = [255.0, 170.0, 60.0];
const NEGATIVE_ON_LIGHT: [f32; 3] = [20.0, 96.0, 190.0];
const POSITIVE_ON_LIGHT: [f32; 3] = [200.0, 96.0, 0.0];
const MIDDLE: [f32; 3] = [22.0, 26.0, 33.0];
const MIDDLE_ON_LIGHT: [f32; 3] = [247.0, 247.0, 247.0];

/// The colour of `weight` in [−1, 1] (clamped; what is not a number is the middle), on a `dark` ground or a light one.
pub fn diverging(weight: f32, dark: bool) -> [u8; 3] {
    let weight = if weight.is_nan() {
        0.0
    } else {
        weight.clamp(-1.0, 1.0)
    };
    let (middle, end) = match (dark, weight < 0.0) {
        (true, true) => (MIDDLE, NEGATIVE),
        (true, false) => (MIDDLE, POSITIVE),
        (false, true) => (MIDDLE_ON_LIGHT, NEGATIVE_ON_LIGHT),
        (false, false) => (MIDDLE_ON_LIGHT, POSITIVE_ON_LIGHT),
    };
    std::array::from_fn(|i| (middle[i] + weight.abs() * (end[i] - middle[i])).round() as u8)
}

/// The grey of `value` in [0, 1] (clamped; what is not a number is black).
pub fn grey(value: f32) -> [u8; 3] {
    [(value.clamp(0.0, 1.0) * 255.0).round() as u8; 3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_neutral_and_the_ends_differ() {
        for dark in [true, false] {
            let [r, g, b] = diverging(0.0, dark);
            assert!(r.abs_diff(g) < 12 && g.abs_diff(b) < 12);
            assert_eq!(diverging(f32::NAN, dark), [r, g, b]);
            let (low, high) = (diverging(-9.0, dark), diverging(9.0, dark));
            assert!(low[2] > low[0] && high[0] > high[2]);
        }
        assert_eq!((grey(0.0), grey(2.0)), ([0; 3], [255; 3]));
    }
}
