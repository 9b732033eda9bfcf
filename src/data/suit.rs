//! What suits values that a file brings unscaled: of a window, where a person sees what is suggested, and not of scripts,
//! which rely on arrays as they stand.

use super::found::{Content, Values};
use super::smooth::are_curves;
use super::stationary::{Patches, patches};
use super::{Found, Preparation, SampleShape, Scaling};

/// A set of fewer columns is a table, whose columns have units of their own.
pub const WIDEST_TABLE: usize = 64;

/// Whether names only say where columns are: "d0", "d1", … or the wavelengths of a spectrum or the hours of a day ("400.5",
/// "07:00 h"), a number in even steps between the same words. Such columns have one unit and no meaning of their own.
pub fn are_numbered(names: &[String]) -> bool {
    let parts = names.iter().map(|name| numbered(name));
    let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let [first, second, ..] = &parts[..] else {
        return false;
    };
    let step = second.number - first.number;
    // of decimals, as exact as they are written
    let near = |number: f64, place: usize| {
        let wanted = first.number + step * place as f64;
        (number - wanted).abs() <= 1e-6 * step.abs().max(wanted.abs())
    };
    step != 0.0
        && parts.iter().enumerate().all(|(place, part)| {
            (part.before, part.after) == (first.before, first.after) && near(part.number, place)
        })
}

/// A name around its first number; where there are several that vary, the others are of the words.
struct Numbered<'a> {
    before: &'a str,
    number: f64,
    after: &'a str,
}

fn numbered(name: &str) -> Option<Numbered<'_>> {
    let digit = |sign: char| sign.is_ascii_digit();
    let start = name.find(digit)?;
    let (before, rest) = name.split_at(start);
    let whole = rest.find(|sign| !digit(sign)).unwrap_or(rest.len());
    // a point with digits on both its sides
    let fraction = rest[whole..].strip_prefix('.').map_or(0, |after| {
        let digits = after.find(|sign| !digit(sign)).unwrap_or(after.len());
        if digits > 0 { 1 + digits } else { 0 }
    });
    let (number, after) = rest.split_at(whole + fraction);
    Some(Numbered {
        before,
        number: number.parse().ok()?,
        after,
    })
}

impl Found {
    /// What suits the values, and why, where it isn't what the source suggests.
    pub fn wanted(&self) -> Option<(Preparation, String)> {
        if self.are_raw_patches() {
            let why = "Each place is like any other, as in patches of larger pictures. What they vary in most is \
                       their brightness: the mean of each is taken away, so that edges are left.";
            return Some((Preparation::CONTRAST, why.to_owned()));
        }
        let (scaling, why) = self.wanted_scaling()?;
        let preparation = Preparation {
            scaling,
            ..self.suggested
        };
        let why =
            format!("A sigmoid output reaches 0 to 1 alone, so a scaling is suggested: {why}.");
        Some((preparation, why))
    }

    fn are_raw_patches(&self) -> bool {
        let Content::Samples { values, shape } = &self.content else {
            return false;
        };
        let found = match values {
            Values::Bytes(array) => patches(array.view(), *shape),
            Values::F32(array) => patches(array.view(), *shape),
            Values::F64(array) => patches(array.view(), *shape),
        };
        found == Some(Patches::Raw)
    }

    /// The scaling that brings values within reach of a sigmoid output, and why it and no other; `None` where they are, or
    /// where the source says itself what is done to them.
    fn wanted_scaling(&self) -> Option<(Scaling, &'static str)> {
        let Content::Samples { values, shape } = &self.content else {
            return None;
        };
        if self.suggested != Preparation::NONE || matches!(values, Values::Bytes(_)) {
            return None;
        }
        let (low, high) = self.range();
        if (low >= 0.0 && high <= 1.0) || low >= high {
            return None;
        }
        let curves = || match values {
            Values::Bytes(_) => false,
            Values::F32(array) => are_curves(array.view()),
            Values::F64(array) => are_curves(array.view()),
        };
        Some(match shape {
            SampleShape::Image { .. } => (
                Scaling::Unit,
                "the same for every pixel, so that pictures stay as they look",
            ),
            SampleShape::Vector { .. } if curves() => (
                Scaling::Unit,
                "the same for every value, so that curves keep their shape",
            ),
            SampleShape::Vector { length } if *length < WIDEST_TABLE => (
                Scaling::UnitColumns,
                "column by column, since each may have a unit of its own",
            ),
            SampleShape::Vector { .. } => (
                Scaling::Clip,
                "less the outliers beyond three standard deviations, which would squeeze the rest",
            ),
        })
    }

    /// With that as the suggestion, in every format alike, and the reason among the notes.
    #[must_use]
    pub fn suited(mut self) -> Self {
        if let Some((preparation, why)) = self.wanted() {
            self.suggested = preparation;
            self.notes.push(why);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn numbered_columns_are_known_by_their_names() {
        let numbered = |names: &[&str]| {
            are_numbered(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        for names in [
            &["d0", "d1", "d2"][..],
            &["400", "405", "410"],
            &["x_09", "x_10"],
            &["850.0", "852.5", "855.0"],
            &["00:00 Uhr", "01:00 Uhr", "02:00 Uhr"],
            &["t1 (s)", "t2 (s)"],
        ] {
            assert!(numbered(names), "{names:?}");
        }
        for names in [
            &["d0", "e1"][..],
            &["a", "b"],
            &["1", "2", "4"],
            &["7", "7"],
            &["850.0", "852.5", "856"],
            &["1 m", "2 s"],
            &["x1.y1", "x1.y2"],
            &["x1"],
            &[],
        ] {
            assert!(!numbered(names), "{names:?}");
        }
    }

    fn suited(values: Array2<f64>, shape: SampleShape) -> Preparation {
        let content = Content::Samples {
            values: Values::F64(values),
            shape,
        };
        Found::new("a", content, "", Preparation::NONE)
            .suited()
            .suggested
    }

    #[test]
    fn each_kind_of_values_gets_its_scaling() {
        let grid = |columns: usize, scale: f64| {
            Array2::from_shape_fn((40, columns), |(row, column)| {
                scale * ((row * 31 + column * 17) % 23) as f64 / 22.0
            })
        };
        let vector = |length| SampleShape::Vector { length };
        assert_eq!(suited(grid(9, 1.0), vector(9)), Preparation::NONE);
        assert_eq!(
            suited(grid(9, 16.0), vector(9)).scaling,
            Scaling::UnitColumns
        );
        assert_eq!(suited(grid(100, 16.0), vector(100)).scaling, Scaling::Clip);
        assert_eq!(
            suited(grid(64, 255.0), SampleShape::grey(8, 8)).scaling,
            Scaling::Unit
        );
        let curves = Array2::from_shape_fn((40, 100), |(row, place)| {
            (place as f64 / 9.0 + row as f64).sin() * (1.0 + (row % 7) as f64)
        });
        assert_eq!(suited(curves, vector(100)).scaling, Scaling::Unit);
        // one value only: there is nothing to scale by
        let flat = Array2::from_elem((4, 9), 7.0);
        assert_eq!(suited(flat, vector(9)), Preparation::NONE);
    }
}
