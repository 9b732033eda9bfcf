//! Several pictures that make one data set: those of a folder, or the pages of a file.

use super::error::grouped;
use super::found::{Content, Found, Picture};
use super::picture::{self, Decoded};
use super::{DataError, Preparation, Scaling, limits, prepare};

/// Pictures as they come in, with what was done to them.
pub(super) struct Gather {
    /// What one is called: "picture", "page".
    one: &'static str,
    /// How many there are to take.
    total: u64,
    /// The longer side that each is scaled down to.
    most: u32,
    pictures: Vec<Picture>,
    /// For each picture that was taken, its place among those that there are.
    places: Vec<usize>,
    room: u64,
    scaled: u64,
    turned: u64,
    transparent: bool,
    encodings: Vec<String>,
    left_aside: Vec<DataError>,
    notes: Vec<String>,
}

impl Gather {
    /// Of `total` pictures; many large ones are scaled down until they fit together.
    pub(super) fn new(one: &'static str, total: usize) -> Self {
        let total = total.max(1) as u64;
        let most = (limits::PICTURE_VALUES / (3 * total)).isqrt() as u32;
        Self {
            one,
            total,
            most: most.clamp(limits::SMALLEST_PICTURE_SIDE, limits::PICTURE_SIDE),
            pictures: Vec::new(),
            places: Vec::new(),
            room: limits::VALUES,
            scaled: 0,
            turned: 0,
            transparent: false,
            encodings: Vec::new(),
            left_aside: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The longer side that each picture is scaled down to.
    pub(super) fn most(&self) -> u32 {
        self.most
    }

    /// Counts pictures that turned out to be there beside those announced.
    pub(super) fn expect(&mut self, more: usize) {
        self.total += more as u64;
    }

    /// Takes a picture, the one at `place`; false once there is no room for more.
    pub(super) fn take(&mut self, decoded: Decoded, place: usize) -> bool {
        let picture = decoded.picture;
        if self.pictures.len() == limits::PICTURES {
            self.notes.push(format!(
                "The first {} pictures taken.",
                grouped(limits::PICTURES as u64)
            ));
            return false;
        }
        let Some(rest) = self.room.checked_sub(picture.values.len() as u64) else {
            self.notes.push(format!(
                "Pictures from {} on left out: together they have too many pixels.",
                picture.file
            ));
            return false;
        };
        self.room = rest;
        self.scaled += u64::from(decoded.scaled.is_some());
        self.turned += u64::from(decoded.turned);
        self.transparent |= decoded.transparent;
        if !self.encodings.contains(&decoded.encoding) {
            self.encodings.push(decoded.encoding);
        }
        self.pictures.push(picture);
        self.places.push(place);
        true
    }

    /// Leaves a picture out.
    pub(super) fn leave(&mut self, error: DataError) {
        self.left_aside.push(error);
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What was gathered, and the place that each picture had. Small ones all of a size are samples as they are.
    ///
    /// # Errors
    /// If there is none, that of the first that was left out.
    pub(super) fn finish(self, name: String) -> Result<(Found, Vec<usize>), DataError> {
        let Self {
            one,
            total,
            most,
            mut notes,
            ..
        } = self;
        let total = grouped(total);
        if self.scaled > 0 {
            let scaled = grouped(self.scaled);
            notes.push(format!(
                "{scaled} of {total} {one}s scaled down to a longer side of {most} pixels."
            ));
        }
        if self.turned > 0 {
            let turned = grouped(self.turned);
            notes.push(format!(
                "{turned} of {total} {one}s turned by their EXIF orientation."
            ));
        }
        if self.transparent {
            notes.push("Transparency ignored.".into());
        }
        if let Some(first) = self.left_aside.first() {
            let count = grouped(self.left_aside.len() as u64);
            notes.push(format!(
                "{count} of {total} {one}s left out, the first for this: {first}."
            ));
        }
        if self.pictures.is_empty()
            && let Some(error) = self.left_aside.into_iter().next()
        {
            return Err(error);
        }
        let encoding = self.encodings.join(", ");
        Ok((
            as_samples_or_pictures(self.pictures, name, encoding, notes),
            self.places,
        ))
    }
}

fn as_samples_or_pictures(
    pictures: Vec<Picture>,
    name: String,
    encoding: String,
    notes: Vec<String>,
) -> Found {
    let small = pictures.len() > 1
        && pictures
            .iter()
            .all(|picture| picture.rows.max(picture.columns) <= limits::SAMPLE_SIDE);
    let whole = if small {
        prepare::samples_of(&pictures)
    } else {
        None
    };
    // only floating point can lie outside, and is kept as it is
    let inside = pictures
        .iter()
        .all(|picture| picture::is_inside(&picture.values));
    let suggested = match whole {
        Some(_) if inside => Preparation::NONE,
        Some(_) => Preparation {
            scaling: Scaling::Unit,
            ..Preparation::NONE
        },
        None => picture::suggested(&pictures),
    };
    let content = whole.unwrap_or(Content::Pictures(pictures));
    Found {
        notes,
        ..Found::new(name, content, encoding, suggested)
    }
}
