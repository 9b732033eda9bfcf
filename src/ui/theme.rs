//! Every colour, size and font of the window. The colour maps for numbers are those of exported pictures, in
//! `io::colour_map`; no other file states a raw colour.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where raw colours are allowed"
)]

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Visuals, vec2};

use crate::io::colour_map::{self, Rgb};

/// The grid that spacings are multiples of, in points.
pub const GRID: f32 = 8.0;
/// The three sizes of type, in points; none is smaller.
pub const SMALL: f32 = 12.0;
pub const BODY: f32 = 13.0;
pub const TITLE: f32 = 15.0;
/// Rounding of panels and buttons.
pub const RADIUS: u8 = 5;

/// The colours of one of the two themes.
#[derive(Debug, PartialEq)]
pub struct Theme {
    pub dark: bool,
    /// Behind the panels.
    pub window: Color32,
    /// Panels, bars, and the 0 of the weights' map.
    pub panel: Color32,
    /// Buttons and fields.
    pub raised: Color32,
    pub raised_hovered: Color32,
    /// The chosen one of several: a tab, an entry of a list.
    pub selected: Color32,
    /// Separators and grid lines, which nothing depends on.
    pub line: Color32,
    /// Rails, axes and the frames of fields; ≥ 3 : 1 against the panel.
    pub rail: Color32,
    pub text: Color32,
    pub text_strong: Color32,
    /// Secondary text.
    pub text_muted: Color32,
    /// The one accent.
    pub accent: Color32,
    pub on_accent: Color32,
    /// The ring around what has the keyboard's focus; ≥ 3 : 1 against all that it stands on.
    pub focus: Color32,
    /// A change that waits or was made, and warnings.
    pub notice: Color32,
    /// J
    pub total: Color32,
    /// 1/(2m) Σ‖x̂−x‖²
    pub reconstruction: Color32,
    /// The same over what was held out: told from it by its dashes as well.
    pub test: Color32,
    /// λ/2 ΣW²
    pub decay: Color32,
    /// β Σ KL(ρ‖ρ̂)
    pub sparsity: Color32,
    /// The run that trains beside the one shown: B.
    pub beside: Color32,
    pub alive: Color32,
    pub dead: Color32,
    /// Text on `alive` and `dead` areas.
    pub on_area: Color32,
}

/// The terms' colours are Okabe and Ito's (2008), told apart by any eye; the light theme's are the same hues, darker.
static DARK: Theme = Theme {
    dark: true,
    window: Color32::from_rgb(14, 17, 22),
    panel: Color32::from_rgb(23, 26, 32),
    raised: Color32::from_rgb(36, 41, 49),
    raised_hovered: Color32::from_rgb(48, 54, 64),
    selected: Color32::from_rgb(34, 54, 76),
    line: Color32::from_rgb(42, 47, 56),
    rail: Color32::from_rgb(118, 127, 142),
    text: Color32::from_rgb(214, 219, 226),
    text_strong: Color32::from_rgb(240, 243, 247),
    text_muted: Color32::from_rgb(160, 168, 180),
    accent: Color32::from_rgb(90, 168, 242),
    on_accent: Color32::from_rgb(10, 20, 32),
    focus: Color32::from_rgb(240, 243, 247),
    notice: Color32::from_rgb(240, 168, 60),
    total: Color32::from_rgb(240, 243, 247),
    reconstruction: Color32::from_rgb(86, 180, 233),
    test: Color32::from_rgb(178, 224, 240),
    decay: Color32::from_rgb(238, 163, 50),
    sparsity: Color32::from_rgb(220, 140, 182),
    beside: Color32::from_rgb(184, 158, 255),
    alive: Color32::from_rgb(60, 176, 136),
    dead: Color32::from_rgb(236, 124, 88),
    on_area: Color32::from_rgb(10, 14, 20),
};

static LIGHT: Theme = Theme {
    dark: false,
    window: Color32::from_rgb(232, 235, 239),
    panel: Color32::from_rgb(251, 252, 253),
    raised: Color32::from_rgb(233, 236, 241),
    raised_hovered: Color32::from_rgb(221, 226, 233),
    selected: Color32::from_rgb(208, 224, 242),
    line: Color32::from_rgb(223, 227, 233),
    rail: Color32::from_rgb(120, 128, 140),
    text: Color32::from_rgb(45, 51, 60),
    text_strong: Color32::from_rgb(20, 24, 31),
    text_muted: Color32::from_rgb(84, 93, 106),
    accent: Color32::from_rgb(16, 92, 170),
    on_accent: Color32::from_rgb(255, 255, 255),
    focus: Color32::from_rgb(20, 24, 31),
    notice: Color32::from_rgb(140, 80, 0),
    total: Color32::from_rgb(32, 37, 45),
    reconstruction: Color32::from_rgb(0, 100, 160),
    test: Color32::from_rgb(0, 114, 118),
    decay: Color32::from_rgb(150, 88, 0),
    sparsity: Color32::from_rgb(160, 60, 116),
    beside: Color32::from_rgb(96, 60, 188),
    alive: Color32::from_rgb(18, 112, 82),
    dead: Color32::from_rgb(176, 58, 20),
    on_area: Color32::from_rgb(255, 255, 255),
};

/// Of the curves of kept runs: none is that of a term, nor of B.
const OVERLAYS_ON_DARK: [Rgb; 6] = [
    [70, 190, 140],
    [240, 228, 66],
    [236, 124, 88],
    [170, 178, 190],
    [190, 150, 110],
    [120, 214, 60],
];

const OVERLAYS_ON_LIGHT: [Rgb; 6] = [
    [0, 122, 88],
    [122, 112, 0],
    [190, 58, 20],
    [92, 100, 112],
    [122, 78, 40],
    [44, 122, 0],
];

/// So many classes have a colour of their own.
const CLASSES: usize = 8;

const CLASSES_ON_DARK: [Rgb; CLASSES] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [140, 140, 140],
];

const CLASSES_ON_LIGHT: [Rgb; CLASSES] = [
    [184, 118, 0],
    [30, 136, 200],
    [0, 128, 92],
    [142, 130, 0],
    [0, 84, 140],
    [190, 76, 0],
    [176, 84, 138],
    [100, 100, 100],
];

impl Theme {
    pub fn of(ui: &egui::Ui) -> &'static Self {
        Self::named(ui.visuals().dark_mode)
    }

    pub fn named(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    /// The colour of duplicates, where areas show units by their state.
    pub fn duplicate(&self) -> Color32 {
        self.alive.lerp_to_gamma(self.panel, 0.3)
    }

    /// The diverging map of weights: `value` in [−1, 1], orange below 0, the panel itself at 0, blue above.
    pub fn weight(&self, value: f32) -> Color32 {
        Self::rgb(colour_map::diverging(value, self.dark))
    }

    /// The grey of a sample's value, `value` in [0, 1].
    pub fn grey(value: f32) -> Color32 {
        Self::rgb(colour_map::grey(value))
    }

    /// A colour of the shared maps.
    pub fn rgb([red, green, blue]: Rgb) -> Color32 {
        Color32::from_rgb(red, green, blue)
    }

    /// Black or white, whichever is read better on `ground`.
    pub fn ink_on(ground: Color32) -> Color32 {
        let [red, green, blue, _] = egui::Rgba::from(ground).to_array();
        // where the two are read equally well, at 4.6 : 1 (WCAG 2)
        if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 {
            Color32::BLACK
        } else {
            Color32::WHITE
        }
    }

    /// The colour of a class, told apart by any eye (Okabe & Ito 2008; the light theme's are the same hues, darker); they
    /// repeat after eight.
    pub fn class(&self, class: u8) -> Color32 {
        let classes = if self.dark {
            &CLASSES_ON_DARK
        } else {
            &CLASSES_ON_LIGHT
        };
        Self::rgb(classes[usize::from(class) % CLASSES])
    }

    /// The colour of the curve of the kept run that is the `place`th of those overlaid; they repeat after six.
    pub fn overlay(&self, place: usize) -> Color32 {
        let colours = if self.dark {
            &OVERLAYS_ON_DARK
        } else {
            &OVERLAYS_ON_LIGHT
        };
        Self::rgb(colours[place % colours.len()])
    }

    /// The map of weights with a table of 511 steps, for filling textures.
    pub fn weight_table(&self) -> Vec<Color32> {
        (-255..=255)
            .map(|step| self.weight(step as f32 / 255.0))
            .collect()
    }

    fn visuals(&self) -> Visuals {
        let mut visuals = if self.dark {
            Visuals::dark()
        } else {
            Visuals::light()
        };
        visuals.panel_fill = self.window;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.window_corner_radius = CornerRadius::same(8);
        visuals.menu_corner_radius = CornerRadius::same(6);
        visuals.extreme_bg_color = self.window;
        visuals.faint_bg_color = self.raised;
        visuals.hyperlink_color = self.accent;
        visuals.warn_fg_color = self.notice;
        visuals.error_fg_color = self.dead;
        visuals.weak_text_color = Some(self.text_muted);
        visuals.selection.bg_fill = self.selected;
        visuals.selection.stroke = Stroke::new(1.0, self.text_strong);
        visuals.text_cursor.stroke.color = self.accent;
        visuals.slider_trailing_fill = true;
        let radius = CornerRadius::same(RADIUS);
        let states = &mut visuals.widgets;
        for state in [
            &mut states.noninteractive,
            &mut states.inactive,
            &mut states.hovered,
            &mut states.active,
            &mut states.open,
        ] {
            state.corner_radius = radius;
            state.expansion = 0.0;
            state.bg_stroke = Stroke::NONE;
            state.bg_fill = self.raised;
            state.weak_bg_fill = self.raised;
            state.fg_stroke = Stroke::new(1.0, self.text);
        }
        states.noninteractive.bg_stroke = Stroke::new(1.0, self.line);
        states.noninteractive.bg_fill = self.panel;
        states.hovered.bg_fill = self.raised_hovered;
        states.hovered.weak_bg_fill = self.raised_hovered;
        states.hovered.fg_stroke.color = self.text_strong;
        states.active.bg_fill = self.raised_hovered;
        states.active.weak_bg_fill = self.raised_hovered;
        states.active.fg_stroke.color = self.text_strong;
        states.open.weak_bg_fill = self.raised_hovered;
        visuals
    }
}

/// The bold face of the family.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(super::fonts::BOLD.into()))
}

pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Installs fonts, type scale, spacing and both themes.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(super::fonts::definitions());
    ctx.options_mut(|options| options.zoom_with_keyboard = false); // zooming is a command of ours, in four steps
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Heading, bold(TITLE)),
            (TextStyle::Body, regular(BODY)),
            (TextStyle::Button, regular(BODY)),
            (TextStyle::Small, regular(SMALL)),
            (TextStyle::Monospace, regular(BODY)),
            (TextStyle::Name("value".into()), bold(BODY)),
        ]
        .into();
        style.drag_value_text_style = TextStyle::Body;
        style.spacing.item_spacing = vec2(GRID, GRID / 2.0);
        style.spacing.button_padding = vec2(GRID, GRID / 2.0);
        style.spacing.interact_size = vec2(32.0, 24.0);
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.tooltip_width = 320.0;
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        style.spacing.scroll.fade.strength = 0.0; // the last line that is shown is shown as the others are
        style.interaction.tooltip_delay = 0.35;
        style.interaction.selectable_labels = false;
        style.animation_time = 0.08;
    });
    for theme in [&DARK, &LIGHT] {
        let name = if theme.dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        };
        ctx.set_visuals_of(name, theme.visuals());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2's relative luminance.
    fn luminance(colour: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(colour).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    /// What stands on what: (upper, lower, the least contrast). Text needs 4.5 : 1, graphics and edges 3 : 1 (WCAG 2.2,
    /// 1.4.3 and 1.4.11).
    fn pairs(theme: &Theme) -> Vec<(&'static str, Color32, &'static str, Color32, f32)> {
        const TEXT: f32 = 4.5;
        const GRAPHIC: f32 = 3.0;
        let plain = [
            ("window", theme.window),
            ("panel", theme.panel),
            ("raised", theme.raised),
        ];
        let lit = [
            ("raised_hovered", theme.raised_hovered),
            ("selected", theme.selected),
        ];
        let mut pairs = Vec::new();
        for (name, text) in [
            ("text", theme.text),
            ("text_strong", theme.text_strong),
            ("text_muted", theme.text_muted),
        ] {
            for (under, back) in plain.into_iter().chain(lit) {
                pairs.push((name, text, under, back, TEXT));
            }
        }
        for (name, text) in [
            ("accent", theme.accent),
            ("notice", theme.notice),
            ("reconstruction", theme.reconstruction),
            ("test", theme.test),
            ("decay", theme.decay),
            ("sparsity", theme.sparsity),
            ("beside", theme.beside),
            ("total", theme.total),
            ("alive", theme.alive),
            ("dead", theme.dead),
        ] {
            // the names of lines are text in the colour of the line
            for (under, back) in plain {
                pairs.push((name, text, under, back, TEXT));
            }
        }
        for place in 0..OVERLAYS_ON_DARK.len() {
            pairs.push((
                "overlay",
                theme.overlay(place),
                "panel",
                theme.panel,
                GRAPHIC,
            ));
        }
        pairs.push(("on_accent", theme.on_accent, "accent", theme.accent, TEXT));
        for (under, back) in [("alive", theme.alive), ("dead", theme.dead)] {
            pairs.push(("on_area", theme.on_area, under, back, TEXT));
            pairs.push(("hatching", theme.panel, under, back, GRAPHIC));
        }
        for (under, back) in plain {
            pairs.push(("rail", theme.rail, under, back, GRAPHIC));
        }
        for (under, back) in plain.into_iter().chain(lit) {
            pairs.push(("focus", theme.focus, under, back, GRAPHIC));
        }
        pairs.push(("focus", theme.focus, "line", theme.line, GRAPHIC));
        // a class's corner has a margin of the panel's colour on every picture
        for class in 0..CLASSES as u8 {
            for (under, back) in [("panel", theme.panel), ("window", theme.window)] {
                pairs.push(("class", theme.class(class), under, back, GRAPHIC));
            }
        }
        pairs
    }

    #[test]
    fn everything_can_be_read_in_both_themes() {
        for theme in [&DARK, &LIGHT] {
            let low: Vec<String> = pairs(theme)
                .into_iter()
                .filter(|(_, upper, _, lower, least)| contrast(*upper, *lower) < *least)
                .map(|(a, upper, b, lower, least)| {
                    format!("{a} on {b}: {:.2} < {least}", contrast(upper, lower))
                })
                .collect();
            assert!(low.is_empty(), "dark {}: {low:#?}", theme.dark);
        }
    }

    #[test]
    fn the_weights_map_is_neutral_at_zero_and_steady_in_lightness() {
        for theme in [&DARK, &LIGHT] {
            assert_eq!(theme.weight(0.0), theme.panel);
            assert_eq!(theme.weight(f32::NAN), theme.panel);
            for sign in [-1.0, 1.0] {
                let steps: Vec<f32> = (0..=20)
                    .map(|i| contrast(theme.weight(sign * i as f32 / 20.0), theme.panel))
                    .collect();
                assert!(
                    steps.windows(2).all(|pair| pair[0] <= pair[1] + 1e-3),
                    "{steps:?}"
                );
                assert!(steps[20] > 4.0, "{steps:?}");
            }
        }
    }
}
