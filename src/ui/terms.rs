//! J and its three terms, each with its formula, its colour and its value now.

use egui::{Align2, Sense, Ui, pos2, vec2};

use super::curve_cache::Term;
use super::help::{self, Side};
use super::highlight::{self, Highlight};
use super::numbers;
use super::theme::{self, BODY, SMALL, TITLE, Theme};
use super::widgets;
use crate::lab::View;
use crate::model::Cost;

const ROW: f32 = 20.0;

#[derive(Debug, Default)]
pub struct TermsPanel;

impl TermsPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let theme = Theme::of(ui);
        let cost = view.run.snapshot.as_deref().map_or(
            Cost {
                reconstruction_loss: f64::NAN,
                ..Cost::default()
            },
            |s| s.cost,
        );
        ui.spacing_mut().item_spacing.y = 0.0;
        let (rect, head) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW + 2.0), Sense::hover());
        let y = rect.center().y;
        widgets::text(
            ui,
            pos2(rect.left(), y),
            Align2::LEFT_CENTER,
            "J  =",
            theme::bold(TITLE),
            theme.total,
        );
        let total = numbers::cost(cost.total());
        widgets::text(
            ui,
            pos2(rect.right(), y),
            Align2::RIGHT_CENTER,
            total,
            theme::bold(BODY),
            theme.total,
        );
        let hint = "The cost that training lowers, over the whole data set at the epoch's end";
        help::beside(&head, Side::Under, hint);
        let terms = [
            (Term::Reconstruction, "1/2m Σ‖x̂−x‖²"),
            (Term::Decay, "½λ ΣW²"),
            (Term::Sparsity, "β Σ KL(ρ‖ρ̂)"),
        ];
        for (term, formula) in terms {
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let y = rect.center().y;
            if response.hovered() {
                highlight::point(ui.ctx(), Highlight::Term(term));
            }
            if highlight::pointed(ui.ctx()).is_some_and(|pointed| pointed.lights(term)) {
                let lit = rect.expand2(vec2(4.0, 0.0));
                ui.painter().rect_filled(lit, 4.0, theme.raised);
            }
            ui.painter()
                .circle_filled(pos2(rect.left() + 5.0, y), 5.0, term.colour(theme));
            widgets::text(
                ui,
                pos2(rect.left() + 20.0, y),
                Align2::LEFT_CENTER,
                formula,
                theme::regular(BODY),
                theme.text,
            );
            let value = if cost.reconstruction_loss.is_nan() {
                "–".into()
            } else {
                numbers::cost(term.of(&cost))
            };
            widgets::text(
                ui,
                pos2(rect.right(), y),
                Align2::RIGHT_CENTER,
                value,
                theme::regular(BODY),
                theme.text_strong,
            );
            help::beside(&response, Side::Under, term.meaning());
        }
        if let Some(snapshot) = view.run.snapshot.as_deref() {
            ui.add_space(2.0);
            let note = format!("after epoch {}", numbers::thousands(snapshot.epoch));
            let (rect, _) =
                ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
            widgets::text(
                ui,
                rect.right_top(),
                Align2::RIGHT_TOP,
                note,
                theme::regular(SMALL),
                theme.text_muted,
            );
        }
    }
}
