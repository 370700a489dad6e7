//! The error codes of EKS, IAM, STS and CloudWatch Logs, and what stands for them where there is none.

use crate::eks::AwsErrorKind;

/// From the service models, the AWS "Common Errors", and the SDK's own lists of codes that ask for another try.
pub(super) fn known(code: &str) -> Option<AwsErrorKind> {
    Some(match code {
        "ResourceNotFoundException" | "NotFoundException" | "NoSuchEntity" | "NoSuchEntityException" => {
            AwsErrorKind::NotFound
        }
        "ResourceInUseException" | "EntityAlreadyExists" => AwsErrorKind::InUse,
        "InvalidParameterException" | "InvalidParameterValue" | "InvalidInput" | "ValidationError"
        | "ValidationException" => AwsErrorKind::InvalidParameter,
        // ClientException: "These errors are usually caused by a client action"
        "InvalidRequestException" | "InvalidStateException" | "ClientException" => {
            AwsErrorKind::InvalidRequest
        }
        "ResourceLimitExceededException" | "LimitExceeded" => AwsErrorKind::LimitExceeded,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" | "OptInRequired" => {
            AwsErrorKind::AccessDenied
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "InvalidClientTokenId" | "InvalidAccessKeyId"
        | "UnrecognizedClientException" | "InvalidSignatureException" | "SignatureDoesNotMatch"
        | "IncompleteSignature" | "IncompleteSignatureException" | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" | "AuthFailure"
        | "RegionDisabledException" => AwsErrorKind::Credentials,
        "RequestTimeTooSkewed" => AwsErrorKind::Clock,
        "Throttling" | "ThrottlingException" | "ThrottledException" | "RequestThrottled"
        | "RequestThrottledException" | "TooManyRequestsException" | "TooManyRequests" | "RequestLimitExceeded"
        | "BandwidthLimitExceeded" | "LimitExceededException" | "SlowDown" | "PriorRequestNotComplete"
        // of IAM: another change of the same thing is under way
        | "ConcurrentModification" => AwsErrorKind::Throttled,
        "ServerException" | "InternalFailure" | "InternalError" | "InternalServerError" | "InternalServerException"
        | "ServiceFailure" | "ServiceUnavailable" | "ServiceUnavailableException" | "RequestTimeout"
        | "RequestTimeoutException" => AwsErrorKind::Server,
        _ => return None,
    })
}

/// Whether a signature was refused for its time alone: Signature Version 4 is good for five minutes, and the code is
/// that of any wrong signature.
pub(super) fn is_about_time(kind: AwsErrorKind, said: &str) -> bool {
    const TIMES: [&str; 2] = ["Signature expired: ", "Signature not yet current: "];
    kind == AwsErrorKind::Credentials && TIMES.iter().any(|time| said.starts_with(time))
}

/// A code nobody here knows: the status says whose fault it is. A 404 may be about the operation itself
/// (`UnknownOperationException`), so that nothing is taken for missing by it.
pub(super) fn unknown(status: u16) -> AwsErrorKind {
    match status {
        401 => AwsErrorKind::Credentials,
        403 => AwsErrorKind::AccessDenied,
        409 => AwsErrorKind::InUse,
        429 => AwsErrorKind::Throttled,
        500.. => AwsErrorKind::Server,
        _ => AwsErrorKind::InvalidRequest,
    }
}

/// No code at all. Something other than AWS may have answered, so "not found" and "in use" are not taken from it.
pub(super) fn without(status: u16) -> AwsErrorKind {
    match status {
        401 | 403 => AwsErrorKind::AccessDenied,
        429 => AwsErrorKind::Throttled,
        500.. => AwsErrorKind::Server,
        // 2xx: AWS did it, and the answer was cut on the way
        _ => AwsErrorKind::Transport,
    }
}
