//! What a lesson claims: a measure of a run, or of two, held against a number.

use std::fmt;

use super::error::{Spot, one_of};
use super::measure::Measure;

/// Of two runs that stand side by side, the first or the one beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    A,
    B,
}

/// A measure of one of the runs, at the step's end or at an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    pub side: Side,
    pub measure: Measure,
    pub epoch: Option<u64>,
}

/// A number that is taken from the runs: one measure, or the difference or the ratio of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    pub first: Point,
    pub other: Option<(Joint, Point)>,
}

/// What joins two measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    Minus,
    Over,
}

/// How a term is held against a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    Greater,
}

impl Comparison {
    /// The longer signs first, since the shorter begin them.
    const ALL: [(&'static str, Self); 5] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::Greater),
        ("=", Self::Equal),
    ];

    fn sign(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, comparison)| *comparison == self);
        known.map_or("", |(sign, _)| sign)
    }

    /// Whether it holds of `left` and `right`; of what is not a number nothing does.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::AtLeast => left >= right,
            Self::Greater => left > right,
        }
    }
}

/// What must hold for the lesson to be true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    pub left: Term,
    pub comparison: Comparison,
    pub right: f64,
    /// Where the lesson says it.
    pub spot: Spot,
}

/// What is wrong with a claim or a term: at which byte of it, and what is wanted.
pub(super) type Wrong = (usize, String);

impl Term {
    /// The points that it is made of.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        [Some(self.first), self.other.map(|(_, point)| point)]
            .into_iter()
            .flatten()
    }

    /// Its value, where `of` knows those of its points.
    pub fn value(&self, of: impl Fn(Point) -> Option<f64>) -> Option<f64> {
        let first = of(self.first)?;
        let value = match self.other {
            None => first,
            Some((Joint::Minus, other)) => first - of(other)?,
            Some((Joint::Over, other)) => first / of(other)?,
        };
        value.is_finite().then_some(value)
    }

    /// A value of it, as short as it tells.
    pub fn text(&self, value: f64) -> String {
        match self.other {
            None => self.first.measure.text(value),
            Some((Joint::Minus, _)) => self.first.measure.text(value),
            Some((Joint::Over, _)) => format!("{value:.2}"),
        }
    }

    /// `[a.|b.]MEASURE[@EPOCH]`, or two of them with ` - ` or ` / ` between.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let joints = [(" - ", Joint::Minus), (" / ", Joint::Over)];
        let joint = joints
            .into_iter()
            .find_map(|(sign, joint)| Some((text.find(sign)?, sign.len(), joint)));
        let Some((at, length, joint)) = joint else {
            return Ok(Self {
                first: Point::parse(text)?,
                other: None,
            });
        };
        let (before, after) = (text.get(..at), text.get(at + length..));
        let behind = |(place, wrong): Wrong| (at + length + place, wrong);
        let other = Point::parse(after.unwrap_or_default()).map_err(behind)?;
        Ok(Self {
            first: Point::parse(before.unwrap_or_default())?,
            other: Some((joint, other)),
        })
    }
}

impl Point {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let begin = text.len() - text.trim_start().len();
        let bare = text.trim();
        let (side, name) = match (bare.strip_prefix("a."), bare.strip_prefix("b.")) {
            (Some(name), _) => (Side::A, name),
            (_, Some(name)) => (Side::B, name),
            (None, None) => (Side::A, bare),
        };
        let begin = begin + bare.len() - name.len();
        let (name, epoch) = match name.split_once('@') {
            None => (name, None),
            Some((name, epoch)) => {
                let parsed = epoch.parse().ok().filter(|epoch| *epoch <= super::EPOCHS);
                let wrong = || {
                    let most = super::EPOCHS;
                    let wanted = format!(
                        "behind `@` stands an epoch, a whole number up to {most}, not `{epoch}`"
                    );
                    (begin + name.len() + 1, wanted)
                };
                (name, Some(parsed.ok_or_else(wrong)?))
            }
        };
        let measure = Measure::ALL.into_iter().find(|known| known.name() == name);
        let measure = measure.ok_or_else(|| {
            let known = one_of(Measure::ALL.map(Measure::name));
            (begin, format!("`{name}` is no measure: it is {known}"))
        })?;
        Ok(Self {
            side,
            measure,
            epoch,
        })
    }
}

/// TERM, a sign and a number: (the term, how it is compared, with what).
pub(super) fn parse(text: &str) -> Result<(Term, Comparison, f64), Wrong> {
    let found = Comparison::ALL
        .into_iter()
        .filter_map(|(sign, comparison)| Some((text.find(sign)?, sign, comparison)))
        .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())));
    let Some((at, sign, comparison)) = found else {
        let wanted = "a claim is a measure, one of < <= = >= >, and a number, such as `dead <= 2`";
        return Err((0, wanted.into()));
    };
    let (left, right) = (text.get(..at), text.get(at + sign.len()..));
    let right = right.unwrap_or_default();
    let number = right.trim().parse().ok().filter(|x: &f64| x.is_finite());
    let number = number.ok_or_else(|| {
        let place = at + sign.len() + right.len() - right.trim_start().len();
        let wanted = format!("behind `{sign}` stands a number, not `{}`", right.trim());
        (place, wanted)
    })?;
    Ok((Term::parse(left.unwrap_or_default())?, comparison, number))
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.side == Side::B {
            f.write_str("b.")?;
        }
        f.write_str(self.measure.name())?;
        match self.epoch {
            Some(epoch) => write!(f, "@{epoch}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        match self.other {
            None => Ok(()),
            Some((Joint::Minus, other)) => write!(f, " - {other}"),
            Some((Joint::Over, other)) => write!(f, " / {other}"),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.comparison.sign(), self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        let (left, comparison, right) = parse(text).unwrap();
        let spot = Spot { line: 1, column: 1 };
        Claim {
            left,
            comparison,
            right,
            spot,
        }
        .to_string()
    }

    #[test]
    fn claims_read_as_they_are_written() {
        for text in [
            "bars >= 15",
            "b.bars = 0",
            "fvu < 0.05",
            "fvu@160 - fvu@60 > 0.05",
            "lambda_c / b.lambda_c <= 2",
        ] {
            assert_eq!(again(text), text);
        }
        assert_eq!(again(" a.dead<=2 "), "dead <= 2");
        assert_eq!(again("fvu < -1e-3"), "fvu < -0.001");
    }

    #[test]
    fn a_broken_claim_says_where_and_what_is_wanted() {
        for (text, at, word) in [
            ("bars", 0, "a claim is"),
            ("bras >= 3", 0, "`bras` is no measure"),
            ("a.fvu - b.fuv > 1", 10, "`fuv` is no measure"),
            ("fvu@x < 1", 4, "an epoch"),
            ("fvu@99999999 < 1", 4, "an epoch"),
            ("fvu <  many", 7, "a number"),
            ("fvu < inf", 6, "a number"),
        ] {
            let (place, message) = parse(text).unwrap_err();
            assert!(message.contains(word), "{text}: {message}");
            assert_eq!(place, at, "{text}: {message}");
        }
    }

    #[test]
    fn terms_join_two_values_and_are_nothing_where_one_is_missing() {
        let term = |text| Term::parse(text).unwrap();
        let known = |point: Point| match (point.side, point.epoch) {
            (Side::A, None) => Some(6.0),
            (Side::B, None) => Some(4.0),
            (_, Some(1)) => Some(0.0),
            (_, Some(_)) => None,
        };
        assert_eq!(term("fvu - b.fvu").value(known), Some(2.0));
        assert_eq!(term("fvu / b.fvu").value(known), Some(1.5));
        assert_eq!(term("fvu / fvu@1").value(known), None);
        assert_eq!(term("fvu@2").value(known), None);
    }
}
