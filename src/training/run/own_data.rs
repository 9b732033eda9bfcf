//! The data of a run that was kept, prepared as they were for it.

use super::{Checkpoint, SamplesIdentity};
use crate::data::{self, DataSet, DataSpec, Found, Watch};

/// Of what was `found` where `spec` says that the data of `checkpoint` are: as it was `prepared` anew, or, where that comes
/// out differently (a whitening measured on another processor), as it was prepared for the run. Whether it is the run's own
/// is for [`super::Run::resume`] to say.
pub fn own_data(
    checkpoint: &Checkpoint,
    spec: &DataSpec,
    found: &Found,
    prepared: DataSet,
    watch: Watch<'_>,
) -> DataSet {
    let own = |data: &DataSet| SamplesIdentity::of(&data.samples) == checkpoint.samples();
    if own(&prepared) {
        return prepared;
    }
    match data::prepare_with(found, spec, checkpoint.preparation(), watch) {
        Ok(again) if own(&again) => again,
        Ok(_) | Err(_) => prepared,
    }
}
