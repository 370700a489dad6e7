use std::fmt;
use std::sync::Arc;

use object_store::path::{Path, PathPart};

use super::bucket::Bucket;
use super::error::{S3Error, S3ErrorKind};
use super::store::{S3Store, number_of, object_name};
use super::url::S3Url;
use crate::executor::journal::folder::{BACKUP, PLAN};
use crate::executor::journal::runs::{number, stem};
use crate::executor::journal::{Header, Record};
use crate::model::ClusterId;

/// The folder of the journal's objects.
const JOURNAL: &str = "journal";
/// The folder of the numbers that are taken.
const NUMBERS: &str = ".numbers";

/// The runs under `s3://BUCKET/PREFIX`.
#[derive(Clone)]
pub struct S3Runs {
    bucket: Arc<Bucket>,
}

/// `PREFIX/CLUSTER/RUN/`: `plan.json`, `aws-auth.backup.yaml` and `journal/00000001.jsonl` and so on.
#[derive(Clone)]
pub struct S3Run {
    bucket: Arc<Bucket>,
    path: Path,
    name: String,
}

impl S3Runs {
    pub(super) fn new(bucket: Bucket) -> Self {
        Self { bucket: Arc::new(bucket) }
    }

    pub fn url(&self) -> &S3Url {
        &self.bucket.url
    }

    /// A new run. Its first record comes last: a run without a journal did not begin.
    ///
    /// # Errors
    /// When something of it cannot be written.
    pub fn create(
        &self,
        cluster: &ClusterId,
        plan_digest: &str,
        plan: &str,
        aws_auth: Option<&str>,
    ) -> Result<S3Run, S3Error> {
        let name = format!("{}-{}", stem(plan_digest), self.claim(&cluster.name, plan_digest)?);
        let run = self.run(&cluster.name, name);
        let header = Record::Header(Header::new(plan_digest, cluster.clone(), &run.name));
        let header = serde_json::to_string(&header)
            .map_err(|error| S3ErrorKind::Refused(error.to_string()).at(run.journal_place()))?;
        self.bucket.create(&child(&run.path, PLAN), plan.into())?;
        if let Some(manifest) = aws_auth {
            self.bucket.create(&child(&run.path, BACKUP), manifest.into())?;
        }
        self.bucket.create(&child(&run.journal(), &object_name(1)), format!("{header}\n").into())?;
        Ok(run)
    }

    /// The next number that nobody has, now ours. None is given twice, also when its run is gone: client tokens are
    /// made from the names of runs.
    fn claim(&self, cluster: &str, plan_digest: &str) -> Result<u32, S3Error> {
        const TRIES: usize = 16;
        let numbers = child(&self.of_cluster(cluster), NUMBERS);
        let mut tries = 0;
        loop {
            let taken = self.bucket.objects(&numbers)?;
            let next = taken.iter().filter_map(|name| name.parse::<u32>().ok()).max().unwrap_or(0) + 1;
            tries += 1;
            match self.bucket.create(&child(&numbers, &format!("{next:08}")), plan_digest.into()) {
                Ok(()) => return Ok(next),
                Err(S3Error { kind: S3ErrorKind::Overtaken, .. }) if tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The runs of a cluster, oldest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn list(&self, cluster: &str) -> Result<Vec<S3Run>, S3Error> {
        let mut names = self.bucket.folders(&self.of_cluster(cluster))?;
        names.retain(|name| number(name).is_some());
        names.sort_by_cached_key(|name| (number(name), name.clone()));
        Ok(names.into_iter().map(|name| self.run(cluster, name)).collect())
    }

    /// The run of a URL of it, of its plan, of its journal, or of an object of that; `None` where that is not under
    /// these runs.
    ///
    /// # Errors
    /// When there is no run.
    pub fn open(&self, url: &str) -> Result<Option<S3Run>, S3Error> {
        let base = self.bucket.url.of(&self.base());
        let base = base.trim_end_matches('/');
        let Some(rest) = url.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) else {
            return Ok(None);
        };
        let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        let run = match parts.as_slice() {
            [cluster, name] | [cluster, name, PLAN | JOURNAL] | [cluster, name, JOURNAL, _] => {
                Some(self.run(cluster, (*name).to_owned()))
            }
            _ => None,
        };
        let not_a_run = || S3ErrorKind::NotARun.at(url.to_owned());
        let run = run.filter(|run| number(&run.name).is_some()).ok_or_else(not_a_run)?;
        let there = self.bucket.objects(&run.path)?.iter().any(|name| name == PLAN);
        if there { Ok(Some(run)) } else { Err(not_a_run()) }
    }

    fn base(&self) -> Path {
        self.bucket.url.prefix.split('/').filter(|part| !part.is_empty()).map(PathPart::from).collect()
    }

    fn of_cluster(&self, cluster: &str) -> Path {
        child(&self.base(), cluster)
    }

    fn run(&self, cluster: &str, name: String) -> S3Run {
        S3Run { bucket: Arc::clone(&self.bucket), path: child(&self.of_cluster(cluster), &name), name }
    }
}

impl S3Run {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn place(&self) -> String {
        self.bucket.url.of(&self.path)
    }

    pub fn plan_place(&self) -> String {
        self.bucket.url.of(&child(&self.path, PLAN))
    }

    pub fn journal_place(&self) -> String {
        self.bucket.url.of(&self.journal())
    }

    /// # Errors
    /// When it cannot be read.
    pub fn plan(&self) -> Result<String, S3Error> {
        let missing = || S3ErrorKind::Missing.at(self.plan_place());
        self.text(PLAN)?.ok_or_else(missing)
    }

    /// # Errors
    /// When it is there and cannot be read.
    pub fn backup(&self) -> Result<Option<String>, S3Error> {
        self.text(BACKUP)
    }

    fn text(&self, name: &str) -> Result<Option<String>, S3Error> {
        let key = child(&self.path, name);
        let Some(bytes) = self.bucket.get(&key)? else { return Ok(None) };
        let not_text = |_| S3ErrorKind::NotText.at(self.bucket.url.of(&key));
        String::from_utf8(bytes).map(Some).map_err(not_text)
    }

    /// # Errors
    /// When it cannot be read, or an object is missing between others.
    pub fn journal_bytes(&self) -> Result<Vec<u8>, S3Error> {
        self.store().bytes()
    }

    pub fn store(&self) -> S3Store {
        S3Store::new(Arc::clone(&self.bucket), self.journal())
    }

    /// Its records from the last to the first, so that what is left at any time is a journal; its number stays taken.
    ///
    /// # Errors
    /// When something of it is left.
    pub fn remove(&self) -> Result<(), S3Error> {
        let journal = self.journal();
        let objects = self.bucket.objects(&journal)?;
        for name in objects.iter().rev().filter(|name| number_of(name).is_some()) {
            self.bucket.delete(&child(&journal, name))?;
        }
        for name in [BACKUP, PLAN] {
            self.bucket.delete(&child(&self.path, name))?;
        }
        Ok(())
    }

    fn journal(&self) -> Path {
        child(&self.path, JOURNAL)
    }
}

pub(super) fn child(path: &Path, name: &str) -> Path {
    path.clone().join(name)
}

impl fmt::Debug for S3Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Runs({})", self.bucket.url)
    }
}

impl fmt::Debug for S3Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Run({})", self.place())
    }
}
