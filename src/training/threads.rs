//! What the threads beside the window have in common: they give way to it, and say what they panicked with.

/// Below the threads that paint, so that work flat out on every core drops no frame. Where the system won't have it, the
/// calling thread competes as an equal.
#[cfg(not(target_family = "wasm"))]
pub fn yield_to_the_window() {
    let priority = thread_priority::ThreadPriorityValue::try_from(25u8);
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

    #[test]
    fn a_panic_says_its_message() {
        let panic = |work: fn()| message_of(&*std::panic::catch_unwind(work).unwrap_err());
        assert_eq!(panic(|| panic!("on purpose")), "on purpose");
        assert_eq!(panic(|| panic!("at {}", 3)), "at 3");
        assert_eq!(panic(|| std::panic::panic_any(3)), "no message");
    }
}
