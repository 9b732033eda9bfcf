//! What a diagnosis says, in a sentence.

use super::{Diagnosis, Mistake, Verdict};

impl Diagnosis {
    /// The greatest relative distance of a block to that of the correct gradient.
    pub fn correct_error(&self) -> f64 {
        self.correct_errors.into_iter().fold(0.0, f64::max)
    }

    /// The outcome in one sentence, without its full stop.
    pub fn sentence(&self) -> String {
        match &self.verdict {
            Verdict::Correct => "the gradient is that of the cost".into(),
            Verdict::Unknown => format!(
                "the gradient is not that of the cost (relative error {:.2e}), and no mistake known here, nor two of them, \
                 give it: check that the data, ρ, β, λ and the activations are those it was computed with",
                self.correct_error()
            ),
            Verdict::Mistakes {
                mistakes,
                alternatives,
            } => {
                let more = match alternatives.len() {
                    0 => String::new(),
                    1 => "; one other explanation gives the same on these data".into(),
                    count => format!("; {count} other explanations give the same on these data"),
                };
                format!(
                    "the gradient is not that of the cost: {}{more}",
                    names(mistakes).join(", ")
                )
            }
        }
    }
}

pub fn names(mistakes: &[Mistake]) -> Vec<&'static str> {
    mistakes.iter().map(|mistake| mistake.name()).collect()
}
