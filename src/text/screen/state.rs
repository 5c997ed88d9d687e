//! Words for states: tickets, clocks, presence, channels, deliveries.

use super::words;

words! {
    STATUS_NEW: "Nuovo" / "New";
    STATUS_OPEN: "Aperto" / "Open";
    STATUS_PENDING: "Attende il cliente" / "Waits for customer";
    STATUS_ON_HOLD: "In attesa di terzi" / "On hold";
    STATUS_SNOOZED: "Rimandato" / "Snoozed";
    STATUS_RESOLVED: "Risolto" / "Resolved";
    STATUS_CLOSED: "Chiuso" / "Closed";
    PRIORITY_LOW: "Bassa" / "Low";
    PRIORITY_NORMAL: "Normale" / "Normal";
    PRIORITY_HIGH: "Alta" / "High";
    PRIORITY_URGENT: "Urgente" / "Urgent";
    PRESENCE_ONLINE: "In linea" / "Online";
    PRESENCE_AWAY: "In pausa" / "Away";
    PRESENCE_OFFLINE: "Non in linea" / "Offline";
    ROLE_AGENT: "operatore" / "agent";
    ROLE_SUPERVISOR: "coordinatore" / "supervisor";
    ROLE_ADMIN: "amministratore" / "admin";
    METRIC_ASSIGNMENT: "Presa in carico" / "Pick-up";
    METRIC_FIRST: "Prima risposta" / "First reply";
    METRIC_NEXT: "Prossima risposta" / "Next reply";
    METRIC_RESOLUTION: "Soluzione" / "Resolution";
    DUE_IN: "{metric} entro {t}" / "{metric} due in {t}";
    DUE_LATE: "{metric} in ritardo di {t}" / "{metric} late by {t}";
    DUE_PAUSED: "{metric} in pausa, restano {t}" / "{metric} paused, {t} left";
    DUE_MET: "{metric} rispettata" / "{metric} met";
    DUE_MISSED: "{metric} mancata di {t}" / "{metric} missed by {t}";
    SHORT_LATE: "+{t}" / "+{t}";
    WORD_LATE: "in ritardo" / "late";
    WORD_SOON: "a rischio" / "at risk";
    WORD_PAUSED: "in pausa" / "paused";
    WORD_MET: "rispettata" / "met";
    WORD_MISSED: "mancata" / "missed";
    WORD_RUNNING: "in corso" / "running";
    WORD_CANCELLED: "annullata" / "cancelled";
    WORD_SUPERSEDED: "sostituita" / "superseded";
    DELIVERY_PENDING: "in invio" / "sending";
    DELIVERY_SENT: "inviato" / "sent";
    DELIVERY_UNCONFIRMED: "non confermato" / "unconfirmed";
    DELIVERY_FAILED: "non consegnato" / "not delivered";
    CHANNEL_WEBCHAT: "Chat del sito" / "Web chat";
    CHANNEL_TERMINAL: "Terminale" / "Terminal";
    REASON_ASKED: "ha chiesto una persona" / "asked for a person";
    REASON_FALLBACK: "il bot non ha capito, due volte" / "the bot did not understand, twice";
    REASON_POLICY: "lo chiede la regola: reclamo o parole legali" / "the rules ask for it: complaint or legal words";
    REASON_ERROR: "una ricerca non è riuscita" / "a lookup failed";
    REASON_NO_ANSWER: "il bot non aveva risposta" / "the bot had no answer";
    REASON_RECOVERY: "valutazione bassa: da ricontattare" / "low rating: to be contacted again";
}
