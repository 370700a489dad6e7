//! The bytes of a log, unpacked where they are gzip.

use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BLOCK: usize = 128 * 1024;

/// With the bytes in front that were looked at.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// A log as it lies there: plain, or one gzip file or several one after the other, as `cat` makes of an export to S3.
pub(super) enum Source<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Whole<R>>>>),
}

impl<R: Read> Source<R> {
    /// # Errors
    /// Those of the reader.
    pub fn open(mut raw: R) -> io::Result<Self> {
        let mut head = Vec::new();
        raw.by_ref().take(GZIP.len() as u64).read_to_end(&mut head)?;
        let is_gzip = head == GZIP;
        let whole = Cursor::new(head).chain(raw);
        Ok(match is_gzip {
            true => Self::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(BLOCK, whole)))),
            false => Self::Plain(whole),
        })
    }

    /// Reads so many bytes behind what is there, or what is left; of what came before an error as well.
    ///
    /// # Errors
    /// Those of the reader, and of what is packed: see [`Self::is_of_packing`].
    pub fn read_up_to(&mut self, count: u64, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.take(count).read_to_end(buffer),
            Self::Gzip(source) => source.take(count).read_to_end(buffer),
        }
    }

    /// Whether the error is about what is packed, and not about the disk: nothing more can be unpacked.
    pub fn is_of_packing(&self, error: &io::Error) -> bool {
        let kinds = [io::ErrorKind::UnexpectedEof, io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData];
        matches!(self, Self::Gzip(_)) && kinds.contains(&error.kind())
    }
}
