//! Which panels of a page stand side by side and which share a place as tabs: a function of the room there is, in
//! points, the zoom, and, where text is larger than at 100 %, of the pictures that are to keep their size.
//!
//! Larger text never makes the pictures smaller: the features get at least the room, in pixels of the screen, that they
//! have at 100 %, and what has no room beside them then becomes tabs. Where that is not enough for all tiles at the size
//! that they have at 100 %, the tiles scroll.

use egui::{Rect, Vec2, vec2};

use super::features::{self, MARGIN};
use super::rows::Room;
use super::tiles::Grid;
use super::widgets::{GAP, PADDING, TAB_ROW, TITLE_ROW};
use crate::lab::{Page, Panel};

/// A place on the page: for one panel, or for several that share it as tabs.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub rect: Rect,
    pub panels: Vec<Panel>,
}

/// The features' pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiles {
    pub count: usize,
    /// (rows, columns) of one, in values.
    pub picture: (usize, usize),
    /// Pixels of the screen to a point at 100 %.
    pub pixels: f32,
}

impl Tiles {
    /// Their grid in a panel of `size` at `zoom`, no smaller than at `floor` pixels to a value.
    fn grid(&self, size: Vec2, zoom: f32, floor: f32) -> Grid {
        let (gap, least) = (features::gap(zoom), features::least(zoom));
        let ppp = self.pixels * zoom;
        Grid::fit(
            self.count,
            self.picture,
            size - AROUND,
            gap,
            least,
            floor,
            ppp,
        )
    }

    /// So many pixels to a value they have at 100 % in the window in which a page has `room`.
    pub fn floor(&self, room: Room) -> f32 {
        if room.zoom <= 1.0 {
            return 0.0;
        }
        let slots = lab(room.at_100_percent(), None, false);
        let Some(features) = features_of(&slots) else {
            return 0.0;
        };
        let grid = self.grid(features.rect.size(), 1.0, 0.0);
        grid.tile.y * self.pixels / self.picture.0.max(1) as f32
    }
}

/// Of the column of settings: as wide as it is read best, and where room is short.
const SETTINGS: f32 = 240.0;
const SETTINGS_SHORT: f32 = 224.0;
/// Of a lesson's column, and its part of the width.
const LESSON: std::ops::RangeInclusive<f32> = 272.0..=360.0;
const LESSON_PART: f32 = 0.265;
/// Below this width the settings are short, and the plots as narrow as they can be beside the features.
const WIDE: f32 = 1100.0;
/// Below this width the settings have no column of their own: they become a tab.
const SETTINGS_BESIDE: f32 = 780.0;
/// Of the column of plots.
const PLOTS: std::ops::RangeInclusive<f32> = 300.0..=640.0;
const PLOTS_PART: f32 = 0.345;
const PLOTS_LEAST: f32 = 266.0;
/// A panel of tabs is no narrower than this, and no lower where it stands below the features.
const TABS_WIDTH: f32 = 232.0;
const TABS_HEIGHT: f32 = 150.0;
/// What a panel of one picture takes beside and above the picture.
const AROUND: Vec2 = vec2(
    2.0 * (PADDING.x + MARGIN),
    2.0 * (PADDING.y + MARGIN) + TITLE_ROW,
);

const RECONSTRUCTIONS: std::ops::RangeInclusive<f32> = 134.0..=220.0;

/// The places of `page` in its `room`; `labelled` says whether the data have classes.
pub fn arrange(page: Page, room: Room, tiles: Option<Tiles>, labelled: bool) -> Vec<Slot> {
    let area = room.area;
    match page {
        Page::Lab => lab(room, tiles, labelled),
        Page::Unit => unit(area),
        Page::Mathematics => maths(area),
        Page::LookThrough => look_through(area),
        Page::Compare => compare(area),
        Page::Runs => runs(area),
        Page::Map => map(area),
    }
}

/// Of a lesson's column in a page of `width`.
pub fn lesson_width(width: f32) -> f32 {
    (width * LESSON_PART).clamp(*LESSON.start(), *LESSON.end())
}

/// The places of `page` beside a lesson, which takes the column of the settings and a little more; it comes first.
pub fn beside_lesson(page: Page, room: Room, tiles: Option<Tiles>, labelled: bool) -> Vec<Slot> {
    let area = room.area;
    let (lesson, plain) = split_x(area, lesson_width(area.width()));
    // as if the settings were no wider than what the lesson leaves them
    let with_settings = [SETTINGS, SETTINGS_SHORT].map(|settings| {
        let area = area.with_min_x(lesson.right() - settings);
        let slots = arrange(page, Room { area, ..room }, tiles, labelled);
        let column = slots.iter().position(|slot| {
            slot.panels == [Panel::Settings] && (slot.rect.right() - lesson.right()).abs() < 0.5
        });
        column.map(|column| (column, slots))
    });
    let mut slots = match with_settings.into_iter().flatten().next() {
        Some((column, mut slots)) => {
            slots.remove(column);
            slots
        }
        None => {
            let room = Room {
                area: plain,
                ..room
            };
            let mut slots = arrange(page, room, tiles, labelled);
            slots.retain_mut(|slot| {
                slot.panels.retain(|panel| *panel != Panel::Settings);
                !slot.panels.is_empty()
            });
            slots
        }
    };
    slots.insert(0, slot(lesson, &[Panel::Settings]));
    slots
}

/// The places of `panels` before a class: the first one large, the others in a column beside it, or all of them as tabs
/// where there is no room.
pub fn presented(area: Rect, panels: &[Panel]) -> Vec<Slot> {
    match panels {
        [] => Vec::new(),
        [_] => vec![slot(area, panels)],
        _ if area.width() < 480.0 => vec![slot(area, panels)],
        [Panel::Settings, rest @ ..] => {
            let (left, right) = split_x(area, SETTINGS.min(area.width() * 0.4));
            let mut slots = vec![slot(left, &[Panel::Settings])];
            slots.extend(presented(right, rest));
            slots
        }
        [first, rest @ ..] => {
            let (left, right) = split_x(area, area.width() * 0.56);
            let mut slots = vec![slot(left, &[*first])];
            slots.extend(column(right, rest));
            slots
        }
    }
}

/// The places of the page of one unit while none is chosen: all of them, to choose from.
pub fn choosing(area: Rect) -> Vec<Slot> {
    let Some((settings, rest)) = settings_beside(area) else {
        return vec![slot(area, &[Panel::Picker])];
    };
    vec![
        slot(settings, &[Panel::Settings]),
        slot(rest, &[Panel::Picker]),
    ]
}

fn slot(rect: Rect, panels: &[Panel]) -> Slot {
    Slot {
        rect,
        panels: panels.to_vec(),
    }
}

/// (left, right) of `rect`, the left one `width` wide.
fn split_x(rect: Rect, width: f32) -> (Rect, Rect) {
    let x = rect.left() + width.round();
    (rect.with_max_x(x), rect.with_min_x(x + GAP))
}

/// (upper, lower) of `rect`, the upper one `height` high.
fn split_y(rect: Rect, height: f32) -> (Rect, Rect) {
    let y = rect.top() + height.round();
    (rect.with_max_y(y), rect.with_min_y(y + GAP))
}

fn features_of(slots: &[Slot]) -> Option<&Slot> {
    slots
        .iter()
        .find(|slot| slot.panels.contains(&Panel::Features))
}

/// The room for the features' tiles in `slots`, in points.
fn tile_room(slots: &[Slot]) -> f32 {
    features_of(slots).map_or(0.0, |slot| (slot.rect.size() - AROUND).min_elem())
}

/// The first of four forms, from the one that shows most side by side to the one that shows least, which leaves the
/// tiles the room that they have at 100 %, and in which all of `tiles` have the size that they have there.
fn lab(room: Room, tiles: Option<Tiles>, labelled: bool) -> Vec<Slot> {
    let (area, zoom) = (room.area, room.zoom);
    let need = if zoom > 1.0 {
        tile_room(&lab(room.at_100_percent(), None, labelled)) / zoom
    } else {
        0.0
    };
    let floor = tiles.map_or(0.0, |tiles| tiles.floor(room));
    let shows_all = |slots: &[Slot]| match (tiles, features_of(slots)) {
        (Some(tiles), Some(slot)) if floor > 0.0 => {
            !tiles.grid(slot.rect.size(), zoom, floor).scrolls
        }
        _ => true,
    };
    let forms = [all_beside, plots_fold, tabs_below];
    let fits = |slots: &Vec<Slot>| tile_room(slots) >= need && shows_all(slots);
    let first = forms.iter();
    let first = first
        .filter_map(|form| form(area, need, labelled))
        .find(fits);
    first.unwrap_or_else(|| {
        let roomy = tabs_beside(area, need, TABS_PART, labelled);
        if shows_all(&roomy) {
            return roomy;
        }
        // a narrower column leaves a wide grid its room; where none is shown whole, both scroll
        let narrow = tabs_beside(area, need, 0.0, labelled);
        if shows_all(&narrow) { narrow } else { roomy }
    })
}

/// (of the settings, of the plots), where they stand beside the features.
fn sides(area: Rect) -> (f32, f32) {
    if area.width() < WIDE {
        return (SETTINGS_SHORT, *PLOTS.start());
    }
    let plots = (area.width() * PLOTS_PART).clamp(*PLOTS.start(), *PLOTS.end());
    (SETTINGS, plots)
}

/// The plots, in the order in which they stand.
fn plots(labelled: bool) -> Vec<Panel> {
    let mut plots = vec![Panel::Cost, Panel::Sparsity, Panel::Units];
    if labelled {
        plots.push(Panel::Code);
    }
    plots
}

/// With the reconstructions, where these have no place of their own.
fn folding(labelled: bool) -> Vec<Panel> {
    let mut folding = plots(labelled);
    folding.push(Panel::Reconstructions);
    folding
}

/// settings │ features over reconstructions │ three plots
fn all_beside(area: Rect, need: f32, labelled: bool) -> Option<Vec<Slot>> {
    if area.width() < 1000.0 || area.height() < 580.0 {
        return None;
    }
    let (settings, width) = sides(area);
    let (settings, rest) = split_x(area, settings);
    let (middle, right) = split_x(rest, rest.width() - GAP - width);
    let (least, most) = (*RECONSTRUCTIONS.start(), *RECONSTRUCTIONS.end());
    let spare = middle.height() - GAP - need - AROUND.y;
    let below = (middle.height() * 0.21)
        .clamp(least, most)
        .min(spare.max(least));
    let (features, reconstructions) = split_y(middle, middle.height() - GAP - below);
    let mut slots = vec![
        slot(settings, &[Panel::Settings]),
        slot(features, &[Panel::Features]),
        slot(reconstructions, &[Panel::Reconstructions]),
    ];
    slots.extend(column(right, &plots(labelled)));
    Some(slots)
}

/// settings │ features │ plots, those that have no room as tabs
fn plots_fold(area: Rect, need: f32, labelled: bool) -> Option<Vec<Slot>> {
    if area.width() < SETTINGS_BESIDE {
        return None;
    }
    let (settings, plots) = sides(area);
    let (settings, rest) = split_x(area, settings);
    let most = rest.width() - GAP - (need + AROUND.x).ceil();
    let plots = plots.min(most);
    if plots < PLOTS_LEAST {
        return None;
    }
    let (features, right) = split_x(rest, rest.width() - GAP - plots);
    let mut slots = vec![
        slot(settings, &[Panel::Settings]),
        slot(features, &[Panel::Features]),
    ];
    slots.extend(column(right, &folding(labelled)));
    Some(slots)
}

/// settings │ features over tabs
fn tabs_below(area: Rect, need: f32, labelled: bool) -> Option<Vec<Slot>> {
    if area.width() < 560.0 {
        return None;
    }
    let (settings, rest) = split_x(area, SETTINGS_SHORT);
    let height = (need + AROUND.y).ceil().max(area.height() * 0.6);
    if area.height() - height - GAP < TABS_HEIGHT {
        return None;
    }
    let (features, tabs) = split_y(rest, height);
    Some(vec![
        slot(settings, &[Panel::Settings]),
        slot(features, &[Panel::Features]),
        slot(tabs, &folding(labelled)),
    ])
}

/// Of the width, where tabs stand beside the features and there is room.
const TABS_PART: f32 = 0.42;

/// features │ tabs, the settings among them, in `part` of the width if that is enough for both
fn tabs_beside(area: Rect, need: f32, part: f32, labelled: bool) -> Vec<Slot> {
    let wanted = (area.width() * part).max(TABS_WIDTH);
    let least = TABS_WIDTH.min(area.width() * 0.5);
    let tabs = wanted
        .min(area.width() - GAP - (need + AROUND.x).ceil())
        .max(least);
    let (features, tabs) = split_x(area, area.width() - GAP - tabs);
    let mut slots = vec![slot(features, &[Panel::Features])];
    let all = [&[Panel::Settings][..], &folding(labelled)].concat();
    slots.extend(column(tabs, &all));
    slots
}

/// What there is on one unit, where it stands in one column.
const ONE_UNIT: [Panel; 6] = [
    Panel::Summary,
    Panel::Forces,
    Panel::Inputs,
    Panel::Tracks,
    Panel::Distribution,
    Panel::Similar,
];

/// settings │ units and lives │ the unit │ what drives it
fn unit(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let picker = |width: f32| (width * 0.225).clamp(132.0, 320.0);
    let Some((settings, rest)) = settings_beside(area) else {
        let (left, right) = split_x(area, area.width() * 0.36);
        let mut slots = column(left, &[P::Picker, P::Settings, P::Lives]);
        slots.extend(column(right, &ONE_UNIT));
        return slots;
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    let (left, rest) = split_x(rest, picker(rest.width()));
    slots.extend(column(left, &[P::Picker, P::Lives]));
    if rest.width() < 670.0 {
        slots.extend(column(rest, &ONE_UNIT));
        return slots;
    }
    let (middle, right) = split_x(rest, rest.width() * 0.56 - GAP / 2.0);
    slots.extend(column(middle, &[P::Summary, P::Inputs, P::Similar]));
    slots.extend(column(right, &[P::Forces, P::Tracks, P::Distribution]));
    slots
}

/// settings │ formulas │ check over norms
fn maths(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let Some((settings, rest)) = settings_beside(area) else {
        return vec![slot(
            area,
            &[
                P::Equations,
                P::GradientCheck,
                P::GradientNorms,
                P::Settings,
            ],
        )];
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    if rest.width() < 820.0 {
        slots.extend(column(
            rest,
            &[P::Equations, P::GradientCheck, P::GradientNorms],
        ));
    } else {
        let (left, right) = split_x(rest, rest.width() * 0.6 - GAP / 2.0);
        slots.push(slot(left, &[P::Equations]));
        slots.extend(column(right, &[P::GradientCheck, P::GradientNorms]));
    }
    slots
}

/// settings │ input │ activations │ reconstruction
fn look_through(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let Some((settings, rest)) = settings_beside(area) else {
        let (left, right) = split_x(area, area.width() * 0.46);
        return vec![
            slot(left, &[P::Input, P::Output, P::Settings]),
            slot(right, &[P::Activations]),
        ];
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    if rest.width() < 780.0 {
        let (left, right) = split_x(rest, rest.width() * 0.44);
        slots.extend(column(left, &[P::Input, P::Output]));
        slots.push(slot(right, &[P::Activations]));
    } else {
        let side = (rest.width() * 0.24).clamp(260.0, 400.0);
        let (left, middle) = split_x(rest, side);
        let (middle, right) = split_x(middle, middle.width() - GAP - side);
        slots.push(slot(left, &[P::Input]));
        slots.push(slot(middle, &[P::Activations]));
        slots.push(slot(right, &[P::Output]));
    }
    slots
}

/// settings │ choices │ pairs
fn compare(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let Some((settings, rest)) = settings_beside(area) else {
        return vec![slot(area, &[P::Choices, P::Pairs, P::Settings])];
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    if rest.width() < 640.0 {
        slots.push(slot(rest, &[P::Choices, P::Pairs]));
    } else {
        let (left, right) = split_x(rest, (rest.width() * 0.3).max(320.0));
        slots.push(slot(left, &[P::Choices]));
        slots.push(slot(right, &[P::Pairs]));
    }
    slots
}

/// settings │ all runs over their curves
fn runs(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let Some((settings, rest)) = settings_beside(area) else {
        return column(area, &[P::KeptRuns, P::RunCurves, P::Settings]);
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    slots.extend(column(rest, &[P::KeptRuns, P::RunCurves]));
    slots
}

/// settings │ what to map │ the map
fn map(area: Rect) -> Vec<Slot> {
    use Panel as P;
    let Some((settings, rest)) = settings_beside(area) else {
        return vec![slot(area, &[P::MapChoices, P::Map, P::Settings])];
    };
    let mut slots = vec![slot(settings, &[P::Settings])];
    if rest.width() < 640.0 {
        slots.push(slot(rest, &[P::MapChoices, P::Map]));
    } else {
        let (left, right) = split_x(rest, (rest.width() * 0.28).max(272.0));
        slots.push(slot(left, &[P::MapChoices]));
        slots.push(slot(right, &[P::Map]));
    }
    slots
}

/// The column of settings and what is left beside it, where there is room for both.
fn settings_beside(area: Rect) -> Option<(Rect, Rect)> {
    let (width, _) = sides(area);
    (area.width() >= SETTINGS_BESIDE).then(|| split_x(area, width))
}

/// (least height of a panel in a column, in points; its part of what height is left over)
fn height(panel: Panel) -> (f32, f32) {
    match panel {
        Panel::Settings => (300.0, 0.4),
        Panel::Features => (300.0, 1.0),
        Panel::Reconstructions => (RECONSTRUCTIONS.start() + 0.0, 0.2),
        Panel::Cost => (190.0, 0.5),
        Panel::Sparsity => (172.0, 0.3),
        Panel::Units => (100.0, 0.2),
        Panel::Code => (112.0, 0.2),
        Panel::Picker => (252.0, 0.3),
        Panel::Lives => (160.0, 0.7),
        Panel::Summary => (312.0, 0.6),
        Panel::Inputs => (148.0, 0.3),
        Panel::Similar => (104.0, 0.1),
        Panel::Forces => (210.0, 0.1),
        Panel::Tracks => (216.0, 0.5),
        Panel::Distribution => (138.0, 0.4),
        Panel::Equations => (360.0, 0.6),
        Panel::GradientCheck => (250.0, 0.4),
        Panel::GradientNorms => (210.0, 0.4),
        Panel::Input => (380.0, 0.5),
        Panel::Output => (260.0, 0.5),
        Panel::Activations | Panel::Choices | Panel::Pairs | Panel::MapChoices | Panel::Map => {
            (300.0, 0.5)
        }
        Panel::KeptRuns => (220.0, 0.6),
        Panel::RunCurves => (190.0, 0.4),
    }
}

/// `panels` one below the other. Where they are too high together, the last ones share a place as tabs: as few of them as
/// can.
fn column(rect: Rect, panels: &[Panel]) -> Vec<Slot> {
    let least = |panels: &[Panel]| {
        let highest = panels
            .iter()
            .map(|panel| height(*panel).0)
            .fold(0.0, f32::max);
        highest + if panels.len() > 1 { TAB_ROW } else { 0.0 }
    };
    let groups = |alone: usize| {
        let (alone, together) = panels.split_at(alone);
        let mut groups: Vec<&[Panel]> = alone.chunks(1).collect();
        if !together.is_empty() {
            groups.push(together);
        }
        groups
    };
    let needed = |groups: &[&[Panel]]| {
        groups.iter().map(|group| least(group)).sum::<f32>() + GAP * (groups.len() as f32 - 1.0)
    };
    let fitting = (0..=panels.len())
        .rev()
        .map(groups)
        .find(|groups| needed(groups) <= rect.height());
    let groups = fitting.unwrap_or_else(|| groups(0));
    let share = |group: &[Panel]| {
        group
            .iter()
            .map(|panel| height(*panel).1)
            .fold(0.0, f32::max)
    };
    let shares: f32 = groups.iter().map(|group| share(group)).sum();
    let spare = rect.height() - needed(&groups);
    let mut top = rect.top();
    let mut slots = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let last = index + 1 == groups.len();
        let high = (least(group) + spare * share(group) / shares).round();
        let bottom = if last { rect.bottom() } else { top + high };
        slots.push(slot(rect.with_min_y(top).with_max_y(bottom), group));
        top = bottom + GAP;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::shared::ZOOMS;
    use crate::ui::rows::around;
    use egui::pos2;

    /// Windows of these sizes in pixels.
    const WINDOWS: [[f32; 2]; 7] = [
        [1024.0, 768.0],
        [1280.0, 720.0],
        [1280.0, 800.0],
        [1366.0, 768.0],
        [1600.0, 900.0],
        [1920.0, 1080.0],
        [2560.0, 1440.0],
    ];

    fn room(window: [f32; 2], zoom: u32) -> Room {
        let size = (vec2(window[0], window[1]) * 100.0 / zoom as f32).floor();
        Room {
            area: Rect::from_min_size(pos2(10.0, 54.0), size - around(size.y)),
            window: size.y,
            zoom: zoom as f32 / 100.0,
        }
    }

    /// Every page in every room, with classes and without.
    fn with_classes() -> impl Iterator<Item = (Page, Room, bool)> {
        everywhere().flat_map(|(page, room)| [false, true].map(|labelled| (page, room, labelled)))
    }

    fn everywhere() -> impl Iterator<Item = (Page, Room)> {
        let sizes = WINDOWS.into_iter().chain([[640.0, 360.0], [800.0, 600.0]]);
        // the least window, 640 by 360, is for text at 100 %
        let held =
            |(_, room): &(Page, Room)| room.area.width() > 480.0 && room.area.height() > 260.0;
        let all = sizes.flat_map(|window| {
            ZOOMS
                .into_iter()
                .flat_map(move |zoom| Page::ALL.map(move |page| (page, room(window, zoom))))
        });
        all.filter(held)
    }

    #[test]
    fn every_panel_of_a_page_has_one_place_inside_it_beside_the_others() {
        for (page, room, labelled) in with_classes() {
            let area = room.area;
            let slots = arrange(page, room, None, labelled);
            let mut shown: Vec<Panel> = slots.iter().flat_map(|slot| slot.panels.clone()).collect();
            let expected = Panel::ALL
                .into_iter()
                .filter(|panel| panel.page().is_none_or(|of| of == page))
                .filter(|panel| labelled || *panel != Panel::Code);
            let expected: Vec<Panel> = expected.collect();
            shown.sort_by_key(|panel| *panel as usize);
            assert_eq!(shown, expected, "{page:?} in {area:?}");
            for (index, slot) in slots.iter().enumerate() {
                assert!(
                    slot.rect.is_positive() && area.expand(0.1).contains_rect(slot.rect),
                    "{page:?} {slot:?}"
                );
                for other in &slots[..index] {
                    assert!(
                        !slot.rect.shrink(0.1).intersects(other.rect),
                        "{slot:?} and {other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn panels_are_no_lower_than_they_need_unless_nothing_else_is_left() {
        for (page, room, labelled) in with_classes() {
            let (area, zoom) = (room.area, room.zoom);
            let slots = arrange(page, room, None, labelled);
            for slot in &slots {
                let folded = slot.panels.len() > 1 || slot.rect.height() >= area.height() - 1.0;
                let least = slot
                    .panels
                    .iter()
                    .map(|panel| height(*panel).0)
                    .fold(0.0, f32::max);
                assert!(
                    folded || slot.rect.height() >= least.min(250.0) - 1.0,
                    "{page:?} {zoom}: {slot:?}"
                );
                assert!(slot.rect.width() >= 120.0, "{page:?} {zoom}: {slot:?}");
            }
        }
    }

    #[test]
    fn a_lesson_takes_the_place_of_the_settings_beside_every_page() {
        for (page, room) in everywhere().filter(|(_, room)| room.area.width() > 900.0) {
            let slots = beside_lesson(page, room, None, false);
            assert_eq!(slots[0].panels, [Panel::Settings]);
            let others = &slots[1..];
            assert!(
                others
                    .iter()
                    .all(|slot| !slot.panels.contains(&Panel::Settings))
            );
            for (index, slot) in slots.iter().enumerate() {
                assert!(
                    room.area.expand(0.1).contains_rect(slot.rect),
                    "{page:?} {slot:?}"
                );
                for other in &slots[..index] {
                    let apart = !slot.rect.shrink(0.1).intersects(other.rect);
                    assert!(apart, "{page:?}: {slot:?} and {other:?}");
                }
            }
        }
        let narrow = beside_lesson(Page::Lab, room([1024.0, 768.0], 100), None, false);
        assert!(narrow[0].rect.width() >= 270.0);
        let features = features_of(&narrow).unwrap();
        assert!(features.rect.width() >= 300.0, "{features:?}");
    }

    /// (its size, whether all of them are seen at once) of a tile in `window`, in pixels.
    fn tile(window: [f32; 2], zoom: u32, count: usize, picture: (usize, usize)) -> (f32, bool) {
        let room = room(window, zoom);
        let scale = room.zoom;
        let tiles = Tiles {
            count,
            picture,
            pixels: 1.0,
        };
        let slots = arrange(Page::Lab, room, Some(tiles), true);
        let size = features_of(&slots).unwrap().rect.size();
        let grid = tiles.grid(size, scale, tiles.floor(room));
        (grid.tile.y * scale, !grid.scrolls)
    }

    #[test]
    fn larger_text_never_makes_a_tile_smaller_however_many_there_are() {
        let counts = (1..=130).chain([144, 196, 256, 400, 1024]);
        let (mut tried, mut scrolling) = (0, 0);
        for count in counts {
            for (window, picture) in WINDOWS
                .into_iter()
                .flat_map(|window| [8, 12, 16, 28].map(|side| (window, (side, side))))
            {
                let sizes = ZOOMS.map(|zoom| tile(window, zoom, count, picture));
                for (pixels, all) in sizes {
                    assert!(
                        pixels >= sizes[0].0 - 0.5,
                        "{count} of {picture:?}: {sizes:?} at {window:?}"
                    );
                    tried += 1;
                    scrolling += usize::from(!all && sizes[0].1);
                }
            }
        }
        assert!(scrolling * 10 < tried, "{scrolling} of {tried} scroll");
    }

    #[test]
    fn the_tiles_of_the_presets_are_seen_at_once_at_every_zoom() {
        for window in WINDOWS {
            for (count, side) in [(8, 8), (25, 8), (49, 8), (64, 8), (64, 12), (100, 8)] {
                for zoom in ZOOMS {
                    let (pixels, all) = tile(window, zoom, count, (side, side));
                    assert!(all, "{count} of {side}: {pixels} at {window:?}, {zoom} %");
                }
            }
        }
    }

    #[test]
    fn a_window_of_1024_by_768_gives_the_tiles_most_of_its_middle() {
        let slots = arrange(Page::Lab, room([1024.0, 768.0], 100), None, false);
        assert_eq!(slots.len(), 6);
        let (pixels, _) = tile([1024.0, 768.0], 100, 49, (8, 8));
        assert_eq!(pixels, 56.0);
    }

    #[test]
    fn a_window_of_1280_by_720_shows_all_of_the_lab_page_at_once() {
        let slots = arrange(Page::Lab, room([1280.0, 720.0], 100), None, false);
        assert_eq!(slots.len(), 6);
        assert!(slots.iter().all(|slot| slot.panels.len() == 1));
    }

    #[test]
    fn a_projector_at_150_percent_keeps_settings_features_and_a_plot_side_by_side() {
        let slots = arrange(Page::Lab, room([1280.0, 720.0], 150), None, false);
        assert_eq!(slots[0].panels, [Panel::Settings]);
        assert_eq!(slots[1].panels, [Panel::Features]);
        assert!(slots[2].panels.contains(&Panel::Cost));
    }
}
