use hyper::http::StatusCode;
use serde::{Deserialize, Deserializer};

use super::KubeClient;
use super::exchange::Ask;
use super::url::Url;
use crate::kube::{KubeError, KubeErrorKind};

/// As kubectl asks for.
const LIMIT: &str = "500";
/// How often a list is begun anew when its snapshot is gone.
const STARTS: usize = 3;

/// A list, or a part of it. An answer without `items` is no list.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Page<T> {
    #[serde(default, deserialize_with = "nullable")]
    metadata: ListMeta,
    #[serde(deserialize_with = "nullable")]
    items: Vec<T>,
}

#[derive(Default, Deserialize)]
struct ListMeta {
    #[serde(rename = "continue", default, deserialize_with = "nullable")]
    next: String,
}

/// The API server may write null for what is empty.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl KubeClient {
    /// Every object of a list, page by page, each page made small by `convert` before the next is asked for.
    ///
    /// All pages show one moment. When the server has forgotten it (410 Gone, after some minutes), the list begins anew.
    pub(super) async fn list<T, R>(
        &self,
        operation: &'static str,
        url: Url,
        convert: impl Fn(T) -> R,
    ) -> Result<Vec<R>, KubeError>
    where
        T: for<'de> Deserialize<'de>,
    {
        let fail = |kind, message: &str| KubeError { operation, kind, message: message.to_owned() };
        for _ in 0..STARTS {
            let mut all = Vec::new();
            let mut next = String::new();
            loop {
                let mut page = url.clone().query("limit", LIMIT);
                if !next.is_empty() {
                    page = page.query("continue", &next);
                }
                let answer = self.ask(Ask::get(operation, page)).await?;
                if answer.status == StatusCode::GONE && !next.is_empty() {
                    break;
                }
                let Page { metadata, items } = answer.read::<Page<T>>()?;
                all.extend(items.into_iter().map(&convert));
                if metadata.next.is_empty() {
                    return Ok(all);
                }
                if metadata.next == next {
                    return Err(fail(KubeErrorKind::Server, "the server gives the same page again"));
                }
                next = metadata.next;
            }
        }
        Err(fail(KubeErrorKind::Server, "the list changed too fast to be read to its end"))
    }
}
