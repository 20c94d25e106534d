//! Secrets in every place that an engine has for them, and none of them leaves the room.

use crate::fake_engine::FakeEngine;
use serde_json::{Value, json};
use waterline::engine::{Ask, Id, record};

const WEB: &str = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";

/// Numbers the secrets, so that a leak says where it was.
#[derive(Default)]
struct Seeds(usize);

impl Seeds {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("hunter2-{}-", self.0)
    }

    /// `text` with a new secret for each `$`.
    fn text(&mut self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            out.push_str(&self.next());
            out.push_str(part);
        }
        out
    }

    /// `json` with a new secret for each `$` in a text.
    fn plant(&mut self, json: &mut Value) {
        match json {
            Value::String(text) => *text = self.text(text),
            Value::Array(list) => list.iter_mut().for_each(|item| self.plant(item)),
            Value::Object(object) => object.values_mut().for_each(|item| self.plant(item)),
            _ => {}
        }
    }
}

/// What engines say, with `$` for every secret; fields of API 1.41 and of 1.53 alike.
fn answers() -> Vec<(String, Value)> {
    let web = Id::new(WEB).expect("an id");
    let image = Id::new("sha256:ab").expect("an id");
    let labels = json!({
        "com.docker.compose.project": "shop",
        "com.docker.compose.project.working_dir": "/srv/shop",
        "traefik.http.auth.basicauth.users": "me:$",
        "password": "$",
    });
    let endpoint = json!({"web_net": {
        "Aliases": ["web"], "DNSNames": ["web"], "IPAddress": "172.18.0.2",
        "DriverOpts": {"vendor.token": "$"}, "Vendor": {"key": "$"},
    }});
    let line = json!({
        "Id": WEB, "Names": ["/web"], "Image": "shop/web", "Command": "/entrypoint.sh --password $",
        "Labels": labels, "State": "running", "Status": "Up 2 hours", "SizeRw": 5,
        "HostConfig": {"NetworkMode": "default", "Annotations": {"token": "$"}},
        "NetworkSettings": {"Networks": endpoint}, "Tomorrow": ["$", {"deep": "$"}],
    });
    let config = json!({
        "Env": ["PATH=/bin", "PASSWORD=$", "URL=postgres://u:$@db/x"],
        "Cmd": ["$", "--token", "$"], "Entrypoint": ["sh", "-c", "login $"],
        "Shell": ["/bin/sh", "$"], "OnBuild": ["RUN login $"],
        "Healthcheck": {"Test": ["CMD-SHELL", "curl -u me:$ http://localhost"], "Retries": 3},
        "Labels": labels, "Image": "shop/web",
    });
    let image_line = json!({"Id": "sha256:ab", "RepoTags": ["shop/web:1"], "Labels": labels});
    let volume = json!({
        "Name": "data", "Driver": "local", "Labels": labels, "Mountpoint": "/var/lib/docker/x",
        "Options": {"type": "cifs", "o": "username=me,password=$", "device": "//me:$@nas/x"},
        "Status": {"token": "$"},
    });
    vec![
        (
            Ask::Info.path(),
            json!({
                "Driver": "overlay2", "DriverStatus": [["Backing Filesystem", "extfs"]],
                "HttpProxy": "http://me:$@proxy:3128", "HttpsProxy": "me:$@proxy:3128",
                "IndexServerAddress": "https://me:$@hub.example/v1/",
                "Labels": ["tier=$"], "GenericResources": ["$"],
                "RegistryConfig": {"Mirrors": ["https://me:$@mirror/"], "IndexConfigs": {
                    "hub": {"Name": "hub", "Mirrors": ["https://x/?token=$"], "Auth": "$"}}},
                "Swarm": {"LocalNodeState": "active", "Cluster": {"ID": "c",
                    "JoinTokens": {"Worker": "SWMTKN-$", "Manager": "SWMTKN-$"}}},
                "Runtimes": {"runc": {"path": "runc", "runtimeArgs": ["--key", "$"]}},
                "Plugins": {"Volume": ["local"], "Secretive": ["$"]}, "MemTotal": 25,
            }),
        ),
        (Ask::Containers.path(), json!([line])),
        (Ask::ContainerSizes.path(), json!([line])),
        (
            Ask::Container(web.clone()).path(),
            json!({
                "Id": WEB, "Name": "/web", "Path": "/entrypoint.sh", "Args": ["$", "--token=$"],
                "Config": config,
                "State": {"Status": "exited", "ExitCode": 127, "Error": "exec: \"$\": not found",
                    "Health": {"Status": "unhealthy", "Log": [{"ExitCode": 1, "Output": "denied $"}]}},
                "HostConfig": {"NetworkMode": "web_net", "Binds": ["data:/data"],
                    "Tmpfs": {"/run": "size=1m"}, "Init": true,
                    "LogConfig": {"Type": "splunk", "Config": {"splunk-token": "$", "max-size": "1m"}},
                    "Annotations": {"a": "$"}, "StorageOpt": {"secret": "$"},
                    "Mounts": [{"Type": "volume", "Target": "/x", "VolumeOptions": {"Labels": {"a": "$"},
                        "DriverConfig": {"Name": "nfs", "Options": {"o": "password=$"}}}}],
                    "DeviceRequests": [{"Driver": "gpu", "Options": {"key": "$"}}], "New": "$"},
                "GraphDriver": {"Name": "overlay2", "Data": {"LowerDir": "/var/lib/docker/a"}},
                "NetworkSettings": {"Networks": endpoint}, "ProcessConfig": {"arguments": ["$"]},
            }),
        ),
        (
            Ask::Changes(web).path(),
            json!([{"Path": "/etc", "Kind": 0}]),
        ),
        (Ask::Images.path(), json!([image_line])),
        (
            Ask::Image(image.clone()).path(),
            json!({
                "Id": "sha256:ab", "RootFS": {"Type": "layers", "Layers": ["sha256:cd"]},
                "Config": config, "ContainerConfig": config, "Comment": "made with $", "Author": "$",
                "Identity": {"Signature": "$"},
            }),
        ),
        (
            Ask::History(image).path(),
            json!([
                {"CreatedBy": "/bin/sh -c #(nop)  CMD [\"nginx\" \"--token\" \"$\"]", "Comment": "$ x"},
                {"CreatedBy": "/bin/sh -c #(nop)  CMD [\"$\"]"}, {"CreatedBy": "CMD [\"$\"]"},
                {"CreatedBy": "ENTRYPOINT [\"/login\" \"$\"]"},
                {"CreatedBy": "/bin/sh -c #(nop)  ENV TOKEN=$"},
                {"CreatedBy": "|1 TOKEN=$ /bin/sh -c login $"},
                {"CreatedBy": "RUN |1 TOKEN=$ /bin/sh -c login $ # buildkit",
                 "Comment": "buildkit.dockerfile.v0"},
                {"CreatedBy": "ARG TOKEN=$"}, {"CreatedBy": "LABEL token=$"},
                {"CreatedBy": "ADD https://me:$@host/x /x"}, {"CreatedBy": "COPY app /$ # buildkit"},
            ]),
        ),
        (
            Ask::Networks.path(),
            json!([{"Id": "net1", "Name": "web_net", "Labels": labels,
            "Options": {"com.docker.network.driver.mtu": "1500", "vendor.password": "$"},
            "IPAM": {"Driver": "vendor", "Options": {"token": "$"},
                "Config": [{"Subnet": "172.18.0.0/16"}]}}]),
        ),
        (
            "/networks/net1".into(),
            json!({"Id": "net1", "Name": "web_net", "Labels": labels,
            "Options": {"vendor.password": "$"}, "Containers": {WEB: {"Name": "web", "New": "$"}},
            "Peers": [{"Name": "$"}]}),
        ),
        (
            Ask::Volumes.path(),
            json!({"Volumes": [volume], "Warnings": null}),
        ),
        (
            Ask::DiskUsage.path(),
            json!({
                "LayersSize": 7, "Containers": [line], "Images": [image_line], "Volumes": [volume],
                "BuildCache": [{"ID": "x", "Description": "[2/3] RUN login $"}],
                "ContainerUsage": {"TotalCount": 1, "Items": [line]},
                "VolumeUsage": {"TotalCount": 1, "Items": [volume]},
                "BuildCacheUsage": {"Items": [{"ID": "x", "Description": "RUN login $"}]},
            }),
        ),
    ]
}

#[tokio::test]
async fn no_secret_survives_in_any_answer_or_recording() {
    let mut seeds = Seeds::default();
    let mut planted = answers();
    for (_, json) in &mut planted {
        seeds.plant(json);
    }
    assert!(seeds.0 > 80, "{} secrets", seeds.0);
    for api in ["1.41", "1.53"] {
        let engine = FakeEngine::start().await;
        engine.script.speaks(api, "20.10.24");
        for (path, json) in &planted {
            engine.script.answers(path, 200, json.to_string());
        }
        let host = engine.host();
        let recording = record(&host).await.expect("a recording");
        for (path, _) in &planted {
            let json = recording
                .answers
                .get(path)
                .unwrap_or_else(|| panic!("{path}"));
            let text = json.to_string();
            if let Some(at) = text.find("hunter2") {
                let from = text.floor_char_boundary(at.saturating_sub(80));
                panic!(
                    "{path}: …{}",
                    &text[from..text.floor_char_boundary(at + 20)]
                );
            }
        }
        assert!(!recording.to_text().expect("text").contains("hunter2"));
    }
}

#[tokio::test]
async fn what_the_panels_draw_from_survives() {
    let engine = FakeEngine::start().await;
    for (path, json) in answers() {
        engine.script.answers(&path, 200, json.to_string());
    }
    let recording = record(&engine.host()).await.expect("a recording");
    let at = |ask: Ask, pointer: &str| {
        let json = &recording.answers[&ask.path()];
        json.pointer(pointer)
            .cloned()
            .unwrap_or_else(|| panic!("{pointer} in {json}"))
    };
    let web = || Id::new(WEB).expect("an id");
    let image = || Id::new("sha256:ab").expect("an id");
    for (ask, pointer, value) in [
        (Ask::Info, "/DriverStatus/0/1", json!("extfs")),
        (Ask::Info, "/MemTotal", json!(25)),
        (Ask::Info, "/HttpProxy", json!("http://••••@proxy:3128")),
        (Ask::Containers, "/0/Command", json!("/entrypoint.sh ••••")),
        (Ask::Containers, "/0/Names/0", json!("/web")),
        (
            Ask::Containers,
            "/0/Labels/com.docker.compose.project",
            json!("shop"),
        ),
        (
            Ask::Containers,
            "/0/Labels/com.docker.compose.project.working_dir",
            json!("shop"),
        ),
        (
            Ask::Containers,
            "/0/NetworkSettings/Networks/web_net/IPAddress",
            json!("172.18.0.2"),
        ),
        (Ask::Containers, "/0/Tomorrow/1/deep", json!("••••")),
        (Ask::ContainerSizes, "/0/SizeRw", json!(5)),
        (
            Ask::Container(web()),
            "/Config/Env/1",
            json!("PASSWORD=••••"),
        ),
        (
            Ask::Container(web()),
            "/Config/Entrypoint",
            json!(["sh", "••••", "••••"]),
        ),
        (
            Ask::Container(web()),
            "/HostConfig/Tmpfs/~1run",
            json!("size=1m"),
        ),
        (Ask::Container(web()), "/HostConfig/Init", json!(true)),
        (Ask::Container(web()), "/State/ExitCode", json!(127)),
        (
            Ask::Container(web()),
            "/GraphDriver/Data/LowerDir",
            json!("/var/lib/docker/a"),
        ),
        (Ask::Image(image()), "/RootFS/Layers/0", json!("sha256:cd")),
        (
            Ask::History(image()),
            "/1/CreatedBy",
            json!("/bin/sh -c #(nop)  CMD ••••"),
        ),
        (
            Ask::History(image()),
            "/6/CreatedBy",
            json!("RUN |1 TOKEN=•••• /bin/sh -c login •••• # buildkit"),
        ),
        (
            Ask::History(image()),
            "/6/Comment",
            json!("buildkit.dockerfile.v0"),
        ),
        (
            Ask::Networks,
            "/0/Options/com.docker.network.driver.mtu",
            json!("1500"),
        ),
        (
            Ask::Networks,
            "/0/IPAM/Config/0/Subnet",
            json!("172.18.0.0/16"),
        ),
        (
            Ask::Volumes,
            "/Volumes/0/Mountpoint",
            json!("/var/lib/docker/x"),
        ),
        (Ask::DiskUsage, "/LayersSize", json!(7)),
    ] {
        assert_eq!(at(ask, pointer), value, "{pointer}");
    }
}
