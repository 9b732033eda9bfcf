//! Files and folders, recognised by their content.

use super::super::SampleShape;
use super::super::testing::{Folder, found, golden, loaded};
use super::super::{DataSpec, load_with};
use super::*;
use std::ops::ControlFlow;

#[test]
fn every_picture_format_is_read_by_content_whatever_its_name() {
    let folder = Folder::new();
    let image = image::DynamicImage::from(image::RgbImage::from_fn(20, 16, |x, y| {
        image::Rgb([(x * 12) as u8, (y * 15) as u8, 77])
    }));
    let mut expected: Option<Content> = None;
    for format in [
        ImageFormat::Png,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::WebP,
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        let content = found(&folder.file("picture", &bytes.into_inner()))
            .unwrap()
            .content;
        assert_eq!(
            expected.get_or_insert(content.clone()),
            &content,
            "{format:?}"
        );
    }
}

#[test]
fn a_folder_gives_its_pictures_in_order_and_notes_what_it_left() {
    let folder = Folder::new();
    for name in ["rgb.jpg", "grey.png", "palette.png"] {
        folder.file(name, &std::fs::read(golden(name)).unwrap());
    }
    folder.file("broken.png", b"\x89PNG\r\n\x1a\n");
    folder.file("notes.txt", b"not a picture");
    let found = found(folder.path()).unwrap();
    let Content::Pictures(pictures) = &found.content else {
        panic!("photographs")
    };
    assert_eq!(
        pictures
            .iter()
            .map(|picture| picture.columns)
            .collect::<Vec<_>>(),
        [160, 90, 240]
    );
    assert!(found.notes.iter().any(
        |note| note.starts_with("1 of 4 pictures left out") && note.contains("broken.png")
    ));
    assert_eq!(
        loaded(folder.path()).unwrap().samples.dim(),
        (10_000, 192),
        "one of them is in colour"
    );
}

#[test]
fn small_pictures_of_a_size_are_samples() {
    let folder = Folder::new();
    for index in 0..5u8 {
        let image = image::GrayImage::from_pixel(3, 2, image::Luma([index * 51]));
        image
            .save(folder.path().join(format!("{index}.png")))
            .unwrap();
    }
    let set = loaded(folder.path()).unwrap();
    assert_eq!(
        (set.samples.dim(), set.shape),
        ((5, 6), SampleShape::grey(2, 3))
    );
    assert_eq!(set.range, (0.0, f64::from(204.0f32 * (1.0 / 255.0))));
}

#[test]
fn a_folder_without_pictures_is_refused_and_a_full_one_can_be_cancelled() {
    let folder = Folder::new();
    assert!(matches!(
        loaded(folder.path()),
        Err(DataError::NotAFile { .. })
    ));
    for index in 0..20 {
        folder.file(
            &format!("{index}.png"),
            &std::fs::read(golden("grey.png")).unwrap(),
        );
    }
    let stop = |progress: Progress| {
        if progress.done >= 7 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    assert!(matches!(
        load_with(&DataSpec::file(folder.path()), &stop),
        Err(DataError::Cancelled)
    ));
}
