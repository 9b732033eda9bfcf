//! A student's weights and gradient, as MATLAB, Octave or NumPy saved them, and what the doctor says of them.

mod names;
mod part;
mod reading;

use std::path::Path;

use super::IoError;
use crate::data::TensorFile;
use crate::model::doctor::{Diagnosis, Question};
use crate::numerics::Precision;

pub use names::HELP;
use names::{Meaning, Part};
pub use reading::Readings;

/// A file with weights, a gradient, or both.
pub struct StudentFile {
    name: String,
    tensors: TensorFile,
}

/// Weights, and the gradient that somebody's program computed at them.
#[derive(Debug)]
pub struct Assignment {
    pub weights: Readings,
    pub gradient: Readings,
}

/// What the doctor says of an assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    pub diagnosis: Diagnosis,
    /// How the files were understood, where that is not plain from them: a sentence each.
    pub notes: Vec<String>,
}

impl StudentFile {
    /// # Errors
    /// It cannot be read, or is none of the kinds that are read.
    pub fn read(path: &Path) -> Result<Self, IoError> {
        Ok(Self {
            name: path.display().to_string(),
            tensors: TensorFile::read(path)?,
        })
    }

    /// The same of a whole file in memory.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn open(name: &str, bytes: Vec<u8>) -> Result<Self, IoError> {
        Ok(Self {
            name: name.to_owned(),
            tensors: TensorFile::open(name, bytes)?,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is of the kind that the lab writes its models in.
    pub fn is_npz(&self) -> bool {
        self.tensors.is_npz()
    }

    /// Whether an array is named as a gradient's.
    pub fn names_a_gradient(&self) -> bool {
        self.means(|(_, meaning)| meaning == Meaning::Gradient)
    }

    /// Whether it has weights, or what is named as they are.
    pub fn names_weights(&self) -> bool {
        self.means(|(_, meaning)| meaning == Meaning::Weights)
    }

    fn means(&self, test: fn((Part, Meaning)) -> bool) -> bool {
        let mut infos = self.tensors.tensors().iter();
        infos.any(|info| names::meaning(&info.name).is_some_and(test))
    }

    fn refuse(&self, problem: impl Into<String>, remedy: &'static str) -> IoError {
        IoError::Assignment {
            file: self.name.clone(),
            problem: problem.into(),
            remedy,
        }
    }
}

impl Assignment {
    /// The gradient in `gradient`, or beside the weights where that is `None`; `weights` were read from `model`.
    ///
    /// # Errors
    /// There is none, or it is no gradient of such weights.
    pub fn new(
        weights: Readings,
        model: &mut StudentFile,
        gradient: Option<&mut StudentFile>,
    ) -> Result<Self, IoError> {
        let size = weights.size();
        let gradient = match gradient {
            Some(file) => file.gradient(size, &model.name, true)?,
            None => {
                let name = model.name.clone();
                model.gradient(size, &name, false)?
            }
        };
        Ok(Self { weights, gradient })
    }

    /// Out of one file or two, in any order, for data of `inputs` values a sample. The words say what was taken from where.
    ///
    /// # Errors
    /// It has not both, it cannot be told which has which, or they are of other data.
    pub fn of_files(files: Vec<StudentFile>, inputs: usize) -> Result<Self, IoError> {
        let (mut model, mut gradient) = in_order(files)?;
        let mut weights = model.weights(Some(inputs), None)?;
        let (h, n) = weights.size();
        if n != inputs {
            let problem = format!(
                "it has weights of {n} inputs and {h} hidden units, and the samples here have {inputs} values"
            );
            return Err(model.refuse(problem, "open the data that it was computed on first"));
        }
        if let Some(gradient) = &gradient {
            weights.note(format!(
                "The weights are those in {}, the gradient that in {}.",
                short(&model.name),
                short(&gradient.name)
            ));
        }
        Self::new(weights, &mut model, gradient.as_mut())
    }

    /// That of the coarsest array.
    pub fn precision(&self) -> Precision {
        match (self.weights.precision, self.gradient.precision) {
            (Precision::F64, Precision::F64) => Precision::F64,
            _ => Precision::F32,
        }
    }

    /// What the gradient is.
    ///
    /// # Errors
    /// The correct gradient is no number there.
    pub fn examine(&self, question: &Question<'_>) -> Result<Findings, IoError> {
        let examination = question
            .examine(&self.weights.all, &self.gradient.all)
            .ok_or_else(|| IoError::Assignment {
                file: self.weights.file.clone(),
                problem: "the correct gradient at its weights is not finite on these data".into(),
                remedy: "give weights from before they diverged, or before a unit's mean activation was 0 or 1 to the last \
                         digit",
            })?;
        let [at, of] = examination.reading;
        let mut notes = self.weights.notes_of(at);
        notes.extend(self.gradient.notes_of(of));
        Ok(Findings {
            diagnosis: examination.diagnosis,
            notes,
        })
    }
}

/// The file with the weights, and the one with the gradient where that is another.
fn in_order(files: Vec<StudentFile>) -> Result<(StudentFile, Option<StudentFile>), IoError> {
    let mut files = files.into_iter();
    let first = files.next().ok_or_else(|| IoError::Assignment {
        file: "no file".into(),
        problem: "there is nothing to read".into(),
        remedy: "choose a file with weights and their gradient, or one with each",
    })?;
    let Some(second) = files.next() else {
        return Ok((first, None));
    };
    if files.next().is_some() {
        return Err(first.refuse(
            "it is one of more than two files",
            "choose a file with weights and their gradient, or one with each",
        ));
    }
    Ok(
        match first.looks_like_a_gradient() > second.looks_like_a_gradient() {
            true => (second, Some(first)),
            false => (first, Some(second)),
        },
    )
}

impl StudentFile {
    /// By its arrays, or else by what it is called.
    fn looks_like_a_gradient(&self) -> i32 {
        let called = short(&self.name).to_lowercase().contains("grad");
        4 * (i32::from(self.names_a_gradient()) - i32::from(self.names_weights()))
            + i32::from(called)
            // the lab's own record of how a model was made
            - 2 * i32::from(self.tensors.metadata().contains_key("record"))
    }
}

/// The file's name without its folder.
fn short(name: &str) -> String {
    let file = Path::new(name).file_name();
    file.map_or_else(
        || name.to_owned(),
        |file| file.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests;
