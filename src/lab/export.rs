//! What can be written of what is shown, for other programs.

use std::path::PathBuf;
use std::sync::Arc;

use strum::VariantArray;

use crate::io::pixels::Pixels;
use crate::training::Snapshot;
use crate::training::run::Keyframe;

/// What can be written of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Export {
    /// The hidden activations of all samples of the data.
    Code,
    /// For NumPy, as safetensors, or as a PyTorch module.
    Model,
    /// At print size.
    Features,
    /// The cost and its terms, as a picture or a table.
    Curves,
    /// What was predicted in lessons, a row each.
    Predictions,
    /// The features and ρ̂ over the epochs that are kept, as an animated picture.
    Film,
    /// A page of HTML with all of it.
    Report,
    /// As it is seen.
    Window,
}

impl Export {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// What the window that asks for the file is called.
    pub fn title(self) -> &'static str {
        self.text().trim_end_matches('…')
    }

    /// As the command is called; more input follows.
    pub fn text(self) -> &'static str {
        match self {
            Self::Code => "Encode the data…",
            Self::Model => "Export the model…",
            Self::Features => "Save the features as a picture…",
            Self::Curves => "Save the curves…",
            Self::Predictions => "Save the predictions…",
            Self::Film => "Save the training as a film…",
            Self::Report => "Save a report of the run…",
            Self::Window => "Save the window as a picture…",
        }
    }

    /// One sentence on what it does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Code => {
                "Write the hidden activations of all samples, a row each: a table with labels (.csv) or an array (.npy)"
            }
            Self::Model => {
                "Write the weights with their settings and preparation: .npz, .safetensors, or .py, a PyTorch module"
            }
            Self::Features => {
                "Write the features as numbered tiles with the scale of their colours, at print size: .png or .svg"
            }
            Self::Curves => "Write the cost and its terms over the epochs: .svg, .png or .csv",
            Self::Predictions => {
                "Write what was predicted in this session's lessons beside what was measured, a row each: .csv"
            }
            Self::Film => {
                "Write the features and the distribution of ρ̂ over the epochs so far as an animated picture: .gif"
            }
            Self::Report => {
                "Write one page that opens in a browser, offline: settings, results, features and curves: .html"
            }
            Self::Window => "Write what the window shows, as it is seen: .png",
        }
    }

    /// The suffixes that say how it is written, the usual one first.
    pub fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["csv", "npy"],
            Self::Model => &["npz", "safetensors", "py"],
            Self::Features => &["png", "svg"],
            Self::Curves => &["svg", "png", "csv"],
            Self::Predictions => &["csv"],
            Self::Film => &["gif"],
            Self::Report => &["html"],
            Self::Window => &["png"],
        }
    }

    /// What the file is called unless the person says otherwise, before its suffix.
    fn stem(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Model => "model",
            Self::Features => "features",
            Self::Curves => "curves",
            Self::Predictions => "predictions",
            Self::Film => "training",
            Self::Report => "report",
            Self::Window => "window",
        }
    }

    /// What kind of file it is, for a dialog that lists files.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Code => "Table or array",
            Self::Model => "Model",
            Self::Features | Self::Curves | Self::Window => "Picture",
            Self::Predictions => "Table",
            Self::Film => "Animated picture",
            Self::Report => "Page",
        }
    }

    /// The name that is proposed.
    pub fn name(self) -> String {
        format!("{}.{}", self.stem(), self.suffixes()[0])
    }
}

/// A picture that is drawn for the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Picture {
    /// At print size.
    Features,
    Curves,
}

impl Picture {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn text(self) -> &'static str {
        match self {
            Self::Features => "Copy the features as a picture",
            Self::Curves => "Copy the curves as a picture",
        }
    }

    /// One sentence on what it does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Features => {
                "The features as numbered tiles with the scale of their colours, at print size, into the clipboard"
            }
            Self::Curves => {
                "The cost and its terms over the epochs, at print size, into the clipboard"
            }
        }
    }

    /// The beginning of a sentence that says where it is.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Features => "The picture of the features",
            Self::Curves => "The picture of the curves",
        }
    }
}

/// What is to go into the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    Text(String),
    Picture(Pixels),
}

/// Where a picture of the window is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Photograph {
    File(PathBuf),
    Clipboard,
}

/// What some of them take beside what is shown.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The window, where that is what is written.
    pub window: Option<Arc<Pixels>>,
    /// Of a report.
    pub notes: String,
    /// Of a film.
    pub frames: Vec<Arc<Keyframe>>,
    /// What was predicted in lessons, where that is what is written.
    pub predictions: Option<String>,
}

/// A file that is being written.
#[derive(Clone, Debug, PartialEq)]
pub struct Exporting {
    pub path: PathBuf,
    /// In [0, 1]; `None` where that is not told.
    pub part: Option<f64>,
}

/// What was written, for the notice.
#[derive(Debug)]
pub struct Exported {
    pub what: Export,
    pub files: Vec<PathBuf>,
    pub snapshot: Arc<Snapshot>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: std::collections::HashSet<String> =
            Export::ALL.into_iter().map(Export::name).collect();
        assert_eq!(names.len(), Export::ALL.len());
    }
}
