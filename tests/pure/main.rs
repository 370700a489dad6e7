//! From text to plan to page: values in, values out, no world.

mod access;
mod corpus;
mod decisions_schema;
mod export;
#[path = "../kit/mod.rs"]
mod kit;
mod lint;
mod parity;
mod planner;
mod rbac;
mod reader;
mod render;
mod replay;
mod schemas;
