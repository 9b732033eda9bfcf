//! What the bar at the top has room for: the richest of a few forms whose parts, measured, fit beside one another.

/// What stands in the bar, and how much of it is words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// "Speed" before its slider, and the palette by its name.
    pub words: bool,
    /// The speed's slider; without it, its keys remain.
    pub speed: bool,
    /// Step, Reset and New seed as buttons; else in a menu.
    pub run_buttons: bool,
    /// The preset in use by its name.
    pub preset: bool,
    /// The pages as tabs; else in a menu.
    pub tabs: bool,
    /// Light and dark as a button; else in the menu of the zoom.
    pub theme: bool,
    /// "Pause" beside its sign.
    pub play: bool,
    /// The palette's name or keys; else in the menu of the pages.
    pub palette: bool,
}

/// From the richest to the poorest.
pub const FORMS: [Form; 9] = {
    let all = Form {
        words: true,
        speed: true,
        run_buttons: true,
        preset: true,
        tabs: true,
        theme: true,
        play: true,
        palette: true,
    };
    let fewer_words = Form {
        words: false,
        ..all
    };
    let unnamed = Form {
        preset: false,
        ..fewer_words
    };
    let menu = Form {
        tabs: false,
        ..fewer_words
    };
    let unnamed_menu = Form {
        preset: false,
        ..menu
    };
    let folded = Form {
        run_buttons: false,
        ..unnamed_menu
    };
    let slow = Form {
        speed: false,
        theme: false,
        ..folded
    };
    let signs = Form {
        play: false,
        ..slow
    };
    let keyless = Form {
        palette: false,
        ..signs
    };
    [
        all,
        fewer_words,
        unnamed,
        menu,
        unnamed_menu,
        folded,
        slow,
        signs,
        keyless,
    ]
};

/// The first form that needs no more than `room`; the last one if none does.
pub fn form(room: f32, needed: impl Fn(&Form) -> f32) -> Form {
    let fitting = FORMS.iter().find(|form| needed(form) <= room);
    *fitting.unwrap_or(&FORMS[FORMS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_less_than_the_one_before_and_the_richest_that_fits_is_taken() {
        let parts = |form: &Form| {
            let Form {
                words,
                speed,
                run_buttons,
                preset,
                tabs,
                theme,
                play,
                palette,
            } = *form;
            let parts = [
                words,
                speed,
                run_buttons,
                preset,
                tabs,
                theme,
                play,
                palette,
            ];
            parts.into_iter().filter(|part| *part).count() as f32
        };
        assert_eq!(form(8.0, parts), FORMS[0]);
        assert_eq!(form(6.0, parts), FORMS[2]);
        assert_eq!(form(1.0, parts), FORMS[7]);
        assert_eq!(form(0.0, parts), FORMS[8]);
        assert_eq!(form(-1.0, parts), FORMS[8]);
    }
}
