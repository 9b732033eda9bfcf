//! A picture that the window takes of itself.

use std::sync::mpsc::{Receiver, sync_channel};

use egui::{ColorImage, Context};

use crate::io::pixels::Pixels;

/// One that was asked for.
pub(super) struct Photograph(Receiver<Option<Pixels>>);

impl Photograph {
    /// The next frame is to be kept as a picture.
    pub(super) fn ask(ctx: &Context) -> Self {
        let (to, from) = sync_channel(1);
        let again = ctx.clone();
        ctx.request_screenshot(move |picture| {
            // nobody waits for it any more
            let _ = to.try_send(pixels_of(&picture));
            again.request_repaint();
        });
        Self(from)
    }

    /// The picture, once it is there; `Some(None)` where it cannot be had.
    pub(super) fn taken(&self) -> Option<Option<Pixels>> {
        use std::sync::mpsc::TryRecvError;
        match self.0.try_recv() {
            Ok(picture) => Some(picture),
            Err(TryRecvError::Disconnected) => Some(None),
            Err(TryRecvError::Empty) => None,
        }
    }
}

fn pixels_of(picture: &ColorImage) -> Option<Pixels> {
    let [width, height] = picture.size;
    let colours = picture.pixels.iter();
    let rgb = colours.flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]);
    Pixels::new((width, height), rgb.collect())
}

/// As the toolkit has pictures.
pub(super) fn image_of(pixels: &Pixels) -> ColorImage {
    let (width, height) = pixels.size();
    ColorImage::from_rgb([width, height], pixels.rgb())
}
