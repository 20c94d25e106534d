//! What stands where, and where it stands.

use super::*;
use crate::notebook::Rules;

fn book(notes: &[(&str, &str)]) -> Notebook {
    let files = notes
        .iter()
        .map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec()));
    Notebook::from_files(files.collect::<Vec<_>>(), &Rules::default())
}

#[test]
fn the_likeliest_names_come_first() {
    let text = "<<A_Store>> <<Restore_B>> <<Store_B>> <<store_C>> <<S_T_O_R>> <<Ünder_Store>>\n";
    let book = book(&[("a.md", text)]);
    let like = |typed: &str, most| book.names_like(typed, false, most).join(" ");
    assert_eq!(
        like("Store", 9),
        "Store_B store_C A_Store Restore_B Ünder_Store"
    );
    assert_eq!(like("Store", 1), "Store_B");
    assert_eq!(
        like("STOR", 9),
        "Store_B store_C A_Store Restore_B Ünder_Store S_T_O_R"
    );
    assert_eq!(like("stor", 1), "store_C");
    assert_eq!(like("ünder", 9), "Ünder_Store");
    assert_eq!(like("", 2), "A_Store Restore_B");
    assert_eq!(like("nothing", 9), "");
    // Of a word of prose the letters alone are not enough.
    assert!(!like("stor", 9).contains("S_T_O_R"));
}

#[test]
fn every_place_of_a_name_holds_the_name() {
    let text = "---\nnext: \"A_B\"\n---\n# é <<A_B>>\n\n> A_B, `A_B`,\n> <i>A_B</i>\n\n| a |\n|---|\n| `x\\|A_B` |\n\n`one\nA_B`\n\n[x](#A_B) [y](/topics/A_B?x) [z][z] [w][z] A_B_ \\<<A_B>>\n\n[z]: other.md#A_B\n\n<<A_B>>\n";
    let book = book(&[("a.md", text)]);
    let spots = book.spots("A_B");
    for spot in &spots {
        assert_eq!(&text[spot.bytes.clone()], "A_B", "{spot:?}");
        for at in [spot.bytes.start, spot.bytes.start + 1, spot.bytes.end] {
            let found = book.stands_at("a.md", at);
            assert_eq!(
                found,
                Some(Stands::Name("A_B".into(), spot.clone())),
                "{at}"
            );
        }
    }
    let count = |role| spots.iter().filter(|spot| spot.role == role).count();
    assert_eq!((count(Role::Definition), count(Role::Duplicate)), (1, 1));
    assert_eq!((count(Role::Field), count(Role::Link)), (1, 3), "{spots:?}");
    assert_eq!(
        spots.len() - count(Role::Link),
        text.matches("A_B").count() - 3,
        "{spots:?}"
    );
    let mut places: Vec<usize> = spots.iter().map(|spot| spot.bytes.start).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), spots.len(), "each once");
}

#[test]
fn the_first_lines_are_a_topics_own() {
    let text = "Title <<A_B>>\n=====\n\n<<C_D>>\n\none <<E_F>>\n\n```sh\n<<x\ntwo\nthree\n```\n\n## Next\n\nfour\n";
    let book = book(&[("a.md", text)]);
    let first = |name: &str, most| {
        let found = book.first_lines(name, most).expect("it is defined");
        (found.text, found.more)
    };
    let all = "one E_F\n\n```sh\n<<x\ntwo\nthree\n```";
    assert_eq!(
        first("A_B", 20),
        (all.into(), true),
        "the next heading is more"
    );
    assert_eq!(first("A_B", 4), ("one E_F\n\n```sh\n<<x\n```".into(), true));
    assert_eq!(first("E_F", 9), ("one E_F".into(), false));
    assert_eq!(book.first_lines("No_Such", 9), None);
    let long = format!(
        "# <<A_B>>\n\n{}",
        format!("{}\n", "x".repeat(1500)).repeat(3)
    );
    let book = self::book(&[("a.md", &long)]);
    let first = book.first_lines("A_B", 20).expect("it is defined");
    assert_eq!((first.text.lines().count(), first.more), (2, true));
}
