//! `docker ps`, against samples of its real output.

use super::super::Said;
use super::super::tests::{BB, NEW, containers, now};
use super::*;
use serde_json::json;

fn ps_of(options: &PsOptions) -> String {
    let printed = ps(&containers(), options, now()).expect("supported");
    assert_eq!((printed.err.as_str(), printed.code), ("", 0));
    printed.out
}

#[test]
fn ps_shows_what_runs_in_docker_s_columns() {
    assert_eq!(
        ps_of(&PsOptions::default()),
        "CONTAINER ID   IMAGE     COMMAND                 CREATED         STATUS         PORTS     NAMES\n\
         6078e29d0e2d   bb        \"httpd -f -p 80 -h /\"   4 seconds ago   Up 3 seconds             rs-web\n"
    );
    let all = PsOptions {
        all: true,
        ..PsOptions::default()
    };
    assert_eq!(
        ps_of(&all),
        "CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS                                PORTS     NAMES\n\
         d0fbc7905590   bb        \"sh -c 'echo a long …\"   1 second ago    Created                                         rs-new\n\
         7d4039a64a2f   bb        \"sleep 99\"               2 seconds ago   Exited (137) Less than a second ago             rs-oom\n\
         6078e29d0e2d   bb        \"httpd -f -p 80 -h /\"    4 seconds ago   Up 3 seconds                                    rs-web\n"
    );
    let none = ps(&[], &all, now()).expect("supported");
    assert_eq!(
        none.out,
        "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n"
    );
}

#[test]
fn ps_takes_its_flags() {
    let quiet = PsOptions {
        quiet: true,
        ..PsOptions::default()
    };
    assert_eq!(ps_of(&quiet), "6078e29d0e2d\n");
    let whole = PsOptions {
        no_trunc: true,
        last: Some(1),
        ..quiet.clone()
    };
    assert_eq!(ps_of(&whole), format!("{NEW}\n"));
    let sizes = PsOptions {
        size: true,
        ..PsOptions::default()
    };
    assert!(ps_of(&sizes).ends_with("rs-web    0B (virtual 1.99MB)\n"));
    let format = PsOptions {
        format: Some("{{.Names}} {{.Status}} {{.Label \"tier\"}}".into()),
        ..PsOptions::default()
    };
    assert_eq!(ps_of(&format), "rs-web Up 3 seconds front\n");
    let json = PsOptions {
        format: Some("json".into()),
        ..PsOptions::default()
    };
    assert_eq!(
        ps_of(&json),
        "{\"Command\":\"\\\"httpd -f -p 80 -h /\\\"\",\"CreatedAt\":\"2026-11-24 04:18:20 +0000 UTC\",\
         \"ID\":\"6078e29d0e2d\",\"Image\":\"bb\",\"Labels\":\"tier=front\",\"LocalVolumes\":\"1\",\
         \"Mounts\":\"rs-data\",\"Names\":\"rs-web\",\"Networks\":\"bridge\",\"Platform\":null,\"Ports\":\"\",\
         \"RunningFor\":\"4 seconds ago\",\"Size\":\"0B (virtual 1.99MB)\",\"State\":\"running\",\
         \"Status\":\"Up 3 seconds\"}\n"
    );
    assert!(ps_needs_size(&sizes) && !ps_needs_size(&json) && !ps_needs_size(&format));
}

#[test]
fn ps_filters_as_the_engine_does() {
    for (filters, names) in [
        (&["name=web"][..], "rs-web"),
        (&["status=created"], "rs-new"),
        (&["status=created", "status=exited"], "rs-new rs-oom"),
        (&["exited=137"], ""),
        (&["label=tier"], "rs-web"),
        (&["label=tier=back"], ""),
        (&["network=bridge"], "rs-web"),
        (&["network=85220056b7a5"], "rs-web"),
        (&["volume=/d"], "rs-web"),
        (&["volume=rs-data", "name=nothing"], ""),
        (&["ancestor=bb"], "rs-web"),
        (&["ancestor=base"], "rs-web"),
        (&["ancestor=other"], ""),
        (&["id=6078"], "rs-web"),
        (&["status=exited", "since=rs-web"], "rs-oom"),
        (&["status=exited", "before=rs-oom"], ""),
    ] {
        let options = PsOptions {
            format: Some("{{.Names}}".into()),
            filters: filters
                .iter()
                .map(|text| Filter::parse(text, "ps").expect("a filter"))
                .collect(),
            images: vec![
                json!({"Id": "sha256:ba5e", "RepoTags": ["base:latest"], "ParentId": ""}),
                json!({"Id": BB, "RepoTags": ["bb:latest"], "ParentId": "sha256:ba5e"}),
            ],
            ..PsOptions::default()
        };
        let found = ps_of(&options).trim_end().replace('\n', " ");
        assert_eq!(found, names, "{filters:?}");
    }
    let refused = |filter: &str| {
        let options = PsOptions {
            filters: vec![Filter::parse(filter, "ps").expect("a filter")],
            ..PsOptions::default()
        };
        ps(&containers(), &options, now()).map(|printed| printed.err)
    };
    for (filter, words) in [
        ("foo=bar", "Invalid filter 'foo'"),
        ("status=foo", "Invalid filter 'status=foo'"),
        ("exited=x", "strconv.Atoi: parsing \"x\": invalid syntax"),
        ("before=nope", "no such container nope"),
    ] {
        let expected = format!("Error response from daemon: {words}\n");
        assert_eq!(refused(filter), Ok(expected), "{filter}");
    }
    assert!(refused("health=x").is_err());
}

#[test]
fn a_wrong_template_of_ps_is_docker_s_error() {
    let said = |format: &str| {
        let options = PsOptions {
            format: Some(format.into()),
            ..PsOptions::default()
        };
        ps(&containers(), &options, now()).expect("docker's own")
    };
    assert_eq!(
        said("{{.ID"),
        Said::new("failed to parse template: template: :1: unclosed action", 1).into()
    );
    assert_eq!(
        said("{{range .Names}}x{{end}}").err,
        "failed to execute template: template: :1:8: executing \"\" at <.Names>: range can't iterate over \n"
    );
    // A name that begins with `table` is a table, too.
    assert_eq!(said("tableau").out, "au\nau\n");
}
