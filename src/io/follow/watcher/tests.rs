//! Folders as scripts: what is seen at each look, and how every reading ends.

use super::*;

const STEP: Duration = Duration::from_millis(200);

/// A watcher, its clock, and files that are whole unless said otherwise.
struct Script {
    watcher: Watcher,
    now: Duration,
    files: BTreeMap<String, File>,
    next_identity: u64,
}

#[derive(Clone)]
struct File {
    stamp: Stamp,
    /// Of its content; `None`: it is not whole.
    digest: Option<u64>,
}

impl Script {
    fn new() -> Self {
        Self {
            watcher: Watcher::default(),
            now: Duration::ZERO,
            files: BTreeMap::new(),
            next_identity: 0,
        }
    }

    /// Puts a new file under a name, as a rename does.
    fn put(&mut self, name: &str, digest: Option<u64>) {
        self.next_identity += 1;
        let stamp = Stamp {
            size: 100 + digest.unwrap_or(0) % 7,
            modified: Some(SystemTime::UNIX_EPOCH + self.now),
            identity: Some((1, self.next_identity)),
        };
        self.files.insert(name.into(), File { stamp, digest });
    }

    /// Writes on the same file.
    fn write(&mut self, name: &str, digest: Option<u64>) {
        let now = self.now;
        let file = self.files.get_mut(name).unwrap();
        file.digest = digest;
        file.stamp.size += 1;
        file.stamp.modified = Some(SystemTime::UNIX_EPOCH + now);
    }

    fn rename(&mut self, from: &str, to: &str) {
        let file = self.files.remove(from).unwrap();
        self.files.insert(to.into(), file);
    }

    /// One look: the names that were new, those that were broken with a "!" before them.
    fn look(&mut self) -> Vec<String> {
        let listing: Vec<Seen> = self
            .files
            .iter()
            .map(|(name, file)| Seen {
                name: name.clone(),
                stamp: file.stamp,
            })
            .collect();
        let mut told = Vec::new();
        for request in self.watcher.look(&listing, self.now) {
            let name = request.seen.name.clone();
            let (outcome, stamp) = match self.files.get(&name) {
                Some(File {
                    stamp,
                    digest: Some(digest),
                }) => (Outcome::Whole { digest: *digest }, *stamp),
                Some(file) => (Outcome::Unfinished, file.stamp),
                None => (Outcome::Changed, request.seen.stamp),
            };
            match self.watcher.told(&name, stamp, outcome, self.now) {
                Verdict::New => told.push(name),
                Verdict::Broken => told.push(format!("!{name}")),
                Verdict::Nothing => {}
            }
        }
        self.now += STEP;
        told
    }

    fn looks(&mut self, count: usize) -> Vec<String> {
        (0..count).flat_map(|_| self.look()).collect()
    }
}

#[test]
fn a_file_is_read_at_the_second_look_and_never_again() {
    let mut script = Script::new();
    script.put("step_1.npz", Some(1));
    assert_eq!(script.look(), [""; 0]);
    assert_eq!(script.look(), ["step_1.npz"]);
    assert_eq!(script.looks(100), [""; 0]);
}

#[test]
fn many_at_once_come_in_the_order_of_the_training() {
    let mut script = Script::new();
    for step in [10, 9, 100, 1] {
        script.put(&format!("step_{step}.npz"), Some(step));
    }
    let expected = ["step_1.npz", "step_9.npz", "step_10.npz", "step_100.npz"];
    assert_eq!(script.looks(3), expected);
}

#[test]
fn one_that_grows_waits_until_it_stands_still() {
    let mut script = Script::new();
    script.put("a.npz", None);
    for _ in 0..20 {
        assert_eq!(script.look(), [""; 0]);
        script.write("a.npz", None);
    }
    script.write("a.npz", Some(5));
    assert_eq!(script.looks(2), ["a.npz"]);
}

#[test]
fn a_pause_in_the_middle_of_writing_does_no_harm() {
    let mut script = Script::new();
    script.put("a.npz", None);
    // it stands still, is tried, and is not whole
    assert_eq!(script.looks(5), [""; 0]);
    script.write("a.npz", Some(5));
    assert_eq!(script.looks(2), ["a.npz"]);
    assert_eq!(script.looks(50), [""; 0]);
}

#[test]
fn one_that_stays_broken_is_named_once_after_five_seconds_and_read_when_it_is_whole() {
    let mut script = Script::new();
    script.put("a.npz", None);
    assert_eq!(script.looks(25), [""; 0], "within five seconds");
    assert_eq!(script.looks(100), ["!a.npz"]);
    assert!(script.watcher.unfinished().eq(["a.npz"]));
    script.write("a.npz", None);
    assert_eq!(script.looks(100), [""; 0], "it was named already");
    script.write("a.npz", Some(1));
    assert_eq!(script.looks(5), ["a.npz"]);
    assert_eq!(script.watcher.unfinished().count(), 0);
}

#[test]
fn a_clock_too_coarse_to_show_the_end_is_seen_through() {
    let mut script = Script::new();
    script.put("a.npz", None);
    assert_eq!(script.looks(4), [""; 0]);
    // whole now, and nothing of it shows
    script.files.get_mut("a.npz").unwrap().digest = Some(3);
    assert_eq!(script.looks(40), ["a.npz"]);
}

#[test]
fn one_name_counts_each_time_that_its_content_changes() {
    let mut script = Script::new();
    script.put("latest.npz", Some(1));
    assert_eq!(script.looks(3), ["latest.npz"]);
    script.write("latest.npz", Some(2));
    assert_eq!(script.looks(3), ["latest.npz"]);
    script.put("latest.npz", Some(3));
    assert_eq!(script.looks(3), ["latest.npz"]);
    // touched, or copied over by itself
    script.write("latest.npz", Some(3));
    script.look();
    script.put("latest.npz", Some(3));
    assert_eq!(script.looks(10), [""; 0]);
}

#[test]
fn one_that_is_replaced_at_every_look_is_read_all_the_same() {
    let mut script = Script::new();
    let mut read = 0;
    for look in 0..100 {
        script.put("latest.npz", Some(look));
        read += script.look().len();
    }
    // every second or so
    assert!((10..=20).contains(&read), "{read} of 100");
    // one that is written on at every look is never whole
    let mut script = Script::new();
    script.put("log.npz", Some(0));
    for look in 0..100 {
        script.write("log.npz", Some(look));
        assert_eq!(script.look(), [""; 0]);
    }
}

#[test]
fn renamed_ones_and_those_that_come_back_are_known() {
    let mut script = Script::new();
    script.put("new.npz", Some(1));
    assert_eq!(script.looks(3), ["new.npz"]);
    script.rename("new.npz", "step_1.npz");
    assert_eq!(script.looks(10), [""; 0]);
    let kept = script.files.clone();
    script.files.clear(); // the drive is away for a moment
    script.looks(3);
    script.files = kept;
    assert_eq!(script.looks(10), [""; 0]);
    // another file with equal weights is another checkpoint
    script.put("step_2.npz", Some(1));
    assert_eq!(script.looks(3), ["step_2.npz"]);
}

#[test]
fn one_renamed_before_it_was_read_is_read_once() {
    let mut script = Script::new();
    script.put("a.npz", Some(1));
    script.look();
    script.rename("a.npz", "b.npz");
    assert_eq!(script.looks(5), ["b.npz"]);
}

#[test]
fn deleted_ones_are_forgotten_and_may_come_anew() {
    let mut script = Script::new();
    script.put("a.npz", Some(1));
    script.put("b.npz", None);
    script.looks(3);
    script.files.clear();
    assert_eq!(script.looks(50), [""; 0]);
    assert_eq!(script.watcher.unfinished().count(), 0);
    assert!(script.watcher.files.is_empty() && script.watcher.gone.is_empty());
    script.put("a.npz", Some(2));
    assert_eq!(script.looks(3), ["a.npz"]);
}

#[test]
fn one_that_changes_between_the_look_and_the_reading_is_looked_at_again() {
    let mut script = Script::new();
    script.put("a.npz", Some(1));
    let seen = |script: &Script| {
        vec![Seen {
            name: "a.npz".into(),
            stamp: script.files["a.npz"].stamp,
        }]
    };
    script.watcher.look(&seen(&script), script.now);
    script.now += STEP;
    let requests = script.watcher.look(&seen(&script), script.now);
    assert_eq!(requests.len(), 1);
    let stamp = requests[0].seen.stamp;
    let verdict = script
        .watcher
        .told("a.npz", stamp, Outcome::Changed, script.now);
    assert_eq!(verdict, Verdict::Nothing);
    script.now += STEP;
    assert_eq!(script.looks(2), ["a.npz"]);
}
