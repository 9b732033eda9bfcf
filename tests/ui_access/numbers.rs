//! Numbers as they are painted: separated, and of one width.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::Page;
use sae_lab::model::BatchSize;
use sae_lab::training::{History, Record};

use super::painted::{Text, texts};
use super::{ui_support, window_at};

/// Of the text and of what is small, in points.
const BODY: f32 = 13.0;
const SMALL: f32 = 12.0;

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

/// Whether two texts stand in one row of one panel, beside one another.
fn are_in_a_row(a: &Text, b: &Text) -> bool {
    let apart = a.rect.left().max(b.rect.left()) - a.rect.right().min(b.rect.right());
    (a.rect.center().y - b.rect.center().y).abs() < 2.0 && (0.0..40.0).contains(&apart)
}

#[test]
fn digits_have_one_size_on_every_page() {
    let (mut harness, _script) = super::window();
    let number = |text: &Text| {
        let digits = |letter: char| letter.is_ascii_digit() || ".,−-+e%".contains(letter);
        text.words.trim().chars().all(digits)
    };
    for page in Page::ALL {
        ui_support::show(&mut harness, page);
        harness.run_steps(6);
        if page == Page::Unit {
            harness.get_by_label("Unit 4, constant").click();
            harness.run_steps(6);
        }
        let numbers: Vec<Text> = texts(&harness)
            .into_iter()
            .filter(|text| {
                !text.formula && number(text) && text.words.chars().any(|c| c.is_ascii_digit())
            })
            .collect();
        assert!(numbers.len() > 8, "{page:?}: {numbers:#?}");
        // a value is set in the size of the text, what a scale or a bar says in the small one: no others
        let others: Vec<_> = numbers
            .iter()
            .filter(|text| text.size != BODY && text.size != SMALL)
            .map(|text| (&text.words, text.size))
            .collect();
        assert!(others.is_empty(), "{page:?}: {others:?}");
        for (index, one) in numbers.iter().enumerate() {
            for other in &numbers[..index] {
                assert!(
                    !are_in_a_row(one, other) || one.size == other.size,
                    "{page:?}: {one:?} beside {other:?}"
                );
                // those of one column stand below one another, at its right end
                let column = (one.rect.right() - other.rect.right()).abs() < 0.6
                    && (one.rect.center().y - other.rect.center().y).abs() < 40.0;
                assert!(
                    !column || one.size == other.size,
                    "{page:?}: {one:?} below {other:?}"
                );
            }
        }
    }
}
