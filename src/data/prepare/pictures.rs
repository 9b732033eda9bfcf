//! Patches from photographs.

use crate::data::error::grouped;
use crate::data::patches::{self, MARGIN};
use crate::data::progress::Watch;
use crate::data::{
    Colour, DataError, DataSpec, Filter, FittedPreparation, Found, PatchSpec, Picture, Preparation,
    SampleShape, Samples, Step, Whitening, limits, whitening,
};

/// Holds patch size and count against the limits.
pub(in crate::data) fn check_patches(spec: &DataSpec) -> Result<(), DataError> {
    check_patches_of(spec, 1)
}

/// As above, for patches of so many values a pixel.
fn check_patches_of(spec: &DataSpec, channels: usize) -> Result<(), DataError> {
    let limit = limits::PATCH_SIDE;
    if !(limits::IMAGE_SIDE..=limit).contains(&spec.patch) {
        let range = format!("{} to {limit} pixels", limits::IMAGE_SIDE);
        return Err(DataError::Setting {
            setting: "the patch size",
            value: spec.patch,
            range,
        });
    }
    let most = limits::VALUES / (spec.patch * spec.patch * channels) as u64;
    if spec.patches == 0 || spec.patches as u64 > most {
        let range = format!(
            "1 to {} patches of {}×{}",
            grouped(most),
            spec.patch,
            spec.patch
        );
        return Err(DataError::Setting {
            setting: "the number of patches",
            value: spec.patches,
            range,
        });
    }
    Ok(())
}

/// How patches are cut for `choice`.
pub(super) fn spec(
    found: &Found,
    spec: &DataSpec,
    choice: Preparation,
) -> Result<PatchSpec, DataError> {
    let colour = found.has_colour() && choice.colour == Colour::Keep;
    let channels = if colour { 3 } else { 1 };
    check_patches_of(spec, channels)?;
    let filter = (choice.whitening == Whitening::OlshausenField).then_some(Filter {
        cutoff: whitening::CUTOFF,
    });
    Ok(PatchSpec {
        side: spec.patch,
        channels,
        margin: if filter.is_some() { MARGIN } else { 0 },
        filter,
    })
}

/// Refuses pictures with other channels than the patches that were cut have.
pub(super) fn check_channels(
    found: &Found,
    fitted: &FittedPreparation,
    cut: PatchSpec,
) -> Result<(), DataError> {
    let colour = found.has_colour();
    let unfit = match cut.channels {
        1 => colour && fitted.choice.colour == Colour::Keep,
        _ => !colour,
    };
    if unfit {
        return Err(DataError::OtherChannels {
            file: found.name.clone(),
            found: if colour { 3 } else { 1 },
            expected: cut.channels,
        });
    }
    Ok(())
}

/// The places of those that a patch fits into, or else of all: one alone is refused later, with its size.
pub(super) fn fitting(pictures: &[Picture], side: usize) -> Vec<usize> {
    let fits = |place: &usize| {
        let picture = &pictures[*place];
        picture.rows.min(picture.columns) >= side
    };
    let fitting: Vec<usize> = (0..pictures.len()).filter(fits).collect();
    if fitting.is_empty() {
        (0..pictures.len()).collect()
    } else {
        fitting
    }
}

fn taken(pictures: &[Picture], side: usize) -> Vec<&Picture> {
    let places = fitting(pictures, side).into_iter();
    places.map(|place| &pictures[place]).collect()
}

/// Refuses pictures without a thing in them: whitened, they would be rounding noise that looks like data.
pub(super) fn refuse_flat(
    found: &Found,
    pictures: &[Picture],
    cut: PatchSpec,
) -> Result<(), DataError> {
    if taken(pictures, cut.side).into_iter().all(is_flat) {
        let file = found.name.clone();
        return Err(DataError::Constant { file });
    }
    Ok(())
}

/// Cuts as `cut` says, as many and where the data's own spec says. Without `filtered`, pictures are cut where whitened
/// ones would be, but stay as they are.
pub(super) fn cut(
    found: &Found,
    pictures: &[Picture],
    (cut, spec): (PatchSpec, &DataSpec),
    filtered: bool,
    steps: &mut Vec<Step>,
    watch: Watch<'_>,
) -> Result<(Samples, SampleShape), DataError> {
    check_patches_of(spec, cut.channels)?;
    let taken = taken(pictures, cut.side);
    if taken.len() < pictures.len() {
        steps.push(Step::LeftAside {
            pictures: pictures.len() - taken.len(),
            of: pictures.len(),
        });
    }
    if found.has_colour() && cut.channels == 1 {
        steps.push(Step::Grey);
    }
    if let Some(Filter { cutoff }) = cut.filter {
        steps.push(Step::Filtered { cutoff });
    }
    let (count, seed) = (spec.patches, spec.seed);
    let patches = patches::cut(&taken, cut, filtered, (count, seed), watch)?;
    let shape = SampleShape::Image {
        rows: cut.side,
        columns: cut.side,
        channels: cut.channels,
    };
    steps.push(Step::Cut {
        patches: count,
        shape,
        seed,
    });
    Ok((Samples::F32(patches), shape))
}

/// Whether every pixel is the same.
fn is_flat(picture: &Picture) -> bool {
    let mut pixels = picture.values.chunks_exact(picture.channels);
    let first = pixels.next();
    pixels.all(|pixel| Some(pixel) == first)
}
