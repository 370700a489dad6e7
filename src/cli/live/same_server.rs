/// Whether two URLs name the same API server: the case of scheme and host, the default port and a final `/` do not count.
pub(super) fn same_server(one: &str, other: &str) -> bool {
    parts(one) == parts(other)
}

/// Scheme, host with port, path.
fn parts(url: &str) -> (String, String, String) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let port = if scheme == "http" { ":80" } else { ":443" };
    let host = host.strip_suffix(port).map(str::to_owned).unwrap_or(host);
    (scheme, host, path.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::same_server;

    #[test]
    fn what_does_not_count_and_what_does() {
        let eks = "https://ABC123.gr7.eu-west-1.eks.amazonaws.com";
        for same in [
            "https://abc123.gr7.eu-west-1.eks.amazonaws.com/",
            "HTTPS://ABC123.gr7.eu-west-1.eks.amazonaws.com:443",
        ] {
            assert!(same_server(eks, same), "{same}");
        }
        for other in [
            "https://ABC124.gr7.eu-west-1.eks.amazonaws.com",
            "https://ABC123.gr7.eu-west-1.eks.amazonaws.com:6443",
            "http://ABC123.gr7.eu-west-1.eks.amazonaws.com",
            "https://ABC123.gr7.eu-west-1.eks.amazonaws.com/other",
        ] {
            assert!(!same_server(eks, other), "{other}");
        }
    }
}
