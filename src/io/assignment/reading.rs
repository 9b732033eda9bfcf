//! Weights, or a gradient, in the ways that a file may mean them.

use super::part::{Matrix, in_columns, matrix, sizes, vector};
use super::{IoError, Meaning, Part, StudentFile, names};
use crate::data::{NamedArray, TensorInfo};
use crate::model::Parameters;
use crate::numerics::Precision;

/// How the matrices lie in a flat vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Rows,
    Columns,
}

/// What a file has, in each of the ways that it may be meant: the first is that which is usual.
#[derive(Clone, Debug)]
pub struct Readings {
    pub(super) file: String,
    /// At least one, all of one shape.
    pub(super) all: Vec<Parameters<f64>>,
    pub(super) precision: Precision,
    notes: Vec<String>,
    /// The vector that they were taken from, and the order of each.
    flat: Option<(String, Vec<Order>)>,
}

impl Readings {
    /// (h, n)
    pub fn size(&self) -> (usize, usize) {
        (self.usual().hidden(), self.usual().inputs())
    }

    /// As files of its kind are usually meant.
    pub fn usual(&self) -> &Parameters<f64> {
        &self.all[0]
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// How it was understood, where the reading at `place` is taken.
    pub(super) fn notes_of(&self, place: usize) -> Vec<String> {
        let order = self.flat.as_ref().map(|(name, orders)| {
            let lie = match orders[place] {
                Order::Rows => "row by row, as NumPy's ravel() leaves them",
                Order::Columns => "column by column, as W(:) has them in MATLAB",
            };
            let why = if place > 0 {
                ": read row by row it comes to nothing known"
            } else {
                ""
            };
            format!(
                "{name} was taken as W1, W2, b1, b2 one behind the other, the matrices {lie}{why}."
            )
        });
        self.notes.iter().cloned().chain(order).collect()
    }
}

/// Which arrays hold a meaning.
enum Chosen {
    /// W1, b1, W2, b2
    Blocks([TensorInfo; 4]),
    Flat(TensorInfo),
}

const SAVE: &str =
    "save W1, b1, W2 and b2, or theta, in double precision (sae-lab doctor --help lists the names)";
const SAVE_GRADIENT: &str = "save it as W1grad, b1grad, W2grad and b2grad, or as grad (sae-lab doctor --help lists the names)";

impl StudentFile {
    /// Whether the weights are one vector, which only the data's number of inputs takes apart.
    ///
    /// # Errors
    /// There are no weights.
    pub fn has_flat_weights(&self) -> Result<bool, IoError> {
        let (chosen, _) = self.choose(Meaning::Weights, SAVE)?;
        Ok(matches!(chosen, Chosen::Flat(_)))
    }

    /// The weights. `inputs` is n of the data, which a flat vector needs; `hidden` is h where that is said.
    ///
    /// # Errors
    /// There are none, or they are no autoencoder's.
    pub fn weights(
        &mut self,
        inputs: Option<usize>,
        hidden: Option<usize>,
    ) -> Result<Readings, IoError> {
        let (chosen, notes) = self.choose(Meaning::Weights, SAVE)?;
        match chosen {
            Chosen::Blocks(infos) => self.blocks(&infos, notes),
            Chosen::Flat(info) => {
                let length = info.shape.iter().product::<usize>(); // in memory
                let size = sizes(length, inputs, hidden).map_err(|problem| {
                    self.refuse(
                        format!("{} {problem}", info.name),
                        "give the data that it was trained on, or save W1, b1, W2 and b2",
                    )
                })?;
                self.flat(&info, size, notes)
            }
        }
    }

    /// The gradient at weights of (h, n), which are those of `model`; `plain`: that may have the names of weights.
    ///
    /// # Errors
    /// There is none, or it is that of other weights.
    pub(super) fn gradient(
        &mut self,
        size: (usize, usize),
        model: &str,
        plain: bool,
    ) -> Result<Readings, IoError> {
        let named = self.names_a_gradient();
        let (chosen, notes) = match plain && !named {
            true => self.choose(Meaning::Weights, SAVE_GRADIENT)?,
            false => self.choose(Meaning::Gradient, SAVE_GRADIENT)?,
        };
        let readings = match chosen {
            Chosen::Blocks(infos) => self.blocks(&infos, notes)?,
            Chosen::Flat(info) => self.flat(&info, size, notes)?,
        };
        let (found, (h, n)) = (readings.size(), size);
        if found != size {
            let problem = format!(
                "the gradient is that of {} hidden units and {} inputs, and {model} has {h} and {n}",
                found.0, found.1
            );
            return Err(self.refuse(problem, "give the model at which it was computed"));
        }
        Ok(readings)
    }

    fn choose(
        &self,
        meaning: Meaning,
        remedy: &'static str,
    ) -> Result<(Chosen, Vec<String>), IoError> {
        let all = self.tensors.tensors();
        let of = |part| {
            let is = move |info: &&TensorInfo| names::meaning(&info.name) == Some((part, meaning));
            all.iter().filter(is)
        };
        let parts = names::BLOCKS.map(|(_, part)| of(part).collect::<Vec<_>>());
        if let [Some(w1), Some(b1), Some(w2), Some(b2)] = parts.each_ref().map(|part| part.first())
        {
            if let Some([one, other, ..]) = parts.iter().find(|part| part.len() > 1).map(|p| &p[..])
            {
                let problem = format!("both {} and {} could be meant", one.name, other.name);
                return Err(self.refuse(problem, "save one of them alone"));
            }
            let infos = [w1, b1, w2, b2].map(|info| (*info).clone());
            return Ok((Chosen::Blocks(infos), Vec::new()));
        }
        let mut flat: Vec<&TensorInfo> = of(Part::All).collect();
        flat.sort_by_key(|info| names::flat_rank(&info.name));
        if let Some(first) = flat.first() {
            let passed = flat.get(1);
            let note =
                passed.map(|other| format!("{} was taken, and not {}.", first.name, other.name));
            return Ok((Chosen::Flat((*first).clone()), note.into_iter().collect()));
        }
        let what = match meaning {
            Meaning::Weights => "",
            Meaning::Gradient => "the gradient of ",
        };
        let missing: Vec<&str> = ["W1", "b1", "W2", "b2"]
            .into_iter()
            .zip(&parts)
            .filter_map(|(name, part)| part.is_empty().then_some(name))
            .collect();
        let there: Vec<&str> = all.iter().take(12).map(|info| &*info.name).collect();
        let there = match there.len() {
            0 => "it has no array of numbers".into(),
            _ => format!("it has {}", there.join(", ")),
        };
        let are = if missing.len() == 1 { "is" } else { "are" };
        let missing = missing.join(", ");
        Err(self.refuse(format!("{what}{missing} {are} missing, {there}"), remedy))
    }

    /// The values of an array that is there, all finite.
    fn values(&mut self, info: &TensorInfo) -> Result<NamedArray, IoError> {
        let name = &info.name;
        if !info.is_float {
            let problem = format!("{name} holds whole numbers, and weights are floating-point");
            return Err(self.refuse(problem, "save it in double precision"));
        }
        let Some(array) = self.tensors.array(name)? else {
            return Err(self.refuse(format!("{name} is missing"), SAVE));
        };
        match array.values.iter().position(|value| !value.is_finite()) {
            None => Ok(array),
            Some(place) => {
                let value = array.values[place];
                let problem = format!("{name} holds {value:e} at place {place}, out of range");
                Err(self.refuse(
                    problem,
                    "give weights, and a gradient, from before it diverged",
                ))
            }
        }
    }

    fn blocks(
        &mut self,
        infos: &[TensorInfo; 4],
        mut notes: Vec<String>,
    ) -> Result<Readings, IoError> {
        let [w1, b1, w2, b2] = infos;
        let long = |info: &TensorInfo| {
            vector(&info.shape).ok_or_else(|| {
                let problem = format!("{} has shape {:?} and is no vector", info.name, info.shape);
                self.refuse(problem, SAVE)
            })
        };
        let (h, n) = (long(b1)?, long(b2)?);
        if h == 0 || n == 0 {
            let empty = if h == 0 { b1 } else { b2 };
            return Err(self.refuse(format!("{} is empty", empty.name), SAVE));
        }
        let mut flat = Vec::new();
        for (weights, bias, size) in [(w1, b1, (h, n)), (w2, b2, (n, h))] {
            let matrix = matrix(&weights.shape, size).ok_or_else(|| {
                let (rows, columns) = size;
                let problem = format!(
                    "{} has shape {:?}, but {} of {h} and {} of {n} need ({rows}, {columns})",
                    weights.name, weights.shape, b1.name, b2.name
                );
                self.refuse(problem, SAVE)
            })?;
            let values = self.values(weights)?.values;
            match matrix {
                Matrix::AsItIs => flat.extend(values),
                Matrix::Transposed => {
                    let (rows, columns) = size;
                    notes.push(format!(
                        "{} of {} lies transposed, ({columns}, {rows}): it was turned.",
                        weights.name,
                        super::short(&self.name)
                    ));
                    // the rows of the one are the columns of the other
                    flat.extend(in_columns(&values, size));
                }
            }
            flat.extend(self.values(bias)?.values);
        }
        if h == n && h > 1 {
            notes.push(format!(
                "With as many units as inputs the shapes can't tell whether {} lies transposed: it was taken as it is.",
                w1.name
            ));
        }
        self.readings(vec![flat], (h, n), infos, notes, None)
    }

    fn flat(
        &mut self,
        info: &TensorInfo,
        (h, n): (usize, usize),
        notes: Vec<String>,
    ) -> Result<Readings, IoError> {
        let product = h.checked_mul(n);
        let expected = product.and_then(|p| p.checked_mul(2)?.checked_add(h)?.checked_add(n));
        if vector(&info.shape).is_none() || vector(&info.shape) != expected {
            let problem = format!(
                "{} has shape {:?}, but W1, W2, b1 and b2 of {h} hidden units and {n} inputs are {} values",
                info.name,
                info.shape,
                expected.unwrap_or(usize::MAX)
            );
            return Err(self.refuse(problem, "give the weights at which it was computed"));
        }
        let values = self.values(info)?.values;
        // in the lab's order of the blocks
        let (w1, rest) = values.split_at(h * n);
        let (w2, rest) = rest.split_at(h * n);
        let (b1, b2) = rest.split_at(h);
        let rows = || [w1, b1, w2, b2].concat();
        let columns = || [&in_columns(w1, (h, n)), b1, &in_columns(w2, (n, h)), b2].concat();
        let (all, orders) = if self.tensors.is_mat() {
            (vec![columns()], vec![Order::Columns])
        } else if h == 1 || n == 1 {
            (vec![rows()], vec![Order::Rows]) // which is the other as well
        } else {
            (vec![rows(), columns()], vec![Order::Rows, Order::Columns])
        };
        let name = format!("{} of {}", info.name, super::short(&self.name));
        let infos = std::slice::from_ref(info);
        self.readings(all, (h, n), infos, notes, Some((name, orders)))
    }

    fn readings(
        &self,
        all: Vec<Vec<f64>>,
        (h, n): (usize, usize),
        infos: &[TensorInfo],
        notes: Vec<String>,
        flat: Option<(String, Vec<Order>)>,
    ) -> Result<Readings, IoError> {
        let parameters = all
            .into_iter()
            .map(|flat| Parameters::from_flat(flat, n, h));
        let all = parameters.collect::<Option<Vec<_>>>();
        let all = all.ok_or_else(|| self.refuse("its arrays are of no one network", SAVE))?;
        let coarse = infos.iter().any(|info| info.bytes < size_of::<f64>());
        let precision = match coarse {
            true => Precision::F32,
            false => Precision::F64,
        };
        Ok(Readings {
            file: self.name.clone(),
            all,
            precision,
            notes,
            flat,
        })
    }
}
