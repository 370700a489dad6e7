use hyper::http::StatusCode;
use serde::{Deserialize, Deserializer};

use super::KubeClient;
use super::exchange::Ask;
use super::url::Url;
use crate::kube::{KubeError, KubeErrorKind};
use crate::network;

/// As kubectl asks for.
const LIMIT: &str = "500";
/// How often a list is begun anew when its snapshot is gone.
const STARTS: usize = 3;
/// Of one list: some 200,000 objects where pages are full. No cluster that works has so many of a kind.
const PAGES: usize = 400;
/// Of one list, as it travels: etcd itself holds 8 GiB at most, of everything.
const LONGEST_LIST: usize = 1 << 30;

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
        'start: for _ in 0..STARTS {
            let mut all = Vec::new();
            let mut next = String::new();
            let mut bytes = 0;
            for _ in 0..PAGES {
                let mut page = url.clone().query("limit", LIMIT);
                if !next.is_empty() {
                    page = page.query("continue", &next);
                }
                let answer = self.ask(Ask::page(operation, page)).await?;
                if answer.status == StatusCode::GONE && !next.is_empty() {
                    continue 'start;
                }
                bytes += answer.length();
                if bytes > LONGEST_LIST {
                    let longest = network::mebibytes(LONGEST_LIST);
                    return Err(fail(
                        KubeErrorKind::Unanswered,
                        &format!("the list is longer than {longest}"),
                    ));
                }
                let Page { metadata, items } = answer.read::<Page<T>>()?;
                all.extend(items.into_iter().map(&convert));
                if metadata.next.is_empty() {
                    return Ok(all);
                }
                if metadata.next == next {
                    return Err(fail(KubeErrorKind::Server, "the API server returned the same page twice"));
                }
                next = metadata.next;
            }
            let message = format!("the list does not end: {} objects in {PAGES} pages", all.len());
            return Err(fail(KubeErrorKind::Unanswered, &message));
        }
        Err(fail(KubeErrorKind::Server, "the list changed too fast to be read to its end"))
    }
}
