//! The window's icon: a Gabor patch, what a unit of this lab learns to see.

use super::theme::Theme;

const SIDE: usize = 64;

pub fn window_icon() -> egui::IconData {
    let theme = Theme::named(true);
    let mut rgba = Vec::with_capacity(SIDE * SIDE * 4);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let at = |index: usize| (index as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0;
            let (x, y) = (at(column), at(row));
            let envelope = (-2.2 * (x * x + y * y)).exp();
            let wave = ((x + 0.45 * y) * 5.2).cos();
            rgba.extend_from_slice(&theme.weight(1.3 * envelope * wave).to_array());
        }
    }
    egui::IconData {
        rgba,
        width: SIDE as u32,
        height: SIDE as u32,
    }
}
