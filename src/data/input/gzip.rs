//! Unpacking gzip, and how many bytes were taken for it.

use std::cell::Cell;
use std::io::{BufRead, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

/// What is wrong with a gzip stream.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Header,
    /// The compressed bytes between header and checksum.
    Stream,
    Checksum,
}

/// Unpacks gzip, and notes what was wrong with it: the decoder's own error says that only in words.
pub(super) struct Gzip<R> {
    pub(super) inner: MultiGzDecoder<R>,
    pub(super) fault: Rc<Cell<Option<Fault>>>,
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(bytes);
        if let Err(error) = &read
            && error.kind() != ErrorKind::Interrupted
        {
            self.fault.set(Some(if self.inner.header().is_none() {
                Fault::Header
            } else if matches!(self.inner.read(&mut [0]), Ok(0)) {
                Fault::Checksum // the stream was at its end: nothing but the checksum is compared there
            } else {
                Fault::Stream
            }));
        }
        read
    }
}

/// Counts the bytes that are taken out of `inner`.
pub(super) struct Counted<R> {
    pub(super) inner: R,
    pub(super) taken: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let size = self.inner.read(bytes)?;
        self.taken.set(self.taken.get() + size as u64);
        Ok(size)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken.set(self.taken.get() + amount as u64);
        self.inner.consume(amount);
    }
}
