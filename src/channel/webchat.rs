//! The web chat in the shop's own pages: the browser fetches what is stored.

use super::{Capabilities, capabilities};

/// The configured name of the web chat.
pub const NAME: &str = "webchat";

/// What the widget can show.
pub const CAPABILITIES: Capabilities = capabilities::WEBCHAT;
