//! The rows above and below a page: what of the window is no area of it.

use egui::{Rect, Vec2, vec2};

use super::widgets::GAP;
use super::{status, timeline, toolbar, watch};

/// In a window lower than this, in points, the line of the run gives its place to the timeline.
const LOW: f32 = 560.0;

/// What a page has of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    pub area: Rect,
    /// The window's height, in points.
    pub window: f32,
    /// 1 at 100 %.
    pub zoom: f32,
}

impl Room {
    /// What it has at 100 % in the same window: the rows around it grow with the text too.
    pub fn at_100_percent(&self) -> Self {
        let window = self.window * self.zoom;
        let size = (self.area.size() + around(self.window)) * self.zoom - around(window);
        Self {
            area: Rect::from_min_size(egui::Pos2::ZERO, size),
            window,
            zoom: 1.0,
        }
    }
}

/// Whether the line of the run has a row of its own in a window of this height.
pub fn has_status(window: f32) -> bool {
    window >= LOW
}

/// The bar, the line that says what to watch, the timeline, the line of the run, and the gaps.
pub fn around(window: f32) -> Vec2 {
    let status = if has_status(window) {
        status::HEIGHT
    } else {
        0.0
    };
    let rows = toolbar::HEIGHT + watch::HEIGHT + timeline::HEIGHT + status;
    vec2(2.0 * GAP, rows + GAP)
}
