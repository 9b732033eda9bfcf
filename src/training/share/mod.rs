//! A run told in one line of text, or as a command, so that somebody else has the same run: how it began, all that was done
//! to it, and what its data and its bits are known by.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod` | the run as it is told, and whether the bits will be equal here |
//! | `of` | of a run and its past |
//! | `line` | the line: its form, its bounds, its check |
//! | `fields` | the experiment as parts of the line |
//! | `data` | its data as parts of the line |
//! | `command` | the equivalent command |

use crate::data::DataSet;
use crate::numerics::{self, KernelPath};
use crate::training::Experiment;
use crate::training::plan::Plan;
use crate::training::run::{SamplesIdentity, own_test};

mod command;
mod data;
mod fields;
mod line;
mod of;

#[cfg(test)]
mod tests;

pub use line::{LineError, MOST_LINE, begins_a_line};
pub use of::{Until, Untold};

/// A run as it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// As it began; of files it has the names, without their folders.
    pub experiment: Experiment,
    /// All that was done to it, and what is staged.
    pub plan: Plan,
    /// Epochs done.
    pub epoch: u64,
    /// The prepared samples, and those that were held out.
    pub samples: Print,
    pub test: Option<Print>,
    /// Of the weights and the optimiser's memory at the end of `epoch` ([`crate::training::run::Keyframe::checksum`]).
    pub state: Option<u64>,
    /// What it was computed with.
    pub kernel_path: String,
    pub numerics_version: u32,
}

/// What a matrix of samples is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// m
    pub count: u64,
    /// n
    pub inputs: u64,
    /// The first eight bytes of the SHA-256 of the values.
    pub print: u64,
}

impl From<SamplesIdentity> for Print {
    fn from(identity: SamplesIdentity) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = identity.fingerprint;
        Self {
            count: identity.count,
            inputs: identity.inputs,
            print: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        }
    }
}

/// Whether data are those of the run that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    Same,
    /// Of the same shape, but with other values.
    OtherValues,
    /// Why they can't be its data.
    Other(String),
}

impl Share {
    /// Whether `data` are those of the run. Reads every value.
    pub fn fit(&self, data: &DataSet) -> Fit {
        let samples = Print::from(SamplesIdentity::of(&data.samples));
        let test = own_test(data).map(Print::from);
        let shape = |print: Print| (print.count, print.inputs);
        if shape(samples) != shape(self.samples) {
            let (own, (count, inputs)) = (self.samples, shape(samples));
            return Fit::Other(format!(
                "they are {count} samples of {inputs} values, and the run was trained on {} of {}",
                own.count, own.inputs
            ));
        }
        if test.map(shape) != self.test.map(shape) {
            return Fit::Other("another part of them is held out for testing".to_owned());
        }
        if (samples, test) == (self.samples, self.test) {
            Fit::Same
        } else {
            Fit::OtherValues
        }
    }

    /// Whether what computes here is what the run was computed with.
    pub fn same_numerics(&self) -> bool {
        self.kernel_path == KernelPath::best().name() && self.numerics_version == numerics::VERSION
    }

    /// Whether the run will be the same to the bit, in a sentence; `fit` is that of its data.
    pub fn promise(&self, fit: &Fit) -> String {
        let here = KernelPath::best().name();
        if self.numerics_version != numerics::VERSION {
            return format!(
                "Its last digits may differ: it was computed by a release whose arithmetic is numbered {}, and this \
                 one's is {}.",
                self.numerics_version,
                numerics::VERSION
            );
        }
        if self.kernel_path != here {
            return format!(
                "Its last digits may differ: it was computed with {} instructions, and this computer has {here}.",
                self.kernel_path
            );
        }
        match fit {
            Fit::Same => format!(
                "Its bits will be equal: the same data, and the same {here} instructions."
            ),
            Fit::OtherValues | Fit::Other(_) => {
                "Its digits will differ: the values of the data are not quite those that it was trained on."
                    .to_owned()
            }
        }
    }

    /// What came of it, in a sentence: `state` is the checksum at the end of [`Self::epoch`]. `None` where the line does not
    /// say what it was.
    pub fn verdict(&self, state: u64) -> Option<&'static str> {
        let told = self.state?;
        Some(if told == state {
            "This is the epoch at which the run was shared, and the weights are the same to the bit."
        } else {
            "This is the epoch at which the run was shared; the weights differ from those it had."
        })
    }
}
