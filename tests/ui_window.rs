//! The real window: the program itself, on a display of its own, driven with real mouse and key events and watched.
//!
//! Needs `Xvfb`, `xdotool` and ImageMagick's `import`, and OpenGL in software (`libgl1`).
#![cfg(all(unix, not(target_os = "macos"), feature = "window"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sae-lab");
const SIZE: (u32, u32) = (1280, 720);
const PATIENCE: Duration = Duration::from_secs(90);

/// A display of one's own. One at a time: two servers that look for a free number at the same moment
/// can take the same one, and the second unlinks the socket of the first.
fn display() -> (Child, String) {
    let alone = std::fs::File::create(std::env::temp_dir().join("sae-lab-test-display.lock"))
        .and_then(|file| file.lock().map(|()| file))
        .unwrap();
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x720x24"])
        .args(["+extension", "GLX", "-nolisten", "tcp"])
        // else the server begins anew each time that its last client leaves, and who comes at that moment
        // is turned away: xdotool leaves ten times a second while the program starts
        .arg("-noreset")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test needs Xvfb: apt-get install xvfb xdotool imagemagick libgl1");
    let mut number = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut number)
        .unwrap();
    let number = number.trim();
    let start = Instant::now();
    while let Err(error) = UnixStream::connect(format!("/tmp/.X11-unix/X{number}")) {
        assert!(start.elapsed() < PATIENCE, "display :{number}: {error}");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(alone);
    (server, format!(":{number}"))
}

/// The program in a window on a display of its own; both end with this.
struct Window {
    display: String,
    server: Child,
    program: Child,
    window: String,
    _home: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(arguments: &[&str]) -> Self {
        let (server, display) = display();
        let home = tempfile::tempdir().unwrap();
        let program = Command::new(PROGRAM)
            .args(arguments)
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env("XDG_DATA_HOME", home.path())
            .spawn()
            .unwrap();
        let mut opened = Self {
            display,
            server,
            program,
            window: String::new(),
            _home: home,
        };
        opened.window = opened.until("the window shows", |this| {
            let found = this.output(
                "xdotool",
                &[
                    "search",
                    "--onlyvisible",
                    "--name",
                    "Sparse Autoencoder Lab",
                ],
            );
            found.lines().last().map(str::to_owned)
        });
        let window = opened.window.clone();
        opened.act(&[
            "windowmove",
            &window,
            "0",
            "0",
            "windowsize",
            &window,
            "1280",
            "720",
        ]);
        opened.act(&["windowfocus", "--sync", &window]);
        opened
    }

    fn output(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap_or_else(|error| {
                panic!("{program} is needed ({error}): apt-get install xdotool imagemagick")
            });
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn act(&self, arguments: &[&str]) {
        self.output("xdotool", arguments);
    }

    fn key(&self, key: &str) {
        self.act(&["key", key]);
        std::thread::sleep(Duration::from_millis(300));
    }

    fn drag(&self, from: (i32, i32), to: (i32, i32)) {
        let position = |part: i32| {
            let at = |from: i32, to: i32| (from + (to - from) * part / 8).to_string();
            (at(from.0, to.0), at(from.1, to.1))
        };
        for part in 0..=8 {
            let (x, y) = position(part);
            self.act(&["mousemove", &x, &y]);
            if part == 0 {
                self.act(&["mousedown", "1"]);
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        self.act(&["mouseup", "1"]);
    }

    fn picture(&self) -> RgbImage {
        let output = Command::new("import")
            .args(["-silent", "-window", "root", "png:-"])
            .env("DISPLAY", &self.display)
            .output()
            .expect("this test needs ImageMagick: apt-get install imagemagick");
        image::load_from_memory(&output.stdout).unwrap().to_rgb8()
    }

    /// Asks again and again until there is an answer.
    fn until<T>(&mut self, what: &str, mut answer: impl FnMut(&mut Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = answer(self) {
                return answer;
            }
            if let Some(status) = self.program.try_wait().unwrap() {
                panic!("the program ended ({status}) before {what}");
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        for child in [&mut self.program, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The part of the pixels in `area` (left, top, right, bottom) that `holds`.
fn part(picture: &RgbImage, area: (u32, u32, u32, u32), holds: impl Fn([u8; 3]) -> bool) -> f64 {
    let (left, top, right, bottom) = area;
    let pixels = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let count = pixels
        .filter(|(x, y)| holds(picture.get_pixel(*x, *y).0))
        .count();
    count as f64 / f64::from((right - left) * (bottom - top))
}

fn differs(a: &RgbImage, b: &RgbImage, area: (u32, u32, u32, u32)) -> f64 {
    let (left, top, right, bottom) = area;
    let pixels = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let count = pixels
        .filter(|(x, y)| a.get_pixel(*x, *y) != b.get_pixel(*x, *y))
        .count();
    count as f64 / f64::from((right - left) * (bottom - top))
}

const FEATURES: (u32, u32, u32, u32) = (332, 94, 750, 512);
const UNITS: (u32, u32, u32, u32) = (900, 600, 1250, 660);
const ALL: (u32, u32, u32, u32) = (0, 0, SIZE.0, SIZE.1);

/// Orange-red: what the dead are drawn in, in both themes.
fn is_dead([r, g, b]: [u8; 3]) -> bool {
    r > 150 && u32::from(r) > 2 * u32::from(b) && r > g + 60
}

#[test]
fn the_window_trains_pauses_and_kills_its_units_when_decay_is_dragged_up() {
    let mut window = Window::open();
    let first = window.until("the tiles show", |this| {
        let picture = this.picture();
        (part(&picture, FEATURES, |[r, g, b]| r.max(g).max(b) > 60) > 0.2).then_some(picture)
    });
    window.until("the features change", |this| {
        (differs(&first, &this.picture(), FEATURES) > 0.3).then_some(())
    });

    window.act(&["mousemove", "1100", "22"]);
    window.key("space");
    std::thread::sleep(Duration::from_secs(1));
    let paused = window.picture();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(
        differs(&paused, &window.picture(), ALL),
        0.0,
        "a paused window changed"
    );

    window.key("t");
    let light = window.until("the light theme shows", |this| {
        let picture = this.picture();
        (part(&picture, ALL, |[r, g, b]| r.min(g).min(b) > 200) > 0.5).then_some(picture)
    });
    let before = part(&light, UNITS, is_dead);
    // random weights contribute nothing in the first epochs
    assert!(before < 0.35, "{before}");

    // λ from 1.5e-4 to the far right; the dead are hatched, and the first half of the epochs' axis keeps the living
    window.drag((121, 306), (230, 306));
    window.act(&["mousemove", "1100", "22"]);
    window.key("space");
    window.until("the units die", |this| {
        (part(&this.picture(), UNITS, is_dead) > before + 0.12).then_some(())
    });
}

/// Ctrl-C in the terminal, or a session that ends: the frames that it drew are written, so it closed in order.
#[test]
fn asked_to_end_it_closes_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("frames.csv");
    let mut window = Window::open_with(&["--frame-log", log.to_str().unwrap()]);
    window.until("the tiles show", |this| {
        (part(&this.picture(), FEATURES, |[r, g, b]| r.max(g).max(b) > 60) > 0.2).then_some(())
    });
    let id = window.program.id().to_string();
    let asked = Command::new("kill").arg(&id).status().unwrap();
    assert!(asked.success());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = window.program.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
    let frames = std::fs::read_to_string(log).unwrap();
    assert!(frames.lines().count() > 3, "{frames}");
}

#[test]
fn without_a_display_it_says_so_in_one_sentence() {
    let output = Command::new(PROGRAM)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("sae-lab train") && words.trim().lines().count() == 1,
        "{words}"
    );
}

#[test]
fn a_display_that_does_not_answer_is_no_reason_for_a_backtrace() {
    let output = Command::new(PROGRAM)
        .env("DISPLAY", ":987")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("sae-lab train") && !words.contains("panicked"),
        "{words}"
    );
}
