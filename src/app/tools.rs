//! Parts of a house for commands that look after it without running it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::doors::channels;
use super::{http_client, open_queue};
use crate::channel::Channel;
use crate::config::Config;
use crate::domain::contact::ChannelName;
use crate::queue::Queue;
use crate::service::clock::fresh_id;

/// The configured channels by name; none of them runs.
///
/// # Errors
/// A channel cannot be made of its settings.
pub fn doors(config: &Config) -> anyhow::Result<BTreeMap<ChannelName, Arc<dyn Channel>>> {
    channels(config, &http_client()?)
}

/// The configured queue; `None` when it lives in the service's own process.
///
/// # Errors
/// It cannot be reached.
pub async fn queue(config: &Config) -> anyhow::Result<Option<Queue>> {
    if config.queue.url.0.starts_with("memory:") {
        return Ok(None);
    }
    let (queue, _, _) = open_queue(&config.queue.url.0, fresh_id()).await?;
    Ok(Some(queue))
}
