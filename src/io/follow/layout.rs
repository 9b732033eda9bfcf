//! Which tensors of a file that another program wrote are W1, b1, W2 and b2, and which way round they lie.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::names::{Name, Role};
use crate::data::TensorInfo;

/// What is said of it: a tensor's name for some or all of the four; what it leaves open is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TensorMap {
    pub encoder: Option<String>,
    pub encoder_bias: Option<String>,
    /// That of the encoder's where the weights are tied.
    pub decoder: Option<String>,
    pub decoder_bias: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0:?} does not say which tensor is which: give W1=NAME,b1=NAME,W2=NAME,b2=NAME, or some of these"
)]
pub struct MapError(String);

impl FromStr for TensorMap {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        let mut map = Self::default();
        for part in text.split(',').map(str::trim) {
            let (which, name) = part.split_once('=').ok_or_else(|| MapError(part.into()))?;
            let place = match which.trim() {
                "W1" => &mut map.encoder,
                "b1" => &mut map.encoder_bias,
                "W2" => &mut map.decoder,
                "b2" => &mut map.decoder_bias,
                _ => return Err(MapError(part.into())),
            };
            if name.trim().is_empty() || place.replace(name.trim().into()).is_some() {
                return Err(MapError(part.into()));
            }
        }
        Ok(map)
    }
}

/// A matrix and how it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    pub name: String,
    /// As it lies in the file.
    pub shape: (usize, usize),
    /// Whether rows and columns are to be exchanged.
    pub transposed: bool,
}

/// Which tensors are taken: W1 (h, n), b1 (h), W2 (n, h), b2 (n).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub encoder: Matrix,
    pub encoder_bias: String,
    /// `None`: the weights are tied, W2 = W1ᵀ.
    pub decoder: Option<Matrix>,
    pub decoder_bias: String,
    pub inputs: usize,
    pub hidden: usize,
}

impl Layout {
    /// Whether it can't be told from the shapes which way round the matrices lie.
    pub fn is_square(&self) -> bool {
        self.inputs == self.hidden
    }
}

/// "W1 = encoder.weight (64×784), b1 = encoder.bias, W2 = decoder.weight (784×64), b2 = decoder.bias"
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W1 = {}, b1 = {}, ", self.encoder, self.encoder_bias)?;
        match &self.decoder {
            Some(decoder) => write!(f, "W2 = {decoder}, ")?,
            None => write!(f, "W2 = W1 transposed (the weights are tied), ")?,
        }
        write!(f, "b2 = {}", self.decoder_bias)?;
        if self.is_square() {
            write!(
                f,
                "; with as many units as inputs the shapes can't tell rows from columns: taken as PyTorch's Linear has \
                 them, (out, in)"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns) = self.shape;
        let turned = if self.transposed { ", transposed" } else { "" };
        write!(f, "{} ({rows}×{columns}{turned})", self.name)
    }
}

/// Why no tensors are taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoLayout {
    #[error("it has no tensor {0:?} of floating-point numbers that could be {1}")]
    Unnamed(String, &'static str),
    #[error("no matrix has {0} inputs, as the data have, with biases for both sides")]
    None(usize),
    #[error("{0} and {1} could be {2}")]
    Ambiguous(String, String, &'static str),
    #[error("{0} computes something as well, so it is another network than the lab's")]
    Deeper(String),
}

/// A pair that could be the model, and what speaks for it.
struct Candidate<'a> {
    encoder: &'a TensorInfo,
    decoder: Option<&'a TensorInfo>,
    hidden: usize,
    encoder_bias: Bias<'a>,
    decoder_bias: Bias<'a>,
    score: i32,
}

/// The vector that suits a matrix best.
#[derive(Clone, Copy)]
struct Bias<'a> {
    tensor: &'a TensorInfo,
    score: i32,
    /// Another that suits it as well.
    rival: Option<&'a TensorInfo>,
}

/// The tensors of a model of `inputs` inputs: those that `map` names, the others by their shapes and names.
///
/// # Errors
/// There are none, or it can't be told which.
pub fn layout(tensors: &[TensorInfo], inputs: usize, map: &TensorMap) -> Result<Layout, NoLayout> {
    let search = Search::new(tensors, inputs, map)?;
    let found = chosen(search.candidates(), inputs)?;
    if map.encoder.is_none() || map.decoder.is_none() {
        search.nothing_between(&found)?;
    }
    Ok(found)
}

/// What may be taken for what.
struct Search<'a> {
    inputs: usize,
    matrices: Vec<&'a TensorInfo>,
    vectors: Vec<&'a TensorInfo>,
    encoder: Option<&'a TensorInfo>,
    encoder_bias: Option<&'a TensorInfo>,
    decoder: Option<&'a TensorInfo>,
    decoder_bias: Option<&'a TensorInfo>,
}

impl<'a> Search<'a> {
    fn new(tensors: &'a [TensorInfo], inputs: usize, map: &TensorMap) -> Result<Self, NoLayout> {
        let floats = |dimensions| -> Vec<&'a TensorInfo> {
            let fits = |tensor: &&TensorInfo| {
                tensor.is_float && tensor.shape.len() == dimensions && !tensor.shape.contains(&0)
            };
            tensors.iter().filter(fits).collect()
        };
        let (matrices, vectors) = (floats(2), floats(1));
        let named = |name: &Option<String>, among: &[&'a TensorInfo], which| match name {
            Some(name) => among
                .iter()
                .find(|tensor| tensor.name == *name)
                .map(|&tensor| Some(tensor))
                .ok_or_else(|| NoLayout::Unnamed(name.clone(), which)),
            None => Ok(None),
        };
        Ok(Self {
            inputs,
            encoder: named(&map.encoder, &matrices, "W1, a matrix")?,
            encoder_bias: named(&map.encoder_bias, &vectors, "b1, a vector")?,
            decoder: named(&map.decoder, &matrices, "W2, a matrix")?,
            decoder_bias: named(&map.decoder_bias, &vectors, "b2, a vector")?,
            matrices,
            vectors,
        })
    }

    fn candidates(&self) -> Vec<Candidate<'a>> {
        let either = |named: Option<&'a TensorInfo>| match named {
            Some(one) => vec![one],
            None => self.matrices.clone(),
        };
        let mut found = Vec::new();
        for one in either(self.encoder) {
            let others = either(self.decoder);
            for other in others.into_iter().filter(|other| other.name != one.name) {
                found.extend(self.candidate(one, Some(other)));
            }
        }
        let tied = self
            .decoder
            .is_none_or(|decoder| Some(decoder) == self.encoder);
        if found.is_empty() && tied {
            for one in either(self.encoder) {
                found.extend(self.candidate(one, None));
            }
        }
        found
    }

    /// The pair with the biases that suit it best; `None`: it can be no model.
    fn candidate(
        &self,
        one: &'a TensorInfo,
        other: Option<&'a TensorInfo>,
    ) -> Option<Candidate<'a>> {
        let hidden = other_side(&one.shape, self.inputs)?;
        if other.is_some_and(|other| other_side(&other.shape, self.inputs) != Some(hidden)) {
            return None;
        }
        let encoder_bias = |but| {
            let vectors = self.suiting(self.encoder_bias, self.decoder_bias, hidden);
            best_bias(vectors, Some(one), Role::Encoder, but)
        };
        let decoder_bias = |but| {
            let vectors = self.suiting(self.decoder_bias, self.encoder_bias, self.inputs);
            best_bias(vectors, other, Role::Decoder, but)
        };
        let (mut first, mut second) = (encoder_bias(None)?, decoder_bias(None)?);
        if first.tensor == second.tensor {
            if first.score >= second.score {
                second = decoder_bias(Some(first.tensor))?;
            } else {
                first = encoder_bias(Some(second.tensor))?;
            }
        }
        first.score += i32::from(self.encoder_bias.is_some());
        second.score += i32::from(self.decoder_bias.is_some());
        Some(Candidate {
            encoder: one,
            decoder: other,
            hidden,
            encoder_bias: first,
            decoder_bias: second,
            score: pair_score(one, other, (self.inputs, hidden)) + first.score + second.score,
        })
    }

    /// The vectors of a length: the `named` one where there is one, never that which is named for the `other` side.
    fn suiting(
        &self,
        named: Option<&'a TensorInfo>,
        other: Option<&'a TensorInfo>,
        length: usize,
    ) -> impl Iterator<Item = &'a TensorInfo> {
        let vectors = self.vectors.iter().copied();
        vectors.filter(move |&tensor| {
            tensor.shape[0] == length
                && named.map_or_else(|| other != Some(tensor), |named| named == tensor)
        })
    }

    /// Refuses what computes more than the two layers, such as the outer layers of a deeper network.
    fn nothing_between(&self, found: &Layout) -> Result<(), NoLayout> {
        let decoder = found.decoder.as_ref().map(|decoder| &decoder.name);
        let (n, h) = (found.inputs, found.hidden);
        let further = self.matrices.iter().chain(&self.vectors).find(|tensor| {
            let name = Some(&tensor.name);
            let used = [
                &found.encoder.name,
                &found.encoder_bias,
                &found.decoder_bias,
            ]
            .into_iter()
            .chain(decoder)
            .any(|used| Some(used) == name);
            let alike = tensor.shape[..] == [n, h] || tensor.shape[..] == [h, n];
            let touches = tensor.shape.contains(&h) || tensor.shape.contains(&n);
            !used && !alike && touches && !Name::of(&tensor.name).is_training_state()
        });
        match further {
            Some(tensor) => Err(NoLayout::Deeper(tensor.name.clone())),
            None => Ok(()),
        }
    }
}

/// The one candidate that more speaks for than for any other.
fn chosen(mut candidates: Vec<Candidate<'_>>, inputs: usize) -> Result<Layout, NoLayout> {
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    let Some(best) = candidates.first() else {
        return Err(NoLayout::None(inputs));
    };
    let names = |one: &TensorInfo, other: &TensorInfo, which| {
        Err(NoLayout::Ambiguous(
            one.name.clone(),
            other.name.clone(),
            which,
        ))
    };
    if let Some(second) = candidates.get(1).filter(|next| next.score == best.score) {
        if second.encoder.name != best.encoder.name {
            return names(best.encoder, second.encoder, "W1");
        }
        if let (Some(one), Some(other)) = (best.decoder, second.decoder) {
            return names(one, other, "W2");
        }
    }
    let (first, second) = (&best.encoder_bias, &best.decoder_bias);
    for (bias, other, which) in [(first, second, "b1"), (second, first, "b2")] {
        if let Some(rival) = bias.rival.filter(|&rival| rival != other.tensor) {
            return names(bias.tensor, rival, which);
        }
    }
    // of one length, and nothing says which is which
    if best.hidden == inputs && (first.score, second.score) == (0, 0) {
        return names(first.tensor, second.tensor, "b1");
    }
    let matrix = |tensor: &TensorInfo, wanted: (usize, usize)| {
        let shape = (tensor.shape[0], tensor.shape[1]);
        Matrix {
            name: tensor.name.clone(),
            shape,
            transposed: shape != wanted,
        }
    };
    Ok(Layout {
        encoder: matrix(best.encoder, (best.hidden, inputs)),
        encoder_bias: best.encoder_bias.tensor.name.clone(),
        decoder: best
            .decoder
            .map(|decoder| matrix(decoder, (inputs, best.hidden))),
        decoder_bias: best.decoder_bias.tensor.name.clone(),
        inputs,
        hidden: best.hidden,
    })
}

/// The side of a matrix that is not `inputs` long; of a square one either.
fn other_side(shape: &[usize], inputs: usize) -> Option<usize> {
    match *shape {
        [hidden, n] if n == inputs => Some(hidden),
        [n, hidden] if n == inputs => Some(hidden),
        _ => None,
    }
}

/// What the names of two matrices and their sides say for the first as encoder and the second as decoder.
fn pair_score(one: &TensorInfo, other: Option<&TensorInfo>, (n, h): (usize, usize)) -> i32 {
    let of_role = |tensor: &TensorInfo, role| {
        let name = Name::of(&tensor.name);
        penalty(&name) + 4 * name.speaks_for(role)
    };
    let Some(other) = other else {
        // tied weights may be called by either side
        return penalty(&Name::of(&one.name));
    };
    let order = Name::of(&one.name).order(&Name::of(&other.name));
    let upright = one.shape[..] == [h, n] && other.shape[..] == [n, h];
    of_role(one, Role::Encoder) + of_role(other, Role::Decoder) + 2 * order + i32::from(upright)
}

/// The one of `vectors`, but for one of them, that suits `matrix` in its role best; `None`: there are none.
fn best_bias<'a>(
    vectors: impl Iterator<Item = &'a TensorInfo>,
    matrix: Option<&TensorInfo>,
    role: Role,
    but: Option<&TensorInfo>,
) -> Option<Bias<'a>> {
    let mut best: Option<Bias<'a>> = None;
    for tensor in vectors.filter(|&tensor| Some(tensor) != but) {
        let name = Name::of(&tensor.name);
        let own = matrix.is_some_and(|matrix| name.is_bias_of(&Name::of(&matrix.name)));
        let score = penalty(&name) + 3 * i32::from(own) + 3 * name.speaks_for(role);
        best = Some(match best {
            Some(best) if best.score > score => best,
            Some(best) if best.score == score => Bias {
                rival: Some(tensor),
                ..best
            },
            _ => Bias {
                tensor,
                score,
                rival: None,
            },
        });
    }
    best
}

/// What training keeps beside a model looks like it.
fn penalty(name: &Name) -> i32 {
    if name.is_training_state() { -20 } else { 0 }
}

#[cfg(test)]
mod tests;
