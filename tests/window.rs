//! The real window on a real X server (without a screen), driven by real mouse and key events, and looked at.
//!
//! `tests/run` installs what this needs: Xvfb, xdotool and ImageMagick's `import`.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;

const SIZE: (u32, u32) = (1280, 800);
const PATIENCE: Duration = Duration::from_secs(60);

/// An X server of its own, and the lab on it.
struct Desk {
    server: Child,
    lab: Child,
    display: String,
    _home: tempfile::TempDir,
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in [&mut self.lab, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn missing(program: &str, error: &std::io::Error) -> ! {
    panic!("{program} can't be started ({error}): run tests/run, which installs it")
}

impl Desk {
    fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0"])
            .arg(format!("{}x{}x24", SIZE.0, SIZE.1))
            .args(["+extension", "GLX", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| missing("Xvfb", &error));
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());
        let home = tempfile::tempdir().unwrap();
        let lab = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path())
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .spawn()
            .unwrap();
        let mut desk = Self {
            server,
            lab,
            display,
            _home: home,
        };
        desk.until("first frame", |desk| {
            let picture = desk.look();
            picture
                .pixels()
                .any(|pixel| pixel.0.iter().any(|c| *c > 200))
        });
        let window = desk.tool("xdotool", &["search", "--name", "Sparse Autoencoder Lab"]);
        let window = String::from_utf8(window).unwrap();
        let window = window.lines().next().expect("a window of that name");
        desk.tool("xdotool", &["windowfocus", "--sync", window]);
        desk
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap_or_else(|error| missing(program, &error));
        output.stdout
    }

    fn look(&self) -> RgbImage {
        let png = self.tool("import", &["-window", "root", "png:-"]);
        image::load_from_memory(&png).unwrap().to_rgb8()
    }

    fn press(&self, key: &str) {
        self.tool("xdotool", &["key", key]);
    }

    fn point(&self, (x, y): (u32, u32)) {
        self.tool("xdotool", &["mousemove", &x.to_string(), &y.to_string()]);
        std::thread::sleep(Duration::from_millis(60)); // a frame for each place, as a hand takes
    }

    fn click(&self, place: (u32, u32)) {
        self.point(place);
        self.tool("xdotool", &["click", "1"]);
    }

    fn drag(&self, from: (u32, u32), to: (u32, u32)) {
        self.point(from);
        self.tool("xdotool", &["mousedown", "1"]);
        for step in 1..=8 {
            let between =
                |a: u32, b: u32| (i64::from(a) + (i64::from(b) - i64::from(a)) * step / 8) as u32;
            self.point((between(from.0, to.0), between(from.1, to.1)));
        }
        self.tool("xdotool", &["mouseup", "1"]);
    }

    fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !wanted(self) {
            if let Some(status) = self.lab.try_wait().unwrap() {
                panic!("the lab ended ({status}) before: {what}");
            }
            assert!(start.elapsed() < PATIENCE, "no {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The picture once it no longer moves.
    fn settled(&self, after: &str) -> RgbImage {
        let start = Instant::now();
        let mut before = self.look();
        loop {
            std::thread::sleep(Duration::from_millis(400));
            let now = self.look();
            if now == before {
                return now;
            }
            before = now;
            assert!(
                start.elapsed() < PATIENCE,
                "after {after} the picture does not come to rest"
            );
        }
    }

    /// Processor time that the lab has used, in clock ticks.
    fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.lab.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

/// How many pixels of (left, top, right, bottom) differ.
fn differing(a: &RgbImage, b: &RgbImage, area: (u32, u32, u32, u32)) -> usize {
    (area.1..area.3)
        .flat_map(|y| (area.0..area.2).map(move |x| (x, y)))
        .filter(|&(x, y)| a.get_pixel(x, y) != b.get_pixel(x, y))
        .count()
}

fn brightness(image: &RgbImage) -> u64 {
    image.as_raw().iter().map(|c| u64::from(*c)).sum()
}

// where things are at 1280×800 and zoom 1
const FEATURES: (u32, u32, u32, u32) = (260, 95, 820, 590);
const CURVES: (u32, u32, u32, u32) = (840, 95, 1265, 350);
const HYPERPARAMETERS: (u32, u32, u32, u32) = (15, 90, 242, 300);
/// The knob of λ at 1e-4, and the right end of its rail.
const DECAY_KNOB: (u32, u32) = (113, 283);
const DECAY_END: (u32, u32) = (210, 283);
const PLAY_BUTTON: (u32, u32) = (58, 22);
/// Nothing is hovered there.
const ASIDE: (u32, u32) = (1274, 790);

#[test]
fn it_trains_pauses_steps_and_answers_mouse_and_keys() {
    let mut desk = Desk::open();

    // it is training already
    desk.point(ASIDE);
    let first = desk.look();
    desk.until("change of the features", |desk| {
        differing(&first, &desk.look(), FEATURES) > 2_000
    });

    // space pauses it, and then nothing moves and nothing computes
    desk.press("space");
    let paused = desk.settled("the pause");
    let ticks = desk.ticks();
    std::thread::sleep(Duration::from_secs(2));
    let used = desk.ticks() - ticks;
    assert!(
        used <= 2,
        "an idle, paused window used {used} ticks of processor time in 2 s"
    );
    assert_eq!(desk.look(), paused);

    // → trains one epoch
    desk.press("Right");
    desk.until("epoch", |desk| {
        differing(&paused, &desk.look(), FEATURES) > 200
    });
    let stepped = desk.settled("a step");

    // a drag of λ moves the slider, and the next epoch marks it on the curves
    desk.drag(DECAY_KNOB, DECAY_END);
    desk.point(ASIDE);
    let dragged = desk.settled("a drag");
    assert!(
        differing(&stepped, &dragged, HYPERPARAMETERS) > 200,
        "the slider moved"
    );
    assert_eq!(
        differing(&stepped, &dragged, FEATURES),
        0,
        "nothing is applied yet"
    );
    desk.press("Right");
    desk.until("marker", |desk| {
        differing(&dragged, &desk.look(), CURVES) > 200
    });
    let applied = desk.settled("the next epoch");

    // the button plays as the key does
    desk.click(PLAY_BUTTON);
    desk.until("life", |desk| {
        differing(&applied, &desk.look(), FEATURES) > 2_000
    });
    desk.click(PLAY_BUTTON);
    desk.point(ASIDE);
    let dark = desk.settled("the second pause");

    // T turns the light on
    desk.press("t");
    desk.until("light", |desk| {
        brightness(&desk.look()) > 2 * brightness(&dark)
    });
}

#[test]
fn without_a_display_it_says_so_and_names_the_command_that_needs_none() {
    let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("display") && message.contains("sae-lab train"),
        "{message}"
    );
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
}
