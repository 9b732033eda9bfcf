//! One line over every page that says what to look at; at its end, the way to the lessons.

use egui::{Button, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::help::Help as _;
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{self, GAP};
use crate::lab::{Action, Page, UserCommand, View};
use crate::training::Preset;

/// Between the bar and the line, and below the line.
const ABOVE: f32 = 1.0;
const BELOW: f32 = 4.0;
/// Of one row, with what is free above and below it.
pub const HEIGHT: f32 = 21.0;

/// Draws the line at the top of `whole`, as long as it has room in one row; returns the area that is left for the page.
pub fn ui(ui: &mut Ui, whole: Rect, view: &View<'_>, actions: &mut Vec<Action>) -> Rect {
    let theme = Theme::of(ui);
    let text = view.watch();
    let width = whole.width() - 2.0 * GAP - 2.0 * GRID - to_lessons(ui, whole, view, actions);
    let font = theme::regular(BODY);
    let lay = |text: &str| {
        let font = font.clone();
        ui.painter()
            .layout(text.to_owned(), font, theme.text, width)
    };
    let mut galley = lay(text);
    if galley.rows.len() > 1 {
        galley = lay(brief(view));
    }
    let at = pos2(whole.left() + GAP + 2.0 * GRID, whole.top() + ABOVE);
    let line = Rect::from_min_size(at, galley.size());
    let response = ui.interact(line, ui.scope_id().with("watch"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let mark = Rect::from_min_max(
        pos2(whole.left() + GAP + 4.0, line.top() + 2.0),
        pos2(whole.left() + GAP + 7.0, line.bottom() - 2.0),
    );
    ui.painter().rect_filled(mark, 1.5, theme.accent);
    ui.painter().galley(line.min, galley, theme.text);
    let page = whole.with_min_y(line.bottom() + BELOW);
    Rect::from_min_max(page.min + vec2(GAP, 0.0), page.max - vec2(GAP, GAP))
}

/// The lesson that comes next in a class, where the page is free for one; returns how wide it is.
fn to_lessons(ui: &mut Ui, whole: Rect, view: &View<'_>, actions: &mut Vec<Action>) -> f32 {
    let shared = view.shared;
    if shared.page != Page::Lab || shared.lesson.is_some() || shared.presenting.is_some() {
        return 0.0;
    }
    let Some(lesson) = shared.next_lesson() else {
        return 0.0;
    };
    let text = format!("Lesson {}: {}", lesson.number(), lesson.title());
    let words = widgets::galley(ui, &text, theme::regular(BODY), Theme::of(ui).accent);
    let width = (words.size().x + 2.0 * ui.spacing().button_padding.x).ceil() + 2.0;
    if width > whole.width() / 3.0 {
        return 0.0;
    }
    let right = whole.right() - GAP;
    // its words beside those of the line
    let middle = whole.top() + ABOVE + words.size().y / 2.0;
    let place = Rect::from_center_size(
        pos2(right - width / 2.0, middle),
        vec2(width, widgets::TARGET),
    );
    let command = UserCommand::Lesson(lesson);
    let colour = Theme::of(ui).accent;
    let button = Button::new(RichText::new(&text).size(BODY).color(colour));
    let button = button.frame_when_inactive(false).min_size(place.size());
    let button = button.wrap_mode(egui::TextWrapMode::Extend);
    // the ring of the focus reaches over the edge of the bar
    let mut own = ui.new_child(UiBuilder::new().id_salt("to lessons").max_rect(place));
    own.set_clip_rect(ui.clip_rect().expand(widgets::TARGET / 2.0));
    let response = own.put(place, button).help(command.tooltip());
    if response.clicked() {
        actions.push(command.into());
    }
    width + GRID
}

/// The same in few words, where there is no room for all.
fn brief(view: &View<'_>) -> &'static str {
    if view.shared.lesson.is_some() {
        return "The step at the left says what to do; L goes on.";
    }
    match (view.shared.page, view.run.untouched()) {
        _ if view.shared.held => "The picture is held: what has become of it? H shows it.",
        (Page::Lab, _) if view.run.followed.is_some() => {
            "Drag the cursor below over its checkpoints."
        }
        (Page::Lab, Some(preset)) => brief_of(preset),
        (Page::Lab, None) => "Drag a slider and watch the tiles and the curves.",
        (Page::Unit, _) => "Of the upper three forces, the longest bar to the right wins.",
        (Page::Mathematics, _) => "Point at a slider to light the terms it acts on.",
        (Page::LookThrough, _) => "Look at which bars rise for this input, or drag one.",
        (Page::Runs, _) => "Put one run beside the other: what differs is named.",
        (Page::Map, _) => "Look where the cells change at once: the line is λ_c.",
        (Page::Compare, _) => "A high mean says little until it is above its baselines.",
    }
}

fn brief_of(preset: Preset) -> &'static str {
    match preset {
        Preset::Edges => "Watch noise turn into edges. Then drag λ to 6e-4: they die.",
        Preset::PostsValues => "Compare with Edges (key 1): smoother, yet the FVU is lower.",
        Preset::Bars => "Watch the tiles: each of the 16 bars soon has a unit.",
        Preset::Clothes => "Watch shoes, trousers and sleeves appear in the tiles.",
        Preset::PlainAutoencoder => "Watch the FVU fall though no tile shows a bar: β is 0.",
        Preset::DecayCliff => "Watch ΔFVU fall while ρ̂ stays at ρ: all 25 units die.",
        Preset::TooSparse => "Watch all 25 units die: ρ is too low. Then drag it to .05.",
        Preset::Overshoot => "The first step silences all; KL brings near copies back.",
        Preset::TooFewUnits => "Watch 8 units share 16 bars: at most 8 are found.",
    }
}
