//! What the middle of the window shows.

use strum::VariantArray;

/// One view of the run, beside the hyperparameters, which are always there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, VariantArray)]
pub enum Page {
    /// Features, reconstructions and curves.
    #[default]
    Lab,
    /// One hidden unit: what it looks for, what drives it, why it died.
    Unit,
    /// The formulas with their values, the gradient and its check.
    Mathematics,
    /// One input's way through the network.
    LookThrough,
    /// The features of two runs, matched.
    Compare,
    /// Every run of the session.
    Runs,
    /// Runs over one or two settings, as a heat map.
    Map,
}

impl Page {
    /// In the order of the tabs.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// As its tab has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lab => "Lab",
            Self::Unit => "Unit",
            Self::Mathematics => "Maths",
            Self::LookThrough => "Look through",
            Self::Compare => "Compare",
            Self::Runs => "Runs",
            Self::Map => "Map",
        }
    }

    /// What to look at there, whatever the run is.
    pub fn watch(self) -> &'static str {
        match self {
            Self::Lab => {
                "Drag a slider and watch the tiles: the curves mark each change, old → new."
            }
            Self::Unit => {
                "Choose a unit and look at its forces: of the upper three, the longest bar to the right is the term that wins."
            }
            Self::Mathematics => {
                "Point at a slider to light the terms it acts on; each term shows its present value."
            }
            Self::LookThrough => {
                "Look at which bars rise for this input. Drag one and watch what the decoder makes of it."
            }
            Self::Runs => {
                "Choose two runs and put one beside the other: what differs is named over their features."
            }
            Self::Map => {
                "Look where the cells change at once: the line is λ_c, above which a dead net stays dead."
            }
            Self::Compare => {
                "Look at the pairs one by one: a high mean says little until it is above its baselines."
            }
        }
    }

    /// One sentence on what it shows.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Lab => "Features, reconstructions and curves of the run",
            Self::Unit => "One hidden unit: what excites it, what drives it, and why it died",
            Self::Mathematics => {
                "The formulas with their present values, the gradient and its check"
            }
            Self::LookThrough => {
                "One input's way through the network: activations and reconstruction"
            }
            Self::Map => {
                "Train a grid of runs over one or two settings, and see what each came to as a heat map"
            }
            Self::Compare => "Match the features of this run with those of another data set",
            Self::Runs => {
                "The runs of this session that are kept: shown again, overlaid, put beside this one, deleted"
            }
        }
    }
}
