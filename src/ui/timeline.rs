//! The strip over the whole run, on every page: cost in small, what happened, and a cursor. Undo and redo stand beside it.

use egui::{
    Align, Button, EventFilter, Key, Layout, Pos2, Rangef, Rect, Response, Role, Sense, Shape,
    Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::curve_events::marker_colour;
use super::help::Help as _;
use super::numbers::thousands;
use super::theme::{self, BODY, GRID, SMALL, Theme};
use super::widgets::{self, GAP};
use super::{focus, keymap, progress, status};
use crate::lab::cursor::Past;
use crate::lab::{Action, UserCommand, View};
use crate::training::Snapshot;
use crate::training::record::Marker;

/// With the gap below it.
pub const HEIGHT: f32 = 36.0;
/// Below this width, in points, words are short and the rarer buttons are left to the keys and the palette.
const NARROW: f32 = 900.0;
const BUTTON: f32 = 26.0;
/// The least that is worth drawing a curve in.
const CURVE: f32 = 60.0;

#[derive(Debug, Default)]
pub struct TimelinePanel;

impl TimelinePanel {
    /// Where it stands `alone`, it says what the line of the run has no row for.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, alone: bool, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let whole = ui.max_rect();
        let strip =
            Rect::from_min_max(whole.min + vec2(GAP, 0.0), whole.max - vec2(GAP, GAP / 2.0));
        ui.painter()
            .rect_filled(strip, f32::from(theme::RADIUS), theme.panel);
        let narrow = strip.width() < NARROW;
        let builder = UiBuilder::new()
            .id_salt("timeline")
            .max_rect(strip.shrink2(vec2(GRID, 3.0)))
            .layout(Layout::left_to_right(Align::Center));
        let mut row = ui.new_child(builder);
        let ui = &mut row;
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        if alone && progress::words(view).is_some() {
            return progress::strip(ui, view, actions);
        }
        let past = view.run.past.as_ref();
        let playing = past.is_some_and(Past::is_playing);
        icon_button(ui, view, UserCommand::Undo, Icon::Undo, actions);
        icon_button(ui, view, UserCommand::Redo, Icon::Redo, actions);
        ui.add_space(GRID / 2.0);
        icon_button(ui, view, UserCommand::FirstEpoch, Icon::First, actions);
        icon_button(ui, view, UserCommand::EpochBack, Icon::Back, actions);
        if past.is_some() || !narrow {
            play_button(ui, past.is_some(), playing, actions);
        }
        icon_button(ui, view, UserCommand::EpochForward, Icon::Forward, actions);
        let Some(latest) = view.run.latest() else {
            return;
        };
        label(ui, view, latest, narrow, alone);
        let after = ui.cursor().left();
        widgets::at_right(ui, "end of the timeline", |ui| {
            let curve = Rect::from_min_max(
                pos2(after + GRID, strip.top()),
                pos2(ui.max_rect().left() - GRID, strip.bottom()),
            );
            if curve.width() >= CURVE {
                track(ui, curve, view, latest, actions);
            }
            pending_pause(ui, view, narrow, actions);
            word_button(ui, view, UserCommand::ReturnToNow, narrow, actions);
            // where there is little room, only while it can be done
            if !narrow || past.is_some() {
                word_button(ui, view, UserCommand::GoOnFromHere, narrow, actions);
            }
        });
    }
}

/// Where the cursor is, in words.
fn label(ui: &mut Ui, view: &View<'_>, latest: &Snapshot, narrow: bool, alone: bool) {
    let theme = Theme::of(ui);
    let past = view.run.past.is_some();
    let now = thousands(latest.epoch);
    let text = match &view.run.past {
        None => status::under_way(view.run).unwrap_or_else(|| format!("epoch {now}: now")),
        Some(past) if past.is_exact() && narrow => {
            format!("{} of {now}", thousands(past.shown.epoch))
        }
        Some(past) if past.is_exact() => {
            format!("epoch {} of {now}: the past", thousands(past.shown.epoch))
        }
        Some(past) => {
            let (shown, asked) = (thousands(past.shown.epoch), thousands(past.asked.epoch));
            match past.replayed {
                _ if narrow => format!("{shown}, near {asked}"),
                Some((done, of)) if of > 0 => {
                    format!("epoch {shown}; {asked} in {} %", 100 * done / of)
                }
                _ => format!("epoch {shown}, near {asked}"),
            }
        }
    };
    // of the longest that it can be now, so that nothing beside it moves with the cursor
    let longest = if narrow {
        format!("{now}, near {now}")
    } else {
        format!("epoch {now} of {now}: the past")
    };
    let font = theme::bold(BODY);
    let width = widgets::galley(ui, longest, font.clone(), theme.text)
        .size()
        .x;
    let tone = if past { theme.notice } else { theme.text };
    let galley = widgets::galley(ui, text.clone(), font, tone);
    let (rect, response) = ui.allocate_exact_size(
        vec2(width.max(galley.size().x) + GRID, BUTTON),
        Sense::hover(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let at = pos2(
        rect.left() + GRID / 2.0,
        rect.center().y - galley.size().y / 2.0,
    );
    ui.painter().galley(at, galley, tone);
    let trouble = view.run.past.as_ref().and_then(|past| past.trouble.clone());
    let mut said = trouble.unwrap_or_else(|| {
        "The epoch that every page shows. While the past is shown, the run trains on; a change of a setting goes on \
         from the epoch that is shown."
            .to_owned()
    });
    if alone && let Some(snapshot) = view.run.snapshot.as_deref() {
        said = format!("{}\n{said}", status::sentence(snapshot, view.run, theme));
    }
    response.help(said);
}

#[derive(Clone, Copy)]
enum Icon {
    Undo,
    Redo,
    First,
    Back,
    Forward,
    Play,
    Pause,
}

fn icon_button(
    ui: &mut Ui,
    view: &View<'_>,
    command: UserCommand,
    icon: Icon,
    actions: &mut Vec<Action>,
) {
    let possible = view.can(command);
    let hover = match possible {
        Ok(()) => keymap::hover_text(ui.ctx(), command),
        Err(why) => format!("{}\n{why}", keymap::hover_text(ui.ctx(), command)),
    };
    let response = button(ui, possible.is_ok(), command.text(), icon).help(hover);
    if response.clicked() {
        actions.push(command.into());
    }
}

fn play_button(ui: &mut Ui, past: bool, playing: bool, actions: &mut Vec<Action>) {
    let (name, icon) = if playing {
        ("Stop playing the past", Icon::Pause)
    } else {
        ("Play the past", Icon::Play)
    };
    let hover = if past {
        "Play the past from here, a dozen epochs a second  (Space)"
    } else {
        "Move the cursor back first: then the past can be played from there"
    };
    if button(ui, past, name, icon).help(hover).clicked() {
        actions.push(UserCommand::PlayPause.into());
    }
}

fn button(ui: &mut Ui, enabled: bool, name: &str, icon: Icon) -> Response {
    let response = ui.add_enabled(enabled, Button::new("").min_size(vec2(BUTTON, BUTTON)));
    let theme = Theme::of(ui);
    let tone = if enabled { theme.text } else { theme.rail };
    paint(ui, response.rect, icon, tone);
    response.accessible_name(name)
}

/// The icons are painted: fonts differ in what they make of the signs.
fn paint(ui: &Ui, rect: Rect, icon: Icon, tone: egui::Color32) {
    let painter = ui.painter();
    let at = rect.center();
    let triangle = |tip: f32, base: f32| {
        let corners = vec![
            pos2(at.x + tip, at.y),
            pos2(at.x + base, at.y - 5.0),
            pos2(at.x + base, at.y + 5.0),
        ];
        Shape::convex_polygon(corners, tone, Stroke::NONE)
    };
    let bar = |x: f32| Rect::from_center_size(pos2(at.x + x, at.y), vec2(2.0, 10.0));
    match icon {
        Icon::Play => {
            painter.add(triangle(5.0, -4.0));
        }
        Icon::Pause => {
            painter.rect_filled(bar(-3.0).expand2(vec2(0.5, 0.0)), 0.0, tone);
            painter.rect_filled(bar(3.0).expand2(vec2(0.5, 0.0)), 0.0, tone);
        }
        Icon::Back => {
            painter.add(triangle(-3.0, 5.0));
        }
        Icon::Forward => {
            painter.add(triangle(3.0, -5.0));
            painter.rect_filled(bar(5.0), 0.0, tone);
        }
        Icon::First => {
            painter.add(triangle(-4.0, 4.0));
            painter.rect_filled(bar(-5.0), 0.0, tone);
        }
        Icon::Undo | Icon::Redo => {
            let side = if matches!(icon, Icon::Undo) {
                -1.0
            } else {
                1.0
            };
            // an arc over the middle, with its head on that side
            let arc = |part: f32| {
                let angle = std::f32::consts::PI * part;
                pos2(
                    at.x - side * 5.0 * angle.cos(),
                    at.y + 2.0 - 6.0 * angle.sin(),
                )
            };
            let points: Vec<Pos2> = (0..=12).map(|part| arc(part as f32 / 12.0)).collect();
            let end = arc(1.0);
            painter.add(Shape::line(points, Stroke::new(1.6, tone)));
            let head = vec![
                pos2(end.x, end.y + 4.5),
                pos2(end.x - 4.0, end.y - 1.0),
                pos2(end.x + 4.0, end.y - 1.0),
            ];
            painter.add(Shape::convex_polygon(head, tone, Stroke::NONE));
        }
    }
}

fn word_button(
    ui: &mut Ui,
    view: &View<'_>,
    command: UserCommand,
    narrow: bool,
    actions: &mut Vec<Action>,
) {
    let possible = view.can(command).is_ok();
    let text = match command {
        UserCommand::ReturnToNow if narrow => "Now",
        UserCommand::GoOnFromHere if narrow => "Go on",
        command => command.text(),
    };
    let text = egui::RichText::new(text).size(BODY);
    let response = ui.add_enabled(possible, Button::new(text).min_size(vec2(0.0, BUTTON)));
    let response = response
        .help(keymap::hover_text(ui.ctx(), command))
        .accessible_name(command.text());
    if response.clicked() {
        actions.push(command.into());
    }
}

/// The epoch at which it is to pause, and the way to take that back.
fn pending_pause(ui: &mut Ui, view: &View<'_>, narrow: bool, actions: &mut Vec<Action>) {
    let Some(epoch) = view.run.pause_at else {
        return;
    };
    let at = thousands(epoch);
    let text = match narrow {
        true => format!("to {at} ×"),
        false => format!("pauses at {at} ×"),
    };
    let text = egui::RichText::new(text)
        .size(BODY)
        .color(Theme::of(ui).notice);
    let response = ui.add(Button::new(text).min_size(vec2(0.0, BUTTON)));
    let response = response
        .help(format!(
            "The run is to pause at the end of epoch {at}: a click lets it train on"
        ))
        .accessible_name(format!("Don't pause at epoch {at}"));
    if response.clicked() {
        actions.push(Action::PauseAt(None));
    }
}

/// Cost, events and cursor over the epochs from the first to now.
fn track(ui: &mut Ui, rect: Rect, view: &View<'_>, latest: &Snapshot, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("track"), Sense::click_and_drag());
    let shown = view.run.shown_epoch();
    response.widget_info(|| WidgetInfo::slider(true, shown as f64, "Epoch shown"));
    let now = latest.epoch;
    let last = now.max(1) as f64;
    let inner = rect.shrink2(vec2(5.0, 0.0));
    let x_of = |epoch: u64| inner.left() + (epoch as f64 / last) as f32 * inner.width();
    let marks = Rect::from_min_max(pos2(inner.left(), rect.bottom() - 7.0), inner.max);
    let curve = Rect::from_min_max(
        pos2(inner.left(), rect.top() + 5.0),
        pos2(inner.right(), marks.top() - 2.0),
    );
    let painter = ui.painter_at(rect);
    painter.hline(inner.x_range(), marks.top(), Stroke::new(1.0, theme.line));
    painter.add(Shape::line(
        cost_curve(latest, curve, x_of),
        Stroke::new(1.2, theme.text_muted),
    ));
    if view.run.followed.is_some() {
        arrivals(&painter, latest, marks, theme, x_of);
    }
    events(&painter, latest, x_of(shown), rect, marks, theme, x_of);
    let in_the_past = view.run.past.is_some();
    let tone = if in_the_past {
        theme.notice
    } else {
        theme.accent
    };
    let x = x_of(shown);
    painter.vline(x, rect.y_range().shrink(1.0), Stroke::new(2.0, tone));
    let middle = pos2(x, curve.center().y);
    let diamond = [
        vec2(0.0, -5.0),
        vec2(5.0, 0.0),
        vec2(0.0, 5.0),
        vec2(-5.0, 0.0),
    ];
    let diamond = diamond.map(|corner| middle + corner).to_vec();
    painter.add(Shape::convex_polygon(diamond, tone, Stroke::NONE));
    // held still it stays, though the run grows
    let held_at = response.id.with("held at");
    let pressed = response.is_pointer_button_down_on() || response.clicked();
    let pointer = response.interact_pointer_pos().filter(|_| pressed);
    let before: Option<f32> = ui.data(|data| data.get_temp(held_at));
    ui.data_mut(|data| match pointer {
        Some(pointer) => {
            data.insert_temp(held_at, pointer.x);
        }
        None => data.remove::<f32>(held_at),
    });
    if let Some(pointer) = pointer.filter(|pointer| before != Some(pointer.x)) {
        let part = ((pointer.x - inner.left()) / inner.width().max(1.0)).clamp(0.0, 1.0);
        let epoch = (f64::from(part) * last).round() as u64;
        if epoch != shown {
            actions.push(Action::Seek(epoch.min(now)));
        }
        response.request_focus();
    }
    if let Some(epoch) = by_keys(ui, &response, shown, now) {
        actions.push(Action::Seek(epoch));
    }
    let text = "The whole run: cost J, changes of settings as lines, deaths (below) and revivals as marks. Drag or \
                click to show the run as it was at that epoch.";
    response.help(text);
}

/// ← → Home End, of the track that has the focus.
fn by_keys(ui: &Ui, response: &Response, shown: u64, now: u64) -> Option<u64> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    focus::uses(response, focus::Uses::Arrows);
    let (presses, many, ends) = ui.input(|input| {
        if input.modifiers.command {
            return (0, false, [false; 2]); // the commands that go everywhere
        }
        let presses = |key| input.num_presses(key) as i64;
        (
            presses(Key::ArrowRight) - presses(Key::ArrowLeft),
            input.modifiers.shift,
            [Key::Home, Key::End].map(|key| input.key_pressed(key)),
        )
    });
    match (ends, presses) {
        ([true, _], _) => Some(0),
        ([_, true], _) => Some(now),
        (_, 0) => None,
        (_, by) => Some(
            shown
                .saturating_add_signed(by * if many { 10 } else { 1 })
                .min(now),
        ),
    }
}

/// log J over the epochs, a point or two a pixel.
fn cost_curve(latest: &Snapshot, frame: Rect, x_of: impl Fn(u64) -> f32) -> Vec<Pos2> {
    let costs = latest.history.records().filter_map(|record| {
        let total = record.cost.total();
        (total > 0.0 && total.is_finite()).then(|| (record.epoch, total.log10() as f32))
    });
    let costs: Vec<(u64, f32)> = costs.collect();
    let low = costs.iter().map(|(_, cost)| *cost).fold(f32::MAX, f32::min);
    let high = costs.iter().map(|(_, cost)| *cost).fold(f32::MIN, f32::max);
    let span = (high - low).max(1e-3);
    let mut points: Vec<Pos2> = Vec::new();
    for (epoch, cost) in costs {
        let at = pos2(
            x_of(epoch),
            frame.bottom() - (cost - low) / span * frame.height(),
        );
        if points.last().is_none_or(|last| at.x - last.x >= 0.5) {
            points.push(at);
        }
    }
    points
}

/// The moments of a run that is trained elsewhere: between them nothing is known.
fn arrivals(
    painter: &egui::Painter,
    latest: &Snapshot,
    marks: Rect,
    theme: &Theme,
    x_of: impl Fn(u64) -> f32,
) {
    let mut last = f32::MIN;
    for record in latest.history.records() {
        let x = x_of(record.epoch);
        if x - last >= 3.0 {
            let mark = Rangef::new(marks.top() - 3.0, marks.top());
            painter.vline(x, mark, Stroke::new(1.0, theme.text_muted));
            last = x;
        }
    }
}

/// Of the gaps between a line, its symbol and the next line together, in points.
const APART: f32 = 10.0;

/// Changes of settings and revivals as lines, deaths as marks below.
fn events(
    painter: &egui::Painter,
    latest: &Snapshot,
    cursor: f32,
    rect: Rect,
    marks: Rect,
    theme: &Theme,
    x_of: impl Fn(u64) -> f32,
) {
    let line = |epoch: u64, tone| {
        painter.vline(
            x_of(epoch),
            rect.y_range().shrink(2.0),
            Stroke::new(1.0, tone),
        );
    };
    for revival in latest.history.revivals() {
        line(revival.epoch, theme.alive);
    }
    let markers: Vec<Marker> = latest.history.markers().collect();
    for marker in &markers {
        line(marker.epoch, marker_colour(theme, marker.setting));
    }
    // the symbols of those that no line and no other symbol comes near to
    let revivals = latest.history.revivals().map(|revival| revival.epoch);
    let lines = markers.iter().map(|marker| marker.epoch).chain(revivals);
    let lines: Vec<f32> = lines.map(&x_of).chain([cursor]).collect();
    let mut end = f32::MIN;
    for marker in &markers {
        let x = x_of(marker.epoch);
        let tone = marker_colour(theme, marker.setting);
        let symbol = marker.setting.symbol().to_owned();
        let galley = painter.layout_no_wrap(symbol, theme::regular(SMALL), tone);
        let next = x + galley.size().x + APART;
        let free = lines.iter().all(|other| *other <= x || *other >= next);
        if !free || x < end || next > rect.right() {
            continue;
        }
        end = next;
        painter.galley(pos2(x + 3.0, rect.top() + 1.0), galley, tone);
    }
    let mut last = f32::MIN;
    let lives = latest.history.lives().all().iter();
    let mut deaths: Vec<u64> = lives
        .flat_map(|life| life.changes())
        .filter(|change| change.to.is_dead() && !change.from.is_dead())
        .map(|change| change.epoch)
        .collect();
    deaths.sort_unstable();
    for epoch in deaths {
        let x = x_of(epoch);
        if x - last >= 4.0 {
            let mark = Rect::from_center_size(pos2(x, marks.center().y), vec2(4.0, 4.0));
            painter.rect_filled(mark, 0.0, theme.dead);
            last = x;
        }
    }
}
