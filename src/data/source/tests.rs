//! Files, recognised by their content.

use super::super::Content;
use super::super::testing::{Folder, found};
use image::ImageFormat;

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
