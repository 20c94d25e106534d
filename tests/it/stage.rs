//! A stage on a real engine: networks, containers and compose projects of a test's own.

use std::process::Command;

/// Networks and containers of this test's own, removed at the end.
pub struct Stage {
    endpoint: String,
    /// Begins every name.
    pub prefix: String,
    label: String,
}

impl Stage {
    pub fn new(endpoint: &str, name: &str) -> Stage {
        let prefix = format!("{name}{}", std::process::id());
        Stage {
            endpoint: endpoint.to_owned(),
            label: format!("waterline.test.networks={prefix}"),
            prefix,
        }
    }

    /// What the docker command prints; a failure is the test's.
    pub fn docker(&self, arguments: &[&str]) -> String {
        let (ok, out, err) = self.try_docker(arguments);
        assert!(ok, "docker {arguments:?}: {err}");
        out
    }

    pub fn try_docker(&self, arguments: &[&str]) -> (bool, String, String) {
        let ran = Command::new("docker")
            .args(["--host", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        (ran.status.success(), text(&ran.stdout), text(&ran.stderr))
    }

    pub fn name(&self, short: &str) -> String {
        format!("{}-{short}", self.prefix)
    }

    pub fn network(&self, short: &str, options: &[&str]) {
        let name = self.name(short);
        let mut arguments = vec!["network", "create", "--label", &self.label];
        arguments.extend(options);
        arguments.push(&name);
        self.docker(&arguments);
    }

    /// A container that serves HTTP on its port 80, or only waits where it has none of
    /// its own. `@x` in an option is the full name of x.
    pub fn run(&self, short: &str, options: &str) {
        let shares = options.contains("host") || options.contains("container:");
        let name = self.name(short);
        let options = options.replace('@', &format!("{}-", self.prefix));
        let mut arguments = vec!["run", "-d", "--label", &self.label, "--name", &name];
        arguments.extend(options.split_whitespace());
        arguments.push("busybox");
        arguments.extend(match shares {
            true => ["tail", "-f", "/dev/null"].as_slice(),
            false => ["httpd", "-f", "-p", "80"].as_slice(),
        });
        self.docker(&arguments);
    }

    /// Brings a project up with the real docker-compose. `@x` in the file is the full
    /// name of x, `LABEL` what everything of this test carries.
    pub fn project(&self, short: &str, file: &str, options: &[&str]) {
        let up = [&["up", "--detach"], options].concat();
        self.compose(short, file, &up);
    }

    /// Takes one down again.
    pub fn down(&self, short: &str, file: &str) {
        self.compose(short, file, &["down"]);
    }

    fn compose(&self, short: &str, file: &str, arguments: &[&str]) {
        let name = self.name(short);
        let file = file
            .replace('@', &format!("{}-", self.prefix))
            .replace("LABEL", &format!("[\"{}\"]", self.label));
        let path = std::env::temp_dir().join(format!("{name}.yaml"));
        std::fs::write(&path, file).expect("a file for docker-compose");
        let ran = Command::new("docker-compose")
            .env("DOCKER_HOST", &self.endpoint)
            .env_remove("COMPOSE_FILE")
            .env_remove("COMPOSE_PROJECT_NAME")
            .args(["--project-name", &name, "--file"])
            .arg(&path)
            .args(arguments)
            .output()
            .expect("docker-compose");
        let _ = std::fs::remove_file(&path);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "docker-compose of {name}: {said}");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let filter = format!("label={}", self.label);
        for (list, remove) in [
            (
                ["ps", "-aq", "--filter"].as_slice(),
                ["rm", "-fv"].as_slice(),
            ),
            (&["network", "ls", "-q", "--filter"], &["network", "rm"]),
            (&["volume", "ls", "-q", "--filter"], &["volume", "rm"]),
        ] {
            let mut arguments = list.to_vec();
            arguments.push(&filter);
            let (_, ids, _) = self.try_docker(&arguments);
            let mut arguments = remove.to_vec();
            arguments.extend(ids.split_whitespace());
            if !ids.is_empty() {
                self.try_docker(&arguments);
            }
        }
    }
}
