use super::message::Request;
use super::text;
use crate::simulator::state::State;
use crate::snapshot::Caller;

/// What the signature of a request says; whether it is right is not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    /// Such as `eks`.
    pub service: String,
}

impl Credential {
    /// `KEY/DATE/REGION/SERVICE/aws4_request`, of the Authorization header or of a presigned URL.
    pub fn of(request: &Request) -> Option<Self> {
        let signed = request.header("authorization").and_then(|header| {
            let rest = header.strip_prefix("AWS4-HMAC-SHA256")?;
            let (_, rest) = rest.split_once("Credential=")?;
            rest.split([',', ' ']).next().map(str::to_owned)
        });
        let scope = signed.or_else(|| request.parameter("X-Amz-Credential"))?;
        let service = scope.split('/').nth(3)?;
        Some(Self { service: service.to_owned() })
    }
}

/// What a token of the AWS authenticator begins with.
const TOKEN: &str = "k8s-aws-v1.";

/// The session token that AssumeRole gave out, which holds whom it was given to: nothing is kept.
pub(super) fn write_session(caller: &Caller) -> String {
    let Caller { arn, account, user_id } = caller;
    let text = format!("{arn}\n{account}\n{user_id}");
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().replace('%', "")
}

fn read_session(token: &str) -> Option<Caller> {
    if token.is_empty() || !token.is_ascii() || !token.len().is_multiple_of(2) {
        return None;
    }
    let bytes =
        token.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    let text = String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()?;
    let mut lines = text.split('\n').map(str::to_owned);
    Some(Caller { arn: lines.next()?, account: lines.next()?, user_id: lines.next()? })
}

/// Who asks: the role that was assumed, else the snapshot's caller, whatever the credentials.
pub(super) fn caller(request: &Request, state: &State) -> Caller {
    let token = request.header("x-amz-security-token").map(str::to_owned);
    let token = token.or_else(|| request.parameter("X-Amz-Security-Token").map(|it| text::decode(&it)));
    token.and_then(|token| read_session(&token)).unwrap_or_else(|| state.caller())
}

/// Who logs in to Kubernetes: a token is a presigned GetCallerIdentity, so that whoever signed it is the caller.
pub(super) fn bearer(request: &Request, state: &State) -> Caller {
    let url = request.header("authorization").and_then(|header| {
        let token = header.strip_prefix("Bearer ")?.strip_prefix(TOKEN)?;
        String::from_utf8(text::base64_url(token)?).ok()
    });
    let query = url.as_deref().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let session = text::parameters(query).into_iter().find(|(name, _)| name == "X-Amz-Security-Token");
    session.and_then(|(_, token)| read_session(&token)).unwrap_or_else(|| state.caller())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_token_says_whose_it_is_and_others_say_nothing() {
        let caller = Caller {
            arn: "arn:aws:sts::444455556666:assumed-role/Reader/me".to_owned(),
            account: "444455556666".to_owned(),
            user_id: "AROA1:me".to_owned(),
        };
        assert_eq!(read_session(&write_session(&caller)), Some(caller));
        for other in ["", "FwoGZXIvYXdzEX", "zz", "00"] {
            assert_eq!(read_session(other), None, "{other}");
        }
    }
}
