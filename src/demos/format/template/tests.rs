//! Templates, against what the docker command 28.2.2 printed for them.

use super::*;
use serde_json::{Value, json};

fn row() -> Row {
    Row::new(
        "*formatter.ContainerContext",
        vec![
            ("ID", "335959e725a0".into()),
            ("Names", "fb".into()),
            ("Image", "<none>".into()),
            ("Size", "0B".into()),
            ("Platform", Cell::Json(Value::Null)),
        ],
    )
    .labelled(&json!({"Labels": {"a": "b"}}))
}

fn on_row(text: &str) -> Result<String, Fault> {
    let row = row();
    Template::parse("", text)?.run(&Val::Row(&row))
}

fn container() -> Value {
    json!({
        "Id": "94671bd08b73",
        "Name": "/fa",
        "Created": "2026-11-24T13:51:27.119103043Z",
        "State": {"Status": "running", "Running": true, "Paused": false, "Restarting": false,
            "OOMKilled": false, "Dead": false, "Pid": 1668, "ExitCode": 0, "Error": "",
            "StartedAt": "2026-11-24T13:51:27.742275966Z", "FinishedAt": "0001-01-01T00:00:00Z"},
        "ExecIDs": null,
        "HostConfig": {"Binds": null, "PidsLimit": null, "MemorySwappiness": null, "ShmSize": 67108864,
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "LogConfig": {"Type": "json-file", "Config": {}}, "ConsoleSize": [0, 0], "Dns": []},
        "Mounts": [{"Type": "volume", "Name": "v1", "Source": "/s", "Destination": "/d",
            "Driver": "local", "Mode": "z", "RW": true, "Propagation": ""}],
        "Config": {"Cmd": ["sleep", "600"], "Env": ["PATH=/bin"], "Entrypoint": null, "Volumes": null,
            "Labels": {"b": "2", "a": "b"}},
        "NetworkSettings": {"Ports": {}, "Networks": {"bridge": {"IPAddress": "172.17.0.2"}}},
    })
}

fn on_container(text: &str) -> Result<String, Fault> {
    let container = container();
    let template = Template::parse("", text)?;
    match template.run(&Val::of(&container, Shape::Typed(""))) {
        Err(Fault::Go(_)) => template.run(&Val::of(&container, Shape::Raw)),
        other => other,
    }
}

#[test]
fn what_rows_print() {
    for (text, printed) in [
        ("{{.ID | upper}}", "335959E725A0"),
        ("{{\"a\"}}", "a"),
        ("{{.Label \"a\"}}", "b"),
        ("{{.Label \"zz\"}}|", "|"),
        ("{{len .Names}}", "2"),
        ("{{json .Names}}", "\"fb\""),
        ("{{json .Image}}", "\"<none>\""),
        (
            "{{json .}}",
            "{\"ID\":\"335959e725a0\",\"Image\":\"\\u003cnone\\u003e\",\"Names\":\"fb\",\"Platform\":null,\"Size\":\"0B\"}",
        ),
        ("{{printf \"%s-%5s\" .ID .Names}}", "335959e725a0-   fb"),
        ("{{println .ID}}", "335959e725a0\n"),
        ("{{with .ID}}{{.}}{{end}}", "335959e725a0"),
        ("{{eq .ID \"a\"}} {{ne .ID \"a\"}}", "false true"),
        ("{{$x := .ID}}{{$x}}", "335959e725a0"),
        ("{{/* c */}}x", "x"),
        ("{{ .ID -}} \n x", "335959e725a0x"),
        ("a \n {{- .ID }}", "a335959e725a0"),
        (
            "{{title .Names}} {{pad .Names 1 2}}|{{truncate .Names 1}}",
            "Fb  fb  |f",
        ),
        ("{{split .Names \"a\"}}", "[fb]"),
        ("{{print 1 2 \"a\" \"b\" true nil}}", "1 2abtrue <nil>"),
        ("{{1.5}} {{0x10}} {{'a'}} {{`r\"w`}}", "1.5 16 97 r\"w"),
        (
            "{{not .ID}} {{and .ID .Names}} {{or \"\" .Names}}",
            "false fb fb",
        ),
        (
            "{{if eq .ID \"x\"}}1{{else if .Names}}2{{else}}3{{end}}",
            "2",
        ),
        (
            "{{(.ID | upper)}} {{index (split \"a,b\" \",\") 1}}",
            "335959E725A0 b",
        ),
        ("{{$.Names}} {{lt 1 2}} {{.Platform}}", "fb true <nil>"),
        ("x", "x"),
        ("", ""),
    ] {
        assert_eq!(on_row(text).as_deref(), Ok(printed), "{text}");
    }
}

#[test]
fn what_inspect_prints() {
    for (text, printed) in [
        ("{{.State.Status}} {{.State.Pid}}", "running 1668"),
        (
            "{{.State}}",
            "{running true false false false false 1668 0  2026-11-24T13:51:27.742275966Z 0001-01-01T00:00:00Z <nil>}",
        ),
        ("{{.State.Health}}", "<nil>"),
        ("{{.ID}}", "94671bd08b73"),
        ("{{.Config.Labels}}", "map[a:b b:2]"),
        ("{{.Config.Labels.a}} {{.Config.Labels.zz}}", "b <no value>"),
        ("{{index .Config.Labels \"zz\"}}|", "|"),
        (
            "{{.HostConfig.Init}} {{.HostConfig.Tmpfs}} {{.HostConfig.Mounts}} {{.Config.StopSignal}}",
            "<nil> map[] [] ",
        ),
        ("{{.Mounts}}", "[{volume v1 /s /d local z true }]"),
        (
            "{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}}{{end}}",
            "volume v1 /d",
        ),
        (
            "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}}{{end}}",
            "bridge 172.17.0.2",
        ),
        (
            "{{range $i, $e := .Config.Cmd}}{{$i}}={{$e}} {{end}}",
            "0=sleep 1=600 ",
        ),
        ("{{range .Config.Entrypoint}}x{{else}}none{{end}}", "none"),
        (
            "{{json .Config.Labels}} {{json .ExecIDs}}",
            "{\"a\":\"b\",\"b\":\"2\"} null",
        ),
        (
            "{{.ExecIDs}} {{.HostConfig.PidsLimit}} {{.HostConfig.Binds}}",
            "[] <nil> []",
        ),
        ("{{.Config.Cmd}} {{.Config.Entrypoint}}", "[sleep 600] []"),
        ("{{len .Mounts}} {{index .Config.Env 0}}", "1 PATH=/bin"),
        (
            "{{.HostConfig.ShmSize}} {{.HostConfig.MemorySwappiness}}",
            "67108864 <nil>",
        ),
        (
            "{{.HostConfig.ConsoleSize}} {{.NetworkSettings.Ports}}",
            "[0 0] map[]",
        ),
        ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
        ("{{join .Config.Cmd \" \"}}", "sleep 600"),
        (
            "{{.HostConfig.RestartPolicy}} {{.HostConfig.LogConfig}}",
            "{no 0} {json-file map[]}",
        ),
        (
            "{{.NetworkSettings.Networks.bridge.IPAddress}}",
            "172.17.0.2",
        ),
        (
            "{{.SizeRw}} {{.Config.Volumes}} {{.Config.ExposedPorts}}",
            "<nil> map[] map[]",
        ),
        ("{{with .State}}{{.Status}}{{end}}", "running"),
        ("{{range .Config.Env}}{{println .}}{{end}}", "PATH=/bin\n"),
        (
            "{{printf \"%d %v %q %t\" .State.Pid .State.ExitCode .Name .State.Running}}",
            "1668 0 \"/fa\" true",
        ),
    ] {
        assert_eq!(on_container(text).as_deref(), Ok(printed), "{text}");
    }
    assert_eq!(
        on_container("{{.Id}} {{.Config}}").as_deref(),
        Ok(
            "94671bd08b73 map[Cmd:[sleep 600] Entrypoint:<nil> Env:[PATH=/bin] Labels:map[a:b b:2] Volumes:<nil>]"
        )
    );
}

#[test]
fn go_s_complaints_are_go_s_words() {
    for (text, complaint) in [
        ("{{.ID", "template: :1: unclosed action"),
        ("{{range", "template: :1: unclosed action"),
        ("{{end}}", "template: :1: unexpected {{end}}"),
        ("{{.ID}}{{else}}", "template: :1: unexpected {{else}}"),
        ("{{foo .ID}}", "template: :1: function \"foo\" not defined"),
        ("{{foo fa", "template: :1: function \"foo\" not defined"),
        (
            "{{.Labels | foo}}",
            "template: :1: function \"foo\" not defined",
        ),
        ("{{if .ID}}y", "template: :1: unexpected EOF"),
        ("{{}}", "template: :1: missing value for command"),
        ("{{if}}x{{end}}", "template: :1: missing value for if"),
        ("{{.ID}", "template: :1: bad character U+007D '}'"),
        ("\n{{$y}}", "template: :2: undefined variable \"$y\""),
        (
            "{{.Foo}}",
            "template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext",
        ),
        (
            "{{.ID.x}}",
            "template: :1:5: executing \"\" at <.ID.x>: can't evaluate field x in type string",
        ),
        (
            "{{range .Names}}x{{end}}",
            "template: :1:8: executing \"\" at <.Names>: range can't iterate over fb",
        ),
        (
            "{{join .Names \",\"}}",
            "template: :1:7: executing \"\" at <.Names>: wrong type for value; expected []string; got string",
        ),
        (
            "{{index .Names 9}}",
            "template: :1:2: executing \"\" at <index .Names 9>: error calling index: reflect: string index out of range",
        ),
        (
            "{{.ID .Names}}",
            "template: :1:2: executing \"\" at <.ID>: wrong number of args for ID: want 0 got 1",
        ),
    ] {
        assert_eq!(on_row(text), Err(Fault::Go(complaint.into())), "{text}");
    }
    for (text, complaint) in [
        (
            "{{.Foo}}",
            "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"",
        ),
        (
            "{{.State.Foo.Bar}}",
            "template: :1:8: executing \"\" at <.State.Foo.Bar>: map has no entry for key \"Foo\"",
        ),
        (
            "{{.State.Health.Status}}",
            "template: :1:8: executing \"\" at <.State.Health.Status>: map has no entry for key \"Health\"",
        ),
        (
            "{{index .Config.Env 7}}",
            "template: :1:2: executing \"\" at <index .Config.Env 7>: error calling index: index out of range: 7",
        ),
    ] {
        assert_eq!(
            on_container(text),
            Err(Fault::Go(complaint.into())),
            "{text}"
        );
    }
}

#[test]
fn what_go_can_and_we_do_not_is_said_with_what_we_can() {
    for text in [
        "{{define \"x\"}}{{end}}",
        "{{block \"x\" .}}{{end}}",
        "{{template \"x\"}}",
        "{{html .ID}}",
        "{{slice .ID 1 2}}",
        "{{printf \"%x\" .ID}}",
        "{{.}}",
    ] {
        match on_row(text) {
            Err(Fault::Unsupported(sentence)) => {
                assert!(sentence.contains("Supported: fields"), "{sentence}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    // Addresses in memory: nobody could expect them.
    assert!(matches!(
        on_container("{{.NetworkSettings.Networks}}"),
        Err(Fault::Unsupported(_))
    ));
}

#[test]
fn a_header_stands_over_the_columns_whatever_is_done_to_them() {
    let names = [("ID", "CONTAINER ID"), ("Names", "NAMES")];
    for (text, header) in [
        ("{{.ID}}: {{lower .Names}}", "CONTAINER ID: NAMES"),
        ("{{json .ID}} {{join .Names \",\"}}", "CONTAINER ID NAMES"),
        ("{{.Label \"com.acme.my-part\"}}", "my part"),
        ("{{.Nothing}}", "<no value>"),
    ] {
        let template = Template::parse("", text).expect("a template");
        assert_eq!(template.header(&names).as_deref(), Ok(header), "{text}");
    }
}

#[test]
fn a_template_knows_which_fields_it_asks_for() {
    for (text, asks) in [
        ("{{.Size}}", true),
        ("{{if .ID}}{{upper .Size}}{{end}}", true),
        ("{{json .}}", true),
        ("{{.ID}} Size", false),
    ] {
        let template = Template::parse("", text).expect("a template");
        assert_eq!(template.asks("Size"), asks, "{text}");
    }
}

#[test]
fn a_template_that_would_go_on_for_ever_is_stopped() {
    let doubled = "{{$x := \"0123456789\"}}".to_owned() + &"{{$x = print $x $x}}".repeat(30);
    let letters = format!("{{{{$l := split \"{}\" \"\"}}}}", "a".repeat(40));
    let ranges = letters + &"{{range $l}}".repeat(6) + "x" + &"{{end}}".repeat(6);
    let deep = format!("{{{{{}1{}}}}}", "(".repeat(5000), ")".repeat(5000));
    for text in [doubled, ranges, deep] {
        assert!(
            matches!(on_row(&text), Err(Fault::Unsupported(_))),
            "{}",
            &text[..60]
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_template_brings_us_down(
        text in "(\\{\\{-? ?|-? ?\\}\\}|[.$]?[A-Z][a-zé]{0,3}|[.$()|,=\"'`:]| |range|if|else|end|with|index|json|printf|join|/\\*|\\*/|[0-9-]|\\n){0,24}"
    ) {
        let _ = on_row(&text);
        let _ = on_container(&text);
        if let Ok(template) = Template::parse("", &text) {
            let _ = template.header(&[("ID", "CONTAINER ID")]);
        }
    }
}
