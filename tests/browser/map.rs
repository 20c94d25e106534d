//! The map as it stands in a window: one drawing, that can be read, pointed at and followed.

use crate::barriers::no_barriers;
use crate::browser::{Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;

const MAPS: [&str; 3] = [
    "/map",
    "/map?note=/learnings/docker/networking",
    "/map?at=Learning_Docker_Storage_Types",
];

#[derive(Debug, Deserialize)]
struct Measured {
    /// Drawings that are shown.
    drawings: usize,
    /// The smallest type in them, in pixels of the screen.
    smallest: f64,
    /// Links that are lower or narrower than 24 pixels.
    small: Vec<String>,
    /// Texts that leave their frame, or the drawing.
    outside: Vec<String>,
    /// How far the page can be scrolled sideways.
    sideways: f64,
}

const MEASURE: &str = r#"
    const shown = [...document.querySelectorAll(".map .pic")].filter((pic) => pic.checkVisibility());
    const measured = { drawings: shown.length, smallest: 99, small: [], outside: [] };
    for (const pic of shown) {
      const whole = pic.getBoundingClientRect();
      const scale = whole.width / pic.viewBox.baseVal.width;
      for (const text of pic.querySelectorAll("text")) {
        measured.smallest = Math.min(measured.smallest, scale * parseFloat(getComputedStyle(text).fontSize));
        const frame = text.closest("a")?.querySelector("rect").getBoundingClientRect() ?? whole;
        const at = text.getBoundingClientRect();
        if (at.left < frame.left - 2 || at.right > frame.right + 4) measured.outside.push(text.textContent);
      }
      for (const rect of pic.querySelectorAll("a > rect")) {
        const { width, height } = rect.getBoundingClientRect();
        if (Math.min(width, height) < 24) measured.small.push(`${rect.parentElement.textContent}: ${width} by ${height}`);
      }
    }
    measured.sideways = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return measured;
"#;

#[tokio::test]
async fn a_map_is_read_at_every_width() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for width in [320, 390, 1024, 1600] {
            page.resize(width, 900).await?;
            for path in MAPS {
                page.open(&waterline.url(path)).await?;
                let seen: Measured = page.ask_for(MEASURE).await?;
                let place = format!("{path} at {width}: {seen:#?}");
                ensure!(seen.drawings == 1, "{place}");
                ensure!(seen.smallest >= 11.0, "{place}");
                ensure!(seen.small.is_empty(), "{place}");
                ensure!(seen.outside.is_empty(), "{place}");
                ensure!(seen.sideways <= 0.0, "{place}");
            }
            page.nothing_went_wrong().await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn pointing_at_a_name_lights_its_references_and_a_click_follows_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.resize(1600, 1000).await?;
        page.open(&waterline.url("/map?note=/learnings/docker/networking"))
            .await?;
        let lit = async |name: &str| -> Result<String> {
            page.ask_for(&format!(
                r#"const way = document.querySelector(".map.wide a[href$='{name}'] > .way");
                const style = getComputedStyle(way);
                return `${{style.visibility}} ${{style.strokeWidth}}`;"#
            ))
            .await
        };
        let other = "Learning_Docker_Storage_Data_Root";
        ensure!(lit(other).await? == "hidden 1.25px", "drawn with the topic");
        let text = page
            .find(&format!(".map.wide a[href$='{other}'] > text"))
            .await?;
        page.driver
            .action_chain()
            .move_to_element_center(&text)
            .perform()
            .await?;
        let now = lit(other).await?;
        ensure!(now == "visible 2.5px", "pointed at: {now}");
        text.click().await?;
        let path = page.path().await?;
        ensure!(path == format!("/topics/{other}"), "{path}");
        // And back to the map, with this topic marked.
        page.find(".site a[href^='/map']").await?.click().await?;
        let here = page.find(".map.wide .here").await?;
        let here = here.attr("href").await?.context("a link")?;
        ensure!(here == format!("/topics/{other}"), "{here}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_map_has_no_serious_barrier() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::with_notes(
            Docker::NoneHere,
            &[(
                "caves.md",
                "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nSee Learning_Lamps.\n\n## Bats <<Learning_Bats>>\n\nIn Learning_Caves.\n",
            )],
        );
        for (scheme, width) in [("light", 1024), ("dark", 1024), ("dark", 390)] {
            page.prefer(scheme).await?;
            page.resize(width, 844).await?;
            for path in [
                "/map",
                "/map?note=/caves",
                "/map?at=Learning_Bats",
                "/map?at=Learning_Lamps",
            ] {
                page.open(&waterline.url(path)).await?;
                let summary = page.find(".in-words > summary").await?;
                summary.click().await?;
                no_barriers(page)
                    .await
                    .with_context(|| format!("{path}, {scheme}"))?;
            }
        }
        Ok(())
    })
    .await;
}
