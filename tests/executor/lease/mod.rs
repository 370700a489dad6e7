//! One operator at a time: the Lease, on a server and clocks of the test.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

mod keeping;
mod taking;
mod world;
