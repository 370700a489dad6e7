//! The adapter to AWS, on ministack for what it has, and on recorded answers for what no server gives on demand.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

mod entries;
mod environment;
mod errors;
mod iam;
mod lists;
mod logs;
mod others;
pub mod recorded;
mod rights;
mod tls;
mod tokens;

use std::future::Future;

use aws_config::ConfigLoader;
use aws_credential_types::Credentials;
use eksodus::eks::aws::{Aws, AwsOptions};

/// A caller of this account on the server at this address, whatever the surroundings say.
fn caller(url: &str, account: &str) -> ConfigLoader {
    Aws::defaults()
        .endpoint_url(url)
        .credentials_provider(Credentials::new(account, "test", None, None, "tests"))
}

fn options(cluster: &str, region: &str) -> AwsOptions {
    AwsOptions { cluster: cluster.to_owned(), region: Some(region.to_owned()), ..AwsOptions::default() }
}

/// The adapter as such a caller, in us-east-1.
pub async fn aws(url: &str, account: &str, cluster: &str) -> Aws {
    Aws::connect_with(caller(url, account), &options(cluster, "us-east-1")).await.expect("it connects")
}

pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test)
}

/// The AWS clients themselves, to make what the adapter only reads.
async fn sdk(url: &str, account: &str, region: &'static str) -> aws_types::SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
            aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
        ))
        .build_https();
    caller(url, account).region(region).http_client(http).load().await
}

/// A cluster that ministack knows.
async fn create_cluster(url: &str, account: &str, region: &'static str, name: &str) {
    use aws_sdk_eks::types::{AuthenticationMode, CreateAccessConfigRequest, VpcConfigRequest};
    let access =
        CreateAccessConfigRequest::builder().authentication_mode(AuthenticationMode::ApiAndConfigMap).build();
    aws_sdk_eks::Client::new(&sdk(url, account, region).await)
        .create_cluster()
        .name(name)
        .role_arn(format!("arn:aws:iam::{account}:role/cluster"))
        .resources_vpc_config(VpcConfigRequest::builder().subnet_ids("subnet-1").build())
        .access_config(access)
        .send()
        .await
        .expect("a cluster");
}
