//! Data sets by name, beside the stream of messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::protocol::DataId;
use crate::data::DataSet;

/// Where a driver gets its data sets from.
pub trait DataStore: Send + Sync {
    /// `None` where there is none of this name.
    fn get(&self, id: DataId) -> Option<Arc<DataSet>>;
}

/// Data sets shared with the side that put them there. The lock is held for a look-up only.
#[derive(Debug, Default)]
pub struct SharedStore(Mutex<BTreeMap<DataId, Arc<DataSet>>>);

impl SharedStore {
    /// Replaces what had this name.
    pub fn put(&self, id: DataId, data: Arc<DataSet>) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _old = sets.insert(id, data);
    }

    /// Runs that train on it keep it for as long as they need it.
    pub fn forget(&self, id: DataId) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _old = sets.remove(&id);
    }
}

impl DataStore for SharedStore {
    fn get(&self, id: DataId) -> Option<Arc<DataSet>> {
        let sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sets.get(&id).cloned()
    }
}
