//! What the threads beside the window have in common: they give way to it, and say what they panicked with.

/// Below the threads that paint, so that work flat out on every core drops no frame. Where the system won't have it, the
/// calling thread competes as an equal.
#[cfg(not(target_family = "wasm"))]
pub fn yield_to_the_window() {
    lower_to(25);
}

/// Below the threads that train the run in the window: what is left over, and a share that comes to something.
#[cfg(not(target_family = "wasm"))]
pub fn yield_to_the_trainer() {
    lower_to(12);
}

#[cfg(target_family = "wasm")]
pub fn yield_to_the_trainer() {}

/// To a priority from 0 to 99, of which about 50 is a thread's own.
#[cfg(not(target_family = "wasm"))]
fn lower_to(priority: u8) {
    let priority = thread_priority::ThreadPriorityValue::try_from(priority);
    if let Ok(priority) = priority {
        let _ = thread_priority::set_current_thread_priority(
            thread_priority::ThreadPriority::Crossplatform(priority),
        );
    }
}

/// What a thread panicked with.
pub fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The nice value, 0 for a thread's own and greater where it gives way.
    #[cfg(target_os = "linux")]
    fn niceness_after(lower: fn()) -> i64 {
        let measure = move || {
            lower();
            let line = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            // the name, which may hold spaces, ends with the last bracket
            let mut fields = line.rsplit(')').next().unwrap().split_whitespace();
            fields.nth(16).unwrap().parse::<i64>().unwrap()
        };
        std::thread::spawn(measure).join().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_comparison_gives_way_to_the_trainer_and_that_to_the_window() {
        let [window, trainer, comparison] =
            [|| {}, yield_to_the_window, yield_to_the_trainer].map(niceness_after);
        assert!(
            window < trainer && trainer < comparison,
            "{window} {trainer} {comparison}"
        );
        assert!(comparison < 19, "it comes to something beside a busy run");
    }

    #[test]
    fn a_panic_says_its_message() {
        let panic = |work: fn()| message_of(&*std::panic::catch_unwind(work).unwrap_err());
        assert_eq!(panic(|| panic!("on purpose")), "on purpose");
        assert_eq!(panic(|| panic!("at {}", 3)), "at 3");
        assert_eq!(panic(|| std::panic::panic_any(3)), "no message");
    }
}
