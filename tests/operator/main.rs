//! One operator at a time: the Lease, on a server and clocks of the test.

mod keeping;
mod taking;
mod world;
