//! What a form sends: names and values, as a browser encodes them.

use percent_encoding::percent_decode;

/// The fields of one form, in the order in which they came.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, String)>);

/// The most fields that are read: more than any form of ours has.
const MOST: usize = 32;

impl Form {
    /// Reads a body of the kind `application/x-www-form-urlencoded`. What is not text is
    /// left out.
    pub fn read(body: &[u8]) -> Form {
        let pairs = body.split(|b| *b == b'&').take(MOST);
        let fields = pairs.filter_map(|pair| {
            let at = pair.iter().position(|b| *b == b'=')?;
            Some((decoded(&pair[..at])?, decoded(&pair[at + 1..])?))
        });
        Form(fields.collect())
    }

    /// The value of a field; empty where it is not there. A field that stands twice has
    /// no value: nobody can say which was meant.
    pub fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().filter(|(own, _)| own == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => value,
            _ => "",
        }
    }
}

fn decoded(text: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    percent_decode(&spaced)
        .decode_utf8()
        .ok()
        .map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_writes_it() {
        let form = Form::read(b"line=docker+ps+-a%26%2B&token=ab&odd&empty=&bad=%ff");
        assert_eq!(form.get("line"), "docker ps -a&+");
        assert_eq!(form.get("token"), "ab");
        for nothing in ["odd", "empty", "bad", "missing"] {
            assert_eq!(form.get(nothing), "", "{nothing}");
        }
        assert_eq!(Form::read(b"a=1&a=2").get("a"), "");
        assert_eq!(Form::read(b"").get(""), "");
    }
}
