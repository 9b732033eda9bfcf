//! A step after the first allocates nothing: full batch and mini-batches, on one thread and on two.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, s};
use sae_lab::model::{
    Architecture, Engine, GradientForm, HiddenActivation, Objective, OptimizerKind,
    OutputActivation, Parameters,
};
use sae_lab::optim::{Lbfgs, Optimizer, Rate};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator, and counts
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations `work` makes.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    work();
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

const OBJECTIVE: Objective = Objective {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    weight_decay: 1e-4,
    gradient: GradientForm::Exact,
};

// One test: a second one running beside it would be counted too.
#[test]
fn steps_after_the_first_allocate_nothing() {
    assert!(
        allocations(|| drop(std::hint::black_box(vec![1u8; 100]))) > 0,
        "the counter counts"
    );
    // n is no multiple of a vector, and all are split over the threads; the smallest batches by columns
    for shape in [(67, 25, 3_000), (201, 190, 300)] {
        steps_allocate_nothing(shape);
    }
}

fn steps_allocate_nothing((n, h, m): (usize, usize, usize)) {
    let samples = Array2::from_shape_fn((m, n), |(i, j)| {
        0.1 + 0.8 * ((i * 31 + j * 17) % 101) as f32 / 101.0
    });
    let architecture = Architecture {
        inputs: n,
        hidden: h,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    for threads in [1, 2] {
        for batch in [m, m / 3, m / 30] {
            let mut engine = Engine::new(architecture, threads);
            let mut parameters = Parameters::initial(n, h, 1);
            let mut gradient = Parameters::zeros(n, h);
            let mut units = Vec::new();
            for kind in [
                OptimizerKind::Descent,
                OptimizerKind::Momentum,
                OptimizerKind::Adam,
            ] {
                let mut optimizer = Optimizer::new(kind, parameters.flat().len());
                let mut epoch = || {
                    for start in (0..m).step_by(batch) {
                        let rows = samples.slice(s![start..start + batch, ..]);
                        engine.cost_and_gradient(&parameters, rows, &OBJECTIVE, &mut gradient);
                        optimizer.update_in_shares(
                            parameters.flat_mut(),
                            gradient.flat(),
                            Rate {
                                learning_rate: 0.1,
                                momentum: 0.9,
                            },
                            engine.shares(),
                        );
                    }
                    engine.measure(&parameters, samples.view(), 1.0, &OBJECTIVE, &mut units);
                };
                epoch();
                // what the steps allocate they allocate every time; the tests' own main thread may do so once
                let counted = (0..5).map(|_| allocations(|| (0..3).for_each(|_| epoch())));
                let count = counted.min().unwrap_or(usize::MAX);
                assert_eq!(count, 0, "{threads} threads, batches of {batch}, {kind:?}");
            }
        }
        let mut engine = Engine::new(architecture, threads);
        let mut parameters = Parameters::<f32>::initial(n, h, 1);
        let mut lbfgs = Lbfgs::new(parameters.flat().len());
        let mut iteration = || {
            lbfgs.step(parameters.flat_mut(), |at, gradient| {
                engine
                    .cost_and_gradient_flat(at, samples.view(), &OBJECTIVE, gradient)
                    .total()
            })
        };
        // its memory fills first
        for _ in 0..25 {
            iteration();
        }
        let count = allocations(|| {
            for _ in 0..5 {
                iteration();
            }
        });
        assert_eq!(count, 0, "L-BFGS, {threads} threads");
    }
}
