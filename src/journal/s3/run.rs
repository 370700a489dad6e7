use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use object_store::path::{Path, PathPart};

use super::bucket::Bucket;
use super::error::{S3Error, S3ErrorKind};
use super::store::{S3Store, number_of, object_name};
use super::url::S3Url;
use crate::journal::folder::{BACKUP, PLAN};
use crate::journal::record::line;
use crate::journal::runs::{KeptRun, LostRun, NewRun, RunStore, RunsError, StoredRun, number, stem, url};
use crate::journal::{RunFolder, RunsLock, Store};
use crate::model::ClusterId;

/// The folder of the journal's objects.
pub(super) const JOURNAL: &str = "journal";
/// The folder of the numbers that a journal has come to.
pub(super) const REACHED: &str = "reached";
/// The folder of the numbers that are taken.
const NUMBERS: &str = ".numbers";
/// Behind the number of a run that was taken away because it did nothing.
const REMOVED: &str = ".removed";

/// The runs under `s3://BUCKET/PREFIX`.
#[derive(Clone)]
pub struct S3Runs {
    bucket: Arc<Bucket>,
}

/// `PREFIX/ACCOUNT/REGION/CLUSTER/RUN/`: `plan.json`, `aws-auth.backup.yaml` and `journal/00000001.jsonl` and so on.
#[derive(Clone)]
pub struct S3Run {
    bucket: Arc<Bucket>,
    of_cluster: Path,
    path: Path,
    name: String,
}

impl S3Runs {
    pub(super) fn new(bucket: Bucket) -> Self {
        Self { bucket: Arc::new(bucket) }
    }

    /// Its first record comes last: a run without a journal did not begin.
    fn create_run(&self, new_run: &NewRun<'_>) -> Result<S3Run, S3Error> {
        let NewRun { cluster, plan_digest, plan, aws_auth, .. } = *new_run;
        let of_cluster = self.of_cluster(cluster);
        let name = format!("{}-{}", stem(plan_digest), self.claim(cluster, plan_digest)?);
        let run = self.run(of_cluster, name);
        let first = line(new_run.stamps, &new_run.header(&run.name))
            .map_err(|error| S3ErrorKind::Refused(error.to_string()).at(run.journal_place()))?;
        self.bucket.create(&child(&run.path, PLAN), plan.into())?;
        if let Some(manifest) = aws_auth {
            self.bucket.create(&child(&run.path, BACKUP), manifest.into())?;
        }
        self.bucket.create(&child(&run.journal(), &object_name(1)), first)?;
        Ok(run)
    }

    /// The next number that nobody has, now ours. None is given twice, also when its run is gone: client tokens are
    /// made from the names of runs.
    fn claim(&self, cluster: &ClusterId, plan_digest: &str) -> Result<u32, S3Error> {
        const TRIES: usize = 16;
        let numbers = child(&self.of_cluster(cluster), NUMBERS);
        let old = self.bucket.objects(&child(&self.of_name(cluster), NUMBERS))?;
        let mut tries = 0;
        loop {
            let taken = self.bucket.objects(&numbers)?;
            let all = taken.iter().chain(&old).filter_map(|name| name.parse::<u32>().ok());
            let next = all.max().unwrap_or(0) + 1;
            tries += 1;
            match self.bucket.create(&child(&numbers, &number_name(next)), plan_digest.into()) {
                Ok(()) => return Ok(next),
                Err(S3Error { kind: S3ErrorKind::Overtaken | S3ErrorKind::Conflict, .. })
                    if tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn list_in(&self, of_cluster: &Path) -> Result<Vec<S3Run>, S3Error> {
        let mut names = self.bucket.folders(of_cluster)?;
        names.retain(|name| number(name).is_some());
        names.sort_by_cached_key(|name| (number(name), name.clone()));
        Ok(names.into_iter().map(|name| self.run(of_cluster.clone(), name)).collect())
    }

    /// Those that have their number, and nothing else any more.
    fn lost_runs(&self, cluster: &ClusterId) -> Result<Vec<LostRun>, S3Error> {
        let of_cluster = self.of_cluster(cluster);
        let taken = self.bucket.objects(&child(&of_cluster, NUMBERS))?;
        let there: BTreeSet<u32> =
            self.list_in(&of_cluster)?.iter().filter_map(|run| number(&run.name)).collect();
        let removed: BTreeSet<&str> = taken.iter().filter_map(|name| name.strip_suffix(REMOVED)).collect();
        let lost = taken.iter().filter(|name| !removed.contains(name.as_str())).filter_map(|name| {
            let number = name.parse().ok().filter(|number| !there.contains(number))?;
            let place = self.bucket.url.of(&child(&child(&of_cluster, NUMBERS), name));
            Some(LostRun { number, place })
        });
        Ok(lost.collect())
    }

    /// The run of a URL of it, of its plan, of its journal, or of an object of that; `None` where that is not under
    /// these runs.
    fn of_url(&self, url: &str) -> Result<Option<S3Run>, S3Error> {
        let base = self.bucket.url.of(&self.base());
        let base = base.trim_end_matches('/');
        let Some(rest) = url.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) else {
            return Ok(None);
        };
        let mut parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        // of the run, of its plan, of its journal, of an object of that
        match parts.as_slice() {
            [.., name, PLAN | JOURNAL] if number(name).is_some() => parts.truncate(parts.len() - 1),
            [.., name, JOURNAL, _] if number(name).is_some() => parts.truncate(parts.len() - 2),
            _ => {}
        }
        let run = match parts.as_slice() {
            [account, region, cluster, name] => Some((vec![*account, *region, *cluster], *name)),
            // as earlier versions kept them
            [cluster, name] => Some((vec![*cluster], *name)),
            _ => None,
        };
        let run = run.map(|(folders, name)| {
            let of_cluster = folders.into_iter().fold(self.base(), |path, folder| child(&path, folder));
            self.run(of_cluster, name.to_owned())
        });
        let not_a_run = || S3ErrorKind::NotARun.at(url.to_owned());
        let run = run.filter(|run| number(&run.name).is_some()).ok_or_else(not_a_run)?;
        // also one that lost its plan: that is told when it is read
        if run.is_there()? { Ok(Some(run)) } else { Err(not_a_run()) }
    }

    fn base(&self) -> Path {
        self.bucket.url.prefix.split('/').filter(|part| !part.is_empty()).map(PathPart::from).collect()
    }

    fn of_cluster(&self, cluster: &ClusterId) -> Path {
        let ClusterId { partition: _, region, account, name } = cluster;
        [account.as_str(), region, name].into_iter().fold(self.base(), |path, part| child(&path, part))
    }

    /// Where earlier versions kept them.
    fn of_name(&self, cluster: &ClusterId) -> Path {
        child(&self.base(), &cluster.name)
    }

    fn run(&self, of_cluster: Path, name: String) -> S3Run {
        let path = child(&of_cluster, &name);
        S3Run { bucket: Arc::clone(&self.bucket), of_cluster, path, name }
    }
}

impl RunStore for S3Runs {
    fn create(&self, new_run: &NewRun<'_>) -> Result<KeptRun, RunsError> {
        Ok(Rc::new(self.create_run(new_run)?))
    }

    fn list(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        Ok(kept(self.list_in(&self.of_cluster(cluster))?))
    }

    fn list_old(&self, cluster: &ClusterId) -> Result<Vec<KeptRun>, RunsError> {
        let mut old = Vec::new();
        for run in self.list_in(&self.of_name(cluster))? {
            // a cluster that is named like an account has regions in its folder, and `eu-west-1` is named like a run
            if run.is_there()? {
                old.push(run);
            }
        }
        Ok(kept(old))
    }

    fn lost(&self, cluster: &ClusterId) -> Result<Vec<LostRun>, RunsError> {
        Ok(self.lost_runs(cluster)?)
    }

    fn place_of(&self, cluster: &ClusterId) -> String {
        self.bucket.url.of(&self.of_cluster(cluster))
    }

    fn open(&self, at: &std::path::Path) -> Result<KeptRun, RunsError> {
        let Some(url) = url(at) else { return Ok(Rc::new(RunFolder::open(at)?)) };
        match self.of_url(url)? {
            Some(run) => Ok(Rc::new(run)),
            None => Err(RunsError::Elsewhere { at: url.to_owned(), runs: self.place() }),
        }
    }

    fn hold(&self, _: &ClusterId) -> Result<Option<RunsLock>, RunsError> {
        Ok(None)
    }

    fn bucket(&self) -> Option<(&str, &str)> {
        let S3Url { bucket, prefix, region: _ } = &self.bucket.url;
        Some((bucket, prefix))
    }

    fn place(&self) -> String {
        self.bucket.url.to_string()
    }
}

fn kept(runs: Vec<S3Run>) -> Vec<KeptRun> {
    runs.into_iter().map(|run| Rc::new(run) as KeptRun).collect()
}

impl S3Run {
    fn is_there(&self) -> Result<bool, S3Error> {
        Ok(!self.bucket.objects(&self.path)?.is_empty() || !self.bucket.objects(&self.journal())?.is_empty())
    }

    fn text(&self, name: &str) -> Result<Option<String>, S3Error> {
        let key = child(&self.path, name);
        let Some(bytes) = self.bucket.get(&key)? else { return Ok(None) };
        let not_text = |_| S3ErrorKind::NotText.at(self.bucket.url.of(&key));
        String::from_utf8(bytes).map(Some).map_err(not_text)
    }

    fn journal(&self) -> Path {
        child(&self.path, JOURNAL)
    }

    fn s3_store(&self) -> S3Store {
        S3Store::new(Arc::clone(&self.bucket), self.path.clone())
    }

    /// Its records from the last to the first, so that what is left at any time is a journal; its number stays taken.
    fn delete(&self) -> Result<(), S3Error> {
        if let Some(number) = self.number() {
            let removed = format!("{}{REMOVED}", number_name(number));
            match self.bucket.create(&child(&child(&self.of_cluster, NUMBERS), &removed), Vec::new()) {
                Err(error) if error.kind != S3ErrorKind::Overtaken => return Err(error),
                _ => {}
            }
        }
        let reached = child(&self.path, REACHED);
        for name in self.bucket.objects(&reached)? {
            self.bucket.delete(&child(&reached, &name))?;
        }
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
}

impl StoredRun for S3Run {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_made_at_once(&self) -> bool {
        false
    }

    fn place(&self) -> String {
        self.bucket.url.of(&self.path)
    }

    fn plan_place(&self) -> String {
        self.bucket.url.of(&child(&self.path, PLAN))
    }

    fn journal_place(&self) -> String {
        self.bucket.url.of(&self.journal())
    }

    fn plan(&self) -> Result<String, RunsError> {
        let missing = || S3ErrorKind::Missing.at(self.plan_place());
        Ok(self.text(PLAN)?.ok_or_else(missing)?)
    }

    fn backup(&self) -> Result<Option<String>, RunsError> {
        Ok(self.text(BACKUP)?)
    }

    fn journal_bytes(&self) -> Result<Vec<u8>, RunsError> {
        Ok(self.s3_store().bytes()?)
    }

    fn store(&self) -> Result<Box<dyn Store>, RunsError> {
        Ok(Box::new(self.s3_store()))
    }

    fn remove(&self) -> Result<(), RunsError> {
        Ok(self.delete()?)
    }
}

fn number_name(number: u32) -> String {
    format!("{number:08}")
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
