//! How much room a picture has. Where it would have to be scrolled sideways on a phone, a
//! picture is drawn twice, and the style sheet shows the one that fits its column (`broad`
//! or `narrow`, panel.css): the server does not know how wide a reader's window is.

/// The two arrangements of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// For a column of a note, or a page of its own.
    Broad,
    /// For a phone.
    Narrow,
}

/// How wide the narrow arrangement is drawn: on a phone of 320 px it is scaled down so
/// little that its smallest letters stay 11 px high.
pub const NARROW: f64 = 280.0;
