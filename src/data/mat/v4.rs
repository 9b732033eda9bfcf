//! Version 4: one after the other, a header of five 32-bit numbers, a name, the values.

use super::{Class, Contents, Kind, Parsed, Problem, Stored, Variable};
use crate::data::limits;

const HEADER: usize = 20;

/// What the first number says: byte order, type of value, full numeric array or not.
struct Type {
    big_endian: bool,
    kind: Kind,
    size: usize,
    /// 0 full, 1 text, 2 sparse.
    form: u32,
}

/// The number is `M0PT`: M byte order, P type of value, T full, text or sparse.
fn type_of(head: &[u8]) -> Option<Type> {
    let word = *head.first_chunk::<4>()?;
    let (code, big_endian) = match (u32::from_le_bytes(word), u32::from_be_bytes(word)) {
        (code @ 0..=52, _) => (code, false),
        (_, code @ 1000..=1052) => (code - 1000, true),
        _ => return None,
    };
    let (kind, size) = match code / 10 {
        0 => (Kind::Float, 8),
        1 => (Kind::Float, 4),
        2 => (Kind::Signed, 4),
        3 => (Kind::Signed, 2),
        4 => (Kind::Unsigned, 2),
        5 => (Kind::Unsigned, 1),
        _ => return None,
    };
    (code % 10 <= 2).then_some(Type {
        big_endian,
        kind,
        size,
        form: code % 10,
    })
}

/// Whether `bytes` begin like a version 4 file. Four zero bytes alone would do for many a file: the flag for imaginary
/// parts and the length of the name must make sense too.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    let Some(Type { big_endian, .. }) = type_of(bytes) else {
        return false;
    };
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return false;
    };
    let [_, rows, columns, imaginary, name] = words(header, big_endian);
    rows > 0 && columns > 0 && imaginary <= 1 && (2..=64).contains(&name)
}

fn words(header: &[u8; HEADER], big_endian: bool) -> [u32; 5] {
    std::array::from_fn(|index| {
        let word: [u8; 4] = std::array::from_fn(|byte| header[4 * index + byte]);
        if big_endian {
            u32::from_be_bytes(word)
        } else {
            u32::from_le_bytes(word)
        }
    })
}

pub(super) fn variables(bytes: &[u8]) -> Parsed<Contents> {
    let mut contents = Contents::default();
    let mut at = 0;
    while at < bytes.len() && contents.len() < limits::ARRAYS {
        let rest = &bytes[at..];
        let header = rest.first_chunk::<HEADER>().ok_or(Problem::Short {
            needed: (at + HEADER) as u64,
        })?;
        let broken = |problem: &str| Problem::Broken {
            byte: at as u64,
            problem: problem.into(),
        };
        let kind = type_of(rest).ok_or_else(|| broken("it is not an array header"))?;
        let [_, rows, columns, imaginary, name] = words(header, kind.big_endian);
        let parts = if imaginary == 0 { 1 } else { 2 };
        let size = u64::from(rows)
            .checked_mul(u64::from(columns))
            .and_then(|count| count.checked_mul(kind.size as u64))
            .ok_or_else(|| broken("its size is impossible"))?;
        let start = HEADER as u64 + u64::from(name);
        let whole = size
            .checked_mul(parts)
            .and_then(|size| size.checked_add(start));
        let whole = whole.ok_or_else(|| broken("its size is impossible"))?;
        if whole > rest.len() as u64 {
            return Err(Problem::Short {
                needed: (at as u64).saturating_add(whole),
            });
        }
        // all of it is there, so each of these fits
        let (start, size, whole) = (start as usize, size as usize, whole as usize);
        let name = rest[HEADER..start]
            .split(|byte| *byte == 0)
            .next()
            .unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        let what = match (kind.form, imaginary) {
            (0, 0) => None,
            (1, _) => Some("text"),
            (2, _) => Some("a sparse array"),
            _ => Some("complex numbers"),
        };
        if let Some(what) = what {
            contents.others.push((name, what));
        } else {
            contents.variables.push(Variable {
                name,
                dimensions: vec![rows.into(), columns.into()],
                stored: Stored {
                    kind: kind.kind,
                    size: kind.size,
                    big_endian: kind.big_endian,
                },
                class: match (kind.kind, kind.size) {
                    (Kind::Float, 8) => Class::Double,
                    (Kind::Float, 4) => Class::Single,
                    (Kind::Unsigned, 1) => Class::Byte,
                    _ => Class::Other,
                },
                bytes: rest[start..start + size].to_vec(),
            });
        }
        at += whole;
    }
    Ok(contents)
}
