//! How far a training was when it wrote a checkpoint.

use std::fmt;

/// As the checkpoint or its name says it. Ordered as a training goes: by epoch, then by step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Progress {
    /// Passes over the data.
    pub epoch: Option<u64>,
    /// Updates, or a number that nothing more is said of.
    pub step: Option<u64>,
}

impl Progress {
    /// By the numbers in a file's name: "epoch=3-step=1200.npz", "ep3", "iter_0010"; where no word stands before a
    /// number, the last one is the step.
    pub fn of_name(name: &str) -> Self {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut progress = Self::default();
        let (mut last, mut word, mut rest) = (None, "", stem);
        while let Some(start) = rest.find(char::is_alphanumeric) {
            rest = &rest[start..];
            let digits = rest.starts_with(|letter: char| letter.is_ascii_digit());
            let ends =
                |letter: char| !letter.is_alphanumeric() || letter.is_ascii_digit() != digits;
            let (part, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
            rest = after;
            if !digits {
                word = part;
                continue;
            }
            // one of more than 19 digits counts nothing
            let number = part.parse::<u64>().ok();
            match word.to_ascii_lowercase().as_str() {
                "epoch" | "epochs" | "ep" | "e" => progress.epoch = number.or(progress.epoch),
                "step" | "steps" | "iter" | "iteration" | "it" | "s" => {
                    progress.step = number.or(progress.step);
                }
                _ => last = number.or(last),
            }
            word = "";
        }
        if progress == Self::default() {
            progress.step = last;
        }
        progress
    }

    /// What it says itself, or else what `other` does.
    pub fn or(self, other: Self) -> Self {
        if self == Self::default() { other } else { self }
    }
}

/// "epoch 3, step 1200"; nothing where nothing is known.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.epoch, self.step) {
            (Some(epoch), Some(step)) => write!(f, "epoch {epoch}, step {step}"),
            (Some(epoch), None) => write!(f, "epoch {epoch}"),
            (None, Some(step)) => write!(f, "step {step}"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_for_what_their_words_say() {
        let of = |name| {
            let Progress { epoch, step } = Progress::of_name(name);
            (epoch, step)
        };
        assert_eq!(of("step_00000120.safetensors"), (None, Some(120)));
        assert_eq!(of("epoch=3-step=1200.npz"), (Some(3), Some(1200)));
        assert_eq!(of("Epoch12.safetensors"), (Some(12), None));
        assert_eq!(of("sae_784x64_iter7.npz"), (None, Some(7)));
        assert_eq!(of("fc1-0042.npz"), (None, Some(42)));
        assert_eq!(of("latest.safetensors"), (None, None));
        assert_eq!(of("größe-9.npz"), (None, Some(9)));
        assert_eq!(of("99999999999999999999999.npz"), (None, None));
    }

    #[test]
    fn a_training_goes_upwards() {
        let mut names = ["step_10.npz", "epoch2.npz", "step_9.npz", "latest.npz"];
        names.sort_by_key(|name| Progress::of_name(name));
        assert_eq!(
            names,
            ["latest.npz", "step_9.npz", "step_10.npz", "epoch2.npz"]
        );
    }
}
