//! The import sheet's choices. One that does not go with the others is disabled, and says why on hover.

use egui::{Label, Ui, vec2};

use super::help::Help as _;
use super::import_option::{number, option, title};
use super::import_reading::reading;
use super::import_settings;
use super::log_slider::{LogScale, LogSlider};
use super::number_field::{self, NumberField};
use super::theme::GRID;
use super::widgets::{self, muted};
use crate::data::{
    Colour, Content, DataSpec, Held, Preparation, SampleShape, Scaling, Whitening, limits,
};
use crate::lab::Action;
use crate::lab::import::Import;

/// All of them, from the cut to the network and its training.
pub fn choices(ui: &mut Ui, import: &Import, actions: &mut Vec<Action>) {
    let mut spec = import.spec.clone();
    ui.spacing_mut().item_spacing = vec2(GRID / 2.0, GRID / 2.0);
    variable(ui, import, &mut spec);
    reading(ui, import, &mut spec);
    cut(ui, import, &mut spec);
    if import.found().has_colour() {
        colour(ui, import, &mut spec);
    }
    mean(ui, import, &mut spec);
    whitening(ui, import, &mut spec);
    scaling(ui, import, &mut spec);
    let settings = import_settings::settings(ui, &import.settings);
    held(ui, import.found().has_own_test, &mut spec);
    // last: they change with every preview, and nothing is to move below the pointer
    if spec != import.spec || settings.is_some() {
        let settings = settings.unwrap_or_else(|| import.settings.clone());
        actions.push(Action::SetImport {
            spec,
            settings: Box::new(settings),
        });
    }
}

/// Why choices of a row are greyed out, once each, where everyone sees it: a hand on the keyboard never gets the hover.
fn reasons<'a>(ui: &mut Ui, refused: impl IntoIterator<Item = Option<&'a str>>) {
    let mut said = Vec::new();
    for reason in refused.into_iter().flatten() {
        if !said.contains(&reason) {
            said.push(reason);
            ui.add(Label::new(muted(ui, reason)).wrap());
        }
    }
}

/// Which array of a file that holds several.
fn variable(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    const MOST: usize = 24; // by more than these nobody finds their way; the command line takes any
    let variables = &import.found().variables;
    if variables.is_empty() {
        return;
    }
    title(ui, "Array");
    ui.horizontal_wrapped(|ui| {
        for variable in variables.iter().take(MOST) {
            let chosen = match &import.spec.variable {
                Some(name) => *name == variable.name,
                None => variable.taken,
            };
            let text = format!("{} ({})", variable.name, variable.size);
            let hover = "Take this one of the file's arrays";
            if option(ui, "Array", &text, hover, chosen, None) {
                *spec = import.with_variable(&variable.name);
            }
        }
    });
}

fn cut(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    let cuts = import.cuts();
    if import.no_patches().is_none() {
        title(ui, "Pictures");
        ui.horizontal_wrapped(|ui| {
            let hover = "Each picture is a sample";
            if option(ui, "Pictures", "whole", hover, !cuts, import.no_whole()) {
                *spec = import.with_cut(false);
            }
            let hover = "Each sample is a small square from a random place of a random picture";
            if option(
                ui,
                "Pictures",
                "cut into patches",
                hover,
                cuts,
                import.no_patches(),
            ) {
                *spec = import.with_cut(true);
            }
        });
        reasons(ui, [import.no_whole().filter(|_| cuts)]);
    }
    if cuts {
        ui.horizontal_wrapped(|ui| {
            let sides = limits::IMAGE_SIDE..=import.largest_patch();
            let hover = "Side of a patch, in pixels";
            number(ui, "Patch size", hover, &mut spec.patch, sides, 0.1);
            let hover = "How many patches are cut";
            let counts = 1..=import.most_patches();
            number(ui, "Patches", hover, &mut spec.patches, counts, 50.0);
            let hover = "Decides where the patches are cut";
            number(ui, "Patch seed", hover, &mut spec.seed, 0..=u64::MAX, 0.1);
        });
    }
}

/// The choices with part of the preparation changed.
fn change(import: &Import, spec: &mut DataSpec, change: impl FnOnce(&mut Preparation)) {
    let mut preparation = import.choice();
    change(&mut preparation);
    *spec = import.with(preparation);
}

fn colour(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    title(ui, "Colour");
    let chosen = import.choice().colour;
    ui.horizontal_wrapped(|ui| {
        for (colour, text, hover) in [
            (
                Colour::Keep,
                "keep",
                "Red, green and blue, three values a pixel",
            ),
            (
                Colour::Grey,
                "turn to grey",
                "Rec. 601 luma, one value a pixel",
            ),
        ] {
            if option(ui, "Colour", text, hover, chosen == colour, None) {
                change(import, spec, |preparation| preparation.colour = colour);
            }
        }
    });
}

fn mean(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    let mut remove = import.choice().remove_mean;
    let what = match import.opened.found.content {
        _ if import.cuts() => "patch",
        Content::Samples {
            shape: SampleShape::Vector { .. },
            ..
        } => "sample",
        _ => "picture",
    };
    let (name, hover) = match what {
        "sample" => (
            "Mean",
            "The overall level of a sample's values is left out".into(),
        ),
        _ => (
            "Brightness",
            format!("A {what}'s overall brightness says nothing about what it shows"),
        ),
    };
    title(ui, name);
    let text = format!("remove each {what}'s mean");
    let ticked = ui.scope(|ui| {
        widgets::edged(ui);
        ui.checkbox(&mut remove, text).help(hover).changed()
    });
    if ticked.inner {
        change(import, spec, |preparation| preparation.remove_mean = remove);
    }
}

fn whitening(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    title(ui, "Whitening");
    let chosen = import.choice().whitening;
    let epsilon = match chosen {
        Whitening::Zca { epsilon } => Some(epsilon),
        _ => None,
    };
    let mut why_not = Vec::new();
    ui.horizontal_wrapped(|ui| {
        for (whitening, hover) in [
            (Whitening::None, "Neighbouring values stay correlated"),
            (
                Whitening::OlshausenField,
                "Whole photographs are filtered so that all frequencies count alike, up to a cutoff: edges stand out \
                 (Olshausen and Field 1996)",
            ),
            (
                Whitening::ZCA,
                "Values are made uncorrelated with the least change to how they look (Bell and Sejnowski 1997)",
            ),
        ] {
            let same = std::mem::discriminant(&whitening) == std::mem::discriminant(&chosen);
            if whitening == Whitening::OlshausenField && !same && import.no_patches().is_some() {
                continue; // it is for pictures
            }
            let refused = import.refused(whitening);
            why_not.push(refused.filter(|_| !same));
            if option(ui, "Whitening", whitening.title(), hover, same, refused) {
                *spec = import.with_whitening(whitening);
            }
        }
    });
    reasons(ui, why_not);
    if let Some(mut epsilon) = epsilon {
        epsilon_row(ui, &mut epsilon);
        if chosen != (Whitening::Zca { epsilon }) {
            *spec = import.with_whitening(Whitening::Zca { epsilon });
        }
    }
}

fn epsilon_row(ui: &mut Ui, epsilon: &mut f64) {
    let (least, most) = Whitening::EPSILON_RANGE;
    ui.horizontal(|ui| {
        ui.label(muted(ui, "ε"));
        let scale = LogScale {
            least,
            most,
            zero: false,
        };
        let slider = LogSlider::new("ε of the whitening", epsilon, scale);
        let hover = "Added to each variance of values in [0, 1]: more of it passes less noise. Double-click for 0.1, the usual one";
        ui.add(slider.tick(Whitening::EPSILON).width(180.0)).help(hover);
        let speed = *epsilon * 0.01;
        let before = *epsilon;
        NumberField::new("ε value", epsilon, least..=most)
            .speed(speed)
            .show(ui);
        number_field::complaint(ui, "ε value", before);
    });
}

fn scaling(ui: &mut Ui, import: &Import, spec: &mut DataSpec) {
    title(ui, "Scaling");
    let chosen = import.choice().scaling;
    let refused = import.no_scaling();
    ui.horizontal_wrapped(|ui| {
        for scaling in import.scalings() {
            let same = scaling == chosen;
            let refused = refused.filter(|_| !same);
            if option(
                ui,
                "Scaling",
                scaling.title(),
                meaning(scaling),
                same,
                refused,
            ) {
                change(import, spec, |preparation| preparation.scaling = scaling);
            }
        }
    });
    reasons(ui, [refused]);
}

fn meaning(scaling: Scaling) -> &'static str {
    match scaling {
        Scaling::None => "Nothing is scaled",
        Scaling::Levels => "Divided by 255, or by their greatest value if that is below 128",
        Scaling::Clip => {
            "What is beyond 3 standard deviations of the whole set is clipped, the rest fills 0.1 to 0.9: within a \
             sigmoid's reach"
        }
        Scaling::Unit => "The whole set linearly, its least value to 0 and its greatest to 1",
        Scaling::UnitColumns => "Each column by itself, its least value to 0 and its greatest to 1",
        Scaling::Standardise => {
            "Each column by itself to mean 0 and standard deviation 1; takes a linear output"
        }
    }
}

/// What is not trained on, to test with.
fn held(ui: &mut Ui, has_own_test: bool, spec: &mut DataSpec) {
    title(ui, "Held out to test with");
    let hover = "A dashed curve shows the loss on it: whole pictures where patches are cut";
    ui.horizontal_wrapped(|ui| {
        for (text, held) in [
            ("nothing", Held::None),
            ("10 %", Held::Fraction(0.1)),
            ("20 %", Held::Fraction(0.2)),
        ] {
            if option(ui, "Held out", text, hover, spec.held == held, None) {
                spec.held = held;
            }
        }
        let own = spec.held == Held::OwnSplit;
        if (own || has_own_test) && option(ui, "Held out", "the file's own part", hover, own, None)
        {
            spec.held = Held::OwnSplit;
        }
    });
}
