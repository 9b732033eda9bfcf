//! The import sheet's choices about reading: which columns, what becomes of gaps, which way round.

use super::import::Import;
use crate::data::{
    Columns, Content, DataSpec, Incomplete, Labels, Orientation, Reading, Role, Understood,
};

/// What a column of a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Use,
    Label,
    LeaveOut,
}

impl Import {
    /// The number of columns to choose from; 0 where there are none.
    pub fn columns(&self) -> usize {
        self.understood().map_or(0, |read| read.columns.len())
    }

    /// What each column is for, as the choices are now.
    pub fn picks(&self) -> Vec<Pick> {
        let Some(read) = self.understood() else {
            return Vec::new();
        };
        let names = read.names();
        let reading = &self.spec.reading;
        let has = |place: usize, role: Role| read.columns[place].role == role;
        let mut asked = vec![false; read.columns.len()];
        if let Columns::These(columns) = &reading.columns {
            for place in columns.iter().filter_map(|column| names.place(column)) {
                if let Some(asked) = asked.get_mut(place) {
                    *asked = true;
                }
            }
        }
        let label = match &reading.labels {
            Labels::Auto => (0..asked.len()).find(|place| has(*place, Role::Label)),
            Labels::None => None,
            Labels::Column(column) => names.place(column),
        };
        let pick = |place: usize| {
            let used = match &reading.columns {
                Columns::Suggested => has(place, Role::Used),
                Columns::All => true,
                Columns::These(_) => asked[place],
            };
            match used {
                _ if label == Some(place) => Pick::Label,
                true => Pick::Use,
                false => Pick::LeaveOut,
            }
        };
        (0..asked.len()).map(pick).collect()
    }

    /// The choices with the column for something else. There is one column of labels at most.
    pub fn with_pick(&self, place: usize, pick: Pick) -> DataSpec {
        let Some(read) = self.understood() else {
            return self.spec.clone();
        };
        let (mut picks, names) = (self.picks(), read.names());
        if pick == Pick::Label {
            for other in picks.iter_mut().filter(|other| **other == Pick::Label) {
                *other = Pick::LeaveOut;
            }
        }
        if let Some(picked) = picks.get_mut(place) {
            *picked = pick;
        }
        let of = |pick: Pick| {
            let places = picks.iter().enumerate();
            places.filter(move |(_, other)| **other == pick)
        };
        let label = of(Pick::Label).next();
        self.reading(Reading {
            columns: Columns::These(of(Pick::Use).map(|(at, _)| names.column(at)).collect()),
            labels: label.map_or(Labels::None, |(at, _)| Labels::Column(names.column(at))),
            ..self.spec.reading.clone()
        })
    }

    /// Whether values are missing in the columns of a table that are used.
    pub fn has_gaps(&self) -> bool {
        let gaps = |read: &Understood| {
            read.reading.incomplete == Incomplete::FillMean || read.rows_left_out > 0
        };
        self.columns() > 0 && self.understood().is_some_and(gaps)
    }

    /// What becomes of rows with gaps.
    pub fn incomplete(&self) -> Incomplete {
        let read = self.understood();
        read.map_or(self.spec.reading.incomplete, |read| read.reading.incomplete)
    }

    pub fn with_incomplete(&self, incomplete: Incomplete) -> DataSpec {
        self.reading(Reading {
            incomplete,
            ..self.spec.reading.clone()
        })
    }

    /// (m, n) with rows as samples, and with columns as samples; `None` where there is no matrix.
    pub fn ways_round(&self) -> Option<[(usize, usize); 2]> {
        let read = self.understood()?;
        let Content::Samples { values, .. } = &self.found().content else {
            return None;
        };
        let (rows, columns) = values.dim();
        let turned = (columns, rows);
        Some(match read.transposed() {
            false => [(rows, columns), turned],
            true => [turned, (rows, columns)],
        })
    }

    /// Whether columns are the samples, as the choices are now.
    pub fn is_turned(&self) -> bool {
        match self.spec.reading.orientation {
            Orientation::Rows => false,
            Orientation::Columns => true,
            _ => self.understood().is_some_and(Understood::transposed),
        }
    }

    pub fn with_columns_as_samples(&self, turned: bool) -> DataSpec {
        let orientation = if turned {
            Orientation::Columns
        } else {
            Orientation::Rows
        };
        self.reading(Reading {
            orientation,
            ..self.spec.reading.clone()
        })
    }

    fn reading(&self, reading: Reading) -> DataSpec {
        DataSpec {
            reading,
            ..self.spec.clone()
        }
    }
}
