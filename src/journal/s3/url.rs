use std::fmt;
use std::str::FromStr;

use object_store::path::Path;

/// `s3://BUCKET[/PREFIX][?region=REGION]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Url {
    pub bucket: String,
    /// Without a slash at either end.
    pub prefix: String,
    /// Where the bucket is, when it is not where the cluster is.
    pub region: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an S3 location (s3://BUCKET/PREFIX)")]
pub struct InvalidS3Url(pub String);

impl S3Url {
    /// The URL of an object in this bucket.
    pub(super) fn of(&self, key: &Path) -> String {
        format!("s3://{}/{key}", self.bucket)
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, prefix, region } = self;
        write!(f, "s3://{bucket}")?;
        if !prefix.is_empty() {
            write!(f, "/{prefix}")?;
        }
        region.as_ref().map_or(Ok(()), |region| write!(f, "?region={region}"))
    }
}

impl FromStr for S3Url {
    type Err = InvalidS3Url;

    fn from_str(text: &str) -> Result<Self, InvalidS3Url> {
        let parsed = || {
            let (place, query) = match text.strip_prefix("s3://")?.split_once('?') {
                Some((place, query)) => (place, Some(query)),
                None => (text.strip_prefix("s3://")?, None),
            };
            let region = match query {
                Some(query) => Some(query.strip_prefix("region=").filter(|it| is_name(it, "-"))?.to_owned()),
                None => None,
            };
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
            // whatever would have to be written otherwise in a URL or a shell is refused, not rewritten
            let plain = prefix.is_empty() || prefix.split('/').all(|part| is_name(part, "-_.=+@,"));
            let dots = prefix.split('/').any(|part| matches!(part, "." | ".."));
            (is_name(bucket, "-.") && plain && !dots).then(|| Self {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
                region,
            })
        };
        parsed().ok_or_else(|| InvalidS3Url(text.to_owned()))
    }
}

fn is_name(text: &str, also: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || also.contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_place_on_s3_and_what_is_not() {
        for text in ["s3://bucket", "s3://my.bucket-1/a/b", "s3://bucket/a?region=cn-north-1"] {
            assert_eq!(text.parse::<S3Url>().unwrap().to_string(), text);
        }
        assert_eq!("s3://bucket/a/".parse::<S3Url>().unwrap().to_string(), "s3://bucket/a");
        for text in [
            "s3://",
            "s3:///a",
            "bucket/a",
            "https://bucket/a",
            "s3://b//a",
            "s3://b/a/../c",
            "s3://b/a b",
            "s3://b/a?region=",
            "s3://b/a?x=y",
            "s3://key:secret@b/a",
            "s3://b/é",
        ] {
            assert!(text.parse::<S3Url>().is_err(), "{text}");
        }
    }
}
