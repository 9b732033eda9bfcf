//! Errors of the disk, injected into a program as it is: a small library that is loaded before the system's own
//! (`inject.c`) lets operations on files fail.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What is wrong with the disk, from some operation on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing more has room.
    Full,
    /// Nothing can be changed.
    ReadOnly,
    /// One operation alone fails.
    Once,
}

impl Fault {
    pub const ALL: [Self; 3] = [Self::Full, Self::ReadOnly, Self::Once];

    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "readonly",
            Self::Once => "once",
        }
    }
}

/// The library, compiled.
pub struct Injector {
    folder: tempfile::TempDir,
}

impl Injector {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/inject.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&folder.path().join("inject.so"), Path::new(source)])
            .output()
            .expect("this test needs a C compiler: apt-get install gcc libc6-dev");
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{said}");
        Self { folder }
    }

    fn seen(&self) -> PathBuf {
        self.folder.path().join("seen")
    }

    /// Runs `command` with the `fault` from operation `at` on, counted from 1, in what lies below `under`. `None`: there
    /// are fewer.
    pub fn run(
        &self,
        command: &mut Command,
        (fault, at): (Fault, usize),
        under: &Path,
    ) -> Option<Output> {
        let _ = std::fs::remove_file(self.seen());
        let output = command
            .env("LD_PRELOAD", self.folder.path().join("inject.so"))
            .env("SAE_LAB_FAULT_KIND", fault.name())
            .env("SAE_LAB_FAULT_AT", at.to_string())
            .env("SAE_LAB_FAULT_UNDER", under)
            .env("SAE_LAB_FAULT_SEEN", self.seen())
            .output()
            .unwrap();
        if self.seen().exists() {
            return Some(output);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "nothing was wrong: {said}");
        None
    }
}
