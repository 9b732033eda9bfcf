//! What the names of tensors say, as the programs and people who write them use them.

/// What a tensor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Encoder,
    Decoder,
}

const ENCODER: &[&str] = &["enc", "encoder", "encode", "hid", "hidden", "hbias"];
const DECODER: &[&str] = &[
    "dec",
    "decoder",
    "decode",
    "out",
    "output",
    "recon",
    "reconstruction",
    "vis",
    "visible",
    "vbias",
];
const WEIGHTS: &[&str] = &["w", "weight", "weights", "kernel"];
const BIASES: &[&str] = &["b", "bias", "biases"];
/// What is kept beside a model in training.
const STATE: &[&str] = &[
    "optim",
    "optimizer",
    "optimiser",
    "opt",
    "avg",
    "ema",
    "momentum",
    "grad",
    "grads",
    "scheduler",
];

/// A tensor's name in words: "module.fc1.weight" is module, fc, 1, weight.
pub(super) struct Name {
    words: Vec<String>,
}

impl Name {
    pub(super) fn of(name: &str) -> Self {
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum Kind {
            Lower,
            Upper,
            Digit,
            Other,
        }
        let mut words: Vec<String> = Vec::new();
        let mut last = Kind::Other;
        for letter in name.chars() {
            let kind = match letter {
                _ if letter.is_numeric() => Kind::Digit,
                _ if letter.is_uppercase() => Kind::Upper,
                _ if letter.is_alphabetic() => Kind::Lower,
                _ => Kind::Other,
            };
            let goes_on = kind == last || (last, kind) == (Kind::Upper, Kind::Lower);
            match words.last_mut() {
                _ if kind == Kind::Other => {}
                Some(word) if goes_on => word.extend(letter.to_lowercase()),
                _ => words.push(letter.to_lowercase().collect()),
            }
            last = kind;
        }
        Self { words }
    }

    fn has(&self, list: &[&str]) -> bool {
        self.words.iter().any(|word| list.contains(&&**word))
    }

    pub(super) fn is_training_state(&self) -> bool {
        self.has(STATE)
    }

    /// 1: it says so; −1: it says the opposite; 0: neither, or both.
    pub(super) fn speaks_for(&self, role: Role) -> i32 {
        let said = i32::from(self.has(ENCODER)) - i32::from(self.has(DECODER));
        match role {
            Role::Encoder => said,
            Role::Decoder => -said,
        }
    }

    /// Whether it is called as `weights` are, but for the word that says what it is.
    pub(super) fn is_bias_of(&self, weights: &Self) -> bool {
        let stem = |name: &Self, kinds: &[&str]| -> Vec<String> {
            let words = name.words.iter();
            words
                .filter(|word| !kinds.contains(&&***word))
                .cloned()
                .collect()
        };
        self.has(BIASES) && stem(self, BIASES) == stem(weights, WEIGHTS)
    }

    /// 1: the two differ by a number alone, and `other` has the higher; −1: the lower; 0: otherwise.
    pub(super) fn order(&self, other: &Self) -> i32 {
        if self.words.len() != other.words.len() {
            return 0;
        }
        let mut differing = self.words.iter().zip(&other.words).filter(|(a, b)| a != b);
        let (Some((a, b)), None) = (differing.next(), differing.next()) else {
            return 0;
        };
        match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) if a < b => 1,
            (Ok(a), Ok(b)) if a > b => -1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_letters_digits_and_cases_do() {
        let words = |name| Name::of(name).words;
        assert_eq!(words("module.fc1.weight"), ["module", "fc", "1", "weight"]);
        assert_eq!(words("W_enc"), ["w", "enc"]);
        assert_eq!(words("encoderBias2"), ["encoder", "bias", "2"]);
        assert_eq!(words("b1"), ["b", "1"]);
    }

    #[test]
    fn a_bias_is_called_as_its_weights_are() {
        let own = |bias, weights| Name::of(bias).is_bias_of(&Name::of(weights));
        for (bias, weights) in [
            ("encoder.bias", "encoder.weight"),
            ("b1", "W1"),
            ("b_enc", "W_enc"),
            ("0.bias", "0.weight"),
            ("dense/bias", "dense/kernel"),
        ] {
            assert!(own(bias, weights), "{bias} {weights}");
        }
        for (bias, weights) in [
            ("b2", "W1"),
            ("decoder.bias", "encoder.weight"),
            ("norm1", "W1"),
        ] {
            assert!(!own(bias, weights), "{bias} {weights}");
        }
    }

    #[test]
    fn numbers_say_which_comes_first() {
        let order = |a, b| Name::of(a).order(&Name::of(b));
        assert_eq!(order("0.weight", "2.weight"), 1);
        assert_eq!(order("fc10.weight", "fc9.weight"), -1);
        assert_eq!(order("a1.w2", "a2.w3"), 0);
        assert_eq!(order("enc.weight", "dec.weight"), 0);
    }
}
