//! History: which line of a Dockerfile made which layer.
//!
//! An engine lists one row per line, and one diff id per layer, and does not say
//! which row made which. A size of 0 does not tell: `RUN rm` makes a layer of no
//! bytes, `ENV` makes none. So [`assign`] weighs what each row *can* be against how
//! many layers there are, and claims no more than follows from that.

use crate::engine::mask::INSTRUCTIONS;
use serde_json::Value;
use std::ops::RangeInclusive;

/// More rows or layers than any engine allows (127 layers): no use in drawing them.
const MOST: usize = 1000;

/// One row of a history, as an engine gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The instruction, e.g. `COPY`; empty where the row does not say one, as after
    /// `docker commit`.
    pub instruction: &'static str,
    /// What follows it, or the whole of a row without an instruction.
    pub rest: String,
    /// Bytes in its layer; `None` where the engine does not say.
    pub size: Option<u64>,
    buildkit: bool,
}

impl Row {
    /// The line as it may have stood in the Dockerfile.
    pub fn line(&self) -> String {
        match (self.instruction, self.rest.as_str()) {
            ("", "") => "(not told)".into(),
            ("", rest) => rest.into(),
            (instruction, "") => instruction.into(),
            (instruction, rest) => format!("{instruction} {rest}"),
        }
    }

    /// Whether this row made a layer, as far as it can be seen from the row alone.
    fn makes(&self) -> Makes {
        match (self.size, self.instruction) {
            (Some(1..), _) => Makes::Layer,
            // An engine that does not say sizes leaves the instruction only.
            (_, "ADD" | "COPY") => Makes::Surely,
            // BuildKit makes a layer of each, even where nothing changed; the classic
            // builder only where something did.
            (_, "RUN" | "WORKDIR") if self.buildkit => Makes::Surely,
            (_, "RUN" | "WORKDIR" | "") => Makes::Either,
            _ => Makes::Hardly,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// It has bytes.
    Layer,
    /// Its kind always does.
    Surely,
    /// Its kind may.
    Either,
    /// Its kind never does, as far as we know the builder.
    Hardly,
}

/// Which layer a row made. Layers are counted from 0, at the bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// No layer.
    Nothing,
    /// This one.
    Layer(usize),
    /// One of these, and which cannot be told.
    OneOf(RangeInclusive<usize>),
    /// None, or one of these: it cannot be told.
    Perhaps(RangeInclusive<usize>),
    /// The history does not fit the layers at all.
    Unknown,
}

/// Reads `GET /images/{id}/history`, newest row first, as the engine gives it.
pub fn read(json: &Value) -> Vec<Row> {
    let rows = json.as_array().map_or(&[][..], Vec::as_slice);
    rows.iter()
        .take(MOST)
        .map(|row| {
            let created_by = row["CreatedBy"].as_str().unwrap_or_default();
            let comment = row["Comment"].as_str().unwrap_or_default();
            let (instruction, rest) = instruction(created_by);
            Row {
                instruction,
                rest: match (instruction, rest.as_str()) {
                    ("", "") => comment.to_owned(),
                    _ => rest,
                },
                size: row["Size"].as_u64(),
                buildkit: created_by.ends_with("# buildkit") || comment.starts_with("buildkit"),
            }
        })
        .collect()
}

/// Takes a `CreatedBy` apart: the classic builder writes `/bin/sh -c #(nop)  ENV A=b`
/// and `/bin/sh -c make`, BuildKit `ENV A=b` and `RUN /bin/sh -c make # buildkit`.
fn instruction(created_by: &str) -> (&'static str, String) {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim_end();
    // The shell in front may be another one, e.g. on Windows.
    let nop = text
        .find("#(nop)")
        .filter(|at| *at < 80)
        .map(|at| text[at + "#(nop)".len()..].trim_start());
    let said = nop.unwrap_or(text);
    let first = said.split_whitespace().next().unwrap_or_default();
    if let Some(word) = INSTRUCTIONS.into_iter().find(|word| *word == first) {
        let rest = said[first.len()..].trim();
        let rest = match word {
            "RUN" => shell(rest).unwrap_or(rest).to_owned(),
            "ADD" | "COPY" => without_hash(rest),
            _ => rest.to_owned(),
        };
        return (word, rest);
    }
    match (nop, shell(text)) {
        (None, Some(command)) => ("RUN", command.to_owned()),
        _ => ("", said.to_owned()),
    }
}

/// The command in `/bin/sh -c make`, also with build arguments: `|1 A=b /bin/sh -c make`.
fn shell(text: &str) -> Option<&str> {
    let text = if text.starts_with('|') {
        &text[text.find(" /bin/sh -c")? + 1..]
    } else {
        text
    };
    Some(text.strip_prefix("/bin/sh -c")?.trim_start())
}

/// `file:73e2… in /bin/busybox`: the content's hash in its first four digits.
fn without_hash(rest: &str) -> String {
    let cut = |word: &str| -> Option<String> {
        let (kind, hash) = word.split_once(':')?;
        let is_hash = matches!(kind, "file" | "dir" | "multi")
            && hash.len() > 8
            && hash.bytes().all(|b| b.is_ascii_hexdigit());
        is_hash.then(|| format!("{kind}:{}…", &hash[..4]))
    };
    rest.split_whitespace()
        .map(|word| cut(word).unwrap_or_else(|| word.to_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Says for each row (newest first, as they come) which of `layers` it made.
///
/// Every way to give exactly `layers` of the rows a layer, in order, that respects
/// what the rows can be, is a possible past. A row gets a definite answer only where
/// all pasts agree. Where there is none, what the kinds of the rows say is taken back
/// step by step; what has bytes made a layer in any case.
pub fn assign(rows: &[Row], layers: usize) -> Vec<Made> {
    if rows.len() > MOST || layers > MOST {
        return vec![Made::Unknown; rows.len()];
    }
    let strict = |makes| match makes {
        Makes::Layer | Makes::Surely => (true, false),
        Makes::Either => (true, true),
        Makes::Hardly => (false, true),
    };
    let lenient = |makes| match makes {
        Makes::Layer => (true, false),
        Makes::Surely | Makes::Either => (true, true),
        Makes::Hardly => (false, true),
    };
    let anything = |makes| match makes {
        Makes::Layer => (true, false),
        _ => (true, true),
    };
    let rules: [&dyn Fn(Makes) -> (bool, bool); 3] = [&strict, &lenient, &anything];
    for rule in rules {
        let can: Vec<(bool, bool)> = rows.iter().rev().map(|row| rule(row.makes())).collect();
        if let Some(mut made) = pasts(&can, layers) {
            made.reverse();
            return made;
        }
    }
    vec![Made::Unknown; rows.len()]
}

/// For rows from the bottom, each with (can make a layer, can make none): what all
/// pasts with exactly `layers` layers agree on. `None` when there is no such past.
///
/// All that can vary is how many layers lie below a row, and any number between the
/// fewest and the most is possible. So two bounds per row say everything.
fn pasts(can: &[(bool, bool)], layers: usize) -> Option<Vec<Made>> {
    let must = |(_, none): &(bool, bool)| usize::from(!none);
    let may = |(layer, _): &(bool, bool)| usize::from(*layer);
    let (fewest, most): (usize, usize) = (can.iter().map(must).sum(), can.iter().map(may).sum());
    if !(fewest..=most).contains(&layers) {
        return None;
    }
    let (mut must_below, mut may_below) = (0, 0);
    let made = can
        .iter()
        .map(|row| {
            let (must_above, may_above) =
                (fewest - must_below - must(row), most - may_below - may(row));
            // How many layers can lie below this row, when it makes one, or none.
            let below = |own: usize| {
                let low = must_below.max((layers).saturating_sub(own + may_above));
                let high = layers
                    .checked_sub(own + must_above)
                    .map(|room| room.min(may_below))?;
                (low <= high).then_some((low, high))
            };
            let layer = below(1).filter(|_| row.0);
            let none = below(0).filter(|_| row.1);
            must_below += must(row);
            may_below += may(row);
            match (layer, none) {
                (Some((low, high)), None) if low == high => Made::Layer(low),
                (Some((low, high)), None) => Made::OneOf(low..=high),
                (Some((low, high)), Some(_)) => Made::Perhaps(low..=high),
                (None, _) => Made::Nothing,
            }
        })
        .collect();
    Some(made)
}

/// What is known of one layer from the history above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Its size, where every row that may have made it has the same.
    pub size: Option<u64>,
    /// The line that made it; several where they cannot be told apart.
    pub lines: Vec<String>,
}

/// Turns the rows' answers around: what is known of each of `count` layers, from the
/// bottom.
pub fn layers(rows: &[Row], made: &[Made], count: usize) -> Vec<Layer> {
    let mut layers = vec![Layer::default(); count.min(MOST)];
    let mut sizes: Vec<Vec<Option<u64>>> = vec![Vec::new(); layers.len()];
    for (row, made) in rows.iter().zip(made).rev() {
        let range = match made {
            Made::Layer(at) => *at..=*at,
            Made::OneOf(range) | Made::Perhaps(range) => range.clone(),
            Made::Nothing | Made::Unknown => continue,
        };
        for at in range {
            if let (Some(layer), Some(sizes)) = (layers.get_mut(at), sizes.get_mut(at)) {
                layer.lines.push(row.line());
                sizes.push(row.size);
            }
        }
    }
    for (layer, sizes) in layers.iter_mut().zip(sizes) {
        layer.size = match sizes.split_first() {
            Some((first, rest)) if rest.iter().all(|size| size == first) => *first,
            _ => None,
        };
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn rows(created: &[(&str, u64)]) -> Vec<Row> {
        let rows: Vec<Value> = created
            .iter()
            .map(|(by, size)| json!({"CreatedBy": by, "Size": size}))
            .collect();
        read(&Value::Array(rows))
    }

    #[test]
    fn a_deletion_makes_a_layer_of_no_bytes_and_env_makes_none() {
        let rows = rows(&[
            ("/bin/sh -c #(nop)  ENV SHOP=north", 0),
            ("/bin/sh -c rm -r /www/raw", 0),
            (
                "/bin/sh -c #(nop) COPY dir:6d910a662a6c in /www/ ",
                3_800_018,
            ),
            ("/bin/sh -c #(nop)  CMD [\"sh\"]", 0),
            ("/bin/sh -c #(nop) ADD file:9645aa3c70 in / ", 12_985_512),
        ]);
        let made = assign(&rows, 3);
        assert_eq!(
            made,
            [
                Made::Nothing,
                Made::Layer(2),
                Made::Layer(1),
                Made::Nothing,
                Made::Layer(0)
            ]
        );
        let layers = layers(&rows, &made, 3);
        assert_eq!(layers[2].lines, ["RUN rm -r /www/raw"]);
        assert_eq!(layers[2].size, Some(0));
        assert_eq!(layers[0].lines, ["ADD file:9645… in /"]);
    }

    #[test]
    fn a_folder_made_by_the_classic_workdir_is_found_by_counting() {
        let image = [
            ("/bin/sh -c #(nop) COPY multi:12fb72f597e880ab in ./ ", 160),
            ("/bin/sh -c #(nop)  ARG BUILD_CHANNEL=stable", 0),
            ("/bin/sh -c #(nop) WORKDIR /srv/app", 0),
            ("/bin/sh -c #(nop) ADD file:9645aa3c70 in / ", 12_985_512),
        ];
        assert_eq!(assign(&rows(&image), 3)[2], Made::Layer(1));
        assert_eq!(assign(&rows(&image), 2)[2], Made::Nothing);
    }

    #[test]
    fn what_cannot_be_told_apart_is_not_claimed() {
        let rows = rows(&[
            ("/bin/sh -c make", 70),
            ("/bin/sh -c true", 0),
            ("/bin/sh -c rm /x", 0),
            ("/bin/sh -c #(nop) ADD file:9645aa3c70 in / ", 12),
        ]);
        let made = assign(&rows, 3);
        assert_eq!(
            made,
            [
                Made::Layer(2),
                Made::Perhaps(1..=1),
                Made::Perhaps(1..=1),
                Made::Layer(0)
            ]
        );
        let layers = layers(&rows, &made, 3);
        assert_eq!(layers[1].lines, ["RUN rm /x", "RUN true"]);
        assert_eq!(layers[1].size, Some(0), "0 bytes, whichever made it");
    }

    #[test]
    fn buildkit_rows_are_read_too() {
        let rows = rows(&[
            ("CMD [\"nginx\"]", 0),
            ("RUN |1 A=b /bin/sh -c make # buildkit", 0),
            ("WORKDIR /srv", 0),
            ("COPY . /srv # buildkit", 0),
            ("ENV A=b", 0),
        ]);
        assert_eq!(rows[1].line(), "RUN make");
        assert_eq!(rows[3].line(), "COPY . /srv");
        let made = assign(&rows, 2);
        assert_eq!(made[1], Made::Layer(1));
        assert_eq!(made[3], Made::Layer(0));
    }

    #[test]
    fn a_history_that_does_not_fit_is_not_forced() {
        let rows = rows(&[("RUN make # buildkit", 5), ("COPY a b # buildkit", 7)]);
        for count in [0, 1, 3] {
            assert!(
                assign(&rows, count)
                    .iter()
                    .all(|made| *made == Made::Unknown),
                "{count}"
            );
        }
        assert_eq!(
            layers(&rows, &assign(&rows, 3), 3),
            vec![Layer::default(); 3]
        );
    }

    #[test]
    fn a_committed_container_is_a_row_without_an_instruction() {
        let rows = rows(&[("httpd -f -p 80 -h /", 2_100_000), ("", 7)]);
        assert_eq!(rows[0].line(), "httpd -f -p 80 -h /");
        assert_eq!(rows[1].line(), "(not told)");
        assert_eq!(assign(&rows, 2), [Made::Layer(1), Made::Layer(0)]);
    }

    /// Rows from the bottom with what they really made, as the two builders do it.
    fn truth() -> impl Strategy<Value = Vec<(String, u64, bool)>> {
        let row = prop_oneof![
            Just(("ENV A=b".to_owned(), 0, false)),
            Just(("/bin/sh -c #(nop)  CMD [\"sh\"]".to_owned(), 0, false)),
            (0..3u64).prop_map(|size| ("COPY a b # buildkit".to_owned(), size, true)),
            (0..3u64).prop_map(|size| ("RUN x # buildkit".to_owned(), size, true)),
            (0..3u64, any::<bool>()).prop_map(|(size, made)| (
                "/bin/sh -c x".to_owned(),
                if made { size } else { 0 },
                made
            )),
            any::<bool>().prop_map(|made| ("/bin/sh -c #(nop) WORKDIR /x".to_owned(), 0, made)),
            (0..3u64, any::<bool>()).prop_map(|(size, made)| (
                "sleep 9".to_owned(),
                if made { size } else { 0 },
                made
            )),
        ];
        proptest::collection::vec(row, 0..14)
    }

    proptest! {
        #[test]
        fn what_is_claimed_is_what_happened(past in truth()) {
            let count = past.iter().filter(|(_, _, made)| *made).count();
            let newest_first: Vec<(&str, u64)> =
                past.iter().rev().map(|(by, size, _)| (by.as_str(), *size)).collect();
            let rows = rows(&newest_first);
            let made = assign(&rows, count);
            let mut below = 0;
            for ((_, _, real), made) in past.iter().zip(made.iter().rev()) {
                match made {
                    Made::Nothing => prop_assert!(!real),
                    Made::Layer(at) => prop_assert!(*real && *at == below),
                    Made::OneOf(range) => prop_assert!(*real && range.contains(&below)),
                    Made::Perhaps(range) => prop_assert!(!real || range.contains(&below)),
                    Made::Unknown => prop_assert!(false, "a true history fits its layers"),
                }
                below += usize::from(*real);
            }
            let known = layers(&rows, &made, count);
            let real: Vec<u64> =
                past.iter().filter(|(_, _, made)| *made).map(|(_, size, _)| *size).collect();
            for (layer, real) in known.iter().zip(real) {
                prop_assert!(!layer.lines.is_empty());
                prop_assert!(layer.size.is_none_or(|size| size == real));
            }
        }

        #[test]
        fn any_history_against_any_count_is_answered_row_by_row(
            created in proptest::collection::vec((".{0,40}", 0..2u64), 0..20),
            count in 0..25usize,
        ) {
            let created: Vec<(&str, u64)> =
                created.iter().map(|(by, size)| (by.as_str(), *size)).collect();
            let rows = rows(&created);
            let made = assign(&rows, count);
            prop_assert_eq!(made.len(), rows.len());
            layers(&rows, &made, count);
        }
    }
}
