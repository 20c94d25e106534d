//! Engines behind TLS: who is let in, and how a certificate that does not fit is told.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use waterline::engine::endpoint::TlsFiles;
use waterline::engine::{Ask, Away, Endpoint, Found, Host, HostName};

pub type Authority = CertifiedIssuer<'static, KeyPair>;

pub fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA")
}

/// A certificate for `name`, signed by `authority`, with its key.
fn certificate(authority: &Authority, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([name.to_owned()]).expect("a name");
    let signed = params.signed_by(&key, authority).expect("a certificate");
    (signed, key)
}

/// A server that is `name`, which `authority` has signed, and lets in whom it signed.
pub fn acceptor(authority: &Authority, name: &str) -> TlsAcceptor {
    let (certificate, key) = certificate(authority, name);
    let mut clients = RootCertStore::empty();
    clients.add(authority.der().clone()).expect("an authority");
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(clients), Arc::clone(&provider))
            .build()
            .expect("a verifier");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a server");
    TlsAcceptor::from(Arc::new(config))
}

/// An engine that speaks only TLS, as `name`, to whom `authority` has signed.
async fn secured_engine(authority: &Authority, name: &str) -> u16 {
    let acceptor = acceptor(authority, name);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.ok()? > 0 {
                    let body = r#"{"Version":"1","ApiVersion":"1.41","Driver":"overlay2"}"#;
                    let length = body.len();
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                    stream.write_all((head + body).as_bytes()).await.ok()?;
                }
                Some(())
            });
        }
    });
    port
}

/// The files that a person has for this host.
pub fn files(folder: &Path, ca: &Authority, identity: Option<&Authority>) -> TlsFiles {
    std::fs::create_dir_all(folder).expect("a folder");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    TlsFiles {
        ca: Some(write("ca.pem", ca.pem())),
        identity: identity.map(|authority| {
            let (certificate, key) = certificate(authority, "reader");
            (
                write("cert.pem", certificate.pem()),
                write("key.pem", key.serialize_pem()),
            )
        }),
    }
}

async fn ask(port: u16, tls: Option<TlsFiles>) -> Result<String, Away> {
    let address = format!("tcp://127.0.0.1:{port}");
    let endpoint = Endpoint::parse(&address, tls).expect("an endpoint");
    let name = HostName::new("secured").expect("a name");
    let host = Host::new(Found::named(name, endpoint));
    let answer = host.answer(&Ask::Info).await?;
    Ok(answer.json["Driver"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

#[tokio::test]
async fn the_certificates_of_the_docker_command_open_a_secured_engine() {
    let (ca, folder) = (authority(), tempfile::tempdir().expect("a folder"));
    let port = secured_engine(&ca, "127.0.0.1").await;
    let answer = ask(port, Some(files(folder.path(), &ca, Some(&ca)))).await;
    assert_eq!(answer, Ok("overlay2".into()));
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_is_told_as_one() {
    let (ca, other) = (authority(), authority());
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let port = secured_engine(&ca, "127.0.0.1").await;
    let misnamed = secured_engine(&ca, "elsewhere.example").await;
    let at = |case: &str| folder.join(case);
    let no_file = TlsFiles {
        ca: Some(at("none.pem")),
        identity: None,
    };
    for (case, port, tls) in [
        (
            "signed by another",
            port,
            files(&at("1"), &other, Some(&ca)),
        ),
        ("of another host", misnamed, files(&at("2"), &ca, Some(&ca))),
        ("ours missing", port, files(&at("3"), &ca, None)),
        (
            "ours signed by another",
            port,
            files(&at("4"), &ca, Some(&other)),
        ),
        ("no file", port, no_file),
    ] {
        let answer = ask(port, Some(tls)).await;
        assert!(matches!(answer, Err(Away::Tls(_))), "{case}: {answer:?}");
    }
}
