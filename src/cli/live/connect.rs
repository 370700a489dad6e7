use std::sync::Arc;
use std::time::Instant;

use eksodus::eks::aws::{Aws, AwsOptions, OtherAccount, Timeouts};
use eksodus::kube::client::{KubeClient, Login};

use super::Live;
use super::same_server::same_server;
use crate::cli::args::Global;
use crate::cli::error::CliError;
use crate::cli::host::Host;

impl Live {
    /// To the cluster of this name, in the account and region that the AWS configuration leads to.
    ///
    /// # Errors
    /// When there are no credentials, no such cluster, or a kubeconfig that leads to another one.
    #[expect(clippy::disallowed_methods, reason = "where the monotonic clock of this cluster begins")]
    pub fn connect(name: &str, global: &Global, host: &Host) -> Result<Self, CliError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CliError::Runtime)?;
        let accounts = global.assume_role_for.iter().map(|text| text.parse());
        let accounts: Vec<OtherAccount> =
            accounts.collect::<Result<_, _>>().map_err(CliError::OtherAccount)?;
        let options = AwsOptions {
            cluster: name.to_owned(),
            region: global.region.clone(),
            profile: global.profile.clone(),
            ca_bundle: host.aws_ca_bundle.clone(),
            accounts,
            timeouts: Timeouts::default(),
        };
        let (aws, kube, id) = runtime.block_on(async {
            let aws = Aws::connect(&options).await.map_err(CliError::Aws)?;
            let eks = aws.endpoint().await.map_err(|error| CliError::Observe(error.into()))?;
            let by_file = global.kubeconfig.is_some() || global.context.is_some();
            let login = match by_file {
                true => {
                    Login::Kubeconfig { file: global.kubeconfig.clone(), context: global.context.clone() }
                }
                false => {
                    let tokens = Arc::new(aws.tokens());
                    Login::Token { endpoint: eks.url.clone(), ca: eks.ca.clone(), tokens }
                }
            };
            let kube = KubeClient::connect(login).await.map_err(CliError::Kube)?;
            if !same_server(kube.endpoint(), &eks.url) {
                return Err(CliError::OtherServer {
                    cluster: eks.id.to_string(),
                    eks: eks.url,
                    kubeconfig: kube.endpoint().to_owned(),
                });
            }
            Ok((aws, kube, eks.id))
        })?;
        let options = global.cluster_options();
        Ok(Self { runtime, aws, kube, id, options, started: Instant::now() })
    }
}
