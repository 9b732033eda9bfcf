//! Folders, and folders of folders.

use std::ops::ControlFlow;

use super::super::testing::{Folder, found, golden, loaded};
use super::super::{Content, DataSpec, SampleShape, load_with};
use super::*;

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

/// A folder of its own with pictures of one grey each in folders.
fn classes_of(classes: &[(&str, &[u8])], side: u32) -> Folder {
    let folder = Folder::new();
    for (class, greys) in classes {
        std::fs::create_dir(folder.path().join(class)).unwrap();
        for grey in *greys {
            let image = image::GrayImage::from_fn(side, side, |x, _| image::Luma([grey + x as u8]));
            let name = format!("{class}/{grey}.png");
            image.save(folder.path().join(name)).unwrap();
        }
    }
    folder
}

#[test]
fn folders_of_pictures_are_classes_in_natural_order() {
    let folder = classes_of(&[("10", &[9]), ("2", &[100, 20, 3]), ("empty", &[])], 5);
    folder.file("readme.txt", b"not a picture");
    let numbered = found(folder.path()).unwrap();
    assert_eq!(numbered.labels, Some(vec![2, 2, 2, 10]));
    assert_eq!(numbered.class_names, [""; 0], "numbers name themselves");
    let Content::Samples { values, shape } = &numbered.content else {
        panic!("small pictures are samples")
    };
    assert_eq!((values.dim(), *shape), ((4, 25), SampleShape::grey(5, 5)));
    let set = loaded(folder.path()).unwrap();
    let firsts: Vec<f64> = set
        .samples
        .to::<f64>()
        .column(0)
        .iter()
        .map(|value| value * 255.0)
        .collect();
    for (got, expected) in firsts.iter().zip([3.0, 20.0, 100.0, 9.0]) {
        assert!((got - expected).abs() < 1e-3, "{firsts:?}");
    }
    assert_eq!(
        numbered.notes,
        [
            "Each folder a class: 2 3, 10 1.",
            "Folders without pictures left out: empty."
        ]
    );
    let folder = classes_of(&[("dogs", &[50]), ("cats", &[9, 8])], 70);
    let named = found(folder.path()).unwrap();
    assert_eq!(named.labels, Some(vec![0, 0, 1]));
    assert_eq!(named.class_names, ["cats", "dogs"]);
    assert!(matches!(named.content, Content::Pictures(_)));
    assert_eq!(
        loaded(folder.path()).unwrap().labels,
        None,
        "patches have no class"
    );
}

#[test]
fn a_broken_picture_takes_its_label_with_it() {
    let folder = classes_of(&[("a", &[1, 2]), ("b", &[3])], 5);
    folder.file("a/1.png", b"\x89PNG\r\n\x1a\n");
    let found = found(folder.path()).unwrap();
    assert_eq!(found.labels, Some(vec![0, 1]));
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.starts_with("1 of 3 pictures left out"))
    );
}

#[test]
fn pages_and_turned_pictures_in_a_folder_are_counted() {
    let folder = Folder::new();
    folder.file("turned.jpg", &turned_jpeg());
    std::fs::copy(golden("grey.png"), folder.path().join("a.png")).unwrap();
    let found = found(folder.path()).unwrap();
    assert!(
        found
            .notes
            .contains(&"1 of 2 pictures turned by their EXIF orientation.".to_owned()),
        "{:?}",
        found.notes
    );
}

/// A JPEG of 6 × 4 pixels that says that it lies on its side.
fn turned_jpeg() -> Vec<u8> {
    super::super::testing::turned_jpeg(6, 4, 6)
}
