//! Masking: what is secret is taken out of an answer as it enters the room.
//!
//! [`answer`] is the way in. What a field is allowed to say stands in `shapes`,
//! field by field; a field that is not there keeps its
//! place and loses its value. A URL's user and password go wherever they stand.

use super::Ask;
use super::owned;
use super::shapes;
use serde_json::Value;

/// What stands where something was taken out.
pub const MASK: &str = "••••";

/// What may be said of a field.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// All of it, in plain values and lists of them.
    Keep,
    /// That there is something.
    Mask,
    /// The fields in the first text by name as they are, those in the list by their
    /// own rule, others not.
    Fields(&'static str, &'static [(&'static str, Rule)]),
    /// An object whose keys are names, such as networks: each value by the rule.
    Each(&'static Rule),
    /// Labels as an object: Compose's, the image's own and a sandbox's, others by name only.
    Labels,
    /// The value of a sandbox's label: an id, a name, a moment.
    Sandbox,
    /// An object of options: those whose names begin with one of the prefixes.
    Options(&'static [&'static str]),
    /// `NAME=value`: the name.
    Name,
    /// A list of a program and its arguments: the program.
    Argv,
    /// A program and its arguments in one text: the program.
    Command,
    /// The line that made a layer: the instruction and its first word.
    CreatedBy,
    /// A remark, which builders fill in and people may: the builders'.
    Remark,
    /// What happened, without its details: `exec_create`, `health_status: healthy`.
    Action,
    /// A number, also one that is written as a text: that one from 0 to 255.
    Number,
    /// An object of a kind that its own field of this name tells: the rule of that kind,
    /// or the last one.
    By(&'static str, &'static [(&'static str, Rule)], &'static Rule),
    /// What `ps` printed: figures, and of each program its name.
    Processes,
    /// A proxy, which may come as `user:password@host`.
    Proxy,
}

/// Masks an answer to `ask`.
pub fn answer(ask: &Ask, json: &mut Value) {
    apply(shapes::of(ask), json);
    if matches!(ask, Ask::History(_)) {
        mask_arguments_of_an_entrypoint(json);
    }
}

/// Below an `ENTRYPOINT` a `CMD` names no program: its first word is an argument too.
fn mask_arguments_of_an_entrypoint(history: &mut Value) {
    let lines = history.as_array_mut().into_iter().flatten();
    let mut lines: Vec<&mut String> = lines
        .filter_map(|line| match &mut line["CreatedBy"] {
            Value::String(text) => Some(text),
            _ => None,
        })
        .collect();
    let begins = |text: &str, instruction: &str| {
        let text = text.trim_start_matches("/bin/sh -c #(nop)").trim_start();
        text.starts_with(instruction)
    };
    if lines.iter().any(|text| begins(text, "ENTRYPOINT ")) {
        for text in lines.iter_mut().filter(|text| begins(text, "CMD ")) {
            let end = text.find("CMD ").map_or(0, |at| at + "CMD ".len());
            text.truncate(end);
            text.push_str(MASK);
        }
    }
}

/// Whether a container begins with an `Entrypoint`, so that `Cmd` holds its arguments.
fn has_entrypoint(object: &serde_json::Map<String, Value>) -> bool {
    match object.get("Entrypoint") {
        Some(Value::Array(words)) => !words.is_empty(),
        Some(Value::String(word)) => !word.is_empty(),
        _ => false,
    }
}

fn apply(rule: Rule, json: &mut Value) {
    match (rule, json) {
        (_, Value::Null) => {}
        (Rule::Processes, json) => super::processes::mask(json),
        (Rule::Argv, Value::Array(list)) => {
            for (index, item) in list.iter_mut().enumerate() {
                apply(
                    if index == 0 {
                        Rule::Command
                    } else {
                        Rule::Mask
                    },
                    item,
                );
            }
        }
        (rule, Value::Array(list)) => list.iter_mut().for_each(|item| apply(rule, item)),
        (Rule::Fields(kept, ruled), Value::Object(object)) => {
            let arguments = has_entrypoint(object);
            for (name, value) in object.iter_mut() {
                let own = ruled.iter().find(|(ruled, _)| ruled == name);
                let rule = match own {
                    Some(_) if arguments && name == "Cmd" => Rule::Mask,
                    Some((_, rule)) => *rule,
                    None if kept.split_whitespace().any(|kept| kept == name) => Rule::Keep,
                    None => Rule::Mask,
                };
                apply(rule, value);
            }
        }
        (Rule::By(field, kinds, other), json @ Value::Object(_)) => {
            let own = kinds.iter().find(|(kind, _)| json[field] == *kind);
            apply(own.map_or(*other, |(_, rule)| *rule), json);
        }
        (Rule::Each(rule), Value::Object(object)) => {
            object.values_mut().for_each(|value| apply(*rule, value));
        }
        (Rule::Labels, Value::Object(object)) => {
            for (name, value) in object.iter_mut() {
                label(name, value);
            }
        }
        (Rule::Options(prefixes), Value::Object(object)) => {
            for (name, value) in object.iter_mut() {
                let known = prefixes.iter().any(|prefix| name.starts_with(prefix));
                apply(if known { Rule::Keep } else { Rule::Mask }, value);
            }
        }
        // An object where plain values were expected.
        (_, Value::Object(object)) => object
            .values_mut()
            .for_each(|value| apply(Rule::Mask, value)),
        (rule, Value::String(text)) => {
            if !text.is_empty() {
                *text = masked(rule, text);
            }
        }
        (Rule::Keep, Value::Number(_) | Value::Bool(_)) | (Rule::Number, Value::Number(_)) => {}
        (_, number) => *number = MASK.into(),
    }
}

/// One text by its rule.
fn masked(rule: Rule, text: &str) -> String {
    match rule {
        Rule::Keep => line(text),
        Rule::Name => name_only(text),
        Rule::Action => action(text).to_owned(),
        // Exit codes and signals; a label of that name may hold a longer secret.
        Rule::Number if text.parse::<u8>().is_ok() => text.to_owned(),
        // No longer than names are, and of no other letters.
        Rule::Sandbox if text.len() <= 255 && text.bytes().all(is_of_a_name) => text.to_owned(),
        Rule::Argv | Rule::Command => command(text),
        Rule::CreatedBy => created_by(text),
        Rule::Remark if text.starts_with("buildkit.") && !text.contains(char::is_whitespace) => {
            text.to_owned()
        }
        Rule::Proxy => {
            // A password can hold anything: all before the last @ is one.
            let (scheme, rest) = match text.split_once("://") {
                Some((scheme, rest)) => (format!("{scheme}://"), rest),
                None => (String::new(), text),
            };
            match rest.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}{MASK}@{}", line(host)),
                None => line(text),
            }
        }
        // A text where an object was expected is not what we know.
        _ => MASK.to_owned(),
    }
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-:/+".contains(&byte)
}

/// What follows a colon is the text of an exec, or the engine's own word on health.
fn action(text: &str) -> &str {
    const HEALTH: [&str; 3] = ["healthy", "unhealthy", "starting"];
    match text.split_once(':') {
        Some(("health_status", health)) if HEALTH.contains(&health.trim()) => text,
        Some((action, _)) => action,
        None => text,
    }
}

/// The labels by which a sandbox's objects are known. What they say stands in the object's
/// name as well, but for the day when it is removed.
const SANDBOX: [&str; 6] = [
    owned::INSTANCE,
    owned::SANDBOX,
    owned::NAME,
    owned::IMAGE,
    owned::UNTIL,
    owned::DEMO_IMAGE,
];

/// A label's value: Compose's stay, with paths cut to their last part, and so do the
/// image's own and a sandbox's.
fn label(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if name.starts_with("com.docker.compose.") => {
            // Before it is cut: a URL's password may stand in the last part.
            let clean = line(text);
            let shortened: Vec<&str> = clean
                .split(',')
                .map(|path| path.trim_end_matches('/'))
                .map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path))
                .collect();
            *text = shortened.join(",");
        }
        Value::String(text) if name.starts_with("org.opencontainers.image.") => *text = line(text),
        Value::String(text) if SANDBOX.contains(&name) => *text = masked(Rule::Sandbox, text),
        other => apply(Rule::Mask, other),
    }
}

/// `NAME=value` without the value.
fn name_only(text: &str) -> String {
    match text.split_once('=') {
        Some((_, "")) | None => text.to_owned(),
        Some((name, _)) => format!("{name}={MASK}"),
    }
}

/// The first word of a command line.
pub(super) fn command(text: &str) -> String {
    let text = line(text);
    match text.trim_start().split_once(char::is_whitespace) {
        Some((program, rest)) if !rest.trim().is_empty() => {
            format!("{} {MASK}", name_only(program))
        }
        _ => name_only(text.trim()),
    }
}

/// How the shell of a `RUN` and of a `#(nop)` line begins.
const SHELLS: [&str; 2] = ["/bin/sh -c ", "/bin/bash -c "];

/// The instructions of a Dockerfile, which stand as they are in a history line.
pub const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The line that made a layer, down to the instruction and its first word. Written
/// in one way by the old builder, `/bin/sh -c #(nop)  CMD ["sh"]`, and in another by
/// BuildKit, `CMD ["sh"]`; both put a build's arguments in front of a command as
/// `|1 KEY=value`.
fn created_by(text: &str) -> String {
    let text = line(text);
    let (text, end) = match text.trim_end().strip_suffix("# buildkit") {
        Some(before) => (before.trim_end().to_owned(), " # buildkit"),
        None => (text, ""),
    };
    let mut rest = text.as_str();
    let mut out = String::new();
    for shell in SHELLS {
        if let Some(after) = rest.strip_prefix(shell)
            && let Some(done) = after.trim_start().strip_prefix("#(nop)")
        {
            rest = done;
            out = format!("{shell}#(nop) ");
            let spaces = done.len() - done.trim_start().len();
            out.push_str(&" ".repeat(spaces.min(2).saturating_sub(1)));
        }
    }
    let rest = rest.trim_start();
    let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // What follows a MAINTAINER is a person, what follows a RUN a command.
    if INSTRUCTIONS.contains(&word) && !matches!(word, "RUN" | "MAINTAINER") {
        out.push_str(word);
        let operand = first_word(after, &[',', '=']);
        push_word(&mut out, &operand);
    } else {
        let run = if word == "RUN" { after } else { rest };
        if word == "RUN" {
            out.push_str("RUN");
        }
        run_line(&mut out, run.trim_start());
    }
    out.push_str(end);
    out
}

/// A command, after its build arguments.
fn run_line(out: &mut String, text: &str) {
    let mut text = text;
    if let Some((count, mut after)) = arguments(text) {
        let mut names = String::new();
        for _ in 0..count {
            let (argument, next) = after
                .trim_start()
                .split_once(char::is_whitespace)
                .unwrap_or((after, ""));
            names.push(' ');
            names.push_str(&name_only(argument));
            after = next;
        }
        after = after.trim_start();
        space(out);
        // A value with spaces in it runs on into what should be the command.
        if !SHELLS.iter().any(|shell| after.starts_with(shell)) {
            out.push_str(&format!("|{count} {MASK}"));
            return;
        }
        out.push_str(&format!("|{count}{names}"));
        text = after;
    }
    for shell in SHELLS {
        if let Some(after) = text.strip_prefix(shell) {
            space(out);
            out.push_str(shell.trim_end());
            text = after;
            break;
        }
    }
    const ENDS: [char; 13] = [
        ';', '&', '|', '<', '>', '(', ')', '$', '`', '\'', '"', '=', ',',
    ];
    let word = first_word(text, &ENDS);
    push_word(out, &word);
}

/// `|2 A=b C=d …`: how many, and what follows.
fn arguments(text: &str) -> Option<(usize, &str)> {
    let (count, after) = text.strip_prefix('|')?.split_once(char::is_whitespace)?;
    let count = count.parse().ok().filter(|count| *count <= 1000)?;
    Some((count, after))
}

/// The text's first word, and whether anything was left out.
struct FirstWord<'a> {
    word: &'a str,
    more: bool,
}

fn first_word<'a>(text: &'a str, ends: &[char]) -> FirstWord<'a> {
    let text = text.trim();
    let end = text
        .find(|c: char| c.is_whitespace() || ends.contains(&c))
        .unwrap_or(text.len());
    // The name of a variable goes with its sign.
    let end = if text[end..].starts_with('=') {
        end + 1
    } else {
        end
    };
    let rest = text[end..].trim_matches(|c: char| c.is_whitespace() || c == ']');
    FirstWord {
        word: if rest.is_empty() { text } else { &text[..end] },
        more: !rest.is_empty(),
    }
}

fn push_word(out: &mut String, first: &FirstWord<'_>) {
    if !first.word.is_empty() {
        space(out);
        out.push_str(first.word);
    }
    if first.more {
        if !first.word.ends_with('=') {
            space(out);
        }
        out.push_str(MASK);
    }
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Masks the user and password of every URL in a line of text.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let blank = |c: char| c.is_whitespace() || c == '"' || c == '\'';
        let word = &after[..after.find(blank).unwrap_or(after.len())];
        let host = &word[..word.find(['/', '?', '#']).unwrap_or(word.len())];
        // A password may hold a slash although it should not.
        let odd = host.rsplit_once(':').is_some_and(|(_, port)| {
            !port.bytes().all(|b| b.is_ascii_digit()) && !port.ends_with(']')
        });
        let user = host.rfind('@').or_else(|| odd.then(|| word.rfind('@'))?);
        match user {
            Some(at) => {
                out.push_str(MASK);
                rest = &after[at..];
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_password_in_a_compose_path_is_gone_before_the_path_is_cut() {
        let ask = Ask::Containers;
        let files = "https://me:hunter2@host";
        let mut list = json!([{"Labels": {"com.docker.compose.project.config_files": files}}]);
        answer(&ask, &mut list);
        assert!(!list.to_string().contains("hunter2"), "{list}");
    }

    #[test]
    fn a_history_line_keeps_its_instruction_and_first_word() {
        for (text, shown) in [
            (
                "/bin/sh -c #(nop)  CMD [\"nginx\" \"-g\" \"daemon off;\"]",
                "/bin/sh -c #(nop)  CMD [\"nginx\" ••••",
            ),
            (
                "/bin/sh -c #(nop)  CMD [\"sh\"]",
                "/bin/sh -c #(nop)  CMD [\"sh\"]",
            ),
            (
                "/bin/sh -c #(nop) ADD file:0123 in / ",
                "/bin/sh -c #(nop) ADD file:0123 ••••",
            ),
            (
                "/bin/sh -c #(nop)  ENV TOKEN=hunter2",
                "/bin/sh -c #(nop)  ENV TOKEN=••••",
            ),
            ("ENV TOKEN=hunter2", "ENV TOKEN=••••"),
            ("ARG TOKEN=hunter2", "ARG TOKEN=••••"),
            ("LABEL a=hunter2 b=hunter2", "LABEL a=••••"),
            ("CMD [\"sh\",\"-c\",\"hunter2\"]", "CMD [\"sh\" ••••"),
            ("WORKDIR /srv", "WORKDIR /srv"),
            ("EXPOSE map[80/tcp:{}]", "EXPOSE map[80/tcp:{}]"),
            ("COPY app /srv/app # buildkit", "COPY app •••• # buildkit"),
            (
                "ADD https://me:hunter2@host/x /x",
                "ADD https://••••@host/x ••••",
            ),
            (
                "/bin/sh -c apt-get install hunter2",
                "/bin/sh -c apt-get ••••",
            ),
            ("/bin/sh -c TOKEN=hunter2 ./login", "/bin/sh -c TOKEN=••••"),
            ("/bin/sh -c echo;hunter2", "/bin/sh -c echo ••••"),
            (
                "RUN /bin/sh -c apt-get update # buildkit",
                "RUN /bin/sh -c apt-get •••• # buildkit",
            ),
            (
                "|1 TOKEN=hunter2 /bin/sh -c make hunter2",
                "|1 TOKEN=•••• /bin/sh -c make ••••",
            ),
            (
                "RUN |2 A=hunter2 B=hunter2 /bin/sh -c make # buildkit",
                "RUN |2 A=•••• B=•••• /bin/sh -c make # buildkit",
            ),
            ("|1 A=two hunter2 words /bin/sh -c make", "|1 ••••"),
            ("/bin/busybox --install -s /bin", "/bin/busybox ••••"),
            ("MAINTAINER hunter2 <h@x>", "MAINTAINER ••••"),
            ("RUN <<EOF hunter2", "RUN ••••"),
        ] {
            assert_eq!(created_by(text), shown, "{text}");
        }
    }

    #[test]
    fn a_proxy_loses_its_password_whatever_it_is_made_of() {
        for (text, shown) in [
            ("http://u:12/S3CRET@proxy:1", "http://••••@proxy:1"),
            ("http://u:p'S3@CRET@proxy", "http://••••@proxy"),
            ("u:p@proxy:3128", "••••@proxy:3128"),
            ("http://proxy:3128", "http://proxy:3128"),
        ] {
            let mut info = json!({ "HttpProxy": text });
            answer(&Ask::Info, &mut info);
            assert_eq!(info, json!({ "HttpProxy": shown }));
        }
    }

    #[test]
    fn a_url_loses_its_password_and_keeps_its_host() {
        for (text, shown) in [
            ("http://me:pw@proxy:3128", "http://••••@proxy:3128"),
            (
                "see https://a@h/x and b://c:d@e",
                "see https://••••@h/x and b://••••@e",
            ),
            ("postgres://u:p/w@db/x", "postgres://••••@db/x"),
            ("https://host/pkg@1.0", "https://host/pkg@1.0"),
            ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
            ("no url", "no url"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn compose_labels_stay_without_the_way_to_their_files() {
        let mut labels = serde_json::json!({
            "com.docker.compose.project": "shop",
            "com.docker.compose.project.working_dir": "/home/anna/work/shop",
            "com.docker.compose.project.config_files": "/home/anna/a.yaml,/home/anna/b.yaml",
            "org.opencontainers.image.title": "Web",
            "com.docker.composer": "hunter2",
            "traefik.auth": "hunter2",
        });
        apply(Rule::Labels, &mut labels);
        assert_eq!(
            labels,
            serde_json::json!({
                "com.docker.compose.project": "shop",
                "com.docker.compose.project.working_dir": "shop",
                "com.docker.compose.project.config_files": "a.yaml,b.yaml",
                "org.opencontainers.image.title": "Web",
                "com.docker.composer": MASK,
                "traefik.auth": MASK,
            })
        );
    }
}
