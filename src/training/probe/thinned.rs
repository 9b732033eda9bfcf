//! Fewer samples of a large set, every class by its share.

use ndarray::Axis;

use crate::data::{DataSet, Samples};

/// Of a class, as many stay as there are up to this: it is learned from, chosen by and tested with.
const FEWEST: usize = 20;

/// About `most` of the samples of `data` with their labels, each class evenly spaced; `None` where there are no more, or
/// no labels.
pub fn thinned(data: &DataSet, most: usize) -> Option<DataSet> {
    let labels = data.labels.as_ref()?;
    if data.len() <= most {
        return None;
    }
    let mut of_class = vec![Vec::new(); 256];
    for (row, label) in labels.iter().enumerate() {
        of_class[usize::from(*label)].push(row);
    }
    let mut rows: Vec<usize> = Vec::with_capacity(most);
    for class in of_class {
        let share = (class.len() as f64 * most as f64 / data.len() as f64).round() as usize;
        let kept = share.max(FEWEST).min(class.len());
        rows.extend((0..kept).map(|place| class[place * class.len() / kept]));
    }
    rows.sort_unstable();
    let samples = match &data.samples {
        Samples::F32(_) | Samples::Levels(_) => Samples::F32(data.samples.select(&rows)),
        Samples::F64(array) => Samples::F64(array.select(Axis(0), &rows)),
    };
    Some(DataSet {
        labels: Some(rows.iter().map(|row| labels[*row]).collect()),
        classes: data.classes.clone(),
        ..DataSet::new(data.name.clone(), data.spec.clone(), samples, data.shape)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, SampleShape};
    use ndarray::Array2;

    #[test]
    fn every_class_keeps_its_share_and_a_small_one_all_it_has() {
        let samples = Array2::from_shape_fn((1_000, 1), |(row, _)| row as f32);
        let shape = SampleShape::Vector { length: 1 };
        let mut data = DataSet::new("x", DataSpec::default(), Samples::F32(samples), shape);
        assert!(thinned(&data, 100).is_none(), "no labels");
        data.labels = Some((0..1_000).map(label_of).collect());
        assert!(thinned(&data, 1_000).is_none());
        let fewer = thinned(&data, 100).unwrap();
        let labels = fewer.labels.as_ref().unwrap();
        let count = |class: u8| labels.iter().filter(|label| **label == class).count();
        assert_eq!([count(0), count(1), count(9)], [66, 33, 10]);
        for (sample, label) in fewer.samples.to::<f64>().iter().zip(labels) {
            assert_eq!(*label, label_of(*sample as usize));
        }
    }

    fn label_of(row: usize) -> u8 {
        if row >= 990 {
            9
        } else {
            u8::from(row.is_multiple_of(3))
        }
    }
}
