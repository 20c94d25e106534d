//! Views: what a reader wants to see of a host, as it stands in a URL and as the
//! key of a picture on the live stream.

use super::Panel;
use crate::engine::SandboxId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters, so that a key has one spelling.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The longest key that is read at all, in bytes: an image name takes 255, tripled
/// by its encoding, and so may a host's.
pub(super) const LONGEST: usize = 2048;

/// How much of a host a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Scope {
    /// All of it, under the names that the host uses.
    #[default]
    Host,
    /// What one sandbox owns, under the names that were typed there. The id is no secret:
    /// it stands in every name on the host, and what is shown is masked as ever.
    Sandbox(SandboxId),
}

impl Scope {
    /// What a sentence calls it: `this host`, `this sandbox`.
    pub fn here(self) -> &'static str {
        match self {
            Scope::Host => "this host",
            Scope::Sandbox(_) => "this sandbox",
        }
    }

    /// The sandbox, where it is one.
    pub fn sandbox(self) -> Option<SandboxId> {
        match self {
            Scope::Host => None,
            Scope::Sandbox(id) => Some(id),
        }
    }
}

/// What the reader wants to see of a host: the URL query, and the key on the stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct View {
    /// A configured host name; `None` is the default host.
    pub host: Option<String>,
    /// Another host, whose picture stands beside it to compare.
    pub beside: Option<String>,
    /// The object in focus, e.g. an image for `layers`. Any text: a panel that does
    /// not find it says so.
    pub of: Option<String>,
    /// The whole host, or one sandbox. A sandbox is on one host: it has nothing beside it.
    pub scope: Scope,
}

impl View {
    /// The key in its one spelling: `layers`, or `layers?host=a&of=b&scope=c`,
    /// percent-encoded, with the parameters that are set.
    pub fn key(&self, panel: Panel) -> String {
        format!("{}{}", panel.name(), self.query())
    }

    /// The picture that `key` names; `None` for anything that is not a key.
    pub fn parse_key(key: &str) -> Option<(Panel, View)> {
        if key.len() > LONGEST {
            return None;
        }
        let (name, query) = key.split_once('?').unwrap_or((key, ""));
        let panel = Panel::from_name(name)?;
        let mut view = View::default();
        let mut scope = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let slot = match name {
                "host" => &mut view.host,
                "beside" => &mut view.beside,
                "of" => &mut view.of,
                "scope" => &mut scope,
                _ => return None,
            };
            let value = percent_decode_str(value).decode_utf8().ok()?;
            if slot.is_some() {
                return None;
            }
            // An empty parameter is what a form sends for "none".
            *slot = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        if let Some(id) = scope {
            view.scope = Scope::Sandbox(SandboxId::parse(&id)?);
            if view.beside.is_some() {
                return None;
            }
        }
        Some((panel, view))
    }

    /// The page of this picture alone: `/panels/layers?of=…`.
    pub fn href(&self, panel: Panel) -> String {
        format!("/panels/{}", self.key(panel))
    }

    /// Its data: `/panels/layers.json?of=…`.
    pub fn json_href(&self, panel: Panel) -> String {
        format!("/panels/{}.json{}", panel.name(), self.query())
    }

    /// The same host and scope, another object in focus.
    pub fn focus(&self, of: &str) -> View {
        View {
            host: self.host.clone(),
            beside: self.beside.clone(),
            of: Some(of.to_owned()).filter(|of| !of.is_empty()),
            scope: self.scope,
        }
    }

    /// What is asked of this very host, with `other` beside it, or none.
    pub fn against(&self, host: &str, other: Option<&str>) -> View {
        View {
            host: Some(host.to_owned()),
            beside: other.map(str::to_owned),
            of: self.of.clone(),
            scope: match other {
                Some(_) => Scope::Host,
                None => self.scope,
            },
        }
    }

    fn query(&self) -> String {
        let mut query = String::new();
        let scope = self.scope.sandbox().map(|id| id.to_string());
        let parameters = [
            ("host", &self.host),
            ("beside", &self.beside),
            ("of", &self.of),
            ("scope", &scope),
        ];
        for (name, value) in parameters {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                query.push(if query.is_empty() { '?' } else { '&' });
                query.push_str(name);
                query.push('=');
                query.extend(utf8_percent_encode(value, RESERVED));
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_has_one_spelling() {
        let view = View {
            host: Some("build arm".into()),
            beside: None,
            of: Some("shop/web:1.4".into()),
            scope: Scope::Host,
        };
        assert_eq!(
            view.key(Panel::Layers),
            "layers?host=build%20arm&of=shop%2Fweb%3A1.4"
        );
        let both = view.against("a", Some("b"));
        assert_eq!(
            both.key(Panel::Layers),
            "layers?host=a&beside=b&of=shop%2Fweb%3A1.4"
        );
        assert_eq!(both.focus("x").beside, Some("b".into()));
        assert_eq!(View::default().key(Panel::Networks), "networks");
        assert_eq!(
            View::parse_key("layers?of=shop/web:1.4&host="),
            Some((Panel::Layers, View::default().focus("shop/web:1.4")))
        );
    }

    #[test]
    fn a_scope_is_in_the_key_and_stays_with_another_focus() {
        let key = "mounts?host=a&of=web&scope=k3x9q2ab";
        let (panel, view) = View::parse_key(key).expect("a key");
        let id = SandboxId::parse("k3x9q2ab").expect("an id");
        assert_eq!(view.scope, Scope::Sandbox(id));
        assert_eq!(view.key(panel), key);
        assert_eq!(
            view.focus("db").href(Panel::Init),
            "/panels/init?host=a&of=db&scope=k3x9q2ab"
        );
        assert_eq!(view.against("b", Some("c")).scope, Scope::Host);
        assert_eq!(
            View::parse_key("mounts?scope="),
            Some((Panel::Mounts, View::default()))
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in [
            "",
            "?",
            "layer",
            "layers?of",
            "layers?scop=x&of=1",
            "layers?scope=x&of=1",
            "layers?scope=K3X9Q2AB",
            "layers?scope=k3x9q2ab&scope=k3x9q2ab",
            "layers?scope=k3x9q2ab&beside=b",
            "layers?of=a&of=b",
            "layers?of=%ff",
            "layers/..",
        ] {
            assert_eq!(View::parse_key(bad), None, "{bad}");
        }
        let long = format!("layers?of={}", "a".repeat(LONGEST));
        assert_eq!(View::parse_key(&long), None);
    }

    proptest! {
        #[test]
        fn every_view_comes_back_from_its_key(
            panel in 0..Panel::ALL.len(),
            host in proptest::option::of(".{1,40}"),
            beside in proptest::option::of(".{1,40}"),
            of in proptest::option::of("\\PC{1,60}"),
            scope in proptest::option::of("[a-z0-9]{8}"),
        ) {
            let scope = scope.and_then(|id| SandboxId::parse(&id));
            let scope = scope.map_or(Scope::Host, Scope::Sandbox);
            let beside = beside.filter(|_| scope == Scope::Host);
            let (panel, view) = (Panel::ALL[panel], View { host, beside, of, scope });
            let key = view.key(panel);
            prop_assert_eq!(View::parse_key(&key), Some((panel, view)));
        }

        #[test]
        fn any_text_can_be_tried_as_a_key(key in ".*") {
            if let Some((panel, view)) = View::parse_key(&key) {
                prop_assert_eq!(View::parse_key(&view.key(panel)), Some((panel, view)));
            }
        }
    }
}
