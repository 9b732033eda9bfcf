//! The kinds of work, and which request counts where there are several of one kind.

/// One slot each: at most one request of a kind counts at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobKind {
    /// What a source holds, for the import sheet.
    Find,
    /// What a run is to train on.
    Prepare,
    /// What the import sheet shows.
    Preview,
    /// A picture file as the input to look at.
    ReadPicture,
    /// The system's file dialog.
    Browse,
    /// All about one hidden unit.
    Inspect,
    CheckGradient,
    /// What a student's gradient is.
    Examine,
    /// The run in the window against others, which are trained for it.
    Compare,
    /// The features behind ZCA whitening.
    Features,
    /// What the laws of the dead state need of the data.
    Spectrum,
    /// An epoch of the past that is not kept.
    Replay,
    /// What would have saved a unit.
    Counterfactual,
    /// The features of the two runs side by side.
    Match,
    /// The runs of a map.
    Map,
    /// What the code of the run is worth.
    Probe,
    /// A file for another program.
    Export,
    /// A lesson's file, its data, or what its question asks for.
    Lesson,
    /// A run into a file.
    SaveRun,
    /// The same without being asked for.
    Autosave,
    /// A run out of a file.
    ReadRun,
    /// A folder of checkpoints that is followed.
    Follow,
}

/// What happens to a request while another of its kind runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// It takes the other's place at once.
    Replace,
    /// It waits until the other has ended, which is stopped if it is slow; if several wait, only the latest runs.
    Queue,
    /// It is dropped: the other goes on.
    Keep,
}

impl JobKind {
    pub fn policy(self) -> Policy {
        match self {
            // what it shows follows a drag
            Self::Preview => Policy::Queue,
            // nobody can close the system's dialog but the person
            Self::Browse => Policy::Keep,
            // nothing that was asked for is left unwritten
            Self::Export => Policy::Keep,
            // one is never dropped for another: the lab starts them one by one
            Self::SaveRun | Self::Autosave => Policy::Keep,
            Self::Find
            | Self::Prepare
            | Self::ReadPicture
            | Self::Inspect
            | Self::CheckGradient
            | Self::Examine
            | Self::Compare
            | Self::Features
            | Self::Spectrum
            | Self::Replay
            | Self::Counterfactual
            | Self::Match
            | Self::Map
            | Self::Probe
            | Self::Lesson
            | Self::ReadRun
            | Self::Follow => Policy::Replace,
        }
    }

    /// Whether it takes long enough to give way to the run in the window as well.
    pub fn gives_way_to_the_run(self) -> bool {
        matches!(
            self,
            Self::Compare | Self::Replay | Self::Counterfactual | Self::Map
        )
    }

    /// What is being done, as the subject of a sentence.
    pub fn work(self) -> &'static str {
        match self {
            Self::Find => "reading the data",
            Self::Prepare => "preparing the data",
            Self::Preview => "preparing the preview",
            Self::ReadPicture => "reading the picture",
            Self::Browse => "the file dialog",
            Self::Inspect => "going through the data",
            Self::CheckGradient => "checking the gradient",
            Self::Examine => "looking for mistakes in the gradient",
            Self::Compare => "comparing the runs",
            Self::Features => "computing the features",
            Self::Spectrum => "measuring the data's directions",
            Self::Replay => "training the epochs of the past again",
            Self::Counterfactual => "training on without the changes",
            Self::Match => "matching the features of the two runs",
            Self::Map => "training the map",
            Self::Probe => "probing the code",
            Self::Export => "writing the file",
            Self::Lesson => "preparing the lesson",
            Self::SaveRun => "saving the run",
            Self::Autosave => "keeping the state of the run",
            Self::ReadRun => "reading the run",
            Self::Follow => "following the folder",
        }
    }

    /// What its threads are called.
    pub fn thread(self) -> &'static str {
        match self {
            Self::Find => "sae-lab opener",
            Self::Prepare => "sae-lab loader",
            Self::Preview => "sae-lab preview",
            Self::ReadPicture => "sae-lab picture",
            Self::Browse => "sae-lab file dialog",
            Self::Inspect => "sae-lab inspection",
            Self::CheckGradient => "sae-lab gradient check",
            Self::Examine => "sae-lab doctor",
            Self::Compare => "sae-lab comparison",
            Self::Features => "sae-lab features",
            Self::Spectrum => "sae-lab spectrum",
            Self::Replay => "sae-lab replay",
            Self::Counterfactual => "sae-lab counterfactual",
            Self::Match => "sae-lab matching",
            Self::Map => "sae-lab map",
            Self::Probe => "sae-lab probe",
            Self::Export => "sae-lab export",
            Self::Lesson => "sae-lab lesson",
            Self::SaveRun => "sae-lab saver",
            Self::Autosave => "sae-lab autosave",
            Self::ReadRun => "sae-lab run reader",
            Self::Follow => "sae-lab follower",
        }
    }
}
