//! A field for a number: dragged, or typed. What it can't take is refused in a sentence, and the old value stays.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use egui::emath::Numeric;
use egui::{Context, DragValue, Id, Response, RichText, Ui, Vec2};

use super::numbers;
use super::theme::{self, Theme};

/// The field.
pub(super) struct NumberField<'a, N> {
    name: &'a str,
    value: &'a mut N,
    range: RangeInclusive<N>,
    speed: f64,
    suffix: &'a str,
    size: Option<Vec2>,
    /// What 0 is shown as, where it is no value.
    none: Option<&'a str>,
}

/// What was typed and refused, as long as the value is the one it left.
#[derive(Clone)]
struct Refused {
    words: String,
    value: f64,
}

impl<'a, N: Numeric> NumberField<'a, N> {
    /// `name` is what assistive technology and tests call it.
    pub(super) fn new(name: &'a str, value: &'a mut N, range: RangeInclusive<N>) -> Self {
        Self {
            name,
            value,
            range,
            speed: 1.0,
            suffix: "",
            size: None,
            none: None,
        }
    }

    /// 0 stands for no value, and is shown as `sign`.
    pub(super) fn none(mut self, sign: &'a str) -> Self {
        self.none = Some(sign);
        self
    }

    pub(super) fn size(mut self, size: Vec2) -> Self {
        self.size = Some(size);
        self
    }

    /// How much a point of a drag is.
    pub(super) fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    pub(super) fn suffix(mut self, suffix: &'a str) -> Self {
        self.suffix = suffix;
        self
    }

    pub(super) fn show(self, ui: &mut Ui) -> Response {
        let key = key(self.name);
        let (least, most) = (self.range.start().to_f64(), self.range.end().to_f64());
        let before = self.value.to_f64();
        let refused = RefCell::new(None);
        let write = |value: f64| match self.none {
            Some(sign) if value == 0.0 => sign.to_owned(),
            _ => written::<N>(value),
        };
        // what may be typed: no value is no choice
        let least = if self.none.is_some() {
            least.max(1.0)
        } else {
            least
        };
        let field = DragValue::new(self.value)
            .speed(self.speed)
            .range(self.range)
            .suffix(self.suffix)
            .update_while_editing(false)
            .custom_formatter(|value, _| write(value))
            .custom_parser(|text| match parse::<N>(text, self.suffix) {
                Some(value) if (least..=most).contains(&value) => Some(value),
                Some(_) => {
                    let (least, most, old) = (write(least), write(most), write(before));
                    *refused.borrow_mut() =
                        Some(format!("It goes from {least} to {most}: {old} stays."));
                    None
                }
                None => {
                    let what = if N::INTEGRAL {
                        "whole number"
                    } else {
                        "number"
                    };
                    *refused.borrow_mut() = Some(format!(
                        "“{}” is no {what}: {} stays.",
                        text.trim(),
                        write(before)
                    ));
                    None
                }
            });
        let response = match self.size {
            Some(size) => ui.add_sized(size, field),
            None => ui.add(field),
        };
        let response = response.accessible_name(self.name);
        let value = before;
        let edited = response.changed() || response.dragged() || response.has_focus();
        ui.data_mut(|data| {
            if let Some(words) = refused.take() {
                data.insert_temp(key, Refused { words, value });
            } else if edited {
                data.remove::<Refused>(key);
            }
        });
        response
    }
}

fn key(name: &str) -> Id {
    Id::unique(("refused", name))
}

/// As the field shows `value`.
fn written<N: Numeric>(value: f64) -> String {
    if N::INTEGRAL {
        numbers::thousands(value as u64)
    } else {
        numbers::short(value)
    }
}

/// What was typed. A comma is a thousands separator in a whole number, elsewhere the point of some languages.
fn parse<N: Numeric>(text: &str, suffix: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(suffix.trim()).trim();
    if N::INTEGRAL {
        let value: f64 = text.replace([',', ' '], "").parse().ok()?;
        (value.fract() == 0.0).then_some(value)
    } else {
        let value: f64 = text.replace(',', ".").parse().ok()?;
        value.is_finite().then_some(value)
    }
}

/// What the field called `name` refused last, if it still shows the value that stayed.
pub(super) fn refusal(ctx: &Context, name: &str, value: f64) -> Option<String> {
    let refused: Refused = ctx.data(|data| data.get_temp(key(name)))?;
    (refused.value == value).then_some(refused.words)
}

/// Says so below the field, where there is something to say. As long as the pointer is pressed nothing comes or goes:
/// what it was pressed on stays below it.
pub(super) fn complaint(ui: &mut Ui, name: &str, value: f64) {
    let shown = key(name).with("shown");
    let words: Option<String> = if ui.input(|input| input.pointer.any_down()) {
        ui.data(|data| data.get_temp(shown)).flatten()
    } else {
        refusal(ui.ctx(), name, value)
    };
    ui.data_mut(|data| data.insert_temp(shown, words.clone()));
    if let Some(words) = words {
        let words = RichText::new(words)
            .size(theme::SMALL)
            .color(Theme::of(ui).notice);
        ui.add(egui::Label::new(words).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(parse::<f64>(" 0,05 ", ""), Some(0.05));
        assert_eq!(parse::<f64>("2e-3", ""), Some(2e-3));
        assert_eq!(parse::<f64>("inf", ""), None);
        assert_eq!(parse::<usize>("1,024", ""), Some(1024.0));
        assert_eq!(parse::<usize>("12 px", " px"), Some(12.0));
        assert_eq!(parse::<usize>("2.5", ""), None);
        assert_eq!(parse::<usize>("", ""), None);
        assert_eq!(written::<usize>(1024.0), "1,024");
        assert_eq!(written::<f64>(2e-3), "2e-3");
    }
}
