//! One bench a kernel, on the shapes of the workloads.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sae_lab::numerics::kernels::HasKernels;
use sae_lab::numerics::{AlignedBuffer, Curve, KernelPath, Left, Right, Start};

fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product");
    for &path in KernelPath::available() {
        let kernels = f32::kernels(path);
        for (m, n, k) in [
            (480, 25, 64),
            (480, 64, 25),
            (120, 196, 784),
            (120, 784, 196),
            (960, 768, 768),
        ] {
            let columns = kernels.padded(n);
            let a = vec![0.5f32; m * k];
            let mut b = AlignedBuffer::new(k * columns);
            b.fill(0.25);
            let mut c = AlignedBuffer::new(m * columns);
            group.throughput(Throughput::Elements(2 * (m * n * k) as u64));
            group.bench_function(format!("{path} {m}x{n}x{k}, A by rows"), |bencher| {
                bencher.iter(|| {
                    let a = Left::plain(&a, k);
                    kernels.multiply(
                        (m, columns, k),
                        a,
                        Right::Panels(&b),
                        Start::Zero,
                        &mut c,
                        columns,
                    );
                });
            });
            group.bench_function(format!("{path} {m}x{n}x{k}, A by columns"), |bencher| {
                bencher.iter(|| {
                    let b = Right::Rows {
                        values: &b,
                        stride: columns,
                    };
                    kernels.multiply(
                        (m, columns, k),
                        Left::transposed(&a, m),
                        b,
                        Start::Add,
                        &mut c,
                        columns,
                    );
                });
            });
        }
    }
    group.finish();
}

fn passes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pass");
    for &path in KernelPath::available() {
        let kernels = f32::kernels(path);
        let (rows, stride) = (32, 256);
        group.throughput(Throughput::Elements((rows * stride) as u64));
        let mut z = AlignedBuffer::new(rows * stride);
        let mut slope = AlignedBuffer::new(rows * stride);
        let x = vec![0.3f32; rows * stride];
        let sparsity = vec![0.1f32; stride];
        let (mut p, mut q) = (vec![0.0f32; stride], vec![0.0f32; stride]);
        for curve in [Curve::Sigmoid, Curve::Tanh] {
            group.bench_function(format!("{path} hidden {curve:?}"), |bencher| {
                bencher
                    .iter(|| kernels.hidden(curve, stride, &mut z, &mut slope, (&mut p, &mut q)));
            });
        }
        for curve in [Curve::Sigmoid, Curve::Tanh, Curve::Linear] {
            group.bench_function(format!("{path} output {curve:?}"), |bencher| {
                bencher.iter(|| {
                    kernels.output(
                        curve,
                        (stride, stride),
                        &mut z,
                        &x,
                        stride,
                        1e-2,
                        (&mut p, &mut q),
                    )
                });
            });
        }
        group.bench_function(format!("{path} hidden delta"), |bencher| {
            bencher.iter(|| {
                z.fill(0.5);
                kernels.hidden_delta(false, stride, &mut z, &slope, &sparsity, &mut p);
            });
        });
    }
    group.finish();
}

fn packing(criterion: &mut Criterion) {
    let kernels = f32::kernels(KernelPath::best());
    let weights = vec![0.5f32; 196 * 784];
    let mut packed = AlignedBuffer::new(kernels.packed_length(784, 196));
    let mut group = criterion.benchmark_group("pack");
    group.throughput(Throughput::Elements(weights.len() as u64));
    group.bench_function("transposed", |bencher| {
        bencher.iter(|| kernels.pack_transposed(&weights, 784, 196, &mut packed));
    });
    group.bench_function("as it lies", |bencher| {
        bencher.iter(|| kernels.pack(&weights, 784, 196, &mut packed))
    });
    group.finish();
}

fn updates(criterion: &mut Criterion) {
    let kernels = f32::kernels(KernelPath::best());
    let count = 308_308;
    let (mut p, mut v, g) = (
        vec![0.1f32; count],
        vec![0.0f32; count],
        vec![0.2f32; count],
    );
    let mut group = criterion.benchmark_group("update");
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function("descent", |bencher| {
        bencher.iter(|| kernels.descend(&mut p, &g, 1e-6))
    });
    group.bench_function("momentum", |bencher| {
        bencher.iter(|| kernels.momentum(&mut p, &mut v, &g, 1e-6, 0.9))
    });
    group.finish();
}

criterion_group!(benches, products, passes, packing, updates);
criterion_main!(benches);
