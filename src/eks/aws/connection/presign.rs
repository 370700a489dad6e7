//! A GetCallerIdentity request that is signed here and sent by the Kubernetes server: the token of aws-iam-authenticator
//! and of `aws eks get-token`.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_types::base64;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::network::percent_encode;

const PREFIX: &str = "k8s-aws-v1.";
const CLUSTER_HEADER: &str = "x-k8s-aws-id";

/// What the request says of itself, as others say it; the server takes it for 15 minutes from its date.
const EXPIRES: Duration = Duration::from_secs(60);

/// # Errors
/// In words that hold no part of the request.
pub(in crate::eks::aws) async fn token(
    config: &SdkConfig,
    credentials: &Credentials,
    cluster: &str,
    now: SystemTime,
) -> Result<String, String> {
    let region = config.region().ok_or("no region is set")?.as_ref();
    let endpoint = endpoint(config, region).await?;
    let url = format!("{}/?Action=GetCallerIdentity&Version=2011-06-15", endpoint.trim_end_matches('/'));
    let url = presigned(url, credentials, region, cluster, now)?;
    let encoded = base64::encode(url).replace('+', "-").replace('/', "_");
    Ok(format!("{PREFIX}{}", encoded.trim_end_matches('=')))
}

/// The regional endpoint of STS in its partition, or what the configuration names in its place.
async fn endpoint(config: &SdkConfig, region: &str) -> Result<String, String> {
    let key = ServiceConfigKey::builder().service_id("STS").env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let key = key.build().map_err(|error| error.to_string())?;
    let named = config.service_config().and_then(|configured| configured.load_config(key));
    let params = Params::builder()
        .region(region)
        .use_fips(config.use_fips().unwrap_or_default())
        .use_dual_stack(config.use_dual_stack().unwrap_or_default())
        .use_global_endpoint(false)
        .set_endpoint(named.or_else(|| config.endpoint_url().map(str::to_owned)))
        .build()
        .map_err(|error| error.to_string())?;
    let resolver = DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&params).await.map_err(|error| error.to_string())?;
    Ok(endpoint.url().to_owned())
}

fn presigned(
    mut url: String,
    credentials: &Credentials,
    region: &str,
    cluster: &str,
    now: SystemTime,
) -> Result<String, String> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?;
    let headers = [(CLUSTER_HEADER, cluster)].into_iter();
    let request = SignableRequest::new("GET", url.clone(), headers, SignableBody::empty());
    let request = request.map_err(|error| error.to_string())?;
    let (instructions, _) = sign(request, &params.into()).map_err(|error| error.to_string())?.into_parts();
    for (name, value) in instructions.params() {
        url.push('&');
        url.push_str(name);
        url.push('=');
        percent_encode(&mut url, value);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use aws_types::region::Region;

    use super::*;

    fn config(region: &'static str) -> aws_types::sdk_config::Builder {
        SdkConfig::builder().region(Region::new(region))
    }

    fn url_of(config: &SdkConfig) -> String {
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "secret/of+mine",
            Some("session/token+=".to_owned()),
            None,
            "test",
        );
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_715_000_000);
        let token = pollster::block_on(token(config, &credentials, "prod_1", now)).unwrap();
        let encoded = token.strip_prefix("k8s-aws-v1.").unwrap();
        assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{encoded}");
        let mut padded = encoded.replace('-', "+").replace('_', "/");
        while !padded.len().is_multiple_of(4) {
            padded.push('=');
        }
        String::from_utf8(base64::decode(padded).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_a_signed_request_that_names_the_cluster() {
        let url = url_of(&config("eu-west-1").build());
        let (host, query) = url.split_once("/?").unwrap();
        assert_eq!(host, "https://sts.eu-west-1.amazonaws.com");
        let mut fields: Vec<&str> = query.split('&').collect();
        let signature = fields.iter().position(|field| field.starts_with("X-Amz-Signature=")).unwrap();
        let signature = fields.remove(signature).strip_prefix("X-Amz-Signature=").unwrap();
        assert!(signature.len() == 64 && signature.bytes().all(|b| b.is_ascii_hexdigit()), "{signature}");
        fields.sort_unstable();
        assert_eq!(
            fields,
            [
                "Action=GetCallerIdentity",
                "Version=2011-06-15",
                "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                "X-Amz-Credential=AKIDEXAMPLE%2F20240506%2Feu-west-1%2Fsts%2Faws4_request",
                "X-Amz-Date=20240506T125320Z",
                "X-Amz-Expires=60",
                "X-Amz-Security-Token=session%2Ftoken%2B%3D",
                "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
            ]
        );
    }

    #[test]
    fn the_endpoint_is_the_regional_one_of_the_partition() {
        let host = |config: &SdkConfig| url_of(config).split_once("/?").unwrap().0.to_owned();
        assert_eq!(host(&config("us-east-1").build()), "https://sts.us-east-1.amazonaws.com");
        assert_eq!(host(&config("cn-north-1").build()), "https://sts.cn-north-1.amazonaws.com.cn");
        assert_eq!(host(&config("us-gov-west-1").build()), "https://sts.us-gov-west-1.amazonaws.com");
        assert_eq!(
            host(&config("us-east-1").use_fips(true).build()),
            "https://sts-fips.us-east-1.amazonaws.com"
        );
        assert_eq!(
            host(&config("us-east-1").endpoint_url("http://127.0.0.1:4566/").build()),
            "http://127.0.0.1:4566"
        );
    }
}
