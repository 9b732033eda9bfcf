//! Numbers as they are painted: separated, and of one width.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::Page;
use sae_lab::model::BatchSize;
use sae_lab::training::{History, Record};

use super::painted::texts;
use super::{ui_support, window_at};

/// Four digits or more in a row, before any point.
fn unseparated(words: &str) -> bool {
    let mut digits = 0;
    let mut fraction = false;
    for letter in words.chars() {
        match letter {
            '0'..='9' if fraction => {}
            '0'..='9' => digits += 1,
            '.' => fraction = true,
            _ => (digits, fraction) = (0, false),
        }
        if digits >= 4 {
            return true;
        }
    }
    false
}

#[test]
fn thousands_are_separated_on_every_page() {
    assert!(unseparated("epoch 1000") && !unseparated("1,000 · 0.12345 · 312"));
    let mut large = ui_support::snapshot();
    large.experiment.hyperparameters.batch = BatchSize::Samples(1000);
    large.experiment.seed = 123_456;
    large.hyperparameters = large.experiment.hyperparameters.check().unwrap();
    let mut history = History::new();
    for epoch in 0..12_345 {
        let mut record = Record {
            epoch,
            fvu: 0.5,
            ..Record::default()
        };
        record.cost.reconstruction_loss = 4321.0;
        record.cost.sparsity_penalty = 98_765.0;
        history.push(record);
    }
    history.push_units(12_344, &large.units);
    let last = *history.last().unwrap();
    (large.epoch, large.cost, large.history) = (last.epoch, last.cost, Arc::new(history));
    large.epochs_per_second = 4321.0;
    let (mut harness, _script) = window_at(&large);
    for page in Page::ALL {
        ui_support::show(&mut harness, page);
        harness.run_steps(6);
        if page == Page::Unit {
            harness.get_by_label("Unit 4, constant").click();
            harness.run_steps(6);
        }
        let bare: Vec<String> = texts(&harness)
            .into_iter()
            .map(|text| text.words)
            .map(|words| words.replace("Fashion-MNIST 2000", "")) // a name
            .filter(|words| unseparated(words))
            .collect();
        assert!(bare.is_empty(), "{page:?}: {bare:?}");
    }
    let texts = texts(&harness);
    let says = |words: &str| texts.iter().any(|text| text.words.contains(words));
    assert!(
        says("1,000 ▾") && says("123,456") && says("12,344"),
        "{texts:#?}"
    );
}

#[test]
fn digits_have_one_width() {
    let (harness, _script) = super::window();
    for font in [
        egui::FontId::proportional(12.5),
        egui::FontId::new(12.5, egui::FontFamily::Name("bold".into())),
        egui::FontId::monospace(12.5),
    ] {
        let width = |digit: char| {
            harness
                .ctx
                .fonts_mut(|fonts| fonts.glyph_width(&font, digit))
        };
        let widths: Vec<f32> = ('0'..='9').map(width).collect();
        assert!(widths[0] > 4.0);
        assert!(
            widths.iter().all(|w| *w == widths[0]),
            "{font:?}: {widths:?}"
        );
    }
}
