//! A figure for print: marks on a page, written as PNG at 300 dots an inch or as SVG.

pub mod curves;
pub(super) mod encode;
pub mod tiles;

use std::fmt::Write as _;
use std::path::Path;

use self::encode::{base64, png};
use super::canvas::Canvas;
use super::colour_map::Rgb;
use super::error::name_of;
use super::pixels::Pixels;
use super::{IoError, atomic_write};

/// The width of a page, in units: 180 mm, at 96 units an inch, which is a pixel of a browser.
const WIDTH: f32 = 680.0;
/// Dots of a PNG for a unit: 300 to the inch.
const DOTS: f32 = 300.0 / 96.0;

const BACKGROUND: Rgb = [255; 3];
const INK: Rgb = [24, 28, 34];
const FAINT: Rgb = [84, 92, 104];
const GRID: Rgb = [222, 226, 232];

/// What a figure is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Png,
    Svg,
}

impl Form {
    /// By the suffix of `path`.
    ///
    /// # Errors
    /// It has none of the two.
    pub fn of(path: &Path) -> Result<Self, IoError> {
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        match suffix.map(str::to_ascii_lowercase).as_deref() {
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            _ => Err(IoError::Suffix {
                file: name_of(path),
                wanted: ".png or .svg",
            }),
        }
    }
}

/// Where a text stands in relation to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// In units from the upper left corner; a text's point is at the middle of its capitals' height.
enum Mark {
    Rectangle {
        at: [f32; 2],
        size: [f32; 2],
        colour: Rgb,
    },
    Line {
        points: Vec<[f32; 2]>,
        thick: f32,
        colour: Rgb,
    },
    Text {
        at: [f32; 2],
        text: String,
        size: f32,
        colour: Rgb,
        anchor: Anchor,
    },
    /// Pixels row by row, each as a rectangle.
    Picture {
        at: [f32; 2],
        size: [f32; 2],
        rows: usize,
        columns: usize,
        pixels: Vec<u8>,
    },
}

/// Marks on a page [`WIDTH`] wide.
#[derive(Default)]
struct Figure {
    marks: Vec<Mark>,
}

impl Figure {
    fn rectangle(&mut self, at: [f32; 2], size: [f32; 2], colour: Rgb) {
        self.marks.push(Mark::Rectangle { at, size, colour });
    }

    fn line(&mut self, points: Vec<[f32; 2]>, thick: f32, colour: Rgb) {
        self.marks.push(Mark::Line {
            points,
            thick,
            colour,
        });
    }

    fn text(
        &mut self,
        at: [f32; 2],
        text: impl Into<String>,
        (size, colour, anchor): (f32, Rgb, Anchor),
    ) {
        self.marks.push(Mark::Text {
            at,
            text: text.into(),
            size,
            colour,
            anchor,
        });
    }

    fn picture(
        &mut self,
        at: [f32; 2],
        size: [f32; 2],
        (rows, columns): (usize, usize),
        pixels: Vec<u8>,
    ) {
        self.marks.push(Mark::Picture {
            at,
            size,
            rows,
            columns,
            pixels,
        });
    }

    /// Writes the page, `height` units high.
    fn write(&self, path: &Path, form: Form, height: f32) -> Result<(), IoError> {
        let bytes = match form {
            Form::Svg => self.svg(height).map(String::into_bytes),
            Form::Png => self.png(height),
        };
        let bytes = bytes.ok_or_else(|| too_large(path))?;
        atomic_write(path, |writer| std::io::Write::write_all(writer, &bytes))
    }

    /// [`Self::svg`] for a file at `path`.
    fn svg_for(&self, path: &Path, height: f32) -> Result<String, IoError> {
        self.svg(height).ok_or_else(|| too_large(path))
    }

    fn png(&self, height: f32) -> Option<Vec<u8>> {
        let canvas = self.canvas(height)?;
        png((canvas.width, canvas.height), &canvas.pixels, Some(300.0))
    }

    /// The page as pixels, for a file at `path` or none.
    fn pixels_for(&self, path: &Path, height: f32) -> Result<Pixels, IoError> {
        let canvas = self.canvas(height);
        let pixels = canvas.and_then(|of| Pixels::new((of.width, of.height), of.pixels));
        pixels.ok_or_else(|| too_large(path))
    }

    fn canvas(&self, height: f32) -> Option<Canvas> {
        let dots = |units: f32| (units * DOTS).round() as usize;
        let mut canvas = Canvas::new(dots(WIDTH), dots(height), BACKGROUND)?;
        for mark in &self.marks {
            match mark {
                Mark::Rectangle { at, size, colour } => {
                    let [x, y] = at.map(dots);
                    // neighbours meet, whatever the rounding
                    let end = [dots(at[0] + size[0]), dots(at[1] + size[1])];
                    let size = (end[0].max(x + 1) - x, end[1].max(y + 1) - y);
                    canvas.fill((x, y), size, *colour);
                }
                Mark::Line {
                    points,
                    thick,
                    colour,
                } => {
                    let points: Vec<[f32; 2]> = points
                        .iter()
                        .map(|point| point.map(|place| place * DOTS))
                        .collect();
                    canvas.line(&points, thick * DOTS, *colour);
                }
                Mark::Text {
                    at,
                    text,
                    size,
                    colour,
                    anchor,
                } => {
                    let size = size * DOTS;
                    let width = canvas.text_width(text, size);
                    let left = match anchor {
                        Anchor::Start => 0.0,
                        Anchor::Middle => width / 2.0,
                        Anchor::End => width,
                    };
                    let [x, y] = at.map(|place| place * DOTS);
                    canvas.text([x - left, y], text, size, *colour);
                }
                Mark::Picture {
                    at,
                    size,
                    rows,
                    columns,
                    pixels,
                } => {
                    let edge = |start: f32, length: f32, index: usize, count: usize| {
                        dots(start + length * index as f32 / count as f32)
                    };
                    let (colours, _) = pixels.as_chunks::<3>();
                    for (place, colour) in colours.iter().enumerate().take(rows * columns) {
                        let (row, column) = (place / columns, place % columns);
                        let x = edge(at[0], size[0], column, *columns);
                        let y = edge(at[1], size[1], row, *rows);
                        let right = edge(at[0], size[0], column + 1, *columns);
                        let below = edge(at[1], size[1], row + 1, *rows);
                        canvas.fill((x, y), (right - x, below - y), *colour);
                    }
                }
            }
        }
        Some(canvas)
    }

    fn svg(&self, height: f32) -> Option<String> {
        let mm = |units: f32| units / 96.0 * 25.4;
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.2}mm\" height=\"{:.2}mm\" viewBox=\"0 0 {WIDTH} {height:.2}\" \
             font-family=\"DejaVu Sans, Verdana, sans-serif\">\n",
            mm(WIDTH),
            mm(height)
        );
        let mut add = |line: std::fmt::Arguments<'_>| {
            // a string takes whatever is written
            let _ = text.write_fmt(line);
            text.push('\n');
        };
        add(format_args!(
            "<rect width=\"{WIDTH}\" height=\"{height:.2}\" fill=\"{}\"/>",
            hex(BACKGROUND)
        ));
        for mark in &self.marks {
            match mark {
                Mark::Rectangle {
                    at: [x, y],
                    size: [width, height],
                    colour,
                } => add(format_args!(
                    "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{}\"/>",
                    hex(*colour)
                )),
                Mark::Line {
                    points,
                    thick,
                    colour,
                } => {
                    let points: Vec<String> = points
                        .iter()
                        .map(|[x, y]| format!("{x:.2},{y:.2}"))
                        .collect();
                    add(format_args!(
                        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{thick}\" \
                         stroke-linejoin=\"round\"/>",
                        points.join(" "),
                        hex(*colour)
                    ));
                }
                Mark::Text {
                    at: [x, y],
                    text,
                    size,
                    colour,
                    anchor,
                } => {
                    let anchor = match anchor {
                        Anchor::Start => "start",
                        Anchor::Middle => "middle",
                        Anchor::End => "end",
                    };
                    // capitals are about .73 of the size
                    add(format_args!(
                        "<text x=\"{x:.2}\" y=\"{:.2}\" font-size=\"{size}\" fill=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                        y + 0.365 * size,
                        hex(*colour),
                        escaped(text)
                    ));
                }
                Mark::Picture {
                    at: [x, y],
                    size: [width, height],
                    rows,
                    columns,
                    pixels,
                } => {
                    let data = base64(&png((*columns, *rows), pixels, None)?);
                    add(format_args!(
                        "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" \
                         preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" \
                         href=\"data:image/png;base64,{data}\"/>"
                    ));
                }
            }
        }
        text.push_str("</svg>\n");
        Some(text)
    }
}

pub(super) fn too_large(path: &Path) -> IoError {
    IoError::Picture {
        file: name_of(path),
        problem: "it would be too large for one picture".into(),
    }
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// `text` within XML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // no document may have them
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> Figure {
        let mut figure = Figure::default();
        figure.rectangle([10.0, 10.0], [20.0, 5.0], [200, 0, 0]);
        figure.text([300.0, 40.0], "ρ < β & λ", (12.0, INK, Anchor::Middle));
        figure.line(vec![[0.0, 60.0], [680.0, 60.0]], 2.0, [0, 0, 200]);
        let pixels = vec![0, 200, 0, 250, 250, 0];
        figure.picture([100.0, 70.0], [40.0, 20.0], (1, 2), pixels);
        figure
    }

    #[test]
    fn a_png_has_every_mark_at_300_dots_an_inch() {
        let bytes = figure().png(100.0).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (2125, 313));
        let at = |x: f32, y: f32| picture.get_pixel((x * DOTS) as u32, (y * DOTS) as u32).0;
        assert_eq!(at(20.0, 12.0), [200, 0, 0]);
        assert_eq!(at(40.0, 12.0), BACKGROUND);
        assert_eq!(at(500.0, 60.0), [0, 0, 200]);
        assert_eq!(at(110.0, 80.0), [0, 200, 0]);
        assert_eq!(at(130.0, 80.0), [250, 250, 0]);
        // pHYs: 11,811 dots a metre
        let place = bytes.windows(4).position(|part| part == b"pHYs").unwrap();
        assert_eq!(bytes[place + 4..place + 8], 11_811u32.to_be_bytes());
    }

    #[test]
    fn an_svg_has_them_too_and_is_xml() {
        let text = figure().svg(100.0).unwrap();
        assert!(text.starts_with("<svg xmlns") && text.ends_with("</svg>\n"));
        assert!(text.contains("width=\"179.92mm\""), "{text}");
        assert!(text.contains(">ρ &lt; β &amp; λ</text>"));
        assert!(text.contains("fill=\"#c80000\"") && text.contains("stroke=\"#0000c8\""));
        assert!(text.contains("href=\"data:image/png;base64,iVBORw0KGgo"));
        assert_eq!(escaped("a\u{1}\u{7f}\n"), "a\u{fffd}\u{7f}\n");
    }
}
