//! The Sparse Autoencoder Lab: see the classical sparse autoencoder train, change its settings while it does, and
//! trust every number it shows.

pub mod app;
pub mod cli;
pub mod data;
pub mod io;
pub mod model;
pub mod numerics;
pub mod optim;
pub mod training;
pub mod ui;
