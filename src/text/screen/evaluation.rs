//! The words of the report on how well the bot understands.

use super::words;

words! {
    TITLE: "Quanto bene capisce il bot" / "How well the bot understands";
    HEADLINE: "degli esempi capiti senza averli mai letti" / "of the examples understood without ever having read them";
    LEAD: "Ogni esempio è stato nascosto a turno e chiesto a un bot che aveva imparato solo dagli altri: così si vede come se la cava con frasi nuove. In tutto {n} frasi su {topics} argomenti, e {out} che non riguardano il negozio." / "Each example was hidden in turn and asked of a bot that had learned from the others only: this shows how it copes with new sentences. In all {n} sentences about {topics} topics, and {out} that are none of the shop’s business.";
    IN_SHORT: "In breve" / "In short";
    HIDDEN: "Esempi nascosti" / "Hidden examples";
    QUERIES: "Messaggi di prova" / "Test messages";
    INSIDE: "Frasi a cui deve rispondere: {n}" / "Sentences that it should answer: {n}";
    OUTSIDE: "Frasi che non riguardano il negozio: {n}" / "Sentences that are none of the shop’s business: {n}";
    WAY_RIGHT: "risponde giusto" / "answers rightly";
    WAY_WRONG: "risponde sbagliato" / "answers wrongly";
    WAY_ASKED: "chiede cosa si intende" / "asks what is meant";
    WAY_MISSED: "dice di non aver capito" / "says that it did not understand";
    WAY_REFUSED: "dice di non aver capito, come deve" / "says that it did not understand, as it should";
    WAY_ANSWERED: "risponde lo stesso" / "answers all the same";
    FIRST: "Da dove cominciare" / "Where to start";
    FIRST_HOW: "Gli argomenti che un cliente fatica di più a farsi capire. Cinque frasi vere in più, prese dalle chat, aiutano più di ogni altra cosa." / "The topics on which customers find it hardest to be understood. Five more real sentences, taken from chats, help more than anything else.";
    NOTHING: "Niente di urgente: ogni argomento è riconosciuto almeno otto volte su dieci." / "Nothing urgent: every topic is recognised at least eight times in ten.";
    ADD_FIVE: "Aggiungi 5 esempi a «{topic}»" / "Add 5 examples to “{topic}”";
    RECOGNISED: "Ne ha {has}; le frasi nuove sono riconosciute {found} volte su {of}." / "It has {has}; new sentences are recognised {found} times in {of}.";
    TAKEN_FOR: "Lo scambia spesso per «{topic}»." / "Often taken for “{topic}”.";
    SUCH_AS: "Per esempio non ha capito:" / "It missed, for example:";
    SURE: "È sicuro a ragione?" / "Is it sure with good reason?";
    SURE_HOW: "Il bot dà un voto alla propria sicurezza. Quando dice 80% dovrebbe avere ragione 8 volte su 10: allora il punto sta sulla linea tratteggiata. Sotto la linea si fida troppo, sopra è troppo prudente. I punti grandi contano molte frasi." / "The bot marks its own certainty. When it says 80% it should be right 8 times in 10: then the dot lies on the dashed line. Below the line it trusts itself too much, above it is too careful. Large dots stand for many sentences.";
    SURE_ACROSS: "quanto dice di essere sicuro" / "how sure it says it is";
    SURE_UP: "quanto spesso ha ragione" / "how often it is right";
    SURE_DOT: "dice {told}, ha ragione {right} ({n} frasi)" / "says {told}, is right {right} ({n} sentences)";
    MORE: "Più risponde, più sbaglia" / "The more it answers, the more is wrong";
    MORE_HOW: "Metti in fila tutte le frasi, dalla più sicura alla meno sicura. Se il bot rispondesse solo alle prime, quante risposte sarebbero sbagliate?" / "Put all sentences in a row, the surest first. If the bot answered only the first ones, how many of its answers would be wrong?";
    MORE_TODAY: "Il cerchio è dove sta oggi: risponde da solo al {share} delle frasi, e di queste risposte ne sbaglia il {wrong}." / "The ring is where it stands today: it answers {share} of the sentences by itself, and {wrong} of those answers are wrong.";
    MORE_ACROSS: "parte delle frasi a cui risponde" / "share of the sentences answered";
    MORE_UP: "parte delle risposte sbagliata" / "share of the answers that is wrong";
    TODAY: "oggi" / "today";
    CONFUSED: "Chi viene preso per chi" / "What is taken for what";
    CONFUSED_HOW: "Se due argomenti si scambiano spesso, dai a ciascuno frasi che valgono solo per lui, oppure fanne uno solo." / "When two topics are often mixed up, give each sentences that only fit there, or make them one.";
    COL_MEANT: "Il cliente voleva" / "The customer wanted";
    COL_TAKEN: "Il bot ha capito" / "The bot understood";
    COL_TIMES: "Volte" / "Times";
    TOPICS: "Gli argomenti, dal più debole" / "Topics, the weakest first";
    TOPICS_HOW: "Riconosciuto: quante frasi nuove di questo argomento capisce. Giusto: quante volte ha ragione quando dice che è questo." / "Recognised: how many new sentences about this topic it understands. Right: how often it is right when it says that it is this one.";
    TOPICS_OTHERS: "Gli altri {n} argomenti" / "The other {n} topics";
    COL_TOPIC: "Argomento" / "Topic";
    COL_EXAMPLES: "Esempi" / "Examples";
    COL_FOUND: "Riconosciuto" / "Recognised";
    COL_PRECISE: "Giusto" / "Right";
    WRONG: "Risposte sbagliate date senza esitare" / "Wrong answers given without hesitation";
    WRONG_HOW: "Le più importanti da togliere: il cliente riceve una risposta che non c’entra. Le più sicure per prime." / "The most important ones to get rid of: the customer gets an answer that does not fit. The surest first.";
    WRONG_NONE: "Nessuna." / "None.";
    WRONG_MORE: "… e altre {n}." / "… and {n} more.";
    NOTHING_MEANT: "niente del negozio" / "nothing of the shop’s";
    WANTED: "voleva" / "wanted";
    UNDERSTOOD: "ha capito" / "understood";
    SURE_AT: "sicuro al {n}" / "{n} sure";
    VERSION: "Conoscenza {version}" / "Knowledge {version}";
}
