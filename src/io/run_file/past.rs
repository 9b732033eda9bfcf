//! The keyframes of a run and what was done between them.

use std::io::{Read, Seek, Write};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::json;
use super::members::{Problem, Reader, Writer};
use crate::training::run::{Keyframe, KeyframeHead};
use crate::training::timeline::{Deed, Interest, Moment, Past, PastFrame};

const PAST: &str = "past.json";

#[derive(Serialize, Deserialize)]
struct Head {
    now: Moment,
    known_from: Moment,
    deeds: Vec<(Moment, Deed)>,
    frames: Vec<Frame>,
}

#[derive(Serialize, Deserialize)]
struct Frame {
    moment: Moment,
    interest: Interest,
    keyframe: KeyframeHead,
}

/// All but the arrays.
pub(super) fn text(past: &Past) -> Result<Vec<u8>, Problem> {
    let frames = past.frames.iter().map(|kept| Frame {
        moment: kept.moment,
        interest: kept.interest,
        keyframe: kept.frame.head(),
    });
    json::to_json(&Head {
        now: past.now,
        known_from: past.known_from,
        deeds: past.deeds.clone(),
        frames: frames.collect(),
    })
}

pub(super) fn write<W: Write + Seek>(
    writer: &mut Writer<W>,
    past: &Past,
    text: &[u8],
) -> std::io::Result<()> {
    writer.text(PAST, text)?;
    for kept in &past.frames {
        for array in kept.frame.arrays() {
            let name = member(kept.moment, &array.name);
            writer.numbers(&name, &[array.numbers.len()], array.numbers)?;
        }
    }
    Ok(())
}

pub(super) fn read<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Past, Problem> {
    let head: Head = reader.text(PAST)?;
    let mut frames = Vec::with_capacity(head.frames.len());
    for Frame {
        moment,
        interest,
        keyframe,
    } in head.frames
    {
        let frame = Keyframe::of_parts(keyframe, |name| {
            let (_, numbers) = reader.numbers(&member(moment, name))?;
            Ok::<_, Problem>(numbers)
        })?;
        frames.push(PastFrame {
            moment,
            interest,
            frame: Arc::new(frame),
        });
    }
    Ok(Past {
        frames,
        deeds: head.deeds,
        known_from: head.known_from,
        now: head.now,
    })
}

/// "past/120/parameters.npy", after a revival "past/120.1/parameters.npy"
fn member(moment: Moment, array: &str) -> String {
    match moment {
        Moment { epoch, turn: 0 } => format!("past/{epoch}/{array}.npy"),
        Moment { epoch, turn } => format!("past/{epoch}.{turn}/{array}.npy"),
    }
}
