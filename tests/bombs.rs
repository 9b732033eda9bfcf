//! Files that promise or unpack to far more than they hold: refused at once, in little memory, by a process that may
//! have no more than 1 GiB of address space.
#![cfg(target_os = "linux")] // measures by /proc, and other systems do not hold a process to `ulimit -v`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use sae_lab::data::{self, DataSpec};

/// What loading a bomb may add to the peak of resident memory.
const GROWTH: u64 = 16 << 20;
/// Far above what it takes (milliseconds), far below what following the promise would.
const PATIENCE: Duration = Duration::from_secs(2);
/// Names the bomb to the child.
const BOMB: &str = "SAE_LAB_BOMB";

/// `program` with its address space held to 1 GiB.
fn held(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 1048576; exec \"$0\" \"$@\""])
        .arg(program);
    command
}

/// The peak of resident memory so far, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes << 10
}

/// What a child says of one bomb.
#[derive(Debug)]
struct Report {
    growth: u64,
    time: Duration,
    sentence: String,
}

/// Runs in the child: loads the one bomb, and reports.
#[test]
#[ignore = "the child of the tests beside it"]
fn load_one() {
    let Some(path) = std::env::var_os(BOMB) else {
        return;
    };
    let spec = DataSpec::file(PathBuf::from(path));
    let (before, start) = (peak(), Instant::now());
    let outcome = data::load(&spec);
    let (time, growth) = (start.elapsed(), peak() - before);
    let sentence = outcome.expect_err("a bomb loads").to_string();
    println!("REPORT\t{growth}\t{}\t{sentence}", time.as_micros());
}

fn report(bomb: &Path) -> Report {
    let output = held(&std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "load_one", "--nocapture"])
        .env(BOMB, bomb)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}: {output:?}", bomb.display());
    let line = text
        .lines()
        .find_map(|line| line.split_once("REPORT\t"))
        .expect(&text)
        .1;
    let fields: Vec<&str> = line.splitn(3, '\t').collect();
    Report {
        growth: fields[0].parse().unwrap(),
        time: Duration::from_micros(fields[1].parse().unwrap()),
        sentence: fields[2].to_owned(),
    }
}

/// What the program itself makes of it.
fn program(bomb: &Path) -> Output {
    held(Path::new(env!("CARGO_BIN_EXE_sae-lab")))
        .args(["data", "--data"])
        .arg(bomb)
        .output()
        .unwrap()
}

fn assert_harmless(bombs: &[PathBuf]) {
    println!("{:>9} {:>9}  of the file", "MiB", "ms");
    for bomb in bombs {
        let name = bomb.file_name().unwrap().to_string_lossy().into_owned();
        let report = report(bomb);
        println!(
            "{:>9.2} {:>9.2}  {:>8} bytes  {name}: {}",
            report.growth as f64 / 1048576.0,
            report.time.as_secs_f64() * 1e3,
            bomb.metadata().unwrap().len(),
            report.sentence,
        );
        assert!(report.growth < GROWTH, "{name}: {report:?}");
        assert!(report.time < PATIENCE, "{name}: {report:?}");
        assert!(report.sentence.contains(&name), "{name}: {report:?}");
        let output = program(bomb);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {words}");
        assert_eq!(
            words.trim_end(),
            format!("sae-lab: {}", report.sentence),
            "{name}"
        );
        assert!(output.stdout.is_empty(), "{name}: {output:?}");
    }
}

/// Those that lie in `tests/bad`, among them headers of 12 to 200 bytes that claim 10¹² values.
#[test]
fn small_files_that_promise_much_are_harmless() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut bombs = Vec::new();
    for format in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(format.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.contains("claims") || name.contains("bomb") {
                bombs.push(path);
            }
        }
    }
    bombs.sort();
    assert!(
        bombs.len() >= 30,
        "only {} bombs: were they moved?",
        bombs.len()
    );
    assert_harmless(&bombs);
}

/// Reads as `length` zeros.
fn zeros(length: u64) -> impl Read {
    std::io::repeat(0).take(length)
}

fn zlib(begin: &[u8], zeros_behind: u64) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(begin).unwrap();
    std::io::copy(&mut zeros(zeros_behind), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

fn gzip(begin: &[u8], zeros_behind: u64) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(begin).unwrap();
    std::io::copy(&mut zeros(zeros_behind), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

fn npy_header(descr: &str, shape: &str) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [&length, kind.as_slice(), data, &crc.sum().to_be_bytes()].concat()
}

fn png(side: u32, depth: u8, colour: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let side = side.to_be_bytes();
    let header = [&side[..], &side, &[depth, colour, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunks.concat(),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn mat(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(elements.concat());
    bytes
}

/// A compressed array of `count` bytes, all 0.
fn packed_matrix(count: u32) -> Vec<u8> {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let inner = words(&[
        6,
        8,
        9,
        0,
        5,
        8,
        1,
        count,
        0x0001_0001,
        u32::from(b'x'),
        2,
        count,
    ]);
    let begin = [words(&[14, inner.len() as u32 + count]), inner].concat();
    let data = zlib(&begin, count.into());
    [words(&[15, data.len() as u32]), data].concat()
}

fn zip(entries: &[(&str, Vec<u8>, u64)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, begin, zeros_behind) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(begin).unwrap();
        std::io::copy(&mut zeros(*zeros_behind), &mut zip).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Bombs that really unpack to what they promise, or to what they do not, and files that are mostly holes.
#[test]
fn what_unpacks_beyond_all_measure_is_harmless() {
    const MANY: u64 = 200 << 20;
    let folder = tempfile::tempdir().unwrap();
    let mut bombs = Vec::new();
    let mut bomb = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        bombs.push(path);
    };
    let rows = b"0,1,0,1\n".repeat(1 << 10);
    bomb("zeros.csv.gz", &gzip(&rows, MANY));
    bomb("zeros.mat.gz", &gzip(b"MATLAB 5.0 MAT-file", MANY));
    bomb("zeros.png.gz", &gzip(b"\x89PNG\r\n\x1a\n", MANY));
    bomb("zeros.bin.gz", &gzip(&[3, 0, 0, 0], MANY));
    bomb(
        "zeros.safetensors.gz",
        &gzip(b"\x40\0\0\0\0\0\0\0{\"x\":", MANY),
    );
    bomb("zeros.npz.gz", &gzip(b"PK\x03\x04", MANY));
    bomb(
        "honest.npy.gz",
        &gzip(&npy_header("<f8", "(25600, 1024)"), 25_600 * 1_024 * 8),
    );
    bomb(
        "honest.idx.gz",
        &gzip(&[0, 0, 8, 2, 0, 0, 0x64, 0, 0, 0, 0x20, 0], 25_600 * 8_192),
    );
    bomb("goes-on.npy.gz", &gzip(&npy_header("|u1", "(4, 4)"), MANY));
    bomb(
        "goes-on.idx.gz",
        &gzip(&[0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 4], MANY),
    );
    bomb(
        "honest.npz",
        &zip(&[(
            "x.npy",
            npy_header("<f8", "(25600, 1024)"),
            25_600 * 1_024 * 8,
        )]),
    );
    bomb(
        "goes-on.npz",
        &zip(&[("x.npy", npy_header("<f8", "(4, 4)"), MANY)]),
    );
    bomb(
        "two-bombs.npz",
        &zip(&[
            ("x.npy", npy_header("|u1", "(4, 4)"), MANY),
            ("y.npy", vec![], MANY),
        ]),
    );
    let names: Vec<String> = (0..1_100).map(|index| format!("{index}.npy")).collect();
    let many: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), npy_header("<f4", "(1,)"), 70_000))
        .collect();
    bomb("thousand-arrays.npz", &zip(&many));
    bomb("thousand-arrays-less-101.npz", &zip(&many[..999]));
    bomb("one.mat", &mat(&[packed_matrix(MANY as u32)]));
    bomb("many.mat", &mat(&vec![packed_matrix(3 << 20); 200]));
    bomb(
        "pixels.png",
        &png(20_000, 8, 0, &[chunk(b"IDAT", &zlib(&[], 20_001 * 20_000))]),
    );
    bomb(
        "profile.png",
        &png(
            16,
            8,
            0,
            &[
                chunk(b"iCCP", &[b"p\0\0".to_vec(), zlib(&[], MANY)].concat()),
                chunk(b"IDAT", &zlib(&[], 17 * 16)),
            ],
        ),
    );
    bomb(
        "text.png",
        &png(
            16,
            8,
            0,
            &[
                chunk(b"zTXt", &[b"t\0\0".to_vec(), zlib(&[], MANY)].concat()),
                chunk(b"IDAT", &zlib(&[], 17 * 16)),
            ],
        ),
    );
    bomb(
        "international-text.png",
        &png(
            16,
            8,
            0,
            &[
                chunk(
                    b"iTXt",
                    &[b"t\0\x01\0\0\0".to_vec(), zlib(&[], MANY)].concat(),
                ),
                chunk(b"IDAT", &zlib(&[], 17 * 16)),
            ],
        ),
    );
    // holes: a terabyte on disk that takes no room
    for (name, begin) in [
        ("hole.csv", b"1,2\n3,4\n".to_vec()),
        ("hole.npy", npy_header("<f8", "(4, 4)")),
        ("hole-honest.npy", npy_header("<f8", "(137438953472, 1)")),
        ("hole.idx", vec![0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 4]),
        ("hole.npz", b"PK\x03\x04".to_vec()),
        ("hole.mat", b"MATLAB 5.0 MAT-file".to_vec()),
        ("hole.safetensors", b"\x40\0\0\0\0\0\0\0{\"x\":".to_vec()),
        ("hole.tif", b"II*\0\x08\0\0\0".to_vec()),
        ("hole.png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("hole.jpg", vec![0xff, 0xd8, 0xff, 0xe0]),
        ("hole", vec![]),
    ] {
        bomb(name, &begin);
        let file = File::options()
            .write(true)
            .open(folder.path().join(name))
            .unwrap();
        // not every file system has such files
        if let Err(error) = file.set_len(1 << 40) {
            println!("no holes of a terabyte here ({error})");
            file.set_len(1 << 30).unwrap();
        }
    }
    // as large as is read at all, and more than this process may have
    let path = folder.path().join("no-room.csv");
    File::create(&path).unwrap().set_len(1 << 30).unwrap();
    assert!(report(&path).sentence.contains("bytes of memory at once"));
    bombs.push(path);
    assert_harmless(&bombs);
}

/// The measure itself: what takes memory shows in it.
#[test]
fn the_measure_sees_memory() {
    let before = peak();
    let bytes = std::hint::black_box(vec![1u8; 64 << 20]);
    assert!(peak() >= before + (60 << 20) || before > bytes.len() as u64);
}
