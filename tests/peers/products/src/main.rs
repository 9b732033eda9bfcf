//! The lab's matrix products beside those of the crates `gemm` and `matrixmultiply`, shape by shape, in f32 on one thread.
//!
//! The shapes are those of a training step: Z = X·Wᵀ and the like, and the gradients' Δᵀ·X. Everything that a product takes
//! is timed, packing too. `cargo run --release` in this folder, or `tests/long products`.

use std::time::Instant;

use sae_lab::numerics::kernels::HasKernels;
use sae_lab::numerics::{AlignedBuffer, KernelPath, Kernels, Left, Right, Start};

/// (rows of C, columns of C, depth) and whether A is transposed in memory.
const SHAPES: [((usize, usize, usize), bool); 16] = [
    ((10_000, 25, 64), false),
    ((10_000, 64, 25), false),
    ((25, 64, 10_000), true),
    ((10_000, 196, 784), false),
    ((10_000, 784, 196), false),
    ((196, 784, 10_000), true),
    ((10_000, 400, 144), false),
    ((10_000, 144, 400), false),
    ((400, 144, 10_000), true),
    ((100, 196, 784), false),
    ((100, 784, 196), false),
    ((196, 784, 100), true),
    ((50, 49, 64), false),
    ((50, 64, 49), false),
    ((49, 64, 50), true),
    ((960, 768, 768), false),
];
/// At least so long, and at least so often.
const SECONDS: f64 = 0.4;
const TIMES: usize = 7;

fn main() {
    let kernels = f32::kernels(KernelPath::best());
    println!(
        "{} kernels, f32, one thread, GFLOP/s of the best run\n",
        kernels.path()
    );
    println!(
        "| rows × columns × depth | A | sae-lab | gemm | matrixmultiply | sae-lab ÷ best other |"
    );
    println!("|---|---|---|---|---|---|");
    for ((m, n, k), across) in SHAPES {
        let a: Vec<f32> = (0..m * k).map(|i| (i % 13) as f32 / 13.0 - 0.4).collect();
        let columns = kernels.padded(n);
        let dense: Vec<f32> = (0..k * n).map(|i| (i % 11) as f32 / 11.0 - 0.5).collect();
        let mut b = AlignedBuffer::new(k * columns);
        for (to, from) in b.chunks_exact_mut(columns).zip(dense.chunks_exact(n)) {
            to[..n].copy_from_slice(from);
        }
        let mut own = AlignedBuffer::new(m * columns);
        let mut packed = AlignedBuffer::new(kernels.packed_length(k, n));
        let mut other = vec![0.0f32; m * n];
        let flops = 2.0 * (m * n * k) as f64;
        let speed = |seconds: f64| flops / seconds / 1e9;

        let lab = speed(least(|| {
            if across {
                gradient(kernels, (m, n, k), (&a, &b), &mut own);
            } else {
                forward(kernels, (m, n, k), (&a, &dense), &mut packed, &mut own);
            }
        }));
        let (row, column) = if across { (1, m) } else { (k, 1) };
        let gemm = speed(least(|| {
            with_gemm((m, n, k), (&a, row, column), &dense, &mut other)
        }));
        check(&own, columns, &other, n);
        let peer = speed(least(|| {
            with_matrixmultiply((m, n, k), (&a, row, column), &dense, &mut other)
        }));
        check(&own, columns, &other, n);
        println!(
            "| {m} × {n} × {k} | {} | {lab:.1} | {gemm:.1} | {peer:.1} | **{:.2}** |",
            if across { "by columns" } else { "by rows" },
            lab / gemm.max(peer)
        );
    }
}

/// Samples or rows that are gone through at a time, as the engine does.
const BLOCK: usize = 240;

/// Z = X·B: B is packed, and the samples are gone through in blocks.
fn forward(
    kernels: &Kernels<f32>,
    (m, n, k): (usize, usize, usize),
    (a, b): (&[f32], &[f32]),
    packed: &mut [f32],
    c: &mut [f32],
) {
    let columns = kernels.padded(n);
    kernels.pack(b, k, n, packed);
    for from in (0..m).step_by(BLOCK) {
        let rows = BLOCK.min(m - from);
        let block = Left::plain(&a[from * k..], k);
        let start = Start::Zero;
        kernels.multiply(
            (rows, n, k),
            block,
            Right::Panels(packed),
            start,
            &mut c[from * columns..],
            columns,
        );
    }
}

/// Δᵀ·X: a block of samples at a time, added to what there is.
fn gradient(
    kernels: &Kernels<f32>,
    (m, n, k): (usize, usize, usize),
    (a, b): (&[f32], &[f32]),
    c: &mut [f32],
) {
    let stride = kernels.padded(n);
    for (place, from) in (0..k).step_by(BLOCK).enumerate() {
        let depth = BLOCK.min(k - from);
        let start = if place == 0 { Start::Zero } else { Start::Add };
        let values = &b[from * stride..];
        let block = Left::transposed(&a[from * m..], m);
        kernels.multiply(
            (m, stride, depth),
            block,
            Right::Rows { values, stride },
            start,
            c,
            stride,
        );
    }
}

/// A matrix with the distance of its rows and of its columns.
type Matrix<'a> = (&'a [f32], usize, usize);

fn with_gemm(
    (m, n, k): (usize, usize, usize),
    (a, row, column): Matrix<'_>,
    b: &[f32],
    c: &mut [f32],
) {
    // SAFETY: A is m × k with these distances, B k × n and C m × n, all as long as that
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            false,
            a.as_ptr(),
            column as isize,
            row as isize,
            b.as_ptr(),
            1,
            n as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

fn with_matrixmultiply(
    (m, n, k): (usize, usize, usize),
    (a, row, column): Matrix<'_>,
    b: &[f32],
    c: &mut [f32],
) {
    // SAFETY: as above
    unsafe {
        matrixmultiply::sgemm(
            m,
            k,
            n,
            1.0,
            a.as_ptr(),
            row as isize,
            column as isize,
            b.as_ptr(),
            n as isize,
            1,
            0.0,
            c.as_mut_ptr(),
            n as isize,
            1,
        );
    }
}

/// The least seconds that `work` takes.
fn least(mut work: impl FnMut()) -> f64 {
    work();
    let (start, mut least, mut times) = (Instant::now(), f64::INFINITY, 0);
    while times < TIMES || start.elapsed().as_secs_f64() < SECONDS {
        let begin = Instant::now();
        work();
        least = least.min(begin.elapsed().as_secs_f64());
        times += 1;
    }
    least
}

/// The same product was computed.
fn check(own: &[f32], stride: usize, other: &[f32], n: usize) {
    let rows = other.len() / n;
    let largest = other
        .iter()
        .fold(0.0f32, |largest, value| largest.max(value.abs()));
    for row in 0..rows {
        for column in 0..n {
            let (a, b) = (own[row * stride + column], other[row * n + column]);
            assert!(
                (a - b).abs() <= 1e-3 * largest,
                "row {row}, column {column}: {a} and {b}"
            );
        }
    }
}
