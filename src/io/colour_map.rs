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

/// From little to much, at equal steps: viridis (S. van der Walt & N. Smith, 2015; CC0).
const SEQUENTIAL: [Rgb; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

/// The map of amounts: `t` in [0, 1], dark violet to yellow; not finite is 0. Lightness grows steadily, so that it
/// survives a print in grey, and any eye tells its colours apart.
pub fn sequential(t: f32) -> Rgb {
    let t = if t.is_finite() {
        t.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let steps = (SEQUENTIAL.len() - 1) as f32;
    let index = ((t * steps) as usize).min(SEQUENTIAL.len() - 2);
    mix(
        SEQUENTIAL[index],
        SEQUENTIAL[index + 1],
        t * steps - index as f32,
    )
}

/// How light a colour looks, from 0 to 255.
pub fn lightness([red, green, blue]: Rgb) -> f32 {
    0.2126 * f32::from(red) + 0.7152 * f32::from(green) + 0.0722 * f32::from(blue)
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

    #[test]
    fn zero_is_neutral_and_lightness_moves_one_way_from_it() {
        for dark in [false, true] {
            let neutral = diverging(0.0, dark);
            assert!(neutral.iter().max().unwrap() - neutral.iter().min().unwrap() < 12);
            for sign in [-1.0, 1.0] {
                let lightness: Vec<f32> = (0..=20)
                    .map(|step| lightness(diverging(sign * step as f32 / 20.0, dark)))
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
    fn amounts_grow_lighter_all_the_way() {
        let all: Vec<f32> = (0..=100)
            .map(|step| lightness(sequential(step as f32 / 100.0)))
            .collect();
        assert!(all.windows(2).all(|pair| pair[1] > pair[0]), "{all:?}");
        assert_eq!(sequential(f32::NAN), SEQUENTIAL[0]);
        assert_eq!(sequential(2.0), SEQUENTIAL[8]);
    }

    #[test]
    fn grey_runs_from_black_to_white() {
        assert_eq!(
            [grey(-1.0), grey(0.5), grey(2.0), grey(f32::NAN)],
            [[0; 3], [128; 3], [255; 3], [0; 3]]
        );
    }
}
