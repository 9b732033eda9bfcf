//! What the arrays of a student's file are, by their names.

/// One of the four, or all of them in one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    W1,
    B1,
    W2,
    B2,
    /// W1, W2, b1, b2, one behind the other
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Weights,
    Gradient,
}

pub const BLOCKS: [(&str, Part); 4] = [
    ("w1", Part::W1),
    ("b1", Part::B1),
    ("w2", Part::W2),
    ("b2", Part::B2),
];

/// What stands beside a block's name where it is the gradient's.
const GRADIENT: [&str; 13] = [
    "grad",
    "grads",
    "gradient",
    "gradients",
    "d",
    "g",
    "dj",
    "djd",
    "dl",
    "dld",
    "nabla",
    "deriv",
    "derivative",
];
/// Vectors of weights: where a file has several, the first is the one that the gradient is of.
const FLAT_WEIGHTS: [&str; 3] = ["theta", "opttheta", "thetaopt"];
const FLAT_GRADIENTS: [&str; 9] = [
    "grad",
    "gradient",
    "thetagrad",
    "gradtheta",
    "thetagradient",
    "gradienttheta",
    "dtheta",
    "djdtheta",
    "nablatheta",
];

/// The names that are understood, for the help.
pub const HELP: &str = "\
Files of --model and --gradient: .npz, .mat (MATLAB 4 to 7, Octave's -v7) or .safetensors, with
  weights    W1 b1 W2 b2, or theta or opttheta
  gradient   W1grad b1grad W2grad b2grad, or dW1 …, gradW1 …, W1_grad …, dJ_dW1 …, or grad, thetagrad, gradTheta, dtheta;
             in a file of its own also W1 b1 W2 b2 or theta
in capitals or not, with _ or without. Biases may be columns or rows, matrices may lie transposed. theta and grad are as in
UFLDL: W1, W2, b1, b2 one behind the other, the matrices column by column in a .mat and row by row in a .npz (column by
column where only that gives a gradient that is known). One file may hold both: give it twice.";

/// What an array called `name` is; `None`: nothing of a student's network.
pub fn meaning(name: &str) -> Option<(Part, Meaning)> {
    let letters = letters(name);
    for (block, part) in BLOCKS {
        if let Some((before, behind)) = letters.split_once(block) {
            let rest = [before, behind].concat();
            return match rest.as_str() {
                "" => Some((part, Meaning::Weights)),
                rest if GRADIENT.contains(&rest) => Some((part, Meaning::Gradient)),
                _ => None,
            };
        }
    }
    rank(&FLAT_WEIGHTS, &letters)
        .map(|_| Meaning::Weights)
        .or_else(|| rank(&FLAT_GRADIENTS, &letters).map(|_| Meaning::Gradient))
        .map(|meaning| (Part::All, meaning))
}

/// Of two vectors, the one of the lower rank is taken.
pub fn flat_rank(name: &str) -> usize {
    let letters = letters(name);
    let known = rank(&FLAT_WEIGHTS, &letters).or_else(|| rank(&FLAT_GRADIENTS, &letters));
    known.unwrap_or(usize::MAX)
}

/// Letters and digits alone, small, ∇ in words.
fn letters(name: &str) -> String {
    let name = name.replace('∇', "grad");
    let plain = name.chars().filter(|letter| letter.is_alphanumeric());
    plain.flat_map(char::to_lowercase).collect()
}

fn rank(names: &[&str], letters: &str) -> Option<usize> {
    names.iter().position(|name| *name == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_as_students_write_them() {
        use Meaning::{Gradient, Weights};
        for (name, expected) in [
            ("W1", Some((Part::W1, Weights))),
            ("b2", Some((Part::B2, Weights))),
            ("W1grad", Some((Part::W1, Gradient))),
            ("W2_grad", Some((Part::W2, Gradient))),
            ("grad_b1", Some((Part::B1, Gradient))),
            ("dW1", Some((Part::W1, Gradient))),
            ("dJ_dW1", Some((Part::W1, Gradient))),
            ("∇W2", Some((Part::W2, Gradient))),
            ("theta", Some((Part::All, Weights))),
            ("opt_theta", Some((Part::All, Weights))),
            ("grad", Some((Part::All, Gradient))),
            ("gradTheta", Some((Part::All, Gradient))),
            ("thetaGrad", Some((Part::All, Gradient))),
            // the gradient by differences is nobody's formula
            ("numgrad", None),
            ("W1_momentum", None),
            ("W10", None),
            ("patches", None),
        ] {
            assert_eq!(meaning(name), expected, "{name}");
        }
        assert!(flat_rank("theta") < flat_rank("optTheta"));
    }
}
