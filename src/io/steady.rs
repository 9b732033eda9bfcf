//! A writer that keeps the first error to itself until all is written.
//!
//! Who writes an archive or a picture need not expect that a disk fills up: one library panics where a write fails, and
//! one prints to the terminal. They go on into the void instead, and the error is handled once, at the end.

use std::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};

/// Passes everything on until that fails.
#[derive(Debug)]
pub struct Steady<W> {
    to: W,
    position: u64,
    end: u64,
    error: Option<Error>,
}

impl<W: Write + Seek> Steady<W> {
    /// Writes to `to` from its beginning.
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            position: 0,
            end: 0,
            error: None,
        }
    }

    /// What was written to, with all of it passed on.
    ///
    /// # Errors
    /// The first thing that went wrong.
    pub(super) fn finish(mut self) -> Result<W> {
        let _ = self.flush(); // which never fails
        self.error.map_or(Ok(self.to), Err)
    }

    /// What comes of `passed_on`, or `void` once something has gone wrong.
    fn or_void<T>(&mut self, void: T, passed_on: impl FnOnce(&mut W) -> Result<T>) -> Result<T> {
        if self.error.is_some() {
            return Ok(void);
        }
        match passed_on(&mut self.to) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.error = Some(error);
                Ok(void)
            }
            passed => passed,
        }
    }
}

impl<W: Write + Seek> Write for Steady<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.or_void(bytes.len(), |to| match to.write(bytes) {
            Ok(0) if !bytes.is_empty() => Err(ErrorKind::WriteZero.into()),
            written => written,
        })?;
        self.position += written as u64;
        self.end = self.end.max(self.position);
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.or_void((), W::flush)
    }
}

impl<W: Write + Seek> Seek for Steady<W> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.ok_or(ErrorKind::InvalidInput)?;
        self.position = self.or_void(place, |writer| writer.seek(to))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Has room for so many bytes.
    struct Small(Cursor<Vec<u8>>, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            if self.0.position() as usize + bytes.len() > self.1 {
                return Err(ErrorKind::StorageFull.into());
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            self.0.seek(to)
        }
    }

    fn write(room: usize) -> Result<Small> {
        let mut writer = Steady::new(Small(Cursor::default(), room));
        writer.write_all(b"0123456789")?;
        assert_eq!(writer.seek(SeekFrom::Start(2))?, 2);
        writer.write_all(b"ab")?;
        assert_eq!(writer.stream_position()?, 4);
        assert_eq!(writer.seek(SeekFrom::End(-1))?, 9);
        writer.write_all(b"xyz")?;
        assert_eq!(writer.seek(SeekFrom::End(0))?, 12);
        assert!(writer.seek(SeekFrom::Current(-13)).is_err());
        writer.finish()
    }

    #[test]
    fn what_fails_is_heard_of_at_the_end_and_until_then_all_is_as_it_would_be() {
        assert_eq!(write(12).unwrap().0.into_inner(), b"01ab45678xyz");
        for room in 0..12 {
            let error = write(room).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::StorageFull);
        }
    }
}
