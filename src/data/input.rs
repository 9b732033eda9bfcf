//! Reading a file whose content is not to be trusted: plain or gzip, in pieces, never past what it really holds.

use std::cell::Cell;
use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::error::{grouped, name_of};
use super::progress::{Stage, Watch, tell};
use super::{DataError, limits};

mod gzip;
#[cfg(test)]
mod tests;

use gzip::{Counted, Fault, Gzip};

/// Enough of a file's beginning to tell its format by.
const HEAD: usize = 64;

/// An open file, read from its beginning to its end.
pub(super) struct Input<'a> {
    file: String,
    reader: Box<dyn Read>,
    /// The first bytes of the content, uncompressed.
    head: Vec<u8>,
    /// Bytes of content handed out so far.
    position: u64,
    /// Bytes on disk.
    length: u64,
    compressed: bool,
    /// Bytes of the file that were taken to unpack what was handed out.
    taken: Rc<Cell<u64>>,
    /// What was wrong with the compressed bytes.
    fault: Rc<Cell<Option<Fault>>>,
    watch: Watch<'a>,
}

impl<'a> Input<'a> {
    /// Opens `path` if it is a regular, non-empty file; sees through gzip.
    pub(super) fn open(path: &Path, watch: Watch<'a>) -> Result<Self, DataError> {
        let cannot_open = |source| DataError::Open {
            file: name_of(path),
            source,
        };
        // Asked before opening: opening a FIFO waits for a writer, and a device may never end.
        refuse_unfit(path, &path.metadata().map_err(cannot_open)?)?;
        let file = File::open(path).map_err(cannot_open)?;
        // Asked again of what was opened: another may have been put in its place.
        let metadata = file.metadata().map_err(cannot_open)?;
        refuse_unfit(path, &metadata)?;
        let plain = BufReader::with_capacity(1 << 16, file);
        Self::over(name_of(path), plain, metadata.len(), watch)
    }

    /// The same over bytes in memory, for what the program carries.
    pub(super) fn bytes(
        name: &str,
        bytes: &'static [u8],
        watch: Watch<'a>,
    ) -> Result<Self, DataError> {
        Self::over(name.to_owned(), bytes, bytes.len() as u64, watch)
    }

    /// The same over bytes that were unpacked from a file; `name` says from where.
    pub(super) fn unpacked(
        name: String,
        bytes: Vec<u8>,
        watch: Watch<'a>,
    ) -> Result<Self, DataError> {
        let length = bytes.len() as u64;
        if length == 0 {
            return Err(DataError::Empty { file: name });
        }
        Self::over(name, Cursor::new(bytes), length, watch)
    }

    /// The same over bytes that are numbers: whatever they begin with, they are not compressed.
    pub(super) fn values(
        name: String,
        bytes: Vec<u8>,
        watch: Watch<'a>,
    ) -> Result<Self, DataError> {
        let length = bytes.len() as u64;
        if length == 0 {
            return Err(DataError::Empty { file: name });
        }
        let mut input = Self::plain(name, Cursor::new(bytes), length, watch);
        let head = input.peek()?;
        input.begin_with(head);
        Ok(input)
    }

    fn plain(file: String, plain: impl BufRead + 'static, length: u64, watch: Watch<'a>) -> Self {
        Self {
            file,
            reader: Box::new(plain),
            head: Vec::new(),
            position: 0,
            length,
            compressed: false,
            taken: Rc::default(),
            fault: Rc::default(),
            watch,
        }
    }

    /// Puts back what was looked at.
    fn begin_with(&mut self, head: Vec<u8>) {
        self.head.clone_from(&head);
        let rest = std::mem::replace(&mut self.reader, Box::new(std::io::empty()));
        self.reader = Box::new(Cursor::new(head).chain(rest));
    }

    fn over(
        file: String,
        plain: impl BufRead + 'static,
        length: u64,
        watch: Watch<'a>,
    ) -> Result<Self, DataError> {
        let mut input = Self::plain(file, plain, length, watch);
        let mut head = input.peek()?;
        if head.starts_with(&[0x1f, 0x8b]) {
            input.compressed = true;
            let packed = Counted {
                inner: BufReader::new(Cursor::new(head).chain(input.reader)),
                taken: Rc::clone(&input.taken),
            };
            input.reader = Box::new(Gzip {
                inner: MultiGzDecoder::new(packed),
                fault: Rc::clone(&input.fault),
            });
            head = input.peek()?;
            if head.is_empty() {
                return Err(DataError::Empty { file: input.file });
            }
        }
        input.begin_with(head);
        Ok(input)
    }

    fn peek(&mut self) -> Result<Vec<u8>, DataError> {
        let mut head = Vec::with_capacity(HEAD);
        let read = (&mut self.reader).take(HEAD as u64).read_to_end(&mut head);
        match read {
            Ok(_) => Ok(head),
            Err(error) => Err(self.failed(error, head.len() as u64)),
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The content's first bytes, at most 64.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// How long the content is, where it is not compressed.
    pub(super) fn plain_length(&self) -> Option<u64> {
        (!self.compressed).then_some(self.length)
    }

    /// Bytes of content handed out so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Holds the claim that the content is `expected` bytes long against the file's real length, before anyone
    /// allocates by it.
    pub(super) fn check_claim(&self, expected: u64, format: &'static str) -> Result<(), DataError> {
        if self.compressed {
            if limits::is_bomb(expected, self.length) {
                let problem = format!(
                    "it promises {} bytes, more than {} compressed ones can hold",
                    grouped(expected),
                    grouped(self.length)
                );
                return Err(self.header(format, 0, problem));
            }
            Ok(())
        } else if expected > self.length {
            Err(self.truncated(format, expected, self.length))
        } else if expected < self.length {
            Err(DataError::Overlong {
                file: self.file.clone(),
                format,
                expected,
            })
        } else {
            Ok(())
        }
    }

    /// The next `N` bytes; `expected` is what the content is known to need by then.
    pub(super) fn array<const N: usize>(
        &mut self,
        format: &'static str,
    ) -> Result<[u8; N], DataError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, format, self.position.saturating_add(N as u64))?;
        Ok(bytes)
    }

    /// The next `count` bytes in pieces, each handed to `take`. `expected` is the content's whole length.
    pub(super) fn pieces(
        &mut self,
        count: u64,
        format: &'static str,
        expected: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let mut piece = vec![0; limits::PIECE.min(usize::try_from(count).unwrap_or(limits::PIECE))];
        let mut left = count;
        while left > 0 {
            let size = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
            self.fill(&mut piece[..size], format, expected)?;
            take(&piece[..size])?;
            left -= size as u64;
            tell(self.watch, Stage::Reading, count - left, count)?;
        }
        Ok(())
    }

    /// All that is left, where the file says no length of its own; `most` is refused beyond, with a remedy.
    pub(super) fn rest(&mut self, most: u64) -> Result<Vec<u8>, DataError> {
        if !self.compressed && self.length > most {
            return Err(self.too_long(grouped(self.length), most));
        }
        let mut bytes = Vec::new();
        if !self.compressed {
            let left = usize::try_from(self.length - self.position).unwrap_or(usize::MAX);
            self.room(&mut bytes, left)?;
        }
        let mut piece = vec![
            0;
            limits::PIECE
                .min(usize::try_from(self.length).unwrap_or(limits::PIECE))
                .max(1)
        ];
        loop {
            let size = self.read(&mut piece)?;
            if !self.compressed && (self.position > self.length || size == 0) {
                self.unchanged()?;
            }
            if size == 0 {
                return Ok(bytes);
            }
            if self.position > most {
                return Err(self.too_long(format!("more than {}", grouped(most)), most));
            }
            self.room(&mut bytes, size)?;
            bytes.extend_from_slice(&piece[..size]);
            tell(
                self.watch,
                Stage::Reading,
                self.position,
                self.length.max(self.position),
            )?;
        }
    }

    /// Makes room for `more` values, or says that there is none: an allocation that fails would end the program.
    pub(super) fn room<T>(&self, values: &mut Vec<T>, more: usize) -> Result<(), DataError> {
        values.try_reserve(more).map_err(|_| DataError::Memory {
            file: self.file.clone(),
            bytes: (more as u64).saturating_mul(size_of::<T>() as u64),
        })
    }

    /// Refuses what comes after the end that the header names.
    pub(super) fn end(&mut self, format: &'static str) -> Result<(), DataError> {
        let expected = self.position;
        let mut piece = vec![0; 1 << 12];
        // Damage in compressed bytes often shows as too many of them, before a checksum tells: look on for a while.
        let patience = if self.compressed {
            limits::PIECE as u64
        } else {
            1
        };
        while self.position - expected < patience && self.read(&mut piece)? > 0 {}
        if self.position > expected {
            if !self.compressed {
                self.unchanged()?;
            }
            return Err(DataError::Overlong {
                file: self.file.clone(),
                format,
                expected,
            });
        }
        Ok(())
    }

    pub(super) fn header(
        &self,
        format: &'static str,
        byte: u64,
        problem: impl Into<String>,
    ) -> DataError {
        DataError::Header {
            file: self.file.clone(),
            format,
            byte,
            problem: problem.into(),
        }
    }

    pub(super) fn unsupported(
        &self,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> DataError {
        DataError::Unsupported {
            file: self.file.clone(),
            found: found.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn truncated(&self, format: &'static str, expected: u64, actual: u64) -> DataError {
        DataError::Truncated {
            file: self.file.clone(),
            format,
            expected,
            actual,
        }
    }

    /// The refusal of content of more than `most` bytes.
    fn too_long(&self, found: String, most: u64) -> DataError {
        DataError::TooLarge {
            file: self.file.clone(),
            found: format!("{found} bytes"),
            limit: format!("{} bytes", grouped(most)),
            remedy: "split it, or save it smaller".into(),
        }
    }

    fn fill(
        &mut self,
        bytes: &mut [u8],
        format: &'static str,
        expected: u64,
    ) -> Result<(), DataError> {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read(&mut bytes[filled..])? {
                0 => {
                    if !self.compressed {
                        self.unchanged()?;
                    }
                    return Err(self.truncated(format, expected, self.position));
                }
                size => filled += size,
            }
        }
        Ok(())
    }

    /// Reads some bytes of the content, none at its end.
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, DataError> {
        loop {
            match self.reader.read(bytes) {
                Ok(size) => {
                    self.position += size as u64;
                    if self.compressed && limits::is_bomb(self.position, self.taken.get()) {
                        return Err(DataError::Bomb {
                            file: self.file.clone(),
                            ratio: limits::EXPANSION,
                            remedy: "unpack it first if it is meant to be so",
                        });
                    }
                    return Ok(size);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error, self.position)),
            }
        }
    }

    /// At the end of a plain file, or beyond: whether that is where its end was when it was opened.
    fn unchanged(&self) -> Result<(), DataError> {
        if self.position == self.length {
            return Ok(());
        }
        Err(DataError::Changed {
            file: self.file.clone(),
            before: self.length,
            after: self.position,
        })
    }

    fn failed(&self, source: std::io::Error, byte: u64) -> DataError {
        let file = self.file.clone();
        let damaged = matches!(
            source.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput
        );
        if !self.compressed || !damaged {
            return DataError::Read { file, byte, source };
        }
        let problem = match self.fault.get() {
            _ if source.kind() == ErrorKind::UnexpectedEof => "the file ends too soon",
            Some(Fault::Checksum) => "its checksum does not match",
            Some(Fault::Header) if byte > 0 => "what follows is not gzip data",
            Some(Fault::Header) => "its gzip header is broken",
            Some(Fault::Stream) | None => "the compressed bytes are corrupt",
        };
        DataError::Compression {
            file,
            byte,
            problem: problem.into(),
        }
    }
}

/// Refuses what is no file with something in it.
fn refuse_unfit(path: &Path, metadata: &Metadata) -> Result<(), DataError> {
    let file = name_of(path);
    if metadata.is_dir() {
        return Err(DataError::NotAFile {
            file,
            kind: "a folder",
            remedy: "choose a file in it".into(),
        });
    }
    if !metadata.is_file() {
        let remedy = "copy what it delivers into a file, and choose that";
        return Err(DataError::NotAFile {
            file,
            kind: "a device or pipe",
            remedy: remedy.into(),
        });
    }
    if metadata.len() == 0 {
        return Err(DataError::Empty { file });
    }
    Ok(())
}
