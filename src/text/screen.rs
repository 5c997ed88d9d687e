//! The words on the screens, one file per screen; here those that several share.

use super::phrases;

pub mod board;
pub mod chat;
pub mod clock;
pub mod desk;
pub mod evaluation;
pub mod fairness;
pub mod file;
pub mod lanes;
pub mod letters;
pub mod person;
pub mod record;
pub mod shadow;
pub mod shop;
pub mod state;

/// Declares screen phrases; each is documented by its own English words.
macro_rules! words {
    ($($name:ident: $it:literal / $en:literal;)+) => {
        $crate::text::phrases! { $(#[doc = concat!("“", $en, "”")] $name: $it / $en;)+ }
    };
}
pub(crate) use words;

phrases! {
    /// Verb on a button.
    TAKE_NEXT: "Prendi il prossimo" / "Take next";
}

words! {
    BRAND: "Sportello" / "Sportello";
    SKIP: "Vai al contenuto" / "Skip to content";
    LANGUAGE: "Lingua" / "Language";
    NAV: "Pagine" / "Pages";
    NAV_DESK: "Banco" / "Desk";
    NAV_BOARD: "Cruscotto" / "Board";
    NAV_SHOP: "Negozio" / "Shop";
    LOG_OUT: "Esci" / "Log out";
    LOG_IN: "Accedi" / "Log in";
    LOG_IN_TITLE: "Accedi al banco" / "Log in to the desk";
    LOG_IN_WRONG: "E-mail o password non corrispondono." / "E-mail or password do not match.";
    LOG_IN_SLOW: "Troppi tentativi: attendi un minuto." / "Too many tries: wait a minute.";
    DEMO_LOGINS: "Accessi della demo" / "Demo logins";
    LOG_IN_LEAD: "Per chi risponde ai clienti e per chi coordina." / "For those who answer customers, and those who coordinate.";
    EMAIL: "E-mail" / "E-mail";
    PASSWORD: "Password" / "Password";
    CLOSE: "Chiudi" / "Close";
    BACK: "Indietro" / "Back";
    DEMO: "demo" / "demo";
    DEMO_TITLE: "Traffico simulato della demo" / "Simulated traffic of the demo";
    NOW: "adesso" / "now";
    TODAY: "Oggi" / "Today";
    YESTERDAY: "Ieri" / "Yesterday";
    DAYS: "{n} g" / "{n} d";
    HOURS: "{n} h" / "{n} h";
    MINUTES: "{n} min" / "{n} min";
    SECONDS: "{n} s" / "{n} s";
    AGO: "{t} fa" / "{t} ago";
    NONE_YET: "–" / "–";
    OFFLINE: "Connessione assente: si riprova da soli." / "No connection: trying again by itself.";
    LIVE: "dal vivo" / "live";
    STALE: "in attesa della rete" / "waiting for the network";
    CHANGED_ELSEWHERE: "Qualcosa è cambiato nel frattempo." / "Something changed in the meantime.";
    TRY_AGAIN: "Non è riuscito. Riprova." / "That did not work. Try again.";
    FAULT_TITLE: "Qualcosa non va" / "Something is wrong";
    FAULT_401: "Serve accedere." / "You need to log in.";
    FAULT_403: "Il tuo ruolo non lo permette." / "Your role does not allow this.";
    FAULT_404: "Qui non c’è nulla: forse è stato spostato o chiuso." / "There is nothing here: perhaps it was moved or closed.";
    FAULT_409: "Qualcuno è stato più veloce." / "Somebody was faster.";
    FAULT_422: "Così non si può usare." / "This cannot be used as it is.";
    FAULT_429: "Troppi tentativi: aspetta un momento." / "Too many tries: wait a moment.";
    FAULT_500: "Un errore nostro. È stato annotato." / "A fault of ours. It has been written down.";
    FAULT_503: "L’archivio non risponde. Nulla è andato perso: riprova fra poco." / "The records do not answer. Nothing was lost: try again shortly.";
    FAULT_GO_DESK: "Torna al banco" / "Back to the desk";
    WHO_WON: "L’ha preso {name}." / "{name} has it.";
}
