//! How much processor time drawing took.
//!
//! On Linux all threads that the lab did not start count: the window's own, and those with which a driver draws where there
//! is no graphics card, which may take ten times as much. The lab's own threads have names that begin with "sae-lab " or
//! "kernels-".

use std::time::Duration;

/// By now; `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn spent() -> Option<Duration> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let mut sum = None;
    for task in tasks.flatten() {
        let path = task.path();
        // a thread may end while it is looked at
        let Ok(name) = std::fs::read_to_string(path.join("comm")) else {
            continue;
        };
        if is_own(&name) {
            continue;
        }
        // nanoseconds on a processor, nanoseconds waited, turns
        let Ok(text) = std::fs::read_to_string(path.join("schedstat")) else {
            continue;
        };
        let ran = text.split_whitespace().next()?.parse().ok()?;
        sum = Some(sum.unwrap_or_default() + Duration::from_nanos(ran));
    }
    sum
}

#[cfg(target_os = "linux")]
fn is_own(name: &str) -> bool {
    name.starts_with("sae-lab ") || name.starts_with("kernels-")
}

#[cfg(not(target_os = "linux"))]
pub(super) fn spent() -> Option<Duration> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_other_threads_do_counts() {
        let Some(before) = spent() else { return };
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(120) {
            std::hint::spin_loop();
        }
        let spent = spent().unwrap() - before;
        assert!(spent >= Duration::from_millis(20), "{spent:?}");
    }

    #[test]
    fn the_labs_own_threads_are_known_by_their_names() {
        assert!(is_own("sae-lab trainer\n") && is_own("kernels-1\n"));
        // the window's thread has the program's name; drivers put it before theirs
        assert!(!is_own("sae-lab\n") && !is_own("sae-lab:gdrv0\n") && !is_own("llvmpipe-0\n"));
    }
}
