//! Broken pictures.

use image::ImageFormat;

use super::build::*;

pub fn make(files: &mut Files) {
    png_files(files);
    jpeg_files(files);
    bmp_files(files);
    tiff_files(files);
    webp_files(files);
}

fn png_files(files: &mut Files) {
    let sound = png(16, 12, 8, 0, &rows(16, 12));
    let end = sound.len();
    let without_end = &sound[..end - 12];
    let header = chunk(b"IHDR", &[0, 0, 0, 16, 0, 0, 0, 12, 8, 0, 0, 0, 0]);
    let begin: &[u8] = b"\x89PNG\r\n\x1a\n";
    let of = |chunks: &[Vec<u8>]| joined(&[begin, &chunks.concat()]);
    let last = chunk(b"IEND", b"");
    files.extend([
        ("png/empty.png", Vec::new()),
        ("png/signature-alone.png", begin.to_vec()),
        ("png/text.png", b"hello world\n".to_vec()),
        (
            "png/web-page.png",
            b"<html><head><title>404 Not Found</title></head></html>".to_vec(),
        ),
        ("png/gif.png", b"GIF89a\x01\0\x01\0\x80\0\0".to_vec()),
        ("png/numbers.png", b"1,2,3\n4,5,6\n".to_vec()),
        ("png/bytes.png", vec![0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5]),
        ("png/cut.png", sound[..end / 2].to_vec()),
        ("png/end-missing.png", without_end.to_vec()),
        ("png/header-alone.png", of(&[header.clone(), last.clone()])),
        (
            "png/no-header.png",
            of(&[chunk(b"IDAT", &zlib(&rows(16, 12))), last.clone()]),
        ),
        ("png/header-checksum.png", patched(&sound, 29, b"oops")),
        (
            "png/pixels-checksum.png",
            patched(&sound, end - 16, b"oops"),
        ),
        (
            "png/pixels-damaged.png",
            of(&[
                header.clone(),
                chunk(b"IDAT", &patched(&zlib(&rows(16, 12)), 6, &[0xff; 9])),
                last.clone(),
            ]),
        ),
        (
            "png/pixels-missing.png",
            of(&[
                header.clone(),
                chunk(b"IDAT", &zlib(&rows(16, 5))),
                last.clone(),
            ]),
        ),
        (
            "png/pixels-no-zlib.png",
            of(&[header, chunk(b"IDAT", b"not compressed at all"), last]),
        ),
        ("png/filter-9.png", png(2, 2, 8, 0, &[9, 1, 2, 9, 3, 4])),
        ("png/colour-type-5.png", png(16, 12, 8, 5, &rows(16, 12))),
        ("png/depth-3.png", png(16, 12, 3, 0, &rows(16, 12))),
        ("png/no-palette.png", png(16, 12, 8, 3, &rows(16, 12))),
        ("png/no-width.png", png(0, 12, 8, 0, &[0; 12])),
        (
            "png/claims-a-trillion.png",
            png(1_000_000, 1_000_000, 8, 0, &[0; 40]),
        ),
        (
            "png/claims-the-world.png",
            png(u32::MAX, u32::MAX, 16, 6, &[0; 40]),
        ),
        (
            "png/claims-64-megapixels.png",
            png(8_000, 8_000, 16, 6, &[0; 4_000]),
        ),
        (
            "png/bomb.png",
            png(12_000, 6_000, 1, 0, &vec![0; 1501 * 6_000]),
        ),
        ("png/profile-bomb.png", {
            let header = chunk(b"IHDR", &[0, 0, 0, 16, 0, 0, 0, 12, 8, 0, 0, 0, 0]);
            let profile = joined(&[b"p\0\0", &zlib(&vec![0; 10 << 20])]);
            of(&[
                header,
                chunk(b"iCCP", &profile),
                chunk(b"IDAT", b"x"),
                chunk(b"IEND", b""),
            ])
        }),
        ("png/flat.png", png(16, 12, 8, 0, &[0; 17 * 12])),
        ("png/smaller-than-a-patch.png", png(5, 3, 8, 0, &rows(5, 3))),
    ]);
}

fn jpeg_files(files: &mut Files) {
    let sound = picture(ImageFormat::Jpeg);
    let end = sound.len();
    let at = |mark: u8| {
        sound
            .windows(2)
            .position(|pair| pair == [0xff, mark])
            .unwrap()
    };
    let (frame, scan) = (at(0xc0), at(0xda));
    files.extend([
        (
            "jpeg/text.jpg",
            b"This is not the picture you are looking for".to_vec(),
        ),
        ("jpeg/beginning-alone.jpg", vec![0xff, 0xd8, 0xff]),
        ("jpeg/beginning-and-end.jpeg", vec![0xff, 0xd8, 0xff, 0xd9]),
        ("jpeg/cut.jpg", sound[..end - 20].to_vec()),
        ("jpeg/header-cut.jpg", sound[..frame + 6].to_vec()),
        ("jpeg/no-scan.jpg", joined(&[&sound[..scan], &[0xff, 0xd9]])),
        (
            "jpeg/no-frame.jpg",
            joined(&[&sound[..frame], &sound[scan..]]),
        ),
        (
            "jpeg/no-tables.jpg",
            joined(&[&[0xff, 0xd8], &sound[frame..frame + 13], &sound[scan..]]),
        ),
        ("jpeg/no-height.jpg", patched(&sound, frame + 5, &[0, 0])),
        ("jpeg/no-width.jpg", patched(&sound, frame + 7, &[0, 0])),
        ("jpeg/twelve-bits.jpg", patched(&sound, frame + 4, &[12])),
        ("jpeg/arithmetic.jpg", patched(&sound, frame, &[0xff, 0xc9])),
        ("jpeg/lossless.jpg", patched(&sound, frame, &[0xff, 0xc3])),
        ("jpeg/nine-components.jpg", patched(&sound, frame + 9, &[9])),
        (
            "jpeg/claims-4-gigapixels.jpg",
            patched(&sound, frame + 5, &[0xff; 4]),
        ),
        (
            "jpeg/claims-64-megapixels.jpg",
            patched(&sound, frame + 5, &[0x1f, 0x40, 0x1f, 0x40]),
        ),
        (
            "jpeg/progressive-claims-64-megapixels.jpg",
            patched(
                &patched(&sound, frame, &[0xff, 0xc2]),
                frame + 5,
                &[0x1f, 0x40, 0x1f, 0x40],
            ),
        ),
        (
            "jpeg/segment-beyond.jpg",
            joined(&[
                &[0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff],
                &[0; 20],
                &[0xff, 0xd9],
            ]),
        ),
    ]);
}

fn bmp_files(files: &mut Files) {
    let sound = picture(ImageFormat::Bmp);
    let at = |place: usize, word: u32| patched(&sound, place, &word.to_le_bytes());
    files.extend([
        ("bmp/text.bmp", b"buffalo".to_vec()),
        ("bmp/two-letters.bmp", b"BM".to_vec()),
        (
            "bmp/text-with-those-letters.bmp",
            b"BMW and other makes of cars, a list of them".to_vec(),
        ),
        ("bmp/header-cut.bmp", sound[..30].to_vec()),
        ("bmp/cut.bmp", sound[..sound.len() - 30].to_vec()),
        ("bmp/pixels-beyond.bmp", at(10, 1 << 20)),
        ("bmp/header-size.bmp", at(14, 7)),
        ("bmp/no-width.bmp", at(18, 0)),
        ("bmp/width-negative.bmp", at(18, -16i32 as u32)),
        (
            "bmp/claims-a-trillion.bmp",
            patched(&at(18, 1_000_000), 22, &1_000_000u32.to_le_bytes()),
        ),
        (
            "bmp/claims-the-world.bmp",
            patched(&at(18, i32::MAX as u32), 22, &i32::MIN.to_le_bytes()),
        ),
        (
            "bmp/claims-64-megapixels.bmp",
            patched(&at(18, 8_000), 22, &8_000u32.to_le_bytes()),
        ),
        ("bmp/thirteen-bits.bmp", patched(&sound, 28, &[13, 0])),
        ("bmp/packed-strangely.bmp", at(30, 77)),
    ]);
}

/// A TIFF of these entries: tag, type, count, value; the pixels lie at byte 8.
fn tiff(entries: &[(u16, u16, u32, u32)], pixels: &[u8]) -> Vec<u8> {
    let directory = 8 + pixels.len();
    let mut bytes = b"II*\0".to_vec();
    bytes.extend((directory as u32).to_le_bytes());
    bytes.extend(pixels);
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

/// Directories that all claim the same few bytes, 1,000 × 1,000 pixels each.
fn pages_of_one_strip(count: usize) -> Vec<u8> {
    let entries = [
        (256u16, 4u16, 1u32, 1_000u32),
        (257, 4, 1, 1_000),
        (258, 3, 1, 8),
        (273, 4, 1, 8),
    ];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    for page in 1..=count {
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(words(&[count, value]));
        }
        let next = if page < count { bytes.len() + 4 } else { 0 };
        bytes.extend((next as u32).to_le_bytes());
    }
    bytes
}

fn tiff_files(files: &mut Files) {
    let pixels: Vec<u8> = (0..192).map(|at| (at * 7) as u8).collect();
    // a grey picture of 16 × 12 in one strip; with one entry replaced
    let with = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entries = [
            (256, 4, 1, 16),
            (257, 4, 1, 12),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (273, 4, 1, 8),
            (277, 3, 1, 1),
            (278, 4, 1, 12),
            (279, 4, 1, 192),
        ];
        for entry in &mut entries {
            if entry.0 == tag {
                *entry = (tag, kind, count, value);
            }
        }
        tiff(&entries, &pixels)
    };
    let sound = with(0, 0, 0, 0);
    let side = |side: u32| {
        let wide = with(256, 4, 1, side);
        let directory = wide.len() - 4 - 9 * 12;
        // the second entry is the height, the eighth the rows of a strip
        let high = patched(&wide, directory + 12 + 8, &side.to_le_bytes());
        patched(&high, directory + 7 * 12 + 8, &side.to_le_bytes())
    };
    let float = {
        let mut image = image::Rgb32FImage::new(9, 9);
        image.put_pixel(3, 2, image::Rgb([0.5, f32::NAN, 0.25]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(image)
            .write_to(&mut bytes, ImageFormat::Tiff)
            .unwrap();
        bytes.into_inner()
    };
    // a second directory after the first; what the link behind it says comes next
    let paged = |pixels_at: u32, next: u32| {
        let end = sound.len();
        let directory = &sound[end - 4 - 9 * 12 - 2..end - 4];
        let second = patched(directory, 2 + 5 * 12 + 8, &pixels_at.to_le_bytes());
        let link = (end as u32).to_le_bytes();
        joined(&[&sound[..end - 4], &link, &second, &next.to_le_bytes()])
    };
    let first = u32::from_le_bytes(*sound[4..].first_chunk().unwrap());
    files.extend([
        ("tiff/page-cut.tif", {
            let whole = paged(8, 0);
            whole[..whole.len() - 20].to_vec()
        }),
        ("tiff/page-pixels-beyond.tif", paged(1 << 20, 0)),
        ("tiff/pages-beyond.tif", paged(8, 0x7fff_fff0)),
        ("tiff/pages-in-a-circle.tif", paged(8, first)),
        ("tiff/pages-bomb.tif", pages_of_one_strip(100)),
        ("tiff/numbers-claim-64-megapixels.tif", {
            let entries = [
                (256, 4, 1, 8_000),
                (257, 4, 1, 8_000),
                (258, 3, 1, 64),
                (259, 3, 1, 1),
                (262, 3, 1, 1),
                (273, 4, 1, 8),
                (277, 3, 1, 1),
                (278, 4, 1, 8_000),
                (279, 4, 1, 192),
                (339, 3, 1, 3),
            ];
            tiff(&entries, &pixels)
        }),
        ("tiff/nan.tif", float),
        ("tiff/text.tif", b"tiffany, a name and no picture".to_vec()),
        ("tiff/beginning-alone.tiff", b"II*\0".to_vec()),
        ("tiff/cut.tif", sound[..sound.len() - 40].to_vec()),
        (
            "tiff/directory-beyond.tif",
            patched(&sound, 4, &[0, 0, 0, 0x7f]),
        ),
        ("tiff/directory-at-0.tif", patched(&sound, 4, &[0; 4])),
        ("tiff/no-entries.tif", tiff(&[], &pixels)),
        ("tiff/no-width.tif", with(256, 4, 1, 0)),
        (
            "tiff/width-missing.tif",
            tiff(&[(257, 4, 1, 12), (258, 3, 1, 8)], &pixels),
        ),
        ("tiff/strip-beyond.tif", with(273, 4, 1, 1 << 20)),
        ("tiff/strips-without-end.tif", with(273, 4, u32::MAX, 8)),
        ("tiff/many-strips.tif", with(273, 4, 100_000, 8)),
        ("tiff/packed-strangely.tif", with(259, 3, 1, 999)),
        ("tiff/packed-wrongly.tif", with(259, 3, 1, 8)),
        ("tiff/seven-bits.tif", with(258, 3, 1, 7)),
        ("tiff/colours-unknown.tif", with(262, 3, 1, 99)),
        ("tiff/claims-a-trillion.tif", side(1_000_000)),
        ("tiff/claims-the-world.tif", side(u32::MAX)),
        ("tiff/claims-64-megapixels.tif", side(8_000)),
        ("tiff/big.tif", joined(&[b"II+\0\x08\0\0\0", &[0; 16]])),
    ]);
}

/// A WebP file of these chunks.
fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend(*kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    joined(&[b"RIFF", &(body.len() as u32).to_le_bytes(), &body])
}

fn webp_files(files: &mut Files) {
    let sound = picture(ImageFormat::WebP);
    // 14 bits each of width − 1 and height − 1
    let lossless = |side: u32| {
        let bits = (side - 1) | ((side - 1) << 14);
        let mut data = vec![0x2f];
        data.extend(bits.to_le_bytes());
        data.extend([0x88, 0x88, 0x08, 0, 0, 0]);
        riff(&[(b"VP8L", data)])
    };
    let side = |side: u16| {
        let mut data = vec![0x10, 0x02, 0, 0x9d, 0x01, 0x2a];
        data.extend(side.to_le_bytes());
        data.extend(side.to_le_bytes());
        data.extend([0; 30]);
        riff(&[(b"VP8 ", data)])
    };
    files.extend([
        ("webp/text.webp", b"RIFFs and other music".to_vec()),
        ("webp/beginning-alone.webp", sound[..12].to_vec()),
        ("webp/cut.webp", sound[..sound.len() - 8].to_vec()),
        ("webp/empty-riff.webp", riff(&[])),
        (
            "webp/strange-chunk.webp",
            riff(&[(b"ABCD", vec![1, 2, 3, 4])]),
        ),
        ("webp/damaged.webp", patched(&sound, 30, &[0xff; 20])),
        (
            "webp/lossless-nonsense.webp",
            riff(&[(b"VP8L", vec![0x2f; 12])]),
        ),
        (
            "webp/lossy-nonsense.webp",
            riff(&[(b"VP8 ", vec![0xff; 24])]),
        ),
        ("webp/lossy-empty.webp", riff(&[(b"VP8 ", vec![])])),
        ("webp/lossless-claims-16384.webp", lossless(16_384)),
        ("webp/lossless-claims-8000.webp", lossless(8_000)),
        ("webp/lossy-claims-16383.webp", side(16_383)),
        ("webp/lossy-claims-8000.webp", side(8_000)),
        (
            "webp/extended-claims-the-world.webp",
            riff(&[(
                b"VP8X",
                vec![0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            )]),
        ),
    ]);
}
