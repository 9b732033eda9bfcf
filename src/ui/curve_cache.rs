//! The curves ready to draw: log10, cut where the logarithm has no value, thinned to what a screen can show.

use egui::Color32;
use egui_plot::PlotPoint;
use strum::VariantArray;

use super::theme::Theme;
use crate::model::Cost;
use crate::training::trainer::RunId;
use crate::training::{History, Record};

/// One of the four curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Term {
    Total,
    Reconstruction,
    Sparsity,
    Decay,
}

impl Term {
    /// In the order of the legend.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total J",
            Self::Reconstruction => "reconstruction",
            Self::Sparsity => "sparsity",
            Self::Decay => "decay",
        }
    }

    /// Where room is short.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Total => "J",
            Self::Reconstruction => "recon.",
            _ => self.name(),
        }
    }

    /// Where there is hardly any.
    pub fn brief_name(self) -> &'static str {
        match self {
            Self::Total => "J",
            Self::Reconstruction => "rec.",
            Self::Sparsity => "KL",
            Self::Decay => "decay",
        }
    }

    /// What it is of, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Total => "The cost J",
            Self::Reconstruction => {
                "Reconstruction: half the mean squared distance between output and input"
            }
            Self::Sparsity => "Sparsity: how far each unit's mean activation is from the target",
            Self::Decay => "Weight decay, over both layers; biases are left out",
        }
    }

    /// The same wherever the term is shown: curve, formula, force.
    pub fn colour(self, theme: &Theme) -> Color32 {
        match self {
            Self::Total => theme.total,
            Self::Reconstruction => theme.reconstruction,
            Self::Sparsity => theme.sparsity,
            Self::Decay => theme.decay,
        }
    }

    /// Its share of `cost`.
    pub fn of(self, cost: &Cost) -> f64 {
        match self {
            Self::Total => cost.total(),
            Self::Reconstruction => cost.reconstruction_loss,
            Self::Sparsity => cost.sparsity_penalty,
            Self::Decay => cost.decay_penalty,
        }
    }
}

/// Points of a line are thinned to this many buckets, each with its least and greatest value.
pub const BUCKETS: usize = 1_200;
/// Values below this are 0 for a curve: λ 0 has no logarithm, and rounding noise no meaning.
const FLOOR: f64 = 1e-12;

/// A curve as the pieces between its gaps.
pub type Pieces = Vec<Vec<PlotPoint>>;

/// The four curves of one history.
#[derive(Default)]
pub struct CurveCache {
    key: Option<(RunId, u64)>,
    curves: [Pieces; 4],
    /// The reconstruction loss over what was held out.
    test: Pieces,
    /// Where each curve ends, for its hover and scale.
    records: Vec<Record>,
}

impl CurveCache {
    /// Rebuilds the curves if `history` is not the one they were made from; (`run`, `epoch`) names it.
    pub fn update(&mut self, run: RunId, epoch: u64, history: &History) {
        if self.key.replace((run, epoch)) == Some((run, epoch)) {
            return;
        }
        self.records.clear();
        self.records.extend(history.records());
        for (curve, term) in self.curves.iter_mut().zip(Term::ALL) {
            let points = self
                .records
                .iter()
                .map(|record| (record.epoch as f64, term.of(&record.cost)));
            *curve = pieces(points, BUCKETS);
        }
        let tested = self.records.iter();
        let tested: Vec<(f64, f64)> = tested
            .filter_map(|record| Some((record.epoch as f64, record.test?.reconstruction_loss)))
            .collect();
        self.test = pieces(tested.into_iter(), BUCKETS);
    }

    /// The reconstruction loss over what was held out; empty where nothing was.
    pub fn test(&self) -> &Pieces {
        &self.test
    }

    pub fn pieces(&self, term: Term) -> &Pieces {
        &self.curves[Term::ALL
            .iter()
            .position(|other| *other == term)
            .unwrap_or(0)]
    }

    /// In order of their epochs.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record nearest to `epoch`.
    pub fn nearest(&self, epoch: f64) -> Option<&Record> {
        let after = self
            .records
            .partition_point(|record| (record.epoch as f64) < epoch);
        let distance = |record: &&Record| (record.epoch as f64 - epoch).abs();
        self.records[after.saturating_sub(1)..(after + 1).min(self.records.len())]
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// (least, greatest) log10 of `terms`, and of the test where it is `tested`, within `epochs`, at most five decades;
    /// `None` if there is nothing.
    pub fn range(
        &self,
        terms: impl IntoIterator<Item = Term>,
        tested: bool,
        epochs: (f64, f64),
    ) -> Option<(f64, f64)> {
        const DECADES: f64 = 5.0;
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let curves = terms.into_iter().map(|term| self.pieces(term));
        for curve in curves.chain(tested.then_some(&self.test)) {
            for point in curve
                .iter()
                .flatten()
                .filter(|p| (epochs.0..=epochs.1).contains(&p.x))
            {
                low = low.min(point.y);
                high = high.max(point.y);
            }
        }
        (low <= high).then(|| (low.max(high - DECADES), high))
    }
}

/// log10 of `points` (x in increasing order), cut where y is not above 0, thinned to `buckets`.
fn pieces(points: impl ExactSizeIterator<Item = (f64, f64)>, buckets: usize) -> Pieces {
    let width = points.len().div_ceil(buckets).max(1);
    let mut pieces = Pieces::new();
    let mut piece: Vec<PlotPoint> = Vec::new();
    let mut bucket: Vec<PlotPoint> = Vec::with_capacity(width);
    let flush = |bucket: &mut Vec<PlotPoint>, piece: &mut Vec<PlotPoint>| {
        if bucket.len() <= 2 {
            piece.append(bucket);
            return;
        }
        let extreme = |better: fn(&f64, &f64) -> bool| {
            (1..bucket.len()).fold(0, |best, i| {
                if better(&bucket[i].y, &bucket[best].y) {
                    i
                } else {
                    best
                }
            })
        };
        let (low, high) = (extreme(f64::lt), extreme(f64::gt));
        piece.push(bucket[low.min(high)]);
        piece.push(bucket[low.max(high)]);
        bucket.clear();
    };
    for (x, y) in points {
        if y > FLOOR && y.is_finite() {
            bucket.push(PlotPoint::new(x, y.log10()));
            if bucket.len() == width {
                flush(&mut bucket, &mut piece);
            }
        } else {
            flush(&mut bucket, &mut piece);
            if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
        }
    }
    flush(&mut bucket, &mut piece);
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cost;
    use crate::training::TestLoss;

    fn curve(values: &[f64]) -> Pieces {
        pieces(
            values
                .iter()
                .enumerate()
                .map(|(x, y)| (x as f64, *y))
                .collect::<Vec<_>>()
                .into_iter(),
            BUCKETS,
        )
    }

    #[test]
    fn zero_and_what_is_not_a_number_leave_gaps() {
        let found = curve(&[1.0, 10.0, 0.0, 0.0, 100.0, f64::NAN, 1e-3, -1.0]);
        let ys: Vec<Vec<f64>> = found
            .iter()
            .map(|piece| piece.iter().map(|p| p.y).collect())
            .collect();
        assert_eq!(ys, [vec![0.0, 1.0], vec![2.0], vec![-3.0]]);
        assert!(curve(&[0.0; 5]).is_empty());
        assert!(curve(&[]).is_empty());
    }

    #[test]
    fn thinning_keeps_spikes_order_and_bounds() {
        let mut values = vec![1.0; 50_000];
        (values[777], values[31_234]) = (1e4, 1e-4);
        let found = curve(&values);
        assert_eq!(found.len(), 1);
        assert!(found[0].len() <= 2 * BUCKETS + 2);
        assert!(found[0].windows(2).all(|pair| pair[0].x <= pair[1].x));
        assert!(found[0].iter().any(|p| p.y == 4.0) && found[0].iter().any(|p| p.y == -4.0));
    }

    #[test]
    fn the_range_is_that_of_what_shows() {
        let mut history = History::new();
        for epoch in 0..100 {
            let loss = if epoch < 10 { 1e3 } else { 0.1 };
            let cost = Cost {
                reconstruction_loss: loss,
                decay_penalty: 0.0,
                sparsity_penalty: 1e-9,
            };
            history.push(Record {
                epoch,
                cost,
                ..Record::default()
            });
        }
        let mut cache = CurveCache::default();
        cache.update(RunId(1), 99, &history);
        let (low, high) = cache
            .range([Term::Reconstruction], false, (0.0, 99.0))
            .unwrap();
        assert!((low + 1.0).abs() < 1e-9 && (high - 3.0).abs() < 1e-9);
        let (low, high) = cache
            .range([Term::Reconstruction], true, (20.0, 99.0))
            .unwrap();
        assert!((low + 1.0).abs() < 1e-9 && (high + 1.0).abs() < 1e-9);
        let (low, high) = cache.range(Term::ALL, true, (20.0, 99.0)).unwrap();
        assert!(high - low <= 5.0 + 1e-9);
        assert_eq!(cache.range([Term::Decay], true, (0.0, 99.0)), None);
        assert_eq!(cache.nearest(12.4).map(|record| record.epoch), Some(12));
        assert_eq!(cache.nearest(1e9).map(|record| record.epoch), Some(99));
        assert_eq!(cache.nearest(-5.0).map(|record| record.epoch), Some(0));
        assert!(cache.test().is_empty());
        for epoch in [100, 101, 102, 103] {
            let loss = TestLoss {
                reconstruction_loss: 1e-3,
                fvu: 0.5,
            };
            history.push(Record {
                epoch,
                test: (epoch % 2 == 0).then_some(loss),
                ..Record::default()
            });
        }
        cache.update(RunId(1), 103, &history);
        // from one that was measured to the next
        let xs: Vec<f64> = cache.test()[0].iter().map(|point| point.x).collect();
        assert_eq!(xs, [100.0, 102.0]);
        assert_eq!(cache.range([], true, (0.0, 200.0)), Some((-3.0, -3.0)));
        assert_eq!(cache.range([], false, (0.0, 200.0)), None);
    }
}
