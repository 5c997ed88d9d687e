//! The web chat in the shop's own pages: the browser fetches what is stored.

use super::{Capabilities, Reach};

/// The configured name of the web chat.
pub const NAME: &str = "webchat";

/// What the widget can show.
pub const CAPABILITIES: Capabilities =
    Capabilities { reach: Reach::Pull, text_chars: 20_000, buttons: 20, label_chars: 120 };
