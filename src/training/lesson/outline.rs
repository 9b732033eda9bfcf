//! The Markdown of a lesson: its title, and of each step the heading, the words, the formulas and the fenced blocks.

use super::error::{LessonError, Source, one_of};
use super::formula;
use super::{Kind, Paragraph};

/// A heading, and what stands below it.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub kind: Kind,
    pub title: &'a str,
    /// Of the heading, in bytes.
    pub at: usize,
    pub text: Vec<Paragraph>,
    pub blocks: Vec<Block<'a>>,
}

/// What stands in a fence.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub name: BlockName,
    /// Of the fence, in bytes.
    pub at: usize,
    pub body: &'a str,
    /// Of its first byte.
    pub body_at: usize,
}

/// What a fence is for: the word behind "toml".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockName {
    Setup,
    Set,
    Predict,
    Judge,
    Look,
    Until,
    Assert,
}

impl BlockName {
    const ALL: [(&'static str, Self); 7] = [
        ("setup", Self::Setup),
        ("set", Self::Set),
        ("predict", Self::Predict),
        ("judge", Self::Judge),
        ("look", Self::Look),
        ("until", Self::Until),
        ("assert", Self::Assert),
    ];

    pub fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, block)| *block == self);
        named.map_or("", |(name, _)| name)
    }
}

const FENCE: &str = "```";
const FORMULA: &str = "$$";

/// One line with its place, without the end of the line.
struct Line<'a> {
    text: &'a str,
    at: usize,
}

/// The title and the steps of `source`.
pub(super) fn outline<'a>(source: Source<'a>) -> Result<(&'a str, Vec<Section<'a>>), LessonError> {
    let mut lines = lines(source.0).peekable();
    let (mut title, mut sections) = (None, Vec::<Section<'a>>::new());
    let mut paragraph = String::new();
    while let Some(line) = lines.next() {
        let bare = line.text.trim();
        let indent = line.text.len() - line.text.trim_start().len();
        let at = line.at + indent;
        let plain = !bare.is_empty()
            && !bare.starts_with('#')
            && !bare.starts_with(FENCE)
            && !bare.starts_with(FORMULA);
        if !plain {
            end_paragraph(&mut paragraph, sections.last_mut());
        }
        if bare.is_empty() {
            continue;
        }
        if title.is_none() {
            title = Some(title_of(source, bare, at)?);
            continue;
        }
        if let Some(heading) = bare.strip_prefix("## ") {
            sections.push(section(source, heading, at)?);
            continue;
        }
        if bare.starts_with('#') {
            let wanted = "a lesson has one title, `# …`, and a `## KIND: …` for each step";
            return Err(source.error(at, wanted));
        }
        let Some(last) = sections.last_mut() else {
            let wanted = "between the title and the first step stands nothing: begin a step with `## watch: …`";
            return Err(source.error(at, wanted));
        };
        if let Some(info) = bare.strip_prefix(FENCE) {
            let name = block_name(source, info, at)?;
            let (body, body_at) = body(source, &mut lines, at)?;
            last.blocks.push(Block {
                name,
                at,
                body,
                body_at,
            });
        } else if let Some(rest) = bare.strip_prefix(FORMULA) {
            let Some(latex) = rest.strip_suffix(FORMULA).map(str::trim) else {
                let wanted = "a formula stands on one line, between `$$` and `$$`";
                return Err(source.error(at, wanted));
            };
            formula::check(latex).map_err(|message| source.error(at, message))?;
            last.text.push(Paragraph::Formula(latex.to_owned()));
        } else {
            check_words(source, bare, at)?;
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(bare);
        }
    }
    end_paragraph(&mut paragraph, sections.last_mut());
    match title {
        Some(title) => Ok((title, sections)),
        None => Err(source.error(
            0,
            "the file is empty: a lesson begins with `# ` and its title",
        )),
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |whole| {
        let begin = at;
        at += whole.len();
        let text = whole.trim_end_matches(['\n', '\r']);
        let mark = if begin == 0 && text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Line {
            text: text.get(mark..).unwrap_or_default(),
            at: begin + mark,
        }
    })
}

fn end_paragraph(paragraph: &mut String, section: Option<&mut Section<'_>>) {
    if let Some(section) = section
        && !paragraph.is_empty()
    {
        section
            .text
            .push(Paragraph::Words(std::mem::take(paragraph)));
    }
}

fn title_of<'a>(source: Source<'_>, bare: &'a str, at: usize) -> Result<&'a str, LessonError> {
    let title = bare.strip_prefix("# ").map(str::trim);
    let title = title
        .filter(|title| !title.is_empty())
        .ok_or_else(|| source.error(at, "a lesson begins with `# ` and its title"))?;
    check_title(source, title, at)?;
    Ok(title)
}

/// Headings have one line in the window.
fn check_title(source: Source<'_>, title: &str, at: usize) -> Result<(), LessonError> {
    let length = title.chars().count();
    if length > super::TITLE {
        let wanted = format!(
            "a heading has at most {} characters, this {length}",
            super::TITLE
        );
        return Err(source.error(at, wanted));
    }
    check_words(source, title, at)
}

fn section<'a>(
    source: Source<'_>,
    heading: &'a str,
    at: usize,
) -> Result<Section<'a>, LessonError> {
    let kinds = || one_of(Kind::ALL.map(Kind::name));
    let Some((kind, title)) = heading.split_once(':') else {
        let wanted = format!(
            "a step's heading is `## KIND: Title`, KIND being {}",
            kinds()
        );
        return Err(source.error(at, wanted));
    };
    let (kind, title) = (kind.trim(), title.trim());
    let Some(kind) = Kind::ALL.into_iter().find(|known| known.name() == kind) else {
        let wanted = format!("a step is {}, not `{kind}`", kinds());
        return Err(source.error(at + 3, wanted));
    };
    if title.is_empty() {
        return Err(source.error(at, "the step has no title: write it behind the colon"));
    }
    check_title(source, title, at)?;
    Ok(Section {
        kind,
        title,
        at,
        text: Vec::new(),
        blocks: Vec::new(),
    })
}

fn block_name(source: Source<'_>, info: &str, at: usize) -> Result<BlockName, LessonError> {
    let mut words = info.split_whitespace();
    let names = BlockName::ALL.map(|(name, _)| name);
    let wanted = || format!("a fence begins with ```toml and {}", one_of(names));
    let (Some("toml"), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return Err(source.error(at, wanted()));
    };
    let block = BlockName::ALL.into_iter().find(|(known, _)| *known == name);
    let (_, block) =
        block.ok_or_else(|| source.error(at, format!("{}, not `{name}`", wanted())))?;
    Ok(block)
}

/// The lines up to the closing fence, and where they begin.
fn body<'a>(
    source: Source<'a>,
    lines: &mut impl Iterator<Item = Line<'a>>,
    at: usize,
) -> Result<(&'a str, usize), LessonError> {
    let (mut begin, mut end) = (None, 0);
    for line in lines {
        if line.text.trim() == FENCE {
            let begin = begin.unwrap_or(line.at);
            let body = source.0.get(begin..end.max(begin)).unwrap_or_default();
            return Ok((body, begin));
        }
        begin.get_or_insert(line.at);
        end = line.at + line.text.len();
    }
    Err(source.error(
        at,
        "this fence is never closed: end the block with ``` on a line of its own",
    ))
}

/// Words are shown as they stand.
fn check_words(source: Source<'_>, text: &str, at: usize) -> Result<(), LessonError> {
    if let Some(place) = text.find(|c: char| c.is_control()) {
        return Err(source.error(
            at + place,
            "this control character can't be shown: take it out",
        ));
    }
    let tag = text.match_indices('<').find(|(place, _)| {
        let next = text.get(place + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!'))
    });
    let marks = [("](", "links"), ("![", "pictures"), ("**", "bold type")];
    let found = marks
        .into_iter()
        .find_map(|(mark, what)| Some((text.find(mark)?, what)));
    if let Some((place, what)) = found.or(tag.map(|(place, _)| (place, "HTML"))) {
        let wanted = format!("a lesson has plain words, no {what}: leave them out");
        return Err(source.error(at + place, wanted));
    }
    Ok(())
}
