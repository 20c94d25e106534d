//! Finding hosts on machines of every kind.

use super::*;

const LAB: &str = "lab";

/// Files of a machine with a context `lab` (TLS) and one `far` (ssh).
fn files(path: &Path) -> io::Result<Vec<u8>> {
    let folder = |name: &str| {
        let digest = Sha256::digest(name.as_bytes());
        digest
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    };
    let path = path.display().to_string();
    let at = |file: String| path == format!("/home/me/.docker/{file}");
    let text = if path == "/etc/docker-of-me/config.json" || at("config.json".into()) {
        r#"{"auths":{},"currentContext":"lab"}"#
    } else if at(format!("contexts/meta/{}/meta.json", folder(LAB))) {
        r#"{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://10.0.0.5:2376","SkipTLSVerify":false}}}"#
    } else if at(format!("contexts/meta/{}/meta.json", folder("far"))) {
        r#"{"Name":"far","Endpoints":{"docker":{"Host":"ssh://me@far"}}}"#
    } else if at(format!("contexts/meta/{}/meta.json", folder("odd"))) {
        r#"{"Name":"odd","Endpoints":{}}"#
    } else if at(format!("contexts/tls/{}/docker/ca.pem", folder(LAB)))
        || path.starts_with("/certs/")
    {
        "a certificate"
    } else {
        return Err(io::ErrorKind::NotFound.into());
    };
    Ok(text.into())
}

fn machine(env: &[(&str, &str)], read: fn(&Path) -> io::Result<Vec<u8>>) -> Surroundings {
    Surroundings {
        env: env
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        home: Some("/home/me".into()),
        runtime: Some("/run/user/1000".into()),
        read,
        list: |_| {
            let folder = |name: &str| {
                let digest = Sha256::digest(name.as_bytes());
                let hex = digest.iter().map(|b| format!("{b:02x}"));
                PathBuf::from(hex.collect::<String>())
            };
            Ok(vec![
                folder("odd"),
                folder("far"),
                folder(LAB),
                "notes".into(),
            ])
        },
    }
}

fn bare(_: &Path) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::NotFound.into())
}

fn one(around: &Surroundings) -> Found {
    let mut found = find(&[], around).expect("no flags to be wrong");
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn shown(found: &Found) -> Vec<String> {
    found.candidates.iter().map(ToString::to_string).collect()
}

#[test]
fn a_bare_machine_tries_the_usual_sockets_in_dockers_order() {
    let found = one(&machine(&[], bare));
    assert_eq!(
        shown(&found),
        [
            "unix:///var/run/docker.sock",
            "unix:///run/user/1000/docker.sock",
            "unix:///home/me/.docker/run/docker.sock",
            "unix:///home/me/.docker/desktop/docker.sock",
            "unix:///run/user/1000/podman/podman.sock",
            "unix:///run/podman/podman.sock",
        ]
    );
    assert_eq!(found.name.as_str(), "default");
    assert!(!found.named);
}

#[test]
fn docker_host_wins_over_docker_context_and_a_flag_over_both() {
    let env = [
        ("DOCKER_HOST", "tcp://10.1.1.1:99"),
        ("DOCKER_CONTEXT", "far"),
    ];
    let around = machine(&env, files);
    assert_eq!(shown(&one(&around)), ["tcp://10.1.1.1:99"]);
    let flag = [Wanted::parse("--host", "unix:///mine.sock")];
    let found = find(&flag, &around).expect("a good flag");
    assert_eq!(shown(&found[0]), ["unix:///mine.sock"]);
    assert!(found[0].named);
}

#[test]
fn the_current_context_brings_its_host_its_name_and_its_certificates() {
    let found = one(&machine(&[], files));
    assert_eq!(shown(&found), ["tcp://10.0.0.5:2376"]);
    assert_eq!(found.name.as_str(), "lab");
    let tls = found.candidates[0].tls.clone().expect("certificates");
    assert!(tls.ca.expect("an authority").ends_with("docker/ca.pem"));
    assert_eq!(tls.identity, None);
}

#[test]
fn docker_context_goes_before_the_current_context() {
    let found = one(&machine(&[("DOCKER_CONTEXT", "default")], files));
    assert_eq!(found.candidates.len(), 6, "the usual sockets");
    let found = one(&machine(&[("DOCKER_CONTEXT", "far")], files));
    assert_eq!(shown(&found), ["ssh://me@far"]);
}

#[test]
fn docker_config_says_where_the_settings_are() {
    let around = machine(&[("DOCKER_CONFIG", "/etc/docker-of-me")], files);
    let problem = one(&around).problem.expect("no such context there");
    let text = problem.to_string();
    assert!(
        text.contains("currentContext in /etc/docker-of-me/config.json"),
        "{text}"
    );
    assert!(text.contains("docker context ls"), "{text}");
}

#[test]
fn a_context_without_a_docker_host_says_so() {
    let found = one(&machine(&[("DOCKER_CONTEXT", "odd")], files));
    assert!(matches!(found.problem, Some(FindError::Context { .. })));
    assert!(found.candidates.is_empty());
}

#[test]
fn broken_docker_settings_count_as_none() {
    let found = one(&machine(&[], |_| Ok(b"{ not json".to_vec())));
    assert_eq!(found.candidates.len(), 6);
}

#[test]
fn tls_comes_from_the_variables_of_the_docker_command() {
    let env = [
        ("DOCKER_HOST", "tcp://10.1.1.1"),
        ("DOCKER_TLS_VERIFY", "1"),
        ("DOCKER_CERT_PATH", "/certs"),
    ];
    let found = one(&machine(&env, files));
    assert_eq!(shown(&found), ["tcp://10.1.1.1:2376"]);
    let tls = found.candidates[0].tls.clone().expect("certificates");
    assert_eq!(tls.ca, Some("/certs/ca.pem".into()));
    let identity = ("/certs/cert.pem".into(), "/certs/key.pem".into());
    assert_eq!(tls.identity, Some(identity));
    let unverified = one(&machine(
        &[("DOCKER_HOST", "tcp://10.1.1.1"), ("DOCKER_TLS", "1")],
        files,
    ));
    assert!(matches!(unverified.problem, Some(FindError::Unverified(_))));
}

#[test]
fn several_hosts_are_told_apart_by_name() {
    let around = machine(&[], bare);
    let flags = |flags: &[&str]| {
        let flags: Vec<Wanted> = flags
            .iter()
            .map(|flag| Wanted::parse("--host", flag))
            .collect();
        find(&flags, &around)
    };
    let found =
        flags(&["unix:///a=b.sock", "lab=tcp://10.0.0.5", "tcp://10.0.0.6"]).expect("good flags");
    let names: Vec<_> = found.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["default", "lab", "host-3"]);
    assert_eq!(shown(&found[0]), ["unix:///a=b.sock"]);
    assert_eq!(
        flags(&["lab=tcp://a", "lab=tcp://b"]),
        Err(FindError::Twice {
            setting: "--host".into(),
            name: "lab".into()
        })
    );
    let same = flags(&["a=tcp://10.0.0.5:2375", "b=tcp://10.0.0.5"]).expect_err("one endpoint");
    assert_eq!(
        same.to_string(),
        "--host: b is at tcp://10.0.0.5:2375, and so is a; one endpoint is one host, so give it one name"
    );
    assert!(matches!(
        flags(&["my lab=tcp://a"]),
        Err(FindError::Name { .. })
    ));
    assert!(matches!(flags(&["=tcp://a"]), Err(FindError::Name { .. })));
    assert!(matches!(
        flags(&["lab=nonsense"]),
        Err(FindError::Endpoint { .. })
    ));
}

#[test]
fn certificates_of_its_own_are_for_a_port_alone() {
    let around = machine(&[("DOCKER_TLS_VERIFY", "1")], bare);
    let files = TlsFiles {
        ca: Some("/lab/ca.pem".into()),
        identity: None,
    };
    let with = |endpoint: &str| {
        let wanted = Wanted {
            tls: Some(files.clone()),
            ..Wanted::parse("waterline.toml:3:7", endpoint)
        };
        find(&[wanted], &around)
    };
    let found = with("lab=tcp://10.0.0.7").expect("a host");
    assert_eq!(shown(&found[0]), ["tcp://10.0.0.7:2376"]);
    assert_eq!(found[0].candidates[0].tls, Some(files.clone()));
    for endpoint in ["unix:///a.sock", "ssh://far"] {
        let error = with(endpoint).expect_err("no TLS there").to_string();
        assert!(
            error.starts_with("waterline.toml:3:7: ca, cert and key"),
            "{error}"
        );
    }
}

#[test]
fn contexts_are_offered_with_where_they_lead_or_what_is_wrong() {
    let found = contexts(&machine(&[], files));
    let told: Vec<_> = found
        .iter()
        .map(|context| {
            let leads = context.leads.as_ref().map(ToString::to_string);
            (context.name.as_str(), leads.map_err(ToString::to_string))
        })
        .collect();
    assert_eq!(told[0], ("far", Ok("ssh://me@far".into())));
    assert_eq!(told[1], ("lab", Ok("tcp://10.0.0.5:2376".into())));
    assert_eq!(told[2].0, "odd");
    let odd = told[2].1.as_ref().expect_err("no host in it");
    assert!(odd.contains("docker context inspect odd"), "{odd}");
    assert_eq!(told.len(), 3, "what docker did not write is left alone");
    assert!(contexts(&machine(&[], bare)).is_empty());
}
