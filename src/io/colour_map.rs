//! The colours that numbers are drawn in, for the window and for exported pictures alike.

/// An sRGB colour.
pub type Rgb = [u8; 3];

/// From 0 outwards: neutral, half way, all the way.
struct Diverging {
    neutral: Rgb,
    negative: [Rgb; 2],
    positive: [Rgb; 2],
}

const DARK: Diverging = Diverging {
    neutral: [23, 26, 32],
    negative: [[122, 78, 26], [255, 178, 74]],
    positive: [[38, 86, 132], [98, 180, 255]],
};
const LIGHT: Diverging = Diverging {
    neutral: [251, 252, 253],
    negative: [[250, 190, 110], [190, 88, 0]],
    positive: [[128, 190, 240], [0, 84, 160]],
};

/// The map of signed values: `t` in [−1, 1], orange below 0, neutral at 0, blue above; not finite is 0. Blue and orange
/// are told apart by any eye, and lightness changes steadily away from 0, so that it survives a print in grey.
pub fn diverging(t: f32, dark: bool) -> Rgb {
    let map = if dark { &DARK } else { &LIGHT };
    let t = if t.is_finite() {
        t.clamp(-1.0, 1.0)
    } else {
        0.0
    };
    let [half, full] = if t < 0.0 { map.negative } else { map.positive };
    let size = t.abs();
    if size < 0.5 {
        mix(map.neutral, half, 2.0 * size)
    } else {
        mix(half, full, 2.0 * size - 1.0)
    }
}

/// The map of brightness: `t` in [0, 1], black to white; not finite is black.
pub fn grey(t: f32) -> Rgb {
    let t = if t.is_finite() {
        t.clamp(0.0, 1.0)
    } else {
        0.0
    };
    [(t * 255.0).round() as u8; 3]
}

/// Signed values of red, green and blue, each in [−1, 1], about a middle grey: what a feature in colour looks for.
pub fn signed_colour(values: [f32; 3]) -> Rgb {
    values.map(|t| {
        let t = if t.is_finite() { t } else { 0.0 };
        ((t.clamp(-1.0, 1.0) + 1.0) * 127.5).round() as u8
    })
}

/// Brightness of red, green and blue, each in [0, 1].
pub fn colour(values: [f32; 3]) -> Rgb {
    values.map(|t| grey(t)[0])
}

fn mix(from: Rgb, to: Rgb, t: f32) -> Rgb {
    std::array::from_fn(|channel| {
        let (from, to) = (f32::from(from[channel]), f32::from(to[channel]));
        (from + (to - from) * t).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma([r, g, b]: Rgb) -> f32 {
        0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b)
    }

    #[test]
    fn zero_is_neutral_and_lightness_moves_one_way_from_it() {
        for dark in [false, true] {
            let neutral = diverging(0.0, dark);
            assert!(neutral.iter().max().unwrap() - neutral.iter().min().unwrap() < 12);
            for sign in [-1.0, 1.0] {
                let lightness: Vec<f32> = (0..=20)
                    .map(|step| luma(diverging(sign * step as f32 / 20.0, dark)))
                    .collect();
                assert!(
                    lightness.windows(2).all(|pair| (pair[1] > pair[0]) == dark),
                    "{lightness:?}"
                );
            }
            let ([low_red, _, low_blue], [high_red, _, high_blue]) =
                (diverging(-1.0, dark), diverging(1.0, dark));
            assert!(low_red > low_blue && high_blue > high_red);
            assert_eq!(diverging(f32::NAN, dark), neutral);
            assert_eq!(diverging(7.0, dark), diverging(1.0, dark));
        }
    }

    #[test]
    fn grey_runs_from_black_to_white() {
        assert_eq!(
            [grey(-1.0), grey(0.5), grey(2.0), grey(f32::NAN)],
            [[0; 3], [128; 3], [255; 3], [0; 3]]
        );
    }
}
