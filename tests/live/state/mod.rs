//! Journals on S3, and one operator at a time, on real servers.

mod bucket;
mod cli;
mod lease;
mod resume;
mod runs;
mod trouble;
