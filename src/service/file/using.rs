//! Files and the messages that use them: a file belongs to one message, once.

use super::FileRefused;
use crate::channel::file::Pieces;
use crate::domain::id::{FileId, MessageId, TicketId};
use crate::domain::message::{Attachment, Body};
use crate::service::access::DeskRight;
use crate::service::turn::Turn;
use crate::service::{House, ServiceError, desk};
use crate::store;
use crate::store::file::Place;
use crate::store::outbox::Task;

/// How many files one message carries at most.
pub const MOST_FILES: usize = 10;

/// Whether an attachment's bytes are the channel's only, and can be asked for.
pub(super) fn is_to_fetch(attachment: &Attachment) -> bool {
    attachment.file.is_none()
        && attachment.reference.is_some()
        && !matches!(attachment.kind.as_str(), "location" | "contact" | "contact_own" | "venue")
}

/// Keeps a file that an agent will send to the customer of a ticket that they hold.
///
/// # Errors
/// [`FileRefused`].
pub async fn keep_for_ticket(
    house: &House,
    right: &DeskRight,
    ticket: TicketId,
    name: Option<String>,
    pieces: Pieces,
) -> Result<Attachment, FileRefused> {
    let stored = desk::held_by_me(house, right, ticket).await?;
    super::keep(house, Some(stored.ticket.conversation_id), name, pieces).await
}

impl Turn {
    /// What came with a customer's message: our own files become the message's, others are fetched
    /// after the commit. A file that is not the customer's to send, or was sent before, is gone.
    pub(in crate::service) async fn take_files(
        &mut self,
        message: MessageId,
        mut body: Body,
    ) -> Result<(), ServiceError> {
        let mut changed = false;
        for (n, attachment) in (0_u32..).zip(&mut body.attachments) {
            if is_to_fetch(attachment) {
                self.task(Task::Fetch { message, n }).await?;
            } else if let Some(file) = attachment.file {
                let (conversation, place) = (self.conversation.id, Place { message, n: n.into() });
                let claimed = store::file::claim(&mut self.tx, file, conversation, place).await?;
                let said = std::mem::take(&mut attachment.kind);
                let mut ours = claimed.as_ref().map(super::keeping::attachment).unwrap_or_default();
                if !said.is_empty() {
                    ours.kind = said;
                }
                *attachment = ours;
                changed = true;
            }
        }
        if changed {
            store::message::set_body(&mut self.tx, message, &body).await?;
        }
        Ok(())
    }

    /// The attachments of what an agent writes: complete files of this conversation that no message
    /// uses.
    pub(in crate::service) async fn attachments(
        &mut self,
        files: &[FileId],
    ) -> Result<Vec<Attachment>, ServiceError> {
        let mut attachments = Vec::with_capacity(files.len());
        for id in files {
            let found = store::file::get_in(&mut self.tx, *id).await?;
            let own = found.filter(|file| file.conversation == Some(self.conversation.id));
            let unused = own.filter(|file| file.message.is_none());
            attachments.push(super::keeping::attachment(&unused.ok_or_else(used)?));
        }
        Ok(attachments)
    }

    /// Gives files to the message that was written with them.
    pub(in crate::service) async fn give_files(
        &mut self,
        message: MessageId,
        files: &[FileId],
    ) -> Result<(), ServiceError> {
        for (n, id) in (0_i64..).zip(files) {
            let place = Place { message, n };
            let conversation = self.conversation.id;
            let claimed = store::file::claim(&mut self.tx, *id, conversation, place).await?;
            claimed.ok_or_else(used)?;
        }
        Ok(())
    }
}

fn used() -> ServiceError {
    ServiceError::conflict("a file was sent already or waited too long: attach it again")
}
