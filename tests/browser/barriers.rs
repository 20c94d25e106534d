//! Barriers: what axe-core finds that would keep a reader with a screen reader, a
//! keyboard or weak sight out. Whatever it finds fails.

use crate::browser::{Page, Reader, visit};
use crate::kinds::at_every_kind;
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// See `vendor/README.md`.
const AXE: &str = include_str!("vendor/axe-core/axe.min.js");

/// One barrier, and where it stands.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by whoever reads the failure")]
struct Barrier {
    id: String,
    help: String,
    places: Vec<String>,
}

#[tokio::test]
async fn no_kind_of_page_has_a_barrier_in_the_light_theme() {
    no_kind_has_a_barrier("light").await;
}

#[tokio::test]
async fn no_kind_of_page_has_a_barrier_in_the_dark_theme() {
    no_kind_has_a_barrier("dark").await;
}

async fn no_kind_has_a_barrier(scheme: &str) {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.prefer(scheme).await?;
        at_every_kind(page, &waterline, no_barriers).await
    })
    .await;
}

#[tokio::test]
async fn a_narrow_page_and_a_wanted_topic_have_no_barrier() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::with_notes(Docker::Engine, &[(
            "caves.md",
            "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nSee Learning_Lamps.\n\n## Networks <<Learning_Docker_Networking>>\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n| c | d |\n| - | - |\n| 3 | 4 |\n\n```bash\ndocker run busybox\n```\n",
        )]);
        page.resize(390, 844).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            for path in ["/caves", "/topics/Learning_Lamps", "/"] {
                page.open(&waterline.url(path)).await?;
                page.panels_arrived().await?;
                no_barriers(page)
                    .await
                    .with_context(|| format!("{path}, {scheme}"))?;
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_panel_without_a_host_has_no_barrier() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NamedAndAway);
        page.open(&waterline.url("/learnings/docker")).await?;
        page.panels_arrived().await?;
        no_barriers(page).await
    })
    .await;
}

/// Fails on whatever axe finds on the page as it is, good practice included, and on targets
/// that are too small to hit.
pub async fn no_barriers(page: &Page) -> Result<()> {
    page.driver.execute(AXE, Vec::new()).await?;
    let barriers: Vec<Barrier> = page
        .ask_for(
            r#"const found = await axe.run({ resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
            return found.violations
                .map(({ id, help, nodes }) => ({
                    id, help, places: nodes.slice(0, 8).map((node) => `${node.target}: ${node.failureSummary}`),
                }));"#,
        )
        .await?;
    ensure!(barriers.is_empty(), "{barriers:#?}");
    Ok(())
}
