use super::*;

fn tensors(list: &[(&str, &[usize])]) -> Vec<TensorInfo> {
    let one = |(name, shape): &(&str, &[usize])| TensorInfo {
        name: (*name).into(),
        shape: shape.to_vec(),
        is_float: true,
        bytes: 4,
    };
    list.iter().map(one).collect()
}

fn guess(list: &[(&str, &[usize])], inputs: usize) -> Result<Layout, NoLayout> {
    layout(&tensors(list), inputs, &TensorMap::default())
}

/// W1, b1, W2, b2, a matrix with ᵀ where it is transposed.
fn taken(layout: &Layout) -> [String; 4] {
    let matrix = |matrix: &Matrix| match matrix.transposed {
        true => format!("{}ᵀ", matrix.name),
        false => matrix.name.clone(),
    };
    [
        matrix(&layout.encoder),
        layout.encoder_bias.clone(),
        layout.decoder.as_ref().map_or("tied".into(), matrix),
        layout.decoder_bias.clone(),
    ]
}

#[test]
fn names_as_programs_use_them_are_understood_in_any_order() {
    let cases: [([&str; 4], bool); 8] = [
        (
            [
                "encoder.weight",
                "encoder.bias",
                "decoder.weight",
                "decoder.bias",
            ],
            false,
        ),
        (
            [
                "module.fc1.weight",
                "module.fc1.bias",
                "module.fc2.weight",
                "module.fc2.bias",
            ],
            false,
        ),
        (["W1", "b1", "W2", "b2"], false),
        (["0.weight", "0.bias", "2.weight", "2.bias"], false),
        (
            [
                "_orig_mod.net.9.weight",
                "_orig_mod.net.9.bias",
                "_orig_mod.net.10.weight",
                "_orig_mod.net.10.bias",
            ],
            false,
        ),
        (["W_enc", "b_enc", "W_dec", "b_dec"], true),
        (
            [
                "dense/kernel",
                "dense/bias",
                "dense_1/kernel",
                "dense_1/bias",
            ],
            true,
        ),
        (
            [
                "Encoder_0.kernel",
                "Encoder_0.bias",
                "Decoder_0.kernel",
                "Decoder_0.bias",
            ],
            true,
        ),
    ];
    for (names, transposed) in cases {
        for (n, h) in [(64, 25), (9, 100)] {
            let sides = |rows: usize, columns: usize| match transposed {
                true => [columns, rows],
                false => [rows, columns],
            };
            let [w1, b1, w2, b2] = names;
            let (first, second) = (sides(h, n), sides(n, h));
            let (units, values) = ([h], [n]);
            let mut list = vec![
                (w1, &first[..]),
                (b1, &units[..]),
                (w2, &second[..]),
                (b2, &values[..]),
            ];
            for _ in 0..4 {
                list.rotate_left(1);
                let found = guess(&list, n).unwrap_or_else(|error| panic!("{names:?}: {error}"));
                let mark = |name: &str| match transposed {
                    true => format!("{name}ᵀ"),
                    false => name.to_owned(),
                };
                assert_eq!(
                    taken(&found),
                    [mark(w1), b1.into(), mark(w2), b2.into()],
                    "{n} {h}"
                );
                assert_eq!((found.inputs, found.hidden), (n, h));
            }
        }
    }
}

#[test]
fn where_names_say_nothing_the_shapes_do() {
    let found = guess(
        &[("a", &[5, 9]), ("p", &[9]), ("c", &[9, 5]), ("q", &[5])],
        9,
    )
    .unwrap();
    assert_eq!(taken(&found), ["a", "q", "c", "p"]);
    // one matrix as PyTorch has it, the other not
    let mixed = [
        ("enc", &[5, 9][..]),
        ("p", &[9]),
        ("dec", &[5, 9]),
        ("q", &[5]),
    ];
    assert_eq!(taken(&guess(&mixed, 9).unwrap()), ["enc", "q", "decᵀ", "p"]);
}

#[test]
fn tied_weights_are_one_matrix_with_two_biases() {
    let list = [
        ("weight", &[5, 9][..]),
        ("encoder.bias", &[5]),
        ("decoder.bias", &[9]),
    ];
    let found = guess(&list, 9).unwrap();
    assert_eq!(
        taken(&found),
        ["weight", "encoder.bias", "tied", "decoder.bias"]
    );
    assert!(found.to_string().contains("W2 = W1 transposed"), "{found}");
    let turned = [("W", &[9, 5][..]), ("hbias", &[5]), ("vbias", &[9])];
    assert_eq!(
        taken(&guess(&turned, 9).unwrap()),
        ["Wᵀ", "hbias", "tied", "vbias"]
    );
}

#[test]
fn with_as_many_units_as_inputs_names_alone_can_tell() {
    let named = [
        ("0.weight", &[6, 6][..]),
        ("0.bias", &[6]),
        ("2.weight", &[6, 6]),
        ("2.bias", &[6]),
    ];
    let found = guess(&named, 6).unwrap();
    assert_eq!(taken(&found), ["0.weight", "0.bias", "2.weight", "2.bias"]);
    assert!(
        found.is_square() && found.to_string().contains("(out, in)"),
        "{found}"
    );
    let unnamed = [("p", &[6, 6][..]), ("q", &[6]), ("r", &[6, 6]), ("s", &[6])];
    assert!(matches!(guess(&unnamed, 6), Err(NoLayout::Ambiguous(..))));
    let map: TensorMap = "W1=p,b1=s,W2=r,b2=q".parse().unwrap();
    let found = layout(&tensors(&unnamed), 6, &map).unwrap();
    assert_eq!(taken(&found), ["p", "s", "r", "q"]);
    let biases = [
        ("enc_w", &[6, 6][..]),
        ("q", &[6]),
        ("dec_w", &[6, 6]),
        ("s", &[6]),
    ];
    assert!(matches!(guess(&biases, 6), Err(NoLayout::Ambiguous(..))));
}

#[test]
fn what_training_keeps_beside_a_model_is_left_out() {
    let found = guess(
        &[
            ("model.encoder.weight", &[5, 9][..]),
            ("model.encoder.bias", &[5]),
            ("model.decoder.weight", &[9, 5]),
            ("model.decoder.bias", &[9]),
            ("optimizer.exp_avg.encoder.weight", &[5, 9]),
            ("optimizer.exp_avg.encoder.bias", &[5]),
            ("optimizer.exp_avg.decoder.weight", &[9, 5]),
            ("optimizer.exp_avg.decoder.bias", &[9]),
            ("lr", &[]),
        ],
        9,
    );
    assert_eq!(taken(&found.unwrap())[0], "model.encoder.weight");
}

#[test]
fn other_networks_are_refused() {
    let deep = [
        ("fc1.weight", &[5, 9][..]),
        ("fc1.bias", &[5]),
        ("fc2.weight", &[3, 5]),
        ("fc2.bias", &[3]),
        ("fc3.weight", &[5, 3]),
        ("fc3.bias", &[5]),
        ("fc4.weight", &[9, 5]),
        ("fc4.bias", &[9]),
    ];
    assert!(guess(&deep, 9).is_err());
    let model = [
        ("encoder.weight", &[5, 9][..]),
        ("encoder.bias", &[5]),
        ("decoder.weight", &[9, 5]),
        ("decoder.bias", &[9]),
    ];
    let normed = [&model[..], &[("norm.running_mean", &[5])]].concat();
    let refused = guess(&normed, 9).unwrap_err();
    assert_eq!(refused, NoLayout::Deeper("norm.running_mean".into()));
    // who names the tensors wants these
    let map: TensorMap = "W1=encoder.weight,W2=decoder.weight".parse().unwrap();
    assert!(layout(&tensors(&normed), 9, &map).is_ok());
    assert_eq!(guess(&model, 8), Err(NoLayout::None(8)));
    assert_eq!(guess(&model[..3], 9), Err(NoLayout::None(9)));
    assert_eq!(guess(&[], 9), Err(NoLayout::None(9)));
    let twice = [
        &model[..],
        &[("b.encoder.weight", &[5, 9]), ("b.encoder.bias", &[5])],
    ]
    .concat();
    assert!(matches!(guess(&twice, 9), Err(NoLayout::Ambiguous(..))));
}

#[test]
fn a_map_is_read_and_held_against_the_file() {
    let map: TensorMap = "W1=a.w, b2=x".parse().unwrap();
    assert_eq!(
        (map.encoder.as_deref(), map.decoder_bias.as_deref()),
        (Some("a.w"), Some("x"))
    );
    for wrong in ["", "W1", "W1=", "W3=a", "W1=a,W1=b", "a=W1"] {
        assert!(wrong.parse::<TensorMap>().is_err(), "{wrong:?}");
    }
    let list = [
        ("one", &[5, 9][..]),
        ("two", &[5]),
        ("three", &[9, 5]),
        ("four", &[9]),
        ("five", &[9]),
    ];
    assert!(matches!(guess(&list, 9), Err(NoLayout::Ambiguous(..))));
    let map: TensorMap = "b2=five,W1=one,W2=three".parse().unwrap();
    assert_eq!(taken(&layout(&tensors(&list), 9, &map).unwrap())[3], "five");
    let unknown: TensorMap = "b1=seven".parse().unwrap();
    let error = layout(&tensors(&list), 9, &unknown)
        .unwrap_err()
        .to_string();
    assert!(error.contains("seven") && error.contains("b1"), "{error}");
}
