//! The doctor against an implementation in NumPy (`student.py`) on real data: every mistake and every pair, and the correct
//! gradient at many weights. `SAE_LAB_FULL=1` takes larger sets, every pair, and a thousand draws.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use ndarray::Array2;
use npyz::WriterBuilder as _;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::{DataSpec, EmbeddedSet, load};
use sae_lab::model::doctor::{Mistake, Verdict};
use sae_lab::model::{Architecture, HiddenActivation, OutputActivation, Parameters};
use sae_lab::numerics::Precision;
use serde_json::json;

use super::plain::Case;
use super::{diagnose, python};

const PAIRS: [(HiddenActivation, OutputActivation); 4] = [
    (HiddenActivation::Sigmoid, OutputActivation::Sigmoid),
    (HiddenActivation::Sigmoid, OutputActivation::Linear),
    (HiddenActivation::Tanh, OutputActivation::Tanh),
    (HiddenActivation::Tanh, OutputActivation::Linear),
];
/// Surely the same, in every block.
const SAME: f64 = 5e-7;
/// Perhaps the same.
const NEAR: f64 = 5e-6;

static PYTHON: LazyLock<std::path::PathBuf> = LazyLock::new(|| python::with(&["numpy"]));

fn full() -> bool {
    std::env::var_os("SAE_LAB_FULL").is_some()
}

fn drawn(random: &mut ChaCha8Rng, inputs: usize, hidden: usize, scale: f64) -> Parameters<f64> {
    let mut parameters = Parameters::zeros(inputs, hidden);
    for value in parameters.flat_mut() {
        *value = random.random_range(-scale..scale);
    }
    parameters
}

/// Photographs, digits in as many units as they have pixels, and bars whose first batch is one sample.
fn cases() -> Vec<(EmbeddedSet, Case)> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut cases = Vec::new();
    for (set, patch, hidden, batch) in [
        (EmbeddedSet::Photos, if full() { 8 } else { 4 }, 9, 50),
        (EmbeddedSet::Digits, 8, 64, 50),
        (EmbeddedSet::Bars, 8, 12, 1),
    ] {
        let spec = DataSpec {
            patch,
            patches: 600,
            ..DataSpec::embedded(set)
        };
        let loaded = load(&spec).unwrap();
        let samples = loaded.samples.to::<f64>();
        let some = if full() { 600 } else { 60 };
        let rows: Vec<Vec<f64>> = samples
            .rows()
            .into_iter()
            .take(some)
            .map(|row| row.to_vec())
            .collect();
        let inputs = samples.ncols();
        let hidden = if full() && set == EmbeddedSet::Photos {
            25
        } else {
            hidden
        };
        for (hidden_activation, output_activation) in PAIRS {
            let architecture = Architecture {
                inputs,
                hidden,
                hidden_activation,
                output_activation,
            };
            let case = Case {
                architecture,
                parameters: drawn(&mut random, inputs, hidden, 0.4),
                samples: rows.clone(),
                rho: 0.05,
                beta: 3.0,
                lambda: 1e-3,
                batch,
            };
            cases.push((set, case));
        }
    }
    cases
}

fn write(path: &Path, rows: &Array2<f64>) {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&[rows.nrows() as u64, rows.ncols() as u64])
        .writer(std::io::BufWriter::new(file))
        .begin_nd()
        .unwrap();
    writer.extend(rows.iter().copied()).unwrap();
    writer.finish().unwrap();
}

/// What the student's program gives at each of `weights` with each of `mistakes`; `None` where that is no number.
fn computed(
    case: &Case,
    weights: &[Parameters<f64>],
    mistakes: &[Vec<Mistake>],
) -> Vec<Option<Vec<f64>>> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let architecture = &case.architecture;
    let names: Vec<Vec<&str>> = mistakes
        .iter()
        .map(|made| made.iter().map(|mistake| mistake.name()).collect())
        .collect();
    let settings = json!({
        "n": architecture.inputs,
        "h": architecture.hidden,
        "hidden": architecture.hidden_activation.name(),
        "output": architecture.output_activation.name(),
        "rho": case.rho,
        "beta": case.beta,
        "lambda": case.lambda,
        "batch": case.batch,
        "mistakes": names,
    });
    std::fs::write(at("settings.json"), settings.to_string()).unwrap();
    write(&at("x.npy"), &case.samples::<f64>());
    let length = weights[0].flat().len();
    let flat = weights.iter().flat_map(|weights| weights.flat()).copied();
    let flat = Array2::from_shape_vec((weights.len(), length), flat.collect()).unwrap();
    write(&at("theta.npy"), &flat);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/student.py");
    let files = ["settings.json", "x.npy", "theta.npy", "out.npy"].map(at);
    let output = Command::new(&*PYTHON)
        .arg("-B")
        .arg(script)
        .args(files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let bytes = std::fs::read(at("out.npy")).unwrap();
    let values: Vec<f64> = npyz::NpyFile::new(&bytes[..]).unwrap().into_vec().unwrap();
    assert_eq!(values.len(), weights.len() * mistakes.len() * length);
    let rows = values.chunks(length);
    rows.map(|row| row[0].is_finite().then(|| row.to_vec()))
        .collect()
}

/// None, each, and every two that can be made together.
fn explanations(case: &Case) -> Vec<Vec<Mistake>> {
    let mut all = vec![Vec::new()];
    all.extend(Mistake::ALL.iter().map(|mistake| vec![*mistake]));
    for (place, first) in Mistake::ALL.iter().enumerate() {
        let others = Mistake::ALL[place + 1..].iter();
        all.extend(others.map(|second| vec![*first, *second]));
    }
    all.retain(|made| case.possible(made));
    all
}

#[derive(Debug, Default)]
struct Count {
    made: usize,
    exact: usize,
    ambiguous: usize,
    /// Fewer mistakes give the same.
    fewer: usize,
}

/// Holds the verdict on `made` against all explanations, by NumPy's own gradients.
fn judge(
    case: &Case,
    all: &[(Vec<Mistake>, Vec<f64>)],
    (made, flat): &(Vec<Mistake>, Vec<f64>),
    verdict: &Verdict,
    count: &mut Count,
) {
    let (level, named): (usize, Vec<&Vec<Mistake>>) = match verdict {
        Verdict::Correct => (0, Vec::new()),
        Verdict::Mistakes {
            mistakes,
            alternatives,
        } => (
            mistakes.len(),
            std::iter::once(mistakes).chain(alternatives).collect(),
        ),
        Verdict::Unknown => panic!("{made:?} is unknown in {:?}", case.architecture),
    };
    let what = || format!("{made:?} in {:?}: {verdict:?}", case.architecture);
    for (explanation, other) in all {
        if explanation.len() > level {
            continue;
        }
        let distance = case.distance(flat, other);
        let is_named = match explanation.len() == level {
            true => level == 0 || named.contains(&explanation),
            false => false,
        };
        if is_named {
            assert!(
                distance < NEAR,
                "{explanation:?}, {distance:e} for {}",
                what()
            );
        } else {
            assert!(
                distance >= SAME,
                "{explanation:?}, {distance:e} for {}",
                what()
            );
        }
    }
    count.made += 1;
    match (level == made.len(), named.len()) {
        (false, _) => count.fewer += 1,
        (true, 0 | 1) => count.exact += 1,
        (true, _) => count.ambiguous += 1,
    }
}

#[test]
fn mistakes_made_in_numpy_on_real_data_are_named() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut counts = [Count::default(), Count::default()];
    for (set, case) in cases() {
        let explanations = explanations(&case);
        let gradients = computed(&case, std::slice::from_ref(&case.parameters), &explanations);
        let all: Vec<(Vec<Mistake>, Vec<f64>)> = explanations
            .into_iter()
            .zip(gradients)
            .filter_map(|(made, flat)| Some((made, flat?)))
            .collect();
        let doctor = case.doctor(2);
        for (made, flat) in &all {
            let own = doctor.gradient(made).unwrap();
            let apart = case.distance(flat, own.flat());
            assert!(apart < 1e-8, "{made:?} on {set:?}: {apart:e}");
        }
        let mut tried: Vec<&(Vec<Mistake>, Vec<f64>)> = all.iter().collect();
        if !full() {
            let pairs = tried.iter().position(|(made, _)| made.len() == 2).unwrap();
            tried[pairs..].shuffle(&mut random);
            tried.truncate(pairs + 20);
        }
        for one in tried {
            let found = diagnose(&case, &doctor, one.1.clone(), Precision::F64);
            match one.0.len() {
                0 => assert_eq!(found.verdict, Verdict::Correct),
                level => judge(&case, &all, one, &found.verdict, &mut counts[level - 1]),
            }
        }
    }
    println!(
        "one mistake: {:?}\ntwo mistakes: {:?}",
        counts[0], counts[1]
    );
    let [one, two] = counts;
    assert!(one.made > 380 && one.exact * 10 > one.made * 9, "{one:?}");
    assert!(two.made >= 240 && two.exact * 10 > two.made * 8, "{two:?}");
    // bars: ρ̂ of the first batch is that of the first sample
    assert!(one.ambiguous > 0, "{one:?}");
}

#[test]
fn the_correct_gradient_in_numpy_is_never_accused() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let cases = cases();
    let draws = if full() { 1000usize } else { 48 }.div_ceil(cases.len());
    let mut tried = 0;
    for (set, mut case) in cases {
        let (n, h) = (case.architecture.inputs, case.architecture.hidden);
        let weights: Vec<Parameters<f64>> = (0..draws)
            .map(|_| {
                let scale = 10f64.powf(random.random_range(-2.0..-0.3));
                drawn(&mut random, n, h, scale)
            })
            .collect();
        case.rho = random.random_range(0.01..0.3);
        case.beta = random.random_range(0.0..5.0);
        let gradients = computed(&case, &weights, &[Vec::new()]);
        for (weights, flat) in weights.into_iter().zip(gradients) {
            case.parameters = weights;
            let found = diagnose(&case, &case.doctor(1), flat.unwrap(), Precision::F64);
            assert_eq!(found.verdict, Verdict::Correct, "{set:?}: {found:?}");
            tried += 1;
        }
    }
    println!("{tried} draws");
    assert!(tried >= if full() { 1000 } else { 48 });
}
