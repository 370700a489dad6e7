use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses answers of IAM and STS that were cut: the SDK reads half an XML document as a shorter list, and what is missing
/// from a list would be taken for what does not exist.
#[derive(Debug, Clone, Copy)]
pub(super) struct WholeAnswers;

#[derive(Debug, thiserror::Error)]
#[error("the answer is incomplete")]
struct Cut;

#[dyn_dispatch_hint]
impl Intercept for WholeAnswers {
    fn name(&self) -> &'static str {
        "WholeAnswers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        // one that could not be read to its end is an error already, and has a better reason
        let Some(body) = response.body().bytes() else { return Ok(()) };
        if response.status().is_success() && !is_whole(body) { Err(Cut.into()) } else { Ok(()) }
    }
}

/// Answers of the query protocol end with `</…Response>`.
fn is_whole(body: &[u8]) -> bool {
    let body = body.trim_ascii_end();
    let tag = body.rsplit(|byte| *byte == b'<').next().unwrap_or_default();
    tag.starts_with(b"/") && tag.ends_with(b"Response>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_ends_with_its_own_tag() {
        let whole =
            "<ListRolesResponse><ListRolesResult><Roles></Roles></ListRolesResult></ListRolesResponse>\n";
        assert!(is_whole(whole.as_bytes()));
        for end in 0..whole.len() - 2 {
            assert!(!is_whole(&whole.as_bytes()[..end]), "{}", &whole[..end]);
        }
    }
}
