//! The sets that the program carries; `assets/LICENSES.md` has where they come from.

use std::path::Path;

use image::ImageFormat;

use super::found::{Content, Found, Values};
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::{DataError, DataSpec, EmbeddedSet, Preparation, SampleShape, limits};
use super::{bars, idx, leaves, picture, prepare};

macro_rules! asset {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../assets/", $name)))
    };
}

const PHOTOS: [(&str, &[u8]); 6] = [
    asset!("photos/aitzgorri.png"),
    asset!("photos/camera.png"),
    asset!("photos/friends.png"),
    asset!("photos/life.png"),
    asset!("photos/picos.png"),
    asset!("photos/seeding.png"),
];
const FASHION: [(&str, &[u8]); 2] = [
    asset!("fashion-2000-images-idx3-ubyte.gz"),
    asset!("fashion-2000-labels-idx1-ubyte.gz"),
];
const DIGITS: [(&str, &[u8]); 2] = [
    asset!("digits-8x8-images-idx3-ubyte.gz"),
    asset!("digits-8x8-labels-idx1-ubyte.gz"),
];

/// What `set` holds; the generated ones as `spec` has seed, size and count.
pub(super) fn find(
    set: EmbeddedSet,
    spec: &DataSpec,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let name = set.title().to_owned();
    let mut suggested = Preparation::CONTRAST;
    let mut encoding = String::from("generated");
    let content = match set {
        EmbeddedSet::Photos | EmbeddedSet::PhotosRaw => {
            let mut pictures = Vec::with_capacity(PHOTOS.len());
            for (file, bytes) in PHOTOS {
                tell(
                    watch,
                    Stage::Reading,
                    pictures.len() as u64,
                    PHOTOS.len() as u64,
                )?;
                let input = Input::bytes(file, bytes, watch)?;
                let decoded = picture::decode(input, ImageFormat::Png, limits::PICTURE_SIDE)?;
                encoding = decoded.encoding;
                pictures.push(decoded.picture);
            }
            if set == EmbeddedSet::Photos {
                suggested = Preparation::WHITEN;
            }
            Content::Pictures(pictures)
        }
        EmbeddedSet::Leaves => Content::Pictures(leaves::generate(spec.seed, watch)?),
        EmbeddedSet::Bars => {
            prepare::check_patches(spec)?;
            suggested = Preparation::NONE;
            let shape = SampleShape::grey(spec.patch, spec.patch);
            Content::Samples {
                values: Values::F32(bars::generate(spec)),
                shape,
            }
        }
        EmbeddedSet::Fashion => return labelled(&FASHION, name, watch),
        EmbeddedSet::Digits => return labelled(&DIGITS, name, watch),
    };
    Ok(Found::new(name, content, encoding, suggested))
}

fn labelled(
    [images, labels]: &[(&'static str, &'static [u8]); 2],
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    // no path: labels are not looked for beside an embedded file
    let mut found = idx::read(
        Input::bytes(images.0, images.1, watch)?,
        Path::new(""),
        name,
        watch,
    )?;
    let Content::Samples { values, .. } = &found.content else {
        return Ok(found);
    };
    found.labels = Some(idx::labels(
        Input::bytes(labels.0, labels.1, watch)?,
        values.dim().0,
    )?);
    Ok(found)
}
