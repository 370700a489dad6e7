use std::cell::RefCell;
use std::fs;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use eksodus::carrier::carry;
use eksodus::eks::aws::{Aws, AwsOptions, ClusterEndpoint, NoEndpoint, OtherAccount, Timeouts};
use eksodus::journal::s3::{S3CredentialSource, S3Credentials, S3Options, S3Runs};
use eksodus::journal::{RunFolders, Runs};
use eksodus::kube::client::{KubeClient, Login};
use eksodus::model::ClusterId;
use eksodus::observe::{ObserveOptions, Patience};
use eksodus::session::SessionError;
use futures_util::future::{BoxFuture, join};

use super::clock::SleepProof;
use super::error::LiveError;
use super::same_server::same_server;
use super::waiting::Waiting;
use super::{Live, test_speed};
use crate::cli::Context;
use crate::cli::args::Global;
use crate::cli::host::Host;
use crate::cli::output::{CliError, in_one_line};

/// Where journals are kept unless `--state` says otherwise.
const STATE: &str = ".eksodus";

impl Live {
    /// To the cluster of this name, in the account and region that the AWS configuration leads to. `asks_rights`: who the
    /// caller is will be needed next, and is asked for at the same time.
    ///
    /// # Errors
    /// When there are no credentials, no such cluster, or a kubeconfig that leads to another one.
    pub fn connect(name: &str, context: &Context<'_>, asks_rights: bool) -> Result<Self, CliError> {
        let (global, host) = (context.global, context.host);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LiveError::Runtime)?;
        let waiting = Rc::new(Waiting::new(global.timeout.map(Duration::from_secs), context.console.aside()));
        let options = options(name, global, host)?;
        let found = runtime.block_on(waiting.look(clients(&options, global, asks_rights, &waiting)));
        let (aws, kube, id, looked_at) = match found {
            Ok(found) => found,
            Err(error) => {
                // a plugin that hangs would be waited for
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let runs = runs(global, host, options, &aws)?;
        Ok(Self {
            runtime,
            aws,
            kube,
            id,
            looked_at,
            options: global.cluster_options(),
            runs,
            identity: host.identity.clone(),
            host: host.identity.rsplit('@').next().unwrap_or_default().to_owned(),
            clock: SleepProof::start(Rc::clone(&waiting)),
            waiting,
            is_locked: true,
            operator: RefCell::default(),
            lease_seen: RefCell::default(),
            aws_auth_seen: RefCell::default(),
            caller: RefCell::default(),
            folder: RefCell::default(),
        })
    }

    #[must_use]
    pub fn locked_unless(mut self, no_lock: bool) -> Self {
        self.is_locked = !no_lock;
        self
    }
}

pub(super) fn options(name: &str, global: &Global, host: &Host) -> Result<AwsOptions, LiveError> {
    let accounts = global.assume_role_for.iter().map(|text| text.parse());
    Ok(AwsOptions {
        cluster: name.to_owned(),
        region: global.region.clone(),
        profile: global.profile.clone(),
        role: global.role_arn.clone(),
        ca_bundle: host.aws_ca_bundle.clone(),
        accounts: accounts.collect::<Result<Vec<OtherAccount>, _>>().map_err(LiveError::OtherAccount)?,
        timeouts: timeouts(global.timeout),
    })
}

/// A server under test is slower than a person's hurry.
fn timeouts(timeout: Option<u64>) -> Timeouts {
    let Timeouts { connect, read, attempt } = Timeouts::default();
    let shorter = |usual| {
        let usual = timeout.map_or(usual, |most| Duration::from_secs(most).min(usual));
        test_speed::waiting(usual * 10).min(usual)
    };
    Timeouts { connect: shorter(connect), read: shorter(read), attempt: shorter(attempt) }
}

async fn clients(
    options: &AwsOptions,
    global: &Global,
    asks_rights: bool,
    waiting: &Rc<Waiting>,
) -> Result<(Aws, KubeClient, ClusterId, ObserveOptions), CliError> {
    let carrier = || Rc::<Waiting>::clone(waiting);
    let aws = Aws::connect(options).await.map_err(LiveError::Aws)?.carried_by(carrier());
    let ahead = async {
        if asks_rights {
            aws.know_caller().await;
        }
    };
    let (eks, ()) = join(endpoint(&aws, waiting), ahead).await;
    let eks = eks.map_err(|error| match error {
        NoEndpoint::Aws(error) => CliError::Session(SessionError::Observe(error.into())),
        foreign => LiveError::from(foreign).into(),
    })?;
    if let Some(named) = global.cluster_arn.as_ref().filter(|named| **named != eks.id) {
        let (named, found) = (named.to_string(), eks.id.to_string());
        return Err(LiveError::OtherCluster { named, found }.into());
    }
    let by_file = global.kubeconfig.is_some() || global.context.is_some();
    let login = match by_file {
        true => Login::Kubeconfig { file: global.kubeconfig.clone(), context: global.context.clone() },
        false => {
            let tokens = Arc::new(aws.tokens());
            Login::Token { endpoint: eks.url.clone(), ca: eks.ca, tokens }
        }
    };
    let connect = KubeClient::connect(login);
    let kube = match by_file {
        true => carry(Some(&**waiting), "the kubeconfig's exec plugin", connect).await,
        false => connect.await,
    };
    let kube = kube.map_err(LiveError::Kube)?.carried_by(carrier());
    let kube = match global.timeout.map(Duration::from_secs) {
        Some(timeout) => kube.with_patience_of_at_most(timeout),
        None => kube,
    };
    if same_server(kube.endpoint(), &eks.url) {
        let looked_at = ObserveOptions { expects_entries: eks.has_entries, ..ObserveOptions::default() };
        return Ok((aws, kube, eks.id, looked_at));
    }
    let kubeconfig = kube.endpoint().to_owned();
    Err(LiveError::OtherServer { cluster: eks.id.to_string(), eks: eks.url, kubeconfig }.into())
}

/// The first call to AWS; a few seconds of patience, for what is wrong for longer is wrong with the machine.
async fn endpoint(aws: &Aws, waiting: &Waiting) -> Result<ClusterEndpoint, NoEndpoint> {
    let backoff = Patience::default().calls;
    let begin = tokio::time::Instant::now();
    let mut attempt = 0;
    loop {
        let is_late = || begin.elapsed() >= waiting.of_a_read();
        match aws.endpoint().await {
            Err(NoEndpoint::Aws(error)) if error.is_retryable() && attempt < 4 && !is_late() => {
                waiting.sleep(test_speed::waiting(backoff.delay(attempt, "endpoint"))).await;
                attempt += 1;
            }
            found => return found,
        }
    }
}

fn runs(global: &Global, host: &Host, options: AwsOptions, aws: &Aws) -> Result<Runs, LiveError> {
    let place = global.state.as_deref().unwrap_or(STATE);
    if !place.starts_with("s3://") {
        return Ok(RunFolders::below(place));
    }
    let ca_bundle = match &host.aws_ca_bundle {
        Some(path) => {
            Some(fs::read(path).map_err(|source| LiveError::CaBundle { path: path.clone(), source })?)
        }
        None => None,
    };
    Ok(Rc::new(S3Runs::connect(S3Options {
        url: place.parse()?,
        region: aws.region().to_owned(),
        endpoint: host.s3_endpoint.clone(),
        fips: host.fips,
        ca_bundle,
        credentials: Arc::new(OfCaller(options)),
    })?))
}

/// What signs the requests of the caller; looked for anew, since S3 is spoken to on a thread of its own.
struct OfCaller(AwsOptions);

impl S3CredentialSource for OfCaller {
    fn credentials(&self) -> BoxFuture<'_, Result<S3Credentials, String>> {
        Box::pin(async {
            let found = Aws::credentials(&self.0).await.map_err(|error| in_one_line(&error))?;
            Ok(S3Credentials {
                access_key_id: found.access_key_id,
                secret_access_key: found.secret_access_key,
                session_token: found.session_token,
                expires: found.expires,
            })
        })
    }
}
