//! A clock, explained to whoever doubts it.

use super::words;

words! {
    EXPLAIN: "Spiega" / "Explain";
    RULE_ASSIGNMENT: "Da quando entra in coda a quando qualcuno la prende." / "From entering the queue until somebody takes it.";
    RULE_FIRST_RESPONSE: "Dal passaggio a una persona alla sua prima risposta; bot e note non contano." / "From the hand-over to a person until their first reply; bot and notes do not count.";
    RULE_CUSTOMER_FIRST_RESPONSE: "Dal primo messaggio del cliente alla prima risposta di una persona." / "From the customer’s first message until a person’s first reply.";
    RULE_TIME_TO_HUMAN: "Da quando il cliente chiede una persona alla prima risposta, a orologio." / "From asking for a person until their first reply, on the wall clock.";
    RULE_TIME_TO_HUMAN_WORKING: "Da quando il cliente chiede una persona alla prima risposta, in orario di lavoro." / "From asking for a person until their first reply, in working time.";
    RULE_NEXT_RESPONSE: "Dal primo messaggio senza risposta alla risposta di una persona o alla soluzione." / "From the oldest unanswered message until a person’s reply, or resolved.";
    RULE_PERIODIC_UPDATE: "Dall’ultima risposta di una persona alla seguente, finché la richiesta è aperta." / "From a person’s last reply to the next one while the ticket lives.";
    RULE_REQUESTER_WAIT: "Tutto il tempo da nuova, aperta o in sospeso." / "All time as new, open or on hold.";
    RULE_AGENT_WORK: "Tutto il tempo da nuova o aperta." / "All time as new or open.";
    RULE_RESOLUTION: "Dal passaggio a una persona all’ultima soluzione." / "From the hand-over to a person until the last resolve.";
    RULE_FULL_RESOLUTION: "Dal primo messaggio del cliente all’ultima soluzione." / "From the customer’s first message until the last resolve.";
    RULE_PROMISE: "Dall’attesa annunciata al cliente alla prima risposta di una persona." / "From the wait the customer was told until a person’s first reply.";
    STARTED: "Inizio" / "Started";
    ENDED: "Fine" / "Ended";
    DUE: "Scadenza" / "Due";
    COUNTED: "Contato finora" / "Counted so far";
    COUNTED_AT_END: "Contato fino alla fine" / "Counted until the end";
    TARGET: "Obiettivo" / "Target";
    OVERRUN: "Oltre la scadenza" / "Past the deadline";
    LEFT: "Resta" / "Left";
    CALENDAR: "Calendario" / "Calendar";
    WALL: "a orologio, giorno e notte" / "wall clock, day and night";
    POLICY: "Regola" / "Policy";
    VERSION: "versione {hash}" / "version {hash}";
    PAUSES: "Pause" / "Pauses";
    PAUSE: "{from} – {to} ({status}): tolti {t} di lavoro" / "{from} – {to} ({status}): {t} of working time taken out";
    STILL: "in corso" / "still";
    DAY: "Giorno" / "Day";
    HOURS: "Orario" / "Hours";
    PAUSED: "In pausa" / "Paused";
    COUNTS: "Conta" / "Counts";
    SUM: "Somma" / "Sum";
    PROVISIONAL: "Provvisoria: il cliente può ancora riaprirla." / "Provisional: the customer can still reopen it.";
}
