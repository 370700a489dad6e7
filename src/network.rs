//! What both adapters ask of an error of the network: whether another try could end otherwise.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use http_body_util::LengthLimitError;
use hyper_util::client::legacy::Error as ClientError;
use rustls::CertificateError;

/// The error and its causes, outermost first.
pub(crate) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Why no other try will end otherwise, where nothing was sent: whatever listens there has no certificate that is
/// trusted, or speaks no TLS.
pub(crate) fn final_cause(error: &(dyn Error + 'static)) -> Option<String> {
    let tls = causes(error).find_map(tls)?;
    let connecting =
        causes(error).any(|it| it.downcast_ref::<ClientError>().is_some_and(ClientError::is_connect));
    match tls {
        rustls::Error::InvalidCertificate(why) => Some(certificate(why)),
        rustls::Error::UnsupportedNameType | rustls::Error::NoCertificatesPresented => {
            Some(format!("its certificate is not accepted: {tls}"))
        }
        // what was sent later may have arrived
        _ if !connecting => None,
        rustls::Error::InvalidMessage(_) => Some("it does not speak TLS".to_owned()),
        _ => Some(format!("no TLS connection is made with it: {tls}")),
    }
}

/// An io::Error does not count what it holds among its causes.
fn tls<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let held = || error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.downcast_ref().or_else(|| tls(held()?))
}

fn certificate(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => {
            "its certificate is of an issuer that is not trusted here".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired, or the clock of this machine is wrong".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet, or the clock of this machine is wrong".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for other names".to_owned()
        }
        other => format!("its certificate is not accepted: {other}"),
    }
}

/// The answer was longer than any that is expected.
pub(crate) fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<LengthLimitError>())
}

/// The host that a redirect leads to; the rest of the address may be secret.
pub(crate) fn host_of(location: Option<&str>) -> String {
    let address = location.and_then(|location| location.split_once("://")).map(|(_, rest)| rest);
    let host = address.and_then(|rest| rest.split(['/', '?', '#']).next());
    match host.and_then(|host| host.rsplit('@').next()).filter(|host| !host.is_empty()) {
        Some(host) => format!("to {}", host.escape_default()),
        None => "elsewhere".to_owned(),
    }
}

/// All but the unreserved characters of RFC 3986, which is also what signatures of AWS want.
pub(crate) fn percent_encode(into: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // writing to a string does not fail
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

/// As people read it.
pub(crate) fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_told_without_secrets() {
        assert_eq!(host_of(Some("https://me:secret@login.example.com/x?token=1")), "to login.example.com");
        assert_eq!(host_of(Some("http://[::1]:80#a")), "to [::1]:80");
        for none in [None, Some("/elsewhere"), Some("https:///x")] {
            assert_eq!(host_of(none), "elsewhere");
        }
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_found_where_errors_hide_it() {
        let bad = || rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let hidden = io::Error::other(io::Error::other(bad()));
        assert!(final_cause(&hidden).unwrap().contains("issuer"));
        // in the middle of an answer: what was sent may have arrived
        assert_eq!(final_cause(&io::Error::other(rustls::Error::DecryptError)), None);
    }
}
