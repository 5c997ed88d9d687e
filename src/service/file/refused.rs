//! Why a file is not kept, and what to do about it.

use crate::domain::language::Language;
use crate::service::ServiceError;
use crate::text::screen::file as say;

/// Why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    /// It has no bytes.
    #[error("{}", self.tell(Language::En))]
    Empty,
    /// It has more bytes than are kept.
    #[error("{}", self.tell(Language::En))]
    TooLarge {
        /// How many megabytes are.
        megabytes: u64,
    },
    /// Files of this type are not kept.
    #[error("{}", self.tell(Language::En))]
    Type {
        /// What its first bytes say that it is.
        mime: &'static str,
    },
    /// Too many of the conversation's files wait to be sent.
    #[error("{}", self.tell(Language::En))]
    TooMany,
    /// It ended before it was whole.
    #[error("{}", self.tell(Language::En))]
    CutOff(String),
    /// It could not be stored now.
    #[error(transparent)]
    Failed(#[from] ServiceError),
}

impl FileRefused {
    /// What happened and what to do, for whoever sent the file.
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let code = language.code();
        match self {
            Self::Empty => say::EMPTY.tell(code).to_owned(),
            Self::TooLarge { megabytes } => {
                say::TOO_LARGE.fill(code, &[("n", &megabytes.to_string())])
            }
            Self::Type { mime } => say::WRONG_TYPE.fill(code, &[("type", mime)]),
            Self::TooMany => say::TOO_MANY.tell(code).to_owned(),
            Self::CutOff(_) => say::CUT_OFF.tell(code).to_owned(),
            Self::Failed(_) => say::NOT_NOW.tell(code).to_owned(),
        }
    }
}

impl From<crate::store::StoreError> for FileRefused {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<FileRefused> for ServiceError {
    fn from(refused: FileRefused) -> Self {
        match refused {
            FileRefused::Failed(error) => error,
            other => Self::Invalid(other.to_string()),
        }
    }
}
