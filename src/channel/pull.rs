//! A channel whose other side fetches what is stored (web chat, REST, terminal): nothing to send, so
//! nothing is ever unconfirmed.

use async_trait::async_trait;

use super::file::Files;
use super::{Capabilities, Channel, Sending};
use crate::domain::contact::ChannelName;
use crate::domain::inbound::Outbound;

/// A channel to fetch from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    name: ChannelName,
    capabilities: Capabilities,
}

impl Pull {
    /// A channel of this name with these capabilities, such as those of `webchat`.
    #[must_use]
    pub fn new(name: &str, capabilities: Capabilities) -> Self {
        Self { name: ChannelName(name.to_owned()), capabilities }
    }
}

#[async_trait]
impl Channel for Pull {
    fn name(&self) -> &ChannelName {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn send(&self, _outbound: &Outbound, _files: &dyn Files) -> Sending {
        Sending::Sent { provider_id: String::new() }
    }
}
