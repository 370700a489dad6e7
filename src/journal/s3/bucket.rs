use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
};
use tokio::time::error::Elapsed;

use super::S3ErrorKind;
use super::error::S3Error;
use super::url::S3Url;
use super::worker::Worker;

/// Of the metadata of each object: who made it.
const WRITER: &str = "eksodus-writer";
/// All tries of one call together. Well below what a Lease lasts: no call is made that is not written down.
const WITHIN: Duration = Duration::from_secs(12);
/// Reading a whole journal is many calls.
const READ_WITHIN: Duration = Duration::from_secs(120);
const AT_ONCE: usize = 16;
/// Each of them is tried again by the store.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// The objects of a bucket, each made once and never changed.
#[derive(Debug)]
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    worker: Worker,
    pub url: S3Url,
    /// Names this process, so that an object it made is known again when the answer was lost.
    writer: String,
}

impl Bucket {
    pub fn new(store: Arc<dyn ObjectStore>, worker: Worker, url: S3Url, writer: String) -> Self {
        Self { store, worker, url, writer }
    }

    /// Fails with [`S3ErrorKind::Overtaken`] when somebody else made it before.
    pub fn create(&self, key: &Path, bytes: Vec<u8>) -> Result<(), S3Error> {
        self.wait(key, WITHIN, self.creation(key, bytes))
    }

    /// The same, while other futures of the caller's task go on.
    pub async fn create_later(&self, key: &Path, bytes: Vec<u8>) -> Result<(), S3Error> {
        let call = self.creation(key, bytes);
        let answer = self.worker.ask(move || async move { tokio::time::timeout(WITHIN, call()).await }).await;
        self.answered(key, WITHIN, answer)
    }

    fn creation(
        &self,
        key: &Path,
        bytes: Vec<u8>,
    ) -> impl FnOnce() -> LocalBoxFuture<'static, Result<(), S3ErrorKind>> + Send + use<> {
        let (store, to, writer) = (Arc::clone(&self.store), key.clone(), self.writer.clone());
        move || Box::pin(async move { create(&*store, &to, bytes, writer).await })
    }

    /// `None`: there is no such object.
    pub fn get(&self, key: &Path) -> Result<Option<Vec<u8>>, S3Error> {
        let (store, from) = (Arc::clone(&self.store), key.clone());
        let got = self
            .wait(key, WITHIN, move || async move { patiently(async || get(&*store, &from).await).await });
        match got {
            Err(S3Error { kind: S3ErrorKind::Missing, .. }) => Ok(None),
            got => got.map(|it| Some(it.bytes)),
        }
    }

    /// Their bytes one behind the other.
    pub fn get_all(&self, under: &Path, keys: Vec<Path>) -> Result<Vec<u8>, S3Error> {
        let store = Arc::clone(&self.store);
        self.wait(under, READ_WITHIN, move || async move {
            let each = keys.into_iter().map(|key| {
                let store = Arc::clone(&store);
                patiently(async move || get(&*store, &key).await)
            });
            let objects: Vec<Object> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
            Ok(objects.into_iter().flat_map(|object| object.bytes).collect())
        })
    }

    /// Names of the objects right under it, sorted.
    pub fn objects(&self, under: &Path) -> Result<Vec<String>, S3Error> {
        self.names(under).map(|[objects, _]| objects)
    }

    /// Names of the folders right under it, sorted.
    pub fn folders(&self, under: &Path) -> Result<Vec<String>, S3Error> {
        self.names(under).map(|[_, folders]| folders)
    }

    fn names(&self, under: &Path) -> Result<[Vec<String>; 2], S3Error> {
        let (store, prefix) = (Arc::clone(&self.store), under.clone());
        let listed = self.wait(under, READ_WITHIN, move || async move {
            patiently(async || Ok(store.list_with_delimiter(Some(&prefix)).await?)).await
        })?;
        let name = |path: &Path| path.filename().map(str::to_owned);
        let mut names = [
            listed.objects.iter().filter_map(|object| name(&object.location)).collect::<Vec<_>>(),
            listed.common_prefixes.iter().filter_map(name).collect(),
        ];
        names.iter_mut().for_each(|names| names.sort_unstable());
        Ok(names)
    }

    pub fn delete(&self, key: &Path) -> Result<(), S3Error> {
        let (store, gone) = (Arc::clone(&self.store), key.clone());
        self.wait(
            key,
            WITHIN,
            move || async move { patiently(async || Ok(store.delete(&gone).await?)).await },
        )
    }

    fn wait<T, F>(
        &self,
        key: &Path,
        within: Duration,
        call: impl FnOnce() -> F + Send + 'static,
    ) -> Result<T, S3Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, S3ErrorKind>> + 'static,
    {
        let answer = self.worker.wait(move || async move { tokio::time::timeout(within, call()).await });
        self.answered(key, within, answer)
    }

    fn answered<T>(
        &self,
        key: &Path,
        within: Duration,
        answer: Option<Result<Result<T, S3ErrorKind>, Elapsed>>,
    ) -> Result<T, S3Error> {
        let answer = match answer {
            Some(Ok(answer)) => answer,
            Some(Err(_)) => {
                Err(S3ErrorKind::Unreachable(format!("nothing came within {} seconds", within.as_secs())))
            }
            None => Err(S3ErrorKind::Unreachable("the thread that makes the calls is gone".to_owned())),
        };
        answer.map_err(|kind| kind.at(self.url.of(key)))
    }
}

struct Object {
    bytes: Vec<u8>,
    writer: Option<String>,
}

async fn get(store: &dyn ObjectStore, key: &Path) -> Result<Object, S3ErrorKind> {
    let got = store.get(key).await?;
    let writer =
        got.attributes.get(&Attribute::Metadata(WRITER.into())).map(|writer| writer.as_ref().to_owned());
    Ok(Object { bytes: got.bytes().await?.to_vec(), writer })
}

/// A call that may be made again, once more than the store itself does.
async fn patiently<T>(call: impl AsyncFn() -> Result<T, S3ErrorKind>) -> Result<T, S3ErrorKind> {
    for _ in 1..TRIES {
        match call().await {
            Err(S3ErrorKind::Unreachable(_)) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    call().await
}

/// Makes an object that is not there yet. The store repeats a call that failed in a way that may pass, so an object
/// that is there already, or an answer that never came, may be of this very call: the object is read, and compared.
async fn create(
    store: &dyn ObjectStore,
    key: &Path,
    bytes: Vec<u8>,
    writer: String,
) -> Result<(), S3ErrorKind> {
    let payload = PutPayload::from(bytes.clone());
    let mut tries = 1;
    loop {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::Metadata(WRITER.into()), writer.clone().into());
        let options = PutOptions { mode: PutMode::Create, attributes, ..PutOptions::default() };
        let Err(error) = store.put_opts(key, payload.clone(), options).await else { return Ok(()) };
        let kind = S3ErrorKind::from(error);
        if !matches!(kind, S3ErrorKind::Overtaken | S3ErrorKind::Conflict | S3ErrorKind::Unreachable(_)) {
            return Err(kind);
        }
        match get(store, key).await {
            Ok(found) if found.writer.as_ref() == Some(&writer) && found.bytes == bytes => return Ok(()),
            Ok(_) => return Err(S3ErrorKind::Overtaken),
            // nothing is there: a conflict that has passed, or a call that did not arrive
            Err(S3ErrorKind::Missing | S3ErrorKind::Unreachable(_)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(S3ErrorKind::Missing) => return Err(kind),
            Err(error) => return Err(error),
        }
    }
}
