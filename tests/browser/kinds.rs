//! Every kind of page there is, for the tests that hold for all of them.

use crate::browser::{NOTES, Page};
use crate::waterline::Waterline;
use anyhow::{Context, Result};

/// One page of each kind, in the embedded notebook. A new kind gets a row here, and is then
/// looked at for barriers, widths, headings and keys.
pub const KINDS: [&str; 19] = [
    "/",
    "/learnings/docker",
    "/topics/Learning_Docker_Storage",
    "/map",
    "/map?note=/learnings/docker",
    "/map?at=Learning_Docker_Storage_Types",
    "/search?q=layer",
    "/demos",
    "/demos/what-survives-a-restart",
    "/demos/command",
    "/prompt",
    "/hosts",
    "/hosts/default",
    "/panels/layers",
    "/values",
    "/gallery",
    "/gallery/init",
    "/topics/no-such-topic",
    "/no/such/page",
];

/// Opens each kind of page, as a reader who may run demos, and looks at it when its panels
/// are there.
pub async fn at_every_kind(
    page: &Page,
    waterline: &Waterline,
    look: impl AsyncFn(&Page) -> Result<()>,
) -> Result<()> {
    page.open(&waterline.invitation("/")).await?;
    for path in KINDS {
        page.open(&waterline.url(path)).await?;
        page.panels_arrived().await?;
        look(page).await.with_context(|| path.to_owned())?;
    }
    Ok(())
}

/// The same at each kind of page and at each note that has panels.
pub async fn at_every_page(
    page: &Page,
    waterline: &Waterline,
    look: impl AsyncFn(&Page) -> Result<()>,
) -> Result<()> {
    at_every_kind(page, waterline, &look).await?;
    for path in NOTES {
        page.open(&waterline.url(path)).await?;
        page.panels_arrived().await?;
        look(page).await.with_context(|| path.to_owned())?;
    }
    Ok(())
}
