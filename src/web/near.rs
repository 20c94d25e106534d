//! Near misses: what somebody who mistyped an address may have meant.

/// How many are offered.
const OFFERED: usize = 4;

/// The names nearest to `asked`, nearest first: those that differ in a few letters
/// or only in case, and those that end in the same words.
pub fn near(asked: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let asked = asked.trim_end_matches('/').to_lowercase();
    let last = last(&asked);
    let few = (asked.chars().count() / 5).clamp(1, 3);
    // Nobody types that much by hand.
    if last.is_empty() || asked.len() > 200 {
        return Vec::new();
    }
    let mut found: Vec<(usize, String)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let far = distance(&asked, &lower, few)
                .or_else(|| (self::last(&lower) == last).then_some(few + 1))?;
            Some((far, name))
        })
        .collect();
    found.sort();
    found.truncate(OFFERED);
    found.into_iter().map(|(_, name)| name).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How many letters must be changed, added or left out to get from `a` to `b`;
/// `None` when more than `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most * 4 {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
        if row.iter().all(|far| *far > most) {
            return None;
        }
    }
    row.last().copied().filter(|far| *far <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near_these(asked: &str) -> Vec<String> {
        let names = [
            "/learnings/docker",
            "/learnings/docker/storage",
            "/learnings/compose",
            "/ops/compose",
        ];
        near(asked, names.into_iter().map(str::to_owned))
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        assert_eq!(near_these("/learnings/dokcer"), ["/learnings/docker"]);
        assert_eq!(near_these("/Learnings/Docker/"), ["/learnings/docker"]);
        assert_eq!(near_these("/storage"), ["/learnings/docker/storage"]);
        assert_eq!(
            near_these("/compose"),
            ["/learnings/compose", "/ops/compose"]
        );
    }

    #[test]
    fn what_is_nothing_like_it_is_not_offered() {
        for asked in [
            "/",
            "",
            "/wp-admin.php",
            "/learnings",
            &"/x".repeat(500),
            "/é\u{202e}",
        ] {
            assert!(
                near_these(asked).is_empty(),
                "{asked}: {:?}",
                near_these(asked)
            );
        }
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("größe", "grösse", 3), Some(2));
        assert_eq!(distance("", "ab", 2), Some(2));
        assert_eq!(distance("abc", "xyz", 2), None);
    }
}
