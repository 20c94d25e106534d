//! Each panel once, alone on its page, as an engine with a busy scene makes it.

use crate::barriers::no_barriers;
use crate::browser::{Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::ensure;
use waterline::panels::Panel;

/// What of a panel's page a reader meets.
#[derive(Debug, serde::Deserialize)]
struct Met {
    /// The one heading of the page.
    heading: String,
    /// What it says without being asked: its answer, or the words on the picture.
    answer: String,
    /// How much the picture in words says, in characters.
    words: usize,
    /// What the drawer names as asked, in characters.
    how: usize,
    /// The panel's width and height in pixels.
    drawn: (f64, f64),
}

const MEET: &str = r#"
    const panel = document.querySelector("live-panel")
    const text = (css) => panel.querySelector(css)?.textContent.trim() ?? ""
    const drawn = panel.getBoundingClientRect()
    return {
      heading: document.querySelector("h1").textContent.trim(),
      answer: [...panel.querySelectorAll(".answer, .said, .legend")].map(one => one.textContent.trim()).join(" "),
      words: text("details[id$=-words]").length,
      how: text("details[id$=-how]").length,
      drawn: [drawn.width, drawn.height],
    }"#;

#[tokio::test]
async fn each_panel_is_drawn_answers_and_says_how_it_knows() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        for panel in Panel::ALL {
            let name = panel.name();
            page.open(&waterline.url(&format!("/panels/{name}")))
                .await?;
            page.find(&format!("live-panel[name={name}][data-state=live]"))
                .await?;
            let met: Met = page.ask(MEET).await?;
            ensure!(met.heading.contains(panel.title()), "{name}: {met:?}");
            ensure!(met.answer.len() >= 10, "{name} answers nothing: {met:?}");
            ensure!(met.words > 80, "{name} has no twin in words: {met:?}");
            ensure!(met.how > 40, "{name} does not say how it knows: {met:?}");
            let (width, height) = met.drawn;
            ensure!(
                width > 200.0 && height > 200.0,
                "{name} draws nothing: {met:?}"
            );
            no_barriers(page).await?;
            page.nothing_went_wrong().await?;
        }
        Ok(())
    })
    .await;
}
