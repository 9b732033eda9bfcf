//! The header of a `.npy` array: the text of a Python dictionary with three entries.
//!
//! Read here and not by a crate: those at hand allocate by what it claims or recurse as deep as it nests, and either
//! can end the process.

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// What kind of number one value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Unsigned,
    Signed,
    Float,
}

/// What the dictionary says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    /// Bytes a value: 1, 2, 4 or 8; of a float 2, 4 or 8.
    pub(crate) size: usize,
    pub(crate) big_endian: bool,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<u64>,
}

impl Header {
    /// "32-bit floating point"
    pub(crate) fn encoding(&self) -> String {
        let kind = match self.kind {
            Kind::Unsigned => "unsigned integers",
            Kind::Signed => "integers",
            Kind::Float => "floating point",
        };
        let order = if self.big_endian && self.size > 1 {
            ", big-endian"
        } else {
            ""
        };
        format!("{}-bit {kind}{order}", 8 * self.size)
    }
}

/// Why a header was refused: broken at a byte of the dictionary, or sound and not for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderProblem {
    Broken { byte: usize, problem: String },
    Unsupported { found: String },
}

/// More dimensions than NumPy itself allows.
const DIMENSIONS: usize = 64;

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (40, 784), }`, in any order and spacing.
pub(crate) fn parse_header(text: &[u8]) -> Result<Header, HeaderProblem> {
    let mut scanner = Scanner { text, at: 0 };
    let (mut descr, mut order, mut shape) = (None, None, None);
    scanner.expect(b'{')?;
    while !scanner.accept(b'}') {
        let start = scanner.at;
        let key = scanner.string()?;
        scanner.expect(b':')?;
        match key {
            b"descr" => descr = Some(scanner.dtype()?),
            b"fortran_order" => order = Some(scanner.boolean()?),
            b"shape" => shape = Some(scanner.shape()?),
            _ => {
                let key = String::from_utf8_lossy(key).into_owned();
                return Err(HeaderProblem::Broken {
                    byte: start,
                    problem: format!("there is no entry {key:?}"),
                });
            }
        }
        if !scanner.accept(b',') {
            scanner.expect(b'}')?;
            break;
        }
    }
    let missing = |key| scanner.broken(format!("the entry {key:?} is missing"));
    let (kind, size, big_endian) = descr.ok_or_else(|| missing("descr"))?;
    let fortran_order = order.ok_or_else(|| missing("fortran_order"))?;
    let shape = shape.ok_or_else(|| missing("shape"))?;
    Ok(Header {
        kind,
        size,
        big_endian,
        fortran_order,
        shape,
    })
}

/// A whole array in memory: its header, and the bytes of its values.
pub(crate) fn split(bytes: &[u8]) -> Result<(Header, &[u8]), HeaderProblem> {
    let broken = |byte, problem: &str| HeaderProblem::Broken {
        byte,
        problem: problem.into(),
    };
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| broken(0, "it does not begin with \\x93NUMPY"))?;
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 10),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        _ => return Err(broken(6, "it is not a version of the format")),
    };
    let (text, body) = bytes[start..]
        .split_at_checked(length)
        .ok_or_else(|| broken(8, "it is cut short"))?;
    let header = parse_header(text).map_err(|problem| match problem {
        HeaderProblem::Broken { byte, problem } => HeaderProblem::Broken {
            byte: start + byte,
            problem,
        },
        unsupported @ HeaderProblem::Unsupported { .. } => unsupported,
    })?;
    Ok((header, body))
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn broken(&self, problem: impl Into<String>) -> HeaderProblem {
        HeaderProblem::Broken {
            byte: self.at,
            problem: problem.into(),
        }
    }

    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), HeaderProblem> {
        if self.accept(byte) {
            Ok(())
        } else {
            Err(self.broken(format!("there should be a {:?}", char::from(byte))))
        }
    }

    /// The bytes that `accept`s holds of, at least one.
    fn word(&mut self, holds: fn(&u8) -> bool) -> Option<&'a [u8]> {
        self.peek();
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .position(|byte| !holds(byte))
            .unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    fn string(&mut self) -> Result<&'a [u8], HeaderProblem> {
        let quote = match self.peek() {
            Some(quote @ (b'\'' | b'"')) => quote,
            _ => return Err(self.broken("there should be a string in quotes")),
        };
        let rest = &self.text[self.at + 1..];
        match rest.iter().position(|&byte| byte == quote) {
            Some(length) => {
                self.at += length + 2;
                Ok(&rest[..length])
            }
            None => Err(self.broken("a string does not end")),
        }
    }

    fn boolean(&mut self) -> Result<bool, HeaderProblem> {
        match self.word(u8::is_ascii_alphabetic) {
            Some(b"True") => Ok(true),
            Some(b"False") => Ok(false),
            _ => Err(self.broken("there should be True or False")),
        }
    }

    fn shape(&mut self) -> Result<Vec<u64>, HeaderProblem> {
        self.expect(b'(')?;
        let mut shape = Vec::new();
        while !self.accept(b')') {
            let start = self.at;
            let digits = self
                .word(u8::is_ascii_digit)
                .and_then(|digits| str::from_utf8(digits).ok());
            let side = digits.ok_or_else(|| self.broken("there should be a whole number"))?;
            let problem = format!("a dimension cannot be {side}");
            shape.push(side.parse().map_err(|_| HeaderProblem::Broken {
                byte: start,
                problem,
            })?);
            self.accept(b'L'); // a long of Python 2
            if shape.len() > DIMENSIONS {
                return Err(self.broken("there are too many dimensions"));
            }
            if !self.accept(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(shape)
    }

    /// `'<f4'`: byte order, kind, bytes.
    fn dtype(&mut self) -> Result<(Kind, usize, bool), HeaderProblem> {
        if self.peek() == Some(b'[') {
            return Err(HeaderProblem::Unsupported {
                found: "records of several fields".into(),
            });
        }
        let start = self.at;
        let descr = self.string()?;
        let (order, kind, size) = match descr {
            [order @ (b'<' | b'>' | b'|' | b'='), kind, size @ ..] => (*order, *kind, size),
            [kind, size @ ..] => (b'=', *kind, size),
            [] => {
                return Err(HeaderProblem::Broken {
                    byte: start,
                    problem: "the type is an empty string".into(),
                });
            }
        };
        let big_endian = order == b'>' || (order == b'=' && cfg!(target_endian = "big"));
        match (kind, size) {
            (b'u', b"1") | (b'b', b"1") => Ok((Kind::Unsigned, 1, big_endian)),
            (b'u', b"2") => Ok((Kind::Unsigned, 2, big_endian)),
            (b'u', b"4") => Ok((Kind::Unsigned, 4, big_endian)),
            (b'u', b"8") => Ok((Kind::Unsigned, 8, big_endian)),
            (b'i', b"1") => Ok((Kind::Signed, 1, big_endian)),
            (b'i', b"2") => Ok((Kind::Signed, 2, big_endian)),
            (b'i', b"4") => Ok((Kind::Signed, 4, big_endian)),
            (b'i', b"8") => Ok((Kind::Signed, 8, big_endian)),
            (b'f', b"2") => Ok((Kind::Float, 2, big_endian)),
            (b'f', b"4") => Ok((Kind::Float, 4, big_endian)),
            (b'f', b"8") => Ok((Kind::Float, 8, big_endian)),
            _ => {
                let descr = String::from_utf8_lossy(descr);
                Err(HeaderProblem::Unsupported {
                    found: format!("values of NumPy type {descr:?}"),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_numpy_writes_them() {
        let header =
            parse_header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (40, 784), }      \n")
                .unwrap();
        assert_eq!(
            header,
            Header {
                kind: Kind::Float,
                size: 4,
                big_endian: false,
                fortran_order: false,
                shape: vec![40, 784]
            }
        );
        let header = parse_header(b"{\"shape\":(3L,),'fortran_order':True,'descr':'>i8'}").unwrap();
        assert_eq!(
            header,
            Header {
                kind: Kind::Signed,
                size: 8,
                big_endian: true,
                fortran_order: true,
                shape: vec![3]
            }
        );
        assert_eq!(
            parse_header(b"{'descr': '|b1', 'fortran_order': False, 'shape': ()}")
                .unwrap()
                .shape,
            [0u64; 0]
        );
    }

    #[test]
    fn broken_headers_are_named_by_byte() {
        let cases: [(&[u8], usize); 8] = [
            (b"", 0),
            (b"(1, 2)", 0),
            (b"{'descr' '<f4'}", 9),
            (b"{'descr': '<f4", 10),
            (b"{'shape': (4, -1)}", 14),
            (b"{'shape': (99999999999999999999,)}", 11),
            (b"{'nonsense': 1}", 1),
            (b"{'descr': '<f4', 'shape': (1,)}", 31),
        ];
        for (text, place) in cases {
            match parse_header(text) {
                Err(HeaderProblem::Broken { byte, .. }) => {
                    assert_eq!(byte, place, "{}", text.escape_ascii())
                }
                other => panic!("{}: {other:?}", text.escape_ascii()),
            }
        }
        for text in [
            b"{'descr': '<c8'".as_slice(),
            b"{'descr': [('a', '<f4')]",
            b"{'descr': '|O'",
            b"{'descr': '<M8[ns]'",
        ] {
            assert!(
                matches!(parse_header(text), Err(HeaderProblem::Unsupported { .. })),
                "{}",
                text.escape_ascii()
            );
        }
    }

    #[test]
    fn no_depth_of_nesting_and_no_cut_brings_it_down() {
        assert!(parse_header(&b"{'shape': (".repeat(5_000)).is_err());
        assert!(parse_header(&b"(".repeat(60_000)).is_err());
        let whole = b"{'descr': '<f4', 'fortran_order': False, 'shape': (40, 784), }";
        for length in 0..whole.len() {
            assert!(parse_header(&whole[..length]).is_err(), "{length}");
        }
    }
}
