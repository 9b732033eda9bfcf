//! A step length that meets the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6).
//!
//! Sufficient decrease, φ(α) ≤ φ(0) + c₁αφ′(0), and curvature, |φ′(α)| ≤ c₂|φ′(0)|. Near a minimum φ(α) − φ(0) is lost
//! in the rounding of φ; there the decrease is read off the slopes instead (Hager & Zhang 2005, the approximate Wolfe
//! conditions): φ′(α) ≤ (2c₁′ − 1)φ′(0), with φ(α) within rounding of φ(0).

/// c₁
pub const DECREASE: f64 = 1e-4;
/// c₂
pub const CURVATURE: f64 = 0.9;
/// c₁′ of the approximate conditions
const APPROXIMATE_DECREASE: f64 = 0.1;
/// The most evaluations of one search.
pub const MOST_EVALUATIONS: usize = 25;

/// φ at one step length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// α
    pub step: f64,
    /// φ(α)
    pub value: f64,
    /// φ′(α)
    pub slope: f64,
}

/// Which conditions a step length meets, given φ at 0.
#[derive(Clone, Copy, Debug)]
pub struct Wolfe {
    pub start: Point,
    /// What rounding can do to φ, absolute.
    pub rounding: f64,
}

impl Wolfe {
    fn decreases(&self, point: &Point) -> bool {
        let exactly = point.value <= self.start.value + DECREASE * point.step * self.start.slope;
        let within_rounding = (point.value - self.start.value).abs() <= self.rounding
            && point.slope <= (2.0 * APPROXIMATE_DECREASE - 1.0) * self.start.slope;
        exactly || within_rounding
    }

    /// Both conditions.
    pub fn holds(&self, point: &Point) -> bool {
        self.decreases(point) && point.slope.abs() <= CURVATURE * self.start.slope.abs()
    }
}

/// Searches from `start` (α = 0, slope < 0), `first` > 0 the first length tried; `evaluate(α)` gives φ and φ′, any of
/// them possibly not finite. The last point evaluated is the one returned.
///
/// `None` where [`MOST_EVALUATIONS`] don't find one.
pub fn search(
    wolfe: &Wolfe,
    first: f64,
    mut evaluate: impl FnMut(f64) -> (f64, f64),
) -> Option<Point> {
    let start = wolfe.start;
    let mut left = MOST_EVALUATIONS;
    let mut at = |step: f64| {
        left = left.checked_sub(1)?;
        let (value, slope) = evaluate(step);
        // a step into the wild counts as infinitely bad
        let finite = value.is_finite() && slope.is_finite();
        Some(if finite {
            Point { step, value, slope }
        } else {
            Point {
                step,
                value: f64::INFINITY,
                slope: f64::INFINITY,
            }
        })
    };
    let mut previous = start;
    let mut step = first;
    loop {
        let point = at(step)?;
        if wolfe.holds(&point) {
            return Some(point);
        }
        let worse = previous.step > 0.0
            && point.value >= previous.value
            && point.value > start.value + wolfe.rounding;
        if !wolfe.decreases(&point) || worse {
            return zoom(wolfe, previous, point, &mut at);
        }
        if point.slope >= 0.0 {
            return zoom(wolfe, point, previous, &mut at);
        }
        // still downhill: extrapolate, 1.5 to 6 times as far
        let guess = cubic_minimum(&previous, &point).unwrap_or(f64::INFINITY);
        previous = point;
        step = guess.clamp(1.5 * point.step, 6.0 * point.step);
    }
}

/// Narrows a bracket whose `low` end decreases φ the most, with φ′(low)·(high − low) < 0.
fn zoom(
    wolfe: &Wolfe,
    mut low: Point,
    mut high: Point,
    at: &mut impl FnMut(f64) -> Option<Point>,
) -> Option<Point> {
    let mut last_width = f64::INFINITY;
    loop {
        let (from, to) = (low.step.min(high.step), low.step.max(high.step));
        let width = to - from;
        let middle = 0.5 * (from + to);
        // bisect where interpolation doesn't shrink the bracket by a third, or there's nothing to interpolate
        let step = match cubic_minimum(&low, &high) {
            Some(guess) if width <= 0.66 * last_width => {
                guess.clamp(from + 0.1 * width, to - 0.1 * width)
            }
            _ if high.value.is_infinite() => low.step + 0.1 * (high.step - low.step),
            _ => middle,
        };
        last_width = width;
        let point = at(step)?;
        if wolfe.holds(&point) {
            return Some(point);
        }
        let worse = point.value >= low.value && point.value > wolfe.start.value + wolfe.rounding;
        if !wolfe.decreases(&point) || worse {
            high = point;
        } else {
            if point.slope * (high.step - low.step) >= 0.0 {
                high = low;
            }
            low = point;
        }
    }
}

/// Where the cubic through both values and slopes has its minimum (Nocedal & Wright, equation 3.59).
fn cubic_minimum(a: &Point, b: &Point) -> Option<f64> {
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
    let d2 = (d1 * d1 - a.slope * b.slope)
        .sqrt()
        .copysign(b.step - a.step);
    let step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    step.is_finite().then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(phi: impl Fn(f64) -> (f64, f64), first: f64) -> usize {
        let (value, slope) = phi(0.0);
        let wolfe = Wolfe {
            start: Point {
                step: 0.0,
                value,
                slope,
            },
            rounding: 0.0,
        };
        let mut evaluations = 0;
        let point = search(&wolfe, first, |step| {
            evaluations += 1;
            phi(step)
        })
        .expect("a step length");
        assert!(
            point.value <= value + DECREASE * point.step * slope,
            "{point:?}"
        );
        assert!(point.slope.abs() <= CURVATURE * slope.abs(), "{point:?}");
        evaluations
    }

    /// Moré & Thuente's (1994) test functions 1 to 3, from steps far too short to far too long.
    #[test]
    fn strong_wolfe_holds_from_any_first_step() {
        for first in [1e-3, 1e-1, 1.0, 1e1, 1e3] {
            check(
                |a| (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2)),
                first,
            );
            let b: f64 = 0.004;
            check(
                |a| {
                    (
                        (a + b).powi(5) - 2.0 * (a + b).powi(4),
                        5.0 * (a + b).powi(4) - 8.0 * (a + b).powi(3),
                    )
                },
                first,
            );
            let pi = std::f64::consts::PI;
            check(
                |a| {
                    let (b, l) = (0.01, 39.0);
                    let smooth = match a {
                        _ if a <= 1.0 - b => (1.0 - a, -1.0),
                        _ if a >= 1.0 + b => (a - 1.0, 1.0),
                        _ => ((a - 1.0).powi(2) / (2.0 * b) + b / 2.0, (a - 1.0) / b),
                    };
                    let wave = 2.0 * (1.0 - b) / (l * pi) * (l * pi / 2.0 * a).sin();
                    (
                        smooth.0 + wave,
                        smooth.1 + (1.0 - b) * (l * pi / 2.0 * a).cos(),
                    )
                },
                first,
            );
        }
    }

    #[test]
    fn a_step_into_the_wild_comes_back() {
        let evaluations = check(
            |a| {
                if a > 1.0 {
                    (f64::NAN, f64::NAN)
                } else {
                    ((a - 0.3).powi(2), 2.0 * (a - 0.3))
                }
            },
            100.0,
        );
        assert!(evaluations <= 8, "{evaluations}");
    }

    #[test]
    fn a_search_that_cannot_succeed_ends() {
        let wolfe = Wolfe {
            start: Point {
                step: 0.0,
                value: 0.0,
                slope: -1.0,
            },
            rounding: 0.0,
        };
        let mut count = 0;
        assert_eq!(search(&wolfe, 1.0, |_| (count += 1, (1.0, -1.0)).1), None);
        assert_eq!(count, MOST_EVALUATIONS);
        // unbounded below: no step is long enough
        assert_eq!(search(&wolfe, 1.0, |a| (-a, -1.0)), None);
    }
}
