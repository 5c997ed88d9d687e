//! The bot's own sentences. Customers are addressed with Lei in Italian.

use super::phrases;

phrases! {
    /// Said when a message was not understood.
    NOT_UNDERSTOOD: "Mi scusi, non ho capito. Può dirlo con altre parole?" / "Sorry, I did not understand. Could you say it in other words?";
}
