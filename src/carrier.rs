//! What carries the calls of a live cluster: it sees each of them, may tell what is waited for, and give it up.

use std::fmt::Display;

use futures_util::future::LocalBoxFuture;

pub trait Carrier {
    /// Drives one call, which ends in the reason where nobody answered.
    ///
    /// # Errors
    /// Why it was given up before it ended.
    fn carry<'c>(
        &'c self,
        operation: &'static str,
        call: LocalBoxFuture<'c, Option<String>>,
    ) -> LocalBoxFuture<'c, Result<(), String>>;
}

/// What a call that is carried may end in.
pub trait CallError: Display {
    fn given_up(operation: &'static str, why: String) -> Self;
    /// Nobody answered, or only to say that the call may be made again.
    fn is_no_answer(&self) -> bool;
}

/// One try of a call, by itself where there is no carrier. Boxed at once: the futures of the AWS clients are large, and
/// would be part of every future that waits for one.
pub fn carry<'c, T: 'c, E: CallError + 'c>(
    carrier: Option<&'c dyn Carrier>,
    operation: &'static str,
    call: impl Future<Output = Result<T, E>> + 'c,
) -> LocalBoxFuture<'c, Result<T, E>> {
    let Some(carrier) = carrier else { return Box::pin(call) };
    Box::pin(async move {
        let mut answer = None;
        let call = async {
            let ended = answer.insert(call.await);
            ended.as_ref().err().filter(|error| error.is_no_answer()).map(ToString::to_string)
        };
        let carried = carrier.carry(operation, Box::pin(call)).await;
        answer.unwrap_or_else(|| Err(E::given_up(operation, carried.err().unwrap_or_default())))
    })
}
