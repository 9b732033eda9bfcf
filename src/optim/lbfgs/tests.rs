//! Minima that are known, and points that stop it.

use super::super::line_search::{CURVATURE, DECREASE};
use super::*;

fn rosenbrock<T: Real>(x: &[T], gradient: &mut [T]) -> f64 {
    let x: Vec<f64> = x.iter().map(|x| x.f64()).collect();
    let mut sum = 0.0;
    let mut slopes = vec![0.0; x.len()];
    for i in 0..x.len() - 1 {
        let (bend, off) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
        sum += 100.0 * bend * bend + off * off;
        slopes[i] += -400.0 * x[i] * bend - 2.0 * off;
        slopes[i + 1] += 200.0 * bend;
    }
    for (to, slope) in gradient.iter_mut().zip(slopes) {
        *to = T::of(slope);
    }
    sum
}

#[test]
fn rosenbrock_is_solved_and_every_step_meets_strong_wolfe() {
    let mut lbfgs = Lbfgs::new(10);
    let mut x = vec![-1.2f64; 10];
    let mut evaluations = 0;
    for iteration in 0..200 {
        let old = x.clone();
        let mut old_gradient = vec![0.0; 10];
        let before = rosenbrock(&old, &mut old_gradient);
        let progress = lbfgs.step(&mut x, rosenbrock);
        evaluations += progress.evaluations;
        if progress.stuck || progress.cost < 1e-25 {
            assert!(progress.cost < 1e-20, "{iteration}: {progress:?}");
            break;
        }
        let mut gradient = vec![0.0; 10];
        assert_eq!(rosenbrock(&x, &mut gradient), progress.cost);
        // with the step itself as the direction, its length is 1
        let moved: Vec<f64> = x.iter().zip(&old).map(|(new, old)| new - old).collect();
        let (slope, new_slope) = (dot(&old_gradient, &moved), dot(&gradient, &moved));
        assert!(slope < 0.0);
        assert!(
            progress.cost <= before + DECREASE * slope + 1e-13 * before,
            "{iteration}: {progress:?}"
        );
        assert!(
            new_slope.abs() <= CURVATURE * slope.abs() * (1.0 + 1e-9),
            "{iteration}: {progress:?}"
        );
    }
    assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{x:?}");
    assert!(evaluations < 150, "{evaluations}");
}

#[test]
fn f32_gets_as_far_as_its_rounding_and_then_says_so() {
    let mut lbfgs = Lbfgs::new(6);
    let mut x = vec![-1.2f32; 6];
    let mut progress = lbfgs.step(&mut x, rosenbrock);
    for _ in 0..500 {
        let before = progress.cost;
        progress = lbfgs.step(&mut x, rosenbrock);
        assert!(
            progress.cost <= before * (1.0 + 2e-6),
            "the cost never rises by more than rounding"
        );
        if progress.stuck {
            break;
        }
    }
    assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-3), "{x:?}");
}

#[test]
fn a_restart_or_a_moved_point_forgets_the_memory() {
    let mut lbfgs = Lbfgs::new(4);
    let mut x = vec![0.5f64; 4];
    for _ in 0..5 {
        lbfgs.step(&mut x, rosenbrock);
    }
    assert_eq!(lbfgs.corrections(), 5);
    lbfgs.restart();
    assert_eq!(lbfgs.corrections(), 0);
    lbfgs.step(&mut x, rosenbrock);
    lbfgs.step(&mut x, rosenbrock);
    assert_eq!(lbfgs.corrections(), 2);
    x[0] += 0.1;
    lbfgs.step(&mut x, rosenbrock);
    assert_eq!(lbfgs.corrections(), 1);
}

#[test]
fn a_cost_that_is_not_finite_moves_nothing() {
    let mut lbfgs = Lbfgs::new(2);
    let mut x = vec![1.0f64, 2.0];
    let progress = lbfgs.step(&mut x, |_, gradient| {
        gradient.fill(f64::NAN);
        f64::NAN
    });
    assert!(progress.stuck && x == [1.0, 2.0]);
}
