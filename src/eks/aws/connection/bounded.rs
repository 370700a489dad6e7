//! How much of an answer is read.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// Of IAM and STS: pages of 1,000 roles of at most some 15 KiB, with trust policies percent-encoded (IAM quotas). Of CloudWatch
/// Logs: pages of 10,000 events or 1 MB, which escapes and what stands around each may make six times as long.
const LONGEST_OF_POST: usize = 32 << 20;
/// Of EKS and of those who give credentials: pages of 100 names.
const LONGEST: usize = 4 << 20;

/// Reads no answer that is longer than its service gives: not those of credential providers either.
#[derive(Debug)]
pub(in crate::eks::aws) struct Bounded(pub SharedHttpConnector);

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // the query protocol and AWS JSON have one address, and ask in the body
        let is_post = request.method() == "POST" && request.uri().split('/').skip(3).all(str::is_empty);
        let longest = if is_post { LONGEST_OF_POST } else { LONGEST };
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let bounded = |body| SdkBody::from_body_1_x(Limited::new(body, longest));
            Ok(answer.await?.map(bounded))
        })
    }
}
