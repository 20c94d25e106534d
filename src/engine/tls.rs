//! TLS to an engine, with the certificate files that the docker command uses.

use super::Away;
use super::endpoint::TlsFiles;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The settings for one endpoint, read from its files now: a certificate that was
/// renewed is found at the next connection.
///
/// # Errors
/// [`Away::Tls`], with the file that cannot be read or used.
pub fn client(files: &TlsFiles) -> Result<Arc<ClientConfig>, Away> {
    let mut roots = RootCertStore::empty();
    match &files.ca {
        Some(ca) => {
            for certificate in certificates(ca)? {
                roots
                    .add(certificate)
                    .map_err(|error| unusable(ca, &error))?;
            }
        }
        None => {
            // What cannot be read of the system's own list is left out; a host
            // signed by such an authority then fails by name.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Away::Tls(error.to_string()))?
        .with_root_certificates(roots);
    let config = match &files.identity {
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let secret =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
            config
                .with_client_auth_cert(chain, secret)
                .map_err(|error| unusable(certificate, &error))?
        }
        None => config.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

/// The name that the engine's certificate must carry.
///
/// # Errors
/// [`Away::Tls`] when `host` can be no certificate's name.
pub fn server_name(host: &str) -> Result<ServerName<'static>, Away> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| Away::Tls(format!("{host} is no name a certificate can carry")))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Away> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| unusable(path, &error))?
        .collect();
    match found {
        Ok(found) if found.is_empty() => Err(Away::Tls(format!(
            "{} holds no certificate",
            path.display()
        ))),
        Ok(found) => Ok(found),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Away {
    Away::Tls(format!("{} cannot be used: {error}", path.display()))
}
