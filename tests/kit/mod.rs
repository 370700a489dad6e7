//! What the test binaries share. Each takes the whole kit, and uses a part of it.

#![allow(dead_code, reason = "no binary uses all of it")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

pub mod cluster;
pub mod clusters;
pub mod markup;
pub mod pages;
#[cfg(unix)]
pub mod played;
#[cfg(unix)]
pub mod scenes;
pub mod schemas;
pub mod seen;
