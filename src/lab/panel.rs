//! The panels that the pages are made of: each can be brought to the front of its tabs, and fill the window.

use strum::VariantArray;

use super::page::Page;

/// One panel, wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Panel {
    /// The hyperparameters, and what else decides a run: beside every page.
    Settings,
    Features,
    Reconstructions,
    Cost,
    Sparsity,
    Units,
    /// Where the data have classes.
    Code,
    /// The page of one unit: all units, to choose from.
    Picker,
    Lives,
    Summary,
    Inputs,
    Similar,
    Forces,
    Tracks,
    Distribution,
    /// The page of formulas.
    Equations,
    GradientCheck,
    GradientNorms,
    /// Looking through the network.
    Input,
    Activations,
    Output,
    /// The comparison of two runs.
    Choices,
    Pairs,
    /// Every run of the session.
    KeptRuns,
    RunCurves,
    /// The map of the plane.
    MapChoices,
    Map,
}

impl Panel {
    /// In the order of the pages.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// The page it is a part of; `None` where it stands beside all of them.
    pub fn page(self) -> Option<Page> {
        match self {
            Self::Settings => None,
            Self::Features
            | Self::Reconstructions
            | Self::Cost
            | Self::Sparsity
            | Self::Units
            | Self::Code => Some(Page::Lab),
            Self::Picker
            | Self::Lives
            | Self::Summary
            | Self::Inputs
            | Self::Similar
            | Self::Forces
            | Self::Tracks
            | Self::Distribution => Some(Page::Unit),
            Self::Equations | Self::GradientCheck | Self::GradientNorms => Some(Page::Mathematics),
            Self::Input | Self::Activations | Self::Output => Some(Page::LookThrough),
            Self::Choices | Self::Pairs => Some(Page::Compare),
            Self::KeptRuns | Self::RunCurves => Some(Page::Runs),
            Self::MapChoices | Self::Map => Some(Page::Map),
        }
    }

    /// The one of `page` that teaches.
    pub fn main_of(page: Page) -> Self {
        match page {
            Page::Lab => Self::Features,
            Page::Unit => Self::Summary,
            Page::Mathematics => Self::Equations,
            Page::LookThrough => Self::Activations,
            Page::Compare => Self::Pairs,
            Page::Runs => Self::KeptRuns,
            Page::Map => Self::Map,
        }
    }

    /// What it is called where panels of all pages stand together: no two have the same.
    pub fn title(self) -> &'static str {
        match self {
            Self::Settings => "Hyperparameters",
            Self::Features => "Features",
            Self::Reconstructions => "Input → reconstruction",
            Self::Cost => "Cost",
            Self::Sparsity => "Sparsity",
            Self::Units => "Units alive and dead",
            Self::Code => "What the code is worth",
            Self::Picker => "All units",
            Self::Lives => "Lives",
            Self::Summary => "The unit",
            Self::Inputs => "Inputs that excite it",
            Self::Similar => "Without the unit",
            Self::Forces => "Forces",
            Self::Tracks => "The unit over the run",
            Self::Distribution => "Its activation",
            Self::Equations => "Formulas",
            Self::GradientCheck => "Gradient check",
            Self::GradientNorms => "Gradient norms",
            Self::Input => "Input",
            Self::Activations => "Hidden activations",
            Self::Output => "Reconstruction",
            Self::Choices => "Data against data",
            Self::Pairs => "Matched features",
            Self::KeptRuns => "Runs",
            Self::RunCurves => "Curves of the runs",
            Self::MapChoices => "What to map",
            Self::Map => "Map",
        }
    }

    /// What its tab says, beside the others of its page.
    pub fn tab(self) -> &'static str {
        match self {
            Self::Settings => "Settings",
            Self::Reconstructions => "x → x̂",
            Self::Units | Self::Picker => "Units",
            Self::Code => "Code",
            Self::Summary => "Unit",
            Self::Inputs => "Inputs",
            Self::Similar => "Without it",
            Self::Tracks => "Run",
            Self::Distribution => "Activation",
            Self::GradientCheck => "Check",
            Self::GradientNorms => "Norms",
            Self::Activations => "Activations",
            Self::Output => "x̂",
            Self::Input => "x",
            Self::Choices => "Choices",
            Self::Pairs => "Pairs",
            Self::RunCurves => "Curves",
            Self::MapChoices => "Ranges",
            panel => panel.title(),
        }
    }

    /// One sentence on what it shows.
    pub fn about(self) -> &'static str {
        match self {
            Self::Settings => {
                "Everything that decides the run: ρ, β, α, λ, the layers, the optimiser and the data"
            }
            Self::Features => {
                "The encoder weights of every hidden unit, as a picture: what it looks for"
            }
            Self::Reconstructions => "Some inputs over what the network makes of them",
            Self::Cost => "The cost J and its three terms, epoch by epoch",
            Self::Sparsity => "How active the units are on average, and what each contributes",
            Self::Units => "How many units are alive, duplicate and dead, epoch by epoch",
            Self::Code => {
                "How well a linear classifier tells the classes by the hidden activations, by the inputs and by others"
            }
            Self::Picker => "All units as tiles: click one to inspect it",
            Self::Lives => "When each unit was alive and when it was dead",
            Self::Summary => "The unit's weights, its state and what became of it",
            Self::Forces => "Which of the cost's terms drive the unit, and which way",
            Self::Inputs => "The inputs that excite the unit most and least",
            Self::Similar => "What is lost without the unit, and the units most like it",
            Self::Tracks => "ρ̂, contribution and weights of the unit, epoch by epoch",
            Self::Distribution => "How often the unit gives which activation",
            Self::Equations => "The cost and its gradient, each term with its present value",
            Self::GradientCheck => "The gradient beside central differences of the cost",
            Self::GradientNorms => "How long the gradient of each layer is, epoch by epoch",
            Self::Input => "What is sent through the network: a sample, a drawing or a picture",
            Self::Activations => "What each hidden unit answers; drag a bar to set one by hand",
            Self::Output => "What the decoder makes of the activations",
            Self::Choices => "The second data set and what the comparison came to",
            Self::Pairs => "The features of both runs, each beside the one most like it",
            Self::KeptRuns => {
                "The runs of this session that are kept, with what each came to and what it costs"
            }
            Self::MapChoices => {
                "The settings that are varied, their ranges, and how the training of the map goes"
            }
            Self::Map => "What came of each run of the map; Enter opens the run of a cell",
            Self::RunCurves => "The cost of the run shown, and J of those that are overlaid",
        }
    }

    /// The same as the tab where there is little room.
    pub fn brief(self) -> &'static str {
        match self {
            Self::Settings => "Set",
            Self::Sparsity => "ρ̂",
            Self::Distribution => "a",
            Self::Similar => "FVU",
            Self::Forces => "∇J",
            panel => panel.tab(),
        }
    }
}
