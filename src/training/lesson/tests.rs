//! The format: what a sound lesson becomes, what is said of a broken one, and that nothing breaks the parser.

use proptest::prelude::*;

use super::*;
use crate::data::{DataSource, EmbeddedSet};
use crate::training::Preset;

/// The shortest lesson with every block.
const SOUND: &str = include_str!("sound.md");

#[test]
fn a_lesson_is_what_its_text_says() {
    let lesson = Lesson::parse(SOUND).unwrap();
    assert_eq!((lesson.title.as_str(), lesson.steps.len()), ("A title", 5));
    let kinds: Vec<Kind> = lesson.steps.iter().map(|step| step.kind).collect();
    use Kind as K;
    assert_eq!(
        kinds,
        [K::Watch, K::Predict, K::Predict, K::Explain, K::Try]
    );
    let setup = lesson.steps[0].setup.as_ref().unwrap();
    let mut a = Preset::Bars.experiment();
    a.hidden = 9;
    assert_eq!(setup.a.experiment, a);
    a.hyperparameters.sparsity_weight = 0.0;
    assert_eq!(setup.b.as_ref().unwrap().experiment, a);
    let second = &lesson.steps[1];
    assert_eq!(
        second.changes.a,
        [(Setting::WeightDecay, Value::Number(4e-4))]
    );
    assert_eq!(second.changes.b.len(), 1);
    assert_eq!(second.until, Some(4));
    assert_eq!(second.claims[1].to_string(), "fvu@3 - b.fvu < 9");
    let Some(Prediction::Choice { choices, .. }) = &second.prediction else {
        panic!("{:?}", second.prediction);
    };
    assert!(choices[0].holds(9.0) && !choices[0].holds(8.0) && choices[1].holds(0.0));
    let last = &lesson.steps[4].look;
    assert_eq!(last.place, Some(Place::Units));
    let lambda = Control::Setting(Setting::WeightDecay);
    assert_eq!(last.unlocked, [lambda, Control::Play]);
    let formula = Paragraph::Formula(r"\lambda_c".into());
    assert_eq!(lesson.steps[3].text[1], formula);
    // with the ends of lines that Windows writes, and its mark at the beginning
    let windows = format!("\u{feff}{}", SOUND.replace('\n', "\r\n"));
    assert_eq!(Lesson::parse(&windows).unwrap().steps.len(), 5);
}

#[test]
fn answers_are_judged() {
    let alive = Term::parse("alive").unwrap();
    let choice = |text: &str, from, to| Choice {
        text: text.into(),
        from,
        to,
    };
    let question = Prediction::Choice {
        choices: vec![
            choice("few", f64::NEG_INFINITY, 3.0),
            choice("many", 4.0, f64::INFINITY),
        ],
        measure: alive,
    };
    let judge = |question: &Prediction, answer, value| question.is_right(&answer, value, &[]);
    assert_eq!(judge(&question, Answer::Choice(0), Some(3.0)), Some(true));
    assert_eq!(judge(&question, Answer::Choice(1), Some(3.0)), Some(false));
    assert_eq!(judge(&question, Answer::Choice(2), Some(3.0)), None);
    assert_eq!(judge(&question, Answer::Choice(0), None), None);
    assert_eq!(judge(&question, Answer::Number(3.0), Some(3.0)), None);
    let number = |log, within| Prediction::Number {
        axis: NumberAxis {
            from: 1.0,
            to: 1e4,
            log,
        },
        measure: alive,
        within,
    };
    assert_eq!(
        judge(&number(false, 5.0), Answer::Number(15.0), Some(20.0)),
        Some(true)
    );
    assert_eq!(
        judge(&number(false, 5.0), Answer::Number(14.0), Some(20.0)),
        Some(false)
    );
    assert_eq!(
        judge(&number(true, 10.0), Answer::Number(150.0), Some(20.0)),
        Some(true)
    );
    assert_eq!(
        judge(&number(true, 10.0), Answer::Number(1.0), Some(20.0)),
        Some(false)
    );
    let tiles = Prediction::Tiles {
        pick: 3,
        state: Alive,
        least: 2,
    };
    use UnitState::{Alive, Constant};
    let states = [Alive, Constant, Alive, Constant];
    let picked = |units: &[usize]| tiles.is_right(&Answer::Tiles(units.to_vec()), None, &states);
    assert_eq!(picked(&[0, 1, 2]), Some(true));
    assert_eq!(picked(&[0, 1, 3]), Some(false));
    assert_eq!(picked(&[9, 1, 3]), Some(false));
}

/// What is said of the sound lesson with `old` replaced by `new` at its first place: (line, column, sentence).
fn said(old: &str, new: &str) -> (usize, usize, String) {
    assert!(SOUND.contains(old), "{old}");
    let broken = SOUND.replacen(old, new, 1);
    let error = Lesson::parse(&broken).expect_err(new);
    (error.line, error.column, error.message)
}

#[test]
fn a_broken_lesson_says_where_and_what_is_wanted() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, usize, usize, &str)] = &[
        ("# A title\n", "", 2, 1, "begins with `# ` and its title"),
        ("# A title", "#", 1, 1, "begins with `# ` and its title"),
        ("## watch: Look", "Words.\n\n## watch: Look", 3, 1, "between the title and the first step"),
        ("## watch: Look", "## look: Look", 3, 4, "a step is `watch`, `predict`, `explain` or `try`, not `look`"),
        ("## watch: Look", "## Look", 3, 1, "KIND: Title"),
        ("## watch: Look", "### watch: Look", 3, 1, "a `## KIND: …` for each step"),
        ("## watch: Look", "## watch:", 3, 1, "no title"),
        ("Both learn.", "See [this](http://a.b).", 5, 10, "no links"),
        ("Both learn.", "Both <b>learn</b>.", 5, 6, "no HTML"),
        ("Both learn.", "a\u{7}b", 5, 2, "control character"),
        ("Both learn.", "", 3, 1, "0 words"),
        ("Both learn.", &"word ".repeat(61), 3, 1, "61 words"),
        ("```toml setup", "```toml stepup", 7, 1, "not `stepup`"),
        ("```toml setup", "```python", 7, 1, "a fence begins with ```toml and"),
        ("preset = \"bars\"", "preset = \"stars\"", 8, 10, "`stars` is no preset: it is `edges`"),
        ("preset = \"bars\"", "data = \"../secret.csv\"", 8, 8, "reads no files"),
        ("preset = \"bars\"", "data = \"/etc/passwd\"", 8, 8, "reads no files"),
        ("preset = \"bars\"", "presets = \"bars\"", 8, 1, "unknown field `presets`"),
        ("preset = \"bars\"", "preset = ", 8, 10, "in the block `setup`"),
        ("preset = \"bars\"\n", "", 7, 1, "names its `preset`, or its `data`"),
        ("hidden = 9", "hidden = 0", 9, 10, "from 1 to 256"),
        ("hidden = 9", "hidden = -1", 9, 10, "in the block `setup`"),
        ("hidden = 9", "patches = 99999999", 9, 11, "from 10 to 20000"),
        ("hidden = 9", "rho = 1.5", 9, 7, "between 0 and 1"),
        ("beta = 0", "beta = 3", 10, 1, "the same: say in what it differs"),
        ("beta = 0", "beta = -1", 11, 8, "0 or more"),
        ("beta = 0", "beta = 0\n[beside.beside]\nbeta = 1", 12, 1, "no more"),
        ("epoch = 2", "epoch = 0", 15, 9, "from 1 to 5000, not 0"),
        ("epoch = 4", "epoch = 2", 41, 9, "from 3 to 5000, not 2"),
        ("epoch = 4", "epoch = 9000", 41, 9, "not 9000"),
        ("lambda = 4e-4", "hidden = 4", 23, 10, "stands in a `setup`"),
        ("batch = \"full\"", "batch = 0", 25, 9, "at least 1"),
        ("ask = \"choice\"", "ask = \"anything\"", 29, 7, "unknown variant `anything`, expected one of"),
        ("ask = \"choice\"", "ask = \"number\"", 28, 1, "needs `from`"),
        ("{ text = \"all\", from = 9 }", "{ text = \"all\", from = 0 }", 32, 3, "two choices would be right at once"),
        ("{ text = \"all\", from = 9 }", "{ text = \"all\" }", 31, 3, "a choice is right in a range"),
        ("{ text = \"all\", from = 9 }", "{ text = \"none\", from = 9 }", 32, 12, "the same words"),
        ("  { text = \"all\", from = 9 },\n", "", 30, 11, "2 to 6 choices, not 1"),
        ("measure = \"alive\"", "measure = \"living\"", 37, 12, "`living` is no measure"),
        ("measure = \"alive\"", "measure = \"alive@2\"", 37, 11, "leave `@` and the epoch out"),
        ("```toml judge\nmeasure = \"alive\"\n```\n", "", 18, 1, "needs a block ```toml judge"),
        ("\"alive >= 0\"", "\"alive >= zero\"", 45, 21, "stands a number, not `zero`"),
        ("\"alive >= 0\"", "\"alive@9 >= 0\"", 45, 11, "epoch 9 is still to come"),
        ("least = 2", "least = 4", 59, 9, "from 1 to as many"),
        ("state = \"alive\"", "state = \"asleep\"", 58, 9, "no state of a unit"),
        (r"$$ \lambda_c $$", r"$$ \lambda_c", 70, 1, "between `$$` and `$$`"),
        (r"$$ \lambda_c $$", r"$$ \input{a} $$", 70, 1, "`\\input` is none of the commands"),
        ("panel = \"sparsity\"", "panel = \"sidebar\"", 73, 9, "`sidebar` is no panel"),
        ("\"play\"]", "\"plays\"]", 82, 21, "`plays` can't be unlocked"),
        ("## try: Yours", "## watch: Yours", 76, 1, "ends with one thing to try"),
        ("## explain: Why", "## watch: Why", 1, 1, "has a step `## explain: …`"),
    ];
    let mut wrong = Vec::new();
    for &(old, new, line, column, wanted) in cases {
        let (at_line, at_column, message) = said(old, new);
        if !message.contains(wanted) || (at_line, at_column) != (line, column) {
            wrong.push(format!("{new}: {at_line}, {at_column}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_run_beside_is_asked_of_only_where_there_is_one() {
    let (line, _, message) = said("[beside]\nbeta = 0\n", "");
    assert!(
        message.contains("no run stands beside the first"),
        "{message}"
    );
    assert_eq!(line, 20);
    let alone = SOUND.replacen("[beside]\nbeta = 0\n", "", 1).replacen(
        "[beside]\nbatch = \"full\"\n",
        "",
        1,
    );
    let error = Lesson::parse(&alone).unwrap_err();
    assert!(
        error.message.contains("`b.fvu` needs a run beside"),
        "{error}"
    );
}

#[test]
fn what_the_reader_changed_is_not_built_on() {
    let more = format!(
        "{SOUND}\n## try: More\n\nAgain.\n\n```toml look\nunlock = [\"play\"]\n```\n\n```toml until\nepoch = 9\n```\n"
    );
    let error = Lesson::parse(&more).unwrap_err();
    assert!(
        error.message.contains("give this step a ```toml setup"),
        "{error}"
    );
}

#[test]
fn too_many_steps_and_too_long_a_file_are_refused() {
    let step = "\n## explain: Again\n\nWords.\n";
    let long = SOUND.replacen("\n## try", &format!("{}\n## try", step.repeat(4)), 1);
    let error = Lesson::parse(&long).unwrap_err();
    assert!(
        error.message.contains("5 to 8 steps") && error.message.contains("has 9"),
        "{error}"
    );
    let error = Lesson::parse(&"x".repeat(BYTES + 1)).unwrap_err();
    assert!(error.message.contains("at most 65536 bytes"), "{error}");
    assert!(
        Lesson::parse("")
            .unwrap_err()
            .message
            .contains("the file is empty")
    );
}

/// What holds of every lesson that is accepted, and every refusal.
fn keeps_its_word(text: &str) {
    match Lesson::parse(text) {
        Ok(lesson) => {
            assert!(STEPS.contains(&lesson.steps.len()));
            for wanted in lesson.steps.iter().filter_map(|step| step.setup.as_ref()) {
                for one in [Some(&wanted.a), wanted.b.as_ref()].into_iter().flatten() {
                    let source = &one.experiment.data.source;
                    assert!(matches!(source, DataSource::Embedded(_)), "{source:?}");
                    assert!(one.experiment.hyperparameters.check().is_ok());
                    assert!(
                        one.experiment.hidden <= HIDDEN && one.experiment.data.patches <= SAMPLES
                    );
                }
            }
        }
        Err(error) => {
            let lines = 1 + text.matches('\n').count();
            assert!(
                (1..=lines).contains(&error.line) && error.column >= 1,
                "{error:?}"
            );
            assert!(
                !error.message.is_empty() && !error.message.contains('\n'),
                "{error:?}"
            );
        }
    }
}

/// One of our texts with some of it cut out, doubled, replaced or swapped with another's.
fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<&'static str> = Builtin::ALL
        .map(Builtin::text)
        .into_iter()
        .chain([SOUND])
        .collect();
    let piece = prop_oneof![
        Just(String::new()),
        "[ -~\n`\"#$=.{}\\[\\]]{0,12}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "```\n",
            "$$",
            "[beside]\n",
            "1e999",
            "-0",
            "nan",
            "inf",
            "99999999999999999999",
            "\\",
            "\u{0}",
            "ρ"
        ])
        .prop_map(str::to_owned),
    ];
    let cuts = prop::collection::vec((any::<prop::sample::Index>(), 0..40usize, piece), 1..6);
    (prop::sample::select(texts), cuts).prop_map(|(text, cuts)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, length, piece) in cuts {
            let from = place.index(letters.len().max(1)).min(letters.len());
            let to = (from + length).min(letters.len());
            letters.splice(from..to, piece.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_mutated_lesson_is_refused_in_a_sentence_or_keeps_its_word(text in mutated()) {
        keeps_its_word(&text);
    }

    #[test]
    fn any_text_is_refused_in_a_sentence(text in "\\PC{0,200}") {
        keeps_its_word(&text);
    }
}

#[test]
fn what_a_sentence_quotes_stays_in_one_line() {
    let text = SOUND.replacen("measure = \"", "measure = \"a\\n", 1);
    assert_ne!(text, SOUND);
    let error = Lesson::parse(&text).unwrap_err();
    assert!(error.message.contains("`a\\n"), "{error:?}");
    assert!(!error.message.contains('\n'), "{error:?}");
}

#[test]
fn every_set_of_the_program_can_be_named_and_no_other() {
    for set in EmbeddedSet::ALL {
        let text = SOUND.replacen(
            "preset = \"bars\"",
            &format!("data = \"{}\"", set.name()),
            1,
        );
        let lesson = Lesson::parse(&text).unwrap();
        let setup = lesson.steps[0].setup.as_ref().unwrap();
        assert_eq!(setup.a.experiment.data.source, DataSource::Embedded(set));
    }
}

#[test]
fn our_lessons_are_sound_and_their_titles_are_those_of_the_list() {
    for builtin in Builtin::ALL {
        let lesson = builtin
            .lesson()
            .unwrap_or_else(|error| panic!("{builtin:?}: {error}"));
        assert_eq!(lesson.title, builtin.title());
    }
}
