//! What a run on the data of the import sheet would be like: as the recipe has it, as the run in progress is, or as the
//! person set it.

use crate::training::{Choices, Experiment, Recipe};

/// Whose settings they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// What suits the data.
    Recipe,
    /// Those of the run in progress.
    Kept,
    /// One of them was changed on the sheet.
    Own,
}

/// The sheet's part about network and training.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSettings {
    pub whose: Whose,
    pub choices: Choices,
    kept: Choices,
    recipe: Option<Recipe>,
}

impl ImportSettings {
    /// For a set that was opened (`suits`), or for one that is trained on already: then its settings stay.
    pub fn new(experiment: &Experiment, suits: bool) -> Self {
        let kept = Choices::of(experiment);
        Self {
            whose: if suits { Whose::Recipe } else { Whose::Kept },
            choices: kept,
            kept,
            recipe: None,
        }
    }

    /// What suits the data, once a preview has measured it.
    pub fn recipe(&self) -> Option<&Recipe> {
        self.recipe.as_ref()
    }

    /// Takes what suits the data as they are prepared now.
    pub fn take(&mut self, recipe: Recipe) {
        self.recipe = Some(recipe);
        if self.whose == Whose::Recipe {
            *self = self.with(Whose::Recipe);
        }
    }

    /// With the recipe's, or those of the run in progress; one's own stay as they stand.
    #[must_use]
    pub fn with(&self, whose: Whose) -> Self {
        let choices = match whose {
            Whose::Recipe => self.recipe.as_ref().map_or(self.choices, Recipe::choices),
            Whose::Kept => self.kept,
            Whose::Own => self.choices,
        };
        Self {
            whose,
            choices,
            ..self.clone()
        }
    }

    /// With one changed on the sheet.
    #[must_use]
    pub fn changed(&self, choices: Choices) -> Self {
        Self {
            whose: Whose::Own,
            choices,
            ..self.clone()
        }
    }
}
