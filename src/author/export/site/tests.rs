//! Which pages of a list there are.

use super::*;

#[test]
fn the_last_page_is_the_highest_that_a_page_leads_to() {
    let html = "<a href=\"/x?page=2\">2</a> <a href=\"/x?page=17\">17</a> <a href=\"/y?page=99\">";
    assert_eq!(last_page(html, "/x?page="), 17);
    assert_eq!(last_page(html, "/z?page="), 1);
    let map = "<a href=\"/map?note=/n&#38;page=4\">";
    assert_eq!(last_page(map, "/map?note=/n&#38;page="), 4);
}

#[test]
fn what_stands_in_for_the_server_and_what_is_unused_is_there() {
    let names = assets::names();
    for (own, still) in STILLS {
        assert!(names.iter().any(|name| name == own), "{own}");
        assert!(names.iter().any(|name| name == still), "{still}");
    }
    for unused in UNUSED {
        assert!(
            names.iter().any(|name| name.starts_with(unused)),
            "{unused}"
        );
    }
}
