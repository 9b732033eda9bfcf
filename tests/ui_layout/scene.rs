//! Windows with something in them: a page, a selected unit, notices, dialogs.

use egui::{Order, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::map::{MapAction, MapChoice};
use sae_lab::lab::{Action, Page, Panel, Preferences, UserCommand};
use sae_lab::model::Hyperparameters;
use sae_lab::training::record::{Edit, Gesture};
use sae_lab::training::sweep::Measure;
use sae_lab::training::{Setting, Snapshot};

use crate::ui_support::{scripted_at, snapshot, wait};

/// Of the window, in pixels.
pub const SIZES: [[f32; 2]; 3] = [[1024.0, 768.0], [1280.0, 720.0], [1920.0, 1080.0]];
/// In percent.
pub const ZOOMS: [u32; 4] = [100, 125, 150, 200];
/// A file that somebody has.
pub const LONG_NAME: &str = "patches_of_the_photographs_of_last_summer_whitened_and_scaled_2.npy";

/// The panels whose content may be longer than their room.
const SCROLLING: [Panel; 13] = [
    Panel::Settings,
    Panel::Features,
    Panel::Picker,
    Panel::Summary,
    Panel::Equations,
    Panel::GradientCheck,
    Panel::Choices,
    Panel::Pairs,
    Panel::Input,
    Panel::Output,
    Panel::KeptRuns,
    Panel::MapChoices,
    Panel::Map,
];

type Prepare = fn(&mut Harness<'static, LabApp>);

pub struct Scene {
    pub name: &'static str,
    /// Of one page, or of all.
    page: Option<Page>,
    run: fn() -> Snapshot,
    prepare: Prepare,
}

/// The run as it opens.
pub const PLAIN: Scene = Scene {
    name: "plain",
    page: None,
    run: snapshot,
    prepare: |_| {},
};

/// Many changes, and a selected unit, on the Lab page.
pub const STORM: Scene = Scene {
    name: "storm",
    page: Some(Page::Lab),
    run: storm,
    prepare: |harness| act(harness, Action::Select(Some(3))),
};

/// A long name, a selected unit and a notice on the Lab page.
pub const LAB: Scene = Scene {
    name: "lab",
    page: Some(Page::Lab),
    run: long_name,
    prepare: |harness| {
        act(harness, Action::Select(Some(6)));
        notice(harness);
    },
};

pub const OVER: [Scene; 8] = [
    Scene {
        name: "map",
        page: Some(Page::Map),
        run: snapshot,
        prepare: |harness| {
            map(harness);
        },
    },
    Scene {
        name: "palette",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| act(harness, UserCommand::Palette.into()),
    },
    Scene {
        name: "import",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| {
            let shown = |app: &LabApp| {
                let import = app.view().shared.import.as_ref();
                import.is_some_and(|import| import.is_shown())
            };
            harness.state_mut().open(vec!["waves.npy".into()]);
            wait(harness, shown);
        },
    },
    Scene {
        name: "table",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| {
            let shown = |app: &LabApp| {
                let import = app.view().shared.import.as_ref();
                import.is_some_and(|import| import.is_shown())
            };
            harness.state_mut().open(vec!["table.csv".into()]);
            wait(harness, shown);
        },
    },
    Scene {
        name: "open",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| act(harness, UserCommand::OpenFile.into()),
    },
    Scene {
        name: "follow",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| act(harness, UserCommand::FollowFolder.into()),
    },
    Scene {
        name: "awaited",
        page: Some(Page::Lab),
        run: snapshot,
        prepare: |harness| {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src").into();
            let map = String::new();
            act(harness, Action::Follow { folder, map });
        },
    },
    Scene {
        name: "long",
        page: None,
        run: long_name,
        prepare: |harness| {
            act(harness, Action::Select(Some(6)));
            notice(harness);
        },
    },
];

fn long_name() -> Snapshot {
    let mut snapshot = snapshot();
    let mut data = (*snapshot.data).clone();
    data.name = LONG_NAME.into();
    snapshot.data = data.into();
    snapshot.epoch = 123_456;
    snapshot
}

/// Settings changed many times, most of them close together.
fn storm() -> Snapshot {
    let mut snapshot = snapshot();
    let mut history = (*snapshot.history).clone();
    let at = |epoch: u64| Hyperparameters {
        weight_decay: 1e-4 * (1.0 + epoch as f64),
        sparsity_target: 1.0 / (3.0 + epoch as f64),
        ..*snapshot.hyperparameters
    };
    for (press, epoch) in [302, 303, 305, 310, 318, 330, 334, 338]
        .into_iter()
        .enumerate()
    {
        let setting = [Setting::WeightDecay, Setting::SparsityTarget][press % 2];
        history.edit(Edit {
            epoch,
            gesture: Gesture(10 + press as u64),
            setting,
            old: setting.get(&at(epoch - 1)),
            new: setting.get(&at(epoch)),
        });
    }
    snapshot.history = history.into();
    snapshot
}

pub fn act(harness: &mut Harness<'static, LabApp>, action: Action) {
    crate::ui_support::act(harness, action);
}

/// A map of 4 × 4 runs, all of them trained, with one cell chosen; of the epochs to a goal, which has most words.
pub fn map(harness: &mut Harness<'static, LabApp>) {
    let run = harness.state().view().run;
    let mut choice = MapChoice::suggested(&run.experiment, run.cliffs().as_ref());
    (choice.first.steps, choice.epochs) = (4, 2);
    choice.second.as_mut().unwrap().steps = 4;
    act(harness, Action::Map(MapAction::Choose(Box::new(choice))));
    act(harness, UserCommand::StartMap.into());
    wait(harness, |app| {
        let map = &app.view().shared.map;
        map.sweeping.is_none() && map.mapped.as_ref().is_some_and(|map| map.is_whole())
    });
    for action in [MapAction::Point(Some(5)), MapAction::Draw(Measure::Epochs)] {
        act(harness, Action::Map(action));
    }
    act(harness, Action::Bring(Panel::Map));
    harness.run_steps(3);
}

/// What is said of a file that is not there.
pub fn notice(harness: &mut Harness<'static, LabApp>) {
    harness.state_mut().open(vec![LONG_NAME.into()]);
    wait(harness, |app| !app.view().shared.notices.is_empty());
}

pub struct Window {
    pub harness: Harness<'static, LabApp>,
    zoom: u32,
}

impl Scene {
    pub fn is_of(&self, page: Page) -> bool {
        self.page.is_none_or(|only| only == page)
    }

    /// `size` is in pixels, `zoom` in percent.
    pub fn open(&self, page: Page, size: [f32; 2], zoom: u32, dark: bool) -> Window {
        let preferences = Preferences {
            dark,
            zoom,
            ..Preferences::default()
        };
        let size = size.map(|pixels| (pixels * 100.0 / zoom as f32).floor());
        let pictures = std::env::var_os("SAE_LAB_PICTURES").is_some();
        let (mut harness, _script) = scripted_at(&(self.run)(), preferences, size, pictures);
        act(&mut harness, UserCommand::Show(page).into());
        (self.prepare)(&mut harness);
        if page == Page::Unit {
            if harness.state().view().run.selected.is_none() {
                act(&mut harness, Action::Select(Some(0)));
            }
            wait(&mut harness, |app| {
                let run = app.view().run;
                let unit = run.selected.zip(run.snapshot.as_deref());
                unit.is_some_and(|(unit, snapshot)| run.inspection.of(snapshot.run, unit).is_some())
            });
        }
        harness.run();
        Window { harness, zoom }
    }
}

impl Window {
    /// `zoom` is in percent.
    pub fn of(harness: Harness<'static, LabApp>, zoom: u32) -> Self {
        Self { harness, zoom }
    }

    /// Writes a picture, where that was asked for.
    pub fn picture(&mut self, name: &str) {
        if let Some(folder) = std::env::var_os("SAE_LAB_PICTURES") {
            std::fs::create_dir_all(&folder).unwrap();
            let path = std::path::Path::new(&folder).join(format!("{name}.png"));
            self.harness.render().unwrap().save(path).unwrap();
        }
    }

    /// The windows that stand over the panels.
    pub fn overlays(&self) -> Vec<Rect> {
        self.harness.ctx.memory(|memory| {
            let areas = memory.areas();
            let over = areas
                .visible_layer_ids()
                .into_iter()
                .filter(|layer| layer.order > Order::Background);
            over.filter_map(|layer| memory.area_rect(layer.id))
                .collect()
        })
    }

    /// The width of the tile of a feature, in points.
    pub fn tile(&self) -> f32 {
        self.harness
            .get_by_label_contains("Unit 1, ")
            .rect()
            .width()
    }

    /// Where the tile of `unit` is.
    pub fn tile_of(&self, unit: usize) -> Rect {
        let name = format!("Unit {}, ", unit + 1);
        let mut tiles = self.harness.get_all_by_label_contains(&name);
        tiles.next().unwrap().rect()
    }

    /// From the top of the panel down, what of the window is a panel whose content may be longer than its room.
    fn scrolling(&self) -> Vec<Rect> {
        let screen = self.harness.ctx.content_rect();
        let shown = SCROLLING.into_iter().filter_map(|panel| {
            let name = format!("{} fills the window", panel.title());
            let strip = self.harness.query_by_label(&name)?.rect();
            Some(strip.with_max_y(screen.bottom()))
        });
        shown.collect()
    }

    /// Everything that can be clicked or set, with its place.
    pub fn targets(&self) -> Vec<(String, Rect)> {
        use egui::accesskit::{Action, Role};
        let mut targets = Vec::new();
        let mut open = vec![self.harness.root()];
        while let Some(node) = open.pop() {
            open.extend(node.children());
            let inner = node.accesskit_node();
            let acts = inner.data().supports_action(Action::Click)
                || inner.data().supports_action(Action::SetValue)
                || matches!(
                    inner.role(),
                    Role::Button | Role::Slider | Role::TextInput | Role::SpinButton
                );
            let name = inner.label().unwrap_or_default();
            if acts && inner.raw_bounds().is_some() && !name.is_empty() {
                targets.push((name, node.rect()));
            }
        }
        targets
    }

    /// Targets that are hard to hit, or stand outside the window.
    pub fn small_targets(&self) -> Vec<String> {
        let screen = self.harness.ctx.content_rect().expand(0.5);
        let scrolling = self.scrolling();
        let overlays = self.overlays();
        let mut faults = Vec::new();
        for (name, rect) in self.targets() {
            // what has scrolled away below or above is reached by scrolling: in these places, and nowhere else
            let scrolls = scrolling
                .iter()
                .chain(&overlays)
                .any(|place| place.x_range().contains(rect.center().x));
            if !scrolls && (rect.top() < screen.top() || rect.bottom() > screen.bottom()) {
                faults.push(format!(
                    "the target {name:?} at {rect:?} is above or below the window"
                ));
            }
            // a tile is a picture: the size of its target is that of the picture on the screen
            let tile = ["Unit ", "Activation of unit ", "Sample "]
                .iter()
                .any(|start| name.starts_with(start));
            let scale = if tile { self.zoom as f32 / 100.0 } else { 1.0 };
            if rect.width() * scale < 23.9 || rect.height() * scale < 23.9 {
                faults.push(format!("the target {name:?} is {:?}", rect.size()));
            }
            if rect.left() < screen.left() || rect.right() > screen.right() {
                faults.push(format!(
                    "the target {name:?} at {rect:?} is outside the window"
                ));
            }
        }
        faults
    }
}
