//! When the window's frames began and what each cost, for measurements: kept in memory, written at the end.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::io::{IoError, atomic_write};

/// Some hours at full rate.
const MOST: usize = 1_000_000;

struct Row {
    /// Since 1970.
    at: Duration,
    /// For how long its thread worked on it, waiting left out.
    cost: Option<Duration>,
    waited: Duration,
    /// Whether somebody touched the window.
    input: bool,
    /// The epoch that it shows.
    epoch: u64,
}

/// The frames so far, and the file that they go to.
pub struct FrameLog {
    path: PathBuf,
    rows: Vec<Row>,
}

impl FrameLog {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            rows: Vec::new(),
        }
    }

    /// A frame begins, that was put off by `waited`; the one before it took `before` of its thread, with its own wait.
    pub fn begin(&mut self, before: Option<Duration>, waited: Duration, input: bool, epoch: u64) {
        if let Some(row) = self.rows.last_mut() {
            row.cost = before.map(|before| before.saturating_sub(row.waited));
        }
        if self.rows.len() == MOST {
            return;
        }
        let at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        self.rows.push(Row {
            at: at.unwrap_or_default(),
            cost: None,
            waited,
            input,
            epoch,
        });
    }

    /// Writes `at,cost_ms,input,epoch`, a row a frame; what the last one cost is not known and left empty.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn write(&self) -> Result<(), IoError> {
        atomic_write(&self.path, |file| {
            writeln!(file, "at,cost_ms,input,epoch")?;
            for row in &self.rows {
                let cost = row
                    .cost
                    .map(|cost| format!("{:.3}", 1e3 * cost.as_secs_f64()));
                writeln!(
                    file,
                    "{:.6},{},{},{}",
                    row.at.as_secs_f64(),
                    cost.unwrap_or_default(),
                    u8::from(row.input),
                    row.epoch
                )?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_cost_that_is_known_when_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.csv");
        let mut log = FrameLog::new(path.clone());
        log.begin(None, Duration::from_millis(2), false, 0);
        log.begin(Some(Duration::from_micros(14_500)), Duration::ZERO, true, 7);
        log.write().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let rows: Vec<_> = text.lines().map(|row| row.split_once(',')).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].unwrap().1, "12.500,0,0");
        assert_eq!(rows[2].unwrap().1, ",1,7");
    }
}
