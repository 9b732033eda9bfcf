//! Which LaTeX a lesson's formulas may have: what the window typesets, bounded, and nothing that defines or loads.

use super::error::one_of;

/// Characters of a formula.
const LENGTH: usize = 300;
/// Brackets within brackets.
const DEPTH: usize = 10;

/// In the order of the alphabet.
const COMMANDS: [&str; 62] = [
    "Big",
    "Delta",
    "Sigma",
    "alpha",
    "approx",
    "bar",
    "beta",
    "big",
    "bigg",
    "cdot",
    "cos",
    "delta",
    "displaystyle",
    "exp",
    "frac",
    "gamma",
    "ge",
    "geq",
    "hat",
    "infty",
    "kappa",
    "lVert",
    "lambda",
    "ldots",
    "le",
    "left",
    "leq",
    "ln",
    "log",
    "mathbf",
    "mathrm",
    "max",
    "min",
    "mu",
    "nabla",
    "ne",
    "neq",
    "odot",
    "operatorname",
    "overline",
    "partial",
    "pi",
    "prime",
    "quad",
    "rVert",
    "rho",
    "right",
    "rightarrow",
    "sigma",
    "sim",
    "sin",
    "sqrt",
    "sum",
    "text",
    "tfrac",
    "theta",
    "tilde",
    "times",
    "to",
    "top",
    "varepsilon",
    "vert",
];

/// # Errors
/// What is wrong with `latex`, and what is wanted.
pub(super) fn check(latex: &str) -> Result<(), String> {
    if latex.is_empty() {
        return Err("the formula is empty: write LaTeX between `$$` and `$$`".into());
    }
    let length = latex.chars().count();
    if length > LENGTH {
        return Err(format!(
            "the formula has {length} characters: split it, {LENGTH} are the most"
        ));
    }
    let mut depth = 0usize;
    let mut rest = latex.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '{' => {
                depth += 1;
                if depth > DEPTH {
                    return Err(format!(
                        "more than {DEPTH} braces stand in one another: simplify the formula"
                    ));
                }
            }
            '}' => {
                let Some(out) = depth.checked_sub(1) else {
                    return Err(
                        "the formula closes a brace that it did not open: take this `}` out".into(),
                    );
                };
                depth = out;
            }
            '\\' => {
                let mut name = String::new();
                while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                    name.push(letter);
                }
                if name.is_empty() {
                    // \, \; \{ \} \| and the like
                    let Some(_) = rest.next_if(|sign| r",;:!{}|_ ".contains(*sign)) else {
                        return Err(
                            r"behind a `\` stands the name of a command, or one of , ; : ! { } | _"
                                .into(),
                        );
                    };
                } else if COMMANDS.binary_search(&name.as_str()).is_err() {
                    return Err(format!(
                        "`\\{name}` is none of the commands that a formula may have: {}",
                        one_of(COMMANDS)
                    ));
                }
            }
            '$' | '%' | '#' | '&' | '~' => {
                return Err(format!(
                    "`{character}` has no meaning in a lesson's formula: take it out"
                ));
            }
            other if other.is_control() => {
                return Err("this control character can't be shown: take it out".into());
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err("the formula opens a brace that it does not close: add a `}`".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_in_order_to_be_searched() {
        assert!(COMMANDS.is_sorted());
    }

    #[test]
    fn what_defines_loads_or_nests_is_refused() {
        for fine in [
            r"\lambda_c = f'(\rho)\,\sigma_{\max}(CD)",
            r"\frac{1}{2m}\sum_i \|x\|^2",
        ] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        let deep = format!("{}x{}", "{".repeat(11), "}".repeat(11));
        for (latex, word) in [
            (r"\def\a{\a\a}\a", "\\def"),
            (r"\includegraphics{a.png}", "includegraphics"),
            (r"\href{http:}{x}", "href"),
            ("{x", "opens"),
            ("x}", "closes"),
            (r"x\", "behind"),
            ("a & b", "`&`"),
            ("", "empty"),
            (&deep, "one another"),
            (&"x".repeat(301), "301"),
        ] {
            let message = check(latex).unwrap_err();
            assert!(message.contains(word), "{latex}: {message}");
        }
    }
}
