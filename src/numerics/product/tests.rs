//! Products of small whole numbers, which are exact.

use super::super::KernelPath;
use super::*;

fn numbers<T: Real>(count: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(2_654_435_769).wrapping_add(12_345);
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // small integers: every product and sum below is exact in both precisions
            T::of(((state >> 40) % 9) as f64 - 4.0)
        })
        .collect()
}

/// Every shape, orientation and start, exactly, and nothing written outside C's columns.
fn products_are_exact<T: Real>() {
    for &path in KernelPath::available() {
        let kernels = T::kernels(path);
        for (m, n, k) in [
            (1, 1, 1),
            (25, 64, 30),
            (13, 25, 7),
            (9, 49, 17),
            (31, 3, 5),
            (8, 100, 1),
            (5, 7, 0),
        ] {
            let padded = kernels.padded(n);
            let a = numbers::<T>(m * k, 1);
            let a_across: Vec<T> = (0..k * m).map(|at| a[(at % m) * k + at / m]).collect();
            let b = numbers::<T>(k * n, 2);
            let mut b_rows = vec![T::of(99.0); k * padded];
            for (to, from) in b_rows.chunks_mut(padded).zip(b.chunks(n)) {
                to[..n].copy_from_slice(from);
            }
            let b_transposed: Vec<T> = (0..n * k).map(|at| b[(at % k) * n + at / k]).collect();
            let mut packed = vec![T::of(77.0); kernels.packed_length(k, n)];
            let mut packed_transposed = packed.clone();
            kernels.pack(&b, k, n, &mut packed);
            kernels.pack_transposed(&b_transposed, k, n, &mut packed_transposed);
            assert_eq!(packed, packed_transposed);
            let d = numbers::<T>(m * n, 3);
            let stride = n + 2;
            for a in [Left::plain(&a, k), Left::transposed(&a_across, m)] {
                for b_now in [
                    Right::Rows {
                        values: &b_rows,
                        stride: padded,
                    },
                    Right::Panels(&packed),
                ] {
                    for (which, start) in [
                        Start::Zero,
                        Start::Row(&d[..n]),
                        Start::Scaled {
                            values: &d,
                            stride: n,
                            scale: T::of(2.0),
                        },
                        Start::Add,
                    ]
                    .into_iter()
                    .enumerate()
                    {
                        let before = numbers::<T>(m * stride, 4);
                        let mut c = before.clone();
                        kernels.multiply((m, n, k), a, b_now, start, &mut c, stride);
                        for i in 0..m {
                            for j in 0..stride {
                                let at = i * stride + j;
                                if j >= n {
                                    assert_eq!(
                                        c[at], before[at],
                                        "{path} wrote beyond C's columns"
                                    );
                                    continue;
                                }
                                let from = match which {
                                    0 => T::zero(),
                                    1 => d[j],
                                    2 => d[i * n + j] * T::of(2.0),
                                    _ => before[at],
                                };
                                let sum: T = (0..k).map(|t| a_at(&a, i, t) * b[t * n + j]).sum();
                                assert_eq!(
                                    c[at],
                                    from + sum,
                                    "{path} {m}×{n}×{k} start {which} at {i},{j}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

fn a_at<T: Real>(a: &Left<'_, T>, i: usize, k: usize) -> T {
    if a.across {
        a.values[k * a.stride + i]
    } else {
        a.values[i * a.stride + k]
    }
}

#[test]
fn products_are_exact_on_every_path() {
    products_are_exact::<f32>();
    products_are_exact::<f64>();
}

#[test]
fn panels_cover_all_vectors_and_leave_no_single_one() {
    for vectors in 0..40 {
        let cut: Vec<Panel> = panels(vectors).collect();
        let mut next = 0;
        for panel in &cut {
            assert_eq!(panel.first, next);
            next += panel.vectors;
        }
        assert_eq!(next, vectors);
        assert!(vectors == 1 || cut.iter().all(|panel| panel.vectors > 1));
    }
}
