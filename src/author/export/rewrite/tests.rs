//! What is changed on a page, and what is not.

use super::super::addresses::What;
use super::*;

/// The HTML of a page two folders deep, where `/gone…` leads nowhere.
fn rewritten(html: &str) -> Rewritten {
    let seen = Seen::default();
    let lead = |_: &str, address: &str, _: &Page, _: usize, up: &str| {
        (!address.starts_with("/gone")).then(|| format!("{up}to{address}"))
    };
    let rewriter = Rewriter {
        seen: &seen,
        chip: "<i>chip</i>".into(),
        foot: "<b>foot</b>".into(),
        lead: &lead,
    };
    let page = Page {
        what: What::Map,
        address: "/map".into(),
        file: "a/b/c.html".into(),
        href: "a/b/c.html".into(),
    };
    rewriter.page(html, &page, 1, &page.file)
}

#[test]
fn addresses_become_relative_and_text_stays() {
    let same = "<p title=\"=/\">a=&quot;/b&quot; <a href=\"https://x.org/\">x</a> \
        <a href=\"//x.org/a\">y</a> <a href=\"#here\">z</a> <input value=\"/v\"></p>";
    assert_eq!(rewritten(same).html, same);
    let html = "<a class=\"ref\" href=\"/x?a=1&#38;b=2&amp;c=3#d\">x</a><img src=\"/p.png\" alt=\"\"><form action=\"/search\">";
    assert_eq!(
        rewritten(html).html,
        "<a class=\"ref\" href=\"../../to/x?a=1&amp;b=2&amp;c=3#d\">x</a><img src=\"../../to/p.png\" alt=\"\"><form action=\"../../to/search\">"
    );
}

#[test]
fn what_leads_nowhere_becomes_text_and_is_told() {
    let gone = rewritten("<a class=\"a\" href=\"/gone/it&#39;s\" title=\"t\">x</a>");
    assert_eq!(gone.html, "<a class=\"a\" data-gone title=\"t\">x</a>");
    assert_eq!(gone.lost, ["/gone/it's"]);
}

#[test]
fn the_chip_and_the_foot_are_those_of_a_copy() {
    let html = "<live-host><a href=\"/hosts\">h</a></live-host><p>x</p><footer class=\"foot\"><a href=\"/values\">v</a></footer></body>";
    assert_eq!(
        rewritten(html).html,
        "<i>chip</i><p>x</p><b>foot</b></body>"
    );
}

#[test]
fn elements_are_left_out_whole() {
    assert_eq!(without("a<b>c</b>d<b>e</b>f<b>", "<b>", "</b>"), "adf<b>");
}

#[test]
fn the_place_of_a_panel_is_read() {
    let place = |html| Place::read(html).map(|place| (place.name, place.folds, place.again));
    assert_eq!(
        place("<live-panel name=\"layers\" key=\"layers\" data-state=\"loading\" data-folds>x"),
        Some(("layers", true, false))
    );
    assert_eq!(
        place(
            "<live-panel name=\"init\" key=\"init\" data-state=\"loading\" data-folds=\"again\">"
        ),
        Some(("init", true, true))
    );
    assert_eq!(
        place("<live-panel name=\"init\" data-state=\"stale\">"),
        None
    );
}

#[test]
fn a_panel_stands_below_the_last_heading() {
    assert_eq!(level_over("<h2>a</h2><h4 id=\"x\">b</h4><hr><header>"), 4);
    assert_eq!(level_over("<p>"), 2);
}
