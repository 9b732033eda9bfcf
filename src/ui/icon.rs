//! The window's icon: a Gabor patch, what a unit of this lab learns to see.

use super::theme::Theme;

const SIDE: usize = 64;

pub fn window_icon() -> egui::IconData {
    icon(SIDE)
}

/// A square of `side` pixels.
fn icon(side: usize) -> egui::IconData {
    let theme = Theme::named(true);
    let mut rgba = Vec::with_capacity(side * side * 4);
    for row in 0..side {
        for column in 0..side {
            let at = |index: usize| (index as f32 + 0.5) / side as f32 * 2.0 - 1.0;
            let (x, y) = (at(column), at(row));
            let envelope = (-2.2 * (x * x + y * y)).exp();
            let wave = ((x + 0.45 * y) * 5.2).cos();
            rgba.extend_from_slice(&theme.weight(1.3 * envelope * wave).to_array());
        }
    }
    egui::IconData {
        rgba,
        width: side as u32,
        height: side as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo test --lib the_icon_of_the_packages -- --ignored` makes it again.
    #[test]
    #[ignore = "it writes assets/icon.png"]
    fn the_icon_of_the_packages() {
        let icon = icon(256);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/icon.png");
        image::save_buffer(
            path,
            &icon.rgba,
            icon.width,
            icon.height,
            image::ColorType::Rgba8,
        )
        .unwrap();
    }

    #[test]
    fn the_packages_have_the_windows_icon() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/icon.png");
        let shipped = image::open(path).unwrap().to_rgba8();
        assert_eq!(shipped.into_raw(), icon(256).rgba);
    }
}
