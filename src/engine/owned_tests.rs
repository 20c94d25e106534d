//! What is ours, and what only looks like it.

use super::*;
use serde_json::json;

fn instance() -> Instance {
    Instance::parse("0123456789ab").expect("an instance")
}

fn web() -> Value {
    json!({"wl.instance": "0123456789ab", "wl.sandbox": "abcd1234", "wl.name": "web",
           "wl.until": "2026-11-24T15:00:00Z"})
}

#[test]
fn ids_hold_nothing_else() {
    for good in ["abcd1234", "00000000"] {
        assert_eq!(SandboxId::parse(good).expect("an id").as_str(), good);
    }
    for bad in [
        "",
        "abcd123",
        "abcd12345",
        "Abcd1234",
        "abcd-234",
        "abcd123é",
    ] {
        assert_eq!(SandboxId::parse(bad), None, "{bad}");
    }
    let (one, other) = (SandboxId::random(), SandboxId::random());
    assert_ne!(one.expect("random"), other.expect("random"));
    let instance = Instance::random().expect("random");
    assert_eq!(Instance::parse(instance.as_str()), Some(instance));
}

#[test]
fn a_real_name_leads_back_to_the_typed_one_in_its_own_sandbox_only() {
    let sandbox = SandboxId::parse("abcd1234").expect("an id");
    assert_eq!(sandbox.real("web"), "wl-abcd1234-web");
    for (real, typed) in [
        ("wl-abcd1234-web", Some("web")),
        ("/wl-abcd1234-web", Some("web")),
        ("wl-abcd1234-a-b", Some("a-b")),
        ("wl-abcd1234-", None),
        ("wl-abcd1234web", None),
        ("wl-abcd1235-web", None),
        ("//wl-abcd1234-web", None),
        ("xwl-abcd1234-web", None),
        ("web", None),
        ("wl-é", None),
    ] {
        assert_eq!(sandbox.typed(real), typed, "{real}");
    }
}

#[test]
fn an_object_is_ours_only_if_label_name_and_instance_agree() {
    let is_ours = |labels: &Value, name: &str| owned(labels, name, &instance()).is_some();
    assert!(is_ours(&web(), "/wl-abcd1234-web"));
    assert!(is_ours(&web(), "wl-abcd1234-web"));
    for name in [
        "web",
        "wl-abcd1234-web2",
        "wl-abcd1235-web",
        "wl-abcd1234-we",
        "",
    ] {
        assert!(!is_ours(&web(), name), "{name}");
    }
    for label in [INSTANCE, SANDBOX, NAME] {
        for value in [json!("x"), json!(null), json!(["web"])] {
            let mut labels = web();
            labels[label] = value;
            assert!(!is_ours(&labels, "wl-abcd1234-web"), "{label}");
        }
    }
    assert!(!is_ours(&Value::Null, "wl-abcd1234-web"));
    let owned = owned(&web(), "wl-abcd1234-web", &instance()).expect("ours");
    assert_eq!((owned.sandbox.as_str(), &*owned.name), ("abcd1234", "web"));
    assert_eq!(
        owned.until.map(|until| until.to_string()).as_deref(),
        Some("2026-11-24T15:00:00Z")
    );
}

#[test]
fn an_image_is_ours_by_its_tag_also_after_it_lost_its_name() {
    let name = |tag: &str| owned_image(&web(), tag, &instance()).map(|owned| owned.name);
    assert_eq!(name("wl-abcd1234-web:1").as_deref(), Some("web"));
    let lost = "wl-abcd1234-untagged-0123456789ab:latest";
    assert_eq!(name(lost).as_deref(), Some("untagged-0123456789ab"));
    for tag in [
        "web:1",
        "wl-abcd1234-untagged-0123:latest",
        "wl-abcd1235-web:1",
        "wl-abcd1234-web2:1",
        "<none>:<none>",
    ] {
        assert_eq!(name(tag), None, "{tag}");
    }
    let untagged = ImageName::untagged().expect("random");
    assert!(untagged.is_untagged());
}

#[test]
fn what_we_label_is_what_we_know_again() {
    let sandbox = SandboxId::parse("abcd1234").expect("an id");
    let until = "2026-11-24T15:00:00.4Z".parse().expect("a moment");
    let labels = labels(&instance(), &sandbox, "web", until);
    let labels: Value = labels
        .into_iter()
        .map(|(key, value)| (key, Value::String(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(labels, web());
}

#[test]
fn an_image_made_in_a_sandbox_is_no_demo_image() {
    assert!(is_demo_image(&json!({"wl.demo-image": "1"})));
    assert!(!is_demo_image(&json!({"wl.demo-image": "0"})));
    assert!(!is_demo_image(
        &json!({"wl.demo-image": "1", "wl.sandbox": "abcd1234"})
    ));
    assert!(!is_demo_image(&Value::Null));
}

#[test]
fn names_are_what_docker_takes_and_never_a_registrys() {
    for good in ["a", "web", "Web_1.x-y", "0"] {
        assert!(Name::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "-a",
        ".a",
        "a/b",
        "a b",
        "a:b",
        "é",
        "..",
        "%2e",
        "a?",
        &"a".repeat(129),
    ] {
        assert!(Name::parse(bad).is_none(), "{bad}");
    }
    let image = |text: &str| ImageName::parse(text).map(|name| name.to_string());
    assert_eq!(image("snap").as_deref(), Some("snap:latest"));
    assert_eq!(image("shop/web:1.4").as_deref(), Some("shop/web:1.4"));
    assert_eq!(image("a__b-c.d").as_deref(), Some("a__b-c.d:latest"));
    for bad in [
        "",
        "Snap",
        "a:",
        "a:b:c",
        "reg.io/x",
        "localhost/x",
        "host:5000/x",
        "a@sha256:1",
        "a//b",
        "../x",
        "a/",
        "-a",
        "a___b",
        "a..b",
        "a:-x",
        "<none>",
    ] {
        assert_eq!(image(bad), None, "{bad}");
    }
}
