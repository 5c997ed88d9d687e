//! The web chat: the browser fetches what is stored, so there is nothing to send.

use async_trait::async_trait;

use super::{Capabilities, Channel, Reach, Sending};
use crate::domain::contact::ChannelName;
use crate::domain::inbound::Outbound;

/// The configured name of the web chat.
pub const NAME: &str = "webchat";

/// What the widget can show.
pub const CAPABILITIES: Capabilities =
    Capabilities { reach: Reach::Pull, text_chars: 20_000, buttons: 20, label_chars: 120 };

/// The chat in the shop's own pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebChat {
    name: ChannelName,
}

impl WebChat {
    /// A web chat under this name, usually [`NAME`].
    pub fn new(name: ChannelName) -> Self {
        Self { name }
    }
}

#[async_trait]
impl Channel for WebChat {
    fn name(&self) -> &ChannelName {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn send(&self, _outbound: &Outbound) -> Sending {
        super::stored()
    }
}
