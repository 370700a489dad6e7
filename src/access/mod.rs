//! Questions about access, asked of both sides of a plan: what somebody may do and by what, whether they may make one request,
//! and who may make it.
//!
//! [`Sides`] is what is asked: everybody whom a plan is about, and the roles and bindings before and after it. Each way to
//! authenticate is a [`Login`]; an [`Answer`] says by what a request is allowed, or why nobody can tell. Unknown is never no.

mod answer;
pub mod assertions;
mod dangerous;
mod explain;
mod login;
mod near;
mod near_words;
mod node;
pub mod replay;
mod request;
mod resources;
mod roll;
mod sides;
mod who_can;

pub use answer::Answer;
pub use dangerous::{Danger, DangerScope};
pub use explain::{Answered, Explained, Held, Side, When};
pub use login::Login;
pub use near::{NearMiss, NearMissKind};
pub use near_words::near;
pub use request::{Reading, Request, RequestError, Taken, read_request};
pub use roll::{Roll, Who};
pub use sides::Sides;
pub use who_can::{Asked, Change, Counts, Row, WhoCan};
