//! What a file system can do to a reader: names of any bytes, pipes, devices, loops, and files that change under it.
//! Each is refused in one sentence, or left out with a note; nothing hangs, and no set is half loaded.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sae_lab::data::{self, DataError, DataSet, DataSpec, Progress};
use tempfile::TempDir;

fn load(path: &Path) -> Result<DataSet, DataError> {
    data::load(&DataSpec {
        patches: 100,
        ..DataSpec::file(path)
    })
}

fn refusal(path: &Path) -> String {
    let message = load(path).unwrap_err().to_string();
    assert!(
        !message.contains(char::is_control),
        "not one line: {message:?}"
    );
    message
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn picture(path: &Path) {
    picture_of(path, 29);
}

fn picture_of(path: &Path, factor: u32) {
    image::GrayImage::from_fn(20, 16, |x, y| {
        image::Luma([((x * factor) ^ (y * 53)) as u8])
    })
    .save_with_format(path, image::ImageFormat::Png)
    .unwrap();
}

/// An IDX file of (count, 32, 32).
fn idx(count: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    bytes.extend([count, 32, 32].map(u32::to_be_bytes).concat());
    bytes.extend((0..count * 1024).map(|at| (at % 251) as u8));
    bytes
}

/// Runs the program, and fails if it takes longer than anything but a hang could.
fn program(path: &Path) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(["data", "--patches", "100", "--data"])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let mut words = String::new();
            std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut words).unwrap();
            return (status.code(), words);
        }
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("{} hangs", path.display());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn names_of_any_bytes_load_and_can_be_read_in_messages() {
    let folder = folder();
    for name in [
        b"\xff\xfe latin \xe9.png".as_slice(),
        b"two\nlines\t.png",
        b"\x1b[31mred\x1b[0m.png",
        "\u{202e}gnp.exe.png".as_bytes(),
        " ".as_bytes(),
        "-o.png".as_bytes(),
        "数据.PNG".as_bytes(),
    ] {
        let path = folder.path().join(OsStr::from_bytes(name));
        picture(&path);
        let set = load(&path).unwrap();
        assert_eq!(set.samples.dim(), (100, 64));
        assert!(!set.name.contains(char::is_control), "{:?}", set.name);
        let (code, words) = program(&path);
        assert_eq!(code, Some(0), "{words}");
        fs::write(&path, b"broken").unwrap();
        let message = refusal(&path);
        assert!(!message.contains('\u{202e}'), "{message:?}");
        let (code, words) = program(&path);
        assert_eq!(
            (code, words.trim_end()),
            (Some(2), format!("sae-lab: {message}").as_str())
        );
    }
}

#[test]
fn names_too_long_are_refused_in_a_message_of_bearable_length() {
    let folder = folder();
    for path in [
        folder.path().join("x".repeat(300)),
        folder.path().join("x/".repeat(5_000)),
        folder.path().join(format!("{}/x.png", "y".repeat(256))),
        PathBuf::new(),
    ] {
        let message = refusal(&path);
        assert!(message.contains("could not be opened"), "{message}");
        assert!(message.len() < 600, "{message}");
    }
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = folder();
    let pipe = folder.path().join("pipe.png");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let (code, words) = program(&pipe);
    assert_eq!(code, Some(2));
    assert!(
        words.contains("is a device or pipe, not a data file"),
        "{words}"
    );
    // in a folder it is not a picture
    picture(&folder.path().join("sound.png"));
    let (code, words) = program(folder.path());
    assert_eq!(code, Some(0), "{words}");
    let link = folder.path().join("link.csv");
    symlink(&pipe, &link).unwrap();
    assert!(program(&link).1.contains("is a device or pipe"));
}

#[test]
fn devices_are_refused() {
    for device in [
        "/dev/zero",
        "/dev/null",
        "/dev/random",
        "/dev/full",
        "/dev/tty",
        "/dev/stdin",
    ] {
        if !Path::new(device).exists() {
            println!("{device} is not on this machine");
            continue;
        }
        let (code, words) = program(Path::new(device));
        assert_eq!(code, Some(2), "{device}: {words}");
        assert!(words.starts_with(&format!("sae-lab: {device} ")), "{words}");
    }
    let listener = folder();
    let socket = listener.path().join("socket.csv");
    let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(refusal(&socket).contains("is a device or pipe"));
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_the_kernel_makes_up_are_refused() {
    // regular files by their own account, of 0 bytes or of more than there are
    for path in [
        "/proc/self/status",
        "/proc/self/mem",
        "/proc/self/pagemap",
        "/sys/kernel/uevent_seqnum",
        "/sys/kernel/mm/transparent_hugepage/enabled",
    ] {
        if Path::new(path).exists() {
            let (code, words) = program(Path::new(path));
            assert_eq!(code, Some(2), "{path}: {words}");
        }
    }
}

#[test]
fn folders_without_pictures_say_so() {
    let folder = folder();
    assert!(refusal(folder.path()).contains("is a folder without pictures"));
    fs::write(folder.path().join("notes.txt"), b"none").unwrap();
    fs::create_dir(folder.path().join("album.png")).unwrap();
    symlink("nowhere", folder.path().join("gone.png")).unwrap();
    assert!(refusal(folder.path()).contains("is a folder without pictures"));
    // data in it can be opened, one file at a time
    fs::write(folder.path().join("train-images-idx3-ubyte.gz"), b"data").unwrap();
    fs::write(folder.path().join("Iris.CSV"), b"1,2").unwrap();
    let words = refusal(folder.path());
    assert!(
        words.contains("open one of the files in it: Iris.CSV, train-images-idx3-ubyte.gz"),
        "{words}"
    );
    // a picture by name alone is one that cannot be read
    fs::write(folder.path().join("broken.png"), b"not a picture").unwrap();
    assert!(refusal(folder.path()).contains("broken.png is not a picture"));
}

#[test]
fn links_that_lead_nowhere_are_refused() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    symlink("nowhere.png", at("dangling.png")).unwrap();
    symlink("myself.png", at("myself.png")).unwrap();
    symlink("b.png", at("a.png")).unwrap();
    symlink("a.png", at("b.png")).unwrap();
    for name in [
        "dangling.png",
        "myself.png",
        "a.png",
        "b.png",
        "a.png/x.png",
    ] {
        let message = refusal(&at(name));
        assert!(
            message.contains(name) && message.contains("could not be opened"),
            "{message}"
        );
    }
    // a folder within itself: its pictures are those that lie in it
    symlink(".", at("again")).unwrap();
    symlink(".", at("again.png")).unwrap();
    picture(&at("sound.png"));
    let (code, words) = program(folder.path());
    assert_eq!(code, Some(0), "{words}");
    let deep = at(&"again/".repeat(30)).join("sound.png");
    load(&deep).unwrap();
    let too_deep = at(&"again/".repeat(100)).join("sound.png");
    match load(&too_deep) {
        Ok(set) => assert_eq!(set.len(), 100), // some systems follow as many links as there are
        Err(error) => assert!(matches!(error, DataError::Open { .. }), "{error}"),
    }
}

/// The file `path` as a user who may not read it has it; `None` where this cannot be tried.
fn as_nobody(path: &Path) -> Option<(Option<i32>, String)> {
    let copied = folder();
    fs::set_permissions(copied.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = copied.path().join("sae-lab");
    fs::copy(env!("CARGO_BIN_EXE_sae-lab"), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["data", "--data"])
        .arg(path)
        .output()
        .ok()?;
    Some((
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

#[test]
fn what_may_not_be_read_is_refused() {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("secret.png");
    picture(&file);
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    let within = closed.join("within.png");
    picture(&within);
    let mixed = folder.path().join("mixed");
    fs::create_dir(&mixed).unwrap();
    picture(&mixed.join("sound.png"));
    picture(&mixed.join("secret.png"));
    for path in [&file, &closed, &mixed.join("secret.png")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    // root may read everything: then the program runs as somebody else
    let root = File::open(&file).is_ok();
    let run = |path: &Path| {
        if root {
            as_nobody(path)
        } else {
            Some(program(path))
        }
    };
    if root && run(&mixed).is_none() {
        println!("not tried: this is root, and there is no setpriv to be somebody else");
        return;
    }
    for path in [&file, &closed, &within] {
        let (code, words) = run(path).unwrap();
        assert_eq!(code, Some(2), "{}: {words}", path.display());
        assert!(
            words.contains("could not be opened (Permission denied"),
            "{words}"
        );
    }
    let (code, words) = run(&mixed).unwrap();
    assert_eq!(
        code,
        Some(0),
        "one that may not be read is left out: {words}"
    );
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Loads `path`; at the first word of progress does `change`.
fn changed(path: &Path, change: impl Fn()) -> Result<DataSet, DataError> {
    let first = Cell::new(true);
    let watch = |_: Progress| {
        if first.replace(false) {
            change();
        }
        ControlFlow::Continue(())
    };
    let set = data::load_with(&DataSpec::file(path), &watch);
    assert!(!first.get(), "no word of progress: nothing was changed");
    set
}

#[test]
fn a_file_cut_while_it_is_read_is_refused() {
    let folder = folder();
    let rows = "0.25,0.5,0.75,1\n0.1,0.2,0.3,0.4\n".repeat(200_000);
    for (name, bytes) in [
        ("x.idx", idx(4096)),
        ("x.csv", rows.clone().into_bytes()),
        ("x.mat", mat4(1024, 1024)),
    ] {
        for left in [1_200_000, 17, 0] {
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            let cut = || {
                File::options()
                    .write(true)
                    .open(&path)
                    .unwrap()
                    .set_len(left)
                    .unwrap()
            };
            let error = changed(&path, cut).unwrap_err();
            assert!(
                matches!(error, DataError::Changed { .. }),
                "{name} {left}: {error}"
            );
            assert!(
                error
                    .to_string()
                    .contains("changed while it was being read"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused() {
    let folder = folder();
    for (name, bytes) in [
        ("x.idx", idx(4096)),
        ("x.csv", "0.25,0.5\n1,0\n".repeat(200_000).into_bytes()),
        ("x.mat", mat4(1024, 1024)),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let grow = || {
            let mut file = File::options().append(true).open(&path).unwrap();
            file.write_all(b"0.5,0.25\n").unwrap();
        };
        let error = changed(&path, grow).unwrap_err();
        assert!(
            matches!(error, DataError::Changed { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_file_removed_or_replaced_while_it_is_read_is_loaded_whole() {
    let folder = folder();
    let path = folder.path().join("x.idx");
    let whole = idx(4096);
    fs::write(&path, &whole).unwrap();
    let expected = load(&path).unwrap().samples;
    // what was opened stays, whatever becomes of its name
    let set = changed(&path, || fs::remove_file(&path).unwrap()).unwrap();
    assert_eq!(set.samples, expected);
    fs::write(&path, &whole).unwrap();
    let set = changed(&path, || {
        let other = folder.path().join("other");
        fs::write(&other, b"other").unwrap();
        fs::rename(&other, &path).unwrap();
    })
    .unwrap();
    assert_eq!(set.samples, expected);
    assert!(refusal(&path).contains("is not a valid IDX file"));
}

#[test]
fn pictures_that_vanish_from_a_folder_are_left_aside() {
    let folder = folder();
    for index in 0..6 {
        picture_of(&folder.path().join(format!("{index}.png")), 20 + index);
    }
    let set = changed(folder.path(), || {
        fs::remove_file(folder.path().join("2.png")).unwrap();
        fs::write(folder.path().join("3.png"), b"").unwrap();
    })
    .unwrap();
    let notes = set.sentences().join(" ");
    assert!(notes.contains("2 of 6 pictures left out"), "{notes}");
    let other = tempfile::tempdir().unwrap();
    picture(&other.path().join("0.png"));
    let gone = changed(other.path(), || fs::remove_dir_all(other.path()).unwrap()).unwrap_err();
    assert!(matches!(gone, DataError::Open { .. }), "{gone}");
}

/// A version 4 `.mat` file of one array of doubles.
fn mat4(rows: u32, columns: u32) -> Vec<u8> {
    let mut bytes = [0, rows, columns, 0, 2].map(u32::to_le_bytes).concat();
    bytes.extend(b"x\0");
    bytes.extend((0..rows * columns).flat_map(|at| f64::from(at % 97).to_le_bytes()));
    bytes
}

#[test]
fn bytes_in_memory_have_no_neighbours() {
    let folder = folder();
    let path = folder.path().join("t-images-idx3-ubyte");
    fs::write(&path, idx(2)).unwrap();
    let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];
    fs::write(folder.path().join("t-labels-idx1-ubyte"), labels).unwrap();
    let watch = |_: Progress| ControlFlow::Continue(());
    let on_disk = data::find(&DataSpec::file(&path), &watch).unwrap();
    let in_memory =
        data::find_bytes(path.to_str().unwrap(), idx(2), &DataSpec::default(), &watch).unwrap();
    assert_eq!(on_disk.labels, Some(vec![7, 9]));
    assert_eq!(in_memory.labels, None);
    assert_eq!(in_memory.content, on_disk.content);
    assert_eq!(in_memory.encoding, on_disk.encoding);
    let empty = data::find_bytes("x.csv", Vec::new(), &DataSpec::default(), &watch).unwrap_err();
    assert!(matches!(empty, DataError::Empty { .. }), "{empty}");
}
