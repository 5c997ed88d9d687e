//! What came with a message, as screens and programs see it.

use serde::Serialize;
use utoipa::ToSchema;

/// One attachment of a line at the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentView {
    /// What it is, in the channel's word: `photo`, `voice`, `document`, `location`, `contact`, …
    pub kind: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What its bytes are, once there is a copy.
    pub mime: Option<String>,
    /// How many bytes it has.
    pub bytes: Option<u64>,
    /// The id of our copy, for `/api/v1/files/{id}`.
    pub file: Option<String>,
    /// `here`, `coming`, `gone`, `too_large`, `refused`; `told` for what has no bytes.
    pub state: String,
    /// Latitude and longitude of a location, or a contact's telephone number.
    pub told: Option<String>,
}

/// One attachment of a line, for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChatAttachment {
    /// Its id.
    pub id: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What its bytes are.
    pub mime: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Where its bytes are.
    pub url: String,
}
