//! Messages and data sets as bytes: for a trainer that doesn't share this one's memory.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the bytes are not a message of this version of the lab ({0})")]
pub struct WireError(String);

impl From<postcard::Error> for WireError {
    fn from(error: postcard::Error) -> Self {
        Self(error.to_string())
    }
}

/// # Errors
/// The value can't be written: it has a sequence of unknown length.
pub fn to_bytes(message: &impl Serialize) -> Result<Vec<u8>, WireError> {
    Ok(postcard::to_allocvec(message)?)
}

/// # Errors
/// The bytes are cut short, or of something else.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    Ok(postcard::from_bytes(bytes)?)
}
