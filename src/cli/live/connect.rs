use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use eksodus::eks::AwsError;
use eksodus::eks::aws::{Aws, AwsOptions, ClusterEndpoint, OtherAccount, Timeouts};
use eksodus::executor::Patience;
use eksodus::executor::journal::Runs;
use eksodus::executor::journal::s3::{S3CredentialSource, S3Credentials, S3Options, S3Runs};
use eksodus::kube::client::{KubeClient, Login};
use eksodus::model::ClusterId;
use futures_util::future::BoxFuture;

use super::Live;
use super::clock::SleepProof;
use super::error::LiveError;
use super::same_server::same_server;
use crate::cli::Context;
use crate::cli::args::Global;
use crate::cli::error::{CliError, in_one_line};
use crate::cli::haste;
use crate::cli::host::Host;

/// Where journals are kept unless `--state` says otherwise.
const STATE: &str = ".eksodus";

impl Live {
    /// To the cluster of this name, in the account and region that the AWS configuration leads to.
    ///
    /// # Errors
    /// When there are no credentials, no such cluster, or a kubeconfig that leads to another one.
    pub fn connect(name: &str, context: &Context<'_>) -> Result<Self, CliError> {
        let (global, host) = (context.global, context.host);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LiveError::Runtime)?;
        let options = options(name, global, host)?;
        let (aws, kube, id) = runtime.block_on(clients(&options, global))?;
        let runs = runs(global, host, options, &aws)?;
        Ok(Self {
            runtime,
            aws,
            kube,
            id,
            options: global.cluster_options(),
            runs,
            identity: host.identity.clone(),
            host: host.identity.rsplit('@').next().unwrap_or_default().to_owned(),
            clock: SleepProof::start(),
            is_locked: true,
            operator: RefCell::default(),
            folder: RefCell::default(),
        })
    }

    #[must_use]
    pub fn locked_unless(mut self, no_lock: bool) -> Self {
        self.is_locked = !no_lock;
        self
    }
}

fn options(name: &str, global: &Global, host: &Host) -> Result<AwsOptions, LiveError> {
    let accounts = global.assume_role_for.iter().map(|text| text.parse());
    Ok(AwsOptions {
        cluster: name.to_owned(),
        region: global.region.clone(),
        profile: global.profile.clone(),
        ca_bundle: host.aws_ca_bundle.clone(),
        accounts: accounts.collect::<Result<Vec<OtherAccount>, _>>().map_err(LiveError::OtherAccount)?,
        timeouts: timeouts(),
    })
}

/// A server under test is slower than a person's hurry.
fn timeouts() -> Timeouts {
    let Timeouts { connect, read, attempt } = Timeouts::default();
    let shorter = |usual| haste::waiting(usual * 10).min(usual);
    Timeouts { connect: shorter(connect), read: shorter(read), attempt: shorter(attempt) }
}

async fn clients(options: &AwsOptions, global: &Global) -> Result<(Aws, KubeClient, ClusterId), CliError> {
    let aws = Aws::connect(options).await.map_err(LiveError::Aws)?;
    let eks = endpoint(&aws).await.map_err(|error| CliError::Observe(error.into()))?;
    let by_file = global.kubeconfig.is_some() || global.context.is_some();
    let login = match by_file {
        true => Login::Kubeconfig { file: global.kubeconfig.clone(), context: global.context.clone() },
        false => {
            let tokens = Arc::new(aws.tokens());
            Login::Token { endpoint: eks.url.clone(), ca: eks.ca, tokens }
        }
    };
    let kube = KubeClient::connect(login).await.map_err(LiveError::Kube)?;
    if same_server(kube.endpoint(), &eks.url) {
        return Ok((aws, kube, eks.id));
    }
    let kubeconfig = kube.endpoint().to_owned();
    Err(LiveError::OtherServer { cluster: eks.id.to_string(), eks: eks.url, kubeconfig }.into())
}

/// The first call to AWS; a few seconds of patience, for what is wrong for longer is wrong with the machine.
async fn endpoint(aws: &Aws) -> Result<ClusterEndpoint, AwsError> {
    let backoff = Patience::default().calls;
    let mut attempt = 0;
    loop {
        match aws.endpoint().await {
            Err(error) if error.is_retryable() && attempt < 4 => {
                tokio::time::sleep(haste::waiting(backoff.delay(attempt, "endpoint"))).await;
                attempt += 1;
            }
            found => return found,
        }
    }
}

fn runs(global: &Global, host: &Host, options: AwsOptions, aws: &Aws) -> Result<Runs, LiveError> {
    let place = global.state.as_deref().unwrap_or(STATE);
    if !place.starts_with("s3://") {
        return Ok(Runs::Folder(PathBuf::from(place)));
    }
    let ca_bundle = match &host.aws_ca_bundle {
        Some(path) => {
            Some(fs::read(path).map_err(|source| LiveError::CaBundle { path: path.clone(), source })?)
        }
        None => None,
    };
    Ok(Runs::S3(S3Runs::connect(S3Options {
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
