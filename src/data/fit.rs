//! One picture brought to the size of a sample.

use super::Picture;

impl Picture {
    /// The middle of the picture in the proportions of `rows` × `columns`, each value the mean over the area that it
    /// covers: rows · columns · channels values. Colour becomes Rec. 601 luma where `channels` is 1, grey three alike
    /// where it is 3.
    pub fn fitted(&self, rows: usize, columns: usize, channels: usize) -> Vec<f32> {
        let grey;
        let (values, own): (&[f32], usize) = if channels < self.channels {
            grey = self.luma();
            (&grey, 1)
        } else {
            (&self.values, self.channels)
        };
        let (height, width) = (self.rows as f64, self.columns as f64);
        // source pixels to one of the sample's, the same both ways
        let scale = (height / rows as f64).min(width / columns as f64);
        let top = (height - scale * rows as f64) / 2.0;
        let left = (width - scale * columns as f64) / 2.0;
        let down: Vec<Vec<(usize, f64)>> = shares(top, scale, rows, self.rows);
        let across = shares(left, scale, columns, self.columns);
        let mut fitted = Vec::with_capacity(rows * columns * channels);
        for vertical in &down {
            for horizontal in &across {
                for channel in 0..channels {
                    let channel = channel.min(own - 1);
                    let (mut sum, mut area) = (0.0, 0.0);
                    for (y, height) in vertical {
                        for (x, width) in horizontal {
                            let value = values[(y * self.columns + x) * own + channel];
                            sum += f64::from(value) * height * width;
                            area += height * width;
                        }
                    }
                    fitted.push((sum / area) as f32);
                }
            }
        }
        fitted
    }
}

/// Which of `length` source pixels lie under each of `count` cells of `scale` pixels from `start` on, and how much of
/// each.
fn shares(start: f64, scale: f64, count: usize, length: usize) -> Vec<Vec<(usize, f64)>> {
    (0..count)
        .map(|cell| {
            let from = start + scale * cell as f64;
            let to = from + scale;
            let first = (from.floor().max(0.0) as usize).min(length - 1);
            let last = (to.ceil() as usize).clamp(first + 1, length);
            (first..last)
                .map(|pixel| {
                    let covered = to.min(pixel as f64 + 1.0) - from.max(pixel as f64);
                    (pixel, covered.max(1e-12)) // never an area of 0
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_picture_is_averaged_and_its_middle_taken() {
        // 4 × 6, the outer columns aside: each cell of 2 × 2 the mean of four
        let values: Vec<f32> = (0..24).map(|i| i as f32).collect();
        let picture = Picture::grey("x", 4, 6, values);
        let fitted = picture.fitted(2, 2, 1);
        assert_eq!(fitted, [4.5, 6.5, 16.5, 18.5]);
        assert_eq!(picture.fitted(4, 6, 1), picture.values);
    }

    #[test]
    fn a_smaller_picture_is_enlarged_and_grey_becomes_colour() {
        let picture = Picture::grey("x", 1, 1, vec![0.25]);
        assert!(picture.fitted(3, 5, 3).iter().all(|value| *value == 0.25));
        let half = Picture::grey("x", 2, 2, vec![0.0, 1.0, 0.0, 1.0]);
        assert_eq!(half.fitted(1, 4, 1), [0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn colour_becomes_luma_for_grey_samples() {
        let picture = Picture {
            file: "x".into(),
            rows: 1,
            columns: 2,
            channels: 3,
            values: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        };
        let fitted = picture.fitted(1, 2, 1);
        assert!((fitted[0] - 0.299).abs() < 1e-6 && (fitted[1] - 0.587).abs() < 1e-6);
        assert_eq!(picture.fitted(1, 2, 3), picture.values);
    }
}
