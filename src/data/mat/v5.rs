//! Versions 5 to 7: a header of 128 bytes, then elements, each a tag with type and length, and data; whole arrays may
//! be compressed.

use std::io::{ErrorKind, Read};

use flate2::read::ZlibDecoder;

use super::{Class, Contents, Kind, Parsed, Problem, Stored, Variable};
use crate::data::error::grouped;
use crate::data::limits;

const HEADER: usize = 128;
const MATRIX: u32 = 14;
const COMPRESSED: u32 = 15;
/// The class of what has a class of its own.
const OPAQUE: u32 = 17;
/// A flag of an array: it has an imaginary part.
const COMPLEX: u32 = 0x0800;

/// An element's type and data, and where the next begins.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
    next: usize,
}

/// A run of elements. `origin` is where it begins in the file, for messages.
#[derive(Clone, Copy)]
struct Elements<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    origin: u64,
}

impl<'a> Elements<'a> {
    fn broken(&self, at: usize, problem: impl Into<String>) -> Problem {
        Problem::Broken {
            byte: self.origin + at as u64,
            problem: problem.into(),
        }
    }

    fn word(&self, at: usize) -> Parsed<u32> {
        let word = self.bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
        let word = *word.ok_or(Problem::Short {
            needed: self.origin + at as u64 + 4,
        })?;
        Ok(if self.big_endian {
            u32::from_be_bytes(word)
        } else {
            u32::from_le_bytes(word)
        })
    }

    /// The element at `at`, its data padded to 8 bytes unless compressed; one of up to 4 bytes lies within its tag.
    fn at(&self, at: usize) -> Parsed<Element<'a>> {
        let first = self.word(at)?;
        let (kind, start, length, next) = if first >> 16 != 0 {
            let length = (first >> 16) as usize;
            if length > 4 {
                return Err(self.broken(at, "a small element of more than 4 bytes"));
            }
            (first & 0xffff, at + 4, length, at + 8)
        } else {
            let length = self.word(at + 4)? as usize;
            let padded = if first == COMPRESSED {
                length
            } else {
                length.next_multiple_of(8)
            };
            (first, at + 8, length, (at + 8).saturating_add(padded))
        };
        let data = self.bytes.get(start..start.saturating_add(length));
        let needed = self
            .origin
            .saturating_add(start as u64)
            .saturating_add(length as u64);
        Ok(Element {
            kind,
            data: data.ok_or(Problem::Short { needed })?,
            next,
        })
    }
}

pub(super) fn variables(bytes: &[u8]) -> Parsed<Contents> {
    let header = bytes.first_chunk::<HEADER>().ok_or(Problem::Short {
        needed: HEADER as u64,
    })?;
    let big_endian = match &header[126..] {
        b"IM" => false,
        b"MI" => true,
        _ => {
            return Err(Problem::Broken {
                byte: 126,
                problem: "it does not say its byte order".into(),
            });
        }
    };
    let all = Elements {
        bytes,
        big_endian,
        origin: 0,
    };
    let mut contents = Contents::default();
    let (mut packed, mut unpacked) = (0, 0);
    let mut at = HEADER;
    while at < bytes.len() && contents.len() < limits::ARRAYS {
        let element = all.at(at)?;
        match element.kind {
            MATRIX => {
                let inner = Elements {
                    bytes: element.data,
                    big_endian,
                    origin: at as u64 + 8,
                };
                matrix(inner, &mut contents)?;
            }
            COMPRESSED => {
                let data = inflate(element.data).map_err(|problem| match problem {
                    Some(problem) => all.broken(at, problem),
                    None => Problem::Bomb,
                })?;
                // many small ones together can be a bomb too
                packed += element.data.len() as u64;
                unpacked += data.len() as u64;
                if limits::is_bomb(unpacked, packed) {
                    return Err(Problem::Bomb);
                }
                // places within refer to where the compressed bytes begin
                let inner = Elements {
                    bytes: &data,
                    big_endian,
                    origin: at as u64 + 8,
                };
                let element = inner.at(0).map_err(|problem| within(problem, at))?;
                if element.kind == MATRIX {
                    let inner = Elements {
                        bytes: element.data,
                        ..inner
                    };
                    matrix(inner, &mut contents).map_err(|problem| within(problem, at))?;
                }
            }
            1..=18 => {}
            kind => return Err(all.broken(at, format!("{kind} is not a type of element"))),
        }
        at = element.next;
    }
    Ok(contents)
}

/// Compressed data that end too soon do not mean that the file does.
fn within(problem: Problem, at: usize) -> Problem {
    match problem {
        Problem::Short { .. } => Problem::Broken {
            byte: at as u64,
            problem: "a compressed array ends too soon".into(),
        },
        other => other,
    }
}

/// `Err(None)` where they are a bomb.
fn inflate(data: &[u8]) -> Result<Vec<u8>, Option<String>> {
    let mut decoder = ZlibDecoder::new(data);
    let mut bytes = Vec::new();
    loop {
        let piece = (&mut decoder)
            .take(limits::PIECE as u64)
            .read_to_end(&mut bytes);
        match piece {
            Ok(0) => return Ok(bytes),
            Ok(_) => {}
            Err(error) => {
                let problem = match error.kind() {
                    ErrorKind::UnexpectedEof => "a compressed array ends too soon",
                    ErrorKind::OutOfMemory => "a compressed array is larger than the memory",
                    _ => "the compressed bytes are corrupt",
                };
                return Err(Some(problem.into()));
            }
        }
        // said while it grows: what it would come to is not known beforehand
        let unpacked = bytes.len() as u64;
        if limits::is_bomb(unpacked, decoder.total_in()) {
            return Err(None);
        }
        if unpacked > limits::WHOLE_FILE {
            let most = grouped(limits::WHOLE_FILE);
            return Err(Some(format!(
                "a compressed array of more than {most} bytes"
            )));
        }
    }
}

/// Adds the array, if it is one of numbers, real and full; else what it is.
fn matrix(elements: Elements<'_>, contents: &mut Contents) -> Parsed<()> {
    let flags_element = elements.at(0)?;
    let flags = Elements {
        bytes: flags_element.data,
        ..elements
    }
    .word(0)?;
    let sides = elements.at(flags_element.next)?;
    // an object of a class has no dimensions
    let name = if flags & 0xff == OPAQUE {
        elements.at(flags_element.next)?
    } else {
        elements.at(sides.next)?
    };
    let title = String::from_utf8_lossy(name.data).into_owned();
    let (class, what) = match flags & 0xff {
        6 => (Class::Double, None),
        9 => (Class::Byte, None),
        7 => (Class::Single, None),
        8 | 10..=15 => (Class::Other, None),
        1 => (Class::Other, Some("a cell array")),
        2 => (Class::Other, Some("a structure")),
        4 => (Class::Other, Some("text")),
        5 => (Class::Other, Some("a sparse array")),
        _ => (Class::Other, Some("an object")),
    };
    let complex = (flags & COMPLEX != 0).then_some("complex numbers");
    if title.is_empty() {
        return Ok(()); // MATLAB's own: what its objects share
    }
    if let Some(what) = what.or(complex) {
        contents.others.push((title, what));
        return Ok(());
    }
    let inner = Elements {
        bytes: sides.data,
        ..elements
    };
    let dimensions: Vec<u64> = (0..sides.data.len() / 4)
        .map(|index| inner.word(4 * index).map(u64::from))
        .collect::<Parsed<_>>()?;
    let values = elements.at(name.next)?;
    let (kind, size) = match values.kind {
        1 => (Kind::Signed, 1),
        2 => (Kind::Unsigned, 1),
        3 => (Kind::Signed, 2),
        4 => (Kind::Unsigned, 2),
        5 => (Kind::Signed, 4),
        6 => (Kind::Unsigned, 4),
        7 => (Kind::Float, 4),
        9 => (Kind::Float, 8),
        12 => (Kind::Signed, 8),
        13 => (Kind::Unsigned, 8),
        kind => return Err(elements.broken(name.next, format!("{kind} is not a type of number"))),
    };
    let count = dimensions
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side));
    if count.and_then(|count| count.checked_mul(size as u64)) != Some(values.data.len() as u64) {
        let sides: Vec<String> = dimensions.iter().map(|&side| grouped(side)).collect();
        let problem = format!(
            "an array promises {} values and has {} bytes of them",
            sides.join(" × "),
            grouped(values.data.len() as u64)
        );
        return Err(elements.broken(name.next, problem));
    }
    contents.variables.push(Variable {
        name: title,
        dimensions,
        stored: Stored {
            kind,
            size,
            big_endian: elements.big_endian,
        },
        class,
        bytes: values.data.to_vec(),
    });
    Ok(())
}
