//! A run's own arrays: W1, b1, W2 and b2 apart, and what the optimiser remembers of each of them.

use std::io::{Read, Seek, Write};

use super::members::{Problem, Reader, Writer};
use crate::training::run::{Array, Numbers, PARAMETERS, SamplesIdentity};

/// How the parameters lie one after the other.
pub(super) struct Layout {
    inputs: usize,
    hidden: usize,
}

impl Layout {
    pub(super) fn new(samples: SamplesIdentity, hidden: usize) -> Self {
        Self {
            // more than fits in memory never has an array of that length
            inputs: usize::try_from(samples.inputs).unwrap_or(usize::MAX),
            hidden,
        }
    }

    /// W1 (h, n), b1 (h), W2 (n, h), b2 (n)
    fn members(&self) -> [(&'static str, Vec<usize>); 4] {
        let (n, h) = (self.inputs, self.hidden);
        [
            ("W1", vec![h, n]),
            ("b1", vec![h]),
            ("W2", vec![n, h]),
            ("b2", vec![n]),
        ]
    }

    pub(super) fn write<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        array: &Array<'_>,
    ) -> std::io::Result<()> {
        if array.name != PARAMETERS {
            return writer.numbers(
                &of_optimizer(&array.name),
                &[array.numbers.len()],
                array.numbers,
            );
        }
        let mut start = 0;
        for (name, shape) in self.members() {
            let end = start + shape.iter().product::<usize>();
            let name = format!("{name}.npy");
            match array.numbers {
                Numbers::F32(values) => writer.array(&name, &shape, &values[start..end])?,
                Numbers::F64(values) => writer.array(&name, &shape, &values[start..end])?,
            }
            start = end;
        }
        Ok(())
    }

    pub(super) fn read<R: Read + Seek>(
        &self,
        reader: &mut Reader<R>,
        name: &str,
    ) -> Result<Numbers, Problem> {
        if name != PARAMETERS {
            return Ok(reader.numbers(&of_optimizer(name))?.1);
        }
        let mut all: Option<Numbers> = None;
        for (name, wanted) in self.members() {
            let member = format!("{name}.npy");
            let (shape, numbers) = reader.numbers(&member)?;
            if shape != wanted {
                return Err(format!(
                    "its {member} is of shape {shape:?} and must be {wanted:?}"
                ));
            }
            all = Some(match (all, numbers) {
                (None, numbers) => numbers,
                (Some(Numbers::F32(mut all)), Numbers::F32(values)) => {
                    all.extend(values);
                    Numbers::F32(all)
                }
                (Some(Numbers::F64(mut all)), Numbers::F64(values)) => {
                    all.extend(values);
                    Numbers::F64(all)
                }
                (Some(_), _) => {
                    return Err(format!("its {member} is in another precision than W1"));
                }
            });
        }
        all.ok_or_else(|| "it has no weights".to_owned())
    }
}

fn of_optimizer(array: &str) -> String {
    format!("optimizer/{array}.npy")
}
