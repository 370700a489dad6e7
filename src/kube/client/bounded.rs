//! How much of an answer is read.

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Bytes;
use kube::client::Body;

use super::error;
use crate::kube::{KubeError, KubeErrorKind};
use crate::network;

/// etcd keeps objects of at most 1.5 MiB, which JSON may spell somewhat longer; a ConfigMap has 1 MiB (Kubernetes
/// documentation, "ConfigMaps").
pub(super) const LONGEST_OBJECT: usize = 8 << 20;
/// 500 objects, most of them of a few KiB.
pub(super) const LONGEST_PAGE: usize = 32 << 20;

/// The whole body, of so many bytes at most.
pub(super) async fn bounded(operation: &'static str, body: Body, longest: usize) -> Result<Bytes, KubeError> {
    let fail = |kind, message| KubeError { operation, kind, message };
    let body = Limited::new(body, longest).collect().await.map_err(|cause| {
        if network::is_too_long(&*cause) {
            let longest = network::mebibytes(longest);
            let message = format!("the answer is longer than {longest}, too long to be from an API server");
            return fail(KubeErrorKind::Unanswered, message);
        }
        match cause.downcast::<kube::Error>() {
            Ok(cause) => error::lost(operation, &cause),
            Err(cause) => fail(KubeErrorKind::Transport, cause.to_string()),
        }
    })?;
    Ok(body.to_bytes())
}
