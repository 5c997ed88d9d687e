//! HTTP: parse, call one service function, render.

pub mod assets;
pub mod view;
