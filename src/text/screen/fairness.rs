//! The words of figures of fairness.

use super::words;

words! {
    TITLE: "Equità" / "Fairness";
    HOW: "Il lavoro dato a ciascuno (minuti previsti per motivo della richiesta) per ora in linea, e quanto è diviso in parti uguali: l’indice di Jain va da 1/n (fa tutto uno) a 1 (tutti uguali). Confronta chi è stato in linea almeno 15 minuti." / "Work given to each (expected minutes by intent) per hour online, and how evenly it is shared: Jain’s index runs from 1/n (one does everything) to 1 (all the same). It compares those who were online for at least 15 minutes.";
    INDEX: "Indice di Jain" / "Jain’s index";
    COMPARED: "{n} a confronto" / "{n} compared";
    NONE: "In questo periodo nessuno era in linea e nulla è stato dato." / "In this range nobody was online and nothing was given.";
    TEAM: "Squadra" / "Team";
    ALL_TEAMS: "tutte" / "all";
    COL_AGENT: "Operatore" / "Agent";
    COL_ONLINE: "In linea" / "Online";
    COL_GIVEN: "Date" / "Given";
    COL_EFFORT: "Minuti" / "Minutes";
    COL_PER_HOUR: "Min/h" / "Min/h";
    COL_PULLED: "Prese" / "Taken";
    COL_PICKED: "Scelte" / "Picked";
    COL_CHERRY: "% scelte" / "% picked";
    COL_OFFERED: "Offerte" / "Offered";
    COL_ACCEPTED: "Accettate" / "Accepted";
    COL_DECLINED: "Rifiutate" / "Declined";
    COL_MISSED: "Perse" / "Missed";
    COL_UNANSWERED: "Senza esito" / "No answer due";
    COL_ACCEPTANCE: "Accettazione" / "Acceptance";
    COL_MISS_RATE: "Perdita" / "Miss rate";
    COL_OCCUPANCY: "Occupazione" / "Occupancy";
    COL_SLOTS: "Posti usati" / "Slots used";
    GROUP_WORK: "Lavoro" / "Work";
    GROUP_PULL: "Dalla coda" / "From the queue";
    GROUP_OFFERS: "Offerte" / "Offers";
    GROUP_TIME: "Tempo in linea" / "Online time";
    PICKED_HOW: "Prese con «Prendi in carico» mentre ne aspettava una più urgente che poteva servire." / "Taken by “Take this one” while a more urgent one waited that they could have served.";
    OF_GIVEN: "richieste date" / "tickets given";
    OF_PULLED: "prese dalla coda" / "taken from the queue";
    OF_PICKED: "scelte lasciandone una più urgente" / "picked before a more urgent one";
    OF_OFFERED: "offerte con risposta o scadute" / "offers answered or run out";
    OF_ACCEPTED: "offerte accettate" / "offers accepted";
    OF_DECLINED: "offerte rifiutate" / "offers declined";
    OF_MISSED: "offerte perse" / "offers missed";
    OF_UNANSWERED: "offerte aperte o ritirate" / "offers open or withdrawn";
    EVERYBODY: "tutti" / "everybody";
    COL_WHEN: "Quando" / "When";
    COL_WHAT: "Come" / "How";
    COL_LEFT: "Più urgenti lasciate" / "More urgent ones left";
    WAY_TAKE_NEXT: "prendi il prossimo" / "take next";
    WAY_TAKE_THIS: "scelta" / "take this one";
    WAY_OFFER: "offerta" / "offer";
    WAY_ASSIGNED: "assegnata" / "assigned";
    WAY_RETURNED: "tornata" / "returned";
    WAY_TRANSFERRED: "trasferita" / "transferred";
    OFFER_OPEN: "aperta" / "open";
    OFFER_ACCEPTED: "accettata" / "accepted";
    OFFER_DECLINED: "rifiutata" / "declined";
    OFFER_MISSED: "persa" / "missed";
    OFFER_VOID: "ritirata" / "withdrawn";
    DETAILS: "Periodi, offerte, occupazione" / "Ranges, offers, occupancy";
}
