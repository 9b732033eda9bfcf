//! The sums over all samples that every wrong gradient is put together from, in one forward pass.
//!
//! A mistake changes a factor, the slopes, or the weights that δ3 is carried back through. Only the last two stand inside
//! the sums over samples, so there is a sum for each of their combinations that two mistakes can reach; the factors, ρ̂
//! among them, come afterwards and cost no pass.

use std::sync::{Mutex, PoisonError};

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip, s};

use crate::model::{Architecture, HiddenActivation, OutputActivation, Parameters};
use crate::numerics::WorkerPool;

/// Samples in a block.
const ROWS: usize = 256;
/// Bytes that all workers' sums may take.
const MEMORY: usize = 1 << 30;

/// Which factor stands where f′ or g′ belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slope {
    Right,
    Missing,
    /// The formula for activations, given z.
    OfZ,
    /// Of another function: a(1−a), or 1−a² for a sigmoid.
    Other,
}

impl Slope {
    const ALL: [Self; 4] = [Self::Right, Self::Missing, Self::OfZ, Self::Other];
}

/// What δ3 is carried back through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    Decoder,
    Encoder,
    Transposed,
}

/// Which slopes and weights a sum is made with: g′, the weights that δ3 goes back through, f′.
pub(super) type Way = (Slope, Back, Slope);

/// Sums over samples that belong to one layer's weights and biases.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Σ δ aᵀ
    pub weights: Array2<f64>,
    /// Σ δ
    pub bias: Array1<f64>,
    /// Σ |δ|
    pub size: Array1<f64>,
}

impl Layer {
    fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            weights: Array2::zeros((rows, columns)),
            bias: Array1::zeros(rows),
            size: Array1::zeros(rows),
        }
    }

    /// Adds a block: `delta` (rows of it, to), `input` (rows of it, from).
    fn add(&mut self, delta: &Array2<f64>, input: ArrayView2<'_, f64>) {
        ndarray::linalg::general_mat_mul(1.0, &delta.t(), &input, 1.0, &mut self.weights);
        self.bias += &delta.sum_axis(Axis(0));
        self.size += &delta.mapv(f64::abs).sum_axis(Axis(0));
    }

    fn merge(&mut self, other: &Self) {
        self.weights += &other.weights;
        self.bias += &other.bias;
        self.size += &other.size;
    }
}

/// A sum of p and of 1 − p, each accurate by itself.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub p: Array1<f64>,
    pub q: Array1<f64>,
    pub count: f64,
}

impl Sums {
    fn zeros(units: usize) -> Self {
        Self {
            p: Array1::zeros(units),
            q: Array1::zeros(units),
            count: 0.0,
        }
    }

    fn add(&mut self, p: ArrayView2<'_, f64>, q: ArrayView2<'_, f64>) {
        self.p += &p.sum_axis(Axis(0));
        self.q += &q.sum_axis(Axis(0));
        self.count += p.nrows() as f64;
    }

    fn merge(&mut self, other: &Self) {
        self.p += &other.p;
        self.q += &other.q;
        self.count += other.count;
    }
}

/// All the sums.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// Σ δ3 a2ᵀ (n, h) with each g′.
    decoder: Vec<(Slope, Layer)>,
    /// Σ (δ3 V · f′) xᵀ (h, n) each way.
    encoder: Vec<(Way, Layer)>,
    /// Σ f′ xᵀ (h, n) with each f′.
    slopes: Vec<(Slope, Layer)>,
    pub all: Sums,
    pub first: Sums,
    pub last: Sums,
    pub batch: Sums,
    /// Of the outputs, mapped as hidden activations are.
    pub output: Sums,
}

impl Pieces {
    fn zeros(architecture: &Architecture) -> Self {
        let (n, h) = (architecture.inputs, architecture.hidden);
        let linear = architecture.output_activation == OutputActivation::Linear;
        let outputs = Slope::ALL
            .into_iter()
            .filter(|slope| !(linear && [Slope::Missing, Slope::OfZ].contains(slope)));
        let backs = [Back::Decoder, Back::Encoder, Back::Transposed];
        let mut ways = Vec::new();
        for output in outputs.clone() {
            for back in backs
                .into_iter()
                .filter(|b| *b != Back::Transposed || n == h)
            {
                for hidden in Slope::ALL {
                    let changed = [
                        output != Slope::Right,
                        back != Back::Decoder,
                        hidden != Slope::Right,
                    ];
                    // two mistakes reach no further
                    if changed.into_iter().filter(|changed| *changed).count() <= 2 {
                        ways.push((output, back, hidden));
                    }
                }
            }
        }
        let layer = || Layer::zeros(h, n);
        Self {
            decoder: outputs.map(|slope| (slope, Layer::zeros(n, h))).collect(),
            encoder: ways.into_iter().map(|way| (way, layer())).collect(),
            slopes: Slope::ALL.map(|slope| (slope, layer())).to_vec(),
            all: Sums::zeros(h),
            first: Sums::zeros(h),
            last: Sums::zeros(h),
            batch: Sums::zeros(h),
            output: Sums::zeros(n),
        }
    }

    /// Over `samples` (m, n), m ≥ 1; the first batch has `batch` ≥ 1 of them.
    pub fn of(
        architecture: &Architecture,
        parameters: &Parameters<f64>,
        samples: ArrayView2<'_, f64>,
        batch: usize,
        pool: &WorkerPool,
    ) -> Self {
        let zeros = Self::zeros(architecture);
        let weights = architecture.inputs * architecture.hidden;
        let one = (zeros.encoder.len() + zeros.decoder.len() + zeros.slopes.len()) * weights * 8;
        let blocks = samples.nrows().div_ceil(ROWS);
        let workers = pool.workers().min(blocks).min(MEMORY / one.max(1)).max(1);
        let shares: Vec<Mutex<Self>> = (0..workers).map(|_| Mutex::new(zeros.clone())).collect();
        pool.run(|worker| {
            let Some(share) = shares.get(worker) else {
                return;
            };
            let mut share = share.lock().unwrap_or_else(PoisonError::into_inner);
            for block in (worker..blocks).step_by(workers) {
                let rows = block * ROWS..samples.nrows().min((block + 1) * ROWS);
                let marks = Marks {
                    batch: batch.clamp(rows.start, rows.end) - rows.start,
                    first: rows.start == 0,
                    last: rows.end == samples.nrows(),
                };
                share.add(
                    architecture,
                    parameters,
                    samples.slice(s![rows, ..]),
                    &marks,
                );
            }
        });
        // in order, so that the same workers give the same bits
        let mut total = zeros;
        for share in &shares {
            total.merge(&share.lock().unwrap_or_else(PoisonError::into_inner));
        }
        total
    }

    fn add(
        &mut self,
        architecture: &Architecture,
        parameters: &Parameters<f64>,
        x: ArrayView2<'_, f64>,
        marks: &Marks,
    ) {
        let z2 = x.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias();
        let scale = match architecture.hidden_activation {
            HiddenActivation::Sigmoid => 1.0,
            HiddenActivation::Tanh => 2.0,
        };
        let p = z2.mapv(|z| sigmoid(scale * z));
        let q = z2.mapv(|z| sigmoid(-scale * z));
        let a2 = match architecture.hidden_activation {
            HiddenActivation::Sigmoid => p.clone(),
            HiddenActivation::Tanh => z2.mapv(f64::tanh),
        };
        let z3 = a2.dot(&parameters.decoder_weights().t()) + parameters.decoder_bias();
        let output = match architecture.output_activation {
            OutputActivation::Sigmoid => z3.mapv(sigmoid),
            OutputActivation::Tanh => z3.mapv(f64::tanh),
            OutputActivation::Linear => z3.clone(),
        };
        let rows = x.nrows();
        self.all.add(p.view(), q.view());
        if marks.first {
            self.first.add(p.slice(s![..1, ..]), q.slice(s![..1, ..]));
        }
        if marks.last {
            let end = rows - 1..rows;
            self.last
                .add(p.slice(s![end.clone(), ..]), q.slice(s![end, ..]));
        }
        let within = ..marks.batch;
        self.batch
            .add(p.slice(s![within, ..]), q.slice(s![within, ..]));
        let mapped = match architecture.hidden_activation {
            HiddenActivation::Sigmoid => output.clone(),
            HiddenActivation::Tanh => output.mapv(|y| (y + 1.0) / 2.0),
        };
        let rest = mapped.mapv(|p| 1.0 - p);
        self.output.add(mapped.view(), rest.view());

        let hidden_slopes = Slope::ALL.map(|slope| match (slope, architecture.hidden_activation) {
            // f′ where neither p nor 1 − p has been rounded away: pq, 4pq
            (Slope::Right, activation) => {
                let factor = activation.greatest_slope() * 4.0;
                Zip::from(&p).and(&q).map_collect(|p, q| factor * p * q)
            }
            (Slope::Missing, _) => Array2::ones(z2.raw_dim()),
            (Slope::OfZ, HiddenActivation::Sigmoid) => z2.mapv(|z| z * (1.0 - z)),
            (Slope::OfZ, HiddenActivation::Tanh) => z2.mapv(|z| 1.0 - z * z),
            (Slope::Other, HiddenActivation::Sigmoid) => a2.mapv(|a| 1.0 - a * a),
            (Slope::Other, HiddenActivation::Tanh) => a2.mapv(|a| a * (1.0 - a)),
        });
        for ((_, layer), slope) in self.slopes.iter_mut().zip(&hidden_slopes) {
            layer.add(slope, x);
        }
        let error = &output - &x;
        for (slope, layer) in &mut self.decoder {
            let delta3 =
                &error * &output_slope(*slope, architecture.output_activation, &z3, &output);
            layer.add(&delta3, a2.view());
            let mut carried: Option<(Back, Array2<f64>)> = None;
            for ((_, back, hidden), layer) in self.encoder.iter_mut().filter(|(w, _)| w.0 == *slope)
            {
                let current = match carried.take() {
                    Some((through, current)) if through == *back => current,
                    _ => match back {
                        Back::Decoder => delta3.dot(&parameters.decoder_weights()),
                        Back::Encoder => delta3.dot(&parameters.encoder_weights().t()),
                        Back::Transposed => delta3.dot(&parameters.decoder_weights().t()),
                    },
                };
                layer.add(&(&current * &hidden_slopes[*hidden as usize]), x);
                carried = Some((*back, current));
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for ((_, layer), (_, more)) in self.decoder.iter_mut().zip(&other.decoder) {
            layer.merge(more);
        }
        for ((_, layer), (_, more)) in self.encoder.iter_mut().zip(&other.encoder) {
            layer.merge(more);
        }
        for ((_, layer), (_, more)) in self.slopes.iter_mut().zip(&other.slopes) {
            layer.merge(more);
        }
        self.all.merge(&other.all);
        self.first.merge(&other.first);
        self.last.merge(&other.last);
        self.batch.merge(&other.batch);
        self.output.merge(&other.output);
    }

    /// `None`: such a mistake cannot be made here.
    pub fn decoder(&self, slope: Slope) -> Option<&Layer> {
        found(&self.decoder, slope)
    }

    /// `None`: more than two mistakes, or such as cannot be made here.
    pub fn encoder(&self, way: Way) -> Option<&Layer> {
        found(&self.encoder, way)
    }

    pub fn slopes(&self, slope: Slope) -> &Layer {
        &self.slopes[slope as usize].1
    }
}

/// What of a block is in the first batch, and whether it has the first and the last sample.
struct Marks {
    batch: usize,
    first: bool,
    last: bool,
}

fn found<K: PartialEq>(layers: &[(K, Layer)], key: K) -> Option<&Layer> {
    let (_, layer) = layers.iter().find(|(at, _)| *at == key)?;
    Some(layer)
}

fn output_slope(
    slope: Slope,
    activation: OutputActivation,
    z3: &Array2<f64>,
    output: &Array2<f64>,
) -> Array2<f64> {
    let ones = || Array2::ones(z3.raw_dim());
    match (slope, activation) {
        (Slope::Right, activation) => output.mapv(|y| activation.slope_at(y)),
        (Slope::Missing, _) | (Slope::OfZ, OutputActivation::Linear) => ones(),
        (Slope::OfZ, OutputActivation::Sigmoid) => z3.mapv(|z| z * (1.0 - z)),
        (Slope::OfZ, OutputActivation::Tanh) => z3.mapv(|z| 1.0 - z * z),
        (Slope::Other, OutputActivation::Sigmoid) => output.mapv(|y| 1.0 - y * y),
        (Slope::Other, _) => output.mapv(|y| y * (1.0 - y)),
    }
}

fn sigmoid(z: f64) -> f64 {
    let e = (-z.abs()).exp();
    let big = 1.0 / (1.0 + e);
    if z >= 0.0 { big } else { e * big }
}
