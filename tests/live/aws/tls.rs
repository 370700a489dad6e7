use std::path::{Path, PathBuf};
use std::process::Command;

use eksodus::eks::aws::{Aws, AwsOptions};
use eksodus::eks::{AwsErrorKind, StsApi as _};

use super::{caller, options, run};
use crate::servers::ministack::{Flavour, Ministack};

/// A CA of its own, and a server's certificate from it for localhost; `None`, said aloud, without openssl.
fn certificates(folder: &Path) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let found = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !found {
        use std::io::Write as _;
        let _ = std::io::stderr().write_all(b"SKIPPED aws::tls: no openssl\n");
        return None;
    }
    let openssl = |arguments: &str| {
        let output =
            Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=tests"));
    openssl(&format!("req -new {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names",
    );
    Some((folder.join("ca.pem"), folder.join("server.pem"), folder.join("server.key")))
}

#[test]
fn a_server_is_trusted_by_the_bundle_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some((ca, certificate, key)) = certificates(folder.path()) else { return };
    let flavour = Flavour { tls: Some((&certificate, &key)), ..Flavour::default() };
    let Some(server) = Ministack::of(&flavour, "aws::tls") else { return };
    assert!(server.url().starts_with("https://"));
    run(async {
        let connect = async |ca_bundle| {
            let options = AwsOptions { ca_bundle, ..options("any", "us-east-1") };
            Aws::connect_with(caller(&server.url(), "500000000001"), &options).await.unwrap()
        };
        let trusting = connect(Some(ca)).await;
        assert_eq!(trusting.get_caller_identity().await.unwrap().account, "500000000001");
        let error = connect(None).await.get_caller_identity().await.unwrap_err();
        assert_eq!(error.kind, AwsErrorKind::Unreachable);
        assert!(error.message.contains("certificate"), "{error}");
    });
}
