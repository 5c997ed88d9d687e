//! The words of the routing queue on the board.

use super::words;

words! {
    NEXT_DUE: "Scade fra" / "Next due in";
    LATE_BY: "oltre di {t}" / "late by {t}";
    FREE: "Posti" / "Room";
    HIDDEN: "e altre {n} code meno urgenti" / "and {n} less urgent lanes";
    WARNINGS: "Richieste che nessuno può servire" / "Tickets that nobody can serve";
    NOBODY: "{n} in coda per {what}: nessuno la può servire" / "{n} waiting for {what}: nobody can serve this";
    NOBODY_NOW: "{n} in coda per {what}: nessuno dei presenti la può servire" / "{n} waiting for {what}: nobody who is here can serve this";
    NOBODY_HERE: "{n} in coda, e nessuno è presente" / "{n} waiting, and nobody is here";
    LACKS_TEAM: "nessuno è della squadra {what}" / "nobody is of the team {what}";
    LACKS_LANGUAGE: "nessuno parla la lingua {what}" / "nobody speaks the language {what}";
    LACKS_SKILL: "nessuno ha la competenza {what}" / "nobody has the skill {what}";
    LACKS_WHOLE: "Ogni parte c’è, ma nessuno ha tutto insieme." / "Each part is there, but nobody has all of it.";
    LACKS_WHOLE_NOW: "Ogni parte è presente, ma nessuno dei presenti ha tutto insieme." / "Each part is here, but nobody who is here has all of it.";
    TICKETS: "Richieste:" / "Tickets:";
    WHO_COULD: "La potrebbe servire chi ora non c’è: {who}." / "Somebody who is not here now could: {who}.";
    ADVICE: "Che cosa fare: dare a qualcuno ciò che manca; le richieste ripartono da sole entro dieci secondi." / "What to do: give somebody what is missing; the tickets go on by themselves within ten seconds.";
    ALARM_REFUSED: "La coda ha rifiutato una richiesta: resta nell’archivio." / "The queue refused a ticket: it stays in the records.";
    ALARM_LEFT_OUT: "Richieste in attesa nell’archivio che non sono in coda." / "Tickets that wait in the records and are not in the queue.";
}
