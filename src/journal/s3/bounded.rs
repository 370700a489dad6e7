use std::pin::Pin;

use http_body_util::{BodyExt as _, Limited};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService, ReqwestConnector,
};

/// A record is some KiB, a plan of a large cluster some MiB, a page of names less than one.
const LONGEST: usize = 64 << 20;

/// Reads no answer that is longer than [`LONGEST`].
#[derive(Debug, Default)]
pub(super) struct BoundedConnector(ReqwestConnector);

#[derive(Debug)]
struct BoundedClient(HttpClient);

#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {} MiB", LONGEST >> 20)]
struct TooLong;

impl HttpConnector for BoundedConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(BoundedClient(self.0.connect(options)?)))
    }
}

impl HttpService for BoundedClient {
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async {
            let answer = self.0.execute(request).await?;
            let bounded = |body| {
                Limited::new(body, LONGEST).map_err(|cause| match cause.downcast() {
                    Ok(cause) => *cause,
                    Err(_) => HttpError::new(HttpErrorKind::Decode, TooLong),
                })
            };
            Ok(answer.map(|body| HttpResponseBody::new(bounded(body))))
        })
    }
}
