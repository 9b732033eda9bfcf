//! Shapes, as programs leave them.

/// How a matrix lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    AsItIs,
    Transposed,
}

/// The length of a vector, a column or a row; `None`: it is none of these.
pub fn vector(shape: &[usize]) -> Option<usize> {
    let mut long = shape.iter().filter(|side| **side != 1);
    match (long.next(), long.next()) {
        (None, _) => Some(1),
        (Some(length), None) => Some(*length),
        (Some(_), Some(_)) => None,
    }
}

/// How a matrix of `size` lies in an array of `shape`; `None`: it is not that one. Where one side is 1, all that is left
/// is a vector, however it lies.
pub fn matrix(shape: &[usize], size: (usize, usize)) -> Option<Matrix> {
    let (rows, columns) = size;
    if rows == 1 || columns == 1 {
        let length = rows.checked_mul(columns);
        return (vector(shape).is_some() && vector(shape) == length).then_some(Matrix::AsItIs);
    }
    match *shape {
        [a, b] if (a, b) == size => Some(Matrix::AsItIs),
        [a, b] if (b, a) == size => Some(Matrix::Transposed),
        _ => None,
    }
}

/// A matrix of (rows, columns) whose values lie column by column, row by row.
pub fn in_columns(values: &[f64], (rows, columns): (usize, usize)) -> Vec<f64> {
    let place = |row: usize, column: usize| values[column * rows + row];
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| place(row, column)))
        .collect()
}

/// (h, n) of a vector of 2hn + h + n values; `Err` says what is wrong, after its name.
pub fn sizes(
    length: usize,
    inputs: Option<usize>,
    hidden: Option<usize>,
) -> Result<(usize, usize), String> {
    // each of the one kind has two weights for each of the other, and a bias; those of the other have a bias each
    let other = |known: usize| {
        let each = known.checked_mul(2)?.checked_add(1)?;
        let weights = length.checked_sub(known)?;
        (known > 0 && weights > 0 && weights % each == 0).then(|| weights / each)
    };
    let found = match (inputs, hidden) {
        (Some(n), _) => other(n).map(|h| (h, n)),
        (None, Some(h)) => other(h).map(|n| (h, n)),
        (None, None) => None,
    };
    match (found, hidden) {
        (Some((h, n)), Some(said)) if h != said => Err(format!(
            "has {length} values, which with {n} inputs is {h} hidden units and not {said}"
        )),
        (Some(size), _) => Ok(size),
        (None, _) => {
            let of = match (inputs, hidden) {
                (Some(n), _) => format!("{n} inputs"),
                (None, Some(h)) => format!("{h} hidden units"),
                (None, None) => "no known number of inputs".into(),
            };
            Err(format!(
                "has {length} values, and no autoencoder with {of} has 2hn + h + n of them"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_and_matrices_are_found_however_they_lie() {
        assert_eq!(vector(&[7]), Some(7));
        assert_eq!(vector(&[7, 1]), Some(7));
        assert_eq!(vector(&[1, 7]), Some(7));
        assert_eq!(vector(&[]), Some(1));
        assert_eq!(vector(&[2, 3]), None);
        assert_eq!(vector(&[0, 1]), Some(0));
        assert_eq!(matrix(&[2, 3], (2, 3)), Some(Matrix::AsItIs));
        assert_eq!(matrix(&[3, 2], (2, 3)), Some(Matrix::Transposed));
        assert_eq!(matrix(&[6], (2, 3)), None);
        assert_eq!(matrix(&[3, 1], (1, 3)), Some(Matrix::AsItIs));
        assert_eq!(matrix(&[usize::MAX, 2], (2, 3)), None);
        // [1 2 3; 4 5 6], column by column
        let values = [1.0, 4.0, 2.0, 5.0, 3.0, 6.0];
        assert_eq!(in_columns(&values, (2, 3)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn a_vectors_length_says_how_many_units_there_are() {
        assert_eq!(sizes(3289, Some(64), None), Ok((25, 64)));
        assert_eq!(sizes(3289, Some(64), Some(25)), Ok((25, 64)));
        assert_eq!(sizes(3289, None, Some(25)), Ok((25, 64)));
        let refused = sizes(3289, Some(64), Some(30)).unwrap_err();
        assert!(
            refused.contains("is 25 hidden units and not 30"),
            "{refused}"
        );
        for (length, inputs) in [
            (3288, 64),
            (64, 64),
            (63, 64),
            (0, 0),
            (5, 0),
            (3, usize::MAX),
        ] {
            let refused = sizes(length, Some(inputs), None).unwrap_err();
            assert!(refused.contains("no autoencoder"), "{refused}");
        }
    }
}
